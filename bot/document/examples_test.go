package document_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// exampleDocuments are the example organisation's documents, outside this repository.
const exampleDocuments = "../../../shared/example-docs"

func exampleFiles(t *testing.T) []document.File {
	t.Helper()
	if _, err := os.Stat(exampleDocuments); err != nil {
		t.Skipf("no example documents at %s", filepath.ToSlash(exampleDocuments))
	}
	files, err := document.ReadFS(os.DirFS(exampleDocuments), ".")
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestNewSet_exampleDocumentsHaveNoFinding(t *testing.T) {
	set := document.NewSet(".", exampleFiles(t))
	if got, want := len(set.Documents()), 19; got != want {
		t.Errorf("%d documents, want %d", got, want)
	}
	for _, f := range set.Findings() {
		t.Errorf("%+v", f)
	}
	for _, d := range set.Documents() {
		for _, f := range d.Findings {
			t.Errorf("%+v", f)
		}
		if !d.Readable || !d.Whole {
			t.Errorf("%s: readable %v, whole %v", d.Path, d.Readable, d.Whole)
		}
	}
}
