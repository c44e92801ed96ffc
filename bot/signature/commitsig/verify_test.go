package commitsig_test

import (
	"crypto"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// made is when keys are made, when commits are made and signed, seen when they are seen first.
var (
	made = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	when = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	seen = when.Add(5 * time.Minute)
)

// verify judges raw against no keys at all.
func verify(raw []byte) commitsig.Verdict { return commitsig.Verify(raw, keyring.Ring{}, seen) }

// people is the roster of these tests.
func people() []keyring.Person {
	return []keyring.Person{
		{Slug: "alice", GitHub: 101, Name: "Alice Brannigan", Emails: []string{"alice@example.org"}},
		{Slug: "bob", GitHub: 102, Name: "Bob", Emails: []string{"bob@example.org"}},
	}
}

// world is a ring in which each role has a key.
type world struct {
	ring                         keyring.Ring
	alice, bob, host, bot, stray *keyringtest.Key
	ssh                          *keyringtest.SSHKey
}

// newWorld makes new keys.
func newWorld(t testing.TB) world {
	t.Helper()
	key := func() *keyringtest.Key { return keyringtest.NewKey(t, "ed25519", made) }
	w := world{alice: key(), bob: key(), host: key(), bot: key(), stray: key(), ssh: keyringtest.NewSSHKey(t, "ed25519")}
	w.ring, _ = keyring.New([]keyring.File{
		{Path: "keys/alice.asc", Bytes: w.alice.File("Somebody <else@example.org>", made)},
		{Path: "keys/bob.asc", Bytes: w.bob.File("Bob", made)},
		{Path: "keys/bob.pub", Bytes: w.ssh.File()},
		{Path: "keys/web-flow.asc", Bytes: w.host.File("GitHub", made)},
		{Path: "keys/vidimus.asc", Bytes: w.bot.File("Vidimus", made)},
		{Path: "keys/stray.asc", Bytes: w.stray.File("Stray", made)},
	}, people())
	return w
}

// by is a commit with that author and committer.
func by(author, committer string) keyringtest.Commit {
	return keyringtest.Commit{
		Author: author, Committer: committer, When: when, Message: "Wording\n",
		Parents: []string{parent},
	}
}

// now says that a signature is made at the usual time.
func now() keyringtest.Says { return keyringtest.Says{Made: when} }

const (
	alice  = "Alice <alice@example.org>"
	bob    = "Bob <bob@example.org>"
	github = "GitHub <noreply@github.com>"
)

func TestVerify_whoseCommitItIs(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		name    string
		key     *keyringtest.Key
		commit  keyringtest.Commit
		want    commitsig.Word
		person  string
		mention string
	}{
		{"own commit", w.alice, by(alice, alice), commitsig.Good, "alice", "Alice Brannigan"},
		{"another author", w.alice, by(bob, alice), commitsig.Good, "alice", "only claimed"},
		{"an author who is nobody", w.alice, by("X <x@example.org>", alice), commitsig.Good, "alice", "only claimed"},
		{
			"the account's own address", w.alice, by(alice, "A <101+alice@users.noreply.github.com>"), commitsig.Good, "alice",
			"",
		},
		{"capitals in the address", w.alice, by(alice, "A <ALICE@example.ORG>"), commitsig.Good, "alice", ""},
		{"another's committer", w.alice, by(alice, bob), commitsig.WrongPerson, "alice", "the committer is Bob"},
		{
			"address of nobody", w.alice, by(alice, "A <a@example.net>"), commitsig.WrongPerson, "alice",
			"nobody's in the roster",
		},
		{
			"the key's user id decides nothing", w.alice, by("A <else@example.org>", "A <else@example.org>"),
			commitsig.WrongPerson, "alice", "",
		},
		{"GitHub as committer of a personal key", w.alice, by(alice, github), commitsig.WrongPerson, "alice", ""},
		{"GitHub's editor", w.host, by(alice, github), commitsig.Vouched, "web-flow", "no personal key"},
		{
			"GitHub for nobody", w.host, by("X <x@example.org>", github), commitsig.WrongPerson, "web-flow",
			"nobody's in the roster",
		},
		{"GitHub's key, another committer", w.host, by(alice, alice), commitsig.WrongPerson, "web-flow", "is not GitHub"},
		{
			"GitHub's address, another name", w.host, by(alice, "Github <noreply@github.com>"), commitsig.WrongPerson,
			"web-flow", "is not GitHub",
		},
		{"our own key", w.bot, by(alice, alice), commitsig.WrongPerson, "vidimus", "never commits"},
		{
			"a key of nobody", w.stray, by("S <stray@example.org>", "S <stray@example.org>"), commitsig.WrongPerson, "",
			"belongs to nobody",
		},
	} {
		v := commitsig.Verify(c.key.SignCommit(c.commit, now()), w.ring, seen)
		if v.Word != c.want || v.Person != c.person || !strings.Contains(v.Text, c.mention) {
			t.Errorf("%s: Verify = %s of %q (%s), want %s of %q", c.name, v.Word, v.Person, v.Text, c.want, c.person)
		}
		if v.Fingerprint != c.key.Fingerprint() {
			t.Errorf("%s: Fingerprint = %q, want %q", c.name, v.Fingerprint, c.key.Fingerprint())
		}
	}
}

