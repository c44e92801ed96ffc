package document

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
)

// maxVersionDigits bounds each half of a version: nobody issues a millionth edition, and it keeps the
// comparison inside an int.
const maxVersionDigits = 6

// Version is a document's version N.N, compared as two numbers: 2.10 is later than 2.9.
type Version struct{ Major, Minor int }

// ParseVersion reads exactly two decimal numbers without leading zeros, joined by one dot.
func ParseVersion(s string) (Version, error) {
	major, minor, dotted := strings.Cut(s, ".")
	a, okMajor := versionNumber(major)
	b, okMinor := versionNumber(minor)
	if !dotted || !okMajor || !okMinor {
		return Version{}, fmt.Errorf("%q is not a version of the form N.N", s)
	}
	return Version{a, b}, nil
}

func versionNumber(s string) (int, bool) {
	if s == "" || len(s) > maxVersionDigits || (len(s) > 1 && s[0] == '0') {
		return 0, false
	}
	if strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	return n, err == nil
}

// String returns N.N.
func (v Version) String() string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }

// Compare returns -1, 0 or 1 as v is earlier than, the same as or later than w.
func (v Version) Compare(w Version) int {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor))
}
