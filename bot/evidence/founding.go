package evidence

import (
	"slices"
	"sort"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
)

// addFounding adds what entry 1 holds besides: the founding, the genesis of the
// evidence key, and the bytes of what was there before. LAW 8.2.
func (b *builder) addFounding() error {
	if !b.founding() {
		return nil
	}
	public := b.k.PublicArmour()
	b.files[botKeyName] = public
	configuration := FileAt{b.tip(), b.roster.Path, b.roster.SHA256}
	genesis := KeyChange{
		Repository: b.f.Repository, Action: "genesis", Log: b.p.Log, Primary: b.k.Primary(),
		Signing: []string{b.k.Signing()}, ValidFrom: timeText(b.p.At), Configuration: configuration,
	}
	subject := []Subject{{botKeyName, Digests{SHA256: facts.Digest(public), GitBlob: gitName("blob", public, len(b.f.Head))}}}
	if _, err := b.addStatement("statements/key-genesis.json", Statement{Subject: subject, Predicate: genesis}); err != nil {
		return err
	}
	founding := Founding{
		Repository: b.f.Repository, MergeCommit: gitRef(b.tip()), Pull: b.d.Pull, At: b.f.Landing.At, Configuration: configuration,
		Keys: b.keyFiles(), BotKey: BotKey{b.k.Primary(), []string{b.k.Signing()}}, Founders: b.founders(), Adopted: b.adopt(),
	}
	subject = []Subject{b.subject(b.roster.Path, b.roster.SHA256)}
	_, err := b.addStatement("statements/founding.json", Statement{Subject: subject, Predicate: founding})
	return err
}

func (b *builder) keyFiles() []KeyFile {
	found := []KeyFile{}
	for _, f := range b.documents {
		if f.kind != document.Key || f.deleted() {
			continue
		}
		k := KeyFile{Path: f.path, SHA256: f.after.SHA256, Fingerprints: []string{}}
		for _, key := range keyring.Read(keyring.File{Path: f.path, Bytes: b.p.Snapshot.Blobs[f.after.SHA256]}) {
			if !slices.Contains(k.Fingerprints, key.Fingerprint) {
				k.Fingerprints = append(k.Fingerprints, key.Fingerprint)
			}
		}
		found = append(found, k)
	}
	return found
}

// founders are the persons whose signatures on the configuration count.
func (b *builder) founders() []Founder {
	found := []Founder{}
	counts := func(s decision.Signature) bool { return s.Counts && s.Path == b.roster.Path }
	for _, s := range b.d.Signatures {
		p, ok := b.config.Person(s.Person)
		known := slices.ContainsFunc(found, func(f Founder) bool { return f.Person == s.Person })
		if !counts(s) || !ok || known {
			continue
		}
		found = append(found, Founder{ID: p.GitHub, Login: s.Login, Name: p.Name, Person: p.Slug, Signature: b.signatures[s.Review]})
	}
	return found
}

// adopt files the documents and images that were there before the founding.
func (b *builder) adopt() []AdoptedDocument {
	found := []AdoptedDocument{}
	for path, e := range b.landed.entries {
		raw, stored := b.p.Snapshot.Blobs[e.SHA256]
		switch document.Classify(b.config.Root, path) {
		case document.Markdown:
			a := AdoptedDocument{ID: path, Mode: e.Mode, Path: path, SHA256: e.SHA256, NotStored: !stored}
			if d := b.landed.document(path); d != nil && d.ID != "" {
				a.ID, a.Version = d.ID, d.Version
			}
			if stored {
				b.files[sourceName(b.names[path], path)] = raw
			}
			found = append(found, a)
		case document.Image:
			if stored {
				b.files[assetName(e.SHA256, raw)] = raw
			}
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Path < found[j].Path })
	return found
}
