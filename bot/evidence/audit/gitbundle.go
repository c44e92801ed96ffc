package audit

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"crypto/sha1" //nolint:gosec // Git's own checksums and names
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"regexp"
	"strings"
)

// Bounds of a Git bundle: the objects that are indexed, the references, and one
// object. Beyond them the history is not judged, and that is a finding.
const (
	maxObjects     = 20_000_000
	maxReferences  = 100_000
	maxHeaderLine  = 1_024
	maxObjectBytes = 1 << 30
	maxTreeBytes   = 64 << 20
)

// gitBundle is the history that a bundle carries: its references, and what is in the
// pack. Commits and trees are kept, of blobs what names them.
type gitBundle struct {
	references map[string]string
	commits    map[string][]byte
	trees      map[string][]byte
	blobs      map[string]blobName
}

// blobName is the SHA-256 of a blob and its size.
type blobName struct {
	sha256 string
	size   int64
}

// readGitBundle reads a bundle of version 2 without prerequisites, whose pack has no
// deltas: what this project writes. Every object is hashed, so that its name is what
// it is. Source: gitformat-bundle(5), gitformat-pack(5).
func readGitBundle(files fs.FS, name string) (*gitBundle, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	defer func() { _ = f.Close() }() // opened for reading: nothing can be lost
	g := &gitBundle{references: map[string]string{}, commits: map[string][]byte{}, trees: map[string][]byte{}, blobs: map[string]blobName{}}
	in := bufio.NewReaderSize(f, 1<<16)
	if err := g.readHeader(in); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if err := g.readPack(in); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return g, nil
}

var referenceLine = regexp.MustCompile(`^([0-9a-f]{40}) (refs/[^\x00-\x20\x7f]+)\n$`)

func (g *gitBundle) readHeader(in *bufio.Reader) error {
	first, err := readLine(in)
	if err != nil || first != "# v2 git bundle\n" {
		return errors.New("not a Git bundle of version 2")
	}
	for {
		line, err := readLine(in)
		if err != nil {
			return err
		}
		if line == "\n" {
			return nil
		}
		m := referenceLine.FindStringSubmatch(line)
		if m == nil || g.references[m[2]] != "" || len(g.references) == maxReferences {
			return fmt.Errorf("the header has the line %q", strings.TrimSpace(line))
		}
		g.references[m[2]] = m[1]
	}
}

func readLine(in *bufio.Reader) (string, error) {
	var line []byte
	for len(line) <= maxHeaderLine {
		c, err := in.ReadByte()
		if err != nil {
			return "", fmt.Errorf("read header: %w", err)
		}
		line = append(line, c)
		if c == '\n' {
			return string(line), nil
		}
	}
	return "", errors.New("the header has a line that is too long")
}

// hashing counts the pack's checksum over what is read through it, byte by byte as the
// decompressor asks, so that nothing is read too far.
type hashing struct {
	in  *bufio.Reader
	sum hash.Hash
}

func (h *hashing) ReadByte() (byte, error) {
	c, err := h.in.ReadByte()
	if err == nil {
		h.sum.Write([]byte{c})
	}
	return c, err
}

func (h *hashing) Read(p []byte) (int, error) {
	n, err := h.in.Read(p)
	h.sum.Write(p[:n])
	return n, err
}

func (g *gitBundle) readPack(in *bufio.Reader) error {
	h := &hashing{in, sha1.New()} //nolint:gosec // as above
	var header [12]byte
	if _, err := io.ReadFull(h, header[:]); err != nil {
		return fmt.Errorf("read pack: %w", err)
	}
	if string(header[:4]) != "PACK" || binary.BigEndian.Uint32(header[4:]) != 2 {
		return errors.New("not a pack of version 2")
	}
	count := binary.BigEndian.Uint32(header[8:])
	if count > maxObjects {
		return fmt.Errorf("%d objects, more than %d", count, maxObjects)
	}
	for i := range count {
		if err := g.readObject(h); err != nil {
			return fmt.Errorf("object %d of %d: %w", i+1, count, err)
		}
	}
	want := h.sum.Sum(nil)
	got, err := io.ReadAll(io.LimitReader(in, sha1.Size+1))
	if err != nil || !bytes.Equal(got, want) {
		return errors.New("the pack does not end with its checksum")
	}
	return nil
}

