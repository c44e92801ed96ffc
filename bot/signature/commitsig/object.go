package commitsig

import (
	"bytes"
	"strconv"
	"time"
)

const (
	// maxHeaders bounds the headers; mergetag and tools' own headers rarely make ten.
	maxHeaders = 1024
	// maxIdentity bounds a name with its address.
	maxIdentity = 4096
)

// object is a commit cut into its parts, which point into the raw bytes.
type object struct {
	tree              []byte
	parents           [][]byte
	author, committer person
	message           []byte
	// signature is the folded value of the signature header, nil without one, and signatureAt its
	// place; the payload that it signs is before and after together.
	signature     []byte
	signatureAt   int
	before, after []byte
	// hasEncoding and hasOther tell of an encoding header and of a signature of the other object format.
	hasEncoding, hasOther bool
}

// person is an author or committer line.
type person struct {
	name, email []byte
	seconds     int64
	zone        []byte
}

// identity makes the exported form.
func (p person) identity() Identity {
	return Identity{Name: string(p.name), Email: string(p.email), When: time.Unix(p.seconds, 0).In(zone(p.zone))}
}

// zone makes a location of "+0130".
func zone(b []byte) *time.Location {
	n, err := strconv.Atoi(string(b))
	if err != nil {
		return time.UTC
	}
	return time.FixedZone("", (n/100*60+n%100)*60)
}

// header is one header with its folded lines.
type header struct {
	name, value []byte
	// at is where its first line begins, valueAt where its value does, end where the next line begins.
	at, valueAt, end int
}

// split cuts raw into the parts of o, which must be new.
func (o *object) split(raw []byte) error {
	switch {
	case len(raw) > MaxCommitBytes:
		return syntax(MaxCommitBytes, "the commit has %d bytes, more than %d", len(raw), MaxCommitBytes)
	case bytes.IndexByte(raw, 0) >= 0:
		return syntax(bytes.IndexByte(raw, 0), "a NUL hides what follows it from some readers")
	}
	o.before = raw
	at, n := 0, 0
	for ; ; n++ {
		if n > maxHeaders {
			return syntax(at, "the commit has more than %d headers", maxHeaders)
		}
		if at < len(raw) && raw[at] == '\n' {
			break
		}
		h, err := nextHeader(raw, at)
		if err != nil {
			return err
		}
		if err := o.take(h, raw); err != nil {
			return err
		}
		at = h.end
	}
	o.message = raw[at+1:]
	if err := o.complete(at); err != nil {
		return err
	}
	return refuseQuotedSignature(o.message, at+1)
}

// nextHeader reads the header that begins at at; lines that begin with a space continue it.
func nextHeader(raw []byte, at int) (header, error) {
	h := header{at: at}
	line := bytes.IndexByte(raw[at:], '\n')
	if line < 0 {
		return h, syntax(at, "the commit has no empty line after its headers")
	}
	h.end = at + line + 1
	name, _, found := bytes.Cut(raw[at:at+line], []byte(" "))
	if len(name) == 0 || !found {
		return h, syntax(at, "a header line is not a name, a space and a value")
	}
	h.name, h.valueAt = name, at+len(name)+1
	for h.end < len(raw) && raw[h.end] == ' ' {
		line := bytes.IndexByte(raw[h.end:], '\n')
		if line < 0 {
			return h, syntax(h.end, "the commit has no empty line after its headers")
		}
		h.end += line + 1
	}
	h.value = raw[h.valueAt : h.end-1]
	return h, nil
}

// take records one header. tree, parents, author and committer come in this order, each but the
// parents once; the signature may stand anywhere, as git reads it, but once.
func (o *object) take(h header, raw []byte) error {
	switch string(h.name) {
	case "tree":
		return o.takeTree(h)
	case "parent":
		return o.takeParent(h)
	case "author":
		return o.takePerson(h, &o.author, o.tree != nil && !o.committer.set())
	case "committer":
		return o.takePerson(h, &o.committer, o.author.set())
	}
	encoding := string(h.name) == "encoding"
	switch {
	case bytes.HasPrefix(h.name, []byte("gpgsig")):
		return o.takeSignature(h, raw)
	case !o.committer.set():
		return syntax(h.at, "the header %q stands before the committer", h.name)
	case encoding && o.hasEncoding:
		return syntax(h.at, "the commit has two encoding headers")
	}
	o.hasEncoding = o.hasEncoding || encoding
	return nil
}

// set tells whether the line has been there.
func (p person) set() bool { return p.zone != nil }

// takeTree reads the tree's object id.
func (o *object) takeTree(h header) error {
	if o.tree != nil {
		return syntax(h.at, "the commit has two trees")
	}
	if !isObjectID(h.value) {
		return syntax(h.valueAt, "the tree is not an object id")
	}
	o.tree = h.value
	return nil
}

