package document

// QuickFront reads front matter of plain lines, without the YAML library.
func QuickFront(text string, line int) ([]Field, bool) { return quickFront(text, line, &slab[Field]{}) }

// SlowFront reads front matter with the YAML library.
func SlowFront(text string, line int) ([]Field, []Finding) {
	r := &reader{doc: &Document{}}
	r.readSlowYAML(text, line)
	return r.doc.Front, r.doc.Findings
}
