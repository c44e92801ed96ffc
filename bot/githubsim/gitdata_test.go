package githubsim_test

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/google/go-github/v60/github"
)

func TestGitData_commitOutOfBlobsAndTrees(t *testing.T) {
	s := newSite(t)
	base, _, err := s.bot.Git.GetRef(ctx(), s.owner, s.name, "heads/main")
	if err != nil {
		t.Fatal(err)
	}
	blob, _, err := s.bot.Git.CreateBlob(ctx(), s.owner, s.name, &github.Blob{Content: github.String("AAEC"), Encoding: github.String("base64")})
	if err != nil {
		t.Fatal(err)
	}
	tree, _, err := s.bot.Git.CreateTree(ctx(), s.owner, s.name, base.GetObject().GetSHA(), []*github.TreeEntry{
		{Path: github.String("records/a/bin"), Mode: github.String("100644"), Type: github.String("blob"), SHA: blob.SHA},
		{Path: github.String("run.sh"), Mode: github.String("100755"), Type: github.String("blob"), Content: github.String("#!/bin/sh\n")},
		{Path: github.String("README.md"), Mode: github.String("100644"), Type: github.String("blob")}, // no SHA: removed
	})
	if err != nil {
		t.Fatal(err)
	}
	commit, _, err := s.bot.Git.CreateCommit(ctx(), s.owner, s.name, &github.Commit{
		Message: github.String("Evidence"), Tree: tree, Parents: []*github.Commit{{SHA: base.GetObject().SHA}},
	}, nil)
	if err != nil || !commit.GetVerification().GetVerified() {
		t.Fatalf("CreateCommit = %v, %v, want it signed by the host", commit, err)
	}
	must(t)(s.bot.Git.UpdateRef(ctx(), s.owner, s.name, &github.Reference{Ref: github.String("heads/main"), Object: &github.GitObject{SHA: commit.SHA}}, false))
	read, _, err := s.rita.Git.GetTree(ctx(), s.owner, s.name, commit.GetSHA(), true)
	if err != nil {
		t.Fatal(err)
	}
	var listed []string
	for _, e := range read.Entries {
		listed = append(listed, e.GetMode()+" "+e.GetPath())
	}
	if got := strings.Join(listed, ", "); got != "040000 records, 040000 records/a, 100644 records/a/bin, 100755 run.sh" {
		t.Errorf("tree = %s", got)
	}
	raw, _, err := s.rita.Git.GetBlobRaw(ctx(), s.owner, s.name, blob.GetSHA())
	if err != nil || !bytes.Equal(raw, []byte{0, 1, 2}) {
		t.Errorf("GetBlobRaw = %v, %v", raw, err)
	}
	if read, _, err := s.rita.Git.GetBlob(ctx(), s.owner, s.name, blob.GetSHA()); err != nil || read.GetSize() != 3 {
		t.Errorf("GetBlob = %v, %v", read, err)
	}
	s.clone("rita").git("fsck", "--strict")
}

func TestGitData_refs(t *testing.T) {
	s := newSite(t)
	main, _, err := s.walter.Git.GetRef(ctx(), s.owner, s.name, "refs/heads/main")
	if err != nil {
		t.Fatal(err)
	}
	s.fork(s.walter, "main", "feature/a")
	make := func(ref, id string) error {
		_, _, err := s.walter.Git.CreateRef(ctx(), s.owner, s.name, &github.Reference{Ref: &ref, Object: &github.GitObject{SHA: &id}})
		return err
	}
	id := main.GetObject().GetSHA()
	refused(t, make("refs/heads/feature/a", id), 422, "Reference already exists")
	refused(t, make("refs/heads/x", strings.Repeat("1", 40)), 422, "Object does not exist")
	refused(t, make("refs/heads/a..b", id), 422, "not well formed")
	refused(t, make("refs/heads/feature/a/b", id), 422, "Reference update failed")
	refused(t, make("refs/pull/1/head", id), 422, "read-only")
	list, _, err := s.rita.Git.ListMatchingRefs(ctx(), s.owner, s.name, &github.ReferenceListOptions{Ref: "heads/fea"})
	if err != nil || len(list) != 1 || list[0].GetRef() != "refs/heads/feature/a" {
		t.Errorf("ListMatchingRefs = %v, %v", list, err)
	}
	newer := s.write(s.walter, "feature/a", "x.md", "x")
	back := &github.Reference{Ref: github.String("heads/feature/a"), Object: &github.GitObject{SHA: &id}}
	_, _, err = s.walter.Git.UpdateRef(ctx(), s.owner, s.name, back, false)
	refused(t, err, 422, "Update is not a fast forward")
	must(t)(s.walter.Git.UpdateRef(ctx(), s.owner, s.name, back, true))
	if got, _, _ := s.walter.Git.GetRef(ctx(), s.owner, s.name, "heads/feature/a"); got.GetObject().GetSHA() != id || newer == id {
		t.Errorf("the branch is at %s, want %s", got.GetObject().GetSHA(), id)
	}
	_, err = s.walter.Git.DeleteRef(ctx(), s.owner, s.name, "heads/feature/a")
	must(t)(nil, nil, err)
	_, err = s.walter.Git.DeleteRef(ctx(), s.owner, s.name, "heads/feature/a")
	refused(t, err, 422, "Reference does not exist")
	_, err = s.walter.Git.DeleteRef(ctx(), s.owner, s.name, "heads/main")
	refused(t, err, 422, "Cannot delete the default branch")
	_, _, err = s.rita.Git.GetRef(ctx(), s.owner, s.name, "heads/feature/a")
	refused(t, err, 404, "Not Found")
	must(t)(s.walter.Git.CreateTag(ctx(), s.owner, s.name, &github.Tag{Tag: github.String("v1"), Message: github.String("m"), Object: &github.GitObject{SHA: &id, Type: github.String("commit")}}))
	refused(t, make("refs/heads/feature", newer+"x"), 422, "")
	if err := make("refs/heads/feature", newer); err != nil {
		t.Errorf("a branch in place of a folder of branches: %v", err)
	}
}

