package redline

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// isWord says whether a rune belongs into a word.
func isWord(c rune) bool {
	return unicode.IsLetter(c) || unicode.IsDigit(c) || unicode.IsMark(c) || c == 0x200c || c == 0x200d
}

// isJoint says whether a rune joins two parts of one word: 2.10, 2026-10-05, log-archive, O'Rourke, and/or.
func isJoint(c rune) bool { return strings.ContainsRune(".,:/-'’_@+&", c) }

// split cuts spans into words, blanks and single other characters, each with its look. Pictures and line breaks
// stay whole.
func split(spans []span) []span {
	var out []span
	for _, s := range spans {
		if s.marks&(picture|newline) != 0 {
			out = append(out, s)
			continue
		}
		for rest := s.text; rest != ""; {
			n := wordLength(rest)
			one := s.look()
			one.text, rest = rest[:n], rest[n:]
			out = append(out, one)
		}
	}
	return out
}

// wordLength is the length of the first word, blank or other character of s.
func wordLength(s string) int {
	c, n := utf8.DecodeRuneInString(s)
	if !isWord(c) {
		return n
	}
	for n < len(s) {
		c, size := utf8.DecodeRuneInString(s[n:])
		after, _ := utf8.DecodeRuneInString(s[n+size:])
		if !isWord(c) && (!isJoint(c) || !isWord(after)) {
			break
		}
		n += size
	}
	return n
}

// isBlank says whether a token is a blank between words.
func isBlank(s span) bool { return s.marks&(picture|newline) == 0 && s.text == " " }

// weight counts the words among tokens.
func weight(tokens []span) int {
	n := 0
	for _, t := range tokens {
		if !isBlank(t) {
			n++
		}
	}
	return n
}

// maxWords bounds a text that is compared word by word; a longer one is compared as a whole.
const maxWords = 50_000

// diffWords merges two texts, deleted words before inserted ones; part is how much of the longer one is common
// to both, from 0 to 1.
func diffWords(before, after []span) (merged []span, part float64) {
	a, b := split(before), split(after)
	if len(a) > maxWords || len(b) > maxWords {
		return wholly(before, after), 0
	}
	n := names{}
	pairs := align(numbers(n, a), numbers(n, b))
	pairs = smooth(pairs, a, b)
	common, i, j := 0, 0, 0
	for _, p := range append(pairs, pair{len(a), len(b)}) {
		merged = append(merged, with(deleted, a[i:p.a])...)
		merged = append(merged, with(inserted, b[j:p.b])...)
		if p.a < len(a) {
			merged = append(merged, b[p.b])
			common += weight(b[p.b : p.b+1])
		}
		i, j = p.a+1, p.b+1
	}
	return glue(merged), float64(common) / float64(max(1, weight(a), weight(b)))
}

// wholly shows both texts, one after the other.
func wholly(before, after []span) []span {
	return append(with(deleted, before), with(inserted, after)...)
}

func with(o op, spans []span) []span {
	out := make([]span, len(spans))
	for i, s := range spans {
		s.op = o
		out[i] = s
	}
	return out
}

func numbers(n names, tokens []span) []int {
	out := make([]int, len(tokens))
	for i, t := range tokens {
		var k strings.Builder
		writeKey(&k, []span{t})
		out[i] = n.of(k.String())
	}
	return out
}

// smooth takes apart pairs that would only chop a change up: runs of up to two words that are shorter than the
// changes on both sides. It repeats until nothing more is found, since changes grow together.
func smooth(pairs []pair, a, b []span) []pair {
	for {
		kept := smoothOnce(pairs, a, b)
		if len(kept) == len(pairs) {
			return kept
		}
		pairs = kept
	}
}

func smoothOnce(pairs []pair, a, b []span) []pair {
	var kept []pair
	gapA, gapB := 0, 0 // where the change before the run begins
	for lo := 0; lo < len(pairs); {
		hi := lo + 1
		for hi < len(pairs) && pairs[hi].a == pairs[hi-1].a+1 && pairs[hi].b == pairs[hi-1].b+1 {
			hi++
		}
		nextA, nextB := len(a), len(b)
		if hi < len(pairs) {
			nextA, nextB = pairs[hi].a, pairs[hi].b
		}
		first, last := pairs[lo], pairs[hi-1]
		words := weight(b[first.b : last.b+1])
		left := weight(a[gapA:first.a]) + weight(b[gapB:first.b])
		right := weight(a[last.a+1:nextA]) + weight(b[last.b+1:nextB])
		if words > 2 || words > 0 && (words >= left || words >= right) || left == 0 || right == 0 {
			kept = append(kept, pairs[lo:hi]...)
			gapA, gapB = last.a+1, last.b+1
		}
		lo = hi
	}
	return kept
}

// glue puts neighbours of one look and one fate together.
func glue(tokens []span) []span {
	var out []span
	for _, t := range tokens {
		last := len(out) - 1
		if last >= 0 && t.marks&(picture|newline) == 0 && out[last].op == t.op && out[last].look() == t.look() {
			out[last].text += t.text
			continue
		}
		out = append(out, t)
	}
	return out
}

// diffLines merges two blocks of code, line by line.
func diffLines(before, after []span) []span {
	n := names{}
	var merged []span
	i, j := 0, 0
	for _, p := range append(align(numbers(n, before), numbers(n, after)), pair{len(before), len(after)}) {
		merged = append(merged, with(deleted, before[i:p.a])...)
		merged = append(merged, with(inserted, after[j:p.b])...)
		if p.a < len(before) {
			merged = append(merged, after[p.b])
		}
		i, j = p.a+1, p.b+1
	}
	return merged
}
