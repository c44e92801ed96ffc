package wire_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/ProtonMail/go-crypto/openpgp/armor"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/wire"
)

// sample is what the armour of the tests holds: 100 bytes, so three lines of base64.
func sample() []byte { return bytes.Repeat([]byte{0, 1, 2, 3, 250}, 20) }

// problem gives the problem and place of a wire.Error.
func problem(t *testing.T, err error) (string, int) {
	t.Helper()
	var e *wire.Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v (%T), want a *wire.Error", err, err)
	}
	return e.Problem, e.Offset
}

func TestDearmour_readsWhatGpgWrites(t *testing.T) {
	block := string(keyringtest.Armour("SIGNATURE", sample()))
	withHeaders := strings.Replace(block, "\n\n", "\nVersion: GnuPG v2\nComment: made by hand\nComment:\n\n", 1)
	lines := strings.Split(block, "\n")
	noChecksum := strings.Join(append(lines[:len(lines)-3:len(lines)-3], lines[len(lines)-2:]...), "\n")
	for name, text := range map[string]string{
		"as written": block, "without final line end": strings.TrimSuffix(block,
			"\n"), "with headers": withHeaders, "without checksum": noChecksum,
	} {
		got, err := wire.Dearmour([]byte(text), wire.LabelSignature)
		if err != nil || !bytes.Equal(got, sample()) {
			t.Errorf("%s: Dearmour = %x, %v", name, got, err)
		}
	}
}

func TestDearmour_refusesWhatTwoReadersCouldTakeDifferently(t *testing.T) {
	block := string(keyringtest.Armour("SIGNATURE", sample()))
	first := strings.Index(block, "\n\n") + 2
	sum := strings.Index(block, "\n=") + 1
	end := strings.Index(block, "-----END")
	for _, c := range []struct {
		name, text, want string
		offset           int
	}{
		{"nothing", "", "does not begin", 0},
		{"text before", "x\n" + block, "does not begin", 0},
		{"blank line before", "\n" + block, "does not begin", 0},
		{"another label", strings.ReplaceAll(block, "SIGNATURE", "MESSAGE"), "does not begin", 0},
		{"blank behind BEGIN", strings.Replace(block, "-----\n", "----- \n", 1), "does not begin", 0},
		{"carriage returns", strings.ReplaceAll(block, "\n", "\r\n"), "carriage return", 29},
		{"text after", block + "x", "something follows", len(block)},
		{"blank line after", block + "\n", "something follows", len(block)},
		{"second block", block + block, "something follows", len(block)},
		{"no empty line", strings.Replace(block, "\n\n", "\n", 1), "neither a header nor", 30},
		{"header without colon", strings.Replace(block, "\n\n", "\nVersion\n\n", 1), "neither a header nor", 30},
		{
			"header with control character", strings.Replace(block, "\n\n", "\nComment: \x1b[1m\n\n", 1),
			"neither a header nor", 30,
		},
		{
			"seventeen headers", strings.Replace(block, "\n\n", "\n"+strings.Repeat("A: b\n", 17)+"\n", 1),
			"more than 16 headers", 30 + 17*5,
		},
		{"only BEGIN", "-----BEGIN PGP SIGNATURE-----", "ends before its empty line", 29},
		{"no END", block[:end], "does not end", end},
		{"END cut", block[:end+10], "does not end", end},
		{"cut in the body", block[:first+70], "no END line", first + 70},
		{"wrong checksum", block[:sum+1] + "AAAA" + block[sum+5:], "checksum of the armour is wrong", sum},
		{"checksum of three characters", block[:sum+1] + block[sum+2:], "four characters", sum},
		{"blank in the body", block[:first+4] + " " + block[first+5:], "canonical base64", first + 4},
		{"line of 77", block[:first+64] + strings.Repeat("A", 13) + block[first+64:], "77 characters", first},
		{"ragged lines", block[:first+60] + "\n" + block[first+60:], "not of one length", first + 66},
		{"empty line in the body", block[:first+65] + "\n" + block[first+65:], "0 characters", first + 65},
		{"nothing in it", "-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n", "is empty", 31},
		{"over the limit", "-----BEGIN PGP SIGNATURE-----\n\n" + strings.Repeat("A", wire.MaxArmour), "more than", 0},
	} {
		got, offset := problem(t, second(wire.Dearmour([]byte(c.text), wire.LabelSignature)))
		if !strings.Contains(got, c.want) || offset != c.offset {
			t.Errorf("%s: Dearmour says %q at %d, want %q at %d", c.name, got, offset, c.want, c.offset)
		}
	}
}

