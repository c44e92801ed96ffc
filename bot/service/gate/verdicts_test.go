package gate_test

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/decision"
	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/service/gate"
	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
)

// enough is more than any test here asks about.
const enough = 1 << 10

// counted is commitsig.Judge with the number of its calls.
type counted struct {
	mu    sync.Mutex
	calls int
}

func (c *counted) judge(raw []byte, ring keyring.Ring, terms commitsig.Terms) commitsig.Verdict {
	c.mu.Lock()
	c.calls++
	c.mu.Unlock()
	return commitsig.Judge(raw, ring, terms)
}

// since gives how often it was called in act.
func (c *counted) since(act func()) int {
	before := c.calls
	act()
	return c.calls - before
}

// ringOf holds Ruben's key and Ruben, with changes.
func ringOf(keys *dt.Keys, change func(f *keyring.File, p *keyring.Person)) keyring.Ring {
	ruben := dt.Named(dt.Ruben)
	f := keyring.File{Path: dt.KeyPath(dt.Ruben), Bytes: keys.Public(dt.Ruben)}
	p := keyring.Person{Slug: ruben.Slug, GitHub: ruben.ID, Login: ruben.Login, Name: ruben.Name, Emails: []string{ruben.Email}}
	change(&f, &p)
	ring, _ := keyring.New([]keyring.File{f}, []keyring.Person{p})
	return ring
}

// question is what a verdict is asked about.
type question struct {
	raw   []byte
	ring  keyring.Ring
	terms commitsig.Terms
}

// A remembered verdict is the value of a pure function, so whatever goes into it must
// be part of the question: nothing that was said of one is said of another.
func TestVerdicts_everyInputIsPartOfTheQuestion(t *testing.T) {
	h := dt.Empty(dt.NewKeys())
	raw := h.Make(dt.Act{By: dt.Ruben}).Raw
	as := func(change func(f *keyring.File, p *keyring.Person)) keyring.Ring { return ringOf(h.Keys(), change) }
	seen := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	first := question{raw, as(func(*keyring.File, *keyring.Person) {}), commitsig.Terms{Seen: seen}}
	cases := []struct {
		claim  string
		change func(*question)
	}{
		{"a byte of the message", func(q *question) { q.raw = bytes.Replace(q.raw, []byte("Change"), []byte("Chance"), 1) }},
		{"the committer's address", func(q *question) { q.raw = bytes.ReplaceAll(q.raw, []byte("ruben@"), []byte("aoife@")) }},
		{"no signature", func(q *question) { q.raw = h.Make(dt.Act{By: dt.Ruben, Seal: dt.NoKey}).Raw }},
		{"no key at all", func(q *question) { q.ring = keyring.Ring{} }},
		{"the key was revoked", func(q *question) {
			q.ring = as(func(f *keyring.File, _ *keyring.Person) { f.Bytes = h.Keys().Revoked(dt.Ruben) })
		}},
		{"the key lies in another's file", func(q *question) {
			q.ring = as(func(f *keyring.File, _ *keyring.Person) { f.Path = dt.KeyPath(dt.Daan) })
		}},
		{"the address is nobody's", func(q *question) {
			q.ring = as(func(_ *keyring.File, p *keyring.Person) { p.Emails = []string{"other@northquay.example"} })
		}},
		{"the person is called otherwise", func(q *question) {
			q.ring = as(func(_ *keyring.File, p *keyring.Person) { p.Name = "Ruben de Wit" })
		}},
		{"the person has another account", func(q *question) {
			q.ring = as(func(_ *keyring.File, p *keyring.Person) { p.GitHub++ })
		}},
		{"seen a second later", func(q *question) { q.terms.Seen = q.terms.Seen.Add(time.Second) }},
		{"seen when the key had ended", func(q *question) { q.terms.Seen = q.terms.Seen.AddDate(9, 0, 0) }},
		{"seen before it was made", func(q *question) { q.terms.Seen = q.terms.Seen.AddDate(0, -1, 0) }},
		{"another clock", func(q *question) { q.terms.Clock = commitsig.ClaimedTime }},
		{"whoever it was", func(q *question) { q.terms.AnyPerson = true }},
	}
	c := &counted{}
	memory := gate.NewVerdicts(c.judge, enough)
	if got := memory.Judge(first.raw, first.ring, first.terms); got.Word != commitsig.Good {
		t.Fatalf("the commit is %s: %s", got.Word, got.Text)
	}
	for _, x := range cases {
		q := first
		x.change(&q)
		for _, ask := range []struct {
			question
			calls int
		}{{q, 1}, {q, 0}, {first, 0}} {
			var got commitsig.Verdict
			calls := c.since(func() { got = memory.Judge(ask.raw, ask.ring, ask.terms) })
			if calls != ask.calls {
				t.Errorf("%s: judged %d times, want %d", x.claim, calls, ask.calls)
			}
			if diff := cmp.Diff(commitsig.Judge(ask.raw, ask.ring, ask.terms), got); diff != "" {
				t.Errorf("%s: remembered otherwise than judged (-want +got):\n%s", x.claim, diff)
			}
		}
	}
}

