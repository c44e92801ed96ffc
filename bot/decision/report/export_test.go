package report

import (
	"text/template"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// Text, Code and Plain are the escaping, with the limit of a title.
func Text(s string) string  { return string(text(s, maxTitleLength)) }
func Code(s string) string  { return string(code(s)) }
func Plain(s string) string { return plain(s, maxTitleLength) }

// Shown is what a reader sees of a value.
func Shown(s string) string { return visible(clip(s, maxTitleLength)) }

// ShellPath is a path as an argument of a command.
func ShellPath(s string) string { return string(shellPath(s)) }

// Codes and Advice are the codes, and what to do about each.
func Codes() []string            { return codes() }
func Advice(code string) string  { return string(whatNow(code)) }
func Verdict(word string) string { return string(verdictAdvice(word)) }

// Templates are all texts, Views what each is filled from.
func Templates() *template.Template { return parse() }

func Views() map[string]any {
	return map[string]any{
		"check-signed.md": signedView{}, "check-not-signed.md": waitingView{}, "check-findings.md": blockedView{},
		"check-untouched.md": plainView{}, "check-not-governed.md": plainView{}, "check-text.md": detailsView{},
		"check-deviation.md": deviationView{}, "comment.md": commentView{}, "issue-deviation.md": deviationView{},
	}
}

// Missing says in words what r still needs when some roles are filled, "" for nothing.
func Missing(r approval.Requirement, filled map[string]bool) (words string, roles []string, count int) {
	n, missing := residual(r, func(role string) bool { return filled[role] })
	if !missing {
		return "", nil, 0
	}
	return n.key(), n.leaves(), n.count
}

// And is the conclusion over several pull requests.
func And(own decision.Decision, others ...decision.Decision) decision.Conclusion {
	return Conclusion(own, others)
}
