package document_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/document"
)

func TestClassify_kinds(t *testing.T) {
	for _, c := range []struct {
		root, path string
		want       document.Kind
	}{
		{".", ".vidimus.yml", document.Configuration},
		{"gov", ".vidimus.yml", document.Configuration},
		{"", "policy/cloud.md", document.Markdown},
		{".", "policy/sub/cloud.md", document.Markdown},
		{".", "receipts/a.md", document.Markdown},
		{".", "policy/zones.png", document.Image},
		{".", "policy/zones.svg", document.Other},
		{".", "policy/cloud.MD", document.Other},
		{".", "policy/.md", document.Other},
		{".", "policy/.gitkeep", document.Other},
		{".", "policy", document.Other}, // a link in place of the folder
		{".", "README.md", document.NotGoverned},
		{".", "src/policy/cloud.md", document.NotGoverned},
		{".", "policies/cloud.md", document.NotGoverned},
		{".", "keys/aoife.asc", document.Key},
		{"gov", "keys/aoife.pub", document.Key},
		{".", "keys/aoife.txt", document.Other},
		{".", "keys/.asc", document.Other},
		{".", "keys/old/aoife.asc", document.Other},
		{"gov", "gov/policy/cloud.md", document.Markdown},
		{"gov/", "gov/policy/cloud.md", document.Markdown},
		{"gov", "policy/cloud.md", document.NotGoverned},
		{"gov", "governance/policy/cloud.md", document.NotGoverned},
		{"a/b", "a/b/exit/x.md", document.Markdown},
		// what people would take for a governed place is one, so that it cannot be used to govern nothing
		{".", "Policy/cloud.md", document.Other},
		{".", "pоlicy/cloud.md", document.Other},
		{".", "ｐolicy/cloud.md", document.Other},
		{".", "pol\u200bicy/cloud.md", document.Other},
		{".", "Keys/aoife.asc", document.Other},
		{".", "keys", document.Other},
		{".", ".Vidimus.yml", document.Other},
	} {
		if got := document.Classify(c.root, c.path); got != c.want {
			t.Errorf("Classify(%q, %q) = %v, want %v", c.root, c.path, got, c.want)
		}
	}
}

func TestLayout_ownTypesAddFolders(t *testing.T) {
	l := document.Layout{Types: []document.Type{{Name: "supplier-note", Title: "supplier note", Folder: "notes", Prefix: "NOT"}}}
	if got := l.Classify("notes/x.md"); got != document.Markdown {
		t.Errorf("Classify = %v, want a document", got)
	}
	if got, ok := l.TypeAt(document.Parse("notes/x.md", nil)); !ok || got.Name != "supplier-note" {
		t.Errorf("TypeAt = %v, %v", got.Name, ok)
	}
	if got := document.Classify(".", "notes/x.md"); got != document.NotGoverned {
		t.Errorf("without the type: %v, want not governed", got)
	}
}

func TestFolders_areThoseOfTheTypes(t *testing.T) {
	var want []string
	for _, typ := range document.Types() {
		if !slices.Contains(want, typ.Folder) {
			want = append(want, typ.Folder)
		}
	}
	if got := document.Folders(); !slices.Equal(got, want) {
		t.Errorf("Folders() = %q, the types lie in %q", got, want)
	}
}

func TestTypes_areComplete(t *testing.T) {
	names, prefixes := map[string]bool{}, map[string]bool{}
	for _, typ := range document.Types() {
		if names[typ.Name] || prefixes[typ.Prefix] || typ.Title == "" || typ.Folder == "" {
			t.Errorf("type %+v lacks a name of its own", typ)
		}
		names[typ.Name], prefixes[typ.Prefix] = true, true
		keys := map[string]bool{}
		for _, f := range typ.AllFields() {
			if keys[f.Key] || f.About == "" || f.Form == document.Word && len(f.Allowed) == 0 || f.Min > f.Limit() {
				t.Errorf("%s: field %+v is not complete, or stands twice", typ.Name, f)
			}
			keys[f.Key] = true
		}
		for _, table := range typ.Tables {
			if !slices.Contains(typ.Sections, table.Section) {
				t.Errorf("%s: the table of %q stands in no required section", typ.Name, table.Section)
			}
			if _, ok := table.Column(table.Key); table.Key != "" && !ok {
				t.Errorf("%s: %q has no column %q for its key", typ.Name, table.Section, table.Key)
			}
		}
	}
	if _, ok := document.TypeNamed("exit-plan"); !ok {
		t.Error("no type exit-plan")
	}
	if typ, ok := document.TypeNamed("shopping-list"); ok {
		t.Errorf("TypeNamed found %v", typ)
	}
}

func TestPathProblem_namesWhatIsWrong(t *testing.T) {
	for path, want := range map[string]string{
		"":                        "empty",
		"policy/\xff.md":          "not UTF-8",
		"/policy/cloud.md":        "absolute",
		"policy/../x.md":          `".."`,
		"policy//x.md":            `""`,
		"./policy/x.md":           `"."`,
		`policy\x.md`:             "backslash",
		"policy/a\x07.md":         "U+0007",
		"policy/a\u202eb.md":      "U+202E",
		"policy/a\u200bb.md":      "U+200B",
		"policy/a\u00a0b.md":      "U+00A0",
		"policy/cafe\u0301.md":    "form NFC",
		"policy/x.md.":            "ends with a dot",
		"policy/x.md ":            "blank",
		"policy/ x.md":            "blank",
		"policy/nul.md":           "device",
		"policy/COM1":             "device",
		"policy/lpt9.tar.md":      "device",
		"policy/a:b.md":           "Windows does not allow",
		"policy/.git/x.md":        "Git's own",
		"policy/GIT~1/x.md":       "Git's own",
		"policy/сloud.md":         `"с" (U+0441) looks like "c"`,
		"policy/рау.md":           "looks like",
		"policy/ｃloud.md":         "another shape",
		strings.Repeat("a", 201):  "201 bytes",
		strings.Repeat("a/", 17):  "folders deep",
		"policy/" + "ﬁle" + ".md": "another shape",
	} {
		if got := document.PathProblem(path); !strings.Contains(got, want) || strings.Count(got, ". ") == 0 && got != "" {
			t.Errorf("PathProblem(%q) = %q, want a sentence with %q and a mend", path, got, want)
		}
	}
}

func TestPathProblem_allowsOtherAlphabets(t *testing.T) {
	for _, path := range []string{
		"policy/cloud-usage-policy.md", "policy/Øystad, Marit.md", "policy/政策.md", "policy/политика.md", "policy/πολιτική.md",
		"policy/café.md", "policy/COM10.md", "policy/console.md", "policy/a.b.md", "policy/v2 (final).md", "policy/سياسة.md",
	} {
		if got := document.PathProblem(path); got != "" {
			t.Errorf("PathProblem(%q) = %q, want none", path, got)
		}
	}
}

func TestLookAlike_knowsForeignLettersOnly(t *testing.T) {
	for r, want := range map[rune]rune{'С': 'C', 'а': 'a', 'ο': 'o', 'і': 'i', 'ɡ': 'g', 'ı': 'i'} {
		if got, ok := document.LookAlike(r); !ok || got != want {
			t.Errorf("LookAlike(%q) = %q, %v; want %q", r, got, ok, want)
		}
	}
	for _, r := range "aZ9é漢яж" {
		if got, ok := document.LookAlike(r); ok {
			t.Errorf("LookAlike(%q) = %q, want none", r, got)
		}
	}
}
