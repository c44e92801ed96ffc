package docstemplates

import (
	"embed"
	"io/fs"
)

//go:embed all:example
var example embed.FS

// Example is the fictional organisation Northquay Logistics: its documents, its
// .vidimus.yml and people.tsv. Every date in it is meant for ExampleDay; who
// shows it on another day moves them all by the days between.
func Example() fs.FS {
	below, err := fs.Sub(example, "example")
	if err != nil {
		panic(err) // unreachable: the folder is embedded
	}
	return below
}

// ExampleDay is the day on which the example's documents are in date.
const ExampleDay = "2026-11-24"
