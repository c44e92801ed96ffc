package document

import (
	"fmt"
	"path"
	"strings"
)

// Item is one governed file, read: what it is, its document if it is one, and what is wrong with it on its own.
type Item struct {
	Path string
	Kind Kind
	// Document is nil for everything but a regular Markdown file.
	Document *Document
	// Findings are those about the file's mode, path and kind (GIT001 to GIT003, LIM001); a document's own
	// are in Document.
	Findings []Finding
}

// Read judges one file and parses it if it is a document. Files that are not governed give an Item of kind
// NotGoverned and nothing else.
func (l Layout) Read(f File) Item { return l.readIn(&room{}, f) }

// readIn is [Layout.Read] into the memory of a room.
func (l Layout) readIn(memory *room, f File) Item {
	item := Item{Path: f.Path, Kind: l.Classify(f.Path)}
	if item.Kind == NotGoverned {
		return item
	}
	item.checkPath(l)
	regular := item.checkMode(f.Mode)
	if !regular {
		return item
	}
	switch {
	case isLFSPointer(f.Bytes):
		item.add("GIT003", "The file is a Git LFS pointer: the bytes that would be signed are not in the repository.",
			"git lfs untrack this path and commit the file itself")
	case item.Kind == Markdown:
		item.Document = parseIn(memory, f.Path, f.Bytes)
	case item.Kind == Image, item.Kind == Other:
		item.checkContent(f.Bytes)
	}
	return item
}

// Slim returns a copy whose document is slim and keeps the named fields ([Document.Slim]).
func (i Item) Slim(keep []string) Item {
	if i.Document != nil {
		i.Document = i.Document.Slim(keep)
	}
	return i
}

func (i *Item) add(rule, message, fix string) {
	i.Findings = append(i.Findings, Finding{Rule: rule, Severity: Block, Path: i.Path, Message: message, Fix: fix})
}

func (i *Item) checkPath(l Layout) {
	if problem := PathProblem(i.Path); problem != "" {
		message, fix, _ := strings.Cut(problem, ". ")
		i.add("GIT002", message+".", lowerFirst(strings.TrimSuffix(fix, ".")))
		return
	}
	if i.Kind != Other {
		return
	}
	if meant := l.meant(i.Path); meant != "" {
		i.add("GIT002", fmt.Sprintf("The path looks like %s and is written otherwise, so nobody would govern it.", Quote(meant)),
			fmt.Sprintf("move the file to %s, or rename it so that nobody takes it for that", meant))
	}
}

// meant returns the governed place that p only looks like; "" if p is in a governed place or in none.
func (l Layout) meant(p string) string {
	first, rest, _ := strings.Cut(p, "/")
	switch {
	case looksLike(first, KeysFolder):
		return path.Join(KeysFolder, rest)
	case looksLike(p, ConfigurationPath):
		return ConfigurationPath
	}
	inRoot, ok := l.relative(p)
	if !ok {
		return ""
	}
	folder, rest, _ := strings.Cut(inRoot, "/")
	for _, governed := range l.Folders() {
		if looksLike(folder, governed) {
			return path.Join(l.Root, governed, rest)
		}
	}
	return ""
}

// checkMode reports whether the file is a regular one, or whether at least its bytes are a file's.
func (i *Item) checkMode(mode string) bool {
	fix := "commit a plain file with mode 100644 in its place"
	switch mode {
	case ModeRegular:
		return true
	case ModeExecutable:
		i.add("GIT001", "The file is executable (mode 100755).", "git update-index --chmod=-x "+i.Path)
		return true
	case ModeSymlink:
		i.add("GIT001", "This is a symbolic link: what is read through it is not what is signed.", fix)
	case ModeSubmodule:
		i.add("GIT001", "This is a submodule: its content is not in this repository.", fix)
	default:
		i.add("GIT001", fmt.Sprintf("This is not a regular file (mode %s).", Quote(mode)), fix)
	}
	return false
}

// checkContent decides by its first bytes whether a file that is no document is an image (LAW.md 1.2).
func (i *Item) checkContent(raw []byte) {
	format := ImageFormat(raw)
	if format == "" {
		message := "Only Markdown documents (.md) and images may lie in a document folder; nobody would sign this file."
		if i.Kind == Image {
			message = "The file is named like an image and is none: its first bytes are not those of PNG, JPEG, GIF or WebP."
		}
		if strings.HasPrefix(i.Path, KeysFolder+"/") {
			message = "Only public keys, named PERSON.asc (OpenPGP) or PERSON.pub (SSH), may lie in keys/."
		}
		if len(i.Findings) == 0 {
			i.add("GIT001", message, "move it out of the folder, or give it the form that it should have")
		}
		i.Kind = Other
		return
	}
	if promised := imageExtension(path.Ext(i.Path)); promised != format {
		i.add("GIT001", fmt.Sprintf("The file is a %s image and is named %s.", strings.ToUpper(format), Quote(path.Base(i.Path))),
			fmt.Sprintf("name it with the extension .%s", format))
	}
	if len(raw) > MaxImageBytes {
		i.add("LIM001", fmt.Sprintf("The image has more than %d MiB.", MaxImageBytes>>20), "scale it down")
	}
	i.Kind = Image
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
