package reviewpage

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
)

// banner says where the change stands for the person who looks, what is worst first.
func (v *view) banner() banner {
	switch {
	case v.Pull.MergedAt != "":
		return v.landedBanner()
	case !v.Pull.Open:
		return banner{State: past("Closed"), Text: "This pull request was closed without being merged. Nobody is asked to sign it."}
	case v.Pull.Behind:
		return banner{
			State: inform("Being read"), Href: "", Text: "Something newer is on GitHub than what stands here, and Vidimus is reading it. " +
				"What you see is the state before that; look again in a moment. Nothing can be signed here until then.",
		}
	}
	switch v.d.State {
	case decision.StateNotGoverned, decision.StateUntouched:
		return banner{State: past("Nothing to sign"), Text: "This change touches nothing that is governed here."}
	case decision.StateSigned:
		return banner{State: good("Signed"), Text: sentence(v.words.Title) + " This change can be merged."}
	case decision.StateDraft:
		return banner{State: inform("Draft"), Text: "Nobody is asked to sign a draft, and it does not pass. Approvals that are given meanwhile count from the moment it is ready, if the text is the same."}
	case decision.StateWaiting:
		return v.waitingBanner()
	}
	return banner{
		State: missing("Blocked"), Text: strings.TrimSpace(sentence(v.words.Title) + " " + v.blockedWhy()), Href: "#findings", Link: "What has to be mended",
	}
}

func (v *view) blockedWhy() string {
	if v.objected() && v.onlyObjected() {
		return "That is you. It ends when you approve, or withdraw it."
	}
	if v.onlyObjected() {
		return "It blocks until its author withdraws it or approves."
	}
	return "Nobody is asked to sign before that is mended."
}

func (v *view) landedBanner() banner {
	recorded := "Its record in the ledger is being made."
	if v.Pull.Entry > 0 {
		recorded = fmt.Sprintf("Ledger entry %d holds the record.", v.Pull.Entry)
	}
	if len(v.d.Deviations) > 0 {
		return banner{
			State: deviant("Merged with a deviation"), Href: "#deviations", Link: "What differs",
			Text: "What landed is not what was signed. " + recorded,
		}
	}
	if v.d.State == decision.StateNotGoverned || v.d.State == decision.StateUntouched {
		return banner{State: past("Merged"), Text: "It touched nothing that is governed here."}
	}
	if v.Pull.Entry == 0 {
		return banner{State: inform("Merged"), Text: recorded + " Until then this page shows what was decided last before the merge."}
	}
	return banner{State: good("Merged and signed"), Text: "What landed is what was signed. " + recorded}
}

// waitingBanner says whether the viewer is waited for, in which roles, and for whom else.
func (v *view) waitingBanner() banner {
	if len(v.mine) == 0 {
		text := "Waiting for " + strings.Join(v.words.Waiting, "; ") + "."
		return banner{State: waiting("Waiting for others"), Text: text + " " + v.notAsked()}
	}
	var roles []string
	for _, a := range v.mine {
		if !slices.Contains(roles, a.Title) {
			roles = append(roles, a.Title)
		}
	}
	text := "You sign as " + list(roles, "and") + "."
	if signers := v.signers(); len(signers) > 0 {
		verb := ", has signed."
		if len(signers) > 1 {
			verb = ", have signed."
		}
		text += " " + list(signers, "and") + verb
	}
	if len(v.words.Waiting) == len(v.mine) && len(v.words.Stuck) == 0 {
		text += " You are the last one."
	}
	return banner{State: waiting("Waiting for you"), Text: text, Href: "#sign", Link: "Go to signing"}
}

// signers are the other people with a signature that counts, each once, with the role.
func (v *view) signers() []string {
	var names []string
	for _, s := range v.words.Signed {
		name := s.Who + ", " + s.Role
		if s.Signature.UserID != v.Viewer.ID && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// notAsked says why the viewer is not waited for.
func (v *view) notAsked() string {
	switch {
	case v.slug == "":
		return "Your account is nobody's in the roster of this repository: you may read this page, and have nothing to sign."
	case v.hasSigned():
		return "You have signed what is yours."
	case v.contributed():
		return "You contributed to this change, and cannot sign what you contributed to (SIG002)."
	}
	return "You are not asked to sign this change."
}

func (v *view) hasSigned() bool {
	for _, s := range v.words.Signed {
		if s.Signature.UserID == v.Viewer.ID {
			return true
		}
	}
	return false
}

func (v *view) contributed() bool {
	return slices.ContainsFunc(v.d.Documents, func(d decision.Document) bool { return slices.Contains(d.Contributors, v.slug) })
}

// lead says who proposes how much.
func (v *view) lead() string {
	who := v.words.Proposer
	if strings.Contains(who, ", ") {
		who += "," // the role stands between commas
	}
	n := len(v.d.Documents)
	switch {
	case n == 0 && who == "":
		return "This change touches no governed document."
	case n == 0:
		return who + " proposes a change that touches no governed document."
	case v.d.Founding && who != "":
		return who + " proposes the founding: who may sign here, and by which rules."
	case v.d.Founding:
		return "This is the founding: who may sign here, and by which rules."
	case who == "":
		return "This changes " + many(n, "document", "documents") + "."
	}
	return who + " proposes to change " + many(n, "document", "documents") + "."
}
