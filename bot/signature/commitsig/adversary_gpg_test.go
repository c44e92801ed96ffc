package commitsig_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
)

// bench is a repository and a gpg that has Alice's key only and the clock of these tests.
type bench struct {
	t    *testing.T
	home string
	env  []string
}

// newBench skips the test where a program is missing, and fails it when VIDIMUS_REQUIRE names the program.
func newBench(t *testing.T, key []byte) *bench {
	t.Helper()
	for _, program := range []string{"git", "gpg"} {
		if _, err := exec.LookPath(program); err != nil {
			if slices.Contains(strings.Split(os.Getenv("VIDIMUS_REQUIRE"), ","), program) {
				t.Fatalf("%s is missing, and VIDIMUS_REQUIRE asks for it", program)
			}
			t.Skipf("%s is missing", program)
		}
	}
	home, err := os.MkdirTemp("", "v") // short, because gpg-agent's socket lies in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run() // the agent ends without its folder too
		_ = os.RemoveAll(home)
	})
	b := &bench{t: t, home: home, env: append(os.Environ(), "GNUPGHOME="+home, "HOME="+home, "GIT_CONFIG_NOSYSTEM=1", "LC_ALL=C")}
	clock := "faked-system-time " + seen.Format("20060102T150405") + "!\n"
	if err := os.WriteFile(filepath.Join(home, "gpg.conf"), []byte(clock), 0o600); err != nil {
		t.Fatal(err)
	}
	b.run(key, "gpg", "--batch", "--quiet", "--import")
	b.run(nil, "git", "init", "--quiet", home)
	return b
}

// run gives a program its input, and tells whether it ended well.
func (b *bench) run(stdin []byte, program string, args ...string) (out string, ok bool) {
	c := exec.Command(program, args...)
	c.Dir, c.Env, c.Stdin = b.home, b.env, bytes.NewReader(stdin)
	text, err := c.CombinedOutput()
	return string(text), err == nil
}

// takes tells whether `git verify-commit` accepts the object.
func (b *bench) takes(raw []byte) (said string, takes bool) {
	b.t.Helper()
	id, ok := b.run(raw, "git", "hash-object", "-t", "commit", "-w", "--stdin", "--literally")
	if !ok {
		b.t.Fatalf("git hash-object: %s", id)
	}
	return b.run(nil, "git", "verify-commit", "--raw", strings.TrimSpace(id))
}

// compareWithGPG holds the law: what gpg refuses is never good here, but where younger is set, what gpg 2.2 is too old
// for. What gpg takes and is refused here stands in the tables with its reason.
func compareWithGPG(t *testing.T, f fort, attacks []attack, younger ...string) {
	t.Helper()
	if testing.Short() {
		t.Skip("each case starts gpg")
	}
	b := newBench(t, f.file)
	for _, a := range attacks {
		said, takes := b.takes(a.raw)
		good := commitsig.Verify(a.raw, f.ring, seen).Word == commitsig.Good
		switch {
		case good && !takes && !slices.Contains(younger, a.name):
			t.Errorf("%s: Verify = good, but git verify-commit refuses it:\n%s", a.name, said)
		case !good && takes && a.gpgTakes == "":
			t.Errorf("%s: git verify-commit takes it, and the table does not say why:\n%s", a.name, said)
		case !takes && a.gpgTakes != "":
			t.Errorf("%s: the table says that gpg takes it (%s), but it refuses:\n%s", a.name, a.gpgTakes, said)
		}
	}
}

func TestVerify_neverGoodWhereGPGRefuses(t *testing.T) {
	t.Run("Ed25519", func(t *testing.T) {
		f := newFort(t, "ed25519")
		compareWithGPG(t, f, slices.Concat(subpacketAttacks(f), kindAttacks(f), valueAttacks(f), packetAttacks(f), armourAttacks(f)))
	})
	t.Run("objects", func(t *testing.T) {
		f := newFort(t, "ed25519")
		compareWithGPG(t, f, slices.Concat(objectAttacks(f), placeAttacks(f)))
	})
	for _, kind := range []string{"ed25519", "p256", "p384", "p521", "rsa2048"} {
		t.Run("digests of "+kind, func(t *testing.T) {
			f := newFort(t, kind)
			compareWithGPG(t, f, digestAttacks(f, kind), "ed25519 with SHA3-256", "ed25519 with SHA3-512")
		})
	}
}
