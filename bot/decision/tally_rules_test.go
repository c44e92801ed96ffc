package decision_test

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/ProtonMail/go-crypto/openpgp"
)

// rulesFor are the rules of a document, as it is on the base or at the head.
// LAW 2.1, 2.4.
func (t *tally) rulesFor(p string) []rule {
	if p == configPath || isKeyPath(p) {
		return []rule{t.charter.Config}
	}
	var rules []rule
	if !isDocumentPath(p) {
		return nil
	}
	for _, r := range t.charter.Rules {
		before, onBase := t.base[p]
		after, onHead := t.head[p]
		atBase := onBase && r.matches(p, t.page(before))
		atHead := onHead && r.matches(p, t.page(after))
		if atBase && onHead && !atHead {
			t.because("2.1 rule of the base")
			atBase = t.on("2.1 rule of the base")
		}
		if atBase || atHead {
			rules = append(rules, r)
		}
	}
	return rules
}

// demand fills in what LAW 2 asks for a document.
func (t *tally) demand(d *doc) {
	rules := t.rulesFor(d.path)
	if len(rules) == 0 {
		t.because("CFG002")
		d.noRule = true
		return
	}
	d.level, d.several = "approval", true
	weakest, anySeveral := rules[0].Level, false
	for _, r := range rules {
		d.needs = append(d.needs, r.Require)
		if r.Level != "approval" { // the strictest stands, LAW 2.1
			d.level = r.Level
		} else {
			weakest = r.Level
		}
		d.several = d.several && r.SeveralRoles == "allowed"
		anySeveral = anySeveral || r.SeveralRoles == "allowed"
	}
	if d.level != weakest || d.several != anySeveral {
		t.because("2.1 strictest")
		if !t.on("2.1 strictest") {
			d.level, d.several = weakest, anySeveral
		}
	}
	if t.founding {
		d.level = "statement" // LAW 8.2
	}
	if isKeyPath(d.path) && !t.founding {
		t.demandSelf(d)
	}
	t.demandSignatories(d)
	for _, need := range d.needs {
		for _, role := range leaves(need) {
			if !slices.Contains(d.roles, role) {
				d.roles = append(d.roles, role)
			}
		}
	}
	for _, role := range t.charter.RoleOrder {
		if t.founding && !slices.Contains(d.roles, role) {
			d.roles = append(d.roles, role)
		}
	}
}

// demandSignatories is LAW 2.2, and for drafts 2.3. READING 2.3: "draft at both
// base and head" is "wherever it exists": DESIGN.md says that the import of new
// drafts needs commits only.
func (t *tally) demandSignatories(d *doc) {
	if !isDocumentPath(d.path) {
		return
	}
	d.free = true
	for _, in := range []tree{t.base, t.head} {
		e, there := in[d.path]
		if !there {
			continue
		}
		pg := t.page(e)
		d.free = d.free && pg.status == "draft"
		for _, role := range pg.signatories {
			if !t.needed(d, role) {
				t.because("2.2 signatories")
			}
			if t.on("2.2 signatories") {
				d.needs = append(d.needs, role)
			}
		}
	}
	if d.free {
		t.because("2.3 draft document")
		d.free = t.on("2.3 draft document")
	}
}

// needed says whether no rule can be met without the role.
func (t *tally) needed(d *doc, role string) bool {
	everybody := map[string]string{}
	for _, need := range d.needs {
		for _, other := range leaves(need) {
			if other != role {
				everybody[other] = "somebody"
			}
		}
	}
	for _, need := range d.needs {
		if !met(need, everybody) {
			return true
		}
	}
	return false
}

// demandSelf is LAW 2.4. A renewal needs the owner and one of the rule, a
// revocation one of the rule, everything else the rule and the owner.
func (t *tally) demandSelf(d *doc) {
	slug := strings.TrimSuffix(path.Base(d.path), path.Ext(d.path))
	if slug == "web-flow" || slug == "vidimus" {
		return // nobody's own
	}
	one := map[string]any{"any": asList(leaves(t.charter.Config.Require))}
	change := keyChange(t.s.Blobs[t.from[d.path].SHA256], t.s.Blobs[t.head[d.path].SHA256])
	if change != "" {
		t.because("2.4 " + change)
		if !t.on("2.4 " + change) {
			change = ""
		}
	}
	switch change {
	case "revocation":
		d.needs = []any{one}
	case "renewal":
		d.needs = []any{one, "self"}
	default:
		t.because("2.4 self")
		if t.on("2.4 self") {
			d.needs = append(d.needs, "self")
		}
	}
}

func asList(roles []string) []any {
	var list []any
	for _, r := range roles {
		list = append(list, r)
	}
	return list
}

// keyChange says revocation or renewal, as go-crypto reads the two files.
func keyChange(before, after []byte) string {
	a, errA := openpgp.ReadArmoredKeyRing(bytes.NewReader(before))
	b, errB := openpgp.ReadArmoredKeyRing(bytes.NewReader(after))
	if errA != nil || errB != nil || len(a) != 1 || len(b) != 1 || !bytes.Equal(a[0].PrimaryKey.Fingerprint, b[0].PrimaryKey.Fingerprint) {
		return ""
	}
	if len(b[0].Revocations) > len(a[0].Revocations) {
		return "revocation"
	}
	x, y := a[0].PrimaryIdentity().SelfSignature, b[0].PrimaryIdentity().SelfSignature
	lifetime := func(seconds *uint32) uint32 {
		if seconds == nil || *seconds == 0 {
			return 1<<32 - 1
		}
		return *seconds
	}
	if lifetime(y.KeyLifetimeSecs) > lifetime(x.KeyLifetimeSecs) {
		return "renewal"
	}
	return ""
}

// contribute fills in who contributed to a document. LAW 3.4, 1.2.
func (t *tally) contribute(d *doc) {
	if t.f.Pull != nil {
		if slug := t.charter.byAccount(t.f.Pull.Author.ID); slug != "" {
			if slices.ContainsFunc(t.reviews, func(g *given) bool { return g.person == slug }) {
				t.because("3.4 opener")
			}
			d.contributors[slug] = t.on("3.4 opener")
		}
	}
	own := map[string]bool{d.path: true}
	for _, image := range t.shownBy(d.path) {
		own[image] = true
	}
	kin := t.kin(own)
	for id, touched := range t.touches {
		for _, p := range touched {
			if !kin[p] || (!own[p] && !t.on("3.4 renamed")) {
				continue
			}
			for _, slug := range t.judged[id].contributors {
				if !own[p] && !d.contributors[slug] {
					t.because("3.4 renamed")
				}
				d.contributors[slug] = true
			}
		}
	}
}
