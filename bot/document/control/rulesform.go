package control

func fieldRules() []Rule {
	serves := []string{documented}
	return []Rule{
		{
			ID: "FM001", Finds: "front matter that is absent or not closed", Serves: serves, Why: "Without it nobody knows what the document is, or which version.",
			Mend: `begin with "---", the fields, and "---"`, Failing: "# Cloud usage policy", Passing: "---\ntype: cloud-usage-policy\n---\n# Cloud usage policy",
		},
		{
			ID: "FM002", Finds: "front matter that is not YAML, or a key twice", Serves: serves, Why: "What can be read in two ways says nothing.",
			Mend: "put the value in quotes; delete the second key", Failing: "title: Policy: cloud", Passing: `title: "Policy: cloud"`,
		},
		{
			ID: "FM003", Finds: "an anchor, alias, merge key or tag", Serves: serves, Why: "One value would stand in several places, and change in all of them.",
			Mend: "write the value itself", Failing: "owner: &o ciso\nrisk-owner: *o", Passing: "owner: ciso\nrisk-owner: ciso",
		},
		{
			ID: "FM004", Finds: "a required field that is missing or empty", Serves: serves, Why: "It is a question that nobody answered.",
			Mend: "add the field", Failing: "owner:", Passing: "owner: ciso",
		},
		{
			ID: "FM005", Finds: "a value of the wrong kind", Serves: serves, Why: "Nobody reads it as it was meant.",
			Mend: "write it as the field asks", Failing: "version: 2.10", Passing: `version: "2.10"`,
		},
		{
			ID: "FM006", Finds: "a field that nothing reads", Serves: serves, Why: "It is a slip, or a rule that nobody keeps.",
			Mend: "correct its name, or write it into the text", Failing: "next-reveiw: 2027-09-01", Passing: "next-review: 2027-09-01",
		},
		{
			ID: "FM007", Finds: "a placeholder in front matter", Serves: serves, Why: "A template that nobody filled in is followed by nobody.",
			Mend: "decide, and write it", Failing: "provider: TBD", Passing: "provider: Nimbus",
		},
		{
			ID: "FM008", Finds: "a type that does not belong to its folder", Serves: serves, Why: "The folder decides who signs.",
			Mend: "move the file, or correct the type", Failing: "contracts/x.md with type: cloud-service", Passing: "register/x.md with type: cloud-service",
		},
		{
			ID: "FM009", Finds: "a default signatory left out", Serves: []string{"ISO/IEC 27001:2022 5.3 roles and authorities", documented},
			Why: "Those who must sign cannot be left out by the document itself.", Mend: "add the role",
			Failing: "signatories: [head-of-it]", Passing: "signatories: [head-of-it, ciso]",
		},
	}
}

func dateRules() []Rule {
	serves := []string{"ISO/IEC 27002:2022 5.1 review at planned intervals", "ISO/IEC 27002:2022 5.23 i"}
	return []Rule{
		{
			ID: "DAT001", Finds: "a review, evidence or exception that is overdue", Serves: append(serves, assurance), Why: "What is overdue proves nothing.",
			Mend: "review it, and write the day", Failing: "next-review: 2026-11-01 (on 2026-11-24)", Passing: "next-review: 2027-11-01",
		},
		{
			ID: "DAT002", Finds: "a next review more than 366 days after the last", Serves: serves, Why: "A review holds for a year.",
			Mend: "write an earlier day", Failing: "last-review: 2026-09-01\nnext-review: 2036-09-01", Passing: "last-review: 2026-09-01\nnext-review: 2027-09-01",
		},
		{
			ID: "DAT003", Finds: "dates that contradict each other, or an event in the future", Serves: serves, Why: "One of them was not looked at.",
			Mend: "correct the one that is wrong", Failing: "agreement-start: 2029-01-01\nagreement-end: 2028-12-31", Passing: "agreement-start: 2025-01-01\nagreement-end: 2028-12-31",
		},
		{
			ID: "DAT004", Finds: "a date within 30 days", Serves: serves, Why: "It needs somebody's time now.",
			Mend: "review, renew or end it", Failing: "valid-until: 2026-12-24 (on 2026-11-24)", Passing: "valid-until: 2027-12-24",
		},
		{
			ID: "DAT005", Finds: "a version that applies before its merge", Serves: serves, Why: "A version cannot apply before it is signed.",
			Mend: "write a day from the merge on", Failing: "effective: 2026-10-05 (merged on 2026-11-24)", Passing: "effective: 2026-12-01",
		},
	}
}

