package control

import (
	"fmt"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

const (
	// maxCauses bounds how many changed files are tried one by one for what they cause; each costs a run of the
	// rules across documents. A larger change is told as one.
	maxCauses = 16
	// maxNamed is how many documents a sentence names before it only counts.
	maxNamed = 5
)

// Impact is what one changed file does to documents that the change does not touch.
type Impact struct {
	// Path is the file that causes it; "" where several changed files do so together, or the change is too
	// large to try each.
	Path string `json:"path"`
	// Line and Column are the place of the value that causes it, as in [document.Finding]; 0 where it is the
	// whole file.
	Line      int `json:"line"`
	Column    int `json:"column"`
	EndColumn int `json:"endColumn,omitempty"`
	// Message says what the change does, as a sentence: "Lowering a from 72 to 24 puts 3 contract reviews out of
	// bounds: ...".
	Message string `json:"message"`
	// Findings are those that stand in other documents because of it; they are among the judgement's findings.
	Findings []document.Finding `json:"findings"`
}

// place tells findings apart that two runs of the rules have in common.
type findingAt struct {
	rule, path   string
	line, column int
}

func placeOf(f document.Finding) findingAt { return findingAt{f.Rule, f.Path, f.Line, f.Column} }

// impacts finds what the change causes in documents that it does not touch: the findings that are there with the
// change and not without it. elsewhere are those of all files together, not weighed.
func (c *Checker) impacts(set *document.Set, readings []Reading, elsewhere []document.Finding) []Impact {
	if c.p.Base == nil || c.p.Touched == nil || !slices.ContainsFunc(elsewhere, func(f document.Finding) bool { return !c.p.Touched[f.Path] }) {
		return nil
	}
	t := c.trial(readings)
	before := t.run(nil)
	var caused []document.Finding
	for _, f := range elsewhere {
		if !c.p.Touched[f.Path] && f.Path != "" && !before[placeOf(f)] {
			caused = append(caused, f)
		}
	}
	caused, _ = c.weigh(caused)
	document.SortFindings(caused)
	if len(caused) == 0 {
		return nil
	}
	return c.attribute(set, t, caused)
}

// attribute tries each changed file alone; what none causes alone they cause together.
func (c *Checker) attribute(set *document.Set, t *trial, caused []document.Finding) []Impact {
	causes := t.causes()
	if len(causes) > maxCauses {
		causes = nil
	}
	var impacts []Impact
	told := map[findingAt]bool{}
	for _, path := range causes {
		alone, own := t.run([]string{path}), []document.Finding(nil)
		for _, f := range caused {
			if alone[placeOf(f)] {
				own = append(own, f)
				told[placeOf(f)] = true
			}
		}
		if len(own) > 0 {
			impacts = append(impacts, c.impactOf(path, set, own))
		}
	}
	rest := slices.DeleteFunc(slices.Clone(caused), func(f document.Finding) bool { return told[placeOf(f)] })
	if len(rest) > 0 {
		impacts = append(impacts, Impact{Message: "Together, the changes " + c.effect(set, rest, "put", "bring"), Findings: rest})
	}
	return impacts
}

// trial runs the rules across documents with only some of the changed files changed.
type trial struct {
	c             *Checker // judges without a base
	untouched     []Reading
	before, after map[string]Reading // the touched files, by path
}

func (c *Checker) trial(readings []Reading) *trial {
	alone := *c
	alone.p.Base, alone.p.MovedBase = nil, nil
	t := &trial{c: &alone, before: map[string]Reading{}, after: map[string]Reading{}}
	for _, r := range readings {
		if c.p.Touched[r.Item.Path] {
			t.after[r.Item.Path] = r
		} else {
			t.untouched = append(t.untouched, r)
		}
	}
	for _, item := range c.p.Base.Items() {
		if c.p.Touched[item.Path] {
			t.before[item.Path] = alone.Read(item)
		}
	}
	return t
}

// causes are the paths of the changed files, sorted.
func (t *trial) causes() []string {
	var paths []string
	for path := range t.after {
		paths = append(paths, path)
	}
	for path := range t.before {
		if _, kept := t.after[path]; !kept {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	return paths
}

// run returns the places of findings in untouched files with the given files changed and the others as before.
func (t *trial) run(changed []string) map[findingAt]bool {
	readings := slices.Clone(t.untouched)
	for _, path := range t.causes() {
		from := t.before
		if slices.Contains(changed, path) {
			from = t.after
		}
		if r, ok := from[path]; ok {
			readings = append(readings, r)
		}
	}
	items := make([]document.Item, 0, len(readings))
	for _, r := range readings {
		items = append(items, r.Item)
	}
	places := map[findingAt]bool{}
	for _, f := range t.c.across(t.c.layout.Assemble(items), readings) {
		places[placeOf(f)] = true
	}
	return places
}

// impactOf puts into a sentence what one file does.
func (c *Checker) impactOf(path string, set *document.Set, findings []document.Finding) Impact {
	impact := Impact{Path: path, Findings: findings}
	was, existed := c.p.Base.Document(path)
	is, exists := set.Document(path)
	cause := "The change of " + document.Quote(path)
	switch _, there := set.Item(path); {
	case !there:
		cause = "Deleting " + document.Quote(path)
	case exists && !existed:
		cause = "Adding " + document.Quote(path)
	case exists && existed:
		if steps := decisive(steps(was, is), path, findings); len(steps) > 0 && len(steps) <= maxNamed {
			impact.Line, impact.Column, impact.EndColumn = steps[0].mark.Line, steps[0].mark.Column, steps[0].mark.EndColumn
			cause = upperFirst(list(texts(steps), "and"))
			if len(steps) > 1 {
				impact.Message = cause + " " + c.effect(set, findings, "put", "bring")
				return impact
			}
		}
	}
	impact.Message = cause + " " + c.effect(set, findings, "puts", "brings")
	return impact
}

// effect says to what findings come: "puts 3 contract reviews out of bounds: a.md, b.md and c.md."
func (c *Checker) effect(set *document.Set, findings []document.Finding, puts, brings string) string {
	var blocked, warned []string
	for _, f := range findings {
		if f.Severity != document.Warn && !slices.Contains(blocked, f.Path) {
			blocked = append(blocked, f.Path)
		}
	}
	for _, f := range findings {
		if !slices.Contains(blocked, f.Path) && !slices.Contains(warned, f.Path) {
			warned = append(warned, f.Path)
		}
	}
	var parts []string
	if len(blocked) > 0 {
		parts = append(parts, fmt.Sprintf("%s %s out of bounds", puts, c.counted(set, blocked)))
	}
	if len(warned) > 0 {
		parts = append(parts, fmt.Sprintf("%s warnings to %s", brings, c.counted(set, warned)))
	}
	return list(parts, "and") + ": " + named(append(blocked, warned...)) + "."
}

// counted says how many documents of which type paths are: "3 contract reviews and 1 exception".
func (c *Checker) counted(set *document.Set, paths []string) string {
	var titles []string
	numbers := map[string]int{}
	for _, path := range paths {
		title := "file"
		if d, ok := set.Document(path); ok {
			if s := c.specFor(d); s != nil {
				title = s.Title
			}
		}
		if numbers[title] == 0 {
			titles = append(titles, title)
		}
		numbers[title]++
	}
	var parts []string
	for _, title := range titles {
		parts = append(parts, fmt.Sprintf("%d %s", numbers[title], plural(numbers[title], title, pluralOf(title))))
	}
	return list(parts, "and")
}

// pluralOf returns a type's title for several.
func pluralOf(title string) string {
	if stem, ok := strings.CutSuffix(title, "y"); ok {
		return stem + "ies"
	}
	if stem, ok := strings.CutSuffix(title, "matrix"); ok {
		return stem + "matrices"
	}
	return title + "s"
}

func named(paths []string) string {
	if more := len(paths) - maxNamed; more > 0 {
		return list(append(slices.Clone(paths[:maxNamed]), fmt.Sprintf("%d more", more)), "and")
	}
	return list(paths, "and")
}
