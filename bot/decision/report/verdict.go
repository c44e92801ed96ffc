package report

import (
	"strconv"

	"github.com/vidimus-bot/vidimus/bot/decision"
)

// Conclusion is what the one check run of a head says when several open pull requests propose it: the worst
// of the decisions that count. A draft that is in order counts only if it is alone. LAW 7.2.
func Conclusion(own decision.Decision, others []decision.Decision) decision.Conclusion {
	worst, _ := and(own, others)
	return worst
}

// and is the conclusion over all, and the decision of another pull request when that one is worse than own.
func and(own decision.Decision, others []decision.Decision) (decision.Conclusion, *decision.Decision) {
	worst := own.Conclusion
	if own.State == decision.StateDraft && len(others) > 0 {
		worst = decision.Neutral
	}
	var because *decision.Decision
	for i := range others {
		if rank(others[i].Conclusion) > rank(worst) {
			worst, because = others[i].Conclusion, &others[i]
		}
	}
	if rank(worst) > rank(decision.ActionRequired) {
		worst = decision.Failure // also for a word that is not known: fail closed
	}
	return worst, because
}

// rank orders conclusions from the one that asks for nothing; what is not known is the worst.
func rank(c decision.Conclusion) int {
	switch c {
	case decision.Neutral:
		return 0
	case decision.Success:
		return 1
	case decision.ActionRequired:
		return 2
	case decision.Failure:
		return 3
	}
	return 4
}

// other says in which other pull request something is missing, and what; for templates. The zero value is
// none.
type other struct {
	Pull int
	// Own and State are how this change and the other stand.
	Own, State md
}

func otherOf(own decision.Decision, because *decision.Decision) other {
	if because == nil || own.Conclusion == decision.Failure {
		return other{}
	}
	return other{Pull: because.Pull, Own: stateWord(own.State), State: stateWord(because.State)}
}

// stateWord is a state in the words that people see.
func stateWord(s decision.State) md {
	switch s {
	case decision.StateSigned:
		return "signed"
	case decision.StateUntouched:
		return "not governed in anything it touches"
	case decision.StateWaiting:
		return "waiting for signatures"
	case decision.StateDraft:
		return "a draft"
	case decision.StateNotGoverned:
		return "not governed"
	}
	return "blocked"
}

// fitting is the first of the titles that is short enough; the last is cut where none is.
func fitting(limit int, titles ...string) string {
	for _, t := range titles {
		if t = plain(t, maxMessageLength); len([]rune(t)) <= limit {
			return t
		}
	}
	return clip(plain(titles[len(titles)-1], maxMessageLength), limit)
}

// otherTitle is the check run's title when another pull request decides.
func otherTitle(o other) string {
	return "#" + strconv.Itoa(o.Pull) + ", which proposes the same commits, is " + string(o.State)
}
