package document

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Set is the governed content of a repository at one moment: documents in the order of their paths, with
// look-ups, and what is wrong with the files as such. It never changes; it is safe for concurrent use.
type Set struct {
	layout    Layout
	items     []Item
	documents []*Document
	byPath    map[string]int // into items
	byID      map[string][]*Document
	byType    map[string][]*Document
	byService map[string][]*Document
	findings  []Finding
}

// NewSet reads all files of a repository, with the standard types under root; files that are not governed
// are left out. Of two files with one path the first counts.
func NewSet(root string, files []File) *Set { return Layout{Root: root}.NewSet(files) }

// NewSet reads all files of a repository in this layout.
func (l Layout) NewSet(files []File) *Set {
	items := make([]Item, 0, len(files))
	for _, f := range files {
		items = append(items, l.Read(f))
	}
	return l.Assemble(items)
}

// Assemble makes a set of files that were read one by one ([Layout.Read]).
func (l Layout) Assemble(items []Item) *Set {
	s := &Set{
		layout: l, byPath: make(map[string]int, len(items)), items: make([]Item, 0, len(items)), documents: make([]*Document, 0, len(items)),
		byID: make(map[string][]*Document, len(items)), byType: map[string][]*Document{}, byService: map[string][]*Document{},
	}
	byPath := func(a, b Item) int { return cmp.Compare(a.Path, b.Path) }
	if !slices.IsSortedFunc(items, byPath) {
		items = slices.Clone(items)
		slices.SortStableFunc(items, byPath)
	}
	for _, item := range items {
		if _, twice := s.byPath[item.Path]; twice || item.Kind == NotGoverned {
			continue
		}
		s.byPath[item.Path] = len(s.items)
		s.items = append(s.items, item)
		s.findings = append(s.findings, item.Findings...)
		if item.Document != nil {
			s.addDocument(item.Document)
		}
	}
	s.checkCollisions()
	s.checkImages()
	SortFindings(s.findings)
	return s
}

func (s *Set) addDocument(d *Document) {
	s.documents = append(s.documents, d)
	s.byID[d.ID] = append(s.byID[d.ID], d)
	s.byType[d.Type] = append(s.byType[d.Type], d)
	s.byService[d.ServiceID] = append(s.byService[d.ServiceID], d)
}

// Layout returns what the set was read by.
func (s *Set) Layout() Layout { return s.layout }

// Documents returns all documents in the order of their paths, also those that cannot be read.
func (s *Set) Documents() []*Document { return s.documents }

// Items returns all governed files in the order of their paths.
func (s *Set) Items() []Item { return s.items }

// Document returns the document at path, and whether there is one.
func (s *Set) Document(path string) (*Document, bool) {
	item, ok := s.Item(path)
	return item.Document, ok && item.Document != nil
}

// Item returns the governed file at path, and whether there is one.
func (s *Set) Item(path string) (Item, bool) {
	i, ok := s.byPath[path]
	if !ok {
		return Item{}, false
	}
	return s.items[i], true
}

// WithID returns the documents with that id in the order of their paths; more than one is XRF001.
func (s *Set) WithID(id string) []*Document { return s.byID[id] }

// OfType returns the documents whose front matter names that type, in the order of their paths.
func (s *Set) OfType(name string) []*Document { return s.byType[name] }

// OfService returns the documents that name that service-id, in the order of their paths.
func (s *Set) OfService(service string) []*Document { return s.byService[service] }

// Findings returns what is wrong with files as such: GIT001 to GIT003, HID004, HID006, and LIM001 of images,
// sorted. What is wrong inside a document is in [Document.Findings].
func (s *Set) Findings() []Finding { return s.findings }

// TypeAt returns the type that the document's front matter names, if it may lie in its folder, else the
// first type of its folder. ok is false for a path in no document folder.
func (l Layout) TypeAt(d *Document) (t Type, ok bool) {
	folder := l.FolderOf(d.Path)
	for _, candidate := range append(Types(), l.Types...) {
		if candidate.Folder != folder {
			continue
		}
		if candidate.Name == d.Type {
			return candidate, true
		}
		if !ok {
			t, ok = candidate, true
		}
	}
	return t, ok
}

// checkCollisions finds paths that are one on a file system without case, also by a folder on the way.
func (s *Set) checkCollisions() {
	first, previous := make(map[string]string, len(s.items)), ""
	for _, item := range s.items {
		neighbour := previous
		previous = item.Path
		for at := range item.Path + "/" {
			if at < len(item.Path) && item.Path[at] != '/' {
				continue
			}
			part := item.Path[:at]
			if at < len(neighbour) && neighbour[at] == '/' && neighbour[:at] == part {
				continue // a folder that the one before lies in too, and where it collided with nothing
			}
			folded := norm.NFC.String(strings.ToLower(norm.NFKC.String(part)))
			before, seen := first[folded]
			if !seen {
				first[folded] = part
			} else if before != part {
				s.find("GIT002", item.Path, Span{}, fmt.Sprintf("%s and %s differ only in case: Windows and macOS keep one of them.", Quote(part), Quote(before)),
					"rename one of the two")
				previous = ""
				break
			}
		}
	}
}

// checkImages holds images and documents against each other (HID004, HID006).
func (s *Set) checkImages() {
	shown := map[string]bool{}
	for _, d := range s.documents {
		for _, link := range d.Links {
			if link.Image {
				s.checkImage(d, link, shown)
			}
		}
	}
	for _, item := range s.items {
		if item.Kind == Image && !shown[item.Path] {
			s.find("HID006", item.Path, Span{}, "No document shows this image, so nobody would sign it.",
				"show it in a document, or delete it")
		}
	}
}

func (s *Set) checkImage(d *Document, link Link, shown map[string]bool) {
	p, local := d.Resolve(link.Destination)
	item, found := s.Item(p)
	fix := fmt.Sprintf("add the image under a document folder and show it from there, for example %s",
		path.Join(path.Dir(d.Path), "diagram.png"))
	switch {
	case !local:
		s.find("HID004", d.Path, link.Span, fmt.Sprintf("The image %s is not in the repository: what it shows could change after the signature.", Quote(link.Destination)), fix)
	case !found:
		s.find("HID004", d.Path, link.Span, fmt.Sprintf("There is no image %s under a document folder.", Quote(p)), fix)
	case item.Kind != Image:
		s.find("HID004", d.Path, link.Span, fmt.Sprintf("%s is shown as an image and is a %s.", Quote(p), item.Kind), fix)
	default:
		shown[p] = true
	}
}

func (s *Set) find(rule, path string, at Span, message, fix string) {
	s.findings = append(s.findings, Finding{
		Rule: rule, Severity: Block, Path: path, Line: at.Line, Column: at.Column, EndColumn: at.EndColumn, Message: message, Fix: fix,
	})
}
