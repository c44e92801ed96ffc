package commitsig_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
)

// githubFiles is the folder of what GitHub published; where it is absent, tests skip.
const githubFiles = "../../../../shared/github"

// vector is GitHub's verification object of one commit.
type vector struct {
	SHA, Key, Payload, Signature string
}

// readVectors reads GitHub's verification objects and its keys.
func readVectors(t *testing.T) ([]vector, []byte) {
	t.Helper()
	data, err := os.ReadFile(githubFiles + "/signature-vectors.json")
	if err != nil {
		t.Skipf("GitHub's signature vectors are not there: %v", err)
	}
	var vectors []vector
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	keys, err := os.ReadFile(githubFiles + "/web-flow.asc")
	if err != nil {
		t.Fatal(err)
	}
	return vectors, keys
}

func TestVerify_githubsOwnSignaturesAreVouched(t *testing.T) {
	vectors, keys := readVectors(t)
	counts := map[commitsig.Word]int{}
	for _, v := range vectors {
		raw := keyringtest.Signed([]byte(v.Payload), []byte(v.Signature+"\n"), "gpgsig")
		if got := commitsig.ObjectID(raw, commitsig.SHA1); got != v.SHA {
			// GitHub's own signer ends its header with an empty folded line, others do not.
			raw = keyringtest.Signed([]byte(v.Payload), []byte(v.Signature), "gpgsig")
			if got := commitsig.ObjectID(raw, commitsig.SHA1); got != v.SHA {
				t.Errorf("payload and signature make %s, want %s", got, v.SHA)
			}
		}
		c, err := commitsig.Parse(raw)
		if err != nil {
			t.Errorf("%s: Parse: %v", v.SHA, err)
			continue
		}
		author := keyring.Person{Slug: "author", Name: c.Author.Name, Emails: []string{c.Author.Email}}
		ring, _ := keyring.New([]keyring.File{{Path: "keys/web-flow.asc", Bytes: keys}}, []keyring.Person{author})
		got := commitsig.Judge(raw, ring, commitsig.Terms{Clock: commitsig.ClaimedTime})
		counts[got.Word]++
		if got.Word == commitsig.UnknownKey && v.Key == got.KeyID {
			continue // signed by somebody's own key
		}
		if got.Word != commitsig.Vouched {
			t.Errorf("%s: Judge = %s (%s), want vouched", v.SHA, got.Word, got.Text)
		}
		if none := commitsig.Verify(raw, keyring.Ring{}, time.Now()); none.Counts(true) {
			t.Errorf("%s: Verify without keys = %s", v.SHA, none.Word)
		}
	}
	t.Log(counts)
	if counts[commitsig.Vouched] < 85 {
		t.Errorf("%d of 100 vectors are vouched, want 85", counts[commitsig.Vouched])
	}
}
