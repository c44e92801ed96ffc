package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

const (
	// checkWidth is the terminal's width that everything fits in.
	checkWidth = 80
	// checkMargin is the width of line numbers and the bar behind them.
	checkMargin = 10
	// checkBefore is how many cells of a long line are shown before the mark.
	checkBefore = 24
)

// checkPrinter writes findings for people, as design/terminal draws them.
type checkPrinter struct {
	w     io.Writer
	paint paint
	scope checkScope
	bar   string
	path  string   // whose lines are held
	lines []string // of that file
	err   error
}

func newCheckPrinter(w io.Writer, p paint, scope checkScope) *checkPrinter {
	bar := "|"
	if isUTF8Locale() {
		bar = "│"
	}
	return &checkPrinter{w: w, paint: p, scope: scope, bar: bar}
}

// isUTF8Locale asks the variables that decide, the strongest first.
func isUTF8Locale() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if value := os.Getenv(name); value != "" {
			upper := strings.ToUpper(value)
			return strings.Contains(upper, "UTF-8") || strings.Contains(upper, "UTF8")
		}
	}
	return false
}

func (p *checkPrinter) print(r checkResult) error {
	for _, f := range r.findings {
		p.finding(f)
	}
	for _, i := range r.impacts {
		p.impact(i)
	}
	for _, o := range r.overrides {
		if o.To == control.Off && o.Findings > 0 {
			p.paragraph("", fmt.Sprintf("%s of %s %s not shown: %s", counted(o.Findings, "finding"), o.Rule, isOrAre(o.Findings), printable(o.Reason)))
		}
	}
	p.line("%s\n%s\n", r.summary(), p.paint.colour("1", r.verdict()))
	return p.err
}

// line writes; p.err keeps the first failure.
func (p *checkPrinter) line(format string, args ...any) {
	if _, err := fmt.Fprintf(p.w, format, args...); err != nil && p.err == nil {
		p.err = err
	}
}

func (p *checkPrinter) finding(f document.Finding) {
	code := "1;31"
	if f.Severity == document.Warn {
		code = "1;33"
	}
	p.line("%s  %s  %s\n", p.paint.colour("1", p.place(f)), p.paint.colour(code, string(f.Severity)), p.paint.dim(f.Rule))
	if text := p.text(f.Path, f.Line); text != "" {
		p.excerpt(f, text, code)
	}
	p.paragraph("        ", printable(f.Message))
	for i, line := range wrapped(printable(f.Fix), checkWidth-8) {
		label := "  mend: "
		if i > 0 {
			label = "        "
		}
		p.line("%s%s\n", label, line)
	}
	p.line("\n")
}

// paragraph writes text in lines that fit.
func (p *checkPrinter) paragraph(indent, text string) {
	for _, line := range wrapped(text, checkWidth-8) {
		p.line("%s%s\n", indent, line)
	}
}

