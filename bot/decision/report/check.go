package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// CheckRun is the check run of a pull request's head. LAW 7.2, 7.3.
func CheckRun(in Input) Check {
	r := newReporter(&in)
	conclusion, because := and(in.Decision, in.Others)
	o := otherOf(in.Decision, because)
	c := Check{Conclusion: conclusion, Annotations: annotations(r.d), Details: string(link(in.Links.Details))}
	if c.Details == "" {
		c.Details = string(link(in.Links.Review))
	}
	c.Title, c.Summary = r.summary(o)
	if o != (other{}) {
		c.Title = fitting(MaxTitle, otherTitle(o))
	}
	if len(in.Others) > 0 && o == (other{}) {
		first, rest, _ := strings.Cut(c.Summary, "\n\n")
		c.Summary = first + "\n\n" + sameCommits(in) + "\n\n" + rest
	}
	c.Text = detailsText(in, MaxBodyBytes-in.Reserve)
	return c
}

// sameCommits says which pull request the texts speak of, when others propose the same commits.
func sameCommits(in Input) string {
	var numbers []string
	for i, d := range in.Others {
		if i == maxSameCommits {
			numbers = append(numbers, fmt.Sprintf("%d more", len(in.Others)-i))
			break
		}
		numbers = append(numbers, fmt.Sprintf("#%d", d.Pull))
	}
	return fmt.Sprintf("This speaks of pull request #%d. %s proposes the same commits; the check is green when all of them are signed.",
		in.Decision.Pull, strings.Join(numbers, ", "))
}

// maxSameCommits is how many other pull requests are named.
const maxSameCommits = 5

// summary is title and summary for the decision's state.
func (r *reporter) summary(o other) (title, summary string) {
	switch r.d.State {
	case decision.StateSigned:
		v := r.signedView(o)
		return r.signedTitle(), render("check-signed.md", v, &r.cut, MaxBodyBytes)
	case decision.StateWaiting, decision.StateDraft:
		v := r.waitingView(o)
		return r.waitingTitle(), render("check-not-signed.md", v, &r.cut, MaxBodyBytes)
	case decision.StateUntouched:
		v := plainView{Other: o, Base: text(r.base(), maxNameLength)}
		return "Nothing governed changes", render("check-untouched.md", v, &r.cut, MaxBodyBytes)
	case decision.StateNotGoverned:
		v := plainView{Other: o, Base: text(r.base(), maxNameLength), Branches: r.branches()}
		return "Not governed", render("check-not-governed.md", v, &r.cut, MaxBodyBytes)
	}
	t := tallyOf(r.d)
	v := r.blockedView(o)
	return r.blockedTitle(&t), render("check-findings.md", v, &r.cut, MaxBodyBytes)
}

// plainView fills check-untouched.md and check-not-governed.md.
type plainView struct {
	Other          other
	Base, Branches md
}

// branches are the governed ones, for a pull request into another.
func (r *reporter) branches() md {
	return text(enumerate(r.config.Branches, "and"), maxMessageLength)
}

// signedView fills check-signed.md.
type signedView struct {
	Other                other
	Headline             md
	Signatures           bool // somebody had to sign
	Documents            rows[signedRow]
	Founding             bool
	Site, EvidenceBranch md
	Warnings             int
	Refused              rows[refusedRow]
}

type signedRow struct{ Name, Version, Signers md }

func (r *reporter) signedView(o other) signedView {
	t := tallyOf(r.d)
	list := make([]signedRow, len(r.d.Documents))
	for i := range r.d.Documents {
		d := &r.d.Documents[i]
		list[i] = signedRow{r.documentName(d), r.versionRow(d), r.signers(d)}
		if d.Effective != "" && d.Change != decision.Deleted {
			list[i].Version += ", in force from " + text(d.Effective, maxNameLength)
		}
	}
	return signedView{
		Other: o, Headline: r.signedHeadline(o), Signatures: r.mustSign(),
		Documents: rowsOf(&r.cut, list), Founding: r.d.Founding, Site: link(r.in.Links.Site),
		EvidenceBranch: code(r.config.Evidence.Branch), Warnings: len(t.warnings), Refused: r.refusedRows(),
	}
}

