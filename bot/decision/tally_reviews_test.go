package decision_test

import (
	"regexp"
	"slices"
	"sort"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// given is one review with what is known of it.
type given struct {
	r       facts.Review
	person  string // slug, or "account:ID" of somebody who is none
	state   string // as it is, or was at the landing: LAW 9.1
	was     string // of a dismissed one: what it was before; "" is unknown
	witness string // delivery, seen, statement, or ""
	commit  string // bound to, with delivery or seen
	lines   []statement
	void    string // the code that voids it
}

// statement is one line of LAW 1.3.
type statement struct {
	role, target, version, sha, images string
	deleted                            bool
}

// statementPattern: ROLE, then ID VERSION or PATH, then what is signed.
var statementPattern = regexp.MustCompile(`^I sign as ([a-z][a-z0-9-]*): ` +
	`(?:([A-Z][A-Z0-9-]*) ([0-9]+\.[0-9]+)|(\.vidimus\.yml|keys/[a-z0-9-]+\.(?:asc|pub)))` +
	`( deleted)? sha256:([0-9a-f]{64})(?: images:sha256:([0-9a-f]{64}))?$`)

// readReviews is LAW 5 and the voiding part of 1.3 and 6.3.
func (t *tally) readReviews() {
	for _, r := range t.f.Reviews {
		if r.State == "PENDING" || r.SubmittedAt == "" {
			continue
		}
		if t.f.Landing != nil && r.SubmittedAt > t.f.Landing.At {
			t.because("9.1 later review")
			if t.on("9.1 later review") {
				continue
			}
		}
		g := &given{r: r, state: r.State, person: t.charter.byAccount(r.User.ID)}
		if r.User.Type != "User" || g.person == "" { // LAW 3.1
			g.person = "account:" + r.User.Login
		}
		t.dismissed(g)
		t.bind(g)
		t.readLines(g)
		if t.edited(g) {
			g.void = "SIG008 edit"
		}
		t.reviews = append(t.reviews, g)
	}
	sort.SliceStable(t.reviews, func(i, j int) bool {
		a, b := t.reviews[i].r, t.reviews[j].r
		return a.SubmittedAt < b.SubmittedAt || (a.SubmittedAt == b.SubmittedAt && a.ID < b.ID)
	})
}

// dismissed finds what a dismissed review was, and takes back a dismissal that
// came after the landing. LAW 9.1.
func (t *tally) dismissed(g *given) {
	if g.state != "DISMISSED" {
		return
	}
	at := "" // READING 9.1: only the timeline shows that a dismissal came later
	for _, o := range t.observations(facts.ActReview, g.r.ID) {
		if o.State != "DISMISSED" {
			g.was = strings.ToUpper(o.State)
		}
	}
	for _, d := range t.f.Dismissals {
		if d.Review == g.r.ID {
			at, g.was = d.At, strings.ToUpper(d.State)
		}
	}
	if t.f.Landing != nil && at > t.f.Landing.At && g.was != "" {
		t.because("9.1 later dismissal")
		if t.on("9.1 later dismissal") {
			g.state = g.was
		}
	}
}

// observations of one act about one review of this pull request, in order.
func (t *tally) observations(act string, id int64) []facts.Observation {
	var found []facts.Observation
	for _, w := range t.f.Witnesses {
		for _, o := range w.Observations {
			if o.Act == act && o.ID == id && t.f.Pull != nil && o.Pull == t.f.Pull.Number {
				found = append(found, o)
			}
		}
	}
	return found
}

// bind is LAW 5.1 and 5.4.
func (t *tally) bind(g *given) {
	var deliveries, sights []facts.Observation
	for _, o := range t.observations(facts.ActReview, g.r.ID) {
		if o.Seen.By == facts.ByDelivery {
			deliveries = append(deliveries, o)
		} else {
			sights = append(sights, o)
		}
	}
	// Delivery and read differ: the delivery stands. Two deliveries, or two
	// sights, that differ contradict.
	decisive := deliveries
	if len(deliveries) == 0 {
		decisive = sights
	}
	for _, o := range decisive {
		if o.Commit != decisive[0].Commit || o.BodySHA256 != decisive[0].BodySHA256 {
			g.void = "SIG013"
			if !t.on("SIG013") {
				g.void = ""
			}
		}
	}
	switch {
	case len(deliveries) > 0:
		g.witness, g.commit = "delivery", deliveries[0].Commit
		if len(sights) > 0 && sights[0].Commit != g.commit {
			t.because("5.1 delivery stands")
			if !t.on("5.1 delivery stands") {
				g.commit = sights[0].Commit
			}
		}
	case len(sights) > 0 && t.wasHead(sights[0], g.r.SubmittedAt):
		g.witness, g.commit = "seen", sights[0].Commit
	case g.r.LastEdited == "never":
		g.witness = "statement"
	}
	if g.commit != "" && g.r.CommitID != g.commit {
		t.because("5.1 commit_id moved")
		if !t.on("5.1 commit_id moved") {
			g.commit = g.r.CommitID // as GitHub shows it now
		}
	}
	if g.witness != "" && !t.on("witness "+g.witness) {
		g.witness, g.commit = "", ""
	}
	if g.witness == "" && !t.on("SIG011") {
		g.witness, g.commit = "delivery", g.r.CommitID
	}
}

// wasHead: the commit was the head at our last sight before the review, and still
// at the first read. LAW 5.1. READING: a head that was seen again after another
// must have been seen again in the witnesses.
func (t *tally) wasHead(o facts.Observation, submitted string) bool {
	before, atRead := "", ""
	for _, w := range t.f.Witnesses {
		for _, h := range w.Observations {
			if h.Act != facts.ActHead || h.Pull != o.Pull {
				continue
			}
			if h.Seen.At <= submitted {
				before = h.Commit
			}
			if h.Seen.At <= o.Seen.At {
				atRead = h.Commit
			}
		}
	}
	return before == o.Commit && atRead == o.Commit
}

// edited is LAW 6.3, and after a landing 9.1.
func (t *tally) edited(g *given) bool {
	var when []string
	for _, o := range t.observations(facts.ActEdit, g.r.ID) {
		when = append(when, o.Seen.At)
	}
	if g.r.LastEdited != "" && g.r.LastEdited != "never" {
		when = []string{g.r.LastEdited}
	}
	for _, o := range t.observations(facts.ActReview, g.r.ID) {
		if o.BodySHA256 != facts.Digest([]byte(g.r.Body)) {
			when = append(when, "") // at a time that nobody knows
		}
	}
	for _, at := range when {
		// READING 9.1: a later edit unmakes nothing, and makes nothing: the body must
		// be one that was witnessed before it.
		if t.f.Landing != nil && at > t.f.Landing.At && t.bodyBefore(g, at) {
			t.because("9.1 later edit")
			if t.on("9.1 later edit") {
				continue
			}
		}
		if t.on("SIG008 edit") {
			return true
		}
		t.because("SIG008 edit")
	}
	return false
}

// bodyBefore: a first sight from before that time has the review's body.
func (t *tally) bodyBefore(g *given, at string) bool {
	for _, o := range t.observations(facts.ActReview, g.r.ID) {
		if o.Seen.At < at && o.BodySHA256 == facts.Digest([]byte(g.r.Body)) {
			return true
		}
	}
	return false
}

// readLines is LAW 1.3.
func (t *tally) readLines(g *given) {
	for _, text := range strings.Split(strings.ReplaceAll(g.r.Body, "\r\n", "\n"), "\n") {
		text = strings.TrimRight(text, " \t")
		if strings.HasPrefix(text, "> I sign as") {
			t.because("1.3 quoted")
			if !t.on("1.3 quoted") {
				text = text[2:]
			}
		}
		if !strings.HasPrefix(text, "I sign as") {
			continue
		}
		m := statementPattern.FindStringSubmatch(text)
		if m == nil {
			t.lineVoids(g, "SIG006 malformed")
			continue
		}
		line := statement{role: m[1], target: m[2] + m[4], version: m[3], deleted: m[5] != "", sha: m[6], images: m[7]}
		// READING 1.3: "one for each document and role": two lines for the same
		// document and role with other digits void the review.
		for _, other := range g.lines {
			if other.role == line.role && other.target == line.target && other.deleted == line.deleted && other != line {
				t.lineVoids(g, "SIG006 malformed")
			}
		}
		if g.commit != "" && !t.fits(line, g.commit) {
			t.lineVoids(g, "SIG006 digest")
		}
		g.lines = append(g.lines, line)
	}
}

func (t *tally) lineVoids(g *given, rule string) {
	if g.void == "" && t.on(rule) {
		g.void = rule
	}
	if !t.on(rule) {
		t.because(rule)
	}
}

// fits: the bound commit has a document of that id, version and bytes, or deletes
// it.
func (t *tally) fits(line statement, commit string) bool {
	at, from := t.trees[commit], t.trees[t.commits[commit].FromBase]
	for p := range union(at, from) {
		if !t.governed(p) || !isSigned(p) {
			continue
		}
		e, there := at[p]
		if there == line.deleted {
			continue
		}
		if line.deleted {
			e = from[p]
		}
		_, images := t.shown(at, p)
		if t.names(line, p, e) && images == line.images {
			return true
		}
	}
	return false
}

// names: the line is for this path and these bytes.
func (t *tally) names(line statement, p string, e facts.Entry) bool {
	if e.SHA256 != line.sha {
		return false
	}
	if !isDocumentPath(p) {
		return line.target == p && line.version == ""
	}
	pg := t.page(e)
	return line.target == pg.id && line.version == pg.version
}

// speaksOf: the line is for the document, whatever its bytes were. The deletion and
// the addition of a rename are two documents (LAW 1.1).
func speaksOf(line statement, d *doc) bool {
	if line.deleted != d.deleted {
		return false
	}
	if !isDocumentPath(d.path) {
		return line.target == d.path
	}
	return line.target == d.page.id
}

// lineHolds: the line names the head's document, digit by digit.
func lineHolds(line statement, d *doc) bool {
	return speaksOf(line, d) && line.sha == d.sha && line.images == d.images && line.deleted == d.deleted &&
		(!isDocumentPath(d.path) || line.version == d.page.version)
}

// covers is LAW 6.1. READING 6.1: what an edited review covered when it was given
// cannot be told from what it says now, so it is taken to cover every document:
// otherwise a person could take the lines out of an approval, and an older one
// would stand in for it. The same holds for a dismissed approval at level
// approval that is bound to nothing.
func (t *tally) covers(g *given, d *doc) bool {
	if g.void == "SIG008 edit" {
		return true
	}
	for _, line := range g.lines {
		if speaksOf(line, d) {
			return true
		}
	}
	if d.level != "approval" {
		t.because("SIG006 no line")
		return !t.on("SIG006 no line")
	}
	if g.commit == "" {
		return g.state == "DISMISSED"
	}
	return t.inContentList(g.commit, d.path)
}

// inContentList: the document is in the content list of the commit.
func (t *tally) inContentList(commit, p string) bool {
	at, from := t.trees[commit], t.trees[t.commits[commit].FromBase]
	_, a := t.shown(at, p)
	_, b := t.shown(from, p)
	return !same(at, from, p) || a != b
}

// unmoved is LAW 6.2: the document's line at the bound commit is the head's.
func (t *tally) unmoved(g *given, d *doc) bool {
	at, from := t.trees[g.commit], t.trees[t.commits[g.commit].FromBase]
	e, there := at[d.path]
	_, images := t.shown(at, d.path)
	if d.deleted {
		return !there && from[d.path].SHA256 == d.sha
	}
	return there && e.SHA256 == d.sha && e.Mode == d.mode && images == d.images
}

// latest is LAW 6.1: among the person's reviews that approve and cover the
// document, were dismissed and covered it, or request changes, the latest decides.
// READING 6.1: a dismissed request for changes, and a dismissed review of which
// nobody knows what it was, end earlier approvals too.
func (t *tally) latest(person string, d *doc) *given {
	var latest *given
	for _, g := range t.reviews {
		if g.person != person {
			continue
		}
		competes := false
		switch g.state {
		case "APPROVED":
			competes = t.covers(g, d)
		case "CHANGES_REQUESTED":
			competes = t.on("6.1 objection ends approval")
			if latest != nil {
				t.because("6.1 objection ends approval")
			}
		case "DISMISSED":
			competes = g.was == "CHANGES_REQUESTED" || g.was == "" || t.covers(g, d)
			if latest != nil {
				t.because("6.1 dismissal ends approval")
			}
			competes = competes && t.on("6.1 dismissal ends approval")
		}
		if competes {
			latest = g
		}
	}
	return latest
}

// rolesOf are the roles that the person's deciding review fills on the document,
// before contributors and assignment.
func (t *tally) rolesOf(person string, d *doc) (review *given, roles []string) {
	g := t.latest(person, d)
	if g == nil {
		return nil, nil
	}
	approves := g.state == "APPROVED"
	if g.state == "DISMISSED" && g.was == "APPROVED" {
		t.because("SIG008 dismissal")
		approves = !t.on("SIG008 dismissal")
	}
	if !approves {
		return nil, nil
	}
	if g.void != "" {
		t.because(g.void)
		return nil, nil
	}
	return g, t.claimed(g, d)
}

// claimed are the roles that a good review claims on the document: LAW 5.2, 6.2.
func (t *tally) claimed(g *given, d *doc) []string {
	if g.witness == "" {
		t.because("SIG011")
		return nil
	}
	spoken := false
	var roles []string
	for _, line := range g.lines {
		if !speaksOf(line, d) {
			continue
		}
		spoken = true
		if t.twice(d) {
			continue
		}
		if !lineHolds(line, d) || (g.commit != "" && !t.unmoved(g, d)) {
			t.because("SIG003")
			if t.on("SIG003") {
				continue
			}
		} else if t.outlives(g, d) {
			continue
		}
		// READING 5.2: level approval needs delivery or seen, also with a line,
		// and the person's confirmation. The owner's own line is a statement
		// whatever the level (2.4).
		if d.level == "approval" && line.role != "self" && !t.approvalSigns(g) {
			continue
		}
		roles = append(roles, line.role)
	}
	if spoken {
		return roles // a statement line fixes the role, LAW 3.5
	}
	if d.level == "approval" && !t.approvalSigns(g) {
		return nil
	}
	if !t.unmoved(g, d) {
		t.because("SIG003")
		if t.on("SIG003") {
			return nil
		}
	} else if t.outlives(g, d) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(d.roles), func(r string) bool { return r == "self" || !t.holds(g.person, r, d) })
}

