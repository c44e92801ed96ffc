// Package decision turns facts into a decision: is this change signed, and if
// not, what is missing? A facts.Snapshot goes in, a Decision comes out. It knows
// no clock, network, disk or log; the same facts give the same decision, byte for
// byte, today and in ten years. LAW.md is its specification, and the tests cite
// its numbers.
package decision

import (
	"slices"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/governance"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

// Format is the name and version of the stored form.
const Format = "vidimus-decision/1"

// Conclusion is what the check run says. LAW 7.3.
type Conclusion string

// The conclusions. Neutral satisfies a required check, so it is given only where
// a repository or branch is not governed at all.
const (
	Success        Conclusion = "success"
	ActionRequired Conclusion = "action_required"
	Failure        Conclusion = "failure"
	Neutral        Conclusion = "neutral"
)

// State says in one word why the conclusion is what it is.
type State string

// The states.
const (
	StateSigned      State = "signed"       // all rules are met
	StateUntouched   State = "untouched"    // nothing governed changed
	StateWaiting     State = "waiting"      // only signatures are missing
	StateDraft       State = "draft"        // in order, but a draft never passes
	StateBlocked     State = "blocked"      // findings, commits, objection, MRG001, configuration
	StateDeviation   State = "deviation"    // landed other than signed
	StateNotGoverned State = "not-governed" // no configuration, or another branch
)

// Decision is the answer for one head. It is stored as canonical JSON; lists are
// in a fixed order, and nothing in it depends on when or where it was made.
type Decision struct {
	Format     string           `json:"format"`
	Law        int              `json:"law"`
	Catalogue  string           `json:"catalogue"` // version of the rule catalogue
	Facts      string           `json:"facts"`     // SHA-256 of facts.json
	Repository facts.Repository `json:"repository"`
	Pull       int              `json:"pull,omitempty"`
	AsOf       string           `json:"asOf"`
	Base       string           `json:"base"`
	Head       string           `json:"head"`
	Founding   bool             `json:"founding"`
	Conclusion Conclusion       `json:"conclusion"`
	State      State            `json:"state"`
	// Content is the digest of the content list.
	Content    string             `json:"contentDigest"`
	Documents  []Document         `json:"documents"`
	Signatures []Signature        `json:"signatures"`
	Objections []Objection        `json:"objections"`
	Commits    []Commit           `json:"commits"`
	Findings   []document.Finding `json:"findings"`
	Problems   []Problem          `json:"problems"`
	// Overrides are the organisation's own severities, as they were applied to
	// Findings; absent: none.
	Overrides []control.Applied `json:"overrides,omitempty"`
	// Impacts are what the change does to documents that it does not touch; their
	// findings are among Findings. Absent: nothing.
	Impacts []control.Impact `json:"impacts,omitempty"`
	// Deviations are present after a landing only; empty: none.
	Deviations []Deviation `json:"deviations,omitempty"`
}

// Change says what happens to a document.
type Change string

// The kinds of change.
const (
	Added    Change = "added"
	Modified Change = "modified"
	Deleted  Change = "deleted"
)

// Document is one governed file that the change touches: a document, the
// configuration or a key. Images count with the document that shows them.
type Document struct {
	ID      string `json:"id"` // for configuration and keys the path
	Path    string `json:"path"`
	Type    string `json:"type"`
	Title   string `json:"title"`
	Version string `json:"version,omitempty"`
	// Effective and Expires are dates of the front matter, for the sentence that
	// a signature stands for.
	Effective string `json:"effective,omitempty"`
	Expires   string `json:"expires,omitempty"`
	Change    Change `json:"change"`
	Mode      string `json:"mode"`
	SHA256    string `json:"sha256"` // of the base for a deletion
	Images    string `json:"images,omitempty"`
	// Was is the document at the base.
	Was *Was `json:"was,omitempty"`
	// Level is the strictest of all rules; absent when no signature is needed.
	Level        string        `json:"level,omitempty"`
	Requirements []Requirement `json:"requirements"`
	Contributors []string      `json:"contributors"`
	// Signed: requirements met, no blocking finding in it, its commits good.
	Signed bool `json:"signed"`
}

// Was is a document at the base.
type Was struct {
	Version string `json:"version,omitempty"`
	SHA256  string `json:"sha256"`
}

// Requirement is one role of one rule. Rule is "rules[N]" with N from 0,
// "config", "signatories" (front matter) or "self". Outcome is signed, missing
// or not-needed; when signed, Review and Person say by what and whom.
type Requirement struct {
	Rule    string `json:"rule"`
	Role    string `json:"role"`
	Outcome string `json:"outcome"`
	Review  int64  `json:"review,omitempty"`
	Person  string `json:"person,omitempty"`
}

// Signature is one review for one document in one role.
type Signature struct {
	Review      int64  `json:"review"`
	UserID      int64  `json:"userId"`
	Login       string `json:"login"`
	Person      string `json:"person,omitempty"` // slug; absent when the account is nobody's
	Role        string `json:"role,omitempty"`
	Document    string `json:"document"`
	Path        string `json:"path"`
	SHA256      string `json:"sha256"` // as signed; absent bytes are ""
	Line        string `json:"line,omitempty"`
	SubmittedAt string `json:"submittedAt"`
	// Witness is delivery, seen or statement; Commit and WitnessSHA256 (the
	// witness statement) are absent when the line binds alone.
	Witness       string `json:"witness,omitempty"`
	Commit        string `json:"commit,omitempty"`
	ContentDigest string `json:"contentDigest,omitempty"`
	WitnessSHA256 string `json:"witnessSha256,omitempty"`
	Counts        bool   `json:"counts"`
	Code          string `json:"code,omitempty"`
	Reason        string `json:"reason,omitempty"`
}

// Objection is a request for changes that blocks. LAW 6.4.
type Objection struct {
	Review int64  `json:"review"`
	Person string `json:"person"`
	Reason string `json:"reason"`
}

// Commit is one judged commit: it contributes to Paths. LAW 4.
type Commit struct {
	ID          string   `json:"id"`
	SHA256      string   `json:"sha256"`
	Verdict     string   `json:"verdict"`
	Counts      bool     `json:"counts"`
	Format      string   `json:"format,omitempty"`
	Fingerprint string   `json:"fingerprint,omitempty"`
	Person      string   `json:"person,omitempty"` // whose key, slug
	Key         string   `json:"key,omitempty"`    // path of the key file
	Author      string   `json:"author,omitempty"` // slug; absent when unknown
	Committer   string   `json:"committer,omitempty"`
	SeenAt      string   `json:"seenAt,omitempty"`
	Clock       string   `json:"clock,omitempty"`
	Text        string   `json:"text"`
	Paths       []string `json:"paths"`
}

// Problem is what blocks and is no finding in a document: commits, the base that
// moved, the configuration. Commit, Path and Person are set where they apply.
type Problem struct {
	Code   string `json:"code"`
	Path   string `json:"path,omitempty"`
	Commit string `json:"commit,omitempty"`
	Line   int    `json:"line,omitempty"`
	Text   string `json:"text"`
	Mend   string `json:"mend"`
}

// The codes of LAW 11 that are given here, and of what this version does not
// judge yet.
const (
	CodeCommit     = "SIG009"
	CodeAddress    = "SIG010"
	CodeMoved      = "MRG001"
	CodeUnreadable = governance.RuleUnreadable
	CodeNoRule     = governance.RuleUnruled
	CodeUnknown    = governance.RuleUnknown
	CodeLater      = governance.RuleLater    // asks for what this version does not judge
	CodeUnsigned   = "CFG005"                // configuration or key on the base is not the signed one
	CodeFounding   = governance.RuleFounding // a founding holds configuration and keys only
	CodeFacts      = "CFG007"                // the facts are incomplete or contradict themselves
)

// How says in which way unsigned bytes came to the governed branch. LAW 9.2.
type How string

// The kinds of deviation.
const (
	DirectPush           How = "direct-push"
	BypassMerge          How = "bypass-merge"
	EditedSquash         How = "edited-squash"
	EvilMerge            How = "evil-merge"
	Withdrawn            How = "withdrawn-before-merge"
	ConfigurationMissing How = "configuration-missing"
	Ungoverned           How = "ungoverned"
)

// Deviation is one governed file that landed other than signed.
type Deviation struct {
	Path   string `json:"path"`
	ID     string `json:"id"`
	How    How    `json:"how"`
	Commit string `json:"commit"`
	// SHA256 is what landed; for a deletion what was there, with Deleted set.
	SHA256  string `json:"sha256"`
	Mode    string `json:"mode"`
	Deleted bool   `json:"deleted"`
	// SignedSHA256 is what should be there; absent when nothing was signed.
	SignedSHA256 string   `json:"signedSha256,omitempty"`
	Missing      []string `json:"missing"` // role ids
	Text         string   `json:"text"`
}

// Blocks says whether anything but missing signatures stands in the way.
func (d *Decision) Blocks() bool {
	for _, f := range d.Findings {
		if f.Severity == document.Block {
			return true
		}
	}
	return len(d.Problems) > 0 || len(d.Objections) > 0
}

func (d *Decision) allSigned() bool {
	return !slices.ContainsFunc(d.Documents, func(doc Document) bool { return !doc.Signed })
}

// MissingRoles are the roles that are still to sign any document, in order.
func (d *Decision) MissingRoles() []string {
	var roles []string
	seen := map[string]bool{}
	for _, doc := range d.Documents {
		for _, r := range doc.Requirements {
			if r.Outcome == "missing" && !seen[r.Role] {
				seen[r.Role] = true
				roles = append(roles, r.Role)
			}
		}
	}
	return roles
}
