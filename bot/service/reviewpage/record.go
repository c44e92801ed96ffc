package reviewpage

import (
	"fmt"
	"slices"
	"strings"
)

// deviationView is one file that landed other than signed.
type deviationView struct {
	State                    state
	Name, How, Text, Missing string
	Landed, Signed           digest
}

func (v *view) deviations() []deviationView {
	var found []deviationView
	for _, d := range v.d.Deviations {
		var roles []string
		for _, id := range d.Missing {
			roles = append(roles, v.role(id))
		}
		found = append(found, deviationView{
			State: deviant("Deviation"), Name: d.Path, How: string(d.How), Text: d.Text, Missing: list(roles, "and"),
			Landed: digest(d.SHA256), Signed: digest(d.SignedSHA256),
		})
	}
	return found
}

func (v *view) role(id string) string {
	if r, ok := v.Input.Config.Role(id); ok && r.Title != "" {
		return r.Title
	}
	return id
}

// facts are what was judged exactly.
func (v *view) facts() []fact {
	d := v.d
	found := []fact{
		{Name: "Head", Code: short(d.Head), Href: "", Note: "the proposal’s tip that was judged"},
		{Name: "Base", Code: short(d.Base), Note: "tip of " + v.base() + " before the landing"},
		{Name: "Judged as of", Day: day(d.AsOf)},
		{Name: "By", Text: fmt.Sprintf("law %d, rules %s", d.Law, d.Catalogue)},
	}
	if v.Input.Number > 0 {
		found = append(found, fact{Name: "Verdict", Text: fmt.Sprintf("number %d, %s", v.Input.Number, strings.ReplaceAll(string(d.Conclusion), "_", " "))})
	}
	if v.Pull.Entry > 0 {
		found = append(found, fact{Name: "Ledger", Text: fmt.Sprintf("entry %d", v.Pull.Entry)})
	}
	return append(found,
		fact{Name: "Content list", Text: "SHA-256", Digest: digest(d.Content)},
		fact{Name: "Facts", Text: "SHA-256", Digest: digest(d.Facts)})
}

func (v *view) base() string {
	if b := v.Input.Proposal.Base; b != "" {
		return b
	}
	return "the governed branch"
}

type commitView struct {
	ID      digest
	Href    string
	By, Key string
	Now     string
	State   state
}

func (v *view) commits() []commitView {
	var found []commitView
	for _, c := range v.words.Commits {
		word := strings.ReplaceAll(c.Commit.Verdict, "-", " ")
		if word == "" {
			word = "not judged"
		}
		word = strings.ToUpper(word[:1]) + word[1:]
		one := commitView{
			ID: digest(c.Commit.ID), Href: v.web("commit", c.Commit.ID), By: c.By, Key: c.Key, Now: c.Now, State: missing(word),
		}
		if c.Commit.Counts {
			one.State = good(word)
		}
		if c.Commit.Counts && c.Commit.Verdict == "vouched" {
			one.State = state{"due", "part", word}
		}
		found = append(found, one)
	}
	return found
}

type eventView struct {
	At   moment
	What string
}

// history is what happened, in order of time; each event once.
func (v *view) history() []eventView {
	var events []eventView
	if v.words.Proposer != "" && v.Input.Proposal.OpenedAt != "" {
		events = append(events, eventView{moment(v.Input.Proposal.OpenedAt), "Proposed by " + v.words.Proposer})
	}
	for _, s := range v.words.Signed {
		events = append(events, eventView{moment(s.Signature.SubmittedAt), "Signed by " + s.Who + ", " + s.Role})
	}
	for _, r := range v.words.Refused {
		events = append(events, eventView{moment(r.Signature.SubmittedAt), "Approved by " + r.Who + "; does not count (" + r.Signature.Code + ")"})
	}
	for _, r := range v.Snapshot.Facts.Reviews {
		if r.State == "CHANGES_REQUESTED" {
			events = append(events, eventView{moment(r.SubmittedAt), "Changes requested by " + v.account(r.User.ID, r.User.Login)})
		}
	}
	switch {
	case v.Pull.MergedAt != "" && len(v.d.Deviations) > 0:
		events = append(events, eventView{moment(v.Pull.MergedAt), "Merged, with a deviation"})
	case v.Pull.MergedAt != "":
		events = append(events, eventView{moment(v.Pull.MergedAt), "Merged"})
	}
	slices.SortStableFunc(events, func(a, b eventView) int { return strings.Compare(string(a.At), string(b.At)) })
	return slices.Compact(events)
}

// account is the name of an account's person, else its login.
func (v *view) account(id int64, login string) string {
	if p, ok := v.Input.Config.PersonByID(id); ok && id != 0 {
		return p.Name
	}
	return "@" + login
}
