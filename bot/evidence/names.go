package evidence

import (
	"fmt"
	"path"
	"sort"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// Files of a record, and folders in it. All names are of [A-Za-z0-9._-] and, with
// their folder of the branch, below 100 bytes: what the tar header holds, and what no
// shell sees anything in. evidence-format.md 1.1.
const (
	sumsName     = "SHA256SUMS"
	contentName  = "content.txt"
	factsName    = "facts.json"
	decisionName = "decision.json"
	botKeyName   = "keys/vidimus.asc"
)

// EntryPath is the path of a ledger entry from the branch's root; its signature has
// ".asc" behind it.
func EntryPath(number int) string {
	return fmt.Sprintf("ledger/%04d/%06d.json", number/1000, number)
}

// RecordPath is the folder of an entry's record, without a slash at the end.
func RecordPath(number int) string {
	return fmt.Sprintf("records/%04d/%06d", number/1000, number)
}

// usableID are document ids that can name a file: those of the domain, up to a length
// with which the whole path stays below 100 bytes.
var usableID = lazily(`^[A-Z][A-Z0-9-]{0,47}$`)

// named is a governed file that needs a name in the record.
type named struct {
	path, id string
	deleted  bool
}

// fileNames gives each governed path of a record the name under which its statement
// and bytes are filed: the document's id; "configuration" and "key-SLUG" (or
// "key-SLUG.pub" for SSH); "path-" and 32 digits of the SHA-256 of the path for what
// has no usable id, or whose id another file of the record has. What is there goes
// before what is deleted, so that a document that moved keeps its id.
func fileNames(files []named) map[string]string {
	ordered := append([]named(nil), files...)
	sort.Slice(ordered, func(i, j int) bool {
		if ordered[i].deleted != ordered[j].deleted {
			return !ordered[i].deleted
		}
		return ordered[i].path < ordered[j].path
	})
	names, taken := map[string]string{}, map[string]bool{}
	for _, f := range ordered {
		name := fileName(f)
		if taken[name] {
			name = hashedName(f.path)
		}
		names[f.path], taken[name] = name, true
	}
	return names
}

func fileName(f named) string {
	switch document.Classify(".", f.path) {
	case document.Configuration:
		return "configuration"
	case document.Key:
		return keyName(f.path)
	}
	if usableID().MatchString(f.id) {
		return f.id
	}
	return hashedName(f.path)
}

var keyFile = lazily(`^([a-z0-9][a-z0-9-]{0,40})\.(asc|pub)$`)

func keyName(p string) string {
	m := keyFile().FindStringSubmatch(path.Base(p))
	switch {
	case m == nil:
		return hashedName(p)
	case m[2] == "pub":
		return "key-" + m[1] + ".pub"
	default:
		return "key-" + m[1]
	}
}

func hashedName(p string) string { return "path-" + facts.Digest([]byte(p))[:32] }

// sourceName is where the bytes of a governed file are filed. The ending says what
// they are to a person's computer; nothing depends on it.
func sourceName(name, p string) string {
	switch document.Classify(".", p) {
	case document.Configuration:
		return "sources/" + name + ".yml"
	case document.Key:
		if path.Ext(name) == ".pub" {
			return "sources/" + name
		}
		return "sources/" + name + ".asc"
	default:
		return "sources/" + name + ".md"
	}
}

// assetName is where an image is filed, by its digest.
func assetName(digest string, raw []byte) string {
	ending := document.ImageFormat(raw)
	switch ending {
	case "":
		ending = "bin"
	case "jpeg":
		ending = "jpg"
	}
	return "assets/" + digest + "." + ending
}

func statementName(kind, name string) string { return "statements/" + kind + "-" + name + ".json" }
