package main

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// pipeBytes is what Linux lets anybody ask for. Source: pipe(7), "/proc/sys/fs/pipe-max-size".
const pipeBytes = 1 << 20

// widen makes room in a pipe from git, which writes 4 KB at a time: the usual 64 KB are soon full, and
// switching between the two takes a fifteenth of the time of verifying. Where it is refused, the pipe stays
// as it is.
func widen(pipe io.Reader) {
	file, ok := pipe.(*os.File)
	if !ok {
		return
	}
	connection, err := file.SyscallConn()
	if err != nil {
		return
	}
	_ = connection.Control(func(descriptor uintptr) {
		_, _ = unix.FcntlInt(descriptor, unix.F_SETPIPE_SZ, pipeBytes)
	})
}
