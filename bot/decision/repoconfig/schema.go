package repoconfig

import (
	_ "embed" // the schema
)

//go:embed schema.json
var schema string

// JSONSchema is the JSON Schema (draft 7) of the configuration, for editors. It says which keys there are and which
// forms their values have; what hangs together, such as whether a role exists, only [Read] judges.
func JSONSchema() string { return schema }
