package control

import (
	"regexp"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// checkProhibition looks in the section on unapproved services for one sentence with both a ban and its
// object, and for the term "shadow IT" (POL001).
func (pg *page) checkProhibition() {
	section, found := pg.doc.Section(prohibitionSection)
	if !found || section.Empty {
		return // STR001 or STR003 says so
	}
	if language := pg.doc.Text("language"); !isEnglish(language) {
		pg.add("POL001", section.Span, "read the section, and make sure that it bans services which nobody approved",
			"The text is in the language %s, in which Vidimus cannot look for the ban.", document.Quote(language))
		pg.reading.findings[len(pg.reading.findings)-1].Severity = document.Warn
		return
	}
	text := proseText(section)
	if banned, near := findBan(text); !banned {
		nearest := ""
		if near != "" {
			nearest = " " + document.Quote(near) + " names such services and does not ban them."
		}
		pg.add("POL001", section.Span, `write one sentence that does, for example "Use of any cloud service that is not in the register is prohibited."`,
			"No sentence of the section bans services that nobody approved: a ban (is prohibited, must not, ...) and what it bans must stand in one sentence.%s", nearest)
	}
	if !shadowPattern().MatchString(text) {
		pg.add("POL001", section.Span, `name it, for example: This covers "shadow IT" of every kind`,
			"The section does not say \"shadow IT\", the word by which people know what is meant.")
	}
}

// proseText joins a section's prose. Text that ends with a colon goes on in what follows it; struck text says
// nothing.
func proseText(section document.Section) string {
	var b strings.Builder
	for _, p := range section.Prose {
		text := struckPattern().ReplaceAllString(p.Text(), "")
		b.WriteString(text)
		if strings.HasSuffix(strings.TrimSpace(text), ":") {
			b.WriteString(" ")
		} else {
			b.WriteString("\n")
		}
	}
	return b.String()
}

// findBan reports whether one sentence holds a ban and its object, in words of their own: "must not be entered" is a
// ban and not what is banned. If none does, near is the first sentence with an object. A question bans nothing.
func findBan(text string) (banned bool, near string) {
	ban, lifted, object := banPattern(), liftedPattern(), objectPattern()
	for _, sentence := range sentences(text) {
		sentence = strings.TrimSpace(sentence)
		words := lifted.ReplaceAllString(strings.ToLower(strings.ReplaceAll(sentence, "’", "'")), " ")
		if !object.MatchString(ban.ReplaceAllString(words, " ")) {
			continue
		}
		if ban.MatchString(words) && !strings.HasSuffix(sentence, "?") {
			return true, ""
		}
		if near == "" {
			near = sentence
		}
	}
	return false, near
}

// sentences cuts text at line ends and at full stops, question and exclamation marks before a blank.
func sentences(text string) []string {
	var cut []string
	for line := range strings.SplitSeq(text, "\n") {
		start := 0
		for i := range len(line) {
			ends := strings.IndexByte(".!?", line[i]) >= 0 && (i+1 == len(line) || line[i+1] == ' ')
			if ends {
				cut = append(cut, line[start:i+1])
				start = i + 1
			}
		}
		cut = append(cut, line[start:])
	}
	return cut
}

// banPattern are the words of a ban (domain-a523.md 3.3).
func banPattern() *regexp.Regexp {
	return regexp.MustCompile(`\b(prohibited|prohibits?|forbidden|forbids?|banned|bans|(must|may|shall) not|must never|may never|shall never|not (be )?(permitted|allowed))\b`)
}

// liftedPattern is a ban taken back ("not prohibited", "no longer strictly forbidden", "may not be banned"), one of the
// past or of a wish ("was prohibited", "should be banned"), and one that forbids to act against such services.
func liftedPattern() *regexp.Regexp {
	return regexp.MustCompile(`(\b(((must|may|shall) )?not|never|no longer|neither|nor|nowhere|by no means|in no way|hardly|rarely|seldom|scarcely|barely|` +
		`was|were|had been|used to be|(should|would|could|might) be)|n't) (\w+ ){0,2}(prohibited|prohibit|forbidden|forbid|banned|ban)\b|` +
		`\b(must|may|shall|should) (not|never) (be )?(block|prevent|refus|restrict|hinder|punish|penali[sz]|hide|hidden|conceal|stop|discourag|reject|ignor|overlook)\w*`)
}

// objectPattern is what a ban must be about.
func objectPattern() *regexp.Regexp {
	return regexp.MustCompile(`shadow[- ]it\b|\b(unapproved|unregistered|unauthori[sz]ed|unsanctioned|unlisted|unknown to the register|` +
		`not (been |be |yet |explicitly |expressly |formally )*(approved|registered|authori[sz]ed|sanctioned|listed|recorded|entered|in|on|part of)|` +
		`outside (of )?the (cloud service )?(register|list|inventory|catalogue)|without (an? )?(prior )?(approval|register entry|registration|authori[sz]ation|entry in))\b`)
}

func shadowPattern() *regexp.Regexp { return regexp.MustCompile(`(?i)\bshadow[-\s]+it\b`) }

func struckPattern() *regexp.Regexp { return regexp.MustCompile(`~~.*?~~`) }

// isEnglish reports a language tag of English; a text without tag is taken for it.
func isEnglish(tag string) bool {
	return tag == "" || strings.EqualFold(tag, "en") || strings.HasPrefix(strings.ToLower(tag), "en-")
}
