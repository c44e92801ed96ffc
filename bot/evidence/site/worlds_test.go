package site_test

import (
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
	"github.com/vidimus-bot/vidimus/bot/evidence/site"
	docstemplates "github.com/vidimus-bot/vidimus/docs-templates"
)

// write is where the sites of the test worlds are written, for the checks in a browser.
var write = flag.String("write", "", "write the sites of the test worlds, with their records, below this folder")

// world is the evidence of a made organisation with the site that is made of it.
type world struct {
	branch fstest.MapFS
	ledger *evidence.Ledger
	pages  map[string][]byte

	anchors map[string]map[string]int // ids by page, as far as somebody asked
}

// web is the address of the made repository.
const web = "https://github.com/northquay/cloud-governance"

func newWorld(t testing.TB, name string, branch fstest.MapFS) *world {
	t.Helper()
	made.Lock()
	defer made.Unlock()
	if w := made.worlds[name]; w != nil {
		return w
	}
	l, err := evidence.Open(branch)
	if err != nil {
		t.Fatal(err)
	}
	pages, err := site.Files(l, site.Options{Web: web})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{branch: branch, ledger: l, pages: pages}
	made.worlds[name] = w
	if *write != "" {
		w.write(t, filepath.Join(*write, name))
	}
	return w
}

// write writes branch and site into a folder.
func (w *world) write(t testing.TB, folder string) {
	t.Helper()
	files := map[string][]byte{}
	for name, f := range w.branch {
		files[name] = f.Data
	}
	for name, page := range w.pages {
		files["site/"+name] = page
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	evidencetest.WriteFolder(folder, files)
}

// made are the worlds, each made once: it takes seconds.
var made = struct {
	sync.Mutex
	worlds map[string]*world
}{worlds: map[string]*world{}}

// The evidence of the worlds, each made once.
var (
	northquayBranch = sync.OnceValue(func() fstest.MapFS { return northquay().Branch })
	storyBranch     = sync.OnceValue(func() fstest.MapFS { return evidencetest.Story(".").Branch })
)

// story is evidence with a bit of everything, of small documents: see evidencetest.Story.
func story(t testing.TB) *world { t.Helper(); return newWorld(t, "story", storyBranch()) }

// example is the example organisation with all its documents, signed; then a matrix changes, and a review is merged
// past the check.
func example(t testing.TB) *world { t.Helper(); return newWorld(t, "northquay", northquayBranch()) }

// roleLine takes a role of the example's configuration.
var roleLine = regexp.MustCompile(`(?m)^  ([a-z-]+): \{title: ([^,]+), holders`)

// northquay makes the example organisation. It has two signatories: one holds the roles of security, law and
// management, the other those of technology and the departments.
func northquay() *evidencetest.World {
	w := evidencetest.New(".")
	w.Found()
	p := w.Propose(2, evidencetest.Author, evidencetest.Files{".vidimus.yml": evidencetest.Text(exampleConfiguration())})
	p.Approve(evidencetest.Ciso, "ciso")
	p.Approve(evidencetest.IT, "head-of-it")
	p.Land("merge", evidencetest.IT, nil)
	documents := exampleDocuments()
	p = w.Propose(3, evidencetest.Author, documents)
	signAll(p, documents)
	p.Land("merge", evidencetest.IT, nil)
	changed := evidencetest.Files{"matrices/azure-platform.md": edited(documents["matrices/azure-platform.md"],
		`version: "2.1"`, `version: "3.0"`, "change: editorial", "change: material",
		"| SR-01 | Operating system patching | Provider | Hosts,", "| SR-01 | Operating system patching | Shared | Provider: hosts and guest systems. Customer: the images that we build,",
		"we pin runtimes that are in support | — |", "we pin runtimes that are in support | head-of-engineering |")}
	p = w.Propose(4, evidencetest.Author, changed)
	signAll(p, changed)
	p.Land("merge", evidencetest.IT, nil)
	w.Propose(5, evidencetest.Author, evidencetest.Files{
		"assurance/azure-platform.md": edited(documents["assurance/azure-platform.md"], `version: "1.1"`, `version: "1.2"`),
	}).Land("merge", evidencetest.Admin, nil)
	return w
}

// holder says who of the two holds a role.
func holder(role string) string {
	if slices.Contains([]string{"ciso", "ceo", "general-counsel", "dpo", "legal-counsel", "internal-audit", "head-of-people"}, role) {
		return evidencetest.Ciso
	}
	return evidencetest.IT
}

// exampleConfiguration is the example's configuration with the people of the made organisation.
func exampleConfiguration() string {
	raw, err := fs.ReadFile(docstemplates.Example(), ".vidimus.yml")
	must(err)
	_, rules, ok := strings.Cut(string(raw), "\nrules:\n")
	if !ok {
		panic("the example's configuration has no rules")
	}
	rules = strings.ReplaceAll(rules, "    commits: personal-key\n", "    commits: personal-key\n    several-roles: allowed\n")
	var b strings.Builder
	b.WriteString("version: 1\norganisation: Northquay Logistics DAC\nroot: .\nbranches: [main]\ntime-zone: Europe/Dublin\npeople:\n")
	for _, p := range []string{
		"abrannigan: {github: 61000102, login: abrannigan-nq, name: Aoife Brannigan, emails: [aoife@northquay.example], department: Security, approval-signs: true}",
		"dmulder: {github: 61000114, login: dmulder-nq, name: Daan Mulder, emails: [daan@northquay.example]}",
		"rdevries: {github: 61000115, login: rdevries-nq, name: Ruben de Vries, emails: [ruben@northquay.example]}",
		"twisniewski: {github: 61000103, login: twisniewski-nq, name: Tomasz Wiśniewski, emails: [tomasz@northquay.example], department: IT, approval-signs: true}",
	} {
		b.WriteString("  " + p + "\n")
	}
	b.WriteString("roles:\n")
	for _, m := range roleLine.FindAllStringSubmatch(string(raw), -1) {
		fmt.Fprintf(&b, "  %s: {title: %s, holders: [%s]}\n", m[1], m[2], holder(m[1]))
	}
	return b.String() + "rules:\n" + rules
}

func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("test world: %v", err))
	}
}

