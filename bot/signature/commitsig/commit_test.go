package commitsig_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
)

const (
	tree   = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
	parent = "1f7a7a472abf3dd9643fd615f6da379c4acb3e3a"
	plain  = "tree " + tree + "\nparent " + parent + "\nauthor Alice <alice@example.org> 1780315200 +0130\n" +
		"committer Bob <bob@example.org> 1780315300 -0500\n\nWording\n"
)

func TestParse_fields(t *testing.T) {
	raw := strings.Replace(plain, "Wording\n",
		"Wording\n\nbody\n\nCo-authored-by: Carol <carol@example.org>\nCO-AUTHORED-BY:Dan <dan@example.org> x\nco-authored-by: nobody\n", 1)
	got, err := commitsig.Parse([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	want := commitsig.Commit{
		Tree: tree, Parents: []string{parent},
		Author: commitsig.Identity{
			Name: "Alice", Email: "alice@example.org",
			When: time.Date(2026, 6, 1, 13, 30, 0, 0, time.FixedZone("", 5400)),
		},
		Committer: commitsig.Identity{
			Name: "Bob", Email: "bob@example.org",
			When: time.Date(2026, 6, 1, 7, 1, 40, 0, time.FixedZone("", -18000)),
		},
		CoAuthors: []commitsig.Identity{
			{Name: "Carol", Email: "carol@example.org"},
			{Name: "Dan", Email: "dan@example.org"},
			{Name: "nobody"},
		},
		Message: raw[strings.Index(raw, "\n\n")+2:],
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Parse (-want +got):\n%s", diff)
	}
}

func TestParse_takesWhatGitWrites(t *testing.T) {
	for name, change := range map[string][2]string{
		"no parent":            {"parent " + parent + "\n", ""},
		"eight parents":        {"parent " + parent + "\n", strings.Repeat("parent "+parent+"\n", 8)},
		"empty message":        {"Wording\n", ""},
		"empty name":           {"author Alice <", "author <"},
		"empty address":        {"<alice@example.org>", "<>"},
		"no name, one blank":   {"author Alice <", "author  <"},
		"bytes that no UTF-8":  {"Alice", "Al\xefce"},
		"broken zone":          {"+0130", "+051800"},
		"time 0":               {"1780315200", "0"},
		"unknown headers":      {"\n\n", "\nx-review-id 4711\nHG:extra a\n b\nx \n\n"},
		"encoding":             {"\n\n", "\nencoding ISO-8859-1\n\n"},
		"CRLF in the message":  {"Wording\n", "a\r\nb\r\n"},
		"words about armour":   {"Wording\n", "see -----BEGIN PGP SIGNATURE----- below\n"},
		"header without value": {"\n\n", "\nx-empty \n\n"},
	} {
		raw := strings.Replace(plain, change[0], change[1], 1)
		if _, err := commitsig.Parse([]byte(raw)); err != nil {
			t.Errorf("%s: Parse: %v", name, err)
		}
	}
}

func TestParse_refuses(t *testing.T) {
	at := func(mark string) int { return strings.Index(plain, mark) }
	author, end := at("author"), at("\n\n")+1
	for _, c := range []struct {
		name, old, new, want string
		offset               int
	}{
		{"nothing", plain, "", "no empty line", 0},
		{"no empty line", "\n\nWording\n", "\n", "no empty line", end},
		{"no end", "\n\nWording\n", "\nx", "no empty line", end},
		{"NUL in a header", "Alice", "Al\x00ce", "NUL", author + 9},
		{"NUL in the message", "Wording", "W\x00", "NUL", end + 2},
		{"no tree", "tree " + tree + "\n", "", "wrong place", 0},
		{"two trees", "parent", "tree " + tree + "\nparent", "two trees", 46},
		{"tree in capitals", tree, strings.ToUpper(tree), "not an object id", 5},
		{"tree of 39", tree, tree[1:], "not an object id", 5},
		{"parent of 64", parent, parent + parent[:24], "parent is not an object id", 53},
		{"parent after the author", "committer", "parent " + parent + "\ncommitter", "wrong place", at("committer")},
		{
			"too many parents", "parent " + parent + "\n", strings.Repeat("parent "+parent+"\n", 257), "more than 256 parents",
			46 + 256*48,
		},
		{"no author", "author", "auhtor", "before the committer", author},
		{
			"no committer", "committer Bob <bob@example.org> 1780315300 -0500\n", "", "no tree, author or committer",
			at("committer"),
		},
		{"two authors", "committer", "author A <a> 1 +0000\ncommitter", "twice or in the wrong place", at("committer")},
		{"author after committer", "\n\n", "\nauthor A <a> 1 +0000\n\n", "twice or in the wrong place", end},
		{"two addresses", "<alice@example.org>", "<a> <b>", "exactly one address", author + 7},
		{"no address", "<alice@example.org>", "alice", "exactly one address", author + 7},
		{"bracket in the name", "Alice", "Al>ce", "exactly one address", author + 7},
		{"no time", "1780315200", "yesterday", "time and a zone", author + 7 + 25},
		{"negative time", "1780315200", "-1", "time and a zone", author + 7 + 25},
		{"huge time", "1780315200", "999999999999", "time and a zone", author + 7 + 25},
		{"no zone", " +0130", "", "time and a zone", author + 7 + 25},
		{"zone without sign", "+0130", "00130", "time and a zone", author + 7 + 25},
		{"text behind the zone", "+0130", "+0130 x", "time and a zone", author + 7 + 25},
		{"author folded", "Alice", "Al\n ce", "line end in it", author + 7},
		{"carriage return", "+0130\n", "+0130\r\n", "line end in it", author + 7},
		{"two encodings", "\n\n", "\nencoding A\nencoding B\n\n", "two encoding", end + 11},
		{"header without blank", "\n\n", "\nx-flag\n\n", "not a name, a space and a value", end},
		{"folded line first", "tree", " tree", "not a name, a space and a value", 0},
		{"other header first", "author", "x a\nauthor", "before the committer", author},
		{"hidden header", "\n\n", "\ngpgsig-note x\n\n", "git hides", end},
		{"hidden header of another spelling", "\n\n", "\ngpgsigX x\n\n", "git hides", end},
		{"two signatures", "\n\n", "\ngpgsig x\ngpgsig y\n\n", "two signature headers", end + 9},
		{"a signature of each format", "\n\n", "\ngpgsig x\ngpgsig-sha256 y\n\n", "two signature headers", end + 9},
		{"the other format first", "\n\n", "\ngpgsig-sha256 y\ngpgsig x\n\n", "two signature headers", end + 16},
		{"signature before the tree", "tree", "gpgsig x\ntree", "before the tree", 0},
		{"signature in the message", "Wording\n", "-----BEGIN PGP SIGNATURE-----\n", "stands in the message", end + 1},
		{
			"SSH signature in the message", "Wording\n", "x\n-----BEGIN SSH SIGNATURE-----\n", "stands in the message",
			end + 3,
		},
		{
			"signature header in the message", "Wording\n", "x\ngpgsig -----BEGIN PGP SIGNATURE-----\n",
			"stands in the message", end + 3,
		},
		{
			"too many headers", "\n\n", "\n" + strings.Repeat("x y\n", 1100) + "\n", "more than 1024 headers",
			end + 4*(1025-4),
		},
		{"too long a name", "Alice", strings.Repeat("a", 5000), "over 4096 bytes", author + 7},
	} {
		raw := strings.Replace(plain, c.old, c.new, 1)
		_, err := commitsig.Parse([]byte(raw))
		var e *commitsig.SyntaxError
		if !errors.As(err, &e) || !strings.Contains(e.Problem, c.want) || e.Offset != c.offset {
			t.Errorf("%s: Parse says %v, want %q at %d", c.name, err, c.want, c.offset)
		}
	}
}

func TestVerify_hugeInputIsNeverGood(t *testing.T) {
	signature := func(body string) string {
		return strings.Replace(plain, "\n\n",
			"\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n"+body+" -----END PGP SIGNATURE-----\n\n", 1)
	}
	for name, raw := range map[string]string{
		"a message of 100 MB":         plain + strings.Repeat("x", 100<<20),
		"a signature header of 10 MB": signature(strings.Repeat(" "+strings.Repeat("A", 64)+"\n", 10<<20/66)),
		"100,000 parents": strings.Replace(plain, "parent "+parent+"\n",
			strings.Repeat("parent "+parent+"\n", 100_000), 1),
		"a header of 1,000,000 lines":   strings.Replace(plain, "\n\n", "\nx a"+strings.Repeat("\n b", 1_000_000)+"\n\n", 1),
		"armour of one line of 5 MB":    signature(" " + strings.Repeat("A", 5<<20) + "\n"),
		"a signature header of 3 MB":    signature(strings.Repeat(" "+strings.Repeat("A", 64)+"\n", 3<<20/66)),
		"a header of 1,000,000 letters": strings.Replace(plain, "\n\n", "\nx "+strings.Repeat("b", 1_000_000)+"\n\n", 1),
	} {
		v := verify([]byte(raw))
		if v.Word != commitsig.Malformed && v.Word != commitsig.Unsigned {
			t.Errorf("%s: Verify = %s (%.80s)", name, v.Word, v.Text)
		}
	}
}

func TestObjectID_isWhatGitHashObjectSays(t *testing.T) {
	for algorithm, want := range map[commitsig.Algorithm]string{
		"":               "84f03e38e7eff6ae17618c93d19cdcbfda2f6aac",
		commitsig.SHA1:   "84f03e38e7eff6ae17618c93d19cdcbfda2f6aac",
		commitsig.SHA256: "56045b0acd6d3ab31e5e019b8173039f14967243d8ca1ba0652324aa5b8d5a97",
	} {
		if got := commitsig.ObjectID([]byte(plain), algorithm); got != want {
			t.Errorf("ObjectID(%q) = %s, want %s", algorithm, got, want)
		}
	}
}

// FuzzParse holds that what is taken is made of its parts: nothing of the headers git reads is lost.
func FuzzParse(f *testing.F) {
	f.Add(plain)
	f.Add(strings.Replace(plain, "\n\n",
		"\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n =AAAA\n -----END PGP SIGNATURE-----\n\n", 1))
	f.Add(strings.Replace(plain, "\n\n", "\nmergetag object x\n type commit\n\n", 1))
	f.Add(strings.ReplaceAll(plain, tree, tree+tree[:24]))
	f.Fuzz(func(t *testing.T, raw string) {
		c, err := commitsig.Parse([]byte(raw))
		if err != nil {
			var e *commitsig.SyntaxError
			if !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(raw) {
				t.Errorf("Parse: %v, want a SyntaxError with a place in %d bytes", err, len(raw))
			}
			return
		}
		start := "tree " + c.Tree + "\n"
		if c.Signed && !strings.HasPrefix(raw, start+"parent") && !strings.HasPrefix(raw, start+"author") {
			start = "tree " + c.Tree + "\ngpgsig"
		}
		_, message, _ := strings.Cut(raw, "\n\n")
		if !strings.HasPrefix(raw, start) || message != c.Message {
			t.Errorf("Parse(%q) = %+v", raw, c)
		}
		for _, p := range []commitsig.Identity{c.Author, c.Committer} {
			if line := fmt.Sprintf("<%s> ", p.Email); !strings.Contains(raw, strings.TrimSuffix(line, " ")) {
				t.Errorf("address %q is not in %q", p.Email, raw)
			}
		}
	})
}
