package report

import (
	"regexp"
	"slices"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision"
	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
)

// commitRow is one commit that does not count; for templates.
type commitRow struct{ ID, By, Wrong md }

// commitHelp is how bad commits are mended; for templates.
type commitHelp struct {
	Rows rows[commitRow]
	// Advice is one line for each kind of fault among them: its word, and what to do.
	Advice []adviceRow
	// Extend are expired keys, with the commands that extend them.
	Extend []keyFile
	// Commands sign the commits again; nil when that does not help or cannot be said.
	Commands *commands
	// NewKey is for who has no key yet; nil where that is not what is missing, or cannot be said.
	NewKey *keyFile
}

// keyFile is a key, named by its fingerprint or the owner's address, and the file of keys/ that holds it.
type keyFile struct{ Key, Path md }

// commands are what is pasted to sign commits again. Email is set when the address has to be mended too, and
// Reset says that it is put into the commits, which are all the proposer's own.
type commands struct {
	Work  work
	Email md
	Reset bool
}

type adviceRow struct{ Word, Now md }

func (r *reporter) commitHelp(t *tally) commitHelp {
	var h commitHelp
	var table []commitRow
	for _, c := range t.commits {
		table = append(table, r.commitRow(&c))
		if len(c.Addresses) > 0 {
			h.Advice = append(h.Advice, adviceRow{"unknown address", whatNow(decision.CodeAddress)})
		}
		if now := verdictAdvice(c.Verdict); now != "" && !c.Counts {
			h.Advice = append(h.Advice, adviceRow{verdictWord(c.Verdict), now})
		}
	}
	h.Rows, h.Advice = rowsOf(&r.cut, table), slices.Compact(sortedAdvice(h.Advice))
	h.Commands, h.Extend = r.commands(t), expiredKeys(t)
	if h.Commands != nil {
		h.NewKey = r.newKey(t)
	}
	return h
}

