package site

// ownerName is the title of the role that a cell names; "" for a blank cell.
func (a *archive) ownerName(cell string) string {
	switch cell {
	case "", "-", "–", "—":
		return ""
	}
	return a.roleTitle(cell)
}
