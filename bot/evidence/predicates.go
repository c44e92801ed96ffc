package evidence

import "github.com/vidimus-bot/vidimus/bot/decision/facts"

// The predicates. Their fields are described in .github/docs/predicates.md; keys are
// never renamed or reused, and within a version only optional ones are added.

// Ref names a file of this or an earlier record by its digest.
type Ref struct {
	SHA256 string `json:"sha256"`
}

// GitRef names a commit as in-toto does.
type GitRef struct {
	Digest GitDigest `json:"digest"`
}

// GitDigest is the object id of a commit.
type GitDigest struct {
	GitCommit string `json:"gitCommit"`
}

func gitRef(commit string) GitRef { return GitRef{GitDigest{commit}} }

func gitRefs(commits []string) []GitRef {
	refs := make([]GitRef, len(commits))
	for i, c := range commits {
		refs[i] = gitRef(c)
	}
	return refs
}

// Actor is an account; Login and Name are for display.
type Actor struct {
	ID     int64  `json:"id"`
	Login  string `json:"login"`
	Name   string `json:"name,omitempty"`
	Person string `json:"person,omitempty"` // slug of the roster
}

// FileAt is a file as it is at a commit.
type FileAt struct {
	Commit string `json:"commit"`
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// Landed says how bytes came to the governed branch. Commits are all first-parent
// commits of the landing, oldest first; Commit is one that holds the bytes. Mode is
// "000000" for a deletion.
type Landed struct {
	At         string   `json:"at"`
	BaseBranch string   `json:"baseBranch"`
	By         Actor    `json:"by"`
	Commit     GitRef   `json:"commit"`
	Commits    []GitRef `json:"commits"`
	Method     string   `json:"method"`
	Mode       string   `json:"mode"`
	Path       string   `json:"path"`
	Pull       int      `json:"pull,omitempty"`
}

// DocumentVersion (document-version/v1) says that a version of a document landed as
// it was signed, or as it needed no signature. There is one for each document,
// configuration and key file of a landing that is no deviation. Its subject is the
// governed path with the bytes; for a deletion, those of the base.
type DocumentVersion struct {
	Repository facts.Repository `json:"repository"`
	Document   DocumentCopy     `json:"document"`
	Landed     Landed           `json:"landed"`
	Deleted    bool             `json:"deleted"`
	// Images are the images that the document shows, in link order; ImagesDigest is
	// over their lines. LAW 1.2.
	Images       []Image `json:"images"`
	ImagesDigest string  `json:"imagesDigest,omitempty"`
	// ContentDigest is that of content.txt in the record.
	ContentDigest string         `json:"contentDigest"`
	Requirements  []Requirement  `json:"requirements"`
	Commits       *CommitsCount  `json:"commits,omitempty"`
	Findings      []FindingCopy  `json:"findings"`
	Decision      DecisionRef    `json:"decision"`
	Supersedes    *Superseded    `json:"supersedes,omitempty"`
	Closes        []Ref          `json:"closes"` // deviation statements that this version mends
	Governs       *GovernedPaths `json:"governs,omitempty"`
}

func (DocumentVersion) predicate() string { return "document-version/v1" }

// DocumentCopy copies the front matter for readers; the bytes win. For configuration
// and keys ID is the path and Type "configuration" or "key".
type DocumentCopy struct {
	ID             string   `json:"id"`
	Type           string   `json:"type"`
	Title          string   `json:"title"`
	Version        string   `json:"version,omitempty"`
	Status         string   `json:"status,omitempty"`
	Change         string   `json:"change,omitempty"`
	ChangeSummary  string   `json:"changeSummary,omitempty"`
	Classification string   `json:"classification,omitempty"`
	Owner          string   `json:"owner,omitempty"`
	Effective      string   `json:"effective,omitempty"`
	NextReview     string   `json:"nextReview,omitempty"`
	Controls       []string `json:"controls,omitempty"`
}

// Image is one image that a document shows, a line of the content list.
type Image struct {
	Mode   string `json:"mode"`
	Path   string `json:"path"`
	SHA256 string `json:"sha256"`
}

// Requirement is one role of one rule. Outcome is signed, missing or not-needed;
// when signed, Signature names the statement.
type Requirement struct {
	Rule      string `json:"rule"`
	Role      string `json:"role"`
	Level     string `json:"level,omitempty"`
	Outcome   string `json:"outcome"`
	Person    string `json:"person,omitempty"`
	Signature *Ref   `json:"signature,omitempty"`
}

// CommitsCount sums up the commits statement of the landing.
type CommitsCount struct {
	Good      int `json:"good"`
	Vouched   int `json:"vouched"`
	Total     int `json:"total"`
	Statement Ref `json:"statement"`
}

// FindingCopy is a finding on the landed bytes, warnings included.
type FindingCopy struct {
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Line     int    `json:"line"`
	Text     string `json:"text"`
}

// DecisionRef names the decision. Outcome is "signed", "not-needed" (a draft needs
// good commits only) or "restored" (exactly the last signed bytes of configuration or
// key came back). Engine is the product and version that decided.
type DecisionRef struct {
	Engine   string `json:"engine"`
	Outcome  string `json:"outcome"`
	Facts    Ref    `json:"facts"`
	Decision Ref    `json:"decision"`
}

// Superseded is what the path, or the document that moved, held before. Statement
// is absent when it came before the ledger.
type Superseded struct {
	Version   string `json:"version,omitempty"`
	SHA256    string `json:"sha256"`
	Statement *Ref   `json:"statement,omitempty"`
}

// GovernedPaths says, in the statement of a configuration, what it governs: branches,
// and as plain paths the folders and files. A copy for tools that read no YAML.
type GovernedPaths struct {
	Branches []string `json:"branches"`
	Paths    []string `json:"paths"`
}

// Commits (commits/v1) gives the verdicts on the commits of a change that contribute
// to something governed. Subjects are the commits: gitCommit, and the SHA-256 of the
// raw object.
type Commits struct {
	Repository facts.Repository `json:"repository"`
	Base       string           `json:"base"`
	Head       string           `json:"head"`
	Pull       int              `json:"pull,omitempty"`
	Range      string           `json:"range"`
	Verdicts   []CommitVerdict  `json:"verdicts"`
}

func (Commits) predicate() string { return "commits/v1" }

// rangeText says which commits are judged, always the same. LAW 4.1.
const rangeText = "reachable from head, not from base"

// CommitVerdict is one judged commit. Person and PersonID are whose key signed;
// Author and Committer stand behind the addresses, and are absent when these are
// nobody's. Clock names the time that decided expiry.
type CommitVerdict struct {
	Commit      string   `json:"commit"`
	Verdict     string   `json:"verdict"`
	Counts      bool     `json:"counts"`
	Format      string   `json:"format,omitempty"`
	Fingerprint string   `json:"fingerprint,omitempty"`
	Person      string   `json:"person,omitempty"`
	PersonID    int64    `json:"personId,omitempty"`
	Author      *Actor   `json:"author,omitempty"`
	Committer   *Actor   `json:"committer,omitempty"`
	Key         *FileAt  `json:"key,omitempty"`
	SeenAt      string   `json:"seenAt,omitempty"`
	Clock       string   `json:"clock,omitempty"`
	Text        string   `json:"text"`
	Paths       []string `json:"paths"`
}

// Deviation (deviation/v1) says that something landed other than signed. Its subject
// is the file as it landed; for a deletion, with the digest that it had. A later
// document version closes it.
type Deviation struct {
	Repository facts.Repository `json:"repository"`
	How        string           `json:"how"`
	Document   DeviatedDocument `json:"document"`
	Landed     Landed           `json:"landed"`
	Deleted    bool             `json:"deleted"`
	// NotStored: the file is over the limit, so that the record does not hold it.
	NotStored bool `json:"notStored"`
	// Signed is what should be there, absent when nothing ever was signed.
	Signed     *Superseded   `json:"signed,omitempty"`
	Missing    []MissingRole `json:"missing"`
	Actor      Actor         `json:"actor"`
	DetectedAt string        `json:"detectedAt"`
	Issue      int           `json:"issue,omitempty"`
	Text       string        `json:"text"`
	Facts      Ref           `json:"facts"`
	Decision   Ref           `json:"decision"`
}

func (Deviation) predicate() string { return "deviation/v1" }

// DeviatedDocument names what deviates; for what is no document ID is the path.
type DeviatedDocument struct {
	ID      string `json:"id"`
	Version string `json:"version,omitempty"`
}

// MissingRole is a role that had not signed.
type MissingRole struct {
	Role string `json:"role"`
}

// Founding (founding/v1) stands in entry 1: who founded, under which configuration
// and bot key, and what was there already.
type Founding struct {
	Repository    facts.Repository `json:"repository"`
	MergeCommit   GitRef           `json:"mergeCommit"`
	Pull          int              `json:"pull"`
	At            string           `json:"at"`
	Configuration FileAt           `json:"configuration"`
	// Keys are the fingerprints in the founding's key files, by path.
	Keys     []KeyFile         `json:"keys"`
	BotKey   BotKey            `json:"botKey"`
	Founders []Founder         `json:"founders"`
	Adopted  []AdoptedDocument `json:"adopted"`
}

func (Founding) predicate() string { return "founding/v1" }

// KeyFile is a key file of the founding with the fingerprints in it, as gpg or
// ssh-keygen print them.
type KeyFile struct {
	Path         string   `json:"path"`
	SHA256       string   `json:"sha256"`
	Fingerprints []string `json:"fingerprints"`
}

// BotKey is the evidence key by its fingerprints.
type BotKey struct {
	Primary string   `json:"primary"`
	Signing []string `json:"signing"`
}

// Founder is a person whose signature the founding counts.
type Founder struct {
	ID        int64  `json:"id"`
	Login     string `json:"login"`
	Name      string `json:"name"`
	Person    string `json:"person"` // slug of the roster
	Signature Ref    `json:"signature"`
}

// AdoptedDocument was there before the founding and is not signed.
type AdoptedDocument struct {
	ID        string `json:"id"`
	Version   string `json:"version,omitempty"`
	Mode      string `json:"mode"`
	Path      string `json:"path"`
	SHA256    string `json:"sha256"`
	NotStored bool   `json:"notStored"`
}

// KeyChange (key/v1) says which keys sign evidence from now on. Action is genesis,
// rotate, revoke or recover. Its subject is keys/vidimus.asc as of then, which the
// record holds.
type KeyChange struct {
	Repository facts.Repository `json:"repository"`
	Action     string           `json:"action"`
	// Log is the origin of the ledger, fixed at the genesis.
	Log       string   `json:"log"`
	Primary   string   `json:"primary"`
	Signing   []string `json:"signing"`
	Retires   []string `json:"retires,omitempty"`
	LastEntry int      `json:"lastEntry,omitempty"` // revoke: last entry that still counts
	ValidFrom string   `json:"validFrom"`
	Reason    string   `json:"reason,omitempty"`
	// Configuration is the signed change that approved it.
	Configuration FileAt `json:"configuration"`
	// NoteKey is the Ed25519 note key of checkpoints, where there is one.
	NoteKey string `json:"noteKey,omitempty"`
}

func (KeyChange) predicate() string { return "key/v1" }

// Verdict (verdict/v1) is the number under which a verdict stands in the check run,
// so that a lower one is never posted over it. Its subject is the head. LAW 7.2.
type Verdict struct {
	Repository facts.Repository `json:"repository"`
	Pulls      []int            `json:"pulls"`
	Head       string           `json:"head"`
	Number     int64            `json:"number"`
	Conclusion string           `json:"conclusion"`
	Facts      Ref              `json:"facts"`
	Decision   Ref              `json:"decision"`
}

func (Verdict) predicate() string { return "verdict/v1" }
