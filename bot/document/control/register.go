package control

import (
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// dataSet is a row of a register entry's table of data, for the rules that compare it with the policy.
type dataSet struct {
	name, classification, personal string
	countries                      []string
	classAt, countriesAt           document.Span
}

// checkRegister runs the rules of a register entry on its own (REG001) and notes its data sets, for REG002
// and REG003.
func (pg *page) checkRegister() {
	d := pg.doc
	enforced, found := d.Field("mfa-enforced")
	if found && enforced.Value.Text == "false" && d.Text("lifecycle") == "active" && (d.Criticality == "critical" || d.Criticality == "important") {
		pg.add("REG001", enforced.Value.Span, "enforce a second factor, then write true",
			"The service %s is %s and active, and people can sign in without a second factor.", d.ServiceID, d.Criticality)
	}
	t, ok := d.Table("Data handled")
	if !ok {
		return // STR001 or TAB001 says so
	}
	name, class, personal, countries := t.Column("Data set"), t.Column("Classification"), t.Column("Personal data"), t.Column("Countries")
	for _, row := range t.Rows {
		pg.reading.data = append(pg.reading.data, dataSet{
			name:           strings.Clone(row.Cell(name).Text), // a substring would keep the whole document
			classification: canonical(row.Cell(class).Text, document.Classifications()),
			personal:       canonical(row.Cell(personal).Text, document.PersonalData()),
			countries:      countryCodes(row.Cell(countries).Text),
			classAt:        row.Cell(class).Span,
			countriesAt:    row.Cell(countries).Span,
		})
	}
}

// countryCodes returns the country codes among the words of a cell.
func countryCodes(text string) []string {
	var codes []string
	for _, word := range countryWords(text) {
		if isCountry(word) && !slices.Contains(codes, word) {
			codes = append(codes, strings.Clone(word))
		}
	}
	return codes
}

// countryWords cuts a cell of countries into words.
func countryWords(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;/ ()+&.", r) })
}
