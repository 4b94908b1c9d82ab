package einvoice_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/modules/invoicing/einvoice"
	"github.com/bureauhq/bureau/modules/invoicing/einvoice/rules"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func vat(percent string) calc.Tax {
	return calc.Tax{ID: "vat" + percent, Name: "VAT", Kind: calc.Standard, Percent: dec(percent)}
}

func sum(lines ...calc.Line) calc.Sum {
	return calc.Sum{Currency: "EUR", Rounding: money.HalfUp, Method: calc.PerRate, Lines: lines}
}

func line(quantity, price string, taxes ...calc.Tax) calc.Line {
	return calc.Line{Quantity: dec(quantity), UnitPrice: dec(price), Taxes: taxes}
}

func made(t *testing.T, s calc.Sum) invoicing.Invoice {
	t.Helper()
	f, err := calc.Calculate(s)
	if err != nil {
		t.Fatal(err)
	}
	return invoiceOf(s, f)
}

func written(t *testing.T, i invoicing.Invoice, f invoicing.Format) string {
	t.Helper()
	raw, lacks, err := einvoice.Writer{}.Write(i, f)
	if err != nil || len(lacks) > 0 {
		t.Fatalf("%s: %+v, %v", f, lacks, err)
	}
	return string(raw)
}

// What is lacking is told with its term and the place where it is mended.
func TestWhatIsLackingIsToldWithWhereToMendIt(t *testing.T) {
	t.Parallel()
	reverse := calc.Tax{ID: "rc", Name: "Reverse charge", Kind: calc.ReverseCharge, LegalText: "Reverse charge"}
	for name, c := range map[string]struct {
		sum    calc.Sum
		change func(*invoicing.Invoice)
		want   invoicing.Lack
	}{
		"the buyer's country": {
			sum(line("1", "100", vat("19"))), func(i *invoicing.Invoice) { i.Document.Buyer.Postal.Country = "" },
			invoicing.Lack{Term: "BT-55", Field: "address.country", Mend: invoicing.MendClient, MendID: "client"},
		},
		"the seller's country": {
			sum(line("1", "100", vat("19"))), func(i *invoicing.Invoice) { i.Document.Seller.Postal = invoicing.Address{} },
			invoicing.Lack{Term: "BT-40", Field: "address.country", Mend: invoicing.MendEntity, MendID: "entity"},
		},
		"a country that there is not": {
			sum(line("1", "100", vat("19"))), func(i *invoicing.Invoice) { i.Document.Buyer.Postal.Country = "XX" },
			invoicing.Lack{Rule: "BR-CL-14", Mend: invoicing.MendInvoice, Field: "body", MendID: "invoice"},
		},
		"the seller's tax id": {
			sum(line("1", "100", vat("19"))), func(i *invoicing.Invoice) { i.Document.Seller.TaxID = "" },
			invoicing.Lack{Term: "BT-31", Field: "tax_id", Mend: invoicing.MendEntity, MendID: "entity"},
		},
		"the buyer's VAT id for reverse charge": {
			sum(line("1", "100", reverse)), func(i *invoicing.Invoice) { i.Document.Buyer.TaxID = "12/345" },
			invoicing.Lack{Term: "BT-48", Field: "tax_id", Mend: invoicing.MendClient, MendID: "client"},
		},
		"a unit's code": {
			sum(line("1", "100", vat("19"))), func(i *invoicing.Invoice) { i.Lines[0].Unit = "bananas" },
			invoicing.Lack{Term: "BT-130", Field: "body.lines[0].unit", Mend: invoicing.MendInvoice, MendID: "invoice"},
		},
		"a line without tax beside others": {
			sum(line("1", "100", vat("19")), line("1", "50")), nil,
			invoicing.Lack{Term: "BT-151", Field: "body.lines[1].tax_rate_ids", Mend: invoicing.MendInvoice, MendID: "invoice"},
		},
		"two taxes on a line": {
			sum(line("1", "100", vat("19"), vat("7"))), nil,
			invoicing.Lack{Term: "BT-151", Field: "body.lines[0].tax_rate_ids", Mend: invoicing.MendInvoice, MendID: "invoice"},
		},
	} {
		i := made(t, c.sum)
		if c.change != nil {
			c.change(&i)
		}
		for _, f := range []invoicing.Format{invoicing.CII, invoicing.UBL} {
			raw, lacks, err := einvoice.Writer{}.Write(i, f)
			found := slices.ContainsFunc(lacks, func(l invoicing.Lack) bool {
				text := l.Text
				l.Text = ""
				if c.want.Rule != "" { // its term is the rule's business
					l.Term = c.want.Term
				}
				return text != "" && l == c.want
			})
			if !found || raw != nil || err != nil {
				t.Errorf("%s in %s: %+v, %v; want %+v", name, f, lacks, err, c.want)
			}
		}
	}
}

