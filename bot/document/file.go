package document

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
)

// Modes of a file as Git writes them in a tree (git-ls-tree(1)), besides [ModeRegular]; none of them is allowed.
const (
	ModeExecutable = "100755"
	ModeSymlink    = "120000"
	ModeSubmodule  = "160000"
)

const (
	// MaxDocumentBytes bounds one document (LIM001): 1 MiB is some 300 printed pages, more than anybody
	// reads before signing, and keeps the time to parse a hostile one short.
	MaxDocumentBytes = 1 << 20
	// MaxFrontMatterBytes bounds the YAML at the head of a document (LIM003), before YAML is parsed.
	MaxFrontMatterBytes = 16 << 10
	// MaxImageBytes bounds one image: it is stored with every record that shows it.
	MaxImageBytes = 10 << 20
)

// File is one file of the governed repository: its path from the repository's root with slashes, its mode
// as Git writes it, and its bytes. Bytes of symlinks and submodules may be nil. A file over its limit may be
// cut one byte after it: it is refused either way.
type File struct {
	Path  string
	Mode  string
	Bytes []byte
}

// FileAt finds the file at a path, and tells whether there is one.
func FileAt(files []File, path string) (File, bool) {
	i := slices.IndexFunc(files, func(f File) bool { return f.Path == path })
	if i < 0 {
		return File{}, false
	}
	return files[i], true
}

// Digest returns the SHA-256 of raw as 64 lower-case hex digits, as sha256sum prints it.
func Digest(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// ImageFormat returns "png", "jpeg", "gif" or "webp" by the first bytes of an image, or "" for anything
// else (LAW.md 1.2). Sources: RFC 2083 section 12.11, ITU T.81 annex B, GIF89a section 17, RFC 9649 section 2.
func ImageFormat(raw []byte) string {
	switch {
	case bytes.HasPrefix(raw, []byte("\x89PNG\r\n\x1a\n")):
		return "png"
	case bytes.HasPrefix(raw, []byte("\xff\xd8\xff")):
		return "jpeg"
	case bytes.HasPrefix(raw, []byte("GIF87a")) || bytes.HasPrefix(raw, []byte("GIF89a")):
		return "gif"
	case len(raw) >= 12 && string(raw[:4]) == "RIFF" && string(raw[8:12]) == "WEBP":
		return "webp"
	}
	return ""
}

// imageExtension returns the format that a file name's extension promises, "" if it is no image's.
func imageExtension(extension string) string {
	switch extension {
	case ".png":
		return "png"
	case ".jpg", ".jpeg":
		return "jpeg"
	case ".gif":
		return "gif"
	case ".webp":
		return "webp"
	}
	return ""
}

// isLFSPointer recognises what Git LFS leaves in the tree instead of the content (git-lfs, docs/spec.md).
func isLFSPointer(raw []byte) bool {
	return bytes.HasPrefix(raw, []byte("version https://git-lfs.github.com/spec/"))
}
