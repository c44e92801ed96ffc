package repoconfig_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"

	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
)

func configurationSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	parsed, err := jsonschema.UnmarshalJSON(strings.NewReader(repoconfig.JSONSchema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("vidimus.json", parsed); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("vidimus.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func editorsView(raw []byte) (any, error) {
	var v any
	if err := yaml.Load(raw, &v); err != nil {
		return nil, err
	}
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(strings.NewReader(string(plain)))
}

// Whatever is readable, an editor accepts; what it refuses is unreadable.
func TestJSONSchema_acceptsWhatIsReadable(t *testing.T) {
	s := configurationSchema(t)
	sample, err := os.ReadFile("testdata/version-1/vidimus.yml")
	if err != nil {
		t.Fatal(err)
	}
	configurations := map[string][]byte{"version 1": sample}
	archives, err := filepath.Glob("testdata/findings/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range archives {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range archive.Files {
			if strings.HasSuffix(f.Name, ".yml") {
				configurations[name+" "+f.Name] = f.Data
			}
		}
	}
	refused := 0
	for name, raw := range configurations {
		_, findings := repoconfig.Read(raw)
		v, err := editorsView(raw)
		if err != nil {
			continue // no YAML, or a key twice: the editor says so without a schema
		}
		err = s.Validate(v)
		switch {
		case len(findings) == 0 && err != nil:
			t.Errorf("%s is readable, and the schema refuses it: %v", name, err)
		case len(findings) > 0 && err != nil:
			refused++
		}
	}
	if refused < 40 {
		t.Errorf("the schema refuses only %d of the unreadable configurations", refused)
	}
}

// The schema has the keys that the reader knows, no other and none less.
func TestJSONSchema_hasTheKeysOfTheReader(t *testing.T) {
	var s struct {
		Properties  map[string]any `json:"properties"`
		Definitions map[string]struct {
			Properties map[string]any `json:"properties"`
		} `json:"definitions"`
	}
	if err := json.Unmarshal([]byte(repoconfig.JSONSchema()), &s); err != nil {
		t.Fatal(err)
	}
	for where, c := range map[string]struct {
		yaml string
		keys map[string]any
	}{
		"the configuration": {"qqqqqqqqqq: 1\n", s.Properties},
		"a person":          {"people: {a: {qqqqqqqqqq: 1}}\n", s.Definitions["person"].Properties},
		"a role":            {"roles: {a: {qqqqqqqqqq: 1}}\n", s.Definitions["role"].Properties},
		"rule 1":            {"rules: [{qqqqqqqqqq: 1}]\n", s.Definitions["rule"].Properties},
		"a type":            {"types: {a: {qqqqqqqqqq: 1}}\n", s.Definitions["type"].Properties},
		"a field":           {"types: {a: {fields: {b: {qqqqqqqqqq: 1}}}}\n", s.Definitions["field"].Properties},
		"a table":           {"types: {a: {tables: [{qqqqqqqqqq: 1}]}}\n", s.Definitions["table"].Properties},
	} {
		want := "known keys: " + strings.Join(slices.Sorted(maps.Keys(c.keys)), ", ")
		_, findings := repoconfig.Read([]byte(c.yaml))
		i := slices.IndexFunc(findings, func(f document.Finding) bool {
			return strings.Contains(f.Message, `"qqqqqqqqqq" is not a key of `+where)
		})
		if i < 0 {
			t.Errorf("%s: no finding among %v", where, findings)
			continue
		}
		if diff := cmp.Diff(want, findings[i].Fix); diff != "" {
			t.Errorf("%s (-schema +reader):\n%s", where, diff)
		}
	}
}
