package decision_test

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/ProtonMail/go-crypto/openpgp"
	"go.yaml.in/yaml/v4"

	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
)

const configPath = ".vidimus.yml"

func isKeyPath(p string) bool { return strings.HasPrefix(p, "keys/") }

// clerk remembers what many counts read again: configurations, documents, commit
// verdicts. What it remembers follows from bytes alone.
type clerk struct {
	mu       sync.Mutex
	charters map[string]*charter
	pages    map[string]page
	verdicts map[string]string
	rings    map[string]openpgp.EntityList
	findings map[string][]document.Finding
	items    map[string]document.Item
}

func newClerk() *clerk {
	return &clerk{
		charters: map[string]*charter{}, pages: map[string]page{}, verdicts: map[string]string{},
		rings: map[string]openpgp.EntityList{}, findings: map[string][]document.Finding{}, items: map[string]document.Item{},
	}
}

// charter is the part of the configuration that the tally knows of.
type charter struct {
	Root     string            `yaml:"root"`
	Branches []string          `yaml:"branches"`
	People   map[string]person `yaml:"people"`
	Roles    map[string]struct {
		Holders []string `yaml:"holders"`
	} `yaml:"roles"`
	RoleOrder  []string `yaml:"-"`
	Rules      []rule   `yaml:"rules"`
	Config     rule     `yaml:"config"`
	MayDismiss []string `yaml:"may-dismiss"`
	Bots       []person `yaml:"bots"`
}

type person struct {
	GitHub        int64    `yaml:"github"`
	Emails        []string `yaml:"emails"`
	ApprovalSigns bool     `yaml:"approval-signs"`
}

type rule struct {
	For          map[string]any `yaml:"for"`
	Require      any            `yaml:"require"`
	Level        string         `yaml:"level"`
	Commits      string         `yaml:"commits"`
	SeveralRoles string         `yaml:"several-roles"`
}

// charter reads a configuration; nil is an unreadable one (CFG001, CFG003).
func (c *clerk) charter(raw []byte) *charter {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := string(raw)
	if known, ok := c.charters[key]; ok {
		return known
	}
	read := &charter{}
	var top yaml.Node
	if len(raw) == 0 || yaml.Load(raw, read) != nil || yaml.Load(raw, &top) != nil || !read.sound() {
		read = nil
	} else {
		read.RoleOrder = keysOf(&top, "roles")
	}
	c.charters[key] = read
	return read
}

// keysOf are the keys of a mapping in the order of the file.
func keysOf(top *yaml.Node, name string) []string {
	var found []string
	members := top.Content[0].Content
	for i := 0; i+1 < len(members); i += 2 {
		if members[i].Value != name {
			continue
		}
		for j := 0; j < len(members[i+1].Content); j += 2 {
			found = append(found, members[i+1].Content[j].Value)
		}
	}
	return found
}

// sound: every rule has a level and requires known roles, which known people hold.
func (c *charter) sound() bool {
	for _, role := range c.Roles {
		for _, h := range role.Holders {
			if _, known := c.People[h]; !known {
				return false
			}
		}
		if len(role.Holders) == 0 {
			return false
		}
	}
	for _, r := range append([]rule{c.Config}, c.Rules...) {
		roles := leaves(r.Require)
		if r.Level == "" || len(roles) == 0 {
			return false
		}
		for _, role := range roles {
			if _, known := c.Roles[role]; !known {
				return false
			}
		}
	}
	return len(c.Branches) > 0
}

// leaves are the roles of a requirement, in order, each as often as it stands.
func leaves(require any) []string {
	switch r := require.(type) {
	case string:
		return []string{r}
	case []any:
		var all []string
		for _, child := range r {
			all = append(all, leaves(child)...)
		}
		return all
	case map[string]any:
		for _, key := range []string{"all", "any", "of"} {
			if r[key] != nil {
				return leaves(r[key])
			}
		}
	}
	return nil
}

