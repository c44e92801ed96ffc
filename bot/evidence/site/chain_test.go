package site_test

import (
	"crypto/sha1" //nolint:gosec // Git's names of blobs
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// The evidence as somebody reads it who has only the description of its forms, .github/docs/predicates.md.
type (
	signatureStatement struct {
		Predicate struct {
			Act struct {
				ID         int64  `json:"id"`
				BodySHA256 string `json:"bodySha256"`
			} `json:"act"`
			Binding struct {
				ContentDigest string `json:"contentDigest"`
				Witness       struct {
					SHA256 string `json:"sha256"`
				} `json:"witness"`
			} `json:"binding"`
			Signatory struct {
				ID   int64  `json:"id"`
				Name string `json:"name"`
			} `json:"signatory"`
			Statements []struct {
				Counts bool   `json:"counts"`
				Path   string `json:"path"`
				SHA256 string `json:"sha256"`
				Line   string `json:"line"`
				Text   string `json:"text"`
			} `json:"statements"`
		} `json:"predicate"`
		Subject []struct {
			Name   string `json:"name"`
			Digest struct {
				SHA256  string `json:"sha256"`
				GitBlob string `json:"gitBlob"`
			} `json:"digest"`
		} `json:"subject"`
	}
	witnessStatement struct {
		Predicate struct {
			Observations []struct {
				Act           string `json:"act"`
				ID            int64  `json:"id"`
				UserID        int64  `json:"userId"`
				BodySHA256    string `json:"bodySha256"`
				ContentDigest string `json:"contentDigest"`
			} `json:"observations"`
		} `json:"predicate"`
	}
	reviewAnswer struct {
		ID   int64  `json:"id"`
		Body string `json:"body"`
		User struct {
			ID int64 `json:"id"`
		} `json:"user"`
		State string `json:"state"`
	}
)

// hop is one step of the way as the page shows it: where it leads, and the digest that stands there.
type hop struct {
	file   string // of the evidence branch; "" where the step is in Git alone
	bytes  []byte
	digest string
	words  string
}

// way are the steps of one signature on a page.
func (w *world) way(t *testing.T, page string, signature *html.Node) []hop {
	t.Helper()
	var hops []hop
	lists := all(signature, "ol")
	if len(lists) != 1 {
		t.Fatalf("%s: a signature with %d lists of steps", page, len(lists))
	}
	for _, li := range all(lists[0], "li") {
		h := hop{words: text(li)}
		if links := all(li, "a"); len(links) == 1 {
			h.file = path.Join("site", path.Dir(page), attribute(links[0], "href"))
			f, ok := w.branch[h.file]
			if !ok {
				t.Fatalf("%s: the step %q leads to %s, which is not there", page, h.words, h.file)
			}
			h.bytes = f.Data
		}
		h.digest = digestIn(li)
		hops = append(hops, h)
	}
	return hops
}

// digestIn is the whole digest that stands below a node.
func digestIn(n *html.Node) string {
	for _, c := range all(n, "code") {
		if attribute(c, "class") == "digest" {
			return strings.ReplaceAll(text(c), " ", "")
		}
	}
	return ""
}

func sum(raw []byte) string {
	s := sha256.Sum256(raw)
	return hex.EncodeToString(s[:])
}

// gitBlob is Git's name of bytes. gitglossary(7), "object identifier".
func gitBlob(raw []byte) string {
	s := sha1.Sum(fmt.Appendf(nil, "blob %d\x00%s", len(raw), raw)) //nolint:gosec // Git's
	return hex.EncodeToString(s[:])
}

// TestSignature_isFollowedHopByHop takes every signature on every page of a version and goes the way that the page
// names: statement, review, witness, list, bytes, Git's blob. Each hop must have the digest that the page shows, and
// lead to the next by what stands in it.
func TestSignature_isFollowedHopByHop(t *testing.T) {
	for name, w := range worlds(t) {
		t.Run(name, func(t *testing.T) {
			followed := 0
			for _, page := range slices.Sorted(maps.Keys(w.pages)) {
				if !strings.HasPrefix(page, "documents/") || !strings.HasSuffix(page, ".html") || strings.HasSuffix(page, "-signatures.html") {
					continue
				}
				for _, li := range all(parse(t, w.pages[page]), "li") {
					if attribute(li, "class") == "sig" {
						w.follow(t, page, li)
						followed++
					}
				}
			}
			if followed < 5 {
				t.Errorf("only %d signatures were followed", followed)
			}
			t.Logf("%d signatures followed", followed)
		})
	}
}

func (w *world) follow(t *testing.T, page string, signature *html.Node) {
	t.Helper()
	hops := w.way(t, page, signature)
	if len(hops) != 6 {
		t.Errorf("%s: %d steps, want statement, review, witness, list, bytes, blob", page, len(hops))
		return
	}
	for i, h := range hops {
		switch {
		case i == 5: // in Git alone
		case i == 1: // the digest that stands there is that of the body within
		case h.digest != sum(h.bytes):
			t.Errorf("%s: step %d shows %s, the file has %s", page, i+1, h.digest, sum(h.bytes))
		}
	}
	var s signatureStatement
	var r reviewAnswer
	var seen witnessStatement
	for i, into := range []any{&s, &r, &seen} {
		if err := json.Unmarshal(hops[i].bytes, into); err != nil {
			t.Fatalf("%s: step %d: %v", page, i+1, err)
		}
	}
	w.matches(t, page, signature, s, r)
	if sum([]byte(r.Body)) != hops[1].digest || s.Predicate.Act.BodySHA256 != hops[1].digest {
		t.Errorf("%s: the body of review %d is not the one whose digest stands there", page, r.ID)
	}
	witnessed := false
	for _, o := range seen.Predicate.Observations {
		witnessed = witnessed || o.Act == "review" && o.ID == r.ID && o.UserID == r.User.ID && o.BodySHA256 == hops[1].digest && o.ContentDigest == hops[3].digest
	}
	if !witnessed || s.Predicate.Binding.Witness.SHA256 != hops[2].digest || s.Predicate.Binding.ContentDigest != hops[3].digest {
		t.Errorf("%s: the witness does not bind review %d to the list that follows", page, r.ID)
	}
	if !strings.Contains(string(hops[3].bytes), " "+hops[4].digest+" ") {
		t.Errorf("%s: the list does not name the bytes %s", page, hops[4].digest)
	}
	if got := gitBlob(hops[4].bytes); hops[5].digest != got {
		t.Errorf("%s: the blob is called %s, the bytes make %s", page, hops[5].digest, got)
	}
}

// matches holds statement and review against what people read of the signature.
func (w *world) matches(t *testing.T, page string, signature *html.Node, s signatureStatement, r reviewAnswer) {
	t.Helper()
	shownDigest, words := digestIn(signature), text(signature)
	if s.Predicate.Act.ID != r.ID || s.Predicate.Signatory.ID != r.User.ID || r.State != "APPROVED" {
		t.Errorf("%s: the statement is about review %d, the review is %d (%s)", page, s.Predicate.Act.ID, r.ID, r.State)
	}
	if !strings.Contains(words, fmt.Sprint(r.ID)) || !strings.Contains(words, strings.Join(strings.Fields(s.Predicate.Signatory.Name), " ")) {
		t.Errorf("%s: review %d by %s is not what stands there", page, r.ID, s.Predicate.Signatory.Name)
	}
	found := false
	for _, one := range s.Predicate.Statements {
		if one.SHA256 != shownDigest || !one.Counts {
			continue
		}
		found = true
		if one.Line != "" && (!strings.Contains(r.Body, one.Line) || !strings.Contains(one.Line, shownDigest)) {
			t.Errorf("%s: the review's body does not hold the line %q", page, one.Line)
		}
	}
	if !found {
		t.Errorf("%s: no statement of review %d counts for the text %s", page, r.ID, shownDigest)
	}
}
