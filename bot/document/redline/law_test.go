package redline_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/redline"
	docstemplates "github.com/vidimus-bot/vidimus/docs-templates"
)

// The law: accepting every change of a comparison gives the rendering of the later version, rejecting every change
// that of the earlier one. It is held on the HTML itself, by a reader that shares nothing with the writer but the
// marks.

// examples are the documents of the example organisation, by path.
func examples(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(docstemplates.Example(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".md") {
			return err
		}
		raw, err := fs.ReadFile(docstemplates.Example(), p)
		found[p] = string(raw)
		return err
	})
	if err != nil || len(found) < 15 {
		t.Fatalf("%d example documents, %v", len(found), err)
	}
	return found
}

func parse(path, raw string) redline.Version {
	return redline.Version{Document: document.Parse(path, []byte(raw))}
}

// holdsLaw compares two texts of a document both ways.
func holdsLaw(t *testing.T, path, before, after string) bool {
	t.Helper()
	a, b := parse(path, before), parse(path, after)
	c := redline.Compare(a, b)
	whole, err := c.Whole(redline.Look{})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []struct {
		name string
		f    fate
		v    redline.Version
	}{{"accepted", accept, b}, {"rejected", reject, a}} {
		want, err := redline.Text(one.v, redline.Look{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(outline(t, want, one.f), outline(t, whole, one.f)); diff != "" {
			t.Errorf("%s: all changes %s is not the text (-text +comparison):\n%s", path, one.name, diff)
			return false
		}
	}
	return fieldsHoldLaw(t, path, c, a, b)
}

// fieldsHoldLaw applies the changed fields of front matter to the earlier ones.
func fieldsHoldLaw(t *testing.T, path string, c redline.Changes, a, b redline.Version) bool {
	t.Helper()
	fields := map[string]string{}
	for _, v := range redline.Values(a.Document) {
		fields[v.Key] = v.Text
	}
	for _, f := range c.Fields {
		if had, ok := fields[f.Key]; ok != f.Had || had != f.Before {
			t.Errorf("%s: field %s is said to have been %q", path, f.Key, f.Before)
			return false
		}
		delete(fields, f.Key)
		if f.Has {
			fields[f.Key] = f.After
		}
	}
	want := map[string]string{}
	for _, v := range redline.Values(b.Document) {
		want[v.Key] = v.Text
	}
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Errorf("%s: accepted fields (-text +comparison):\n%s", path, diff)
		return false
	}
	return true
}

// edits is how many random edits the law is held over.
const edits = 2000

// parts is how many parts the edits are held in, so that both processors work.
const parts = 8

func TestCompare_acceptedIsTheNewTextAndRejectedTheOld(t *testing.T) {
	documents := examples(t)
	paths := make([]string, 0, len(documents))
	for p := range documents {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	seed := uint64(20261124)
	if s := os.Getenv("VIDIMUS_SEED"); s != "" {
		if _, err := fmt.Sscan(s, &seed); err != nil {
			t.Fatalf("VIDIMUS_SEED: %v", err)
		}
	}
	for part := range parts {
		t.Run(fmt.Sprint(part), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, uint64(part)))
			for i := range edits / parts {
				editOnce(t, r, documents, paths)
				if t.Failed() {
					t.Fatalf("edit %d of part %d with VIDIMUS_SEED=%d", i, part, seed)
				}
			}
		})
	}
}

// editOnce edits one document one to four times and compares, one time in ten backwards.
func editOnce(t *testing.T, r *rand.Rand, documents map[string]string, paths []string) {
	t.Helper()
	path := paths[r.IntN(len(paths))]
	before := documents[path]
	after := before
	var kinds []string
	for range 1 + r.IntN(4) {
		var kind string
		after, kind = edit(r, after, documents[paths[r.IntN(len(paths))]])
		kinds = append(kinds, kind)
	}
	if r.IntN(10) == 0 {
		before, after = after, before
	}
	if !holdsLaw(t, path, before, after) {
		t.Errorf("edits: %v", kinds)
	}
}

// FuzzCompare holds the law over whatever is no Markdown too.
func FuzzCompare(f *testing.F) {
	f.Add("---\ntitle: A\n---\n\n# A\n\none two three\n", "---\ntitle: B\n---\n\n# A\n\none 2 three\n\n| a | b |\n| - | - |\n| c | d |\n")
	f.Add("| a | b |\n|-|-|\n|1|2|\n|3|4|\n", "| b | a | c |\n|-|-|-:|\n|4|3|x|\n|2|1|y|\n")
	f.Add("- a\n- b\n\n  c\n1. d\n", "- a\n- b c\n2. d\n\n> e\n")
	f.Add("[a](b) ![c](d) <e> <br> `f` **g** *h* ~~i~~ https://x", "[a](b c) ![c](javascript:d) <e> `f``f` ***g*** &amp;\u202e")
	f.Add("---\nnot: [closed\n---\ntext", "\xff\xfe not UTF-8")
	f.Fuzz(func(t *testing.T, before, after string) {
		holdsLaw(t, "policy/fuzz.md", before, after)
	})
}

