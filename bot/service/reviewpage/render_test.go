package reviewpage_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
	"github.com/vidimus-bot/vidimus/bot/service/reviewpage"
)

func updates() bool { return flag.Lookup("update").Value.String() == "true" }

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write the golden pages anew")
	flag.Parse()
	os.Exit(m.Run())
}

func TestRender_golden(t *testing.T) {
	c := proposal(t)
	c.signedBy(t, "abrannigan", "ciso", c.Input.Decision.Documents[0].SHA256)
	got := c.render(t)
	const golden = "testdata/waiting.html"
	if updates() {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("the page has changed; -update writes it anew:\n%s", diff)
	}
	if again := c.render(t); again != got {
		t.Error("rendered twice, two pages")
	}
}

func TestRender_saysWhoIsWaitedForAndWhatIsSigned(t *testing.T) {
	c := proposal(t)
	d := c.Input.Decision.Documents[0]
	c.signedBy(t, "abrannigan", "ciso", d.SHA256)
	page := c.render(t)
	wants(t, page, "Waiting for you You sign as Head of IT. Aoife Brannigan, CISO, has signed. You are the last one.",
		"Bruno Carvalhães, Head of Engineering, proposes to change 1 document.", "Responsibilities that change hands: 1", "SR-01 Operating system patching", "2.1 → 3.0", "material",
		"I, Tomasz Wiśniewski, acting as Head of IT of Northquay Logistics DAC", "I accept for Northquay Logistics DAC every task marked Customer",
		"I sign as head-of-it: SRM-AZURE-PLATFORM 3.0 sha256:"+d.SHA256, "Request changes", "In force from 2026-12-01.", "Next review 2027-11-19.")
	if n := strings.Count(page, d.SHA256); n < 2 {
		t.Errorf("all 64 digits stand %d times, want them in statement and line", n)
	}
	wants(t, page, "[deleted: Provider ]", "[inserted: Shared ]")
}

func TestRender_everybodySeesTheirOwn(t *testing.T) {
	c := proposal(t)
	c.seenBy(t, "bcarvalhaes")
	wants(t, c.render(t), "Waiting for others", "You contributed to this change, and cannot sign what you contributed to (SIG002).", "Nothing for you to sign")
	c.seenBy(t, "abrannigan")
	wants(t, c.render(t), "Waiting for you You sign as CISO.")
	c.signedBy(t, "abrannigan", "ciso", c.Input.Decision.Documents[0].SHA256)
	wants(t, c.render(t), "You have signed what is yours.", "Withdraw my signature: request changes")
	c.Viewer = facts.Account{ID: 5, Login: "auditor"}
	page := c.render(t)
	wants(t, page, "@auditor", "Your account is nobody's in the roster", "Open the change on GitHub")
	wantsNot(t, page, "request changes", "I sign as head-of-it")
	c.Viewer = facts.Account{}
	wantsNot(t, c.render(t), "Waiting for you")
}

