package evidence

import (
	"fmt"
	"slices"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// addSignatures makes one statement for each review that is, or once was, a signature.
func (b *builder) addSignatures() error {
	for _, r := range b.f.Reviews {
		var items []decision.Signature
		for _, s := range b.d.Signatures {
			if s.Review == r.ID {
				items = append(items, s)
			}
		}
		s := b.signature(r, items)
		if len(s.Subject) == 0 {
			continue // it named no bytes, so it never was a signature; decision.json tells why
		}
		ref, err := b.addStatement(fmt.Sprintf("statements/signature-%d.json", r.ID), s)
		if err != nil {
			return err
		}
		b.signatures[r.ID] = ref
	}
	return nil
}

func (b *builder) signature(r facts.Review, items []decision.Signature) Statement {
	account := b.actor(r.User)
	p := Signature{
		Repository: b.f.Repository,
		Signatory:  Signatory{ID: account.ID, Login: account.Login, Name: account.Name, Person: account.Person, Roster: b.roster},
		Act: Act{
			Kind: "review", ID: r.ID, Pull: b.d.Pull, State: r.State, SubmittedAt: r.SubmittedAt,
			BodySHA256: facts.Digest([]byte(r.Body)), URL: r.URL,
		},
	}
	var subjects []Subject
	for _, s := range items {
		if s.SHA256 == "" {
			continue
		}
		p.Binding = b.binding(s)
		p.Statements = append(p.Statements, b.signedDocument(r, s))
		subjects = addSubject(subjects, b.subject(s.Path, s.SHA256))
	}
	return Statement{Subject: subjects, Predicate: p}
}

// binding is what bound a review; all its items have the same.
func (b *builder) binding(s decision.Signature) Binding {
	found := Binding{Source: s.Witness, ContentDigest: s.ContentDigest}
	if s.ContentDigest != "" {
		b.lists[s.ContentDigest] = true
	}
	if s.Commit != "" {
		ref := gitRef(s.Commit)
		found.Commit = &ref
	}
	if s.WitnessSHA256 == "" {
		return found
	}
	found.Witness = &Ref{s.WitnessSHA256}
	for _, w := range b.f.Witnesses {
		for _, o := range w.Observations {
			if w.SHA256 == s.WitnessSHA256 && o.Act == facts.ActReview && o.ID == s.Review && o.Commit == s.Commit {
				found.FirstSeenAt = o.Seen.At
			}
		}
	}
	return found
}

func (b *builder) signedDocument(r facts.Review, s decision.Signature) SignedDocument {
	d := SignedDocument{
		Document: s.Document, Path: s.Path, SHA256: s.SHA256, Role: s.Role, RoleTitle: b.roleTitle(s.Role),
		Level: b.level(s.Path), Line: s.Line, Counts: s.Counts, Reason: s.Code, Why: s.Reason, EndedBy: endedBy(r, s),
	}
	if s.Role != "" {
		d.Capacity = "holder"
	}
	if s.Role == approval.RoleSelf {
		d.Capacity = approval.RoleSelf
	}
	d.Template, d.Text = b.sentence(s)
	return d
}

func endedBy(r facts.Review, s decision.Signature) string {
	switch {
	case s.Code == approval.CodeBytesMoved:
		return "push"
	case s.Code == approval.CodeEdited && r.State == "DISMISSED":
		return "dismissal"
	case s.Code == approval.CodeEdited:
		return "edit"
	default:
		return ""
	}
}

func (b *builder) level(path string) string {
	for _, d := range b.d.Documents {
		if d.Path == path && d.Level != "" {
			return d.Level
		}
	}
	return approval.LevelUnset.String()
}

func (b *builder) roleTitle(role string) string {
	if role == approval.RoleSelf {
		return "owner of the key"
	}
	r, _ := b.config.Role(role)
	return r.Title
}

// sentence is what the signature says in full; empty where a part of it is not known:
// an account that is nobody's, or bytes that were not read.
func (b *builder) sentence(s decision.Signature) (template, text string) {
	person, known := b.config.Person(s.Person)
	if !known {
		return "", ""
	}
	v := approval.SentenceValues{
		Name: person.Name, Role: b.roleTitle(s.Role), Organisation: b.config.Organisation,
		Path: s.Path, SHA256: s.SHA256,
	}
	kind := b.describe(s, &v)
	wording := approval.TemplateFor(kind, s.Role)
	line, ok := approval.ParseLine(s.Line)
	if ok && line.Deleted && line.ID != "" {
		wording = approval.TemplateDelete
	}
	v.Images = line.Images
	text, err := approval.Sentence(wording, v)
	if err != nil {
		return "", ""
	}
	return string(wording), text
}

// describe fills in what the signed bytes say of themselves and gives their type.
func (b *builder) describe(s decision.Signature, v *approval.SentenceValues) string {
	switch document.Classify(b.config.Root, s.Path) {
	case document.Configuration:
		return "configuration"
	case document.Key:
		return "key"
	}
	raw, ok := b.p.Snapshot.Blobs[s.SHA256]
	if !ok {
		return ""
	}
	d := document.Parse(s.Path, raw)
	v.Title, v.ID, v.Version, v.Effective, v.Expires = d.Title, d.ID, d.Version, d.Effective.String(), d.Text("expires")
	return d.Type
}

// addWitnesses files the witness statements of the facts as they were signed, and
// notes the lists that they name.
func (b *builder) addWitnesses() error {
	if len(b.p.Witnesses) != len(b.f.Witnesses) {
		return fmt.Errorf("%d witness statements are given, and the facts rest on %d", len(b.p.Witnesses), len(b.f.Witnesses))
	}
	b.lists[b.d.Content] = true
	for i, signed := range b.p.Witnesses {
		want := b.f.Witnesses[i]
		if facts.Digest(signed.Statement) != want.SHA256 {
			return fmt.Errorf("witness statement %d is not the one that the facts name", i+1)
		}
		s, err := ReadStatement(signed.Statement)
		if err != nil {
			return fmt.Errorf("witness statement %d: %w", i+1, err)
		}
		w, ok := s.Predicate.(Witness)
		if !ok || !slices.Equal(w.Facts(), want.Observations) {
			return fmt.Errorf("witness statement %d does not say what the facts say of it", i+1)
		}
		if _, err := b.k.Public().Verify(signed.Statement, signed.Signature); err != nil {
			return fmt.Errorf("witness statement %d: %w", i+1, err)
		}
		b.fileWitness(i+1, signed, w)
	}
	return nil
}

func (b *builder) fileWitness(n int, signed Signed, w Witness) {
	name := fmt.Sprintf("statements/witness-%s-%d.json", b.pullName(), n)
	b.files[name], b.files[name+".asc"] = signed.Statement, signed.Signature
	for _, o := range w.Observations {
		if o.ContentDigest != "" {
			b.lists[o.ContentDigest] = true
		}
	}
}