// signedHeadline says that everything is there; that the change can be merged only if no other pull request
// decides.
func (r *reporter) signedHeadline(o other) md {
	var signed md
	switch {
	case !r.mustSign():
		signed = "Nobody has to sign: drafts need signed commits only, and these are."
	case r.d.Founding:
		signed = "The founding is signed by everyone who must."
	default:
		signed = "Signed by everyone who must."
	}
	if o.Pull == 0 {
		signed += " This change can be merged."
	}
	return "**" + signed + "**"
}

// mustSign says whether any document asks for a signature.
func (r *reporter) mustSign() bool {
	return slices.ContainsFunc(r.d.Documents, func(d decision.Document) bool { return len(d.Requirements) > 0 })
}

// signers are who signed d in which role and when, one below the other.
func (r *reporter) signers(d *decision.Document) md {
	var list []md
	for _, q := range d.Requirements {
		if q.Outcome == "signed" {
			s, _ := r.signature(d, q)
			signer := text(r.person(q.Person)+", "+r.role(q.Role), maxMessageLength)
			if s.SubmittedAt != "" {
				signer += ", " + moment(s.SubmittedAt)
			}
			list = append(list, signer)
		}
	}
	if len(list) == 0 {
		return unasked(d).State
	}
	var joined md
	for i, signer := range distinct(list) {
		if i > 0 {
			joined += "<br>"
		}
		joined += signer
	}
	return joined
}

func (r *reporter) signedTitle() string {
	var people, roles []string
	for _, d := range r.d.Documents {
		for _, q := range d.Requirements {
			if q.Outcome == "signed" && !slices.Contains(people, q.Person) {
				people, roles = append(people, q.Person), append(roles, q.Role)
			}
		}
	}
	switch len(people) {
	case 0:
		return "Nothing to sign: drafts, with good commits"
	case 1:
		who := r.person(people[0])
		return fitting(MaxTitle, "Signed by "+who+" ("+r.role(roles[0])+")", "Signed by "+who)
	}
	return "Signed by all " + thousands(len(people)) + " who must"
}

// waitingView fills check-not-signed.md.
type waitingView struct {
	Other           other
	Draft, Founding bool
	// People is how many are waited for, 0 when there is a choice; Who names them.
	People    int
	Who       md
	Since     md
	Vain      md // who approved, and why that does not count
	Moves     md
	Review    md
	Documents rows[documentRow]
	Warnings  int
	Groups    rows[signGroup]
	Stuck     rows[stuckRow]
	Excluded  md
	Keys      bool // a changed key is among them, for which fewer may be enough
	Refused   rows[refusedRow]
}

// stuckRow is a role that nobody can fill on some documents.
type stuckRow struct {
	Role, RoleID, Documents, Why md
	Self                         bool // the owner of a key, whom no configuration names
	Wrote                        bool // it would help if somebody else proposed the change
}

func (r *reporter) waitingView(o other) waitingView {
	t := tallyOf(r.d)
	open, stuck := r.asks()
	who := r.waitingFor(r.named)
	return waitingView{
		Other: o, Draft: r.in.Proposal.Draft || r.d.State == decision.StateDraft, Founding: r.d.Founding,
		People: r.countPeople(open, len(who)), Who: text(joinEntries(who), maxSentenceLength), Since: day(r.in.WaitingSince),
		Vain: r.vainSentence(), Moves: r.movesSentence(),
		Review: link(r.in.Links.Review), Documents: r.documentRows(), Warnings: len(t.warnings),
		Groups: r.signGroups(open, true), Stuck: r.stuckRows(stuck), Excluded: text(r.excluded(), maxMessageLength), Keys: r.changesKey(),
		Refused: r.refusedRows(),
	}
}

// joinEntries separates "name, role" from the next.
func joinEntries(list []string) string {
	const shown = maxEnumerated
	joined := ""
	for i, s := range list[:min(len(list), shown)] {
		if i > 0 {
			joined += "; "
		}
		joined += s
	}
	if len(list) > shown {
		joined += "; and " + thousands(len(list)-shown) + " more"
	}
	return joined
}

