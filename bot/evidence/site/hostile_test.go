package site_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

// evil is a text that would run, load and restyle wherever it were taken for markup: in text, in an attribute with
// either quotation mark, in a comment, a title, a style, a script or a template. mark says from which place it comes.
func evil(mark string) string {
	return `"'><img src=x onerror=alert('` + mark + `')><script>alert('` + mark + `')</script></title></style>--><svg/onload=alert(1)>{{.}}&lt;`
}

// quoted is a payload as Markdown that the rules let pass, since it says what it shows: only text, no HTML.
func quoted(mark string) string {
	return strings.NewReplacer("<", `\<`, "&", `\&`, "|", `\|`).Replace(evil(mark))
}

// lawfulBody is Markdown that the rules let pass, with a payload in all that it has.
func lawfulBody(place string) string {
	q := func(part string) string { return quoted(place + " " + part) }
	return strings.Join([]string{
		"## " + q("heading"), "### " + q("deep heading"), q("paragraph"), "> " + q("quote"), "- " + q("item"), "1. " + q("number"),
		"| " + q("column") + " | b |\n| --- | --- |\n| " + q("row head") + " | " + q("row cell") + " |",
		"```\n" + evil(place+" code block") + "\n```", "`` " + evil(place+" code") + " ``", "**" + q("strong") + "** _x_",
		"[" + q("label") + "](https://example.org/?a=1&b='%22%3E%3Cscript%3E)",
	}, "\n\n") + "\n"
}

// evilBody is Markdown that breaks rules and runs where a renderer is careless.
func evilBody(place string) string {
	e := func(part string) string { return evil(place + " " + part) }
	return strings.Join([]string{
		"## " + e("heading"), "### " + e("deep heading"), e("paragraph"), "> " + e("quote"), "- " + e("item"),
		"| " + e("column") + " | b |\n| --- | --- |\n| " + e("row head") + " | " + e("row cell") + " |",
		"```" + `"><script>alert(1)</script>` + "\n" + e("code block") + "\n```", `[titled](https://example.org "` + `'><script>alert(1)</script>` + `")`,
		"[runs](javascript:alert(1)) [runs](JaVaScRiPt&colon;alert(1)) [runs](&#106;avascript:alert(1)) [runs](data:text/html;base64,PHNjcmlwdD4=) [runs](vbscript:x)",
		"[away](//evil.example/x) [away](\\\\\\\\evil.example) <javascript:alert(1)> <https://evil.example/\"onclick=alert(1)>",
		"![" + e("picture") + "](https://evil.example/pixel.png) ![p](//evil.example/pixel.png) ![p](data:image/svg+xml,<svg/onload=alert(1)>)",
		"<iframe src=https://evil.example></iframe><style>@import'https://evil.example'</style><link rel=stylesheet href=https://evil.example>",
		"<meta http-equiv=refresh content=0;url=https://evil.example><base href=https://evil.example><form action=https://evil.example><input autofocus onfocus=alert(1)></form>",
		"[ref] and [^1]", "[ref]: javascript:alert(1)", "pay\u202e001\u202c zero\u200bwidth", "</article></main></body></html>",
	}, "\n\n") + "\n"
}

// freeFields are the fields of front matter in which any text may stand.
var freeFields = regexp.MustCompile(`(?m)^(title|change-summary|service-name|provider|provider-entity|agreement|agreement-reference|notification-clause|provider-model): (.+)$`)

// freeCell is the part of a table's row in which any text may stand, by the column before or after it.
var freeCell = regexp.MustCompile(`(?m)^(\| (?:SR|EP|AR|RP)-[0-9]+ \| [^|]+ \| [^|]+ \| )([^|]+)( \|.*)$`)