func isOrAre(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// impact shows what a changed value does to documents that the change does not touch.
func (p *checkPrinter) impact(i control.Impact) {
	const blue = "1;34"
	at := document.Finding{Path: i.Path, Line: i.Line, Column: i.Column, EndColumn: i.EndColumn}
	p.line("%s  %s\n", p.paint.colour("1", p.place(at)), p.paint.colour(blue, "impact"))
	if text := p.text(i.Path, i.Line); text != "" {
		p.excerpt(at, text, blue)
	}
	p.paragraph("        ", printable(i.Message))
	p.line("\n")
}

// place is path:line:column as far as they are known; editors make it a link.
func (p *checkPrinter) place(f document.Finding) string {
	place := printable(p.scope.place(f.Path))
	if f.Path == "" {
		place = "."
	}
	if f.Line > 0 {
		place += fmt.Sprintf(":%d", f.Line)
	}
	if f.Line > 0 && f.Column > 0 {
		place += fmt.Sprintf(":%d", f.Column)
	}
	return place
}

// text returns a line of a file; "" if it cannot be read, as for a document that was deleted.
func (p *checkPrinter) text(path string, line int) string {
	if path != p.path {
		p.path, p.lines = path, nil
		p.lines = linesOf(p.scope.fsys(), path)
	}
	if line < 1 || line > len(p.lines) {
		return ""
	}
	return p.lines[line-1]
}

// linesOf reads a file that may be shown; none of what is no file: a pipe would never end.
func linesOf(files fs.FS, path string) []string {
	info, err := fs.Stat(files, path)
	if err != nil || !info.Mode().IsRegular() || info.Size() > document.MaxDocumentBytes {
		return nil
	}
	raw, err := fs.ReadFile(files, path)
	if err != nil {
		return nil
	}
	return strings.Split(strings.ReplaceAll(string(raw), "\r\n", "\n"), "\n")
}

// excerpt shows the line, cut around the mark, and the caret below it.
func (p *checkPrinter) excerpt(f document.Finding, text, code string) {
	window := newCellWindow(text, f.Column, f.EndColumn)
	p.line("%s %s %s\n", p.paint.dim(fmt.Sprintf("%7d", f.Line)), p.bar, window.text)
	if f.Column > 0 {
		caret := strings.Repeat("^", window.width)
		p.line("        %s %s%s\n", p.bar, strings.Repeat(" ", window.start), p.paint.colour(code, caret))
	}
}

// cell is what one code point shows and how many columns of the terminal it takes.
type cell struct {
	text  string
	width int
}

// newCell shows a code point: a tab as four blanks, what cannot be seen as an escape.
func newCell(r rune) cell {
	switch {
	case r == '\t':
		return cell{"    ", 4}
	case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Me, r):
		return cell{string(r), 0}
	}
	shown := printable(string(r))
	if shown != string(r) {
		return cell{shown, len(shown)}
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return cell{shown, 2}
	}
	return cell{shown, 1}
}

// cellWindow is the part of a line that fits, with the mark's place in it, in columns of the terminal.
type cellWindow struct {
	text         string
	start, width int
}

// newCellWindow cuts a line to what fits beside the margin, around the code points from column to end, which
// count from 1; end 0 or before column marks one.
func newCellWindow(line string, column, end int) cellWindow {
	var cells []cell
	for _, r := range line {
		cells = append(cells, newCell(r))
	}
	return cut(cells, max(column-1, 0), max(end, column+1)-1)
}

// cut shows cells around the mark [from, to).
func cut(cells []cell, from, to int) cellWindow {
	room := checkWidth - checkMargin
	from, to = min(from, len(cells)), min(to, len(cells))
	first := 0
	if total(cells[:to]) > room-2 {
		first = firstShown(cells, from)
	}
	w := cellWindow{}
	if first > 0 {
		w.text, room = "… ", room-2
	}
	last, used := first, 0
	for last < len(cells) && used+cells[last].width <= room {
		used += cells[last].width
		last++
	}
	if last < len(cells) {
		for used > room-2 {
			last--
			used -= cells[last].width
		}
		last = lastBlank(cells, max(first, to), last)
	}
	w.start = total(cells[first:from])
	if first > 0 {
		w.start += 2
	}
	for _, c := range cells[first:last] {
		w.text += c.text
	}
	w.width = max(1, total(cells[from:max(from, min(to, last))]))
	if last < len(cells) {
		w.text = strings.TrimRight(w.text, " ") + " …"
	}
	return w
}

// firstShown goes back from the mark as far as is shown, and begins with a word if one begins there.
func firstShown(cells []cell, from int) int {
	first := from
	for first > 0 && total(cells[first-1:from]) <= checkBefore {
		first--
	}
	for word := first; word < from && first > 0; word++ {
		if cells[word].text == " " {
			return word + 1
		}
	}
	return first
}

// lastBlank ends a cut line with a word, if one ends close to last and not before from.
func lastBlank(cells []cell, from, last int) int {
	const near = 16
	for i := last; i > max(from, last-near); i-- {
		if cells[i].text == " " {
			return i
		}
	}
	return last
}

func total(cells []cell) int {
	sum := 0
	for _, c := range cells {
		sum += c.width
	}
	return sum
}
