package document

import (
	"encoding/json"
	"fmt"
)

// schemaDialect is the version of JSON Schema that editors' YAML extensions read.
const schemaDialect = "http://json-schema.org/draft-07/schema#"

// jsonSchema is one schema, with the keywords that front matter needs. Source: JSON Schema draft 7.
type jsonSchema struct {
	Dialect              string                `json:"$schema,omitempty"`
	Title                string                `json:"title,omitempty"`
	Description          string                `json:"description,omitempty"`
	Type                 any                   `json:"type,omitempty"` // a word, or several
	Const                string                `json:"const,omitempty"`
	Enum                 []string              `json:"enum,omitempty"`
	Pattern              string                `json:"pattern,omitempty"`
	Format               string                `json:"format,omitempty"`
	MinLength            int                   `json:"minLength,omitempty"`
	Minimum              *int                  `json:"minimum,omitempty"`
	Maximum              *int                  `json:"maximum,omitempty"`
	Items                *jsonSchema           `json:"items,omitempty"`
	MinItems             int                   `json:"minItems,omitempty"`
	AnyOf                []jsonSchema          `json:"anyOf,omitempty"`
	Properties           map[string]jsonSchema `json:"properties,omitempty"`
	Required             []string              `json:"required,omitempty"`
	AdditionalProperties *bool                 `json:"additionalProperties,omitempty"`
	// Body describes what a schema of front matter cannot: the text. Readers of JSON Schema pass it over.
	Body *bodySchema `json:"x-vidimus,omitempty"`
}

type bodySchema struct {
	Folder      string        `json:"folder"`
	Prefix      string        `json:"prefix"`
	Signatories []string      `json:"signatories,omitempty"`
	Sections    []string      `json:"sections,omitempty"`
	Tables      []tableSchema `json:"tables,omitempty"`
}

type tableSchema struct {
	Section    string         `json:"section"`
	Key        string         `json:"key,omitempty"`
	Optional   bool           `json:"optional,omitempty"`
	MayBeEmpty bool           `json:"mayBeEmpty,omitempty"`
	Columns    []columnSchema `json:"columns"`
}

type columnSchema struct {
	Name    string   `json:"name"`
	Form    string   `json:"form,omitempty"`
	Allowed []string `json:"allowed,omitempty"`
	Blank   bool     `json:"blank,omitempty"`
}

// JSONSchema returns the JSON Schema (draft 7) of the type's front matter, indented, with a line end. Editors complete
// and check by it; what only the whole repository shows, such as whether a role or service exists, is left to the
// rules. Under "x-vidimus" stand folder, sections and tables.
func (t Type) JSONSchema() ([]byte, error) {
	closed := false
	s := jsonSchema{
		Dialect: schemaDialect, Title: t.Title, Type: "object", Properties: map[string]jsonSchema{}, AdditionalProperties: &closed,
		Body: &bodySchema{Folder: t.Folder, Prefix: t.Prefix, Signatories: t.Signatories, Sections: t.Sections},
	}
	for _, f := range t.AllFields() {
		s.Properties[f.Key] = f.schema(t)
		if !f.Optional {
			s.Required = append(s.Required, f.Key)
		}
	}
	for _, table := range t.Tables {
		s.Body.Tables = append(s.Body.Tables, table.schema())
	}
	out, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("encode the schema of %s: %w", t.Name, err)
	}
	return append(out, '\n'), nil
}

func (t TableRule) schema() tableSchema {
	s := tableSchema{Section: t.Section, Key: t.Key, Optional: t.Optional, MayBeEmpty: t.MayBeEmpty}
	for _, c := range t.Columns {
		column := columnSchema{Name: c.Name, Allowed: c.Allowed, Blank: c.Blank}
		if c.Form != Text {
			column.Form = c.Form.String()
		}
		s.Columns = append(s.Columns, column)
	}
	return s
}

// schema describes a field of the given type of document.
func (f FieldRule) schema(t Type) jsonSchema {
	s := f.valueSchema(t)
	if f.List {
		item := s
		s = jsonSchema{Type: "array", Items: &item, MinItems: 1}
	}
	s.Description = f.About
	return s
}

// Patterns of values, as the rules read them.
const (
	slugExpression     = `^[a-z0-9]+(-[a-z0-9]+)*$`
	countryExpression  = `^[A-Z]{2}$`
	dayExpression      = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
	versionExpression  = `^(0|[1-9][0-9]{0,5})\.(0|[1-9][0-9]{0,5})$`
	idExpression       = `-[A-Z0-9]+(-[A-Z0-9]+)*$`
	languageExpression = `^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$`
	hashExpression     = `^[0-9a-f]{64}$`
)

func (f FieldRule) valueSchema(t Type) jsonSchema {
	pattern := func(expression string) jsonSchema { return jsonSchema{Type: "string", Pattern: expression} }
	switch {
	case f.Key == "type":
		return jsonSchema{Const: t.Name}
	case f.Key == "waives":
		return jsonSchema{Enum: Waivable()}
	}
	switch f.Form {
	case Word:
		return jsonSchema{Enum: f.Allowed}
	case Slug, Role:
		return pattern(slugExpression)
	case Country:
		return pattern(countryExpression)
	case Day:
		return f.daySchema()
	case Number:
		least, most := f.Min, f.Limit()
		return jsonSchema{Type: "integer", Minimum: &least, Maximum: &most}
	case Flag:
		return jsonSchema{Type: "boolean"}
	case Edition:
		return pattern(versionExpression)
	case Identifier:
		return pattern(f.idPattern(t))
	case Language:
		return pattern(languageExpression)
	case Levels:
		return levelsSchema()
	case Hash:
		return pattern(hashExpression)
	default:
		return jsonSchema{Type: []string{"string", "number"}, MinLength: 1}
	}
}

func (f FieldRule) daySchema() jsonSchema {
	day := jsonSchema{Type: "string", Pattern: dayExpression, Format: "date"}
	if len(f.Allowed) == 0 {
		return day
	}
	return jsonSchema{AnyOf: []jsonSchema{day, {Enum: f.Allowed}}}
}

func (f FieldRule) idPattern(t Type) string {
	switch f.Key {
	case "id":
		return "^" + t.Prefix + idExpression
	case "exceptions":
		return "^EXC" + idExpression
	default:
		return "^[A-Z][A-Z0-9]*" + idExpression
	}
}

func levelsSchema() jsonSchema {
	closed := false
	s := jsonSchema{Type: "object", Properties: map[string]jsonSchema{}, AdditionalProperties: &closed}
	for _, class := range Classifications() {
		s.Properties[class] = jsonSchema{Enum: KeyLevels()}
	}
	return s
}
