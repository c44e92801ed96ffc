package evidence

import (
	"bufio"
	"crypto/sha1" //nolint:gosec // Git's own checksum of a pack, and its names of objects
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/adler32"
	"io"
	"sort"
)

// Object is one Git object: Type is "commit", "tree", "blob" or "tag", Raw its bytes
// without header.
type Object struct {
	ID   string
	Type string
	Raw  []byte
}

// Reference names a commit in the bundle's repository.
type Reference struct {
	Name   string // "refs/heads/main"
	Commit string
}

// Repository is the Git history that goes into a bundle. Objects visits everything
// that the references reach, each object once and in order of id; it is called more
// than once and must say the same each time.
type Repository struct {
	References []Reference
	Objects    func(visit func(Object) error) error
}

// ErrObjectFormat is returned for a repository whose ids are no SHA-1 names: a bundle
// of version 2 cannot hold it.
var ErrObjectFormat = errors.New("a Git bundle of version 2 holds SHA-1 repositories only")

// write writes a Git bundle of version 2 without prerequisites: references by name,
// then a pack of version 2 without deltas, in zlib streams of stored blocks. So the
// bytes depend on the objects alone, and not on Git, a compressor or threads. Source:
// gitformat-bundle(5), gitformat-pack(5).
func (r Repository) write(w io.Writer) error {
	count := 0
	last := ""
	err := r.Objects(func(o Object) error {
		if o.ID <= last {
			return fmt.Errorf("object %s comes after %s", o.ID, last)
		}
		last = o.ID
		count++
		return nil
	})
	if err != nil {
		return fmt.Errorf("count objects: %w", err)
	}
	buffered := bufio.NewWriterSize(w, 1<<16)
	if err := r.writeHeader(buffered); err != nil {
		return err
	}
	p := &pack{w: buffered, sum: sha1.New()} //nolint:gosec // as above
	p.begin(count)
	written := 0
	err = r.Objects(func(o Object) error {
		written++
		return p.object(o)
	})
	if err != nil {
		return fmt.Errorf("write objects: %w", err)
	}
	if written != count {
		return fmt.Errorf("%d objects the first time, %d the second", count, written)
	}
	if err := p.end(); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	return nil
}

func (r Repository) writeHeader(w io.Writer) error {
	references := append([]Reference(nil), r.References...)
	sort.Slice(references, func(i, j int) bool { return references[i].Name < references[j].Name })
	header := "# v2 git bundle\n"
	for i, ref := range references {
		if len(ref.Commit) != hex.EncodedLen(sha1.Size) || !objectID().MatchString(ref.Commit) {
			return fmt.Errorf("%s is at %q: %w", ref.Name, ref.Commit, ErrObjectFormat)
		}
		if i > 0 && references[i-1].Name == ref.Name {
			return fmt.Errorf("the reference %s is named twice", ref.Name)
		}
		header += ref.Commit + " " + ref.Name + "\n"
	}
	if _, err := io.WriteString(w, header+"\n"); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	return nil
}

// pack writes a pack and keeps its checksum; the first error stays.
type pack struct {
	w   io.Writer
	sum hash.Hash
	err error
}

func (p *pack) write(b []byte) {
	if p.err != nil {
		return
	}
	p.sum.Write(b)
	if _, err := p.w.Write(b); err != nil {
		p.err = fmt.Errorf("write pack: %w", err)
	}
}

func (p *pack) begin(count int) {
	header := append([]byte("PACK"), 0, 0, 0, 2)
	p.write(binary.BigEndian.AppendUint32(header, uint32(count)))
}

// typeNumber is the number of an object's type in a pack.
func typeNumber(kind string) (byte, bool) {
	switch kind {
	case "commit":
		return 1, true
	case "tree":
		return 2, true
	case "blob":
		return 3, true
	case "tag":
		return 4, true
	default:
		return 0, false
	}
}

// object writes one entry: type and size, four bits and then seven to a byte, and the
// stored bytes.
func (p *pack) object(o Object) error {
	number, ok := typeNumber(o.Type)
	if !ok {
		return fmt.Errorf("object %s has the type %q", o.ID, o.Type)
	}
	if gitName(o.Type, o.Raw, len(o.ID)) != o.ID {
		return fmt.Errorf("object %s does not have the bytes that its id names", o.ID)
	}
	size := len(o.Raw)
	head := []byte{number<<4 | byte(size&15)}
	for size >>= 4; size > 0; size >>= 7 {
		head[len(head)-1] |= 0x80
		head = append(head, byte(size&127))
	}
	p.write(head)
	p.stored(o.Raw)
	return p.err
}

// maxStored is what a stored block holds at most. RFC 1951 §3.2.4.
const maxStored = 65_535

// stored writes raw as a zlib stream of stored blocks. RFC 1950 §2.2.
func (p *pack) stored(raw []byte) {
	p.write([]byte{0x78, 0x01})
	rest := raw
	for {
		n := min(len(rest), maxStored)
		final := byte(0)
		if n == len(rest) {
			final = 1
		}
		block := binary.LittleEndian.AppendUint16([]byte{final}, uint16(n))
		p.write(binary.LittleEndian.AppendUint16(block, ^uint16(n)))
		p.write(rest[:n])
		if rest = rest[n:]; final == 1 {
			break
		}
	}
	p.write(binary.BigEndian.AppendUint32(nil, adler32.Checksum(raw)))
}

func (p *pack) end() error {
	if p.err == nil {
		if _, err := p.w.Write(p.sum.Sum(nil)); err != nil {
			p.err = fmt.Errorf("write pack: %w", err)
		}
	}
	return p.err
}