// edit changes a text as people do; other is a text to take from.
func edit(r *rand.Rand, s, other string) (edited, kind string) {
	lines := strings.Split(s, "\n")
	at := r.IntN(len(lines))
	theirs := strings.Split(other, "\n")
	switch kind := r.IntN(14); kind {
	case 0: // a word less
		return editWords(r, lines, at, func(words []string, i int) []string { return slices.Delete(words, i, i+1) }), "word out"
	case 1: // a word more
		return editWords(r, lines, at, func(words []string, i int) []string { return slices.Insert(words, i, someWord(r)) }), "word in"
	case 2: // another word
		return editWords(r, lines, at, func(words []string, i int) []string { words[i] = someWord(r); return words }), "word changed"
	case 3:
		return strings.Join(slices.Delete(lines, at, at+1), "\n"), "line out"
	case 4:
		return strings.Join(slices.Insert(lines, at, theirs[r.IntN(len(theirs))]), "\n"), "line in"
	case 5: // two lines change places, often rows of a table
		to := min(len(lines)-1, at+1+r.IntN(4))
		lines[at], lines[to] = lines[to], lines[at]
		return strings.Join(lines, "\n"), "lines swapped"
	case 6: // a block from elsewhere
		from := r.IntN(len(theirs))
		block := theirs[from:min(len(theirs), from+1+r.IntN(8))]
		return strings.Join(slices.Insert(lines, at, append([]string{""}, append(slices.Clone(block), "")...)...), "\n"), "block in"
	case 7: // a stretch gone
		return strings.Join(slices.Delete(lines, at, min(len(lines), at+1+r.IntN(10))), "\n"), "stretch out"
	case 8: // structure
		added := []string{"- one", "  - two", "", "> said", "", "1. first", "2. second", "", "---", "", "```", "code <b>", "```", "", "### Sub", "", "a<br>b *c* **d** ~~e~~ `f` [g](https://example.org/x) <i>"}
		n := r.IntN(len(added))
		return strings.Join(slices.Insert(lines, at, added[n:min(len(added), n+1+r.IntN(5))]...), "\n"), "structure in"
	case 9: // emphasis, where there was none
		return editWords(r, lines, at, func(words []string, i int) []string { words[i] = "**" + words[i] + "**"; return words }), "emphasis"
	case 10:
		return editColumns(r, lines), "columns"
	case 11: // a stretch moves
		end := min(len(lines), at+1+r.IntN(6))
		cut := slices.Clone(lines[at:end])
		rest := slices.Delete(lines, at, end)
		return strings.Join(slices.Insert(rest, r.IntN(len(rest)+1), cut...), "\n"), "stretch moved"
	case 12: // a repeated line
		return strings.Join(slices.Insert(lines, at, lines[at]), "\n"), "line doubled"
	default: // blanks, which nobody sees
		lines[at] += strings.Repeat(" ", r.IntN(2))
		return strings.Join(slices.Insert(lines, at, strings.Repeat("\n", r.IntN(2))), "\n"), "blanks"
	}
}

func editWords(r *rand.Rand, lines []string, at int, change func([]string, int) []string) string {
	words := strings.Split(lines[at], " ")
	lines[at] = strings.Join(change(words, r.IntN(len(words))), " ")
	return strings.Join(lines, "\n")
}

// editColumns swaps, drops or doubles a column of a table.
func editColumns(r *rand.Rand, lines []string) string {
	kind, a, b := r.IntN(3), 1+r.IntN(4), 1+r.IntN(4)
	for i, l := range lines {
		cells := strings.Split(l, "|")
		if !strings.HasPrefix(l, "|") || len(cells) <= max(a, b)+1 {
			continue
		}
		switch kind {
		case 0:
			cells[a], cells[b] = cells[b], cells[a]
		case 1:
			cells = slices.Delete(cells, a, a+1)
		default:
			cells = slices.Insert(cells, a, cells[b])
		}
		lines[i] = strings.Join(cells, "|")
	}
	return strings.Join(lines, "\n")
}

func someWord(r *rand.Rand) string {
	words := []string{"provider", "Customer", "72", "2.10", "2026-11-24", "the", "must", "not", "`code`", "[link](https://example.org)", "&amp;", "\\*", "<br>", "—", "Łódź", "|"}
	return words[r.IntN(len(words))]
}
