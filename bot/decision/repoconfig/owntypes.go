package repoconfig

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// Limits of an organisation's own types of document: far above what people fill in.
const (
	maxTypes    = 50
	maxFields   = 60
	maxSections = 60
	maxColumns  = 30
	maxWords    = 100
)

// ownTypes reads types: an organisation's own types of document. They lie in the standard folders, since the
// folders decide what is governed, and every part of Vidimus, also an old one, must agree on that.
func (r *reader) ownTypes(n *yaml.Node, c *Config) []document.Type {
	entries := r.mapping(n, "types")
	var own []document.Type
	for _, key := range keys(n) {
		v := entries[key.Value]
		if v == nil {
			continue
		}
		if len(own) == maxTypes {
			r.fault(key, fmt.Sprintf("types has more than %d entries", maxTypes), "a record with a section of its own often does")
			break
		}
		t := r.ownType(key, v, c)
		r.checkNames(key, t, own)
		own = append(own, t)
	}
	return own
}

// checkNames refuses a name or prefix that another type has.
func (r *reader) checkNames(key *yaml.Node, t document.Type, own []document.Type) {
	for _, other := range append(document.Types(), own...) {
		if other.Name == t.Name {
			r.fault(key, fmt.Sprintf("the type %s is there already", t.Name), "choose another name; a standard type cannot be changed")
		}
		if t.Prefix != "" && other.Prefix == t.Prefix {
			r.fault(key, fmt.Sprintf("the prefix %s of %s is that of %s", t.Prefix, t.Name, other.Name), "choose another prefix: it tells types apart in ids")
		}
	}
}

func prefixPattern() *regexp.Regexp { return compiledPrefix }

