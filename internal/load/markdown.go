package load

import "bronwijzer/internal/docs"

func readMarkdown(name string, data []byte) (docs.Document, error) { return readText(name, data) }

func readHTML(name string, data []byte) (docs.Document, error) { return readText(name, data) }
