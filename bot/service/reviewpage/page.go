package reviewpage

import (
	"bytes"
	"fmt"
	"html/template"
	"regexp"
	"slices"
	"strconv"
	"sync"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/document/redline"
	docstemplates "github.com/vidimus-bot/vidimus/docs-templates"
)

// Subject is everything that the page is made from.
type Subject struct {
	// Input is what the check run was made from: decision, configuration, proposal.
	Input    report.Input
	Snapshot facts.Snapshot
	Pull     Pull
	// Viewer is who looks, as GitHub knows them.
	Viewer facts.Account
	// Web is the host's web address, such as https://github.com.
	Web string
	// Since shows only what changed since the viewer signed, where they did.
	Since bool
}

// Pull is the pull request as GitHub shows it now.
type Pull struct {
	Number int
	Title  string
	Open   bool
	// MergedAt is "" if it is not merged.
	MergedAt string
	// Behind: GitHub shows another head or state than the decision is about.
	Behind bool
	// Entry is the number of the ledger's entry that records it, 0 for none yet.
	Entry int
}

// frame is what stands around a page; docs-templates/review/frame.html.
type frame struct {
	Title, Organisation string
	Viewer              *viewerView
	Nav, Crumbs         []link
	Icons               []string
	Main                template.HTML
	Head                string
	AsOf                day
	Script              bool
}

type viewerView struct{ Name, Role string }

type link struct{ Text, Href string }

// view makes one page out of a Subject.
type view struct {
	Subject
	d     *decision.Decision
	words report.Page
	slug  string // of the viewer in the roster; "" if the account is nobody's
	mine  []report.Ask
	trees map[string][]facts.Entry // by commit
}

// reviewView fills docs-templates/review/review.html.
type reviewView struct {
	Heading, Lead string
	Banner        banner
	Documents     []documentView
	Hands         []handView
	Blocking      []remarkView
	Warnings      []remarkView
	BlockingState state
	WarningState  state
	Objections    []objectionView
	MayDismiss    string
	Impact        []impactView
	Since         *sinceView
	Sign          signBox
	Signed        []signedView
	Awaited       []awaitedView
	NoSignatures  string
	Refused       []refusedView
	Deviations    []deviationView
	Facts         []fact
	Commits       []commitView
	History       []eventView
}

// Render makes the page.
func Render(s Subject) ([]byte, error) {
	v := newView(s)
	documents, err := v.documents()
	if err != nil {
		return nil, err
	}
	page := reviewView{
		Heading: v.heading(), Lead: v.lead(), Banner: v.banner(), Documents: documents, Hands: v.hands(documents),
		Blocking: v.remarks(v.words.Blocking, true), Warnings: v.remarks(v.words.Warnings, false),
		BlockingState: missing(many(len(v.words.Blocking), "blocking", "blocking")),
		WarningState:  state{"due", "dev", many(len(v.words.Warnings), "warning", "warnings")},
		Objections:    v.objections(), MayDismiss: v.words.MayDismiss, Impact: v.impact(), Since: v.sinceLink(documents),
		Sign: v.signBox(), Signed: v.signed(), Awaited: v.awaited(), NoSignatures: v.noSignatures(), Refused: v.refused(),
		Deviations: v.deviations(), Facts: v.facts(), Commits: v.commits(), History: v.history(),
	}
	f := frame{
		Title: fmt.Sprintf("Review %d: %s · Vidimus", v.Pull.Number, v.heading()), Organisation: v.organisation(), Viewer: v.viewer(),
		Nav: v.navigation(&page), Head: short(v.d.Head), AsOf: day(v.d.AsOf), Script: len(page.Sign.Lines) > 0,
		Crumbs: []link{{v.d.Repository.Name, v.web()}, {"Pull request " + strconv.Itoa(v.Pull.Number), ""}},
	}
	return whole("review", page, f)
}

