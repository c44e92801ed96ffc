package audit_test

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/vidimus-bot/vidimus/bot/evidence/audit"
	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

func fsOf(files map[string][]byte) fstest.MapFS {
	m := fstest.MapFS{}
	for n, b := range files {
		m[n] = &fstest.MapFile{Data: b, Mode: 0o644}
	}
	return m
}

func TestX(t *testing.T) {
	for _, root := range []string{".", "governance/cloud"} {
		w := evidencetest.Story(root)
		r := audit.Verify(fsOf(evidencetest.Unpack(w.Bundle())), audit.Options{Primary: w.Bot.Primary(), Render: func(p string, b []byte) ([]byte, error) { return evidencetest.Render(p, b), nil }})
		for _, row := range r.Rows {
			fmt.Println(row)
		}
		fmt.Println(r.Sentence(), r.Whole)
		r = audit.Verify(w.Branch, audit.Options{Branch: true})
		for _, row := range r.Rows {
			fmt.Println(row)
		}
		fmt.Println(r.Sentence(), r.Whole)
	}
}
