package governance

import (
	"slices"

	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// Covers says whether a rule is for the document at path. d is nil when it cannot be
// read; kin are all documents of the same tree that name the same service, in any
// order, asked for only where a rule goes by criticality: a document does not become
// less critical because it says so, nor because another one does. LAW 2.1.
func Covers(r repoconfig.Rule, path string, d *document.Document, kin func(service string) []*document.Document) bool {
	switch {
	case d == nil:
		return r.For.Matches("", path, "", "")
	case len(r.For.Criticalities) == 0:
		return r.For.Matches(d.Type, path, d.ID, "")
	}
	said := []string{d.Criticality}
	if d.ServiceID != "" {
		for _, other := range kin(d.ServiceID) {
			if !slices.Contains(said, other.Criticality) {
				said = append(said, other.Criticality)
			}
		}
	}
	return slices.ContainsFunc(said, func(criticality string) bool {
		return r.For.Matches(d.Type, path, d.ID, criticality)
	})
}

// Unruled is the finding about a document for which no rule says who signs it.
func Unruled(path string) document.Finding {
	f := fault(RuleUnruled, "no rule of the configuration says who signs "+path,
		"have a rule added to .vidimus.yml by a signed change, or move the document to where one applies")
	f.Path = path
	return f
}
