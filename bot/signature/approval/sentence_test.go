package approval_test

import (
	"strings"
	"testing"

	"github.com/vidimus-bot/vidimus/bot/signature/approval"
)

func sampleValues() approval.SentenceValues {
	return approval.SentenceValues{
		Name: "Tomasz Wiśniewski", Role: "Head of IT", Organisation: "Northquay Logistics DAC",
		Title: "Shared responsibility, AWS", ID: "SRM-AWS-PRODUCTION", Version: "3.0", Path: ".vidimus.yml",
		SHA256: strings.Repeat("e", 64), Effective: "2026-10-05", Expires: "2027-03-31", Date: "2026-10-07", Department: "IT",
	}
}

// The wordings are formats: a change of one is a new version of it.
func TestSentence_isTheWordingOfTheLaw(t *testing.T) {
	digits := strings.Repeat("e", 64)
	approve := "I, Tomasz Wiśniewski, acting as Head of IT of Northquay Logistics DAC, have read Shared responsibility, AWS (SRM-AWS-PRODUCTION) version 3.0, SHA-256 " +
		digits + ", in full. I approve it for use from 2026-10-05, I am authorised to do so, and I intend this statement to be my signature."
	for template, want := range map[approval.Template]string{
		approval.TemplateApprove:          approve,
		approval.TemplateResponsibilities: approve + " I accept for Northquay Logistics DAC every task marked Customer and our part of every task marked Shared.",
		approval.TemplateContract: approve + " I have compared the agreement named there with our policy; the table of provisions states its terms correctly" +
			" to the best of my knowledge. This approves the review; it does not sign the agreement.",
		approval.TemplateRisk: approve + " I accept the residual risk described there until 2027-03-31.",
		approval.TemplateConfiguration: "I, Tomasz Wiśniewski, acting as Head of IT of Northquay Logistics DAC, have read .vidimus.yml, SHA-256 " + digits +
			", and approve who may sign and by which rules. I am authorised to do so, and I intend this statement to be my signature.",
		approval.TemplateDelete: "I, Tomasz Wiśniewski, acting as Head of IT of Northquay Logistics DAC, have read Shared responsibility, AWS (SRM-AWS-PRODUCTION) version 3.0, SHA-256 " +
			digits + ", in full. I approve that it is deleted, I am authorised to do so, and I intend this statement to be my signature.",
		approval.TemplateReceipt: "I, Tomasz Wiśniewski, head of IT, confirm that I received Shared responsibility, AWS (SRM-AWS-PRODUCTION) version 3.0, SHA-256 " + digits +
			", on 2026-10-07, have read it, and will make it known in my department. This is a receipt, not an approval of the content.",
		approval.TemplateWithdraw: "I withdraw my signature of 2026-10-07 under SRM-AWS-PRODUCTION 3.0.",
	} {
		if got, err := approval.Sentence(template, sampleValues()); err != nil || got != want {
			t.Errorf("Sentence(%s) = %q, %v\nwant %q", template, got, err, want)
		}
	}
}

func TestSentence_saysWhoADeputyStandsInFor(t *testing.T) {
	v := sampleValues()
	v.Holder, v.From, v.To = "Aoife Brannigan", "2026-12-20", "2027-01-06"
	phrase, err := approval.Sentence(approval.TemplateDeputy, v)
	if want := "as deputy of Aoife Brannigan from 2026-12-20 to 2027-01-06"; err != nil || phrase != want {
		t.Errorf("Sentence(deputy) = %q, %v, want %q", phrase, err, want)
	}
	whole, err := approval.Sentence(approval.TemplateApprove, v)
	if err != nil || !strings.Contains(whole, "of Northquay Logistics DAC "+phrase+", have read") {
		t.Errorf("a deputy's approval = %q, %v, want it to hold %q", whole, err, phrase)
	}
}

func TestSentence_namesImagesAndLeavesOutWhatIsNotThere(t *testing.T) {
	v := sampleValues()
	v.Images, v.Effective = strings.Repeat("d", 64), ""
	got, err := approval.Sentence(approval.TemplateApprove, v)
	if err != nil || !strings.Contains(got, ", with the images that it shows, SHA-256 "+v.Images+", in full. I approve it for use, I am") {
		t.Errorf("Sentence = %q, %v", got, err)
	}
}

func TestSentence_readsNoWordingInValues(t *testing.T) {
	v := sampleValues()
	v.Title = "{sha256} [{nothing}]"
	got, err := approval.Sentence(approval.TemplateApprove, v)
	if err != nil || !strings.Contains(got, "have read {sha256} [{nothing}] (SRM") {
		t.Errorf("Sentence = %q, %v, want the title as it is", got, err)
	}
}

func TestSentence_namesWhatIsMissing(t *testing.T) {
	v := sampleValues()
	v.SHA256 = ""
	if got, err := approval.Sentence(approval.TemplateApprove, v); err == nil || !strings.Contains(err.Error(), "sha256") {
		t.Errorf("without a digest: %q, %v", got, err)
	}
	if got, err := approval.Sentence("approve/2", sampleValues()); err == nil || !strings.Contains(err.Error(), "approve/2") {
		t.Errorf("unknown wording: %q, %v", got, err)
	}
}

func TestTemplateFor_goesByTypeAndRole(t *testing.T) {
	for _, c := range []struct {
		docType, role string
		want          approval.Template
	}{
		{"cloud-usage-policy", "ciso", approval.TemplateApprove},
		{"shared-responsibility-matrix", "head-of-it", approval.TemplateResponsibilities},
		{"shared-responsibility-matrix", "ciso", approval.TemplateApprove},
		{"contract-review", "general-counsel", approval.TemplateContract},
		{"contract-review", "ciso", approval.TemplateApprove},
		{"exception", "ciso", approval.TemplateRisk},
		{"configuration", "ciso", approval.TemplateConfiguration},
		{"key", "self", approval.TemplateConfiguration},
		{"", "", approval.TemplateApprove},
	} {
		if got := approval.TemplateFor(c.docType, c.role); got != c.want {
			t.Errorf("TemplateFor(%q, %q) = %s, want %s", c.docType, c.role, got, c.want)
		}
	}
}
