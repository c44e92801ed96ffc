package control

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// checkAnchors warns of links to a heading of the same document that does not exist (XRF006).
func (pg *page) checkAnchors() {
	var anchors map[string]bool
	for _, link := range pg.doc.Links {
		fragment, ok := strings.CutPrefix(link.Destination, "#")
		if !ok || link.Image || fragment == "" {
			continue
		}
		if anchors == nil {
			anchors = anchorsOf(pg.doc)
		}
		if !anchors[strings.ToLower(fragment)] {
			pg.add("XRF006", link.Span, "link to a heading of this document, in lower case with hyphens", "No heading of this document has the anchor %s.", document.Quote(link.Destination))
		}
	}
}

// anchorsOf returns the ids that GitHub and our pages give to headings; a second one of the same words gets
// -1 there and -2 here.
func anchorsOf(d *document.Document) map[string]bool {
	anchors := map[string]bool{}
	for _, s := range d.Sections {
		id := strings.Map(func(r rune) rune {
			switch {
			case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || r == '-' || r == '_':
				return unicode.ToLower(r)
			case r == ' ':
				return '-'
			}
			return -1
		}, s.Title)
		for n := 0; ; n++ {
			numbered := id
			if n > 0 {
				numbered = fmt.Sprintf("%s-%d", id, n)
			}
			if !anchors[numbered] {
				anchors[numbered] = true
				anchors[fmt.Sprintf("%s-%d", id, n+1)] = anchors[fmt.Sprintf("%s-%d", id, n+1)] || n > 0
				break
			}
		}
	}
	return anchors
}

// checkLinks warns of relative links into the governed folder that lead nowhere (XRF006). Links to other
// files of the repository cannot be judged: they are not governed, and not known here.
func (x *across) checkLinks(d *document.Document) {
	for _, link := range d.Links {
		if link.Image || !isRelative(link.Destination) {
			continue // images are HID004
		}
		p, ok := d.Resolve(link.Destination)
		if !ok {
			x.add("XRF006", d, link.Span, "link to a file of the repository", "The link %s leads out of the repository or is no path.", document.Quote(link.Destination))
			continue
		}
		if x.set.Layout().Classify(p) != document.NotGoverned && !x.exists(p) {
			x.add("XRF006", d, link.Span, x.linkMend(d, link.Destination, p), "The link %s leads to %s, which does not exist.", document.Quote(link.Destination), document.Quote(p))
		}
	}
}

// isRelative reports a destination without scheme and host that is more than a fragment.
func isRelative(destination string) bool {
	i := strings.IndexAny(destination, ":/?#")
	if destination == "" || destination[0] == '#' || strings.HasPrefix(destination, "//") {
		return false
	}
	return i < 0 || destination[i] != ':'
}

// exists reports whether a governed file or a folder of some is at p.
func (x *across) exists(p string) bool {
	if _, ok := x.set.Item(p); ok {
		return true
	}
	folder, items := strings.TrimSuffix(p, "/")+"/", x.set.Items()
	i, _ := slices.BinarySearchFunc(items, folder, func(item document.Item, folder string) int { return strings.Compare(item.Path, folder) })
	return i < len(items) && strings.HasPrefix(items[i].Path, folder)
}

// linkMend offers a path that exists, as the document would write it: the one that the link names from the governed
// root, else the nearest in the same folder.
func (x *across) linkMend(d *document.Document, destination, p string) string {
	if named := path.Join(x.set.Layout().Root, path.Clean("/"+destination)); x.exists(named) {
		return "write " + relativePath(path.Dir(d.Path), named)
	}
	if x.guesses++; x.guesses > maxGuesses {
		return "correct the path"
	}
	var names []string
	for _, item := range x.set.Items() {
		if path.Dir(item.Path) == path.Dir(p) {
			names = append(names, path.Base(item.Path))
		}
	}
	if meant := nearest(path.Base(p), names); meant != "" {
		return "write " + relativePath(path.Dir(d.Path), path.Join(path.Dir(p), meant))
	}
	return "correct the path, or add the document"
}

// relativePath writes a path as a link in a folder, with blanks as a link needs them.
func relativePath(folder, p string) string {
	var up strings.Builder
	for folder != "." && folder != "/" && !strings.HasPrefix(p, folder+"/") {
		up.WriteString("../")
		folder = path.Dir(folder)
	}
	if folder != "." && folder != "/" {
		p = strings.TrimPrefix(p, folder+"/")
	}
	return strings.ReplaceAll(up.String()+p, " ", "%20")
}