// takeParent reads a parent's object id.
func (o *object) takeParent(h header) error {
	switch {
	case o.tree == nil || o.author.set():
		return syntax(h.at, "a parent stands in the wrong place")
	case !isObjectID(h.value) || len(h.value) != len(o.tree):
		return syntax(h.valueAt, "a parent is not an object id")
	case len(o.parents) == MaxParents:
		return syntax(h.at, "the commit has more than %d parents", MaxParents)
	}
	o.parents = append(o.parents, h.value)
	return nil
}

// isObjectID tells whether b is 40 or 64 lower hex digits.
func isObjectID(b []byte) bool {
	if len(b) != 40 && len(b) != 64 {
		return false
	}
	for _, c := range b {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// takePerson reads "Name <address> seconds zone". Exactly one address may be in it.
func (o *object) takePerson(h header, p *person, inPlace bool) error {
	if p.set() || !inPlace {
		return syntax(h.at, "the %s stands twice or in the wrong place", h.name)
	}
	if len(h.value) > maxIdentity || bytes.ContainsAny(h.value, "\n\r") {
		return syntax(h.valueAt, "the %s line is over %d bytes or has a line end in it", h.name, maxIdentity)
	}
	open, closed := bytes.IndexByte(h.value, '<'), bytes.IndexByte(h.value, '>')
	if open < 0 || closed < open || bytes.Count(h.value, []byte("<")) > 1 || bytes.Count(h.value, []byte(">")) > 1 {
		return syntax(h.valueAt, "the %s line does not have exactly one address in < >", h.name)
	}
	p.name, p.email = bytes.TrimRight(h.value[:open], " "), h.value[open+1:closed]
	seconds, zone, found := bytes.Cut(bytes.TrimPrefix(h.value[closed+1:], []byte(" ")), []byte(" "))
	n, err := parseSeconds(seconds)
	if err != nil || !found || !isZone(zone) {
		return syntax(h.valueAt+closed+1, "the %s line does not end in a time and a zone", h.name)
	}
	p.seconds, p.zone = n, zone
	return nil
}

// parseSeconds reads digits; a time past the year 9999 is a mistake.
func parseSeconds(b []byte) (int64, error) {
	const endOf9999 = 253402300799
	if len(b) == 0 || len(b) > 12 || !isDigits(b) {
		return 0, strconv.ErrSyntax
	}
	var n int64
	for _, c := range b {
		n = n*10 + int64(c-'0')
	}
	if n > endOf9999 {
		return 0, strconv.ErrRange
	}
	return n, nil
}

// isZone tells whether b is a sign and four digits; broken clients have written up to seven.
func isZone(b []byte) bool {
	if len(b) < 5 || len(b) > 8 || b[0] != '+' && b[0] != '-' {
		return false
	}
	return isDigits(b[1:])
}

// isDigits tells whether b has nothing but decimal digits.
func isDigits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// takeSignature records the signature header of the repository's object format and cuts the payload.
// git leaves every header out of the payload whose name begins with gpgsig, signed or not, so others
// would put bytes into the commit that nobody signed. Source: commit.c, parse_signed_commit.
func (o *object) takeSignature(h header, raw []byte) error {
	short, long := string(h.name) == "gpgsig", string(h.name) == "gpgsig-sha256"
	switch {
	case !short && !long:
		return syntax(h.at, "git hides the header %q from the signature", h.name)
	case o.signature != nil || o.hasOther:
		return syntax(h.at, "the commit has two signature headers")
	case o.tree == nil:
		return syntax(h.at, "the signature stands before the tree")
	case long != (len(o.tree) == 64):
		o.hasOther = true // signs the other form of the commit: here it is unsigned
		return nil
	}
	o.signature, o.signatureAt = h.value, h.valueAt
	o.before, o.after = raw[:h.at], raw[h.end:]
	return nil
}

// complete refuses a commit that lacks a header; at is where its headers end.
func (o *object) complete(at int) error {
	if !o.committer.set() {
		return syntax(at, "the commit has no tree, author or committer")
	}
	return nil
}

// refuseQuotedSignature refuses a message in which a signature begins a line as text, or a signature
// header: some readers take it for the commit's, as it is in tags.
func refuseQuotedSignature(message []byte, offset int) error {
	const begin, header = "-----BEGIN ", "gpgsig "
	for at := 0; ; at += len(begin) {
		found := bytes.Index(message[at:], []byte(begin))
		if found < 0 {
			return nil
		}
		at += found
		start, rest := at, message[at+len(begin):]
		quoted := bytes.HasPrefix(rest, []byte("PGP SIGNATURE-----")) || bytes.HasPrefix(rest, []byte("SSH SIGNATURE-----"))
		if bytes.HasSuffix(message[:at], []byte(header)) {
			start, quoted = at-len(header), true
		}
		if quoted && (start == 0 || message[start-1] == '\n') {
			return syntax(offset+start, "a signature stands in the message, where some readers take it for the commit's")
		}
	}
}
