package app_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/modules/invoicing/calc/exact"
)

// figures are what every view of an invoice tells.
type figures struct {
	Subtotal, Discount, Net, Tax, Total, Withheld, Payable amount
	Taxes                                                  []struct {
		ID  string
		Tax amount
	}
}

// One document, one total: live figures, draft, list, preview, issued record,
// document, PDF and portal all show what exact fractions come to.
func TestEveryViewOfAnInvoiceShowsTheExactFigures(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	finance, owner := env.As(t, "finance"), env.As(t, "owner")
	client, _ := newClient(t, env)
	var pia struct{ ID string }
	owner.POST(t, "/api/v1/clients/"+client+"/contacts", map[string]any{"name": "Pia", "email": "pia+" + id.New() + "@payer.test"}).Expect(t, http.StatusCreated).JSON(t, &pia)
	contact := env.Contact(t, pia.ID, client)

	rates := map[string]string{} // the id in exact → the id here
	for _, x := range exact.Taxes {
		var made struct{ ID string }
		finance.POST(t, "/api/v1/tax-rates", map[string]any{
			"name": x.Name, "kind": x.Kind, "percent": x.Percent.String(), "compound": x.Compound, "legal_text": x.LegalText,
		}).Expect(t, http.StatusCreated).JSON(t, &made)
		rates[x.ID] = made.ID
	}
	sayable(t, env, client)
	for _, currency := range []string{"EUR", "JPY", "KWD"} {
		finance.POST(t, "/api/v1/exchange-rates", map[string]any{"currency": currency, "on": time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly), "value": "0.0123456789"}).Expect(t, http.StatusOK)
	}
	r := rand.New(rand.NewPCG(20261125, 3))
	issued, said := 0, 0
	for issued < views(t) {
		s := exact.Random(r)
		if issued%2 == 0 { // one tax a line, so that it can be said as an e-invoice
			for n := range s.Lines {
				s.Lines[n].Taxes = []calc.Tax{exact.Taxes[(issued+n)%2]}
			}
		}
		s.Rounding = money.HalfUp // the entity's
		want := exact.Of(s)
		if _, err := calc.Calculate(s); err != nil || want.Total < 0 || want.Payable < 0 {
			continue
		}
		issued++
		lines := make([]map[string]any, len(s.Lines))
		for n, l := range s.Lines {
			ids := []string{}
			for _, x := range l.Taxes {
				ids = append(ids, rates[x.ID])
			}
			lines[n] = map[string]any{
				"description": "Line", "quantity": l.Quantity.String(), "unit_price": l.UnitPrice.String(), "tax_rate_ids": ids,
				"discount_percent": l.Discount.Percent.String(), "discount_amount": l.Discount.Amount.String(),
			}
		}
		body := map[string]any{
			"currency": s.Currency, "prices_include_tax": s.PricesIncludeTax, "lines": lines,
			"discount_percent": s.Discount.Percent.String(), "discount_amount": s.Discount.Amount.String(),
		}
		check := func(view string, f figures) {
			t.Helper()
			got := map[string][2]int64{
				"subtotal": {minor(t, f.Subtotal), want.Subtotal}, "discount": {minor(t, f.Discount), want.Discount}, "net": {minor(t, f.Net), want.Net},
				"tax": {minor(t, f.Tax), want.Tax}, "total": {minor(t, f.Total), want.Total}, "withheld": {minor(t, f.Withheld), want.Withheld},
				"payable": {minor(t, f.Payable), want.Payable},
			}
			for of, x := range rates {
				for _, shown := range f.Taxes {
					if shown.ID == x {
						got[of] = [2]int64{minor(t, shown.Tax), want.ByTax[of]}
					}
				}
			}
			for name, x := range got {
				if x[0] != x[1] {
					t.Errorf("%s: %s is %d, want %d in %+v", view, name, x[0], x[1], s)
				}
			}
			if len(f.Taxes) != len(want.ByTax) {
				t.Errorf("%s: %d taxes, want %d", view, len(f.Taxes), len(want.ByTax))
			}
		}
		var live figures
		body["tax_method"] = s.Method
		finance.POST(t, "/api/v1/invoices/figure", body).Expect(t, http.StatusOK).JSON(t, &live)
		check("figure", live)
		delete(body, "tax_method")

		type record struct {
			figures
			ID, Number string
			Balance    amount
		}
		var i record
		body["client_id"] = client
		finance.POST(t, "/api/v1/invoices", body).Expect(t, http.StatusCreated).JSON(t, &i)
		path := "/api/v1/invoices/" + i.ID
		finance.PATCH(t, path, `"1"`, map[string]any{"tax_method": s.Method}).Expect(t, http.StatusOK).JSON(t, &i)
		check("draft", i.figures)
		var paper struct{ Document figures }
		finance.GET(t, path+"/preview").Expect(t, http.StatusOK).JSON(t, &paper)
		check("preview", paper.Document)
		finance.POST(t, path+"/issue", nil).Expect(t, http.StatusOK).JSON(t, &i)
		check("issued", i.figures)
		i = record{}
		finance.GET(t, path).Expect(t, http.StatusOK).JSON(t, &i)
		check("record", i.figures)
		finance.GET(t, path+"/preview").Expect(t, http.StatusOK).JSON(t, &paper)
		check("document", paper.Document)
		var list struct {
			Items []struct{ Total, Balance amount }
		}
		finance.GET(t, "/api/v1/invoices?q="+i.Number).Expect(t, http.StatusOK).JSON(t, &list)
		if len(list.Items) != 1 || minor(t, list.Items[0].Total) != want.Total || minor(t, list.Items[0].Balance) != want.Payable {
			t.Errorf("list: %+v, want %d and %d open", list.Items, want.Total, want.Payable)
		}
		var portal struct {
			Total, Balance amount
			Document       figures
		}
		contact.GET(t, "/api/v1/portal/invoices/"+i.ID).Expect(t, http.StatusOK).JSON(t, &portal)
		check("portal", portal.Document)
		if minor(t, portal.Total) != want.Total || minor(t, portal.Balance) != want.Payable {
			t.Errorf("portal: %+v", portal)
		}
		if raw := eInvoice(t, finance, path); raw != "" {
			said++
			for of, x := range map[string]int64{"TaxExclusiveAmount": want.Net, "TaxInclusiveAmount": want.Total, "PayableAmount": want.Payable} {
				if sum := ">" + money.Of(x, s.Currency).Amount() + "</cbc:" + of + ">"; !strings.Contains(raw, sum) {
					t.Errorf("the e-invoice of %+v does not say %s", s, sum)
				}
			}
		}
		if issued%5 == 0 {
			text := textOfPDF(t, finance.GET(t, path+"/pdf").Expect(t, http.StatusOK).Body)
			for _, x := range []int64{want.Net, want.Total, want.Payable} {
				if sum := strings.ReplaceAll(money.Format(money.Of(x, s.Currency), "en"), "\u202f", "\u00a0"); !strings.Contains(text, sum) {
					t.Errorf("the PDF of %+v does not say %s", s, sum)
				}
			}
		}
	}
	if said < issued/5 {
		t.Errorf("only %d of %d were e-invoices: the test tests too little", said, issued)
	}
}

