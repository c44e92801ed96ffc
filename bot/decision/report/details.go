package report

import (
	"strconv"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
)

// detailsView fills check-text.md.
type detailsView struct {
	Digests    rows[digestRow]
	Signatures rows[signatureRow]
	Commits    rows[commitDetail]
	Impacts    rows[impactRow]
	Overrides  rows[overrideRow]
	Base       md
	BaseCommit md
	Head       md
	Law        int
	Number     int
	Catalogue  md
	Content    md
	Facts      md
	Founding   bool
	Config     bool // rules were read
}

type digestRow struct{ Name, Path, SHA256, Images, Level md }

type signatureRow struct{ Who, Document, How, Review md }

type commitDetail struct{ ID, By, Verdict, Key md }

// detailsText is the check run's text: what exactly was judged, to be compared with other places. "" when
// limit leaves no room.
func detailsText(in Input, limit int) string {
	r := newReporter(&in)
	v := detailsView{
		Digests: r.digestRows(), Signatures: r.signatureRows(), Commits: r.commitDetails(), Impacts: r.impactRows(), Overrides: r.overrideRows(),
		Base: text(r.base(), maxNameLength), BaseCommit: short(r.d.Base), Head: short(r.d.Head),
		Law: r.d.Law, Number: r.in.Number, Catalogue: text(r.d.Catalogue, maxNameLength),
		Content: code(r.d.Content), Facts: code(r.d.Facts), Founding: r.d.Founding, Config: len(r.config.Rules) > 0,
	}
	return render("check-text.md", v, &r.cut, limit)
}

func (r *reporter) digestRows() rows[digestRow] {
	list := make([]digestRow, len(r.d.Documents))
	for i, d := range r.d.Documents {
		row := digestRow{Path: code(d.Path), SHA256: code(d.SHA256), Level: text(d.Level, maxNameLength)}
		if d.ID != d.Path {
			row.Name = code(d.ID) + " " + text(d.Version, maxNameLength)
		}
		if d.Images != "" {
			row.Images = "<br>images: " + code(d.Images)
		}
		if d.Change == decision.Deleted {
			row.SHA256 = "deleted; was " + row.SHA256
		}
		list[i] = row
	}
	return rowsOf(&r.cut, list)
}

func (r *reporter) signatureRows() rows[signatureRow] {
	var list []signatureRow
	for _, s := range r.d.Signatures {
		if s.Counts {
			list = append(list, signatureRow{
				Who:      text(r.person(s.Person)+", "+r.role(s.Role), maxMessageLength) + ", " + moment(s.SubmittedAt),
				Document: code(s.Document), How: how(s), Review: md(strconv.FormatInt(s.Review, 10)),
			})
		}
	}
	return rowsOf(&r.cut, list)
}

// how says by which act a signature was made and how it is known what it was bound to. LAW 5.
func how(s decision.Signature) md {
	act := md("approving review")
	if s.Line != "" {
		act = "statement in the review"
	}
	switch s.Witness {
	case "delivery":
		return act + ", as GitHub delivered it"
	case "seen":
		return act + ", as it was first seen"
	}
	return act
}

func (r *reporter) commitDetails() rows[commitDetail] {
	list := make([]commitDetail, len(r.d.Commits))
	for i, c := range r.d.Commits {
		list[i] = commitDetail{short(c.ID), text(r.madeBy(&c), maxMessageLength), verdictWord(c.Verdict), fingerprint(c.Fingerprint)}
	}
	return rowsOf(&r.cut, list)
}

// fingerprint is in groups of four, as gpg prints it; an SSH one stays whole.
func fingerprint(f string) md { return code(groups(f)) }

// groups parts a fingerprint.
func groups(f string) string {
	if strings.HasPrefix(f, "SHA256:") {
		return f
	}
	var parts []string
	for len(f) > 4 {
		parts, f = append(parts, f[:4]), f[4:]
	}
	return strings.Join(append(parts, f), " ")
}
