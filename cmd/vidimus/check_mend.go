package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

// mend writes into the documents that are shown what has one right answer, and says each edit. A file is replaced as a
// whole, so that none is ever half written.
func (s *checkSession) mend(stderr io.Writer) error {
	findings := s.checker.Conclude(s.inOrder()).Findings
	for _, r := range s.inOrder() {
		if r.Item.Document == nil || !s.scope.shows(r.Item.Path) {
			continue
		}
		if err := s.mendFile(r.Item.Path, findings, stderr); err != nil {
			return err
		}
	}
	return nil
}

func (s *checkSession) mendFile(path string, findings []document.Finding, stderr io.Writer) error {
	own := slices.ContainsFunc(findings, func(f document.Finding) bool { return f.Path == path })
	touched := s.params.Touched == nil || s.params.Touched[path]
	if !own && !touched {
		return nil
	}
	raw, err := fs.ReadFile(s.scope.fsys(), path)
	if err != nil {
		return fmt.Errorf("mend %s: %w", path, err)
	}
	edits := s.checker.Mend(document.Parse(path, raw), findings)
	after := control.Apply(raw, edits)
	if touched || len(edits) > 0 {
		layout := control.Align(document.Parse(path, after))
		after, edits = control.Apply(after, layout), append(edits, layout...)
	}
	if len(edits) == 0 {
		return nil
	}
	if err := replaceFile(filepath.Join(s.scope.root, filepath.FromSlash(path)), after); err != nil {
		return fmt.Errorf("mend %s: %w", path, err)
	}
	for _, e := range edits {
		_, _ = fmt.Fprintf(stderr, "mended %s:%d: %s\n", printable(s.scope.place(path)), e.Line, printable(e.What)) // talk
	}
	return nil
}

// replaceFile puts a file with the same permissions in the place of another one.
func replaceFile(name string, content []byte) error {
	info, err := os.Lstat(name)
	if err != nil {
		return err //nolint:wrapcheck // it names the file
	}
	temporary, err := os.CreateTemp(filepath.Dir(name), ".vidimus-*")
	if err != nil {
		return err //nolint:wrapcheck // it names the file
	}
	defer os.Remove(temporary.Name()) // gone already if all went well
	_, err = temporary.Write(content)
	if err == nil {
		err = temporary.Chmod(info.Mode().Perm())
	}
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err //nolint:wrapcheck // it names the file
	}
	return os.Rename(temporary.Name(), name) //nolint:wrapcheck // it names the files
}
