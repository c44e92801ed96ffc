package document_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// quickFronts are front matters that the quick reader takes, and some that it must leave to YAML.
func quickFronts() []string {
	return []string{
		"type: cloud-service\nid: SVC-A\nversion: \"2.10\"\n",
		"residency: [IE, NO, \"DE\", 12]\nsso: true\nn: 012\nd: 2026-11-24\n",
		"min:\n  internal: provider-managed\n  confidential: cmk\nlast: x\n",
		"title: Café 東京, a:b c#d (e) [f] {g}\n",
		"a: x # comment\n", "a: b: c\n", "a: null\n", "a: Null\n", "a: ~\n", "a:\n", "a: - b\n", "a: 'b'\n", "a: \"b\\u200b\"\n",
		"a: [b , c]\n", "a: [b,c]\n", "a: [b, c,]\n", "a: []\n", "a: [a: b]\n", "a: [[b]]\n", "a: x\n  y\n", "a: \"x\"\n  b: c\n",
		"a:\n  b: c\n   d: e\n", "a:\n  b:\n    c: d\n", "a: b\na: c\n", "a:\n  b: c\n  b: d\n", "null: a\n", "a: >\n  b\n", "a: | \n", "a: ? \n",
		"a: b\n...\n", "a: &x b\n", "a: *x\n", "a: !!str b\n", "%YAML 1.2\n", "a\n", "a: b \n", "a:b\n", " a: b\n", "a: @b\n", "a: `b`\n", "a: [\"b, c\", d]\n",
		"a: x:\n", "a: 0x1F\n", "a: 1_000\n", "a: .inf\n", "a: yes\n", "a: <<\n", "<<: b\n", "a: [<<]\n", "a: [null]\n", "a: [~]\n", "a: [b#c, d]\n", "a: b\t\n", "a:\tb\n", "",
	}
}

func FuzzQuickFront(f *testing.F) {
	for _, text := range quickFronts() {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		quick, ok := document.QuickFront(text, 2)
		if !ok {
			return
		}
		slow, findings := document.SlowFront(text, 2)
		if len(findings) > 0 {
			t.Errorf("quick reads %q, YAML finds %+v", text, findings)
		}
		if diff := cmp.Diff(slow, quick); diff != "" {
			t.Errorf("%q differs (-yaml +quick):\n%s", text, diff)
		}
	})
}

// The quick reader is worth its lines only if it takes real front matter.
func TestQuickFront_takesTheExampleDocuments(t *testing.T) {
	for _, f := range exampleFiles(t) {
		if document.Classify(".", f.Path) != document.Markdown {
			continue
		}
		_, rest, _ := strings.Cut(string(f.Bytes), "---\n")
		text, _, _ := strings.Cut(rest, "---\n")
		if _, ok := document.QuickFront(text, 2); !ok {
			t.Errorf("%s is left to the YAML library", f.Path)
		}
	}
}
