package commitsig_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// sealed is a commit object, truly signed as it stands: whatever is odd in it, its owner signed it.
func (f fort) sealed(payload string) []byte {
	return keyringtest.Signed([]byte(payload), keyringtest.Armour("SIGNATURE", f.key.Sign([]byte(payload), now())), "gpgsig")
}

// objectAttacks are commits that are odd and truly signed: the signature must not make up for it.
func objectAttacks(f fort) []attack {
	plain := string(f.payload)
	edit := func(old, with string) []byte { return f.sealed(strings.Replace(plain, old, with, 1)) }
	header := func(line string) []byte { return edit("\n\nWording", "\n"+line+"\n\nWording") }
	message := func(text string) []byte { return edit("Wording\n", text) }
	author := "author " + alice + " 1780315200 +0000\n"
	id := strings.Repeat("4b", 20)
	return []attack{
		{"ordinary", f.sealed(plain), commitsig.Good, ""},
		{"two authors", edit(author, author+author), commitsig.Malformed, "git reads the first"},
		{"no author", edit(author, ""), commitsig.Malformed, "git does not ask"},
		{"a second author behind the committer", header(strings.TrimSpace(author)), commitsig.Malformed, "git reads the first"},
		{"a second committer", header("committer " + bob + " 1780315200 +0000"), commitsig.Malformed, "git reads the first"},
		{"a second tree", header("tree " + id), commitsig.Malformed, "git reads the first"},
		{"a parent behind the committer", header("parent " + id), commitsig.Malformed, "git stops at the author"},
		{"a parent of 39 digits", edit("parent ", "parent "+id[1:]+"\nparent "), commitsig.Malformed, ""},
		{"a parent of capitals", edit("parent ", "parent "+strings.ToUpper(id)+"\nparent "), commitsig.Malformed, "git takes capitals"},
		{"a parent of the other object format", edit("parent ", "parent "+strings.Repeat("4b", 32)+"\nparent "), commitsig.Malformed, ""},
		{"the same parent twice", edit("parent ", "parent "+parent+"\nparent "), commitsig.Good, ""},
		{"the tree behind the parents", f.sealed(strings.Join([]string{
			strings.Split(plain, "\n")[1],
			strings.Split(plain, "\n")[0], strings.Join(strings.Split(plain, "\n")[2:], "\n"),
		}, "\n")), commitsig.Malformed, ""},
		{"a tag's header", header("tagger " + alice + " 1780315200 +0000"), commitsig.Good, ""},
		{"an unknown header", header("x-reviewed-by nobody"), commitsig.Good, ""},
		{"an unknown header before the committer", edit("committer ", "x-trust yes\ncommitter "), commitsig.Malformed, "git passes it over"},
		{"a header with folded lines", header("x-note one\n two\n \n three"), commitsig.Good, ""},
		{"a folded line that looks like a signature", header("x-note one\n gpgsig -----BEGIN PGP SIGNATURE-----"), commitsig.Good, ""},
		{"a header without a value", header("x-note"), commitsig.Malformed, "git passes it over"},
		{"a header line of a blank", header(" x"), commitsig.Malformed, "git takes it for a folded line"},
		{"a tag inside, with its own signature", header("mergetag object " + id + "\n type commit\n tag v1\n tagger " + bob + " 1780315200 +0000\n \n text\n -----BEGIN PGP SIGNATURE-----\n \n AA==\n -----END PGP SIGNATURE-----"), commitsig.Good, ""},
		{"two tags inside", header("mergetag object " + id + "\n \n a\nmergetag object " + id + "\n \n b"), commitsig.Good, ""},
		{"an encoding", header("encoding ISO-8859-1"), commitsig.Good, ""},
		{"two encodings", header("encoding ISO-8859-1\nencoding UTF-8"), commitsig.Malformed, "git reads the first"},
		{"no message", edit("Wording\n", ""), commitsig.Good, ""},
		{"no line end behind the message", edit("Wording\n", "Wording"), commitsig.Good, ""},
		{"a message of blank lines", message("\n\n\n"), commitsig.Good, ""},
		{"a NUL in the message", message("Wording\x00, and more\n"), commitsig.Malformed, "git shows what stands before it"},
		{"a NUL at the end", message("Wording\n\x00"), commitsig.Malformed, "git shows what stands before it"},
		{"a NUL in the author's name", edit("Alice <", "Alice\x00 <"), commitsig.Malformed, ""},
		{"carriage returns in the headers", edit(" +0000\n", " +0000\r\n"), commitsig.Malformed, "git does not ask"},
		{"an armour in the message", message("Wording\n\n-----BEGIN PGP SIGNATURE-----\n\nAA==\n-----END PGP SIGNATURE-----\n"), commitsig.Malformed, "git looks at headers only"},
		{"an SSH armour in the message", message("-----BEGIN SSH SIGNATURE-----\n"), commitsig.Malformed, "git looks at headers only"},
		{"a quoted armour in the message", message("> -----BEGIN PGP SIGNATURE-----\n"), commitsig.Good, ""},
		{"an armour named in a sentence", message("it says -----BEGIN PGP SIGNATURE----- there\n"), commitsig.Good, ""},
		{"a key's armour in the message", message("-----BEGIN PGP PUBLIC KEY BLOCK-----\n"), commitsig.Good, ""},
		{"a signature header in the message", message("gpgsig -----BEGIN PGP SIGNATURE-----\n"), commitsig.Malformed, "git looks at headers only"},
		{"two addresses of the committer", edit("committer Alice <", "committer Bob <bob@example.org> Alice <"), commitsig.Malformed, "git takes one"},
		{"no address of the committer", edit("committer Alice <alice@example.org>", "committer Alice"), commitsig.Malformed, ""},
		{"an address without its end", edit("committer Alice <alice@example.org>", "committer Alice <alice@example.org"), commitsig.Malformed, ""},
		{"a blank in the address", edit("committer Alice <alice@example.org>", "committer Alice <alice@example.org >"), commitsig.WrongPerson, "gpg knows no persons"},
		{"a time below zero", edit("1780315200", "-1"), commitsig.Malformed, "git does not ask"},
		{"a time past the year 9999", edit("1780315200", "999999999999"), commitsig.Malformed, "git does not ask"},
		{"a time in hexadecimal", edit("1780315200", "0x6a1d6e40"), commitsig.Malformed, "git does not ask"},
		{"no zone", edit("1780315200 +0000", "1780315200"), commitsig.Malformed, "git does not ask"},
		{"a zone without its sign", edit("1780315200 +0000", "1780315200 0000"), commitsig.Malformed, "git does not ask"},
		{"a zone of seven digits", edit("1780315200 +0000", "1780315200 +0000000"), commitsig.Good, ""},
		{"a committer's name of 5,000 letters", edit("committer Alice", "committer "+strings.Repeat("A", 5000)), commitsig.Malformed, "git does not count"},
		{"257 parents", edit("parent ", strings.Repeat("parent "+id+"\n", 256)+"parent "), commitsig.Malformed, "git does not count"},
		{"2,000 headers", header(strings.Repeat("x-note y\n", 1999) + "x-note y"), commitsig.Malformed, "git does not count"},
		{"a message that turns the reading direction", message("Wording \u202egnidroW\n"), commitsig.Good, ""},
		{"a message that is no UTF-8", message("Wording \xff\xfe\n"), commitsig.Good, ""},
	}
}

