package runs_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/invoicingdb"
	"github.com/bureauhq/bureau/modules/runs"
	"github.com/bureauhq/bureau/tenancy"
)

// StatementsAheadTx says that every client owes 100.00.
func (w *world) StatementsAheadTx(ctx context.Context, tx *tenancy.Tx, days day.Range, _ []string) (map[string]invoicing.StatementAhead, error) {
	mailed, err := invoicingdb.Store{}.StatementMailed(ctx, tx, days.To, nil)
	out := map[string]invoicing.StatementAhead{}
	for _, c := range w.clients {
		if !w.nothing[c.ID] {
			out[c.ID] = invoicing.StatementAhead{Open: []money.Money{money.Of(10000, "EUR")}, To: []invoicing.Recipient{{Email: "bill@acme.example"}}, Mailed: mailed[c.ID]}
		}
	}
	return out, err
}

func (w *world) MailStatementTx(ctx context.Context, tx *tenancy.Tx, clientID string, days day.Range) (invoicing.StatementSending, error) {
	out := invoicing.StatementSending{ID: id.New(), ClientID: clientID, From: days.From, To: days.To, Bulk: true, Receivers: []invoicing.Recipient{{Email: "bill@acme.example"}}, QueuedAt: w.Clock.Now()}
	added, err := invoicingdb.Store{}.AddStatementSend(ctx, tx, out)
	if err == nil && !added {
		err = invoicing.ErrStatementMailed
	}
	if err == nil && w.breaks != nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		err = w.breaks(clientID)
	}
	return out, err
}

func (w *world) StatementMailsTx(context.Context, *tenancy.Tx, []string) (map[string]invoicing.StatementSending, error) {
	return nil, nil
}

// A run of statements whose worker was killed goes on with the client it was at; nobody is written to twice, not by another run either.
func TestStatementsGoOnAfterACrash(t *testing.T) {
	t.Parallel()
	w := setup(t, 8)
	w.nothing[w.clients[7].ID] = true
	seen := 0
	w.breaks = func(c string) error {
		switch seen++; {
		case c == w.clients[1].ID:
			return invoicing.ErrNoRecipients
		case seen > 4:
			return errors.New("the machine is gone")
		}
		return nil
	}
	wish := runs.StatementWish{To: day.New(2026, 2, 28)}
	r, err := w.svc.StartStatements(w.Ctx, wish)
	if err != nil || r.From != day.New(2026, 2, 1) || r.Left() != 7 || r.Why[runs.NothingOpen] != 1 {
		t.Fatalf("started %+v, %v", r, err)
	}
	twice, err := w.svc.StartStatements(w.Ctx, wish)
	must(t, err)
	w.Work(t)
	w.breaks = nil
	// The jobs are as those of a killed process are: the queue believes that they run.
	if _, err := w.Control.Pool().Exec(w.Ctx, `UPDATE queue.river_job SET state = 'cancelled', finalized_at = now() WHERE kind = 'runs.work_statements' AND args ->> 'run' = ANY ($1)`, []string{r.ID, twice.ID}); err != nil {
		t.Fatal(err)
	}
	w.Work(t)
	if now, err := w.svc.FindStatements(w.Ctx, r.ID); err != nil || now.State != runs.Running || now.Left() == 0 {
		t.Fatalf("before anybody could know: %+v, %v", now, err)
	}
	w.Clock.Advance(31 * time.Second)
	w.Work(t)
	sent, before, refused := 0, 0, 0
	for _, one := range []string{r.ID, twice.ID} {
		now, err := w.svc.FindStatements(w.Ctx, one)
		if err != nil || now.State != runs.Done || now.Clients() != 8 {
			t.Fatalf("gone on: %+v, %v", now, err)
		}
		sent, before, refused = sent+now.Counts[runs.Mailed], before+now.Why[runs.SentBefore], refused+now.Counts[runs.Refused]
	}
	var mails, clients int
	must(t, w.DB.Read(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return tx.PGX().QueryRow(ctx, `SELECT count(*), count(DISTINCT client_id) FROM statement_sends`).Scan(&mails, &clients)
	}))
	if mails != sent || mails != clients || sent+before+refused != 14 || mails < 6 {
		t.Errorf("%d mails to %d clients; %d sent, %d before, %d refused", mails, clients, sent, before, refused)
	}
	if again, err := w.svc.StartStatements(w.Ctx, wish); err != nil || again.Why[runs.SentBefore] != mails {
		t.Errorf("a third: %+v, %v", again, err)
	}
}

