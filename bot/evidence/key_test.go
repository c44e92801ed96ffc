package evidence_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

var (
	made   = time.Date(2026, 2, 27, 8, 0, 0, 0, time.UTC)
	signed = time.Date(2026, 10, 2, 9, 47, 44, 0, time.UTC)
)

func newKey(t *testing.T, seed string) (evidence.NewKey, *evidence.Key) {
	t.Helper()
	made, err := evidence.MakeKey(evidencetest.Random(seed), "northquay/cloud-governance", made)
	if err != nil {
		t.Fatal(err)
	}
	k, err := evidence.ReadKey(made.Server)
	if err != nil {
		t.Fatal(err)
	}
	return made, k
}

func TestMakeKey_serverHoldsTheSigningSecretOnly(t *testing.T) {
	fresh, k := newKey(t, "one")
	if k.Primary() != fresh.Primary || k.Signing() == k.Primary() {
		t.Errorf("primary %s, signing %s, made with primary %s", k.Primary(), k.Signing(), fresh.Primary)
	}
	if diff := cmp.Diff([]string{k.Signing()}, k.Public().Signing()); diff != "" {
		t.Errorf("the primary may sign, too (-want +got):\n%s", diff)
	}
	if !bytes.Equal(fresh.Public, k.PublicArmour()) {
		t.Error("the public key read from the server's is not the one that was made")
	}
	entities, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(fresh.Server))
	if err != nil {
		t.Fatal(err)
	}
	if !entities[0].PrivateKey.Dummy() {
		t.Error("the server's file holds the primary's secret")
	}
	if _, err := evidence.ReadKey(fresh.Safe); err != nil {
		t.Errorf("the safe's file cannot be used after a loss: %v", err)
	}
}

func TestSign_sameDataAndTimeGiveTheSameBytes(t *testing.T) {
	_, k := newKey(t, "one")
	first, err := k.Sign([]byte("statement"), signed)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{signed, signed.In(time.FixedZone("", 3600))} {
		again, err := k.Sign([]byte("statement"), at)
		if err != nil || !bytes.Equal(first, again) {
			t.Errorf("Sign at %s = %q, %v, want %q", at, again, err, first)
		}
	}
	got, err := k.Public().Verify([]byte("statement"), first)
	want := evidence.Signer{Primary: k.Primary(), Signing: k.Signing(), At: signed}
	if err != nil || got != want {
		t.Errorf("Verify = %+v, %v, want %+v", got, err, want)
	}
}

func TestSign_refusesATimeBeforeTheKey(t *testing.T) {
	_, k := newKey(t, "one")
	if _, err := k.Sign([]byte("x"), made.Add(-time.Second)); err == nil {
		t.Error("Sign before the key was made succeeded")
	}
}

func TestVerify_everyFlippedByteIsRefused(t *testing.T) {
	_, k := newKey(t, "one")
	data := []byte(`{"format":"vidimus-ledger/1"}`)
	good, err := k.Sign(data, signed)
	if err != nil {
		t.Fatal(err)
	}
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		if _, err := k.Public().Verify(data, bad); !errors.Is(err, evidence.ErrBadSignature) {
			t.Errorf("byte %d flipped: error = %v, want ErrBadSignature", i, err)
		}
	}
	for i := range data {
		bad := bytes.Clone(data)
		bad[i] ^= 1
		if _, err := k.Public().Verify(bad, good); !errors.Is(err, evidence.ErrBadSignature) {
			t.Errorf("data byte %d flipped: error = %v, want ErrBadSignature", i, err)
		}
	}
}

func TestVerify_refusesOtherKeysAndSpellings(t *testing.T) {
	_, k := newKey(t, "one")
	_, other := newKey(t, "two")
	good, err := k.Sign([]byte("x"), signed)
	if err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]byte{
		"empty":              {},
		"text before":        append([]byte("x\n"), good...),
		"text after":         append(bytes.Clone(good), 'x'),
		"end cut":            good[:len(good)-2],
		"twice":              append(bytes.Clone(good), good...),
		"CRLF":               bytes.ReplaceAll(good, []byte("\n"), []byte("\r\n")),
		"header":             bytes.Replace(good, []byte("\n\n"), []byte("\nComment: x\n\n"), 1),
		"public key":         k.PublicArmour(),
		"over the limit":     bytes.Repeat(good, 1+evidence.MaxSignatureBytes/len(good)),
		"signed by a person": textSignature(t, packet.SigTypeText),
	} {
		if _, err := k.Public().Verify([]byte("x"), bad); !errors.Is(err, evidence.ErrBadSignature) {
			t.Errorf("%s: error = %v, want ErrBadSignature", name, err)
		}
	}
	if _, err := other.Public().Verify([]byte("x"), good); !errors.Is(err, evidence.ErrBadSignature) {
		t.Errorf("other key: error = %v, want ErrBadSignature", err)
	}
	if _, err := k.Public().Only([]string{other.Signing()}).Verify([]byte("x"), good); !errors.Is(err, evidence.ErrBadSignature) {
		t.Errorf("key that is not current: error = %v, want ErrBadSignature", err)
	}
	var none evidence.Keys
	if _, err := none.Verify([]byte("x"), good); !errors.Is(err, evidence.ErrBadSignature) {
		t.Errorf("no keys: error = %v, want ErrBadSignature", err)
	}
}

