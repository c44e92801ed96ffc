package decisiontest

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// The people of Northquay who appear in scripts, by their slugs. The first four
// hold roles of [Northquay]; the next two only propose.
const (
	Aoife   = "abrannigan"  // ciso
	Tomasz  = "twisniewski" // head-of-it
	Deirdre = "dquilligan"  // counsel
	Fergal  = "forourke"    // ceo
	Ruben   = "rdevries"    // proposes
	Daan    = "dmulder"     // proposes
	Bruno   = "bcarvalhaes" // known, with the role engineering only
)

// Accounts outside the roster.
const (
	Eve    = "eve"      // a person's account that nobody in the roster has
	Robot  = "robot"    // an App's account
	Host   = "web-flow" // the host itself: its key and its address
	hostIs = "noreply@github.com"
)

// Person is an account with a name and an address.
type Person struct {
	Slug  string
	ID    int64
	Login string
	Name  string
	Email string
	Type  string // "User" or "Bot", as GitHub says it
}

// Cast are all accounts, the people of the roster first.
func Cast() []Person {
	return []Person{
		{Aoife, 61000102, "abrannigan-nq", "Aoife Brannigan", "aoife@northquay.example", "User"},
		{Tomasz, 61000103, "twisniewski-nq", "Tomasz Wiśniewski", "tomasz@northquay.example", "User"},
		{Deirdre, 61000104, "dquilligan-nq", "Deirdre Quilligan", "deirdre@northquay.example", "User"},
		{Fergal, 61000101, "forourke-nq", "Fergal O'Rourke", "fergal@northquay.example", "User"},
		{Ruben, 61000115, "rdevries-nq", "Ruben de Vries", "ruben@northquay.example", "User"},
		{Daan, 61000114, "dmulder-nq", "Daan Mulder", "daan@northquay.example", "User"},
		{Bruno, 61000107, "bcarvalhaes-nq", "Bruno Carvalhães", "bruno@northquay.example", "User"},
		{Eve, 61999001, "eve-elsewhere", "Eve Elsewhere", "eve@elsewhere.example", "User"},
		{Robot, 61000200, "robot[bot]", "robot[bot]", "61000200+robot[bot]@users.noreply.github.com", "Bot"},
		{Host, 19864447, "web-flow", "GitHub", hostIs, "User"},
	}
}

// Named gives the account with that slug.
func Named(slug string) Person {
	for _, p := range Cast() {
		if p.Slug == slug {
			return p
		}
	}
	panic("decisiontest: nobody is called " + slug)
}

// Account is the account as GitHub names it in its answers.
func (p Person) Account() facts.Account {
	return facts.Account{ID: p.ID, Login: p.Login, Type: p.Type}
}

// Keys holds one OpenPGP key (Ed25519, one primary key that signs) for each
// account of the cast. It does not change once made; it is safe for concurrent
// use.
type Keys struct {
	entities map[string]*openpgp.Entity
	public   map[string][]byte
}

// keysMade is when all keys were made, before everything in any script.
func keysMade() time.Time { return time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC) }

// NewKeys makes the keys from fixed seeds.
func NewKeys() *Keys {
	k := &Keys{entities: map[string]*openpgp.Entity{}, public: map[string][]byte{}}
	for _, p := range Cast() {
		entity := newEntity(p)
		k.entities[p.Slug] = entity
		k.public[p.Slug] = armoured(entity)
	}
	return k
}

// newEntity makes the key that the person has in every run. It is valid for two
// years.
func newEntity(p Person) *openpgp.Entity {
	seed := sha256.Sum256([]byte("decisiontest key of " + p.Slug))
	config := signing(keysMade(), seed)
	config.KeyLifetimeSecs = twoYears
	entity, err := openpgp.NewEntity(p.Name, "", p.Email, config)
	must(err)
	entity.Subkeys = nil // the encryption subkey only costs time
	return entity
}

// twoYears in seconds, as OpenPGP counts a key's life.
const twoYears = 2 * 365 * 24 * 60 * 60

// changed is when keys are renewed or revoked.
func changed() time.Time { return time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC) }

// Renewed is the person's key file after its life was made longer by two years.
func (k *Keys) Renewed(slug string) []byte {
	entity := newEntity(Named(slug))
	config := signing(changed(), [32]byte{1})
	life := uint32(2 * twoYears)
	for _, identity := range entity.Identities {
		s := identity.SelfSignature
		s.CreationTime, s.KeyLifetimeSecs = changed(), &life
		must(s.SignUserId(identity.UserId.Id, entity.PrimaryKey, entity.PrivateKey, config))
		identity.Signatures = []*packet.Signature{s}
	}
	return armoured(entity)
}

// Revoked is the person's key file after the key was revoked as compromised.
func (k *Keys) Revoked(slug string) []byte {
	entity := newEntity(Named(slug))
	must(entity.RevokeKey(packet.KeyCompromised, "lost", signing(changed(), [32]byte{2})))
	return armoured(entity)
}

// signing configures go-crypto so that the same input gives the same bytes.
func signing(at time.Time, seed [32]byte) *packet.Config {
	deterministic := false
	return &packet.Config{
		Algorithm: packet.PubKeyAlgoEdDSA, Rand: rand.NewChaCha8(seed),
		Time:                                  func() time.Time { return at },
		NonDeterministicSignaturesViaNotation: &deterministic,
	}
}

func armoured(entity *openpgp.Entity) []byte {
	var b bytes.Buffer
	w, err := armor.Encode(&b, openpgp.PublicKeyType, nil)
	must(err)
	must(entity.Serialize(w))
	must(w.Close())
	b.WriteByte('\n')
	return b.Bytes()
}

// Public is the armoured public key of the account, the content of its key file.
func (k *Keys) Public(slug string) []byte {
	if k.public[slug] == nil {
		panic("decisiontest: no key of " + slug)
	}
	return k.public[slug]
}

// sign makes a detached, armoured signature by the account's key.
func (k *Keys) sign(slug string, payload []byte, at time.Time) string {
	entity := k.entities[slug]
	if entity == nil {
		panic("decisiontest: no key of " + slug)
	}
	var b bytes.Buffer
	must(openpgp.ArmoredDetachSign(&b, entity, bytes.NewReader(payload), signing(at, sha256.Sum256(payload))))
	return b.String()
}

// KeyPath is the path of the account's key file.
func KeyPath(slug string) string { return fmt.Sprintf("keys/%s.asc", slug) }

// must stops a script that cannot be played.
func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("decisiontest: %v", err))
	}
}