// exampleDocuments are the example's documents.
func exampleDocuments() evidencetest.Files {
	files := evidencetest.Files{}
	must(fs.WalkDir(docstemplates.Example(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".md") {
			return err
		}
		raw, err := fs.ReadFile(docstemplates.Example(), p)
		files[p] = evidencetest.Text(string(raw))
		return err
	}))
	return files
}

// edited replaces texts in a file, each of which must be there.
func edited(f evidencetest.File, pairs ...string) evidencetest.File {
	s := string(f.Bytes)
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(s, pairs[i]) {
			panic(fmt.Sprintf("the example has no %q", pairs[i]))
		}
		s = strings.Replace(s, pairs[i], pairs[i+1], 1)
	}
	return evidencetest.Text(s)
}

// signAll approves all documents in every role that signs them: one review for each person.
func signAll(p *evidencetest.Pull, files evidencetest.Files) {
	lines := map[string][]string{}
	for path, f := range files {
		d := document.Parse(path, f.Bytes)
		t, _ := document.TypeNamed(d.Type)
		roles := slices.Concat(t.Signatories, d.Signatories)
		slices.Sort(roles)
		for _, role := range slices.Compact(roles) {
			sum := sha256.Sum256(f.Bytes)
			line := fmt.Sprintf("I sign as %s: %s %s sha256:%s", role, d.ID, d.Version, hex.EncodeToString(sum[:]))
			lines[holder(role)] = append(lines[holder(role)], line)
		}
	}
	for _, who := range []string{evidencetest.Ciso, evidencetest.IT} {
		if mine := lines[who]; len(mine) > 0 {
			slices.Sort(mine)
			p.Review(who, "APPROVED", "Read.\n\n"+strings.Join(mine, "\n"))
		}
	}
}

func TestExample_isSigned(t *testing.T) {
	w := example(t)
	signed, deviations := 0, 0
	for _, e := range w.ledger.Entries() {
		r, err := w.ledger.Record(e.Number)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range r.Statements() {
			s, err := r.Statement(name)
			if err != nil {
				t.Fatal(err)
			}
			switch p := s.Predicate.(type) {
			case evidence.DocumentVersion:
				signed++
				if p.Decision.Outcome != evidence.OutcomeSigned {
					t.Errorf("%s landed as %s", s.Subject[0].Name, p.Decision.Outcome)
				}
			case evidence.Deviation:
				deviations++
			}
		}
	}
	if signed < 25 || deviations != 1 {
		t.Errorf("%d versions landed signed and %d deviate, want all documents and one", signed, deviations)
	}
}
