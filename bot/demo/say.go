package demo

import (
	"fmt"
	"io"
	"strings"
)

// narrator tells the story in plain words at 80 columns.
type narrator struct {
	out  io.Writer
	step int
}

func (n *narrator) printf(format string, args ...any) {
	_, _ = fmt.Fprintf(n.out, format, args...) // a listener who has gone stops nothing
}

// chapter begins a numbered step.
func (n *narrator) chapter(title string) {
	n.step++
	n.printf("\n%3d  %s\n", n.step, title)
}

// labelWidth is the column in which facts begin.
const labelWidth = 18

// fact tells one thing that was read back.
func (n *narrator) fact(label, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	for i, line := range wrap(text, 80-7-labelWidth) {
		if i > 0 {
			label = ""
		}
		n.printf("     %-*s%s\n", labelWidth, label, line)
	}
}

// wrap breaks a text at blanks; a longer word keeps its line.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		if line != "" && len([]rune(line))+1+len([]rune(word)) > width {
			lines = append(lines, line)
			line = ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