func TestRender_states(t *testing.T) {
	for name, test := range map[string]struct {
		change func(c *change)
		want   []string
		asked  bool
	}{
		"waiting": {func(*change) {}, []string{"Waiting for you"}, true},
		"draft":   {func(c *change) { c.Input.Decision.State = decision.StateDraft }, []string{"Draft", "Nobody is asked to sign a draft"}, false},
		"blocked": {func(c *change) {
			c.Input.Decision.State, c.Input.Decision.Conclusion = decision.StateBlocked, decision.Failure
			c.Input.Decision.Findings = []document.Finding{{Rule: "TAB005", Severity: document.Block, Path: "matrices/azure-platform.md", Line: 27, Message: "no owner", Fix: "name one"}}
		}, []string{"Blocked", "1 blocking", "No owner. TAB005, matrices/azure-platform.md:27", "Mend: Name one."}, false},
		"objection": {func(c *change) {
			c.Input.Decision.State, c.Input.Decision.Conclusion = decision.StateBlocked, decision.Failure
			c.Input.Decision.Objections = []decision.Objection{{Review: 7, Person: "abrannigan", Reason: "asks for changes"}}
			c.Snapshot.Facts.Reviews = []facts.Review{{ID: 7, Body: "not on a\n<b>Sunday</b>", State: "CHANGES_REQUESTED", URL: "https://github.com/x"}}
		}, []string{
			"Blocked", "Changes requested by Aoife Brannigan, CISO . It blocks", "not on a <b>Sunday</b>", "Read the objection", "It blocks until its author withdraws or approves",
			"A signature that you give now counts. The change stays blocked until the objection ends.",
		}, true},
		"own objection": {func(c *change) {
			c.Input.Decision.State, c.Input.Decision.Conclusion = decision.StateBlocked, decision.Failure
			c.Input.Decision.Objections = []decision.Objection{{Review: 7, Person: "twisniewski", Reason: "requested changes"}}
		}, []string{"Blocked", "That is you. It ends when you approve, or withdraw it.", "No reason was given.", "By approving with the lines below you take that back"}, true},
		"objection and findings": {func(c *change) {
			c.Input.Decision.State, c.Input.Decision.Conclusion = decision.StateBlocked, decision.Failure
			c.Input.Decision.Objections = []decision.Objection{{Review: 7, Person: "twisniewski"}}
			c.Input.Decision.Findings = []document.Finding{{Rule: "X", Severity: document.Block, Message: "no"}}
		}, []string{"Blocked", "Nothing to sign yet"}, false},
		"signed": {func(c *change) {
			c.Input.Decision.State, c.Input.Decision.Conclusion = decision.StateSigned, decision.Success
		}, []string{"This change can be merged.", "Everyone who must has signed."}, false},
		"behind": {func(c *change) { c.Pull.Behind = true }, []string{"Being read", "Nothing can be signed here until then"}, false},
		"closed": {func(c *change) { c.Pull.Open = false }, []string{"Closed", "closed without being merged"}, false},
		"merged": {func(c *change) {
			c.Pull.Open, c.Pull.MergedAt, c.Pull.Entry, c.Input.Decision.State = false, "2026-11-24T12:00:00Z", 27, decision.StateSigned
		}, []string{"Merged and signed", "Ledger entry 27 holds the record.", "Merged"}, false},
		"merged, not recorded": {func(c *change) {
			c.Pull.Open, c.Pull.MergedAt = false, "2026-11-24T12:00:00Z"
		}, []string{"Its record in the ledger is being made"}, false},
		"deviation": {func(c *change) {
			c.Pull.Open, c.Pull.MergedAt, c.Pull.Entry, c.Input.Decision.State = false, "2026-11-24T12:00:00Z", 28, decision.StateDeviation
			c.Input.Decision.Deviations = []decision.Deviation{{
				Path: "matrices/azure-platform.md", How: decision.BypassMerge, SHA256: strings.Repeat("1", 64), SignedSHA256: strings.Repeat("2", 64),
				Missing: []string{"head-of-it"}, Text: "Merged before it was signed.",
			}}
		}, []string{"Merged with a deviation", "What landed is not what was signed", "bypass-merge", "11111111", "22222222", "Missing Head of IT"}, false},
		"nothing governed": {func(c *change) {
			c.Input.Decision.State, c.Input.Decision.Documents = decision.StateUntouched, nil
		}, []string{"Nothing to sign", "touches nothing that is governed here"}, false},
	} {
		c := proposal(t)
		test.change(c)
		page := c.render(t)
		t.Run(name, func(t *testing.T) {
			wants(t, page, test.want...)
			if asked := strings.Contains(page, "<textarea"); asked != test.asked {
				t.Errorf("lines are offered: %v, want %v", asked, test.asked)
			}
			wellFormed(t, page)
		})
	}
}

// wellFormed holds what every page has to hold.
func wellFormed(t *testing.T, page string) {
	t.Helper()
	if n := strings.Count(page, "<h1"); n != 1 {
		t.Errorf("%d h1", n)
	}
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if ids[m[1]] {
			t.Errorf("the id %q stands twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(` href="#([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !ids[m[1]] {
			t.Errorf("a link leads to #%s, which is not there", m[1])
		}
	}
	for _, m := range regexp.MustCompile(` (?:src|href|action)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(m[1], "#") && !strings.HasPrefix(m[1], "/review/") && !strings.HasPrefix(m[1], "https://github.com/northquay/") {
			t.Errorf("something leads to %q", m[1])
		}
	}
	quoted := regexp.MustCompile(`="[^"]*"`)
	for _, tag := range regexp.MustCompile(`<[A-Za-z][^>]*>`).FindAllString(page, -1) {
		bare := quoted.ReplaceAllString(tag, "=")
		if strings.HasPrefix(tag, "<style") || regexp.MustCompile(` (style|on[a-z]+)=`).MatchString(bare) || strings.ContainsAny(bare, `"'{`) {
			t.Errorf("the page holds %s", tag)
		}
	}
}

func TestRender_whatChangedSinceISigned(t *testing.T) {
	c := proposal(t)
	earlier := matrixText("3.0", "Shared", "head-of-it", "One of them is in use.")
	c.Snapshot.Blobs[facts.Digest(earlier)] = earlier
	c.signedBy(t, "twisniewski", "head-of-it", facts.Digest(earlier))
	page := c.render(t)
	wants(t, page, "You signed an earlier text of this change. Show only what changed since then", "SIG003", "Responsibilities that change hands: 1")
	c.Since = true
	page = c.render(t)
	wants(t, page, "Shown is only what changed since you signed. Show the whole change", "since you signed on 2026-11-23")
	wantsNot(t, page, "Responsibilities that change hands")
	wellFormed(t, page)
	c.seenBy(t, "abrannigan")
	wantsNot(t, c.render(t), "since you signed")
}

