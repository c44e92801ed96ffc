package site_test

import (
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// worlds are the sites that every rule for pages is held against.
func worlds(t *testing.T) map[string]*world {
	t.Helper()
	return map[string]*world{"northquay": example(t), "story": story(t), "hostile": hostile(t)}
}

// policy is the content security policy that each page of the site carries.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'"

// elements are all that pages of the site are made of: nothing that runs, loads, embeds, sends or restyles.
var elements = strings.Fields(`html head meta title link body a article aside b blockquote br caption circle code dd defs del details div dl dt em
	figcaption figure footer h1 h2 h3 h4 h5 h6 header hr img ins li main nav ol p path pattern pre rect s section small span strong summary svg symbol
	table tbody td text th thead time tr ul use`)

// attributes are all that they carry. No style, no handler of an event, no target.
var attributes = strings.Fields(`alt aria-current aria-hidden aria-label aria-labelledby charset class content cx cy d data-label datetime dx
	fill focusable height href http-equiv id lang name preserveAspectRatio r rel role rx scope src stroke stroke-width tabindex text-anchor type value viewBox width x
	x1 x2 y y1 y2 patternUnits start colspan rowspan open`)

// each visits every page of every world, parsed.
func each(t *testing.T, visit func(t *testing.T, w *world, address string, root *html.Node)) {
	t.Helper()
	for name, w := range worlds(t) {
		t.Run(name, func(t *testing.T) {
			pages := 0
			for _, address := range slices.Sorted(maps.Keys(w.pages)) {
				if strings.HasSuffix(address, ".html") {
					pages++
					visit(t, w, address, parse(t, w.pages[address]))
				}
			}
			if pages < 20 {
				t.Errorf("only %d pages", pages)
			}
		})
	}
}

func parse(t *testing.T, page []byte) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(string(page)))
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// walk visits the elements below a node in the order of the page.
func walk(n *html.Node, visit func(*html.Node)) {
	if n.Type == html.ElementNode {
		visit(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, visit)
	}
}

// all are the elements of a name below a node.
func all(n *html.Node, name string) []*html.Node {
	var found []*html.Node
	walk(n, func(e *html.Node) {
		if e.Data == name {
			found = append(found, e)
		}
	})
	return found
}

// attribute is an attribute of an element, "" if it has none.
func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// text is what people read below a node, with single blanks.
func text(n *html.Node) string { return strings.Join(strings.Fields(rawText(n)), " ") }

func rawText(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(rawText(c))
		if n.DataAtom == atom.Tr || n.DataAtom == atom.Dl || n.DataAtom == atom.Li {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

func TestPages_areMadeOfHarmlessPartsOnly(t *testing.T) {
	each(t, func(t *testing.T, _ *world, address string, root *html.Node) {
		walk(root, func(n *html.Node) {
			if !slices.Contains(elements, n.Data) {
				t.Errorf("%s holds <%s>", address, n.Data)
			}
			for _, a := range n.Attr {
				if !slices.Contains(attributes, a.Key) {
					t.Errorf("%s: <%s> has %s=%q", address, n.Data, a.Key, a.Val)
				}
			}
		})
		var policies []string
		for _, m := range all(root, "meta") {
			if kind := attribute(m, "http-equiv"); kind != "" {
				policies = append(policies, kind+": "+attribute(m, "content"))
			}
		}
		if want := []string{"Content-Security-Policy: " + policy}; !slices.Equal(policies, want) {
			t.Errorf("%s has the policies %q, want %q", address, policies, want)
		}
	})
}

func TestPages_haveOneHeadlineAndUniqueIDs(t *testing.T) {
	each(t, func(t *testing.T, _ *world, address string, root *html.Node) {
		if h := all(root, "h1"); len(h) != 1 || text(h[0]) == "" {
			t.Errorf("%s has %d elements h1", address, len(h))
		}
		if titles := all(root, "title"); text(titles[0]) == "" {
			t.Errorf("%s has no title", address)
		}
		for id, n := range idsOf(root) {
			if n > 1 {
				t.Errorf("%s has the id %q %d times", address, id, n)
			}
		}
		walk(root, func(n *html.Node) {
			for _, ref := range strings.Fields(attribute(n, "aria-labelledby")) {
				if idsOf(root)[ref] == 0 {
					t.Errorf("%s: <%s> is labelled by %q, which is not there", address, n.Data, ref)
				}
			}
		})
	})
}

func idsOf(root *html.Node) map[string]int {
	ids := map[string]int{}
	walk(root, func(n *html.Node) {
		if id := attribute(n, "id"); id != "" {
			ids[id]++
		}
	})
	return ids
}

// TestPages_loadNothingFromElsewhere holds what a browser fetches by itself: it lies beside the page.
func TestPages_loadNothingFromElsewhere(t *testing.T) {
	each(t, func(t *testing.T, w *world, address string, root *html.Node) {
		walk(root, func(n *html.Node) {
			at := attribute(n, "src")
			switch n.Data {
			case "link":
				at = attribute(n, "href")
			case "use":
				if at = attribute(n, "href"); strings.HasPrefix(at, "#i-") && idsOf(root)[at[1:]] == 1 {
					return
				}
			}
			if at != "" && !w.holds(address, at) {
				t.Errorf("%s: <%s> loads %q", address, n.Data, at)
			}
		})
	})
}

// TestPages_everyLinkLeadsSomewhere follows every link: to a page and its anchor, to a file of the evidence, to the
// repository on its host, or to an address that a document names.
func TestPages_everyLinkLeadsSomewhere(t *testing.T) {
	each(t, func(t *testing.T, w *world, address string, root *html.Node) {
		for _, a := range all(root, "a") {
			href := attribute(a, "href")
			u, err := url.Parse(href)
			switch {
			case err != nil || href == "" || text(a) == "" && attribute(a, "aria-label") == "":
				t.Errorf("%s: a link %q with the words %q", address, href, text(a))
			case u.Scheme == "https" && u.Host != "", u.Scheme == "http" && u.Host != "", u.Scheme == "mailto":
			case u.Scheme != "" || u.Host != "" || strings.HasPrefix(href, "/") || !w.holds(address, href):
				t.Errorf("%s: %q leads to %q, where nothing is", address, text(a), href)
			}
		}
	})
}

// holds says whether a relative address on a page leads to a page of the site, an anchor on it, or a file of the
// evidence beside the site.
func (w *world) holds(page, href string) bool {
	u, err := url.Parse(href)
	if err != nil || u.Scheme != "" || u.Host != "" || u.RawQuery != "" {
		return false
	}
	at := page
	if u.Path != "" {
		at = path.Join("site", path.Dir(page), u.Path)
		if f, ok := w.branch[at]; ok && u.Fragment == "" {
			return len(f.Data) > 0
		}
		at = strings.TrimPrefix(at, "site/")
	}
	raw, ok := w.pages[at]
	if !ok || u.Fragment == "" {
		return ok
	}
	if w.anchors == nil {
		w.anchors = map[string]map[string]int{}
	}
	if w.anchors[at] == nil {
		root, err := html.Parse(strings.NewReader(string(raw)))
		if err != nil {
			return false
		}
		w.anchors[at] = idsOf(root)
	}
	return w.anchors[at][u.Fragment] > 0
}
