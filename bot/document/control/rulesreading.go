package control

func encodingRules() []Rule {
	serves := []string{controlled}
	return []Rule{
		{
			ID: "ENC001", Finds: "text that is not UTF-8", Serves: serves, Why: "Text that is not UTF-8 is shown differently by every program.",
			Mend: "save the file as UTF-8", Failing: "K\\xF8ge (one byte of Latin-1)", Passing: "Køge",
		},
		{
			ID: "ENC002", Finds: "control characters but tab and line end", Serves: serves, Why: "Control characters are not text; terminals obey them.",
			Mend: "delete the character", Failing: "never\\x1b[0m", Passing: "never",
		},
		{
			ID: "ENC003", Finds: "bidirectional embeddings, overrides and isolates", Serves: serves,
			Why: "They make text read in another order than it is stored.", Mend: "delete the character", Failing: "\\u202ereven", Passing: "never",
		},
		{
			ID: "ENC004", Finds: "an invisible character in front matter, a heading or a table", Serves: serves,
			Why: "It makes a word look like another one where words decide.", Mend: "type the word again", Failing: "| Cust\\u200bomer |", Passing: "| Customer |",
		},
		{
			ID: "ENC005", Finds: "an invisible character elsewhere", Serves: serves, Why: "Who signs cannot see it.",
			Mend: "delete the character", Failing: "cross\\u200bing", Passing: "crossing",
		},
		{
			ID: "LIM001", Finds: "a document over 1 MiB, or an image over 10 MiB", Serves: serves, Why: "Nobody reads it before signing.",
			Mend: "split it", Failing: "1,048,577 bytes", Passing: "1,048,576 bytes",
		},
		{
			ID: "LIM002", Finds: "a table over 500 rows", Serves: serves, Why: "Nobody reads it row by row before signing.",
			Mend: "split it by subject", Failing: "501 rows", Passing: "two tables of 251 rows",
		},
		{
			ID: "LIM003", Finds: "front matter over 16 KiB, or nested more than 4 deep", Serves: serves, Why: "Front matter is for fields; nobody reads prose there.",
			Mend: "move what is prose into the text", Failing: "change-summary: (20 pages)", Passing: "change-summary: Names the archive.",
		},
		{
			ID: "LIM004", Finds: "text nested or marked so much that it would take minutes to parse", Serves: serves,
			Why: "Such text is made to stop a reader, not to be read.", Mend: "write it plainly", Failing: ">>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>>> x", Passing: "> x",
		},
	}
}

func hiddenRules() []Rule {
	serves := []string{controlled}
	return []Rule{
		{
			ID: "HID001", Finds: "an HTML comment", Serves: serves, Why: "It is in the bytes that are signed and not in what the signatory sees.",
			Mend: "delete it, or write it as text", Failing: "Approved. <!-- except weekends -->", Passing: "Approved, except at weekends.",
		},
		{
			ID: "HID002", Finds: "raw HTML but <br>", Serves: serves, Why: "It can hide text, or show it otherwise than it stands there.",
			Mend: "write it in Markdown", Failing: "<div hidden>For some.</div>", Passing: "For some.",
		},
		{
			ID: "HID003", Finds: "a link with a scheme but http, https or mailto", Serves: serves, Why: "Such a link runs or opens something instead of leading somewhere.",
			Mend: "link to http, https, mailto or a path", Failing: "[terms](javascript:alert(1))", Passing: "[terms](https://provider.example/terms)",
		},
		{
			ID: "HID004", Finds: "an image that is not in the repository", Serves: serves, Why: "What it shows can change after the signature.",
			Mend: "add the image under a document folder", Failing: "![zones](https://img.example/zones.png)", Passing: "![zones](zones.png)",
		},
		{
			ID: "HID005", Finds: "a reference definition that nothing uses", Serves: serves, Why: "It is shown nowhere.",
			Mend: "delete it, or write it as text", Failing: "[//]: # (for the English staff only)", Passing: "For the English staff only.",
		},
		{
			ID: "HID006", Finds: "an image that no document shows", Serves: serves, Why: "Nobody signs it.",
			Mend: "show it in a document, or delete it", Failing: "policy/old.png, shown nowhere", Passing: "![zones](old.png)",
		},
	}
}

func fileRules() []Rule {
	serves := []string{controlled}
	return []Rule{
		{
			ID: "GIT001", Finds: "something else than a regular file with a document or an image", Serves: serves,
			Why: "What is read through a link, or by another program, is not what is signed.", Mend: "commit a plain file with mode 100644",
			Failing: "120000 policy/cloud.md -> ../draft.md", Passing: "100644 policy/cloud.md",
		},
		{
			ID: "GIT002", Finds: "a path that is not the same for everybody", Serves: serves, Why: "Two names that look alike, or differ only in case, are two documents for one and one for the other.",
			Mend: "rename the file", Failing: "policy/сloud.md (with a Cyrillic с)", Passing: "policy/cloud.md",
		},
		{
			ID: "GIT003", Finds: "a Git LFS pointer", Serves: serves, Why: "The bytes that would be signed are not in the repository.",
			Mend: "commit the file itself", Failing: "version https://git-lfs.github.com/spec/v1", Passing: "the text",
		},
	}
}
