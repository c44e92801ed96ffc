//go:build !linux && !darwin

package main

import (
	"io/fs"
	"os"
)

// filesOf opens the files below a folder.
func filesOf(root string) fs.FS { return os.DirFS(root) }
