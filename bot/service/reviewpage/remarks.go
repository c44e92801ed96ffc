package reviewpage

import (
	"fmt"
	"strings"

	"github.com/vidimus-bot/vidimus/bot/decision/report"
)

// remarkView is a finding or a problem.
type remarkView struct {
	Blocks                        bool
	Text, Code, Place, Href, Mend string
}

// remarks are findings and problems with their places on the host.
func (v *view) remarks(all []report.Remark, blocks bool) []remarkView {
	var found []remarkView
	for _, r := range all {
		one := remarkView{Blocks: blocks, Text: sentence(r.Text), Code: r.Code, Place: r.Path, Mend: sentence(r.Mend)}
		if r.Path != "" {
			one.Href = v.blob(v.d.Head, r.Path)
		}
		if r.Line > 0 && r.Path != "" {
			one.Place += fmt.Sprintf(":%d", r.Line)
			one.Href += fmt.Sprintf("?plain=1#L%d", r.Line)
		}
		found = append(found, one)
	}
	return found
}

// objectionView is a request for changes that blocks.
// Said is what its author wrote.
type objectionView struct{ Who, Reason, Said, Href string }

func (v *view) objections() []objectionView {
	var found []objectionView
	for _, o := range v.words.Objections {
		one := objectionView{Who: o.Who, Said: v.said(o.Review), Href: v.reviewHref(o.Review)}
		if one.Said == "" {
			one.Reason = "No reason was given."
		}
		found = append(found, one)
	}
	return found
}

// maxSaid bounds what is repeated of a review, in bytes; all of it stands on the host.
const maxSaid = 2_000

// said is the text of a review, in one paragraph.
func (v *view) said(review int64) string {
	for _, r := range v.Snapshot.Facts.Reviews {
		if r.ID != review {
			continue
		}
		text := strings.Join(strings.Fields(r.Body), " ")
		if len(text) > maxSaid {
			return strings.ToValidUTF8(text[:maxSaid], "") + "…"
		}
		return text
	}
	return ""
}

// sentence ends a text with a full stop; nothing stays nothing.
func sentence(s string) string {
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") {
		return s
	}
	return s + "."
}

// Notice is a page that says one thing: that somebody has to sign in, that there is no
// such page, that something cannot be read at the moment.
type Notice struct {
	Heading    string
	Text       []string
	Href, Link string
	Notes      []string
	// Viewer is who is signed in; the zero account is nobody.
	Viewer string
}

// RenderNotice makes such a page. It names no repository, so that it says the same
// whether one exists or not.
func RenderNotice(n Notice) ([]byte, error) {
	f := frame{Title: n.Heading + " · Vidimus", Organisation: "Vidimus"}
	if n.Viewer != "" {
		f.Viewer = &viewerView{Name: "@" + n.Viewer}
	}
	return whole("notice", n, f)
}
