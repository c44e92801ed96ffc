package keyring_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// roster is two people, as .vidimus.yml would name them.
func roster() []keyring.Person {
	return []keyring.Person{
		{
			Slug: "alice", GitHub: 101, Login: "alice-nq", Name: "Alice",
			Emails: []string{"alice@example.org", "Alice@Home.example"},
		},
		{
			Slug: "bob", GitHub: 102, Login: "bob-nq", Name: "Bob",
			Emails: []string{"bob@example.org", "101+old@users.noreply.github.com", "999+bob@users.noreply.github.com"},
		},
	}
}

// rules lists the findings as "rule severity path".
func rules(findings []document.Finding) []string {
	var got []string
	for _, f := range findings {
		got = append(got, fmt.Sprintf("%s %s %s", f.Rule, f.Severity, f.Path))
	}
	return got
}

func TestPersonOf_comparesAddresses(t *testing.T) {
	ring, findings := keyring.New(nil, roster())
	if len(findings) != 0 {
		t.Errorf("findings = %v, want none", findings)
	}
	for address, want := range map[string]string{
		"alice@example.org":                               "alice",
		"ALICE@EXAMPLE.ORG":                               "alice",
		"alice@home.example":                              "alice",
		"102+bob-nq@users.noreply.github.com":             "bob",
		"102+anything@USERS.noreply.github.com":           "bob",
		"101+old@users.noreply.github.com":                "alice", // the account's, whoever else lists it
		"999+bob@users.noreply.github.com":                "bob",
		"alice-nq@users.noreply.github.com":               "",
		"103+alice-nq@users.noreply.github.com":           "",
		"+alice-nq@users.noreply.github.com":              "",
		"101@users.noreply.github.com":                    "",
		"0x65+alice-nq@users.noreply.github.com":          "",
		"99999999999999999999+a@users.noreply.github.com": "",
		"alice@example.org.":                              "",
		"\u0430lice@example.org":                          "",
		"alice@example.org ":                              "",
		"":                                                "",
	} {
		p, found := ring.PersonOf(address)
		if p.Slug != want || found != (want != "") {
			t.Errorf("PersonOf(%q) = %q, %v, want %q", address, p.Slug, found, want)
		}
	}
}

func TestNew_addressOfTwoPeopleIsNobodys(t *testing.T) {
	people := append(roster(), keyring.Person{
		Slug: "carol", GitHub: 102, Name: "Carol",
		Emails: []string{"BOB@example.org"},
	})
	ring, findings := keyring.New(nil, people)
	want := []string{"KEY008 block .vidimus.yml", "KEY008 block .vidimus.yml"}
	if diff := cmp.Diff(want, rules(findings)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	for _, address := range []string{"bob@example.org", "102+x@users.noreply.github.com"} {
		if p, found := ring.PersonOf(address); found {
			t.Errorf("PersonOf(%q) = %s, want nobody", address, p.Slug)
		}
	}
}

func TestZeroRing_knowsNobody(t *testing.T) {
	var ring keyring.Ring
	if got := ring.Named("", 1); len(got) != 0 {
		t.Errorf("Named = %v, want none", got)
	}
	if _, found := ring.PersonOf("alice@example.org"); found {
		t.Error("PersonOf finds somebody in the zero ring")
	}
	if _, found := ring.Person("alice"); found || ring.Digest() != "" || ring.Keys() != nil || ring.Expiring(made) != nil {
		t.Error("the zero ring holds something")
	}
}

func TestNamed_findsByFingerprintAndID(t *testing.T) {
	k, s := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made)
	file := keyring.File{Path: "keys/alice.asc", Bytes: keyringtest.Armour(block, k.Primary(), keyringtest.UserID(userID),
		k.Certify(k, userID, signing(made)), s.Sub(), k.Bind(s, keyringtest.Says{Made: made, Flags: []byte{2}, Back: s}))}
	pub := keyringtest.NewSSHKey(t, "ed25519")
	ring, findings := keyring.New([]keyring.File{file, {Path: "keys/bob.pub", Bytes: pub.File()}}, roster())
	if len(findings) != 0 {
		t.Errorf("findings = %v, want none", findings)
	}
	for _, c := range []struct {
		fingerprint string
		id          uint64
		want        string
	}{
		{k.Fingerprint(), 0, "alice"},
		{"", k.ID(), "alice"},
		{s.Fingerprint(), 0, "alice"},
		{"", s.ID(), "alice"},
		{pub.Fingerprint(), 0, "bob"},
		{"", 4711, ""},
		{strings.ToLower(k.Fingerprint()), 0, ""},
		{k.Fingerprint()[:16], k.ID(), ""},
	} {
		var got string
		for _, found := range ring.Named(c.fingerprint, c.id) {
			got += found.Slug
			if found.Role != keyring.RolePerson {
				t.Errorf("Named(%q, %X): role %q, want person", c.fingerprint, c.id, found.Role)
			}
		}
		if got != c.want {
			t.Errorf("Named(%q, %X) = %q, want %q", c.fingerprint, c.id, got, c.want)
		}
	}
	if got := ring.Named(s.Fingerprint(), 0)[0]; got.Primary != k.Fingerprint() || got.ID != fmt.Sprintf("%016X", s.ID()) {
		t.Errorf("subkey = %s under %s, want %016X under %s", got.ID, got.Primary, s.ID(), k.Fingerprint())
	}
}

