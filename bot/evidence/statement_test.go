package evidence_test

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/evidence"
)

var update = flag.Bool("update", false, "rewrite the golden samples; those of a released version are never rewritten")

// The values of the samples.
var (
	sha     = strings.Repeat("a1", 32)
	sha2    = strings.Repeat("b2", 32)
	commitA = strings.Repeat("c3", 20)
	commitB = strings.Repeat("d4", 20)
	blobA   = strings.Repeat("e5", 20)
	bot     = strings.Repeat("78DF", 10)
)

func repository() facts.Repository {
	return facts.Repository{Host: "github.com", ID: 812640017, Name: "northquay/cloud-governance"}
}

func ref(commit string) evidence.GitRef {
	return evidence.GitRef{Digest: evidence.GitDigest{GitCommit: commit}}
}

func refPointer(commit string) *evidence.GitRef {
	r := ref(commit)
	return &r
}

// samples hold every field of every predicate once.
func samples() map[string]evidence.Statement {
	document := []evidence.Subject{{Name: "policy/cloud usage.md", Digest: evidence.Digests{SHA256: sha, GitBlob: blobA}}}
	landed := evidence.Landed{
		At: "2026-10-02T09:47:30Z", BaseBranch: "main", By: evidence.Actor{ID: 61000115, Login: "rdevries-nq", Name: "Ruben de Vries", Person: "rdevries"},
		Commit: ref(commitB), Commits: []evidence.GitRef{ref(commitA), ref(commitB)}, Method: "rebase", Mode: "100644", Path: "policy/cloud usage.md", Pull: 412,
	}
	roster := evidence.FileAt{Commit: commitA, Path: ".vidimus.yml", SHA256: sha2}
	return map[string]evidence.Statement{
		"document-version": {Subject: document, Predicate: evidence.DocumentVersion{
			Repository: repository(), Landed: landed, ContentDigest: sha,
			Document: evidence.DocumentCopy{
				ID: "POL-CLOUD", Type: "cloud-usage-policy", Title: `Cloud "Usage" <Policy>`, Version: "2.10", Status: "approved", Change: "editorial",
				ChangeSummary: "Clearer.", Classification: "internal", Owner: "ciso", Effective: "2026-10-05", NextReview: "2027-09-27", Controls: []string{"A.5.23"},
			},
			Images: []evidence.Image{{Mode: "100644", Path: "policy/picture.png", SHA256: sha2}}, ImagesDigest: sha2,
			Requirements: []evidence.Requirement{
				{Rule: "rules[0]", Role: "ciso", Level: "statement", Outcome: "signed", Person: "abrannigan", Signature: &evidence.Ref{SHA256: sha2}},
				{Rule: "rules[1]", Role: "dpo", Level: "statement", Outcome: "not-needed"},
			},
			Commits:    &evidence.CommitsCount{Good: 2, Vouched: 1, Total: 3, Statement: evidence.Ref{SHA256: sha2}},
			Findings:   []evidence.FindingCopy{{Rule: "DAT005", Severity: "warn", Line: 9, Text: "Early."}},
			Decision:   evidence.DecisionRef{Engine: "vidimus 0.1.0", Outcome: "signed", Facts: evidence.Ref{SHA256: sha}, Decision: evidence.Ref{SHA256: sha2}},
			Supersedes: &evidence.Superseded{Version: "2.9", SHA256: sha2, Statement: &evidence.Ref{SHA256: sha}}, Closes: []evidence.Ref{{SHA256: sha}},
			Governs: &evidence.GovernedPaths{Branches: []string{"main"}, Paths: []string{".vidimus.yml", "keys", "policy"}},
		}},
		"signature": {Subject: document, Predicate: evidence.Signature{
			Repository: repository(),
			Signatory:  evidence.Signatory{ID: 61000103, Login: "twisniewski-nq", Name: "Tomasz Wiśniewski", Person: "twisniewski", Roster: roster},
			Act: evidence.Act{
				Kind: "review", ID: 2871034415, Pull: 412, State: "APPROVED", SubmittedAt: "2026-09-29T07:55:10Z", BodySHA256: sha2,
				URL: "https://github.com/northquay/cloud-governance/pull/412#pullrequestreview-2871034415",
			},
			Binding: evidence.Binding{Source: "delivery", Commit: refPointer(commitA), ContentDigest: sha, FirstSeenAt: "2026-09-29T07:55:13Z", Witness: &evidence.Ref{SHA256: sha2}},
			Statements: []evidence.SignedDocument{
				{
					Document: "POL-CLOUD", Path: "policy/cloud usage.md", SHA256: sha, Role: "head-of-it", RoleTitle: "Head of IT", Capacity: "deputy",
					DeputyFor: "abrannigan", From: "2026-12-20", To: "2027-01-06", Level: "statement",
					Line: "I sign as head-of-it: POL-CLOUD 2.10 sha256:" + sha, Template: "approve/1", Text: "I have read it.", Counts: true,
				},
				{Document: "SRM-AWS", Path: "matrices/aws.md", SHA256: sha2, Role: "ciso", Level: "approval", Reason: "SIG003", Why: "the text changed", EndedBy: "push"},
			},
		}},
		"witness": evidence.NewWitness(repository(), observations()),
		"commits": {Subject: []evidence.Subject{{Name: commitA, Digest: evidence.Digests{SHA256: sha, GitCommit: commitA}}}, Predicate: evidence.Commits{
			Repository: repository(), Base: commitB, Head: commitA, Pull: 412, Range: "reachable from head, not from base",
			Verdicts: []evidence.CommitVerdict{{
				Commit: commitA, Verdict: "good", Counts: true, Format: "openpgp", Fingerprint: bot, Person: "rdevries", PersonID: 61000115,
				Author: &evidence.Actor{ID: 61000115, Login: "rdevries-nq"}, Committer: &evidence.Actor{ID: 61000115, Login: "rdevries-nq"},
				Key: &evidence.FileAt{Commit: commitB, Path: "keys/rdevries.asc", SHA256: sha2}, SeenAt: "2026-09-29T07:55:13Z", Clock: "first-seen",
				Text: "Signed by Ruben de Vries with their own key.", Paths: []string{"policy/cloud usage.md"},
			}},
		}},
		"deviation": {Subject: document, Predicate: evidence.Deviation{
			Repository: repository(), How: "direct-push", Document: evidence.DeviatedDocument{ID: "POL-CLOUD", Version: "2.11"}, Landed: landed,
			Signed:  &evidence.Superseded{Version: "2.10", SHA256: sha2, Statement: &evidence.Ref{SHA256: sha}},
			Missing: []evidence.MissingRole{{Role: "ciso"}}, Actor: evidence.Actor{ID: 61000114, Login: "dmulder-nq", Name: "Daan Mulder", Person: "dmulder"},
			DetectedAt: "2026-11-03T16:20:09Z", Issue: 431, Text: "Changed past the rules.", Facts: evidence.Ref{SHA256: sha}, Decision: evidence.Ref{SHA256: sha2},
		}},
		"founding": {Subject: document, Predicate: evidence.Founding{
			Repository: repository(), MergeCommit: ref(commitB), Pull: 1, At: "2026-09-21T09:00:00Z", Configuration: roster,
			Keys:   []evidence.KeyFile{{Path: "keys/rdevries.asc", SHA256: sha, Fingerprints: []string{bot}}},
			BotKey: evidence.BotKey{Primary: bot, Signing: []string{bot}},
			Founders: []evidence.Founder{
				{ID: 61000102, Login: "abrannigan-nq", Name: "Aoife Brannigan", Person: "abrannigan", Signature: evidence.Ref{SHA256: sha}},
			},
			Adopted: []evidence.AdoptedDocument{{ID: "POL-OLD", Version: "1.0", Mode: "100644", Path: "policy/old.md", SHA256: sha2}},
		}},
		"key": {Subject: []evidence.Subject{{Name: "keys/vidimus.asc", Digest: evidence.Digests{SHA256: sha}}}, Predicate: evidence.KeyChange{
			Repository: repository(), Action: "rotate", Log: "github.com/northquay/cloud-governance/evidence", Primary: bot, Signing: []string{bot},
			Retires: []string{strings.Repeat("AB", 20)}, LastEntry: 7, ValidFrom: "2026-10-05T07:10:00Z", Reason: "scheduled", Configuration: roster, NoteKey: "none",
		}},
		"verdict": evidence.NewVerdict(evidence.Verdict{
			Repository: repository(), Pulls: []int{412, 413}, Head: commitA, Number: 17, Conclusion: "action_required",
			Facts: evidence.Ref{SHA256: sha}, Decision: evidence.Ref{SHA256: sha2},
		}),
	}
}

