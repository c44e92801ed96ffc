package commitsig_test

import (
	"testing"

	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/keyringtest"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring/wire"
)

// benchKinds are the algorithms that the benchmarks measure.
func benchKinds() []string { return []string{"ed25519", "p256", "rsa2048", "rsa4096"} }

// BenchmarkParse measures cutting a commit into its parts.
func BenchmarkParse(b *testing.B) {
	raw := keyringtest.NewKey(b, "ed25519", made).SignCommit(by(alice, alice), now())
	b.ReportAllocs()
	for b.Loop() {
		if _, err := commitsig.Parse(raw); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkObjectID measures naming a commit.
func BenchmarkObjectID(b *testing.B) {
	raw := keyringtest.NewKey(b, "ed25519", made).SignCommit(by(alice, alice), now())
	b.ReportAllocs()
	for b.Loop() {
		commitsig.ObjectID(raw, commitsig.SHA1)
	}
}

// BenchmarkReadSignature measures armour, packet and signature, without mathematics.
func BenchmarkReadSignature(b *testing.B) {
	text := keyringtest.Armour("SIGNATURE", keyringtest.NewKey(b, "rsa4096", made).Sign([]byte("x"), now()))
	b.ReportAllocs()
	for b.Loop() {
		data, err := wire.Dearmour(text, wire.LabelSignature)
		if err != nil {
			b.Fatal(err)
		}
		p, err := wire.OnlyPacket(data, wire.TagSignature)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := wire.ParseSignature(p.Body); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkVerify measures a whole verdict for each algorithm.
func BenchmarkVerify(b *testing.B) {
	for _, kind := range benchKinds() {
		b.Run(kind, func(b *testing.B) {
			k := keyringtest.NewKey(b, kind, made)
			ring, _ := keyring.New([]keyring.File{{Path: "keys/alice.asc", Bytes: k.File("A", made)}}, people())
			raw := k.SignCommit(by(alice, alice), now())
			b.ReportAllocs()
			for b.Loop() {
				if v := commitsig.Verify(raw, ring, seen); v.Word != commitsig.Good {
					b.Fatal(v.Text)
				}
			}
		})
	}
}

// BenchmarkVerify_withoutKey measures a verdict without mathematics: the signature's key is unknown.
func BenchmarkVerify_withoutKey(b *testing.B) {
	raw := keyringtest.NewKey(b, "ed25519", made).SignCommit(by(alice, alice), now())
	b.ReportAllocs()
	for b.Loop() {
		commitsig.Verify(raw, keyring.Ring{}, seen)
	}
}
