package webflow_test

import (
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"github.com/vidimus-bot/vidimus/bot/githubsim/webflow"
)

func now() time.Time { return time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC) }

func hostKey(t *testing.T) *webflow.Key {
	t.Helper()
	key, err := webflow.Open(filepath.Join(t.TempDir(), "key"), now())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// user is a key of a user as an entity and as it is uploaded.
func user(t *testing.T, email string, lifetime time.Duration) (*openpgp.Entity, *webflow.UserKey) {
	t.Helper()
	config := &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, Time: now, KeyLifetimeSecs: uint32(lifetime / time.Second)}
	entity, err := openpgp.NewEntity("Ada", "", email, config)
	if err != nil {
		t.Fatal(err)
	}
	key, err := webflow.ParseUserKey(armoured(t, openpgp.PublicKeyType, entity.Serialize))
	if err != nil {
		t.Fatal(err)
	}
	return entity, key
}

func armoured(t *testing.T, kind string, write func(w io.Writer) error) string {
	t.Helper()
	var text bytes.Buffer
	w, err := armor.Encode(&text, kind, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := write(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func sign(t *testing.T, entity *openpgp.Entity, payload string) string {
	t.Helper()
	var signature bytes.Buffer
	if err := openpgp.ArmoredDetachSign(&signature, entity, strings.NewReader(payload), &packet.Config{Time: now}); err != nil {
		t.Fatal(err)
	}
	return signature.String()
}

func TestKey_isKeptAndSigns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "key")
	first, err := webflow.Open(path, now())
	if err != nil {
		t.Fatal(err)
	}
	second, err := webflow.Open(path, now().Add(time.Hour))
	if err != nil || first.Public() != second.Public() {
		t.Fatalf("the key is another one after it was opened again, or %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file is %v, %v, want its owner's alone", info.Mode(), err)
	}
	signature, err := first.Sign([]byte("payload"), now())
	if err != nil {
		t.Fatal(err)
	}
	ring, err := openpgp.ReadArmoredKeyRing(strings.NewReader(second.Public()))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openpgp.CheckArmoredDetachedSignature(ring, strings.NewReader("payload"), strings.NewReader(signature), &packet.Config{Time: now}); err != nil {
		t.Errorf("the signature does not verify: %v", err)
	}
	if err := os.WriteFile(path, []byte("nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := webflow.Open(path, now()); err == nil {
		t.Error("Open took a file that is no key")
	}
}

func TestJudge_everyReason(t *testing.T) {
	host := hostKey(t)
	entity, key := user(t, "ada@example.com", 0)
	short, shortKey := user(t, "ada@example.com", time.Minute)
	owner := &webflow.Owner{Keys: []*webflow.UserKey{key, shortKey}}
	byHost, err := host.Sign([]byte("payload"), now())
	if err != nil {
		t.Fatal(err)
	}
	good := sign(t, entity, "payload")
	for name, test := range map[string]struct {
		signature, payload, email string
		owner                     *webflow.Owner
		at                        time.Time
		want                      webflow.Reason
	}{
		"host":              {byHost, "payload", "noreply@github.com", nil, now(), webflow.Valid},
		"host, other bytes": {byHost, "Payload", "noreply@github.com", nil, now(), webflow.Invalid},
		"user":              {good, "payload", "ada@example.com", owner, now(), webflow.Valid},
		"user, other bytes": {good, "payloaD", "ada@example.com", owner, now(), webflow.Invalid},
		"address in case":   {good, "payload", "ADA@example.com", owner, now(), webflow.Valid},
		"unsigned":          {"", "payload", "ada@example.com", owner, now(), webflow.Unsigned},
		"ssh":               {"-----BEGIN SSH SIGNATURE-----\nx\n-----END SSH SIGNATURE-----", "payload", "ada@example.com", owner, now(), webflow.UnknownSignature},
		"torn":              {strings.Replace(good, "=", "", 1)[:80], "payload", "ada@example.com", owner, now(), webflow.Malformed},
		"nobody's address":  {good, "payload", "x@example.com", nil, now(), webflow.NoUser},
		"without keys":      {good, "payload", "ada@example.com", &webflow.Owner{}, now(), webflow.UnknownKey},
		"not on the key":    {good, "payload", "other@example.com", owner, now(), webflow.BadEmail},
		"expired key":       {sign(t, short, "payload"), "payload", "ada@example.com", owner, now().Add(time.Hour), webflow.ExpiredKey},
		"before it expired": {sign(t, short, "payload"), "payload", "ada@example.com", owner, now().Add(time.Second), webflow.Valid},
		"from the future":   {good, "payload", "ada@example.com", owner, now().Add(-time.Hour), webflow.Valid},
	} {
		t.Run(name, func(t *testing.T) {
			got := host.Judge(webflow.Commit{Signature: test.signature, Payload: []byte(test.payload), Email: test.email}, test.owner, test.at)
			if got != test.want {
				t.Errorf("Judge = %s, want %s", got, test.want)
			}
		})
	}
}

func TestParseUserKey_refusals(t *testing.T) {
	entity, _ := user(t, "ada@example.com", 0)
	private := armoured(t, openpgp.PrivateKeyType, func(w io.Writer) error { return entity.SerializePrivate(w, nil) })
	two := armoured(t, openpgp.PublicKeyType, func(w io.Writer) error {
		other, _ := user(t, "b@example.com", 0)
		if err := other.Serialize(w); err != nil {
			return err
		}
		return entity.Serialize(w)
	})
	for name, text := range map[string]string{
		"nothing": "", "text": "hello", "private": private, "two keys": two, "too long": strings.Repeat("x", 300<<10),
	} {
		if key, err := webflow.ParseUserKey(text); err == nil {
			t.Errorf("%s: ParseUserKey = %v, want an error", name, key)
		}
	}
}

func TestDetails_ofAKey(t *testing.T) {
	entity, key := user(t, "ada@example.com", 24*time.Hour)
	d := key.Details()
	if d.KeyID != entity.PrimaryKey.KeyIdString() || !slices.Equal(d.Emails, []string{"ada@example.com"}) || !d.Created.Equal(now()) || !d.Expires.Equal(now().Add(24*time.Hour)) || !d.Signs || d.Encrypt {
		t.Errorf("Details = %+v", d)
	}
	if len(d.Subkeys) != 1 || !d.Subkeys[0].Encrypt || d.Subkeys[0].Signs || len(d.Packets) == 0 {
		t.Errorf("subkeys = %+v", d.Subkeys)
	}
}

// GitHub's own signatures on real commits, judged with GitHub's own published keys as a user's.
func TestJudge_realCommits(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "..", "shared", "github")
	data, err := os.ReadFile(filepath.Join(dir, "signature-vectors.json"))
	if err != nil {
		if slices.Contains(strings.Split(os.Getenv("VIDIMUS_REQUIRE"), ","), "shared") {
			t.Fatal(err)
		}
		t.Skip("GitHub's signature vectors (../shared/github) are absent")
	}
	ring, err := os.ReadFile(filepath.Join(dir, "web-flow.asc"))
	if err != nil {
		t.Fatal(err)
	}
	owner, host := &webflow.Owner{}, hostKey(t)
	const begin = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
	for _, block := range strings.Split(string(ring), begin)[1:] {
		key, err := webflow.ParseUserKey(begin + block)
		if err != nil {
			t.Fatal(err)
		}
		owner.Keys = append(owner.Keys, key)
	}
	var vectors []struct {
		Payload   string
		Signature string
	}
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	counts := map[webflow.Reason]int{}
	for _, v := range vectors {
		commit := webflow.Commit{Signature: v.Signature, Payload: []byte(v.Payload), Email: "noreply@github.com"}
		reason := host.Judge(commit, owner, committed(t, v.Payload))
		counts[reason]++
		if reason != webflow.Valid {
			continue
		}
		commit.Payload = append(commit.Payload, '!')
		if got := host.Judge(commit, owner, committed(t, v.Payload)); got == webflow.Valid {
			t.Error("a commit with another byte is valid too")
		}
	}
	if counts[webflow.Valid] < 80 || counts[webflow.Valid]+counts[webflow.UnknownKey]+counts[webflow.UnknownSignature] != len(vectors) {
		t.Errorf("reasons = %v of %d, want most valid and the others by keys that are not GitHub's", counts, len(vectors))
	}
}

// committed is the date of the committer in a commit's payload.
func committed(t *testing.T, payload string) time.Time {
	t.Helper()
	_, line, found := strings.Cut(payload, "\ncommitter ")
	line, _, _ = strings.Cut(line, "\n")
	words := strings.Fields(line)
	if !found || len(words) < 3 {
		t.Fatalf("payload without committer: %.100q", payload)
	}
	var seconds int64
	for _, c := range words[len(words)-2] {
		seconds = seconds*10 + int64(c-'0')
	}
	return time.Unix(seconds, 0).UTC()
}
