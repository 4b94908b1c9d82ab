package recurring_test

import (
	"context"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/clients/clientsdb"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/modules/fees/feesdb"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/einvoice"
	"github.com/bureauhq/bureau/modules/invoicing/invoicingdb"
	"github.com/bureauhq/bureau/modules/invoicing/invoicingpdf"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/modules/recurring"
	"github.com/bureauhq/bureau/modules/recurring/recurringdb"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// world is an agency with one client and the real invoicing; its time the test makes up. It is Monday, 2 March 2026.
type world struct {
	*testkit.Agency
	svc    *recurring.Service
	bills  *invoicing.Service
	client string

	mu      sync.Mutex
	entries []invoicing.TimeEntry
	billed  map[string]string // entry → invoice
	breaks  func() error      // before a bill is made
}

func (w *world) SettingsTx(context.Context, *tenancy.Tx) (agency.Settings, error) {
	return agency.Settings{TimeZone: "Europe/Berlin", Currency: "EUR"}, nil
}

func (w *world) IsMemberTx(context.Context, *tenancy.Tx, string) (bool, error) { return true, nil }

func (w *world) ProjectsByIDsTx(context.Context, *tenancy.Tx, []string) (map[string]projects.Project, error) {
	return map[string]projects.Project{}, nil
}

// house answers what invoicing asks of others.
type house struct {
	*world
	who *clients.Service
}

func (h house) DefaultsTx(context.Context, *tenancy.Tx) (invoicing.Defaults, error) {
	return invoicing.Defaults{LegalName: "Nordlicht Studio", Currency: "EUR", TimeZone: "Europe/Berlin", Locale: "en"}, nil
}
func (h house) SeveralEntities(context.Context) error { return nil }
func (h house) ClientTx(ctx context.Context, tx *tenancy.Tx, id string) (invoicing.Client, error) {
	c, err := h.who.ClientTx(ctx, tx, id)
	a := c.BillingAddress()
	return invoicing.Client{ID: c.ID, Name: c.Name, Address: a.Lines(), Currency: c.Currency, Language: c.Language}, err
}

func (h house) ClientsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]invoicing.Client, error) {
	c, err := h.ClientTx(ctx, tx, ids[0])
	return map[string]invoicing.Client{c.ID: c}, err
}

func (h house) BillingTx(_ context.Context, _ *tenancy.Tx, ids []string) (map[string][]invoicing.Recipient, error) {
	out := map[string][]invoicing.Recipient{}
	for _, i := range ids {
		out[i] = []invoicing.Recipient{{Name: "Bill Payer", Email: "bill@acme.example"}}
	}
	return out, nil
}

func (h house) NamesTx(context.Context, *tenancy.Tx, []string) (map[string]string, error) {
	return nil, nil
}

func (h house) UnbilledTx(_ context.Context, _ *tenancy.Tx, q invoicing.TimeQuery) (out []invoicing.TimeEntry, _ error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, e := range h.entries {
		if h.billed[e.ID] == "" && !e.Day.Before(q.From) && !e.Day.After(q.To) {
			out = append(out, e)
		}
	}
	return out, nil
}

func (h house) ToBillTx(ctx context.Context, tx *tenancy.Tx, q invoicing.TimeQuery) (map[string]invoicing.ToBill, error) {
	all, err := h.UnbilledTx(ctx, tx, q)
	return map[string]invoicing.ToBill{h.client: {Approved: len(all)}}, err
}

func (h house) MarkBilledTx(_ context.Context, tx *tenancy.Tx, ids []string, invoiceID string) error {
	tx.AfterCommit(func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, i := range ids {
			h.billed[i] = invoiceID
		}
	})
	return nil
}
func (h house) ReleaseBilledTx(context.Context, *tenancy.Tx, string) error { return nil }

func (h house) RoundingTx(context.Context, *tenancy.Tx) (*timesheets.Rounding, error) {
	return nil, nil //nolint:nilnil // each entry is rounded before
}

func (h house) RoundBilledTx(context.Context, *tenancy.Tx, string, map[string]int64) error {
	return nil
}

func (h house) EntriesTx(context.Context, *tenancy.Tx, []string) (map[string]invoicing.TimeEntry, error) {
	return nil, nil
}

func (h house) ReviewersTx(context.Context, *tenancy.Tx) ([]string, error) { return nil, nil }

func (h house) PhaseNamesTx(context.Context, *tenancy.Tx, []string) (map[string]string, error) {
	return nil, nil
}

func (h house) ProjectNamesTx(context.Context, *tenancy.Tx, []string) (map[string]string, error) {
	return nil, nil
}

func (h house) ProjectTx(_ context.Context, _ *tenancy.Tx, id string) (projects.Project, error) {
	return projects.Project{ID: id, ClientID: h.client}, nil
}

func (h house) ProjectsByIDsTx(context.Context, *tenancy.Tx, []string) (map[string]projects.Project, error) {
	return nil, nil
}

func (h house) TasksByIDsTx(context.Context, *tenancy.Tx, []string) (map[string]projects.Task, error) {
	return nil, nil
}