// Categories, reasons and totals are said as the standard wants them.
func TestEachKindOfTaxHasItsCategory(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tax  []calc.Tax
		want []string
	}{
		"standard":       {[]calc.Tax{vat("19")}, []string{"<cbc:ID>S</cbc:ID>", "<cbc:Percent>19</cbc:Percent>"}},
		"zero":           {[]calc.Tax{{ID: "z", Kind: calc.ZeroRated}}, []string{"<cbc:ID>Z</cbc:ID>"}},
		"exempt":         {[]calc.Tax{{ID: "e", Kind: calc.Exempt, LegalText: "Exempt by § 4"}}, []string{"<cbc:ID>E</cbc:ID>", "Exempt by § 4"}},
		"reverse charge": {[]calc.Tax{{ID: "r", Kind: calc.ReverseCharge, LegalText: "Reverse charge"}}, []string{"<cbc:ID>AE</cbc:ID>", "VATEX-EU-AE", "FR12345678901"}},
		"none":           {nil, []string{"<cbc:ID>O</cbc:ID>", "VATEX-EU-O"}},
		"withholding": {
			[]calc.Tax{vat("21"), {ID: "w", Name: "IRPF", Kind: calc.Withholding, Percent: dec("15")}},
			[]string{`<cbc:PrepaidAmount currencyID="EUR">15.00</`, `<cbc:PayableAmount currencyID="EUR">106.00</`, `<cbc:TaxInclusiveAmount currencyID="EUR">121.00</`, "IRPF 15 %: -15.00 EUR"},
		},
	} {
		i := made(t, sum(line("1", "100", c.tax...)))
		written(t, i, invoicing.CII)
		text := written(t, i, invoicing.UBL)
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not say %s in\n%s", name, want, text)
			}
		}
	}
}

// A discount on the document becomes one allowance a category, and prices with tax become prices without.
func TestDiscountsAndInclusivePrices(t *testing.T) {
	t.Parallel()
	s := sum(line("1", "100", vat("19")), line("1", "100", vat("7")), line("1", "100", vat("19")))
	s.Discount.Amount = dec("10")
	doc, lacks := einvoice.Map(made(t, s))
	if len(lacks) > 0 || len(doc.Allowances) != 2 || doc.Allowances[0].Amount.Amount() != "6.67" || doc.Allowances[1].Amount.Amount() != "3.33" || doc.LineTotal.Amount() != "300.00" {
		t.Errorf("allowances %+v of %v, %v", doc.Allowances, doc.LineTotal, lacks)
	}
	s = sum(line("2", "119", vat("19")))
	s.PricesIncludeTax = true
	doc, _ = einvoice.Map(made(t, s))
	if l := doc.Lines[0]; !l.Price.Equal(dec("100")) || l.Net.Amount() != "200.00" || doc.Tax.Amount() != "38.00" {
		t.Errorf("line %+v, tax %v", l, doc.Tax)
	}
	s = sum(line("1", "100", vat("19")), line("1", "-40", vat("19")))
	doc, _ = einvoice.Map(made(t, s))
	if l := doc.Lines[1]; !l.Price.Equal(dec("40")) || !l.Quantity.Equal(dec("-1")) || l.Net.Amount() != "-40.00" {
		t.Errorf("what is given back: %+v", l)
	}
}

func TestACreditNoteNamesItsInvoice(t *testing.T) {
	t.Parallel()
	i := made(t, sum(line("1", "100", vat("19"))))
	on := day.MustParse("2026-03-02")
	i.Kind, i.Document.Kind, i.Document.CreditsNumber, i.Document.CreditsOn, i.Document.Number = invoicing.CreditNote, invoicing.CreditNote, "INV-2026-0042", &on, "CN-2026-0001"
	i.Document.Bank = invoicing.Bank{}
	if text := written(t, i, invoicing.CII); !strings.Contains(text, "<ram:TypeCode>381<") || !strings.Contains(text, "<ram:IssuerAssignedID>INV-2026-0042<") {
		t.Error(text)
	}
	if text := written(t, i, invoicing.UBL); !strings.Contains(text, "<CreditNote ") || !strings.Contains(text, "<cbc:CreditedQuantity") || strings.Contains(text, "cbc:DueDate") {
		t.Error(text)
	}
}

