package web

import (
	"bytes"
	"errors"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// maxShown bounds a file that is shown, maxEdited one that can be edited; longer ones can be fetched raw.
const (
	maxShown  = 1 << 20
	maxEdited = 512 << 10
)

// repoHead is what every page of a repository begins with.
type repoHead struct {
	Owner    person
	Name     string
	FullName string
	Path     string
	Private  bool
	Archived bool
	Pulls    int
	Issues   int
	// Tab is code, pulls or issues.
	Tab string
	// Level is what the visitor may do here.
	Level string
}

func (v *visit) head(tab string) repoHead {
	r := v.repo
	h := repoHead{
		Owner: personOf(r.Owner), Name: r.Name, FullName: r.FullName(), Path: "/" + r.FullName(), Private: r.Private, Archived: r.Archived,
		Tab: tab, Level: v.level().String(),
	}
	for _, i := range r.Issues {
		switch {
		case !i.Open:
		case i.Pull != nil:
			h.Pulls++
		default:
			h.Issues++
		}
	}
	return h
}

// treeView is what the page of a folder shows; the repository's front page is that of its root.
type treeView struct {
	Head repoHead
	// Ref is the branch, tag or commit as the address names it.
	Ref      string
	IsBranch bool
	Branches []branchLine
	Crumbs   []link
	Tip      *commitLine
	Entries  []entryLine
	Readme   *prose
	CloneURL string
	// EditPath makes a new file here, "" where the visitor cannot.
	NewPath string
	// Empty: there is no commit yet.
	Empty bool
}

type link struct{ Name, Path string }

type branchLine struct {
	Name    string
	Path    string
	Default bool
	Current bool
	// Compare proposes to merge the branch, "" for the default one.
	Compare string
}

type entryLine struct {
	Name   string
	Path   string
	Folder bool
	// Size is in bytes, -1 for what is no file.
	Size int
}

// place is where in a repository an address points: a commit and a path below it.
type place struct {
	ref    string
	branch bool
	commit *gitrepo.Commit
	path   string
}

// locate reads REF/PATH. A ref may hold slashes: the shortest one that exists is meant, and no two branches of a
// repository can begin alike there.
func (v *visit) locate(where string) (place, error) {
	parts := strings.Split(strings.Trim(where, "/"), "/")
	for n := 1; n <= len(parts); n++ {
		ref := strings.Join(parts[:n], "/")
		commit, err := v.repo.Resolve(ref)
		if refused, is := world.IsRefusal(err); is && refused.Status == 404 {
			continue
		}
		if err != nil {
			return place{}, err
		}
		tip, err := v.repo.Tip(ref)
		return place{ref: ref, branch: tip != "", commit: commit, path: strings.Join(parts[n:], "/")}, err
	}
	return place{}, world.NotFound()
}

// lookup finds what lies at the place.
func (v *visit) lookup(p place) (gitrepo.Entry, error) {
	entry, err := v.repo.Git.Lookup(p.commit.Tree, p.path)
	if errors.Is(err, gitrepo.ErrNotFound) {
		return entry, world.NotFound()
	}
	return entry, err
}

// getRepo shows the front page of a repository.
func getRepo(v *visit) (page, error) {
	tip, err := v.repo.Tip(v.repo.DefaultBranch)
	if err != nil {
		return page{}, err
	}
	if tip == "" {
		view := treeView{Head: v.head("code"), Empty: true, CloneURL: v.cloneURL(), Ref: v.repo.DefaultBranch}
		return page{name: "tree", title: v.repo.FullName(), view: view}, nil
	}
	return v.tree(v.repo.DefaultBranch)
}

func (v *visit) cloneURL() string { return v.site.Address + "/" + v.repo.FullName() + ".git" }

// getTree shows a folder of a branch or commit.
func getTree(v *visit) (page, error) { return v.tree(v.request.PathValue("where")) }

func (v *visit) tree(where string) (page, error) {
	at, err := v.locate(where)
	if err != nil {
		return page{}, err
	}
	entry, err := v.lookup(at)
	if err != nil {
		return page{}, err
	}
	if entry.Mode != gitrepo.ModeTree {
		return v.blob(at, entry)
	}
	entries, err := v.repo.Git.Tree(entry.ID)
	if err != nil {
		return page{}, err
	}
	view := treeView{Head: v.head("code"), Ref: at.ref, IsBranch: at.branch, CloneURL: v.cloneURL(), Crumbs: v.crumbs("tree", at)}
	tip := v.lineOfCommit(at.commit)
	view.Tip = &tip
	if view.Entries, err = v.entries(at, entries); err != nil {
		return page{}, err
	}
	if view.Branches, err = v.branches(at.ref); err != nil {
		return page{}, err
	}
	if view.Readme, err = v.readme(at, entries); err != nil {
		return page{}, err
	}
	if at.branch && v.level() >= world.LevelWrite && !v.repo.Archived {
		view.NewPath = v.address("new", at.ref, at.path)
	}
	title := v.repo.FullName()
	if at.path != "" {
		title = at.path + " · " + title
	}
	return page{name: "tree", title: title, view: view}, nil
}

// address is the path of a page about something in the repository.
func (v *visit) address(kind, ref, below string) string {
	escaped := []string{}
	for _, part := range strings.Split(path.Join(kind, ref, below), "/") {
		escaped = append(escaped, url.PathEscape(part))
	}
	return "/" + v.repo.FullName() + "/" + strings.Join(escaped, "/")
}

// crumbs are the folders above a place, the place itself last.
func (v *visit) crumbs(kind string, at place) []link {
	links := []link{{v.repo.Name, v.address("tree", at.ref, "")}}
	if at.path == "" {
		return links
	}
	parts := strings.Split(at.path, "/")
	for i, name := range parts {
		k := "tree"
		if i == len(parts)-1 {
			k = kind
		}
		links = append(links, link{name, v.address(k, at.ref, strings.Join(parts[:i+1], "/"))})
	}
	return links
}

// entries lists a folder, folders first.
func (v *visit) entries(at place, entries []gitrepo.Entry) ([]entryLine, error) {
	lines := make([]entryLine, 0, len(entries))
	for _, e := range entries {
		line := entryLine{Name: e.Path, Folder: e.Mode == gitrepo.ModeTree, Size: -1}
		kind := "blob"
		if line.Folder {
			kind = "tree"
		}
		line.Path = v.address(kind, at.ref, path.Join(at.path, e.Path))
		if e.Kind() == gitrepo.KindBlob {
			_, data, err := v.repo.Git.Object(e.ID)
			if err != nil {
				return nil, err
			}
			line.Size = len(data)
		}
		lines = append(lines, line)
	}
	slices.SortStableFunc(lines, func(a, b entryLine) int {
		switch {
		case a.Folder == b.Folder:
			return 0
		case a.Folder:
			return -1
		}
		return 1
	})
	return lines, nil
}

func (v *visit) branches(current string) ([]branchLine, error) {
	refs, err := v.repo.Git.Refs("refs/heads/")
	if err != nil {
		return nil, err
	}
	var lines []branchLine
	for ref := range refs {
		name := strings.TrimPrefix(ref, "refs/heads/")
		b := branchLine{Name: name, Path: v.address("tree", name, ""), Default: name == v.repo.DefaultBranch, Current: name == current}
		if !b.Default {
			b.Compare = v.address("compare", v.repo.DefaultBranch+"..."+name, "")
		}
		lines = append(lines, b)
	}
	slices.SortFunc(lines, func(a, b branchLine) int { return strings.Compare(a.Name, b.Name) })
	return lines, nil
}

// readme is the folder's own description; nil for none.
func (v *visit) readme(at place, entries []gitrepo.Entry) (*prose, error) {
	i := slices.IndexFunc(entries, func(e gitrepo.Entry) bool {
		return strings.EqualFold(e.Path, "readme.md") && e.Kind() == gitrepo.KindBlob
	})
	if i < 0 {
		return nil, nil
	}
	_, data, err := v.repo.Git.Object(entries[i].ID)
	if err != nil || !readable(data) {
		return nil, err
	}
	return &prose{Text: string(data), Base: v.address("blob", at.ref, at.path) + "/", Top: 2}, nil
}

// readable reports whether a file can be shown as text.
func readable(data []byte) bool {
	return len(data) <= maxShown && utf8.Valid(data) && bytes.IndexByte(data, 0) < 0
}

// blobView is what the page of a file shows.
type blobView struct {
	Head   repoHead
	Ref    string
	Name   string
	Crumbs []link
	Size   int
	// Text is the file's, nil for one that is not shown.
	Lines   []string
	Shown   bool
	Prose   *prose
	RawPath string
	// EditPath leads to the form, "" where the visitor cannot edit.
	EditPath string
	// Newer is the branch's page of a file that is seen at a commit.
	Commit *commitLine
}

func (v *visit) blob(at place, entry gitrepo.Entry) (page, error) {
	if entry.Kind() != gitrepo.KindBlob {
		return page{}, world.Unprocessable(at.path + " is a submodule: it lies in another repository.")
	}
	_, data, err := v.repo.Git.Object(entry.ID)
	if err != nil {
		return page{}, err
	}
	view := blobView{
		Head: v.head("code"), Ref: at.ref, Name: path.Base(at.path), Crumbs: v.crumbs("blob", at), Size: len(data),
		RawPath: v.address("raw", at.ref, at.path), Shown: readable(data),
	}
	if !at.branch {
		tip := v.lineOfCommit(at.commit)
		view.Commit = &tip
	}
	if view.Shown {
		view.Lines = strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
		if strings.HasSuffix(strings.ToLower(at.path), ".md") {
			view.Prose = &prose{Text: withoutFrontMatter(string(data)), Base: v.address("blob", at.ref, folderOf(at.path)) + "/", Top: 2}
		}
	}
	if at.branch && view.Shown && len(data) <= maxEdited && v.level() >= world.LevelWrite && !v.repo.Archived {
		view.EditPath = v.address("edit", at.ref, at.path)
	}
	return page{name: "blob", title: at.path + " · " + v.repo.FullName(), view: view}, nil
}

// withoutFrontMatter shows the YAML at the beginning of a document as code, as it is no Markdown.
func withoutFrontMatter(text string) string {
	rest, begins := strings.CutPrefix(text, "---\n")
	if !begins {
		return text
	}
	front, body, ends := strings.Cut(rest, "\n---\n")
	if !ends || strings.Contains(front, "```") {
		return text
	}
	return "```yaml\n" + front + "\n```\n" + body // as many lines as before, so that their numbers stay true
}

// getRaw sends a file as it is. A browser saves it or shows it as plain text, and never as a page of this site.
func getRaw(v *visit) (page, error) {
	at, err := v.locate(v.request.PathValue("where"))
	if err != nil {
		return page{}, err
	}
	entry, err := v.lookup(at)
	if err != nil {
		return page{}, err
	}
	if entry.Kind() != gitrepo.KindBlob {
		return page{}, world.NotFound()
	}
	_, data, err := v.repo.Git.Object(entry.ID)
	if err != nil {
		return page{}, err
	}
	if data == nil {
		data = []byte{}
	}
	p := page{content: data, media: "text/plain; charset=utf-8"}
	if !readable(data) {
		p.media, p.attached = "application/octet-stream", true
	}
	return p, nil
}
