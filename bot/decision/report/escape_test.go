package report_test

import (
	"bytes"
	"html"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	renderer "github.com/yuin/goldmark/renderer/html"

	"github.com/vidimus-bot/vidimus/bot/decision/report"
)

// hostile reads the corpus of values that strangers may choose.
func hostile(t testing.TB) []string {
	t.Helper()
	raw, err := os.ReadFile("testdata/hostile.txt")
	if err != nil {
		t.Fatal(err)
	}
	var values []string
	for i, l := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		if strings.HasPrefix(l, "#") {
			continue
		}
		v, err := strconv.Unquote(l)
		if err != nil {
			t.Fatalf("testdata/hostile.txt line %d: %v", i+1, err)
		}
		values = append(values, v)
	}
	if len(values) < 60 {
		t.Fatalf("testdata/hostile.txt has %d values, want the whole corpus", len(values))
	}
	return values
}

// rendered is Markdown as GitHub renders it, before GitHub looks for references. Raw HTML is left out.
func rendered(t testing.TB, markdown string) string {
	t.Helper()
	return convert(t, markdown, goldmark.New(goldmark.WithExtensions(extension.GFM)))
}

// rawHTML is rendered with the HTML that the Markdown holds.
func rawHTML(t testing.TB, markdown string) string {
	t.Helper()
	unsafe := goldmark.WithRendererOptions(renderer.WithUnsafe())
	return convert(t, markdown, goldmark.New(goldmark.WithExtensions(extension.GFM), unsafe))
}

func convert(t testing.TB, markdown string, converter goldmark.Markdown) string {
	t.Helper()
	var b bytes.Buffer
	if err := converter.Convert([]byte(markdown), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// places are where values stand in the texts: Markdown before and after, and the HTML around the value.
func places() map[string][4]string {
	return map[string][4]string{
		"paragraph":       {"", " end\n", "<p>", " end</p>\n"},
		"paragraph alone": {"", "\n", "<p>", "</p>\n"},
		"quotation":       {"> ", " end\n", "<blockquote>\n<p>", " end</p>\n</blockquote>\n"},
		"item":            {"- ", " end\n", "<ul>\n<li>", " end</li>\n</ul>\n"},
		"first cell": {
			"| a | b |\n| --- | --- |\n| ", " | z |\n",
			"<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>", "</td>\n<td>z</td>\n</tr>\n</tbody>\n</table>\n",
		},
		"second line": {"one\n", " end\n", "<p>one\n", " end</p>\n"},
		"sentence":    {"It says ", " here.\n", "<p>It says ", " here.</p>\n"},
		"bold":        {"**Waiting for ", ".** Next.\n", "<p><strong>Waiting for ", ".</strong> Next.</p>\n"},
		"heading":     {"#### Of ", ", as\n", "<h4>Of ", ", as</h4>\n"},
		"list":        {"- at: ", "\n", "<ul>\n<li>at: ", "</li>\n</ul>\n"},
		"bold item":   {"- **", "**: x\n", "<ul>\n<li><strong>", "</strong>: x</li>\n</ul>\n"},
		"cell": {
			"| a | b | c |\n| --- | --- | --- |\n| x | ", " | z |\n",
			"<table>\n<thead>\n<tr>\n<th>a</th>\n<th>b</th>\n<th>c</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>x</td>\n<td>", "</td>\n<td>z</td>\n</tr>\n</tbody>\n</table>\n",
		},
	}
}

// reference is what GitHub finds in finished text: mentions, references, addresses, formulas, emoji.
var reference = regexp.MustCompile(`(?i)@[a-z0-9]|#[0-9]|\bgh-[0-9]|://|www\.|\$|:([a-z0-9_+-]*[a-z_+-][a-z0-9_+-]*|100|1234):`)

// checkValue holds the laws of escaping for one value at one place: nothing of it works, and all of it shows.
func checkValue(t *testing.T, place string, around [4]string, escaped, value string) {
	t.Helper()
	got := rendered(t, around[0]+escaped+around[1])
	inner, ok := strings.CutPrefix(got, around[2])
	inner, ok2 := strings.CutSuffix(inner, around[3])
	if !ok || !ok2 || strings.ContainsAny(inner, "<>\n") {
		t.Fatalf("%s: %q escaped as %q changes the structure:\n%s", place, value, escaped, got)
	}
	seen := html.UnescapeString(inner)
	if found := reference.FindString(seen); found != "" {
		t.Errorf("%s: %q escaped as %q still works: GitHub would find %q", place, value, escaped, found)
	}
	shown := strings.ReplaceAll(strings.ReplaceAll(seen, "\u200b", ""), "＄", "$")
	if want := strings.ReplaceAll(report.Shown(value), "＄", "$"); shown != want {
		t.Errorf("%s: %q shows as %q, want %q", place, value, shown, want)
	}
}

func checkEverywhere(t *testing.T, value string) {
	t.Helper()
	if report.Shown(value) == "" {
		return // no text has an empty value at a place that needs one
	}
	for place, around := range places() {
		checkValue(t, place, around, report.Text(value), value)
	}
	checkCode(t, value)
	if p := report.Plain(value); strings.ContainsAny(p, "@`\n\r") || len([]rune(report.Shown(value))) > 4*len([]rune(p)) {
		t.Errorf("Plain(%q) = %q", value, p)
	}
}

// checkCode: as code or as text, a value shows and does nothing.
func checkCode(t *testing.T, value string) {
	t.Helper()
	escaped := report.Code(value)
	if !strings.HasPrefix(escaped, "`") {
		checkValue(t, "code", places()["cell"], escaped, value)
		return
	}
	for _, place := range []string{"sentence", "cell", "list"} {
		around := places()[place]
		got := rendered(t, around[0]+escaped+around[1])
		if want := around[2] + "<code>" + html.EscapeString(value) + "</code>" + around[3]; html.UnescapeString(got) != html.UnescapeString(want) {
			t.Errorf("%s: Code(%q) = %q shows as %q", place, value, escaped, got)
		}
	}
}

func TestText_hostileValuesShowAndDoNothing(t *testing.T) {
	for _, value := range hostile(t) {
		checkEverywhere(t, value)
	}
}

func TestText_whatCannotBeSeenIsWrittenOut(t *testing.T) {
	for _, c := range []struct{ value, want string }{
		{"bidi \u202eesrever", `bidi \u202eesrever`},
		{"a\u200bb", `a\u200bb`},
		{"bad \xff byte", `bad \xff byte`},
		{"tag\U000e0041", `tag\U000e0041`},
		{"one\n\n  two\t three ", "one two three"},
		{"e\u0301\u0301\u0301\u0301\u0301", "e\u0301\u0301\u0301\u0301" + `\u0301`},
		{"Wiśniewski, Carvalhães, 漢字", "Wiśniewski, Carvalhães, 漢字"},
	} {
		if got := report.Shown(c.value); got != c.want {
			t.Errorf("Shown(%q) = %q, want %q", c.value, got, c.want)
		}
	}
}

func TestText_longValuesAreCutWithAnEllipsis(t *testing.T) {
	got := report.Shown(strings.Repeat("ś", 1000))
	if n := len([]rune(got)); n != 160 || !strings.HasSuffix(got, "ś…") {
		t.Errorf("a value of 1,000 letters shows %d code points, %q", n, got)
	}
	if exact := strings.Repeat("ś", 160); report.Shown(exact) != exact {
		t.Error("a value of exactly the limit is cut")
	}
}

func FuzzText_showsAndDoesNothing(f *testing.F) {
	for _, value := range hostile(f) {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) { checkEverywhere(t, value) })
}
