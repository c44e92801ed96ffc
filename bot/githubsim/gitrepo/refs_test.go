package gitrepo_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/githubsim/gitrepo"
)

func TestRefs_allOrNothing(t *testing.T) {
	r := newRepo(t)
	one, two := r.commit(1, map[string]string{"f": "1"}), r.commit(2, map[string]string{"f": "2"})
	update := func(name, old, id string) gitrepo.RefUpdate { return gitrepo.RefUpdate{Name: name, Old: old, New: id} }
	if err := r.UpdateRefs(update("refs/heads/main", gitrepo.NoID, one), update("refs/pull/1/head", gitrepo.NoID, two)); err != nil {
		t.Fatal(err)
	}
	for name, updates := range map[string][]gitrepo.RefUpdate{
		"one is stale":         {update("refs/heads/new", gitrepo.NoID, one), update("refs/heads/main", two, one)},
		"one exists":           {update("refs/heads/new", gitrepo.NoID, one), update("refs/heads/main", gitrepo.NoID, two)},
		"below another":        {update("refs/heads/main/below", gitrepo.NoID, one)},
		"malformed":            {update("refs/heads/a..b", gitrepo.NoID, one)},
		"outside":              {update("HEAD", gitrepo.NoID, one)},
		"object is not there":  {update("refs/heads/new", gitrepo.NoID, strings.Repeat("1", 40))},
		"a line feed in a ref": {update("refs/heads/a\nb", gitrepo.NoID, one)},
	} {
		if err := r.UpdateRefs(updates...); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	refs, err := r.Refs("refs/")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"refs/heads/main": one, "refs/pull/1/head": two}, refs); diff != "" {
		t.Errorf("refs (-want +got):\n%s", diff)
	}
	if err := r.UpdateRefs(update("refs/heads/main", one, gitrepo.NoID)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"refs/heads/main", "refs/heads/main/below", "refs/pull", "refs/heads/../../config", "nothing"} {
		if got, err := r.Ref(name); err != nil || got != "" {
			t.Errorf("Ref(%q) = %q, %v, want none", name, got, err)
		}
	}
	if err := r.UpdateRefs(); err != nil {
		t.Errorf("UpdateRefs of nothing = %v", err)
	}
}

// What git takes for a branch's name we take, and the other way round.
func TestValidRef_gitAgrees(t *testing.T) {
	for _, name := range []string{
		"refs/heads/main", "refs/heads/a/b", "refs/heads/a..b", "refs/heads/.a", "refs/heads/a.", "refs/heads/a.lock", "refs/heads/a b",
		"refs/heads/a~b", "refs/heads/a^b", "refs/heads/a:b", "refs/heads/a?b", "refs/heads/a*b", "refs/heads/a[b", `refs/heads/a\b`,
		"refs/heads/a@{b", "refs/heads/@", "refs/heads/", "refs/heads//a", "refs/heads/ü", "refs/heads/a\tb", "refs/heads/a\x7fb", "refs/heads/-a",
	} {
		want := exec.Command("git", "check-ref-format", name).Run() == nil
		if got := gitrepo.ValidRef(name); got != want {
			t.Errorf("ValidRef(%q) = %v, git says %v", name, got, want)
		}
	}
	for _, name := range []string{"", "main", "refs/main", "heads/main", "refs/heads/" + strings.Repeat("a", 300)} {
		if gitrepo.ValidRef(name) {
			t.Errorf("ValidRef(%q) = true", name)
		}
	}
}

// line is a pkt-line.
func line(text string) string {
	const digits = "0123456789abcdef"
	n := len(text) + 4
	return string([]byte{digits[n>>12&15], digits[n>>8&15], digits[n>>4&15], digits[n&15]}) + text
}