func TestVerify_saysAllItFound(t *testing.T) {
	w := newWorld(t)
	got := commitsig.Verify(w.alice.SignCommit(by(alice, alice), now()), w.ring, seen.In(time.FixedZone("", 7200)))
	want := commitsig.Verdict{
		Word: commitsig.Good, Format: keyring.OpenPGP, Fingerprint: w.alice.Fingerprint(), KeyID: w.alice.Fingerprint()[24:], Person: "alice",
		Algorithm: "Ed25519, SHA-256", Created: when, Clock: commitsig.FirstSeen, Seen: seen, Text: "Signed by Alice Brannigan with their own key.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("OpenPGP (-want +got):\n%s", diff)
	}
	got = commitsig.Verify(w.ssh.SignCommit(by(bob, bob), "git"), w.ring, seen)
	want = commitsig.Verdict{
		Word: commitsig.Good, Format: keyring.SSH, Fingerprint: w.ssh.Fingerprint(), Person: "bob",
		Algorithm: "ssh-ed25519, sha512", Clock: commitsig.FirstSeen, Seen: seen, Text: "Signed by Bob with their own key.",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("SSH (-want +got):\n%s", diff)
	}
}

func TestVerify_timesOfTheSignature(t *testing.T) {
	w := newWorld(t)
	sign := func(at time.Time, life time.Duration) []byte {
		return w.alice.SignCommit(by(alice, alice), keyringtest.Says{Made: at, Life: life})
	}
	for _, c := range []struct {
		name string
		raw  []byte
		want commitsig.Word
	}{
		{"five minutes ahead", sign(seen.Add(commitsig.MaxAhead), 0), commitsig.Good},
		{"five minutes and a second ahead", sign(seen.Add(commitsig.MaxAhead+time.Second), 0), commitsig.Bad},
		{"long ago", sign(made, 0), commitsig.Good},
		{"before its key", sign(made.Add(-time.Second), 0), commitsig.Bad},
		{"not yet ended", sign(when, 301*time.Second), commitsig.Good},
		{"ended in this second", sign(when, 300*time.Second), commitsig.ExpiredSignature},
		{"ended", sign(when, time.Second), commitsig.ExpiredSignature},
	} {
		if v := commitsig.Verify(c.raw, w.ring, seen); v.Word != c.want {
			t.Errorf("%s: Verify = %s (%s), want %s", c.name, v.Word, v.Text, c.want)
		}
	}
}