func TestVerify_oddCommitsTrulySigned(t *testing.T) {
	f := newFort(t, "ed25519")
	attacks := objectAttacks(f)
	for _, a := range attacks {
		if a.name != "ordinary" && bytes.Equal(a.raw, attacks[0].raw) && a.want != commitsig.Good {
			t.Errorf("%s: nothing was changed", a.name)
		}
	}
	checkAttacks(t, f.ring, attacks)
}

// placeAttacks put a true signature where it should not stand, or with another beside it.
func placeAttacks(f fort) []attack {
	plain := string(f.payload)
	armour := keyringtest.Armour("SIGNATURE", f.key.Sign(f.payload, now()))
	stranger := keyringtest.Armour("SIGNATURE", f.other.Sign(f.payload, now()))
	signed := keyringtest.Signed(f.payload, armour, "gpgsig")
	at := func(before, name string) []byte {
		return []byte(strings.Replace(plain, before, string(headerOf(name, armour))+before, 1))
	}
	with := func(raw []byte, before string, header []byte) []byte {
		return []byte(strings.Replace(string(raw), before, string(header)+before, 1))
	}
	return []attack{
		{"ordinary", signed, commitsig.Good, ""},
		{"before the author", at("author ", "gpgsig"), commitsig.Good, ""},
		{"before the parent", at("parent ", "gpgsig"), commitsig.Good, ""},
		{"before the tree", at("tree ", "gpgsig"), commitsig.Malformed, ""},
		{"a header that was signed is gone", []byte(strings.Replace(string(f.sealed(strings.Replace(plain, "\n\n", "\nx-note y\n\n", 1))), "x-note y\n", "", 1)), commitsig.Bad, ""},
		{"named GPGSIG", at("\nWording", "GPGSIG"), commitsig.Unsigned, ""},
		{"named gpgsig-sha256", at("\nWording", "gpgsig-sha256"), commitsig.Unsigned, ""},
		{"named gpgsig-sha512", at("\nWording", "gpgsig-sha512"), commitsig.Malformed, ""},
		{"named gpgsigs", at("\nWording", "gpgsigs"), commitsig.Malformed, ""},
		{"named signature", at("\nWording", "signature"), commitsig.Unsigned, ""},
		{"two blanks behind the name", bytes.Replace(signed, []byte("gpgsig -"), []byte("gpgsig  -"), 1), commitsig.Malformed, ""},
		{"twice", with(signed, "\nWording", headerOf("gpgsig", armour)), commitsig.Malformed, ""},
		{"a stranger's behind it", with(signed, "\nWording", headerOf("gpgsig", stranger)), commitsig.Malformed, ""},
		{"a stranger's before it", with(signed, "author ", headerOf("gpgsig", stranger)), commitsig.Malformed, ""},
		{"a stranger's gpgsig-sha256 beside it", with(signed, "\nWording", headerOf("gpgsig-sha256", stranger)), commitsig.Malformed, "git leaves it out"},
		{"a hidden header beside it", with(signed, "\nWording", []byte("gpgsig-note look here\n")), commitsig.Malformed, "git leaves it out"},
		{"a hidden header with folded lines", with(signed, "\nWording", []byte("gpgsig-note look\n here\n")), commitsig.Malformed, "git leaves it out"},
		{"a header in between that nobody signed", with(signed, "\nWording", []byte("x-note y\n")), commitsig.Bad, ""},
		{"a tag inside that nobody signed", with(signed, "\nWording", []byte("mergetag object x\n")), commitsig.Bad, ""},
		{"folded with a tab", bytes.Replace(signed, []byte("\n ="), []byte("\n\t="), 1), commitsig.Malformed, ""},
		{"not folded", []byte(strings.Replace(string(signed), "\n ", "\n", 3)), commitsig.Malformed, ""},
		{"empty", bytes.Replace(signed, headerOf("gpgsig", armour), []byte("gpgsig \n"), 1), commitsig.Malformed, ""},
		{"of folded blanks", bytes.Replace(signed, headerOf("gpgsig", armour), []byte("gpgsig \n \n \n"), 1), commitsig.Malformed, ""},
		{"from another commit", bytes.Replace(signed, []byte("Wording"), []byte("Other wording"), 1), commitsig.Bad, ""},
	}
}

