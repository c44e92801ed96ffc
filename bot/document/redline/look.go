package redline

import (
	"net/url"
	"strings"
)

// Look says how a text is set into a page. The zero Look links nowhere in the repository, shows no picture and
// makes no heading the page's own.
type Look struct {
	// Link gives the address in the page for a destination that is a path, as the document writes it; ok is false
	// where there is nothing to lead to: then the path is shown as text. Nil leads nowhere.
	Link func(destination string) (href string, ok bool)
	// Image gives the address of a picture; digest is its SHA-256 or "". Nil shows the alternative text alone.
	Image func(destination, digest string) (src string, ok bool)
	// Taken are ids that the page uses already.
	Taken []string
	// Titled makes the first heading of level 1 the page's h1; otherwise all of them are h2.
	Titled bool
	// Self gives headings of level 2 a link to themselves.
	Self bool
}

// maxHref bounds an address; browsers and servers cut what is longer than some 8,000 bytes.
const maxHref = 4096

// href is where a link leads in the page; "" for nowhere. anchors are the ids of headings by their slug.
func (l Look) href(destination string, anchors map[string]string) string {
	if destination == "" || len(destination) > maxHref || strings.ContainsFunc(destination, isBadInAddress) {
		return ""
	}
	if fragment, ok := strings.CutPrefix(destination, "#"); ok {
		return inPage(fragment, anchors)
	}
	u, err := url.Parse(destination)
	switch {
	case err != nil:
		return ""
	case u.Scheme == "http" || u.Scheme == "https":
		if u.Host == "" {
			return ""
		}
		return destination
	case u.Scheme == "mailto":
		return destination
	case u.Scheme != "" || u.Host != "" || strings.HasPrefix(destination, "//") || l.Link == nil:
		return ""
	}
	href, ok := l.Link(destination)
	if !ok {
		return ""
	}
	return href
}

// isBadInAddress finds what browsers read in another way than people: blanks, backslashes, controls.
func isBadInAddress(c rune) bool { return c <= ' ' || c == '\\' || c == 0x7f || isUnseen(c) }

func inPage(fragment string, anchors map[string]string) string {
	plain, err := url.PathUnescape(fragment)
	if err != nil {
		return ""
	}
	if id, ok := anchors[strings.ToLower(plain)]; ok {
		return "#" + id
	}
	return ""
}

// anchorNames gives each heading an id made of its words; a second one of the same words gets "-2". It returns
// the ids by what GitHub would call them.
func anchorNames(blocks []block, taken []string) map[string]string {
	used := map[string]bool{}
	for _, id := range taken {
		used[id] = true
	}
	anchors := map[string]string{}
	nameAnchors(blocks, used, anchors)
	return anchors
}

func nameAnchors(blocks []block, used map[string]bool, anchors map[string]string) {
	for i := range blocks {
		b := &blocks[i]
		nameAnchors(b.blocks, used, anchors)
		if b.kind != heading {
			continue
		}
		s := slug(plain(kept(b.spans)))
		id := s
		if id == "" || id[0] < 'a' || id[0] > 'z' {
			id = "s-" + s
		}
		free := id
		for n := 2; used[free]; n++ {
			free = id + "-" + itoa(n)
		}
		used[free] = true
		b.anchor = free
		if _, taken := anchors[s]; !taken && s != "" {
			anchors[s] = free
		}
	}
}

// maxSlug bounds an id, in bytes: enough for every heading that somebody reads.
const maxSlug = 80

// slug is a heading in lower-case ASCII letters, digits and hyphens; other letters stay, as on GitHub.
func slug(title string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(title) {
		switch {
		case c == ' ' || c == '-':
			b.WriteByte('-')
		case isWord(c) || c == '_':
			b.WriteRune(c)
		}
		if b.Len() >= maxSlug {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}
