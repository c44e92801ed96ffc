package gitrepo

import (
	"errors"
	"strings"
)

// Tag is a parsed tag object.
type Tag struct {
	Object  string
	Kind    Kind
	Name    string
	Tagger  Ident
	Message string
}

// ParseTag reads the bytes of a tag object.
func ParseTag(raw []byte) (Tag, error) {
	header, message, found := strings.Cut(string(raw), "\n\n")
	if !found {
		return Tag{}, errors.New("malformed tag: no blank line after the header")
	}
	t := Tag{Message: message}
	for _, line := range strings.Split(header, "\n") {
		name, value, _ := strings.Cut(line, " ")
		switch name {
		case "object":
			t.Object = value
		case "type":
			t.Kind = Kind(value)
		case "tag":
			t.Name = value
		case "tagger":
			tagger, err := parseIdent(value)
			if err != nil {
				return Tag{}, err
			}
			t.Tagger = tagger
		}
	}
	if !ValidID(t.Object) || t.Kind == "" {
		return Tag{}, errors.New("malformed tag: object or type missing")
	}
	return t, nil
}
