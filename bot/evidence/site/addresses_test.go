package site_test

import (
	"bytes"
	"flag"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/evidence"
	"github.com/vidimus-bot/vidimus/bot/evidence/site"
)

var update = flag.Bool("update", false, "rewrite the golden files; a removed address breaks a promise")

// TestAddresses_neverChange holds the addresses of all pages, and the anchors that others may link to. A published
// address stays: lines may be added to the golden file, never taken away. See .github/docs/site.md.
func TestAddresses_neverChange(t *testing.T) {
	for name, w := range map[string]*world{"story": story(t), "northquay": example(t)} {
		golden := "testdata/addresses-" + name + ".txt"
		got := strings.Join(addressesOf(t, w), "\n") + "\n"
		if *update {
			must(os.WriteFile(golden, []byte(got), 0o600))
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("%s: addresses changed (-published +now):\n%s", name, diff)
		}
	}
}

// addressesOf are the addresses of a site: its files, the entries of its ledger, its deviations.
func addressesOf(t *testing.T, w *world) []string {
	t.Helper()
	addresses := slices.Sorted(maps.Keys(w.pages))
	for _, page := range []string{"ledger.html", "deviations.html"} {
		for id := range idsOf(parse(t, w.pages[page])) {
			if strings.HasPrefix(id, "DEV-") || strings.HasPrefix(id, "e") {
				addresses = append(addresses, page+"#"+id)
			}
		}
	}
	slices.Sort(addresses)
	return addresses
}

// TestAddresses_stayWhenTheLedgerGrows publishes entry by entry: what had an address after one entry has it after
// all.
func TestAddresses_stayWhenTheLedgerGrows(t *testing.T) {
	whole := story(t)
	published := map[string]int{}
	for n := 1; n < len(whole.ledger.Entries()); n++ {
		for address := range siteOf(t, until(whole, n)) {
			published[address] = n
		}
	}
	for address, n := range published {
		if _, ok := whole.pages[address]; !ok {
			t.Errorf("%s was published with entry %d and is gone", address, n)
		}
	}
}

// TestAddresses_textOfAVersionStays compares the text of each version as it was published first with the page of today:
// its banner may change, its text may not.
func TestAddresses_textOfAVersionStays(t *testing.T) {
	whole, compared := story(t), 0
	for n := 1; n < len(whole.ledger.Entries()); n++ {
		for address, page := range siteOf(t, until(whole, n)) {
			if !strings.HasPrefix(address, "documents/TOP-CLOUD/") || strings.Contains(address, "..") {
				continue
			}
			before, now := articleOf(t, page), articleOf(t, whole.pages[address])
			if before != now {
				t.Errorf("%s: the text of entry %d\n%s\nreads now\n%s", address, n, before, now)
			}
			if strings.Contains(now, "used") {
				compared++
			}
		}
	}
	if compared < 5 {
		t.Errorf("only %d texts were compared", compared)
	}
}

// articleOf is the sheet with the text of a version, without the label of the frame; "" for other pages.
func articleOf(t *testing.T, page []byte) string {
	t.Helper()
	for _, a := range all(parse(t, page), "article") {
		if attribute(a, "id") == "text" {
			_, words, _ := strings.Cut(text(a), "Document ") // the heading with which these texts begin
			return words
		}
	}
	return ""
}

// until is the ledger as it was after an entry.
func until(w *world, number int) *evidence.Ledger {
	l, err := evidence.Open(cut(w, number))
	must(err)
	return l
}

func siteOf(t *testing.T, l *evidence.Ledger) map[string][]byte {
	t.Helper()
	pages, err := site.Files(l, site.Options{Web: web})
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

func TestFiles_sameEvidenceSameBytes(t *testing.T) {
	for name, w := range map[string]*world{"story": story(t), "northquay": example(t)} {
		l, err := evidence.Open(w.branch)
		if err != nil {
			t.Fatal(err)
		}
		again := siteOf(t, l)
		if len(again) != len(w.pages) {
			t.Errorf("%s: %d files, then %d", name, len(w.pages), len(again))
		}
		for address, page := range w.pages {
			if !bytes.Equal(page, again[address]) {
				t.Errorf("%s: %s differs when it is made again: %s", name, address, cmp.Diff(string(page), string(again[address])))
			}
		}
	}
}

// TestFiles_hostDoesNotMatter renders without an address of the host: no page links there, and none is dead.
func TestFiles_hostDoesNotMatter(t *testing.T) {
	linked := 0
	for _, page := range story(t).pages {
		linked += strings.Count(string(page), `href="`+web+`/commit`)
	}
	if linked < 10 {
		t.Errorf("with an address, %d links lead to commits on the host", linked)
	}
	pages, err := site.Files(story(t).ledger, site.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for address, page := range pages {
		if strings.Contains(string(page), `href="`+web+`/commit`) {
			t.Errorf("%s links to the host", address)
		}
	}
}

func TestFiles_refusesWhatIsNoAddress(t *testing.T) {
	for _, address := range []string{"javascript:alert(1)", "//evil.example", "https://", "ftp://a.example", "https://a.example/?q", "https://a.example/#f", "\x00"} {
		for _, o := range []site.Options{{Web: address}, {Address: address}} {
			if _, err := site.Files(story(t).ledger, o); err == nil || !strings.Contains(err.Error(), "https://host/path") {
				t.Errorf("Files(%+v) = %v, want an error that names the form", o, err)
			}
		}
	}
}
