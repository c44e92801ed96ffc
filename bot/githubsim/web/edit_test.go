package web_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/google/go-github/v60/github"

	"github.com/vidimus-bot/vidimus/bot/githubsim"
)

// form reads what the edit form would send, as a browser sends it.
func (o *opened) form(t *testing.T) map[string]string {
	t.Helper()
	fields := map[string]string{}
	for _, input := range o.all("input") {
		kind := attribute(input, "type")
		checked := false
		for _, a := range input.Attr {
			checked = checked || a.Key == "checked"
		}
		if n := attribute(input, "name"); n != "" && n != "return_to" && (kind != "radio" || checked) {
			fields[n] = attribute(input, "value")
		}
	}
	for _, area := range o.all("textarea") {
		fields[attribute(area, "name")] = ""
		if area.FirstChild != nil {
			fields[attribute(area, "name")] = strings.ReplaceAll(area.FirstChild.Data, "\n", "\r\n")
		}
	}
	return fields
}

// save sends the edit form with some fields changed.
func (b *browser) save(path string, changed map[string]string) *opened {
	b.site.t.Helper()
	fields := b.get(path).form(b.site.t)
	for n, v := range changed {
		fields[n] = v
	}
	var pairs []string
	for n, v := range fields {
		pairs = append(pairs, n, v)
	}
	return b.post(path, pairs...)
}

func TestEdit_proposalIsBranchCommitAndPullRequest(t *testing.T) {
	s := newSite(t)
	s.put("olga", "main", "docs/policy.md", "# Policy\n\nOld.\n")
	b := s.as("walter")
	b.get(repo+"/blob/main/docs/policy.md").reads(t, "Edit this file")
	done := b.save(repo+"/edit/main/docs/policy.md", map[string]string{
		"text": "# Policy\r\n\r\nNew.\r\n", "message": "Say it anew\r\n\r\nBecause.", "branch": "walter/anew",
	})
	done.reads(t, "Say it anew #1", "Because.", "proposes 1 commit from walter/anew into main")
	if got := s.read("walter/anew", "docs/policy.md"); got != "# Policy\n\nNew.\n" {
		t.Errorf("the file is %q, want the line ends that it had", got)
	}
	if got := s.read("main", "docs/policy.md"); got != "# Policy\n\nOld.\n" {
		t.Errorf("main has %q", got)
	}
	commit, _, err := s.clients["olga"].Repositories.GetCommit(ctx(), owner, name, "walter/anew", nil)
	s.must(err)
	if commit.GetAuthor().GetLogin() != "walter" || !commit.GetCommit().GetVerification().GetVerified() || commit.GetCommit().GetCommitter().GetName() != "GitHub" {
		t.Errorf("commit = %v, want Walter's, signed by the host", commit)
	}
	for path, words := range map[string]string{"walter/anew": "already", "a b": "no name for a branch", "": "no name for a branch", "x..y": "no name for a branch"} {
		b.save(repo+"/edit/main/docs/policy.md", map[string]string{"text": "x", "message": "x", "branch": path}).refuses(t, http.StatusUnprocessableEntity, words)
	}
}

func TestEdit_ontoABranchMovesItsPullRequest(t *testing.T) {
	s := newSite(t)
	s.propose("sooner")
	b := s.as("walter")
	b.get(repo+"/edit/sooner/policy.md").reads(t, "Onto the branch sooner", "and with it into #1 Patch sooner")
	text := b.get(repo + "/edit/sooner/policy.md").form(t)["text"]
	done := b.save(repo+"/edit/sooner/policy.md", map[string]string{"text": strings.Replace(text, "Shared", "Customer", 1), "message": "One cell", "as": "commit"})
	done.reads(t, "Customer", "On the branch sooner")
	b.get(repo+"/pull/1").reads(t, "proposes 2 commits", "One cell")
	b.get(repo+"/pull/1/files").reads(t, "Customer")
}

func TestEdit_newFile(t *testing.T) {
	s := newSite(t)
	b := s.as("walter")
	b.get(repo).reads(t, "New file here")
	if path := b.get(repo + "/new/main/docs").form(t)["path"]; path != "docs/" {
		t.Errorf("the form offers the path %q", path)
	}
	b.save(repo+"/new/main/docs", map[string]string{"path": "docs/new.md", "text": "no line feed", "message": "New", "as": "commit"}).reads(t, "no line feed")
	if got := s.read("main", "docs/new.md"); got != "no line feed\n" {
		t.Errorf("the file is %q, want a line feed at its end", got)
	}
	for path, words := range map[string]string{"../x": "malformed path", ".git/config": "malformed path", "": "needs the file's path", "docs": "by somebody else, or made"} {
		b.save(repo+"/new/main", map[string]string{"path": path, "text": "x", "message": "x", "as": "commit"}).refuses(t, map[bool]int{true: 409, false: 422}[path == "docs"], words)
	}
}

