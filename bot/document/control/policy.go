package control

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// minSettings is how many mandatory settings a permitted service model needs (domain-a523.md 1, step 1).
const minSettings = 5

// Sections of the cloud usage policy that rules read.
const (
	modelsSection      = "Permitted service models"
	settingsSection    = "Mandatory security configurations"
	prohibitionSection = "Prohibition of unapproved cloud services"
)

// checkPolicy runs the rules of the cloud usage policy on its own: POL001 to POL004.
func (pg *page) checkPolicy() {
	pg.checkProhibition()
	if t, ok := pg.doc.Table(modelsSection); ok && pg.doc.Readable {
		pg.checkModels(t)
	}
	if t, ok := pg.doc.Table(settingsSection); ok && len(t.Rows) > 0 {
		pg.checkSettings(t)
	}
	pg.checkReceiptRoles()
	pg.checkHistory()
}

// checkHistory reports a version of the future (DAT003): its day may be the one from which this version applies.
func (pg *page) checkHistory() {
	latest := pg.c.p.AsOf
	if !latest.IsZero() && pg.doc.Effective.After(latest) {
		latest = pg.doc.Effective
	}
	pg.checkRowDates("Document history", "Change", latest)
}

// checkModels compares the table of service models with the front matter (POL002).
func (pg *page) checkModels(t document.Table) {
	name, permitted := t.Column("Service model"), t.Column("Permitted")
	field, found := pg.doc.Field("service-models")
	if name < 0 || permitted < 0 || !found {
		return // TAB002 or FM004 says so
	}
	rows := map[string]bool{}
	for _, row := range t.Rows {
		model, answer := canonical(row.Cell(name).Text, document.ServiceModels()), row.Cell(permitted)
		if model == "" {
			continue // TAB005 says so
		}
		rows[model] = true
		listed := slices.Contains(pg.doc.Texts("service-models"), model)
		switch refused := strings.EqualFold(answer.Text, "No"); {
		case refused && listed:
			pg.add("POL002", answer.Span, "decide, and write the same in both places",
				"The table refuses %s, and service-models on line %d permits it.", model, field.Value.Span.Line)
		case !refused && !listed && canonical(answer.Text, []string{"Yes", "Conditional"}) != "":
			pg.add("POL002", answer.Span, "decide, and write the same in both places",
				"The table permits %s (%s), and service-models on line %d does not name it.", model, answer.Text, field.Value.Span.Line)
		}
	}
	for _, model := range document.ServiceModels() {
		if !rows[model] {
			pg.add("POL002", document.Span{Line: t.Line}, fmt.Sprintf("add a row for %s that permits or refuses it", model),
				"The table says nothing about %s.", model)
		}
	}
}

// checkSettings looks for the topics that must be settled and counts the settings of each permitted service
// model (POL003).
func (pg *page) checkSettings(t document.Table) {
	topic := t.Column("Topic")
	if topic < 0 {
		return // TAB002 says so
	}
	rows := map[string]document.Row{}
	for _, row := range t.Rows {
		rows[document.HeadingKey(row.Cell(topic).Text)] = row
	}
	for _, name := range document.Topics() {
		if _, found := rows[document.HeadingKey(name)]; !found {
			pg.add("POL003", document.Span{Line: t.Line}, fmt.Sprintf("add a row %s with the requirement and its evidence", document.Quote(name)),
				"The table settles nothing about %s.", document.Quote(name))
		}
	}
	for _, model := range pg.doc.Texts("service-models") {
		if column := t.Column(model); column >= 0 && slices.Contains(document.ServiceModels(), model) {
			pg.checkModelSettings(t, model, rows[document.HeadingKey("MFA")])
		}
	}
}

func (pg *page) checkModelSettings(t document.Table, model string, mfa document.Row) {
	column, required := t.Column(model), 0
	for _, row := range t.Rows {
		if strings.EqualFold(row.Cell(column).Text, "Required") {
			required++
		}
	}
	if required < minSettings {
		pg.add("POL003", t.Header[column].Span, fmt.Sprintf("require at least %d settings, or do not permit %s", minSettings, model),
			"%s is permitted with %d required %s; at least %d are needed.", model, required, plural(required, "setting", "settings"), minSettings)
	}
	if cell := mfa.Cell(column); mfa.Line > 0 && strings.EqualFold(cell.Text, "Not applicable") {
		pg.add("POL003", cell.Span, "write Required", "MFA is not required for %s, which is permitted: an administrator could sign in with a password alone.", model)
	}
}

// checkReceiptRoles looks for heads of departments who would never be asked (POL004).
func (pg *page) checkReceiptRoles() {
	field, found := pg.doc.Field("receipt-roles")
	if !found || field.Value.Shape != document.List {
		return
	}
	asked := pg.doc.Texts("receipt-roles")
	for _, head := range pg.c.p.DepartmentHeads {
		if !slices.Contains(asked, head) {
			pg.add("POL004", field.Value.Span, fmt.Sprintf("add %s", head), "The role %s heads a department and is not among receipt-roles, so nobody asks for that receipt.", head)
		}
	}
}

// canonical returns the word that text is, whatever its case; "" if it is none of them.
func canonical(text string, words []string) string {
	for _, word := range words {
		if strings.EqualFold(word, text) {
			return word
		}
	}
	return ""
}
