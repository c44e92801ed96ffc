package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// checkScope is the repository that is checked, and what of it is shown.
type checkScope struct {
	root   string   // absolute
	prefix string   // from the working folder to root, "" if they are one; for places that editors can open
	only   []string // repository paths of files and folders to show; none means all
	notes  []string
}

// newCheckScope finds the repository of the arguments; they must lie in one.
func newCheckScope(args []string) (checkScope, error) {
	here, err := os.Getwd()
	if err != nil {
		return checkScope{}, fmt.Errorf("find the working folder: %w", err)
	}
	if len(args) == 0 {
		args = []string{"."}
	}
	var scope checkScope
	for _, arg := range args {
		if err := scope.add(arg); err != nil {
			return checkScope{}, err
		}
	}
	if prefix, err := filepath.Rel(here, scope.root); err == nil && prefix != "." {
		scope.prefix = filepath.ToSlash(prefix)
	}
	return scope, nil
}

// add takes in one argument.
func (s *checkScope) add(arg string) error {
	absolute, err := filepath.Abs(arg)
	if err != nil {
		return fmt.Errorf("find %s: %w", arg, err)
	}
	info, err := os.Stat(absolute)
	if err != nil {
		return missingArgument(arg, absolute, err)
	}
	folder := absolute
	if !info.IsDir() {
		folder = filepath.Dir(absolute)
	}
	root := checkRoot(folder)
	if s.root != "" && s.root != root {
		return &hintedError{fmt.Errorf("%s lies in another repository than %s", arg, s.root), "check them one after the other"}
	}
	s.root = root
	inside, err := filepath.Rel(root, absolute)
	if err != nil {
		return fmt.Errorf("find %s in %s: %w", arg, root, err)
	}
	if inside == "." {
		s.only = append(s.only, "")
		return nil
	}
	s.only = append(s.only, filepath.ToSlash(inside))
	return nil
}

// missingArgument says which documents there are instead.
func missingArgument(arg, absolute string, err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		err = pathError.Err
	}
	err = fmt.Errorf("read %s: %w", arg, err)
	folder := filepath.Dir(absolute)
	found, globErr := filepath.Glob(filepath.Join(folder, "*.md"))
	if globErr != nil || len(found) == 0 {
		return err
	}
	var names []string
	for _, name := range found[:min(len(found), 5)] {
		names = append(names, filepath.ToSlash(filepath.Join(filepath.Dir(arg), filepath.Base(name))))
	}
	return &hintedError{err, "documents here: " + strings.Join(names, ", ")}
}

// checkRoot is the nearest folder, from here upwards, with a configuration; else with a document folder; else
// the top of the Git work tree; else the folder itself.
func checkRoot(folder string) string {
	for _, marks := range [][]string{{document.ConfigurationPath}, document.Folders(), {".git"}} {
		for dir := folder; ; dir = filepath.Dir(dir) {
			if hasAny(dir, marks) && !isDocumentFolder(dir, marks) {
				return dir
			}
			if dir == filepath.Dir(dir) {
				break
			}
		}
	}
	return folder
}

// hasAny reports whether one of the names is in dir.
func hasAny(dir string, names []string) bool {
	for _, name := range names {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// isDocumentFolder guards against a folder "policy" inside a folder "policy": the outer one is no root.
func isDocumentFolder(dir string, marks []string) bool {
	for _, name := range marks {
		if filepath.Base(dir) == name && hasAny(filepath.Dir(dir), marks) {
			return true
		}
	}
	return false
}

func (s *checkScope) fsys() fs.FS { return os.DirFS(s.root) }

// shows reports whether findings in a repository path are shown.
func (s *checkScope) shows(path string) bool {
	for _, only := range s.only {
		if only == "" || path == "" || path == only || strings.HasPrefix(path, only+"/") {
			return true
		}
	}
	return len(s.only) == 0
}

// place is a repository path as the working folder sees it.
func (s *checkScope) place(path string) string {
	if s.prefix == "" {
		return path
	}
	return s.prefix + "/" + path
}
