package evidence

import (
	"fmt"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// addDeviations states every governed file that landed other than signed.
func (b *builder) addDeviations() error {
	for _, f := range b.documents {
		if f.deviation == nil {
			continue
		}
		d, err := b.deviates(f, *f.deviation)
		if err != nil {
			return fmt.Errorf("%s: %w", f.path, err)
		}
		name := statementName("deviation", b.names[f.path])
		if _, err := b.addStatement(name, Statement{Subject: []Subject{b.subject(f.path, f.entry().SHA256)}, Predicate: d}); err != nil {
			return err
		}
		if err := b.addBytes(f); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) deviates(f landedFile, v decision.Deviation) (Deviation, error) {
	d := Deviation{
		Repository: b.f.Repository, How: string(v.How), Document: DeviatedDocument{ID: v.ID}, Landed: b.landing(f, v.Commit),
		Deleted: f.deleted(), NotStored: !f.deleted() && b.notStored(f.after), Missing: []MissingRole{}, Actor: b.actor(b.f.Landing.By),
		DetectedAt: timeText(b.p.At), Issue: b.p.Issues[f.path], Text: v.Text, Facts: b.factsRef(), Decision: b.decisionRef(),
	}
	if parsed := b.parsed(f.path); parsed != nil {
		d.Document.Version = parsed.Version
	}
	for _, role := range v.Missing {
		d.Missing = append(d.Missing, MissingRole{role})
	}
	signed, err := b.shouldBe(f.path, v)
	d.Signed = signed
	return d, err
}

// notStored says whether the bytes of a file are not kept, because they are over the
// limit of what is read.
func (b *builder) notStored(e facts.Entry) bool {
	_, ok := b.p.Snapshot.Blobs[e.SHA256]
	return !ok
}

// shouldBe is what ought to stand at path: the bytes that the pull request signed,
// else those of the last signed version.
func (b *builder) shouldBe(path string, v decision.Deviation) (*Superseded, error) {
	if v.SignedSHA256 != "" {
		return &Superseded{SHA256: v.SignedSHA256}, nil
	}
	said, err := b.l.Stated(path)
	if err != nil {
		return nil, err
	}
	for _, s := range said {
		if s.Version == nil {
			continue
		}
		if s.Version.Deleted {
			return nil, nil
		}
		return &Superseded{Version: s.Version.Document.Version, SHA256: s.Subject.Digest.SHA256, Statement: &Ref{s.SHA256}}, nil
	}
	return nil, nil
}