// twice: another file at the head has the same id. READING 1.3: then a line names
// neither.
func (t *tally) twice(d *doc) bool {
	for p, e := range t.head {
		if p != d.path && isDocumentPath(p) && isDocumentPath(d.path) && !d.deleted && t.page(e).id == d.page.id {
			return true
		}
	}
	return false
}

// outlives notes why a signature stands on another commit than the head, LAW 6.2;
// it says true where that rule is left out.
func (t *tally) outlives(g *given, d *doc) bool {
	if g.commit == "" || g.commit == t.f.Head {
		return false
	}
	t.because("6.2 kept after a push")
	if t.revived(g, d) {
		t.because("6.2 revived")
		return !t.on("6.2 revived") || !t.on("6.2 kept after a push")
	}
	return !t.on("6.2 kept after a push")
}

// revived: a head after the bound commit had other bytes.
func (t *tally) revived(g *given, d *doc) bool {
	later := false
	for _, w := range t.f.Witnesses {
		for _, o := range w.Observations {
			if o.Act != facts.ActHead {
				continue
			}
			if later && t.trees[o.Commit] != nil && !same(t.trees[o.Commit], t.head, d.path) {
				return true
			}
			later = later || o.Commit == g.commit
		}
	}
	return false
}

// approvalSigns is LAW 5.2 for level approval.
func (t *tally) approvalSigns(g *given) bool {
	if g.witness == "statement" {
		t.because("SIG011")
		return !t.on("SIG011")
	}
	if !t.charter.People[g.person].ApprovalSigns {
		t.because("5.2 approval-signs")
		return !t.on("5.2 approval-signs")
	}
	return true
}

// holds is LAW 3.2 without teams, and 2.4 for the owner of a key.
func (t *tally) holds(person, role string, d *doc) bool {
	if strings.HasPrefix(person, "account:") {
		t.because("SIG007")
		return !t.on("SIG007")
	}
	if role == "self" {
		return d.path == "keys/"+person+".asc" || d.path == "keys/"+person+".pub"
	}
	return slices.Contains(t.charter.Roles[role].Holders, person)
}

// people are all who reviewed, in a fixed order.
func (t *tally) people() []string {
	var all []string
	for _, g := range t.reviews {
		if !slices.Contains(all, g.person) {
			all = append(all, g.person)
		}
	}
	sort.Strings(all)
	return all
}
