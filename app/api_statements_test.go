package app_test

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/tenancy"
)

type statementRun struct {
	ID, State string
	From, To  string
	Send      int
	Counts    struct{ Pending, Sent, Skipped, Refused int }
	Skipped   map[string]int
	Items     []statementRunClient
}

type statementRunClient struct {
	ClientName string `json:"client_name"`
	State      string
	Reason     string
	Recipients []string
	Open, Late []struct{ Amount, Currency string }
	SentAt     *string `json:"sent_at"`
}

// Everybody who owes something gets a statement, once a client and last day, whoever asks how often; the others are named with the reason.
func TestStatementsInBulkOverHTTP(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	owner, finance := env.As(t, "owner"), env.As(t, "finance")
	make := func(name, price, paid string, contact bool) (clientID, email string) {
		t.Helper()
		var c, i struct{ ID string }
		owner.POST(t, "/api/v1/clients", map[string]any{"name": name, "currency": "USD"}).Expect(t, http.StatusCreated).JSON(t, &c)
		if email = "bill+" + id.New() + "@payer.test"; contact {
			owner.POST(t, "/api/v1/clients/"+c.ID+"/contacts", map[string]any{"name": "Bill", "email": email, "billing": true}).Expect(t, http.StatusCreated)
		}
		finance.POST(t, "/api/v1/invoices", map[string]any{"client_id": c.ID, "due_on": "2025-01-20", "issue_on": "2025-01-10", "lines": []map[string]any{{"description": "Work", "quantity": "1", "unit_price": price}}}).
			Expect(t, http.StatusCreated).JSON(t, &i)
		finance.POST(t, "/api/v1/invoices/"+i.ID+"/issue", map[string]any{"issue_on": "2025-01-10"}).Expect(t, http.StatusOK)
		if paid != "" {
			finance.POST(t, "/api/v1/payments", map[string]any{"client_id": c.ID, "received_on": paid, "amount": map[string]any{"amount": price, "currency": "USD"}, "allocations": []map[string]any{{"invoice_id": i.ID, "amount": map[string]any{"amount": price, "currency": "USD"}}}}).Expect(t, http.StatusCreated)
		}
		return c.ID, email
	}
	acme, toAcme := make("Acme", "500", "", true)
	make("Globex", "700", "", false)
	_, toHooli := make("Hooli", "600", "2025-01-25", true)
	initech, toInitech := make("Initech", "300", "2025-02-03", true) // open at the end of January
	umbrella, _ := make("Umbrella", "50", "", true)
	owner.POST(t, "/api/v1/clients/"+umbrella+"/archive", nil).Expect(t, http.StatusOK)

	const base = "/api/v1/statement-runs"
	wish := map[string]any{"to": "2025-01-31"}
	var p statementRun
	finance.POST(t, base+"/preview", wish).Expect(t, http.StatusOK).JSON(t, &p)
	if p.From != "2025-01-01" || p.Send != 2 || len(p.Items) != 2 || p.Items[0].ClientName != "Acme" || p.Items[0].Recipients[0] != toAcme || p.Items[0].Late[0].Amount != "500.00" || p.Items[1].ClientName != "Initech" {
		t.Errorf("preview %+v", p)
	}
	finance.POST(t, base+"/preview?show=skipped", wish).Expect(t, http.StatusOK).JSON(t, &p)
	got := map[string]string{}
	for _, i := range p.Items {
		got[i.ClientName] = i.Reason
	}
	if len(got) != 3 || got["Globex"] != "no_contact" || got["Hooli"] != "no_balance" || got["Umbrella"] != "archived" || p.Skipped["no_balance"] != 1 {
		t.Errorf("skipped %v, %v", got, p.Skipped)
	}
	finance.POST(t, base, map[string]any{"to": "2199-01-31"}).Refused(t, http.StatusUnprocessableEntity, "invoicing.bad_period", "body.to")
	finance.POST(t, base, map[string]any{"to": "2025-01-31", "from": "2025-02-01"}).Refused(t, http.StatusUnprocessableEntity, "invoicing.bad_period", "body.to")
	finance.POST(t, base, map[string]any{"to": "2025-01-31", "leave_out": []string{acme, id.New()}}).Refused(t, http.StatusUnprocessableEntity, "runs.bad_run", "body.leave_out[1]")
	env.As(t, "manager").POST(t, base, wish).Expect(t, http.StatusForbidden)
	env.As(t, "manager").POST(t, base+"/preview", wish).Expect(t, http.StatusForbidden)
	env.As(t, "member").GET(t, base).Expect(t, http.StatusForbidden)

	over := func(runID string) (r statementRun) {
		t.Helper()
		within(t, "the end of the run", func() bool {
			finance.GET(t, base+"/"+runID).Expect(t, http.StatusOK).JSON(t, &r)
			return r.State == "done"
		})
		return r
	}
	// Two people at once, and one of them twice.
	wish["leave_out"] = []string{initech}
	ids, key := [3]string{}, id.New()
	var wg sync.WaitGroup
	for n := range ids[:2] {
		wg.Go(func() {
			var r statementRun
			c := finance
			if n == 0 {
				c = finance.With("Idempotency-Key", key)
			}
			c.POST(t, base, wish).Expect(t, http.StatusAccepted).JSON(t, &r)
			ids[n] = r.ID
		})
	}
	wg.Wait()
	var again statementRun
	finance.With("Idempotency-Key", key).POST(t, base, wish).Expect(t, http.StatusAccepted).JSON(t, &again)
	if again.ID != ids[0] || ids[0] == ids[1] {
		t.Errorf("a repeated call made %s, not %s; the other %s", again.ID, ids[0], ids[1])
	}
	one, two := over(ids[0]), over(ids[1])
	if one.Counts.Sent+two.Counts.Sent != 1 || one.Skipped["already_sent"]+two.Skipped["already_sent"] != 1 || one.Skipped["left_out"] != 1 || one.Counts.Skipped+two.Counts.Skipped != 9 {
		t.Errorf("runs %+v and %+v", one, two)
	}
	// Those who paid get one too where it is asked for.
	finance.POST(t, base, map[string]any{"to": "2025-01-31", "who": "moved"}).Expect(t, http.StatusAccepted).JSON(t, &again)
	if again = over(again.ID); again.Counts.Sent != 2 || again.Skipped["already_sent"] != 1 || again.Skipped["no_contact"] != 1 || again.Skipped["archived"] != 1 {
		t.Errorf("with those of whom something moved: %+v", again)
	}
	within(t, "the mails", func() bool {
		return len(env.Mails.To(toAcme)) > 0 && len(env.Mails.To(toHooli)) > 0 && len(env.Mails.To(toInitech)) > 0
	})
	for _, to := range []string{toAcme, toHooli, toInitech} {
		if n := len(env.Mails.To(to)); n != 1 {
			t.Errorf("%d mails to one client", n)
		}
	}
	within(t, "the note that the mail went out", func() bool {
		finance.GET(t, base+"/"+again.ID+"/clients?state=sent").Expect(t, http.StatusOK).JSON(t, &p)
		return len(p.Items) == 2 && p.Items[0].SentAt != nil && p.Items[1].SentAt != nil
	})
	if p.Items[0].ClientName != "Hooli" || len(p.Items[0].Open) != 0 || p.Items[1].Open[0].Amount != "300.00" || p.Items[1].Recipients[0] != toInitech {
		t.Errorf("clients %+v", p.Items)
	}
	says := testkit.Guide(t, "statements.md")
	for _, i := range p.Items {
		for _, m := range i.Open {
			says("| " + i.ClientName + " | " + m.Amount + " " + m.Currency)
		}
	}
	says("| Hooli | 0.00 USD")
	// The database itself refuses a second one of a client and day.
	err := env.App.DB.Run(env.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.PGX().Exec(ctx, `INSERT INTO statement_sends (id, client_id, from_on, to_on, recipients, subject, message, created_by, queued_at, bulk)
			SELECT uuidv7(), client_id, from_on, to_on, recipients, subject, message, created_by, queued_at, bulk FROM statement_sends WHERE client_id = $1`, acme)
		return err
	})
	if err == nil {
		t.Error("a statement was mailed twice in bulk")
	}
	finance.POST(t, base+"/"+again.ID+"/cancel", nil).Expect(t, http.StatusOK).JSON(t, &again)
	if again.State != "done" {
		t.Errorf("a run that is over was ended: %+v", again)
	}
	finance.GET(t, base+"/"+id.New()+"/clients").Refused(t, http.StatusNotFound, "runs.no_statements")

	var m struct {
		Enabled bool
		Day     int
		Version int
		NextOn  *string `json:"next_on"`
		NextTo  *string `json:"next_to"`
	}
	finance.GET(t, base+"/month").Expect(t, http.StatusOK).JSON(t, &m)
	if m.Enabled || m.Day != 1 || m.NextOn != nil || m.Version != 0 {
		t.Errorf("at first: %+v", m)
	}
	finance.PUT(t, base+"/month", map[string]any{"enabled": true, "day": 32}).Expect(t, http.StatusUnprocessableEntity)
	finance.PUT(t, base+"/month", map[string]any{"enabled": true, "day": 31, "who": "moved"}).Expect(t, http.StatusOK).JSON(t, &m)
	if !m.Enabled || m.Version != 1 || m.NextOn == nil || m.NextTo == nil || *m.NextTo >= *m.NextOn {
		t.Errorf("on: %+v", m)
	}
	finance.PUT(t, base+"/month", map[string]any{"enabled": false, "day": 31}).Refused(t, http.StatusPreconditionFailed, "request.stale")
	env.As(t, "manager").PUT(t, base+"/month", map[string]any{"enabled": false, "day": 1, "version": 1}).Expect(t, http.StatusForbidden)
}