func structureRules() []Rule {
	serves := []string{documented}
	return []Rule{
		{
			ID: "STR001", Finds: "a required section that is missing", Serves: append(serves, policyStep), Why: "It is a question that nobody answered.",
			Mend: "add the heading and what holds there", Failing: "### Scope", Passing: "## Scope",
		},
		{
			ID: "STR002", Finds: "a heading level that is skipped", Serves: serves, Why: "It hides what belongs to what.",
			Mend: "go down one level at a time", Failing: "## Scope\n#### Sites", Passing: "## Scope\n### Sites",
		},
		{
			ID: "STR003", Finds: "a required section that is empty, or only a placeholder", Serves: serves, Why: "An empty section answers nothing.",
			Mend: "write what holds; if nothing does, say so", Failing: "## Exceptions\n\nTBD", Passing: "## Exceptions\n\nNone.",
		},
		{
			ID: "STR004", Finds: "a required section that stands twice", Serves: serves, Why: "The two can say two things.",
			Mend: "merge them", Failing: "## Scope\n...\n## 7. SCOPE", Passing: "## Scope",
		},
		{
			ID: "STR005", Finds: "a conflict marker", Serves: []string{controlled}, Why: "A merge that was not finished leaves both texts standing.",
			Mend: "decide which text holds", Failing: "<<<<<<< HEAD", Passing: "the text that holds",
		},
		{
			ID: "STR006", Finds: "not one heading of level 1 that equals the title", Serves: serves, Why: "The title is the name under which people know the document.",
			Mend: "write the same in both places", Failing: "title: Cloud usage policy\n\n# Policy", Passing: "title: Cloud usage policy\n\n# Cloud usage policy",
		},
	}
}

func tableRules() []Rule {
	serves := []string{documented}
	return []Rule{
		{
			ID: "TAB001", Finds: "a required table that is missing, in a code block, or without a row", Serves: serves, Why: "What belongs into a table must be in one, or nobody can compare it.",
			Mend: "write the table", Failing: "```\n| Ref | Result |\n```", Passing: "| Ref | Result |\n| --- | --- |\n| P01 | Met |",
		},
		{
			ID: "TAB002", Finds: "a column that is missing, renamed, merged or twice", Serves: serves, Why: "Columns are found by their names.",
			Mend: "give the column its name", Failing: "| Ref | Responsible |", Passing: "| Ref | Accountable |",
		},
		{
			ID: "TAB003", Finds: "a row with more cells than the header", Serves: []string{controlled}, Why: "The cells beyond it are in the bytes and in no rendering.",
			Mend: `write a pipe inside a cell as "\|"`, Failing: "| A | B |\n| --- | --- |\n| 1 | 2 | 3 |", Passing: "| A | B |\n| --- | --- |\n| 1 | 2 \\| 3 |",
		},
		{
			ID: "TAB004", Finds: "a required cell that is blank", Serves: serves, Why: "It is a question that nobody answered.",
			Mend: "write what holds; a dash counts as blank", Failing: "| SR-16 | Client devices | |", Passing: "| SR-16 | Client devices | Customer |",
		},
		{
			ID: "TAB005", Finds: "a value that the column does not allow", Serves: serves, Why: "A word that is none of the allowed ones decides nothing.",
			Mend: "write one of the allowed words", Failing: "| P09 | Backup | Mostly met |", Passing: "| P09 | Backup | Met |",
		},
		{
			ID: "TAB006", Finds: "a row key that stands twice", Serves: serves, Why: "The two rows can say two things.",
			Mend: "merge the rows", Failing: "| P09 | Met |\n| p09 | Exception |", Passing: "| P09 | Met |",
		},
		{
			ID: "TAB007", Finds: "a placeholder in a cell", Serves: serves, Why: "It is a question that nobody answered.",
			Mend: "decide, and write it", Failing: "| SR-16 | Client devices | TODO: decide |", Passing: "| SR-16 | Client devices | Customer |",
		},
	}
}