func TestVerify_clockDecidesExpiry(t *testing.T) {
	k := keyringtest.NewKey(t, "ed25519", made)
	says := keyringtest.Says{Made: made, Flags: []byte{3}, KeyLife: when.Add(time.Hour).Sub(made)}
	ring, _ := keyring.New([]keyring.File{{
		Path: "keys/alice.asc",
		Bytes: keyringtest.Armour("PUBLIC KEY BLOCK", k.Primary(), keyringtest.UserID("A"),
			k.Certify(k, "A", says)),
	}}, people())
	raw := k.SignCommit(by(alice, alice), now())
	late := when.Add(2 * time.Hour)
	for _, c := range []struct {
		terms commitsig.Terms
		want  commitsig.Word
		clock commitsig.Clock
		seen  time.Time
	}{
		{commitsig.Terms{Seen: seen}, commitsig.Good, commitsig.FirstSeen, seen},
		{commitsig.Terms{Seen: late}, commitsig.ExpiredKey, commitsig.FirstSeen, late},
		{commitsig.Terms{Seen: late, Clock: commitsig.VerifiedAt}, commitsig.ExpiredKey, commitsig.VerifiedAt, late},
		{commitsig.Terms{Seen: late, Clock: commitsig.ClaimedTime}, commitsig.Good, commitsig.ClaimedTime, when},
		{commitsig.Terms{}, commitsig.Bad, commitsig.FirstSeen, time.Time{}},
	} {
		v := commitsig.Judge(raw, ring, c.terms)
		if v.Word != c.want || v.Clock != c.clock || !v.Seen.Equal(c.seen) {
			t.Errorf("Judge(%+v) = %s by %s at %v, want %s by %s at %v", c.terms, v.Word, v.Clock, v.Seen, c.want, c.clock,
				c.seen)
		}
	}
}

// TestJudge_claimedTimeIsTheLaterClaim: git rebase can keep an old committer's date and sign today.
func TestJudge_claimedTimeIsTheLaterClaim(t *testing.T) {
	w := newWorld(t)
	later := when.AddDate(0, 1, 0)
	terms := commitsig.Terms{Seen: seen, Clock: commitsig.ClaimedTime}
	v := commitsig.Judge(w.alice.SignCommit(by(alice, alice), keyringtest.Says{Made: later}), w.ring, terms)
	if v.Word != commitsig.Good || !v.Seen.Equal(later) {
		t.Errorf("signed after the commit's date: Judge = %s at %v (%s), want good at %v", v.Word, v.Seen, v.Text, later)
	}
	if v := commitsig.Judge(w.alice.SignCommit(by(alice, alice), keyringtest.Says{Made: made}), w.ring, terms); !v.Seen.Equal(when) {
		t.Errorf("signed before the commit's date: judged at %v, want %v", v.Seen, when)
	}
}

func TestVerify_weakSignatures(t *testing.T) {
	w := newWorld(t)
	if v := commitsig.Verify(w.alice.SignCommit(by(alice, alice), keyringtest.Says{Made: when, Hash: crypto.SHA1}), w.ring,
		seen); v.Word != commitsig.Weak {
		t.Errorf("SHA-1: Verify = %s, want weak", v.Word)
	}
	tampered := strings.Replace(string(w.alice.SignCommit(by(alice, alice),
		keyringtest.Says{Made: when, Hash: crypto.SHA1})), "Wording", "wording", 1)
	if v := commitsig.Verify([]byte(tampered), w.ring, seen); v.Word != commitsig.Bad || v.Fingerprint != "" {
		t.Errorf("SHA-1, changed: Verify = %s by %q, want bad by nobody", v.Word, v.Fingerprint)
	}
}

func TestVerify_sameKeyInTwoFiles(t *testing.T) {
	w := newWorld(t)
	file := w.alice.File("A", made)
	for _, c := range []struct {
		other  string
		want   commitsig.Word
		person string
	}{
		{"keys/aaa.asc", commitsig.Good, "alice"}, // a file of nobody takes nothing away
		{"keys/zzz.asc", commitsig.Good, "alice"},
		{"keys/bob.asc", commitsig.WrongPerson, ""},
		{"keys/web-flow.asc", commitsig.WrongPerson, ""},
		{"keys/vidimus.asc", commitsig.WrongPerson, ""},
	} {
		ring, _ := keyring.New([]keyring.File{{Path: "keys/alice.asc", Bytes: file}, {Path: c.other, Bytes: file}}, people())
		if v := commitsig.Verify(w.alice.SignCommit(by(alice, alice), now()), ring, seen); v.Word != c.want ||
			v.Person != c.person {
			t.Errorf("also in %s: Verify = %s of %q (%s), want %s of %q", c.other, v.Word, v.Person, v.Text, c.want,
				c.person)
		}
	}
}

