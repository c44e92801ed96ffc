package decision_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vidimus-bot/vidimus/bot/decision"
	dt "github.com/vidimus-bot/vidimus/bot/decision/decisiontest"
	"github.com/vidimus-bot/vidimus/bot/decision/facts"
	"github.com/vidimus-bot/vidimus/bot/document"
	"github.com/vidimus-bot/vidimus/bot/document/control"
)

// weighed is Northquay with severities and a type of its own.
func weighed(extra string, edits ...dt.Edit) *dt.History {
	charter := dt.Northquay()
	charter.Extra = extra
	return dt.Founded(northquay().Keys(), charter, edits...)
}

// travelThat opens a change of travel whose text holds words that a rule warns of.
func travelThat(h *dt.History, body string) decision.Decision {
	h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(travel, body)}})
	return decision.Evaluate(h.Snapshot())
}

func travelOf() dt.Edit { return dt.Put(travel, library()[travel].Bytes()) }

func weights(d decision.Decision) []string {
	var got []string
	for _, f := range d.Findings {
		if f.Rule != "DAT005" { // the library's dates
			got = append(got, string(f.Severity)+" "+f.Rule)
		}
	}
	return got
}

func TestEvaluate_severitiesOfTheOrganisationHoldAndAreRecorded(t *testing.T) {
	const vague = "Travel is booked regularly."
	for name, c := range map[string]struct {
		extra     string
		findings  []string
		overrides []control.Applied
		blocks    bool
	}{
		"none":   {"", []string{"warn WSL001"}, nil, false},
		"raised": {"severities: {WSL001: {to: block}}\n", []string{"block WSL001"}, []control.Applied{{Rule: "WSL001", From: "warn", To: "block", Findings: 1}}, true},
		"off": {
			"severities: {WSL001: {to: \"off\", reason: \"plain words will do\"}}\n", nil,
			[]control.Applied{{Rule: "WSL001", From: "warn", To: "off", Reason: "plain words will do", Findings: 1}},
			false,
		},
		"of a rule that finds nothing": {
			"severities: {CON003: {to: warn, reason: \"no cloud yet\"}}\n",
			[]string{"warn WSL001"},
			[]control.Applied{{Rule: "CON003", From: "block", To: "warn", Reason: "no cloud yet"}},
			false,
		},
	} {
		d := travelThat(weighed(c.extra, travelOf()), vague)
		if diff := cmp.Diff(c.findings, weights(d)); diff != "" {
			t.Errorf("%s: findings (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(c.overrides, d.Overrides); diff != "" {
			t.Errorf("%s: overrides (-want +got):\n%s", name, diff)
		}
		if d.Blocks() != c.blocks {
			t.Errorf("%s: blocks %v, want %v: %v", name, d.Blocks(), c.blocks, told(d))
		}
		roundTrip(t, d)
	}
}

// A decision with its new parts is stored and read like any other.
func roundTrip(t *testing.T, d decision.Decision) {
	t.Helper()
	stored, err := facts.Canonical(d)
	if err != nil {
		t.Fatal(err)
	}
	var again decision.Decision
	if err := facts.ReadCanonical(stored, &again); err != nil {
		t.Errorf("%v\n%s", err, stored)
	}
}

// LAW 7.4: what is signed and by whom is judged alike everywhere.
func TestEvaluate_protectedRulesCannotBeLowered(t *testing.T) {
	for _, rule := range []string{"HID001", "VER001", "FM009", "EXC001", "GIT001", "ENC003", "LIM001", "FM002", "MRG001", "XYZ001"} {
		h := weighed("severities: {"+rule+": {to: warn, reason: \"we like it so\"}}\n", travelOf())
		if d := travelThat(h, "Travel is booked."); !d.Blocks() || len(d.Problems) == 0 || d.Problems[0].Code != decision.CodeUnreadable {
			t.Errorf("%s lowered: %v", rule, told(d))
		}
	}
}

// The proposal cannot change by what it is judged.
func TestEvaluate_severitiesOfTheProposalDoNotHoldYet(t *testing.T) {
	h := weighed("severities: {WSL001: {to: block}}\n", travelOf())
	charter := dt.Northquay()
	h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{text(travel, "Travel is booked regularly."), dt.Put(dt.ConfigPath, charter.YAML())}})
	if d := decision.Evaluate(h.Snapshot()); !d.Blocks() || len(d.Overrides) != 1 {
		t.Errorf("findings %v, overrides %+v", weights(d), d.Overrides)
	}
}

