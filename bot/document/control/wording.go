package control

import (
	"strings"
	"unicode/utf8"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// vagueWord is a word or phrase by which no duty can be tested, what an auditor asks, and what to write instead.
type vagueWord struct{ words, asks, mend string }

// vagueWords are the phrases of WSL001, each under its first word in lower case. "As required" is left out:
// in a contract review it says that the agreed term is what we require. Source: domain-a523.md 3.5.
func vagueWords(first string) []vagueWord {
	const howOften, howSoon, byWhat, when = "how often", "by when", "by what measure", "when, and who decides"
	interval, deadline := `name the interval, for example "each week"`, `name the time, for example "within 24 hours"`
	measure, condition := "say what is done, or name the standard that it is measured by", "name the condition, or the role that decides"
	switch first {
	case "regularly", "periodically", "occasionally", "routinely":
		return []vagueWord{{first, howOften, interval}}
	case "from":
		return []vagueWord{{"from time to time", howOften, interval}}
	case "on":
		return []vagueWord{{"on a regular basis", howOften, interval}, {"on a periodic basis", howOften, interval}}
	case "at":
		return []vagueWord{{"at regular intervals", howOften, interval}}
	case "regular", "periodic":
		return []vagueWord{{first + " intervals", howOften, interval}, {first + " basis", howOften, interval}, {first + " review", howOften, interval}, {first + " reviews", howOften, interval}}
	case "timely", "promptly", "swiftly", "soon":
		return []vagueWord{{first, howSoon, deadline}}
	case "as":
		return []vagueWord{
			{"as soon as possible", howSoon, deadline},
			{"as soon as practicable", howSoon, deadline},
			{"as needed", when, condition},
			{"as necessary", when, condition},
			{"as appropriate", when, condition},
			{"as applicable", when, condition},
			{"as far as possible", when, condition},
			{"as far as practicable", when, condition},
		}
	case "when", "where", "if":
		phrases := []vagueWord{
			{first + " appropriate", when, condition},
			{first + " necessary", when, condition},
			{first + " possible", when, condition},
			{first + " feasible", when, condition},
			{first + " practicable", when, condition},
			{first + " reasonable", when, condition},
		}
		if first != "where" { // "objects where needed" names the place, not the moment
			phrases = append(phrases, vagueWord{first + " needed", when, condition})
		}
		return phrases
	case "appropriate", "appropriately", "adequate", "adequately", "suitable", "suitably", "sufficient", "sufficiently", "reasonable", "reasonably":
		return []vagueWord{{first, byWhat, measure}}
	case "best":
		return []vagueWord{{"best effort", byWhat, measure}, {"best efforts", byWhat, measure}, {"best endeavours", byWhat, measure}}
	case "state":
		return []vagueWord{{"state of the art", byWhat, measure}}
	case "industry":
		return []vagueWord{{"industry best practice", byWhat, measure}, {"industry best practices", byWhat, measure}}
	}
	return nil
}

// checkWording warns of words that make a duty untestable (WSL001): in prose and in the cells of tables, not
// in quotations, code and link targets.
func (pg *page) checkWording() {
	if !isEnglish(pg.doc.Text("language")) {
		return
	}
	for _, p := range pg.doc.Prose {
		pg.findVague(p.Source(), func(start, stop int) document.Span { return p.Span(start, stop) })
	}
	for _, t := range pg.doc.Tables {
		for _, row := range t.Rows {
			for _, cell := range row.Cells {
				pg.findVague(cell.Source, func(start, stop int) document.Span { return within(cell, start, stop) })
			}
		}
	}
}

// within returns the place of some bytes of a cell's source.
func within(cell document.Cell, start, stop int) document.Span {
	column := cell.Column + utf8.RuneCountInString(cell.Source[:start])
	return document.Span{Line: cell.Line, Column: column, EndColumn: column + utf8.RuneCountInString(cell.Source[start:stop])}
}

func (pg *page) findVague(source string, span func(start, stop int) document.Span) {
	for at := 0; at < len(source); {
		if end := skipQuoted(source, at); end > at {
			at = end
			continue
		}
		if !isWordByte(source[at]) {
			at++
			continue
		}
		end := wordEnd(source, at)
		if mayBeVague(source[at], end-at) {
			if word, stop, ok := matchVague(source, at, end); ok {
				pg.add("WSL001", span(at, stop), word.mend, "%s cannot be tested. An auditor will ask %s.", document.Quote(source[at:stop]), word.asks)
				end = stop
			}
		}
		at = end
	}
}

// skipQuoted returns the end of the quotation, code or link target that begins at a byte; at itself if none does.
func skipQuoted(s string, at int) int {
	closing := ""
	switch {
	case s[at] == '"':
		closing = `"`
	case s[at] == '`':
		closing = "`"
	case strings.HasPrefix(s[at:], "“"):
		closing = "”"
	case strings.HasPrefix(s[at:], "„"):
		closing = "“"
	case strings.HasPrefix(s[at:], "«"):
		closing = "»"
	case strings.HasPrefix(s[at:], "]("):
		closing = ")"
	default:
		return at
	}
	from := at + len(closing)
	if from > len(s) {
		return at
	}
	end := strings.Index(s[from:], closing)
	if end < 0 {
		return at + 1
	}
	return from + end + len(closing)
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}

func wordEnd(s string, at int) int {
	for at < len(s) && (isWordByte(s[at]) || s[at] == '\'') {
		at++
	}
	return at
}

// mayBeVague is the quick answer for nearly every word.
func mayBeVague(first byte, length int) bool {
	switch first | 0x20 {
	case 'a', 'b', 'f', 'i', 'o', 'p', 'r', 's', 't', 'w':
		return length >= 2 && length <= len("appropriately")
	}
	return false
}

// matchVague reports the phrase that begins with the word from start to end, and where it stops.
func matchVague(s string, start, end int) (vagueWord, int, bool) {
	for _, candidate := range vagueWords(strings.ToLower(s[start:end])) {
		if stop, ok := matchPhrase(s, start, candidate.words); ok {
			return candidate, stop, true
		}
	}
	return vagueWord{}, 0, false
}

// matchPhrase compares words without case; between them may stand blanks and one line end.
func matchPhrase(s string, at int, phrase string) (stop int, ok bool) {
	for i, want := range strings.Fields(phrase) {
		for i > 0 && at < len(s) && strings.IndexByte(" \t\n", s[at]) >= 0 {
			at++
		}
		if at >= len(s) || !isWordByte(s[at]) {
			return 0, false
		}
		end := wordEnd(s, at)
		if !strings.EqualFold(s[at:end], want) {
			return 0, false
		}
		at = end
	}
	return at, true
}
