package decision_test

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain lets garbage lie longer: ten thousand histories are mostly garbage, and
// collecting it would be a fifth of the time.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}
