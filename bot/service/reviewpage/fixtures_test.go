package reviewpage_test

import (
	"html"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/service/reviewpage"
)

const (
	base = "a3f08c51d9e26f9f1a2b3c4d5e6f708192a3b4c5"
	head = "c8c2f7191e3995f4f1b8fd3f6d1e3d9b62d2f1aa"
)

// matrixText is a matrix of one row.
func matrixText(version, accountable, owner, assumption string) []byte {
	return []byte(`---
type: shared-responsibility-matrix
id: SRM-AZURE-PLATFORM
title: Shared responsibility, Azure platform services
version: "` + version + `"
status: approved
effective: 2026-12-01
next-review: 2027-11-19
change: material
change-summary: Container images become ours to patch.
service-id: azure-platform
---

# Shared responsibility, Azure platform services

## Scope

App Service and Azure SQL Database.

## Responsibility matrix

| Ref | Control area | Accountable | Who does what | Internal owner | Evidence |
| --- | --- | --- | --- | --- | --- |
| SR-01 | Operating system patching | ` + accountable + ` | Images | ` + owner + ` | Report |

## Assumptions

` + assumption + `
`)
}

// change is a subject that a test adapts before it is rendered.
type change struct {
	reviewpage.Subject
	config repoconfig.Config
}

// proposal changes the matrix, which the Head of IT and the CISO sign.
func proposal(t *testing.T) *change {
	t.Helper()
	raw, err := os.ReadFile("../../decision/report/testdata/northquay.yml")
	if err != nil {
		t.Fatal(err)
	}
	config, findings := repoconfig.Read(raw)
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	before, after := matrixText("2.1", "Provider", "—", "None is in use."), matrixText("3.0", "Shared", "head-of-it", "Two of them are in use.")
	c := &change{config: config}
	c.Input.Config = config
	c.Input.Decision = decision.Decision{
		Format: decision.Format, Law: 1, Catalogue: "1", Repository: facts.Repository{Host: "github.com", ID: 7, Name: "northquay/cloud-governance"},
		Pull: 61, AsOf: "2026-11-24", Base: base, Head: head, Conclusion: decision.ActionRequired, State: decision.StateWaiting,
		Content: facts.Digest([]byte("content")), Facts: facts.Digest([]byte("facts")),
		Documents: []decision.Document{{
			ID: "SRM-AZURE-PLATFORM", Path: "matrices/azure-platform.md", Type: "shared-responsibility-matrix",
			Title: "Shared responsibility, Azure platform services", Version: "3.0", Effective: "2026-12-01", Change: decision.Modified,
			Mode: "100644", SHA256: facts.Digest(after), Was: &decision.Was{Version: "2.1", SHA256: facts.Digest(before)}, Level: "statement",
			Requirements: []decision.Requirement{
				{Rule: "rules[1]", Role: "head-of-it", Outcome: "missing"}, {Rule: "rules[1]", Role: "ciso", Outcome: "missing"},
			},
			Contributors: []string{"bcarvalhaes"},
		}},
	}
	c.Input.Proposal = report.Proposal{
		Author: facts.Account{ID: person(t, config, "bcarvalhaes").GitHub, Login: "bcarvalhaes-nq", Type: "User"}, OpenedAt: "2026-11-23T09:04:50Z",
		Branch: "container-images", Base: "main",
	}
	c.Input.WaitingSince = "2026-11-23"
	c.Snapshot = facts.Snapshot{
		Facts: facts.Facts{
			MergeBases: []string{base},
			Commits:    []facts.Commit{{ID: base, Tree: "before"}, {ID: head, Tree: "after"}},
			Trees: []facts.Tree{
				{Digest: "after", Entries: []facts.Entry{{Mode: "100644", Path: "matrices/azure-platform.md", SHA256: facts.Digest(after), Size: int64(len(after))}}},
				{Digest: "before", Entries: []facts.Entry{{Mode: "100644", Path: "matrices/azure-platform.md", SHA256: facts.Digest(before), Size: int64(len(before))}}},
			},
		},
		Blobs: map[string][]byte{facts.Digest(before): before, facts.Digest(after): after},
	}
	c.Pull = reviewpage.Pull{Number: 61, Title: "Our container images become ours to patch", Open: true}
	c.Web = "https://github.com"
	c.seenBy(t, "twisniewski")
	return c
}

func person(t *testing.T, config repoconfig.Config, slug string) repoconfig.Person {
	t.Helper()
	p, ok := config.Person(slug)
	if !ok {
		t.Fatalf("nobody is called %s", slug)
	}
	return p
}

// seenBy lets somebody of the roster look.
func (c *change) seenBy(t *testing.T, slug string) {
	t.Helper()
	p := person(t, c.config, slug)
	c.Viewer = facts.Account{ID: p.GitHub, Login: p.Login, Type: "User"}
}

// signedBy adds a signature on digest, which counts if that is the head's.
func (c *change) signedBy(t *testing.T, slug, role, digest string) {
	t.Helper()
	p := person(t, c.config, slug)
	d := &c.Input.Decision.Documents[0]
	s := decision.Signature{
		Review: 100 + int64(len(c.Input.Decision.Signatures)), UserID: p.GitHub, Login: p.Login, Person: slug, Role: role, Document: d.ID, Path: d.Path,
		SHA256: digest, SubmittedAt: "2026-11-23T15:40:11Z", Witness: "delivery", Counts: digest == d.SHA256,
		Line: "I sign as " + role + ": SRM-AZURE-PLATFORM 3.0 sha256:" + digest,
	}
	if !s.Counts {
		s.Code, s.Reason = "SIG003", "the bytes moved"
	}
	for i := range d.Requirements {
		if d.Requirements[i].Role == role && s.Counts {
			d.Requirements[i] = decision.Requirement{Rule: d.Requirements[i].Rule, Role: role, Outcome: "signed", Review: s.Review, Person: slug}
		}
	}
	c.Input.Decision.Signatures = append(c.Input.Decision.Signatures, s)
}

func (c *change) render(t *testing.T) string {
	t.Helper()
	page, err := reviewpage.Render(c.Subject)
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// text is a page without its markup.
func text(page string) string {
	page = regexp.MustCompile(`(?s)<svg.*?</svg>|<[^>]*>`).ReplaceAllString(page, " ")
	return strings.Join(strings.Fields(html.UnescapeString(page)), " ")
}

func wants(t *testing.T, page string, words ...string) {
	t.Helper()
	said := text(page)
	for _, w := range words {
		if !strings.Contains(said, w) {
			t.Errorf("the page does not say %q: %s", w, said)
		}
	}
}

func wantsNot(t *testing.T, page string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(text(page), w) {
			t.Errorf("the page says %q", w)
		}
	}
}
