package repoconfig

import (
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// reader walks YAML nodes and collects what is wrong with them, each at its
// place, so that all of it is told at once.
type reader struct {
	findings []document.Finding
	later    []Later
}

// Rules of the configuration. LAW 11.
const (
	ruleUnreadable = "CFG001"
	ruleUnknown    = "CFG003"
)

func (r *reader) fault(n *yaml.Node, text, mend string) {
	r.findings = append(r.findings, problem(ruleUnreadable, n.Line, n.Column, text, mend))
}

func (r *reader) unknown(n *yaml.Node, text, mend string) {
	r.findings = append(r.findings, problem(ruleUnknown, n.Line, n.Column, text, mend))
}

func (r *reader) notYet(n *yaml.Node, feature string) {
	r.later = append(r.later, Later{Feature: feature, Line: n.Line})
}

// parseYAML gives the document's top node. Anchors, aliases, merge keys and own
// tags are refused before anything is walked, so that a small file cannot grow.
func parseYAML(raw []byte) (*yaml.Node, []document.Finding) {
	if len(raw) > MaxBytes {
		return nil, []document.Finding{problem(ruleUnreadable, 0, 0,
			fmt.Sprintf("the file has %d bytes, more than %d", len(raw), MaxBytes), "remove what does not belong into the configuration")}
	}
	var top yaml.Node
	err := yaml.Load(raw, &top)
	switch {
	case err == nil && top.Kind == yaml.DocumentNode && len(top.Content) == 1:
	case err == nil, strings.Contains(err.Error(), "no documents in stream"): // the library has no other name for it
		return nil, []document.Finding{problem(ruleUnreadable, 1, 1, "the file is empty", "write the configuration; vidimus schema config says what belongs into it")}
	default:
		return nil, []document.Finding{unreadable(err)}
	}
	g := guard{}
	g.walk(top.Content[0], 1)
	if g.finding != nil {
		return nil, []document.Finding{*g.finding}
	}
	return top.Content[0], nil
}

// unreadable tells what the YAML library says, at its line.
func unreadable(err error) document.Finding {
	text, line, column := err.Error(), 0, 0
	var load *yaml.LoadError
	if errors.As(err, &load) {
		text, line, column = load.Message, load.Mark.Line, load.Mark.Column
	}
	return problem(ruleUnreadable, line, column, "this is not YAML: "+strings.Join(strings.Fields(text), " "),
		"mend the line; an editor with YAML support shows the place")
}

// guard refuses what makes YAML larger or other than it looks.
type guard struct {
	nodes   int
	finding *document.Finding
}

func (g *guard) walk(n *yaml.Node, depth int) {
	g.nodes++
	switch {
	case g.finding != nil:
		return
	case g.nodes > maxNodes || depth > maxDepth:
		g.refuse(n, "the file is nested too deep or has too many values", "split long lists, remove nesting")
	case n.Kind == yaml.AliasNode || n.Anchor != "" || n.Tag == "!!merge":
		g.refuse(n, "anchors, aliases and merge keys are not allowed", "write the value out where it is needed")
	case n.Style&yaml.TaggedStyle != 0:
		g.refuse(n, "tags such as "+n.Tag+" are not allowed", "remove the tag; quote the value if it is to be text")
	}
	for _, child := range n.Content {
		g.walk(child, depth+1)
	}
}

func (g *guard) refuse(n *yaml.Node, text, mend string) {
	f := problem(ruleUnreadable, n.Line, n.Column, text, mend)
	g.finding = &f
}

// mapping gives the members of n by key; keys that are not in known are refused
// with the nearest one that is.
func (r *reader) mapping(n *yaml.Node, what string, known ...string) map[string]*yaml.Node {
	members := map[string]*yaml.Node{}
	if n.Kind != yaml.MappingNode {
		r.fault(n, what+" must be a mapping (key: value)", "write its keys below it, indented")
		return members
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode:
			r.fault(key, "a key of "+what+" is not a word", "write a plain key")
		case members[key.Value] != nil:
			r.fault(key, fmt.Sprintf("%q stands twice in %s", key.Value, what), "keep one of them")
		case len(known) > 0 && !contains(known, key.Value):
			r.fault(key, fmt.Sprintf("%q is not a key of %s", key.Value, what), suggestion(key.Value, "keys", known))
		default:
			members[key.Value] = value
		}
	}
	return members
}

