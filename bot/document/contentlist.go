package document

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"sort"
	"strings"
)

// contentHeader is the first line of a content list; it names format and version.
const contentHeader = "vidimus-content/1"

// MaxContentListBytes bounds a content list that is read; one line has some 120
// bytes, so it holds 30,000 documents.
const MaxContentListBytes = 4 << 20

// The file modes of a content list.
const (
	ModeRegular = "100644"
	ModeDeleted = "000000"
)

// ContentLine is one file of a content list: "mode SP sha256 SP path LF". For a
// deleted file Mode is ModeDeleted and SHA256 that of the base. LAW 1.1.
type ContentLine struct {
	Mode   string
	SHA256 string
	Path   string
}

// String is the line with its line end, the bytes that digests are made of.
func (l ContentLine) String() string {
	return l.Mode + " " + l.SHA256 + " " + l.Path + "\n"
}

// FormatContentList writes the content list of lines, sorted by the bytes of the
// paths. Its SHA-256 is the content digest.
func FormatContentList(lines []ContentLine) []byte {
	sorted := append([]ContentLine(nil), lines...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].Path < sorted[j].Path })
	var b strings.Builder
	b.WriteString(contentHeader + "\n")
	for _, l := range sorted {
		b.WriteString(l.String())
	}
	return []byte(b.String())
}

// ErrContentList is the cause of every refusal of ReadContentList.
var ErrContentList = errors.New("not a content list of vidimus-content/1")

var contentPattern = regexp.MustCompile(`^(100644|100755|120000|160000|000000) ([0-9a-f]{64}) ([^\x00-\x1f\x7f]+)$`)

// ReadContentList reads what FormatContentList writes and refuses everything
// else: another header, unsorted lines, a path twice, a missing last line end.
func ReadContentList(data []byte) ([]ContentLine, error) {
	if len(data) > MaxContentListBytes {
		return nil, fmt.Errorf("%d bytes, more than %d: %w", len(data), MaxContentListBytes, ErrContentList)
	}
	body, ok := strings.CutPrefix(string(data), contentHeader+"\n")
	if !ok {
		return nil, fmt.Errorf("line 1 is not %q: %w", contentHeader, ErrContentList)
	}
	var lines []ContentLine
	for number := 2; body != ""; number++ {
		text, rest, ended := strings.Cut(body, "\n")
		m := contentPattern.FindStringSubmatch(text)
		if m == nil || !ended {
			return nil, fmt.Errorf("line %d: %w", number, ErrContentList)
		}
		if n := len(lines); n > 0 && lines[n-1].Path >= m[3] {
			return nil, fmt.Errorf("line %d is out of order: %w", number, ErrContentList)
		}
		lines = append(lines, ContentLine{Mode: m[1], SHA256: m[2], Path: m[3]})
		body = rest
	}
	return lines, nil
}

// ImagesDigest is the SHA-256 over the lines of the distinct images that a
// document shows, in link order; "" when it shows none. LAW 1.2.
func ImagesDigest(images []ContentLine) string {
	if len(images) == 0 {
		return ""
	}
	h := sha256.New()
	for _, l := range images {
		h.Write([]byte(l.String()))
	}
	return hex.EncodeToString(h.Sum(nil))
}
