package redline_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/vidimus-bot/vidimus/bot/document/redline"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestCompare_golden compares two versions in each file, before.md and after.md, and holds what people are shown
// against the file's folded.html and summary.txt.
func TestCompare_golden(t *testing.T) {
	files, err := filepath.Glob("testdata/compare/*.txtar")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			part := func(name string) string {
				for _, f := range archive.Files {
					if f.Name == name {
						return string(f.Data)
					}
				}
				return ""
			}
			holdsLaw(t, "matrices/x.md", part("before.md"), part("after.md"))
			c := redline.Compare(parse("matrices/x.md", part("before.md")), parse("matrices/x.md", part("after.md")))
			page, err := c.Folded(redline.Look{})
			if err != nil {
				t.Fatal(err)
			}
			got := []txtar.File{{Name: "summary.txt", Data: []byte(summary(c))}, {Name: "folded.html", Data: []byte(page.Body)}}
			if *update {
				archive.Files = append(archive.Files[:2], got...)
				if err := os.WriteFile(name, txtar.Format(archive), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for _, f := range got {
				if diff := cmp.Diff(part(f.Name), string(f.Data)); diff != "" && !*update {
					t.Errorf("%s (-want +got):\n%s", f.Name, diff)
				}
			}
		})
	}
}

// summary is what a page says besides the text.
func summary(c redline.Changes) string {
	var b strings.Builder
	for _, f := range c.Fields {
		fmt.Fprintf(&b, "field %s: %q -> %q\n", f.Label, f.Before, f.After)
	}
	for _, h := range c.Hands {
		fmt.Fprintf(&b, "hands %s %s: %q -> %q, owner %q -> %q\n", h.Ref, h.Area, h.Before, h.After, h.OwnerBefore, h.OwnerAfter)
	}
	fmt.Fprintf(&b, "%d passages, %d rows, %d of %d sections unchanged\n", c.Count.Passages, c.Count.Rows, c.Count.Unchanged, c.Count.Sections)
	if c.Unseen {
		b.WriteString("only what nobody sees\n")
	}
	return b.String()
}