func TestEdit_keepsTheLineEndsOfTheFile(t *testing.T) {
	s := newSite(t)
	for file, texts := range map[string]struct{ old, sent, want string }{
		"dos.md":   {"a\r\nb\r\n", "a\r\nc\r\n", "a\r\nc\r\n"},
		"unix.md":  {"a\nb\n", "a\r\nc\r\n", "a\nc\n"},
		"open.md":  {"a\nb", "a\r\nc", "a\nc"},
		"blank.md": {"\n\na\n", "\r\n\r\nc\r\n", "\n\nc\n"},
	} {
		s.put("olga", "main", file, texts.old)
		s.as("walter").save(repo+"/edit/main/"+file, map[string]string{"text": texts.sent, "message": "Change", "as": "commit"}).reads(t, "c")
		if got := s.read("main", file); got != texts.want {
			t.Errorf("%s: %q became %q, want %q", file, texts.old, got, texts.want)
		}
		s.as("walter").save(repo+"/edit/main/"+file, map[string]string{"message": "Nothing", "as": "commit"}).refuses(t, http.StatusUnprocessableEntity, "Nothing is changed")
	}
}

func TestEdit_refusals(t *testing.T) {
	s := newSite(t)
	s.addApp(nil)
	s.put("olga", "main", "policy.md", "old\n")
	s.put("olga", "main", "binary", "\x00\xff")
	s.as("rita").get(repo+"/edit/main/policy.md").refuses(t, http.StatusForbidden, "Editing takes write access, and you have: read")
	s.as("rita").post(repo+"/edit/main/policy.md", "path", "policy.md", "text", "x", "message", "x").refuses(t, http.StatusForbidden, "write access")
	b := s.as("walter")
	stale := b.get(repo + "/edit/main/policy.md").form(t)["blob"]
	s.put("olga", "main", "policy.md", "newer\n")
	b.save(repo+"/edit/main/policy.md", map[string]string{"blob": stale, "text": "mine", "message": "x", "as": "commit"}).refuses(t, http.StatusConflict, "changed by somebody else")
	b.get(repo+"/edit/main/binary").refuses(t, http.StatusUnprocessableEntity, "no UTF-8 text")
	b.get(repo+"/edit/main/nowhere").refuses(t, http.StatusNotFound, "no such page")
	head := s.put("olga", "main", "x.md", "x\n")
	b.get(repo+"/edit/"+head+"/x.md").refuses(t, http.StatusUnprocessableEntity, "Only the newest state of a branch")
	s.protect()
	b.save(repo+"/edit/main/x.md", map[string]string{"text": "y", "message": "y", "as": "commit"}).refuses(t, http.StatusConflict, "is expected")
	b.save(repo+"/edit/main/x.md", map[string]string{"text": "y", "message": "", "as": "commit"}).refuses(t, http.StatusUnprocessableEntity, "words that say what it does")
	if got := s.read("main", "x.md"); got != "x\n" {
		t.Errorf("a refused change is there: %q", got)
	}
	_, _, err := s.clients["olga"].Repositories.Edit(ctx(), owner, name, &github.Repository{Archived: github.Bool(true)})
	s.must(err)
	b.get(repo+"/edit/main/x.md").refuses(t, http.StatusForbidden, "archived")
}

