package main

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
)

// maxListed is up to how many commits the text lists all of; of more, only those that do not count.
const maxListed = 100

// textPrinter writes for people.
type textPrinter struct {
	w     io.Writer
	trust commitTrust
	paint paint
	// good are those that count, kept back until it is known whether there are few.
	held   []judgedCommit
	listed int
	err    error
}

func newTextPrinter(w io.Writer, t commitTrust, p paint) *textPrinter {
	return &textPrinter{w: w, trust: t, paint: p}
}

// commit keeps the first commits back, and prints of more only those that do not count.
func (p *textPrinter) commit(c judgedCommit) error {
	p.listed++
	switch {
	case p.listed <= maxListed:
		p.held = append(p.held, c)
	case p.listed == maxListed+1:
		p.release(false)
		fallthrough
	default:
		if !c.counts {
			p.print(c)
		}
	}
	return p.err
}

// release prints what was kept back.
func (p *textPrinter) release(all bool) {
	for _, c := range p.held {
		if all || !c.counts {
			p.print(c)
		}
	}
	p.held = nil
}

// finish prints what was kept back.
func (p *textPrinter) finish(*commitSummary) error {
	p.release(true)
	return p.err
}

// print writes one commit: state, id, claimed date, person; then why it does not count, or is accepted; then the key.
func (p *textPrinter) print(c judgedCommit) {
	v := c.verdict
	state, why := p.paint.good("good"), ""
	switch {
	case !c.counts:
		state, why = p.paint.bad("bad "), string(v.Word)+": "+printable(lowerFirst(v.Found()))
	case c.accepted != "": // as it is, without a signature that counts
		state, why = "pass", string(v.Word)+", but accepted: "+printable(lowerFirst(c.accepted))
	}
	p.line("%s   %.12s  %s  %s\n", state, c.id, claimedDay(c), printable(p.who(c)))
	if why != "" {
		for _, line := range wrapped(why, 73) {
			p.line("       %s\n", line)
		}
	}
	if v.Fingerprint != "" {
		p.line("       %s\n", p.paint.dim(grouped(v.Fingerprint)))
	}
}

// line writes; p.err keeps the first failure.
func (p *textPrinter) line(format string, args ...any) {
	if _, err := fmt.Fprintf(p.w, format, args...); err != nil && p.err == nil {
		p.err = fmt.Errorf("write verdicts: %w", err)
	}
}

// who names the signer, or the committer where the commit does not count.
func (p *textPrinter) who(c judgedCommit) string {
	if !c.counts || c.accepted != "" {
		if c.committer.Name == "" && c.committer.Email == "" {
			return ""
		}
		return "committer " + c.committer.Name + " <" + c.committer.Email + ">"
	}
	if person, known := p.trust.ring.Person(c.verdict.Person); known {
		return person.Name
	}
	if c.verdict.Person == keyring.HostSlug {
		return "GitHub, for " + c.author.Name
	}
	return c.verdict.Person
}

// claimedDay is the committer's date.
func claimedDay(c judgedCommit) string {
	if c.committer.When.IsZero() {
		return "          "
	}
	return c.committer.When.UTC().Format(time.DateOnly)
}

// grouped writes a fingerprint in groups of four; an SSH one stays as it is.
func grouped(fingerprint string) string {
	if strings.Contains(fingerprint, ":") {
		return fingerprint
	}
	var b strings.Builder
	for i, r := range fingerprint {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// lowerFirst begins a sentence as a clause; names stay as they are written.
func lowerFirst(s string) string {
	if s == "" || strings.HasPrefix(s, "GitHub") || strings.HasPrefix(s, "OpenPGP") {
		return s
	}
	r, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(r)) + s[size:]
}

// progress says on a terminal how far a long reading is, in one line that is replaced.
type progress struct {
	w       io.Writer
	on      bool
	started time.Time
	shown   time.Time
}

// quietFor is how long nothing is said; then the line is renewed as often.
const quietFor = time.Second

// at says that n commits were read.
func (p *progress) at(n int) {
	if !p.on || n%1000 != 0 || time.Since(p.started) < quietFor || time.Since(p.shown) < quietFor {
		return
	}
	p.shown = time.Now()
	_, _ = fmt.Fprintf(p.w, "\rreading %s", commitCount(n)) // only talk
}

// end takes the line away.
func (p *progress) end() {
	if !p.shown.IsZero() {
		_, _ = fmt.Fprint(p.w, "\r\x1b[K") // only talk
	}
}
