// Package graphql reads the small part of the GraphQL query language that the embedded GitHub answers: one operation
// with fields, aliases, arguments, variables and fragments.
//
// In go a document and its variables; out comes the tree of selected fields with every variable filled in, or an error
// in words like GitHub's. It knows no schema: package githubsim decides which fields there are.
// Source: GraphQL specification, October 2021, section 2.
package graphql

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Bounds of a document, against queries made to exhaust the stack or the memory.
const (
	maxDocumentBytes = 64 << 10
	maxDepth         = 32
	maxFields        = 10_000 // fragments that name fragments multiply
)

// Field is one selected field.
type Field struct {
	// Alias is the name in the answer; it is Name where the query gives no other.
	Alias string
	Name  string
	// Arguments hold string, float64, bool, nil, []any and map[string]any.
	Arguments map[string]any
	Selected  []Field
	// On is the type of the fragment in which the field stands, "" outside of one: "PullRequest".
	On string
}

// Operation is what a document asks for.
type Operation struct {
	Mutation bool
	Fields   []Field
}

// Parse reads the first operation of a document.
func Parse(document string, variables map[string]any) (Operation, error) {
	if len(document) > maxDocumentBytes {
		return Operation{}, fmt.Errorf("the query is over %d bytes", maxDocumentBytes)
	}
	tokens, err := scan(document)
	if err != nil {
		return Operation{}, err
	}
	p := &parser{tokens: tokens, variables: variables, fragments: map[string]int{}}
	p.findFragments()
	return p.operation()
}

// token is a name, a number, a string (with its quote in front), or one punctuator.
type token string

func scan(document string) ([]token, error) {
	var tokens []token
	for i := 0; i < len(document); {
		c := document[i]
		switch {
		case strings.IndexByte(" \t\r\n,\ufeff", c) >= 0:
			i++
		case c == '#':
			for i < len(document) && document[i] != '\n' {
				i++
			}
		case strings.HasPrefix(document[i:], "..."):
			tokens = append(tokens, "...")
			i += 3
		case strings.IndexByte("{}()[]:$!=@|&", c) >= 0:
			tokens = append(tokens, token(c))
			i++
		case c == '"':
			text, length, err := scanString(document[i:])
			if err != nil {
				return nil, err
			}
			tokens = append(tokens, token(`"`+text))
			i += length
		default:
			length := wordLength(document[i:])
			if length == 0 {
				return nil, fmt.Errorf("Parse error on %q", string(c))
			}
			tokens = append(tokens, token(document[i:i+length]))
			i += length
		}
	}
	return tokens, nil
}

// wordLength is how long the name or number at the start of text is.
func wordLength(text string) int {
	n := 0
	for n < len(text) {
		c := text[n]
		if c != '_' && c != '-' && c != '.' && c != '+' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			break
		}
		n++
	}
	return n
}

// scanString reads a string in double quotes at the start of text. Block strings are not read.
func scanString(text string) (value string, length int, err error) {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			value, err := strconv.Unquote(text[:i+1])
			return value, i + 1, err
		case '\n':
			return "", 0, errors.New("unterminated string")
		}
	}
	return "", 0, errors.New("unterminated string")
}

type parser struct {
	tokens    []token
	at        int
	variables map[string]any
	fragments map[string]int // where each fragment's "on" stands
	depth     int
	fields    int
}

func (p *parser) peek() token {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return ""
}

func (p *parser) next() token {
	t := p.peek()
	p.at++
	return t
}

func (p *parser) expect(wanted token) error {
	if got := p.next(); got != wanted {
		return fmt.Errorf("Parse error on %q: expected %q", string(got), string(wanted))
	}
	return nil
}

func (p *parser) findFragments() {
	for i := 0; i+2 < len(p.tokens); i++ {
		if p.tokens[i] == "fragment" && p.tokens[i+2] == "on" {
			p.fragments[string(p.tokens[i+1])] = i + 2
		}
	}
}

