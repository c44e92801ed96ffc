package keyring

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// Ring finds keys and people. It does not change and is safe for concurrent use. The zero Ring knows nobody.
type Ring struct{ index *index }

// index is what a Ring looks up in.
type index struct {
	roster        roster
	keys          []Key
	byFingerprint map[string][]int
	// named holds the keys by fingerprint, namedByID by key id, as Named gives them.
	named     map[string][]Key
	namedByID map[uint64][]Key
	digest    string
}

// New reads the key files and the roster of one commit. The findings, in the order of
// document.SortFindings, tell of files that cannot be read, secret keys, keys that are weak, cannot
// sign, stand in the files of two people or of nobody, and addresses that two people claim; for those
// with a date in them see Expiring.
// A key file counts by its name: keys/web-flow.asc is the host's, keys/vidimus.asc ours, any other the
// person's with that slug.
func New(files []File, people []Person) (Ring, []document.Finding) {
	files = slices.Clone(files)
	slices.SortStableFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	x := &index{
		roster: newRoster(people), byFingerprint: map[string][]int{}, named: map[string][]Key{}, namedByID: map[uint64][]Key{},
		digest: digest(files, people),
	}
	var findings []document.Finding
	read := make([]contents, len(files))
	for i, f := range files {
		read[i] = readFile(f)
		findings = append(findings, x.judgeFile(f, read[i])...)
	}
	revokeByOthers(read)
	for _, c := range read {
		for _, k := range c.keys {
			x.add(k)
		}
	}
	x.shareRevocations()
	x.name()
	findings = append(findings, x.judgeAll()...)
	document.SortFindings(findings)
	return Ring{index: x}, findings
}

// role says whose file one of that name is.
func (x *index) role(slug string) Role {
	switch slug {
	case HostSlug:
		return RoleHost
	case BotSlug:
		return RoleBot
	}
	if _, known := x.roster.bySlug[slug]; known {
		return RolePerson
	}
	return RoleNobody
}

// add indexes k.
func (x *index) add(k Key) {
	k.Role = x.role(k.Slug)
	i := len(x.keys)
	x.keys = append(x.keys, k)
	x.byFingerprint[k.Fingerprint] = append(x.byFingerprint[k.Fingerprint], i)
}

// name makes the tables of Named, when nothing of the keys changes any more.
func (x *index) name() {
	for _, k := range x.keys {
		x.named[k.Fingerprint] = append(x.named[k.Fingerprint], k)
		if k.public != nil {
			x.namedByID[k.public.ID] = append(x.namedByID[k.public.ID], k)
		}
	}
}

// Keys gives all keys, by path and then in their files' order.
func (r Ring) Keys() []Key {
	if r.index == nil {
		return nil
	}
	return slices.Clone(r.index.keys)
}

// Named gives the keys with that fingerprint (upper hex, or SHA256:… for SSH) or, where it is "", with
// that key id. There can be several: a key may stand in more than one file, and an id is short. The
// slice is the ring's own and must not be changed.
func (r Ring) Named(fingerprint string, id uint64) []Key {
	switch {
	case r.index == nil:
		return nil
	case fingerprint != "":
		return slices.Clip(r.index.named[fingerprint])
	}
	return slices.Clip(r.index.namedByID[id])
}

// PersonOf gives the person whose address this is, compared without ASCII case;
// {id}+{login}@users.noreply.github.com is the person with that account. An address that two people
// claim is nobody's.
func (r Ring) PersonOf(address string) (Person, bool) {
	if r.index == nil {
		return Person{}, false
	}
	return r.index.roster.person(address)
}

// Person gives the person with that slug.
func (r Ring) Person(slug string) (Person, bool) {
	if r.index == nil {
		return Person{}, false
	}
	i, found := r.index.roster.bySlug[slug]
	if !found {
		return Person{}, false
	}
	return r.index.roster.people[i], true
}

// Digest is the SHA-256, in hex, of the files and the roster: the same input has the same digest, so
// that a verdict can be remembered by it. The zero Ring has "".
func (r Ring) Digest() string {
	if r.index == nil {
		return ""
	}
	return r.index.digest
}

// digest hashes files and people, each value behind its length.
func digest(files []File, people []Person) string {
	h := sha256.New()
	write := func(s string) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(s))))
		h.Write([]byte(s))
	}
	for _, f := range files {
		write(f.Path)
		write(string(f.Bytes))
	}
	write("people")
	for _, p := range people {
		write(p.Slug)
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(p.GitHub)))
		write(p.Login)
		write(p.Name)
		write(strings.Join(p.Emails, "\x00"))
	}
	return hex.EncodeToString(h.Sum(nil))
}
