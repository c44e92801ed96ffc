package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
	"github.com/vidimus-bot/vidimus/bot/signature/keyring"
)

// trustRootSetting is the git setting that names the trust root where no flag does.
const trustRootSetting = "vidimus.trustRoot"

// chain walks from a trust root to a tip. Each commit is judged by the configuration and keys of its
// parents, all of them in a merge, and is authenticated if it counts under each and all parents are
// authenticated. DESIGN.md, "Situations", and LAW.md 4 say which commits need not be signed themselves:
// those that contribute nothing governed, and those that the ledger records as landed.
type chain struct {
	v      *commitVerification
	root   string
	terms  commitsig.Terms
	states map[string]string // the state of configuration and keys at each commit of the chain

	mu     sync.Mutex
	trusts map[string]stateTrust // by state

	authenticated map[string]bool
	landed        map[string]bool // commits that the ledger records
	broken        *judgedCommit
	why           string
	// tip are the keys at the end of the chain: what is revoked there for good was never to be trusted.
	tip keyring.Ring
}

// stateTrust is what one state of configuration and keys makes of a commit, or why it makes nothing.
type stateTrust struct {
	commitTrust
	err error
}

// authenticate checks the chain and prints it, oldest first.
func (v *commitVerification) authenticate(ctx context.Context, now time.Time) error {
	c, tip, err := v.newChain(ctx, now)
	if err != nil {
		return err
	}
	p := v.printer(commitTrust{from: "trust from " + c.root, hasPeople: true}, c.terms)
	selection := commitSelection{ranges: []string{"^" + c.root, tip}, oldestFirst: true}
	source, err := v.repo.commits(ctx, selection, nil)
	if err != nil {
		return err
	}
	s := &commitSummary{started: now, trust: fmt.Sprintf("trust from %.12s, each commit judged by its parents' keys",
		c.root), config: c.trust(ctx, c.root).config}
	judge := func(id string, raw []byte) judgedCommit { return c.judge(ctx, id, raw) }
	far := v.progress()
	err = streamCommits(source, judge, func(j judgedCommit) error {
		j, err := c.link(ctx, j)
		if err != nil {
			return err
		}
		s.add(j)
		far.at(s.total)
		return p.commit(j)
	})
	far.end()
	if err := errors.Join(err, source.close()); err != nil {
		return err
	}
	err = v.finish(ctx, p, s)
	if c.broken != nil {
		v.say("the chain breaks first at %.12s: %s\n", c.broken.id, printable(c.why))
	}
	return err
}

// newChain finds root and tip and the states in between.
func (v *commitVerification) newChain(ctx context.Context, now time.Time) (*chain, string, error) {
	tip := "HEAD"
	switch {
	case len(v.o.ranges) > 1 || len(v.o.ranges) == 1 && strings.Contains(v.o.ranges[0], ".."):
		return nil, "", &hintedError{
			errors.New("--authenticate checks all from the trust root to one commit"),
			"name one commit, or none for HEAD",
		}
	case len(v.o.ranges) == 1:
		tip = v.o.ranges[0]
	}
	tip, err := v.repo.resolve(ctx, tip)
	if err != nil {
		return nil, "", err
	}
	name := v.o.trustRoot
	if name == "" {
		if name, err = v.repo.output(ctx, "config", "--get", trustRootSetting); err != nil || name == "" {
			return nil, "", &hintedError{
				errors.New("no trust root is named"),
				"--trust-root REV, or git config " + trustRootSetting + " REV: the commit of the founding, known from paper",
			}
		}
	}
	root, err := v.repo.resolve(ctx, name)
	if err != nil {
		return nil, "", err
	}
	c := &chain{
		v: v, root: root, terms: v.terms(now,
			true), trusts: map[string]stateTrust{}, authenticated: map[string]bool{root: true},
	}
	if c.states, err = v.repo.states(ctx, root, tip); err != nil {
		return nil, "", err
	}
	t := c.trust(ctx, root)
	if t.err != nil {
		return nil, "", fmt.Errorf("read trust root %s: %w", root, t.err)
	}
	c.tip = c.trust(ctx, tip).ring // the zero ring, which revokes nothing, where the tip has none
	c.landed, err = v.repo.landed(ctx, t.config.Evidence.Branch, root, v.o.ledgerKey)
	return c, tip, err
}

