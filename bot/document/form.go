package document

// Forms returns all forms, in the order of their declaration.
func Forms() []Form {
	return []Form{Text, Word, Slug, Role, Country, Day, Number, Flag, Edition, Identifier, Language, Levels, Hash}
}

// String returns the word by which configuration and schema name the form.
func (f Form) String() string {
	switch f {
	case Word:
		return "word"
	case Slug:
		return "slug"
	case Role:
		return "role"
	case Country:
		return "country"
	case Day:
		return "day"
	case Number:
		return "number"
	case Flag:
		return "flag"
	case Edition:
		return "version"
	case Identifier:
		return "id"
	case Language:
		return "language"
	case Levels:
		return "levels"
	case Hash:
		return "sha256"
	default:
		return "text"
	}
}

// FormNamed returns the form of that name, and whether there is one.
func FormNamed(name string) (Form, bool) {
	for _, f := range Forms() {
		if f.String() == name {
			return f, true
		}
	}
	return Text, false
}
