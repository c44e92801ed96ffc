package decision

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
)

// judgeCommit judges one contributing commit and those who made it. LAW 3.4, 4.2.
func (e *evaluation) judgeCommit(c facts.Commit, paths []string) {
	raw := e.s.Blobs[c.SHA256]
	j := Commit{ID: c.ID, SHA256: c.SHA256, Paths: paths, SeenAt: e.firstSeen(c.ID)}
	parsed, err := commitsig.Parse(raw)
	if err != nil {
		j.Verdict, j.Text = string(commitsig.Malformed), err.Error()
		e.refuseCommit(j)
		return
	}
	seen, err := time.Parse(time.RFC3339, j.SeenAt)
	if err != nil {
		e.incomplete("when commit %s was first seen is not in the facts", c.ID)
		return
	}
	v := e.judge(raw, e.ring, commitsig.Terms{Seen: seen})
	j.Verdict, j.Format, j.Fingerprint = string(v.Word), v.Format, v.Fingerprint
	j.Person, j.Key, j.Clock, j.Text = v.Person, e.keyPath(v.Fingerprint), string(v.Clock), v.Text
	j.Counts = v.Counts(e.d.Founding || e.hostKeyEnough(paths))
	j.Author = e.identity(&j, parsed.Author, "author")
	if v.Word != commitsig.Vouched {
		j.Committer = e.identity(&j, parsed.Committer, "committer")
	}
	for _, trailer := range parsed.CoAuthors {
		e.identity(&j, trailer, "co-author")
	}
	if !j.Counts {
		e.refuseCommit(j)
		return
	}
	e.d.Commits = append(e.d.Commits, j)
}

// keyPath is the key file that holds a primary key.
func (e *evaluation) keyPath(fingerprint string) string {
	for _, k := range e.ring.Keys() {
		if fingerprint != "" && k.Fingerprint == fingerprint {
			return k.Path
		}
	}
	return ""
}

func (e *evaluation) refuseCommit(j Commit) {
	e.d.Commits = append(e.d.Commits, j)
	p := Problem{Code: CodeCommit, Commit: j.ID, Text: j.Text, Mend: "have its committer sign it again with their own key"}
	if j.Verdict == string(commitsig.Vouched) {
		p.Text = "GitHub vouches for this commit; the rule for what it changes asks for a person's own key"
		p.Mend = "make the change on a computer and sign it with git commit -S, or let the configuration say commits: host-key"
	}
	e.problem(p)
}

// firstSeen is when a commit was first witnessed, "" if never.
func (e *evaluation) firstSeen(id string) string {
	for _, w := range e.f.Witnesses {
		for _, o := range w.Observations {
			if o.Act == facts.ActCommit && o.Commit == id {
				return o.Seen.At
			}
		}
	}
	return ""
}

// identity resolves who stands behind an address and counts them as
// contributors. An address of nobody blocks. LAW 3.4.
func (e *evaluation) identity(j *Commit, id commitsig.Identity, as string) string {
	if p, ok := e.ring.PersonOf(id.Email); ok {
		e.contributed(p.Slug, j.Paths)
		return p.Slug
	}
	if e.isBot(id.Email) {
		return ""
	}
	e.problem(Problem{
		Code: CodeAddress, Commit: j.ID,
		Text: fmt.Sprintf("the address of the %s, %s <%s>, belongs to nobody in the roster", as, id.Name, id.Email),
		Mend: "use the address that stands in .vidimus.yml (git config user.email), or have the address added there by a signed change",
	})
	return ""
}

// isBot says whether an address is that of an App which may author commits: its
// numeric noreply address, or one that the configuration names.
func (e *evaluation) isBot(address string) bool {
	for _, b := range e.config.Bots {
		account := strconv.FormatInt(b.GitHub, 10) + "+"
		if strings.HasPrefix(address, account) && strings.HasSuffix(address, "[bot]@users.noreply.github.com") {
			return true
		}
		for _, known := range b.Emails {
			if strings.EqualFold(known, address) {
				return true
			}
		}
	}
	return false
}

// hostKeyEnough says whether every rule that matches the documents at paths
// takes commits that the host vouches for. LAW 2.1, 4.2.
func (e *evaluation) hostKeyEnough(paths []string) bool {
	for _, path := range paths {
		if len(e.documentsOf([]string{path})) == 0 {
			return false // no document, no rule: nothing says that the host's word is enough
		}
	}
	for _, path := range e.documentsOf(paths) {
		rules := e.rulesFor(path)
		if len(rules) == 0 {
			return false
		}
		for _, r := range rules {
			if !r.HostKeyCommits {
				return false
			}
		}
	}
	return true
}

// documentsOf are the documents at paths, and those that show an image at paths,
// at the base or the head.
func (e *evaluation) documentsOf(paths []string) []string {
	at := map[string]bool{}
	for _, p := range paths {
		at[p] = true
	}
	found := map[string]bool{}
	for _, v := range []view{e.base, e.mergeBase, e.head} {
		for path := range v.tree {
			if isDocument(document.Classify(e.root, path)) && (at[path] || showsAny(v, path, at)) {
				found[path] = true
			}
		}
	}
	for _, p := range paths {
		if isDocument(document.Classify(e.root, p)) {
			found[p] = true
		}
	}
	sorted := make([]string, 0, len(found))
	for p := range found {
		sorted = append(sorted, p)
	}
	sort.Strings(sorted)
	return sorted
}

func showsAny(v view, path string, images map[string]bool) bool {
	for _, image := range v.images(path) {
		if images[image.Path] {
			return true
		}
	}
	return false
}
