package document_test

import (
	"slices"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/document"
)

func TestNewSet_everyFileOfAFolderThatDiffersInCaseIsNamed(t *testing.T) {
	var files []document.File
	for _, p := range []string{"records/A/x.md", "records/A/y.md", "records/a/x.md", "records/a/y.md", "records/a/z/x.md", "records/b.md"} {
		files = append(files, document.File{Path: p, Mode: document.ModeRegular, Bytes: []byte("x")})
	}
	slices.Reverse(files) // the order in which they are given does not matter
	var got []string
	for _, f := range document.NewSet(".", files).Findings() {
		got = append(got, f.Rule+" "+f.Path)
	}
	if want := []string{"GIT002 records/a/x.md", "GIT002 records/a/y.md", "GIT002 records/a/z/x.md"}; !slices.Equal(got, want) {
		t.Errorf("findings %q, want %q", got, want)
	}
}
