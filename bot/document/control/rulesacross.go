package control

func referenceRules() []Rule {
	inventory := []string{"ISO/IEC 27002:2022 5.9 inventory", "ISO/IEC 27002:2022 5.23 g"}
	return []Rule{
		{
			ID: "XRF001", Finds: "an id or service-id that stands twice", Serves: []string{documented}, Why: "A name that two documents bear means neither.",
			Mend: "give one its own", Failing: "id: POL-CLOUD (in two files)", Passing: "id: POL-CLOUD, id: TOP-TRAVEL",
		},
		{
			ID: "XRF002", Finds: "a service that is not in the register", Serves: inventory, Why: "The register must be complete, or nobody can pick a sample.",
			Mend: "add the entry, or correct the name", Failing: "service-id: bokking", Passing: "service-id: booking",
		},
		{
			ID: "XRF003", Finds: "a required document of a service, or the policy, that is missing", Serves: []string{policyStep, contracts, sharedStep, exitStep},
			Why: "A service needs the documents that its criticality asks for.", Mend: "write it and have it approved",
			Failing: "criticality: critical (no exit plan)", Passing: "criticality: critical, exit/booking.md",
		},
		{
			ID: "XRF004", Finds: "a recommended document that is missing", Serves: []string{assurance, exitStep, contracts}, Why: "A service should have the documents that its criticality recommends.",
			Mend: "write it and have it approved", Failing: "criticality: critical (no assurance review)", Passing: "assurance/booking.md",
		},
		{
			ID: "XRF005", Finds: "an exception that does not exist, has expired, or is for another service", Serves: []string{"ISO/IEC 27001:2022 6.1.3 risk treatment", contracts},
			Why: "An exception excuses only while it holds, and only its service.", Mend: "have one signed, or meet the requirement",
			Failing: "| P05 | ... | EXC-2026-007 | Exception |", Passing: "| P05 | ... | EXC-2026-001 | Exception |",
		},
		{
			ID: "XRF006", Finds: "a relative link that leads nowhere", Serves: []string{controlled}, Why: "It proves nothing.",
			Mend: "correct the path", Failing: "[contract](../contracts/bookings.md)", Passing: "[contract](../contracts/booking.md)",
		},
	}
}

func changeRules() []Rule {
	serves := []string{controlled, "step 10 change management"}
	return []Rule{
		{
			ID: "VER001", Finds: "content that changed without a higher version", Serves: serves, Why: "One version must not have two texts.",
			Mend: "raise the version", Failing: `version: "2.10" -> version: "2.2"`, Passing: `version: "2.10" -> version: "2.11"`,
		},
		{
			ID: "VER002", Finds: "a step of the version that does not fit the change", Serves: serves, Why: "The step tells readers whether they must confirm receipt again.",
			Mend: "material raises the first number, editorial the second", Failing: `change: material, "1.1" -> "1.2"`, Passing: `change: material, "1.1" -> "2.0"`,
		},
		{
			ID: "VER003", Finds: "an id or service-id that changed", Serves: serves, Why: "A name is for ever, or the trail breaks.",
			Mend: "write the old one", Failing: "id: SRM-BOOKING -> id: SRM-BOOKINGS", Passing: "id: SRM-BOOKING",
		},
		{
			ID: "VER004", Finds: "an approved document that is deleted", Serves: serves, Why: "Who looks for it must find at least its end.",
			Mend: "set it retired instead", Failing: "deleted: policy/cloud.md", Passing: "status: retired",
		},
		{
			ID: "MRG001", Finds: "a changed file that the base has changed too", Serves: serves, Why: "What is signed here would not be what is merged.",
			Mend: "merge the base into the branch", Failing: "policy/cloud.md changed on both sides", Passing: "policy/cloud.md changed on one side",
		},
		{
			ID: "WSL001", Finds: "a word that makes a duty untestable", Serves: []string{"ISO/IEC 27001:2022 9.1 monitoring and measurement"}, Why: "A duty that cannot be tested is none, and auditors say so.",
			Mend: "name interval, time, measure or role", Failing: "Access is reviewed regularly.", Passing: "Access is reviewed each quarter.",
		},
	}
}