// A field that Terms gets one day is part of the question too.
func TestVerdicts_everyFieldOfTheTermsIsPartOfTheQuestion(t *testing.T) {
	c := &counted{}
	memory := gate.NewVerdicts(c.judge, enough)
	memory.Judge(nil, keyring.Ring{}, commitsig.Terms{})
	fields := reflect.TypeFor[commitsig.Terms]()
	for i := range fields.NumField() {
		var terms commitsig.Terms
		switch f := reflect.ValueOf(&terms).Elem().Field(i); f.Kind() {
		case reflect.Bool:
			f.SetBool(true)
		case reflect.String:
			f.SetString(string(commitsig.AsOf))
		case reflect.Struct:
			f.Set(reflect.ValueOf(time.Unix(1, 0)))
		default:
			t.Fatalf("Terms.%s is of a kind that this test does not know", fields.Field(i).Name)
		}
		if calls := c.since(func() { memory.Judge(nil, keyring.Ring{}, terms) }); calls != 1 {
			t.Errorf("with another %s the commit was judged %d times, want 1", fields.Field(i).Name, calls)
		}
	}
}

func TestVerdicts_oneMomentInTwoZonesIsOneQuestion(t *testing.T) {
	c := &counted{}
	memory := gate.NewVerdicts(c.judge, enough)
	at := time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC)
	for _, seen := range []time.Time{at, at.In(time.FixedZone("", 3600)), at.Local()} {
		memory.Judge(nil, keyring.Ring{}, commitsig.Terms{Seen: seen})
	}
	if c.calls != 1 {
		t.Errorf("judged %d times, want 1", c.calls)
	}
}

// numbered is the n-th of bytes that are no commit.
func numbered(n int) []byte { return fmt.Appendf(nil, "no commit %d", n) }

func TestVerdicts_theLastUsedStay(t *testing.T) {
	const most = 3
	c := &counted{}
	memory := gate.NewVerdicts(c.judge, most)
	ask := func(n int) { memory.Judge(numbered(n), keyring.Ring{}, commitsig.Terms{}) }
	for _, n := range []int{1, 2, 3, 1, 4} { // 2 was not asked about for the longest time
		ask(n)
	}
	for _, x := range []struct{ n, calls int }{{1, 0}, {3, 0}, {4, 0}, {2, 1}, {4, 0}, {1, 1}} {
		if calls := c.since(func() { ask(x.n) }); calls != x.calls {
			t.Errorf("commit %d was judged %d times, want %d", x.n, calls, x.calls)
		}
	}
}

// Texts of a verdict may hold what a stranger wrote into a commit: a name of a megabyte
// takes no room.
func TestVerdicts_longTextsAreNotKept(t *testing.T) {
	c := &counted{}
	long := func(raw []byte, ring keyring.Ring, terms commitsig.Terms) commitsig.Verdict {
		v := c.judge(raw, ring, terms)
		v.Text = strings.Repeat("x", 1<<20)
		return v
	}
	memory := gate.NewVerdicts(long, enough)
	for range 3 {
		if got := memory.Judge(numbered(1), keyring.Ring{}, commitsig.Terms{}); len(got.Text) != 1<<20 {
			t.Errorf("the text has %d bytes", len(got.Text))
		}
	}
	if c.calls != 3 {
		t.Errorf("judged %d times, want 3", c.calls)
	}
}