// poison puts payloads into a document of the example wherever the rules leave the text free.
func poison(name, text, round string) string {
	text = freeFields.ReplaceAllStringFunc(text, func(line string) string {
		key, value, _ := strings.Cut(line, ": ")
		return key + ": " + fmt.Sprintf("%q", strings.Trim(value, `"`)+" "+evil(round+" "+name+" "+key))
	})
	text = freeCell.ReplaceAllStringFunc(text, func(row string) string {
		m := freeCell.FindStringSubmatch(row)
		return m[1] + m[2] + " " + quoted(round+" "+name+" row") + m[3]
	})
	head, body, _ := strings.Cut(text, "\n# ")
	title, body, _ := strings.Cut(body, "\n")
	return head + "\n# " + title + " " + quoted(round+" "+name+" title") + "\n" + body + "\n" + lawfulBody(round+" "+name)
}

// newVersion raises the version of a document.
var versionLine = regexp.MustCompile(`(?m)^version: "(\d+)\.(\d+)"$`)

func newVersion(text string) string {
	m := versionLine.FindStringSubmatch(text)
	var minor int
	_, err := fmt.Sscan(m[2], &minor)
	must(err)
	text = strings.Replace(text, m[0], fmt.Sprintf("version: %q", fmt.Sprintf("%s.%d", m[1], minor+1)), 1)
	return strings.Replace(text, "\nchange: material\n", "\nchange: editorial\n", 1)
}

// hostileConfiguration has payloads in every name that a configuration has.
func hostileConfiguration() string {
	text := exampleConfiguration()
	named := regexp.MustCompile(`(login|name|department|title): ([^,}\n]+)`)
	text = named.ReplaceAllStringFunc(text, func(pair string) string {
		key, value, _ := strings.Cut(pair, ": ")
		return key + ": " + fmt.Sprintf("%q", value+" "+evil("configuration "+key+" "+value))
	})
	return strings.Replace(text, "organisation: Northquay Logistics DAC", "organisation: "+fmt.Sprintf("%q", evil("configuration organisation")), 1)
}

var hostileBranch = sync.OnceValue(func() fstest.MapFS { return hostileWorld().Branch })

// hostile is the example organisation with payloads wherever somebody outside can write: signed, changed, and pushed.
func hostile(t testing.TB) *world { t.Helper(); return newWorld(t, "hostile", hostileBranch()) }

func hostileWorld() *evidencetest.World {
	w := evidencetest.New(".")
	w.Found()
	p := w.Propose(2, evidencetest.Author, evidencetest.Files{".vidimus.yml": evidencetest.Text(hostileConfiguration())})
	p.Approve(evidencetest.Ciso, "ciso")
	p.Approve(evidencetest.IT, "head-of-it")
	land(w, p, "merge", evilFacts)
	first, second := evidencetest.Files{}, evidencetest.Files{}
	for name, f := range exampleDocuments() {
		first[name] = evidencetest.Text(poison(name, string(f.Bytes), "first"))
		second[name] = evidencetest.Text(newVersion(poison(name, string(f.Bytes), "second")))
	}
	for number, documents := range []evidencetest.Files{first, second} {
		p = w.Propose(3+number, evidencetest.Author, documents)
		p.Review(evidencetest.Admin, "APPROVED", evil("review body")+"\nI sign as ciso: POL-CLOUD 1.0 sha256:"+evil("line"))
		signAll(p, documents)
		land(w, p, "merge", evilFacts)
	}
	p = w.Propose(0, evidencetest.Admin, evidencetest.Files{
		"policy/" + strings.ReplaceAll(evil("file name"), "/", "|") + ".md": evidencetest.Text(evilDocument("one")),
		"policy/" + strings.ReplaceAll(evil("strange name"), "/", "|"):      evidencetest.Text("x"),
		"register/m365.md": {},
	})
	land(w, p, "direct", evilFacts)
	p = w.Propose(0, evidencetest.Admin, evidencetest.Files{
		"policy/" + strings.ReplaceAll(evil("file name"), "/", "|") + ".md": evidencetest.Text(evilDocument("two")),
		"policy/cloud-usage-policy.md":                                      evidencetest.Text(string(second["policy/cloud-usage-policy.md"].Bytes) + evilBody("pushed")),
	})
	land(w, p, "direct", evilFacts)
	return w
}

