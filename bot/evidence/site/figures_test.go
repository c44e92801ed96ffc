package site_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
	"golang.org/x/net/html"

	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

// counted is a governed branch as the files of the evidence say, read by nothing of this module: JSON, YAML, and tables
// split at their strokes.
type counted struct {
	asOf      string // day of the last entry
	entries   int
	documents map[string]file // by path, as the branch holds them
	open      int             // deviations that nothing mended
	unsigned  int             // documents that were there before
}

type file struct {
	front  map[string]any
	body   string
	signed bool // what stands there landed as it was signed
}

// count reads the evidence.
func count(t *testing.T, branch fstest.MapFS) counted {
	t.Helper()
	bytesOf := map[string][]byte{}
	for _, f := range branch {
		bytesOf[sum(f.Data)] = f.Data
	}
	c := counted{documents: map[string]file{}}
	signed := map[string]string{} // by path, the digest that landed signed last
	open := map[string]bool{}     // by path
	for n := 1; branch[evidence.EntryPath(n)] != nil; n++ {
		var entry struct{ Time string }
		decode(t, branch[evidence.EntryPath(n)].Data, &entry)
		c.entries, c.asOf = n, entry.Time[:len("2026-11-24")]
		for _, name := range slices.Sorted(maps.Keys(branch)) {
			if rest, ok := strings.CutPrefix(name, evidence.RecordPath(n)+"/statements/"); ok && strings.HasSuffix(rest, ".json") {
				landed(t, branch[name].Data, signed, open)
			}
		}
	}
	c.open = len(open)
	for path, digest := range treeOfLast(t, branch, c.entries) {
		if !strings.HasSuffix(path, ".md") {
			continue
		}
		f := file{front: map[string]any{}, signed: signed[path] == digest && !open[path]}
		_, rest, _ := strings.Cut(string(bytesOf[digest]), "---\n")
		head, body, _ := strings.Cut(rest, "\n---\n")
		if err := yaml.Unmarshal([]byte(head), &f.front); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		f.body = body
		c.documents[path] = f
		if !f.signed && !open[path] {
			c.unsigned++
		}
	}
	return c
}

func decode(t *testing.T, raw []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatal(err)
	}
}

// landed notes what one statement says of a path.
func landed(t *testing.T, raw []byte, signed map[string]string, open map[string]bool) {
	t.Helper()
	var s struct {
		PredicateType string
		Subject       []struct {
			Name   string
			Digest struct{ SHA256 string }
		}
		Predicate struct {
			Decision     json.RawMessage
			Requirements []struct{ Outcome string }
		}
	}
	decode(t, raw, &s)
	path := s.Subject[0].Name
	switch {
	case strings.HasSuffix(s.PredicateType, "/deviation/v1"):
		open[path] = true
	case strings.HasSuffix(s.PredicateType, "/document-version/v1"):
		delete(open, path)
		signed[path] = s.Subject[0].Digest.SHA256
		for _, r := range s.Predicate.Requirements {
			if r.Outcome != "signed" {
				delete(signed, path)
			}
		}
	}
}

// treeOfLast are the digests of the branch by path, after the last landing.
func treeOfLast(t *testing.T, branch fstest.MapFS, entries int) map[string]string {
	t.Helper()
	for n := entries; n > 0; n-- {
		f, ok := branch[evidence.RecordPath(n)+"/facts.json"]
		if !ok {
			continue
		}
		var facts struct {
			Landing struct{ Commits []string }
			Commits []struct{ ID, Tree string }
			Trees   []struct {
				Digest  string
				Entries []struct{ Path, SHA256 string }
			}
		}
		decode(t, f.Data, &facts)
		tree := map[string]string{}
		for _, commit := range facts.Commits {
			for _, one := range facts.Trees {
				if commit.ID == facts.Landing.Commits[len(facts.Landing.Commits)-1] && one.Digest == commit.Tree {
					for _, e := range one.Entries {
						tree[e.Path] = e.SHA256
					}
				}
			}
		}
		return tree
	}
	return nil
}

// of are the documents of a type.
func (c counted) of(kind string) []file {
	var found []file
	for _, path := range slices.Sorted(maps.Keys(c.documents)) {
		if f := c.documents[path]; f.front["type"] == kind {
			found = append(found, f)
		}
	}
	return found
}

