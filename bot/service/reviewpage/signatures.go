package reviewpage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
)

// signedView is one review that signs, in one role, with all documents that it signs.
type signedView struct {
	Name, Role, How, Account, Href string
	Review                         int64
	At                             moment
	Documents                      []signedDocument
	Lines                          []string
}

type signedDocument struct {
	Name   string
	SHA256 digest
}

func (v *view) signed() []signedView {
	var found []signedView
	for _, s := range v.words.Signed {
		at := slices.IndexFunc(found, func(f signedView) bool {
			return f.Review == s.Signature.Review && f.Role == s.Role && strings.EqualFold(f.How, s.How)
		})
		if at < 0 {
			at = len(found)
			found = append(found, signedView{
				Name: s.Who, Role: s.Role, How: strings.ToUpper(s.How[:1]) + s.How[1:], Review: s.Signature.Review, At: moment(s.Signature.SubmittedAt),
				Href: v.reviewHref(s.Signature.Review), Account: fmt.Sprintf("@%s, GitHub id %d", s.Signature.Login, s.Signature.UserID),
			})
		}
		f := &found[at]
		what := s.Signature.Document
		if d := v.documentAt(s.Signature.Path); d != nil {
			what = name(d)
		}
		f.Documents = append(f.Documents, signedDocument{what, digest(s.Signature.SHA256)})
		if s.Signature.Line != "" {
			f.Lines = append(f.Lines, s.Signature.Line)
		}
	}
	return found
}

func (v *view) documentAt(path string) *decision.Document {
	for i := range v.d.Documents {
		if v.d.Documents[i].Path == path {
			return &v.d.Documents[i]
		}
	}
	return nil
}

// reviewHref is the review on the host, as GitHub gave it, if it lies there.
func (v *view) reviewHref(id int64) string {
	for _, r := range v.Snapshot.Facts.Reviews {
		if r.ID == id && r.URL != "" {
			return v.web("pull", fmt.Sprint(v.Pull.Number)) + "#pullrequestreview-" + fmt.Sprint(id)
		}
	}
	return ""
}

// awaitedView is somebody whose signature is missing.
type awaitedView struct {
	Class, Icon, Name, Text string
	Since                   day
}

// awaited are those who are asked, and the roles that nobody can fill.
func (v *view) awaited() []awaitedView {
	if !v.Pull.Open {
		return nil
	}
	var found []awaitedView
	for _, s := range v.words.Stuck {
		found = append(found, awaitedView{
			Class: "missing", Icon: "bad", Name: s.Role, Text: "Nobody can sign " + s.Documents + " in this role: " + s.Why + ".",
		})
	}
	for _, a := range v.words.Asks {
		var names []string
		for _, slug := range a.Able {
			p, _ := v.Input.Config.Person(slug)
			names = append(names, p.Name)
		}
		w := awaitedView{Class: "wait", Icon: "due", Name: list(names, "or"), Text: a.Title + ". Not asked yet."}
		if v.asks() {
			w.Text = a.Title + ". Waiting for a signature on " + many(len(a.Documents), "document", "documents") + "."
			w.Since = day(v.Input.WaitingSince)
		}
		if slices.Contains(a.Able, v.slug) && v.slug != "" {
			w.Text += " That is you."
		}
		found = append(found, w)
	}
	return found
}

func (v *view) noSignatures() string {
	switch {
	case len(v.d.Documents) == 0:
		return "None is needed: the change touches nothing that is governed."
	case !v.Pull.Open && v.Pull.MergedAt == "":
		return "The pull request was closed before anybody signed."
	}
	return "None was given, and none is asked for at the moment."
}

// refusedView is an approval that does not count, with the documents for which it was
// given.
type refusedView struct {
	Who, Role, Why, Code, Now string
	At                        moment
	Documents                 []string
}

func (v *view) refused() []refusedView {
	var found []refusedView
	var reviews []int64
	for _, r := range v.words.Refused {
		at := -1
		for i, f := range found {
			if reviews[i] == r.Signature.Review && f.Why == r.Why && f.Role == r.Role {
				at = i
			}
		}
		if at < 0 {
			at = len(found)
			reviews = append(reviews, r.Signature.Review)
			found = append(found, refusedView{
				Who: r.Who, Role: r.Role, Why: r.Why, Code: r.Signature.Code, Now: r.Now, At: moment(r.Signature.SubmittedAt),
			})
		}
		if !slices.Contains(found[at].Documents, r.Signature.Document) {
			found[at].Documents = append(found[at].Documents, r.Signature.Document)
		}
	}
	return found
}
