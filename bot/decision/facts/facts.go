// Package facts is the snapshot that a decision rests on: what stood in the
// governed trees, which commits brought it there, what people said in reviews,
// and what was witnessed of it. Values come in from the edge (bot/service/gate,
// or a record that bot/evidence/audit reads), and go into decision.Evaluate.
//
// Facts name bytes by their SHA-256 and hold none of them; a Snapshot joins
// Facts with the bytes. The stored form is canonical JSON (RFC 8785), so that the
// digest of facts.json is the digest of the facts. The package never judges: a
// missing signature and a forged key are both just facts.
package facts

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Format is the name and version of the stored form.
const Format = "vidimus-facts/1"

// Facts is everything a decision may depend on, but for the bytes that it names
// by digest. Times are "YYYY-MM-DDThh:mm:ssZ", dates "YYYY-MM-DD", digests
// lower-case hex SHA-256, object ids lower-case hex as Git names them.
type Facts struct {
	Format     string     `json:"format"`
	Repository Repository `json:"repository"`
	// AsOf is the date at which documents are judged, in the time zone of the
	// configuration: the day of reading, or after a landing the day of it.
	AsOf string `json:"asOf"`
	// Pull is absent for a direct push.
	Pull *Pull `json:"pull,omitempty"`
	// Landing is absent before a landing.
	Landing *Landing `json:"landing,omitempty"`
	// Base is the tip of the governed branch before the landing, Head the tip of
	// the proposal (of a direct push: the new tip). MergeBases are all the best
	// common ancestors of both.
	Base       string   `json:"base"`
	Head       string   `json:"head"`
	MergeBases []string `json:"mergeBases"`
	// Commits holds base, head, merge bases, every commit of base..head, its
	// parents and their merge bases, and each commit that a review was bound to
	// with its merge base, ordered by id.
	Commits []Commit `json:"commits"`
	// Range are the ids of base..head, all parents followed, parents before
	// children, ties by id.
	Range []string `json:"range"`
	// Trees are the distinct governed trees that Commits name, ordered by digest.
	Trees []Tree `json:"trees"`
	// Governance is what the ledger says was signed last.
	Governance Governance `json:"governance"`
	// HostKeys is the digest of the commit signing keys that the host publishes
	// (/web-flow.gpg); absent when they were not looked up. Only a founding
	// needs them.
	HostKeys string `json:"hostKeys,omitempty"`
	// Reviews are those of the pull request, in GitHub's order, as read last.
	Reviews []Review `json:"reviews"`
	// Dismissals are those that GitHub's timeline shows; absent when it was not
	// looked up.
	Dismissals []Dismissal `json:"dismissals,omitempty"`
	// Witnesses are the statements of first sight for this pull request, in the
	// order in which they were made.
	Witnesses []Witness `json:"witnesses"`
	// DeliveryLogRead says that GitHub's delivery log was read from the last
	// known delivery on (three days at most). Until then no review is called
	// unwitnessed. LAW 5.3.
	DeliveryLogRead bool `json:"deliveryLogRead"`
}

