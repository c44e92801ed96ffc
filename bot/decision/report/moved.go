package report

import (
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
)

// maxMovesTold is how many moves stand as sentences; each stands in the table as well.
const maxMovesTold = 5

// indexMoves finds the moves by both of their paths.
func indexMoves(d *decision.Decision) map[string]decision.Move {
	found := map[string]decision.Move{}
	for _, m := range append(d.DeviatingMoves(), d.Moves()...) {
		found[m.From], found[m.To] = m, m
	}
	return found
}

// moved is what a move is called wherever one of its files stands; "" for a file that did not move.
func (r *reporter) moved(path string) md {
	m, ok := r.moves[path]
	if !ok {
		return ""
	}
	return "moved from " + code(m.From) + " to " + code(m.To) + ", " + sameText(m)
}

func sameText(m decision.Move) md {
	if m.Unchanged {
		return "text unchanged"
	}
	return "text changed"
}

// movesSentence tells every move once, for who reads one line.
func (r *reporter) movesSentence() md {
	all := r.d.Moves()
	var told []string
	for i, m := range all {
		if i == maxMovesTold {
			told = append(told, thousands(len(all)-i)+" more are moved.")
			break
		}
		told = append(told, string(code(m.ID)+" is "+r.moved(m.To)+"."))
	}
	return md(strings.Join(told, " "))
}

// versionRow is the version, and for a moved document which of its two files this is.
func (r *reporter) versionRow(d *decision.Document) md {
	told := r.moved(d.Path)
	switch {
	case told == "":
		return version(d)
	case d.Change == decision.Deleted:
		return version(d) + " at its old path<br>" + told
	case d.Version == "":
		return "at its new path<br>" + told
	}
	return text(d.Version, maxNameLength) + ", at its new path<br>" + told
}
