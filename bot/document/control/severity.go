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

// severities returns the overrides that hold: for known words, not for protected rules, and with a reason
// where they lower.
func severities(overrides map[string]Override) map[string]document.Severity {
	holds := map[string]document.Severity{}
	for rule, o := range overrides {
		if !Protected(rule) && (o.To == document.Block || lowers(o) && strings.TrimSpace(o.Reason) != "") {
			holds[rule] = o.To
		}
	}
	return holds
}

func lowers(o Override) bool { return o.To == document.Warn || o.To == Off }
