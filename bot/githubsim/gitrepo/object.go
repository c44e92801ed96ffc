package gitrepo

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1" // #nosec: Git names objects by SHA-1
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// maxObjectBytes bounds one object in memory: GitHub refuses files over 100 MiB.
const maxObjectBytes = 100 << 20

// ErrNotFound says that the repository does not hold the object or ref that was asked for.
var ErrNotFound = errors.New("not found")

// Kind is the type of an object, in Git's words.
type Kind string

// The four kinds of objects.
const (
	KindBlob   Kind = "blob"
	KindTree   Kind = "tree"
	KindCommit Kind = "commit"
	KindTag    Kind = "tag"
)

// ValidID reports whether id is a full object id: 40 lower-case hexadecimal digits.
func ValidID(id string) bool {
	if len(id) != 2*sha1.Size {
		return false
	}
	for _, c := range id {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// Object reads the object id. A missing one is ErrNotFound.
func (r *Repository) Object(id string) (Kind, []byte, error) {
	if !ValidID(id) {
		return "", nil, fmt.Errorf("object %q: %w", id, ErrNotFound)
	}
	file, err := os.Open(r.objectPath(id))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil, fmt.Errorf("object %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return "", nil, fmt.Errorf("object %s: %w", id, err)
	}
	defer file.Close() //nolint:errcheck // only read
	kind, data, err := decodeObject(file)
	if err != nil {
		return "", nil, fmt.Errorf("object %s: %w", id, err)
	}
	return kind, data, nil
}

func decodeObject(packed io.Reader) (Kind, []byte, error) {
	inflated, err := zlib.NewReader(packed)
	if err != nil {
		return "", nil, err
	}
	data, err := io.ReadAll(io.LimitReader(inflated, maxObjectBytes+1))
	if err != nil {
		return "", nil, err
	}
	if len(data) > maxObjectBytes {
		return "", nil, fmt.Errorf("over %d bytes", maxObjectBytes)
	}
	header, content, found := bytes.Cut(data, []byte{0})
	kind, size, spaced := bytes.Cut(header, []byte{' '})
	length, err := strconv.Atoi(string(size))
	if !found || !spaced || err != nil || length != len(content) {
		return "", nil, errors.New("malformed object header")
	}
	return Kind(kind), content, nil
}

func (r *Repository) objectPath(id string) string {
	return filepath.Join(r.dir, "objects", id[:2], id[2:])
}

// Has reports whether the repository holds an object of that kind under id.
func (r *Repository) Has(id string, kind Kind) bool {
	found, _, err := r.Object(id)
	return err == nil && found == kind
}

// Write stores an object and returns its id. The bytes of trees and commits are taken as they are.
func (r *Repository) Write(kind Kind, data []byte) (string, error) {
	if len(data) > maxObjectBytes {
		return "", fmt.Errorf("write %s: over %d bytes", kind, maxObjectBytes)
	}
	content := append([]byte(fmt.Sprintf("%s %d\x00", kind, len(data))), data...)
	sum := sha1.Sum(content) // #nosec: see the import
	id := hex.EncodeToString(sum[:])
	path := r.objectPath(id)
	if _, err := os.Stat(path); err == nil {
		return id, nil
	}
	if err := writeLoose(path, content); err != nil {
		return "", fmt.Errorf("write %s %s: %w", kind, id, err)
	}
	return id, nil
}

// writeLoose puts the deflated content at path by a rename, so that a fetch never sees half an object.
func writeLoose(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "tmp_obj_")
	if err != nil {
		return err
	}
	deflate, err := zlib.NewWriterLevel(file, zlib.BestSpeed)
	if err == nil {
		_, err = deflate.Write(content)
		err = errors.Join(err, deflate.Close())
	}
	err = errors.Join(err, file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name()) // the first error is the one that tells
	}
	return err
}
