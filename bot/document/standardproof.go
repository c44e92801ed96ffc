package document

func assuranceReview() Type {
	return Type{
		Name: "assurance-review", Title: "assurance review", Folder: "assurance", Prefix: "ASR",
		Signatories: []string{"ciso"},
		Fields: []FieldRule{
			{Key: "service-id", Form: Slug, About: "Service of the register"},
			{Key: "evidence-types", Form: Word, List: true, Allowed: []string{
				"iso27001-certificate", "iso27017-certificate", "iso27018-certificate", "soc1-type2", "soc2-type2", "soc3", "csa-star", "c5", "questionnaire",
			}, About: "What was read"},
			{Key: "valid-until", Form: Day, About: "Day until which the evidence holds"},
			{Key: "scope-covers-service", Form: Flag, About: "The evidence covers what we use"},
			{Key: "exceptions-noted", Form: Number, About: "Exceptions that the evidence reports"},
		},
		Sections: []string{"Evidence reviewed", "Findings and exceptions noted", "Complementary user controls", "Conclusion"},
		Tables: []TableRule{
			{Section: "Evidence reviewed", Columns: texts("Report", "Period or validity", "Scope covers our use", "Issuer")},
			{Section: "Complementary user controls", Columns: append(
				texts("Expected of customers", "Our control", "Owner"), words("In place", "Yes", "No", "Not applicable"),
			)},
		},
	}
}

// Waivable returns the rules that an exception can waive for its service, and no others (EXC002).
func Waivable() []string { return []string{"REG002", "REG003", "CON002", "CON003", "CON004"} }

func exception() Type {
	return Type{
		Name: "exception", Title: "exception", Folder: "exceptions", Prefix: "EXC",
		Signatories: []string{"ciso"},
		Fields: []FieldRule{
			{Key: "service-id", Form: Slug, About: "Service of the register"},
			{Key: "waives", Form: Text, List: true, About: "Rules that do not apply to the service meanwhile: REG002, REG003, CON002, CON003 or CON004"},
			{Key: "risk-rating", Form: Word, Allowed: []string{"low", "medium", "high"}, About: "Residual risk"},
			{Key: "risk-owner", Form: Role, About: "Role that accepts it; signs"},
			{Key: "expires", Form: Day, About: "Last day, at most 12 months after effective"},
		},
		Sections: []string{"Requirement not met", "Reason", "Risk", "Compensating measures", "Expiry and closure"},
	}
}

func witnessedReceipt() Type {
	return Type{
		Name: "witnessed-receipt", Title: "witnessed receipt", Folder: "receipts", Prefix: "RCP", Once: true,
		Fields: []FieldRule{
			{Key: "person", Form: Text, About: "Who received the document, without an account of their own"},
			{Key: "role", Form: Role, About: "Role in which they received it"},
			{Key: "document-id", Form: Identifier, About: "Document received"},
			{Key: "document-version", Form: Edition, About: "Version received, in quotes"},
			{Key: "document-sha256", Form: Hash, About: "SHA-256 of the document received"},
			{Key: "received", Form: Day, About: "Day of receipt"},
			{Key: "scan-sha256", Form: Hash, About: "SHA-256 of the scanned, signed paper"},
		},
	}
}

func residencyRecord() Type {
	return Type{
		Name: "residency-record", Title: "residency record", Folder: "records", Prefix: "RES",
		Fields:   []FieldRule{{Key: "service-id", Form: Slug, About: "Service of the register"}},
		Sections: []string{"Data residency"},
		Tables: []TableRule{
			{Section: "Data residency", Key: "Data set", Columns: texts(
				"Data set", "Primary country", "Replica countries", "Backup countries", "Support access from", "Technical lock", "Evidence",
			)},
		},
	}
}
