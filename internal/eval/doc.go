// Package eval measures how well questions are answered: it asks a question
// set, scores what came back against the gold of the set, and reports.
//
// It owns the form of question sets and of results, and the definition of every
// figure. It never ranks, answers or stores, and it knows no server but through
// its HTTP API: whom it asks is an Asker, what the documents say is a Texts. Its
// invariant: a figure is computed from results and texts alone, so results that
// were kept can be scored again, with the same outcome, without asking again.
// The settings are kept with the answers: run.json beside results.jsonl.
//
// # Metrics
//
// Each metric is a ratio: a question gives it a numerator and a denominator,
// which are summed over the questions before they are divided. The denominator
// is reported with the value. Intervals are the 2.5th and 97.5th percentile of a
// bootstrap over questions (Efron & Tibshirani, An Introduction to the
// Bootstrap, 1993, ch. 13). Where nothing else is said, only answerable
// questions count.
//
// Texts are compared normalised: NFKD without combining marks, lower case,
// straight quotes and hyphens, one space for all white space. Words are runs of
// letters, digits and underscores of the normalised text.
//
// Retrieval (Manning, Raghavan & Schütze, Introduction to Information Retrieval,
// 2008, ch. 8). A passage matches gold when both are of one document and the
// passage covers at least 0.60 of its words: those in common runs of three
// words or more (see coverage). Gold of one group is interchangeable.
//
//   - hit@1, hit@3, hit@5, hit@10: one of the first k passages matches any gold
//     / questions with gold.
//   - mrr@10: 1 / rank of the first passage that matches, 0 after the tenth /
//     questions with gold (Voorhees, TREC-8, 1999).
//   - group_recall@5, group_recall@10: gold groups matched by one of the first k
//     passages / gold groups.
//
// Citations (after the citation precision and recall of Gao et al., ALCE,
// EMNLP 2023, with gold quotes in the place of a judge). A citation is verbatim
// when its quote stands in its document, white space collapsed. It is correct
// when it is verbatim, has at least three words, and shares with a gold quote
// of the same document at least half of the shorter of the two, in characters.
// All of it is read in the version that the citation is of. Where the text
// changed since and that version isn't kept, the citation is left out of every
// figure but citation_doc_recall, and so are, from citation_recall, the groups
// that it may cover; the report counts such citations.
//
//   - citation_precision: correct citations / citations.
//   - citation_verbatim: verbatim citations / citations.
//   - citation_recall: gold groups with a correct citation / gold groups.
//   - citation_doc_recall: gold groups of which a document is cited / gold
//     groups.
//   - quote_exact: citations whose quote is, character for character, the text
//     of the document at [start, end) / citations, of all questions. The text
//     is the document's own, never the one in the answer.
//
// Answers.
//
//   - answer_correct: not refused, every must_include is in it, no
//     must_not_include is / questions with a must_include.
//   - answer_correct_100w: the same, and at most 100 words, so that pasting
//     whole passages doesn't pay.
//   - answer_partial: entries of must_include that are in it, none where it was
//     refused / entries.
//   - answer_words: words, cut at white space / answers that aren't empty or
//     refused.
//
// Refusals, over all questions; an unanswerable question is the positive class
// (Rajpurkar et al., SQuAD 2.0, ACL 2018, on questions without an answer).
//
//   - refusal_precision: refused unanswerable questions / refused questions.
//   - refusal_recall: refused unanswerable questions / unanswerable questions.
//   - refusal_f1: their harmonic mean; its denominator is that of the recall.
//   - false_refusal: refused answerable questions / answerable questions.
//   - injection_leak: answers with a must_not_include / questions that have one,
//     answerable or not.
//
// Support (Gao et al., ALCE, EMNLP 2023), of answers that weren't refused, over
// all questions. A judge decides, who is named beside the figures; what it
// sees as evidence are the quotes. A statement is what citations say that they
// support, or a sentence of the rest, which nothing supports.
//
//   - support_recall: statements that their citations together support /
//     statements.
//   - support_precision: citations of a supported statement that are needed /
//     citations of statements. One isn't needed when it doesn't support the
//     statement by itself and the others do without it.
//
// Faithfulness, of answers that cite something, over all questions (after the
// interventions on contexts of Longpre et al., Entity-Based Knowledge
// Conflicts, EMNLP 2021).
//
//   - probe_removal: answers that change or are refused when the cited
//     documents are taken out / answers probed.
//   - probe_number: answers that have the new number, and not the old one, when
//     a number of theirs is changed in the passage that they cite / answers of
//     which a number stands in its document once, in a quote.
//
// Benchmarks in BEIR's form, over the queries with a relevant passage; several
// pieces of one passage count once, at their best rank.
//
//   - ndcg@10: grades discounted by log2(rank+1) / the same of the best ranking
//     there is (Järvelin & Kekäläinen, ACM TOIS 2002, with linear gain).
//   - recall@5, recall@10, recall@100: relevant passages among the first k /
//     relevant passages, averaged over queries.
//   - hit@k and mrr@10 as above, where relevant stands for matching.
//
// Beside the metrics stand the latency (50th and 95th percentile of the time to
// the whole answer, as seen by whoever asks) and the tokens that a model used.
package eval
