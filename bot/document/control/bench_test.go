package control_test

import (
	"os"
	"testing"

	"github.com/yuin/goldmark/text"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

// BenchmarkCheck reads and judges the example documents one by one, as the command does.
func BenchmarkCheck(b *testing.B) {
	files := exampleFiles(b)
	checker := control.New(document.Layout{}, control.Params{AsOf: exampleDay})
	b.ReportAllocs()
	for b.Loop() {
		for _, f := range files {
			checker.Read(checker.Layout().Read(f)).Slim()
		}
	}
}

// BenchmarkCheck_markdownAlone parses the same documents with the Markdown parser and does nothing else: the
// measure for BenchmarkCheck.
func BenchmarkCheck_markdownAlone(b *testing.B) {
	files := exampleFiles(b)
	b.ReportAllocs()
	for b.Loop() {
		for _, f := range files {
			document.Parser().Parse(text.NewReader(f.Bytes))
		}
	}
}

// BenchmarkJudge runs the rules across the example documents.
func BenchmarkJudge(b *testing.B) {
	if _, err := os.Stat(exampleDocuments); err != nil {
		b.Skip("no example documents")
	}
	checker := control.New(document.Layout{}, control.Params{AsOf: exampleDay})
	var readings []control.Reading
	for _, f := range exampleFiles(b) {
		readings = append(readings, checker.Read(checker.Layout().Read(f)).Slim())
	}
	b.ReportAllocs()
	for b.Loop() {
		checker.Judge(readings)
	}
}