func TestNew_reservedNamesAreNoPeople(t *testing.T) {
	host, bot, stray := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made),
		keyringtest.NewKey(t, "ed25519", made)
	ring, findings := keyring.New([]keyring.File{
		{Path: "keys/web-flow.asc", Bytes: host.File("GitHub", made)},
		{Path: "keys/vidimus.asc", Bytes: bot.File("Vidimus", made)},
		{Path: "keys/stray.asc", Bytes: stray.File("Stray", made)},
	}, append(roster(), keyring.Person{Slug: "web-flow"}, keyring.Person{Slug: "vidimus"}))
	if diff := cmp.Diff([]string{"KEY006 warn keys/stray.asc"}, rules(findings)); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	for k, want := range map[*keyringtest.Key]keyring.Role{
		host: keyring.RoleHost, bot: keyring.RoleBot,
		stray: keyring.RoleNobody,
	} {
		if got := ring.Named(k.Fingerprint(), 0)[0]; got.Role != want {
			t.Errorf("%s has role %q, want %q", got.Path, got.Role, want)
		}
	}
}

func TestNew_findings(t *testing.T) {
	k, other := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made)
	small := keyringtest.NewKey(t, "rsa1024", made)
	good := k.File(userID, made)
	certifies := keyringtest.Armour(block, k.Primary(), keyringtest.UserID(userID),
		k.Certify(k, userID, keyringtest.Says{Made: made, Flags: []byte{1}}))
	broken := bytes.Replace(good, []byte("\n="), []byte("\n=A"), 1)
	pub := keyringtest.NewSSHKey(t, "ed25519").File()
	for _, c := range []struct {
		name  string
		files map[string][]byte
		want  []string
	}{
		{"a good file", map[string][]byte{"keys/alice.asc": good}, nil},
		{
			"CRLF and a byte order of blank lines",
			map[string][]byte{"keys/alice.asc": bytes.ReplaceAll(append([]byte("\n\n"), good...), []byte("\n"),
				[]byte("\r\n"))},
			nil,
		},
		{"nothing in it", map[string][]byte{"keys/alice.asc": nil}, []string{"KEY001 block keys/alice.asc"}},
		{"no key block", map[string][]byte{"keys/alice.asc": []byte("hello\n")}, []string{"KEY001 block keys/alice.asc"}},
		{"wrong checksum", map[string][]byte{"keys/alice.asc": broken}, []string{"KEY001 block keys/alice.asc"}},
		{"an SSH key named as OpenPGP", map[string][]byte{"keys/alice.asc": pub}, []string{"KEY001 block keys/alice.asc"}},
		{"an OpenPGP key named as SSH", map[string][]byte{"keys/alice.pub": good}, []string{"KEY001 block keys/alice.pub"}},
		{
			"too large",
			map[string][]byte{"keys/alice.asc": bytes.Repeat([]byte("\n"), keyring.MaxFile+1)},
			[]string{"KEY001 block keys/alice.asc"},
		},
		{
			"secret key",
			map[string][]byte{"keys/alice.asc": keyringtest.Armour("PRIVATE KEY BLOCK", k.Secret())},
			[]string{"KEY002 block keys/alice.asc"},
		},
		{
			"secret key as a public one",
			map[string][]byte{"keys/alice.asc": keyringtest.Armour(block, k.Secret())},
			[]string{"KEY002 block keys/alice.asc"},
		},
		{
			"secret SSH key",
			map[string][]byte{"keys/alice.pub": []byte("-----BEGIN OPENSSH PRIVATE KEY-----\nx\n")},
			[]string{"KEY002 block keys/alice.pub"},
		},
		{
			"secret beside public",
			map[string][]byte{"keys/alice.asc": append(slices.Clone(good),
				keyringtest.Armour("PRIVATE KEY BLOCK", k.Secret())...)},
			[]string{"KEY002 block keys/alice.asc"},
		},
		{"may not sign", map[string][]byte{"keys/alice.asc": certifies}, []string{"KEY003 warn keys/alice.asc"}},
		{
			"weak",
			map[string][]byte{"keys/alice.asc": small.File(userID, made)},
			[]string{"KEY003 warn keys/alice.asc", "KEY004 warn keys/alice.asc"},
		},
		{
			"of two people",
			map[string][]byte{"keys/alice.asc": good, "keys/bob.asc": good},
			[]string{"KEY005 block keys/bob.asc"},
		},
		{"of nobody", map[string][]byte{"keys/carol.asc": good}, []string{"KEY006 warn keys/carol.asc"}},
		{
			"text around",
			map[string][]byte{"keys/alice.asc": append([]byte("my key:\n"), good...)},
			[]string{"KEY009 warn keys/alice.asc"},
		},
		{"two keys of one person", map[string][]byte{"keys/alice.asc": append(slices.Clone(good),
			other.File(userID, made)...), "keys/alice.pub": pub}, nil},
		{
			"options before an SSH key",
			map[string][]byte{"keys/alice.pub": append([]byte("restrict "), pub...)},
			[]string{"KEY001 block keys/alice.pub"},
		},
		{
			"a line that is no key",
			map[string][]byte{"keys/alice.pub": append([]byte("# mine\n\nhello\n"), pub...)},
			[]string{"KEY009 warn keys/alice.pub"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var files []keyring.File
			for path, data := range c.files {
				files = append(files, keyring.File{Path: path, Bytes: data})
			}
			_, findings := keyring.New(files, roster())
			if diff := cmp.Diff(c.want, rules(findings)); diff != "" {
				t.Errorf("findings (-want +got):\n%s%v", diff, findings)
			}
			for _, f := range findings {
				if f.Message == "" || f.Fix == "" {
					t.Errorf("finding without message or mend: %+v", f)
				}
			}
		})
	}
}