func textSignature(t *testing.T, kind packet.SignatureType) []byte {
	t.Helper()
	e, err := openpgp.NewEntity("Person", "", "", &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, Time: func() time.Time { return made }})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if kind != packet.SigTypeText {
		t.Fatalf("no signature of type %d is made here", kind)
	}
	if err := openpgp.ArmoredDetachSignText(&b, e, strings.NewReader("x"), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadKey_takesASimpleKeyAndNamesWhatIsWrong(t *testing.T) {
	private := func(change func(*openpgp.Entity), config *packet.Config) []byte {
		config.Time = func() time.Time { return made }
		e, err := openpgp.NewEntity("Simple", "", "", config)
		if err != nil {
			t.Fatal(err)
		}
		change(e)
		var b bytes.Buffer
		w, err := armor.Encode(&b, openpgp.PrivateKeyType, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.SerializePrivateWithoutSigning(w, nil); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	keep := func(*openpgp.Entity) {}
	ed25519 := &packet.Config{Algorithm: packet.PubKeyAlgoEdDSA}
	simple, err := evidence.ReadKey(private(keep, ed25519))
	if err != nil || simple.Signing() != simple.Primary() {
		t.Errorf("a key whose primary signs: %v", err)
	}
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"locked": {private(func(e *openpgp.Entity) {
			if err := e.EncryptPrivateKeys([]byte("secret"), nil); err != nil {
				t.Fatal(err)
			}
		}, ed25519), "passphrase"},
		"two signing subkeys": {private(func(e *openpgp.Entity) {
			for range 2 {
				if err := e.AddSigningSubkey(ed25519); err != nil {
					t.Fatal(err)
				}
			}
		}, ed25519), "newest"},
		"random signatures": {private(keep, &packet.Config{Algorithm: packet.PubKeyAlgoECDSA, Curve: packet.CurveNistP256}), "Ed25519"},
		"public key":        {simple.PublicArmour(), "export the signing subkey"},
		"nothing":           {nil, "no armored data"},
		"too large":         {bytes.Repeat([]byte("x"), evidence.MaxKeyBytes+1), "more than"},
	} {
		if _, err := evidence.ReadKey(c.file); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error = %v, want one that says %q", name, err, c.want)
		}
	}
}

// The signatures of the trial were made by gpg; the papers' samples must verify.
func TestVerify_takesWhatGpgMakes(t *testing.T) {
	folder := evidencetest.Shared(t, "research/evidence-examples/canonical")
	read := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	keys, err := evidence.ReadKeys(read("vidimus.asc"))
	if err != nil {
		t.Fatal(err)
	}
	got, err := keys.Verify(read("key-genesis.json"), read("key-genesis.json.asc"))
	if err != nil || got.Primary != "D3E19C0219C6AAC06BB96C2B79697B1D4FE66EEF" || got.Signing != "47A3C0739284DACE7461CFDB1079A90F1DBF3FA4" {
		t.Errorf("Verify = %+v, %v", got, err)
	}
	if _, err := keys.Verify(read("key-rotate.json"), read("key-genesis.json.asc")); !errors.Is(err, evidence.ErrBadSignature) {
		t.Errorf("another file's signature: error = %v, want ErrBadSignature", err)
	}
}

func TestMakeKey_gpgTakesKeyAndSignature(t *testing.T) {
	evidencetest.Need(t, "gpg")
	fresh, k := newKey(t, "one")
	folder := t.TempDir()
	sig, err := k.Sign([]byte("data\n"), signed)
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"public": fresh.Public, "server": fresh.Server, "data": []byte("data\n"), "data.asc": sig} {
		if err := os.WriteFile(filepath.Join(folder, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	home := gnupgHome(t)
	gpg := func(args ...string) string {
		cmd := exec.Command("gpg", append([]string{"--homedir", home, "--batch", "--status-fd", "1"}, args...)...)
		cmd.Dir = folder
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("gpg %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	gpg("--import", "public")
	if out := gpg("--verify", "data.asc", "data"); !strings.Contains(out, "VALIDSIG "+k.Signing()) || !strings.Contains(out, fresh.Primary) {
		t.Errorf("gpg --verify says:\n%s", out)
	}
	gpg("--import", "server")
	if out := gpg("--with-colons", "--list-secret-keys"); !strings.Contains(out, "sec:") || !strings.Contains(out, ":#:") {
		t.Errorf("gpg does not see the stub of the primary:\n%s", out)
	}
}

// gnupgHome is an empty home folder for gpg, short enough for its agent's socket, whose
// path has 108 bytes at most.
func gnupgHome(t *testing.T) string {
	t.Helper()
	home, err := os.MkdirTemp("", "gpg")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop := exec.Command("gpgconf", "--homedir", home, "--kill", "all")
		_ = stop.Run() // no agent was started: nothing to stop
		_ = os.RemoveAll(home)
	})
	return home
}

func TestReadKeys_refusesWhatCannotSignEvidence(t *testing.T) {
	encryptOnly := func() []byte {
		e, err := openpgp.NewEntity("Person", "", "", &packet.Config{Algorithm: packet.PubKeyAlgoECDSA, Curve: packet.CurveNistP256, Time: func() time.Time { return made }})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		w, err := armor.Encode(&b, openpgp.PublicKeyType, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Serialize(w); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	_, k := newKey(t, "one")
	for name, c := range map[string]struct {
		file []byte
		want string
	}{
		"nothing":        {nil, "read public keys"},
		"no armour":      {[]byte("hello\n"), "read public keys"},
		"a signature":    {mustSign(t, k, "x"), "read public keys"},
		"randomised key": {encryptOnly(), "no key in it may sign"},
		"too large":      {bytes.Repeat([]byte("x"), evidence.MaxKeyBytes+1), "more than"},
		"cut":            {k.PublicArmour()[:200], "read public keys"},
	} {
		if _, err := evidence.ReadKeys(c.file); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error = %v, want one that says %q", name, err, c.want)
		}
	}
}

func mustSign(t *testing.T, k *evidence.Key, data string) []byte {
	t.Helper()
	sig, err := k.Sign([]byte(data), signed)
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

func TestKeys_nameWhoMaySign(t *testing.T) {
	fresh, k := newKey(t, "one")
	keys, err := evidence.ReadKeys(fresh.Public)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{fresh.Primary}, keys.Primaries()); diff != "" {
		t.Errorf("Primaries (-want +got):\n%s", diff)
	}
	if got := keys.Only([]string{k.Signing(), "nobody"}).Signing(); len(got) != 1 || got[0] != k.Signing() {
		t.Errorf("Only(...).Signing() = %v", got)
	}
	if got := keys.Only(nil).Signing(); len(got) != 0 {
		t.Errorf("Only(nil).Signing() = %v", got)
	}
}

// A revoked key still verifies: what it proves, the position in the ledger says.
func TestVerify_tellsThatTheKeyWasRevoked(t *testing.T) {
	fresh, k := newKey(t, "one")
	sig := mustSign(t, k, "x")
	entities, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(fresh.Safe))
	if err != nil {
		t.Fatal(err)
	}
	e := entities[0]
	later := &packet.Config{Time: func() time.Time { return signed.Add(time.Hour) }}
	if err := e.RevokeSubkey(&e.Subkeys[0], packet.KeyCompromised, "lost", later); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := armor.Encode(&b, openpgp.PublicKeyType, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Serialize(w); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	keys, err := evidence.ReadKeys(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	signer, err := keys.Verify([]byte("x"), sig)
	if err != nil || !signer.Revoked || signer.Signing != k.Signing() {
		t.Errorf("Verify = %+v, %v, want it revoked", signer, err)
	}
}

func BenchmarkSign(b *testing.B) {
	fresh, err := evidence.MakeKey(evidencetest.Random("one"), "x", made)
	if err != nil {
		b.Fatal(err)
	}
	k, err := evidence.ReadKey(fresh.Server)
	if err != nil {
		b.Fatal(err)
	}
	data := bytes.Repeat([]byte("x"), 2_000)
	for b.Loop() {
		if _, err := k.Sign(data, signed); err != nil {
			b.Fatal(err)
		}
	}
}