// expiredKeys are the OpenPGP keys that had expired, each once; an SSH key never does.
func expiredKeys(t *tally) []keyFile {
	var keys []keyFile
	for _, c := range t.commits {
		key := keyFile{safe(c.Fingerprint, fingerprintPattern()), safe(c.Key, pathPattern())}
		if c.Verdict == string(commitsig.ExpiredKey) && key.Key != "" && key.Path != "" && !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return keys[:min(len(keys), maxEnumerated)]
}

// newKey names the proposer's address and key file, where a commit lacks the signature of a key of their own.
func (r *reporter) newKey(t *tally) *keyFile {
	lacks := slices.ContainsFunc(t.commits, func(c badCommit) bool { return !c.Counts && lacksKey(c.Verdict) })
	key := keyFile{r.ownEmail(), safe("keys/"+r.proposer(r.in.Proposal.Author).Slug+".asc", pathPattern())}
	if !lacks || key.Key == "" || key.Path == "" {
		return nil
	}
	return &key
}

// lacksKey tells whether a commit with that verdict may be by somebody who has no fit key yet.
func lacksKey(word string) bool {
	switch commitsig.Word(word) {
	case commitsig.Unsigned, commitsig.Vouched, commitsig.UnknownKey, commitsig.RevokedKey, commitsig.NotSigningKey, commitsig.Weak:
		return true
	}
	return false
}

// commands gives what to paste, nil when signing again mends nothing or the branch has no name that a shell
// takes.
func (r *reporter) commands(t *tally) *commands {
	c := &commands{Work: r.work()}
	sign, address, author := false, false, false
	for _, bad := range t.commits {
		sign = sign || !bad.Counts && bad.Verdict != string(commitsig.ExpiredKey) // an extended key revives what it signed
		address = address || bad.Verdict == string(commitsig.WrongPerson) || bad.mentions("committer")
		author = author || bad.mentions("author")
	}
	email := r.ownEmail()
	c.Reset = author && email != "" && r.allOwn(t)
	if c.Reset || (address && sign) {
		c.Email = email
	}
	if c.Work.Onto == "" || !(sign || c.Reset) {
		return nil
	}
	return c
}

func sortedAdvice(list []adviceRow) []adviceRow {
	slices.SortStableFunc(list, func(a, b adviceRow) int { return strings.Compare(string(a.Word), string(b.Word)) })
	return list
}

func (r *reporter) commitRow(c *badCommit) commitRow {
	row := commitRow{ID: short(c.ID), By: text(r.madeBy(&c.Commit), maxMessageLength)}
	if !c.Counts {
		row.Wrong = "**" + verdictWord(c.Verdict) + "**: " + text(withoutCommand(c.Text), maxMessageLength) + " (SIG009)"
	}
	for _, p := range c.Addresses[:min(len(c.Addresses), maxEnumerated)] {
		if row.Wrong != "" {
			row.Wrong += "<br>"
		}
		row.Wrong += text(p.Text, maxMessageLength) + " (SIG010)"
	}
	return row
}

// verdictWord is the verdict as people read it; a commit that could not be judged has none.
func verdictWord(word string) md {
	if word == "" {
		return "not judged"
	}
	return text(word, maxNameLength)
}

// madeBy names author and committer of a commit.
func (r *reporter) madeBy(c *decision.Commit) string {
	author, committer := r.known(c.Author), r.known(c.Committer)
	if committer == author || c.Committer == "" {
		return author
	}
	return author + ", committed by " + committer
}

func (r *reporter) known(slug string) string {
	if slug == "" {
		return "nobody in the roster"
	}
	return r.titled(slug)
}

// withoutCommand leaves out the sentence in which a verdict recorded by an older version gives a command: it is
// right for the last commit only, and the text below gives one that is right for all.
func withoutCommand(s string) string {
	i := strings.Index(s, "git commit")
	if i < 0 {
		return strings.TrimSuffix(s, ".")
	}
	end := strings.LastIndex(s[:i], ". ")
	if end < 0 {
		return "it does not count"
	}
	return s[:end]
}

// mentions says whether an address in the commit is unknown as that of the author or committer. Only the
// problem's words tell, since an App that may author commits is nobody in the roster either.
func (c *badCommit) mentions(as string) bool {
	return slices.ContainsFunc(c.Addresses, func(p decision.Problem) bool {
		return strings.HasPrefix(p.Text, "the address of the "+as+",")
	})
}

// allOwn says whether every judged commit is the proposer's, or claims an author whom nobody knows: then it is
// safe to offer that the author is set anew. Others' authorship must never be taken away. LAW 3.4.
func (r *reporter) allOwn(t *tally) bool {
	own := r.proposer(r.in.Proposal.Author).Slug
	unknown := map[string]bool{} // by id
	for _, c := range t.commits {
		unknown[c.ID] = c.mentions("author")
	}
	return own != "" && !slices.ContainsFunc(r.d.Commits, func(c decision.Commit) bool { return c.Author != own && !unknown[c.ID] })
}

// ownEmail is the proposer's first address in the roster, if a shell takes it as it is.
func (r *reporter) ownEmail() md {
	p, _ := r.config.Person(r.proposer(r.in.Proposal.Author).Slug)
	if len(p.Emails) == 0 || !emailPattern().MatchString(p.Emails[0]) {
		return ""
	}
	return md(p.Emails[0])
}

// What a shell and a code block take as it is: no quoting, no option, no expansion.
var (
	emailPattern       = lazily(`^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9][A-Za-z0-9.-]{0,253}$`)
	branchPattern      = lazily(`^[A-Za-z0-9][A-Za-z0-9._/-]{0,199}$`)
	hostPattern        = lazily(`^[A-Za-z0-9][A-Za-z0-9.-]{0,253}(:[0-9]{1,5})?$`)
	repoPattern        = lazily(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}/[A-Za-z0-9._-]{1,100}$`)
	objectPattern      = lazily(`^[0-9a-f]{40}([0-9a-f]{24})?$`)
	fingerprintPattern = lazily(`^[0-9A-F]{40}([0-9A-F]{24})?$`)
	pathPattern        = lazily(`^[A-Za-z0-9.][A-Za-z0-9._/-]{0,199}$`)
)

// work is where commands are run; for templates. What cannot be pasted as it is, is "".
type work struct {
	Branch   md // the proposal's branch
	Upstream md // of a fork: the arguments of git fetch for the governed branch
	Onto     md // what git then calls the governed branch
}

// work gives names for the commands: a fork has the governed branch under another remote, so there it is
// fetched by its address. Without the base's name there are no commands.
func (r *reporter) work() work {
	p := r.in.Proposal
	w := work{Branch: safe(p.Branch, branchPattern())}
	if base := safe(p.Base, branchPattern()); base != "" {
		w.Onto = "origin/" + base
	}
	if p.Fork && w.Onto != "" {
		host, repository := safe(r.d.Repository.Host, hostPattern()), safe(r.d.Repository.Name, repoPattern())
		if host == "" || repository == "" {
			return work{}
		}
		w.Upstream, w.Onto = "https://"+host+"/"+repository+" "+safe(p.Base, branchPattern()), "FETCH_HEAD"
	}
	return w
}

// safe is s if it matches pattern, else "".
func safe(s string, pattern *regexp.Regexp) md {
	if !pattern.MatchString(s) || strings.Contains(s, "..") {
		return ""
	}
	return md(s)
}
