package control_test

import (
	"testing"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

// The words with which most phrases begin are so common that a quick answer comes before the list of phrases; none
// may be lost by it.
func TestCheck_phrasesThatBeginWithAShortWordAreSeen(t *testing.T) {
	for _, phrase := range []string{
		"from time to time", "on a regular basis", "on a periodic basis", "at regular intervals", "in due course", "as soon as possible", "as soon as practicable",
		"as needed", "as necessary", "as appropriate", "as applicable", "as far as possible", "when appropriate", "where necessary", "if possible", "when needed",
		"if feasible", "where practicable", "when reasonable", "best effort", "best efforts", "best endeavours", "state of the art", "From Time to Time", "IF NEEDED",
	} {
		raw := []byte("---\ntype: record\n---\n\n# A\n\nIt is done " + phrase + ".\n")
		set := document.NewSet(".", []document.File{{Path: "records/a.md", Mode: document.ModeRegular, Bytes: raw}})
		found := 0
		for _, f := range control.Check(set, control.Params{AsOf: exampleDay}) {
			if f.Rule == "WSL001" {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%q gives %d findings WSL001, want 1", phrase, found)
		}
	}
}
