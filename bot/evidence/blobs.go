package evidence

import (
	"fmt"
	"sort"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// Needed lists the digests of all bytes that a replay of facts needs, sorted: the
// files of the trees that a decision looks into, the raw commits that it judges, the
// signed configuration and keys, the host's keys. Of a symbolic link the target is its
// bytes. Files over the limit and submodules are not read, and of the parents of the
// proposal's commits only the digests are compared.
func Needed(f facts.Facts) []string {
	found := map[string]bool{f.HostKeys: true}
	looked := f.LookedInto()
	trees := map[string]bool{}
	for _, c := range f.Commits {
		found[c.SHA256] = true
		if looked[c.ID] {
			trees[c.Tree] = true
		}
	}
	for _, t := range f.Trees {
		if trees[t.Digest] {
			need(found, t.Entries)
		}
	}
	for _, e := range f.Governance.Signed {
		if k := document.Classify(".", e.Path); k == document.Configuration || k == document.Key {
			need(found, []facts.Entry{e})
		}
	}
	delete(found, "")
	digests := make([]string, 0, len(found))
	for d := range found {
		digests = append(digests, d)
	}
	sort.Strings(digests)
	return digests
}

func need(found map[string]bool, entries []facts.Entry) {
	for _, e := range entries {
		if e.Mode != document.ModeSubmodule && e.Size <= facts.MaxBlobBytes {
			found[e.SHA256] = true
		}
	}
}

// addBlobs makes the record, with those before it, hold every byte that a replay
// needs: what nothing else holds is filed by its digest.
func (b *builder) addBlobs() error {
	here := map[string]bool{}
	for _, s := range sumsOf(b.files) {
		here[s.SHA256] = true
	}
	for _, digest := range Needed(*b.f) {
		if here[digest] {
			continue
		}
		_, held, err := b.l.Holds(digest)
		if err != nil {
			return err
		}
		raw, ok := b.p.Snapshot.Blobs[digest]
		switch {
		case held:
		case !ok:
			return fmt.Errorf("the facts name bytes with the digest %s, which neither the snapshot nor an earlier record holds", digest)
		default:
			b.files["blobs/"+digest] = raw
		}
	}
	return nil
}
