package evidence_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/evidence"
)

// block is a witness block of two statements, and the key that signed them.
func block(t *testing.T) (string, []evidence.Signed, *evidence.Key) {
	t.Helper()
	_, k := newKey(t, "one")
	var statements []evidence.Signed
	for _, s := range []evidence.Statement{samples()["witness"], samples()["verdict"]} {
		signedStatement, err := evidence.Sign(s, k, signed)
		if err != nil {
			t.Fatal(err)
		}
		statements = append(statements, signedStatement)
	}
	return evidence.FormatWitnessBlock(statements), statements, k
}

func origin(k *evidence.Key) evidence.Origin {
	return evidence.Origin{Keys: k.Public(), Repository: repository().ID, Pull: 412}
}

func TestReadWitnessBlock_readsTheSampleOfVersion1(t *testing.T) {
	text, _, k := block(t)
	keys, err := evidence.ReadKeys(sample(t, "vidimus.asc", k.PublicArmour()))
	if err != nil {
		t.Fatal(err)
	}
	read, err := evidence.ReadWitnessBlock(string(sample(t, "witness-block.txt", []byte(text))))
	if err != nil {
		t.Fatal(err)
	}
	accepted, refused := evidence.Origin{Keys: keys, Repository: repository().ID, Pull: 412}.Accept(read)
	if len(accepted) != 2 || len(refused) != 0 {
		t.Fatalf("accepted %d, refused %v, want all accepted", len(accepted), refused)
	}
	for i, name := range []string{"witness", "verdict"} {
		if want := golden(t, "statement-"+name+".json", accepted[i].Statement); !bytes.Equal(want, accepted[i].Statement) {
			t.Errorf("statement %d is not the sample %s", i, name)
		}
	}
}

func TestReadWitnessBlock_readsWhatFormatWrites(t *testing.T) {
	text, statements, k := block(t)
	read, err := evidence.ReadWitnessBlock(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(statements, read); diff != "" {
		t.Errorf("statements (-written +read):\n%s", diff)
	}
	accepted, refused := origin(k).Accept(read)
	if len(accepted) != 2 || len(refused) != 0 {
		t.Fatalf("accepted %d, refused %v, want all accepted", len(accepted), refused)
	}
	if _, ok := accepted[0].Read.Predicate.(evidence.Witness); !ok || accepted[0].Signer.Signing != k.Signing() {
		t.Errorf("accepted %T by %+v", accepted[0].Read.Predicate, accepted[0].Signer)
	}
}

func TestReadWitnessBlock_takesTheLastBlockAndOtherLineEnds(t *testing.T) {
	text, statements, _ := block(t)
	for name, whole := range map[string]string{
		"text before":       "**Signed by all.**\n\n" + text,
		"a block before":    "```vidimus-witness\nnonsense\n```\n\n" + text,
		"CRLF":              strings.ReplaceAll("Signed.\n\n"+text, "\n", "\r\n"),
		"trimmed":           strings.TrimRight(text, "\n"),
		"blanks at the end": text + " \n\t\n",
	} {
		read, err := evidence.ReadWitnessBlock(whole)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff(statements, read); diff != "" {
			t.Errorf("%s (-written +read):\n%s", name, diff)
		}
	}
	if read, err := evidence.ReadWitnessBlock(evidence.FormatWitnessBlock(nil)); err != nil || len(read) != 0 {
		t.Errorf("an empty block: %v, %v", read, err)
	}
}

func TestReadWitnessBlock_refusesTheWholeBlockWhenItIsCutShort(t *testing.T) {
	text, _, _ := block(t)
	for n := range len(text) - len("```\n") + 1 {
		if read, err := evidence.ReadWitnessBlock(text[:n]); !errors.Is(err, evidence.ErrWitnessBlock) || read != nil {
			t.Fatalf("cut after %d of %d bytes: %d statements, %v, want ErrWitnessBlock", n, len(text), len(read), err)
		}
	}
	for name, bad := range map[string]string{
		"nothing":           "",
		"no block":          "Signed by all.\n",
		"text after":        text + "And more.\n",
		"open fence only":   "```vidimus-witness\n",
		"other fence":       strings.Replace(text, "vidimus-witness", "vidimus-witnesses", 1),
		"signature missing": "```vidimus-witness\n{}\n```\n",
		"line that is none": strings.Replace(text, "```vidimus-witness\n", "```vidimus-witness\nhello\n", 1),
		"too large":         "```vidimus-witness\n{" + strings.Repeat(" ", evidence.MaxWitnessBlockBytes) + "}\n```\n",
		"too many":          "```vidimus-witness\n" + strings.Repeat("{}\n-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n", 600) + "```\n",
	} {
		if read, err := evidence.ReadWitnessBlock(bad); !errors.Is(err, evidence.ErrWitnessBlock) || read != nil {
			t.Errorf("%s: %d statements, %v, want ErrWitnessBlock", name, len(read), err)
		}
	}
}

// A flipped byte is no witness: whatever is flipped, nothing is accepted that was not
// written.
func TestAccept_noFlippedByteIsAWitness(t *testing.T) {
	text, statements, k := block(t)
	for i := range text {
		bad := []byte(text)
		bad[i] ^= 1
		read, err := evidence.ReadWitnessBlock(string(bad))
		if err != nil {
			continue
		}
		accepted, refused := origin(k).Accept(read)
		if len(refused) == 0 {
			t.Errorf("byte %d flipped (%q): nothing was refused", i, text[max(0, i-8):min(len(text), i+8)])
		}
		for _, a := range accepted {
			if !bytes.Equal(a.Statement, statements[0].Statement) && !bytes.Equal(a.Statement, statements[1].Statement) {
				t.Errorf("byte %d flipped: accepted %s", i, a.Statement)
			}
		}
	}
}

func TestAccept_refusesWhatIsNotFromHere(t *testing.T) {
	_, statements, k := block(t)
	_, other := newKey(t, "two")
	deviation, err := evidence.Sign(samples()["deviation"], k, signed)
	if err != nil {
		t.Fatal(err)
	}
	unknown := evidence.Signed{Statement: []byte(`{"_type":"https://in-toto.io/Statement/v1","predicate":{},"predicateType":"x","subject":[]}`)}
	if unknown.Signature, err = k.Sign(unknown.Statement, signed); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		from evidence.Origin
		s    evidence.Signed
		want string
	}{
		"another repository":          {evidence.Origin{Keys: k.Public(), Repository: 1, Pull: 412}, statements[0], "repository"},
		"another pull request":        {evidence.Origin{Keys: k.Public(), Repository: repository().ID, Pull: 411}, statements[0], "pull request"},
		"a verdict of other pulls":    {evidence.Origin{Keys: k.Public(), Repository: repository().ID, Pull: 411}, statements[1], "pull request"},
		"another key":                 {evidence.Origin{Keys: other.Public(), Repository: repository().ID, Pull: 412}, statements[0], "good signature"},
		"a key that is not current":   {evidence.Origin{Keys: k.Public().Only(nil), Repository: repository().ID, Pull: 412}, statements[0], "good signature"},
		"no key":                      {evidence.Origin{Repository: repository().ID, Pull: 412}, statements[0], "good signature"},
		"a statement of another kind": {origin(k), deviation, "does not belong"},
		"a statement of no kind":      {origin(k), unknown, "does not belong"},
		"another's signature":         {origin(k), evidence.Signed{Statement: statements[0].Statement, Signature: statements[1].Signature}, "good signature"},
	} {
		accepted, refused := c.from.Accept([]evidence.Signed{c.s})
		if len(accepted) != 0 || len(refused) != 1 || !strings.Contains(refused[0].Err.Error(), c.want) {
			t.Errorf("%s: accepted %d, refused %v, want a refusal that says %q", name, len(accepted), refused, c.want)
		}
	}
	if accepted, _ := (evidence.Origin{Keys: k.Public(), Repository: repository().ID}).Accept(statements); len(accepted) != 2 {
		t.Errorf("of any pull request: accepted %d, want 2", len(accepted))
	}
}

