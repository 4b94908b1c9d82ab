package einvoice

import (
	"regexp"
	"slices"

	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/modules/invoicing/einvoice/rules"
)

// Writer writes and checks structured invoices. Its zero value is ready.
type Writer struct{}

var _ invoicing.EInvoices = Writer{}

// syntax is what a format's data are written in.
func syntax(f invoicing.Format) rules.Syntax {
	if f == invoicing.UBL {
		return rules.UBL
	}
	return rules.CII
}

// Write writes the data of a document, or tells what is lacking. What comes out has passed schema and rules.
func (Writer) Write(i invoicing.Invoice, f invoicing.Format) ([]byte, []invoicing.Lack, error) {
	doc, lacks := Map(i)
	if len(lacks) > 0 {
		return nil, lacks, nil
	}
	raw := doc.CII()
	if f == invoicing.UBL {
		raw = doc.UBL()
	}
	verdicts, err := syntax(f).Check(raw)
	if err != nil {
		return nil, nil, err
	}
	for _, v := range verdicts {
		if v.Fatal && !slices.ContainsFunc(lacks, func(l invoicing.Lack) bool { return v.Rule != "" && l.Rule == v.Rule }) {
			lacks = append(lacks, lackOf(v, i))
		}
	}
	if len(lacks) > 0 {
		return nil, lacks, nil
	}
	return raw, nil, nil
}

var term = regexp.MustCompile(`BT-\d+`)

// lackOf tells of a broken rule in the words of the standard, which name the business terms.
func lackOf(v rules.Verdict, i invoicing.Invoice) invoicing.Lack {
	l := invoicing.Lack{Rule: v.Rule, Term: term.FindString(v.Text), Field: "body", Text: v.Text, Mend: invoicing.MendInvoice, MendID: i.ID}
	if v.Rule == "" {
		l.Text = v.Path + " " + v.Text
	}
	if i.TaxMethod == calc.PerLine && (l.Term == "BT-117" || l.Rule == "BR-CO-17") {
		l.Field = "body.tax_method"
		l.Text += " Tax is rounded line by line here; rounding it once per rate mends this."
		return l
	}
	if where, known := mends[l.Term]; known {
		l.Mend, l.Field = where.mend, where.field
		switch l.Mend {
		case invoicing.MendClient:
			l.MendID = i.ClientID
		case invoicing.MendEntity:
			l.MendID = i.EntityID
		case invoicing.MendInvoice:
		}
	}
	return l
}

// mends tells where business terms are entered.
var mends = map[string]struct {
	mend  invoicing.Mend
	field string
}{
	"BT-5": {invoicing.MendInvoice, "body.currency"}, "BT-9": {invoicing.MendInvoice, "body.due_on"}, "BT-10": {invoicing.MendInvoice, "body.reference"},
	"BT-27": {invoicing.MendEntity, "name"}, "BT-29": {invoicing.MendEntity, "registration"}, "BT-30": {invoicing.MendEntity, "registration"},
	"BT-31": {invoicing.MendEntity, "tax_id"}, "BT-32": {invoicing.MendEntity, "tax_id"}, "BT-34": {invoicing.MendEntity, "email"}, "BT-40": {invoicing.MendEntity, "address.country"},
	"BT-44": {invoicing.MendClient, "name"}, "BT-48": {invoicing.MendClient, "tax_id"}, "BT-55": {invoicing.MendClient, "address.country"},
	"BT-84": {invoicing.MendEntity, "bank.account"}, "BT-86": {invoicing.MendEntity, "bank.code"},
	"BT-129": {invoicing.MendInvoice, "body.lines"}, "BT-130": {invoicing.MendInvoice, "body.lines"}, "BT-146": {invoicing.MendInvoice, "body.lines"},
	"BT-151": {invoicing.MendInvoice, "body.lines"}, "BT-153": {invoicing.MendInvoice, "body.lines"},
}
