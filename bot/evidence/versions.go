package evidence

import (
	"crypto/sha1" //nolint:gosec // Git's own name of a blob, a locator only
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"path"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// The outcomes of a document version; see DecisionRef.
const (
	OutcomeSigned    = "signed"
	OutcomeNotNeeded = "not-needed"
	OutcomeRestored  = "restored"
)

// addVersions states every governed file that landed as it was signed.
func (b *builder) addVersions() error {
	for _, f := range b.documents {
		if f.deviation != nil {
			continue
		}
		v, err := b.version(f)
		if err != nil {
			return fmt.Errorf("%s: %w", f.path, err)
		}
		name := statementName("document", b.names[f.path])
		if _, err := b.addStatement(name, Statement{Subject: []Subject{b.subject(f.path, f.entry().SHA256)}, Predicate: v}); err != nil {
			return err
		}
		if err := b.addBytes(f); err != nil {
			return err
		}
	}
	return nil
}

// addBytes files the bytes of what landed, the images that it shows and its page.
func (b *builder) addBytes(f landedFile) error {
	name := b.names[f.path]
	raw, ok := b.p.Snapshot.Blobs[f.after.SHA256]
	switch {
	case f.deleted() || !ok:
	case f.kind == document.Image:
		b.files[assetName(f.after.SHA256, raw)] = raw
	case stands(f.kind):
		b.files[sourceName(name, f.path)] = raw
	default:
		b.files["sources/"+name+".bin"] = raw
	}
	for _, image := range f.images {
		if raw, ok := b.p.Snapshot.Blobs[image.SHA256]; ok {
			b.files[assetName(image.SHA256, raw)] = raw
		}
	}
	if b.p.Render == nil || f.kind != document.Markdown || f.deleted() || !ok {
		return nil
	}
	page, err := b.p.Render(f.path, raw)
	if err != nil {
		return fmt.Errorf("render %s: %w", f.path, err)
	}
	b.files["rendered/"+name+".html"] = page
	return nil
}

func (b *builder) version(f landedFile) (DocumentVersion, error) {
	d := b.decided(f)
	v := DocumentVersion{
		Repository: b.f.Repository, Document: b.copyOf(f), Landed: b.landing(f, b.tip()), Deleted: f.deleted(),
		Images: []Image{}, ImagesDigest: document.ImagesDigest(f.images), ContentDigest: b.content,
		Requirements: []Requirement{}, Commits: b.commits, Findings: b.findings(f.path), Closes: []Ref{},
		Decision: DecisionRef{Engine: b.p.Engine, Outcome: OutcomeRestored, Facts: b.factsRef(), Decision: b.decisionRef()},
	}
	for _, image := range f.images {
		v.Images = append(v.Images, Image{image.Mode, image.Path, image.SHA256})
	}
	if d != nil {
		v.Decision.Outcome = OutcomeNotNeeded
		if d.Level != "" {
			v.Decision.Outcome = OutcomeSigned
		}
		v.Requirements = b.requirements(*d)
	}
	if err := b.past(f, &v); err != nil {
		return DocumentVersion{}, err
	}
	if f.kind == document.Configuration && !f.deleted() {
		v.Governs = governs(b.p.Snapshot.Blobs[f.after.SHA256])
	}
	return v, nil
}

// decided is what the decision says of a file that landed signed; nil when the pull
// request did not touch it, and the last signed bytes came back.
func (b *builder) decided(f landedFile) *decision.Document {
	for i := range b.d.Documents {
		d := &b.d.Documents[i]
		if d.Path == f.path && d.Signed && d.Mode == f.mode() && (f.deleted() || d.SHA256 == f.after.SHA256) {
			return d
		}
	}
	return nil
}

func (b *builder) requirements(d decision.Document) []Requirement {
	found := make([]Requirement, len(d.Requirements))
	for i, r := range d.Requirements {
		found[i] = Requirement{Rule: r.Rule, Role: r.Role, Level: d.Level, Outcome: r.Outcome, Person: r.Person}
		if ref, ok := b.signatures[r.Review]; ok && r.Review != 0 {
			found[i].Signature = &ref
		}
	}
	return found
}

func (b *builder) findings(p string) []FindingCopy {
	found := []FindingCopy{}
	for _, f := range b.d.Findings {
		if f.Path == p {
			found = append(found, FindingCopy{f.Rule, string(f.Severity), f.Line, f.Message})
		}
	}
	return found
}

// past fills in what the version supersedes, and which deviations it mends.
func (b *builder) past(f landedFile, v *DocumentVersion) error {
	from, old := f.path, f.before
	if old.Mode == "" {
		from, old = b.movedFrom(f)
	}
	if old.Mode == "" || f.deleted() {
		return b.closed(f.path, v)
	}
	v.Supersedes = &Superseded{SHA256: old.SHA256}
	if d := b.base.document(from); d != nil {
		v.Supersedes.Version = d.Version
	}
	last, ok, err := b.l.Last(from)
	if err != nil {
		return err
	}
	if ok && last.Subject.Digest.SHA256 == old.SHA256 {
		v.Supersedes.Statement = &Ref{last.SHA256}
	}
	return b.closed(f.path, v)
}

// movedFrom finds the file that this one was before it was moved: one with its id
// that the landing deletes.
func (b *builder) movedFrom(f landedFile) (string, facts.Entry) {
	id := b.idOf(f.path)
	for _, other := range b.documents {
		if id != "" && other.deleted() && other.path != f.path && b.idOf(other.path) == id {
			return other.path, other.before
		}
	}
	return "", facts.Entry{}
}

// closed lists the deviations of the path since its last signed version.
func (b *builder) closed(p string, v *DocumentVersion) error {
	if _, ok, err := b.l.Last(p); err != nil || !ok {
		return err
	}
	said, err := b.l.Stated(p)
	if err != nil {
		return err
	}
	for _, s := range said {
		if s.Version != nil {
			break
		}
		v.Closes = append(v.Closes, Ref{s.SHA256})
	}
	return nil
}

// copyOf copies a document's front matter.
func (b *builder) copyOf(f landedFile) DocumentCopy {
	switch f.kind {
	case document.Configuration:
		return DocumentCopy{ID: f.path, Type: "configuration", Title: "Configuration of Vidimus"}
	case document.Key:
		return DocumentCopy{ID: f.path, Type: "key", Title: "Public key " + f.path}
	}
	d := b.parsed(f.path)
	if d == nil {
		return DocumentCopy{ID: f.path, Title: f.path}
	}
	return DocumentCopy{
		ID: d.ID, Type: d.Type, Title: d.Title, Version: d.Version, Status: d.Status, Change: d.Change,
		ChangeSummary: d.ChangeSummary, Classification: d.Classification, Owner: d.Owner,
		Effective: d.Effective.String(), NextReview: d.NextReview.String(), Controls: d.Texts("controls"),
	}
}

func (b *builder) landing(f landedFile, commit string) Landed {
	l := b.f.Landing
	return Landed{
		At: l.At, BaseBranch: l.Branch, By: b.actor(l.By), Commit: gitRef(commit), Commits: gitRefs(l.Commits),
		Method: l.Method, Mode: f.mode(), Path: f.path, Pull: b.d.Pull,
	}
}

// actor is an account with the name that the roster gives it.
func (b *builder) actor(a facts.Account) Actor {
	found := Actor{ID: a.ID, Login: a.Login}
	if p, ok := b.config.PersonByID(a.ID); ok {
		found.Name, found.Person = p.Name, p.Slug
	}
	return found
}

// subject names a governed file with its bytes, and, where they are there, with Git's
// name of them.
func (b *builder) subject(p, digest string) Subject {
	s := Subject{Name: p, Digest: Digests{SHA256: digest}}
	if raw, ok := b.p.Snapshot.Blobs[digest]; ok {
		s.Digest.GitBlob = gitName("blob", raw, len(b.f.Head))
	}
	return s
}

// gitName is Git's name of an object, in as many hex digits as the repository's
// object ids have. Source: gitformat-pack(5); hash-function-transition.
func gitName(kind string, raw []byte, digits int) string {
	var h hash.Hash = sha1.New() //nolint:gosec // as above
	if digits == hex.EncodedLen(sha256.Size) {
		h = sha256.New()
	}
	fmt.Fprintf(h, "%s %d\x00", kind, len(raw))
	h.Write(raw)
	return hex.EncodeToString(h.Sum(nil))
}

// governs is what a configuration governs; nil when it cannot be read.
func governs(raw []byte) *GovernedPaths {
	config, findings := repoconfig.Read(raw)
	if len(findings) > 0 {
		return nil
	}
	g := &GovernedPaths{Branches: config.Branches, Paths: []string{document.ConfigurationPath, document.KeysFolder}}
	for _, folder := range (document.Layout{Root: config.Root}).Folders() {
		g.Paths = append(g.Paths, path.Join(config.Root, folder))
	}
	return g
}
