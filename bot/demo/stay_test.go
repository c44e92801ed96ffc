package demo_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/vidimus-bot/vidimus/bot/demo"
	"github.com/vidimus-bot/vidimus/bot/githubsim"
)

// listener keeps what the demo says, and closes ready when it has said that it stays.
type listener struct {
	mu    sync.Mutex
	said  strings.Builder
	once  sync.Once
	ready chan struct{}
}

func (l *listener) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n, err := l.said.Write(p)
	if strings.Contains(l.said.String(), "Ctrl-C ends it") {
		l.once.Do(func() { close(l.ready) })
	}
	return n, err
}

func (l *listener) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.said.String()
}

// staying runs the demo until it stays, and gives what it has said.
func staying(t *testing.T, c demo.Config) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	l := &listener{ready: make(chan struct{})}
	c.Dir, c.Out = t.TempDir(), l
	ended := make(chan error, 1)
	go func() { ended <- demo.Run(ctx, c) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the demo ends with %v", err)
		}
	})
	select {
	case <-l.ready:
	case err := <-ended:
		ended <- nil
		t.Fatalf("the demo ended: %v\n%s", err, l.text())
	}
	return l.text()
}

func read(t *testing.T, address string) string {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }() // read to its end
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s = %d %v", address, answer.StatusCode, err)
	}
	return string(body)
}

func TestDemo_printsOneAddressAndWhomToBeThere(t *testing.T) {
	if testing.Short() {
		t.Skip("plays two pull requests")
	}
	for path, c := range map[string]demo.Config{"/northquay/cloud-governance/pull/3": {}, "/northquay/cloud-governance": {Empty: true}} {
		t.Run(path, func(t *testing.T) {
			t.Parallel()
			said := staying(t, c)
			addresses := regexp.MustCompile(`http://\S+`).FindAllString(said, -1)
			if len(addresses) != 1 || !strings.HasSuffix(addresses[0], path) {
				t.Fatalf("it prints %q, want one address that ends in %s", addresses, path)
			}
			page := read(t, addresses[0])
			if !strings.Contains(page, "Who are you?") {
				t.Error("the address does not ask who to be")
			}
			people := regexp.MustCompile(`(?m)^ +\d+  Be (\w+),`).FindAllStringSubmatch(said, -1)
			if len(people) < 2 {
				t.Fatalf("it names nobody to be:\n%s", said)
			}
			parts, _, _ := strings.Cut(page, "Everybody else")
			for _, p := range people {
				if !strings.Contains(parts, "<strong>"+p[1]+" ") {
					t.Errorf("nobody called %s plays a main part on the page", p[1])
				}
			}
			for line := range strings.Lines(said) {
				if utf8.RuneCountInString(strings.TrimRight(line, "\n")) > 80 && !strings.Contains(line, "/") {
					t.Errorf("over 80 columns: %q", line)
				}
			}
		})
	}
}

// The README asks for Go and Git alone.
func TestDemo_needsNoGPG(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	tools := t.TempDir()
	if err := os.Symlink(git, filepath.Join(tools, "git")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	t.Setenv("PATH", tools)
	if said := staying(t, demo.Config{Empty: true}); !strings.Contains(said, "Now it is yours to play.") {
		t.Errorf("without gpg the demo says\n%s", said)
	}
}

// Who commits with an own git minutes after the demo began must not be told that the own clock is wrong.
func TestStage_timeStandsUntilItIsLetRun(t *testing.T) {
	var now func() time.Time
	s, err := demo.NewStage(t.Context(), demo.StageConfig{
		Dir: t.TempDir(), GitHub: func(c *githubsim.Config) { now = c.Now },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	began := now()
	if again := now(); !again.Equal(began) {
		t.Errorf("before: %v, then %v, want that only writes move it", began, again)
	}
	s.LetTimeRun()
	before := time.Now()
	if got := now(); got.Before(before) {
		t.Errorf("let run it is %v, behind this computer's %v", got, before)
	}
}
