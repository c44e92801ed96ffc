package site

import "github.com/vidimus-bot/vidimus/bot/document"

// responsibility is who answers for a control area: a word with an icon that has the more ink, the more is ours.
type responsibility struct{ Class, Icon, Word string }

// responsibilityOf reads a cell of the column Accountable. What is none of the four words is shown as it is written.
func responsibilityOf(cell string) responsibility {
	switch document.HeadingKey(cell) {
	case "customer":
		return responsibility{"customer", "r-c", "Customer"}
	case "shared":
		return responsibility{"shared", "r-s", "Shared"}
	case "provider":
		return responsibility{"provider", "r-p", "Provider"}
	case "not applicable":
		return responsibility{"na", "none", "Not applicable"}
	case "":
		return responsibility{"na", "none", "No such row"}
	default:
		return responsibility{"na", "bad", cell}
	}
}

// ownerName is the title of the role that a cell names; "" for a blank cell.
func (a *archive) ownerName(cell string) string {
	switch cell {
	case "", "-", "–", "—":
		return ""
	}
	return a.roleTitle(cell)
}
