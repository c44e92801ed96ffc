package report

import (
	"slices"
	"strconv"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// Landed is everything that the texts about a landing are made from. Only Decision is needed.
type Landed struct {
	// Decision is the one as of the landing; its Deviations are told. For one issue each, pass it with one.
	Decision decision.Decision
	// Config is the configuration of the base before the landing; zero when it is unreadable.
	Config repoconfig.Config
	Links  Links
	// ID is the deviation's, as "DEV-2026-002"; Issue the number of its issue, 0 until it is opened.
	ID    string
	Issue int
	// At is when it landed and SeenAt when that was found, "YYYY-MM-DDThh:mm:ssZ"; Due is the date,
	// "YYYY-MM-DD", until which somebody decides.
	At, SeenAt, Due string
	By              facts.Account
	// Branch is the governed branch.
	Branch string
}

// Labels of a deviation's issue.
const (
	LabelVidimus   = "vidimus"
	LabelDeviation = "deviation"
)

// CheckDeviation is the check run on the commit that landed: Failure with what landed other than signed, or
// Success when there is no deviation. LAW 9.2.
func CheckDeviation(in Landed) Check {
	r := newReporter(&Input{Decision: in.Decision, Config: in.Config, Links: in.Links, Proposal: Proposal{Base: in.Branch}})
	c := Check{Conclusion: decision.Failure, Details: string(link(in.Links.Details))}
	if len(in.Decision.Deviations) == 0 {
		c.Conclusion = decision.Success
	}
	c.Title = r.deviationTitle(MaxTitle)
	c.Summary = render("check-deviation.md", r.deviationView(&in), &r.cut, MaxBodyBytes)
	return c
}

// DeviationIssue is the issue that asks the signatories to sign or reject what landed, with the headings of
// clause 10.2. The title has at most MaxIssueTitle code points, the body MaxBodyBytes bytes.
func DeviationIssue(in Landed) (title, body string, labels []string) {
	r := newReporter(&Input{Decision: in.Decision, Config: in.Config, Links: in.Links, Proposal: Proposal{Base: in.Branch}})
	name := "Deviation"
	if in.ID != "" {
		name += " " + in.ID
	}
	what := r.deviationTitle(MaxTitle)
	title = fitting(MaxIssueTitle, name+": "+lowerFirst(what), name)
	body = render("issue-deviation.md", r.deviationView(&in), &r.cut, MaxBodyBytes)
	return title, body, []string{LabelVidimus, LabelDeviation}
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// deviationView fills check-deviation.md and issue-deviation.md.
type deviationView struct {
	Count       int // of deviations; 0 is none
	Who, One    md  // who decides; the document, when it is one
	Move        md  // how it moved, when its two paths are all that deviates
	Landed      md  // in which way, in three words
	At, SeenAt  md
	Due, By, ID md
	Pull, Issue int
	Site, Base  md
	Rows        rows[deviationRow]
	Accept      rows[acceptRow]
	AcceptOne   acceptRow // when it is one
	Other       bool      // configuration, keys or deletions are among them, which no new version accepts
	Restore     rows[md]  // one command each
	ByHand      rows[md]  // paths that cannot be pasted
	FetchHead   bool      // what was signed stands at the pull request's head
	Topic, Onto md        // names for branches
}

type deviationRow struct{ Name, How, Signed, Landed, SignedShort, LandedShort md }

// acceptRow is a document that a new version accepts. Version is "" when none can be told.
type acceptRow struct{ Path, ID, Version md }

func (r *reporter) deviationView(in *Landed) deviationView {
	v := deviationView{
		Count: len(r.d.Deviations), Who: r.deciders(), Landed: r.landed(), At: seconds(in.At), SeenAt: seconds(in.SeenAt),
		Due: text(in.Due, maxNameLength), By: text(r.proposer(in.By).Name, maxNameLength), ID: text(in.ID, maxNameLength),
		Pull: r.d.Pull, Issue: in.Issue, Site: link(in.Links.Site), Base: text(r.base(), maxNameLength), Topic: r.topic(in.ID), Onto: r.work().Onto,
	}
	var table []deviationRow
	var accept []acceptRow
	for _, d := range r.d.Deviations {
		table = append(table, r.deviationRow(d))
		if a, ok := r.acceptRow(d); ok {
			accept = append(accept, a)
		} else {
			v.Other = true
		}
	}
	if m, ok := r.oneMove(); ok {
		v.Move, accept, v.Other = r.moved(m.To), nil, true // a new version at one path leaves the other open
	}
	if len(table) == 1 || v.Move != "" {
		v.One = text(r.d.Deviations[0].ID+" "+r.landedVersion(r.d.Deviations[0]), maxNameLength)
	}
	if len(accept) == 1 {
		v.AcceptOne = accept[0]
	}
	v.Rows, v.Accept = rowsOf(&r.cut, table), rowsOf(&r.cut, accept)
	r.fillRestore(&v)
	return v
}

// oneMove is the move, if it is all that deviates: one thing to decide on, though it is two files.
func (r *reporter) oneMove() (decision.Move, bool) {
	moves := r.d.DeviatingMoves()
	if len(r.d.Deviations) != 2 || len(moves) != 1 {
		return decision.Move{}, false
	}
	return moves[0], true
}

// landed says how all of them landed.
func (r *reporter) landed() md {
	past := true
	for _, d := range r.d.Deviations {
		if d.SignedSHA256 != "" && len(r.lacking()) == 0 {
			return "other than signed"
		}
		past = past && d.How == decision.BypassMerge
	}
	switch {
	case len(r.lacking()) > 0:
		return "without your signature"
	case past:
		return "past the check"
	}
	return "without a signature"
}

// deviationRow tells one deviation.
func (r *reporter) deviationRow(d decision.Deviation) deviationRow {
	row := deviationRow{
		Name: code(d.ID), How: md(capital(string(r.how(d)))), Signed: "nothing", Landed: code(d.SHA256),
		SignedShort: "nothing", LandedShort: short(d.SHA256),
	}
	if doc := r.documents[d.Path]; doc != nil {
		row.Name = r.documentName(doc)
		if doc.Version != "" {
			row.Name += " " + text(doc.Version, maxNameLength)
		}
	}
	if told := r.moved(d.Path); told != "" {
		row.How += "; " + told
	}
	if d.SignedSHA256 != "" {
		row.Signed, row.SignedShort = code(d.SignedSHA256), short(d.SignedSHA256)
	}
	if d.Deleted {
		row.Landed, row.LandedShort = "deleted", "deleted"
	}
	return row
}

// landedVersion is the version of what landed, as far as the decision knows it.
func (r *reporter) landedVersion(d decision.Deviation) string {
	if doc := r.documents[d.Path]; doc != nil && doc.SHA256 == d.SHA256 {
		return doc.Version
	}
	return ""
}

// how says in which way it landed. LAW 9.2.
func (r *reporter) how(d decision.Deviation) md {
	base := text(r.base(), maxNameLength)
	switch d.How {
	case decision.DirectPush:
		return "pushed to " + base + " without a pull request"
	case decision.BypassMerge:
		if len(d.Missing) == 0 {
			return "merged past the check, which had something against it"
		}
		return text("merged without the signature of "+r.theRoles(d.Missing), maxMessageLength)
	case decision.EditedSquash:
		return "squashed into other text than was signed"
	case decision.EvilMerge:
		return "merged with other text than was signed"
	case decision.Withdrawn:
		return "merged after a signature was withdrawn or somebody objected"
	case decision.ConfigurationMissing:
		return "the configuration was deleted from " + base
	case decision.Ungoverned:
		return "taken out of governance without the signatures that needs"
	}
	return text(d.Text, maxMessageLength)
}

// theRoles is "the CISO and the Head of IT".
func (r *reporter) theRoles(ids []string) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = "the " + r.role(id)
	}
	return enumerate(list, "and")
}

