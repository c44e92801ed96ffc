package report_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
)

// northquay reads the configuration of the fictional organisation.
func northquay(t testing.TB) repoconfig.Config {
	t.Helper()
	raw, err := os.ReadFile("testdata/northquay.yml")
	if err != nil {
		t.Fatal(err)
	}
	config, findings := repoconfig.Read(raw)
	if len(findings) > 0 {
		t.Fatalf("testdata/northquay.yml: %v", findings)
	}
	return config
}

// digest makes 64 digits that begin with some a reader recognises.
func digest(start string) string { return start + strings.Repeat("0", 64-len(start)) }

// Digests as the mock texts have them.
const (
	matrixDigest   = "5cf9d5bd3f35f7dcfb722e8340f5228e9831e0c57f9f995dd1f8f4dc1b14ae18"
	registerDigest = "cae3968f537dc8e651b360295b1063cd606f4c8c8a9cbb05931323df1cd24c63"
	changedDigest  = "e01b6a77c2d4a698d878fb2629906c84172b7ed2117d738c77b2d4f7a0fa2346"
	headCommit     = "c8c2f7191e3995f4f1b8fd3f6d1e3d9b62d2f1aa"
	baseCommit     = "a3f08c51d9e26f9f1a2b3c4d5e6f708192a3b4c5"
)

// matrix is a document that the Head of IT and the CISO sign.
func matrix() decision.Document {
	return decision.Document{
		ID: "SRM-AZURE-PLATFORM", Path: "matrices/azure-platform.md", Type: "shared-responsibility-matrix",
		Title: "Shared responsibility, Azure platform services", Version: "3.0", Effective: "2026-12-01", Change: decision.Modified,
		Mode: "100644", SHA256: matrixDigest, Was: &decision.Was{Version: "2.1", SHA256: digest("77")}, Level: "statement",
		Requirements: []decision.Requirement{missing("rules[1]", "head-of-it"), missing("rules[1]", "ciso")},
		Contributors: []string{"bcarvalhaes"},
	}
}

// register is a document that the Head of IT signs alone.
func register() decision.Document {
	return decision.Document{
		ID: "SVC-AZURE-PLATFORM", Path: "register/azure-platform.md", Type: "cloud-service",
		Title: "Azure platform services (Customs Hub)", Version: "2.4", Change: decision.Modified,
		Mode: "100644", SHA256: registerDigest, Was: &decision.Was{Version: "2.3", SHA256: digest("78")}, Level: "statement",
		Requirements: []decision.Requirement{missing("rules[0]", "head-of-it")}, Contributors: []string{"bcarvalhaes"},
	}
}

// assurance is a document for which approving is the act.
func assurance() decision.Document {
	return decision.Document{
		ID: "ASR-AZURE-PLATFORM", Path: "assurance/azure-platform.md", Type: "assurance-review",
		Title: "Assurance review, Azure", Version: "1.1", Change: decision.Added,
		Mode: "100644", SHA256: "aeed3f50780f5b7e3f4462fdd0d8d922fdf02111144187a15f4e5c74e5dba7e8", Level: "approval",
		Requirements: []decision.Requirement{missing("rules[3]", "ciso")}, Contributors: []string{"isolheim"},
	}
}

// contract is a document with a choice in who signs it.
func contract() decision.Document {
	return decision.Document{
		ID: "CON-TIDEBOARD", Path: "contracts/tideboard.md", Type: "contract-review", Title: "Contract review, Tideboard",
		Version: "1.0", Change: decision.Added, Mode: "100644", SHA256: digest("c0de"), Level: "statement",
		Requirements: []decision.Requirement{missing("rules[2]", "general-counsel"), missing("rules[2]", "ciso"), missing("rules[2]", "ceo")},
		Contributors: []string{"ofarrell"},
	}
}

func missing(rule, role string) decision.Requirement {
	return decision.Requirement{Rule: rule, Role: role, Outcome: "missing"}
}

// sign fills role of d by a review of person, and gives the signature to put into the decision.
func sign(d *decision.Document, person, role string, review int64, at string) decision.Signature {
	for i := range d.Requirements {
		if q := &d.Requirements[i]; q.Role == role {
			q.Outcome, q.Review, q.Person = "signed", review, person
		}
	}
	name := d.ID + " " + d.Version
	if d.ID == d.Path {
		name = d.Path
	}
	return decision.Signature{
		Review: review, UserID: 61000000, Login: person + "-nq", Person: person, Role: role, Document: d.ID, Path: d.Path,
		SHA256: d.SHA256, Line: fmt.Sprintf("I sign as %s: %s sha256:%s", role, name, d.SHA256), SubmittedAt: at,
		Witness: "delivery", Commit: headCommit, Counts: true,
	}
}

// refused is an approval that does not count.
func refused(d decision.Document, person, role string, code, reason string) decision.Signature {
	s := sign(&decision.Document{ID: d.ID, Path: d.Path, Version: d.Version, SHA256: d.SHA256}, person, role, 2491180276, "2026-11-23T15:40:11Z")
	s.Counts, s.Code, s.Reason = false, code, reason
	return s
}

func goodCommit(id string) decision.Commit {
	return decision.Commit{
		ID: id, Verdict: "good", Counts: true, Format: "openpgp", Fingerprint: "97B66948E2A071F868AB0D19E25F5A861E5EB96D",
		Person: "bcarvalhaes", Key: "keys/bcarvalhaes.asc", Author: "bcarvalhaes", Committer: "bcarvalhaes",
	}
}

// decided is a decision on documents in a state, with good commits.
func decided(state decision.State, documents ...decision.Document) decision.Decision {
	conclusion := map[decision.State]decision.Conclusion{
		decision.StateSigned: decision.Success, decision.StateUntouched: decision.Success, decision.StateWaiting: decision.ActionRequired,
		decision.StateDraft: decision.ActionRequired, decision.StateBlocked: decision.Failure, decision.StateNotGoverned: decision.Neutral,
	}
	return decision.Decision{
		Format: decision.Format, Law: 1, Catalogue: "1", Facts: digest("fac75"),
		Repository: facts.Repository{Host: "github.com", ID: 812640017, Name: "northquay/cloud-governance"}, Pull: 61, AsOf: "2026-11-24",
		Base: baseCommit, Head: headCommit, Content: digest("c047e47"), Conclusion: conclusion[state], State: state,
		Documents: documents, Commits: []decision.Commit{goodCommit("15aa2cc53dae0f4bd1a7e9f3c2b1a09876543210"), goodCommit(headCommit)},
	}
}

// about is the input for d as the App would make it, with every link.
func about(t testing.TB, d decision.Decision) report.Input {
	return report.Input{
		Decision: d, Config: northquay(t), Number: 118, Now: "2026-11-24T06:00:12Z", WaitingSince: "2026-11-23",
		Proposal: report.Proposal{
			Author: facts.Account{ID: 61000107, Login: "bcarvalhaes-nq", Type: "User"}, OpenedAt: "2026-11-23T09:04:00Z",
			Branch: "container-images", Base: "main",
		},
		Links: report.Links{
			Review: "https://vidimus.northquay.example/review/northquay/cloud-governance/61",
			Site:   "https://northquay.github.io/cloud-governance/",
		},
	}
}
