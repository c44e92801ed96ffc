package report

import (
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// maxVainTold is how many approvals in vain stand as sentences; the table below has them all.
const maxVainTold = 3

// vain is the latest approval, by somebody who may fill the role on d, that counts for nothing: they believe
// that they have signed, and nobody would wait for them.
func (r *reporter) vain(d *decision.Document, role string) (decision.Signature, bool) {
	var latest decision.Signature
	able := r.able(d, role)
	for _, s := range r.signatures[d.Path] {
		inRole := s.Role == role || s.Role == ""
		if !s.Counts && inRole && slices.Contains(able, s.Person) && s.SubmittedAt >= latest.SubmittedAt {
			latest = s
		}
	}
	return latest, latest.Person != ""
}

// vainState follows the state of a role that is waited for; "" where nobody approved in vain.
func (r *reporter) vainState(d *decision.Document, n need) md {
	var told []md
	for _, role := range n.leaves() {
		if s, ok := r.vain(d, role); ok {
			told = append(told, "<br>"+r.inVain(s, len(r.able(d, role)) > 1))
		}
	}
	var state md
	for _, t := range distinct(told) {
		state += t
	}
	return state
}

// inVain is that approval in a sentence's words: whose, where that is not clear, and why it does not count.
func (r *reporter) inVain(s decision.Signature, named bool) md {
	who := md("")
	if named {
		who = text(r.person(s.Person), maxNameLength) + " "
	}
	reason := strings.TrimSuffix(s.Reason, ".") + " (" + s.Code + ")"
	return who + "approved, but it does not count" + anyMore(s.Code) + ": " + text(reason, maxMessageLength)
}

// anyMore: what ended by a change of the text counted before.
func anyMore(code string) md {
	if code == approval.CodeBytesMoved {
		return " any more"
	}
	return ""
}

// vainSentence tells who approved in vain on what is still missing, each person and reason once, but for the
// approvals that are told elsewhere; "" for nobody.
func (r *reporter) vainSentence(elsewhere ...decision.Signature) md {
	var told []string
	for i := range r.d.Documents {
		d := &r.d.Documents[i]
		for _, role := range r.wanted(d) {
			if s, ok := r.vain(d, role); ok && !slices.Contains(elsewhere, s) {
				told = append(told, string(r.inVain(s, true))+".")
			}
		}
	}
	told = distinct(told)
	if left := len(told) - maxVainTold; left > 0 {
		told = append(told[:maxVainTold], plural(left, "more approval does", "more approvals do")+" not count.")
	}
	return md(strings.Join(told, " "))
}
