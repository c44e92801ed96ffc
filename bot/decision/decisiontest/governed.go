package decisiontest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// folders are the document folders, as DESIGN.md and domain-a523.md name them.
func folders() []string {
	return []string{"policy", "register", "contracts", "matrices", "exit", "assurance", "exceptions", "receipts", "records"}
}

// isGoverned says whether the App looks at a path: the configuration, keys/, and
// what lies in a document folder under root.
func isGoverned(root, p string) bool {
	if p == ConfigPath || strings.HasPrefix(p, "keys/") {
		return true
	}
	if root != "" && root != "." {
		below, ok := strings.CutPrefix(p, root+"/")
		if !ok {
			return false
		}
		p = below
	}
	folder, _, deeper := strings.Cut(p, "/")
	return deeper && slices.Contains(folders(), folder)
}

// governedTree is the tree as facts hold it.
func governedTree(root string, t Tree) facts.Tree {
	tree := facts.Tree{Entries: []facts.Entry{}}
	text := ""
	for _, p := range paths(t) {
		if !isGoverned(root, p) {
			continue
		}
		f := t[p]
		tree.Entries = append(tree.Entries, facts.Entry{Mode: f.Mode, Path: p, SHA256: f.SHA256, Size: int64(len(f.Bytes))})
		text += fmt.Sprintf("%s %s %d %s\n", f.Mode, f.SHA256, len(f.Bytes), p)
	}
	tree.Digest = digest(text)
	return tree
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func imagePattern() *regexp.Regexp { return compiledImage }

var compiledImage = regexp.MustCompile(`!\[[^\]]*\]\(([^)]+)\)`)

// imagesOf are the paths of the images that a document shows, in link order.
func imagesOf(p string, f File) []string {
	var found []string
	for _, m := range imagePattern().FindAllSubmatch(f.Bytes, -1) {
		image := path.Join(path.Dir(p), string(m[1]))
		if !slices.Contains(found, image) {
			found = append(found, image)
		}
	}
	return found
}

// isDocument says whether a governed path is a Markdown document.
func isDocument(p string) bool { return strings.HasSuffix(p, ".md") && !strings.HasPrefix(p, "keys/") }

// imagesDigest is LAW 1.2's, "" for a document that shows none.
func imagesDigest(t Tree, p string) string {
	text := ""
	for _, image := range imagesOf(p, t[p]) {
		if f, there := t[image]; there {
			text += fmt.Sprintf("%s %s %s\n", f.Mode, f.SHA256, image)
		}
	}
	if text == "" {
		return ""
	}
	return digest(text)
}

// changedDocuments are the documents, the configuration and the keys that differ
// between two trees, by their own bytes or by those of an image they show.
func changedDocuments(root string, from, to Tree) []string {
	var changed []string
	for _, p := range paths(from, to) {
		isImage := !isDocument(p) && p != ConfigPath && !strings.HasPrefix(p, "keys/")
		if !isGoverned(root, p) || isImage {
			continue
		}
		if !from.Same(to, p) || (isDocument(p) && imagesDigest(from, p) != imagesDigest(to, p)) {
			changed = append(changed, p)
		}
	}
	return changed
}

// contentList is the text of LAW 1.1 and 1.2: the changed files and the images of
// the changed documents.
func contentList(root string, from, to Tree) string {
	lines := map[string]string{}
	add := func(p string) {
		if f, there := to[p]; there {
			lines[p] = fmt.Sprintf("%s %s %s\n", f.Mode, f.SHA256, p)
		} else if f, was := from[p]; was {
			lines[p] = fmt.Sprintf("%s %s %s\n", deleted, f.SHA256, p)
		}
	}
	for _, p := range paths(from, to) {
		if isGoverned(root, p) && !from.Same(to, p) {
			add(p)
		}
	}
	for _, p := range changedDocuments(root, from, to) {
		add(p)
		for _, image := range imagesOf(p, to[p]) {
			add(image)
		}
	}
	text := "vidimus-content/1\n"
	for _, p := range slices.Sorted(maps.Keys(lines)) {
		text += lines[p]
	}
	return text
}
