package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
)

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1204: "1,204", 1234567: "1,234,567"} {
		if got := thousands(n); got != want {
			t.Errorf("thousands(%d) = %q, want %q", n, got, want)
		}
	}
	if commitCount(1) != "1 commit" || commitCount(1204) != "1,204 commits" {
		t.Errorf("commitCount = %q, %q", commitCount(1), commitCount(1204))
	}
}

func TestGrouped(t *testing.T) {
	for fingerprint, want := range map[string]string{
		"97B66948E2A071F868AB0D19E25F5A861E5EB96D": "97B6 6948 E2A0 71F8 68AB 0D19 E25F 5A86 1E5E B96D",
		"SHA256:3BsUDvoCZxjr":                      "SHA256:3BsUDvoCZxjr",
		"":                                         "",
	} {
		if got := grouped(fingerprint); got != want {
			t.Errorf("grouped(%q) = %q, want %q", fingerprint, got, want)
		}
	}
}

func TestCommitSummary_text(t *testing.T) {
	bad := judgedCommit{id: strings.Repeat("a", 40), verdict: commitsig.Verdict{Word: commitsig.Unsigned, Mend: "Sign it."}}
	nothing := judgedCommit{id: strings.Repeat("b", 40), verdict: commitsig.Verdict{Word: commitsig.Bad}}
	good := judgedCommit{id: strings.Repeat("c", 40), counts: true}
	good.committer.When = time.Date(2026, 9, 21, 23, 0, 0, 0, time.FixedZone("", -7200))
	for _, c := range []struct {
		commits []judgedCommit
		want    string
	}{
		{nil, "keys\n0 commits: there is nothing to judge\n"},
		{[]judgedCommit{good}, "keys\n1 commit, all good, since 2026-09-22, 31 ms\n"},
		{
			[]judgedCommit{good, bad, nothing},
			"keys\n1 of 3 commits count, 2 not:\n  aaaaaaaaaaaa  unsigned: It is part of origin/main.\n  bbbbbbbbbbbb  bad\n" +
				"What is part of origin/main is not amended: that would rewrite it for\neverybody. Whether it was signed for stands in the evidence.\n",
		},
	} {
		s := &commitSummary{trust: "keys", place: commitPlace{in: "origin/main", landed: map[string]bool{bad.id: true}}}
		for _, commit := range c.commits {
			s.add(commit)
		}
		if diff := cmp.Diff(c.want, s.text(31*time.Millisecond)); diff != "" {
			t.Errorf("text (-want +got):\n%s", diff)
		}
	}
	s := &commitSummary{trust: "keys", place: commitPlace{in: "origin/main", landed: map[string]bool{bad.id: true}}}
	for range 1015 {
		s.add(bad)
	}
	if got := s.text(1500 * time.Millisecond); strings.Count(got, "aaaaaaaaaaaa") != 10 ||
		!strings.Contains(got, "  and 1,005 more\nWhat is part of origin/main ") {
		t.Errorf("text of 1,015 commits:\n%s", got)
	}
	if got := duration(1500 * time.Millisecond); got != "1.5 s" {
		t.Errorf("duration = %q, want 1.5 s", got)
	}
}

func TestProgress_isSilentInALogAndAtFirst(t *testing.T) {
	var out bytes.Buffer
	for _, p := range []*progress{
		{w: &out, on: false, started: time.Now().Add(-time.Hour)},
		{w: &out, on: true, started: time.Now()},
	} {
		p.at(1000)
		p.end()
	}
	if out.Len() > 0 {
		t.Errorf("progress says %q", out.String())
	}
	p := &progress{w: &out, on: true, started: time.Now().Add(-time.Hour)}
	p.at(2000)
	p.at(2001)
	p.end()
	if got := out.String(); got != "\rreading 2,000 commits\r\x1b[K" {
		t.Errorf("progress says %q", got)
	}
}

func TestParseCatFileHeader(t *testing.T) {
	id := strings.Repeat("a", 40)
	if got, size, err := parseCatFileHeader([]byte(id + " commit 12")); got != id || size != 12 || err != nil {
		t.Errorf("parseCatFileHeader = %s, %d, %v", got, size, err)
	}
	for line, want := range map[string]string{
		id + " missing":      "it is missing in the repository",
		"abcd ambiguous":     "it is ambiguous in the repository",
		id + " blob 3":       "it is not a commit (blob)",
		id + " commit -1":    "unexpected answer",
		id + " commit x":     "unexpected answer",
		id + " commit":       "unexpected answer",
		"":                   "it is not a commit ()",
		id + " \x1bcommit 1": `(\u001bcommit)`,
	} {
		if _, _, err := parseCatFileHeader([]byte(line)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("parseCatFileHeader(%q): %v, want %q", line, err, want)
		}
	}
}

