package evidence_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/evidence/evidencetest"
)

// objectName is what stands in a name for bytes: a digest or an object id.
var objectName = regexp.MustCompile(`[0-9a-f]{40,64}`)

// The tree of a bundle, records among it, is that of version 1: what a reader of ten
// years on finds by name keeps its place.
func TestBundle_listingIsThatOfVersion1(t *testing.T) {
	files := evidencetest.Unpack(evidencetest.Story(".").Bundle())
	var listing strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		listing.WriteString(objectName.ReplaceAllStringFunc(name, func(id string) string {
			if len(id) == 40 {
				return "OBJECT-ID"
			}
			return "SHA256"
		}) + "\n")
	}
	want := string(sample(t, "bundle-listing.txt", []byte(listing.String())))
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(listing.String(), "\n")); diff != "" {
		t.Errorf("listing (-sample +got):\n%s", diff)
	}
}
