package site

import (
	"sort"
	"strconv"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document/redline"
)

// matricesPage is what matrices.html is filled with.
type matricesPage struct {
	Lead         string
	Organisation string
	Services     []matrixService
	Areas        []areaRow
	Without      []string // services without a matrix, in words
}

// matrixService is one matrix.
type matrixService struct {
	Name, Model, Href, Service string // Href leads to the matrix, Service to the page of the service
	Label                      string
	Split                      split
	SignedBy                   string
	State                      state
}

// areaRow is one control area over all matrices.
type areaRow struct {
	ID, Ref, Area string
	Differs       bool
	Cells         []areaCell
}

// areaCell is who answers in one matrix; Absent where it has no such row.
type areaCell struct {
	Resp   redline.Responsibility
	Owner  string
	Absent bool
}

// duty is one row of a matrix.
type duty struct {
	ref, area, accountable, does, owner, evidence string
}

// rowsOf are the rows of a matrix.
func rowsOf(d *paper) []duty {
	t := tableOf(d.Document, "Responsibility matrix")
	ref, area, accountable := t.Column("Ref"), t.Column("Control area"), t.Column("Accountable")
	does, owner, evidence := t.Column("Who does what"), t.Column("Internal owner"), t.Column("Evidence")
	rows := make([]duty, 0, len(t.Rows))
	for _, r := range t.Rows {
		rows = append(rows, duty{
			r.Cell(ref).Text, r.Cell(area).Text, r.Cell(accountable).Text, r.Cell(does).Text, r.Cell(owner).Text, r.Cell(evidence).Text,
		})
	}
	return rows
}

// row finds a row of a matrix by its ref.
func row(rows []duty, ref string) (duty, bool) {
	for _, r := range rows {
		if strings.EqualFold(r.ref, ref) {
			return r, true
		}
	}
	return duty{}, false
}

// matrices makes the comparison of all matrices.
func (s *site) matrices() error {
	p := s.sheet("matrices.html")
	papers := s.papers(typeMatrix)
	data := matricesPage{Organisation: s.organisation()}
	for _, d := range papers {
		data.Services = append(data.Services, p.matrixService(d))
	}
	data.Areas = s.areas(papers)
	data.Lead = matricesLead(len(papers), data.Areas)
	for _, one := range s.servicesInUse() {
		if s.first(typeMatrix, one.id) != nil {
			continue
		}
		text := one.name() + " has no matrix; its criticality, " + one.entry.Criticality + ", demands none."
		if wanted, _ := one.demanded(typeMatrix); wanted {
			text = one.name() + " has no matrix, and its criticality, " + one.entry.Criticality + ", demands one."
		}
		data.Without = append(data.Without, text)
	}
	return s.add(page{
		sheet: p, title: "Who is responsible for what", place: "matrices.html", template: "matrices", data: data,
		crumbs: []crumb{{"Overview", "index.html"}, {"Responsibilities", ""}},
	})
}

func matricesLead(matrices int, areas []areaRow) string {
	differ := 0
	for _, a := range areas {
		if a.Differs {
			differ++
		}
	}
	switch matrices {
	case 0:
		return "No matrix is on the branch."
	case 1:
		return many(len(areas), "control area has", "control areas have") + " an accountable party, in one service."
	default:
		return "Who answers for each control area, in " + thousands(matrices) + " services. The split differs between them in " +
			strconv.Itoa(differ) + " of " + many(len(areas), "area", "areas") + "."
	}
}

func (p sheet) matrixService(d *paper) matrixService {
	m := matrixService{
		Name: d.Title, Model: d.Text("service-model"), Href: p.to(d.page()), Split: *splitOf(d), State: missing("Not on record"), Label: d.ID,
	}
	for _, s := range p.site.inventory {
		if s.id == d.ServiceID {
			m.Name, m.Service = s.shortName(), p.to(s.page())
		}
	}
	if d.version != nil {
		m.Label = d.dossier.id() + " " + d.version.label
		m.SignedBy = strings.Join(d.version.signatories(), "; ")
		m.State = p.site.shortState(d)
	}
	return m
}

// shortName is a name that fits into the head of a column.
func (s *service) shortName() string {
	name := s.name()
	if cut, _, ok := strings.Cut(name, ","); ok && len(cut) >= 4 {
		name = cut
	}
	return name
}

// areas are the rows of all matrices by their refs, in the order of the refs.
func (a *archive) areas(papers []*paper) []areaRow {
	byRef := map[string]*areaRow{}
	var refs []string
	matrices := make([][]duty, len(papers))
	for i, d := range papers {
		matrices[i] = rowsOf(d)
		for _, r := range matrices[i] {
			key := strings.ToUpper(r.ref)
			if byRef[key] == nil {
				byRef[key] = &areaRow{ID: refID(key, len(refs)), Ref: r.ref, Area: r.area}
				refs = append(refs, key)
			}
		}
	}
	sort.Strings(refs)
	rows := make([]areaRow, 0, len(refs))
	for _, ref := range refs {
		at := byRef[ref]
		for _, m := range matrices {
			at.Cells = append(at.Cells, a.areaCell(m, ref))
		}
		at.Differs = differs(at.Cells)
		rows = append(rows, *at)
	}
	return rows
}

// refID is the id of a control area on the page: its ref, where that is one.
func refID(ref string, n int) string {
	if len(ref) == 5 && strings.HasPrefix(ref, "SR-") && strings.Trim(ref[3:], "0123456789") == "" {
		return ref
	}
	return "area-" + strconv.Itoa(n+1)
}

func (a *archive) areaCell(rows []duty, ref string) areaCell {
	r, ok := row(rows, ref)
	if !ok {
		return areaCell{Absent: true}
	}
	c := areaCell{Resp: redline.ResponsibilityOf(r.accountable), Owner: a.ownerName(r.owner)}
	if c.Owner == "" {
		c.Owner = "no task of ours"
	}
	return c
}

// differs says whether services split an area differently; a matrix without the row does not count.
func differs(cells []areaCell) bool {
	word := ""
	for _, c := range cells {
		if c.Absent {
			continue
		}
		if word != "" && c.Resp.Word != word {
			return true
		}
		word = c.Resp.Word
	}
	return false
}