func TestVerify_sha256Repository(t *testing.T) {
	w := newWorld(t)
	c := by(alice, alice)
	c.Tree, c.Parents = strings.Repeat("4b", 32), []string{strings.Repeat("1f", 32)}
	payload := c.Payload()
	signature := keyringtest.Armour("SIGNATURE", w.alice.Sign(payload, now()))
	for header, want := range map[string]commitsig.Word{"gpgsig-sha256": commitsig.Good, "gpgsig": commitsig.Unsigned} {
		if v := commitsig.Verify(keyringtest.Signed(payload, signature, header), w.ring, seen); v.Word != want {
			t.Errorf("%s: Verify = %s (%s), want %s", header, v.Word, v.Text, want)
		}
	}
}

func TestVerify_version6AndOtherKinds(t *testing.T) {
	for _, kind := range []string{"v6", "p256", "p384", "p521", "brainpoolP256r1", "secp256k1", "rsa2048", "rsa3072"} {
		k := keyringtest.NewKey(t, kind, made)
		ring, _ := keyring.New([]keyring.File{{Path: "keys/alice.asc", Bytes: k.File("A", made)}}, people())
		v := commitsig.Verify(k.SignCommit(by(alice, alice), keyringtest.Says{Made: when, Hash: crypto.SHA512}), ring, seen)
		if v.Word != commitsig.Good || !strings.HasSuffix(v.Algorithm, ", SHA-512") {
			t.Errorf("%s: Verify = %s by %s (%s), want good", kind, v.Word, v.Algorithm, v.Text)
		}
	}
}

func TestVerify_subkeySigns(t *testing.T) {
	k, s := keyringtest.NewKey(t, "ed25519", made), keyringtest.NewKey(t, "ed25519", made)
	ring, _ := keyring.New([]keyring.File{{
		Path: "keys/alice.asc",
		Bytes: keyringtest.Armour("PUBLIC KEY BLOCK", k.Primary(), keyringtest.UserID("A"),
			k.Certify(k, "A", keyringtest.Says{Made: made, Flags: []byte{1}}), s.Sub(), k.Bind(s,
				keyringtest.Says{Made: made, Flags: []byte{2}, Back: s})),
	}}, people())
	v := commitsig.Verify(s.SignCommit(by(alice, alice), now()), ring, seen)
	if v.Word != commitsig.Good || v.Fingerprint != k.Fingerprint() || v.Subkey != s.Fingerprint() {
		t.Errorf("Verify = %+v, want good by %s under %s", v, s.Fingerprint(), k.Fingerprint())
	}
	if v := commitsig.Verify(k.SignCommit(by(alice, alice), now()), ring, seen); v.Word != commitsig.NotSigningKey {
		t.Errorf("signed by the primary: Verify = %s, want not-signing-key", v.Word)
	}
}

