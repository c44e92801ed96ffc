package site

import "fmt"

// steps are the ten steps of the A 5.23 checklist, each with what was counted for it. Source: domain research on
// ISO/IEC 27001:2022 A 5.23, section 1.
func (p sheet) checklist() []coverage {
	a := p.site.archive
	steps := []coverage{
		p.policyStep(),
		{Name: "Contracts", Href: "contracts.html", parts: a.documentParts(typeContract)},
		{Name: "Shared responsibility", Href: "matrices.html", parts: a.documentParts(typeMatrix)},
		{Name: "Hardened configuration", Href: "matrices.html#SR-09", parts: a.rowParts("SR-09")},
		{Name: "Data residency", Href: "contracts.html#residency", parts: a.stepParts("step 5")},
		{Name: "Provider assurance", Href: "register.html", parts: a.documentParts(typeAssurance)},
		{Name: "Exit strategy", Href: "register.html", parts: a.exitParts()},
		{Name: "MFA for administrators", Href: "register.html", parts: a.mfaParts()},
		{Name: "Local logs", Href: "matrices.html#SR-10", parts: a.rowParts("SR-10", "SR-15")},
		{Name: "Change management", Href: "deviations.html", parts: a.changeParts()},
	}
	what := []string{
		"", "services with a contract review", "matrices signed", "baselines named", "services within policy", "reviews signed",
		"plans tested", "services", "services", "",
	}
	for i := range steps {
		s := &steps[i]
		s.Number = i + 1
		s.State = stateOfParts(s.parts)
		if s.What == "" && len(s.parts) > 0 {
			s.What = of(s.parts, what[i])
		}
		if s.What == "" {
			s.What = "no service needs it"
		}
		s.Href = p.to(p.existing(s.Href))
	}
	steps[9].What = changeText(a.openDeviations(), steps[9].parts)
	return steps
}

// existing drops the anchor of a row or term that the page does not have.
func (p sheet) existing(address string) string {
	a := p.site.archive
	switch {
	case address == "contracts.html#residency" && len(a.papers(typeContract)) == 0:
		return "contracts.html"
	case len(address) > len("matrices.html#") && address[:len("matrices.html#")] == "matrices.html#":
		for _, d := range a.papers(typeMatrix) {
			if _, ok := row(rowsOf(d), address[len("matrices.html#"):]); ok {
				return address
			}
		}
		return "matrices.html"
	default:
		return address
	}
}

// policyStep is step 1. Receipts are part of it, and this version does not record any: while a policy asks for some,
// the step is not covered.
func (p sheet) policyStep() coverage {
	a := p.site.archive
	c := coverage{Name: "Cloud usage policy", Href: "receipts.html", parts: a.policyParts()}
	d := a.policy()
	if d == nil {
		c.What = "there is none"
		c.Href = "documents/index.html"
		return c
	}
	c.Href = d.page()
	c.What = problems(c.parts)
	if c.What == "" {
		c.What = "Signed"
	}
	if asked := len(d.Texts("receipt-roles")); asked > 0 {
		c.parts = append(c.parts, part{subject: "receipts", problem: "are not recorded", missing: true})
		c.What += fmt.Sprintf(". 0 of %s recorded", many(asked, "receipt", "receipts"))
	}
	return c
}

// stepParts are the services in use, held against the rules of one step.
func (a *archive) stepParts(step string) []part {
	var parts []part
	for _, s := range a.servicesInUse() {
		parts = append(parts, a.servicePart(s, step))
	}
	return parts
}

// exitParts are the exit plans that are needed; a plan that was not tested is not in order.
func (a *archive) exitParts() []part {
	var parts []part
	for _, s := range a.needing(typeExit) {
		p := a.documentPart(typeExit, s)
		if d := a.first(typeExit, s.id); d != nil && p.problem == "" {
			switch {
			case d.Text("last-tested") == "" || d.Text("last-tested") == "never":
				p.problem = "was never tested"
			case a.finds(d.Path, "EXI003"):
				p.problem = "was not tested within 24 months"
			}
		}
		parts = append(parts, p)
	}
	return parts
}

func (a *archive) mfaParts() []part {
	var parts []part
	for _, s := range a.servicesInUse() {
		p := part{subject: s.shortName(), problem: a.problem(s.entry)}
		if p.problem == "" && s.entry.Text("mfa-enforced") != "true" {
			p.problem = "does not enforce MFA"
		}
		parts = append(parts, p)
	}
	return parts
}

