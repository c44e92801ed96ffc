package report

import (
	"regexp"
	"sync"
)

// lazily compiles a pattern when it is first asked for: compiling all of a package's takes milliseconds,
// which every start of the program would pay.
func lazily(pattern string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(pattern) })
}
