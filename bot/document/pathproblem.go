package document

import (
	"fmt"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// maxPathBytes leaves room for a checkout below Windows' limit of 260 with its drive and folder.
	maxPathBytes = 200
	// maxPathDepth is far beyond any real folder tree and keeps loops over segments short.
	maxPathDepth = 16
)

// PathProblem says what is wrong with a repository path, and how to mend it, as one sentence each; "" if
// nothing is. Refused are paths that are not what they seem or do not exist everywhere: absolute, "..",
// backslash, control, bidirectional and invisible characters, not in Unicode form NFC, letters that only
// look like ASCII, trailing dots and blanks, and what Windows reserves. Rule GIT002.
func PathProblem(p string) string {
	switch {
	case p == "":
		return "The path is empty. Give the file a name."
	case !utf8.ValidString(p):
		return "The path is not UTF-8. Rename the file with letters that are."
	case len(p) > maxPathBytes:
		return fmt.Sprintf("The path has %d bytes, more than %d. Shorten it: Windows could not check it out.", len(p), maxPathBytes)
	case strings.HasPrefix(p, "/"):
		return "The path is absolute. Write it from the repository's root."
	case !norm.NFC.IsNormalString(p):
		return "The path is not in Unicode form NFC: the same name could exist twice. Rename it with composed letters."
	}
	segments := strings.Split(p, "/")
	if len(segments) > maxPathDepth {
		return fmt.Sprintf("The path is %d folders deep, more than %d. Move the file up.", len(segments), maxPathDepth)
	}
	for _, segment := range segments {
		if problem := segmentProblem(segment); problem != "" {
			return problem
		}
	}
	return ""
}

func segmentProblem(s string) string {
	switch {
	case s == "" || s == "." || s == "..":
		return fmt.Sprintf("The path has a part %q. Write it from the repository's root, without detours.", s)
	case strings.EqualFold(s, ".git") || strings.HasPrefix(strings.ToLower(s), "git~"):
		return "The path runs through Git's own folder. Rename that folder."
	case strings.TrimSpace(s) != s || strings.HasSuffix(s, "."):
		return fmt.Sprintf("%q begins or ends with a blank, or ends with a dot, which Windows drops. Rename it.", s)
	case isReservedOnWindows(s):
		return fmt.Sprintf("%q is a device on Windows and cannot be checked out there. Rename it.", s)
	}
	for _, r := range s {
		if problem := runeProblem(r); problem != "" {
			return fmt.Sprintf("The path holds %s. Rename the file without it.", problem)
		}
	}
	return lookAlikeProblem(s)
}

func runeProblem(r rune) string {
	switch {
	case r == '\\':
		return "a backslash, which Windows takes for a folder"
	case strings.ContainsRune(`<>:"|?*`, r):
		return fmt.Sprintf("%q, which Windows does not allow", string(r))
	case isControl(r) || r == '\t' || r == '\n' || r == '\r':
		return fmt.Sprintf("the control character U+%04X", r)
	case isBidi(r):
		return fmt.Sprintf("the bidirectional control U+%04X, which turns the order of letters around", r)
	case isInvisible(r) || (unicode.IsSpace(r) && r != ' '):
		return fmt.Sprintf("the invisible character U+%04X", r)
	}
	return ""
}

// isReservedOnWindows knows the device names; Windows ignores what follows the first dot.
func isReservedOnWindows(s string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(s), ".")
	switch stem = strings.TrimRight(stem, " "); stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, digit, ok := strings.Cut(stem, "COM")
	if !ok {
		port, digit, ok = strings.Cut(stem, "LPT")
	}
	return ok && port == "" && utf8.RuneCountInString(digit) == 1 && strings.ContainsAny(digit, "0123456789¹²³")
}

// lookAlikeProblem judges each word of a file name, without its extension. A word in one foreign alphabet is
// fine as long as one of its letters shows that it is foreign.
func lookAlikeProblem(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return "" // the quick answer for nearly every path
	}
	if norm.NFKC.String(s) != s {
		return fmt.Sprintf("%q holds letters that are only another shape of plain ones. Rename it to %q.", s, norm.NFKC.String(s))
	}
	stem := strings.TrimSuffix(s, path.Ext(s))
	for _, word := range strings.FieldsFunc(stem, func(r rune) bool { return !unicode.IsLetter(r) }) {
		ascii, alike, foreign := countLetters(word)
		if alike > 0 && (ascii > 0 || foreign == 0) {
			return fmt.Sprintf("In %q, %s. Rename the file with the plain letter.", s, DescribeLookAlike(word))
		}
	}
	return ""
}

func countLetters(word string) (ascii, alike, foreign int) {
	for _, r := range word {
		if _, ok := LookAlike(r); ok {
			alike++
		} else if r < utf8.RuneSelf {
			ascii++
		} else {
			foreign++
		}
	}
	return ascii, alike, foreign
}
