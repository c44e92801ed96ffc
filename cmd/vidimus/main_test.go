package main

import (
	"os"
	"testing"
)

// asVidimus makes the test binary act as the program itself, so that tests can run
// it as a process of its own, and kill it.
const asVidimus = "VIDIMUS_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asVidimus) != "" {
		main()
	}
	os.Exit(m.Run())
}
