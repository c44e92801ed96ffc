package evidence

import "github.com/vidimus-bot/vidimus/bot/decision/facts"

// Signature (signature/v1) is one review that is, or once was, a signature: one
// statement for each act of a person, with an item for each document and role. Its
// subjects are the distinct documents as signed.
type Signature struct {
	Repository facts.Repository `json:"repository"`
	Signatory  Signatory        `json:"signatory"`
	Act        Act              `json:"act"`
	Binding    Binding          `json:"binding"`
	Statements []SignedDocument `json:"statements"`
}

func (Signature) predicate() string { return "signature/v1" }

// Signatory is who acted; identity is the numeric account id, the rest as the roster
// had it.
type Signatory struct {
	ID     int64  `json:"id"`
	Login  string `json:"login"`
	Name   string `json:"name,omitempty"`
	Person string `json:"person,omitempty"` // slug of the roster
	Roster FileAt `json:"roster"`
}

// Act is the review: what GitHub has of it, with the SHA-256 of the body's bytes.
type Act struct {
	Kind        string `json:"kind"`
	ID          int64  `json:"id"`
	Pull        int    `json:"pull"`
	State       string `json:"state"`
	SubmittedAt string `json:"submittedAt"`
	BodySHA256  string `json:"bodySha256"`
	URL         string `json:"url"`
}

// Binding says to what the act was bound, and by which witness. Source is delivery,
// seen or statement; empty: nothing bound it. With statement the lines stand for
// themselves and there is no commit.
type Binding struct {
	Source        string  `json:"source,omitempty"`
	Commit        *GitRef `json:"commit,omitempty"`
	ContentDigest string  `json:"contentDigest,omitempty"`
	FirstSeenAt   string  `json:"firstSeenAt,omitempty"`
	Witness       *Ref    `json:"witness,omitempty"`
}

// SignedDocument is one document signed in one role. Line is as found in the body, empty at
// level approval; Text is the sentence that it stands for, filled, with all 64
// digits. Counts is as of the publication; a later withdrawal is a statement of its
// own. Reason is a code of LAW 11.
type SignedDocument struct {
	Document  string `json:"document"`
	Path      string `json:"path"`
	SHA256    string `json:"sha256,omitempty"`
	Role      string `json:"role,omitempty"`
	RoleTitle string `json:"roleTitle,omitempty"`
	Capacity  string `json:"capacity,omitempty"` // holder, self, deputy
	DeputyFor string `json:"deputyFor,omitempty"`
	From      string `json:"from,omitempty"`
	To        string `json:"to,omitempty"`
	Level     string `json:"level"`
	Line      string `json:"line,omitempty"`
	Template  string `json:"template,omitempty"`
	Text      string `json:"text,omitempty"`
	Counts    bool   `json:"counts"`
	Reason    string `json:"reason,omitempty"`
	Why       string `json:"why,omitempty"`
	EndedBy   string `json:"endedBy,omitempty"` // dismissal, edit, push
}

// Witness (witness/v1) is what was seen for the first time, in the order of seeing.
// It holds no names. LAW 5.
type Witness struct {
	Repository   facts.Repository `json:"repository"`
	Observations []Observation    `json:"observations"`
}

func (Witness) predicate() string { return "witness/v1" }

// Observation is facts.Observation in its stored form. ContentDigest is that of the
// content list of Commit, which the record holds beside the statement: it names every
// document with its bytes.
type Observation struct {
	Act           string  `json:"act"`
	ID            int64   `json:"id,omitempty"`
	Pull          int     `json:"pull"`
	UserID        int64   `json:"userId,omitempty"`
	Actor         int64   `json:"actor,omitempty"`
	State         string  `json:"state,omitempty"`
	SubmittedAt   string  `json:"submittedAt,omitempty"`
	BodySHA256    string  `json:"bodySha256,omitempty"`
	Commit        *GitRef `json:"commit,omitempty"`
	ContentDigest string  `json:"contentDigest,omitempty"`
	Seen          Seen    `json:"seen"`
}

// Seen is when, by our clock, and how; Delivery is GitHub's id of the delivery.
type Seen struct {
	At       string `json:"at"`
	By       string `json:"by"`
	Delivery string `json:"delivery,omitempty"`
}
