package site

// receiptsPage is what receipts.html is filled with.
type receiptsPage struct {
	Lead   string
	Policy *crumb
	Due    string
	Rows   []receiptRow
}

// receiptRow is a role that the policy asks for receipt.
type receiptRow struct {
	Who, Role string
	State     state
}

// receipts makes the page of receipts. This version records none, and says so; whom the policy asks stands in its
// front matter.
func (s *site) receipts() error {
	p := s.sheet("receipts.html")
	data := receiptsPage{Lead: "No receipt is recorded: this version of Vidimus does not collect them yet."}
	if d := s.policy(); d != nil {
		data.Policy = &crumb{d.Title + " " + d.Version, p.to(d.page())}
		data.Due = d.Text("receipt-due-days")
		for _, role := range d.Texts("receipt-roles") {
			who := list(s.holders(role))
			if who == "" {
				who = "Nobody holds this role"
			}
			data.Rows = append(data.Rows, receiptRow{Who: who, Role: s.roleTitle(role), State: partly("Not recorded")})
		}
	}
	return s.add(page{
		sheet: p, title: "Receipts", place: "receipts.html", template: "receipts", data: data,
		crumbs: []crumb{{"Overview", "index.html"}, {"Receipts", ""}},
	})
}
