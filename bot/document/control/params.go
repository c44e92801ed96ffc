package control

import (
	"github.com/vidimus-bot/vidimus/bot/document"
)

// Catalogue is the version of the rule catalogue. A decision records it: findings that a newer catalogue
// judges differently are reported at a replay, not failed.
const Catalogue = "1"

// Off is the severity that an override gives a rule which shall not be shown.
const Off document.Severity = "off"

// Params are what the rules need besides the documents. The zero value judges documents without roster
// and base; AsOf must be set.
type Params struct {
	// AsOf is the day by which dates are judged, in the organisation's time zone.
	AsOf document.Date
	// Roles are the roles of the roster. Nil means that no roster is known: then nothing is said about whether
	// a role exists.
	Roles []string
	// DepartmentHeads are the roles that must be asked for receipts (POL004). Nil means unknown.
	DepartmentHeads []string
	// Touched are the paths that the change touches. Overdue documents outside it only warn. Nil means all.
	Touched map[string]bool
	// Base is the governed content before the change, for VER001 to VER004, DAT005 and coverage of
	// deletions. Nil means that there is none to compare with. It must hold at least the touched paths.
	Base *document.Set
	// MovedBase are the paths that differ between the base's tip and the merge base (MRG001).
	MovedBase map[string]bool
	// Restored are the paths whose bytes are exactly the last signed ones: VER001 and VER002 do not apply
	// (LAW.md 9.3).
	Restored map[string]bool
	// Severities are the organisation's own, by rule id. Those that LAW.md 7.4 protects are ignored, and so is
	// one that lowers a rule without a reason.
	Severities map[string]Override
	// DefaultSignatories replaces, by type name, the roles that must be among a document's signatories
	// (FM009). Nil means those of [document.Type].
	DefaultSignatories map[string][]string
}

// Override is an organisation's own severity for a rule.
type Override struct {
	To     document.Severity
	Reason string
}