// signer is an OpenPGP key for name and address, as users make them.
func signer(t *testing.T, name, email string) (*openpgp.Entity, string) {
	t.Helper()
	entity, err := openpgp.NewEntity(name, "", email, &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA})
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	w, err := armor.Encode(&text, openpgp.PublicKeyType, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := entity.Serialize(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return entity, text.String()
}

func TestVerification_followsTheKeysOfTheCommitter(t *testing.T) {
	s := newSite(t)
	s.Advance(10 * 365 * 24 * time.Hour) // past the making of today's test keys, whatever the day
	base, _, err := s.walter.Repositories.GetCommit(ctx(), s.owner, s.name, "main", nil)
	if err != nil {
		t.Fatal(err)
	}
	entity, public := signer(t, "Walter", "walter@example.com")
	commitAs := func(email string, entity *openpgp.Entity) *github.Commit {
		author := &github.CommitAuthor{Name: github.String("Walter"), Email: &email, Date: &github.Timestamp{Time: s.Now()}}
		commit, _, err := s.walter.Git.CreateCommit(ctx(), s.owner, s.name, &github.Commit{
			Message: github.String("Signed\n"), Tree: base.Commit.Tree, Parents: []*github.Commit{{SHA: base.SHA}}, Author: author, Committer: author,
		}, &github.CreateCommitOptions{Signer: github.MessageSignerFunc(func(w io.Writer, r io.Reader) error {
			return openpgp.ArmoredDetachSign(w, entity, r, nil)
		})})
		if err != nil {
			t.Fatal(err)
		}
		return commit
	}
	if got := commitAs("walter@example.com", entity).GetVerification().GetReason(); got != "unknown_key" {
		t.Errorf("before the upload: %s, want unknown_key", got)
	}
	key, _, err := s.walter.Users.CreateGPGKey(ctx(), public)
	if err != nil || key.GetKeyID() != entity.PrimaryKey.KeyIdString() || len(key.Emails) != 1 || !key.GetCanSign() {
		t.Fatalf("CreateGPGKey = %v, %v", key, err)
	}
	good := commitAs("walter@example.com", entity)
	if v := good.GetVerification(); !v.GetVerified() || v.GetReason() != "valid" {
		t.Errorf("after the upload: %v", v)
	}
	for email, want := range map[string]string{"nobody@example.org": "no_user", "rita@example.com": "unknown_key"} {
		if got := commitAs(email, entity).GetVerification().GetReason(); got != want {
			t.Errorf("committer %s: %s, want %s", email, got, want)
		}
	}
	other, _ := signer(t, "Walter", "walter@example.com")
	if got := commitAs("walter@example.com", other).GetVerification().GetReason(); got != "unknown_key" {
		t.Errorf("signed by another key: %s, want unknown_key", got)
	}
	_, _, err = s.rita.Users.CreateGPGKey(ctx(), public)
	refused(t, err, 422, "already exists")
	_, _, err = s.rita.Users.CreateGPGKey(ctx(), "no key")
	refused(t, err, 422, "")
	keys, _, err := s.rita.Users.ListGPGKeys(ctx(), "walter", nil)
	if err != nil || len(keys) != 1 || keys[0].GetRawKey() != public {
		t.Errorf("ListGPGKeys = %v, %v", keys, err)
	}
	if text := body(t, s.Get("/walter.gpg", "", nil)); !strings.Contains(text, strings.TrimSpace(public)) {
		t.Errorf("/walter.gpg = %.100s", text)
	}
	own, _, err := s.walter.Users.GetGPGKey(ctx(), key.GetID())
	if err != nil || own.GetID() != key.GetID() {
		t.Errorf("GetGPGKey = %v, %v", own, err)
	}
	_, err = s.walter.Users.DeleteGPGKey(ctx(), key.GetID())
	must(t)(nil, nil, err)
	again, _, err := s.rita.Git.GetCommit(ctx(), s.owner, s.name, good.GetSHA())
	if err != nil || !again.GetVerification().GetVerified() {
		t.Errorf("after the key is gone: %v, %v, want it still verified", again.GetVerification(), err)
	}
	if keys, _, _ := s.rita.Users.ListGPGKeys(ctx(), "walter", nil); len(keys) != 0 {
		t.Errorf("keys = %v, want none", keys)
	}
}
