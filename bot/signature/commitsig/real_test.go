package commitsig_test

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
)

// gpgClock is the time that gpg was told when it judged the real commits.
var gpgClock = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

// realSets are the sets of real commits in the corpus.
func realSets() []string { return []string{"archlinux-keyring", "electrum", "openssh", "secp256k1"} }

// readBatch calls use with each commit of a set, as `git cat-file --batch` printed it.
func readBatch(t testing.TB, set string, use func(id string, raw []byte)) {
	t.Helper()
	f, err := os.Open(filepath.Join(corpus, "real", set, "commits.batch.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(unzipped)
	for {
		var id string
		var size int
		_, err := fmt.Fscanf(r, "%s commit %d\n", &id, &size)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		raw := make([]byte, size+1)
		if _, err := io.ReadFull(r, raw); err != nil {
			t.Fatal(err)
		}
		use(id, raw[:size])
	}
}

// reading is one real commit with both verdicts on it.
type reading struct {
	set, id string
	gpg     map[string]string
	ours    commitsig.Verdict
}

// agrees tells whether both say the same: gpg's letters are git's %G?.
func (r reading) agrees() bool {
	words := map[string]commitsig.Word{
		"G": commitsig.Good, "U": commitsig.Good, "Y": commitsig.ExpiredKey, "R": commitsig.RevokedKey,
		"X": commitsig.ExpiredSignature, "B": commitsig.Bad, "E": commitsig.UnknownKey, "N": commitsig.Unsigned,
	}
	return words[r.gpg["gpg_status"]] == r.ours.Word
}

// class names the reason why both differ, "" for none that is accepted.
func (r reading) class() string {
	status, words, kind := r.gpg["gpg_status"], r.gpg["gpg_keywords"], r.gpg["signature"]
	switch word := r.ours.Word; {
	case word == commitsig.Weak && strings.Contains("UY", status):
		return "weak: SHA-1 in the signature or in the key's own, DSA"
	case word == commitsig.RevokedKey && strings.Contains(words, "KEYREVOKED"):
		return "revoked: gpg tells the expiry first"
	case word == commitsig.UnknownKey && strings.HasPrefix(kind, "SSH") && !strings.Contains(words, " for "):
		return "SSH: the key is in no file"
	case word == commitsig.Malformed && strings.Contains(r.ours.Text, "something follows after the armour"):
		return "malformed: an OpenTimestamps block behind the armour, which gpg passes over"
	case word == commitsig.Unsupported && kind == "X.509":
		return "unsupported: X.509"
	}
	return ""
}

// sameKey tells whether the verdict names gpg's key, where both name one.
func (r reading) sameKey() bool {
	signing := r.ours.Subkey
	if signing == "" {
		signing = r.ours.Fingerprint
	}
	if r.ours.Fingerprint == "" || r.gpg["gpg_fingerprint"] == "" {
		return true
	}
	primary := r.gpg["gpg_primary"]
	return signing == r.gpg["gpg_fingerprint"] && (primary == "" || primary == r.ours.Fingerprint)
}

func TestVerify_agreesWithGPGOnRealCommits(t *testing.T) {
	needCorpus(t)
	counts := map[string]int{}
	for _, set := range realSets() {
		for _, r := range readSet(t, set) {
			class := "agrees"
			if !r.agrees() {
				class = r.class()
			}
			counts[class]++
			if class == "" {
				t.Errorf("%s %s: Judge = %s (%s), gpg says %v", set, r.id, r.ours.Word, r.ours.Text, r.gpg)
			}
			if !r.sameKey() {
				t.Errorf("%s %s: key %s %s, gpg says %v", set, r.id, r.ours.Fingerprint, r.ours.Subkey, r.gpg)
			}
			if want := r.gpg["sig_created"]; r.ours.Format == keyring.OpenPGP && want != "" && !r.ours.Created.IsZero() &&
				strconv.FormatInt(r.ours.Created.Unix(), 10) != want {
				t.Errorf("%s %s: made at %v, want %s", set, r.id, r.ours.Created, want)
			}
		}
	}
	for class, n := range counts {
		t.Logf("%5d %s", n, class)
	}
	if counts["agrees"] < 5800 {
		t.Errorf("%d of 6,091 commits agree, want 5,800: is the corpus whole?", counts["agrees"])
	}
}

// readSet judges all commits of a set at gpg's clock, whoever made them.
func readSet(t *testing.T, set string) []reading {
	t.Helper()
	ring, _ := keyring.New(readKeys(t, filepath.Join(corpus, "real", set, "keys")), nil)
	gpg := map[string]map[string]string{}
	for _, row := range readTable(t, filepath.Join(corpus, "real", set, "verdicts.tsv")) {
		gpg[row["commit"]] = row
	}
	var readings []reading
	readBatch(t, set, func(id string, raw []byte) {
		if got := commitsig.ObjectID(raw, commitsig.SHA1); got != id {
			t.Fatalf("ObjectID = %s, want %s", got, id)
		}
		terms := commitsig.Terms{Seen: gpgClock, Clock: commitsig.AsOf, AnyPerson: true}
		readings = append(readings, reading{set: set, id: id, gpg: gpg[id], ours: commitsig.Judge(raw, ring, terms)})
	})
	return readings
}
