package control

import (
	"slices"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// spec is a type of document, prepared once for a run.
type spec struct {
	document.Type
	fields []document.FieldRule
	known  map[string]bool // field names
	// sectionKeys are the required sections under the reading rules of headings, in their order.
	sectionKeys []string
	// tables are the type's tables, in their order.
	tables []tableSpec
}

// tableSpec is a table of a type, with the keys by which its section and columns are found.
type tableSpec struct {
	document.TableRule
	sectionKey string
	columnKeys []string
}

func newSpec(t document.Type) *spec {
	s := &spec{Type: t, fields: t.AllFields(), known: map[string]bool{}}
	for _, f := range s.fields {
		s.known[f.Key] = true
	}
	for _, name := range t.Sections {
		s.sectionKeys = append(s.sectionKeys, document.HeadingKey(name))
	}
	for _, rule := range t.Tables {
		prepared := tableSpec{TableRule: rule, sectionKey: document.HeadingKey(rule.Section)}
		for _, c := range rule.Columns {
			prepared.columnKeys = append(prepared.columnKeys, document.HeadingKey(c.Name))
		}
		s.tables = append(s.tables, prepared)
	}
	return s
}

// keys returns the names of all fields.
func (s *spec) keys() []string {
	keys := make([]string, 0, len(s.fields))
	for _, f := range s.fields {
		keys = append(keys, f.Key)
	}
	return keys
}

// specFor returns the type that the document says it is. One that is misspelt is taken for the type of its folder
// that has nearly its name; one that is missing for the folder's first; any other for the folder's last, which asks
// for least.
func (c *Checker) specFor(d *document.Document) *spec {
	if s := c.specNamed(d.Type); s != nil {
		return s
	}
	here := c.folderTypes(d)
	switch meant := nearest(d.Type, here); {
	case len(here) == 0:
		return nil
	case d.Type == "":
		return c.specNamed(here[0])
	case meant != "":
		return c.specNamed(meant)
	}
	return c.specNamed(c.lastStandard(here))
}

// lastStandard returns the last of the folder's types that is not an organisation's own.
func (c *Checker) lastStandard(here []string) string {
	last := here[0]
	for _, name := range here {
		if _, standard := document.TypeNamed(name); standard {
			last = name
		}
	}
	return last
}

func (c *Checker) specNamed(name string) *spec {
	if i := slices.IndexFunc(c.specs, func(s *spec) bool { return s.Name == name }); i >= 0 {
		return c.specs[i]
	}
	return nil
}

// folderTypes returns the names of the types that may lie in the document's folder.
func (c *Checker) folderTypes(d *document.Document) []string {
	var names []string
	folder := c.layout.FolderOf(d.Path)
	for _, s := range c.specs {
		if s.Folder == folder {
			names = append(names, s.Name)
		}
	}
	return names
}

// typeNames returns the names of all types.
func (c *Checker) typeNames() []string {
	var names []string
	for _, s := range c.specs {
		names = append(names, s.Name)
	}
	return names
}
