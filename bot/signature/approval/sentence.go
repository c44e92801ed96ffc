package approval

import (
	"fmt"
	"strings"
)

// Template names the wording of what a person declares, with its version. A wording
// is never changed once published; another one gets another number.
type Template string

// The wordings of LAW 1.4. Sources: domain-a523.md 5.4; delete/1 for the deletion of
// a document, which nobody approves "for use".
const (
	TemplateApprove          Template = "approve/1"
	TemplateResponsibilities Template = "accept-responsibilities/1"
	TemplateContract         Template = "contract-review/1"
	TemplateRisk             Template = "accept-risk/1"
	TemplateConfiguration    Template = "configuration/1"
	TemplateDelete           Template = "delete/1"
	TemplateReceipt          Template = "receipt/1"
	TemplateDeputy           Template = "deputy/1"
	TemplateWithdraw         Template = "withdraw/1"
)

// TemplateFor is the wording that a statement line stands for, by the type of the
// document ("configuration" and "key" for these) and the role in which it is signed.
// An organisation that calls its roles otherwise signs with the plain approval.
func TemplateFor(docType, role string) Template {
	switch {
	case docType == "configuration" || docType == "key":
		return TemplateConfiguration
	case docType == "shared-responsibility-matrix" && role == "head-of-it":
		return TemplateResponsibilities
	case docType == "contract-review" && (role == "counsel" || role == "general-counsel" || role == "dpo"):
		return TemplateContract
	case docType == "exception":
		return TemplateRisk
	default:
		return TemplateApprove
	}
}

// SentenceValues fill a wording. Dates are "YYYY-MM-DD", SHA256 and Images have all
// 64 digits. What is empty and not needed for the wording is left out of it.
type SentenceValues struct {
	Name         string
	Role         string // its title, as in "Head of IT"
	Organisation string
	Title        string
	ID           string
	Version      string
	Path         string // of configuration and keys
	SHA256       string
	Images       string // digest of the images that the document shows
	Effective    string
	Expires      string
	Date         string
	Department   string
	// Holder is the name of whom a deputy stands in for, From and To its dates.
	Holder, From, To string
}

// Sentence fills a wording. A value that the wording cannot do without and an unknown
// wording are errors that name them.
func Sentence(t Template, v SentenceValues) (string, error) {
	text := sentenceText(t)
	if text == "" {
		return "", fmt.Errorf("no wording is called %q", t)
	}
	return fill(text, v)
}

// sentenceText is a wording with its values in braces; what stands in brackets is
// left out when a value in it is empty.
func sentenceText(t Template) string {
	const (
		acting   = "I, {name}, acting as {role} of {organisation}[ as deputy of {holder} from {from} to {to}], have read "
		document = "{title} ({id}) version {version}, SHA-256 {sha256}[, with the images that it shows, SHA-256 {images}], in full. "
		intent   = "I am authorised to do so, and I intend this statement to be my signature."
		approve  = acting + document + "I approve it for use[ from {effective}], " + intent
	)
	switch t {
	case TemplateApprove:
		return approve
	case TemplateResponsibilities:
		return approve + " I accept for {organisation} every task marked Customer and our part of every task marked Shared."
	case TemplateContract:
		return approve + " I have compared the agreement named there with our policy; the table of provisions states its terms correctly" +
			" to the best of my knowledge. This approves the review; it does not sign the agreement."
	case TemplateRisk:
		return approve + " I accept the residual risk described there[ until {expires}]."
	case TemplateConfiguration:
		return acting + "{path}, SHA-256 {sha256}, and approve who may sign and by which rules. " + intent
	case TemplateDelete:
		return acting + document + "I approve that it is deleted, " + intent
	case TemplateReceipt:
		return "I, {name}, head of {department}, confirm that I received {title} ({id}) version {version}, SHA-256 {sha256}, on {date}," +
			" have read it, and will make it known in my department. This is a receipt, not an approval of the content."
	case TemplateDeputy:
		return "as deputy of {holder} from {from} to {to}"
	case TemplateWithdraw:
		return "I withdraw my signature of {date} under {id} {version}."
	default:
		return ""
	}
}

func (v SentenceValues) value(name string) string {
	switch name {
	case "name":
		return v.Name
	case "role":
		return v.Role
	case "organisation":
		return v.Organisation
	case "title":
		return v.Title
	case "id":
		return v.ID
	case "version":
		return v.Version
	case "path":
		return v.Path
	case "sha256":
		return v.SHA256
	case "images":
		return v.Images
	case "effective":
		return v.Effective
	case "expires":
		return v.Expires
	case "date":
		return v.Date
	case "department":
		return v.Department
	case "holder":
		return v.Holder
	case "from":
		return v.From
	case "to":
		return v.To
	default:
		return ""
	}
}

// fill writes the values into a wording. Values are never read as wording again: a
// title with braces stays what it is.
func fill(text string, v SentenceValues) (string, error) {
	var b strings.Builder
	for text != "" {
		open := strings.IndexAny(text, "[{")
		if open < 0 {
			b.WriteString(text)
			break
		}
		b.WriteString(text[:open])
		if text[open] == '[' {
			part, rest, _ := strings.Cut(text[open+1:], "]")
			if filled, err := fill(part, v); err == nil {
				b.WriteString(filled)
			}
			text = rest
			continue
		}
		name, rest, _ := strings.Cut(text[open+1:], "}")
		value := v.value(name)
		if value == "" {
			return "", fmt.Errorf("the sentence has no %s", name)
		}
		b.WriteString(value)
		text = rest
	}
	return b.String(), nil
}
