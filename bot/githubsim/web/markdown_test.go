package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// said is what a page makes of a text in an issue: the box of its description.
func (s *site) said(b *browser, text string) string {
	s.t.Helper()
	page := b.post(repo+"/issues", "title", "x", "body", text)
	if page.status != http.StatusOK {
		s.t.Fatalf("%d %.300s", page.status, page.text())
	}
	_, rest, found := strings.Cut(page.body, `<div class="md">`)
	box, _, ended := strings.Cut(rest, `<div class="acts">`)
	if !found || !ended {
		s.t.Fatalf("no text on the page: %.2000s", page.body)
	}
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(box), "</div>"))
}

func TestMarkdown(t *testing.T) {
	s := newSite(t)
	b := s.as("rita")
	for _, c := range []struct{ text, want string }{
		{"**bold** and `code`", "<p><strong>bold</strong> and <code>code</code></p>"},
		{"a<br>b<br />c", "<p>a<br>b<br>c</p>"},
		{"a <b>c</b>", "<p>a &lt;b&gt;c&lt;/b&gt;</p>"},
		{"<!-- not told -->\ntold", "<p>told</p>"},
		{"<!-- not told -->\n\ntold", "<p>told</p>"},
		{"# One\n\n#### Two\n\n## Three", "<h3>One</h3>\n<h4>Two</h4>\n<h4>Three</h4>"},
		{"#### Deep first", "<h3>Deep first</h3>"},
		{"```text\nI sign <as> x\n```", "<pre class=\"copy\" tabindex=\"0\"><code>I sign &lt;as&gt; x\n</code></pre>"},
		{
			"<details>\n<summary>2 warnings &amp; more</summary>\n\n- one\n\n</details>\n\nafter",
			"<details>\n<summary>2 warnings &amp; more</summary>\n<ul>\n<li>one</li>\n</ul>\n</details>\n<p>after</p>",
		},
		{"<details>\n\nnever closed", "<p class=\"raw\">&lt;details&gt;\n</p>\n<p>never closed</p>"},
		{"</details>\n\nnever opened", "<p class=\"raw\">&lt;/details&gt;\n</p>\n<p>never opened</p>"},
		{
			"| | |\n| --- | --- |\n| a | b |",
			"<div class=\"scroll\" tabindex=\"0\"><table>\n<tbody>\n<tr>\n<td>a</td>\n<td>b</td>\n</tr>\n</tbody>\n</table></div>",
		},
		{
			"| h |\n| --- |\n| a |",
			"<div class=\"scroll\" tabindex=\"0\"><table>\n<thead>\n<tr>\n<th>h</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>a</td>\n</tr>\n</tbody>\n</table></div>",
		},
		{"![seal](/assets/icon.svg)", `<p><img src="/assets/icon.svg" alt="seal"></p>`},
		{"![far](https://evil.example/p.png)", `<p><a href="https://evil.example/p.png" rel="nofollow noreferrer">Picture: far (https://evil.example/p.png)</a></p>`},
		{"![x](//evil.example/p.png)", `<p>Picture: x</p>`},
		{"[a](javascript:alert(1))", `<p><a href="">a</a></p>`},
	} {
		if got := s.said(b, c.text); got != c.want {
			t.Errorf("%q becomes\n%s\nwant\n%s", c.text, got, c.want)
		}
	}
}

// What is made to keep a parser busy is shown as it is, or rendered, and comes.
func TestMarkdown_nothingKeepsAPageWaiting(t *testing.T) {
	s := newSite(t)
	b := s.as("rita")
	for _, text := range []string{
		strings.Repeat("[", 60_000), strings.Repeat("![", 30_000), strings.Repeat("*a_ ", 16_000), strings.Repeat(">", 60_000), strings.Repeat("- ", 30_000) + ">",
		strings.Repeat("[a](", 15_000), strings.Repeat("`a``", 15_000), strings.Repeat("<", 60_000), strings.Repeat("a|", 30_000) + "\n" + strings.Repeat("-|", 1_000),
		strings.Repeat("<details>\n\n", 5_000) + strings.Repeat("</details>\n\n", 300), strings.Repeat("# h\n\n", 10_000), strings.Repeat("> ", 40) + "deep",
	} {
		began := time.Now()
		if got := s.said(b, text); len(got) < len(text)/100 {
			t.Errorf("%.20q... became %.100q", text, got)
		}
		t.Logf("%.20q... took %s", text, time.Since(began).Round(time.Millisecond))
	}
}

func TestDiff_marksWhatChangedInTheRenderedText(t *testing.T) {
	s := newSite(t)
	s.put("olga", "main", "policy.md", "---\nid: X\n---\n# Policy\n\nStays.\n\n- one\n- two\n\n| Task | Who |\n| --- | --- |\n| Patching | Provider |\n| Backup | Customer |\n")
	s.put("walter", "sooner", "policy.md", "---\nid: X\n---\n# Policy\n\nStays.\n\n- one\n- two, changed\n\n| Task | Who |\n| --- | --- |\n| Patching | Shared |\n| Backup | Customer |\n")
	page := s.as("rita").get(repo+"/compare/main...sooner").reads(t, "Display the rich diff", "2 lines added", "2 lines removed")
	var marked []string
	for n := range page.root.Descendants() {
		if attribute(n, "class") == "changed" {
			marked = append(marked, n.Data+": "+textOf(n))
		}
	}
	if want := "li: two, changed\ntr: Patching Shared"; strings.Join(marked, "\n") != want {
		t.Errorf("marked %q, want %q", marked, want)
	}
}
