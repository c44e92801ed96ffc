package redline

import "github.com/vidimus-bot/vidimus/bot/document"

// Responsibility is who answers for a control area, as pages show it: a style class, an icon that has the more ink,
// the more is ours, and a word.
type Responsibility struct{ Class, Icon, Word string }

// ResponsibilityOf reads a cell of the column Accountable. What is none of the four words is shown as it is written.
func ResponsibilityOf(cell string) Responsibility {
	switch document.HeadingKey(cell) {
	case "customer":
		return Responsibility{"customer", "r-c", "Customer"}
	case "shared":
		return Responsibility{"shared", "r-s", "Shared"}
	case "provider":
		return Responsibility{"provider", "r-p", "Provider"}
	case "not applicable":
		return Responsibility{"na", "none", "Not applicable"}
	case "":
		return Responsibility{"na", "none", "No such row"}
	default:
		return Responsibility{"na", "bad", cell}
	}
}
