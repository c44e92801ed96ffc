package document

// Types returns the standard types of document, in the order of [Folders]. The slice is the caller's.
// Source: domain-a523.md 3.2 to 3.4 and 3.8; ISO/IEC 27002:2022 5.19 to 5.23.
func Types() []Type {
	return []Type{
		cloudUsagePolicy(), topicPolicy(), cloudService(), contractReview(), responsibilityMatrix(), exitPlan(),
		assuranceReview(), exception(), witnessedReceipt(), residencyRecord(), record(),
	}
}

// TypeNamed returns the standard type of that name, and whether there is one.
func TypeNamed(name string) (Type, bool) {
	for _, t := range Types() {
		if t.Name == name {
			return t, true
		}
	}
	return Type{}, false
}

func words(name string, allowed ...string) ColumnRule {
	return ColumnRule{Name: name, Form: Word, Allowed: allowed}
}

func texts(names ...string) []ColumnRule {
	var columns []ColumnRule
	for _, name := range names {
		columns = append(columns, ColumnRule{Name: name})
	}
	return columns
}

func cloudUsagePolicy() Type {
	setting := []string{"Required", "Not applicable"}
	return Type{
		Name: "cloud-usage-policy", Title: "cloud usage policy", Folder: "policy", Prefix: "POL",
		Signatories: []string{"ciso", "head-of-it", "ceo"},
		Fields: []FieldRule{
			{Key: "service-models", Form: Word, List: true, Allowed: ServiceModels(), About: "Service models that may be used"},
			{Key: "residency-countries", Form: Country, List: true, About: "Countries in which data may lie"},
			{Key: "key-management-minimum", Form: Levels, About: "Weakest key management for each classification"},
			{Key: "incident-notification-hours-max", Form: Number, Min: 1, About: "Longest window for security incidents that a contract may name"},
			{Key: "breach-notification-hours-max", Form: Number, Min: 1, About: "Longest window for breaches of personal data that a contract may name"},
			{Key: "receipt-due-days", Form: Number, Min: 1, Max: 366, About: "Days within which heads confirm receipt of a material version"},
			{Key: "receipt-roles", Form: Role, List: true, About: "Roles that confirm receipt: all heads of departments"},
		},
		Sections: []string{
			"Purpose", "Scope", "Roles and responsibilities", "Permitted service models", "Mandatory security configurations",
			"Prohibition of unapproved cloud services", "Selecting and acquiring a service", "Using and managing a service",
			"Shared responsibility", "Data residency and keys", "Incidents and notification", "Assurance and monitoring",
			"Leaving a service", "Exceptions", "Acknowledgement of receipt", "Document history",
		},
		Tables: []TableRule{
			{Section: "Permitted service models", Key: "Service model", Columns: []ColumnRule{
				words("Service model", ServiceModels()...), words("Permitted", "Yes", "No", "Conditional"), {Name: "Conditions"}, {Name: "Approved by"},
			}},
			{Section: "Mandatory security configurations", Key: "Topic", Columns: []ColumnRule{
				{Name: "Topic"}, {Name: "Requirement"}, words("IaaS", setting...), words("PaaS", setting...), words("SaaS", setting...), {Name: "Evidence"},
			}},
			{Section: "Document history", Key: "Version", Columns: []ColumnRule{
				{Name: "Version", Form: Edition}, {Name: "Date", Form: Day}, {Name: "Change"}, words("Kind", "material", "editorial"),
			}},
		},
	}
}

// Topics returns the subjects that a policy's mandatory settings must cover (domain-a523.md 3.2).
func Topics() []string {
	return []string{
		"MFA", "Encryption at rest", "Encryption in transit", "Key management", "Logging",
		"Hardening baseline", "Patching", "Backup", "Network exposure",
	}
}

func topicPolicy() Type {
	return Type{Name: "topic-policy", Title: "topic policy", Folder: "policy", Prefix: "TOP"}
}

func record() Type {
	return Type{Name: "record", Title: "record", Folder: "records", Prefix: "REC"}
}

