package document

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxPerRule bounds the findings of one rule in one document: nobody mends more in one go, and a hostile
// file must not make a report of a million lines.
const maxPerRule = 50

// maxQuoted bounds, in code points, what a message quotes from a document.
const maxQuoted = 60

// reader fills one document.
type reader struct {
	doc        *Document
	room       *room
	source     string // raw without byte order mark, with LF line ends
	body       int    // offset of the body in source
	bodyLine   int    // line on which the body begins
	bodyLost   bool   // the front matter never ends, so there is no body to speak of
	frontKnown bool
	rewritten  bool // source is not a part of raw
	conflicted bool // a conflict marker stands in it: nobody knows which text is meant
	hits       []oddRune
	perRule    map[string]int
}

// Parse reads one document. It never fails: what is wrong is in the document's findings. raw is kept, not
// copied. A file over [MaxDocumentBytes], or one that is not UTF-8, is not read any further.
func Parse(path string, raw []byte) *Document { return parseIn(&room{}, path, raw) }

// parseIn is [Parse] into the memory of a room.
func parseIn(memory *room, path string, raw []byte) *Document {
	r := &reader{doc: &Document{Path: path, Raw: raw}, room: memory}
	if r.readable() {
		r.normalise()
		r.checkCharacters()
		r.readFront()
		r.readCommon()
		r.readBody()
		r.placeOddRunes()
	}
	r.closeFindings()
	SortFindings(r.doc.Findings)
	return r.doc
}

// readable refuses what must not be parsed.
func (r *reader) readable() bool {
	raw := r.doc.Raw
	if len(raw) > MaxDocumentBytes {
		r.addf("LIM001", Span{}, "split it, or move attachments out of the text",
			"The file has more than %d bytes (1 MiB); it was not read.", MaxDocumentBytes)
		return false
	}
	if utf8.Valid(raw) {
		return true
	}
	line, offset := 1, 0
	for offset < len(raw) {
		c, size := utf8.DecodeRune(raw[offset:])
		if c == utf8.RuneError && size == 1 {
			break
		}
		if c == '\n' {
			line++
		}
		offset += size
	}
	message := fmt.Sprintf("The file is not UTF-8: byte 0x%02x at offset %d.", raw[offset], offset)
	if strings.HasPrefix(string(raw[:min(2, len(raw))]), "\xff\xfe") || strings.HasPrefix(string(raw[:min(2, len(raw))]), "\xfe\xff") {
		message = "The file is UTF-16, not UTF-8."
	}
	start := strings.LastIndexByte(string(raw[:offset]), '\n') + 1
	column := utf8.RuneCount(raw[start:offset]) + 1
	r.add("ENC001", Span{Line: line, Column: column, EndColumn: column + 1}, message, "save the file as UTF-8 in your editor")
	return false
}

const byteOrderMark = "\ufeff"

// normalise drops the byte order mark and turns CRLF into LF, so that the same text is the same document
// wherever it was written. Lines stay lines; the digest stays over the raw bytes.
func (r *reader) normalise() {
	r.source = strings.TrimPrefix(string(r.doc.Raw), byteOrderMark)
	if strings.Contains(r.source, "\r\n") {
		r.source = strings.ReplaceAll(r.source, "\r\n", "\n")
		r.rewritten = true
	}
	r.doc.text = r.source
}

// readCommon copies the fields that every document has out of the front matter.
func (r *reader) readCommon() {
	d := r.doc
	d.Type, d.ID, d.Title, d.Version = d.Text("type"), d.Text("id"), d.Text("title"), d.Text("version")
	d.Status, d.Classification, d.Owner = d.Text("status"), d.Text("classification"), d.Text("owner")
	d.Effective, d.LastReview, d.NextReview = d.Date("effective"), d.Date("last-review"), d.Date("next-review")
	d.Signatories, d.Change, d.ChangeSummary = d.Texts("signatories"), d.Text("change"), d.Text("change-summary")
	d.ServiceID, d.Criticality = d.Text("service-id"), d.Text("criticality")
}

func (r *reader) addf(rule string, at Span, fix, format string, args ...any) {
	r.add(rule, at, fmt.Sprintf(format, args...), fix)
}

// enough reports whether a rule has all the findings that are shown, and counts one more then. Who would do work
// for a finding asks first: a hostile document has a hundred thousand.
func (r *reader) enough(rule string) bool {
	if r.perRule[rule] < maxPerRule {
		return false
	}
	r.perRule[rule]++
	return true
}

func (r *reader) add(rule string, at Span, message, fix string) {
	if r.enough(rule) {
		return
	}
	if r.perRule == nil {
		r.perRule = map[string]int{}
	}
	r.perRule[rule]++
	severity := Block
	if rule == "ENC005" {
		severity = Warn
	}
	r.doc.Findings = append(r.doc.Findings, Finding{
		Rule: rule, Severity: severity, Path: r.doc.Path, Line: at.Line, Column: at.Column, EndColumn: at.EndColumn, Message: message, Fix: fix,
	})
}

// closeFindings says at each rule's last finding how many more there are.
func (r *reader) closeFindings() {
	for i := range r.doc.Findings {
		f := &r.doc.Findings[i]
		if total := r.perRule[f.Rule]; total > maxPerRule && i == lastOf(r.doc.Findings, f.Rule) {
			f.Message += MoreLikeIt(total - maxPerRule)
		}
	}
}

// MoreLikeIt ends the message of the last finding of a rule that is shown, when n more are not.
func MoreLikeIt(n int) string {
	return fmt.Sprintf(" %d more like it in this document %s not shown.", n, plural(n, "is", "are"))
}

func lastOf(findings []Finding, rule string) int {
	last := -1
	for i, f := range findings {
		if f.Rule == rule {
			last = i
		}
	}
	return last
}

// shorten cuts s after n code points.
func shorten(s string, n int) string {
	count := 0
	for i := range s {
		if count == n {
			return s[:i] + "…"
		}
		count++
	}
	return s
}

// Quote returns s in quotes for a message: cut after 60 code points, with blanks joined and with what cannot be
// seen written as an escape. The quotes are single where the text holds double ones.
func Quote(s string) string {
	quoted := strconv.Quote(shorten(strings.Join(strings.Fields(s), " "), maxQuoted))
	inner := strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(quoted[1 : len(quoted)-1])
	if strings.Contains(inner, `"`) {
		return "'" + inner + "'"
	}
	return `"` + inner + `"`
}
