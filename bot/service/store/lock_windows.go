package store

import (
	"errors"
	"fmt"
	"path/filepath"
	"syscall"
)

// dirLock holds a data directory for this process: a file that nobody else can
// open. Windows closes it when the process ends, however it ends.
type dirLock struct{ handle syscall.Handle }

// errSharingViolation is ERROR_SHARING_VIOLATION of winerror.h.
const errSharingViolation = syscall.Errno(32)

func lockDir(dir string) (*dirLock, error) {
	name, err := syscall.UTF16PtrFromString(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	const shareNothing = 0
	handle, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, shareNothing, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, errSharingViolation) {
		return nil, fmt.Errorf("%w by another process: stop it, or give each process its own directory", ErrLocked)
	}
	if err != nil {
		return nil, fmt.Errorf("open lock: %w", err)
	}
	return &dirLock{handle: handle}, nil
}

func (l *dirLock) release() error {
	if l == nil || l.handle == syscall.InvalidHandle {
		return nil
	}
	handle := l.handle
	l.handle = syscall.InvalidHandle
	return syscall.CloseHandle(handle)
}
