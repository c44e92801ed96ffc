package control

import (
	"fmt"
	"slices"

	"github.com/vidimus-bot/vidimus/bot/document"
)

// checkException runs the rules of an exception on its own (EXC001).
func (pg *page) checkException() {
	effective, expires := pg.doc.Effective, pg.doc.Date("expires")
	if effective.IsZero() || expires.IsZero() {
		return // FM004 or FM005 says so
	}
	if latest := effective.AddMonths(maxExceptionMonths); expires.After(latest) {
		pg.add("EXC001", pg.doc.At("expires"), fmt.Sprintf("write %s or earlier, and renew the exception when its time has come", latest),
			"The exception lasts from %s to %s, longer than %d months.", effective, expires, maxExceptionMonths)
	}
}

// checkWaiver judges one rule that an exception waives (EXC002).
func (pg *page) checkWaiver(v document.Value) {
	if slices.Contains(document.Waivable(), v.Text) {
		return
	}
	pg.add("EXC002", v.Span, "waive only "+list(document.Waivable(), "or")+"; what else is missing must be mended",
		"%s cannot be waived.%s", document.Quote(v.Text), alikeNote(v.Text))
}