func TestParsePush_readsCommandsAndPack(t *testing.T) {
	a, b := strings.Repeat("a", 40), strings.Repeat("b", 40)
	body := line("shallow "+a) + line(a+" "+b+" refs/heads/main\x00 report-status side-band-64k agent=git/2") + line(gitrepo.NoID+" "+b+" refs/heads/x\n") + "0000PACK..."
	push, err := gitrepo.ParsePush([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	want := []gitrepo.RefUpdate{{Name: "refs/heads/main", Old: a, New: b}, {Name: "refs/heads/x", Old: gitrepo.NoID, New: b}}
	if diff := cmp.Diff(want, push.Updates); diff != "" || string(push.Pack) != "PACK..." || len(push.Capabilities) != 3 {
		t.Errorf("ParsePush = %+v\n%s", push, diff)
	}
	answer := string(push.Refuse(map[string]string{"refs/heads/main": "protected branch hook declined"}, []string{"error: GH006"}))
	report := line("unpack ok\n") + line("ng refs/heads/main protected branch hook declined\n") + line("ng refs/heads/x pre-receive hook declined\n") + "0000"
	if want := line("\x02error: GH006\n") + line("\x01"+report) + "0000"; answer != want {
		t.Errorf("Refuse = %q, want %q", answer, want)
	}
	push.Capabilities = nil
	if got := string(push.Refuse(nil, []string{"unseen"})); !strings.HasPrefix(got, line("unpack ok\n")) || strings.Contains(got, "unseen") {
		t.Errorf("Refuse without side band = %q", got)
	}
}

func TestParsePush_refusals(t *testing.T) {
	a := strings.Repeat("a", 40)
	many := strings.Repeat(line(a+" "+a+" refs/heads/x"), 2001)
	for name, body := range map[string]string{
		"nothing": "", "no flush": line(a + " " + a + " refs/heads/x"), "short": "00ff", "no length": "zzzz", "tiny": "0003",
		"no ids": line("x y refs/heads/x") + "0000", "no ref": line(a+" "+a) + "0000", "too many": many + "0000",
	} {
		if push, err := gitrepo.ParsePush([]byte(body)); err == nil {
			t.Errorf("%s: ParsePush = %+v, want an error", name, push)
		}
	}
	if push, err := gitrepo.ParsePush([]byte("0000")); err != nil || len(push.Updates) != 0 {
		t.Errorf("a probe: %+v, %v", push, err)
	}
}

func FuzzParsePush(f *testing.F) {
	a := strings.Repeat("a", 40)
	f.Add([]byte("0000"))
	f.Add([]byte(line(a+" "+a+" refs/heads/main\x00 side-band-64k") + "0000PACK"))
	f.Add([]byte("0004"))
	f.Add([]byte("ffff" + a))
	f.Fuzz(func(t *testing.T, body []byte) {
		push, err := gitrepo.ParsePush(body)
		if err != nil {
			return
		}
		for _, u := range push.Updates {
			if !gitrepo.ValidID(u.Old) || !gitrepo.ValidID(u.New) {
				t.Errorf("command %+v without object ids", u)
			}
		}
		if len(push.Pack) > len(body) || len(push.Refuse(nil, nil)) == 0 {
			t.Error("the pack is longer than the body, or there is no answer")
		}
	})
}

func TestParseTag(t *testing.T) {
	a := strings.Repeat("a", 40)
	tag, err := gitrepo.ParseTag([]byte("object " + a + "\ntype commit\ntag v1\ntagger Ada <ada@example.com> 1000 +0100\n\nFirst\n"))
	if err != nil || tag.Object != a || tag.Name != "v1" || tag.Tagger.Email != "ada@example.com" || tag.Message != "First\n" {
		t.Errorf("ParseTag = %+v, %v", tag, err)
	}
	for _, raw := range []string{"", "object x\ntype commit\n\nm", "object " + a + "\n\nm", "object " + a + "\ntype commit\ntagger x\n\nm"} {
		if _, err := gitrepo.ParseTag([]byte(raw)); err == nil {
			t.Errorf("ParseTag took %q", raw)
		}
	}
}
