package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestFilesOf_readsWhatTheSystemReads(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"empty.md": "", "short.md": "# Title\n", "tool.md": "x"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, "tool.md"), 0o700); name == "tool.md" && err != nil {
			t.Fatal(err)
		}
		want, err := fs.Stat(os.DirFS(dir), name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := filesOf(dir).Open(name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := file.Stat()
		if err != nil || info.Name() != want.Name() || info.Size() != want.Size() || info.Mode() != want.Mode() || info.IsDir() {
			t.Errorf("Stat of %s = %v, %v, want %v", name, info, err, want)
		}
		if got, err := io.ReadAll(file); err != nil || string(got) != text {
			t.Errorf("read of %s = %q, %v, want %q", name, got, err, text)
		}
		if err := file.Close(); err != nil {
			t.Errorf("Close of %s = %v", name, err)
		}
		if _, err := file.Read(make([]byte, 1)); err == nil {
			t.Errorf("read of %s after Close is no error", name)
		}
	}
}

func TestFilesOf_refusesWhatIsNotThereOrLeadsOut(t *testing.T) {
	files := filesOf(t.TempDir())
	if _, err := files.Open("no.md"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of a missing file = %v, want %v", err, fs.ErrNotExist)
	}
	for _, name := range []string{"../x.md", "/etc/passwd", "", "a//b"} {
		if _, err := files.Open(name); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("Open(%q) = %v, want %v", name, err, fs.ErrInvalid)
		}
	}
}