// trust gives the keys and people of a commit of the chain. Each state of them is read once.
func (c *chain) trust(ctx context.Context, commit string) stateTrust {
	state, inChain := c.states[commit]
	if !inChain {
		return stateTrust{err: errors.New("it lies before the trust root")}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if t, known := c.trusts[state]; known {
		return t
	}
	t := c.readTrust(ctx, commit)
	c.trusts[state] = t
	return t
}

// readTrust reads configuration and keys of a commit.
func (c *chain) readTrust(ctx context.Context, commit string) stateTrust {
	files, raw, err := c.v.repo.keysAt(ctx, commit)
	switch {
	case err != nil:
		return stateTrust{err: err}
	case raw == nil:
		return stateTrust{err: errors.New("it has no " + configurationPath)}
	}
	config, err := readConfiguration(raw)
	if err != nil {
		return stateTrust{err: fmt.Errorf("its %s cannot be read: %w", configurationPath, err)}
	}
	return stateTrust{commitTrust: configuredTrust("", files, config)}
}

// judge judges a commit under each of its parents and keeps the worst verdict. Where nothing is trusted
// it is judged by no keys at all.
func (c *chain) judge(ctx context.Context, id string, raw []byte) judgedCommit {
	parsed, err := commitsig.Parse(raw)
	worst := judgedCommit{id: id, verdict: commitsig.Judge(raw, keyring.Ring{}, c.terms)}
	if err != nil {
		return worst
	}
	worst.author, worst.committer, worst.parents = parsed.Author, parsed.Committer, parsed.Parents
	for i, parent := range parsed.Parents {
		j, t := worst, c.trust(ctx, parent)
		j.verdict = commitsig.Judge(raw, t.ring, c.terms) // the zero ring where t could not be read
		hostKey := t.err == nil && (c.v.o.hostKey || hostKeyEnough(t.config)) && c.states[id] == c.states[parent]
		j.counts = t.err == nil && j.verdict.Counts(hostKey)
		if i == 0 || worst.counts && !j.counts {
			worst = j
		}
	}
	if worst.counts && c.revokedSince(worst.verdict.Fingerprint) {
		worst.verdict, worst.counts = commitsig.Judge(raw, c.tip, c.terms), false
	}
	return worst
}

// revokedSince tells whether the tip knows a key to be revoked for good. Only the key's owner can say that, so it is
// believed of a tip that is not authenticated yet: it can take trust away, and give none.
func (c *chain) revokedSince(fingerprint string) bool {
	return slices.ContainsFunc(c.tip.Named(fingerprint, 0), keyring.Key.RevokedForGood)
}

// hostKeyEnough tells whether every rule takes the host's word for commits. For configuration and keys
// it is never enough.
func hostKeyEnough(config *repoconfig.Config) bool {
	for _, rule := range config.Rules {
		if !rule.HostKeyCommits {
			return false
		}
	}
	return len(config.Rules) > 0
}

// link takes a commit, whose parents have come before it, into the chain.
func (c *chain) link(ctx context.Context, j judgedCommit) (judgedCommit, error) {
	if why := c.loose(ctx, j); why != "" {
		j.counts = false
		j.verdict.Text, j.verdict.Mend = why, ""
		c.breakAt(j, why)
		return j, nil
	}
	if !j.counts {
		why, err := c.accept(ctx, j)
		if err != nil {
			return j, err
		}
		if why == "" {
			c.breakAt(j, j.verdict.Text)
			return j, nil
		}
		j.counts, j.accepted = true, why
		j.verdict.Text, j.verdict.Mend = why, ""
	}
	c.authenticated[j.id] = true
	return j, nil
}

// loose says why a commit hangs on nothing that is authenticated, "" if all its parents are.
func (c *chain) loose(ctx context.Context, j judgedCommit) string {
	if len(j.parents) == 0 {
		return "The commit begins a history of its own, or is malformed, so no keys are trusted for it."
	}
	for _, parent := range j.parents {
		_, inChain := c.states[parent]
		if inChain && !c.authenticated[parent] {
			return fmt.Sprintf("It follows %.12s, which is not authenticated.", parent)
		}
		if t := c.trust(ctx, parent); t.err != nil {
			return fmt.Sprintf("Its parent %.12s gives no keys: %v.", parent, t.err)
		}
	}
	return ""
}

// breakAt remembers the first break.
func (c *chain) breakAt(j judgedCommit, why string) {
	if c.broken == nil {
		c.broken, c.why = &j, why
	}
}

// accept says why a commit that does not count is accepted all the same, "" if it is not.
func (c *chain) accept(ctx context.Context, j judgedCommit) (string, error) {
	if c.landed[j.id] {
		return "The ledger records it as landed with signed content.", nil
	}
	paths, err := c.contributes(ctx, j)
	if err != nil || len(paths) > 0 {
		return "", err
	}
	if len(j.parents) > 1 {
		return "A merge that takes each governed file from one side.", nil
	}
	return "It changes nothing governed.", nil
}