// second drops a function's first result.
func second[T any](_ T, err error) error { return err }

func TestDearmour_unusedBitsMustBeZero(t *testing.T) {
	text := strings.Replace(string(keyringtest.Armour("SIGNATURE", []byte("x"))), "eA==", "eB==", 1)
	if got, _ := problem(t, second(wire.Dearmour([]byte(text), wire.LabelSignature))); !strings.Contains(got, "canonical") {
		t.Errorf("Dearmour says %q, want that it is not canonical", got)
	}
}

func TestDearmourSSH(t *testing.T) {
	body := base64.StdEncoding.EncodeToString(sample())
	block := "-----BEGIN SSH SIGNATURE-----\n" + body[:70] + "\n" + body[70:] + "\n-----END SSH SIGNATURE-----\n"
	got, err := wire.DearmourSSH([]byte(block))
	if err != nil || !bytes.Equal(got, sample()) {
		t.Errorf("DearmourSSH = %x, %v", got, err)
	}
	for name, text := range map[string]string{
		"two blocks": block + block, "empty line": strings.Replace(block, "-----\n", "-----\n\n",
			1), "carriage return": strings.ReplaceAll(block, "\n", "\r\n"),
		"header": strings.Replace(block, "-----\n", "-----\nA: b\n", 1), "checksum": strings.Replace(block, "-----END",
			"=AAAA\n-----END", 1),
		"PGP": string(keyringtest.Armour("SIGNATURE", sample())), "text after": block + "x",
	} {
		if _, err := wire.DearmourSSH([]byte(text)); err == nil {
			t.Errorf("%s: DearmourSSH takes it", name)
		}
	}
}

// FuzzDearmour holds that what we take go-crypto takes too, as the same bytes, and that it can be
// written again in no other way but for headers, checksum and width.
func FuzzDearmour(f *testing.F) {
	block := string(keyringtest.Armour("SIGNATURE", sample()))
	f.Add(block)
	f.Add(strings.Replace(block, "\n\n", "\nVersion: GnuPG v2\n\n", 1))
	f.Add(strings.Replace(block, "\n=", "\n=A", 1))
	f.Add(strings.ReplaceAll(block, "\n", "\r\n"))
	f.Add("-----BEGIN PGP SIGNATURE-----\n\nAAAA\n-----END PGP SIGNATURE-----")
	f.Fuzz(func(t *testing.T, text string) {
		data, err := wire.Dearmour([]byte(text), wire.LabelSignature)
		if err != nil {
			if _, offset := problem(t, err); offset < 0 || offset > len(text) {
				t.Errorf("offset %d is outside of %d bytes", offset, len(text))
			}
			return
		}
		b, err := armor.Decode(strings.NewReader(text))
		if err != nil {
			t.Fatalf("go-crypto refuses what Dearmour takes: %v", err)
		}
		other, err := io.ReadAll(b.Body)
		if err != nil || !bytes.Equal(other, data) {
			t.Errorf("go-crypto reads %x, %v, Dearmour %x", other, err, data)
		}
		body := strings.ReplaceAll(text[strings.Index(text, "\n\n")+2:], "\n", "")
		if !strings.HasPrefix(body, base64.StdEncoding.EncodeToString(data)) {
			t.Errorf("the body of %q is not the base64 of what it holds", text)
		}
	})
}

func FuzzDearmourSSH(f *testing.F) {
	body := base64.StdEncoding.EncodeToString(sample())
	f.Add("-----BEGIN SSH SIGNATURE-----\n" + body[:70] + "\n" + body[70:] + "\n-----END SSH SIGNATURE-----\n")
	f.Add("-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----")
	f.Fuzz(func(t *testing.T, text string) {
		data, err := wire.DearmourSSH([]byte(text))
		if err != nil {
			return
		}
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		if got := strings.Join(lines[1:len(lines)-1], ""); got != base64.StdEncoding.EncodeToString(data) {
			t.Errorf("the body of %q is not the base64 of what it holds", text)
		}
	})
}
