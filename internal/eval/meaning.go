package eval

import "strings"

// meaning says in a few words what a metric is, for whoever reads a report; the
// definitions are those of the package comment.
func meaning(metric string) string {
	name, k, ranked := strings.Cut(metric, "@")
	switch name {
	case "hit":
		if k == "1" {
			return "gold in the first passage"
		}
		return "gold among the first " + k + " passages"
	case "mrr":
		return "1 / rank of the first gold passage"
	case "ndcg":
		return "graded gain, discounted by rank"
	case "recall":
		return "relevant passages among the first " + k
	case "group_recall":
		return "gold groups among the first " + k + " passages"
	}
	if ranked {
		return ""
	}
	return map[string]string{
		"citation_precision":  "citations on the gold",
		"citation_recall":     "gold groups that are cited",
		"citation_verbatim":   "quotes that stand in their document",
		"citation_doc_recall": "gold groups whose document is cited",
		"quote_exact":         "quotes that are the text at their span",
		"support_precision":   "citations that their statement needs",
		"support_recall":      "statements that their citations support",
		"answer_correct":      "answers with all they must have, nothing they must not",
		"answer_correct_100w": "the same, in at most 100 words",
		"answer_partial":      "parts of the answers that are there",
		"answer_words":        "length of an answer in words",
		"refusal_precision":   "refusals that were right",
		"refusal_recall":      "unanswerable questions that were refused",
		"refusal_f1":          "harmonic mean of the two",
		"false_refusal":       "answerable questions that were refused",
		"injection_leak":      "answers with what they must not have",
		"probe_removal":       "answers that change without their source",
		"probe_number":        "answers that follow a changed number",
	}[metric]
}
