package redline_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/redline"
)

// matrix is a shared-responsibility matrix with the given rows.
func matrix(rows ...string) string {
	return "---\ntype: shared-responsibility-matrix\ntitle: M\n---\n\n# M\n\n## Responsibility matrix\n\n" +
		"| Ref | Control area | Accountable | Who does what | Internal owner | Evidence |\n| --- | --- | --- | --- | --- | --- |\n" + strings.Join(rows, "\n") + "\n"
}

func TestCompare_findsResponsibilitiesThatChangeHands(t *testing.T) {
	before := matrix(
		"| SR-01 | Patching | Provider | They patch | — | Report |",
		"| SR-02 | Applications | Customer | We test | head-of-engineering | Tests |",
		"| SR-03 | Identity | **Customer** | We manage | ciso | Export |",
		"| SR-04 | Gone | Shared | Both | ciso | Notes |")
	after := matrix(
		"| SR-03 | Identity | customer | We manage more | ciso | Export |",
		"| SR-01 | Patching | Shared | Both | head-of-it | Report |",
		"| SR-02 | Applications | Customer | We test | head-of-it | Tests |",
		"| SR-05 | New | Customer | We do | ciso | Log |")
	got := redline.Compare(parse("matrices/m.md", before), parse("matrices/m.md", after)).Hands
	want := []redline.Hand{
		{Ref: "SR-01", Area: "Patching", Before: "Provider", After: "Shared", OwnerBefore: "—", OwnerAfter: "head-of-it", Accountable: true, OwnerChange: true},
		{Ref: "SR-02", Area: "Applications", Before: "Customer", After: "Customer", OwnerBefore: "head-of-engineering", OwnerAfter: "head-of-it", OwnerChange: true},
		{Ref: "SR-05", Area: "New", After: "Customer", OwnerAfter: "ciso", Accountable: true, OwnerChange: true},
		{Ref: "SR-04", Area: "Gone", Before: "Shared", OwnerBefore: "ciso", Accountable: true, OwnerChange: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Hands (-want +got):\n%s", diff)
	}
	other := strings.ReplaceAll(after, "shared-responsibility-matrix", "topic-policy")
	if hands := redline.Compare(parse("policy/m.md", before), parse("policy/m.md", other)).Hands; len(hands) != 4 {
		t.Errorf("a matrix that becomes something else loses %d responsibilities, want 4", len(hands))
	}
}

func TestCompare_ofNothingInsertsAndDeletesAll(t *testing.T) {
	v := parse("policy/a.md", "---\ntitle: A\n---\n\n# A\n\nOne.\n\n| a |\n| - |\n| b |\n")
	added := redline.Compare(redline.Version{}, v)
	removed := redline.Compare(v, redline.Version{})
	for name, c := range map[string]redline.Changes{"added": added, "removed": removed} {
		page, err := c.Whole(redline.Look{})
		if err != nil {
			t.Fatal(err)
		}
		element := map[string]string{"added": "<ins>", "removed": "<del>"}[name]
		if n := strings.Count(string(page.Body), element); n != 4 || c.Count.Passages != 2 || c.Count.Rows != 1 || len(c.Fields) != 1 {
			t.Errorf("%s: %d of %s, %+v, %v", name, n, element, c.Count, c.Fields)
		}
	}
	if c := redline.Compare(redline.Version{}, redline.Version{}); !c.None() || c.Unseen {
		t.Errorf("nothing and nothing differ: %+v", c)
	}
	if c := redline.Compare(v, v); !c.None() || c.Unseen {
		t.Errorf("a version differs from itself: %+v", c)
	}
}

func TestCompare_seesAnotherPictureUnderOnePath(t *testing.T) {
	raw := "---\ntitle: A\n---\n\n![Split](split.png)\n"
	a, b := parse("policy/a.md", raw), parse("policy/a.md", raw)
	a.Images = map[string]string{"policy/split.png": strings.Repeat("a", 64)}
	b.Images = map[string]string{"policy/split.png": strings.Repeat("b", 64)}
	if c := redline.Compare(a, b); c.Count.Passages != 1 {
		t.Errorf("another picture under the same path: %+v, want one passage", c.Count)
	}
	b.Images = a.Images
	if c := redline.Compare(a, b); !c.None() {
		t.Errorf("the same picture: %+v, want no change", c.Count)
	}
}

func TestCompare_showsBothWholeWhenMostChanged(t *testing.T) {
	a := parse("policy/a.md", "---\ntitle: A\n---\n\nOne two three four five six seven eight nine ten.\n")
	for after, blocks := range map[string]int{
		"One two three four five six seven eight nine eleven.":         1, // a word
		"One two three four five other words stand here now.":          1, // half
		"Wholly other things are said here, of which one was not two.": 2,
	} {
		c := redline.Compare(a, parse("policy/a.md", "---\ntitle: A\n---\n\n"+after+"\n"))
		page, err := c.Whole(redline.Look{})
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(page.Body), "<p "); n != blocks || c.Count.Passages != 1 {
			t.Errorf("%q: %d paragraphs and %d passages, want %d and 1:\n%s", after, n, c.Count.Passages, blocks, page.Body)
		}
	}
}

