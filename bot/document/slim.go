package document

import (
	"slices"
	"strings"
)

// keptField is a field of a slim document in half the memory of a [Field], with its text beside that of the document's
// other fields: of ten thousand documents a hundred thousand are kept, and the collector looks at all of them again
// and again.
type keptField struct {
	key, text string
	keyAt, at keptSpan
	shape     Shape
	quoted    bool
	whole     *Value // of a list or mapping
}

// keptSpan is a [Span]; a document's lines and columns are far fewer than fit.
type keptSpan struct{ line, column, endColumn int32 }

func keepSpan(s Span) keptSpan {
	return keptSpan{int32(s.Line), int32(s.Column), int32(s.EndColumn)} //nolint:gosec // bounded by MaxDocumentBytes
}

func (k keptSpan) span() Span { return Span{int(k.line), int(k.column), int(k.endColumn)} }

// field returns the field as it was.
func (k *keptField) field() Field {
	f := Field{Key: k.key, KeySpan: k.keyAt.span()}
	if k.whole != nil {
		f.Value = *k.whole
		return f
	}
	f.Value = Value{Shape: k.shape, Text: k.text, Quoted: k.quoted, Span: k.at.span()}
	return f
}

// Slim returns a copy that keeps links, findings and the front matter fields named, and shares no memory with
// the document, so that ten thousand of them are small. Bytes, text and tree are gone; Title and ChangeSummary are
// empty, and so is Front: what is kept is asked for with [Document.Field], [Document.Text], [Document.Texts],
// [Document.Date] and [Document.At]. Nil keeps all fields.
func (d *Document) Slim(keep []string) *Document {
	s := &Document{
		Path: d.Path, Readable: d.Readable, Whole: d.Whole,
		Type: d.Type, ID: d.ID, Version: d.Version, Status: d.Status, Classification: d.Classification, Owner: d.Owner,
		Change: d.Change, ServiceID: d.ServiceID, Criticality: d.Criticality,
		Effective: d.Effective, LastReview: d.LastReview, NextReview: d.NextReview,
		Links: slices.Clone(d.Links), Findings: d.Findings,
	}
	s.keep(d, keep)
	var room [usualTexts]*string
	texts := append(room[:0], &s.Type, &s.ID, &s.Version, &s.Status, &s.Classification, &s.Owner, &s.Change, &s.ServiceID, &s.Criticality)
	for i := range s.kept {
		k := &s.kept[i]
		texts = append(texts, &k.text)
		if keep == nil {
			texts = append(texts, &k.key)
		}
		if k.whole != nil {
			texts = k.whole.texts(texts)
		}
	}
	for i := range s.Links {
		texts = append(texts, &s.Links[i].Destination)
	}
	pack(texts)
	s.Signatories = s.Texts("signatories")
	return s
}

// usualTexts is room for the texts of all but the longest front matters.
const usualTexts = 64

// keep takes over the fields named, still in the memory of d but for their lists.
func (s *Document) keep(d *Document, names []string) {
	kept := func(f *Field) (key string, ok bool) {
		if names == nil {
			return f.Key, true
		}
		i := slices.Index(names, f.Key)
		if i < 0 {
			return "", false
		}
		return names[i], true // the same memory for all documents
	}
	size := 0
	for i := range d.Front {
		if _, ok := kept(&d.Front[i]); ok {
			size++
		}
	}
	s.kept = make([]keptField, 0, size)
	for i := range d.Front {
		f := &d.Front[i]
		key, ok := kept(f)
		if !ok {
			continue
		}
		k := keptField{key: key, keyAt: keepSpan(f.KeySpan), text: f.Value.Text, at: keepSpan(f.Value.Span), shape: f.Value.Shape, quoted: f.Value.Quoted}
		if f.Value.Shape == List || f.Value.Shape == Mapping {
			whole := f.Value.clone()
			k.whole = &whole
		}
		s.kept = append(s.kept, k)
	}
}

// clone returns a value with lists of its own, and texts still shared.
func (v *Value) clone() Value {
	c := *v
	c.Items, c.Fields = slices.Clone(v.Items), slices.Clone(v.Fields)
	for i := range c.Items {
		c.Items[i] = c.Items[i].clone()
	}
	for i := range c.Fields {
		c.Fields[i].Value = c.Fields[i].Value.clone()
	}
	return c
}

// texts appends where the value's texts are.
func (v *Value) texts(to []*string) []*string {
	to = append(to, &v.Text)
	for i := range v.Items {
		to = v.Items[i].texts(to)
	}
	for i := range v.Fields {
		to = append(to, &v.Fields[i].Key)
		to = v.Fields[i].Value.texts(to)
	}
	return to
}

// pack moves texts into one piece of memory.
func pack(texts []*string) {
	size := 0
	for _, t := range texts {
		size += len(*t)
	}
	var b strings.Builder
	b.Grow(size)
	for _, t := range texts {
		b.WriteString(*t)
	}
	rest := b.String()
	for _, t := range texts {
		length := len(*t)
		*t, rest = rest[:length], rest[length:]
	}
}
