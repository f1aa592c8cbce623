// Package web carries the built web chat: index.html and its assets. Its source
// is in src; `npm run build` writes dist, which is committed, so that Go alone
// builds the program. It serves nothing itself.
package web

import (
	"embed"
	"io/fs"
)

//go:embed dist
var dist embed.FS

// FS returns the built files: index.html and assets/, whose names carry a hash
// of their content.
func FS() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		// unreachable: "dist" is a valid path, and Sub checks nothing else.
		panic(err)
	}
	return sub
}