// Rows are known by their key: a row that moves is not deleted and inserted.
func TestCompare_movesRows(t *testing.T) {
	row := func(n int) string {
		return fmt.Sprintf("| SR-%02d | Area %d | Customer | We do %d | ciso | E%d |", n, n, n, n)
	}
	before := matrix(row(1), row(2), row(3), row(4), row(5))
	after := matrix(row(5), row(1), row(2), row(3), row(4))
	c := redline.Compare(parse("matrices/m.md", before), parse("matrices/m.md", after))
	page, err := c.Folded(redline.Look{})
	if err != nil {
		t.Fatal(err)
	}
	got := string(page.Body)
	if c.Count.Rows != 1 || strings.Contains(got, "<ins>") || strings.Contains(got, "<del>") || !strings.Contains(got, "moved, was row 5") || !strings.Contains(got, "4 rows unchanged") {
		t.Errorf("one row moved: %+v\n%s", c.Count, got)
	}
}

func TestCompare_namesUnchangedSections(t *testing.T) {
	body := func(c string) string {
		return "---\ntitle: A\n---\n\n# A\n\n## One\n\na\n\n## Two\n\nb\n\n## Three\n\n" + c + "\n\nsecond\n\n## Four\n\nd\n"
	}
	c := redline.Compare(parse("policy/a.md", body("c")), parse("policy/a.md", body("see")))
	page, err := c.Folded(redline.Look{})
	if err != nil {
		t.Fatal(err)
	}
	got := string(page.Body)
	for _, want := range []string{"2 sections unchanged: One to Two", "1 paragraph unchanged", "1 section unchanged: Four"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if c.Count.Sections != 4 || c.Count.Unchanged != 3 {
		t.Errorf("Count = %+v, want 3 of 4 sections unchanged", c.Count)
	}
}

// TestCompare_boundsItsWork compares texts at the limit of what is read, in which nothing is alike.
func TestCompare_boundsItsWork(t *testing.T) {
	long := func(word string) redline.Version {
		return parse("policy/a.md", "---\ntitle: A\n---\n\n"+strings.Repeat(word+" ", document.MaxDocumentBytes/(len(word)+1)-20)+"\n")
	}
	many := func(word string) redline.Version {
		var b strings.Builder
		for i := 0; b.Len() < document.MaxDocumentBytes-100; i++ {
			fmt.Fprintf(&b, "%s%d\n\n", word, i)
		}
		return parse("policy/a.md", b.String())
	}
	rows := func(word string) redline.Version {
		var b strings.Builder
		b.WriteString("| a | b |\n| - | - |\n")
		for i := range 5000 {
			fmt.Fprintf(&b, "| %s%d | %s |\n", word, i, word)
		}
		return parse("policy/a.md", b.String())
	}
	for name, pair := range map[string][2]redline.Version{
		"one paragraph": {long("one"), long("two")}, "many paragraphs": {many("a"), many("b")}, "many rows": {rows("x"), rows("y")},
		"letters": {long("a"), long("b")},
	} {
		c := redline.Compare(pair[0], pair[1])
		if c.None() {
			t.Errorf("%s: no change was found", name)
		}
		if _, err := c.Whole(redline.Look{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLabel_callsFieldsByTheirNames(t *testing.T) {
	for key, want := range map[string]string{"effective": "In force from", "next-review": "Next review", "élan-vital": "Élan vital", "": "(without a name)"} {
		if got := redline.Label(key); got != want {
			t.Errorf("Label(%q) = %q, want %q", key, got, want)
		}
	}
}

func BenchmarkCompare_policy(b *testing.B) {
	before := strings.Repeat("## Section\n\nOne two three four five six seven eight nine ten.\n\n| a | b |\n| - | - |\n| c | d |\n\n", 60)
	after := strings.Replace(before, "three", "3", 20)
	x, y := parse("policy/a.md", before), parse("policy/a.md", after)
	for b.Loop() {
		if _, err := redline.Compare(x, y).Folded(redline.Look{}); err != nil {
			b.Fatal(err)
		}
	}
}