// evilDocument breaks every rule: each field of its front matter is a payload.
func evilDocument(round string) string {
	var b strings.Builder
	b.WriteString("---\n")
	for _, key := range strings.Fields("type id title version status classification owner effective last-review next-review change change-summary service-id waives expires") {
		fmt.Fprintf(&b, "%s: %q\n", key, evil("field "+key))
	}
	fmt.Fprintf(&b, "signatories: [%q]\ncontrols: [%q]\n%q: %q\n---\n\n# %s\n\n%s", evil("field signatory"), evil("field control"),
		evil("key"), evil("value of a key"), evil("first heading"), evilBody("broken "+round))
	return b.String()
}

// land lands a proposal and publishes it with what change makes of the facts, for what GitHub does not let people
// choose today.
func land(w *evidencetest.World, p *evidencetest.Pull, method string, change func(*evidence.Publication)) {
	before := maps.Clone(w.Branch)
	p.Land(method, evidencetest.IT, nil)
	w.Branch = before
	again := w.Last
	change(&again)
	again.Decision = decision.Evaluate(again.Snapshot)
	w.Append(again)
}

// evilFacts puts payloads into what GitHub says.
func evilFacts(p *evidence.Publication) {
	f := &p.Snapshot.Facts
	f.Landing.By.Login = evil("who merged")
	if f.Pull == nil {
		f.Landing.By.ID = 66 // nobody of the roster, whose name would be shown
	}
	p.Engine = evil("engine")
	if f.Pull != nil {
		f.Pull.Title, f.Pull.Author.Login = evil("title of the pull request"), evil("author")
	}
	f.Reviews = slices.Clone(f.Reviews)
	for i := range f.Reviews {
		f.Reviews[i].User.Login = evil("reviewer")
		f.Reviews[i].URL = "javascript:alert('review')"
	}
}

// shown are places whose payload some page must show, in words: what is signed is never left out.
var shown = strings.Fields("organisation name department title row heading paragraph quote item code label picture field change-summary provider")

func TestHostile_everythingIsShownAndNothingIsMarkup(t *testing.T) {
	w := hostile(t)
	marks := map[string]bool{}
	mark := regexp.MustCompile(`onerror=alert\('([^']*)'\)`)
	for address, page := range w.pages {
		if !strings.HasSuffix(address, ".html") {
			continue
		}
		for _, m := range mark.FindAllStringSubmatch(rawText(parse(t, page)), -1) {
			marks[m[1]] = true
		}
		if strings.Contains(string(page), "<img src=x") || strings.Contains(string(page), "<svg/") || strings.Contains(string(page), "javascript:alert('review')") {
			t.Errorf("%s holds a payload as markup", address)
		}
	}
	for _, want := range append(shown, "file name", "strange name", "who merged", "field title", "field id", "value of a key", "engine") {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(marks)), func(m string) bool { return strings.Contains(m, want) }) {
			t.Errorf("no page shows the payload of %q", want)
		}
	}
	t.Logf("%d payloads are shown as text", len(marks))
}

func TestHostile_isSignedAllTheSame(t *testing.T) {
	signed := 0
	for _, e := range hostile(t).ledger.Entries() {
		for _, s := range statements(t, hostile(t).ledger, e.Number) {
			if v, ok := s.Predicate.(evidence.DocumentVersion); ok && v.Decision.Outcome == evidence.OutcomeSigned {
				signed++
			}
		}
	}
	if signed < 40 {
		t.Errorf("%d hostile texts landed signed, want both versions of all documents", signed)
	}
}

// statements are those of a record.
func statements(t testing.TB, l *evidence.Ledger, number int) map[string]evidence.Statement {
	t.Helper()
	r, err := l.Record(number)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]evidence.Statement{}
	for _, name := range r.Statements() {
		if found[name], err = r.Statement(name); err != nil {
			t.Fatal(err)
		}
	}
	return found
}
