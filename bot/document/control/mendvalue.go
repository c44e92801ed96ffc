package control

import (
	"slices"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// spelling returns how a scalar must be written, if what it means is beyond doubt; shape is that of the whole field.
func spelling(rule document.FieldRule, v document.Value, shape document.Shape) (string, bool) {
	if rule.List && shape == document.Scalar {
		return "[" + v.Text + "]", !v.Quoted && isWord(v.Text)
	}
	switch rule.Form {
	case document.Word:
		word := canonical(v.Text, rule.Allowed)
		return word, word != "" && !v.Quoted
	case document.Country:
		upper := strings.ToUpper(v.Text)
		return upper, isCountry(upper) && !v.Quoted
	case document.Day:
		return onlyDay(v.Text)
	case document.Number:
		plain := document.Value{Shape: v.Shape, Text: v.Text}
		return v.Text, v.Quoted && numberProblem(rule, plain).what == ""
	case document.Flag:
		return onlyFlag(v.Text)
	case document.Edition:
		_, err := document.ParseVersion(v.Text)
		return `"` + v.Text + `"`, err == nil && !v.Quoted
	}
	return "", false
}

// isWord reports a text of letters, digits and hyphens.
func isWord(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
}

func onlyFlag(s string) (string, bool) {
	lower := strings.ToLower(s)
	switch {
	case slices.Contains([]string{"true", "yes", "on", "y"}, lower):
		return "true", true
	case slices.Contains([]string{"false", "no", "off", "n"}, lower):
		return "false", true
	}
	return "", false
}

// onlyDay returns the one day that a date in another form can mean. Numbers with slashes are a day only if day and
// month cannot be exchanged; with dots the day stands first everywhere.
func onlyDay(s string) (string, bool) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{
		"2006-1-2", "2006/1/2", "2006.1.2", "20060102", "2.1.2006", "2 January 2006", "2 Jan 2006", "January 2, 2006", "Jan 2, 2006", "2. January 2006", time.RFC3339,
	} {
		if t, err := time.Parse(layout, s); err == nil {
			return document.DateOf(t).String(), !document.DateOf(t).IsZero()
		}
	}
	first, errFirst := time.Parse("2/1/2006", s)
	second, errSecond := time.Parse("1/2/2006", s)
	switch {
	case errFirst == nil && (errSecond != nil || first.Equal(second)):
		return document.DateOf(first).String(), true
	case errFirst != nil && errSecond == nil:
		return document.DateOf(second).String(), true
	}
	return "", false
}