var compiledPrefix = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,9}$`)

func (r *reader) ownType(key, n *yaml.Node, c *Config) document.Type {
	t := document.Type{Name: r.slug(key, "the type")}
	m := r.mapping(n, "a type", "title", "folder", "prefix", "fields", "sections", "tables", "signatories", "once")
	for _, needed := range []string{"title", "folder", "prefix"} {
		if m[needed] == nil {
			r.fault(key, fmt.Sprintf("the type %s has no %s", t.Name, needed), "add it; the page on types of documents shows one")
		}
	}
	if v := m["title"]; v != nil {
		t.Title = r.text(v, "title")
	}
	if v := m["folder"]; v != nil {
		t.Folder = r.oneOf(v, "folder", document.Folders()...)
	}
	if v := m["prefix"]; v != nil {
		if t.Prefix = r.text(v, "prefix"); t.Prefix != "" && !prefixPattern().MatchString(t.Prefix) {
			r.fault(v, fmt.Sprintf("the prefix %q is not 2 to 10 capitals and digits", t.Prefix), "write for example NOT, for ids such as NOT-2026-001")
		}
	}
	if v := m["fields"]; v != nil {
		t.Fields = r.ownFields(v)
	}
	if v := m["sections"]; v != nil {
		t.Sections = r.bounded(v, "sections", maxSections)
	}
	if v := m["tables"]; v != nil {
		t.Tables = r.ownTables(v, t.Sections)
	}
	if v := m["signatories"]; v != nil {
		t.Signatories = r.typeSignatories(v, t.Name, c)
	}
	if v := m["once"]; v != nil {
		t.Once = r.boolean(v, "once")
	}
	return t
}

func (r *reader) typeSignatories(n *yaml.Node, name string, c *Config) []string {
	var roles []string
	for _, item := range r.list(n, "signatories") {
		if _, ok := c.Role(item.Value); !ok || item.Kind != yaml.ScalarNode {
			r.unknown(item, fmt.Sprintf("the type %s is signed by the role %q, which is not in roles", name, item.Value), suggestion(item.Value, "roles", c.RoleIDs()))
			continue
		}
		roles = append(roles, item.Value)
	}
	return roles
}

// bounded reads a list of different texts.
func (r *reader) bounded(n *yaml.Node, what string, most int) []string {
	words := r.words(n, what)
	if len(words) > most {
		r.fault(n, fmt.Sprintf("%s has more than %d values", what, most), "split it")
	}
	seen := map[string]bool{}
	for _, w := range words {
		if key := document.HeadingKey(w); seen[key] {
			r.fault(n, fmt.Sprintf("%q stands twice in %s", w, what), "keep one of them")
		} else {
			seen[key] = true
		}
	}
	return words
}

func (r *reader) ownFields(n *yaml.Node) []document.FieldRule {
	entries := r.mapping(n, "fields")
	var fields []document.FieldRule
	for _, key := range keys(n) {
		v := entries[key.Value]
		if v == nil {
			continue
		}
		if len(fields) == maxFields {
			r.fault(key, fmt.Sprintf("fields has more than %d entries", maxFields), "write what is prose into a section")
			break
		}
		f := r.ownField(key, v)
		if slices.ContainsFunc(document.CommonFields(), func(have document.FieldRule) bool { return have.Key == f.Key }) {
			r.fault(key, fmt.Sprintf("every document has the field %s already", f.Key), "choose another name")
		}
		fields = append(fields, f)
	}
	return fields
}

// fieldForms are the forms that a field of one's own can have.
func fieldForms() []string {
	return []string{"text", "word", "slug", "role", "country", "day", "number", "flag", "version", "id", "language", "sha256"}
}

func (r *reader) ownField(key, n *yaml.Node) document.FieldRule {
	f := document.FieldRule{Key: r.slug(key, "the field"), About: "Field of the organisation's own"}
	m := r.mapping(n, "a field", "form", "about", "list", "optional", "allowed", "min", "max")
	f.Form, f.Allowed = r.form(key, m, fieldForms())
	if v := m["about"]; v != nil {
		f.About = r.text(v, "about")
	}
	if v := m["list"]; v != nil {
		f.List = r.boolean(v, "list")
	}
	if v := m["optional"]; v != nil {
		f.Optional = r.boolean(v, "optional")
	}
	f.Min, f.Max = r.number(m["min"], "min"), r.number(m["max"], "max")
	if limit := (document.FieldRule{}).Limit(); f.Max > limit || f.Max > 0 && f.Min > f.Max {
		r.fault(key, fmt.Sprintf("%s may be from %d to %d, which no number is", f.Key, f.Min, f.Max), fmt.Sprintf("write min and max in order, up to %d", limit))
	}
	if (m["min"] != nil || m["max"] != nil) && f.Form != document.Number {
		r.fault(key, f.Key+" has min or max and is no number", "write form: number, or take them out")
	}
	return f
}

// form reads the form of a field or column, and its words; words alone make it a word.
func (r *reader) form(key *yaml.Node, m map[string]*yaml.Node, forms []string) (document.Form, []string) {
	form := document.Text
	var allowed []string
	if v := m["allowed"]; v != nil {
		form, allowed = document.Word, r.bounded(v, "allowed", maxWords)
	}
	if v := m["form"]; v != nil {
		form, _ = document.FormNamed(r.oneOf(v, "form", forms...))
	}
	switch {
	case form == document.Word && len(allowed) == 0:
		r.fault(key, key.Value+" has the form word and no words", "write allowed: [a, b]")
	case form != document.Word && len(allowed) > 0 && form != document.Day:
		r.fault(key, key.Value+" has allowed words and another form", "write form: word, or take allowed out")
	}
	return form, allowed
}

// number reads a whole number from 0; 0 if there is none.
func (r *reader) number(n *yaml.Node, what string) int {
	if n == nil {
		return 0
	}
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.Tag != "!!int" || err != nil || v < 0 {
		r.fault(n, what+" must be a whole number, 0 or more", "write digits only")
		return 0
	}
	return v
}

func (r *reader) ownTables(n *yaml.Node, sections []string) []document.TableRule {
	var tables []document.TableRule
	for _, item := range r.list(n, "tables") {
		m := r.mapping(item, "a table", "section", "key", "columns", "optional", "may-be-empty")
		t := document.TableRule{}
		if v := m["section"]; v == nil {
			r.fault(item, "a table has no section", "write section: and one of the sections above")
		} else if t.Section = r.text(v, "section"); !slices.Contains(sections, t.Section) {
			r.fault(v, fmt.Sprintf("the table stands in %q, which is none of the type's sections", t.Section), suggestion(t.Section, "sections", sections))
		}
		if v := m["columns"]; v == nil {
			r.fault(item, "a table has no columns", "write columns: [A, B]")
		} else {
			t.Columns = r.ownColumns(v)
		}
		if v := m["key"]; v != nil {
			if t.Key = r.text(v, "key"); !slices.ContainsFunc(t.Columns, func(c document.ColumnRule) bool { return c.Name == t.Key }) {
				r.fault(v, fmt.Sprintf("the key %q is none of the table's columns", t.Key), "name one of its columns")
			}
		}
		if v := m["optional"]; v != nil {
			t.Optional = r.boolean(v, "optional")
		}
		if v := m["may-be-empty"]; v != nil {
			t.MayBeEmpty = r.boolean(v, "may-be-empty")
		}
		tables = append(tables, t)
	}
	return tables
}

// columnForms are the forms that a column can have.
func columnForms() []string { return []string{"text", "word", "day", "number", "version"} }

func (r *reader) ownColumns(n *yaml.Node) []document.ColumnRule {
	var columns []document.ColumnRule
	seen := map[string]bool{}
	for _, item := range r.list(n, "columns") {
		c := document.ColumnRule{}
		if item.Kind == yaml.ScalarNode {
			c.Name = r.text(item, "a column")
		} else {
			c = r.ownColumn(item)
		}
		if key := document.HeadingKey(c.Name); seen[key] {
			r.fault(item, fmt.Sprintf("the column %q stands twice", c.Name), "keep one of them")
		} else {
			seen[key] = true
		}
		columns = append(columns, c)
	}
	if len(columns) == 0 || len(columns) > maxColumns {
		r.fault(n, fmt.Sprintf("a table has %d columns; 1 to %d are possible", len(columns), maxColumns), "write columns: [A, B]")
	}
	return columns
}

func (r *reader) ownColumn(n *yaml.Node) document.ColumnRule {
	m := r.mapping(n, "a column", "name", "form", "allowed", "blank")
	c := document.ColumnRule{}
	v := m["name"]
	if v == nil {
		r.fault(n, "a column has no name", "write name: and what stands at its head")
		return c
	}
	c.Name = strings.TrimSpace(r.text(v, "name"))
	c.Form, c.Allowed = r.form(v, m, columnForms())
	if b := m["blank"]; b != nil {
		c.Blank = r.boolean(b, "blank")
	}
	return c
}