// headerOf is a signature header with that name.
func headerOf(name string, armoured []byte) []byte {
	return fmt.Appendf(nil, "%s %s\n", name, strings.ReplaceAll(strings.TrimSuffix(string(armoured), "\n"), "\n", "\n "))
}

func TestVerify_whereASignatureStands(t *testing.T) {
	f := newFort(t, "ed25519")
	checkAttacks(t, f.ring, placeAttacks(f))
}

// TestVerify_sha256CommitsAlike: in a repository of SHA-256 the other header is the commit's.
func TestVerify_sha256CommitsAlike(t *testing.T) {
	f := newFort(t, "ed25519")
	c := by(alice, alice)
	c.Tree, c.Parents = strings.Repeat("4b", 32), []string{strings.Repeat("1f", 32)}
	f.payload = c.Payload()
	armour := keyringtest.Armour("SIGNATURE", f.key.Sign(f.payload, now()))
	stranger := headerOf("gpgsig", keyringtest.Armour("SIGNATURE", f.other.Sign(f.payload, now())))
	good := keyringtest.Signed(f.payload, armour, "gpgsig-sha256")
	mixed := slices.Clone(c.Parents)
	c.Parents = append(mixed, parent)
	checkAttacks(t, f.ring, []attack{
		{"the header of this format", good, commitsig.Good, ""},
		{"the header of the other", keyringtest.Signed(f.payload, armour, "gpgsig"), commitsig.Unsigned, ""},
		{"both", bytes.Replace(good, []byte("\nWording"), append(stranger, "\nWording"...), 1), commitsig.Malformed, ""},
		{"a parent of the other format", keyringtest.Signed(c.Payload(), armour, "gpgsig-sha256"), commitsig.Malformed, ""},
	})
}