func observations() []facts.Observation {
	seen := facts.Seen{At: "2026-09-29T07:55:13Z", By: facts.ByDelivery, Delivery: "5f2d9a10-9f6e-11f1-8f0e-002871034415"}
	return []facts.Observation{
		{Act: facts.ActHead, Pull: 412, Commit: commitA, Seen: seen},
		{Act: facts.ActCommit, Pull: 412, Commit: commitA, Seen: seen},
		{
			Act: facts.ActReview, ID: 2871034415, Pull: 412, UserID: 61000103, State: "APPROVED", SubmitTime: "2026-09-29T07:55:10Z",
			BodySHA256: sha2, Commit: commitA, ContentDigest: sha, Seen: seen,
		},
		{Act: facts.ActEdit, ID: 2871034415, Pull: 412, Actor: 61000103, BodySHA256: sha, Seen: seen},
		{Act: facts.ActDismissal, ID: 2871034415, Pull: 412, Actor: 61000102, Seen: seen},
	}
}

// golden compares with a sample of version 1, which every later version must read.
func golden(t *testing.T, name string, got []byte) []byte {
	t.Helper()
	want := sample(t, name, got)
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-sample +got):\n%s", name, diff)
	}
	return want
}

// sample is a stored sample of version 1. What depends on a key that was made at the
// time is not compared with what is made today, only read.
func sample(t *testing.T, name string, made []byte) []byte {
	t.Helper()
	path := filepath.Join("testdata", "v1", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, made, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return want
}

func TestReadStatement_readsTheSamplesOfVersion1(t *testing.T) {
	for name, s := range samples() {
		encoded, err := s.Encode()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		read, err := evidence.ReadStatement(golden(t, "statement-"+name+".json", encoded))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		s.PredicateType = "https://github.com/vidimus-bot/vidimus/predicates/" + name + "/v1"
		if diff := cmp.Diff(s, read); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestReadStatement_refusesWhatIsNotExactlyOne(t *testing.T) {
	encoded, err := samples()["deviation"].Encode()
	if err != nil {
		t.Fatal(err)
	}
	good := string(encoded)
	for name, c := range map[string]struct{ old, by string }{
		"line break at the end": {`}]}`, "}]}\n"},
		"white space":           {`"missing":[`, `"missing": [`},
		"unknown field":         {`"how":`, `"hows":1,"how":`},
		"field left out":        {`"notStored":false,`, ``},
		"digest too short":      {sha2, sha2[:63]},
		"digest in upper case":  {sha2, strings.ToUpper(sha2)},
		"commit id of a word":   {commitB, "main" + commitB[4:]},
		"time with an offset":   {"2026-10-02T09:47:30Z", "2026-10-02T09:47:30+00:00"},
		"time that is none":     {"2026-10-02T09:47:30Z", "2026-13-02T09:47:30Z"},
		"mode of letters":       {`"mode":"100644"`, `"mode":"regular"`},
		"how of many words":     {`"how":"direct-push"`, `"how":"Direct Push"`},
		"number below zero":     {`"issue":431`, `"issue":-1`},
		"other statement type":  {"Statement/v1", "Statement/v0.1"},
		"no subject":            {`"subject":[{"digest":{"gitBlob":"` + blobA + `","sha256":"` + sha + `"},"name":"policy/cloud usage.md"}]`, `"subject":[]`},
		"key twice":             {`"deleted":false,`, `"deleted":false,"deleted":false,`},
		"fraction":              {`"pull":412`, `"pull":412.0`},
		"null":                  {`"closes":[]`, `"closes":null`},
	} {
		bad := strings.Replace(good, c.old, c.by, 1)
		if name == "line break at the end" {
			bad = good + "\n"
		}
		if bad == good && name != "null" {
			t.Errorf("%s: the case changes nothing", name)
		}
		if _, err := evidence.ReadStatement([]byte(bad)); bad != good && !errors.Is(err, evidence.ErrStatement) {
			t.Errorf("%s: error = %v, want ErrStatement", name, err)
		}
	}
	for name, bad := range map[string][]byte{"nothing": nil, "a list": []byte("[]"), "too large": bytes.Repeat([]byte(" "), evidence.MaxStatementBytes+1)} {
		if _, err := evidence.ReadStatement(bad); !errors.Is(err, evidence.ErrStatement) {
			t.Errorf("%s: error = %v, want ErrStatement", name, err)
		}
	}
}

func TestReadStatement_doesNotJudgeUnknownPredicates(t *testing.T) {
	for _, other := range []string{
		"https://github.com/vidimus-bot/vidimus/predicates/receipt/v1",
		"https://github.com/vidimus-bot/vidimus/predicates/verdict/v2",
		"https://slsa.dev/provenance/v1",
	} {
		data := `{"_type":"https://in-toto.io/Statement/v1","predicate":{"x":1},"predicateType":"` + other + `","subject":[{"digest":{"sha256":"` + sha + `"},"name":"x"}]}`
		s, err := evidence.ReadStatement([]byte(data))
		if err != nil || s.Predicate != nil || s.PredicateType != other || len(s.Subject) != 1 {
			t.Errorf("%s: %+v, %v, want it without a predicate", other, s, err)
		}
	}
}

func TestEncode_refusesWhatCannotBeRead(t *testing.T) {
	good := samples()["verdict"]
	wrong := good
	wrong.Predicate = evidence.Verdict{Head: "main"}
	for name, s := range map[string]evidence.Statement{
		"no predicate": {Subject: good.Subject}, "no subject": {Predicate: good.Predicate}, "wrong form": wrong,
	} {
		if b, err := s.Encode(); err == nil {
			t.Errorf("%s: Encode = %s, want an error", name, b)
		}
	}
}

func TestWitness_givesBackTheObservationsItWasMadeOf(t *testing.T) {
	encoded, err := evidence.NewWitness(repository(), observations()).Encode()
	if err != nil {
		t.Fatal(err)
	}
	read, err := evidence.ReadStatement(encoded)
	if err != nil {
		t.Fatal(err)
	}
	w, ok := read.Predicate.(evidence.Witness)
	if !ok {
		t.Fatalf("read a %T", read.Predicate)
	}
	if diff := cmp.Diff(observations(), w.Facts()); diff != "" {
		t.Errorf("observations (-made +read):\n%s", diff)
	}
}

func TestNewWitness_alwaysHasASubject(t *testing.T) {
	for i, o := range observations() {
		s := evidence.NewWitness(repository(), []facts.Observation{o})
		if _, err := s.Encode(); err != nil || len(s.Subject) != 1 || s.Subject[0].Digest == (evidence.Digests{}) {
			t.Errorf("observation %d (%s): subjects %v, %v", i, o.Act, s.Subject, err)
		}
	}
}

func FuzzReadStatement(f *testing.F) {
	for _, s := range samples() {
		encoded, err := s.Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(encoded)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := evidence.ReadStatement(data)
		if err != nil || s.Predicate == nil {
			return
		}
		again, err := s.Encode()
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("read %q, wrote %q, %v", data, again, err)
		}
	})
}
