package report_test

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/template"
	"text/template/parse"

	"github.com/vidimus-bot/vidimus/bot/decision/report"
)

// checker walks a template with the type of its dot: text/template finds a wrong name only when it comes by,
// and then there would be no text at all.
type checker struct {
	t    *testing.T
	all  *template.Template
	seen map[string]bool // template and type, since parts may be used for several views
}

type variables map[string]reflect.Type

func TestTemplates_nameOnlyWhatTheirViewsHave(t *testing.T) {
	c := &checker{t: t, all: report.Templates(), seen: map[string]bool{}}
	views := report.Views()
	for name, view := range views {
		c.template(name, reflect.TypeOf(view))
	}
	for _, text := range c.all.Templates() {
		used := slices.ContainsFunc(slices.Collect(maps.Keys(c.seen)), func(k string) bool { return strings.HasPrefix(k, text.Name()+" ") })
		if !used && text.Name() != "parts.md" && text.Name() != "" {
			t.Errorf("nothing uses the text %q", text.Name())
		}
	}
}

func (c *checker) template(name string, dot reflect.Type) {
	key := fmt.Sprintf("%s %v", name, dot)
	if c.seen[key] {
		return
	}
	c.seen[key] = true
	found := c.all.Lookup(name)
	if found == nil {
		c.t.Errorf("there is no text %q", name)
		return
	}
	c.walk(name, found.Root, dot, variables{"$": dot})
}

func (c *checker) walk(name string, n parse.Node, dot reflect.Type, vars variables) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, child := range n.Nodes {
				c.walk(name, child, dot, vars)
			}
		}
	case *parse.ActionNode:
		c.declare(n.Pipe, c.pipe(name, n.Pipe, dot, vars), vars)
	case *parse.IfNode:
		c.pipe(name, n.Pipe, dot, vars)
		c.walk(name, n.List, dot, vars)
		c.walk(name, n.ElseList, dot, vars)
	case *parse.WithNode:
		c.walk(name, n.List, c.pipe(name, n.Pipe, dot, vars), maps.Clone(vars))
		c.walk(name, n.ElseList, dot, vars)
	case *parse.RangeNode:
		list := c.pipe(name, n.Pipe, dot, vars)
		if list == nil || list.Kind() != reflect.Slice {
			c.t.Errorf("%s: ranges over %v", name, list)
			return
		}
		inner := maps.Clone(vars)
		c.declare(n.Pipe, list.Elem(), inner)
		c.walk(name, n.List, list.Elem(), inner)
		c.walk(name, n.ElseList, dot, vars)
	case *parse.TemplateNode:
		c.template(n.Name, c.pipe(name, n.Pipe, dot, vars))
	case *parse.TextNode, *parse.CommentNode:
	default:
		c.t.Errorf("%s: a test does not know %T", name, n)
	}
}

// declare gives the variables of a pipe their types; of two, as in range, the first is the index.
func (c *checker) declare(p *parse.PipeNode, value reflect.Type, vars variables) {
	for i, v := range p.Decl {
		vars[v.Ident[0]] = value
		if len(p.Decl) == 2 && i == 0 {
			vars[v.Ident[0]] = reflect.TypeFor[int]()
		}
	}
}

func (c *checker) pipe(name string, p *parse.PipeNode, dot reflect.Type, vars variables) reflect.Type {
	if p == nil {
		return nil
	}
	var result reflect.Type
	for _, command := range p.Cmds {
		for _, argument := range command.Args[1:] {
			c.value(name, argument, dot, vars)
		}
		result = c.value(name, command.Args[0], dot, vars)
	}
	return result
}

func (c *checker) value(name string, n parse.Node, dot reflect.Type, vars variables) reflect.Type {
	switch n := n.(type) {
	case *parse.DotNode:
		return dot
	case *parse.FieldNode:
		return c.fields(name, dot, n.Ident)
	case *parse.VariableNode:
		return c.fields(name, vars[n.Ident[0]], n.Ident[1:])
	case *parse.PipeNode:
		return c.pipe(name, n, dot, vars)
	case *parse.IdentifierNode, *parse.NumberNode, *parse.StringNode, *parse.BoolNode:
		return reflect.TypeFor[string]()
	}
	c.t.Errorf("%s: a test does not know the value %T", name, n)
	return nil
}

// fields follows a chain like .Table.Shown.
func (c *checker) fields(name string, of reflect.Type, chain []string) reflect.Type {
	for _, field := range chain {
		if of == nil {
			return nil
		}
		if m, ok := of.MethodByName(field); ok {
			of = m.Type.Out(0)
			continue
		}
		inner := of
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() != reflect.Struct {
			c.t.Errorf("%s: .%s of %v", name, field, of)
			return nil
		}
		f, ok := inner.FieldByName(field)
		if !ok || !f.IsExported() {
			c.t.Errorf("%s: %v has no %s", name, of, field)
			return nil
		}
		of = f.Type
	}
	return of
}

// TestViews_holdNoPlainStrings: what a template writes is escaped by its type.
func TestViews_holdNoPlainStrings(t *testing.T) {
	var walk func(where string, of reflect.Type)
	seen := map[reflect.Type]bool{}
	walk = func(where string, of reflect.Type) {
		switch of.Kind() {
		case reflect.String:
			if of == reflect.TypeFor[string]() {
				t.Errorf("%s is a plain string", where)
			}
		case reflect.Slice, reflect.Pointer:
			walk(where, of.Elem())
		case reflect.Struct:
			if seen[of] {
				return
			}
			seen[of] = true
			for i := range of.NumField() {
				walk(where+"."+of.Field(i).Name, of.Field(i).Type)
			}
		}
	}
	for name, view := range report.Views() {
		walk(name, reflect.TypeOf(view))
	}
	if len(seen) < 20 {
		t.Errorf("only %d structs were looked at", len(seen))
	}
}

// TestTexts_nameNoCommandThatDoesNotExist looks through the texts as people get them, and through the
// templates, where more may be written.
func TestTexts_nameNoCommandThatDoesNotExist(t *testing.T) {
	exists := []string{"check", "verify commits", "verify bundle", "bundle", "render", "demo", "serve", "github-sim", "version"}
	command := regexp.MustCompile(`\bvidimus +([a-z][a-z-]*(?: +[a-z][a-z-]*)?)`)
	check := func(where, s string) int {
		named := command.FindAllStringSubmatch(s, -1)
		for _, m := range named {
			first, _, _ := strings.Cut(m[1], " ")
			if !slices.Contains(exists, m[1]) && !slices.Contains(exists, first) {
				t.Errorf("%s names the command vidimus %s", where, m[1])
			}
		}
		return len(named)
	}
	found := 0
	for _, text := range report.Templates().Templates() {
		if text.Tree != nil && text.Root != nil {
			found += check(text.Name(), text.Root.String())
		}
	}
	for name, in := range cases(t) {
		found += check(name, show(report.CheckRun(in), report.Comment(in)))
	}
	for _, code := range report.Codes() {
		found += check(code, report.Advice(code))
	}
	if found == 0 {
		t.Error("no text names any command: the search finds nothing")
	}
}