func TestFeedIDs(t *testing.T) {
	id := strings.Repeat("a", 40)
	for text, want := range map[string]string{
		"":                       "",
		id + "\n\n  " + id + " ": id + "\n" + id + "\n",
	} {
		var out closeBuffer
		if err := feedIDs(&out, strings.NewReader(text)); err != nil || out.String() != want || !out.closed {
			t.Errorf("feedIDs(%q) = %q, %v, closed %v, want %q", text, out.String(), err, out.closed, want)
		}
	}
	for _, text := range []string{"main\n", "abc\n", id + id + "\n", "ABCDEF\n", id + " " + id + "\n", "--all\n"} {
		var out closeBuffer
		if err := feedIDs(&out, strings.NewReader(text)); err == nil || !out.closed {
			t.Errorf("feedIDs(%q): %v, closed %v, want an error and closed", text, err, out.closed)
		}
	}
	var out closeBuffer
	if err := feedIDs(&out, strings.NewReader(strings.Repeat("a", 1<<20))); err == nil {
		t.Error("feedIDs takes a line of a megabyte")
	}
}

// closeBuffer is a buffer that tells whether it was closed.
type closeBuffer struct {
	bytes.Buffer
	closed bool
}

// Close remembers that it was called.
func (b *closeBuffer) Close() error {
	b.closed = true
	return nil
}

func TestBoundedBuffer_keepsTheBeginning(t *testing.T) {
	var b boundedBuffer
	for range 3 {
		n, err := b.Write(make([]byte, maxGitTalk/2+1))
		if n != maxGitTalk/2+1 || err != nil {
			t.Fatalf("Write = %d, %v", n, err)
		}
	}
	if b.Len() != maxGitTalk || !b.dropped {
		t.Errorf("%d bytes are kept, dropped %v, want %d and that something was dropped", b.Len(), b.dropped, maxGitTalk)
	}
}

func TestTaken_followsTheLaw(t *testing.T) {
	tree := func(text string) governedTree { return governedTree{"p": text} }
	for _, c := range []struct {
		name           string
		result         governedTree
		parents, bases []governedTree
		want           bool
	}{
		{"nobody changed it", tree("a"), []governedTree{tree("a"), tree("a")}, []governedTree{tree("a")}, true},
		{"taken from the one side", tree("b"), []governedTree{tree("a"), tree("b")}, []governedTree{tree("a")}, true},
		{"taken from the other side", tree("b"), []governedTree{tree("b"), tree("a")}, []governedTree{tree("a")}, true},
		{"added by one side", tree("b"), []governedTree{{}, tree("b")}, []governedTree{{}}, true},
		{"deleted by one side", governedTree{}, []governedTree{tree("a"), {}}, []governedTree{tree("a")}, true},
		{"reverted by the merge", tree("a"), []governedTree{tree("a"), tree("b")}, []governedTree{tree("a")}, false},
		{"own content", tree("c"), []governedTree{tree("a"), tree("a")}, []governedTree{tree("a")}, false},
		{"both changed it alike", tree("b"), []governedTree{tree("b"), tree("b")}, []governedTree{tree("a")}, false},
		{"both changed it", tree("b"), []governedTree{tree("b"), tree("c")}, []governedTree{tree("a")}, false},
		{
			"merge bases disagree", tree("b"),
			[]governedTree{tree("b"), tree("b")},
			[]governedTree{tree("a"), tree("b")},
			false,
		},
		{"no merge base", tree("a"), []governedTree{tree("a"), tree("a")}, nil, false},
		{"octopus, one side", tree("b"), []governedTree{tree("a"), tree("b"), tree("a")}, []governedTree{tree("a")}, true},
		{"octopus, two sides", tree("b"), []governedTree{tree("a"), tree("b"), tree("b")}, []governedTree{tree("a")}, false},
	} {
		own := ownContent(c.result, c.parents, c.bases)
		if got := taken("p", c.result, c.parents, c.bases); got != c.want || (len(own) == 0) != c.want {
			t.Errorf("%s: taken = %v, own content %v, want %v", c.name, got, own, c.want)
		}
	}
	if diff := cmp.Diff([]string{"a", "b", "c"},
		differing(governedTree{"a": "1", "b": "1", "d": "1"}, governedTree{"b": "2", "c": "1", "d": "1"})); diff != "" {
		t.Errorf("differing (-want +got):\n%s", diff)
	}
}

func TestLowerFirst_keepsNames(t *testing.T) {
	for sentence, want := range map[string]string{
		"The commit is not signed.": "the commit is not signed.", "GitHub vouches for it.": "GitHub vouches for it.", "": "",
	} {
		if got := lowerFirst(sentence); got != want {
			t.Errorf("lowerFirst(%q) = %q, want %q", sentence, got, want)
		}
	}
}
