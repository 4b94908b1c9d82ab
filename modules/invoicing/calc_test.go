package invoicing_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
)

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func tax(name, percent string) invoicing.AppliedTax {
	return invoicing.AppliedTax{ID: name, Name: name, Kind: invoicing.Standard, Percent: dec(percent)}
}

func line(quantity, price, discount string, taxes ...invoicing.AppliedTax) invoicing.SumLine {
	return invoicing.SumLine{Quantity: dec(quantity), UnitPrice: dec(price), DiscountPercent: dec(discount), Taxes: taxes}
}

func calculate(t interface{ Fatal(...any) }, s invoicing.Sum) invoicing.Figures {
	if s.Rounding == "" {
		s.Rounding = money.HalfUp
	}
	f, err := invoicing.Calculate(s)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func wantFigures(t *testing.T, f invoicing.Figures, net, tax, total string) {
	t.Helper()
	if f.Net.Amount() != net || f.Tax.Amount() != tax || f.Total.Amount() != total {
		t.Errorf("net %s tax %s total %s, want %s, %s, %s", f.Net.Amount(), f.Tax.Amount(), f.Total.Amount(), net, tax, total)
	}
}

func TestRule02_ALineIsRoundedOnce(t *testing.T) {
	t.Parallel()
	// 0.3333 × 90.1250 less 7.5 % is 27.785…: rounding the price or the amount first gives another cent.
	f := calculate(t, invoicing.Sum{Currency: "EUR", Method: invoicing.PerLine, Lines: []invoicing.SumLine{line("1.2345", "0.3333", "7.5")}})
	if got := f.Lines[0].Net.Amount(); got != "0.38" { // 0.3806…
		t.Errorf("net %s, want 0.38", got)
	}
	// 1.005 × 1 less 0 %: half a cent, once. And 0.4449 does not climb by way of 0.445.
	f = calculate(t, invoicing.Sum{Currency: "EUR", Method: invoicing.PerLine, Lines: []invoicing.SumLine{line("1.005", "1", "0"), line("1", "0.4449", "0")}})
	if f.Lines[0].Net.Amount() != "1.01" || f.Lines[1].Net.Amount() != "0.44" {
		t.Errorf("nets %s and %s, want 1.01 and 0.44", f.Lines[0].Net.Amount(), f.Lines[1].Net.Amount())
	}
}

func TestRule04_TheTotalIsTheSumOfWhatIsPrinted(t *testing.T) {
	t.Parallel()
	f := calculate(t, invoicing.Sum{Currency: "JPY", Method: invoicing.PerLine, Lines: []invoicing.SumLine{line("1", "100.5", "0"), line("1", "100.5", "0")}})
	if f.Lines[0].Net.Minor != 101 || f.Lines[1].Net.Minor != 101 || f.Net.Minor != 202 {
		t.Errorf("%v + %v = %v, want 101 + 101 = 202", f.Lines[0].Net, f.Lines[1].Net, f.Net)
	}
}

func TestRule09_TaxPerLineOrPerRate(t *testing.T) {
	t.Parallel()
	vat := tax("VAT", "23")
	lines := []invoicing.SumLine{line("1", "55.55", "0", vat), line("1", "11.11", "0", vat)}
	perLine := calculate(t, invoicing.Sum{Currency: "EUR", Method: invoicing.PerLine, Lines: lines})
	if a, b := perLine.Lines[0].Tax.Amount(), perLine.Lines[1].Tax.Amount(); a != "12.78" || b != "2.56" {
		t.Errorf("per line %s and %s, want 12.78 and 2.56", a, b)
	}
	wantFigures(t, perLine, "66.66", "15.34", "82.00")
	perRate := calculate(t, invoicing.Sum{Currency: "EUR", Method: invoicing.PerRate, Lines: lines})
	wantFigures(t, perRate, "66.66", "15.33", "81.99")
}

func TestRule10_OneLineGivesTheSameByBothMethods(t *testing.T) {
	t.Parallel()
	for _, method := range []invoicing.TaxMethod{invoicing.PerLine, invoicing.PerRate} {
		f := calculate(t, invoicing.Sum{Currency: "EUR", Method: method, Lines: []invoicing.SumLine{line("16", "348.35", "4", tax("IVA", "22"))}})
		wantFigures(t, f, "5350.66", "1177.15", "6527.81")
	}
}

func TestRule11_EachTaxIsRoundedByItself(t *testing.T) {
	t.Parallel()
	f := calculate(t, invoicing.Sum{Currency: "CAD", Method: invoicing.PerLine, Lines: []invoicing.SumLine{line("1", "140.00", "0", tax("GST", "5"), tax("QST", "9.975"))}})
	if a, b := f.Taxes[0].Tax.Amount(), f.Taxes[1].Tax.Amount(); a != "7.00" || b != "13.97" {
		t.Errorf("taxes %s and %s, want 7.00 and 13.97", a, b)
	}
	wantFigures(t, f, "140.00", "20.97", "160.97")
}

func TestRule12_WithInclusivePricesTheTaxIsRounded(t *testing.T) {
	t.Parallel()
	f := calculate(t, invoicing.Sum{Currency: "EUR", Method: invoicing.PerLine, PricesIncludeTax: true, Lines: []invoicing.SumLine{line("1", "2.99", "0", tax("VAT", "4"))}})
	wantFigures(t, f, "2.87", "0.12", "2.99")
	// Rounding the net instead, which we do not do, would give 2.88 and 0.11.
	if net := money.HalfUp.Quo(dec("299"), dec("104"), 2).String(); net != "2.88" {
		t.Errorf("the rounded net is %s, want 2.88", net)
	}
}

func TestRule13_InclusiveIsAPropertyOfTheDocument(t *testing.T) {
	t.Parallel()
	lines := []invoicing.SumLine{line("1", "119", "0", tax("VAT", "19")), line("1", "107", "0", tax("reduced", "7")), line("1", "50", "0")}
	wantFigures(t, calculate(t, invoicing.Sum{Currency: "EUR", Method: invoicing.PerRate, PricesIncludeTax: true, Lines: lines}), "250.00", "26.00", "276.00")
	wantFigures(t, calculate(t, invoicing.Sum{Currency: "EUR", Method: invoicing.PerRate, Lines: lines}), "276.00", "30.10", "306.10")
}

func TestAHundredPercentDiscountAndNoLines(t *testing.T) {
	t.Parallel()
	wantFigures(t, calculate(t, invoicing.Sum{Currency: "EUR", Lines: []invoicing.SumLine{line("3", "10", "100", tax("VAT", "19"))}}), "0.00", "0.00", "0.00")
	wantFigures(t, calculate(t, invoicing.Sum{Currency: "EUR"}), "0.00", "0.00", "0.00")
	if _, err := invoicing.Calculate(invoicing.Sum{Currency: "EUR", Rounding: money.HalfUp, Lines: []invoicing.SumLine{line("99999999999999", "999999999999", "0")}}); err == nil {
		t.Error("an amount beyond all range went through")
	}
}

// Whatever the document, what it prints adds up, and negating it negates every figure.
func TestDocumentsAddUp(t *testing.T) {
	t.Parallel()
	pool := []invoicing.AppliedTax{tax("a", "19"), tax("b", "7"), tax("c", "9.975"), tax("d", "0")}
	rapid.Check(t, func(t *rapid.T) {
		s := invoicing.Sum{
			Currency:         rapid.SampledFrom([]string{"JPY", "EUR", "KWD"}).Draw(t, "currency"),
			Rounding:         rapid.SampledFrom([]money.Mode{money.HalfUp, money.HalfEven}).Draw(t, "rounding"),
			Method:           rapid.SampledFrom([]invoicing.TaxMethod{invoicing.PerLine, invoicing.PerRate}).Draw(t, "method"),
			PricesIncludeTax: rapid.Bool().Draw(t, "inclusive"),
		}
		for range rapid.IntRange(1, 12).Draw(t, "lines") {
			l := invoicing.SumLine{
				Quantity:        decimal.New(rapid.Int64Range(-1e7, 1e7).Draw(t, "quantity"), -4),
				UnitPrice:       decimal.New(rapid.Int64Range(0, 1e9).Draw(t, "price"), -6),
				DiscountPercent: decimal.New(rapid.Int64Range(0, 1e6).Draw(t, "discount"), -4),
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
				own = own.Add(a.Tax)
			}
			if own != l.Tax {
				t.Fatalf("taxes of line %+v do not add up", l)
			}
			net, taxes, total = net.Add(l.Net), taxes.Add(l.Tax), total.Add(l.Gross)
		}
		for _, a := range f.Taxes {
			byTax = byTax.Add(a.Tax)
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