func TestVerify_issuerMayStandInEitherArea(t *testing.T) {
	w := newWorld(t)
	payload := by(alice, alice).Payload()
	when, print, id := keyringtest.MadeAt(when), keyringtest.IssuedBy(w.alice), keyringtest.IssuedByID(w.alice.ID())
	for name, c := range map[string]struct {
		hashed, unhashed [][]byte
		want             commitsig.Word
	}{
		"fingerprint signed":               {[][]byte{when, print}, nil, commitsig.Good},
		"fingerprint not signed":           {[][]byte{when}, [][]byte{print}, commitsig.Good},
		"id signed":                        {[][]byte{when, id}, nil, commitsig.Good},
		"id not signed":                    {[][]byte{when}, [][]byte{id}, commitsig.Good},
		"both":                             {[][]byte{when, print}, [][]byte{id, print}, commitsig.Good},
		"another id":                       {[][]byte{when, print}, [][]byte{keyringtest.IssuedByID(1)}, commitsig.Malformed},
		"the other person's id":            {[][]byte{when}, [][]byte{keyringtest.IssuedByID(w.bob.ID())}, commitsig.Bad},
		"an unknown id":                    {[][]byte{when}, [][]byte{keyringtest.IssuedByID(1)}, commitsig.UnknownKey},
		"id 0 is nobody":                   {[][]byte{when}, [][]byte{keyringtest.IssuedByID(0)}, commitsig.UnknownKey},
		"a time that nobody signed":        {[][]byte{print}, [][]byte{when}, commitsig.Malformed},
		"key flags and other small things": {[][]byte{when, print, keyringtest.Subpacket(27, 3), keyringtest.Subpacket(28, 'a')}, nil, commitsig.Good},
	} {
		raw := keyringtest.Raw{Hashed: slices.Concat(c.hashed...), Unhashed: slices.Concat(c.unhashed...)}
		signature := keyringtest.Armour("SIGNATURE", w.alice.SignRaw(raw, payload))
		if v := commitsig.Verify(keyringtest.Signed(payload, signature, "gpgsig"), w.ring, seen); v.Word != c.want {
			t.Errorf("%s: Verify = %s (%s), want %s", name, v.Word, v.Text, c.want)
		}
	}
}

func TestVerify_onePacketAndNothingElse(t *testing.T) {
	w := newWorld(t)
	payload := by(alice, alice).Payload()
	signature := w.alice.Sign(payload, now())
	for name, c := range map[string]struct {
		packets [][]byte
		want    commitsig.Word
	}{
		"one":                {[][]byte{signature}, commitsig.Good},
		"twice":              {[][]byte{signature, signature}, commitsig.Malformed},
		"another's after it": {[][]byte{signature, w.bob.Sign(payload, now())}, commitsig.Malformed},
		"a marker before it": {[][]byte{keyringtest.Frame(10, []byte("PGP")), signature}, commitsig.Malformed},
		"padding after it":   {[][]byte{signature, keyringtest.Frame(21, []byte{1, 2})}, commitsig.Malformed},
		"a byte after it":    {[][]byte{signature, {0}}, commitsig.Malformed},
		"a key":              {[][]byte{w.alice.Primary()}, commitsig.Malformed},
		"a user id":          {[][]byte{keyringtest.UserID("A")}, commitsig.Malformed},
	} {
		raw := keyringtest.Signed(payload, keyringtest.Armour("SIGNATURE", c.packets...), "gpgsig")
		if v := commitsig.Verify(raw, w.ring, seen); v.Word != c.want {
			t.Errorf("%s: Verify = %s (%s), want %s", name, v.Word, v.Text, c.want)
		}
	}
}

func TestVerify_withoutKeysOrSignature(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		raw  []byte
		ring keyring.Ring
		want commitsig.Word
	}{
		"no ring":         {w.alice.SignCommit(by(alice, alice), now()), keyring.Ring{}, commitsig.UnknownKey},
		"no ring, SSH":    {w.ssh.SignCommit(by(bob, bob), "git"), keyring.Ring{}, commitsig.UnknownKey},
		"other namespace": {w.ssh.SignCommit(by(bob, bob), "file"), w.ring, commitsig.Bad},
		"not signed":      {by(alice, alice).Payload(), w.ring, commitsig.Unsigned},
		"nothing":         {nil, w.ring, commitsig.Malformed},
		"X.509": {keyringtest.Signed(by(alice, alice).Payload(),
			[]byte("-----BEGIN SIGNED MESSAGE-----\nMII=\n-----END SIGNED MESSAGE-----\n"), "gpgsig"), w.ring, commitsig.Unsupported},
		"something else": {
			keyringtest.Signed(by(alice, alice).Payload(), []byte("hello\n"), "gpgsig"), w.ring,
			commitsig.Malformed,
		},
		"names no key": {keyringtest.Signed(by(alice, alice).Payload(),
			keyringtest.Armour("SIGNATURE", w.alice.SignRaw(keyringtest.Raw{Hashed: keyringtest.MadeAt(when)},
				by(alice, alice).Payload())), "gpgsig"), w.ring, commitsig.UnknownKey},
		"kind certificate": {keyringtest.Signed(by(alice, alice).Payload(),
			keyringtest.Armour("SIGNATURE", w.alice.SignRaw(keyringtest.Raw{
				Kind: 0x10,
				Hashed: slices.Concat(keyringtest.MadeAt(when),
					keyringtest.IssuedBy(w.alice)),
			}, by(alice, alice).Payload())), "gpgsig"), w.ring, commitsig.Malformed},
		"critical notation": {
			w.alice.SignCommit(by(alice, alice), keyringtest.Says{Made: when, Notation: "x@example.org"}),
			w.ring, commitsig.Unsupported,
		},
	} {
		v := commitsig.Verify(c.raw, c.ring, seen)
		if v.Word != c.want || v.Text == "" || v.Fingerprint != "" {
			t.Errorf("%s: Verify = %s by %q (%s), want %s by nobody", name, v.Word, v.Fingerprint, v.Text, c.want)
		}
	}
}

