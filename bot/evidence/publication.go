package evidence

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// Publication is one landing with everything that its record holds.
type Publication struct {
	// Snapshot is the state after the landing, with Facts.Landing set; Decision is
	// what decision.Evaluate makes of it.
	Snapshot facts.Snapshot
	Decision decision.Decision
	// Witnesses are the statements of Facts.Witnesses, in their order, as signed.
	Witnesses []Signed
	// Commits are the raw objects, without header, of Facts.Landing.Commits by id.
	Commits map[string][]byte
	// Render makes the page of a landed document, HTML; nil makes none.
	Render func(path string, raw []byte) ([]byte, error)
	// ContentLists are lists that a witness names and that the facts no longer give,
	// by digest; nil where there are none.
	ContentLists map[string][]byte
	// Issues are the numbers of the issues of deviations, by governed path.
	Issues map[string]int
	// Engine is product and version, as in "vidimus 0.1.0".
	Engine string
	// Log is the origin of the ledger; only the founding needs it.
	Log string
	// At is the bot's clock: the time of the signatures.
	At time.Time
	// Late: the deviations were found after the landing had been published.
	Late bool
}

// ErrNotSigned is returned for a founding that was not signed: it founds nothing, and
// there is no ledger that could hold it.
var ErrNotSigned = errors.New("a founding that is not signed founds nothing")

// Key is the idempotency key under which the publication's entry stands: what
// Ledger.Find finds under it is done, and Record need not be called.
func (p Publication) Key(k *Key) string {
	b := &builder{p: &p, k: k, f: &p.Snapshot.Facts, d: &p.Decision}
	return b.key()
}

// Record makes the record of a landing: statements about each governed file that
// landed, about the commits and the signatures, with the bytes they rest on. The
// same publication on the same ledger gives the same bytes. Facts that name bytes
// which neither the snapshot nor an earlier record holds are an error, since the
// decision could not be replayed then; files over facts.MaxBlobBytes are excepted. A
// record without statements about documents is right for commits that cancel each
// other out: it still says that they landed.
func (p Publication) Record(l *Ledger, k *Key) (Record, error) {
	b := &builder{
		p: &p, l: l, k: k, f: &p.Snapshot.Facts, d: &p.Decision, files: map[string][]byte{},
		signatures: map[int64]Ref{}, lists: map[string]bool{},
	}
	for _, step := range []func() error{
		b.checkInput, b.readConfiguration, b.compare, b.addDecision, b.addLists, b.addCommits, b.addWitnesses,
		b.addSignatures, b.addDeviations, b.addVersions, b.addFounding, b.addProjections, b.addContentLists, b.addBlobs, b.sign,
	} {
		if err := step(); err != nil {
			return Record{}, fmt.Errorf("record of %s: %w", b.key(), err)
		}
	}
	return Record{Kind: b.kind(), Key: b.key(), Files: b.files}, nil
}

// builder makes one record, step by step; each step adds files.
type builder struct {
	p *Publication
	l *Ledger
	k *Key
	f *facts.Facts
	d *decision.Decision

	config     repoconfig.Config // the governing one
	roster     FileAt
	signedKeys map[string]string // digest by path, of the keys that govern

	base, landed state
	documents    []landedFile // governed files that landed, deviations too, by path
	names        map[string]string

	files      map[string][]byte
	commits    *CommitsCount
	signatures map[int64]Ref // statement by review
	lists      map[string]bool
	content    string
}

func (b *builder) founding() bool { return b.d.Founding }

func (b *builder) kind() Kind {
	switch {
	case b.founding():
		return KindKey
	case b.p.Late:
		return KindDeviation
	default:
		return KindPublication
	}
}

func (b *builder) key() string {
	tip := ""
	if b.f.Landing != nil && len(b.f.Landing.Commits) > 0 {
		tip = b.f.Landing.Commits[len(b.f.Landing.Commits)-1]
	}
	switch b.kind() {
	case KindKey:
		return KeyOfGenesis(b.k.Primary())
	case KindDeviation:
		return KeyOfDeviation(tip)
	default:
		return KeyOfPublication(b.d.Pull, tip)
	}
}

// pullName is the pull request's number, or "direct".
func (b *builder) pullName() string {
	if b.d.Pull == 0 {
		return "direct"
	}
	return strconv.Itoa(b.d.Pull)
}

// tip is the landing's last commit.
func (b *builder) tip() string { return b.f.Landing.Commits[len(b.f.Landing.Commits)-1] }

