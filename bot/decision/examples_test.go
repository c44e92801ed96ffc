package decision_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
)

// exampleDocuments are those of the fictional organisation, with all their types,
// as they stand beside the checkout; the test is skipped where they do not.
func exampleDocuments(t *testing.T) []dt.Edit {
	t.Helper()
	root := "../../../shared/example-docs"
	if _, err := os.Stat(root); err != nil {
		t.Skipf("the example documents are not there: %v", err)
	}
	var edits []dt.Edit
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".md" || filepath.Base(path) == "README.md" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		edits = append(edits, dt.Put(filepath.ToSlash(relative), raw))
		return err
	})
	if err != nil || len(edits) < 10 {
		t.Fatalf("%d example documents, error %v", len(edits), err)
	}
	return edits
}

// exampleCharter knows all roles of the example documents.
func exampleCharter() dt.Charter {
	c := dt.Northquay()
	c.Roles = []dt.Role{
		{ID: "ciso", Holders: []string{dt.Aoife}},
		{ID: "head-of-it", Holders: []string{dt.Tomasz}},
		{ID: "ceo", Holders: []string{dt.Fergal}},
		{ID: "general-counsel", Holders: []string{dt.Deirdre}},
	}
	for _, role := range []string{
		"dpo", "legal-counsel", "head-of-engineering", "head-of-operations", "head-of-finance", "head-of-people", "head-of-commercial",
		"head-of-customs", "cloud-platform-lead", "workplace-lead", "security-operations-lead", "procurement-lead", "internal-audit",
	} {
		c.Roles = append(c.Roles, dt.Role{ID: role, Holders: []string{dt.Bruno}})
	}
	c.Rules = []dt.Rule{
		{For: "{type: cloud-usage-policy}", Require: "{all: [ciso, head-of-it, ceo]}", Level: "statement"},
		{For: "{criticality: critical}", Require: "ciso", Level: "statement"},
		{For: "{path: \"**\"}", Require: "{any: [ciso, head-of-it]}", Level: "approval", HostKey: true},
	}
	return c
}

// With documents of every type: a policy changes, three sign it; and the matrix of
// a critical service needs the CISO, because its register entry says critical.
func TestEvaluate_exampleOrganisation(t *testing.T) {
	documents := exampleDocuments(t)
	const policy, matrix = "policy/cloud-usage-policy.md", "matrices/m365.md"
	begin := func() *dt.History {
		return dt.Founded(foundedWorlds()[0].founded.Keys(), exampleCharter(), documents...)
	}
	propose := func(h *dt.History, path, was, is string) {
		raw := string(h.Base().Tree[path].Bytes)
		changed := strings.Replace(raw, was, is, 1)
		if changed == raw {
			t.Fatalf("%s does not say %q", path, was)
		}
		version := nextVersion(h, path, "")
		changed = replaceLine(replaceLine(changed, "version", `"`+version+`"`), "change", "editorial")
		h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put(path, []byte(changed))}})
	}
	run(t, begin, []scenario{
		{"2.1 three sign the policy", func(h *dt.History) {
			propose(h, policy, "## Scope\n", "## Scope\n\nAll of it.\n")
			h.Approve(dt.Aoife, h.Line("ciso", policy))
			h.Approve(dt.Tomasz, h.Line("head-of-it", policy))
			h.Approve(dt.Fergal, h.Line("ceo", policy))
		}, decision.Success, nil},
		{"2.1 two are not enough", func(h *dt.History) {
			propose(h, policy, "## Scope\n", "## Scope\n\nAll of it.\n")
			h.Approve(dt.Aoife, h.Line("ciso", policy))
			h.Approve(dt.Tomasz, h.Line("head-of-it", policy))
		}, decision.ActionRequired, nil},
		{"7.4 a finding blocks, whoever signs", func(h *dt.History) {
			propose(h, policy, "## Scope\n", "## Scope\n\n<!-- not for everybody -->\n")
			h.Approve(dt.Aoife, h.Line("ciso", policy))
			h.Approve(dt.Tomasz, h.Line("head-of-it", policy))
			h.Approve(dt.Fergal, h.Line("ceo", policy))
		}, decision.Failure, []string{"HID001"}},
		{"2.1 the criticality is that of the service: a mere approval does not sign its matrix", func(h *dt.History) {
			propose(h, matrix, "## Scope\n", "## Scope\n\nAll of it.\n")
			h.Approve(dt.Aoife)
		}, decision.ActionRequired, nil},
	})
}

// replaceLine gives a field of the front matter another value.
func replaceLine(text, field, value string) string {
	lines := strings.Split(text, "\n")
	i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, field+": ") })
	lines[i] = field + ": " + value
	return strings.Join(lines, "\n")
}
