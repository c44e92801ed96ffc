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
	case "regularly", "periodically", "occasionally", "routinely", "frequently":
		return []vagueWord{{first, howOften, interval}}
	case "from":
		return []vagueWord{{"from time to time", howOften, interval}}
	case "on":
		return []vagueWord{{"on a regular basis", howOften, interval}, {"on a periodic basis", howOften, interval}}
	case "at":
		return []vagueWord{{"at regular intervals", howOften, interval}}
	case "regular", "periodic":
		var phrases []vagueWord
		for _, what := range []string{
			"intervals", "basis", "review", "reviews", "access review", "access reviews", "check", "checks", "audit", "audits", "test", "tests", "backups", "updates", "training", "monitoring",
		} {
			phrases = append(phrases, vagueWord{first + " " + what, howOften, interval})
		}
		return phrases
	case "in":
		return []vagueWord{{"in due course", howSoon, deadline}}
	case "timely", "promptly", "swiftly", "quickly":
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
			{first + " applicable", when, condition},
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
		c := source[at]
		switch {
		case isLetter(c):
			end := wordEnd(source, at)
			if mayBeVague(c, end-at) {
				end = pg.judgeWord(source, at, end, span)
			}
			at = end
		case c == '"' || c == '`' || c == ']' || c >= utf8.RuneSelf:
			at = max(at+1, skipQuoted(source, at))
		default:
			at++
		}
	}
}

// judgeWord reports the phrase that the word from at to end begins, and returns where the search goes on.
func (pg *page) judgeWord(source string, at, end int, span func(start, stop int) document.Span) int {
	word, stop, ok := matchVague(source, at, end)
	if !ok {
		return end
	}
	if pg.perRule["WSL001"] >= maxPerRule {
		pg.perRule["WSL001"]++ // counted and not placed: a place costs a pass over the paragraph
		return stop
	}
	pg.add("WSL001", span(at, stop), word.mend, "%s cannot be tested. An auditor will ask %s.", document.Quote(source[at:stop]), word.asks)
	return stop
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

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func wordEnd(s string, at int) int {
	for at < len(s) && (isLetter(s[at]) || s[at] == '\'' || s[at] >= utf8.RuneSelf) {
		at++
	}
	return at
}

// mayBeVague is the quick answer for nearly every word: the first words of the phrases have few lengths.
func mayBeVague(first byte, length int) bool {
	lengths := 0
	switch first | 0x20 {
	case 'a':
		lengths = 1<<2 | 1<<8 | 1<<10 | 1<<11 | 1<<13 // as, at, adequate(ly), appropriate(ly)
	case 'b', 'w':
		lengths = 1<<4 | 1<<5 // best, when, where
	case 'f':
		lengths = 1<<4 | 1<<10 // from, frequently
	case 'i':
		lengths = 1<<2 | 1<<8 // if, in, industry
	case 'o':
		lengths = 1<<2 | 1<<12 // on, occasionally
	case 'p':
		lengths = 1<<8 | 1<<12 // periodic(ally), promptly
	case 'q':
		lengths = 1 << 7 // quickly
	case 'r':
		lengths = 1<<7 | 1<<9 | 1<<10 // regular(ly), routinely, reasonable, reasonably
	case 's':
		lengths = 1<<5 | 1<<7 | 1<<8 | 1<<10 | 1<<12 // state, swiftly, suitable, suitably, sufficient(ly)
	case 't':
		lengths = 1 << 6 // timely
	}
	return length < 16 && lengths>>length&1 == 1
}

// matchVague reports the phrase that begins with the word from start to end, and where it stops.
func matchVague(s string, start, end int) (vagueWord, int, bool) {
	if end-start <= len("where") && !(mayBegin(s[start:end]) && mayFollow(nextWord(s, end))) {
		return vagueWord{}, 0, false // the short first words are common, what makes them vague is not
	}
	for _, candidate := range vagueWords(strings.ToLower(s[start:end])) {
		if stop, ok := matchPhrase(s, start, candidate.words); ok {
			return candidate, stop, true
		}
	}
	return vagueWord{}, 0, false
}

// mayBegin reports the short first words of the phrases, which have the lengths of "of", "with" and "would".
func mayBegin(word string) bool {
	var first []string
	switch len(word) {
	case 2:
		first = []string{"as", "at", "if", "in", "on"}
	case 4:
		first = []string{"best", "from", "when"}
	case 5:
		first = []string{"where", "state"}
	}
	for _, want := range first {
		if strings.EqualFold(word, want) {
			return true
		}
	}
	return false
}

// nextWord returns the word behind end, without what parts them.
func nextWord(s string, end int) string {
	for end < len(s) && strings.IndexByte(" \t\n-", s[end]) >= 0 {
		end++
	}
	return s[end:wordEnd(s, end)]
}

// mayFollow reports the second words of the phrases that begin with a short one.
func mayFollow(second string) bool {
	switch strings.ToLower(second) {
	case "a", "appropriate", "applicable", "best", "due", "effort", "efforts", "endeavours", "far", "feasible", "necessary", "needed", "of", "possible",
		"practicable", "reasonable", "regular", "soon", "time":
		return true
	}
	return false
}

// matchPhrase compares words without case; between them may stand blanks, a hyphen and one line end.
func matchPhrase(s string, at int, phrase string) (stop int, ok bool) {
	for i, want := range strings.Fields(phrase) {
		for i > 0 && at < len(s) && strings.IndexByte(" \t\n-", s[at]) >= 0 {
			at++
		}
		if at >= len(s) || !isLetter(s[at]) {
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