const ownType = `types:
  supplier-note:
    title: supplier note
    folder: records
    prefix: NOT
    fields: {supplier: {about: Who supplies}}
    sections: [Facts]
    signatories: [ciso]
`

func TestEvaluate_typesOfTheOrganisationAreJudged(t *testing.T) {
	note := dt.Text{Type: "supplier-note", ID: "NOT-A", Version: "1.0", Body: "Nimbus supplies."}.Bytes()
	whole := bytes.Replace(bytes.Replace(note, []byte("type: supplier-note\n"), []byte("type: supplier-note\nsupplier: Nimbus\n"), 1),
		[]byte("\nNimbus supplies."), []byte("\n## Facts\n\nNimbus supplies."), 1)
	for name, c := range map[string]struct {
		extra string
		raw   []byte
		want  []string
	}{
		"whole":         {ownType, whole, nil},
		"lacks its own": {ownType, note, []string{"block FM004", "block STR001"}},
		"not described": {"", whole, []string{"block FM005", "warn FM006", "block FM005"}}, // the type; its field; the prefix of its id
	} {
		charter := dt.Northquay()
		charter.Extra = c.extra
		charter.Rules = append(charter.Rules, dt.Rule{For: "{type: supplier-note}", Require: "ciso", Level: "statement"})
		h := dt.Founded(northquay().Keys(), charter)
		h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put("records/nimbus.md", c.raw)}})
		d := decision.Evaluate(h.Snapshot())
		if diff := cmp.Diff(c.want, weights(d)); diff != "" {
			t.Errorf("%s (-want +got):\n%s\n%s", name, diff, c.raw)
		}
		if ok := len(d.Problems) == 0 && len(d.Documents) == 1 && d.Documents[0].Type == "supplier-note" && len(d.MissingRoles()) == 1; !ok {
			t.Errorf("%s: documents %+v, told %v", name, d.Documents, told(d))
		}
	}
}

// Kestrel's documents have a contract of 48 hours; a policy of 24 is not touched by it and breaks it.
func TestEvaluate_impactOfThePolicyIsTold(t *testing.T) {
	files, err := document.ReadFS(os.DirFS("../document/control/testdata/valid"), ".")
	if err != nil {
		t.Fatal(err)
	}
	var edits []dt.Edit
	var policy []byte
	for _, f := range files {
		edits = append(edits, dt.Put(f.Path, f.Bytes))
		if f.Path == "policy/cloud.md" {
			policy = f.Bytes
		}
	}
	charter := dt.Northquay()
	for _, role := range []string{"dpo", "general-counsel", "head-of-harbour"} {
		charter.Roles = append(charter.Roles, dt.Role{ID: role, Holders: []string{dt.Daan}})
	}
	charter.Rules = append(charter.Rules, dt.Rule{For: "{path: \"**\"}", Require: "ciso", Level: "statement"})
	h := dt.Founded(northquay().Keys(), charter, edits...)
	changed := strings.NewReplacer("incident-notification-hours-max: 72", "incident-notification-hours-max: 24", `version: "`, `version: "9`, "change: editorial", "change: material")
	h.Open(dt.Ruben, dt.Act{By: dt.Ruben, Edits: []dt.Edit{dt.Put("policy/cloud.md", []byte(changed.Replace(string(policy))))}})
	d := decision.Evaluate(h.Snapshot())
	want := "Lowering incident-notification-hours-max from 72 to 24 puts 1 contract review out of bounds: contracts/booking.md."
	if len(d.Impacts) != 1 || d.Impacts[0].Path != "policy/cloud.md" || d.Impacts[0].Message != want || !d.Blocks() {
		t.Errorf("impacts %+v, told %v", d.Impacts, told(d))
	}
	roundTrip(t, d)
}
