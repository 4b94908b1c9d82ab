package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/modules/retainers"
	"github.com/bureauhq/bureau/modules/runs"
	"github.com/bureauhq/bureau/tenancy"
)

// biller is an agency of an application of its own, whose statements are seen.
type biller struct {
	a    *app.App
	ctx  context.Context
	tape *tape
	made int // clients
}

func newBiller(t testing.TB) *biller {
	t.Helper()
	out := &biller{tape: &tape{}}
	cfg := testkit.NewPlatform(t).Config
	cfg.Tracer = out.tape
	files, err := file.NewFolder(file.FolderConfig{Dir: t.TempDir(), BaseURL: "http://" + apptest.Domain + "/files", Secret: []byte("a secret of this test process only")})
	if err != nil {
		t.Fatal(err)
	}
	out.a, err = app.New(t.Context(), app.Config{
		Origin: &url.URL{Scheme: "http", Host: apptest.Domain}, Dev: true, Tenancy: cfg, Queue: "runs-" + id.New(), Mail: &apptest.Mails{}, Files: files,
		MailFrom: "bureau@example.test", Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := out.a.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
		out.a.Close()
	})
	agency, err := out.a.Provisioner.Claim(t.Context(), "r"+strings.ReplaceAll(id.New(), "-", ""), "Bills much")
	if err != nil {
		t.Fatal(err)
	}
	out.ctx = access.With(tenancy.With(t.Context(), agency), access.Actor{Kind: access.System, Name: "Test", Perms: access.NewSet(access.Everything)})
	return out
}

// work lets its jobs be done.
func (b *biller) work(t testing.TB) {
	t.Helper()
	if err := b.a.StartWorker(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// with makes clients that each have so much approved time in February 2026: 0.25 h at 95.00 an entry, on two projects.
func (b *biller) with(t testing.TB, n, each int) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	sheet, member := id.New(), id.New()
	for range n {
		b.made++
		c, _, err := b.a.Services.Clients.Create(b.ctx, clients.Draft{
			Name: fmt.Sprintf("Client %04d", b.made), Code: fmt.Sprintf("C%04d", b.made), Currency: "USD",
			Addresses: []clients.Address{{Kind: clients.AddressMain, Line1: "1 High Street", City: "Berlin", PostalCode: "10115", Country: "DE"}},
		})
		must(err)
		for _, name := range []string{"Website", "Support"} {
			_, err := b.a.Services.Projects.Create(b.ctx, projects.NewProject{ClientID: c.ID, Name: name, State: projects.Active, Billable: true})
			must(err)
		}
	}
	must(b.a.DB.Run(b.ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		for _, q := range []struct {
			sql  string
			args []any
		}{
			{`INSERT INTO timesheets (id, member_id, week_start, created_at) VALUES ($1, $2, '2026-02-02', now())`, []any{sheet, member}},
			{`INSERT INTO time_entries (id, member_id, timesheet_id, client_id, project_id, work_date, zone, raw_seconds, billed_seconds, billable, note, rate_amount, rate_currency,
					state, source, created_at, updated_at)
				SELECT uuidv7(), $2, $1, p.client_id, p.id, '2026-02-02'::date + n % 20, 'UTC', 900, 900, true, 'Some work', 95, 'USD', 'approved', 'manual', now(), now()
				FROM (SELECT id, client_id, row_number() OVER (PARTITION BY client_id ORDER BY id) AS k FROM projects
					WHERE client_id IN (SELECT id FROM clients ORDER BY code DESC LIMIT $3)) AS p, generate_series(1, $4::int) AS n WHERE n % 2 = p.k - 1`, []any{sheet, member, n, each}},
			{`DELETE FROM time_sums`, nil},
			{`INSERT INTO time_sums (month, member_id, project_id, client_id, task_id, service_id, state, billable, rate_currency, entries, no_rate, seconds, billable_seconds, billed_seconds, worth)
				SELECT date_trunc('month', work_date::timestamp), member_id, project_id, client_id, task_id, service_id, state, billable, rate_currency, count(*), 0, sum(raw_seconds),
					sum(raw_seconds), sum(billed_seconds), sum(billed_seconds * rate_amount) FROM time_entries GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9`, nil},
		} {
			if _, err := tx.PGX().Exec(ctx, q.sql, q.args...); err != nil {
				return err
			}
		}
		return nil
	}))
}

func february(how invoicing.How) runs.Wish {
	return runs.Wish{From: day.New(2026, 2, 1), To: day.New(2026, 2, 28), How: how, GroupBy: invoicing.ByTask, Time: true, Expenses: true, Fees: true}
}

