package evidence

import (
	"bytes"
	"fmt"
	"sort"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// state is a governed tree with its bytes, to compare two of them.
type state struct {
	entries map[string]facts.Entry
	blobs   map[string][]byte
	root    string
	parsed  map[facts.Entry]*document.Document
}

// landedFile is one governed file that differs after the landing, or that shows an
// image which does. after.Mode is empty for a deletion, before.Mode for an addition.
type landedFile struct {
	path          string
	kind          document.Kind
	before, after facts.Entry
	images        []document.ContentLine // that it shows after the landing
	deviation     *decision.Deviation
}

func (f landedFile) deleted() bool { return f.after.Mode == "" }

// entry is what the file is, or was before it was deleted.
func (f landedFile) entry() facts.Entry {
	if f.deleted() {
		return f.before
	}
	return f.after
}

func (f landedFile) mode() string {
	if f.deleted() {
		return document.ModeDeleted
	}
	return f.after.Mode
}

func (b *builder) stateOf(commit string) state {
	s := state{
		entries: map[string]facts.Entry{}, blobs: b.p.Snapshot.Blobs, root: b.config.Root,
		parsed: map[facts.Entry]*document.Document{},
	}
	for _, e := range b.treeEntries(commit) {
		s.entries[e.Path] = e
	}
	return s
}

// document is the parsed document at path; nil for what is none or was not read.
func (s state) document(path string) *document.Document {
	e, ok := s.entries[path]
	if !ok || document.Classify(s.root, path) != document.Markdown {
		return nil
	}
	if d, ok := s.parsed[e]; ok {
		return d
	}
	var d *document.Document
	if raw, ok := s.blobs[e.SHA256]; ok {
		d = document.Parse(path, raw)
	}
	s.parsed[e] = d
	return d
}

// images are the lines of the images that the document at path shows, in link order.
func (s state) images(path string) []document.ContentLine {
	if !bytes.Contains(s.blobs[s.entries[path].SHA256], []byte("![")) {
		return nil // no image in Markdown begins otherwise: most documents need not be parsed
	}
	d := s.document(path)
	if d == nil {
		return nil
	}
	var lines []document.ContentLine
	for _, image := range d.Images() {
		if e, ok := s.entries[image]; ok {
			lines = append(lines, document.ContentLine{Mode: e.Mode, SHA256: e.SHA256, Path: image})
		}
	}
	return lines
}

// compare finds what landed: every document, configuration and key that differs from
// the base, or shows an image that does, and whatever the decision calls a deviation.
func (b *builder) compare() error {
	b.base, b.landed = b.stateOf(b.f.Base), b.stateOf(b.tip())
	if len(b.landed.entries) == 0 && len(b.base.entries) == 0 {
		return fmt.Errorf("the facts do not hold the trees of %s and %s", b.f.Base, b.tip())
	}
	deviations := map[string]*decision.Deviation{}
	for i := range b.d.Deviations {
		deviations[b.d.Deviations[i].Path] = &b.d.Deviations[i]
	}
	for path := range union(b.base.entries, b.landed.entries) {
		f := landedFile{
			path: path, kind: document.Classify(b.config.Root, path), before: b.base.entries[path], after: b.landed.entries[path],
			images: b.landed.images(path), deviation: deviations[path],
		}
		if f.deviation != nil || (stands(f.kind) && b.differs(f)) {
			b.documents = append(b.documents, f)
		}
	}
	sort.Slice(b.documents, func(i, j int) bool { return b.documents[i].path < b.documents[j].path })
	b.nameFiles()
	return nil
}

// stands says which files have statements of their own; images stand with the
// documents that show them.
func stands(k document.Kind) bool {
	return k == document.Markdown || k == document.Configuration || k == document.Key
}

func (b *builder) differs(f landedFile) bool {
	return f.before.Mode != f.after.Mode || f.before.SHA256 != f.after.SHA256 ||
		document.ImagesDigest(f.images) != document.ImagesDigest(b.base.images(f.path))
}

func union(a, b map[string]facts.Entry) map[string]bool {
	all := make(map[string]bool, len(a)+len(b))
	for path := range a {
		all[path] = true
	}
	for path := range b {
		all[path] = true
	}
	return all
}

// nameFiles names what lands, and in a founding what is adopted.
func (b *builder) nameFiles() {
	var files []named
	for _, f := range b.documents {
		files = append(files, named{f.path, b.idOf(f.path), f.deleted()})
	}
	if b.founding() {
		for path, e := range b.landed.entries {
			if document.Classify(b.config.Root, path) == document.Markdown {
				files = append(files, named{e.Path, b.idOf(path), false})
			}
		}
	}
	b.names = fileNames(files)
}

// idOf is the id that a document has, or had before it was deleted; "" for others.
func (b *builder) idOf(path string) string {
	if d := b.parsed(path); d != nil {
		return d.ID
	}
	return ""
}

// parsed is the document as it landed, or as it was before it was deleted.
func (b *builder) parsed(path string) *document.Document {
	if _, there := b.landed.entries[path]; there {
		return b.landed.document(path)
	}
	return b.base.document(path)
}

// addLists makes the landed content list, content.txt: every governed file that
// differs, and the images of the documents among them. LAW 1.1, 1.2.
func (b *builder) addLists() error {
	lines := map[string]document.ContentLine{}
	for path := range union(b.base.entries, b.landed.entries) {
		before, after := b.base.entries[path], b.landed.entries[path]
		if before.Mode != after.Mode || before.SHA256 != after.SHA256 {
			lines[path] = landedFile{path: path, before: before, after: after}.line()
		}
	}
	for _, f := range b.documents {
		lines[f.path] = f.line()
		for _, image := range f.images {
			lines[image.Path] = image
		}
	}
	list := make([]document.ContentLine, 0, len(lines))
	for _, line := range lines {
		list = append(list, line)
	}
	raw := document.FormatContentList(list)
	b.content = facts.Digest(raw)
	b.files[contentName] = raw
	b.files[listName(b.content)] = raw
	return nil
}

func (f landedFile) line() document.ContentLine {
	return document.ContentLine{Mode: f.mode(), SHA256: f.entry().SHA256, Path: f.path}
}

func listName(digest string) string { return "content/" + digest + ".txt" }

// addContentLists adds every list that a statement names: given, or worked out from
// the facts. A list that cannot be found is missing only where nothing that counts
// rests on it.
func (b *builder) addContentLists() error {
	found := map[string][]byte{}
	for _, c := range b.f.Commits {
		if c.FromBase == "" {
			continue
		}
		raw := document.FormatContentList(decision.ContentOf(b.p.Snapshot, c.ID))
		found[facts.Digest(raw)] = raw
	}
	for digest := range b.lists {
		raw, ok := b.p.ContentLists[digest]
		if !ok {
			raw, ok = found[digest]
		}
		switch {
		case ok && facts.Digest(raw) == digest:
			b.files[listName(digest)] = raw
		case b.counts(digest):
			return fmt.Errorf("the content list %s, to which a signature is bound, is neither given nor in the facts", digest)
		}
	}
	return nil
}

// counts says whether a signature that counts is bound to a content list.
func (b *builder) counts(list string) bool {
	if list == b.d.Content {
		return true
	}
	for _, s := range b.d.Signatures {
		if s.Counts && s.ContentDigest == list {
			return true
		}
	}
	return false
}

// statementsWithoutSignature are the names of statements in files, in order.
func statementsWithoutSignature(files map[string][]byte) []string {
	var names []string
	for name := range files {
		_, signed := files[name+".asc"]
		if strings.HasPrefix(name, "statements/") && strings.HasSuffix(name, ".json") && !signed {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names
}
