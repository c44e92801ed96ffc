package report

import "strconv"

// impactRow is what one changed value does to documents that the change does not touch.
type impactRow struct{ Where, Message md }

// overrideRow is one of the organisation's own severities.
type overrideRow struct{ Rule, From, To, Reason, Findings md }

func (r *reporter) impactRows() rows[impactRow] {
	list := make([]impactRow, len(r.d.Impacts))
	for i, impact := range r.d.Impacts {
		list[i] = impactRow{Message: text(impact.Message, maxMessageLength)}
		if impact.Path != "" {
			where := impact.Path
			if impact.Line > 0 {
				where += ":" + strconv.Itoa(impact.Line)
			}
			list[i].Where = code(where)
		}
	}
	return rowsOf(&r.cut, list)
}

func (r *reporter) overrideRows() rows[overrideRow] {
	list := make([]overrideRow, len(r.d.Overrides))
	for i, o := range r.d.Overrides {
		list[i] = overrideRow{
			Rule: text(o.Rule, maxNameLength), From: text(string(o.From), maxNameLength), To: text(string(o.To), maxNameLength),
			Reason: text(o.Reason, maxMessageLength), Findings: md(strconv.Itoa(o.Findings)),
		}
	}
	return rowsOf(&r.cut, list)
}