// Drains of several repositories and the review page ask at once.
func TestVerdicts_manyMayAskAtOnce(t *testing.T) {
	c := &counted{}
	memory := gate.NewVerdicts(c.judge, 8)
	var asking sync.WaitGroup
	for range 8 {
		asking.Go(func() {
			for n := range 200 {
				raw := numbered(n % 12)
				want := commitsig.Judge(raw, keyring.Ring{}, commitsig.Terms{})
				if got := memory.Judge(raw, keyring.Ring{}, commitsig.Terms{}); got != want {
					t.Errorf("commit %d: %v, want %v", n%12, got, want)
				}
			}
		})
	}
	asking.Wait()
}

// travel is signed by ciso and head-of-it, with lines.
const travel = "policy/travel.md"

func travelText(body string) dt.Edit {
	return dt.Put(travel, dt.Text{Type: "topic-policy", ID: "TOP-TRAVEL", Version: "1.1", Body: body}.Bytes())
}

// northquay is founded, with a policy on travel.
func northquay() *dt.History {
	before := dt.Text{Type: "topic-policy", ID: "TOP-TRAVEL", Version: "1.0", Body: "Travel is booked in good time."}
	return dt.Founded(dt.NewKeys(), dt.Northquay(), dt.Put(travel, before.Bytes()))
}

// pushed opens a proposal of so many commits.
func pushed(h *dt.History, commits int) {
	acts := make([]dt.Act, commits)
	for i := range acts {
		acts[i] = dt.Act{By: dt.Ruben, Edits: []dt.Edit{travelText(fmt.Sprintf("Travel is booked %d days before.", i+1))}}
	}
	h.Open(dt.Ruben, acts...)
}

// act goes on with a story.
type act func(h *dt.History)

// stories are lives of a proposal, each told in acts; after each one it is judged.
func stories() map[string][]act {
	open := func(h *dt.History) { pushed(h, 3) }
	approve := func(h *dt.History) {
		h.Approve(dt.Aoife, h.Line("ciso", travel))
		h.Approve(dt.Tomasz, h.Line("head-of-it", travel))
	}
	push := func(a dt.Act, body string) act {
		return func(h *dt.History) {
			a.Edits = append(a.Edits, travelText(body))
			h.Push(a)
		}
	}
	return map[string][]act{
		"signed and landed": {open, approve, func(h *dt.History) { h.Land(dt.ByMerge, dt.Tomasz) }},
		"squashed with other words": {open, approve, func(h *dt.History) {
			h.Land(dt.BySquash, dt.Tomasz, travelText("Travel is booked by nobody."))
		}},
		"pushed past the check": {func(h *dt.History) {
			h.DirectPush(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{travelText("Travel is free.")}})
		}},
		"commits of all kinds": {
			open, push(dt.Act{By: dt.Ruben, Seal: dt.NoKey}, "One."), push(dt.Act{By: dt.Ruben, Seal: dt.StrayKey}, "Two."),
			push(dt.Act{By: dt.Ruben, Seal: dt.OtherKey}, "Three."), push(dt.Act{By: dt.Ruben, Seal: dt.BrokenKey}, "Four."),
			push(dt.Act{By: dt.Ruben, Seal: dt.HostKey}, "Five."), push(dt.Act{By: "somebody@elsewhere.example", Committer: dt.Ruben}, "Six."),
			push(dt.Act{By: dt.Daan, Committer: dt.Ruben, CoAuthors: []string{dt.Aoife}}, "Seven."),
		},
		"a key is revoked while it is open": {
			open, approve,
			func(h *dt.History) { h.MoveBase(dt.Put(dt.KeyPath(dt.Ruben), h.Keys().Revoked(dt.Ruben))) },
			func(h *dt.History) { h.MoveBase(dt.Put(dt.KeyPath(dt.Ruben), h.Keys().Renewed(dt.Ruben))) },
		},
		"the base moves and is merged": {
			open, func(h *dt.History) { h.MoveBase(dt.Put("README.md", []byte("Read me\n"))) },
			func(h *dt.History) { h.UpdateBranch(dt.Ruben) }, approve,
		},
		"the roster forgets the committer": {open, func(h *dt.History) {
			c := dt.Northquay()
			c.People = slices.DeleteFunc(c.People, func(slug string) bool { return slug == dt.Ruben })
			h.MoveBase(dt.Put(dt.ConfigPath, c.YAML()))
		}},
		"the database is lost": {open, approve, func(h *dt.History) { h.Wait(time.Hour); h.Forget() }},
	}
}

