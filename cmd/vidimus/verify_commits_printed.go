package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"sync"

	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
)

// indent is what git writes before each line of a message.
const indent = "    "

// readPrinted reads one commit as `git rev-list --header` prints it: its id, its headers as they are, the
// message with indented lines, and a NUL. What git prints of a message is without blanks at the lines'
// ends, and always ends in one line end: whether these are the commit's bytes, its id tells.
// Of a commit over the limit a byte more than the limit is kept. Source: git-rev-list(1).
func (s *commitSource) readPrinted(b *commitBatch) error {
	line, err := s.out.ReadSlice('\n')
	if errors.Is(err, io.EOF) && len(line) == 0 {
		return io.EOF
	}
	id := bytes.TrimSuffix(line, []byte("\n"))
	if err != nil || len(id) != 40 && len(id) != 64 || len(bytes.Trim(id, "0123456789abcdef")) > 0 {
		return fmt.Errorf("read from git rev-list: unexpected answer %.80q", line)
	}
	name, begin := string(id), len(b.data)
	for {
		part, err := s.out.ReadSlice(0)
		room := max(begin+commitsig.MaxCommitBytes+1-len(b.data), 0)
		b.data = append(b.data, part[:min(len(part), room)]...)
		if err == nil {
			break
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return fmt.Errorf("read commit %s: %w", name, err)
		}
	}
	b.data = b.data[:begin+unprint(b.data[begin:])]
	b.ids, b.ends = append(b.ids, name), append(b.ends, len(b.data))
	return nil
}

// unprint takes the NUL and the message's indents away, in place, and gives the length of what is left.
func unprint(printed []byte) int {
	printed = bytes.TrimSuffix(printed, []byte{0})
	kept := bytes.Index(printed, []byte("\n\n")) + 2
	if kept < 2 {
		return len(printed)
	}
	for rest := printed[kept:]; len(rest) > 0; {
		line := rest
		if end := bytes.IndexByte(rest, '\n'); end >= 0 {
			line = rest[:end+1]
		}
		rest = rest[len(line):]
		kept += copy(printed[kept:], bytes.TrimPrefix(line, []byte(indent)))
	}
	return kept
}

// commitLookup reads single commits; it starts git when the first is asked for. Several may ask at once.
type commitLookup struct {
	mutex   sync.Mutex
	command *exec.Cmd
	ids     io.WriteCloser // nil until git is started
	source  commitSource
}

// read puts the bytes of those of the commits into raws. They are few enough, a batch's, that git takes
// all ids before anybody reads what it answers.
func (l *commitLookup) read(ids []string, which []int, raws [][]byte) error {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if err := l.start(); err != nil {
		return err
	}
	var question []byte
	for _, i := range which {
		question = append(append(question, ids[i]...), '\n')
	}
	if _, err := l.ids.Write(question); err != nil {
		return fmt.Errorf("ask git for commit %s: %w", ids[which[0]], err)
	}
	for _, i := range which {
		var b commitBatch
		if err := l.source.readCommit(&b); err != nil {
			return fmt.Errorf("read commit %s again: %w", ids[i], err)
		}
		raws[i] = b.data
	}
	return nil
}

// start starts git, once.
func (l *commitLookup) start() error {
	if l.ids != nil {
		return nil
	}
	pipe, err := l.command.StdinPipe()
	if err != nil {
		return fmt.Errorf("connect to git: %w", err)
	}
	l.ids = pipe
	return l.source.read("cat-file", l.command)
}

// close lets git end, if it was started.
func (l *commitLookup) close() error {
	if l.ids == nil || l.source.out == nil {
		return nil
	}
	_ = l.ids.Close() // git has ended already if it fails
	return l.source.close()
}