func TestAccept_oneBadStatementTakesNoOtherWithIt(t *testing.T) {
	_, statements, k := block(t)
	bad := evidence.Signed{Statement: bytes.Replace(statements[0].Statement, []byte("APPROVED"), []byte("DECLINED"), 1), Signature: statements[0].Signature}
	accepted, refused := origin(k).Accept([]evidence.Signed{bad, statements[1]})
	if len(accepted) != 1 || len(refused) != 1 || !bytes.Equal(accepted[0].Statement, statements[1].Statement) {
		t.Errorf("accepted %d, refused %d, want one each", len(accepted), len(refused))
	}
}

func TestWitnessRecord_holdsStatementsAndTheirLists(t *testing.T) {
	_, k := newKey(t, "one")
	list := []byte("vidimus-content/1\n100644 " + sha2 + " policy/a.md\n")
	seen := []facts.Observation{{
		Act: facts.ActReview, ID: 7, Pull: 412, UserID: 61000103, State: "APPROVED", SubmitTime: "2026-09-29T07:55:10Z", BodySHA256: sha2,
		Commit: commitA, ContentDigest: facts.Digest(list), Seen: facts.Seen{At: "2026-09-29T07:55:13Z", By: facts.BySeen},
	}}
	s, err := evidence.Sign(evidence.NewWitness(repository(), seen), k, signed)
	if err != nil {
		t.Fatal(err)
	}
	lists := map[string][]byte{facts.Digest(list): list}
	r, err := evidence.WitnessRecord(412, []evidence.Signed{s}, lists, k.Public())
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]byte{
		"statements/witness-412-1.json": s.Statement, "statements/witness-412-1.json.asc": s.Signature,
		"content/" + facts.Digest(list) + ".txt": list,
	}
	if diff := cmp.Diff(want, r.Files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if r.Kind != evidence.KindWitness || r.Key != evidence.KeyOfWitness(412, []evidence.Signed{s}) {
		t.Errorf("record %s %s", r.Kind, r.Key)
	}
	for name, make := range map[string]func() (evidence.Record, error){
		"without its list": func() (evidence.Record, error) {
			return evidence.WitnessRecord(412, []evidence.Signed{s}, nil, k.Public())
		},
		"of another pull": func() (evidence.Record, error) {
			return evidence.WitnessRecord(413, []evidence.Signed{s}, lists, k.Public())
		},
		"without statement": func() (evidence.Record, error) { return evidence.WitnessRecord(412, nil, lists, k.Public()) },
		"by another key": func() (evidence.Record, error) {
			return evidence.WitnessRecord(412, []evidence.Signed{s}, lists, evidence.Keys{})
		},
	} {
		if _, err := make(); err == nil {
			t.Errorf("%s: WitnessRecord succeeded", name)
		}
	}
}

func FuzzReadWitnessBlock(f *testing.F) {
	sample, err := os.ReadFile("testdata/v1/witness-block.txt")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(sample))
	f.Add("```vidimus-witness\n```\n")
	f.Fuzz(func(t *testing.T, text string) {
		read, err := evidence.ReadWitnessBlock(text)
		if err != nil {
			return
		}
		again, err := evidence.ReadWitnessBlock(evidence.FormatWitnessBlock(read))
		if err != nil || !cmp.Equal(read, again) {
			t.Errorf("read %d statements, written again they are %d, %v", len(read), len(again), err)
		}
	})
}
