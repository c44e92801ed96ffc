// Package evidencetest makes evidence for tests: a small organisation with real Git
// objects, signed commits, reviews and witnesses, its decisions, ledger and bundle.
// It knows no clock and no randomness, so that what it makes is the same each time.
package evidencetest

import (
	"crypto/sha256"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Need skips a test whose tool is missing, and fails it when VIDIMUS_REQUIRE names
// the tool.
func Need(t testing.TB, tools ...string) {
	t.Helper()
	required := strings.Split(os.Getenv("VIDIMUS_REQUIRE"), ",")
	for _, tool := range tools {
		if found(tool) {
			continue
		}
		if slices.Contains(required, tool) {
			t.Fatalf("%s is missing, and VIDIMUS_REQUIRE asks for it", tool)
		}
		t.Skipf("skipped: %s is missing", tool)
	}
}

func found(tool string) bool {
	for _, folder := range filepath.SplitList(os.Getenv("PATH")) {
		if i, err := os.Stat(filepath.Join(folder, tool)); err == nil && i.Mode().IsRegular() && i.Mode()&0o111 != 0 {
			return true
		}
	}
	return false
}

// Shared is a path in the folder of reference material beside the checkout; the test
// is skipped where there is none.
func Shared(t testing.TB, path string) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for range 6 {
		found := filepath.Join(folder, "..", "shared", filepath.FromSlash(path))
		if _, err := os.Stat(found); err == nil {
			return found
		}
		folder = filepath.Dir(folder)
	}
	t.Skipf("skipped: ../shared/%s is not beside the checkout", path)
	return ""
}

// Random is an endless stream of bytes that depends on seed alone.
func Random(seed string) io.Reader { return &stream{seed: sha256.Sum256([]byte(seed))} }

type stream struct {
	seed  [sha256.Size]byte
	block []byte
}

func (s *stream) Read(p []byte) (int, error) {
	for i := range p {
		if len(s.block) == 0 {
			s.seed = sha256.Sum256(s.seed[:])
			sum := sha256.Sum256(append([]byte("output"), s.seed[:]...))
			s.block = sum[:]
		}
		p[i], s.block = s.block[0], s.block[1:]
	}
	return len(p), nil
}