// views is how many documents are compared; BUREAU_INVOICE_VIEWS=10000 makes them many.
func views(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("BUREAU_INVOICE_VIEWS"))
	if err != nil {
		return 30
	}
	return n
}

// sayable gives both sides what an e-invoice asks of them.
func sayable(t *testing.T, env *apptest.Env, client string) {
	t.Helper()
	var c struct{ Version int }
	owner := env.As(t, "owner")
	owner.GET(t, "/api/v1/clients/"+client).Expect(t, http.StatusOK).JSON(t, &c)
	owner.PATCH(t, "/api/v1/clients/"+client, etag(c.Version), map[string]any{
		"tax_id": "FR12345678901", "addresses": []map[string]any{{"line1": "1 rue Haute", "city": "Lyon", "country": "FR"}},
	}).Expect(t, http.StatusOK)
	owner.POST(t, "/api/v1/legal-entities", map[string]any{
		"name": "Nordlicht GmbH", "tax_id": "DE123456789", "registration": "HRB 4711", "default": true, "address": map[string]any{"city": "Hamburg", "country": "DE"},
	}).Expect(t, http.StatusCreated)
}

// eInvoice reads a document as UBL, or nothing where it cannot be said.
func eInvoice(t *testing.T, as *apptest.Client, path string) string {
	t.Helper()
	var told struct{ Lacks []struct{ Text string } }
	as.GET(t, path+"/e-invoice").Expect(t, http.StatusOK).JSON(t, &told)
	if len(told.Lacks) > 0 {
		as.GET(t, path+"/file?format=ubl").Refused(t, http.StatusUnprocessableEntity, "invoicing.not_e_invoice")
		return ""
	}
	return string(as.GET(t, path+"/file?format=ubl").Expect(t, http.StatusOK).Body)
}

func minor(t *testing.T, a amount) int64 {
	t.Helper()
	m, err := money.ParseAmount(a.Amount, a.Currency)
	if err != nil {
		t.Fatal(err)
	}
	return m.Minor
}

var (
	pdfStream = regexp.MustCompile(`(?s)stream\n(.*?)\nendstream`)
	pdfString = regexp.MustCompile(`(?s)\(((?:\\.|[^\\)])*)\)`)
	pdfEscape = regexp.MustCompile(`(?s)\\(.)`)
)

// textOfPDF reads what is drawn: our fonts are written by code point.
func textOfPDF(t *testing.T, raw []byte) string {
	t.Helper()
	var text strings.Builder
	for _, stream := range pdfStream.FindAllSubmatch(raw, -1) {
		z, err := zlib.NewReader(bytes.NewReader(stream[1]))
		if err != nil {
			continue // a picture or a font
		}
		plain, err := io.ReadAll(z)
		if err != nil || !bytes.Contains(plain, []byte("BT ")) {
			continue
		}
		for _, s := range pdfString.FindAllSubmatch(plain, -1) {
			bare := pdfEscape.ReplaceAllFunc(s[1], func(e []byte) []byte {
				if e[1] == 'r' {
					return []byte{'\r'}
				}
				return e[1:]
			})
			units := make([]uint16, len(bare)/2)
			for n := range units {
				units[n] = binary.BigEndian.Uint16(bare[2*n:])
			}
			text.WriteString(string(utf16.Decode(units)) + "\n")
		}
	}
	if text.Len() == 0 {
		t.Fatal("no text in the PDF")
	}
	return text.String()
}
