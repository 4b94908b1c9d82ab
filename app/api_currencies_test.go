package app_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
)

// An agency with its books in dollars bills 1,000.00 EUR at 1 USD = 0.8 EUR, which is 1,250.00 USD, and gets 1,260.00 for it.
func TestACurrencyFromRateToReport(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	finance, owner, member := env.As(t, "finance"), env.As(t, "owner"), env.As(t, "member")
	var client struct{ ID string }
	owner.POST(t, "/api/v1/clients", map[string]any{"name": "Foreign " + id.New(), "currency": "EUR"}).Expect(t, http.StatusCreated).JSON(t, &client)
	on := time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly)

	type rate struct{ ID, Base, Value, Direction, On, Source string }
	keep := func(more map[string]any) map[string]any {
		body := map[string]any{"currency": "EUR", "on": on, "value": "0.80000000", "direction": "units_per_base", "source": "ECB"}
		for k, v := range more {
			body[k] = v
		}
		return body
	}
	for field, bad := range map[string]any{"value": "0", "currency": "USD", "on": time.Now().UTC().AddDate(0, 0, 3).Format(time.DateOnly)} {
		finance.POST(t, "/api/v1/exchange-rates", keep(map[string]any{field: bad})).Refused(t, http.StatusUnprocessableEntity, "invoicing.bad_rate", "body."+field)
	}
	member.POST(t, "/api/v1/exchange-rates", keep(nil)).Expect(t, http.StatusForbidden)
	member.GET(t, "/api/v1/currency-report").Expect(t, http.StatusForbidden)

	var i struct {
		ID, Number string
		Version    int
		Exchange   *rate
		BaseTotal  *amount `json:"base_total"`
	}
	lines := []map[string]any{{"description": "Work", "quantity": "1", "unit_price": "1000"}}
	finance.POST(t, "/api/v1/invoices", map[string]any{"client_id": client.ID, "lines": lines}).Expect(t, http.StatusCreated).JSON(t, &i)
	path := "/api/v1/invoices/" + i.ID
	finance.POST(t, path+"/issue", map[string]any{"issue_on": on}).Refused(t, http.StatusUnprocessableEntity, "invoicing.no_exchange_rate", "body.exchange_rate")
	finance.PATCH(t, path, etag(i.Version), map[string]any{"exchange_rate": "abc"}).Refused(t, http.StatusUnprocessableEntity, "request.bad_number", "body.exchange_rate")
	var kept rate
	finance.POST(t, "/api/v1/exchange-rates", keep(nil)).Expect(t, http.StatusOK).JSON(t, &kept)
	finance.POST(t, path+"/issue", map[string]any{"issue_on": on}).Expect(t, http.StatusOK).JSON(t, &i)
	if i.Exchange == nil || i.Exchange.Base != "USD" || i.Exchange.Value != "0.8" || i.Exchange.Direction != "units_per_base" || i.Exchange.On != on || i.Exchange.Source != "ECB" || i.BaseTotal == nil || *i.BaseTotal != (amount{"1250.00", "USD"}) {
		t.Fatalf("frozen %+v, %+v", i.Exchange, i.BaseTotal)
	}
	finance.DELETE(t, "/api/v1/exchange-rates/"+kept.ID).Expect(t, http.StatusNoContent)
	finance.DELETE(t, "/api/v1/exchange-rates/"+kept.ID).Expect(t, http.StatusNotFound)

	euros := amount{"1000.00", "EUR"}
	pay := map[string]any{"amount": euros, "received_on": on, "allocations": []map[string]any{{"invoice_id": i.ID, "amount": euros}}}
	finance.POST(t, "/api/v1/payments", pay).Refused(t, http.StatusUnprocessableEntity, "invoicing.no_exchange_rate", "body.exchange_rate")
	finance.POST(t, "/api/v1/exchange-rates", keep(map[string]any{"value": "0.75"})).Expect(t, http.StatusOK).JSON(t, &kept)
	var revalued struct {
		ID    string
		Gains []amount
	}
	finance.POST(t, "/api/v1/revaluations", map[string]any{"closing_on": on}).Expect(t, http.StatusCreated).JSON(t, &revalued)
	if len(revalued.Gains) != 1 || revalued.Gains[0] != (amount{"83.33", "USD"}) { // 1,333.33 − 1,250.00
		t.Errorf("revalued: %+v", revalued)
	}
	finance.POST(t, "/api/v1/revaluations", map[string]any{"closing_on": on}).Refused(t, http.StatusConflict, "invoicing.revalued", "body.closing_on")
	finance.DELETE(t, "/api/v1/revaluations/"+revalued.ID).Expect(t, http.StatusNoContent)
	finance.DELETE(t, "/api/v1/exchange-rates/"+kept.ID).Expect(t, http.StatusNoContent)
	pay["exchange_rate"] = "1.26"
	var p struct {
		ID          string
		Exchange    rate
		Allocations []struct{ Gain amount }
	}
	finance.POST(t, "/api/v1/payments", pay).Expect(t, http.StatusCreated).JSON(t, &p)
	if p.Allocations[0].Gain != (amount{"10.00", "USD"}) || p.Exchange.Source != "by_hand" {
		t.Errorf("paid: %+v", p)
	}
	var report struct {
		Books []struct {
			Base            string
			Total, Realised amount
			Foreign         []struct{ Currency string }
		}
	}
	finance.GET(t, "/api/v1/currency-report?from="+on+"&to="+on).Expect(t, http.StatusOK).JSON(t, &report)
	if len(report.Books) != 1 || report.Books[0].Base != "USD" || report.Books[0].Total.Amount != "1250.00" || report.Books[0].Realised.Amount != "10.00" || len(report.Books[0].Foreign) != 1 {
		t.Errorf("report: %+v", report)
	}
	finance.POST(t, "/api/v1/payments/"+p.ID+"/void", map[string]any{}).Expect(t, http.StatusUnprocessableEntity)
	finance.POST(t, "/api/v1/payments/"+p.ID+"/void", map[string]any{"reason": "It never came"}).Expect(t, http.StatusOK)
}