func TestNew_revocationInOneFileRevokesInAll(t *testing.T) {
	k := keyringtest.NewKey(t, "ed25519", made)
	parts := [][]byte{k.Primary(), keyringtest.UserID(userID), k.Certify(k, userID, signing(made))}
	revoked := append(slices.Clone(parts), k.Revoke(k, keyringtest.Says{Made: at(5), Reason: reason(2)}))
	ring, _ := keyring.New([]keyring.File{
		{Path: "keys/alice.asc", Bytes: keyringtest.Armour(block, revoked...)},
		{Path: "keys/bob.asc", Bytes: keyringtest.Armour(block, parts...)},
	}, roster())
	for _, found := range ring.Named(k.Fingerprint(), 0) {
		if state, _ := found.At(at(1)); state != keyring.Revoked {
			t.Errorf("%s: At = %s, want revoked-key", found.Path, state)
		}
	}
}

func TestNew_claimingASubkeyCannotRevokeIt(t *testing.T) {
	k, s, thief := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made),
		keyringtest.NewKey(t, "ed25519", made)
	signs := keyringtest.Says{Made: made, Flags: []byte{2}, Back: s}
	stolen := keyringtest.Says{Made: made, Flags: []byte{2}}
	ring, _ := keyring.New([]keyring.File{
		{Path: "keys/alice.asc", Bytes: keyringtest.Armour(block, thief.Primary(), keyringtest.UserID("T"),
			thief.Certify(thief, "T", signing(made)),
			s.Sub(), thief.Bind(s, stolen), thief.RevokeSub(s, keyringtest.Says{Made: made, Reason: reason(2)}))},
		{Path: "keys/bob.asc", Bytes: keyringtest.Armour(block, k.Primary(), keyringtest.UserID(userID),
			k.Certify(k, userID, signing(made)), s.Sub(), k.Bind(s, signs))},
	}, roster())
	states := map[string]keyring.State{}
	for _, found := range ring.Named(s.Fingerprint(), 0) {
		states[found.Slug], _ = found.At(at(1))
	}
	want := map[string]keyring.State{"alice": keyring.NotSigning, "bob": keyring.Fit}
	if diff := cmp.Diff(want, states); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
}

