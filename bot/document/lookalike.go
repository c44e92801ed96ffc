package document

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// LookAlike returns the ASCII letter that r is easily taken for, and whether there is one. It knows the
// letters of other alphabets (and of Latin itself) that common typefaces draw like an ASCII letter;
// source: Unicode UTS #39, confusables, read for the alphabets that people here write.
func LookAlike(r rune) (rune, bool) {
	const pairs = "" +
		// Cyrillic
		"АAВBЕEЅSІIЈJКKМMНHОOРPСCТTХXУYԌGаaеeоoрpсcуyхxѕsіiјjԁdһhԛqԝwьbӏl" +
		// Greek
		"ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧXαaοoνvρpιiυuκkγy" +
		// Armenian, Cherokee, Latin letters that are not ASCII
		"օoսuոnհhցgԼLՏSᎪAᏴBᏟCᎠDᎬEᎻHᎫJᏦKᏞLᎷMᏢPᏚSᎢTᏙVᏃZ" +
		"ıiɑaɡgɩiʟLʏYᴄcᴏoᴠvᴡwᴢz"
	i := strings.IndexRune(pairs, r)
	if r < utf8.RuneSelf || i < 0 {
		return 0, false
	}
	return rune(pairs[i+utf8.RuneLen(r)]), true
}

// DescribeLookAlike names the first letter of s that looks like an ASCII letter and is none, as
// `"С" (U+0421) looks like "C"`; "" if s has none.
func DescribeLookAlike(s string) string {
	for _, r := range s {
		if ascii, ok := LookAlike(r); ok {
			return fmt.Sprintf("%q (U+%04X) looks like %q", string(r), r, string(ascii))
		}
	}
	return ""
}

// looksLike reports whether a person would take s for want, an ASCII name, though it is written otherwise.
func looksLike(s, want string) bool {
	if s == want || len(s) > 4*len(want) {
		return false
	}
	return strings.EqualFold(skeleton(s), want)
}

// skeleton maps a name to the ASCII letters that it looks like, as far as it does.
func skeleton(s string) string {
	return strings.Map(func(r rune) rune {
		if isInvisible(r) || isBidi(r) {
			return -1
		}
		if ascii, ok := LookAlike(r); ok {
			return ascii
		}
		return r
	}, norm.NFKC.String(s))
}