// Deposits that were billed before are paid in advance, with a note of their own; what is rounded for cash is said.
func TestDepositsAndCashRounding(t *testing.T) {
	t.Parallel()
	i := made(t, sum(line("1", "100", vat("19"))))
	i.Document.Deductions = []invoicing.Deduction{{Number: "INV-2026-0007", On: day.MustParse("2026-01-05"), Net: money.Of(4202, "EUR")}}
	i.Deducted, i.Cash = money.Of(5000, "EUR"), money.Of(-2, "EUR")
	for format, want := range map[invoicing.Format][]string{
		invoicing.CII: {"<ram:TotalPrepaidAmount>50.00<", "<ram:RoundingAmount>-0.02<", "<ram:DuePayableAmount>68.98<", "INV-2026-0007"},
		invoicing.UBL: {">50.00</cbc:PrepaidAmount>", ">-0.02</cbc:PayableRoundingAmount>", ">68.98</cbc:PayableAmount>", "INV-2026-0007"},
	} {
		text := written(t, i, format)
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("%s does not say %s in\n%s", format, part, text)
			}
		}
	}
	i.Document.Kind = invoicing.Deposit
	if text := written(t, i, invoicing.CII); !strings.Contains(text, "<ram:TypeCode>386<") {
		t.Error(text)
	}
}

// The judge finds what is wrong: documents that are changed after they were written do not pass.
func TestAChangedDocumentDoesNotPass(t *testing.T) {
	t.Parallel()
	i := made(t, sum(line("1", "100", vat("19"))))
	for _, c := range []struct {
		format   invoicing.Format
		old, new string
		rule     string // empty: the schema
	}{
		{invoicing.CII, "<ram:GrandTotalAmount>119.00<", "<ram:GrandTotalAmount>119.01<", "BR-CO-15"},
		{invoicing.CII, "<ram:InvoiceCurrencyCode>EUR<", "<ram:InvoiceCurrencyCode>EUX<", "BR-CL-04"},
		{invoicing.CII, "<ram:LineTotalAmount>100.00<", "<ram:LineTotalAmount>100.001<", "BR-DEC-23"},
		{invoicing.CII, "<ram:DuePayableAmount>119.00</ram:DuePayableAmount>", "", "BR-15"},
		{invoicing.CII, "ram:BuyerReference>", "ram:BuyerRef>", ""},
		{invoicing.CII, `<udt:DateTimeString format="102">20260227</udt:DateTimeString>`, "", ""}, // one of two is to be there
		{invoicing.CII, `unitCode="HUR"`, `unit="HUR"`, ""},
		{invoicing.UBL, ">119.00</cbc:PayableAmount>", ">118.00</cbc:PayableAmount>", "BR-CO-16"},
		{invoicing.UBL, "<cbc:ID>S</cbc:ID>", "<cbc:ID>Q</cbc:ID>", "BR-CL-17"},
		{invoicing.UBL, "<cbc:IssueDate>2026-03-02<", "<cbc:IssueDate>yesterday<", ""},
		{invoicing.UBL, "<cbc:ID>INV-2026-0042</cbc:ID>", "", ""},
	} {
		syntax := rules.CII
		if c.format == invoicing.UBL {
			syntax = rules.UBL
		}
		raw := []byte(written(t, i, c.format))
		changed := bytes.ReplaceAll(raw, []byte(c.old), []byte(c.new))
		if bytes.Equal(raw, changed) {
			t.Errorf("%s does not say %s", c.format, c.old)
			continue
		}
		verdicts, err := syntax.Check(changed)
		if err != nil || !slices.ContainsFunc(verdicts, func(v rules.Verdict) bool { return v.Rule == c.rule && v.Fatal }) {
			t.Errorf("%s for %s: %+v, %v; want %q", c.new, c.old, verdicts, err, c.rule)
		}
	}
}

func TestIBANsAreKnownByTheirCheckDigits(t *testing.T) {
	t.Parallel()
	for account, want := range map[string]bool{
		"DE02 1203 0000 0000 2020 51": true, "de02120300000000202051": true, "GB29 NWBK 6016 1331 9268 19": true, "NO9386011117947": true,
		"DE03 1203 0000 0000 2020 51": false, "12345678": false, "": false, "DE02": false, "DE02 1203 0000 0000 2020 5?": false,
	} {
		if invoicing.IsIBAN(account) != want {
			t.Errorf("%s: %v", account, !want)
		}
	}
}
