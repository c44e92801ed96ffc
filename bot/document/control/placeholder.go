package control

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxPlaceholder bounds, in code points, what can stand in for a missing answer; longer text is an answer.
const maxPlaceholder = 200

// isPlaceholder reports text that stands where an answer is still missing (domain-a523.md 3.3): the whole
// value is such a word, or begins with one that is a note to oneself ("TODO: decide", "TBD by legal").
func isPlaceholder(s string) bool {
	if !mayBePlaceholder(s) {
		return false
	}
	s = strings.TrimSpace(s)
	if s == "" || utf8.RuneCountInString(s) > maxPlaceholder {
		return false
	}
	if strings.Trim(s, "?.… ") == "" || isFillIn(s) {
		return true
	}
	plain := strings.ToLower(strings.ReplaceAll(strings.TrimFunc(s, isEdge), ".", ""))
	switch plain {
	case "tbd", "tbc", "tba", "todo", "fixme", "xxx", "nk",
		"to be agreed", "to be clarified", "to be completed", "to be specified", "to be advised", "to be announced", "to be written", "to be done", "to be added", "to follow":
		return true
	}
	for _, phrase := range []string{"to be determined", "to be defined", "to be confirmed", "to be decided", "lorem ipsum"} {
		if strings.HasPrefix(plain, phrase) {
			return true
		}
	}
	return isNote(s)
}

// isNote reports a note to oneself, by its first word. "Todo" is Spanish for "all" unless a colon follows.
func isNote(s string) bool {
	end := max(strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) }), 0)
	switch first := s[:end]; strings.ToLower(first) {
	case "tbd", "fixme":
		return true
	case "tbc", "todo":
		return first == strings.ToUpper(first) || s[end] == ':'
	case "tba":
		return s[end] == ':' // there are firms of that name
	}
	return false
}

// mayBePlaceholder is the quick answer for nearly every text: placeholders begin with few pairs of letters.
func mayBePlaceholder(s string) bool {
	word := strings.TrimLeftFunc(s, isEdge)
	if len(word) < 2 || strings.IndexByte("<[{_~", s[0]) >= 0 || word[0] == '<' {
		return true // brackets, or only question marks and dots
	}
	switch word[0] | 0x20 {
	case 't': // TBD, TODO, to be
		return word[1] == '.' || word[1]|0x20 == 'b' || word[1]|0x20 == 'o'
	case 'f', 'n', 'l', 'x': // FIXME, NK, lorem ipsum, XXX
		return strings.IndexByte("ikox.", word[1]|0x20) >= 0 || word[1] == '.'
	}
	return false
}

// isFillIn reports what a template leaves to be filled in: <name of the service>, [insert date], {{ provider }}.
func isFillIn(s string) bool {
	inner, angled := strings.CutPrefix(s, "<")
	if angled {
		return strings.IndexByte(inner, '>') == len(inner)-1 && len(inner) > 1
	}
	if strings.HasPrefix(s, "{{") && strings.HasSuffix(s, "}}") || len(s) > 2 && strings.Trim(s, "_") == "" {
		return true
	}
	inner, square := strings.CutPrefix(s, "[")
	return square && strings.HasSuffix(inner, "]") && isInstruction(inner)
}

// isInstruction reports what a template's brackets ask for.
func isInstruction(inner string) bool {
	inner = strings.ToLower(strings.TrimSpace(inner))
	switch inner {
	case "name", "date", "company", "company name", "organisation name", "organization name":
		return true
	}
	first, _, _ := strings.Cut(inner, " ")
	switch strings.TrimRight(first, ":") {
	case "insert", "enter", "fill", "describe", "specify", "your":
		return true
	}
	return false
}

func isEdge(r rune) bool { return unicode.IsPunct(r) || unicode.IsSpace(r) }