// checkInput refuses what is no landing, or whose parts do not belong together.
func (b *builder) checkInput() error {
	encoded, err := facts.Canonical(b.f)
	if err != nil {
		return fmt.Errorf("encode facts: %w", err)
	}
	switch {
	case b.f.Landing == nil || len(b.f.Landing.Commits) == 0:
		return errors.New("the facts tell of no landing")
	case b.d.Facts != facts.Digest(encoded):
		return errors.New("the decision is about other facts")
	case b.d.State == decision.StateNotGoverned:
		return errors.New("the repository or branch is not governed")
	case b.d.Content == "":
		return fmt.Errorf("the landing could not be judged: %s", firstProblem(b.d))
	case b.founding() && (b.d.State != decision.StateSigned || len(b.d.Deviations) > 0):
		return ErrNotSigned
	case b.founding() && len(b.l.entries) > 0:
		return errors.New("the repository was founded already")
	case !b.founding() && len(b.l.entries) == 0:
		return errors.New("the ledger is empty: its first entry is the founding")
	case b.p.Engine == "":
		return errors.New("the engine has no name")
	}
	return nil
}

func firstProblem(d *decision.Decision) string {
	if len(d.Problems) == 0 {
		return "there is no content list"
	}
	return d.Problems[0].Text
}

// readConfiguration finds the configuration that governed the landing, and where it
// stands: on the base, or, when the base held another one, where it was signed last.
func (b *builder) readConfiguration() error {
	signed := b.f.Governance.Signed
	commit := b.f.Base
	if b.founding() {
		signed, commit = b.treeEntries(b.f.Head), b.f.Head
	}
	b.signedKeys = map[string]string{}
	for _, e := range signed {
		if document.Classify(".", e.Path) == document.Key {
			b.signedKeys[e.Path] = e.SHA256
		}
		if e.Path == repoconfig.Path {
			b.roster = FileAt{commit, e.Path, e.SHA256}
		}
	}
	config, findings := repoconfig.Read(b.p.Snapshot.Blobs[b.roster.SHA256])
	if b.roster.SHA256 == "" || len(findings) > 0 {
		return errors.New("the signed configuration cannot be read")
	}
	b.config = config
	return b.findRoster()
}

// findRoster corrects the roster's commit when the base does not hold the signed one.
func (b *builder) findRoster() error {
	for _, e := range b.treeEntries(b.roster.Commit) {
		if e.Path == repoconfig.Path && e.SHA256 == b.roster.SHA256 {
			return nil
		}
	}
	said, err := b.l.Stated(repoconfig.Path)
	if err != nil {
		return err
	}
	for _, s := range said {
		if s.Version != nil && s.Subject.Digest.SHA256 == b.roster.SHA256 {
			b.roster.Commit = s.Version.Landed.Commit.Digest.GitCommit
			return nil
		}
	}
	return errors.New("no record says where the signed configuration stands")
}

func (b *builder) treeEntries(commit string) []facts.Entry {
	i := slices.IndexFunc(b.f.Commits, func(c facts.Commit) bool { return c.ID == commit })
	if i < 0 {
		return nil
	}
	for _, t := range b.f.Trees {
		if t.Digest == b.f.Commits[i].Tree {
			return t.Entries
		}
	}
	return nil
}

// addStatement adds a statement under its name and gives its digest.
func (b *builder) addStatement(name string, s Statement) (Ref, error) {
	raw, err := s.Encode()
	if err != nil {
		return Ref{}, fmt.Errorf("%s: %w", name, err)
	}
	if _, taken := b.files[name]; taken {
		return Ref{}, fmt.Errorf("%s: made twice", name)
	}
	b.files[name] = raw
	return Ref{facts.Digest(raw)}, nil
}

// addDecision adds facts and decision, each in its one encoding.
func (b *builder) addDecision() error {
	encodedFacts, err := facts.Canonical(b.f)
	if err != nil {
		return fmt.Errorf("encode facts: %w", err)
	}
	encodedDecision, err := facts.Canonical(b.d)
	if err != nil {
		return fmt.Errorf("encode decision: %w", err)
	}
	b.files[factsName], b.files[decisionName] = encodedFacts, encodedDecision
	return nil
}

func (b *builder) factsRef() Ref    { return Ref{facts.Digest(b.files[factsName])} }
func (b *builder) decisionRef() Ref { return Ref{facts.Digest(b.files[decisionName])} }

// sign adds the signatures of the statements that have none yet.
func (b *builder) sign() error {
	for _, name := range statementsWithoutSignature(b.files) {
		sig, err := b.k.Sign(b.files[name], b.p.At)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		b.files[name+".asc"] = sig
	}
	return nil
}
