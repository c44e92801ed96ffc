package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// printCheckAnnotations writes a workflow command for each finding, by which GitHub Actions shows it at its line.
// GitHub shows ten errors and ten warnings of a step, so those that block come first. Source: GitHub Actions,
// "Workflow commands: Setting an error message".
func printCheckAnnotations(w io.Writer, r checkResult) error {
	for _, severity := range []document.Severity{document.Block, document.Warn} {
		for _, f := range r.findings {
			if (f.Severity == document.Warn) != (severity == document.Warn) {
				continue
			}
			if _, err := fmt.Fprintln(w, annotation(f)); err != nil {
				return err //nolint:wrapcheck // the caller says what was written
			}
		}
	}
	return nil
}

// annotation is "::error file=F,line=1,col=2,endColumn=3,title=T::MESSAGE".
func annotation(f document.Finding) string {
	level := "error"
	if f.Severity == document.Warn {
		level = "warning"
	}
	var properties []string
	if f.Path != "" {
		properties = append(properties, "file="+annotationProperty(f.Path))
	}
	if f.Line > 0 {
		properties = append(properties, fmt.Sprintf("line=%d", f.Line))
		if f.Column > 0 {
			properties = append(properties, fmt.Sprintf("col=%d", f.Column))
		}
		if f.EndColumn > f.Column && f.Column > 0 {
			properties = append(properties, fmt.Sprintf("endColumn=%d", f.EndColumn))
		}
	}
	properties = append(properties, "title="+annotationProperty(f.Rule))
	return fmt.Sprintf("::%s %s::%s", level, strings.Join(properties, ","), annotationText(f.Message+"\nMend: "+f.Fix))
}

// annotationText escapes what would end a command or begin the next one, and what a terminal obeys.
func annotationText(s string) string {
	var lines []string
	for line := range strings.SplitSeq(s, "\n") {
		lines = append(lines, strings.ReplaceAll(printable(line), "%", "%25"))
	}
	return strings.ReplaceAll(strings.Join(lines, "%0A"), "\r", "%0D")
}

func annotationProperty(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(annotationText(s))
}
