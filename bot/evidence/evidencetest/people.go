package evidencetest

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
)

// The people of the made organisation.
const (
	Ciso   = "abrannigan"
	IT     = "twisniewski"
	Author = "rdevries" // proposes, holds no role
	Admin  = "dmulder"  // pushes past the rules
	host   = "web-flow"
)

// person is an account with a key.
type person struct {
	slug, name, email, login string
	id                       int64
	key                      *openpgp.Entity
}

func (p person) identity() string { return p.name + " <" + p.email + ">" }

func (p person) account() facts.Account { return facts.Account{ID: p.id, Login: p.login, Type: "User"} }

// begun is when all keys were made.
func begun() time.Time { return time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC) }

func configAt(at time.Time, seed string) *packet.Config {
	salted := false
	return &packet.Config{
		Rand: Random(seed), Time: func() time.Time { return at }, Algorithm: packet.PubKeyAlgoEdDSA,
		DefaultHash: crypto.SHA256, NonDeterministicSignaturesViaNotation: &salted,
	}
}

func newPeople() map[string]person {
	people := map[string]person{}
	for _, p := range []person{
		{slug: Ciso, name: "Aoife Brannigan", email: "aoife@northquay.example", login: "abrannigan-nq", id: 61000102},
		{slug: IT, name: "Tomasz Wiśniewski", email: "tomasz@northquay.example", login: "twisniewski-nq", id: 61000103},
		{slug: Author, name: "Ruben de Vries", email: "ruben@northquay.example", login: "rdevries-nq", id: 61000115},
		{slug: Admin, name: "Daan Mulder", email: "daan@northquay.example", login: "dmulder-nq", id: 61000114},
		{slug: host, name: "GitHub", email: "noreply@github.com", login: "web-flow", id: 19864447},
	} {
		entity, err := openpgp.NewEntity(p.name, "", p.email, configAt(begun(), p.slug))
		if err != nil {
			panic(err) // unreachable: fixed input
		}
		entity.Subkeys = nil
		p.key = entity
		people[p.slug] = p
	}
	return people
}

// publicKey is the armoured key file of a person.
func (p person) publicKey() []byte {
	var b bytes.Buffer
	w, err := armor.EncodeWithChecksumOption(&b, openpgp.PublicKeyType, nil, true)
	if err == nil {
		err = p.key.Serialize(w)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // unreachable: into memory
	}
	b.WriteString("\n")
	return b.Bytes()
}

func (p person) sign(payload string, at time.Time) string {
	if p.key == nil {
		return ""
	}
	var b bytes.Buffer
	if err := openpgp.ArmoredDetachSign(&b, p.key, strings.NewReader(payload), configAt(at, payload)); err != nil {
		panic(err) // unreachable: into memory
	}
	return b.String()
}

// configuration is the .vidimus.yml of the made organisation. root is "." or a folder.
func configuration(root string, people map[string]person) string {
	var b strings.Builder
	fmt.Fprintf(&b, "version: 1\norganisation: Northquay Logistics DAC\nroot: %s\nbranches: [main]\npeople:\n", root)
	for _, slug := range []string{Ciso, Admin, Author, IT} {
		p := people[slug]
		fmt.Fprintf(&b, "  %s: {github: %d, login: %s, name: %q, emails: [%s], approval-signs: %v}\n", slug, p.id, p.login, p.name, p.email, slug == Ciso)
	}
	fmt.Fprintf(&b, "roles:\n  ciso: {title: Chief Information Security Officer, holders: [%s]}\n  head-of-it: {title: Head of IT, holders: [%s]}\n", Ciso, IT)
	b.WriteString("rules:\n  - for: {type: topic-policy}\n    require: {all: [ciso, head-of-it]}\n    level: statement\n" +
		"  - for: {type: record}\n    require: ciso\n    level: approval\n" +
		"config:\n  require: {count: 2, of: [ciso, head-of-it]}\n  level: statement\n")
	return b.String()
}

// Document is a small document without findings.
func Document(id, version, body string, images ...string) File {
	return governedText("topic-policy", id, version, body, images)
}

// Record is a small record without findings, which an approving review signs.
func Record(id, version, body string) File { return governedText("record", id, version, body, nil) }

func governedText(kind, id, version, body string, images []string) File {
	change := "editorial"
	if strings.HasSuffix(version, ".0") {
		change = "material"
	}
	text := fmt.Sprintf("---\ntype: %s\nid: %s\ntitle: Document %s\nversion: %q\nstatus: approved\nclassification: internal\nowner: ciso\n"+
		"effective: 2026-10-05\nlast-review: 2026-09-24\nnext-review: 2027-09-23\nsignatories: [ciso]\nchange: %s\nchange-summary: As agreed.\n---\n\n"+
		"# Document %s\n\n## Text\n\n%s\n", kind, id, id, version, change, id, body)
	for _, image := range images {
		text += "\n![The picture](" + image + ")\n"
	}
	return Text(text)
}

// Picture is a file that is a PNG image by its first bytes.
func Picture(variant string) File { return Text("\x89PNG\r\n\x1a\n" + variant) }

// sshKey is a line of a .pub file, as ssh-keygen writes it. RFC 8709 §4.
func sshKey() string {
	var public [32]byte
	_, err := Random("ssh").Read(public[:])
	must(err)
	blob := append([]byte("\x00\x00\x00\x0bssh-ed25519\x00\x00\x00\x20"), public[:]...)
	return "ssh-ed25519 " + base64.StdEncoding.EncodeToString(blob) + " dmulder@northquay\n"
}