func (p *parser) operation() (Operation, error) {
	var o Operation
	switch p.peek() {
	case "{":
	case "query", "mutation":
		o.Mutation = p.next() == "mutation"
		for p.peek() != "{" && p.peek() != "" {
			if p.next() == "(" {
				p.skipTo(")")
			}
		}
	default:
		return o, fmt.Errorf("Parse error on %q: expected a query or a mutation", string(p.peek()))
	}
	var err error
	o.Fields, err = p.selection("")
	return o, err
}

// skipTo passes the definitions of variables: their values are what counts. Default values are not read.
func (p *parser) skipTo(end token) {
	for p.peek() != "" && p.next() != end {
		continue
	}
}

func (p *parser) selection(on string) ([]Field, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, fmt.Errorf("the query is over %d levels deep", maxDepth)
	}
	defer func() { p.depth-- }()
	if err := p.expect("{"); err != nil {
		return nil, err
	}
	var fields []Field
	for p.peek() != "}" {
		if p.peek() == "" {
			return nil, errors.New("Parse error: unexpected end of the query")
		}
		more, err := p.selected(on)
		if err != nil {
			return nil, err
		}
		fields = append(fields, more...)
	}
	p.next()
	return fields, nil
}

// selected reads one field or fragment.
func (p *parser) selected(on string) ([]Field, error) {
	if p.peek() == "..." {
		p.next()
		return p.fragment()
	}
	if p.fields++; p.fields > maxFields {
		return nil, fmt.Errorf("the query selects over %d fields", maxFields)
	}
	f := Field{Name: string(p.next()), On: on}
	f.Alias = f.Name
	if p.peek() == ":" {
		p.next()
		f.Name = string(p.next())
	}
	if strings.ContainsAny(f.Name, "{}()[]:$!=@|&\"") || f.Name == "" {
		return nil, fmt.Errorf("Parse error on %q: expected a field", f.Name)
	}
	var err error
	if p.peek() == "(" {
		p.next()
		if f.Arguments, err = p.pairs(")"); err != nil {
			return nil, err
		}
	}
	if p.peek() == "{" {
		f.Selected, err = p.selection("")
	}
	return []Field{f}, err
}

func (p *parser) fragment() ([]Field, error) {
	if p.peek() == "{" {
		return p.selection("")
	}
	name := p.next()
	if name == "on" {
		return p.selection(string(p.next()))
	}
	at, known := p.fragments[string(name)]
	if !known {
		//lint:ignore ST1005 GitHub's words
		return nil, fmt.Errorf("Fragment %s was used, but not defined", name)
	}
	back := p.at
	p.at = at + 1
	fields, err := p.selection(string(p.next()))
	p.at = back
	return fields, err
}

// pairs reads arguments or an object up to end.
func (p *parser) pairs(end token) (map[string]any, error) {
	values := map[string]any{}
	for p.peek() != end {
		name := p.next()
		if err := p.expect(":"); err != nil {
			return nil, err
		}
		value, err := p.value()
		if err != nil {
			return nil, err
		}
		values[string(name)] = value
	}
	p.next()
	return values, nil
}

func (p *parser) value() (any, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, fmt.Errorf("the query is over %d levels deep", maxDepth)
	}
	defer func() { p.depth-- }()
	t := p.next()
	text, isString := strings.CutPrefix(string(t), `"`)
	switch {
	case isString:
		return text, nil
	case t == "$":
		return p.variables[string(p.next())], nil
	case t == "[":
		return p.list()
	case t == "{":
		return p.pairs("}")
	case t == "true", t == "false":
		return t == "true", nil
	case t == "null":
		return nil, nil
	case t == "":
		return nil, errors.New("Parse error: unexpected end of the query")
	}
	if number, err := strconv.ParseFloat(string(t), 64); err == nil {
		return number, nil
	}
	return string(t), nil // an enum
}

func (p *parser) list() (any, error) {
	values := []any{}
	for p.peek() != "]" {
		value, err := p.value()
		if err != nil {
			return nil, err
		}
		values = append(values, value)
	}
	p.next()
	return values, nil
}