// services are the register entries that are in use and rated at least so.
func (c counted) services(criticality ...string) []file {
	return slices.DeleteFunc(c.of("cloud-service"), func(f file) bool {
		return f.front["lifecycle"] != "active" || !slices.Contains(criticality, fmt.Sprint(f.front["criticality"]))
	})
}

// good counts for how many of the services the document of a type stands as it was signed, and holds what else is
// asked.
func (c counted) good(services []file, kind string, also func(file) bool) string {
	n := 0
	for _, s := range services {
		for _, d := range c.of(kind) {
			if d.front["service-id"] == s.front["service-id"] && d.signed && (also == nil || also(d)) {
				n++
				break
			}
		}
	}
	return fmt.Sprintf("%d of %d", n, len(services))
}

// rows are the rows of the tables in a text that begin with a word, cell by cell.
func (f file) rows(first string) [][]string {
	var found [][]string
	for line := range strings.SplitSeq(f.body, "\n") {
		if strings.HasPrefix(line, "| "+first) {
			cells := strings.Split(strings.Trim(line, "|"), "|")
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			found = append(found, cells)
		}
	}
	return found
}

// steps are the ten steps, as the independent count sees them.
func (c counted) steps() []string {
	every, needs, critical := c.services("critical", "important", "standard"), c.services("critical", "important"), c.services("critical")
	names := func(refs ...string) func(file) bool {
		return func(f file) bool {
			for _, ref := range refs {
				if r := f.rows(ref + " "); len(r) != 1 || r[0][5] == "" || r[0][2] != "Provider" && r[0][4] == "—" {
					return false
				}
			}
			return true
		}
	}
	enforced := func(f file) bool { return f.front["mfa-enforced"] == true }
	tested := func(f file) bool { return fmt.Sprint(f.front["last-tested"]) > "2024-11" }
	policy := c.of("cloud-usage-policy")[0]
	deviations := "No deviation open"
	switch {
	case c.open > 0:
		deviations = plural(c.open, "deviation", "deviations") + " open"
	case c.unsigned > 0:
		deviations = plural(c.unsigned, "document is", "documents are") + " not signed here"
	}
	return []string{
		fmt.Sprintf("Signed. 0 of %d receipts recorded", len(policy.front["receipt-roles"].([]any))),
		c.good(every, "contract-review", nil) + " services with a contract review",
		c.good(needs, "shared-responsibility-matrix", nil) + " matrices signed",
		c.good(needs, "shared-responsibility-matrix", names("SR-09")) + " baselines named",
		c.good(every, "cloud-service", nil) + " services within policy",
		c.good(critical, "assurance-review", nil) + " reviews signed",
		c.good(needs, "exit-plan", tested) + " plans tested",
		c.good(every, "cloud-service", enforced) + " services",
		c.good(needs, "shared-responsibility-matrix", names("SR-10", "SR-15")) + " services",
		deviations,
	}
}

