package decision

import (
	"sort"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// tree is one governed tree by path.
type tree map[string]facts.Entry

// change is one path that differs between two trees; an absent side has an empty
// Mode.
type change struct {
	path          string
	before, after facts.Entry
}

// differ says whether two entries are other files: bytes or mode.
func differ(a, b facts.Entry) bool { return a.Mode != b.Mode || a.SHA256 != b.SHA256 }

// changes lists what differs between two trees, by path.
func changes(before, after tree) []change {
	var found []change
	for path, b := range before {
		if a := after[path]; differ(a, b) {
			found = append(found, change{path, b, a})
		}
	}
	for path, a := range after {
		if _, ok := before[path]; !ok {
			found = append(found, change{path, facts.Entry{}, a})
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].path < found[j].path })
	return found
}

// apply gives base with the changes made: what the branch would hold after the
// landing. LAW 7.1.
func apply(base tree, made []change) tree {
	result := make(tree, len(base))
	for path, e := range base {
		result[path] = e
	}
	for _, c := range made {
		if c.after.Mode == "" {
			delete(result, c.path)
		} else {
			result[c.path] = c.after
		}
	}
	return result
}

// paths are the paths of a tree, sorted.
func (t tree) paths() []string {
	found := make([]string, 0, len(t))
	for path := range t {
		found = append(found, path)
	}
	sort.Strings(found)
	return found
}

// view is a tree with its documents parsed: what a set of rules or a signature
// looks at. Documents are parsed once for each path and digest.
type view struct {
	e    *evaluation
	tree tree
}

// document is the parsed Markdown document at path, nil if there is none or its
// bytes were not read.
func (v view) document(path string) *document.Document {
	entry, ok := v.tree[path]
	if !ok || document.Classify(v.e.root, path) != document.Markdown {
		return nil
	}
	return v.e.parse(entry)
}

// images are the lines of the images that the document at path shows, in link
// order; links to images that are not in the tree are a finding elsewhere.
func (v view) images(path string) []document.ContentLine {
	d := v.document(path)
	if d == nil {
		return nil
	}
	var lines []document.ContentLine
	for _, image := range d.Images() {
		if entry, ok := v.tree[image]; ok {
			lines = append(lines, document.ContentLine{Mode: entry.Mode, SHA256: entry.SHA256, Path: image})
		}
	}
	return lines
}

// touched is one document that differs between two views: its own bytes, or an
// image that it shows. LAW 1.2.
type touched struct {
	change
	imagesBefore, imagesAfter string
}

// documentsTouched lists documents, configuration and keys that differ, by path.
func (e *evaluation) documentsTouched(before, after view) []touched {
	differing := map[string]change{}
	for _, c := range changes(before.tree, after.tree) {
		differing[c.path] = c
	}
	var found []touched
	for _, path := range union(before.tree, after.tree) {
		if !isDocument(document.Classify(e.root, path)) {
			continue
		}
		c, changed := differing[path]
		t := touched{c, document.ImagesDigest(before.images(path)), document.ImagesDigest(after.images(path))}
		if !changed && t.imagesBefore == t.imagesAfter {
			continue
		}
		t.path, t.before, t.after = path, before.tree[path], after.tree[path]
		found = append(found, t)
	}
	return found
}

// isDocument says what needs signatures of its own; images count with the
// document that shows them.
func isDocument(k document.Kind) bool {
	return k == document.Markdown || k == document.Configuration || k == document.Key
}

func union(a, b tree) []string {
	all := make(tree, len(a)+len(b))
	for path := range a {
		all[path] = facts.Entry{}
	}
	for path := range b {
		all[path] = facts.Entry{}
	}
	return all.paths()
}

// contentList is what an approval of the change from before to after binds to:
// every governed file that differs, and the images of the documents among them.
// LAW 1.1, 1.2.
func (e *evaluation) contentList(before, after view) []document.ContentLine {
	lines := map[string]document.ContentLine{}
	for _, c := range changes(before.tree, after.tree) {
		lines[c.path] = contentLine(c)
	}
	for _, t := range e.documentsTouched(before, after) {
		lines[t.path] = contentLine(t.change)
		for _, image := range after.images(t.path) {
			lines[image.Path] = image
		}
	}
	list := make([]document.ContentLine, 0, len(lines))
	for _, l := range lines {
		list = append(list, l)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Path < list[j].Path })
	return list
}

func contentLine(c change) document.ContentLine {
	if c.after.Mode == "" {
		return document.ContentLine{Mode: document.ModeDeleted, SHA256: c.before.SHA256, Path: c.path}
	}
	return document.ContentLine{Mode: c.after.Mode, SHA256: c.after.SHA256, Path: c.path}
}
