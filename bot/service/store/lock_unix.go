//go:build !windows

package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// dirLock holds a data directory for this process. The kernel lets go of it
// when the process ends, however it ends, so there is no stale lock to remove.
type dirLock struct{ file *os.File }

// lockDir locks DIR/lock, or says which process holds it.
func lockDir(dir string) (*dirLock, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		err = writeHolder(file)
	} else if errors.Is(err, syscall.EWOULDBLOCK) {
		err = fmt.Errorf("%w by %s: stop it, or give each process its own directory", ErrLocked, holder(file))
	}
	if err != nil {
		_ = file.Close() // the first error is the one to report
		return nil, fmt.Errorf("lock %s: %w", file.Name(), err)
	}
	return &dirLock{file: file}, nil
}

func writeHolder(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := file.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
	return err
}

// holder names the process that wrote the lock file. It is for the message
// only: the file may hold anything.
func holder(file *os.File) string {
	const maxDigits = 20
	content, err := io.ReadAll(io.LimitReader(file, maxDigits))
	pid := strings.TrimSpace(string(content))
	if err != nil || pid == "" || strings.Trim(pid, "0123456789") != "" {
		return "another process"
	}
	return "process " + pid
}

func (l *dirLock) release() error {
	if l == nil || l.file == nil {
		return nil
	}
	file := l.file
	l.file = nil
	return file.Close()
}