func cloudService() Type {
	return Type{
		Name: "cloud-service", Title: "register entry", Folder: "register", Prefix: "SVC",
		Signatories: []string{"head-of-it"},
		Fields: []FieldRule{
			{Key: "service-id", Form: Slug, About: "Name by which all documents speak of the service; unique, never changed"},
			{Key: "service-name", Form: Text, About: "What is used, as the contract calls it"},
			{Key: "provider", Form: Text, About: "Who provides it"},
			{Key: "provider-entity", Form: Text, About: "Legal person on the other side of the contract"},
			{Key: "service-model", Form: Word, Allowed: ServiceModels(), About: "Service model"},
			{Key: "criticality", Form: Word, Allowed: []string{"critical", "important", "standard"}, About: "Decides which documents the service needs"},
			{Key: "lifecycle", Form: Word, Allowed: []string{"proposed", "active", "exiting", "retired"}, About: "Where the service stands"},
			{Key: "business-owner", Form: Role, About: "Role that answers for the use"},
			{Key: "technical-owner", Form: Role, About: "Role that answers for the configuration"},
			{Key: "data-classification", Form: Word, Allowed: Classifications(), About: "Highest class of the data held"},
			{Key: "personal-data", Form: Word, Allowed: PersonalData(), About: "Most sensitive kind of personal data held"},
			{Key: "residency", Form: Country, List: true, About: "Countries in which the data lies"},
			{Key: "regions", Form: Text, List: true, About: "The provider's names of the regions used"},
			{Key: "key-management", Form: Word, Allowed: KeyLevels(), About: "Who holds the keys"},
			{Key: "sso", Form: Flag, About: "People sign in through our identity provider"},
			{Key: "mfa-enforced", Form: Flag, About: "Nobody signs in without a second factor"},
			{Key: "rto-hours", Form: Number, About: "Recovery time objective"},
			{Key: "rpo-hours", Form: Number, About: "Recovery point objective"},
			{Key: "in-service-since", Form: Day, Optional: true, About: "First day of productive use"},
		},
		Sections: []string{"Purpose and use", "Data handled", "Access and authentication", "Risk assessment"},
		Tables: []TableRule{
			{Section: "Data handled", Key: "Data set", Columns: []ColumnRule{
				{Name: "Data set"}, words("Classification", Classifications()...), words("Personal data", PersonalData()...), {Name: "Countries", Form: Country},
			}},
			{Section: "Risk assessment", Key: "Risk", Columns: []ColumnRule{
				{Name: "Risk"}, words("Likelihood", "Low", "Medium", "High"), words("Impact", "Low", "Medium", "High"), {Name: "Treatment"}, {Name: "Owner"},
			}},
		},
	}
}

func contractReview() Type {
	return Type{
		Name: "contract-review", Title: "contract review", Folder: "contracts", Prefix: "CON",
		Signatories: []string{"general-counsel", "ciso"},
		Fields:      contractFields(),
		Sections: []string{
			"Agreement reviewed", "Data residency and jurisdiction", "Encryption and key management", "Incident and breach notification",
			"Provisions reviewed", "Change and sub-processor notice", "Termination and data return", "Decision",
		},
		Tables: []TableRule{
			{Section: "Provisions reviewed", Key: "Ref", Columns: append(
				texts("Ref", "Provision", "We require", "Agreed term", "Source"),
				words("Result", "Met", "Met by addendum", "Exception", "Not applicable"),
			)},
		},
	}
}

func contractFields() []FieldRule {
	return []FieldRule{
		{Key: "service-id", Form: Slug, About: "Service of the register"},
		{Key: "provider-entity", Form: Text, About: "Legal person on the other side"},
		{Key: "agreement", Form: Text, About: "Title of the agreement reviewed"},
		{Key: "agreement-reference", Form: Text, About: "Where it is filed"},
		{Key: "agreement-basis", Form: Word, Allowed: []string{"negotiated", "addendum", "standard-terms"}, About: "How the terms came about"},
		{Key: "agreement-start", Form: Day, About: "First day of the agreement"},
		{Key: "agreement-end", Form: Day, Allowed: []string{"evergreen"}, About: "Last day, or evergreen"},
		{Key: "governing-law", Form: Country, About: "Country whose law governs"},
		{Key: "provider-parent", Form: Country, About: "Seat of the provider's parent company"},
		{Key: "residency-committed", Form: Country, List: true, About: "Countries that the agreement names"},
		{Key: "transfer-mechanism", Form: Word, Allowed: []string{"not-needed", "adequacy", "scc", "bcr", "derogation"}, About: "Ground for transfers of personal data"},
		{Key: "key-management", Form: Word, Allowed: KeyLevels(), About: "As in the register"},
		{Key: "incident-notification-hours", Form: Number, About: "Agreed window for security incidents"},
		{Key: "breach-notification-hours", Form: Number, About: "Agreed window for breaches of personal data"},
		{Key: "incident-clock", Form: Word, Allowed: []string{"awareness", "confirmation", "declaration"}, About: "Event from which the window counts"},
		{Key: "notification-clause", Form: Text, About: "Clause that says so"},
		{Key: "change-notice-days", Form: Number, About: "Notice before changes of the service"},
		{Key: "subprocessor-notice-days", Form: Number, About: "Notice before a new sub-processor"},
		{Key: "termination-notice-days", Form: Number, About: "Notice before the end"},
		{Key: "post-termination-access-days", Form: Number, About: "Access to our data after the end"},
		{Key: "deletion-days", Form: Number, About: "Deletion at the latest so long after the end"},
		{Key: "audit-rights", Form: Word, Allowed: []string{"none", "certificates-only", "reports-and-questions", "on-site"}, About: "What we may look at"},
		{Key: "outcome", Form: Word, Allowed: []string{"accepted", "accepted-with-addendum", "accepted-with-exception", "rejected"}, About: "Result of the review"},
	}
}

