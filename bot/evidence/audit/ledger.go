package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// besideEntry are the names that may stand in ledger/.
var besideEntry = regexp.MustCompile(`^ledger/[0-9]{4}/[0-9]{6}\.json(?:|\.asc|\.tsr|\.[0-9A-F]{40}\.asc)$`)

// countEntries counts the entries without a hole before them.
func (a *auditor) countEntries() int {
	for n := 1; n <= evidence.MaxEntries; n++ {
		if _, err := fs.Stat(a.files, evidence.EntryPath(n)); err != nil {
			return n - 1
		}
	}
	return evidence.MaxEntries
}

// readLedger walks the chain: numbers, digests, roots, times, keys, signatures.
func (a *auditor) readLedger() {
	const what = "ledger"
	known := map[string]bool{}
	var tree merkle
	for n := 1; n <= a.countEntries(); n++ {
		name := evidence.EntryPath(n)
		known[name], known[name+".asc"] = true, true
		raw, err := a.read(name, evidence.MaxEntryBytes)
		if err != nil {
			a.bad(what, name, err.Error())
			return
		}
		e, err := evidence.ReadEntry(raw)
		if err != nil {
			a.bad(what, name, err.Error())
			return
		}
		next := entry{Entry: e, digest: facts.Digest(raw)}
		a.checkEntry(name, next, tree.root())
		next.signer = a.checkSignature(what, name, raw)
		a.entries = append(a.entries, next)
		tree.add(raw)
	}
	for _, name := range a.walkIf("ledger", what) {
		if !besideEntry.MatchString(name) || !known[strings.SplitAfter(name, ".json")[0]] {
			a.bad(what, name+" does not belong to the chain")
		}
	}
	if len(a.entries) == 0 {
		a.bad(what, "there is no entry")
		return
	}
	head := a.entries[len(a.entries)-1]
	a.report.Entries, a.report.Head = len(a.entries), head.digest
	a.checkSigners()
	a.ok(what, fmt.Sprintf("%s, chain unbroken, head %s", entries(len(a.entries)), short(head.digest)))
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// walkIf lists a folder that may be missing.
func (a *auditor) walkIf(root, what string) []string {
	if _, err := fs.Stat(a.files, root); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return a.walk(root, what)
}

// checkEntry holds an entry against those before it.
func (a *auditor) checkEntry(name string, e entry, root string) {
	const what = "ledger"
	previous, log, at := strings.Repeat("0", 64), e.Log, ""
	if n := len(a.entries); n > 0 {
		previous, log, at = a.entries[n-1].digest, a.entries[0].Log, a.entries[n-1].Time
	}
	switch {
	case e.Number != len(a.entries)+1:
		a.bad(what, name, fmt.Sprintf("has the number %d", e.Number))
	case e.Previous != previous:
		a.bad(what, name, "names   "+short(e.Previous)+" as the entry before it", "found   "+short(previous))
	case e.Root != root:
		a.bad(what, name, "does not have the root of the entries before it")
	case e.Log != log:
		a.bad(what, name, "belongs to the ledger "+e.Log)
	case e.Time < at:
		a.bad(what, name, "is older than the entry before it")
	case slices.ContainsFunc(a.entries, func(o entry) bool { return o.Key == e.Key }):
		a.bad(what, name, "has the key of another entry: "+e.Key)
	case !e.Kind.Known():
		a.bad(what, name, "is of the kind "+string(e.Kind)+", which this version does not judge")
	}
}

// checkSignature verifies the detached signature beside a file.
func (a *auditor) checkSignature(what, name string, raw []byte) evidence.Signer {
	sig, err := a.read(name+".asc", evidence.MaxSignatureBytes)
	if err != nil {
		a.bad(what, name, "there is no signature by the evidence key", err.Error())
		return evidence.Signer{}
	}
	signer, err := a.keys.Verify(raw, sig)
	if err != nil {
		a.bad(what, name, err.Error())
	}
	return signer
}

// checkSigners: a change of keys is never undone, so each signing key signs one run of
// entries.
func (a *auditor) checkSigners() {
	last := map[string]int{}
	for _, e := range a.entries {
		s := e.signer.Signing
		if n, before := last[s]; before && n != e.Number-1 {
			a.bad("ledger", evidence.EntryPath(e.Number), "is signed by "+s+", which another key had replaced after entry "+fmt.Sprint(n))
		}
		last[s] = e.Number
	}
}

// merkle is the RFC 6962 tree over entries, as the roots of its perfect subtrees from
// left to right; sizes are powers of two and fall.
type merkle struct {
	roots [][sha256.Size]byte
	sizes []int
}

func (m *merkle) add(leaf []byte) {
	root := sha256.Sum256(append([]byte{0}, leaf...))
	size := 1
	for n := len(m.sizes); n > 0 && m.sizes[n-1] == size; n = len(m.sizes) {
		root = node(m.roots[n-1], root)
		size *= 2
		m.roots, m.sizes = m.roots[:n-1], m.sizes[:n-1]
	}
	m.roots, m.sizes = append(m.roots, root), append(m.sizes, size)
}

// root joins the subtrees from the right; of an empty tree it is the SHA-256 of
// nothing. RFC 6962 §2.1.
func (m *merkle) root() string {
	if len(m.roots) == 0 {
		return facts.Digest(nil)
	}
	root := m.roots[len(m.roots)-1]
	for i := len(m.roots) - 2; i >= 0; i-- {
		root = node(m.roots[i], root)
	}
	return hex.EncodeToString(root[:])
}

func node(left, right [sha256.Size]byte) [sha256.Size]byte {
	return sha256.Sum256(slices.Concat([]byte{1}, left[:], right[:]))
}
