package gitrepo

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// maxCachedCommits bounds the commits that are kept parsed; at about 1 KB each this is 50 MB.
const maxCachedCommits = 50_000

// Ident is who made a commit and when: the author or the committer line.
type Ident struct {
	Name  string
	Email string
	// When keeps the zone that the line names; it has whole seconds.
	When time.Time
}

// String is the line as it stands in a commit, without the leading "author ". Characters that would end a field
// early (angle brackets and line feeds) are dropped, as git does.
func (i Ident) String() string {
	clean := strings.NewReplacer("<", "", ">", "", "\n", "", "\x00", "")
	name := strings.TrimSpace(clean.Replace(i.Name))
	return fmt.Sprintf("%s <%s> %d %s", name, clean.Replace(i.Email), i.When.Unix(), i.When.Format("-0700"))
}

// Commit is one parsed commit object.
type Commit struct {
	ID        string
	Tree      string
	Parents   []string
	Author    Ident
	Committer Ident
	// Message is everything after the blank line that ends the header, unchanged.
	Message string
	// Signature is the value of the gpgsig header with its line feeds, "" for an unsigned commit.
	Signature string
	// Payload is what Signature is over: the raw object without the gpgsig header.
	Payload []byte
	Raw     []byte
}

// Draft is a commit that is still to be written.
type Draft struct {
	Tree      string
	Parents   []string
	Author    Ident
	Committer Ident
	Message   string
}

// Payload is the unsigned commit object of the draft, the bytes that a signer signs.
func (d Draft) Payload() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "tree %s\n", d.Tree)
	for _, parent := range d.Parents {
		fmt.Fprintf(&b, "parent %s\n", parent)
	}
	fmt.Fprintf(&b, "author %s\ncommitter %s\n\n%s", d.Author, d.Committer, d.Message)
	return b.Bytes()
}

// WriteCommit stores payload, a commit without signature, with signature (armoured, "" for none) as its gpgsig header.
func (r *Repository) WriteCommit(payload []byte, signature string) (*Commit, error) {
	raw := payload
	if signature != "" {
		header, message, found := bytes.Cut(payload, []byte("\n\n"))
		if !found {
			return nil, errors.New("write commit: no blank line after the header")
		}
		folded := strings.ReplaceAll(strings.TrimRight(signature, "\n"), "\n", "\n ")
		raw = bytes.Join([][]byte{header, []byte("\ngpgsig " + folded + "\n\n"), message}, nil)
	}
	if _, err := parseCommit("", raw); err != nil {
		return nil, fmt.Errorf("write commit: %w", err)
	}
	id, err := r.Write(KindCommit, raw)
	if err != nil {
		return nil, err
	}
	return r.Commit(id)
}

// Commit reads and parses the commit id. What is not a commit is ErrNotFound.
func (r *Repository) Commit(id string) (*Commit, error) {
	r.mu.Lock()
	commit := r.commits[id]
	r.mu.Unlock()
	if commit != nil {
		return commit, nil
	}
	kind, raw, err := r.Object(id)
	if err != nil {
		return nil, err
	}
	if kind != KindCommit {
		return nil, fmt.Errorf("object %s is a %s: %w", id, kind, ErrNotFound)
	}
	if commit, err = parseCommit(id, raw); err != nil {
		return nil, fmt.Errorf("commit %s: %w", id, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.commits) >= maxCachedCommits {
		clear(r.commits)
	}
	r.commits[id] = commit
	return commit, nil
}

func parseCommit(id string, raw []byte) (*Commit, error) {
	header, message, found := strings.Cut(string(raw), "\n\n")
	if !found {
		return nil, errors.New("malformed commit: no blank line after the header")
	}
	c := &Commit{ID: id, Message: message, Raw: raw}
	var kept, signature []string
	inSignature := false
	for _, line := range strings.Split(header, "\n") {
		rest, isSignature := strings.CutPrefix(line, "gpgsig ")
		switch {
		case isSignature:
			inSignature = true
			signature = append(signature, rest)
		case inSignature && strings.HasPrefix(line, " "):
			signature = append(signature, line[1:])
		default:
			inSignature = false
			kept = append(kept, line)
			if err := c.headerLine(line); err != nil {
				return nil, err
			}
		}
	}
	if c.Tree == "" || c.Committer.When.IsZero() {
		return nil, errors.New("malformed commit: tree or committer missing")
	}
	c.Signature = strings.Join(signature, "\n")
	c.Payload = []byte(strings.Join(kept, "\n") + "\n\n" + message)
	return c, nil
}

func (c *Commit) headerLine(line string) (err error) {
	name, value, _ := strings.Cut(line, " ")
	switch name {
	case "tree":
		c.Tree = value
	case "parent":
		c.Parents = append(c.Parents, value)
	case "author":
		c.Author, err = parseIdent(value)
	case "committer":
		c.Committer, err = parseIdent(value)
	}
	return err
}

func parseIdent(line string) (Ident, error) {
	open, end := strings.Index(line, "<"), strings.LastIndex(line, ">")
	if open < 0 || end < open {
		return Ident{}, fmt.Errorf("malformed person %q", line)
	}
	fields := strings.Fields(line[end+1:])
	if len(fields) != 2 {
		return Ident{}, fmt.Errorf("malformed date of person %q", line)
	}
	seconds, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return Ident{}, fmt.Errorf("malformed date of person %q", line)
	}
	when := time.Unix(seconds, 0).UTC()
	if zone, err := time.Parse("-0700", fields[1]); err == nil {
		_, offset := zone.Zone()
		if offset != 0 {
			when = when.In(time.FixedZone("", offset))
		}
	}
	return Ident{Name: strings.TrimSpace(line[:open]), Email: line[open+1 : end], When: when}, nil
}
