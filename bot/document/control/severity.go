package control

import (
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// Protected reports whether a rule's severity is the same for everybody (LAW.md 7.4): without these rules
// nobody would know what was signed, or by whom.
func Protected(rule string) bool {
	switch strings.TrimRight(rule, "0123456789") {
	case "ENC", "LIM", "HID", "GIT", "CFG", "VER", "SIG", "MRG", "EXC":
		return true
	}
	switch rule {
	case "FM001", "FM002", "FM003", "FM009", "REC002":
		return true
	}
	return false
}

// holding returns the overrides that hold: for known words that differ from the rule's own, with a reason where
// they lower, and for protected rules only what raises them.
func holding(overrides map[string]Override) map[string]Override {
	holds := map[string]Override{}
	for rule, o := range overrides {
		raises, lowers := o.To == document.Block, o.To == document.Warn || o.To == Off
		if o.To != severityOf(rule) && (raises || lowers && !Protected(rule) && strings.TrimSpace(o.Reason) != "") {
			holds[rule] = o
		}
	}
	return holds
}