// deviationTitle is what happened, in one line.
func (r *reporter) deviationTitle(limit int) string {
	if len(r.d.Deviations) == 0 {
		return "Landed as it was signed"
	}
	same := true
	for _, d := range r.d.Deviations {
		same = same && d.How == r.d.Deviations[0].How
	}
	count := plural(len(r.d.Deviations), "file is", "files are") + " not on " + r.base() + " as signed"
	if !same {
		return fitting(limit, count, "Landed other than signed")
	}
	first := r.d.Deviations[0]
	if first.How == decision.BypassMerge && len(first.Missing) > 0 {
		return fitting(limit, "Merged without the signature of "+r.theRoles(r.lacking()), "Merged without all signatures")
	}
	return fitting(limit, howTitle(first.How, r.base()), "Landed other than signed")
}

func howTitle(how decision.How, base string) string {
	switch how {
	case decision.DirectPush:
		return "Pushed to " + base + " without a signature"
	case decision.BypassMerge:
		return "Merged past the check"
	case decision.EditedSquash, decision.EvilMerge:
		return "Merged with other text than was signed"
	case decision.Withdrawn:
		return "Merged after a signature was withdrawn or somebody objected"
	case decision.ConfigurationMissing:
		return "The configuration was deleted from " + base
	case decision.Ungoverned:
		return "Documents were taken out of governance"
	}
	return "Landed other than signed"
}