// countPeople is how many persons are waited for, 0 when that is not one number: a role that several can
// fill, or several roles of which some are enough.
func (r *reporter) countPeople(asks []ask, entries int) int {
	var people []string
	for _, a := range asks {
		if len(a.able) != 1 {
			return 0
		}
		people = append(people, a.able[0])
	}
	if entries < len(distinct(people)) {
		return 0
	}
	return len(distinct(people))
}

func (r *reporter) waitingTitle() string {
	if r.in.Proposal.Draft || r.d.State == decision.StateDraft {
		return "Draft: nobody is asked to sign yet"
	}
	open, stuck := r.asks()
	if len(stuck) > 0 {
		return fitting(MaxTitle, "Nobody can sign as "+r.role(stuck[0].role), "Nobody can sign in a role that is needed")
	}
	var titles []string
	for _, name := range []label{r.withRole, r.nameOnly, r.roleOnly} {
		titles = append(titles, "Waiting for "+enumerate(r.waitingFor(name), "and"))
	}
	return fitting(MaxTitle, append(titles, "Waiting for signatures of "+plural(len(open), "role", "roles"))...)
}

// withRole, nameOnly and roleOnly are labels for titles, from long to short.
func (r *reporter) withRole(d *decision.Document, role string, _ bool) string {
	if role == anotherPerson {
		return r.role(role)
	}
	return r.people(r.able(d, role), "or") + " (" + r.role(role) + ")"
}

func (r *reporter) nameOnly(d *decision.Document, role string, _ bool) string {
	if role == anotherPerson {
		return r.role(role)
	}
	return r.people(r.able(d, role), "or")
}

func (r *reporter) roleOnly(_ *decision.Document, role string, _ bool) string { return r.role(role) }

func (r *reporter) stuckRows(stuck []ask) rows[stuckRow] {
	var list []stuckRow
	for _, a := range stuck {
		why, wrote := r.stuckWhy(a)
		list = append(list, stuckRow{
			Role: text(r.role(a.role), maxNameLength), RoleID: code(a.role), Why: text(why, maxMessageLength), Wrote: wrote,
			Documents: text(enumerate(idsOf(a.documents), "and"), maxMessageLength), Self: a.role == approval.RoleSelf,
		})
	}
	return rowsOf(&r.cut, list)
}

// stuckWhy says why nobody can fill the role, and whether that is so because of who contributed.
func (r *reporter) stuckWhy(a ask) (why string, contributed bool) {
	if len(a.able) == 0 {
		return "nobody holds the role", false
	}
	var wrote, fill []string
	for _, slug := range a.able {
		if slices.Contains(a.documents[0].Contributors, slug) {
			wrote = append(wrote, slug)
		} else {
			fill = append(fill, slug)
		}
	}
	var reasons []string
	if len(wrote) > 0 {
		reasons = append(reasons, r.people(wrote, "and")+" contributed (SIG002)")
	}
	if len(fill) > 0 {
		reasons = append(reasons, r.people(fill, "and")+" signed it in another role (SIG005)")
	}
	reasons = append(reasons, "nobody else holds the role")
	return enumerate(reasons, "and"), len(wrote) > 0
}

// excluded are the contributors, who cannot sign what they contributed to. LAW 3.4.
func (r *reporter) excluded() string {
	var slugs []string
	for _, d := range r.d.Documents {
		if len(d.Requirements) > 0 {
			slugs = append(slugs, d.Contributors...)
		}
	}
	slices.Sort(slugs)
	return r.people(slices.Compact(slugs), "and")
}

// changesKey says whether a key that was there is changed: a renewal or revocation needs fewer signatures
// than the rule for the configuration, and which it is the decision does not say. LAW 2.4.
func (r *reporter) changesKey() bool {
	return slices.ContainsFunc(r.d.Documents, func(d decision.Document) bool {
		return d.Type == "key" && d.Change == decision.Modified && !d.Signed
	})
}

// linkPattern is an address that stands in a Markdown link as it is.
var linkPattern = lazily(`^https?://[A-Za-z0-9._~:/?#@!$&'*+,;=%-]{1,500}$`)

// link is the address, or "" if it is none that can be linked.
func link(address string) md {
	if !linkPattern().MatchString(address) {
		return ""
	}
	return md(address)
}