func TestJudge_anyPersonAsksNotWhose(t *testing.T) {
	w := newWorld(t)
	terms := commitsig.Terms{Seen: seen, AnyPerson: true}
	for _, k := range []*keyringtest.Key{w.alice, w.host, w.stray} {
		if v := commitsig.Judge(k.SignCommit(by("X <x@x>", "Y <y@y>"), now()), w.ring, terms); v.Word != commitsig.Good ||
			v.Person == "" {
			t.Errorf("Judge = %s of %q (%s), want good of the key's user id", v.Word, v.Person, v.Text)
		}
	}
}

func TestCounts(t *testing.T) {
	for _, word := range append(commitsig.Words(), "") {
		for _, hostKey := range []bool{false, true} {
			want := word == commitsig.Good || word == commitsig.Vouched && hostKey
			if got := (commitsig.Verdict{Word: word}).Counts(hostKey); got != want {
				t.Errorf("Counts(%v) of %q = %v, want %v", hostKey, word, got, want)
			}
		}
	}
	if got := len(commitsig.Words()); got != 13 {
		t.Errorf("%d words, want 13", got)
	}
}

func TestVerify_malformedSignatureNamesTheByteOfTheCommit(t *testing.T) {
	w := newWorld(t)
	raw := string(w.alice.SignCommit(by(alice, alice), now()))
	body := strings.Index(raw, "\n \n ") + 4
	broken := raw[:body+70] + "!" + raw[body+71:]
	v := commitsig.Verify([]byte(broken), w.ring, seen)
	want := commitsig.Verdict{Word: commitsig.Malformed, Offset: body + 70}
	if diff := cmp.Diff(want, v, cmpopts.IgnoreFields(commitsig.Verdict{}, "Format", "Clock", "Seen", "Text",
		"Mend")); diff != "" {
		t.Errorf("Verify (-want +got):\n%s", diff)
	}
}

// A signature header without a value must be told in the same words whatever was judged before it in the same
// process: a decision holds them, and is made again from its facts. These are the words of earlier records.
func TestVerify_emptySignatureIsToldAlikeAfterAnyCommit(t *testing.T) {
	w := newWorld(t)
	signed := string(w.alice.SignCommit(by(alice, alice), now()))
	at, end := strings.Index(signed, "gpgsig "), strings.Index(signed, "\n\n")
	empty := []byte(signed[:at] + "gpgsig \n" + signed[end+1:])
	const want = "the armour does not begin with the line -----BEGIN PGP SIGNATURE----- (byte 0 of the decoded signature). "
	for range 20 {
		if v := commitsig.Verify(empty, w.ring, seen); v.Word != commitsig.Malformed || !strings.Contains(v.Text, want) {
			t.Fatalf("Verify says %q, want %q in it", v.Text, want)
		}
		commitsig.Verify([]byte(signed), w.ring, seen)
	}
}