func (h house) TasksUnderTx(_ context.Context, _ *tenancy.Tx, ids []string) ([]string, error) {
	return ids, nil
}
func (h house) Put(context.Context, string, string, io.Reader, int64) error { return nil }
func (h house) Read(context.Context, string) ([]byte, error)                { return []byte("%PDF"), nil }
func (h house) PutLogo(context.Context, string, io.Reader) (string, error)  { return "", nil }
func (h house) Send(context.Context, invoicing.Mail) error                  { return nil }
func (h house) Tell(context.Context, fees.Notice) error                     { return nil }
func (h house) Language(context.Context, string) (string, error)            { return "", nil }

// billing lets the test come between a schedule and invoicing.
type billing struct {
	*invoicing.Service
	w *world
}

func (b billing) BillTx(ctx context.Context, tx *tenancy.Tx, bill invoicing.Bill) (invoicing.Invoice, []invoicing.LeftOut, error) {
	i, left, err := b.Service.BillTx(ctx, tx, bill)
	if err == nil && b.w.breaks != nil {
		err = b.w.breaks()
	}
	return i, left, err
}

func setup(t *testing.T) *world {
	t.Helper()
	w := &world{Agency: testkit.NewAgency(t), billed: map[string]string{}}
	who := clients.New(clients.Deps{DB: w.DB, Store: clientsdb.Store{}, Members: w, Settings: w, Events: w.Bus, Now: w.Clock.Now})
	c, _, err := who.Create(w.Ctx, clients.Draft{Name: "Acme", Addresses: []clients.Address{{Kind: clients.AddressMain, Line1: "1 High Street", City: "Berlin", PostalCode: "10115", Country: "DE"}}})
	must(t, err)
	w.client = c.ID
	h := house{w, who}
	w.bills = invoicing.New(invoicing.Deps{
		DB: w.DB, Store: invoicingdb.Store{}, Settings: h, Plan: h, Clients: h, Time: h, Fees: fees.New(fees.Deps{DB: w.DB, Store: feesdb.Store{}, Projects: h, Events: w.Bus, Jobs: w.Queue, Notices: h, Now: w.Clock.Now}), Members: h, Projects: h,
		Renderer: invoicingpdf.Renderer{}, EInvoices: einvoice.Writer{}, Files: h, Images: h, Mailer: h, Notices: tells{}, Events: w.Bus, Queue: w.Queue, Now: w.Clock.Now, NewID: id.New,
	})
	invoicing.RegisterJobs(w.Registry, w.bills)
	w.svc = recurring.New(recurring.Deps{
		DB: w.DB, Store: recurringdb.Store{}, Clients: who, Projects: w, Settings: w, Bills: billing{w.bills, w}, Events: w.Bus, Jobs: w.Queue, Now: w.Clock.Now,
	})
	recurring.RegisterJobs(w.Registry, w.svc)
	recurring.Listen(w.Bus, w.svc)
	return w
}

// hosting is 300.00 a month from 2 March 2026 on.
func (w *world) hosting() recurring.Wish {
	return recurring.Wish{
		ClientID: w.client, Name: "Hosting", Every: recurring.Month, Count: 1, DayOfMonth: 1, Starts: day.New(2026, 3, 2), At: recurring.AtStart, Prorate: true, GroupBy: invoicing.ByTask,
		How: invoicing.AsIssued, Lines: []recurring.Line{{Description: "Hosting", Quantity: dec("1"), UnitPrice: dec("300")}},
	}
}

func (w *world) create(t *testing.T, wish recurring.Wish) recurring.Row {
	t.Helper()
	r, err := w.svc.Create(w.Ctx, wish)
	must(t, err)
	return r
}

// on lets it be a day, and lets the jobs run that are due.
func (w *world) on(t *testing.T, d string) {
	t.Helper()
	w.Clock.Set(day.MustParse(d).In(time.UTC).Add(9 * time.Hour))
	w.Work(t)
}

func (w *world) find(t *testing.T, scheduleID string) recurring.Row {
	t.Helper()
	r, err := w.svc.Find(w.Ctx, scheduleID)
	must(t, err)
	return r
}

// past are the periods of a schedule, the first one first.
func (w *world) past(t *testing.T, scheduleID string) []recurring.Past {
	t.Helper()
	all, _, err := w.svc.Past(w.Ctx, scheduleID, page.Query{Limit: 200})
	must(t, err)
	out := make([]recurring.Past, len(all))
	for n, p := range all {
		out[len(all)-1-n] = p
	}
	return out
}

func (w *world) invoice(t *testing.T, p recurring.Past) invoicing.Invoice {
	t.Helper()
	i, err := w.bills.Find(w.Ctx, p.InvoiceID)
	must(t, err)
	return i
}

func (w *world) worked(on string, seconds int64, rate string) {
	r := dec(rate)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.entries = append(w.entries, invoicing.TimeEntry{ID: id.New(), ClientID: w.client, TaskName: "Support", Day: day.MustParse(on), Seconds: seconds, Rate: &r, Currency: "EUR"})
}

func states(all []recurring.Past) (out []recurring.PeriodState) {
	for _, p := range all {
		out = append(out, p.State)
	}
	return out
}

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tells is told of no mail that failed: none does here.
type tells struct{}

func (tells) Tell(context.Context, projects.Notice) error { return nil }
