package site

import (
	"fmt"
)

// deviationsPage is what deviations.html is filled with.
type deviationsPage struct {
	Lead  string
	Since day
	Cards []deviationCard
}

// deviationCard is one deviation.
type deviationCard struct {
	ID, Title string
	State     state
	Facts     []fact
	Text      string
	IssueHref string
	Issue     int
}

// deviationsPage makes the list of all deviations: open ones first, newest first.
func (s *site) deviationsPage() error {
	p := s.sheet("deviations.html")
	data := deviationsPage{Since: moment(s.records[0].Entry.Time).Day()}
	open := 0
	for _, wanted := range []bool{true, false} {
		for i := len(s.deviations) - 1; i >= 0; i-- {
			d := s.deviations[i]
			if (d.closed == nil) != wanted {
				continue
			}
			if wanted {
				open++
			}
			data.Cards = append(data.Cards, p.deviationCard(d))
		}
	}
	data.Lead = "Where a governed branch holds something that was not signed, it is written here and stays here. " +
		deviationCount(open, len(s.deviations)-open)
	return s.add(page{
		sheet: p, title: "Deviations", place: "deviations.html", template: "deviations", data: data,
		crumbs: []crumb{{"Overview", "index.html"}, {"Deviations", ""}},
	})
}

func deviationCount(open, closed int) string {
	switch {
	case open+closed == 0:
		return "There is none."
	case open == 0:
		return "None is open, " + many(closed, "is", "are") + " closed."
	case closed == 0:
		return many(open, "is", "are") + " open, none is closed."
	default:
		return many(open, "is", "are") + " open, " + thousands(closed) + " " + verb(closed, "is", "are") + " closed."
	}
}

func (p sheet) deviationCard(d *deviation) deviationCard {
	card := deviationCard{
		ID: d.id, Title: d.title(), State: d.state(), Text: sentence(d.Text), Issue: d.Issue, IssueHref: p.web("issues", fmt.Sprint(d.Issue)),
		Facts: []fact{p.deviatedDocument(d)},
	}
	card.Facts = append(card.Facts, p.landed(d.Landed)...)
	for _, m := range d.Missing {
		card.Facts = append(card.Facts, fact{Name: "Missing", Text: p.site.roleTitle(m.Role), Note: held(list(p.site.holders(m.Role)))})
	}
	card.Facts = append(card.Facts, p.bytesOf(d)...)
	number := d.record.Entry.Number
	card.Facts = append(card.Facts,
		fact{Name: "Found", Time: moment(d.DetectedAt)},
		fact{Name: "Ledger entry", Text: fmt.Sprint(number), Href: p.to(p.site.entryHref(number))},
		fact{Name: "Statement", Text: d.name, Href: p.record(number, d.name)})
	if c := d.closed; c != nil {
		closing := fact{Name: "Closed", Time: moment(c.published.Landed.At), Note: "by a signed change"}
		if c.version != nil {
			closing.Note = "by the signed version " + c.version.file
		}
		card.Facts = append(card.Facts, closing)
	}
	return card
}

func held(names string) string {
	if names == "" {
		return ""
	}
	return "held by " + names
}

// title is the deviation in a few words.
func (d *deviation) title() string {
	what := d.Document.ID
	if d.Document.Version != "" {
		what += " " + d.Document.Version
	}
	return d.id + ": " + what + ", " + howWord(d.How)
}

// howWord says in which way something landed other than signed. LAW 9.2.
func howWord(how string) string {
	switch how {
	case "direct-push":
		return "pushed directly"
	case "bypass-merge":
		return "merged past the check"
	case "edited-squash":
		return "squashed with another text"
	case "evil-merge":
		return "merged with another text"
	case "withdrawn-before-merge":
		return "merged after a signature was withdrawn"
	case "configuration-missing":
		return "landed while the configuration was missing"
	case "ungoverned":
		return "taken out of what is governed"
	default:
		return how
	}
}

// deviatedDocument leads to the text that landed.
func (p sheet) deviatedDocument(d *deviation) fact {
	f := fact{Name: "What", Text: d.Document.ID, Note: d.subject.Name}
	if v := d.version; v != nil && d.dossier.hasPages() {
		f.Text, f.Href = v.dossier.id()+" "+v.file, p.to(v.page())
	}
	if f.Text == f.Note {
		f.Note = ""
	}
	return f
}

// bytesOf compares what landed with what was signed.
func (p sheet) bytesOf(d *deviation) []fact {
	landed := fact{Name: "Landed bytes", Digest: digest(d.subject.Digest.SHA256)}
	switch {
	case d.Deleted:
		landed = fact{Name: "Landed bytes", Text: "none: it was deleted. Before:", Digest: digest(d.subject.Digest.SHA256)}
	case d.NotStored:
		landed.Note = "over the limit, not kept"
	}
	signed := fact{Name: "Signed bytes", Text: "none: nothing was signed for this path"}
	if s := d.Signed; s != nil {
		signed = fact{Name: "Signed bytes", Digest: digest(s.SHA256)}
		if s.Version != "" {
			signed.Text = "version " + s.Version
		}
	}
	return []fact{landed, signed}
}
