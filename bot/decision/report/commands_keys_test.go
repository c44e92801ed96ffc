package report_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/decision/report"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
)

// expired is a proposal of one commit, whose key had expired.
func expired(t *testing.T, fingerprint string) report.Input {
	t.Helper()
	in := blockedCases(t)["blocked-commits"]
	const id = "3e5571c08d1f000000000000000000000000aaaa"
	in.Decision.Commits = []decision.Commit{{
		ID: id, Verdict: "expired-key", Author: "bcarvalhaes", Committer: "bcarvalhaes", Fingerprint: fingerprint,
		Key: "keys/bcarvalhaes.asc", Text: "The key expired on 2026-11-01, and the commit was first seen after that.",
	}}
	in.Decision.Problems = []decision.Problem{{Code: "SIG009", Commit: id}}
	return in
}

// TestCommands_expiredKeyIsExtendedAndTheCommitStays: nothing is signed again, since the extended key revives what it
// signed.
func TestCommands_expiredKeyIsExtendedAndTheCommitStays(t *testing.T) {
	fingerprint := strings.Repeat("9A", 20)
	summary := report.CheckRun(expired(t, fingerprint)).Summary
	want := "gpg --quick-set-expire " + fingerprint + " 2y\ngpg --quick-set-expire " + fingerprint +
		" 2y '*'\ngpg --armor --export-options export-minimal --export " + fingerprint + " > keys/bcarvalhaes.asc\n"
	if got := pasted(t, summary, "quick-set-expire"); got != want {
		t.Errorf("the commands are\n%s, want\n%s", got, want)
	}
	if strings.Contains(summary, "git rebase") || strings.Contains(summary, "quick-generate-key") {
		t.Errorf("a commit that needs no mend is signed again:\n%s", summary)
	}
	if s := report.CheckRun(expired(t, "SHA256:abc")).Summary; strings.Contains(s, "quick-set-expire") {
		t.Errorf("an SSH key is extended with gpg:\n%s", s)
	}
	if s := report.CheckRun(expired(t, "9A; rm -rf ~")).Summary; strings.Contains(s, "quick-set-expire") {
		t.Errorf("a fingerprint that is none is pasted:\n%s", s)
	}
}

// TestCommands_newKeyIsOfferedWhereOneIsMissing and not where the key is there.
func TestCommands_newKeyIsOfferedWhereOneIsMissing(t *testing.T) {
	for verdict, want := range map[string]bool{
		"unsigned": true, "vouched": true, "unknown-key": true, "revoked-key": true, "not-signing-key": true, "weak": true,
		"wrong-person": false, "bad": false, "malformed": false, "expired-signature": false, "unsupported": false,
	} {
		in := expired(t, "")
		in.Decision.Commits[0].Verdict = verdict
		summary := report.CheckRun(in).Summary
		if got := strings.Contains(summary, "gpg --quick-generate-key bruno@northquay.example "); got != want {
			t.Errorf("%s: a new key is offered: %v, want %v", verdict, got, want)
		}
		if !strings.Contains(summary, "git rebase --keep-base") {
			t.Errorf("%s: no commands sign it again", verdict)
		}
	}
}

// TestCommands_keysThatGPGMakes: what is pasted makes a key file with a key that signs, and extends it.
func TestCommands_keysThatGPGMakes(t *testing.T) {
	if _, err := exec.LookPath("gpg"); err != nil {
		if slices.Contains(strings.Split(os.Getenv("VIDIMUS_REQUIRE"), ","), "gpg") {
			t.Fatal("gpg is missing, and VIDIMUS_REQUIRE asks for it")
		}
		t.Skip("gpg is missing")
	}
	d := newDesk(t)
	if err := os.Remove(filepath.Join(d.home, "bin/gpg")); err != nil {
		t.Fatal(err)
	}
	home, err := os.MkdirTemp("", "k") // short, because gpg-agent's socket lies in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run() // the agent ends without its folder too
		_ = os.RemoveAll(home)
	})
	d.env = append(d.env, "GNUPGHOME="+home)
	key := func() keyring.Key {
		t.Helper()
		path := filepath.Join(d.clone, "keys/bcarvalhaes.asc")
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		keys := keyring.Read(keyring.File{Path: path, Bytes: data})
		if len(keys) != 1 {
			t.Fatalf("the file holds %d keys, want 1", len(keys))
		}
		return keys[0]
	}
	in := expired(t, "")
	in.Decision.Commits[0].Verdict = "unsigned"
	unattended := func(script string) string {
		return "mkdir -p keys\n" + strings.ReplaceAll(script, "gpg ", "gpg --batch --quiet --passphrase '' ")
	}
	d.run(d.clone, unattended(pasted(t, report.CheckRun(in).Summary, "quick-generate-key")))
	made := key()
	year := made.Created.AddDate(1, 0, 0)
	if state, why := made.At(year); state != keyring.Fit {
		t.Errorf("after a year the new key is %s (%s), want fit", state, why)
	}
	d.run(d.clone, "gpg --batch --quick-set-expire "+made.Fingerprint+" seconds=60")
	d.run(d.clone, unattended(pasted(t, report.CheckRun(expired(t, made.Fingerprint)).Summary, "quick-set-expire")))
	if extended := key(); extended.Expires().Before(made.Created.Add(700 * 24 * time.Hour)) {
		t.Errorf("the extended key expires on %v, it was made on %v", extended.Expires(), made.Created)
	}
}
