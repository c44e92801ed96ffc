package decision_test

import (
	"fmt"
	"strings"

	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
)

// act is a commit, rightly signed for the most part.
func (p *play) act(edits ...dt.Edit) dt.Act {
	by := p.author
	if by == dt.Eve || by == dt.Bruno || p.chance(10) {
		by = pick(p, dt.Ruben, dt.Daan)
	}
	a := dt.Act{By: by, Edits: edits}
	switch roll := p.rng.IntN(100); {
	case roll < 12:
		a.Seal, a.By = dt.HostKey, pick(p, dt.Ruben, dt.Bruno, dt.Deirdre, dt.Daan)
	case roll < 14:
		a.Seal = pick(p, dt.NoKey, dt.StrayKey, dt.OtherKey, dt.BrokenKey)
	case roll < 16:
		a.By, a.Committer = pick(p, "nobody@unknown.example", dt.Eve), by
	case roll < 19:
		a.By, a.Committer = pick(p, dt.Aoife, dt.Deirdre, dt.Robot), by
	case roll < 22:
		a.CoAuthors = []string{pick(p, dt.Aoife, dt.Deirdre, dt.Tomasz, "61000101+forourke-nq@users.noreply.github.com", "who@unknown.example")}
	}
	p.say("commit by %s (committer %s, seal %d, with %v)", a.By, a.Committer, a.Seal, a.CoAuthors)
	return a
}

// bump writes another text under the version after the base's.
func (p *play) bump(path string) dt.Edit {
	if _, renamed := p.texts["records/notes.md"]; renamed && path == "records/note.md" {
		path = "records/notes.md"
	}
	t, ok := p.texts[path]
	if !ok {
		t = dt.Text{Type: "record", ID: "REC-NOTE", Version: "1.0"}
	}
	t.Version = nextVersion(p.h, path, t.Version)
	t.Body = fmt.Sprintf("This is text %d of it.", p.rng.IntN(3))
	p.texts[path] = t
	return dt.Put(path, t.Bytes())
}

// nextVersion is one editorial step after main's, or the first.
func nextVersion(h *dt.History, path, otherwise string) string {
	f, there := h.Base().Tree[path]
	if !there {
		return otherwise
	}
	_, rest, _ := strings.Cut(string(f.Bytes), "\nversion: \"")
	was, _, _ := strings.Cut(rest, "\"")
	var major, minor int
	if _, err := fmt.Sscanf(was, "%d.%d", &major, &minor); err != nil {
		return otherwise
	}
	return fmt.Sprintf("%d.%d", major, minor+1)
}

// edits are what a commit does.
func (p *play) edits() []dt.Edit {
	var edits []dt.Edit
	add := func(e ...dt.Edit) { edits = append(edits, e...) }
	p.take([]step{
		{30, "change travel", func() { add(p.bump("policy/travel.md")) }},
		{14, "change note", func() { add(p.bump("records/note.md")) }},
		{14, "change board", func() { add(p.bump("records/board.md")) }},
		{8, "change travel and note", func() { add(p.bump("policy/travel.md"), p.bump("records/note.md")) }},
		{6, "change devices", func() { add(p.bump("policy/devices.md")) }},
		{5, "change the picture and devices", func() {
			add(dt.Put("policy/img/diagram.png", dt.Image(1+p.rng.IntN(2))), p.bump("policy/devices.md"))
		}},
		{3, "change the picture", func() { add(dt.Put("policy/img/diagram.png", dt.Image(1+p.rng.IntN(2)))) }},
		{4, "change the draft", func() { add(p.bump("policy/idea.md")) }},
		{3, "approve the draft", func() { p.setStatus("policy/idea.md", "approved", add) }},
		{2, "retire travel", func() { p.setStatus("policy/travel.md", "retired", add) }},
		{6, "add a document", func() { add(p.newDocument()) }},
		{2, "delete a document", func() { add(dt.Remove(pick(p, "policy/idea.md", "records/note.md"))) }},
		{2, "rename the note", func() { p.rename("records/note.md", "records/notes.md", add) }},
		{3, "another id for the board's record", func() { p.setID("records/board.md", "REC-COUNCIL", add) }},
		{8, "change the configuration", func() { add(p.newConfig()) }},
		{12, "change a key", func() { add(p.newKey()) }},
		{3, "change nothing governed", func() { add(dt.Put("README.md", fmt.Appendf(nil, "Variant %d\n", p.rng.IntN(9)))) }},
		{1, "a file that may not be there", func() { add(p.strayFile()) }},
	})
	return edits
}

