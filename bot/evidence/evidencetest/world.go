package evidencetest

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"testing/fstest"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// World is one made organisation: its repository, its evidence branch, its bot. A
// script that makes no sense panics, since that is its author's mistake.
type World struct {
	// Bot is the evidence key, Safe and Server its secret parts, armoured.
	Bot          *evidence.Key
	Safe, Server []byte
	// Branch is the tree of the evidence branch.
	Branch fstest.MapFS
	// Main is the tip of the governed branch.
	Main string
	// Refs are the references of the repository by name, "refs/heads/main" too.
	Refs map[string]string
	// Root is the governed folder.
	Root string
	// Last is the newest landing as it was published.
	Last evidence.Publication

	repo    *repository
	people  map[string]person
	now     time.Time
	deposit int // reviews made
}

// New makes an organisation with a repository of one commit, not governed yet. root is
// "." or the folder of the documents.
func New(root string) *World {
	w := &World{Branch: fstest.MapFS{}, Refs: map[string]string{}, Root: root, repo: newRepository(), people: newPeople(), now: begun().Add(time.Hour)}
	made, err := evidence.MakeKey(Random("bot"), "northquay/cloud-governance", begun())
	must(err)
	w.Bot, err = evidence.ReadKey(made.Server)
	must(err)
	w.Safe, w.Server = made.Safe, made.Server
	files := Files{"README.md": Text("Nothing governed yet.\n"), w.Path("policy/old.md"): Document("TOP-OLD", "1.0", "It was here before.")}
	w.move(w.repo.commit(draft{by: w.people[Author], committer: w.people[Author], files: files, at: w.tick()}))
	return w
}

// Clone is a world that goes its own way from here: what is done to one is not done to
// the other.
func (w *World) Clone() *World {
	c := *w
	c.Branch, c.Refs, c.repo = fstest.MapFS{}, maps.Clone(w.Refs), w.repo.clone()
	for name, f := range w.Branch {
		file := *f
		c.Branch[name] = &file
	}
	c.Last = clonePublication(w.Last)
	return &c
}

// clonePublication copies what tests change: facts and decision by their one encoding.
func clonePublication(p evidence.Publication) evidence.Publication {
	if p.Engine == "" {
		return p // nothing was published yet
	}
	c := p
	c.Snapshot = facts.Snapshot{Blobs: maps.Clone(p.Snapshot.Blobs)}
	copied(p.Snapshot.Facts, &c.Snapshot.Facts)
	c.Decision = decision.Decision{}
	copied(p.Decision, &c.Decision)
	c.Witnesses, c.Commits = slices.Clone(p.Witnesses), maps.Clone(p.Commits)
	return c
}

func copied(from, to any) {
	raw, err := facts.Canonical(from)
	must(err)
	must(facts.ReadCanonical(raw, to))
}

func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("evidencetest: %v", err))
	}
}

// Path is the path of a governed file below the root.
func (w *World) Path(p string) string {
	if w.Root == "." {
		return p
	}
	return w.Root + "/" + p
}

// Repository names the made repository.
func (w *World) Repository() facts.Repository {
	return facts.Repository{Host: "github.com", ID: 812640017, Name: "northquay/cloud-governance"}
}

func (w *World) tick() time.Time {
	w.now = w.now.Add(time.Minute)
	return w.now
}

func (w *World) move(tip string) { w.Main, w.Refs["refs/heads/main"] = tip, tip }

