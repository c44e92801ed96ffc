package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
)

// judgedCommit is a commit with its verdict.
type judgedCommit struct {
	id      string
	verdict commitsig.Verdict
	counts  bool
	// accepted says why a commit is part of the chain though its verdict does not count, else "".
	accepted string
	// author and committer are what the commit claims; zero for a malformed one.
	author, committer commitsig.Identity
	// parents are known only where the chain is asked for.
	parents []string
}

// judgeCommit puts together what is printed of a commit. The table has no names, so they are not read.
func (v *commitVerification) judgeCommit(id string, raw []byte, verdict commitsig.Verdict) judgedCommit {
	c := judgedCommit{id: id, verdict: verdict, counts: verdict.Counts(v.o.hostKey)}
	if v.o.format != "tsv" && verdict.Word != commitsig.Malformed {
		c.author, c.committer, _ = commitsig.Identities(raw) // what is malformed has been told already
	}
	return c
}

// commitPrinter writes judged commits in one form. finish ends the output.
type commitPrinter interface {
	commit(judgedCommit) error
	finish(*commitSummary) error
}

// tsvPrinter writes a table, one line a commit.
type tsvPrinter struct{ w *bufio.Writer }

// newTSVPrinter writes the header line.
func newTSVPrinter(w io.Writer) *tsvPrinter {
	p := &tsvPrinter{w: bufio.NewWriterSize(w, 64<<10)}
	_, _ = p.w.WriteString("commit\tverdict\tfingerprint\tkeyid\tcreated\tperson\n") // told by finish
	return p
}

// commit writes a line: commit, verdict, fingerprint of the primary key, key id, time of the signature,
// person. What is not known is empty.
func (p *tsvPrinter) commit(c judgedCommit) error {
	v := c.verdict
	for i, field := range [...]string{
		c.id, string(v.Word), v.Fingerprint, v.KeyID, rfc3339(v.Created),
		printable(v.Person),
	} {
		if i > 0 {
			_ = p.w.WriteByte('\t') // told by the last write
		}
		_, _ = p.w.WriteString(field) // the same
	}
	return p.w.WriteByte('\n') // stdout
}

// finish writes what is left.
func (p *tsvPrinter) finish(*commitSummary) error {
	if err := p.w.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// rfc3339 writes a time, or nothing for none.
func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// jsonPrinter writes one document, a commit a line.
type jsonPrinter struct {
	w     *bufio.Writer
	comma string
	err   error
}

// The JSON of verify commits, version 1. Fields are added, never renamed.
type (
	jsonCommitsHead struct {
		Format string `json:"format"`
		Keys   string `json:"keys"`
		People bool   `json:"people"`
		Clock  string `json:"clock"`
		AsOf   string `json:"asOf,omitempty"`
	}
	jsonCommit struct {
		Commit      string       `json:"commit"`
		Verdict     string       `json:"verdict"`
		Counts      bool         `json:"counts"`
		Signature   string       `json:"signature,omitempty"`
		Fingerprint string       `json:"fingerprint,omitempty"`
		Subkey      string       `json:"subkey,omitempty"`
		KeyID       string       `json:"keyid,omitempty"`
		Person      string       `json:"person,omitempty"`
		Algorithm   string       `json:"algorithm,omitempty"`
		Created     string       `json:"created,omitempty"`
		Seen        string       `json:"seen,omitempty"`
		Offset      int          `json:"offset,omitempty"`
		Author      jsonIdentity `json:"author"`
		Committer   jsonIdentity `json:"committer"`
		Text        string       `json:"text"`
	}
	jsonIdentity struct {
		Name  string `json:"name"`
		Email string `json:"email"`
		When  string `json:"when,omitempty"`
	}
	jsonSummary struct {
		Commits int `json:"commits"`
		Count   int `json:"count"`
	}
)

// newJSONPrinter writes the beginning.
func newJSONPrinter(w io.Writer, t commitTrust, terms commitsig.Terms) *jsonPrinter {
	p := &jsonPrinter{w: bufio.NewWriter(w)}
	head := jsonCommitsHead{
		Format: "vidimus-verify-commits/1", Keys: t.from, People: t.hasPeople,
		Clock: string(terms.Clock),
	}
	if terms.Clock != commitsig.ClaimedTime {
		head.AsOf = rfc3339(terms.Seen)
	}
	text := p.encode(head)
	p.write(strings.TrimSuffix(text, "}") + ",\"commits\":[")
	return p
}

// encode writes v as JSON; p.err keeps a failure.
func (p *jsonPrinter) encode(v any) string {
	data, err := json.Marshal(v)
	if err != nil && p.err == nil {
		p.err = fmt.Errorf("encode verdict: %w", err)
	}
	return string(data)
}

// write writes text; p.err keeps a failure.
func (p *jsonPrinter) write(text string) {
	if _, err := p.w.WriteString(text); err != nil && p.err == nil {
		p.err = fmt.Errorf("write verdicts: %w", err)
	}
}

// commit writes one commit.
func (p *jsonPrinter) commit(c judgedCommit) error {
	v := c.verdict
	p.write(p.comma + "\n" + p.encode(jsonCommit{
		Commit: c.id, Verdict: string(v.Word), Counts: c.counts, Signature: v.Format, Fingerprint: v.Fingerprint, Subkey: v.Subkey,
		KeyID: v.KeyID, Person: v.Person, Algorithm: v.Algorithm, Created: rfc3339(v.Created), Seen: rfc3339(v.Seen), Offset: v.Offset,
		Author: newJSONIdentity(c.author), Committer: newJSONIdentity(c.committer), Text: v.Found(),
	}))
	p.comma = ","
	return p.err
}

// newJSONIdentity takes an identity over.
func newJSONIdentity(i commitsig.Identity) jsonIdentity {
	when := ""
	if !i.When.IsZero() {
		when = i.When.Format(time.RFC3339)
	}
	return jsonIdentity{Name: i.Name, Email: i.Email, When: when}
}

// finish writes the end.
func (p *jsonPrinter) finish(s *commitSummary) error {
	p.write("\n],\"summary\":" + p.encode(jsonSummary{Commits: s.total, Count: s.counted}) + "}\n")
	if err := p.w.Flush(); err != nil && p.err == nil {
		p.err = fmt.Errorf("write verdicts: %w", err)
	}
	return p.err
}
