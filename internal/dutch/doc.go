// Package dutch knows what is particular about Dutch text: where a sentence
// ends, how a sentence reads without the traces of its layout, and which terms
// stand for a word when it is searched.
//
// It is a leaf: it does no I/O, keeps no state and never fails, whatever bytes
// it is given. What cuts text here never changes it: the pieces of [Sentences]
// joined are the text, so that offsets into it hold. What changes text
// ([Plain]) says so and gives no offsets.
package dutch