// newView looks everything up that several parts need.
func newView(s Subject) *view {
	v := &view{Subject: s, words: report.PageOf(s.Input), trees: map[string][]facts.Entry{}}
	v.d = &v.Input.Decision
	if p, ok := v.Input.Config.PersonByID(s.Viewer.ID); ok && s.Viewer.ID != 0 {
		v.slug = p.Slug
	}
	for _, a := range v.words.Asks {
		if v.slug != "" && s.Pull.Open && slices.Contains(a.Able, v.slug) {
			v.mine = append(v.mine, a)
		}
	}
	entries := map[string][]facts.Entry{}
	for _, t := range s.Snapshot.Facts.Trees {
		entries[t.Digest] = t.Entries
	}
	for _, c := range s.Snapshot.Facts.Commits {
		v.trees[c.ID] = entries[c.Tree]
	}
	return v
}

// heading is the title of the pull request, which its author chose: shown as a title of
// theirs, in one line.
func (v *view) heading() string {
	if t := redline.Visible(v.Pull.Title); t != "" {
		return t
	}
	return "Pull request " + strconv.Itoa(v.Pull.Number)
}

func (v *view) organisation() string {
	if o := v.Input.Config.Organisation; o != "" {
		return o
	}
	return v.d.Repository.Name
}

// viewer is who looks, with the first role they hold.
func (v *view) viewer() *viewerView {
	p, ok := v.Input.Config.Person(v.slug)
	if !ok {
		return &viewerView{Name: "@" + v.Viewer.Login}
	}
	for _, r := range v.Input.Config.Roles {
		if v.Input.Config.Holds(v.slug, r.ID) {
			return &viewerView{p.Name, r.Title}
		}
	}
	return &viewerView{Name: p.Name}
}

func (v *view) navigation(page *reviewView) []link {
	nav := []link{}
	if len(page.Documents) > 0 {
		nav = append(nav, link{"What changes", "#changes"}, link{"Findings", "#findings"}, link{"Redline", "#redline"})
	}
	nav = append(nav, link{"Sign", "#sign"}, link{"Signatures", "#signatures"}, link{"Record", "#record"})
	if site := v.Input.Links.Site; site != "" {
		nav = append(nav, link{"Evidence site", site})
	}
	return nav
}

// usedIcon finds the icons that a page uses. What comes from outside is escaped and can
// hold no quotation mark.
var usedIcon = regexp.MustCompile(`<use href="#i-([a-z-]+)">`)

// whole puts a page into its frame.
func whole(name string, data any, f frame) ([]byte, error) {
	t, err := templates()
	if err != nil {
		return nil, err
	}
	var main, page bytes.Buffer
	if err := t.ExecuteTemplate(&main, name, data); err != nil {
		return nil, fmt.Errorf("fill %s: %w", name, err)
	}
	f.Icons = []string{"seal"}
	for _, m := range usedIcon.FindAllSubmatch(main.Bytes(), -1) {
		f.Icons = append(f.Icons, string(m[1]))
	}
	slices.Sort(f.Icons)
	f.Icons, f.Main = slices.Compact(f.Icons), template.HTML(main.String()) //nolint:gosec // made by html/template
	if err := t.ExecuteTemplate(&page, "review-frame", f); err != nil {
		return nil, fmt.Errorf("fill frame of %s: %w", name, err)
	}
	return []byte(redline.Visible(page.String())), nil
}

// templates are parsed once; html/template works out on first use where what is escaped
// how, and a set that has been used may be used by many at once.
var templates = sync.OnceValues(func() (*template.Template, error) {
	t, err := template.New("review").ParseFS(docstemplates.Site, "site/parts.html", "site/frame.html", "site/redline.html")
	if err == nil {
		t, err = t.ParseFS(docstemplates.Review, "review/*.html")
	}
	if err != nil {
		return nil, fmt.Errorf("parse the templates of the review page: %w", err)
	}
	return t, nil
})
