package document_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/document"
)

var (
	digestA = strings.Repeat("a1", 32)
	digestB = strings.Repeat("b2", 32)
)

// The golden sample of version 1 that every later commit must read.
func TestReadContentList_readsTheSampleOfVersion1(t *testing.T) {
	sample, err := os.ReadFile("testdata/content-1.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines, err := document.ReadContentList(sample)
	if err != nil {
		t.Fatal(err)
	}
	want := []document.ContentLine{
		{Mode: "000000", SHA256: digestB, Path: "contracts/old provider.md"},
		{Mode: "100644", SHA256: digestA, Path: "matrices/aws-production.md"},
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("ReadContentList (-want +got):\n%s", diff)
	}
	if got := document.FormatContentList(lines); string(got) != string(sample) {
		t.Errorf("FormatContentList = %q, want the sample %q", got, sample)
	}
}

func TestFormatContentList_sortsByPath(t *testing.T) {
	got := document.FormatContentList([]document.ContentLine{
		{Mode: "100644", SHA256: digestA, Path: "policy/b.md"},
		{Mode: "100644", SHA256: digestB, Path: "policy/a.md"},
	})
	want := "vidimus-content/1\n100644 " + digestB + " policy/a.md\n100644 " + digestA + " policy/b.md\n"
	if string(got) != want {
		t.Errorf("FormatContentList = %q, want %q", got, want)
	}
}

func TestReadContentList_refusesWhatIsNotExactlyOne(t *testing.T) {
	good := "vidimus-content/1\n100644 " + digestA + " policy/a.md\n"
	for name, bad := range map[string]string{
		"no header":        strings.TrimPrefix(good, "vidimus-content/1\n"),
		"other version":    strings.Replace(good, "/1", "/2", 1),
		"no last line end": strings.TrimSuffix(good, "\n"),
		"path twice":       good + "100644 " + digestB + " policy/a.md\n",
		"out of order":     good + "100644 " + digestB + " exit/a.md\n",
		"short digest":     strings.Replace(good, digestA, digestA[:63], 1),
		"upper case":       strings.Replace(good, digestA, strings.ToUpper(digestA), 1),
		"two spaces":       strings.Replace(good, " "+digestA, "  "+digestA, 1),
		"control in path":  strings.Replace(good, "a.md", "a\x01.md", 1),
		"other mode":       strings.Replace(good, "100644", "100600", 1),
		"empty line":       good + "\n",
		"too large":        good + strings.Repeat("x", document.MaxContentListBytes),
	} {
		if _, err := document.ReadContentList([]byte(bad)); !errors.Is(err, document.ErrContentList) {
			t.Errorf("%s: error = %v, want ErrContentList", name, err)
		}
	}
}

func TestImagesDigest_keepsLinkOrder(t *testing.T) {
	a := document.ContentLine{Mode: "100644", SHA256: digestA, Path: "policy/z.png"}
	b := document.ContentLine{Mode: "100644", SHA256: digestB, Path: "policy/a.png"}
	sum := sha256.Sum256([]byte("100644 " + digestA + " policy/z.png\n100644 " + digestB + " policy/a.png\n"))
	if got, want := document.ImagesDigest([]document.ContentLine{a, b}), hex.EncodeToString(sum[:]); got != want {
		t.Errorf("ImagesDigest = %s, want %s", got, want)
	}
	if got := document.ImagesDigest(nil); got != "" {
		t.Errorf("ImagesDigest of none = %s, want nothing", got)
	}
}

func FuzzReadContentList(f *testing.F) {
	f.Add("vidimus-content/1\n100644 " + digestA + " policy/a.md\n000000 " + digestB + " policy/b.md\n")
	f.Add("vidimus-content/1\n")
	f.Fuzz(func(t *testing.T, in string) {
		lines, err := document.ReadContentList([]byte(in))
		if err != nil {
			return
		}
		if got := document.FormatContentList(lines); string(got) != in {
			t.Errorf("read %q, wrote %q", in, got)
		}
	})
}
