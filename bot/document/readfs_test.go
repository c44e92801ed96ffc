package document_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// folderWith makes a folder with those files, and others' places for what is no file.
func folderWith(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for p, text := range files {
		full := filepath.Join(dir, filepath.FromSlash(p))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// modesOf returns the mode of each file that is read from a folder, by path.
func modesOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := document.ReadFS(os.DirFS(dir), ".")
	if err != nil {
		t.Fatal(err)
	}
	modes := map[string]string{}
	for _, f := range files {
		modes[f.Path] = f.Mode
	}
	return modes
}

func TestReadFS_readsGovernedFilesAndNoOthers(t *testing.T) {
	dir := folderWith(t, map[string]string{
		"policy/a.md": "a", "policy/deep/b.md": "b", "policy/z.png": "c", "keys/x.asc": "d", ".vidimus.yml": "e",
		"README.md": "no", "src/policy/a.md": "no", "roles.tsv": "no", "policies/a.md": "no",
	})
	want := map[string]string{}
	for _, p := range []string{"policy/a.md", "policy/deep/b.md", "policy/z.png", "keys/x.asc", ".vidimus.yml"} {
		want[p] = document.ModeRegular
	}
	if diff := cmp.Diff(want, modesOf(t, dir)); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}

func TestReadFS_aLinkIsNotFollowed(t *testing.T) {
	dir := folderWith(t, map[string]string{"secret.md": "not ours to read", "elsewhere/b.md": "b", "policy/a.md": "a"})
	for from, to := range map[string]string{"policy/link.md": "../secret.md", "policy/nowhere.md": "../gone.md", "register": "elsewhere", "policy/self.md": "self.md"} {
		if err := os.Symlink(to, filepath.Join(dir, filepath.FromSlash(from))); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	files, err := document.ReadFS(os.DirFS(dir), ".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if strings.Contains(string(f.Bytes), "not ours") || strings.HasPrefix(f.Path, "register/") {
			t.Errorf("%s was read through a link", f.Path)
		}
		if linked := f.Path != "policy/a.md"; linked != (f.Mode == document.ModeSymlink) {
			t.Errorf("%s has mode %s", f.Path, f.Mode)
		}
	}
	findings := document.NewSet(".", files).Findings()
	for _, p := range []string{"policy/link.md", "policy/nowhere.md", "policy/self.md"} {
		if !slices.ContainsFunc(findings, func(f document.Finding) bool { return f.Path == p && f.Rule == "GIT001" }) {
			t.Errorf("no finding GIT001 for %s: %v", p, findings)
		}
	}
}

func TestReadFS_aFolderNamedLikeADocumentIsWalked(t *testing.T) {
	dir := folderWith(t, map[string]string{"policy/a.md/b.md": "b", "policy/old.md/.git/HEAD": "ref: x", "policy/old.md/c.md": "c"})
	want := map[string]string{"policy/a.md/b.md": document.ModeRegular, "policy/old.md": document.ModeSubmodule}
	if diff := cmp.Diff(want, modesOf(t, dir)); diff != "" {
		t.Errorf("read (-want +got):\n%s", diff)
	}
}

func TestReadFS_anExecutableFileKeepsItsMode(t *testing.T) {
	dir := folderWith(t, map[string]string{"policy/a.md": "a"})
	if err := os.Chmod(filepath.Join(dir, "policy", "a.md"), 0o755); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, "policy", "a.md")); err != nil || info.Mode().Perm()&0o100 == 0 {
		t.Skip("this file system knows no executable files")
	}
	if got := modesOf(t, dir)["policy/a.md"]; got != document.ModeExecutable {
		t.Errorf("mode %s, want %s", got, document.ModeExecutable)
	}
}

// A file over its limit is read one byte beyond it, so that it is refused and fills no memory.
func TestReadFS_aFileOverItsLimitIsCutAndRefused(t *testing.T) {
	files := fstest.MapFS{
		"policy/exact.md": {Data: bytes.Repeat([]byte("x"), document.MaxDocumentBytes)},
		"policy/large.md": {Data: bytes.Repeat([]byte("x"), document.MaxDocumentBytes+5000)},
		"policy/z.png":    {Data: append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, document.MaxImageBytes)...)},
	}
	read, err := document.ReadFS(files, ".")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, f := range read {
		got[f.Path] = len(f.Bytes)
	}
	want := map[string]int{"policy/exact.md": document.MaxDocumentBytes, "policy/large.md": document.MaxDocumentBytes + 1, "policy/z.png": document.MaxImageBytes + 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("bytes (-want +got):\n%s", diff)
	}
	limited := map[string]bool{}
	set := document.NewSet(".", read)
	for _, d := range set.Documents() {
		for _, f := range d.Findings {
			limited[f.Path] = limited[f.Path] || f.Rule == "LIM001"
		}
	}
	for _, f := range set.Findings() {
		limited[f.Path] = limited[f.Path] || f.Rule == "LIM001"
	}
	if limited["policy/exact.md"] || !limited["policy/large.md"] || !limited["policy/z.png"] {
		t.Errorf("LIM001 for %v, want policy/large.md and policy/z.png", limited)
	}
}