func TestRender_newDocumentIsShownAsItIsRead(t *testing.T) {
	c := proposal(t)
	c.Input.Decision.Documents[0].Change, c.Input.Decision.Documents[0].Was = decision.Added, nil
	page := c.render(t)
	wants(t, page, "new, 3.0", "new: you sign all of it", "App Service and Azure SQL Database.")
	if strings.Contains(page[strings.Index(page, "Document control"):], "<ins>") {
		t.Error("a new document is marked as inserted")
	}
	wellFormed(t, page)
}

func TestRender_deletedDocument(t *testing.T) {
	c := proposal(t)
	d := &c.Input.Decision.Documents[0]
	d.Change, d.Mode, d.SHA256, d.Version = decision.Deleted, "000000", d.Was.SHA256, "2.1"
	page := c.render(t)
	wants(t, page, "2.1, deleted", "deleted sha256:"+d.SHA256, "It is not there any more once this is merged.", "SHA-256 of what is deleted")
	wellFormed(t, page)
}

func TestRender_configurationIsToldInPeople(t *testing.T) {
	c := proposal(t)
	before, err := os.ReadFile("../../decision/report/testdata/northquay.yml")
	if err != nil {
		t.Fatal(err)
	}
	after := []byte(strings.Replace(string(before), "name: Aoife Brannigan", "name: Aoife Brannigan-Byrne", 1))
	after = regexp.MustCompile(`(?m)^(\s*ciso:.*holders: \[)abrannigan`).ReplaceAll(after, []byte("${1}bcarvalhaes"))
	for _, raw := range [][]byte{before, after} {
		c.Snapshot.Blobs[facts.Digest(raw)] = raw
	}
	c.Input.Decision.Documents = []decision.Document{{
		ID: ".vidimus.yml", Path: ".vidimus.yml", Type: "configuration", Title: "Configuration", Change: decision.Modified, Mode: "100644",
		SHA256: facts.Digest(after), Was: &decision.Was{SHA256: facts.Digest(before)}, Level: "statement",
		Requirements: []decision.Requirement{{Rule: "config", Role: "head-of-it", Outcome: "missing"}},
	}}
	page := c.render(t)
	wants(t, page, "CISO: Aoife Brannigan before, Bruno Carvalhães after.", "[inserted:", "approve who may sign and by which rules")
	wellFormed(t, page)
}

func TestRender_tooMuchIsNamedAndReadOnGitHub(t *testing.T) {
	c := proposal(t)
	long := append(matrixText("3.0", "Shared", "head-of-it", "x"), []byte(strings.Repeat("A line of text.\n\n", 220_000))...)
	c.Snapshot.Blobs[facts.Digest(long)] = long
	c.Input.Decision.Documents[0].SHA256 = facts.Digest(long)
	page := c.render(t)
	wants(t, page, "This change is too large to be shown on one page. Read this document on GitHub before you sign.")
	delete(c.Snapshot.Blobs, facts.Digest(long))
	wants(t, c.render(t), "The bytes of this document are not at hand")
}

func TestRender_manyDocumentsOfOneShape(t *testing.T) {
	c := proposal(t)
	one := c.Input.Decision.Documents[0]
	c.Input.Decision.Documents = nil
	for i := range 40 {
		d := one
		d.ID, d.Path = fmt.Sprintf("SRM-%d", i), fmt.Sprintf("matrices/%d.md", i)
		c.Input.Decision.Documents = append(c.Input.Decision.Documents, d)
	}
	page := c.render(t)
	wants(t, page, "Documents in this change: 40", "Copy these 40 lines")
	wellFormed(t, page)
}

func TestRenderNotice_holdsWhatItIsGiven(t *testing.T) {
	page, err := reviewpage.RenderNotice(reviewpage.Notice{Heading: "No <page>", Text: []string{"a & b"}, Href: "javascript:alert(1)", Link: "go", Viewer: "x"})
	if err != nil {
		t.Fatal(err)
	}
	wants(t, string(page), "No <page>", "a & b", "@x")
	if strings.Contains(string(page), "javascript:") || strings.Contains(string(page), "<page>") {
		t.Errorf("not escaped: %s", page)
	}
}

func TestRender_tellsWhatTheChangeDoesElsewhere(t *testing.T) {
	c := proposal(t)
	path := c.Input.Decision.Documents[0].Path
	c.Input.Decision.Impacts = []control.Impact{
		{Path: path, Line: 12, Message: "Lowering the window from 72 to 24 puts 3 contract reviews out of bounds: CON-A, CON-B and CON-C."},
		{Message: "Together they leave EXC-2026-004 <b>without</b> a policy."},
	}
	page := c.render(t)
	wants(t, page, "puts 3 contract reviews out of bounds", "The change as a whole", "leave EXC-2026-004 <b>without</b> a policy")
	wellFormed(t, page)
}
