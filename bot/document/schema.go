package document

// Type describes one type of document. Rules, JSON Schema and templates all come out of this one
// description, also for the types that an organisation adds in its configuration. Source of the standard
// ones: research on ISO/IEC 27002:2022 5.23 and the organisation's practice (domain-a523.md 3.1 and 3.2).
type Type struct {
	// Name is the value of the front matter field "type".
	Name string
	// Title is what people call it, for messages, in lower case.
	Title string
	// Folder is the document folder under the governed root that such documents lie in.
	Folder string
	// Prefix begins its ids, without the hyphen.
	Prefix string
	// Fields are the front matter fields besides those of every type ([CommonFields]).
	Fields []FieldRule
	// Sections are the required headings of level 2, as they are written.
	Sections []string
	// Tables are the tables that must stand in sections.
	Tables []TableRule
	// Signatories are the roles that sign by default; a document may add some and not leave one out (FM009).
	Signatories []string
	// Once marks the record of one event: it has no review dates.
	Once bool
}

// Form is the shape of a front matter value or a cell.
type Form int

const (
	// Text is any text that is not blank.
	Text Form = iota
	// Word is one of the rule's allowed words, spelt exactly so.
	Word
	// Slug is lower-case letters, digits and single hyphens.
	Slug
	// Role is a role's slug that the roster knows.
	Role
	// Country is an ISO 3166-1 alpha-2 code in capitals.
	Country
	// Day is a calendar date YYYY-MM-DD.
	Day
	// Number is a whole number, written in digits without quotes.
	Number
	// Flag is true or false without quotes.
	Flag
	// Edition is a version N.N; in front matter it stands in quotes.
	Edition
	// Identifier is a document id: a type's prefix and upper-case words, joined by hyphens.
	Identifier
	// Language is a BCP 47 tag.
	Language
	// Levels is a mapping from classifications to key-management levels.
	Levels
	// Hash is a SHA-256 in 64 lower-case hex digits.
	Hash
)

// FieldRule describes one front matter field.
type FieldRule struct {
	Key  string
	Form Form
	// List means a list of at least one value of the form.
	List bool
	// Optional fields may be absent; they may not be blank.
	Optional bool
	// Allowed are the words of a Word, or one word besides the dates of a Day ("never").
	Allowed []string
	// Min and Max bound a Number, both included. Max 0 is maxNumber.
	Min, Max int
	// About says in one line what the field is for; editors show it.
	About string
}

// maxNumber bounds hours and days: more than ten years in hours is a slip of the pen.
const maxNumber = 100_000

// Limit returns the largest number that the field allows.
func (f FieldRule) Limit() int {
	if f.Max == 0 {
		return maxNumber
	}
	return f.Max
}

// TableRule describes a table that a section must hold; the first table of the section is meant. Columns
// are found by name, their order is free, further columns are allowed.
type TableRule struct {
	Section string
	Columns []ColumnRule
	// Key is the column whose values tell rows apart; "" if rows need no key.
	Key string
	// MayBeEmpty allows a table of only a header, as long as nothing has happened yet.
	MayBeEmpty bool
	// Optional tables need not be there.
	Optional bool
}

// ColumnRule describes one required column.
type ColumnRule struct {
	Name string
	// Form is Text, Word, Day, Number, Edition, or Country for at least one code among other words.
	Form Form
	// Allowed are the words of a Word; cells compare without case.
	Allowed []string
	// Blank cells are allowed.
	Blank bool
}

// Column returns the rule of the named column, and whether the table has one.
func (t TableRule) Column(name string) (ColumnRule, bool) {
	for _, c := range t.Columns {
		if c.Name == name {
			return c, true
		}
	}
	return ColumnRule{}, false
}

// Table returns the rule of the table in the named section, and whether there is one.
func (t Type) Table(section string) (TableRule, bool) {
	for _, rule := range t.Tables {
		if rule.Section == section {
			return rule, true
		}
	}
	return TableRule{}, false
}

// AllFields returns the fields of every type and then the type's own.
func (t Type) AllFields() []FieldRule {
	fields := CommonFields()
	if t.Once {
		for i := range fields {
			fields[i].Optional = fields[i].Optional || isReviewField(fields[i].Key)
		}
	}
	return append(fields, t.Fields...)
}

func isReviewField(key string) bool {
	return key == "effective" || key == "last-review" || key == "next-review"
}

// Classifications returns the classes of information, lowest first.
func Classifications() []string { return []string{"public", "internal", "confidential", "restricted"} }

// KeyLevels returns the ways of managing keys, weakest first.
func KeyLevels() []string { return []string{"none", "provider-managed", "cmk", "byok", "hyok"} }

// ServiceModels returns the service models.
func ServiceModels() []string { return []string{"IaaS", "PaaS", "SaaS"} }

// PersonalData returns the kinds of personal data, least sensitive first.
func PersonalData() []string { return []string{"none", "personal", "special-category"} }

// CommonFields returns the front matter fields of every type of document (domain-a523.md 3.1). The slice
// is the caller's.
func CommonFields() []FieldRule {
	return []FieldRule{
		{Key: "type", Form: Slug, About: "Type of the document; the folder decides which may stand in it"},
		{Key: "id", Form: Identifier, About: "Unique in the repository, never changed: prefix of the type, then upper-case words"},
		{Key: "title", Form: Text, About: "Equals the document's only heading of level 1"},
		{Key: "version", Form: Edition, About: "Two numbers in quotes, such as \"2.10\", which is later than \"2.9\""},
		{Key: "status", Form: Word, Allowed: []string{"draft", "approved", "retired"}, About: "Only approved documents count for others"},
		{Key: "classification", Form: Word, Allowed: Classifications(), About: "Who may read the document"},
		{Key: "owner", Form: Role, About: "Role that answers for the document"},
		{Key: "effective", Form: Day, About: "First day on which this version applies"},
		{Key: "last-review", Form: Day, About: "Day of the last review; not in the future"},
		{Key: "next-review", Form: Day, About: "At most 366 days after the last review"},
		{Key: "signatories", Form: Role, List: true, About: "Roles that sign; may add to the type's, never leave one out"},
		{Key: "change", Form: Word, Allowed: []string{"material", "editorial"}, About: "material raises the first number of the version, editorial the second"},
		{Key: "change-summary", Form: Text, About: "What this version changes, in one sentence"},
		{Key: "controls", Form: Text, List: true, Optional: true, About: "Controls of the standard that the document serves"},
		{Key: "exceptions", Form: Identifier, List: true, Optional: true, About: "Ids of the exceptions that the document relies on"},
		{Key: "language", Form: Language, Optional: true, About: "BCP 47 tag of the text's language"},
	}
}