func TestNew_appointedRevokerRevokes(t *testing.T) {
	k, revoker, stranger := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made),
		keyringtest.NewKey(t, "ed25519", made)
	fingerprint, err := hex.DecodeString(revoker.Fingerprint())
	if err != nil {
		t.Fatal(err)
	}
	appoints := k.SignRaw(keyringtest.Raw{
		Kind: 0x1f,
		Hashed: slices.Concat(keyringtest.MadeAt(made), keyringtest.IssuedBy(k),
			keyringtest.Subpacket(27, 3), keyringtest.Subpacket(12, append([]byte{0x80, 22}, fingerprint...)...)),
	}, k.Hashable())
	parts := func(by *keyringtest.Key) []byte {
		return keyringtest.Armour(block, k.Primary(), appoints,
			by.Revoke(k, keyringtest.Says{Made: at(5), Reason: reason(2)}))
	}
	for by, want := range map[*keyringtest.Key]keyring.State{revoker: keyring.Revoked, stranger: keyring.Fit} {
		ring, _ := keyring.New([]keyring.File{
			{Path: "keys/alice.asc", Bytes: parts(by)},
			{Path: "keys/bob.asc", Bytes: by.File("Bob", made)},
		}, roster())
		if state, _ := ring.Named(k.Fingerprint(), 0)[0].At(at(1)); state != want {
			t.Errorf("At = %s, want %s", state, want)
		}
	}
}

func TestDigest_sameInputSameDigest(t *testing.T) {
	k := keyringtest.NewKey(t, "ed25519", made)
	a := keyring.File{Path: "keys/alice.asc", Bytes: k.File(userID, made)}
	b := keyring.File{Path: "keys/bob.pub", Bytes: keyringtest.NewSSHKey(t, "ed25519").File()}
	one, _ := keyring.New([]keyring.File{a, b}, roster())
	two, _ := keyring.New([]keyring.File{b, a}, roster())
	if one.Digest() != two.Digest() || len(one.Digest()) != 64 {
		t.Errorf("Digest = %q and %q, want one of 64 digits", one.Digest(), two.Digest())
	}
	people := roster()
	people[0].Emails = []string{"alice@example.org", "Alice@Home.example", "x@example.org"}
	other, _ := keyring.New([]keyring.File{a, b}, people)
	fewer, _ := keyring.New([]keyring.File{a}, roster())
	if other.Digest() == one.Digest() || fewer.Digest() == one.Digest() {
		t.Error("another roster or fewer files have the same digest")
	}
}

func TestExpiring_tellsAtNinetyThirtySeven(t *testing.T) {
	k, s := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made)
	short := signing(made)
	short.KeyLife = 365 * day
	file := keyring.File{
		Path:  "keys/alice.asc",
		Bytes: keyringtest.Armour(block, k.Primary(), keyringtest.UserID(userID), k.Certify(k, userID, short)),
	}
	ring, _ := keyring.New([]keyring.File{file, {Path: "keys/stray.asc", Bytes: file.Bytes}}, roster())
	for days, want := range map[int]string{
		365 - 91: "", 365 - 90: "notice at 90", 365 - 31: "notice at 90", 365 - 30: "notice at 30",
		365 - 8: "notice at 30", 365 - 7: "notice at 7", 365: "expired on 2027-01-01", 400: "expired on 2027-01-01",
	} {
		findings := ring.Expiring(at(days))
		if want == "" {
			if len(findings) != 0 {
				t.Errorf("day %d: %v, want none", days, findings)
			}
			continue
		}
		if len(findings) != 1 || !strings.Contains(findings[0].Message, want) || findings[0].Path != file.Path ||
			findings[0].Rule != keyring.RuleExpiry {
			t.Errorf("day %d: %v, want one about keys/alice.asc with %q", days, findings, want)
		}
	}
	both := append(slices.Clone(file.Bytes), s.File(userID, made)...)
	second, _ := keyring.New([]keyring.File{{Path: "keys/alice.asc", Bytes: both}}, roster())
	if findings := second.Expiring(at(364)); len(findings) != 0 {
		t.Errorf("%v, want none while another key lives on", findings)
	}
}
