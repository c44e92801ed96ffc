package control_test

import (
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

var edits = flag.Int("edits", 400, "how many random edits TestCheck_randomEdits tries")

// TestCheck_randomEdits cuts, doubles, moves and mixes lines and words of the valid documents, as a careless hand
// does: nothing panics, and whatever is found is found again when the documents are judged one by one.
func TestCheck_randomEdits(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	valid := sorted(kestrelFiles(t))
	params := kestrelParams()
	params.Base, params.Touched = document.NewSet(".", valid), map[string]bool{}
	for _, f := range valid {
		params.Touched[f.Path] = true
	}
	found := map[string]bool{}
	for range *edits {
		files := slices.Clone(valid)
		i := r.IntN(len(files))
		files[i].Bytes = []byte(randomEdit(r, string(files[i].Bytes), string(files[r.IntN(len(files))].Bytes)))
		findings := control.Check(document.NewSet(".", files), params)
		for _, f := range findings {
			found[f.Rule] = true
		}
		if !slices.Equal(findings, checkOneByOne(files, params)) {
			t.Fatalf("judged one by one, this differs:\n%s", files[i].Bytes)
		}
	}
	if len(found) < 20 {
		t.Errorf("only %d rules found anything: the edits are too tame", len(found))
	}
}

// randomEdit changes one to four things of a text.
func randomEdit(r *rand.Rand, text, other string) string {
	lines := strings.Split(text, "\n")
	others := strings.Split(other, "\n")
	for range 1 + r.IntN(4) {
		i, j := r.IntN(len(lines)), r.IntN(len(lines))
		switch r.IntN(8) {
		case 0:
			lines = append(lines[:i:i], lines[i+1:]...)
		case 1:
			lines = slices.Insert(lines, i, lines[j])
		case 2:
			lines[i], lines[j] = lines[j], lines[i]
		case 3:
			lines = slices.Insert(lines, i, others[r.IntN(len(others))])
		case 4:
			words := strings.Fields(lines[i] + " x")
			words[r.IntN(len(words))] = strings.Fields(others[r.IntN(len(others))] + " |")[0]
			lines[i] = strings.Join(words, " ")
		case 5:
			cut := r.IntN(len(lines[i]) + 1)
			lines[i] = lines[i][:cut]
		case 6:
			odd := []string{"\u202e", "\x00", "\xff", "|", "&#x200b;", "<!--", "\t", "\r", "#", "[", "`", "~~", "---", "\ufeff", ": ", "&a ", "*a", "漢", "e\u0301"}
			at := r.IntN(len(lines[i]) + 1)
			lines[i] = lines[i][:at] + odd[r.IntN(len(odd))] + lines[i][at:]
		case 7:
			lines = lines[:i+1]
		}
		if len(lines) == 0 {
			lines = []string{""}
		}
	}
	return strings.Join(lines, "\n")
}