func plural(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// measures are the four figures.
func (c counted) measures(t *testing.T) map[string]string {
	t.Helper()
	signed, met, all := 0, 0, 0
	for _, f := range c.documents {
		if f.signed {
			signed++
		}
	}
	next := "9999-12-31"
	for _, f := range c.documents {
		for _, key := range []string{"next-review", "expires", "valid-until", "agreement-end"} {
			if at := day(f.front[key]); at != "" && at < next {
				next = at
			}
		}
	}
	for _, f := range c.of("contract-review") {
		for _, r := range f.rows("P") {
			if len(r) != 6 || len(r[0]) != 3 { // P01 to P14
				continue
			}
			switch r[5] {
			case "Met", "Met by addendum":
				met++
				all++
			case "Not applicable":
			default:
				all++
			}
		}
	}
	from, err := time.Parse(time.DateOnly, c.asOf)
	must(err)
	to, err := time.Parse(time.DateOnly, next)
	must(err)
	receipts := len(c.of("cloud-usage-policy")[0].front["receipt-roles"].([]any))
	return map[string]string{
		"Documents signed by everyone who must": fmt.Sprintf("%d of %d", signed, len(c.documents)),
		"Receipts of the policy in force":       fmt.Sprintf("0 of %d", receipts),
		"Contract provisions met":               fmt.Sprintf("%d of %d", met, all),
		"Next due":                              fmt.Sprintf("in %d days", int(to.Sub(from).Hours()/24)),
	}
}

// day is a date of front matter, which YAML may give as a time.
func day(v any) string {
	switch v := v.(type) {
	case time.Time:
		return v.Format(time.DateOnly)
	case string:
		return v
	default:
		return ""
	}
}

// pushedBranch is the example organisation after somebody has pushed over a contract review, an exit plan and a matrix.
var pushedBranch = sync.OnceValue(func() fstest.MapFS {
	w := northquay()
	documents := exampleDocuments()
	w.Propose(0, evidencetest.Admin, evidencetest.Files{
		"contracts/m365.md":          edited(documents["contracts/m365.md"], "Met by addendum", "Not met"),
		"exit/aws-production.md":     edited(documents["exit/aws-production.md"], "\n# ", "\nPushed.\n\n# "),
		"matrices/aws-production.md": edited(documents["matrices/aws-production.md"], "# Shared", "# Not shared"),
	}).Land("direct", evidencetest.Admin, nil)
	return w.Branch
})

// TestOverview_everyFigureIsCounted counts every figure of the overview again, from the files of the evidence alone, at
// four states of an organisation.
func TestOverview_everyFigureIsCounted(t *testing.T) {
	last := len(example(t).ledger.Entries())
	states := map[string]fstest.MapFS{
		"all signed": cut(example(t), last-2), "a new version": cut(example(t), last-1), "a deviation": example(t).branch, "pushed over": pushedBranch(),
	}
	verdicts := map[string]bool{}
	for name, branch := range states {
		t.Run(name, func(t *testing.T) {
			l, err := evidence.Open(branch)
			must(err)
			page := parse(t, siteOf(t, l)["index.html"])
			c := count(t, branch)
			steps, covered := stepsOn(page)
			if diff := cmp.Diff(c.steps(), steps); diff != "" {
				t.Errorf("steps (-counted +shown):\n%s", diff)
			}
			verdict := fmt.Sprintf("%d of 10 steps are covered. %s action.", covered, plural(10-covered, "needs", "need"))
			if got := text(all(page, "h1")[0]); got != verdict {
				t.Errorf("the verdict is %q, counted %q", got, verdict)
			}
			verdicts[verdict] = true
			if diff := cmp.Diff(c.measures(t), measuresOn(page)); diff != "" {
				t.Errorf("measures (-counted +shown):\n%s", diff)
			}
			if got := len(all(classed(page, "todo")[0], "li")); got != c.open+c.unsigned {
				t.Errorf("%d things need action, counted %d deviations and %d documents that nobody signed", got, c.open, c.unsigned)
			}
			for _, as := range classed(page, "asof") {
				if got := text(as); !strings.Contains(got, c.asOf) || !strings.HasSuffix(got, fmt.Sprintf("Ledger entry %d", c.entries)) {
					t.Errorf("as of %q, counted %s and %d entries", got, c.asOf, c.entries)
				}
			}
		})
	}
	if len(verdicts) < 3 {
		t.Errorf("the states differ in %d verdicts only", len(verdicts))
	}
}

// cut is the evidence as it was after an entry.
func cut(w *world, number int) fstest.MapFS {
	branch := maps.Clone(w.branch)
	maps.DeleteFunc(branch, func(name string, _ *fstest.MapFile) bool {
		for later := number + 1; later <= len(w.ledger.Entries()); later++ {
			if strings.HasPrefix(name, evidence.EntryPath(later)) || strings.HasPrefix(name, evidence.RecordPath(later)+"/") {
				return true
			}
		}
		return false
	})
	return branch
}

// classed are the elements of a class.
func classed(root *html.Node, class string) []*html.Node {
	var found []*html.Node
	walk(root, func(n *html.Node) {
		if slices.Contains(strings.Fields(attribute(n, "class")), class) {
			found = append(found, n)
		}
	})
	return found
}

// stepsOn are what the overview says of each step, and how many it calls covered: those in which everything that is
// counted is there.
func stepsOn(page *html.Node) (what []string, covered int) {
	for _, li := range all(classed(page, "steps")[0], "li") {
		said := text(classed(li, "what")[0])
		what = append(what, said)
		have, of := 0, 0
		_, err := fmt.Sscanf(said, "%d of %d", &have, &of)
		if err == nil && have == of || said == "No deviation open" {
			covered++
		}
	}
	return what, covered
}

func measuresOn(page *html.Node) map[string]string {
	found := map[string]string{}
	for _, div := range all(classed(page, "measures")[0], "div") {
		found[text(all(div, "dt")[0])] = text(classed(div, "n")[0])
	}
	return found
}
