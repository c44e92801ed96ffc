package demo

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	docstemplates "github.com/vidimus-bot/vidimus/docs-templates"
)

// Person is one of Northquay's people: an account, and for some a key.
type Person struct {
	Slug, Login, Name, Email, Role string
	ID                             int64
	Token                          string // opens the embedded GitHub, nothing else

	key  *openpgp.Entity
	home string // GNUPGHOME with the key, "" without one
}

// first is how the story calls them.
func (p *Person) first() string {
	name, _, _ := strings.Cut(p.Name, " ")
	return name
}

// leads are the people of pull request 3, whom GitHub's pages offer to be on every page.
func leads() []string {
	return []string{"bcarvalhaes", "abrannigan", "twisniewski", "zaydin", adminSlug}
}

// part is what GitHub's pages say of a person: the role in words.
func (p *Person) part() string {
	words := strings.Split(p.Role, "-")
	for i, w := range words {
		switch w {
		case "ceo", "ciso", "it", "dpo":
			words[i] = strings.ToUpper(w)
		case "of", "":
		default:
			words[i] = strings.ToUpper(w[:1]) + w[1:]
		}
	}
	if p.Slug == adminSlug {
		words = append(words, "and administrator")
	}
	return strings.Join(words, " ")
}

// cast reads the people of the example and makes keys, created at the time at,
// for those who have one.
func cast(at time.Time) ([]*Person, error) {
	raw, err := fs.ReadFile(docstemplates.Example(), "people.tsv")
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	r := csv.NewReader(bytes.NewReader(raw))
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read people: %w", err)
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	var people []*Person
	for _, row := range rows[1:] {
		p := &Person{
			Slug: row[column["slug"]], Login: row[column["login"]], Name: row[column["name"]],
			Email: row[column["email"]], Role: row[column["role"]],
		}
		if p.ID, err = strconv.ParseInt(row[column["github_id"]], 10, 64); err != nil {
			return nil, fmt.Errorf("account of %s: %w", p.Slug, err)
		}
		if strings.Contains(row[column["key"]], "openpgp") {
			if p.key, err = newKey(p.Name, p.Email, at); err != nil {
				return nil, fmt.Errorf("key of %s: %w", p.Slug, err)
			}
		}
		people = append(people, p)
	}
	return people, nil
}

func newKey(name, email string, at time.Time) (*openpgp.Entity, error) {
	return openpgp.NewEntity(name, "", email, &packet.Config{
		Algorithm: packet.PubKeyAlgoEdDSA, Time: func() time.Time { return at },
	})
}

// publicKey is the armoured key file of a person.
func (p *Person) publicKey() ([]byte, error) {
	return armoured(openpgp.PublicKeyType, func(w *bytes.Buffer) error { return p.key.Serialize(w) })
}

// secretKey is the armoured secret key, for a GNUPGHOME.
func (p *Person) secretKey() ([]byte, error) {
	return armoured(openpgp.PrivateKeyType, func(w *bytes.Buffer) error { return p.key.SerializePrivate(w, nil) })
}

func armoured(kind string, write func(*bytes.Buffer) error) ([]byte, error) {
	var plain, out bytes.Buffer
	if err := write(&plain); err != nil {
		return nil, fmt.Errorf("write key: %w", err)
	}
	w, err := armor.Encode(&out, kind, nil)
	if err != nil {
		return nil, fmt.Errorf("write key: %w", err)
	}
	if _, err = w.Write(plain.Bytes()); err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("write key: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// sign makes the detached signature over a commit, as the person's git would.
func (p *Person) sign(payload []byte, at time.Time) ([]byte, error) {
	var out bytes.Buffer
	err := openpgp.ArmoredDetachSign(&out, p.key, bytes.NewReader(payload), &packet.Config{Time: func() time.Time { return at }})
	if err != nil {
		return nil, fmt.Errorf("sign as %s: %w", p.Slug, err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}