// Statements of a month go out on its day by the calendar of the agency: 29 to 31 are the last day of months that have none.
func TestTheDayOfTheMonth(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	must(t, err)
	for name, c := range map[string]struct {
		now      string // when it is turned on
		day      int
		at       string // when it goes out first
		from, to string // the statements of that day
		late     string // when the work is done at last
		due      string // whose statements go out then
	}{
		"the first":                          {"2024-05-20T10:00:00Z", 1, "2024-06-01T07:00:00Z", "2024-05-01", "2024-05-31", "2024-06-01", "2024-06-01"},
		"turned on that morning":             {"2024-05-15T06:59:59Z", 15, "2024-05-15T07:00:00Z", "2024-04-15", "2024-05-14", "2024-05-31", "2024-05-15"},
		"turned on too late":                 {"2024-05-15T07:00:00Z", 15, "2024-06-15T07:00:00Z", "2024-05-15", "2024-06-14", "2024-07-14", "2024-06-15"},
		"the 31st in a leap year's February": {"2024-02-02T10:00:00Z", 31, "2024-02-29T08:00:00Z", "2024-01-31", "2024-02-28", "2024-03-30", "2024-02-29"},
		"the 30th in a common year's":        {"2023-02-02T10:00:00Z", 30, "2023-02-28T08:00:00Z", "2023-01-30", "2023-02-27", "2023-03-30", "2023-03-30"},
		"the 29th after it":                  {"2023-03-01T10:00:00Z", 29, "2023-03-29T07:00:00Z", "2023-02-28", "2023-03-28", "2023-04-01", "2023-03-29"},
		"the 31st in April":                  {"2023-04-01T10:00:00Z", 31, "2023-04-30T07:00:00Z", "2023-03-31", "2023-04-29", "2023-06-15", "2023-05-31"},
		"over the year":                      {"2023-12-31T10:00:00Z", 31, "2024-01-31T08:00:00Z", "2023-12-31", "2024-01-30", "2024-03-01", "2024-02-29"},
		"in Berlin it is the day already":    {"2024-08-10T22:30:00Z", 11, "2024-08-11T07:00:00Z", "2024-07-11", "2024-08-10", "2024-08-11", "2024-08-11"},
		"when clocks were turned":            {"2026-03-28T23:30:00Z", 29, "2026-03-29T07:00:00Z", "2026-02-28", "2026-03-28", "2026-03-28", "2026-03-29"},
	} {
		m := runs.Month{Enabled: true, Day: c.day, Who: runs.WithOpen}
		now, err := time.Parse(time.RFC3339, c.now)
		must(t, err)
		on, at := m.Next(now, berlin)
		m.RunsOn = on
		wish := m.Wish(on)
		if at.Format(time.RFC3339) != c.at || wish.From.String() != c.from || wish.To.String() != c.to || m.Due(day.MustParse(c.late)).String() != c.due {
			t.Errorf("%s: on %s at %s, from %s to %s, done late %s", name, on, at, wish.From, wish.To, m.Due(day.MustParse(c.late)))
		}
	}
}

// A day that was missed is made up once, of several the latest, and never before its time.
func TestAMissedDayIsMadeUpOnce(t *testing.T) {
	t.Parallel()
	w := setup(t, 1) // today is 2026-03-02, in Berlin
	m, err := w.svc.SaveMonth(w.Ctx, runs.Month{Enabled: true, Day: 10, Who: runs.WithOpen})
	if err != nil || m.RunsOn.String() != "2026-03-10" {
		t.Fatalf("%+v, %v", m, err)
	}
	w.Work(t)
	if all := w.statementRuns(t); len(all) != 0 {
		t.Fatalf("it went out too early: %+v", all)
	}
	w.Clock.Set(time.Date(2026, 6, 9, 15, 0, 0, 0, time.UTC))
	w.Work(t)
	w.Work(t)
	all := w.statementRuns(t)
	if len(all) != 1 || !all[0].Monthly || all[0].CreatedBy != "" || all[0].State != runs.Done || all[0].From.String() != "2026-04-10" || all[0].To.String() != "2026-05-09" || all[0].Counts[runs.Mailed] != 1 {
		t.Errorf("made up: %+v", all)
	}
	if m, err = w.svc.Month(w.Ctx); err != nil || m.RunsOn.String() != "2026-06-10" {
		t.Errorf("next on %s, %v", m.RunsOn, err)
	}
	// Another day is another time to wait for; the old one comes to nothing.
	if m, err = w.svc.SaveMonth(w.Ctx, runs.Month{Enabled: true, Day: 20, Who: runs.WithOpen, Version: m.Version}); err != nil || m.RunsOn.String() != "2026-06-20" {
		t.Errorf("moved: %+v, %v", m, err)
	}
	w.Clock.Set(time.Date(2026, 6, 11, 15, 0, 0, 0, time.UTC))
	w.Work(t)
	if all = w.statementRuns(t); len(all) != 1 {
		t.Errorf("it went out on the old day: %+v", all)
	}
	if m, err = w.svc.SaveMonth(w.Ctx, runs.Month{Day: 20, Who: runs.WithOpen, Version: m.Version}); err != nil || m.RunsAt != nil {
		t.Errorf("off: %+v, %v", m, err)
	}
	if _, err := w.svc.SaveMonth(w.Ctx, runs.Month{Day: 3, Who: runs.WithOpen, Version: m.Version - 1}); !errors.Is(err, invoicing.ErrStale) {
		t.Errorf("changed from an old version: %v", err)
	}
}

func (w *world) statementRuns(t *testing.T) []runs.StatementRun {
	t.Helper()
	all, _, err := w.svc.ListStatements(w.Ctx, page.Query{Limit: 200})
	must(t, err)
	return all
}
