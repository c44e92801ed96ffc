package demo

import (
	"context"
	"fmt"
	"path/filepath"
)

// try is one thing that a visitor can do: who to be, and what.
type try struct{ who, what string }

// tries are the life of pull request 3, in the order in which it makes sense.
func tries() []try {
	return []try{
		{"Zeynep", "head of people. Under Checks, copy the line for the CISO. Under Files changed, Review changes: paste it, Approve. It does not count; the check says why."},
		{"Aoife", "CISO. The same line from the right person: the check waits for Tomasz alone."},
		{"Bruno", "who proposed it. Open his branch container-images, edit one cell of matrices/azure-platform.md, save it onto the branch: Aoife's signature ends."},
		{"Aoife", "and Tomasz sign the new text, each by the line that the check offers them."},
		{"Bruno", "again. Merge pull request. The branch evidence holds the proof."},
		{"Ingrid", "administrator. Edit a document of main, propose it, merge it past the rules: a deviation becomes an issue."},
	}
}

// firstTries are what there is to do where no proposal is open.
func firstTries() []try {
	return []try{
		{"Bruno", "head of engineering. Open a document, edit it with a new version number, and propose it."},
		{"Aoife", "or whoever the check then waits for. It offers the lines to sign by."},
	}
}

// stay keeps everything running, says where to look and what can be tried, until ctx ends.
func (s *Story) stay(ctx context.Context, address string, tries []try) error {
	s.LetTimeRun()
	s.say.printf("\nNow it is yours to play. Open this and choose who you are:\n\n  %s\n\n", address)
	s.say.printf("Nobody has a password; every page lets you be somebody else. Try, in order:\n\n")
	for i, t := range tries {
		for n, line := range wrap(fmt.Sprintf("Be %s, %s", t.who, t.what), 80-5) {
			mark := fmt.Sprintf("%3d  ", i+1)
			if n > 0 {
				mark = "     "
			}
			s.say.printf("%s%s\n", mark, line)
		}
	}
	s.say.printf("\nFor programs and for git, %s\nholds addresses, the token of every person, and where their keys lie.\n", filepath.Join(s.Dir, "world.json"))
	s.say.printf("\nCtrl-C ends it; %s stays.\n", s.Dir)
	<-ctx.Done()
	return nil
}