func TestEdit_withOnesOwnKey(t *testing.T) {
	s := newSite(t)
	key, err := openpgp.NewEntity("Kim", "", "kim@example.com", &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, Time: func() time.Time { return s.Now().Add(-time.Hour) }})
	s.must(err)
	_, err = s.CreateUser(githubsim.NewUser{
		Login: "kim", Name: "Kim", Email: "kim@example.com",
		Sign: func(payload []byte, at time.Time) ([]byte, error) {
			var out bytes.Buffer
			err := openpgp.ArmoredDetachSign(&out, key, bytes.NewReader(payload), &packet.Config{Time: func() time.Time { return at }})
			return out.Bytes(), err
		},
	})
	s.must(err)
	_, _, err = s.clients["olga"].Repositories.AddCollaborator(ctx(), owner, name, "kim", &github.RepositoryAddCollaboratorOptions{Permission: "push"})
	s.must(err)
	b := s.as("kim")
	b.get(repo+"/edit/main/README.md").reads(t, "You, with your own key", "This GitHub, with its key")
	b.save(repo+"/edit/main/README.md", map[string]string{"text": "mine\n", "message": "Mine", "as": "commit"}).reads(t, "mine")
	commit, _, err := s.clients["olga"].Repositories.GetCommit(ctx(), owner, name, "main", nil)
	s.must(err)
	v := commit.GetCommit().GetVerification()
	if commit.GetCommit().GetCommitter().GetName() != "Kim" || v.GetReason() != "unknown_key" {
		t.Errorf("committer %s, verification %s; want Kim's own, by a key that was not uploaded", commit.GetCommit().GetCommitter().GetName(), v.GetReason())
	}
	signer, err := openpgp.CheckArmoredDetachedSignature(openpgp.EntityList{key}, strings.NewReader(v.GetPayload()), strings.NewReader(v.GetSignature()), &packet.Config{Time: s.Now})
	if err != nil || signer == nil {
		t.Errorf("the signature is not Kim's: %v", err)
	}
	b.get(repo+"/commit/"+commit.GetSHA()).reads(t, "Unverified", "a key that the committer has not uploaded")
	s.upload("kim", key)
	b.get(repo+"/commit/"+commit.GetSHA()).reads(t, "Verified")
	s.as("walter").save(repo+"/edit/main/README.md", map[string]string{"text": "x", "message": "x", "as": "commit", "key": "own"}).
		refuses(t, http.StatusUnprocessableEntity, "Nobody has given this GitHub a key to sign with as walter")
}

// upload gives the public key of somebody to GitHub.
func (s *site) upload(login string, key *openpgp.Entity) {
	s.t.Helper()
	var out bytes.Buffer
	w, err := armor.Encode(&out, openpgp.PublicKeyType, nil)
	s.must(err)
	s.must(key.Serialize(w))
	s.must(w.Close())
	token, err := s.CreateToken(login)
	s.must(err)
	_, _, err = s.Client(token).Users.CreateGPGKey(ctx(), out.String())
	s.must(err)
}

func TestFiles_treeBlobRawAndHistory(t *testing.T) {
	s := newSite(t)
	s.put("olga", "main", "docs/a policy.md", "---\nid: X\n---\n# Title\n\n[next](other.md)\n")
	s.put("olga", "main", "docs/other.md", "<script>alert(1)</script>\n")
	s.put("olga", "main", "docs/picture.png", "\x89PNG\x00")
	s.put("walter", "topic/deep", "docs/other.md", "on a branch\n")
	b := s.as("rita")
	b.get(repo).reads(t, "docs/", "README.md", "topic/deep", "git clone "+s.URL()+repo+".git")
	b.get(repo+"/tree/main/docs").reads(t, "a policy.md", "other.md", "picture.png")
	blob := b.get(repo+"/blob/main/docs/a%20policy.md").reads(t, "id: X", "Title")
	if !strings.Contains(blob.body, `href="/northquay/policies/blob/main/docs/other.md"`) {
		t.Error("a relative link does not lead to the file beside it")
	}
	b.get(repo+"/blob/topic/deep/docs/other.md").reads(t, "on a branch", "On the branch topic/deep")
	raw := b.get(repo + "/raw/main/docs/other.md")
	if raw.body != "<script>alert(1)</script>\n" || raw.header.Get("Content-Type") != "text/plain; charset=utf-8" || raw.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("raw = %q %v", raw.body, raw.header)
	}
	picture := b.get(repo + "/raw/main/docs/picture.png")
	if picture.header.Get("Content-Disposition") != "attachment" || picture.body != "\x89PNG\x00" {
		t.Errorf("a binary file = %q %v", picture.body, picture.header)
	}
	b.get(repo+"/blob/main/docs/picture.png").reads(t, "no UTF-8 text")
	b.get(repo+"/commits/main").reads(t, "Write docs/other.md", "Initial commit")
	b.get(repo+"/commits").reads(t, "History of main")
	for _, path := range []string{"/tree/main/nowhere", "/tree/nowhere", "/blob/main/docs/../README.md/x", "/raw/main/docs", "/commit/" + strings.Repeat("0", 40), "/commits/nowhere"} {
		b.get(repo+path).refuses(t, http.StatusNotFound, "no such page")
	}
	_, err := s.CreateRepository(githubsim.NewRepository{Owner: owner, Name: "empty"})
	s.must(err)
	b.get("/northquay/empty").reads(t, "There is nothing in this repository yet", "git push")
	if page := b.get(repo + ".git"); page.path != repo {
		t.Errorf("the address of a clone leads to %s", page.path)
	}
}
