package control

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// checkSections holds the headings against the type: STR001 to STR004, STR006.
func (pg *page) checkSections() {
	none := !slices.ContainsFunc(pg.doc.Sections, func(s document.Section) bool { return pg.requires(s) })
	if n := len(pg.spec.Sections); none && n > 1 {
		pg.add("STR001", document.Span{Line: pg.titleLine()}, "write "+list(pg.spec.Sections, "and")+", each under a heading of level 2",
			"None of the %d sections of %s is here.", n, article(pg.spec.Title))
	}
	for i, name := range pg.spec.Sections {
		if !none || len(pg.spec.Sections) == 1 {
			pg.checkSection(name, pg.spec.sectionKeys[i])
		}
	}
	pg.checkLevels2()
	pg.checkTitle()
}

func (pg *page) checkSection(name, key string) {
	var first *document.Section
	for i := range pg.doc.Sections {
		switch s := &pg.doc.Sections[i]; {
		case s.Level != 2 || s.Key() != key:
		case first == nil:
			first = s
		default:
			pg.add("STR004", s.Span, "move its text to the first one, or give it another heading",
				"The section %s stands twice, here and on line %d.", document.Quote(s.Title), first.Span.Line)
		}
	}
	if first == nil {
		pg.missingSection(name, key)
		return
	}
	if first.Empty {
		pg.add("STR003", first.Span, "write what holds here; if nothing does, say so in a sentence", "The section %s is empty.", document.Quote(first.Title))
	} else if only, ok := onlyPlaceholders(*first); ok {
		if isStruck(only) {
			pg.add("STR003", first.Span, "write what holds here; if nothing does, say so in a sentence", "All that stands in the section %s is struck out.", document.Quote(first.Title))
			return
		}
		pg.add("STR003", first.Span, "write what holds here; if nothing does, say so in a sentence", "The section %s says only %s.", document.Quote(first.Title), document.Quote(only))
	}
}

// onlyPlaceholders reports a section whose whole text is still to be written.
func onlyPlaceholders(s document.Section) (string, bool) {
	if len(s.Tables) > 0 || len(s.Prose) == 0 || s.CodeTable > 0 || !mayBePlaceholder(s.Prose[0].Source()) {
		return "", false
	}
	for _, p := range s.Prose {
		if !isPlaceholder(p.Text()) && !isStruck(p.Source()) {
			return "", false
		}
	}
	if isStruck(s.Prose[0].Source()) {
		return s.Prose[0].Source(), true
	}
	return s.Prose[0].Text(), true
}

func (pg *page) missingSection(name, key string) {
	var others []string
	for _, s := range pg.doc.Sections {
		if s.Key() == key {
			pg.add("STR001", s.Span, fmt.Sprintf("write \"## %s\"", name), "The section %s has level %d here; level 2 is required.", document.Quote(name), s.Level)
			return
		}
		if s.Level == 2 && !pg.requires(s) {
			others = append(others, s.Title)
		}
	}
	if meant := nearestTitle(name, others); meant != "" {
		i := slices.IndexFunc(pg.doc.Sections, func(s document.Section) bool { return s.Level == 2 && s.Title == meant })
		pg.add("STR001", pg.doc.Sections[i].Span, fmt.Sprintf("write \"## %s\"", name),
			"The section %s is missing; this one, %s, has nearly its name.%s", document.Quote(name), document.Quote(meant), alikeNote(meant))
		return
	}
	pg.add("STR001", document.Span{Line: pg.titleLine()}, fmt.Sprintf("add \"## %s\" and what holds there", name), "The section %s is missing.", document.Quote(name))
}

// requires reports whether the type asks for a section with this heading.
func (pg *page) requires(s document.Section) bool {
	return slices.Contains(pg.spec.sectionKeys, s.Key())
}

// titleLine is where findings on what is not there are shown: at the first heading, else at line 1.
func (pg *page) titleLine() int {
	if len(pg.doc.Sections) > 0 {
		return pg.doc.Sections[0].Span.Line
	}
	return 1
}

// checkLevels2 warns of skipped heading levels (STR002).
func (pg *page) checkLevels2() {
	before := 0
	for _, s := range pg.doc.Sections {
		if before > 0 && s.Level > before+1 {
			pg.add("STR002", s.Span, fmt.Sprintf("write it with %d number signs", before+1),
				"The heading %s has level %d below level %d: a level is skipped.", document.Quote(s.Title), s.Level, before)
		}
		before = s.Level
	}
}

// checkTitle warns unless the only heading of level 1 is the title (STR006).
func (pg *page) checkTitle() {
	var tops []document.Section
	for _, s := range pg.doc.Sections {
		if s.Level == 1 {
			tops = append(tops, s)
		}
	}
	title := strings.Join(strings.Fields(pg.doc.Title), " ")
	switch {
	case len(tops) == 0:
		pg.add("STR006", document.Span{Line: pg.titleLine()}, fmt.Sprintf("begin the text with %q", "# "+cmp.Or(title, "Title of the document")), "The document has no heading of level 1.")
	case len(tops) > 1:
		pg.add("STR006", tops[1].Span, "write the others with two number signs",
			"There are %d headings of level 1; the second is %s.", len(tops), document.Quote(tops[1].Title))
	case pg.doc.Readable && title != "" && tops[0].Title != title:
		pg.add("STR006", tops[0].Span, "write the same in both places", "The heading %s differs from the title %s on line %d.",
			document.Quote(tops[0].Title), document.Quote(title), pg.doc.At("title").Line)
	}
}
