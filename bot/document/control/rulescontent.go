package control

func policyRules() []Rule {
	return []Rule{
		{
			ID: "POL001", Finds: "no prohibition of shadow IT", Serves: []string{policyStep, "ISO/IEC 27002:2022 5.23 a, b"},
			Why:  "A policy that does not ban unapproved services allows them.",
			Mend: `write one sentence that bans them, and name "shadow IT"`, Failing: "Unapproved services are discouraged.",
			Passing: `Use of any cloud service that is not in the register is prohibited. This covers "shadow IT" of every kind.`,
		},
		{
			ID: "POL002", Finds: "a table of service models that disagrees with front matter", Serves: []string{policyStep, "ISO/IEC 27002:2022 5.23 b"},
			Why: "Two answers to what may be used are none.", Mend: "write the same in both places",
			Failing: "service-models: [IaaS]\n| SaaS | Yes | ...", Passing: "service-models: [IaaS, SaaS]\n| SaaS | Yes | ...",
		},
		{
			ID: "POL003", Finds: "a mandatory topic that is absent, fewer than 5 settings for a permitted model, or MFA not required",
			Serves: []string{policyStep, "step 4 hardened configuration", mfaStep, "step 9 local logs", "ISO/IEC 27002:2022 5.23 a, e"},
			Why:    "What is not mandatory is left to chance.", Mend: "add the topic, with requirement and evidence",
			Failing: "(no row Backup)", Passing: "| Backup | Daily, locked for 35 days | Required | Required | Required | Restore record |",
		},
		{
			ID: "POL004", Finds: "a head of department who is not among receipt-roles", Serves: []string{policyStep, "ISO/IEC 27002:2022 5.1 acknowledged", "ISO/IEC 27001:2022 7.4"},
			Why: "Nobody would ask for that receipt; who heads a department is told by roles.tsv, and where that is not known the rule says nothing.", Mend: "add the role",
			Failing: "receipt-roles: [head-of-it]", Passing: "receipt-roles: [head-of-it, head-of-harbour]",
		},
	}
}

func matrixRules() []Rule {
	serves := []string{sharedStep, "ISO/IEC 27002:2022 5.23 d", "ISO/IEC 27017 CLD.6.3.1"}
	return []Rule{
		{
			ID: "MAT001", Finds: "a minimum row that is absent", Serves: serves, Why: "Without patching, application security and identity a matrix says nothing.",
			Mend: "add the row", Failing: "(no row SR-01)", Passing: "| SR-01 | Operating system patching | Customer | ...",
		},
		{
			ID: "MAT002", Finds: "a recommended row that is absent", Serves: serves, Why: "A control area that is not listed belongs to nobody.",
			Mend: "add the row, also where nothing is ours", Failing: "(no row SR-13)", Passing: "| SR-13 | Backup and restore | Customer | ...",
		},
		{
			ID: "MAT003", Finds: "more than one accountable party", Serves: serves, Why: "Where two are accountable, nobody is.",
			Mend: "write the one, or Shared and who does what", Failing: "| SR-16 | Client devices | Provider, Customer |", Passing: "| SR-16 | Client devices | Customer |",
		},
		{
			ID: "MAT004", Finds: "Shared without both sides in writing", Serves: serves, Why: "What is not split in writing waits for the other side.",
			Mend:    `write "Provider: ..." and "Customer: ..."`,
			Failing: "| SR-10 | Logging | Shared | We both do |", Passing: "| SR-10 | Logging | Shared | Provider: delivers the events. Customer: keeps them 400 days |",
		},
		{
			ID: "MAT005", Finds: "a row of ours without a known role as owner", Serves: serves, Why: "What has no owner is done by nobody.",
			Mend: "write one role of the roster", Failing: "| SR-16 | ... | Customer | ... | — |", Passing: "| SR-16 | ... | Customer | ... | head-of-it |",
		},
		{
			ID: "MAT006", Finds: "a split that no provider can carry", Serves: serves, Why: "Identity and data are never the provider's, guest systems not under IaaS, and never everything.",
			Mend: "compare with the provider's published model", Failing: "| SR-03 | Identity and access management | Provider |", Passing: "| SR-03 | Identity and access management | Customer |",
		},
		{
			ID: "MAT007", Finds: "a service model that differs from the register", Serves: serves, Why: "The model decides the split.",
			Mend: "write the same in both", Failing: "service-model: PaaS (register: IaaS)", Passing: "service-model: IaaS",
		},
	}
}

