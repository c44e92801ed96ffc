package decision_test

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// verdict is what LAW 4.2 says of one commit, with its contributors.
type verdict struct {
	good         bool
	contributors []string
}

// judgeCommits is LAW 4: which commits of base..head contribute to what, and are
// they good?
func (t *tally) judgeCommits() {
	for _, id := range t.f.Range {
		touched := t.contributes(id)
		if len(touched) == 0 {
			continue
		}
		t.touches[id] = touched
		t.judged[id] = t.judge(id, touched)
	}
}

// contributes is LAW 4.1.
func (t *tally) contributes(id string) []string {
	c := t.commits[id]
	own := t.trees[id]
	if len(c.Parents) <= 1 {
		parent := tree{}
		if len(c.Parents) == 1 {
			parent = t.trees[c.Parents[0]]
		}
		return t.changedPaths(parent, own)
	}
	all := []tree{own}
	for _, p := range append(slices.Clone(c.Parents), c.MergeBases...) {
		all = append(all, t.trees[p])
	}
	var touched []string
	for p := range union(all...) {
		if !t.governed(p) {
			continue
		}
		if t.mergeContributes(id, p) {
			t.because("4.1 merge contributes")
			if t.on("4.1 merge contributes") {
				touched = append(touched, p)
			}
		} else if !t.sameAsAllParents(id, p) {
			t.because("4.1 merge takes a side")
			if !t.on("4.1 merge takes a side") {
				touched = append(touched, p)
			}
		}
	}
	return touched
}

func (t *tally) sameAsAllParents(id, p string) bool {
	for _, parent := range t.commits[id].Parents {
		if !same(t.trees[id], t.trees[parent], p) {
			return false
		}
	}
	return true
}

// mergeContributes: not where the merge takes the one side that changed the file
// since the merge base, nor where nobody changed it; in every other case it does.
// READING 4.1: both sides made the same change: there is not "the one side", so
// the merge contributes. Merge bases that disagree about the file, or none: it
// contributes, whatever it takes.
func (t *tally) mergeContributes(id, p string) bool {
	c := t.commits[id]
	if len(c.MergeBases) == 0 {
		return true
	}
	from := t.trees[c.MergeBases[0]]
	for _, b := range c.MergeBases[1:] {
		if !same(from, t.trees[b], p) {
			t.because("4.1 merge bases disagree")
			if t.on("4.1 merge bases disagree") {
				return true
			}
		}
	}
	var changed []string
	for _, parent := range c.Parents {
		if !same(from, t.trees[parent], p) {
			changed = append(changed, parent)
		}
	}
	switch len(changed) {
	case 0:
		return !same(from, t.trees[id], p)
	case 1:
		return !same(t.trees[changed[0]], t.trees[id], p)
	}
	t.because("4.1 both sides changed it")
	return t.on("4.1 both sides changed it")
}

// judge is LAW 4.2 and the contributors of LAW 3.4.
func (t *tally) judge(id string, touched []string) verdict {
	raw := t.s.Blobs[t.commits[id].SHA256]
	headers, message, _ := strings.Cut(string(raw), "\n\n")
	author, committer := address(headers, "author"), address(headers, "committer")
	word := t.signedBy(raw, author, committer)
	v := verdict{good: word == "good"}
	if word == "vouched" {
		v.good = t.founding || t.hostKeyAllowed(touched)
		if v.good {
			t.because("4.2 vouched")
			v.good = t.on("4.2 vouched")
		}
	}
	if !v.good {
		t.because("SIG009")
		v.good = !t.on("SIG009")
	}
	names := []string{author}
	if word != "vouched" {
		names = append(names, committer)
	}
	for _, line := range strings.Split(message, "\n") {
		if strings.HasPrefix(strings.ToLower(line), "co-authored-by:") {
			t.because("3.4 co-author")
			if t.on("3.4 co-author") {
				names = append(names, inBrackets(line))
			}
		}
	}
	for _, name := range names {
		slug, known := t.charter.byAddress(name)
		if !known {
			t.because("SIG010")
			v.good = v.good && !t.on("SIG010")
		}
		if slug != "" {
			v.contributors = append(v.contributors, slug)
		}
	}
	return v
}

func address(headers, name string) string {
	for _, line := range strings.Split(headers, "\n") {
		if strings.HasPrefix(line, name+" ") {
			return inBrackets(line)
		}
	}
	return ""
}

func inBrackets(line string) string {
	_, after, _ := strings.Cut(line, "<")
	inside, _, _ := strings.Cut(after, ">")
	return inside
}

// signedBy says good, vouched, or something else.
func (t *tally) signedBy(raw []byte, author, committer string) string {
	for p, e := range t.law {
		if !isKeyPath(p) {
			continue
		}
		slug := strings.TrimSuffix(strings.TrimPrefix(p, "keys/"), ".asc")
		if !t.clerk.verifies(raw, e.SHA256, t.s.Blobs[e.SHA256]) {
			continue
		}
		owner, known := t.charter.byAddress(committer)
		if known && owner == slug {
			return "good"
		}
		_, authorKnown := t.charter.byAddress(author)
		if slug == "web-flow" && committer == "noreply@github.com" && authorKnown {
			return "vouched"
		}
	}
	return "not good"
}

// verifies asks go-crypto, at the time of the signature: no key in these histories
// expires before it signs.
func (c *clerk) verifies(raw []byte, keyDigest string, key []byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	remembered := keyDigest + string(raw)
	if known, ok := c.verdicts[remembered]; ok {
		return known == "yes"
	}
	answer := "no"
	if payload, signature, signed := cutSignature(string(raw)); signed {
		at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
		config := &packet.Config{Time: func() time.Time { return at }}
		_, err := openpgp.CheckArmoredDetachedSignature(c.ring(keyDigest, key), strings.NewReader(payload), strings.NewReader(signature), config)
		if err == nil {
			answer = "yes"
		}
	}
	c.verdicts[remembered] = answer
	return answer == "yes"
}

// ring reads a key file once; one that cannot be read holds no keys.
func (c *clerk) ring(digest string, key []byte) openpgp.EntityList {
	if known, ok := c.rings[digest]; ok {
		return known
	}
	ring, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(key))
	if err != nil {
		ring = nil
	}
	c.rings[digest] = ring
	return ring
}

// cutSignature parts a commit object into what was signed and the signature.
func cutSignature(raw string) (payload, signature string, signed bool) {
	before, after, signed := strings.Cut(raw, "\ngpgsig ")
	if !signed {
		return raw, "", false
	}
	var lines []string
	rest := after
	for {
		line, more, _ := strings.Cut(rest, "\n")
		lines = append(lines, strings.TrimPrefix(line, " "))
		rest = more
		if !strings.HasPrefix(rest, " ") {
			break
		}
	}
	return before + "\n" + rest, strings.Join(lines, "\n"), true
}

// hostKeyAllowed: every rule that matches a file to which the commit contributes
// says host-key. Never for configuration and keys. READING 4.2: where no rule
// matches, also because the file is neither on the base nor on the head, a vouched
// commit is not enough.
func (t *tally) hostKeyAllowed(touched []string) bool {
	for _, p := range touched {
		rules := t.rulesFor(p)
		for _, d := range t.allDocuments() {
			if slices.Contains(t.shownBy(d), p) {
				rules = append(rules, t.rulesFor(d)...)
			}
		}
		if len(rules) == 0 || p == configPath || isKeyPath(p) {
			return false
		}
		for _, r := range rules {
			if r.Commits != "host-key" {
				return false
			}
		}
	}
	return true
}