func timeText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// Objects visits every object that the references reach, in order of name.
func (w *World) Objects(visit func(id, kind string, raw []byte) error) error {
	for _, id := range slices.Sorted(maps.Keys(w.reachable())) {
		o := w.repo.objects[id]
		if err := visit(id, o.Type, o.Raw); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) reachable() map[string]bool {
	all := map[string]bool{}
	for id := range w.repo.reach(slices.Collect(maps.Values(w.Refs))...) {
		all[id] = true
		again := newRepository()
		tree := again.tree(w.repo.trees[id])
		all[tree] = true
		for part := range again.objects {
			all[part] = true
		}
	}
	return all
}

// Pull is a pull request.
type Pull struct {
	Number     int
	Author     string
	Head       string
	w          *World
	reviews    []facts.Review
	statements []evidence.Signed
	seen       []facts.Witness
}

// Propose opens a pull request with one commit by its author. Direct pushes are made
// with number 0.
func (w *World) Propose(number int, author string, edits Files) *Pull {
	p := &Pull{Number: number, Author: author, w: w}
	p.Push(w.Main, edits)
	return p
}

// Push adds a commit to the pull request.
func (p *Pull) Push(parent string, edits Files) {
	w := p.w
	by := w.people[p.Author]
	p.Head = w.repo.commit(draft{by: by, committer: by, parents: []string{parent}, files: w.repo.edited(parent, edits), at: w.tick()})
	if p.Number > 0 {
		w.Refs[fmt.Sprintf("refs/vidimus/pull/%d/head", p.Number)] = p.Head
	}
	at := facts.Seen{At: timeText(w.tick()), By: facts.ByDelivery, Delivery: "push-" + p.Head[:8]}
	p.witness(
		facts.Observation{Act: facts.ActHead, Pull: p.Number, Commit: p.Head, Seen: at},
		facts.Observation{Act: facts.ActCommit, Pull: p.Number, Commit: p.Head, Seen: at},
	)
}

// witness signs what was seen.
func (p *Pull) witness(seen ...facts.Observation) {
	s, err := evidence.Sign(evidence.NewWitness(p.w.Repository(), seen), p.w.Bot, p.w.now)
	must(err)
	p.statements = append(p.statements, s)
	p.seen = append(p.seen, facts.Witness{SHA256: facts.Digest(s.Statement), Observations: seen})
}

// Statements are the witness statements of the pull request.
func (p *Pull) Statements() []evidence.Signed { return p.statements }

// List is the content list of the head, with its digest.
func (p *Pull) List() (digest string, raw []byte) {
	raw = document.FormatContentList(decision.ContentOf(p.Snapshot(nil), p.Head))
	return facts.Digest(raw), raw
}

// Approve signs, in one approving review by a person, everything that the pull request
// touches, in one role. Without a role the review holds no lines.
func (p *Pull) Approve(by, role string) {
	body := "Read.\n"
	if role != "" {
		for _, l := range p.lines(role) {
			body += "\n" + l.String()
		}
	}
	p.Review(by, "APPROVED", body)
}

// ApproveDocuments signs, in one role, the documents at the given paths.
func (p *Pull) ApproveDocuments(by, role string, paths ...string) {
	body := "Read.\n"
	for _, l := range p.lines(role, paths...) {
		body += "\n" + l.String()
	}
	p.Review(by, "APPROVED", body)
}

// lines are the statement lines of everything that the pull request touches, or of the
// given paths.
func (p *Pull) lines(role string, paths ...string) []approval.Line {
	s := p.Snapshot(nil)
	var lines []approval.Line
	for _, c := range decision.ContentOf(s, p.Head) {
		if len(paths) > 0 && !slices.Contains(paths, c.Path) {
			continue
		}
		l := approval.Line{Role: role, SHA256: c.SHA256, Deleted: c.Mode == document.ModeDeleted}
		switch document.Classify(p.w.Root, c.Path) {
		case document.Markdown:
			d := document.Parse(c.Path, s.Blobs[c.SHA256])
			l.ID, l.Version = d.ID, d.Version
			l.Images = p.imagesDigest(d)
		case document.Configuration, document.Key:
			l.Path = c.Path
		default:
			continue
		}
		lines = append(lines, l)
	}
	return lines
}

func (p *Pull) imagesDigest(d *document.Document) string {
	var lines []document.ContentLine
	for _, image := range d.Images() {
		if f, ok := p.w.repo.trees[p.Head][image]; ok {
			lines = append(lines, document.ContentLine{Mode: f.Mode, SHA256: facts.Digest(f.Bytes), Path: image})
		}
	}
	return document.ImagesDigest(lines)
}

// Review submits a review with a body, witnessed by its delivery.
func (p *Pull) Review(by, state, body string) {
	w := p.w
	w.deposit++
	id := int64(2871034400 + w.deposit)
	r := facts.Review{
		ID: id, NodeID: fmt.Sprintf("PRR_%d", id), User: w.people[by].account(), Body: body, State: state, SubmittedAt: timeText(w.tick()),
		CommitID: p.Head, URL: fmt.Sprintf("https://github.com/northquay/cloud-governance/pull/%d#pullrequestreview-%d", p.Number, id),
	}
	digest, _ := p.List()
	p.reviews = append(p.reviews, r)
	p.witness(facts.Observation{
		Act: facts.ActReview, ID: id, Pull: p.Number, UserID: r.User.ID, State: state, SubmitTime: r.SubmittedAt,
		BodySHA256: facts.Digest([]byte(body)), Commit: p.Head, ContentDigest: digest,
		Seen: facts.Seen{At: timeText(w.tick()), By: facts.ByDelivery, Delivery: fmt.Sprintf("review-%d", id)},
	})
}

// Body is the text of the newest review.
func (p *Pull) Body() string { return p.reviews[len(p.reviews)-1].Body }

// Edit changes the text of the newest review after it was submitted.
func (p *Pull) Edit(body string) {
	r := &p.reviews[len(p.reviews)-1]
	r.Body, r.LastEdited = body, timeText(p.w.tick())
	p.witness(facts.Observation{
		Act: facts.ActEdit, ID: r.ID, Pull: p.Number, Actor: r.User.ID, BodySHA256: facts.Digest([]byte(body)),
		Seen: facts.Seen{At: timeText(p.w.tick()), By: facts.ByDelivery, Delivery: fmt.Sprintf("edit-%d", r.ID)},
	})
}

// Dismiss dismisses the newest review.
func (p *Pull) Dismiss(by string) {
	r := &p.reviews[len(p.reviews)-1]
	r.State = "DISMISSED"
	p.witness(facts.Observation{
		Act: facts.ActDismissal, ID: r.ID, Pull: p.Number, Actor: p.w.people[by].id,
		Seen: facts.Seen{At: timeText(p.w.tick()), By: facts.ByDelivery, Delivery: fmt.Sprintf("dismissal-%d", r.ID)},
	})
}

// Land brings the pull request onto main, as "merge", "squash", "rebase" or "direct",
// with extra edits that nobody signed, and publishes. With rebase and direct the commits
// land as they are.
func (p *Pull) Land(method, by string, extra Files) decision.Decision {
	w := p.w
	base := w.Main
	commits := w.repo.between(base, p.Head)
	merged := func(parents ...string) []string {
		files := w.repo.edited(p.Head, extra)
		return []string{w.repo.commit(draft{by: w.people[by], committer: w.people[host], parents: parents, files: files, at: w.tick()})}
	}
	switch method {
	case "merge":
		commits = merged(base, p.Head)
	case "squash":
		commits = merged(base)
	}
	w.move(commits[len(commits)-1])
	landing := &facts.Landing{Commits: commits, At: timeText(w.tick()), By: w.people[by].account(), Method: method, Branch: "main"}
	return w.publish(p, p.Snapshot(landing))
}

func (w *World) publish(p *Pull, s facts.Snapshot) decision.Decision {
	d := decision.Evaluate(s)
	publication := evidence.Publication{
		Snapshot: s, Decision: d, Witnesses: p.statements, Commits: map[string][]byte{}, Render: Render,
		Engine: "vidimus 0.1.0", Log: "github.com/northquay/cloud-governance/evidence", At: w.tick(),
	}
	for _, id := range s.Facts.Landing.Commits {
		publication.Commits[id] = w.repo.objects[id].Raw
	}
	w.Last = publication
	w.Append(publication)
	return d
}

// Append puts a publication's record onto the branch.
func (w *World) Append(p evidence.Publication) {
	l, err := evidence.Open(w.Branch)
	must(err)
	r, err := p.Record(l, w.Bot)
	must(err)
	w.AppendRecord(r, p.At)
}

// AppendRecord puts a record onto the branch.
func (w *World) AppendRecord(r evidence.Record, at time.Time) {
	l, err := evidence.Open(w.Branch)
	must(err)
	a, err := l.Append(r, "github.com/northquay/cloud-governance/evidence", at, w.Bot)
	must(err)
	for name, b := range a.Files {
		w.Branch[name] = &fstest.MapFile{Data: b, Mode: 0o644}
	}
}

// Render stands for the pages of documents.
func Render(path string, raw []byte) ([]byte, error) {
	return []byte("<!doctype html>\n<title>" + path + "</title>\n<pre>" + string(bytes.ToUpper(raw)) + "</pre>\n"), nil
}

// Raw is the raw object of a commit.
func (w *World) Raw(commit string) []byte { return w.repo.objects[commit].Raw }

// Now is the time of the world, which advances with each act.
func (w *World) Now() time.Time { return w.now }

// Parent is the first parent of a commit.
func (w *World) Parent(commit string) string { return w.repo.parents[commit][0] }

// SecondSubkey is the evidence key after a rotation: the same primary, with another
// signing subkey beside the first, and only that one's secret.
func (w *World) SecondSubkey() *evidence.Key {
	entities, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(w.Safe))
	must(err)
	e := entities[0]
	must(e.AddSigningSubkey(configAt(begun().Add(time.Minute), "second subkey")))
	var b bytes.Buffer
	out, err := armor.EncodeWithChecksumOption(&b, openpgp.PrivateKeyType, nil, true)
	must(err)
	// Only the new subkey keeps its secret: the other's part is written as public.
	e.Subkeys[0].PrivateKey = nil
	must(e.PrivateKey.Serialize(out))
	for _, identity := range e.Identities {
		must(identity.UserId.Serialize(out))
		must(identity.SelfSignature.Serialize(out))
	}
	must(e.Subkeys[0].PublicKey.Serialize(out))
	must(e.Subkeys[0].Sig.Serialize(out))
	must(e.Subkeys[1].PrivateKey.Serialize(out))
	must(e.Subkeys[1].Sig.Serialize(out))
	must(out.Close())
	k, err := evidence.ReadKey(b.Bytes())
	must(err)
	return k
}
