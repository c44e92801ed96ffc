package evidencetest

import (
	"sync"

	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// Found makes and lands the founding, pull request 1, signed by both.
func (w *World) Found() {
	files := Files{".vidimus.yml": Text(configuration(w.Root, w.people))}
	for _, slug := range []string{Ciso, IT, Author, host} {
		files["keys/"+slug+".asc"] = File{"100644", w.people[slug].publicKey()}
	}
	files["keys/"+Admin+".pub"] = Text(sshKey())
	p := w.Propose(1, Author, files)
	p.Approve(Ciso, "ciso")
	p.Approve(IT, "head-of-it")
	p.Land("merge", Ciso, nil)
}

// Story is a founding, a document with a picture signed by statement and merged by
// squash, a pull request with a signature that has not landed, a direct push that
// changes the document, a new version, signed, that mends it, a record signed by an
// approving review, and a direct push that deletes an older document and adds files with
// strange names.
func Story(root string) *World {
	if root == "." {
		return story().Clone()
	}
	return playStory(root)
}

// story and shortStory are played once in a process: hundreds of tests begin with them.
var (
	story      = sync.OnceValue(func() *World { return playStory(".") })
	shortStory = sync.OnceValue(playShortStory)
)

func playStory(root string) *World {
	w := New(root)
	w.Found()
	w.PublishPolicy()
	w.WitnessOnly()
	w.Deviate()
	w.Mend()
	w.PublishRecord()
	w.Litter()
	return w
}

// ShortStory is a founding, a document signed by statement, and a direct push that
// changes it.
func ShortStory() *World { return shortStory().Clone() }

func playShortStory() *World {
	w := New(".")
	w.Found()
	w.PublishPolicy()
	w.Deviate()
	return w
}

// PublishPolicy lands version 1.0 of the policy, pull request 2: signed by one person,
// ended by a push, signed again by both.
func (w *World) PublishPolicy() {
	policy := w.Path("policy/cloud usage.md")
	p := w.Propose(2, Author, Files{policy: Document("TOP-CLOUD", "1.0", "Draft.", "picture.png"), w.Path("policy/picture.png"): Picture("one")})
	p.Approve(Ciso, "ciso")
	p.Push(p.Head, Files{policy: Document("TOP-CLOUD", "1.0", "Clouds are used with care.", "picture.png")})
	p.Approve(Ciso, "ciso")
	p.Approve(IT, "head-of-it")
	p.Land("squash", IT, nil)
}

// WitnessOnly puts the witness of pull request 3, which stays open, into the ledger.
func (w *World) WitnessOnly() {
	p := w.Propose(3, Author, Files{w.Path("policy/other.md"): Document("TOP-OTHER", "1.0", "Another one.")})
	p.Approve(Ciso, "ciso")
	digest, list := p.List()
	r, err := evidence.WitnessRecord(3, p.Statements(), map[string][]byte{digest: list}, w.Bot.Public())
	must(err)
	w.AppendRecord(r, w.tick())
}

// Deviate pushes an unsigned change of the policy straight onto main.
func (w *World) Deviate() {
	w.Propose(0, Admin, Files{
		w.Path("policy/cloud usage.md"): Document("TOP-CLOUD", "1.0", "Clouds are used at will.", "picture.png"),
	}).Land("direct", Admin, nil)
}

// Mend lands version 1.1 of the policy, pull request 5.
func (w *World) Mend() {
	p := w.Propose(5, Author, Files{
		w.Path("policy/cloud usage.md"): Document("TOP-CLOUD", "1.1", "Clouds are used with great care.", "picture.png"),
	})
	p.Approve(Ciso, "ciso")
	p.Approve(IT, "head-of-it")
	p.Land("merge", IT, nil)
}

// Litter pushes a deletion and files that may not be there straight onto main, one of
// them with a name that is no text.
func (w *World) Litter() {
	w.Propose(0, Admin, Files{
		w.Path("policy/old.md"):            {},
		w.Path("policy/notes \"q\" ü.txt"): Text("A file that may not be there.\n"),
		w.Path("policy/no \xff text.txt"):  Text("Nor may this one.\n"),
	}).Land("direct", Admin, nil)
}

// PublishRecord lands a record, pull request 6, that one approving review signs; another
// is by somebody without the role.
func (w *World) PublishRecord() {
	p := w.Propose(6, Author, Files{w.Path("records/decision.md"): Record("REC-DECISION", "1.0", "Clouds it is.")})
	p.Approve(IT, "")
	p.Approve(Ciso, "")
	p.Land("rebase", IT, nil)
}

// ChangeConfiguration adds a remark to the configuration: by a signed pull request, 8,
// or pushed straight onto main.
func (w *World) ChangeConfiguration(by string, signed bool) {
	config := w.repo.trees[w.Main][".vidimus.yml"]
	edits := Files{".vidimus.yml": Text(string(config.Bytes) + "# changed at " + timeText(w.now) + "\n")}
	if !signed {
		w.Propose(0, by, edits).Land("direct", by, nil)
		return
	}
	p := w.Propose(8, by, edits)
	p.Approve(Ciso, "ciso")
	p.Approve(IT, "head-of-it")
	p.Land("merge", IT, nil)
}

// RestoreConfiguration pushes the founding's configuration straight onto main.
func (w *World) RestoreConfiguration() {
	w.Propose(0, Admin, Files{".vidimus.yml": Text(configuration(w.Root, w.people))}).Land("direct", Admin, nil)
}

// Ungoverned pushes a change that Vidimus does not look at straight onto main. Nothing is
// published of it.
func (w *World) Ungoverned() {
	p := w.Propose(0, Admin, Files{"README.md": Text("Governed now.\n")})
	w.move(p.Head)
}