// The same facts give the same decision, byte for byte, whether commits were judged
// before or not, and whatever else was judged with the same memory.
func TestVerdicts_decisionsAreTheSameWithAndWithoutMemory(t *testing.T) {
	decisions := 0
	c := &counted{}
	memory := gate.NewVerdicts(c.judge, enough)
	for name, acts := range stories() {
		h := northquay()
		for i, play := range acts {
			play(h)
			s := h.Snapshot()
			want := canonical(t, decision.Evaluate(s))
			for _, when := range []string{"first", "again"} {
				if got := canonical(t, decision.EvaluateBy(s, memory.Judge)); got != want {
					t.Errorf("%s, act %d, %s: with memory %s\nwithout %s", name, i+1, when, got, want)
				}
			}
			if calls := c.since(func() { decision.EvaluateBy(s, memory.Judge) }); calls != 0 {
				t.Errorf("%s, act %d: %d commits were judged a third time", name, i+1, calls)
			}
			decisions++
		}
	}
	if c.calls == 0 || decisions < 20 {
		t.Errorf("%d decisions, %d commits judged: the stories judge too little", decisions, c.calls)
	}
}

func canonical(t *testing.T, d decision.Decision) string {
	t.Helper()
	b, err := facts.Canonical(d)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A pull request may have 250 commits, and each review, push to the base and wish has
// it judged again: then no signature is verified, and after a push only the new one.
func TestVerdicts_aKnownProposalOf250CommitsCostsNoSignature(t *testing.T) {
	h := northquay()
	pushed(h, 250)
	c := &counted{}
	memory := gate.NewVerdicts(c.judge, enough)
	evaluate := func() { decision.EvaluateBy(h.Snapshot(), memory.Judge) }
	for _, x := range []struct {
		what  string
		play  act
		calls int
	}{
		{"it is opened", func(*dt.History) {}, 250},
		{"nothing happened", func(*dt.History) {}, 0},
		{"an approval", func(h *dt.History) { h.Approve(dt.Aoife, h.Line("ciso", travel)) }, 0},
		{"the base moved", func(h *dt.History) { h.MoveBase(dt.Put("README.md", []byte("Read me\n"))) }, 0},
		{"one more commit", func(h *dt.History) { h.Push(dt.Act{By: dt.Ruben, Edits: []dt.Edit{travelText("Book.")}}) }, 1},
		{"it landed", func(h *dt.History) { h.Land(dt.ByMerge, dt.Tomasz) }, 0},
	} {
		x.play(h)
		if calls := c.since(evaluate); calls != x.calls {
			t.Errorf("%s: %d signatures were verified, want %d", x.what, calls, x.calls)
		}
	}
}

// BenchmarkEvaluate_250Commits compares a proposal that was never seen with one that is
// known.
func BenchmarkEvaluate_250Commits(b *testing.B) {
	h := northquay()
	pushed(h, 250)
	s := h.Snapshot()
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			decision.EvaluateBy(s, gate.NewVerdicts(commitsig.Judge, enough).Judge)
		}
	})
	b.Run("known", func(b *testing.B) {
		memory := gate.NewVerdicts(commitsig.Judge, enough)
		decision.EvaluateBy(s, memory.Judge)
		for b.Loop() {
			decision.EvaluateBy(s, memory.Judge)
		}
	})
}
