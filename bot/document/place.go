package document

import (
	"path"
	"strings"
)

// Kind says what a path of the governed repository is for.
type Kind int

const (
	// NotGoverned is every path outside the document folders, keys/ and .vidimus.yml.
	NotGoverned Kind = iota
	// Configuration is .vidimus.yml at the repository's root.
	Configuration
	// Key is keys/NAME.asc (OpenPGP) or keys/NAME.pub (SSH) at the repository's root.
	Key
	// Markdown is a document: a file .md at any depth under a document folder.
	Markdown
	// Image is a file under a document folder that is named as a picture.
	Image
	// Other is a path in a governed place where no such file may be.
	Other
)

// String returns the word that messages use.
func (k Kind) String() string {
	switch k {
	case NotGoverned:
		return "not governed"
	case Configuration:
		return "configuration"
	case Key:
		return "key"
	case Markdown:
		return "document"
	case Image:
		return "image"
	default:
		return "other file"
	}
}

const (
	// ConfigurationPath is where the configuration lies, whatever the governed root is.
	ConfigurationPath = ".vidimus.yml"
	// KeysFolder holds the public keys, whatever the governed root is.
	KeysFolder = "keys"
)

// Folders returns the names of the document folders under the governed root, in the order in which a
// reader meets them: those of [Types]. An organisation's own types may add folders ([Layout]).
func Folders() []string {
	return []string{"policy", "register", "contracts", "matrices", "exit", "assurance", "exceptions", "receipts", "records"}
}

// Classify says what the repository path p is, with the standard folders under root ("." or a folder of
// the repository, cleaned, with slashes). It is [Layout.Classify] of a layout without own types.
func Classify(root, p string) Kind { return Layout{Root: root}.Classify(p) }

// Layout says which paths are governed: the governed root, and the types of document whose folders lie
// under it. The zero Layout has its root at the repository's root and the types of [Types].
type Layout struct {
	// Root is "." (or empty) or a folder of the repository, with slashes.
	Root string
	// Types are an organisation's own types, besides those of [Types].
	Types []Type
}

// Classify says what the repository path p is, from its name alone. Names that differ from a governed
// place only in case, width or look-alike letters are governed, as Other: people would take them for it.
func (l Layout) Classify(p string) Kind {
	if p == ConfigurationPath {
		return Configuration
	}
	if name, ok := strings.CutPrefix(p, KeysFolder+"/"); ok {
		return classifyKey(name)
	}
	if inRoot, ok := l.relative(p); ok {
		if folder, rest, _ := strings.Cut(inRoot, "/"); l.isFolder(folder) {
			return classifyName(rest)
		}
	}
	if p == KeysFolder || l.meant(p) != "" {
		return Other
	}
	return NotGoverned
}

func (l Layout) isFolder(name string) bool {
	for _, governed := range l.Folders() {
		if name == governed {
			return true
		}
	}
	return false
}

// Folders returns the document folders of the layout, without the root.
func (l Layout) Folders() []string {
	folders := Folders()
	for _, t := range l.Types {
		folders = appendNew(folders, t.Folder)
	}
	return folders
}

// FolderOf returns the first folder of p under the root, where the document folders lie; "" outside the root.
func (l Layout) FolderOf(p string) string {
	inRoot, _ := l.relative(p)
	folder, _, _ := strings.Cut(inRoot, "/")
	return folder
}

func (l Layout) relative(p string) (string, bool) {
	root := path.Clean(l.Root)
	if root == "." {
		return p, true
	}
	return strings.CutPrefix(p, root+"/")
}

func classifyKey(name string) Kind {
	stem, extension := splitExtension(name)
	if stem == "" || strings.Contains(name, "/") || (extension != ".asc" && extension != ".pub") {
		return Other
	}
	return Key
}

func classifyName(rest string) Kind {
	stem, extension := splitExtension(path.Base(rest))
	switch {
	case rest == "" || stem == "":
		return Other
	case extension == ".md":
		return Markdown
	case imageExtension(extension) != "":
		return Image
	default:
		return Other
	}
}

func splitExtension(name string) (stem, extension string) {
	extension = path.Ext(name)
	return strings.TrimSuffix(name, extension), extension
}

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}
