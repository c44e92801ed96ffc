package reviewpage_test

import (
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// payloads try to become markup, script, a link, or another order of letters.
func payloads() []string {
	return []string{
		`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `</textarea><script>alert(1)</script>`, `</title><script>alert(1)</script>`,
		`' onmouseover='alert(1)`, `{{.Viewer}}`, "`${alert(1)}`", `javascript:alert(1)`, "\u202eevil\u202c", "zero\u200bwidth",
		`<svg/onload=alert(1)>`, `--><script>alert(1)</script>`, `]]><script>`, `&lt;script&gt;`, strings.Repeat("W", 400),
	}
}

// Through every field that comes from outside, nothing becomes markup.
func TestRender_hostileWordsStayWords(t *testing.T) {
	for _, bad := range payloads() {
		c := proposal(t)
		d := &c.Input.Decision.Documents[0]
		text := matrixText(strings.ReplaceAll(strings.ReplaceAll(bad, `"`, ``), `\`, ``), bad, bad, bad+"\n\n["+bad+"]("+bad+")\n\n![a](javascript:alert(1))\n\n"+bad)
		c.Snapshot.Blobs[facts.Digest(text)] = text
		c.Snapshot.Facts.Trees[0].Entries[0].SHA256 = facts.Digest(text)
		d.SHA256, d.Title, d.Version = facts.Digest(text), bad, bad
		c.Pull.Title = bad
		c.Viewer.Login = bad
		c.Input.Config.Organisation = bad
		c.Input.Proposal.Branch, c.Input.Proposal.Base, c.Input.Proposal.Author.Login = bad, bad, bad
		for i := range c.Input.Config.People {
			c.Input.Config.People[i].Name = bad
		}
		for i := range c.Input.Config.Roles {
			c.Input.Config.Roles[i].Title = bad
		}
		c.Input.Decision.Findings = []document.Finding{
			{Rule: bad, Severity: document.Warn, Path: bad, Line: 3, Message: bad, Fix: bad}, {Rule: "X", Severity: document.Block, Message: bad},
		}
		c.Input.Decision.Objections = []decision.Objection{{Person: bad, Reason: bad}}
		c.Input.Decision.Commits = []decision.Commit{{ID: head, Verdict: "bad", Author: bad, Text: bad, Fingerprint: bad}}
		c.Input.Decision.Signatures = []decision.Signature{
			{Review: 1, Login: bad, Document: bad, Path: bad, Code: bad, Reason: bad, SubmittedAt: bad},
			{Review: 2, Login: bad, Person: bad, Role: bad, Document: bad, Path: bad, Line: bad, SHA256: bad, Counts: true},
		}
		c.Input.Decision.Deviations = []decision.Deviation{{Path: bad, How: decision.How(bad), Text: bad, Missing: []string{bad}, SHA256: bad}}
		page := c.render(t)
		wellFormed(t, page)
		lower := strings.ToLower(page)
		if n := strings.Count(lower, "<script"); n > 1 { // our own
			t.Errorf("%q: %d scripts", bad, n)
		}
		for _, tag := range []string{"<img", "<svg/", "<script>", "\u202e", "\u200b"} {
			if strings.Contains(lower, tag) {
				t.Errorf("%q: the page holds %q", bad, tag)
			}
		}
	}
}

func TestRender_onlyTheRepositorysPicturesAreShown(t *testing.T) {
	c := proposal(t)
	picture := []byte("\x89PNG\r\n\x1a\n and more")
	text := matrixText("3.0", "Shared", "head-of-it", "![one](plan.png) ![two](https://evil.example/x.png) ![three](missing.png) ![four](fake.png)")
	fake := []byte("<svg onload=alert(1)>")
	for _, raw := range [][]byte{picture, text, fake} {
		c.Snapshot.Blobs[facts.Digest(raw)] = raw
	}
	c.Input.Decision.Documents[0].SHA256 = facts.Digest(text)
	c.Snapshot.Facts.Trees[0].Entries = []facts.Entry{
		{Mode: "100644", Path: "matrices/azure-platform.md", SHA256: facts.Digest(text)},
		{Mode: "100644", Path: "matrices/plan.png", SHA256: facts.Digest(picture)},
		{Mode: "100644", Path: "matrices/fake.png", SHA256: facts.Digest(fake)},
	}
	page := c.render(t)
	if n := strings.Count(page, "<img"); n != 1 {
		t.Errorf("%d pictures, want the one of the repository", n)
	}
	if !strings.Contains(page, `src="/review/northquay/cloud-governance/61/images/`+facts.Digest(picture)+`"`) {
		t.Error("the repository's picture is not shown")
	}
}

func TestRender_emptySubjectIsNoPanic(t *testing.T) {
	c := proposal(t)
	c.Input.Decision = decision.Decision{}
	c.Snapshot = facts.Snapshot{}
	wants(t, c.render(t), "touches no governed document")
}
