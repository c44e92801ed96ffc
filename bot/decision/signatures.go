package decision

import (
	"slices"
	"sort"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

// foundersNeeded is how many persons sign a founding: two, if there are as many.
// LAW 8.2.
func (e *evaluation) foundersNeeded() int { return min(2, len(e.config.People)) }

// foundingRule names the rule that LAW 8.2 adds to the founding's own.
const foundingRule = "founding"

// judgeSignatures joins reviews with witnesses, judges them, and writes down who
// signed what and who is missing. LAW 2, 3, 5, 6.
func (e *evaluation) judgeSignatures() {
	subjects := e.subjects()
	reviews := e.joinReviews()
	q, asked := e.question(subjects, reviews)
	e.asked = q
	r := approval.Judge(q)
	for _, o := range r.Objections {
		e.d.Objections = append(e.d.Objections, Objection(o))
	}
	byID := map[int64]joined{}
	for _, j := range reviews {
		byID[j.ID] = j
	}
	for _, s := range r.Signatures {
		e.d.Signatures = append(e.d.Signatures, signature(s, q.Subjects[s.Subject], byID[s.Review]))
	}
	results := map[int]approval.SubjectResult{}
	for n, i := range asked {
		results[i] = r.Subjects[n]
	}
	for i, s := range subjects {
		e.d.Documents = append(e.d.Documents, e.describe(s, results[i], r.Signatures))
	}
	if e.d.Founding {
		e.checkFounders()
	}
}

// question asks about the documents that need signatures; asked are their indices
// in subjects.
func (e *evaluation) question(subjects []subject, reviews []joined) (q approval.Question, asked []int) {
	q = approval.Question{Roster: roster{&e.config}, LogRead: e.f.DeliveryLogRead}
	for _, r := range reviews {
		q.Reviews = append(q.Reviews, r.Review)
	}
	for i, s := range subjects {
		if s.needed {
			q.Subjects = append(q.Subjects, s.Subject)
			asked = append(asked, i)
		}
	}
	return q, asked
}

// signature is the stored form of one judged signature.
func signature(s approval.Signature, subject approval.Subject, j joined) Signature {
	out := Signature{
		Review: s.Review, UserID: j.raw.User.ID, Login: j.raw.User.Login, Person: s.Person, Role: s.Role,
		Document: subject.ID, Path: subject.Head.Path, Line: s.Line, SubmittedAt: j.SubmittedAt,
		Commit: j.binding.commit, ContentDigest: j.binding.content, WitnessSHA256: j.binding.statement,
		Counts: s.Counts, Code: s.Code, Reason: s.Reason,
	}
	if s.Witness != approval.WitnessContradicted {
		out.Witness = string(s.Witness)
	}
	if l, ok := approval.ParseLine(s.Line); ok {
		out.SHA256 = l.SHA256
	} else if b, ok := j.Content[subject.Head.Path]; ok {
		out.SHA256 = b.SHA256
	}
	return out
}

// describe is the stored form of one touched document.
func (e *evaluation) describe(s subject, r approval.SubjectResult, signatures []approval.Signature) Document {
	d := Document{
		ID: s.ID, Path: s.touched.path, Version: s.Version, Change: kindOfChange(s.touched.change),
		Mode: s.Head.Mode, SHA256: s.Head.SHA256, Images: s.Head.Images, Contributors: sortedKeys(s.Contributors),
		Requirements: []Requirement{},
	}
	e.name(&d, s.kind)
	if s.touched.before.Mode != "" {
		d.Was = &Was{SHA256: s.touched.before.SHA256}
		if old := e.mergeBase.document(s.touched.path); old != nil {
			d.Was.Version = old.Version
		}
	}
	if s.needed {
		d.Level = s.Level.String()
	}
	for _, o := range r.Outcomes {
		q := Requirement{Rule: o.Rule, Role: o.Role, Outcome: string(o.Outcome)}
		if o.Signature >= 0 {
			q.Review, q.Person = signatures[o.Signature].Review, signatures[o.Signature].Person
		}
		d.Requirements = append(d.Requirements, q)
	}
	d.Signed = (r.Met || !s.needed) && e.clean(d.Path)
	return d
}

// name fills in what a document calls itself.
func (e *evaluation) name(d *Document, k document.Kind) {
	switch k {
	case document.Configuration:
		d.Type, d.Title = "configuration", "Configuration of Vidimus"
	case document.Key:
		d.Type, d.Title = "key", "Public key "+d.Path
	default:
		if parsed := e.current(d.Path); parsed != nil {
			d.Type, d.Title = parsed.Type, parsed.Title
			d.Effective, d.Expires = parsed.Text("effective"), parsed.Text("expires")
		}
	}
}

func kindOfChange(c change) Change {
	switch {
	case c.before.Mode == "":
		return Added
	case c.after.Mode == "":
		return Deleted
	default:
		return Modified
	}
}

// clean says whether nothing but signatures is missing on a document.
func (e *evaluation) clean(path string) bool {
	return e.faultless(path) && len(e.d.Objections) == 0
}

// faultless: no blocking finding or problem in a document or an image that it
// shows, and its commits count. A founding that may not be one founds nothing at
// all.
func (e *evaluation) faultless(path string) bool {
	for _, f := range e.d.Findings {
		if f.Severity == document.Block && e.concerns(f.Path, path) {
			return false
		}
	}
	for _, p := range e.d.Problems {
		switch {
		case p.Code == CodeFounding, p.Path == "" && p.Commit == "":
			return false
		case p.Path != "" && e.concerns(p.Path, path), p.Commit != "" && e.commitTouches(p.Commit, path):
			return false
		}
	}
	return true
}

// concerns says whether what is said of a file is said of a document: of itself,
// or of an image that it shows.
func (e *evaluation) concerns(said, path string) bool {
	if said == path {
		return true
	}
	return document.Classify(e.root, said) == document.Image && slices.Contains(e.documentsOf([]string{said}), path)
}

func (e *evaluation) commitTouches(commit, path string) bool {
	for _, c := range e.d.Commits {
		if c.ID != commit {
			continue
		}
		for _, d := range e.documentsOf(c.Paths) {
			if d == path {
				return true
			}
		}
		return false
	}
	return true // not even parsed: nothing is known of it
}

// anotherPerson stands for a role where a founding lacks a second signatory.
const anotherPerson = "another-person"

// checkFounders: a founding needs two different persons, whatever its own rule
// says. LAW 8.2.
func (e *evaluation) checkFounders() {
	for i := range e.d.Documents {
		d := &e.d.Documents[i]
		signers := map[string]bool{}
		for _, s := range e.d.Signatures {
			if s.Path == d.Path && s.Counts {
				signers[s.Person] = true
			}
		}
		if d.Signed && len(signers) < e.foundersNeeded() {
			d.Signed = false
			d.Requirements = append(d.Requirements, Requirement{Rule: foundingRule, Role: anotherPerson, Outcome: string(approval.Missing)})
		}
	}
}

func sortedKeys(set map[string]bool) []string {
	keys := make([]string, 0, len(set))
	for k := range set {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