// met says whether the roles that filled names meet a requirement.
func met(require any, filled map[string]string) bool {
	switch r := require.(type) {
	case string:
		return filled[r] != ""
	case map[string]any:
		for _, key := range []string{"all", "any", "of"} {
			children, ok := r[key].([]any)
			if !ok {
				continue
			}
			n := 0
			for _, child := range children {
				if met(child, filled) {
					n++
				}
			}
			switch key {
			case "all":
				return n == len(children)
			case "any":
				return n > 0
			default:
				count, _ := r["count"].(int)
				return count > 0 && n >= count
			}
		}
	}
	return false
}

// matches says whether the rule is for a document.
func (r rule) matches(p string, pg page) bool {
	for key, want := range r.For {
		have := map[string]string{"type": pg.kind, "id": pg.id, "criticality": pg.criticality}[key]
		if key == "path" {
			have = p
		}
		ok := false
		for _, w := range words(want) {
			if key == "path" {
				ok = ok || matchesPath(w, have)
			} else {
				ok = ok || w == have
			}
		}
		if !ok {
			return false
		}
	}
	return true
}

func words(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, w := range v {
			all = append(all, words(w)...)
		}
		return all
	}
	return nil
}

func matchesPath(pattern, p string) bool {
	if pattern == "**" {
		return true
	}
	if folder, below := strings.CutSuffix(pattern, "/**"); below {
		return strings.HasPrefix(p, folder+"/")
	}
	ok, err := path.Match(pattern, p)
	return ok && err == nil
}

// byAccount is LAW 3.1: the person of a numeric id.
func (c *charter) byAccount(id int64) string {
	for slug, p := range c.People {
		if p.GitHub == id {
			return slug
		}
	}
	return ""
}

// byAddress is the person, or bot, of an address. LAW 3.4.
func (c *charter) byAddress(address string) (slug string, known bool) {
	address = strings.ToLower(address)
	for slug, p := range c.People {
		for _, e := range p.Emails {
			if strings.ToLower(e) == address {
				return slug, true
			}
		}
		if account, found := noReply(address); found && account == p.GitHub {
			return slug, true
		}
	}
	for _, b := range c.Bots {
		account, found := noReply(address)
		if slices.Contains(b.Emails, address) || (found && account == b.GitHub) {
			return "", true
		}
	}
	return "", false
}

// noReply reads the id of {id}+…@users.noreply.github.com.
func noReply(address string) (int64, bool) {
	local, ok := strings.CutSuffix(address, "@users.noreply.github.com")
	digits, _, plus := strings.Cut(local, "+")
	if !ok || !plus || digits == "" || strings.Trim(digits, "0123456789") != "" || len(digits) > 15 {
		return 0, false
	}
	var id int64
	for _, d := range digits {
		id = id*10 + int64(d-'0')
	}
	return id, true
}

// page is what the tally reads of a document.
type page struct {
	kind, id, version, status, criticality string
	signatories                            []string
	images                                 []string // as linked, in order
}

// page reads the front matter line by line; documents here have no other form.
func (t *tally) page(e facts.Entry) page {
	key := e.SHA256
	t.clerk.mu.Lock()
	defer t.clerk.mu.Unlock()
	if known, ok := t.clerk.pages[key]; ok {
		return known
	}
	text := string(t.s.Blobs[e.SHA256])
	var pg page
	front, body, _ := strings.Cut(strings.TrimPrefix(text, "---\n"), "\n---\n")
	for _, line := range strings.Split(front, "\n") {
		name, value, _ := strings.Cut(line, ": ")
		value = strings.Trim(value, `"`)
		switch name {
		case "type":
			pg.kind = value
		case "id":
			pg.id = value
		case "version":
			pg.version = value
		case "status":
			pg.status = value
		case "criticality":
			pg.criticality = value
		case "signatories":
			for _, role := range strings.Split(strings.Trim(value, "[]"), ",") {
				pg.signatories = append(pg.signatories, strings.TrimSpace(role))
			}
		}
	}
	for rest := body; ; {
		_, after, found := strings.Cut(rest, "![")
		if !found {
			break
		}
		_, after, _ = strings.Cut(after, "](")
		link, after, _ := strings.Cut(after, ")")
		pg.images = append(pg.images, link)
		rest = after
	}
	t.clerk.pages[key] = pg
	return pg
}
