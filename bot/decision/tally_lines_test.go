package decision_test

import (
	"regexp"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// statement is one line of LAW 1.3.
type statement struct {
	role, target, version, sha, images string
	deleted                            bool
}

// statementPattern: ROLE, then ID VERSION or PATH, then what is signed.
var statementPattern = regexp.MustCompile(`^I sign as ([a-z][a-z0-9-]*): ` +
	`(?:([A-Z][A-Z0-9-]*) ([0-9]+\.[0-9]+)|(\.vidimus\.yml|keys/[a-z0-9-]+\.(?:asc|pub)))` +
	`( deleted)? sha256:([0-9a-f]{64})(?: images:sha256:([0-9a-f]{64}))?$`)

// readLines is LAW 1.3.
func (t *tally) readLines(g *given) {
	for _, text := range strings.Split(strings.ReplaceAll(g.r.Body, "\r\n", "\n"), "\n") {
		text = strings.TrimRight(text, " \t")
		if strings.HasPrefix(text, "> I sign as") {
			t.because("1.3 quoted")
			if !t.on("1.3 quoted") {
				text = text[2:]
			}
		}
		if !strings.HasPrefix(text, "I sign as") {
			continue
		}
		m := statementPattern.FindStringSubmatch(text)
		if m == nil {
			t.lineVoids(g, "SIG006 malformed")
			continue
		}
		line := statement{role: m[1], target: m[2] + m[4], version: m[3], deleted: m[5] != "", sha: m[6], images: m[7]}
		// READING 1.3: "one for each document and role": two lines for the same
		// document and role with other digits void the review.
		for _, other := range g.lines {
			if other.role == line.role && other.target == line.target && other.deleted == line.deleted && other != line {
				t.lineVoids(g, "SIG006 malformed")
			}
		}
		if g.commit != "" && !t.fits(line, g.commit) {
			t.lineVoids(g, "SIG006 digest")
		}
		g.lines = append(g.lines, line)
	}
}

func (t *tally) lineVoids(g *given, rule string) {
	if g.void == "" && t.on(rule) {
		g.void = rule
	}
	if !t.on(rule) {
		t.because(rule)
	}
}

// fits: the bound commit has a document of that id, version and bytes, or deletes
// it.
func (t *tally) fits(line statement, commit string) bool {
	at, from := t.trees[commit], t.trees[t.commits[commit].FromBase]
	for p := range union(at, from) {
		if !t.governed(p) || !isSigned(p) {
			continue
		}
		e, there := at[p]
		if there == line.deleted {
			continue
		}
		if line.deleted {
			e = from[p]
		}
		_, images := t.shown(at, p)
		if t.names(line, p, e) && images == line.images {
			return true
		}
	}
	return false
}

// names: the line is for this path and these bytes.
func (t *tally) names(line statement, p string, e facts.Entry) bool {
	if e.SHA256 != line.sha {
		return false
	}
	if !isDocumentPath(p) {
		return line.target == p && line.version == ""
	}
	pg := t.page(e)
	return line.target == pg.id && line.version == pg.version
}

// speaksOf: the line is for the document, whatever its bytes were. The deletion and
// the addition of a rename are two documents (LAW 1.1).
func speaksOf(line statement, d *doc) bool {
	if line.deleted != d.deleted {
		return false
	}
	if !isDocumentPath(d.path) {
		return line.target == d.path
	}
	return line.target == d.page.id
}

// lineHolds: the line names the head's document, digit by digit.
func lineHolds(line statement, d *doc) bool {
	return speaksOf(line, d) && line.sha == d.sha && line.images == d.images && line.deleted == d.deleted &&
		(!isDocumentPath(d.path) || line.version == d.page.version)
}

// twice: another file at the head has the same id, which blocks as XRF001. LAW 1.3
// does not say which of them a line is for, and nothing hangs on it.
func (t *tally) twice(d *doc) bool {
	for p, e := range t.head {
		if p != d.path && isDocumentPath(p) && isDocumentPath(d.path) && t.page(e).id == d.page.id && !d.deleted {
			return true
		}
	}
	return false
}