// readObject reads one entry: type and size, then a zlib stream.
func (g *gitBundle) readObject(h *hashing) error {
	c, err := h.ReadByte()
	if err != nil {
		return fmt.Errorf("read pack: %w", err)
	}
	kind, size := c>>4&7, int64(c&15)
	for shift := 4; c&0x80 != 0; shift += 7 {
		if c, err = h.ReadByte(); err != nil || shift > 32 {
			return errors.New("a size that is no size")
		}
		size |= int64(c&127) << shift
	}
	if size > maxObjectBytes {
		return fmt.Errorf("%d bytes, more than %d", size, maxObjectBytes)
	}
	z, err := zlib.NewReader(h)
	if err != nil {
		return fmt.Errorf("decompress: %w", err)
	}
	if err := g.take(kind, size, z); err != nil {
		return err
	}
	return z.Close()
}

// take reads an object's bytes and keeps what is needed of it.
func (g *gitBundle) take(kind byte, size int64, in io.Reader) error {
	word := map[byte]string{1: "commit", 2: "tree", 3: "blob", 4: "tag"}[kind]
	if word == "" {
		return fmt.Errorf("an object of the type %d: a bundle of ours has no deltas", kind)
	}
	id, content := sha1.New(), sha256.New() //nolint:gosec // as above
	fmt.Fprintf(id, "%s %d\x00", word, size)
	var kept bytes.Buffer
	to := io.MultiWriter(id, content)
	if kind < 3 {
		if size > maxTreeBytes {
			return fmt.Errorf("a %s of %d bytes", word, size)
		}
		to = io.MultiWriter(id, &kept)
	}
	n, err := io.Copy(to, io.LimitReader(in, size+1))
	if err != nil || n != size {
		return fmt.Errorf("%d bytes instead of %d: %w", n, size, errors.Join(err))
	}
	name := hex.EncodeToString(id.Sum(nil))
	switch word {
	case "commit":
		g.commits[name] = kept.Bytes()
	case "tree":
		g.trees[name] = kept.Bytes()
	case "blob":
		g.blobs[name] = blobName{hex.EncodeToString(content.Sum(nil)), size}
	}
	return nil
}

// header reads the tree and the parents of a commit out of its first lines.
func (g *gitBundle) header(commit string) (tree string, parents []string, ok bool) {
	raw, ok := g.commits[commit]
	if !ok {
		return "", nil, false
	}
	for line := range strings.Lines(string(raw)) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch key {
		case "tree":
			tree = value
		case "parent":
			parents = append(parents, value)
		default:
			return tree, parents, tree != ""
		}
	}
	return tree, parents, tree != ""
}

// treeEntry is one entry of a tree.
type treeEntry struct {
	mode, name, id string
}

func (t treeEntry) folder() bool { return t.mode == "40000" }

// entries reads a tree. Source: gitformat-pack(5): "mode SP name NUL id".
func (g *gitBundle) entries(tree string) ([]treeEntry, error) {
	raw, ok := g.trees[tree]
	if !ok {
		return nil, fmt.Errorf("the tree %s is not in the history", tree)
	}
	var found []treeEntry
	for len(raw) > 0 {
		head, rest, ok := bytes.Cut(raw, []byte{0})
		mode, name, spaced := strings.Cut(string(head), " ")
		if !ok || !spaced || len(rest) < sha1.Size {
			return nil, fmt.Errorf("the tree %s cannot be read", tree)
		}
		found = append(found, treeEntry{mode, name, hex.EncodeToString(rest[:sha1.Size])})
		raw = rest[sha1.Size:]
	}
	return found, nil
}