// oddFS hands out a file that is not what its folder says: another length, or one that breaks off.
type oddFS struct {
	fstest.MapFS
	path    string
	claimed int64
	broken  error
}

func (o oddFS) Open(name string) (fs.File, error) {
	file, err := o.MapFS.Open(name)
	if err != nil || name != o.path {
		return file, err
	}
	return oddFile{file, o}, nil
}

type oddFile struct {
	fs.File
	fs oddFS
}

func (f oddFile) Stat() (fs.FileInfo, error) {
	info, err := f.File.Stat()
	return oddInfo{info, f.fs.claimed}, err
}

func (f oddFile) Read(b []byte) (int, error) {
	if f.fs.broken != nil {
		return 0, f.fs.broken
	}
	return f.File.Read(b)
}

type oddInfo struct {
	fs.FileInfo
	size int64
}

func (i oddInfo) Size() int64 { return i.size }

func TestFileReader_aFileThatChangesWhileItIsRead(t *testing.T) {
	for name, c := range map[string]struct {
		claimed int64
		want    string
	}{"shorter by now": {500, "0123456789"}, "longer by now": {4, "0123"}, "empty when it was opened": {0, ""}} {
		odd := oddFS{MapFS: fstest.MapFS{"policy/a.md": {Data: []byte("0123456789")}, "policy/b.md": {Data: []byte("whole")}}, path: "policy/a.md", claimed: c.claimed}
		reader := document.NewFileReader(odd)
		got := map[string]string{}
		err := document.Layout{}.ListFS(odd, func(p string, entry fs.DirEntry) error {
			f, err := reader.Read(p, entry)
			got[p] = string(f.Bytes)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]string{"policy/a.md": c.want, "policy/b.md": "whole"}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestFileReader_whatCannotBeReadIsNamed(t *testing.T) {
	errBroken := errors.New("input/output error")
	odd := oddFS{MapFS: fstest.MapFS{"policy/a.md": {Data: []byte("0123456789")}}, path: "policy/a.md", claimed: 10, broken: errBroken}
	_, err := document.ReadFS(odd, ".")
	if !errors.Is(err, errBroken) || !strings.Contains(err.Error(), "read policy/a.md") {
		t.Errorf("error %v, want that of policy/a.md", err)
	}
	entries, err := fs.ReadDir(odd, "policy")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := document.NewFileReader(fstest.MapFS{}).Read("policy/a.md", entries[0]); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "open policy/a.md") {
		t.Errorf("error of a file that went away = %v", err)
	}
}

func TestReadFS_whatMayNotBeReadIsAnError(t *testing.T) {
	dir := folderWith(t, map[string]string{"policy/a.md": "a"})
	full := filepath.Join(dir, "policy", "a.md")
	if err := os.Chmod(full, 0); err != nil {
		t.Fatal(err)
	}
	if file, err := os.Open(full); err == nil {
		_ = file.Close() // it was only opened to see whether it can be
		t.Skip("this user may read everything")
	}
	if _, err := document.ReadFS(os.DirFS(dir), "."); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("error %v, want %v", err, fs.ErrPermission)
	}
}

// A pipe or device is not opened: reading it may never end.
func TestFileReader_whatIsNoFileIsNotOpened(t *testing.T) {
	files := fstest.MapFS{"policy/pipe.md": {Data: []byte("never read"), Mode: fs.ModeNamedPipe}, "policy/device.md": {Data: []byte("never read"), Mode: fs.ModeDevice}}
	read, err := document.ReadFS(files, ".")
	if err != nil || len(read) != 2 {
		t.Fatalf("read %v, %v", read, err)
	}
	for _, f := range read {
		if f.Bytes != nil || f.Mode == document.ModeRegular {
			t.Errorf("%s has mode %s and the bytes %q", f.Path, f.Mode, f.Bytes)
		}
	}
}

func TestWalkFS_endsWithTheVisitorsError(t *testing.T) {
	files := fstest.MapFS{"policy/a.md": {Data: []byte("a")}, "policy/b.md": {Data: []byte("b")}}
	enough, visited := errors.New("enough"), 0
	err := document.Layout{}.WalkFS(files, func(document.File) error { visited++; return enough })
	if !errors.Is(err, enough) || visited != 1 {
		t.Errorf("error %v after %d files, want %v after 1", err, visited, enough)
	}
}