func contractRules() []Rule {
	serves := []string{contracts, "ISO/IEC 27002:2022 5.20", "ISO/IEC 27002:2022 5.23"}
	return []Rule{
		{
			ID: "CON001", Finds: "a provision that is missing", Serves: serves, Why: "A provision that nobody looked at was not agreed.",
			Mend: "add the row with agreed term, source and result", Failing: "(no row P09)", Passing: "| P09 | Backup | ... | Met |",
		},
		{
			ID: "CON002", Finds: "a notification window longer than the policy's", Serves: append(serves, "ISO/IEC 27002:2022 5.24"), Why: "What is told later is told too late.",
			Mend: "agree on less, or ask for an exception", Failing: "incident-notification-hours: 96 (policy: 72)", Passing: "incident-notification-hours: 48",
		},
		{
			ID: "CON003", Finds: "a critical service on standard terms", Serves: serves, Why: "The provider can change them alone.",
			Mend: "negotiate, or agree on an addendum", Failing: "agreement-basis: standard-terms", Passing: "agreement-basis: addendum",
		},
		{
			ID: "CON004", Finds: "a country outside the policy, or no transfer mechanism", Serves: append(serves, residency), Why: "Data may lie only where policy and law allow it.",
			Mend: "agree on other countries; name the ground", Failing: "provider-parent: US\ntransfer-mechanism: not-needed", Passing: "provider-parent: US\ntransfer-mechanism: scc",
		},
		{
			ID: "CON005", Finds: "key management that differs from the register", Serves: serves, Why: "One of the two is not true.",
			Mend: "find out which, and write it in both", Failing: "key-management: cmk (register: hyok)", Passing: "key-management: hyok",
		},
		{
			ID: "CON006", Finds: "an agreement that ended or was rejected, for an active service", Serves: serves, Why: "The service runs without an agreement.",
			Mend: "renew it, or begin the exit", Failing: "agreement-end: 2026-11-23 (on 2026-11-24)", Passing: "agreement-end: 2028-12-31",
		},
	}
}

func registerRules() []Rule {
	return []Rule{
		{
			ID: "REG001", Finds: "MFA not enforced for a critical or important service", Serves: []string{mfaStep, "ISO/IEC 27002:2022 8.5"},
			Why: "Without a second factor a password opens everything.", Mend: "enforce it", Failing: "criticality: critical\nmfa-enforced: false", Passing: "mfa-enforced: true",
		},
		{
			ID: "REG002", Finds: "data in a country that the policy does not allow", Serves: []string{residency, "ISO/IEC 27002:2022 5.31"},
			Why: "Data may lie only in the countries of the policy.", Mend: "move it, or ask for an exception", Failing: "residency: [IE, US] (policy: IE, NO)", Passing: "residency: [IE]",
		},
		{
			ID: "REG003", Finds: "keys below the minimum of the classification", Serves: []string{"step 4 hardened configuration", "ISO/IEC 27002:2022 8.24"},
			Why: "Keys must be as strong as the data asks.", Mend: "use stronger keys, or ask for an exception", Failing: "data-classification: confidential\nkey-management: provider-managed", Passing: "key-management: cmk",
		},
		{
			ID: "REG004", Finds: "a service of a model that the policy does not permit", Serves: []string{policyStep, "ISO/IEC 27002:2022 5.23 b"},
			Why: "What the policy forbids must not be in use by the register.", Mend: "have the model permitted by the policy, or begin the exit",
			Failing: "service-model: SaaS (policy: IaaS, PaaS)", Passing: "service-model: PaaS",
		},
	}
}

func exitRules() []Rule {
	serves := []string{exitStep, "ISO/IEC 27002:2022 5.23 j", "ISO/IEC 27002:2022 5.30"}
	return []Rule{
		{
			ID: "EXI001", Finds: "an exit longer than tolerable", Serves: serves, Why: "The business would be harmed before it is over.",
			Mend: "shorten it, or accept more", Failing: "estimated-exit-days: 91\nmax-tolerable-exit-days: 90", Passing: "estimated-exit-days: 60",
		},
		{
			ID: "EXI002", Finds: "an exit longer than notice and access of the contract", Serves: append(serves, contracts), Why: "The data would be gone before it is moved.",
			Mend: "agree on longer access", Failing: "estimated-exit-days: 151 (contract: 60 + 90)", Passing: "estimated-exit-days: 150",
		},
		{
			ID: "EXI003", Finds: "the plan of a critical service not tested in 24 months", Serves: serves, Why: "A plan that was not tested is a hope.",
			Mend: "test it, and write the day", Failing: "last-tested: never", Passing: "last-tested: 2026-02-18",
		},
		{
			ID: "EXI004", Finds: "steps that take longer than the estimate", Serves: serves, Why: "One of the two is wrong.",
			Mend: "correct the one that is wrong", Failing: "estimated-exit-days: 45 (steps: 60)", Passing: "estimated-exit-days: 60",
		},
		{
			ID: "EXC001", Finds: "an exception over 12 months", Serves: []string{"ISO/IEC 27001:2022 6.1.3 risk treatment"}, Why: "An exception without an end is a rule.",
			Mend: "write an earlier end", Failing: "effective: 2026-10-05\nexpires: 2028-10-05", Passing: "expires: 2027-10-05",
		},
		{
			ID: "EXC002", Finds: "an exception that waives what cannot be waived", Serves: []string{"ISO/IEC 27001:2022 6.1.3 risk treatment"}, Why: "Most rules ask for what must be there.",
			Mend: "waive REG002, REG003, CON002, CON003 or CON004 only", Failing: "waives: [FM009]", Passing: "waives: [CON002]",
		},
	}
}