// lacking are the roles without whose signature something landed, each once.
func (r *reporter) lacking() []string {
	var roles []string
	for _, d := range r.d.Deviations {
		roles = append(roles, d.Missing...)
	}
	return distinct(roles)
}

// deciders are who has to sign or reject what landed: those whose signatures are missing; else those who
// would have had to sign; else those who sign the configuration.
func (r *reporter) deciders() md {
	roles := r.lacking()
	for _, d := range r.d.Deviations {
		if doc := r.documents[d.Path]; doc != nil && len(d.Missing) == 0 {
			for _, q := range doc.Requirements {
				roles = append(roles, q.Role)
			}
		}
	}
	var people []string
	for _, role := range distinct(roles) {
		found, _ := r.config.Role(role)
		for _, slug := range found.Holders {
			p, _ := r.config.Person(slug)
			people = append(people, string(r.addressed(actor{slug, p.Login, r.person(slug), r.role(role)})))
		}
	}
	if len(people) == 0 {
		return r.governors(r.addressed)
	}
	return md(joinEntries(distinct(people)))
}

// acceptRow is how a new version accepts what landed; false for what no version accepts.
func (r *reporter) acceptRow(d decision.Deviation) (acceptRow, bool) {
	if d.Deleted || document.Classify(r.root(), d.Path) != document.Markdown {
		return acceptRow{}, false
	}
	return acceptRow{code(d.Path), text(d.ID, maxNameLength), nextVersion(r.landedVersion(d))}, true
}

func (r *reporter) root() string {
	if r.config.Root == "" {
		return "."
	}
	return r.config.Root
}

var versionPattern = lazily(`^([0-9]{1,9})\.([0-9]{1,9})$`)

// nextVersion raises the second number; "" for what is no version.
func nextVersion(version string) md {
	m := versionPattern().FindStringSubmatch(version)
	if m == nil {
		return ""
	}
	minor, err := strconv.Atoi(m[2])
	if err != nil {
		return "" // unreachable: nine digits fit
	}
	return md(m[1] + "." + strconv.Itoa(minor+1))
}

// fillRestore gives the commands that take back what landed. What was signed stands at the pull request's
// head, else the text from before the landing is restored; a file that was not there is removed.
func (r *reporter) fillRestore(v *deviationView) {
	base, head := safe(r.d.Base, objectPattern()), safe(r.d.Head, objectPattern())
	var commands, byHand []md
	for _, d := range r.d.Deviations {
		path, source := shellPath(d.Path), base
		if d.SignedSHA256 != "" {
			source, v.FetchHead = head, v.FetchHead || r.d.Pull > 0
		}
		switch doc := r.documents[d.Path]; {
		case path == "" || source == "":
			byHand = append(byHand, code(d.Path))
		case doc != nil && doc.Change == decision.Added && d.SignedSHA256 == "":
			commands = append(commands, "git rm "+path)
		default:
			commands = append(commands, "git restore --source="+source+" --staged --worktree "+path)
		}
	}
	slices.Sort(commands)
	v.Restore, v.ByHand = rowsOf(&r.cut, commands), rowsOf(&r.cut, byHand)
}

// shellPath is a path as an argument of a command; "" for one that cannot be pasted.
func shellPath(path string) md {
	if bare := safe(path, pathPattern()); bare != "" {
		return bare
	}
	if path == "" || len(path) > maxTitleLength || strings.HasPrefix(path, "-") || strings.ContainsAny(path, "'`\\") || visible(path) != path {
		return ""
	}
	return md("'" + path + "'")
}

// topic names branches after the deviation, else after the one document.
func (r *reporter) topic(id string) md {
	_, move := r.oneMove()
	if id == "" && (len(r.d.Deviations) == 1 || move) {
		id = r.d.Deviations[0].ID
	}
	if bare := safe(strings.ToLower(id), branchPattern()); bare != "" {
		return bare
	}
	return "deviation"
}

// seconds is "2026-10-02 17:26:03 UTC".
func seconds(at string) md {
	if len(at) == len("2026-10-02T17:26:03Z") && at[10] == 'T' && at[19] == 'Z' {
		return text(at[:10]+" "+at[11:19], maxNameLength) + " UTC"
	}
	return text(at, maxNameLength)
}
