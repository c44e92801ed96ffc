package main

import (
	"bufio"
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// oddMessages are messages that git prints otherwise than they are, and one that it prints as it is.
func oddMessages() []string {
	return []string{
		"As git commit writes it\n\nWith a paragraph.\n\n    and indented code\n", "Without a line end", "", "\n", "\n\n  \n",
		"\n\nBegins with empty lines\n", "Ends in empty lines\n\n\n", "Ends in blanks  \nas here\t\n", "Windows\r\n\r\nline ends\r\n",
		"  Begins with blanks\n", "    \n        Eight\n", "tabs\tand\t\ttabs\n", "caf\xe9 in another encoding\n", "\x1b[31mred\x7f\n",
		"5acc4d25f3bb025785d88bc3b799e2bc47568a98\ntree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n", "parted\x00by a NUL\n",
		"\x00", strings.Repeat("A long one. ", 60_000) + "\n", strings.Repeat("line\n", 60_000),
	}
}

// oddHistory chains a signed commit with each message, unsigned ones between, and gives tip and length.
func oddHistory(t *testing.T, w *workshop, headers ...string) (tip string, length int) {
	t.Helper()
	for i, message := range oddMessages() {
		c := keyringtest.Commit{
			Author: "Bruno <bruno@example.org>", Message: message, Headers: headers, When: keysMade.AddDate(0, 1, i),
		}
		if tip != "" {
			c.Parents = []string{tip}
		}
		signed := w.object("commit", w.keys["bruno"].SignCommit(c, keyringtest.Says{Made: c.When}))
		c.Parents = []string{signed}
		tip = w.object("commit", c.Payload())
	}
	return tip, 2 * len(oddMessages())
}

// table gives what the command prints as a table, of the whole history or of the ids that stdin has.
func table(t *testing.T, w *workshop, stdin string, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := runVerifyCommits(context.Background(), append([]string{
		"verify", "commits", "--repo", w.dir, "--keys", filepath.Join(w.dir, "keys"), "--format", "tsv",
		"--as-of", "2026-11-24",
	}, args...), strings.NewReader(stdin), &stdout, &stderr)
	if code == exitCould {
		t.Fatalf("%v: %s", args, stderr.String())
	}
	return stdout.String()
}

func TestVerifyCommits_messagesThatGitPrintsOtherwise(t *testing.T) {
	for _, headers := range [][]string{nil, {"encoding ISO-8859-1"}, {"encoding UTF-16"}} {
		w := newWorkshop(t, filepath.Join(t.TempDir(), "repo"))
		w.write("keys/bruno.asc", w.keys["bruno"].File("Bruno <bruno@example.org>", keysMade))
		tip, length := oddHistory(t, w, headers...)
		ids := w.git("rev-list", tip)
		want := table(t, w, ids+"\n", "--stdin")
		if got := table(t, w, "", tip); got != want {
			t.Errorf("headers %q: the walk gives\n%s\nand the ids one by one\n%s", headers, got, want)
		}
		if n := strings.Count(want, "\n") - 1; n != length {
			t.Errorf("headers %q: %d commits judged, want %d", headers, n, length)
		}
		// Two of the messages have a NUL in them; the others are no reason not to be good.
		if good := strings.Count(want, "\tgood\t"); good != len(oddMessages())-2 {
			t.Errorf("headers %q: %d are good, want %d:\n%s", headers, good, len(oddMessages())-2, want)
		}
	}
}

func TestVerifyCommits_commitOverTheLimitIsMalformedInAWalkToo(t *testing.T) {
	w := newWorkshop(t, filepath.Join(t.TempDir(), "repo"))
	w.write("keys/bruno.asc", w.keys["bruno"].File("Bruno <bruno@example.org>", keysMade))
	c := keyringtest.Commit{
		Author: "Bruno <bruno@example.org>", Message: strings.Repeat("long\n", 1<<20), When: keysMade.Add(time.Hour),
	}
	large := w.object("commit", w.keys["bruno"].SignCommit(c, keyringtest.Says{Made: c.When}))
	c.Parents, c.Message = []string{large}, "short\n"
	tip := w.object("commit", w.keys["bruno"].SignCommit(c, keyringtest.Says{Made: c.When}))
	got := table(t, w, "", tip)
	if !strings.Contains(got, large+"\tmalformed\t") || !strings.Contains(got, tip+"\tgood\t") {
		t.Errorf("the table is %q, want the large commit malformed and the other good", got)
	}
}

// FuzzReadPrinted holds that whatever git prints is read to its end or refused, and that of what git prints
// of a commit as git commit writes it, each byte is read.
func FuzzReadPrinted(f *testing.F) {
	id := strings.Repeat("0a", 20)
	for _, message := range oddMessages()[:16] {
		f.Add("tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n", message)
	}
	f.Add("", id)
	f.Fuzz(func(t *testing.T, headers, message string) {
		whatever := commitSource{out: bufio.NewReader(strings.NewReader(headers + message)), printed: true}
		var b commitBatch
		for whatever.readPrinted(&b) == nil {
		}
		if strings.ContainsAny(headers+message, "\x00") || strings.Contains(headers, "\n\n") || !strings.HasSuffix(headers, "\n") {
			return
		}
		printed := id + "\n" + headers + "\n"
		for line := range strings.Lines(message) {
			printed += "    " + line
		}
		source := commitSource{out: bufio.NewReader(strings.NewReader(printed + "\x00" + printed + "\x00")), printed: true}
		b = commitBatch{}
		for range 2 {
			if err := source.readPrinted(&b); err != nil {
				t.Fatal(err)
			}
		}
		want := headers + "\n" + message
		if got := string(b.data); got != want+want || b.ids[1] != id || b.ends[0] != len(want) {
			t.Errorf("readPrinted gives %q at %v, want %q twice", got, b.ends, want)
		}
	})
}
