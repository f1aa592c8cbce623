/*
Bronwijzer answers Dutch questions from a set of documents and shows, for every
statement, the exact words it rests on. This file is the tour of the house: what
each room is for, in the order in which data passes through.

# The promise, and where it is kept

For every citation that ever leaves the program, the document's stored text
between its start and end (Unicode code points) is the quote, character for
character. Three places keep that promise. [bronwijzer/internal/load] decodes a
file once, and that text is never touched again. Every piece that
[bronwijzer/internal/chunk] cuts from it carries its span. And
[bronwijzer/internal/cite] makes every citation, from a span and never from
words that a model wrote. What readers see tidied (joined lines, no footnote
digits) is a second text, Plain, beside the exact one, and has no offsets.

# How documents come in

	file → load → chunk → embed → store → index

[bronwijzer/internal/ingest] walks folders, follows them while the server works,
and takes over what changed; a file that is sent to httpapi is a job of ingest's,
in the store before it is acknowledged, and goes the same way. load
turns a file into text and blocks (headings, paragraphs, items, rows), in a
child process of this program ([bronwijzer/internal/sandbox]), where a file that
makes its reader crash or hang harms nothing else. chunk cuts that
into passages of whole sentences, the embedder into vectors, and
[bronwijzer/internal/store] keeps all of it in one SQLite file. A document is
replaced as a whole, in one transaction. [bronwijzer/internal/index] is a cache
in memory, filled from the store at start: BM25 over Dutch terms, BM25 over
character 4-grams, vectors of passages and vectors of sentences.

# How answers go out

	question → chat → retrieve → answer → cite → store → reader

[bronwijzer/internal/chat] is the one way to an answer, for every door. It makes
the question stand by itself, lets an Answerer answer, stores the record and
only then says that it is done. [bronwijzer/internal/retrieve] ranks passages and
the sentences in them. [bronwijzer/internal/answer] picks the sentences that
answer, or refuses. [bronwijzer/internal/record] is what comes out, and the same
value feeds the stream, the history and the command line.

# When a language model writes

	passages → prompt → model → parser → check → reader

With --llm-base-url and --llm-model, the answer is a model's. Nothing is believed
of it. answer fills the templates of [bronwijzer/prompts] with the best passages
that fit, each behind a handle that lives for one request; openai streams what
the model says, with every timeout and one retry loop. cite's Parser cuts that
into sentences, whatever the splits, and lets through no handle or marker; its
Checker finds the words of a passage that support a sentence. Only then does the
sentence leave, its citation before it. What isn't supported is withheld and
counted. When the model is away, answer falls back on sentences of the documents
and says so. [bronwijzer/internal/llm/llmtest] plays some forty ways in which
models and their servers misbehave, over a real socket;
"go run ./internal/llm/llmtest/scripted" plays them by hand.

Follow-up questions are chat's: rules see whether a question leans on the
conversation, then the model rewrites it, or the rules add the topic words. The
record shows what was searched.

# Who asks

	request → access → subject → scope, groups, owner

[bronwijzer/internal/access] turns a request into a Subject, and nothing else
does. What the subject may do stands in httpapi's table of routes: a scope and a
rule for each, or the server doesn't start. What it may see is decided where
things are found: docs.Filter carries a docs.Reader into every index before
ranking, so that not even how rare a word is betrays a hidden document, and the
store asks the same of every text; the zero Reader sees only what everybody may.
What is its own is decided by chat and the store, by the
subject's id; a link that its owner makes opens one answer to whoever may read
its documents. So no door has a check of its own to forget.

People sign in with an issuer of OpenID Connect, browsers also with a key; either
becomes a session, which access keeps and looks up for every request. What was
done or denied is a line of access.Audit, written in one place for each door:
httpapi's serve, run for the commands here, and note in slack.

# The rest

[bronwijzer/internal/dutch] knows the language: sentences, folding, stems,
compounds. [bronwijzer/internal/e5] is the embedding model,
multilingual-e5-small in pure Go; [bronwijzer/internal/openai] speaks to any
OpenAI-compatible endpoint, for vectors and for text. [bronwijzer/internal/tokens]
counts tokens.
[bronwijzer/internal/httpapi] is the face on the network, with a chat API of its
own and one that clients of OpenAI's understand; it serves the web chat, whose
source and built files are in [bronwijzer/web]. httpapi/openloop shows what it
does when too much is asked of it. [bronwijzer/internal/slack]
answers in Slack; slack/slacktest is a Slack for tests.
[bronwijzer/internal/eval] measures answers against a question set;
[bronwijzer/internal/trial] makes the collections that only a measurement needs.
[bronwijzer/internal/pdf] reads PDF files for load: PDFium as WebAssembly, which
sees no file and no network.
The leaves
[bronwijzer/internal/docs], record and [bronwijzer/internal/llm] hold the values
and interfaces that the others exchange.
[bronwijzer/internal/admission] bounds how much of anything is done at once.

store also makes backups beside a running server, puts them back, and checks
itself: texts against their hashes, passages against the texts they are cut
from, every quote of every record against the version it names. The commands
are backup, restore and verify.

In this folder, config.go has every setting, wire.go makes every constructor
call, and there is a file for each command. arch_test.go holds which package may
import which.
*/
package main
