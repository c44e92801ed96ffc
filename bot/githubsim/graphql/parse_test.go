package graphql_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/githubsim/graphql"
)

func TestParse_fieldsArgumentsFragmentsAndVariables(t *testing.T) {
	const document = `
		# a comment
		query Name($id: ID! = "x", $n: Int) @cached {
			me: viewer { login, name }
			node(id: $id, first: 3, flags: [true, FALSE, null, "a\"b"], at: {x: -1.5}) { ... on PullRequest { number } ...rest }
		}
		fragment rest on Review { body }
	`
	got, err := graphql.Parse(document, map[string]any{"id": "ID"})
	if err != nil {
		t.Fatal(err)
	}
	want := graphql.Operation{Fields: []graphql.Field{
		{Alias: "me", Name: "viewer", Selected: []graphql.Field{{Alias: "login", Name: "login"}, {Alias: "name", Name: "name"}}},
		{
			Alias: "node", Name: "node",
			Arguments: map[string]any{"id": "ID", "first": 3.0, "flags": []any{true, "FALSE", nil, `a"b`}, "at": map[string]any{"x": -1.5}},
			Selected:  []graphql.Field{{Alias: "number", Name: "number", On: "PullRequest"}, {Alias: "body", Name: "body", On: "Review"}},
		},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Parse (-want +got):\n%s", diff)
	}
	if o, err := graphql.Parse(`mutation { a(input: {b: $c}) { d } }`, nil); err != nil || !o.Mutation {
		t.Errorf("Parse of a mutation = %+v, %v", o, err)
	}
}

func TestParse_refusals(t *testing.T) {
	multiplying := "query { ...f0 }"
	for i := range 20 {
		n := string(rune('0' + i + 1))
		multiplying += " fragment f" + string(rune('0'+i)) + " on X { ...f" + n + " ...f" + n + " }"
	}
	for name, document := range map[string]string{
		"nothing":            "",
		"unclosed":           "{ a",
		"unclosed string":    `{ a(b: "c) }`,
		"string over lines":  "{ a(b: \"c\n\") }",
		"argument without :": "{ a(b c) }",
		"no field":           "{ : a }",
		"bad character":      "{ a(b: %) }",
		"unclosed list":      "{ a(b: [1",
		"subscription":       "subscription { a }",
		"deep":               strings.Repeat("{ a ", 50),
		"deep value":         "{ a(b: " + strings.Repeat("[", 50),
		"fragment of itself": "{ ...f } fragment f on X { ...f }",
		"too long":           "{ " + strings.Repeat("a ", 40_000) + "}",
		"too many fields":    "{ " + strings.Repeat("a ", 10_001) + "}",
		"unknown fragment":   "{ ...f }",
		"multiplying":        multiplying + " fragment fD on X { a }",
	} {
		if o, err := graphql.Parse(document, nil); err == nil {
			t.Errorf("%s: Parse = %d fields, want an error", name, len(o.Fields))
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		`query($ids: [ID!]!) { nodes(ids: $ids) { ... on PullRequestReview { databaseId lastEditedAt } } }`,
		`{ a(b: {c: [1, "d"]}) { ...e } } fragment e on F { g }`, `{ ...f } fragment f on X { ...f }`, "{", `"`, "...", "fragment on on",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, document string) {
		operation, err := graphql.Parse(document, map[string]any{"ids": []any{"x"}})
		if err != nil {
			return
		}
		for _, field := range operation.Fields {
			if field.Name == "" || field.Alias == "" {
				t.Errorf("Parse(%q) has a field without a name", document)
			}
		}
	})
}
