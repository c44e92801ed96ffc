package app_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/demo"
)

// Before any founding a configuration that cannot be read is not signed, and the
// check says where it is wrong.
func TestApp_unreadableConfigurationNamesItsLine(t *testing.T) {
	s := stage(t, nil)
	broken := edited(t, s.Documents[".vidimus.yml"], "    level: approval\n", "    level: aproval\n")
	line := 1 + bytes.Count(broken[:bytes.Index(broken, []byte("aproval"))], []byte("\n"))
	must(s.Push(t.Context(), "isolheim", "main", "A configuration past the check", map[string][]byte{".vidimus.yml": broken}))(t)
	p := propose(t, s, "service", map[string][]byte{servicePath: s.Documents[servicePath]})
	c := verdict(t, s, p.head, demo.Concludes("failure"))
	if text := c.Output.Summary + c.Output.Text; !strings.Contains(text, "CFG001") || !strings.Contains(text, fmt.Sprintf("line %d", line)) {
		t.Errorf("the check does not name CFG001 and line %d:\n%s", line, c.Output.Summary)
	}
}