func (p *play) setStatus(path, status string, add func(...dt.Edit)) {
	t := p.texts[path]
	t.Status = status
	p.texts[path] = t
	add(p.bump(path))
}

func (p *play) setID(path, id string, add func(...dt.Edit)) {
	t := p.texts[path]
	t.ID = id
	p.texts[path] = t
	add(p.bump(path))
}

func (p *play) rename(from, to string, add func(...dt.Edit)) {
	f, there := p.tip().Tree[from]
	if there {
		add(dt.Remove(from), dt.Put(to, f.Bytes))
		p.texts[to] = p.texts[from]
		return
	}
	add(p.bump("records/board.md"))
}

func (p *play) newDocument() dt.Edit {
	path := pick(p, "policy/new.md", "records/new.md", "policy/loose/new.md", "policy/loose/new.md")
	t := dt.Text{Type: "topic-policy", ID: "TOP-NEW", Version: "1.0", Body: "This is new."}
	if strings.HasPrefix(path, "records") {
		t.Type, t.ID, t.Signatories = "record", "REC-NEW", []string{"counsel"}
	}
	if p.chance(25) {
		t.Status = "draft"
	}
	p.texts[path] = t
	return dt.Put(path, t.Bytes())
}

func (p *play) strayFile() dt.Edit {
	return pick(p,
		dt.Put("policy/notes.txt", []byte("stray")),
		dt.PutMode("policy/link.md", "120000", []byte("travel.md")),
		dt.Put("policy/img/nobody.png", dt.Image(7)),
		dt.PutMode("records/note.md", "100755", p.texts["records/note.md"].Bytes()))
}

func (p *play) newConfig() dt.Edit {
	c := p.w.charter
	switch roll := p.rng.IntN(100); {
	case roll < 55:
		c.Extra = fmt.Sprintf("# variant %d\n", p.rng.IntN(3))
	case roll < 65:
		c.ApprovalSigns = []string{dt.Aoife, dt.Tomasz, dt.Deirdre, dt.Fergal}
	case roll < 70:
		return dt.Put(dt.ConfigPath, []byte("version: 1\npeople: [\n"))
	case roll < 75:
		c.Config.Require = "{all: [ciso, chief]}"
	case roll < 83:
		c.Root = "governance"
	case roll < 91:
		c.Branches = []string{"release"}
	default:
		return dt.Remove(dt.ConfigPath)
	}
	return dt.Put(dt.ConfigPath, c.YAML())
}

func (p *play) newKey() dt.Edit {
	keys := p.h.Keys()
	return pick(p,
		dt.Put(dt.KeyPath(dt.Bruno), keys.Public(dt.Bruno)),
		dt.Put(dt.KeyPath(dt.Fergal), keys.Public(dt.Fergal)),
		dt.Put(dt.KeyPath(dt.Daan), keys.Renewed(dt.Daan)),
		dt.Put(dt.KeyPath(dt.Ruben), keys.Renewed(dt.Ruben)),
		dt.Put(dt.KeyPath(dt.Daan), keys.Renewed(dt.Daan)),
		dt.Put(dt.KeyPath(dt.Aoife), keys.Renewed(dt.Aoife)),
		dt.Put(dt.KeyPath(dt.Daan), keys.Revoked(dt.Daan)),
		dt.Put(dt.KeyPath(dt.Tomasz), keys.Revoked(dt.Tomasz)),
		dt.Remove(dt.KeyPath(dt.Daan)))
}

func (p *play) tamper() {
	c := p.w.charter
	c.Extra = "# tampered with\n"
	p.h.Tamper(pick(p, dt.Put(dt.ConfigPath, c.YAML()), dt.Remove(dt.ConfigPath), dt.Put(dt.KeyPath(dt.Fergal), p.h.Keys().Public(dt.Eve))))
}
