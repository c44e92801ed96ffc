package redline_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/redline"
)

// tree parses a rendered text.
func tree(t *testing.T, body string) *html.Node {
	t.Helper()
	n, err := html.Parse(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// render renders a document of one body.
func render(t *testing.T, body string, l redline.Look) redline.Page {
	t.Helper()
	page, err := redline.Text(parse("policy/a.md", "---\ntitle: A\n---\n\n"+body), l)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// TestText_leadsNowhereBad renders links of every scheme: only http, https, mailto, headings of the text and what
// the caller knows are links; the others stay readable.
func TestText_leadsNowhereBad(t *testing.T) {
	known := redline.Look{Link: func(d string) (string, bool) { return "../B/1.0.html", d == "b.md" }}
	for destination, want := range map[string]string{
		"https://example.org/x?y=1#z":   "https://example.org/x?y=1#z",
		"http://example.org":            "http://example.org",
		"mailto:ciso@northquay.example": "mailto:ciso@northquay.example",
		"b.md":                          "../B/1.0.html",
		"#one":                          "#one",
		"#One":                          "#one",
		"#nowhere":                      "",
		"c.md":                          "",
		"javascript:alert(1)":           "",
		"JaVaScRiPt:alert(1)":           "",
		"javascript&colon;alert(1)":     "",
		"&#106;avascript:alert(1)":      "",
		"java&#x09;script:alert(1)":     "",
		"data:text/html,x":              "",
		"vbscript:x":                    "",
		"file:///etc/passwd":            "",
		"//evil.example/x":              "",
		"\\\\\\\\evil.example":          "",
		"https:evil.example":            "",
		"https://":                      "",
		"ftp://example.org/x":           "",
		"blob:https://example.org/1":    "",
		"b.md%20javascript:x":           "",
		"%6Aavascript:alert(1)":         "",
		"https://a.example/&#x202e;moc": "",
		"&#x200b;javascript:alert(1)":   "",
	} {
		page := render(t, "# One\n\nSee [words](<"+destination+">) here.\n", known)
		var got []string
		walk(tree(t, string(page.Body)), func(n *html.Node) {
			if n.Data == "a" {
				got = append(got, attribute(n, "href"))
			}
		})
		switch {
		case want == "" && len(got) > 0:
			t.Errorf("[words](%s) leads to %q, want no link", destination, got)
		case want != "" && (len(got) != 1 || got[0] != want):
			t.Errorf("[words](%s) leads to %q, want %q", destination, got, want)
		case !strings.Contains(text(tree(t, string(page.Body))), "words"):
			t.Errorf("[words](%s): the words are gone", destination)
		}
	}
}

// TestText_showsWhatWouldBeMarkup renders raw HTML in every place: it is text, and no element of it comes to be.
func TestText_showsWhatWouldBeMarkup(t *testing.T) {
	evil := `<script>alert(1)</script><img src=x onerror=alert(1)><svg/onload=alert(1)><style>*{}</style><iframe src=//x>`
	bodies := map[string]string{
		"block": evil, "paragraph": "words " + evil + " words", "heading": "# " + evil, "cell": "| a |\n| - |\n| " + evil + " |",
		"item": "- x " + evil, "code": "```\n" + evil + "\n```", "span": "`" + evil + "`", "quote": "> x " + evil,
		"alternative text": "![" + evil + "](x.png)", "label": "[" + evil + "](https://example.org)", "language": "```" + evil + "\nx\n```",
		"comment": "<!-- hidden --> x", "title": `[x](https://example.org "` + evil + `")`, "entity": "&lt;script&gt;alert(1)&lt;/script&gt;",
		"closing": "</article></main><h1>x</h1>",
	}
	for name, body := range bodies {
		page := render(t, body, redline.Look{})
		walk(tree(t, string(page.Body)), func(n *html.Node) {
			switch n.Data {
			case "script", "img", "svg", "style", "iframe", "article", "main":
				t.Errorf("%s: the element %s came to be in %s", name, n.Data, page.Body)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
					t.Errorf("%s: the attribute %s came to be", name, a.Key)
				}
			}
		})
		if strings.Contains(body, evil) && name != "language" && name != "title" && !strings.Contains(text(tree(t, string(page.Body))), "alert(1)") {
			t.Errorf("%s: what is signed is not shown: %s", name, page.Body)
		}
	}
}

func TestText_spellsOutWhatIsNotSeen(t *testing.T) {
	page := render(t, "pay\u202e001\u202c and zero\u200bwidth, \u0007bell, Pe\u0161\u0165, \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645\n", redline.Look{})
	got := html.UnescapeString(string(page.Body))
	for _, want := range []string{"[U+202E]001[U+202C]", "zero[U+200B]width", "[U+0007]bell", "Pešť", "می\u200cخواهم"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
}

func TestText_namesHeadings(t *testing.T) {
	page := render(t, "# A\n\n## Scope\n\n## Scope\n\n### Record\n\n## 1. Größe *und* `Maß`\n\n> ## Quoted\n\n## \n\nSee [a](#scope-2), [b](#1-größe-und-maß).\n",
		redline.Look{Titled: true, Self: true, Taken: []string{"record"}})
	var ids, heads []string
	walk(tree(t, string(page.Body)), func(n *html.Node) {
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data != "hr" {
			ids, heads = append(ids, attribute(n, "id")), append(heads, n.Data)
		}
	})
	if got, want := strings.Join(ids, " "), "a scope scope-2 record-2 s-1-größe-und-maß quoted s-"; got != want {
		t.Errorf("ids = %s, want %s", got, want)
	}
	if got, want := strings.Join(heads, " "), "h1 h2 h2 h3 h2 h2 h2"; got != want {
		t.Errorf("headings = %s, want %s", got, want)
	}
	if !page.Titled || len(page.Headings) != 3 || page.Headings[2] != (redline.Heading{Text: "1. Größe und Maß", ID: "s-1-größe-und-maß"}) {
		t.Errorf("Titled %v, Headings %v", page.Titled, page.Headings)
	}
	for _, href := range []string{`href="#scope-2"`, `href="#s-1-gr`} {
		if !strings.Contains(string(page.Body), href) {
			t.Errorf("no %s in %s", href, page.Body)
		}
	}
}

func TestText_hasOneTitle(t *testing.T) {
	for body, want := range map[string]int{"# A\n\n# B\n": 1, "## A\n": 0, "A\n=\n\nB\n=\n": 1} {
		page := render(t, body, redline.Look{Titled: true})
		if got := strings.Count(string(page.Body), "<h1 "); got != want || page.Titled != (want == 1) {
			t.Errorf("Text(%q) has %d h1, want %d", body, got, want)
		}
		if plain := render(t, body, redline.Look{}); strings.Contains(string(plain.Body), "<h1") || plain.Titled {
			t.Errorf("Text(%q) takes the page's h1 without being asked", body)
		}
	}
}

func TestText_showsPicturesThatTheCallerHas(t *testing.T) {
	v := parse("policy/a.md", "---\ntitle: A\n---\n\n![Split of duties](split.png) ![Other](https://evil.example/x.png)\n")
	v.Images = map[string]string{"policy/split.png": strings.Repeat("ab", 32)}
	page, err := redline.Text(v, redline.Look{Image: func(_, digest string) (string, bool) { return "../assets/" + digest + ".png", digest != "" }})
	if err != nil {
		t.Fatal(err)
	}
	want := `<img src="../assets/` + strings.Repeat("ab", 32) + `.png" alt="Split of duties">`
	if got := string(page.Body); !strings.Contains(got, want) || strings.Contains(got, `src="https:`) || !strings.Contains(got, "Picture: Other (https://evil.example/x.png)") {
		t.Errorf("Text = %s, want %s and the other one in words", got, want)
	}
}

func TestText_showsBytesThatAreNoMarkdown(t *testing.T) {
	for name, raw := range map[string]string{"not UTF-8": "---\ntitle: A\n---\nx\xff<b>\n", "open front matter": "---\ntitle: A\n\n# x <b>\n"} {
		page, err := redline.Text(parse("policy/a.md", raw), redline.Look{})
		if err != nil {
			t.Fatal(err)
		}
		if !page.Unread || !strings.Contains(string(page.Body), "title: A") || !strings.Contains(string(page.Body), "&lt;b&gt;") {
			t.Errorf("%s: Text = %+v, want the bytes as they are", name, page)
		}
	}
	page := render(t, "x", redline.Look{})
	if page.Unread {
		t.Error("a text that can be read is called unread")
	}
}

func TestValues_showEveryField(t *testing.T) {
	d := document.Parse("policy/a.md", []byte("---\ntitle: A\nlist: [a, \"b, c\"]\nmap: {x: 1, y: [2, 3]}\nblank:\nrto-hours: 4\n---\n"))
	got := redline.Values(d)
	want := []redline.Value{
		{Key: "title", Label: "Title", Text: "A"},
		{Key: "list", Label: "List", Text: `a, "b, c"`},
		{Key: "map", Label: "Map", Text: "x: 1; y: (2, 3)"},
		{Key: "blank", Label: "Blank"},
		{Key: "rto-hours", Label: "Recovery time, hours", Text: "4"},
	}
	if len(got) != len(want) {
		t.Fatalf("Values = %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("Values[%d] = %v, want %v", i, got[i], want[i])
		}
	}
	broken := document.Parse("policy/a.md", []byte("---\ntitle: A\ntitle: B\n---\n\n# A\n"))
	if v := redline.Values(broken); len(v) != 1 || !strings.Contains(v[0].Text, "title: B") {
		t.Errorf("Values of unreadable front matter = %v, want it as written", v)
	}
	if redline.Values(nil) != nil {
		t.Error("no document has values")
	}
}
