package governance

import (
	"slices"

	"github.com/vidimus-bot/vidimus/bot/decision/repoconfig"
	"github.com/vidimus-bot/vidimus/bot/document"
)

// Change is what a change makes of configuration and keys.
type Change struct {
	// Before is what the change is judged by; it must be readable.
	Before Charter
	// After are the files that the governed branch would hold; others than
	// configuration and keys are passed over.
	After []document.File
	// Branch is the one on which the change is to land; "" where nobody knows.
	Branch string
	// Founding: Before was read from the change itself, and its faults are told.
	Founding bool
	// AsOf is the day by which the end of keys is judged.
	AsOf document.Date
}

// Judge gives the findings about the configuration and the keys that the branch
// would hold, in no order: a change must not leave what the next one cannot be
// judged by. Where nothing changes, they are those about what is there.
func (c Change) Judge() []document.Finding {
	after := governing(c.After)
	ring, keys := c.Before.Ring, c.Before.KeyFindings
	var findings []document.Finding
	if !slices.EqualFunc(c.Before.files, after, same) {
		var next repoconfig.Config
		next, findings = c.next(after)
		ring, keys = readKeys(after, next)
	}
	return slices.Concat(findings, keys, ring.Expiring(midnight(c.AsOf)))
}

// next is the configuration that the branch would hold, if it can be read, else
// the one that holds now.
func (c Change) next(after []document.File) (repoconfig.Config, []document.Finding) {
	now, _ := document.FileAt(c.Before.files, repoconfig.Path)
	then, there := document.FileAt(after, repoconfig.Path)
	switch {
	case !there:
		return c.Before.Config, []document.Finding{
			fault(RuleUnreadable, "The change deletes the configuration.", "keep .vidimus.yml; what was founded stays governed"),
		}
	case same(now, then):
		return c.Before.Config, nil
	case then.Mode != document.ModeRegular && then.Mode != document.ModeExecutable:
		return c.Before.Config, []document.Finding{
			fault(RuleUnreadable, "The change puts something else in the place of the configuration.", "keep .vidimus.yml a regular file"),
		}
	}
	next, faults := repoconfig.Read(then.Bytes)
	switch {
	case len(faults) > 0 && c.Founding:
		return c.Before.Config, nil
	case len(faults) > 0:
		return c.Before.Config, faults
	case c.Founding:
		return next, nil
	}
	return next, append(later(next), c.scope(next)...)
}

// scope: what leaves governance needs the signers of what leaves, which this
// version does not judge; it blocks.
func (c Change) scope(next repoconfig.Config) []document.Finding {
	config := &c.Before.Config
	kept := c.Branch == "" || !config.GovernsBranch(c.Branch) || next.GovernsBranch(c.Branch)
	if next.Root == config.Root && kept {
		return nil
	}
	return []document.Finding{fault(RuleLater,
		"the change takes documents out of governance (root or branches), which this version of Vidimus does not judge",
		"leave root as it is, and keep the governed branch in branches")}
}