// keys are the keys of a mapping in the order of the file.
func keys(n *yaml.Node) []*yaml.Node {
	var found []*yaml.Node
	if n.Kind == yaml.MappingNode {
		for i := 0; i < len(n.Content); i += 2 {
			found = append(found, n.Content[i])
		}
	}
	return found
}

func (r *reader) list(n *yaml.Node, what string) []*yaml.Node {
	if n.Kind != yaml.SequenceNode {
		r.fault(n, what+" must be a list", "write it as [a, b] or as lines that begin with -")
		return nil
	}
	if len(n.Content) > maxListSize {
		r.fault(n, fmt.Sprintf("%s has more than %d values", what, maxListSize), "split it")
		return nil
	}
	return n.Content
}

// words reads a list of words, or one word where a list is natural.
func (r *reader) words(n *yaml.Node, what string) []string {
	if n.Kind == yaml.ScalarNode {
		return []string{r.text(n, what)}
	}
	var found []string
	for _, item := range r.list(n, what) {
		found = append(found, r.text(item, "a value of "+what))
	}
	return found
}

// text reads one non-empty line of text without control characters.
func (r *reader) text(n *yaml.Node, what string) string {
	switch {
	case n.Kind != yaml.ScalarNode || n.Tag == "!!null":
		r.fault(n, what+" must be text", "write a word or a sentence")
	case strings.TrimSpace(n.Value) == "":
		r.fault(n, what+" is empty", "write it, or remove the key")
	case strings.ContainsFunc(n.Value, hidden):
		r.fault(n, what+" has a control or invisible character", "type it again")
	default:
		return n.Value
	}
	return ""
}

// hidden characters have no place in names: controls, bidirectional controls,
// zero-width characters.
func hidden(c rune) bool {
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200b && c <= 0x200f) ||
		(c >= 0x2028 && c <= 0x202e) || (c >= 0x2060 && c <= 0x206f) || c == 0xfeff || c == 0xfffd
}

func (r *reader) integer(n *yaml.Node, what string) int64 {
	v, err := strconv.ParseInt(n.Value, 10, 53)
	if n.Kind != yaml.ScalarNode || n.Tag != "!!int" || err != nil || v < 1 {
		r.fault(n, what+" must be a whole number above zero", "write digits only")
		return 0
	}
	return v
}

func (r *reader) boolean(n *yaml.Node, what string) bool {
	if n.Kind != yaml.ScalarNode || (n.Value != "true" && n.Value != "false") {
		r.fault(n, what+" must be true or false", "write true or false")
	}
	return n.Value == "true"
}

func (r *reader) oneOf(n *yaml.Node, what string, allowed ...string) string {
	if n.Kind == yaml.ScalarNode && contains(allowed, n.Value) {
		return n.Value
	}
	r.fault(n, fmt.Sprintf("%s is %q", what, n.Value), "write one of: "+strings.Join(allowed, ", "))
	return ""
}

func contains(list []string, word string) bool {
	for _, w := range list {
		if w == word {
			return true
		}
	}
	return false
}

// suggestion names the nearest known word, or all of them when none is near; what
// says what they are, as in "keys".
func suggestion(word, what string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		if d := editDistance(word, k); d < distance {
			best, distance = k, d
		}
	}
	if best != "" {
		return "write " + best
	}
	sorted := append([]string(nil), known...)
	sort.Strings(sorted)
	if len(sorted) == 0 {
		return "there are no " + what + " yet: add it"
	}
	return "known " + what + ": " + strings.Join(sorted, ", ")
}

// editDistance is Levenshtein's, over bytes: keys are ASCII.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next := min(row[j+1]+1, row[j]+1, diagonal+cost)
			diagonal, row[j+1] = row[j+1], next
		}
	}
	return row[len(b)]
}
