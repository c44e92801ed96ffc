package document_test

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// validDocuments have no finding; what the rules accept the schema must accept.
const validDocuments = "control/testdata/valid"

func compiled(t *testing.T, d document.Type) *jsonschema.Schema {
	t.Helper()
	raw, err := d.JSONSchema()
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("type.json", parsed); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("type.json")
	if err != nil {
		t.Fatalf("%s: %v", d.Name, err)
	}
	return schema
}

// front reads front matter as an editor does: dates are text.
func front(t *testing.T, raw []byte) any {
	t.Helper()
	_, rest, _ := strings.Cut(string(raw), "---\n")
	text, _, _ := strings.Cut(rest, "---\n")
	var v any
	if err := yaml.Load([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return plainYAML(v)
}

func plainYAML(v any) any {
	switch v := v.(type) {
	case time.Time:
		return v.Format(time.DateOnly)
	case map[string]any:
		for key := range v {
			v[key] = plainYAML(v[key])
		}
	case []any:
		for i := range v {
			v[i] = plainYAML(v[i])
		}
	}
	return v
}

func TestJSONSchema_acceptsWhatTheRulesAccept(t *testing.T) {
	files, err := document.ReadFS(os.DirFS(validDocuments), ".")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(exampleDocuments); err == nil {
		files = append(files, exampleFiles(t)...)
	}
	seen := map[string]bool{}
	for _, f := range files {
		if document.Classify(".", f.Path) != document.Markdown {
			continue
		}
		d := document.Parse(f.Path, f.Bytes)
		kind, ok := document.TypeNamed(d.Type)
		if !ok {
			t.Fatalf("%s: no type %q", f.Path, d.Type)
		}
		seen[kind.Name] = true
		if err := compiled(t, kind).Validate(front(t, f.Bytes)); err != nil {
			t.Errorf("%s: %v", f.Path, err)
		}
	}
	if len(seen) < 7 {
		t.Errorf("only %d types were tried", len(seen))
	}
}

func TestJSONSchema_refusesWhatTheRulesRefuse(t *testing.T) {
	raw, err := os.ReadFile(validDocuments + "/contracts/booking.md")
	if err != nil {
		t.Fatal(err)
	}
	kind, _ := document.TypeNamed("contract-review")
	schema := compiled(t, kind)
	for _, c := range []struct{ key, value string }{
		{"incident-notification-hours", `"48"`},
		{"incident-notification-hours", "soon"},
		{"incident-notification-hours", "-1"},
		{"incident-notification-hours", "1000000"},
		{"agreement-end", "never"},
		{"agreement-end", "2027-02-30"},
		{"governing-law", "Ireland"},
		{"residency-committed", "[ie]"},
		{"residency-committed", "IE"},
		{"id", "SVC-BOOKING"},
		{"type", "cloud-service"},
		{"version", "2.10"},
		{"version", `"2"`},
		{"outcome", "Accepted"},
		{"signatories", "[]"},
		{"owner", "Head of IT"},
		{"exceptions", "[CON-A]"},
		{"title", ""},
		{"note", "further"},
	} {
		v, ok := front(t, raw).(map[string]any)
		if !ok {
			t.Fatal("no mapping")
		}
		var value any
		if err := yaml.Load([]byte("v: "+c.value), &value); err != nil {
			t.Fatal(err)
		}
		v[c.key] = plainYAML(value.(map[string]any)["v"])
		if err := schema.Validate(v); err == nil {
			t.Errorf("%s: %s is accepted", c.key, c.value)
		}
	}
	for _, key := range []string{"owner", "service-id", "incident-clock"} {
		v, _ := front(t, raw).(map[string]any)
		delete(v, key)
		if err := schema.Validate(v); err == nil {
			t.Errorf("without %s it is accepted", key)
		}
	}
}

// The schema of each type can be compiled, names its fields and says what stands in the text.
func TestJSONSchema_ofEachType(t *testing.T) {
	for _, kind := range document.Types() {
		compiled(t, kind)
		raw, err := kind.JSONSchema()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`"const": "` + kind.Name + `"`, `"folder": "` + kind.Folder + `"`, `"^` + kind.Prefix + `-`} {
			if !strings.Contains(string(raw), want) {
				t.Errorf("%s: the schema lacks %s", kind.Name, want)
			}
		}
		for _, section := range kind.Sections {
			if !strings.Contains(string(raw), `"`+section+`"`) {
				t.Errorf("%s: the schema lacks the section %s", kind.Name, section)
			}
		}
	}
}

func TestForms_namesLeadBack(t *testing.T) {
	for _, f := range document.Forms() {
		if back, ok := document.FormNamed(f.String()); !ok || back != f {
			t.Errorf("FormNamed(%q) = %v, %v", f, back, ok)
		}
	}
	if _, ok := document.FormNamed("Word"); ok {
		t.Error("names are spelt exactly so")
	}
}
