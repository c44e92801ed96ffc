package web

import (
	"strconv"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
	"github.com/vidimus-bot/vidimus/bot/githubsim/world"
)

// Bounds of a page with differences; what goes beyond is named and left out.
const (
	maxDiffFiles = 300
	maxDiffRows  = 3000 // of one file
)

// diffView are the differences of several files.
type diffView struct {
	Files     []diffFile
	Additions int
	Deletions int
	// Left counts the files beyond maxDiffFiles.
	Left int
}

// diffFile is what happened to one file.
type diffFile struct {
	// Anchor is the file's id on the page.
	Anchor    string
	Path      string
	Previous  string
	Status    string
	Additions int
	Deletions int
	Rows      []diffRow
	// Cut: there are more rows than are shown.
	Cut bool
	// View is the page of the file as it is after the change, "" for a removed one.
	View string
	// Prose is the new text of a document, its changed parts marked; nil for other files.
	Prose *prose
}

// diffRow is one line, or a remark that stands below a line.
type diffRow struct {
	// Class is add, del, same, or hunk.
	Class string
	Old   string
	New   string
	Text  string
	// Sign is +, - or nothing, for those who see no colour.
	Sign    string
	Remarks []remarkLine
}

// remarkLine is an annotation of a check run.
type remarkLine struct {
	Level   mark
	Title   string
	Message string
	Check   string
}

// remarks are the annotations on a commit's files: by path, then by the last line that they are about.
type remarks map[string]map[int][]remarkLine

// diff shows what changes between two commits; after is the later one.
func (v *visit) diff(changes []gitrepo.Change, after string, notes remarks) (diffView, error) {
	d := diffView{}
	for i, c := range changes {
		d.Additions, d.Deletions = d.Additions+c.Additions, d.Deletions+c.Deletions
		if i >= maxDiffFiles {
			d.Left++
			continue
		}
		f := diffFile{
			Anchor: "file-" + strconv.Itoa(i+1), Path: c.Path, Previous: c.Previous, Status: c.Status, Additions: c.Additions, Deletions: c.Deletions,
		}
		f.Rows, f.Cut = rowsOf(c.Patch, notes[c.Path])
		if c.Status != "removed" {
			f.View = v.address("blob", after, c.Path)
			var err error
			if f.Prose, err = v.richText(c, after); err != nil {
				return d, err
			}
		}
		d.Files = append(d.Files, f)
	}
	return d, nil
}

// richText is the new text of a Markdown file with its changed lines; nil for other files.
func (v *visit) richText(c gitrepo.Change, after string) (*prose, error) {
	if !strings.HasSuffix(strings.ToLower(c.Path), ".md") {
		return nil, nil
	}
	kind, data, err := v.repo.Git.Object(c.ID)
	if err != nil {
		return nil, err
	}
	if kind != gitrepo.KindBlob || !readable(data) {
		return nil, nil
	}
	p := &prose{Text: withoutFrontMatter(string(data)), Base: v.address("blob", after, folderOf(c.Path)) + "/", Changed: map[int]bool{}, Top: 4}
	if c.Status == "added" {
		return p, nil
	}
	eachLine(c.Patch, func(sign byte, _, newLine int, _ string) {
		if sign == '+' {
			p.Changed[newLine] = true
		}
	})
	return p, nil
}

func folderOf(path string) string {
	at := strings.LastIndex(path, "/")
	if at < 0 {
		return ""
	}
	return path[:at]
}

// eachLine reads hunks: the sign of each line (' ', '+', '-', '@' for a hunk's head, '\\' for git's remark on a missing
// line feed), its numbers before and after, and its text.
func eachLine(patch string, visit func(sign byte, oldLine, newLine int, text string)) {
	oldLine, newLine := 0, 0
	for line := range strings.SplitSeq(patch, "\n") {
		if line == "" {
			continue
		}
		switch line[0] {
		case '@':
			oldLine, newLine = hunkStart(line)
			visit('@', 0, 0, line)
			continue
		case '\\':
			visit('\\', 0, 0, line[1:])
			continue
		}
		visit(line[0], oldLine, newLine, line[1:])
		if line[0] != '+' {
			oldLine++
		}
		if line[0] != '-' {
			newLine++
		}
	}
}

// hunkStart reads "@@ -12,7 +12,8 @@ ...".
func hunkStart(head string) (oldLine, newLine int) {
	fields := strings.Fields(head)
	if len(fields) < 3 {
		return 0, 0
	}
	first := func(field string) int {
		digits, _, _ := strings.Cut(field[1:], ",")
		n, _ := strconv.Atoi(digits) // git writes digits
		return n
	}
	return first(fields[1]), first(fields[2])
}

// rowsOf makes the rows of one file, with remarks below the lines that they are about.
func rowsOf(patch string, notes map[int][]remarkLine) (rows []diffRow, cut bool) {
	eachLine(patch, func(sign byte, oldLine, newLine int, text string) {
		if len(rows) >= maxDiffRows {
			cut = true
			return
		}
		row := diffRow{Text: text, Class: "same"}
		switch sign {
		case '@':
			row.Class = "hunk"
		case '\\':
			row.Class, row.Text = "hunk", strings.TrimSpace(text)
		case '+':
			row.Class, row.Sign, row.New = "add", "+", strconv.Itoa(newLine)
		case '-':
			row.Class, row.Sign, row.Old = "del", "-", strconv.Itoa(oldLine)
		default:
			row.Old, row.New = strconv.Itoa(oldLine), strconv.Itoa(newLine)
		}
		if sign == '+' || sign == ' ' {
			row.Remarks = notes[newLine]
		}
		rows = append(rows, row)
	})
	return rows, cut
}

// remarksOn collects the annotations of the newest check runs on a commit.
func (v *visit) remarksOn(id string) remarks {
	all := remarks{}
	for _, run := range v.newestRuns(id) {
		for _, a := range run.Output.Annotations {
			if all[a.Path] == nil {
				all[a.Path] = map[int][]remarkLine{}
			}
			all[a.Path][a.EndLine] = append(all[a.Path][a.EndLine], remarkOf(run, a))
		}
	}
	return all
}

func remarkOf(run *world.CheckRun, a world.Annotation) remarkLine {
	line := remarkLine{Level: markOfLevel(a.Level), Message: a.Message, Check: run.Name}
	if a.Title != nil {
		line.Title = *a.Title
	}
	return line
}
