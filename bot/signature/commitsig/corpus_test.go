package commitsig_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
)

// corpus is the folder of signed commits with the verdicts of others; where it is absent, tests skip.
const corpus = "../../../../shared/corpus/commits"

// needCorpus skips the test where the corpus is absent.
func needCorpus(t testing.TB) {
	t.Helper()
	if _, err := os.Stat(corpus); err != nil {
		t.Skipf("the corpus of signed commits is not there: %v", err)
	}
}

// readKeys reads the key files of a set.
func readKeys(t testing.TB, dir string) []keyring.File {
	t.Helper()
	var files []keyring.File
	for _, pattern := range []string{"*.asc", "*.pub"} {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			files = append(files, keyring.File{Path: "keys/" + filepath.Base(name), Bytes: data})
		}
	}
	return files
}

// readTable reads a TSV file with a header line, as one map a line.
func readTable(t testing.TB, path string) []map[string]string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	names := strings.Split(lines[0], "\t")
	var rows []map[string]string
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, value := range strings.Split(line, "\t") {
			row[names[i]] = value
		}
		rows = append(rows, row)
	}
	return rows
}

// madeRing reads the keys and the roster of the made cases.
func madeRing(t testing.TB) keyring.Ring {
	t.Helper()
	var people []keyring.Person
	for _, row := range readTable(t, corpus+"/made/people.tsv") {
		people = append(people, keyring.Person{
			Slug: row["login"], Login: row["login"], Name: row["name"], Emails: strings.Fields(row["emails"]),
		})
	}
	ring, _ := keyring.New(readKeys(t, corpus+"/made/keys"), people)
	return ring
}

// accepted holds the made cases in which another verdict than the first one stands, with the reason.
func accepted() map[string]string {
	return map[string]string{
		"bad-signature-expired":              "DESIGN.md has the word expired-signature for it, which the table was made before",
		"wrong-person-author":                "DESIGN.md: the committer decides, another author is allowed and only claimed",
		"bad-type-changed":                   "signatures of the kind text are refused before they are computed",
		"bad-type-01-not-canonical":          "the same",
		"malformed-blank-continuation-after": "GitHub itself ends every signature so: 1,383 of the corpus' real commits",
	}
}

func TestVerify_madeCasesHaveTheirVerdict(t *testing.T) {
	needCorpus(t)
	ring := madeRing(t)
	for _, row := range readTable(t, corpus+"/made/expected.tsv") {
		raw, err := os.ReadFile(filepath.Join(corpus, "made", row["name"]+".commit"))
		if err != nil {
			t.Fatal(err)
		}
		seen, err := time.Parse(time.RFC3339, row["seen"])
		if err != nil {
			t.Fatal(err)
		}
		checkMade(t, row, commitsig.Verify(raw, ring, seen))
	}
}

// checkMade compares one verdict with its row of the table.
func checkMade(t *testing.T, row map[string]string, got commitsig.Verdict) {
	t.Helper()
	name, word := row["name"], string(got.Word)
	reason, excused := accepted()[name]
	debatable := strings.Fields(row["debatable"])
	switch {
	case word == "good" && row["verdict"] != "good" && !slices.Contains(debatable, "good"):
		t.Errorf("%s: Verify = good, which neither column says", name)
	case word == row["verdict"] && excused:
		t.Errorf("%s: Verify = %s as expected: take it out of accepted (%s)", name, word, reason)
	case word == row["verdict"]:
	case excused && (slices.Contains(debatable, word) || got.Word == commitsig.ExpiredSignature):
	default:
		t.Errorf("%s: Verify = %s (%s), want %s (debatable: %s; %s)", name, word, got.Text, row["verdict"], row["debatable"],
			row["why"])
	}
	if got.Text == "" || got.Clock != commitsig.FirstSeen {
		t.Errorf("%s: Text = %q, Clock = %q, want a sentence and first-seen", name, got.Text, got.Clock)
	}
	if got.Word == commitsig.Malformed && got.Offset == 0 && name != "malformed-nothing" {
		t.Errorf("%s: no offset in %+v", name, got)
	}
}
