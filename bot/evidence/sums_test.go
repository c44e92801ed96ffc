package evidence_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/evidence"
)

func TestReadSums_readsTheSampleOfVersion1(t *testing.T) {
	want := []evidence.Sum{
		{SHA256: sha, Path: "content.txt"},
		{SHA256: sha2, Path: "site/documents/SRM-AWS/1.1+aeaf738210a2.html"},
		{SHA256: sha2, Path: "sources/POL-CLOUD.md"},
		{SHA256: sha, Path: "statements/document-POL-CLOUD.json.asc"},
	}
	made := evidence.FormatSums([]evidence.Sum{want[3], want[0], want[2], want[1]})
	read, err := evidence.ReadSums(golden(t, "record-SHA256SUMS", made))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, read); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestReadSums_refusesWhatSomebodyCouldReadOtherwise(t *testing.T) {
	good := sha + "  content.txt\n" + sha2 + "  facts.json\n"
	for name, bad := range map[string]string{
		"one space":            strings.Replace(good, "  ", " ", 1),
		"binary mark":          strings.Replace(good, "  ", " *", 1),
		"no last line end":     strings.TrimSuffix(good, "\n"),
		"empty line":           good + "\n",
		"out of order":         sha + "  facts.json\n" + sha2 + "  content.txt\n",
		"twice":                good + sha + "  facts.json\n",
		"upper case":           strings.Replace(good, sha, strings.ToUpper(sha), 1),
		"short":                strings.Replace(good, sha, sha[1:], 1),
		"escaped by sha256sum": `\` + sha + "  content\\\\n.txt\n",
		"leading dot":          sha + "  .vidimus.yml\n",
		"parent folder":        sha + "  ../content.txt\n",
		"dot folder":           sha + "  a/./b\n",
		"absolute":             sha + "  /etc/passwd\n",
		"option":               sha + "  -n\n",
		"blank in a name":      sha + "  a b\n",
		"letters beyond ASCII": sha + "  ü.md\n",
		"CRLF":                 strings.ReplaceAll(good, "\n", "\r\n"),
	} {
		if _, err := evidence.ReadSums([]byte(bad)); !errors.Is(err, evidence.ErrSums) {
			t.Errorf("%s: error = %v, want ErrSums", name, err)
		}
	}
	if _, err := evidence.ReadSums(bytes.Repeat([]byte("x"), evidence.MaxSumsBytes+1)); !errors.Is(err, evidence.ErrSums) {
		t.Errorf("too large: error = %v, want ErrSums", err)
	}
}

func FuzzReadSums(f *testing.F) {
	f.Add([]byte(sha + "  content.txt\n" + sha2 + "  sources/POL-CLOUD.md\n"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, data []byte) {
		sums, err := evidence.ReadSums(data)
		if err == nil && !bytes.Equal(evidence.FormatSums(sums), data) {
			t.Errorf("read %q, wrote %q", data, evidence.FormatSums(sums))
		}
	})
}