// Repository is known by host and numeric id; the name is for display.
type Repository struct {
	Host string `json:"host"`
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// Account is a GitHub account; the login is for display. Type is "User", "Bot",
// "Organization" or "Mannequin".
type Account struct {
	ID    int64  `json:"id"`
	Login string `json:"login"`
	Type  string `json:"type"`
}

// Pull is the pull request as read.
type Pull struct {
	Number int     `json:"number"`
	Author Account `json:"author"`
	Branch string  `json:"branch"` // the branch it is to land on
	Draft  bool    `json:"draft"`
	Title  string  `json:"title"`
}

// Landing is how the governed branch came to hold Result.
type Landing struct {
	// Commits are the first-parent commits that the push or merge brought,
	// oldest first; the last is the new tip.
	Commits []string `json:"commits"`
	At      string   `json:"at"`
	By      Account  `json:"by"`
	// Method is "merge", "squash", "rebase" or "direct", as derived from Git.
	Method string `json:"method"`
	Branch string `json:"branch"`
}

// Commit is one commit of the graph around a proposal.
type Commit struct {
	ID string `json:"id"`
	// SHA256 is the digest of the raw object; present for the commits of Range,
	// the only ones that are judged.
	SHA256  string   `json:"sha256,omitempty"`
	Parents []string `json:"parents"`
	// MergeBases are those of all parents; present for merges in Range.
	MergeBases []string `json:"mergeBases,omitempty"`
	// Tree is the digest of the governed tree.
	Tree string `json:"tree"`
	// FromBase is the merge base with the governed branch; present for commits
	// that reviews were bound to, and for the head.
	FromBase string `json:"fromBase,omitempty"`
}

// Tree is a governed tree: every file that Vidimus looks at, by path.
type Tree struct {
	Digest  string  `json:"digest"`
	Entries []Entry `json:"entries"`
}

// Entry is one file of a governed tree. For a submodule (160000) SHA256 is of
// the commit id's text, for a symbolic link of the target's.
type Entry struct {
	Mode   string `json:"mode"`
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// Governance is the state that signed changes gave the governed files.
type Governance struct {
	// Recorded says that the repository was founded: ledger, check runs or
	// database know of it. LAW 8.1.
	Recorded bool `json:"recorded"`
	// Entry is the number of the ledger's last entry, 0 before the founding.
	Entry int `json:"entry"`
	// Signed are all governed files as they landed signed last, by path: by
	// .vidimus.yml and the keys among them everything is judged, and restoring the
	// others needs no new version. LAW 8.3, 9.3.
	Signed []Entry `json:"signed"`
}

// Review is GitHub's answer, reduced to an allow-list; values are untouched, but
// for a Body that was edited after the landing: it is as it was then. LAW 9.1.
// State is upper case as the REST API gives it.
type Review struct {
	ID          int64   `json:"id"`
	NodeID      string  `json:"nodeId"`
	User        Account `json:"user"`
	Body        string  `json:"body"`
	State       string  `json:"state"`
	SubmittedAt string  `json:"submittedAt"`
	CommitID    string  `json:"commitId"`
	URL         string  `json:"url"`
	// LastEdited is absent when it was not asked for, "never" or a time.
	LastEdited string `json:"lastEdited,omitempty"`
}

// Dismissal is one dismissed review as the timeline shows it. State is what the
// review was before: "approved", "changes_requested", "commented".
type Dismissal struct {
	Review int64   `json:"review"`
	By     Account `json:"by"`
	At     string  `json:"at"`
	State  string  `json:"state"`
}

// Witness is one signed statement of first sight. SHA256 is the digest of the
// statement's bytes.
type Witness struct {
	SHA256       string        `json:"sha256"`
	Observations []Observation `json:"observations"`
}

// The acts that are witnessed. LAW 5.4.
const (
	ActReview    = "review"
	ActDismissal = "dismissal"
	ActEdit      = "edit"
	ActHead      = "head"
	ActCommit    = "commit"
)

// The ways in which something was first seen. LAW 5.1.
const (
	ByDelivery = "delivery"
	BySeen     = "seen"
)

// Observation is one thing that was seen for the first time. Which fields are
// present depends on Act: a review has all but Actor, a dismissal and an edit
// have ID, Actor and for an edit BodySHA256, head and commit have Commit only.
// When a commit became the head is told by the act "head". No names: an
// observation outlives them.
type Observation struct {
	Act        string `json:"act"`
	ID         int64  `json:"id,omitempty"`
	Pull       int    `json:"pull"`
	UserID     int64  `json:"userId,omitempty"`
	Actor      int64  `json:"actor,omitempty"`
	State      string `json:"state,omitempty"`
	SubmitTime string `json:"submittedAt,omitempty"`
	BodySHA256 string `json:"bodySha256,omitempty"`
	Commit     string `json:"commit,omitempty"`
	// ContentDigest is that of Commit's content list, which is stored beside the
	// statement: it names every document with its bytes.
	ContentDigest string `json:"contentDigest,omitempty"`
	Seen          Seen   `json:"seen"`
}

// Seen is when and how; Delivery is GitHub's id of the webhook delivery.
type Seen struct {
	At       string `json:"at"`
	By       string `json:"by"`
	Delivery string `json:"delivery,omitempty"`
}

// Snapshot joins facts with the bytes that they name.
type Snapshot struct {
	Facts Facts
	// Blobs are documents, images, configuration, keys, raw commits and the
	// host's keys by SHA-256. Files over MaxBlobBytes are left out.
	Blobs map[string][]byte
}

// MaxBlobBytes bounds what is read of one governed file. The limit of a document
// is 1 MiB (LIM001); images may be larger, and what is beyond this blocks by its
// size alone.
const MaxBlobBytes = 10 << 20

// Digest is the lower-case hex SHA-256 of b.
func Digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// TreeDigest names a governed tree: the SHA-256 over the lines "mode SP sha256 SP
// size SP path LF" of its entries, in order.
func TreeDigest(entries []Entry) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "%s %s %d %s\n", e.Mode, e.SHA256, e.Size, e.Path)
	}
	return Digest([]byte(b.String()))
}

// LookedInto are the ids of the commits into whose files a decision looks: base,
// head, where they part, what lies between, what landed, and what reviews were
// bound to. Of all others only the digests are compared.
func (f *Facts) LookedInto() map[string]bool {
	looked := map[string]bool{f.Base: true, f.Head: true}
	landed := []string{}
	if f.Landing != nil {
		landed = f.Landing.Commits
	}
	for _, id := range slices.Concat(f.MergeBases, f.Range, landed) {
		looked[id] = true
	}
	for _, c := range f.Commits {
		if c.FromBase != "" {
			looked[c.ID], looked[c.FromBase] = true, true
		}
	}
	return looked
}