// run starts one and waits until it is over.
func (b *biller) run(t testing.TB, w runs.Wish) runs.Run {
	t.Helper()
	r, err := b.a.Services.Runs.Start(b.ctx, w)
	if err != nil {
		t.Fatal(err)
	}
	return b.over(t, r.ID)
}

func (b *biller) over(t testing.TB, runID string) runs.Run {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.After(5 * time.Minute); ; {
		r, err := b.a.Services.Runs.Find(b.ctx, runID)
		if err != nil {
			t.Fatal(err)
		}
		if r.State != runs.Running {
			return r
		}
		select {
		case <-deadline:
			t.Fatalf("the run does not end: %+v", r)
		case <-tick.C:
		}
	}
}

// statements counts what is sent of the agency, without the queue and without the questions how far the run is.
func (b *biller) statements(call func()) int {
	sent := b.tape.record(call)
	return len(slices.DeleteFunc(sent, func(s statement) bool {
		return strings.Contains(s.sql, "river_") || strings.Contains(s.sql, "queue.") || strings.Contains(s.sql, "platform.")
	}))
}

// A run and its preview send no more statements for more entries, and a preview none for more clients.
func TestNoRunAsksOnceAnEntry(t *testing.T) {
	b := newBiller(t)
	b.with(t, 3, 4)
	preview := func() (n int) {
		return b.statements(func() {
			if _, _, err := b.a.Services.Runs.Preview(b.ctx, february(invoicing.AsDraft), page.Query{Limit: 200}); err != nil {
				t.Error(err)
			}
		})
	}
	bill := func(clients int) int {
		var all int
		n := b.statements(func() {
			for _, c := range b.billable(t) {
				i, _, err := b.a.Services.Invoicing.CreateFromTime(b.ctx, invoicing.FromTime{ClientID: c, From: day.New(2026, 2, 1), To: day.New(2026, 2, 28), GroupBy: invoicing.ByTask})
				if err != nil {
					t.Error(err)
				}
				all += len(i.Lines)
			}
		})
		if all != 2*clients {
			t.Errorf("%d lines of %d clients", all, clients)
		}
		return n - 1
	}
	bill(3) // makes the legal entity
	b.with(t, 3, 4)
	few := preview()
	little := bill(3)
	b.with(t, 3, 80)
	if much := bill(3); much != little {
		t.Errorf("bills of 4 entries send %d statements, of 80 entries %d", little, much)
	}
	b.with(t, 9, 80)
	if many := preview(); many != few {
		t.Errorf("a preview of 3 clients sends %d statements, of 9 with twenty times the time %d", few, many)
	}
	if few > 30 {
		t.Errorf("a preview sends %d statements", few)
	}
}

