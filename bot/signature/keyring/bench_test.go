package keyring_test

import (
	"fmt"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// BenchmarkNew measures reading the keys of fifty people, with a subkey each.
func BenchmarkNew(b *testing.B) {
	var files []keyring.File
	var people []keyring.Person
	for i := range 50 {
		packets, _ := family(b)
		slug := fmt.Sprintf("p%d", i)
		files = append(files, keyring.File{Path: "keys/" + slug + ".asc", Bytes: keyringtest.Armour(block, packets...)})
		people = append(people, keyring.Person{Slug: slug, GitHub: int64(i + 1), Emails: []string{slug + "@example.org"}})
	}
	b.ReportAllocs()
	for b.Loop() {
		if ring, findings := keyring.New(files, people); len(findings) > 0 || len(ring.Keys()) != 100 {
			b.Fatal(findings)
		}
	}
}
