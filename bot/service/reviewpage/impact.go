package reviewpage

import (
	"fmt"
	"slices"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/redline"
)

// impactView is what a change means for one document, or for who may sign.
type impactView struct {
	Name  string
	Lines []string
}

// Bounds of the section: more lines than that are counted, and a repository of more
// bytes is not searched for what belongs to a document.
const (
	maxRelated      = 12
	maxImpactBytes  = 8 << 20
	maxRosterDetail = 30
)

// impact says of each document what it puts out of bounds elsewhere, from when it
// holds, when it is reviewed next, and what else speaks of the same service or leads
// to it; of the configuration, who gains and loses what.
func (v *view) impact() []impactView {
	around := v.around()
	var found []impactView
	if together := v.elsewhere(""); len(together) > 0 {
		found = append(found, impactView{"The change as a whole", together})
	}
	for i := range v.d.Documents {
		d := &v.d.Documents[i]
		one := impactView{Name: name(d)}
		switch {
		case d.Path == repoconfig.Path:
			one.Lines = v.rosterImpact(d)
		case d.ID != d.Path:
			one.Lines = v.documentImpact(d, around)
		}
		if one.Lines = append(v.elsewhere(d.Path), one.Lines...); len(one.Lines) > 0 {
			found = append(found, one)
		}
	}
	return found
}

// elsewhere tells what the file at path does to documents that the change does not
// touch; "" is what several changed files do together.
func (v *view) elsewhere(path string) []string {
	var lines []string
	for _, i := range v.d.Impacts {
		if i.Path == path {
			lines = append(lines, redline.Visible(i.Message))
		}
	}
	return lines
}

// around are the documents as they stand at the head; nil where they are too many.
func (v *view) around() *document.Set {
	var files []document.File
	size := 0
	for _, e := range v.trees[v.d.Head] {
		raw, ok := v.Snapshot.Blobs[e.SHA256]
		if size += len(raw); ok {
			files = append(files, document.File{Path: e.Path, Mode: e.Mode, Bytes: raw})
		}
	}
	if size > maxImpactBytes {
		return nil
	}
	return v.Input.Config.Layout().NewSet(files)
}

func (v *view) documentImpact(d *decision.Document, around *document.Set) []string {
	if d.Change == decision.Deleted {
		return append([]string{"It is not there any more once this is merged."}, v.linked(d, around)...)
	}
	raw, ok := v.Snapshot.Blobs[d.SHA256]
	if !ok || len(raw) > document.MaxDocumentBytes {
		return nil
	}
	doc := document.Parse(d.Path, raw)
	var lines []string
	if d.Effective != "" {
		lines = append(lines, "In force from "+d.Effective+".")
	}
	if next := doc.NextReview.String(); next != "" {
		lines = append(lines, "Next review "+next+".")
	}
	if around != nil && doc.ServiceID != "" {
		var same []string
		for _, other := range around.OfService(doc.ServiceID) {
			if other.Path != d.Path {
				same = append(same, redline.Visible(other.ID))
			}
		}
		if len(same) > 0 {
			lines = append(lines, "Other documents of the service "+redline.Visible(doc.ServiceID)+": "+bounded(same)+".")
		}
	}
	return append(lines, v.linked(d, around)...)
}

// linked names the documents that lead to d.
func (v *view) linked(d *decision.Document, around *document.Set) []string {
	if around == nil {
		return nil
	}
	var from []string
	for _, other := range around.Documents() {
		leads := slices.ContainsFunc(other.Links, func(l document.Link) bool {
			at, ok := other.Resolve(l.Destination)
			return ok && at == d.Path
		})
		if leads && other.Path != d.Path {
			from = append(from, redline.Visible(other.ID))
		}
	}
	if len(from) == 0 {
		return nil
	}
	return []string{"Linked from " + bounded(from) + "."}
}

// bounded is a list of at most maxRelated words.
func bounded(words []string) string {
	if len(words) <= maxRelated {
		return list(words, "and")
	}
	rest := fmt.Sprintf("%d others", len(words)-maxRelated)
	return list(append(slices.Clone(words[:maxRelated]), rest), "and")
}

// rosterImpact says what a change of the configuration does to people and roles.
func (v *view) rosterImpact(d *decision.Document) []string {
	if d.Was == nil || d.Change == decision.Deleted {
		return nil
	}
	before, problems := repoconfig.Read(v.Snapshot.Blobs[d.Was.SHA256])
	after, more := repoconfig.Read(v.Snapshot.Blobs[d.SHA256])
	if len(problems)+len(more) > 0 {
		return []string{"One of the two versions cannot be read, so that what it means for people cannot be told here."}
	}
	lines := slices.Concat(peopleChanges(before, after), roleChanges(before, after))
	if len(before.Rules) != len(after.Rules) {
		lines = append(lines, fmt.Sprintf("Rules: %d before, %d after.", len(before.Rules), len(after.Rules)))
	}
	if len(lines) > maxRosterDetail {
		rest := len(lines) - maxRosterDetail
		lines = append(lines[:maxRosterDetail], fmt.Sprintf("And %d further changes; all stand in the redline.", rest))
	}
	return lines
}

func peopleChanges(before, after repoconfig.Config) []string {
	var lines []string
	for _, p := range after.People {
		old, had := before.Person(p.Slug)
		switch {
		case !had:
			lines = append(lines, fmt.Sprintf("%s joins the roster, as the GitHub account %d.", p.Name, p.GitHub))
		case old.GitHub != p.GitHub:
			lines = append(lines, fmt.Sprintf("%s is the GitHub account %d from now on, not %d.", p.Name, p.GitHub, old.GitHub))
		case old.ApprovalSigns != p.ApprovalSigns && p.ApprovalSigns:
			lines = append(lines, p.Name+" confirms that approving reviews are signatures.")
		}
	}
	for _, p := range before.People {
		if _, has := after.Person(p.Slug); !has {
			lines = append(lines, p.Name+" leaves the roster.")
		}
	}
	return lines
}

func roleChanges(before, after repoconfig.Config) []string {
	var lines []string
	for _, r := range after.Roles {
		old, had := before.Role(r.ID)
		if had && slices.Equal(old.Holders, r.Holders) {
			continue
		}
		if had {
			lines = append(lines, fmt.Sprintf("%s: %s before, %s after.", r.Title, holders(before, old), holders(after, r)))
		} else {
			lines = append(lines, fmt.Sprintf("New role %s: %s.", r.Title, holders(after, r)))
		}
	}
	for _, r := range before.Roles {
		if _, has := after.Role(r.ID); !has {
			lines = append(lines, "The role "+r.Title+" is gone.")
		}
	}
	return lines
}

func holders(c repoconfig.Config, r repoconfig.Role) string {
	if len(r.Holders) == 0 {
		return "nobody"
	}
	var names []string
	for _, slug := range r.Holders {
		p, _ := c.Person(slug)
		names = append(names, p.Name)
	}
	return list(names, "and")
}