// billable are the clients with time that waits, in one statement.
func (b *biller) billable(t testing.TB) (ids []string) {
	t.Helper()
	err := b.a.DB.Read(b.ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		rows, err := tx.PGX().Query(ctx, `SELECT DISTINCT client_id::text FROM time_entries WHERE state = 'approved' ORDER BY 1`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var s string
			if err := rows.Scan(&s); err != nil {
				return err
			}
			ids = append(ids, s)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

// Two runs of the same clients at once bill each of them once.
func TestTwoRunsAtOnceBillEachClientOnce(t *testing.T) {
	b := newBiller(t)
	b.work(t)
	b.with(t, 12, 6)
	ids := make([]string, 2)
	var wg sync.WaitGroup
	for n := range ids {
		wg.Go(func() {
			r, err := b.a.Services.Runs.Start(b.ctx, february(invoicing.AsIssued))
			if err != nil {
				t.Error(err)
			}
			ids[n] = r.ID
		})
	}
	wg.Wait()
	issued, nothing, total := 0, 0, money.Zero("USD")
	for _, run := range ids {
		r := b.over(t, run)
		issued, nothing = issued+r.Counts[runs.Issued], nothing+r.Counts[runs.Nothing]
		for _, m := range r.Totals {
			total = total.Add(m)
		}
	}
	if issued != 12 || nothing != 12 {
		t.Errorf("%d issued, %d without anything to bill", issued, nothing)
	}
	all, _, err := b.a.Services.Invoicing.List(b.ctx, invoicing.Filter{Page: page.Query{Limit: 200}, Sort: "number"})
	if err != nil || len(all) != 12 {
		t.Fatalf("%d invoices, %v", len(all), err)
	}
	slices.SortFunc(all, func(a, b invoicing.Summary) int { return strings.Compare(a.Number, b.Number) })
	for n, i := range all {
		if !strings.HasSuffix(i.Number, fmt.Sprintf("-%04d", n+1)) || i.Total.String() != "142.50 USD" {
			t.Errorf("invoice %d is %s over %s", n, i.Number, i.Total)
		}
	}
	guide, err := os.ReadFile("../docs/guide/invoice-runs.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, figure := range []string{"together **" + all[0].Total.String() + "**", "over **" + total.String() + "** in all"} {
		if !strings.Contains(string(guide), figure) {
			t.Errorf("the guide does not say %q", figure)
		}
	}
}

// The renewal drafts the fee of the first period as of any other; a run over its days issues it, and no other run does so again.
func TestARunIssuesTheDraftOfARetainersFee(t *testing.T) {
	b := newBiller(t)
	b.work(t)
	b.with(t, 1, 0)
	all, err := clientsOf(b)
	if err != nil {
		t.Fatal(err)
	}
	fee := "4000"
	_, err = b.a.Services.Retainers.Create(b.ctx, retainers.Draft{
		ClientID: all[0].ID, Name: "Support", Unit: retainers.Hours, Currency: "USD", Every: "month", StartsOn: day.New(2026, 2, 1), EndsOn: day.New(2026, 2, 28), GraceDays: 10,
		Terms: retainers.Terms{Grant: "40", Fee: &fee, Rollover: retainers.RollNone, Deficit: retainers.BillDeficit, Overage: retainers.AtRate},
	})
	if err != nil {
		t.Fatal(err)
	}
	wish := february(invoicing.AsIssued)
	wish.Retainers = true
	r := b.run(t, wish)
	if r.Counts[runs.Issued] != 1 || len(r.Totals) != 1 || r.Totals[0].String() != "4000.00 USD" {
		t.Errorf("the run: %+v", r)
	}
	if again := b.run(t, wish); again.Counts[runs.Nothing] != 1 {
		t.Errorf("again: %+v", again.Counts)
	}
	made, _, err := b.a.Services.Invoicing.List(b.ctx, invoicing.Filter{Page: page.Query{Limit: 10}})
	if err != nil || len(made) != 1 || made[0].State != invoicing.Issued || made[0].Total.String() != "4000.00 USD" {
		t.Errorf("invoices: %+v, %v", made, err)
	}
}

func clientsOf(b *biller) (all []clients.Client, err error) {
	err = b.a.DB.Read(b.ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		all, err = b.a.Services.Clients.ActiveTx(ctx, tx)
		return err
	})
	return all, err
}

func TestAnInvoiceRunOverTheAPI(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	finance := env.As(t, "finance")
	client, _ := newClient(t, env)
	wish := map[string]any{"from": "2026-02-01", "to": "2026-02-28", "client_ids": []string{client}}
	var p struct {
		Clients int
		ToBill  int `json:"to_bill"`
		Items   []struct{}
	}
	finance.POST(t, "/api/v1/invoice-runs/preview", wish).Expect(t, http.StatusOK).JSON(t, &p)
	if p.Clients != 1 || p.ToBill != 0 || len(p.Items) != 0 {
		t.Errorf("preview %+v", p)
	}
	var r struct {
		ID, State string
		Counts    struct{ Nothing int }
	}
	finance.POST(t, "/api/v1/invoice-runs", wish).Expect(t, http.StatusAccepted).JSON(t, &r)
	if r.State != "done" || r.Counts.Nothing != 1 {
		t.Errorf("run %+v", r)
	}
	var items struct{ Items []struct{ State string } }
	finance.GET(t, "/api/v1/invoice-runs/"+r.ID+"/clients").Expect(t, http.StatusOK).JSON(t, &items)
	if len(items.Items) != 1 || items.Items[0].State != "nothing" {
		t.Errorf("clients %+v", items)
	}
	finance.POST(t, "/api/v1/invoice-runs/"+r.ID+"/cancel", nil).Expect(t, http.StatusOK).JSON(t, &r)
	if r.State != "done" {
		t.Errorf("a run that is over was ended: %+v", r)
	}
	finance.POST(t, "/api/v1/invoice-runs", map[string]any{"from": "2026-02-02", "to": "2026-02-01"}).Refused(t, http.StatusUnprocessableEntity, "runs.bad_run", "body.to")
	env.As(t, "member").GET(t, "/api/v1/invoice-runs").Expect(t, http.StatusForbidden)
	env.As(t, "manager").POST(t, "/api/v1/invoice-runs", wish).Expect(t, http.StatusForbidden)
}
