package redline

// section is a heading of level 2 in the outermost level of nesting with what stands below it; the one before the
// first heading has no title.
type section struct {
	title  string
	blocks []block
	same   bool // nothing changed in it
	gone   bool // the later version has no such section
}

// sections parts merged blocks.
func sections(blocks []block) []section {
	parts := []section{{same: true}}
	for _, b := range blocks {
		if b.kind == heading && b.level == 2 {
			parts = append(parts, section{title: sectionTitle(b), same: true, gone: b.op == deleted})
		}
		last := &parts[len(parts)-1]
		last.blocks = append(last.blocks, b)
		last.same = last.same && b.op == same
	}
	return parts
}

func sectionTitle(b block) string {
	if title := plain(kept(b.spans)); title != "" {
		return title
	}
	if title := plain(b.spans); title != "" {
		return title
	}
	return "(without words)"
}

// sections prints the text with runs of unchanged sections folded.
func (p *printer) sections(blocks []block) []node {
	var nodes []node
	parts := sections(blocks)
	for i := 0; i < len(parts); i++ {
		if !parts[i].same {
			nodes = append(nodes, p.nodes(parts[i].blocks)...)
			continue
		}
		end := i + 1
		for end < len(parts) && parts[end].same {
			end++
		}
		if note := unchangedSections(parts[i:end]); note != "" {
			nodes = append(nodes, node{Kind: "same", Note: note})
		}
		i = end - 1
	}
	return nodes
}

// unchangedSections names a run of unchanged sections; "" for the title alone.
func unchangedSections(parts []section) string {
	if parts[0].title == "" {
		before := parts[0]
		parts = parts[1:]
		if len(parts) == 0 {
			return beginning(before)
		}
	}
	note := count(len(parts), "section") + " unchanged: " + parts[0].title
	if len(parts) > 1 {
		note += " to " + parts[len(parts)-1].title
	}
	return note
}

func beginning(s section) string {
	for _, b := range s.blocks {
		if b.kind != heading {
			return "Beginning unchanged"
		}
	}
	return ""
}

// unchangedBlocks names a run of blocks that did not change.
func unchangedBlocks(blocks []block) string {
	names := map[kind]int{}
	for _, b := range blocks {
		names[b.kind]++
	}
	text := ""
	for _, k := range []kind{paragraph, list, table, quote, code, rule} {
		if names[k] == 0 {
			continue
		}
		if text != "" {
			text += ", "
		}
		text += count(names[k], k.noun())
	}
	return text + " unchanged"
}

func (k kind) noun() string {
	switch k {
	case list:
		return "list"
	case table:
		return "table"
	case quote:
		return "quotation"
	case code:
		return "code block"
	case rule:
		return "dividing line"
	default:
		return "paragraph"
	}
}
