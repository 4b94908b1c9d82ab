package calc_test

import (
	"errors"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func tax(name, percent string) calc.Tax {
	return calc.Tax{ID: name, Name: name, Kind: calc.Standard, Percent: dec(percent)}
}

func line(quantity, price, discount string, taxes ...calc.Tax) calc.Line {
	return calc.Line{Quantity: dec(quantity), UnitPrice: dec(price), Discount: calc.Discount{Percent: dec(discount)}, Taxes: taxes}
}

func calculate(t interface{ Fatal(...any) }, s calc.Sum) calc.Figures {
	if s.Rounding == "" {
		s.Rounding = money.HalfUp
	}
	f, err := calc.Calculate(s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func wantFigures(t *testing.T, f calc.Figures, net, tax, total string) {
	t.Helper()
	if f.Net.Amount() != net || f.Tax.Amount() != tax || f.Total.Amount() != total {
		t.Errorf("net %s tax %s total %s, want %s, %s, %s", f.Net.Amount(), f.Tax.Amount(), f.Total.Amount(), net, tax, total)
	}
}

func TestRule02_ALineIsRoundedOnce(t *testing.T) {
	t.Parallel()
	// 0.3333 × 90.1250 less 7.5 % is 27.785…: rounding the price or the amount first gives another cent.
	f := calculate(t, calc.Sum{Currency: "EUR", Method: calc.PerLine, Lines: []calc.Line{line("1.2345", "0.3333", "7.5")}})
	if got := f.Lines[0].Net.Amount(); got != "0.38" { // 0.3806…
		t.Errorf("net %s, want 0.38", got)
	}
	// 1.005 × 1 less 0 %: half a cent, once. And 0.4449 does not climb by way of 0.445.
	f = calculate(t, calc.Sum{Currency: "EUR", Method: calc.PerLine, Lines: []calc.Line{line("1.005", "1", "0"), line("1", "0.4449", "0")}})
	if f.Lines[0].Net.Amount() != "1.01" || f.Lines[1].Net.Amount() != "0.44" {
		t.Errorf("nets %s and %s, want 1.01 and 0.44", f.Lines[0].Net.Amount(), f.Lines[1].Net.Amount())
	}
}

func TestRule04_TheTotalIsTheSumOfWhatIsPrinted_odoo_odoo_265433(t *testing.T) {
	t.Parallel()
	f := calculate(t, calc.Sum{Currency: "JPY", Method: calc.PerLine, Lines: []calc.Line{line("1", "100.5", "0"), line("1", "100.5", "0")}})
	if f.Lines[0].Net.Minor != 101 || f.Lines[1].Net.Minor != 101 || f.Net.Minor != 202 {
		t.Errorf("%v + %v = %v, want 101 + 101 = 202", f.Lines[0].Net, f.Lines[1].Net, f.Net)
	}
}

func TestRule09_TaxPerLineOrPerRate_odoo_odoo_36675(t *testing.T) {
	t.Parallel()
	vat := tax("VAT", "23")
	lines := []calc.Line{line("1", "55.55", "0", vat), line("1", "11.11", "0", vat)}
	perLine := calculate(t, calc.Sum{Currency: "EUR", Method: calc.PerLine, Lines: lines})
	if a, b := perLine.Lines[0].Tax.Amount(), perLine.Lines[1].Tax.Amount(); a != "12.78" || b != "2.56" {
		t.Errorf("per line %s and %s, want 12.78 and 2.56", a, b)
	}
	wantFigures(t, perLine, "66.66", "15.34", "82.00")
	perRate := calculate(t, calc.Sum{Currency: "EUR", Method: calc.PerRate, Lines: lines})
	wantFigures(t, perRate, "66.66", "15.33", "81.99")
}

func TestRule10_OneLineGivesTheSameByBothMethods_odoo_odoo_37896(t *testing.T) {
	t.Parallel()
	for _, method := range []calc.Method{calc.PerLine, calc.PerRate} {
		f := calculate(t, calc.Sum{Currency: "EUR", Method: method, Lines: []calc.Line{line("16", "348.35", "4", tax("IVA", "22"))}})
		wantFigures(t, f, "5350.66", "1177.15", "6527.81")
	}
}

func TestRule11_EachTaxIsRoundedByItself_invoiceninja_1453(t *testing.T) {
	t.Parallel()
	f := calculate(t, calc.Sum{Currency: "CAD", Method: calc.PerLine, Lines: []calc.Line{line("1", "140.00", "0", tax("GST", "5"), tax("QST", "9.975"))}})
	if a, b := f.Taxes[0].Amount.Amount(), f.Taxes[1].Amount.Amount(); a != "7.00" || b != "13.97" {
		t.Errorf("taxes %s and %s, want 7.00 and 13.97", a, b)
	}
	wantFigures(t, f, "140.00", "20.97", "160.97")
}

func TestRule12_WithInclusivePricesTheTaxIsRounded(t *testing.T) {
	t.Parallel()
	f := calculate(t, calc.Sum{Currency: "EUR", Method: calc.PerLine, PricesIncludeTax: true, Lines: []calc.Line{line("1", "2.99", "0", tax("VAT", "4"))}})
	wantFigures(t, f, "2.87", "0.12", "2.99")
	// Rounding the net instead, which we do not do, would give 2.88 and 0.11.
	if net := money.HalfUp.Quo(dec("299"), dec("104"), 2).String(); net != "2.88" {
		t.Errorf("the rounded net is %s, want 2.88", net)
	}
}

func TestRule13_InclusiveIsAPropertyOfTheDocument(t *testing.T) {
	t.Parallel()
	lines := []calc.Line{line("1", "119", "0", tax("VAT", "19")), line("1", "107", "0", tax("reduced", "7")), line("1", "50", "0")}
	wantFigures(t, calculate(t, calc.Sum{Currency: "EUR", Method: calc.PerRate, PricesIncludeTax: true, Lines: lines}), "250.00", "26.00", "276.00")
	wantFigures(t, calculate(t, calc.Sum{Currency: "EUR", Method: calc.PerRate, Lines: lines}), "276.00", "30.10", "306.10")
}

func TestRule06_TheDiscountIsSpreadBeforeTax(t *testing.T) {
	t.Parallel()
	vat, reduced := tax("VAT", "19"), tax("reduced", "7")
	// 10.00 off 100.00 + 100.00 + 100.00: 3.34, 3.33 and 3.33, so the bases are 96.66, 96.67 and 96.67.
	s := calc.Sum{Currency: "EUR", Method: calc.PerRate, Discount: calc.Discount{Amount: dec("10")}, Lines: []calc.Line{
		line("1", "100", "0", vat), line("1", "100", "0", reduced), line("1", "100", "0"),
	}}
	f := calculate(t, s)
	if a, b, c := f.Lines[0].Share.Amount(), f.Lines[1].Share.Amount(), f.Lines[2].Share.Amount(); a != "3.34" || b != "3.33" || c != "3.33" {
		t.Errorf("shares %s, %s, %s, want 3.34, 3.33, 3.33", a, b, c)
	}
	if a, b := f.Taxes[0], f.Taxes[1]; a.Base.Amount() != "96.66" || a.Amount.Amount() != "18.37" || b.Base.Amount() != "96.67" || b.Amount.Amount() != "6.77" {
		t.Errorf("taxes %v of %v and %v of %v, want 18.37 of 96.66 and 6.77 of 96.67", a.Amount, a.Base, b.Amount, b.Base)
	}
	wantFigures(t, f, "290.00", "25.14", "315.14")
	// A percentage comes to the same as its amount, and both mirror.
	s.Discount = calc.Discount{Percent: dec("3.3333")}
	wantFigures(t, calculate(t, s), "290.00", "25.14", "315.14")
	for i := range s.Lines {
		s.Lines[i].Quantity = s.Lines[i].Quantity.Neg()
	}
	wantFigures(t, calculate(t, s), "-290.00", "-25.14", "-315.14")
	s.Discount = calc.Discount{Amount: dec("300.01")}
	if _, err := calc.Calculate(s); !errors.Is(err, calc.ErrDiscount) {
		t.Errorf("more than the document: %v", err)
	}
	s.Lines[1].Discount.Amount = dec("100.01")
	at := (*calc.LineError)(nil)
	if _, err := calc.Calculate(s); !errors.As(err, &at) || at.Line != 1 || !errors.Is(err, calc.ErrLineDiscount) {
		t.Errorf("more than the line: %v", err)
	}
}

func TestRule08_CreditingEveryLineMirrorsTheInvoice(t *testing.T) {
	t.Parallel()
	vat := tax("VAT", "23")
	s := calc.Sum{Currency: "EUR", Rounding: money.HalfUp, Method: calc.PerRate, Lines: []calc.Line{line("1", "55.55", "0", vat), line("1", "11.11", "0", vat)}}
	zero := money.Zero("EUR")
	first, err := calc.Credit(s, []money.Money{zero, zero}, []money.Money{money.Of(5555, "EUR"), zero}, nil)
	if err != nil {
		t.Fatal(err)
	}
	wantFigures(t, first, "55.55", "12.78", "68.33")
	// By itself 11.11 would bear 2.56 and both together 15.34, a cent more than the invoice.
	second, err := calc.Credit(s, []money.Money{money.Of(5555, "EUR"), zero}, []money.Money{zero, money.Of(1111, "EUR")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	wantFigures(t, second, "11.11", "2.55", "13.66")
	wantFigures(t, calculate(t, s), "66.66", "15.33", "81.99")
}

func TestRule15_CompoundAndWithheldTaxes(t *testing.T) {
	t.Parallel()
	gst, qst, irpf := tax("GST", "5"), tax("QST", "9.5"), calc.Tax{ID: "IRPF", Name: "IRPF", Kind: calc.Withholding, Percent: dec("15")}
	qst.Compound = true
	// As in Quebec before 2013: 9.5 % on 1,000.00 and the 50.00 of the first tax.
	s := calc.Sum{Currency: "CAD", Method: calc.PerLine, Lines: []calc.Line{line("1", "1000", "0", qst, gst)}}
	f := calculate(t, s)
	if b := f.Taxes[1]; b.Name != "QST" || b.Base.Amount() != "1050.00" || b.Amount.Amount() != "99.75" {
		t.Errorf("%s %v on %v, want 99.75 on 1050.00", b.Name, b.Amount, b.Base)
	}
	wantFigures(t, f, "1000.00", "149.75", "1149.75")
	s.PricesIncludeTax, s.Lines = true, []calc.Line{line("1", "1149.75", "0", gst, qst)}
	f = calculate(t, s)
	wantFigures(t, f, "1000.00", "149.75", "1149.75")
	if f.Taxes[0].Amount.Amount() != "50.00" || f.Taxes[1].Amount.Amount() != "99.75" {
		t.Errorf("taken out of the price: %v and %v", f.Taxes[0].Amount, f.Taxes[1].Amount)
	}
	// 21 % VAT, 15 % withheld: the total stays, 150.00 less is to be paid.
	f = calculate(t, calc.Sum{Currency: "EUR", Method: calc.PerRate, Lines: []calc.Line{line("1", "1000", "0", irpf, tax("IVA", "21"))}})
	wantFigures(t, f, "1000.00", "210.00", "1210.00")
	if f.Withheld.Amount() != "150.00" || f.Payable.Amount() != "1060.00" {
		t.Errorf("withheld %v, to pay %v, want 150.00 and 1060.00", f.Withheld, f.Payable)
	}
}

func TestRule16_ThreeWaysToAddNoTax(t *testing.T) {
	t.Parallel()
	none := func(id string, k calc.Kind) calc.Tax {
		return calc.Tax{ID: id, Name: id, Kind: k, LegalText: "by law " + id}
	}
	f := calculate(t, calc.Sum{Currency: "EUR", Method: calc.PerRate, Lines: []calc.Line{
		line("1", "10", "0", none("Z", calc.ZeroRated)), line("1", "20", "0", none("E", calc.Exempt)), line("1", "30", "0", none("AE", calc.ReverseCharge)),
	}})
	wantFigures(t, f, "60.00", "0.00", "60.00")
	for n, want := range []string{"10.00", "20.00", "30.00"} {
		if got := f.Taxes[n]; got.Base.Amount() != want || got.LegalText == "" || !got.Amount.IsZero() {
			t.Errorf("%+v, want a base of %s and its own text", got, want)
		}
	}
}

func TestAHundredPercentDiscountAndNoLines(t *testing.T) {
	t.Parallel()
	wantFigures(t, calculate(t, calc.Sum{Currency: "EUR", Lines: []calc.Line{line("3", "10", "100", tax("VAT", "19"))}}), "0.00", "0.00", "0.00")
	wantFigures(t, calculate(t, calc.Sum{Currency: "EUR"}), "0.00", "0.00", "0.00")
	if _, err := calc.Calculate(calc.Sum{Currency: "EUR", Rounding: money.HalfUp, Lines: []calc.Line{line("99999999999999", "999999999999", "0")}}); err == nil {
		t.Error("an amount beyond all range went through")
	}
}

// Whatever the document, what it prints adds up, and negating it negates every figure.
func TestDocumentsAddUp(t *testing.T) {
	t.Parallel()
	pool := []calc.Tax{tax("a", "19"), tax("b", "7"), tax("c", "9.975"), tax("d", "0")}
	rapid.Check(t, func(t *rapid.T) {
		s := calc.Sum{
			Currency:         rapid.SampledFrom([]string{"JPY", "EUR", "KWD"}).Draw(t, "currency"),
			Rounding:         rapid.SampledFrom([]money.Mode{money.HalfUp, money.HalfEven}).Draw(t, "rounding"),
			Method:           rapid.SampledFrom([]calc.Method{calc.PerLine, calc.PerRate}).Draw(t, "method"),
			PricesIncludeTax: rapid.Bool().Draw(t, "inclusive"),
		}
		for range rapid.IntRange(1, 12).Draw(t, "lines") {
			l := calc.Line{
				Quantity:  decimal.New(rapid.Int64Range(-1e7, 1e7).Draw(t, "quantity"), -4),
				UnitPrice: decimal.New(rapid.Int64Range(0, 1e9).Draw(t, "price"), -6),
				Discount:  calc.Discount{Percent: decimal.New(rapid.Int64Range(0, 1e6).Draw(t, "discount"), -4)},
			}
			for i, applied := range pool {
				if rapid.IntRange(0, 2).Draw(t, "tax") == i {
					l.Taxes = append(l.Taxes, applied)
				}
			}
			s.Lines = append(s.Lines, l)
		}
		f := calculate(t, s)
		net, taxes, total, byTax := money.Zero(s.Currency), money.Zero(s.Currency), money.Zero(s.Currency), money.Zero(s.Currency)
		for _, l := range f.Lines {
			if l.Net.Add(l.Tax) != l.Gross {
				t.Fatalf("line %+v does not add up", l)
			}
			own := money.Zero(s.Currency)
			for _, a := range l.Taxes {
				own = own.Add(a.Amount)
			}
			if own != l.Tax {
				t.Fatalf("taxes of line %+v do not add up", l)
			}
			net, taxes, total = net.Add(l.Net), taxes.Add(l.Tax), total.Add(l.Gross)
		}
		for _, a := range f.Taxes {
			byTax = byTax.Add(a.Amount)
		}
		if f.Net != net || f.Tax != taxes || f.Total != total || f.Tax != byTax || f.Net.Add(f.Tax) != f.Total {
			t.Fatalf("%+v does not add up", f)
		}
		for i := range s.Lines {
			s.Lines[i].Quantity = s.Lines[i].Quantity.Neg()
		}
		if mirror := calculate(t, s); mirror.Total != f.Total.Neg() || mirror.Net != f.Net.Neg() {
			t.Fatalf("mirrored total %v of %v", mirror.Total, f.Total)
		}
	})
}
