package report

import (
	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
)

// codes are those of LAW 11, and those that decisions give besides, in its order.
func codes() []string {
	return []string{
		approval.CodeUnsigned, approval.CodeContributor, approval.CodeBytesMoved, approval.CodeRoleNotHeld,
		approval.CodeTwoRoles, approval.CodeLine, approval.CodeNotAPerson, approval.CodeEdited,
		decision.CodeCommit, decision.CodeAddress, approval.CodeNoWitness, approval.CodeObjection,
		approval.CodeContradicted, decision.CodeMoved, "GIT001", "GIT002", "GIT003",
		decision.CodeUnreadable, decision.CodeNoRule, decision.CodeUnknown, decision.CodeLater,
		decision.CodeUnsigned, decision.CodeFounding, decision.CodeFacts,
	}
}

// whatNow says what to do about a code, in one sentence; "" for a code that is not known here.
func whatNow(code string) md {
	if now := signatureAdvice(code); now != "" {
		return now
	}
	return changeAdvice(code)
}

// signatureAdvice is for the person whose approval does not count.
func signatureAdvice(code string) md {
	switch code {
	case approval.CodeUnsigned:
		return "Read the change, and sign with the lines shown here."
	case approval.CodeContributor:
		return "Nothing. Somebody else in that role signs; where nobody else holds it, a signed change of `.vidimus.yml` " +
			"names one."
	case approval.CodeBytesMoved:
		return "Read what changed, and sign again with the new line."
	case approval.CodeRoleNotHeld:
		return "Nothing. The approval stays on record; who holds a role is settled by a signed change of `.vidimus.yml`."
	case approval.CodeTwoRoles:
		return "Somebody else signs in the other role."
	case approval.CodeLine:
		return "Approve again with the lines shown here, copied whole and unchanged."
	case approval.CodeNotAPerson:
		return "Sign with your own account. Apps and bots never sign."
	case approval.CodeEdited:
		return "Approve again, and leave the text as it is afterwards."
	case approval.CodeNoWitness:
		return "Approve again, unless the delivery log is still being read."
	case approval.CodeContradicted:
		return "Approve again, and tell the administrator of Vidimus."
	}
	return ""
}

// changeAdvice is for who proposed the change, or looks after the repository.
func changeAdvice(code string) md {
	switch code {
	case decision.CodeCommit:
		return "Sign the commit again with your own key."
	case decision.CodeAddress:
		return "Commit with the address that stands in `.vidimus.yml`, or have yours added there by a signed change."
	case approval.CodeObjection:
		return "Answer the objection. It ends when its author approves or withdraws it."
	case decision.CodeMoved:
		return "Bring the change up to date, look at the result, and have it signed again where it differs."
	case "GIT001":
		return "Put a regular file in its place, or take it out of the document folder."
	case "GIT002":
		return "Rename the file."
	case "GIT003":
		return "Commit the file itself, not a pointer to it."
	case decision.CodeUnreadable, decision.CodeUnknown:
		return "Mend the line of `.vidimus.yml` that is named."
	case decision.CodeNoRule:
		return "Have a rule added to `.vidimus.yml` by a signed change, or move the document to where one applies."
	case decision.CodeLater:
		return "Take the line out of `.vidimus.yml` by a signed change, or use a version of Vidimus that judges it."
	case decision.CodeUnsigned:
		return "Restore the text that was signed last, or have the new one signed."
	case decision.CodeFounding:
		return "Take it out of the founding, and propose it afterwards."
	case decision.CodeFacts:
		return "Nothing. Vidimus reads the state again; if this stays, tell the administrator."
	}
	return ""
}

// verdictAdvice says what to do about a commit's verdict, for somebody who is no expert of Git; "" where the
// commit counts.
func verdictAdvice(word string) md {
	switch commitsig.Word(word) {
	case commitsig.Good:
		return ""
	case commitsig.Vouched:
		return "made in the browser, so that only GitHub vouches for it. The rule asks for a person's own key: sign it with " +
			"the commands below."
	case commitsig.Unsigned:
		return "carries no signature. Sign it with the commands below. `git config --global commit.gpgsign true` signs all " +
			"later ones by itself."
	case commitsig.UnknownKey:
		return "signed with a key that is not in `keys/`. If it is yours, a colleague whose key is there proposes your public key " +
			"in a change of its own, and you sign that as `self`; then the commit counts as it is. Until then, a colleague whose key " +
			"is there can sign these commits with the commands below."
	case commitsig.ExpiredKey:
		return "its key had expired. Extend the key, and have the extended one taken into `keys/` by a signed change of its own; " +
			"then the commit counts as it is."
	case commitsig.RevokedKey:
		return "its key was revoked. Sign again with a key that holds, with the commands below."
	case commitsig.NotSigningKey:
		return "its key must not sign commits. Sign again with your signing key, with the commands below."
	case commitsig.Weak:
		return "its key or its digest can be forged. Sign again with a stronger key or newer software, with the commands below."
	case commitsig.WrongPerson:
		return "the key and the committer's address are not the same person's. Set your own address first, then sign again " +
			"with the commands below."
	case commitsig.ExpiredSignature:
		return "its signature was made for a limited time. Sign again without an end, with the commands below."
	case commitsig.Unsupported:
		return "its kind of signature is not judged. Sign again with OpenPGP or SSH, with the commands below."
	case commitsig.Malformed:
		return "two readers could understand it differently. Make it anew with the commands below."
	case commitsig.Bad:
		return "its signature does not belong to its content, or its time cannot be true. If it is the time, set the computer's " +
			"clock; then sign again with the commands below."
	}
	return "it does not count. Sign it again with the commands below."
}
