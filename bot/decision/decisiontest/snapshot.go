package decisiontest

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// Snapshot gathers the facts of this moment, as the App would.
func (h *History) Snapshot() facts.Snapshot {
	g := gathering{h: h, blobs: map[string][]byte{}, trees: map[string]facts.Tree{}, commits: map[string]facts.Commit{}}
	base := h.tip()
	head := h.proposal()
	f := facts.Facts{
		Format: facts.Format, Repository: facts.Repository{Host: "github.example", ID: 812640017, Name: "northquay/cloud-governance"},
		AsOf: Today, Base: base.ID, Head: head.ID, MergeBases: ids(mergeBases(base, head)),
		Governance: facts.Governance{Recorded: h.recorded, Entry: h.entry, Signed: g.entries(h.signed)},
		Reviews:    []facts.Review{}, Witnesses: h.app.witnesses, DeliveryLogRead: !h.app.logUnread,
	}
	if f.Witnesses == nil {
		f.Witnesses = []facts.Witness{}
	}
	f.Range = ids(between(base, head))
	g.gatherCommits(base, head)
	if h.pull != nil && (h.landing == nil || h.landing.pulled) {
		g.gatherPull(&f)
	}
	g.gatherLanding(&f)
	if !h.recorded {
		f.HostKeys = g.blob(h.keys.Public(Host))
	}
	for _, id := range slices.Sorted(maps.Keys(g.commits)) {
		f.Commits = append(f.Commits, g.commits[id])
	}
	for _, d := range slices.Sorted(maps.Keys(g.trees)) {
		f.Trees = append(f.Trees, g.trees[d])
	}
	return facts.Snapshot{Facts: f, Blobs: g.blobs}
}

// proposal is the pull request's head, or the new tip of a direct push.
func (h *History) proposal() *Commit {
	if h.pull != nil && (h.landing == nil || h.landing.pulled) {
		return h.pull.head
	}
	return h.base
}

// gathering collects what facts name.
type gathering struct {
	h       *History
	blobs   map[string][]byte
	trees   map[string]facts.Tree
	commits map[string]facts.Commit
}

func (g *gathering) blob(content []byte) string {
	d := facts.Digest(content)
	g.blobs[d] = content
	return d
}

// entries are the files of a small tree.
func (g *gathering) entries(t Tree) []facts.Entry {
	list := []facts.Entry{}
	for _, p := range paths(t) {
		g.blobs[t[p].SHA256] = t[p].Bytes
		list = append(list, facts.Entry{Mode: t[p].Mode, Path: p, SHA256: t[p].SHA256, Size: int64(len(t[p].Bytes))})
	}
	return list
}

// gatherCommits adds base, head, their merge bases, the range with parents and
// the merge bases of merges.
func (g *gathering) gatherCommits(base, head *Commit) {
	g.commit(base)
	g.commit(head)
	for _, c := range mergeBases(base, head) {
		g.commit(c)
	}
	for _, c := range between(base, head) {
		judged := g.commit(c)
		judged.SHA256 = g.blob(c.Raw)
		if len(c.Parents) > 1 {
			bases := mergeBases(c.Parents...)
			judged.MergeBases = ids(bases)
			for _, b := range bases {
				g.commit(b)
			}
		}
		g.commits[c.ID] = judged
		for _, p := range c.Parents {
			g.commit(p)
		}
	}
	g.bound(head)
}

// commit adds c, unless it is there, and its tree with all bytes.
func (g *gathering) commit(c *Commit) facts.Commit {
	known, there := g.commits[c.ID]
	if there {
		return known
	}
	known = facts.Commit{ID: c.ID, Parents: ids(c.Parents), Tree: c.governed.Digest}
	g.commits[c.ID] = known
	g.trees[c.governed.Digest] = c.governed
	for _, e := range c.governed.Entries {
		g.blobs[e.SHA256] = c.Tree[e.Path].Bytes
	}
	return known
}

// bound adds a commit that a review was bound to, with its merge base.
func (g *gathering) bound(c *Commit) {
	known := g.commit(c)
	if bases := mergeBases(g.h.tip(), c); len(bases) > 0 {
		known.FromBase = bases[0].ID
		g.commits[c.ID] = known
		g.commit(bases[0])
	}
}

// gatherPull adds the pull request with its reviews.
func (g *gathering) gatherPull(f *facts.Facts) {
	p := g.h.pull
	f.Pull = &facts.Pull{Number: p.number, Author: p.author.Account(), Branch: p.branch, Draft: p.draft, Title: "What has to be changed"}
	for _, r := range p.reviews {
		g.bound(r.given)
		seen := r.Review
		if r.kept != nil {
			seen.Body = *r.kept
		}
		if g.asksEdits(r) {
			seen.LastEdited = "never"
			if r.edited != "" {
				seen.LastEdited = r.edited
			}
		}
		f.Reviews = append(f.Reviews, seen)
		if r.dismissal != nil && !g.h.app.noTimeline {
			f.Dismissals = append(f.Dismissals, *r.dismissal)
		}
	}
}

// asksEdits: GraphQL is asked where the delivery of an approval is not known, and
// after a landing where the text is not what was seen first.
func (g *gathering) asksEdits(r *review) bool {
	if g.h.app.noEdits {
		return false
	}
	first := g.h.app.firstSight(r.ID)
	if first.Seen.By != facts.ByDelivery && (r.State == "APPROVED" || r.State == "DISMISSED") {
		return true
	}
	return g.h.landing != nil && first.ID != 0 && first.BodySHA256 != digest(r.Body)
}

// firstSight is how a review was seen first, a delivery before a read; zero if it
// was not.
func (a *app) firstSight(review int64) facts.Observation {
	var first facts.Observation
	for _, w := range a.witnesses {
		for _, o := range w.Observations {
			if o.Act != facts.ActReview || o.ID != review {
				continue
			}
			if first.ID == 0 || (o.Seen.By == facts.ByDelivery && first.Seen.By != facts.ByDelivery) {
				first = o
			}
		}
	}
	return first
}

// gatherLanding adds what landed.
func (g *gathering) gatherLanding(f *facts.Facts) {
	l := g.h.landing
	if l == nil {
		return
	}
	branch := "main"
	if l.pulled {
		branch = g.h.pull.branch
	}
	f.Landing = &facts.Landing{Commits: ids(l.commits), At: stamp(l.at), By: l.by.Account(), Method: l.method, Branch: branch}
	for _, c := range l.commits {
		g.commit(c)
	}
}

func ids(commits []*Commit) []string {
	list := []string{}
	for _, c := range commits {
		list = append(list, c.ID)
	}
	return list
}

func fieldPattern() *regexp.Regexp { return compiledField }

var compiledField = regexp.MustCompile(`(?m)^([a-z-]+): "?([^"\n]*)"?$`)

// field is a plain value of a document's front matter, "" if it is absent.
func field(f File, key string) string {
	front, _, _ := strings.Cut(strings.TrimPrefix(string(f.Bytes), "---\n"), "\n---\n")
	for _, m := range fieldPattern().FindAllStringSubmatch(front, -1) {
		if m[1] == key {
			return m[2]
		}
	}
	return ""
}
