package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"sync"

	"github.com/vidimus-bot/vidimus/bot/signature/commitsig"
)

const (
	// batchCommits and batchBytes bound what one worker takes at a time: enough that handing over costs
	// nothing, few enough that memory does not grow.
	batchCommits = 64
	batchBytes   = 256 << 10
	// maxCatFileHeader bounds the line that git writes before each object.
	maxCatFileHeader = 4096
)

// commitBatch is some commits on their way through the workers.
type commitBatch struct {
	ids     []string
	ends    []int // where each commit's bytes end in data
	data    []byte
	results []judgedCommit
	err     error
	done    chan struct{}
}

// reset empties the batch for another use.
func (b *commitBatch) reset() {
	b.ids, b.ends, b.data, b.results, b.err = b.ids[:0], b.ends[:0], b.data[:0], b.results[:0], nil
	b.done = make(chan struct{})
}

// streamCommits reads commits from source, judges them on all cores, and calls emit for each in the
// order in which they were read. A few batches are in memory at a time, whatever the history's length.
// It ends at the first error.
func streamCommits(source *commitSource, judge func(id string, raw []byte) judgedCommit,
	emit func(judgedCommit) error,
) error {
	workers := runtime.GOMAXPROCS(0)
	work, ordered := make(chan *commitBatch, workers), make(chan *commitBatch, 2*workers)
	free := make(chan *commitBatch, 4*workers)
	stop := make(chan struct{})
	var group sync.WaitGroup
	for range workers {
		group.Go(func() {
			for b := range work {
				b.judge(source, judge)
				close(b.done)
			}
		})
	}
	group.Go(func() {
		defer close(ordered)
		defer close(work)
		source.readBatches(free, stop, func(b *commitBatch) bool {
			select {
			case ordered <- b:
			case <-stop:
				return false
			}
			work <- b
			return true
		})
	})
	err := emitOrdered(ordered, free, emit)
	close(stop)
	for range ordered { // drained, so that the reader can end
	}
	group.Wait()
	return err
}

// emitOrdered takes the batches in order, waits for each, and hands its results on.
func emitOrdered(ordered, free chan *commitBatch, emit func(judgedCommit) error) error {
	for b := range ordered {
		<-b.done
		for _, result := range b.results {
			if err := emit(result); err != nil {
				return err
			}
		}
		if b.err != nil {
			return b.err
		}
		select {
		case free <- b:
		default:
		}
	}
	return nil
}

// judge judges each commit of the batch. That the bytes are those of the id is not checked by git.
func (b *commitBatch) judge(source *commitSource, judge func(id string, raw []byte) judgedCommit) {
	raws, err := source.named(b)
	for i, raw := range raws {
		b.results = append(b.results, judge(b.ids[i], raw))
	}
	b.err = errors.Join(err, b.err)
}

// named gives the bytes whose object ids are the batch's, up to the first that is not to be had: those that
// were read, or what they were before they were printed.
func (s *commitSource) named(b *commitBatch) ([][]byte, error) {
	raws, begin := make([][]byte, len(b.ids)), 0
	var others []int
	for i, id := range b.ids {
		raw := b.data[begin:b.ends[i]:b.ends[i]]
		begin = b.ends[i]
		if raws[i] = raw; !isNamed(id, raw) {
			raws[i] = bytes.TrimSuffix(raw, []byte("\n"))
			if !s.printed || !isNamed(id, raws[i]) {
				raws[i] = raw
				others = append(others, i)
			}
		}
	}
	if s.printed && len(others) > 0 {
		if err := s.again.read(b.ids, others, raws); err != nil {
			return raws[:others[0]], err
		}
	}
	for _, i := range others { // one that is too large to be judged is taken unchecked
		if len(raws[i]) <= commitsig.MaxCommitBytes && !isNamed(b.ids[i], raws[i]) {
			return raws[:i], fmt.Errorf("read commit %s: its bytes are those of another object; run git fsck", b.ids[i])
		}
	}
	return raws, nil
}

// isNamed tells whether id is the object id of raw.
func isNamed(id string, raw []byte) bool {
	if len(raw) > commitsig.MaxCommitBytes {
		return false
	}
	algorithm := commitsig.SHA1
	if len(id) == 64 {
		algorithm = commitsig.SHA256
	}
	return commitsig.ObjectID(raw, algorithm) == id
}

// readBatches reads batches until the end, an error, which the last batch carries, or until hand says
// to stop.
func (s *commitSource) readBatches(free chan *commitBatch, stop chan struct{}, hand func(*commitBatch) bool) {
	for {
		var b *commitBatch
		select {
		case b = <-free:
		case <-stop:
			return
		default:
			b = &commitBatch{}
		}
		b.reset()
		end := s.fill(b)
		if len(b.ids) == 0 && b.err == nil || !hand(b) || end {
			return
		}
	}
}

// fill reads commits into b until it is full; it tells whether nothing more comes.
func (s *commitSource) fill(b *commitBatch) (end bool) {
	for len(b.ids) < batchCommits && len(b.data) < batchBytes {
		read := s.readCommit
		if s.printed {
			read = s.readPrinted
		}
		err := read(b)
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil {
			b.err = err
			return true
		}
	}
	return false
}

// readCommit reads one object as `git cat-file --batch` writes it. Of one over the limit it keeps a byte
// more than the limit, so that it is judged too large.
func (s *commitSource) readCommit(b *commitBatch) error {
	line, err := s.out.ReadSlice('\n')
	if errors.Is(err, io.EOF) && len(line) == 0 {
		return io.EOF
	}
	if err != nil || len(line) > maxCatFileHeader {
		return fmt.Errorf("read from git cat-file: unexpected answer %.80q", line)
	}
	id, size, err := parseCatFileHeader(bytes.TrimSuffix(line, []byte("\n")))
	if err != nil {
		return err
	}
	kept := min(size, commitsig.MaxCommitBytes+1)
	begin := len(b.data)
	b.data = append(b.data, make([]byte, kept)...)
	if _, err := io.ReadFull(s.out, b.data[begin:]); err != nil {
		return fmt.Errorf("read commit %s: %w", id, err)
	}
	if _, err := s.out.Discard(size - kept + 1); err != nil {
		return fmt.Errorf("read commit %s: %w", id, err)
	}
	b.ids, b.ends = append(b.ids, id), append(b.ends, len(b.data))
	return nil
}

// parseCatFileHeader reads "ID commit SIZE".
func parseCatFileHeader(line []byte) (id string, size int, err error) {
	name, rest, _ := bytes.Cut(line, []byte(" "))
	kind, number, _ := bytes.Cut(rest, []byte(" "))
	id = printable(string(name))
	switch string(kind) {
	case "commit":
	case "missing", "ambiguous":
		return "", 0, fmt.Errorf("read commit %s: it is %s in the repository", id, kind)
	default:
		return "", 0, fmt.Errorf("read commit %s: it is not a commit (%s)", id, printable(string(kind)))
	}
	size, err = strconv.Atoi(string(number))
	if err != nil || size < 0 {
		return "", 0, fmt.Errorf("read commit %s: unexpected answer of git cat-file", id)
	}
	return id, size, nil
}
