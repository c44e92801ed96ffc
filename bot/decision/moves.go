package decision

import "github.com/vidimus-bot/vidimus/bot/document"

// Move is a document that goes from one path to another. By law it is two files, a
// deletion and an addition, and each is signed (LAW 1.1); people are told that it is one
// document.
type Move struct {
	ID, From, To string
	// Unchanged: the same bytes at both paths.
	Unchanged bool
}

// end is one of the two files of a move.
type end struct {
	id, path, sha256 string
	gone             bool
}

// Moves are the documents that the change moves, in the order of their new paths' rows.
// An id that comes or goes at more than one path names no move.
func (d *Decision) Moves() []Move {
	var ends []end
	for _, doc := range d.Documents {
		if doc.Change != Modified && doc.ID != doc.Path {
			ends = append(ends, end{doc.ID, doc.Path, doc.SHA256, doc.Change == Deleted})
		}
	}
	return moves(ends)
}

// DeviatingMoves are those of which both files landed other than signed.
func (d *Decision) DeviatingMoves() []Move {
	change := map[string]Change{}
	for _, doc := range d.Documents {
		change[doc.Path] = doc.Change
	}
	var ends []end
	for _, v := range d.Deviations {
		// Without a row the change is not known: the file was changed by the merge alone.
		if v.ID != v.Path && (v.Deleted || change[v.Path] == Added || change[v.Path] == "") {
			ends = append(ends, end{v.ID, v.Path, v.SHA256, v.Deleted || v.Mode == document.ModeDeleted})
		}
	}
	return moves(ends)
}

func moves(ends []end) []Move {
	type ofID struct{ came, went []end }
	byID := map[string]ofID{}
	for _, e := range ends {
		x := byID[e.id]
		if e.gone {
			x.went = append(x.went, e)
		} else {
			x.came = append(x.came, e)
		}
		byID[e.id] = x
	}
	var found []Move
	for _, e := range ends {
		x := byID[e.id]
		if e.gone || len(x.came) != 1 || len(x.went) != 1 {
			continue
		}
		from := x.went[0]
		found = append(found, Move{ID: e.id, From: from.path, To: e.path, Unchanged: from.sha256 == e.sha256})
	}
	return found
}
