package evidencetest

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// Snapshot gathers the facts, after a landing or before.
func (p *Pull) Snapshot(landing *facts.Landing) facts.Snapshot {
	w := p.w
	base := w.Main
	if landing != nil {
		base = w.repo.parents[landing.Commits[0]][0]
	}
	merge := w.repo.mergeBase(base, p.Head)
	f := facts.Facts{
		Format: facts.Format, Repository: w.Repository(), AsOf: w.now.Format(time.DateOnly), Landing: landing, Base: base, Head: p.Head,
		MergeBases: []string{merge}, Range: w.repo.between(base, p.Head), Reviews: p.reviews, Witnesses: p.seen, DeliveryLogRead: true,
		Governance: w.governance(),
	}
	if p.Number > 0 {
		f.Pull = &facts.Pull{Number: p.Number, Author: w.people[p.Author].account(), Branch: "main", Title: fmt.Sprintf("Change %d", p.Number)}
	}
	s := facts.Snapshot{Facts: f, Blobs: map[string][]byte{}}
	l, err := evidence.Open(w.Branch)
	must(err)
	for _, e := range f.Governance.Signed {
		s.Blobs[e.SHA256], err = l.Bytes(e.SHA256)
		must(err)
	}
	w.gather(&s)
	return s
}

func (w *World) governance() facts.Governance {
	l, err := evidence.Open(w.Branch)
	must(err)
	g, err := l.Governance()
	must(err)
	return g
}

// gather fills in commits, trees and bytes.
func (w *World) gather(s *facts.Snapshot) {
	f := &s.Facts
	ids := map[string]bool{f.Base: true, f.Head: true, f.MergeBases[0]: true}
	bound := map[string]bool{f.Head: true}
	for _, seen := range f.Witnesses {
		for _, o := range seen.Observations {
			if o.Act == facts.ActReview {
				ids[o.Commit], bound[o.Commit] = true, true
			}
		}
	}
	for _, id := range f.Range {
		ids[id] = true
		for _, parent := range w.repo.parents[id] {
			ids[parent] = true
		}
	}
	if f.Landing != nil {
		for _, id := range f.Landing.Commits {
			ids[id] = true
		}
	}
	for id := range bound {
		ids[w.repo.mergeBase(f.Base, id)] = true
	}
	trees := map[string]facts.Tree{}
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		tree := w.governed(id, s.Blobs)
		trees[tree.Digest] = tree
		c := facts.Commit{ID: id, Parents: w.repo.parents[id], Tree: tree.Digest}
		if slices.Contains(f.Range, id) {
			raw := w.repo.objects[id].Raw
			c.SHA256 = facts.Digest(raw)
			s.Blobs[c.SHA256] = raw
		}
		if bound[id] {
			c.FromBase = w.repo.mergeBase(f.Base, id)
		}
		f.Commits = append(f.Commits, c)
	}
	for _, digest := range slices.Sorted(maps.Keys(trees)) {
		f.Trees = append(f.Trees, trees[digest])
	}
	host := w.people[host].publicKey()
	f.HostKeys = facts.Digest(host)
	s.Blobs[f.HostKeys] = host
}

func (w *World) governed(commit string, blobs map[string][]byte) facts.Tree {
	tree := facts.Tree{Entries: []facts.Entry{}}
	for p, f := range w.repo.trees[commit] {
		p = printable(p)
		if document.Classify(w.Root, p) == document.NotGoverned {
			continue
		}
		digest := facts.Digest(f.Bytes)
		if len(f.Bytes) <= facts.MaxBlobBytes {
			blobs[digest] = f.Bytes
		}
		tree.Entries = append(tree.Entries, facts.Entry{Mode: f.Mode, Path: p, SHA256: digest, Size: int64(len(f.Bytes))})
	}
	sort.Slice(tree.Entries, func(i, j int) bool { return tree.Entries[i].Path < tree.Entries[j].Path })
	tree.Digest = facts.TreeDigest(tree.Entries)
	return tree
}

// printable writes bytes that are no UTF-8 as \xNN, as the facts of the App name files.
func printable(path string) string {
	if utf8.ValidString(path) {
		return path
	}
	var b strings.Builder
	for i := range len(path) {
		if path[i] < utf8.RuneSelf {
			b.WriteByte(path[i])
		} else {
			fmt.Fprintf(&b, `\x%02x`, path[i])
		}
	}
	return b.String()
}
