package evidencetest

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // Git's own object names
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"time"
)

// Object is a Git object: Type is "commit", "tree" or "blob", Raw its bytes without
// header.
type Object struct {
	Type string
	Raw  []byte
}

// File is a file of a tree.
type File struct {
	Mode  string
	Bytes []byte
}

// Files is everything in a commit, by path. In edits a File without Mode deletes.
type Files map[string]File

// Text is a regular file.
func Text(content string) File { return File{"100644", []byte(content)} }

// repository holds real Git objects and what the commits among them stand for.
type repository struct {
	objects map[string]Object
	trees   map[string]Files
	parents map[string][]string
}

func newRepository() *repository {
	return &repository{objects: map[string]Object{}, trees: map[string]Files{}, parents: map[string][]string{}}
}

func (r *repository) clone() *repository {
	return &repository{objects: maps.Clone(r.objects), trees: maps.Clone(r.trees), parents: maps.Clone(r.parents)}
}

// add stores an object and gives its name.
func (r *repository) add(kind string, raw []byte) string {
	h := sha1.New() //nolint:gosec // as above
	fmt.Fprintf(h, "%s %d\x00", kind, len(raw))
	h.Write(raw)
	id := hex.EncodeToString(h.Sum(nil))
	r.objects[id] = Object{kind, raw}
	return id
}

// tree stores a tree with all below it. gitformat-pack(5): entries are sorted as if
// the names of folders ended with a slash.
func (r *repository) tree(files Files) string {
	type entry struct{ mode, name, id string }
	folders := map[string]Files{}
	var entries []entry
	for p, f := range files {
		name, rest, nested := strings.Cut(p, "/")
		if !nested {
			entries = append(entries, entry{f.Mode, name, r.add("blob", f.Bytes)})
			continue
		}
		if folders[name] == nil {
			folders[name] = Files{}
		}
		folders[name][rest] = f
	}
	for name, below := range folders {
		entries = append(entries, entry{"40000", name + "/", r.tree(below)})
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].name < entries[j].name })
	var b bytes.Buffer
	for _, e := range entries {
		id, err := hex.DecodeString(e.id)
		if err != nil {
			panic(err) // unreachable: made above
		}
		fmt.Fprintf(&b, "%s %s\x00%s", e.mode, strings.TrimSuffix(e.name, "/"), id)
	}
	return r.add("tree", b.Bytes())
}

// draft is a commit to be made.
type draft struct {
	by, committer person
	parents       []string
	files         Files
	at            time.Time
}

// commit makes a commit object, signed by its committer if there is a key.
func (r *repository) commit(d draft) string {
	var head strings.Builder
	fmt.Fprintf(&head, "tree %s\n", r.tree(d.files))
	for _, p := range d.parents {
		fmt.Fprintf(&head, "parent %s\n", p)
	}
	fmt.Fprintf(&head, "author %s %d +0000\ncommitter %s %d +0000\n", d.by.identity(), d.at.Unix(), d.committer.identity(), d.at.Unix())
	message := "\nChange what has to be changed\n"
	if signature := d.committer.sign(head.String()+message, d.at); signature != "" {
		head.WriteString("gpgsig " + strings.ReplaceAll(strings.TrimSuffix(signature, "\n"), "\n", "\n ") + "\n")
	}
	id := r.add("commit", []byte(head.String()+message))
	r.trees[id], r.parents[id] = d.files, d.parents
	return id
}

// edited is a copy of the files of a commit with edits.
func (r *repository) edited(commit string, edits Files) Files {
	files := maps.Clone(r.trees[commit])
	if files == nil {
		files = Files{}
	}
	for p, f := range edits {
		if f.Mode == "" {
			delete(files, p)
		} else {
			files[p] = f
		}
	}
	return files
}

// reach is every commit that ids reach, themselves too.
func (r *repository) reach(ids ...string) map[string]bool {
	all := map[string]bool{}
	for len(ids) > 0 {
		id := ids[0]
		ids = ids[1:]
		if !all[id] {
			all[id] = true
			ids = append(ids, r.parents[id]...)
		}
	}
	return all
}

// mergeBase is the best common ancestor; the histories made here have one.
func (r *repository) mergeBase(a, b string) string {
	ofA, ofB := r.reach(a), r.reach(b)
	best := ""
	for id := range ofA {
		if ofB[id] && (best == "" || r.reach(id)[best]) {
			best = id
		}
	}
	return best
}

// between are the commits that head reaches and base does not, parents first.
func (r *repository) between(base, head string) []string {
	left := r.reach(head)
	for id := range r.reach(base) {
		delete(left, id)
	}
	ordered := []string{}
	for len(left) > 0 {
		ready := slices.Sorted(maps.Keys(left))
		for _, id := range ready {
			if !slices.ContainsFunc(r.parents[id], func(p string) bool { return left[p] }) {
				ordered = append(ordered, id)
				delete(left, id)
				break
			}
		}
	}
	return ordered
}