// Provisions returns the refs of the provisions that every contract review settles (domain-a523.md 2.2).
func Provisions() []string {
	return []string{"P01", "P02", "P03", "P04", "P05", "P06", "P07", "P08", "P09", "P10", "P11", "P12", "P13", "P14"}
}

func responsibilityMatrix() Type {
	return Type{
		Name: "shared-responsibility-matrix", Title: "shared-responsibility matrix", Folder: "matrices", Prefix: "SRM",
		Signatories: []string{"head-of-it", "ciso"},
		Fields: []FieldRule{
			{Key: "service-id", Form: Slug, About: "Service of the register"},
			{Key: "service-model", Form: Word, Allowed: ServiceModels(), About: "As in the register"},
			{Key: "provider-model", Form: Text, About: "The provider's published split"},
			{Key: "provider-model-checked", Form: Day, About: "Day on which it was last compared"},
		},
		Sections: []string{"Scope", "Responsibility matrix", "Assumptions", "Sources"},
		Tables: []TableRule{
			{Section: "Responsibility matrix", Key: "Ref", Columns: []ColumnRule{
				{Name: "Ref"},
				{Name: "Control area"},
				words("Accountable", "Provider", "Customer", "Shared", "Not applicable"),
				{Name: "Who does what"},
				{Name: "Internal owner", Blank: true},
				{Name: "Evidence"},
			}},
		},
	}
}

func exitPlan() Type {
	return Type{
		Name: "exit-plan", Title: "exit plan", Folder: "exit", Prefix: "EXI",
		Signatories: []string{"head-of-it"},
		Fields: []FieldRule{
			{Key: "service-id", Form: Slug, About: "Service of the register"},
			{Key: "exit-target", Form: Text, About: "Where we go"},
			{Key: "estimated-exit-days", Form: Number, Min: 1, About: "Days from the decision to the confirmed deletion"},
			{Key: "max-tolerable-exit-days", Form: Number, Min: 1, About: "Days after which the business is harmed"},
			{Key: "last-tested", Form: Day, Allowed: []string{"never"}, About: "Day of the last test, or never"},
			{Key: "test-type", Form: Word, Allowed: []string{"none", "tabletop", "partial-restore", "full"}, About: "What was tested"},
			{Key: "deletion-evidence", Form: Word, Allowed: []string{"certificate", "attestation", "self-service-log"}, About: "What proves that data is gone"},
		},
		Sections: []string{"Triggers", "Exit strategy", "Assets to recover", "Exit steps", "Deletion and confirmation", "Continuity during exit", "Test record"},
		Tables: []TableRule{
			{Section: "Assets to recover", Key: "Asset", Columns: texts("Asset", "Format", "Export method", "Verified")},
			{Section: "Exit steps", Key: "Step", Columns: []ColumnRule{{Name: "Step"}, {Name: "Action"}, {Name: "Owner"}, {Name: "Days", Form: Number}}},
			{Section: "Test record", MayBeEmpty: true, Columns: []ColumnRule{
				{Name: "Date", Form: Day}, {Name: "Test"}, {Name: "Result"}, {Name: "Follow-up", Blank: true},
			}},
		},
	}
}