// changeParts are row SR-20 of the matrices, and the discipline of the repository itself: every document on the
// branch as it was signed.
func (a *archive) changeParts() []part {
	parts := a.rowParts("SR-20")
	for _, d := range a.deviations {
		if d.closed == nil {
			parts = append(parts, part{subject: d.id, problem: "is open"})
		}
	}
	t := a.tally()
	p := part{subject: many(t.adopted, "document", "documents")}
	if t.adopted > 0 {
		p.problem = verb(t.adopted, "is", "are") + " not signed here"
	}
	return append(parts, p)
}

func changeText(open int, parts []part) string {
	switch {
	case open > 0:
		return many(open, "deviation", "deviations") + " open"
	case inOrder(parts) == len(parts):
		return "No deviation open"
	default:
		return problems(parts)
	}
}

// guidance are points a to j of ISO/IEC 27002:2022, 5.23, paraphrased, with where each is kept.
func (p sheet) guidance() []coverage {
	a := p.site.archive
	policy := a.policyParts()
	matrices, contracts := a.documentParts(typeMatrix), a.documentParts(typeContract)
	points := []coverage{
		{Name: "Security requirements for using cloud services", What: "Mandatory security configurations", parts: policy, Kept: p.kept(typePolicy)},
		{Name: "Selection criteria and permitted use", What: "Permitted service models; Selecting and acquiring", parts: policy, Kept: p.kept(typePolicy)},
		{Name: "Roles and responsibilities", What: "Roles and responsibilities", parts: policy, Kept: p.kept(typePolicy)},
		{Name: "Controls of the provider, controls of ours", What: of(matrices, "matrices"), parts: matrices, Kept: p.kept(typeMatrix)},
		{Name: "Using the provider’s security capabilities", What: "Using and managing; Who does what", parts: join(policy, matrices), Kept: p.kept(typePolicy, typeMatrix)},
		{Name: "Assurance on the provider’s controls", parts: a.documentParts(typeAssurance), Kept: p.kept(typeAssurance)},
		{Name: "Several services, interfaces and changes", What: "Using and managing; the register", parts: join(policy, a.entryParts()), Kept: p.kept(typePolicy, typeService)},
		{Name: "Incidents", What: "Incidents; SR-15; notification windows", parts: join(policy, a.rowParts("SR-15"), contracts), Kept: p.kept(typePolicy, typeContract)},
		{Name: "Monitoring, review and evaluation", parts: a.allParts(), Kept: []crumb{{"Review dates", p.to("documents/index.html")}}},
		{Name: "Change and exit", parts: a.exitParts(), Kept: p.kept(typeExit)},
	}
	what := map[int]string{5: "reviews", 8: "documents in order", 9: "plans tested"}
	for i := range points {
		c := &points[i]
		c.Letter, c.State = string(rune('a'+i)), stateOfParts(c.parts)
		if c.What == "" {
			c.What = of(c.parts, what[i])
		}
		if text := problems(c.parts); text != "" {
			c.What = text
		}
	}
	return points
}

func join(lists ...[]part) []part {
	var all []part
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// kept leads to the documents of some types: to the one, where there is one, else to their comparison.
func (p sheet) kept(types ...string) []crumb {
	var links []crumb
	for _, typ := range types {
		found := p.site.papers(typ)
		switch {
		case len(found) == 0:
			links = append(links, crumb{"no " + lower(typeTitle(typ)), p.to("documents/index.html")})
		case len(found) == 1 && found[0].version != nil:
			links = append(links, crumb{found[0].ID, p.to(found[0].page())})
		default:
			links = append(links, crumb{fmt.Sprintf("%d %s", len(found), plural(typ)), p.to(comparison(typ))})
		}
	}
	return links
}

func plural(typ string) string {
	switch typ {
	case typePolicy:
		return "policies"
	case typeMatrix:
		return "matrices"
	case typeService:
		return "register entries"
	default:
		return lower(typeTitle(typ)) + "s"
	}
}

// comparison is the page on which documents of a type stand side by side.
func comparison(typ string) string {
	switch typ {
	case typeMatrix:
		return "matrices.html"
	case typeContract:
		return "contracts.html"
	case typePolicy:
		return "documents/index.html"
	default:
		return "register.html"
	}
}
