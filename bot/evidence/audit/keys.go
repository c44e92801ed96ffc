package audit

import (
	"slices"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// checkKeys reads the key statements: the genesis in entry 1, and what later ones
// retire or revoke. What counts is the position in the ledger, never the time that a
// signature claims. evidence-format.md 4.
func (a *auditor) checkKeys() {
	const what = "ledger"
	if len(a.records) == 0 || a.records[0].Number != 1 {
		return // reported with its record
	}
	for _, r := range a.records {
		for _, name := range r.names("key-") {
			k, ok := r.statements[name].Predicate.(evidence.KeyChange)
			if !ok {
				a.bad("statements", r.folder+"/"+name, "is no statement about the evidence key")
				continue
			}
			a.checkKeyChange(r, name, k)
		}
	}
	for _, name := range []string{"statements/key-genesis.json", "statements/founding.json"} {
		if _, ok := a.records[0].statements[name]; !ok {
			a.bad(what, a.records[0].folder, "the first record has no "+name)
		}
	}
}

func (a *auditor) checkKeyChange(r *record, name string, k evidence.KeyChange) {
	const what = "ledger"
	s := r.statements[name]
	at := r.folder + "/" + name
	if k.Primary != a.report.Primary {
		a.bad(what, at, "is about another evidence key: "+k.Primary)
	}
	if r.Kind != evidence.KindKey || len(s.Subject) != 1 || r.digest["keys/vidimus.asc"] != s.Subject[0].Digest.SHA256 {
		a.bad(what, at, "the record does not hold the key that it is about")
	}
	if k.Log != r.Log {
		a.bad(what, at, "is about the ledger "+k.Log)
	}
	for _, e := range a.entries {
		switch signer := e.signer.Signing; {
		case slices.Contains(k.Retires, signer) && e.Number > r.Number:
			a.bad(what, evidence.EntryPath(e.Number), "is signed by "+signer+", which entry "+digits(r.Number)+" had retired")
		case k.Action == "revoke" && slices.Contains(k.Signing, signer) && e.Number > k.LastEntry:
			a.bad(what, evidence.EntryPath(e.Number), "is signed by "+signer+", whose signatures count up to entry "+digits(k.LastEntry))
		}
	}
	if k.Action == "genesis" && (r.Number != 1 || !slices.Contains(k.Signing, r.signer.Signing)) {
		a.bad(what, at, "is not the beginning that entry 1 has to be")
	}
}

// checkFounding holds the founding statement against the facts and the decision.
func (l *landing) checkFounding(name string, f evidence.Founding) {
	config, there := l.tip[document.ConfigurationPath]
	switch {
	case !l.d.Founding:
		l.bad("statements", name, "the landing is no founding")
	case f.MergeCommit.Digest.GitCommit != l.tipCommit() || f.Pull != l.d.Pull || f.At != l.f.Landing.At || f.Repository != l.f.Repository:
		l.bad("statements", name, "tells of another landing than the facts")
	case !there || f.Configuration.SHA256 != config.SHA256 || f.Configuration.Path != config.Path:
		l.bad("statements", name, "names another configuration than the one that landed")
	case f.BotKey.Primary != l.a.report.Primary || !slices.Contains(f.BotKey.Signing, l.r.signer.Signing):
		l.bad("statements", name, "names another evidence key than the one that signed")
	}
	l.checkFounders(name, f)
	l.checkAdopted(name, f)
	for _, k := range f.Keys {
		if l.tip[k.Path].SHA256 != k.SHA256 {
			l.bad("statements", name, "names another key file than "+k.Path)
		}
	}
}

// checkFounders: they are the persons whose signatures on the configuration count.
func (l *landing) checkFounders(name string, f evidence.Founding) {
	want := map[string]bool{}
	for _, s := range l.d.Signatures {
		if s.Counts && s.Path == document.ConfigurationPath {
			want[s.Person] = true
		}
	}
	for _, founder := range f.Founders {
		person, _ := l.config.Person(founder.Person)
		signs := slices.ContainsFunc(l.d.Signatures, func(s decision.Signature) bool {
			return s.Counts && s.Person == founder.Person && l.signatureOf(s.Review) == founder.Signature.SHA256
		})
		if !want[founder.Person] || !signs || person.GitHub != founder.ID || person.Name != founder.Name {
			l.bad("statements", name, "names "+founder.Person+" as a founder, and the decision does not")
		}
		delete(want, founder.Person)
	}
	for person := range want {
		l.bad("statements", name, "does not name the founder "+person)
	}
}

// checkAdopted: they are the documents that were there, with their bytes.
func (l *landing) checkAdopted(name string, f evidence.Founding) {
	n := 0
	for path := range l.tip {
		if document.Classify(l.config.Root, path) == document.Markdown {
			n++
		}
	}
	if n != len(f.Adopted) {
		l.bad("statements", name, "does not name the documents that were there before it, and no others")
	}
	for _, d := range f.Adopted {
		e := l.tip[d.Path]
		if e.SHA256 != d.SHA256 || e.Mode != d.Mode || (!d.NotStored && !l.r.has(d.SHA256, "sources")) {
			l.bad("statements", name, "adopts other bytes than were there as "+d.Path)
		}
	}
}
