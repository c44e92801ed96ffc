package gate

// What the tests look at from outside.
var (
	EditedTwice = editedTwice
	NeedsEdits  = needsEdits
	BranchOf    = branchOf
	NewVerdicts = newVerdicts
)
