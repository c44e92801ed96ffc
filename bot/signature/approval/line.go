package approval

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
)

// MaxBodyBytes bounds a review's body; GitHub's own limit is 65,536 characters of
// at most four bytes.
const MaxBodyBytes = 4 * 65_536

// MaxLines bounds the statement lines of one review. A pull request that touches
// a thousand documents signed in several roles stays below it.
const MaxLines = 4_096

// prefix begins every statement line; a line that begins so and does not parse
// voids the review. LAW 1.3.
const prefix = "I sign as "

// Line is one statement line of a review's body:
//
//	I sign as ROLE: ID VERSION sha256:HEX64
//	I sign as ROLE: PATH sha256:HEX64              (configuration and keys)
//
// with "deleted " before sha256: for a deletion, and " images:sha256:HEX64" after
// it when the document shows images. LAW 1.3.
type Line struct {
	Role    string
	ID      string // of a document; then Version is set and Path is not
	Version string
	Path    string // of configuration and keys
	Deleted bool
	SHA256  string
	Images  string // images digest, "" without images
}

// LineProblem is why a review is void: a line that begins as a statement and is
// none. Number counts from 1.
type LineProblem struct {
	Number int
	Text   string
}

// compiledLine is compiled when a first line is read, and never changes. IDs are those of documents (upper case), so that
// an ID can never be taken for a path.
var compiledLine = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(
		`^I sign as ([a-z][a-z0-9-]{0,63}): ` +
			`(?:([A-Z][A-Z0-9-]{0,127}) ([0-9]{1,9}\.[0-9]{1,9})|(\.vidimus\.yml|keys/[a-z0-9][a-z0-9-]{0,63}\.(?:asc|pub)))` +
			` (deleted )?sha256:([0-9a-f]{64})(?: images:sha256:([0-9a-f]{64}))?$`)
})

// String is the line as a person copies it.
func (l Line) String() string {
	target := l.Path
	if l.ID != "" {
		target = l.ID + " " + l.Version
	}
	deleted := ""
	if l.Deleted {
		deleted = "deleted "
	}
	images := ""
	if l.Images != "" {
		images = " images:sha256:" + l.Images
	}
	return fmt.Sprintf("%s%s: %s %ssha256:%s%s", prefix, l.Role, target, deleted, l.SHA256, images)
}

// ParseLine reads one whole line without its line end.
func ParseLine(text string) (Line, bool) {
	m := compiledLine().FindStringSubmatch(text)
	if m == nil {
		return Line{}, false
	}
	return Line{
		Role: m[1], ID: m[2], Version: m[3], Path: m[4],
		Deleted: m[5] != "", SHA256: m[6], Images: m[7],
	}, true
}

// ParseLines finds the statement lines of a review's body: whole lines after
// CRLF → LF and without trailing blanks, also inside a code fence; quoted lines
// ("> ") are ignored like any other text. Problems void the review: a line that
// begins with "I sign as" and does not parse, or that stands inside an HTML comment
// or the like, where GitHub shows it to nobody; one document twice in one role with different
// digests; a body over MaxBodyBytes, more than MaxLines lines.
func ParseLines(body string) ([]Line, []LineProblem) {
	if len(body) > MaxBodyBytes {
		return nil, []LineProblem{{1, fmt.Sprintf("the text is over %d bytes", MaxBodyBytes)}}
	}
	var lines []Line
	var problems []LineProblem
	seen := map[Line]Line{}
	hidden := ""
	for i, text := range strings.Split(strings.ReplaceAll(body, "\r\n", "\n"), "\n") {
		text = strings.TrimRight(text, " \t")
		inside := hidden
		hidden = insideComment(text, hidden)
		if !beginsStatement(text) {
			continue
		}
		line, ok := ParseLine(text)
		// A document that moves is a deletion and an addition: two documents.
		key := Line{Role: line.Role, ID: line.ID, Path: line.Path, Deleted: line.Deleted}
		switch {
		case inside != "":
			problems = append(problems, LineProblem{i + 1, "stands inside an HTML comment, where nobody sees it"})
		case !ok:
			problems = append(problems, LineProblem{i + 1, "begins with \"I sign as\" and is not a statement line"})
		case seen[key] == line: // pasted twice, says nothing new
		case seen[key] != Line{}:
			problems = append(problems, LineProblem{i + 1, "signs the same document in the same role as an earlier line, with other digits"})
		case len(lines) == MaxLines:
			return nil, append(problems, LineProblem{i + 1, fmt.Sprintf("is beyond the limit of %d statement lines", MaxLines)})
		default:
			seen[key] = line
			lines = append(lines, line)
		}
	}
	return lines, problems
}

// insideComment gives what would end the HTML that GitHub shows to nobody and that is
// open after a line, "" for none: a comment, a processing instruction, a declaration
// or CDATA. open is what the lines before left open. Source: CommonMark 0.31, 4.6,
// kinds 2 to 5.
func insideComment(line, open string) string {
	for {
		if open != "" {
			_, after, closed := strings.Cut(line, open)
			if !closed {
				return open
			}
			line, open = after, ""
		}
		at := strings.IndexByte(line, '<')
		if at < 0 {
			return ""
		}
		line = line[at+1:]
		open = closing(line)
	}
}

// closing is what ends the hidden HTML that begins with "<" and rest; "" if it is
// none.
func closing(rest string) string {
	switch {
	case strings.HasPrefix(rest, "!--"):
		return "-->"
	case strings.HasPrefix(rest, "![CDATA["):
		return "]]>"
	case strings.HasPrefix(rest, "?"):
		return "?>"
	case len(rest) > 1 && rest[0] == '!' && isLetter(rest[1]):
		return ">"
	default:
		return ""
	}
}

func isLetter(c byte) bool { return (c|0x20) >= 'a' && (c|0x20) <= 'z' }

// beginsStatement also takes the bare words, so that "I sign as:" or "I sign
// as" alone is an error the person sees and not silently nothing.
func beginsStatement(text string) bool {
	return strings.HasPrefix(text, strings.TrimRight(prefix, " "))
}
