package recurring_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/modules/recurring"
)

// The first period is short, the days of the others begin on the 31st or the last day, and each is issued on its first day.
func TestEachPeriodIsBilledOnItsDay(t *testing.T) {
	t.Parallel()
	w := setup(t)
	wish := w.hosting()
	wish.DayOfMonth, wish.Times = 31, 3
	r := w.create(t, wish)
	if r.NextOn != day.New(2026, 3, 2) {
		t.Errorf("next on %s", r.NextOn)
	}
	for _, d := range []string{"2026-03-02", "2026-03-31", "2026-04-30"} {
		w.on(t, d)
	}
	all := w.past(t, r.ID)
	want := []string{"2026-03-02 2026-03-30 280.65", "2026-03-31 2026-04-29 300.00", "2026-04-30 2026-05-30 300.00"}
	for n, p := range all {
		i := w.invoice(t, p)
		if got := fmt.Sprintf("%s %s %s", i.PeriodFrom, i.PeriodTo, i.Net.Amount()); n >= len(want) || got != want[n] || i.State != invoicing.Issued || i.IssueOn != p.IssueOn {
			t.Errorf("period %d is %s, %s on %s; want %v", n+1, got, i.State, i.IssueOn, want)
		}
	}
	if now := w.find(t, r.ID); len(all) != 3 || now.State != recurring.Ended || !now.NextOn.IsZero() {
		t.Errorf("%d periods, then %+v", len(all), now.Schedule)
	}
	// 2 to 30 March are 29 of the 31 days from 28 February on.
	if text := w.invoice(t, all[0]).Lines[0].Description; text != "Hosting (29 of 31 days)" {
		t.Errorf("the line says %q", text)
	}
}

// The figures of docs/guide/recurring.md are those that the program comes to.
func TestGuideToRecurringInvoices(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/guide/recurring.md")
	must(t, err)
	says := func(text string) {
		t.Helper()
		if !strings.Contains(string(raw), text) {
			t.Errorf("the guide does not say %q", text)
		}
	}
	w := setup(t)
	_, err = w.bills.CreateTaxRate(w.Ctx, invoicing.TaxRate{Name: "VAT", Kind: calc.Standard, Default: true, Steps: []invoicing.TaxStep{{Percent: dec("19")}}})
	must(t, err)
	wish := w.hosting()
	wish.Starts, wish.Ends, wish.Time = day.New(2026, 3, 17), day.New(2026, 6, 10), true
	wish.Lines = append(wish.Lines, recurring.Line{Description: "Monitoring", Quantity: dec("3"), UnitPrice: dec("33.35")})
	o, err := w.svc.Preview(w.Ctx, wish, 1, 12)
	must(t, err)
	for _, p := range o.Periods {
		says(fmt.Sprintf("| %s – %s | %d of %d | %s | %s | %s | %s |", p.Days.From, p.Days.To, p.Days.Len(), p.Of.Len(),
			p.Invoice.Lines[0].Amount.Amount(), p.Invoice.Lines[1].Amount.Amount(), p.Invoice.Net.Amount(), p.Invoice.Total.Amount()))
	}
	if len(o.Periods) != 4 || o.More {
		t.Errorf("%d periods, more %v", len(o.Periods), o.More)
	}
	r := w.create(t, wish)
	w.worked("2026-03-20", 5400, "120")
	w.on(t, "2026-03-17")
	w.worked("2026-04-02", 3600, "120")
	w.on(t, "2026-04-01")
	all := w.past(t, r.ID)
	i := w.invoice(t, all[1])
	if len(all) != 2 || len(i.Lines) != 3 {
		t.Fatalf("%d periods; the second has %d lines", len(all), len(i.Lines))
	}
	says(fmt.Sprintf("1.5 hours at 120.00, which makes it %s net and **%s** in all", i.Net.Amount(), i.Total.Amount()))
}

// However often the job runs, dies or is doubled, a period has one invoice.
func TestAPeriodIsBilledOnceHoweverTheJobDies(t *testing.T) {
	t.Parallel()
	w := setup(t)
	wish := w.hosting()
	wish.Every, wish.DayOfMonth, wish.How = recurring.Week, 0, invoicing.AsDraft
	r := w.create(t, wish)
	died := 0
	w.breaks = func() error { // when the draft is there and nothing is committed
		died++
		return errors.New("the machine is gone")
	}
	w.on(t, "2026-03-02")
	if n := len(w.past(t, r.ID)); n != 0 || died == 0 {
		t.Fatalf("%d periods after %d deaths", n, died)
	}
	w.breaks = nil
	if _, err := w.Control.Pool().Exec(w.Ctx, `INSERT INTO queue.river_job (kind, args, metadata, queue, max_attempts, state, priority)
		SELECT kind, args, metadata, queue, max_attempts, 'available', priority FROM queue.river_job, generate_series(1, 3) WHERE kind = 'recurring.turn' AND args ->> 'schedule' = $1`, r.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Control.Pool().Exec(w.Ctx, `UPDATE queue.river_job SET state = 'available', scheduled_at = now() WHERE kind = 'recurring.turn' AND args ->> 'schedule' = $1`, r.ID); err != nil {
		t.Fatal(err)
	}
	w.on(t, "2026-03-09")
	w.on(t, "2026-03-09")
	all := w.past(t, r.ID)
	if len(all) != 2 || all[0].State != recurring.Billed || all[1].State != recurring.Billed {
		t.Fatalf("periods: %v", states(all))
	}
	made, _, err := w.bills.List(w.Ctx, invoicing.Filter{Page: page.Query{Limit: 50}})
	if err != nil || len(made) != 2 {
		t.Errorf("%d invoices, %v", len(made), err)
	}
}

// What was missed while it stood still is asked about, and is billed or skipped as somebody decides.
func TestWhatWasMissedIsAskedAbout(t *testing.T) {
	t.Parallel()
	w := setup(t)
	r := w.create(t, w.hosting())
	w.on(t, "2026-03-02")
	_, err := w.svc.Pause(w.Ctx, r.ID)
	must(t, err)
	w.on(t, "2026-04-01")
	w.on(t, "2026-05-10")
	if now := w.find(t, r.ID); now.State != recurring.Paused || len(w.past(t, r.ID)) != 1 || !now.NextOn.IsZero() {
		t.Fatalf("while it stands still: %+v", now.Schedule)
	}
	now, err := w.svc.Resume(w.Ctx, r.ID)
	if err != nil || now.Open != 2 || now.NextOn != day.New(2026, 6, 1) {
		t.Fatalf("resumed: %d wait, next on %s, %v", now.Open, now.NextOn, err)
	}
	w.Work(t)
	if got := states(w.past(t, r.ID)); !slices.Equal(got, []recurring.PeriodState{recurring.Billed, recurring.Missed, recurring.Missed}) {
		t.Fatalf("nobody has decided, and they are %v", got)
	}
	_, err = w.svc.Decide(w.Ctx, r.ID, recurring.Decision{Numbers: []int{2}, Do: recurring.Bill})
	must(t, err)
	now, err = w.svc.Decide(w.Ctx, r.ID, recurring.Decision{Numbers: []int{3, 5}, Do: recurring.Skip})
	if err != nil || now.Open != 0 {
		t.Fatalf("decided: %d wait, %v", now.Open, err)
	}
	all := w.past(t, r.ID)
	if i := w.invoice(t, all[1]); i.IssueOn != day.New(2026, 5, 10) || i.PeriodFrom != day.New(2026, 4, 1) {
		t.Errorf("billed later: issued on %s for %s", i.IssueOn, i.PeriodFrom)
	}
	if _, err := w.svc.Decide(w.Ctx, r.ID, recurring.Decision{Numbers: []int{2}, Do: recurring.Bill}); !errors.Is(err, recurring.ErrBadDecision) {
		t.Errorf("billed twice: %v", err)
	}
	for _, d := range []string{"2026-06-01", "2026-07-01", "2026-08-01"} {
		w.on(t, d)
	}
	want := []recurring.PeriodState{recurring.Billed, recurring.Billed, recurring.Skipped, recurring.Billed, recurring.Skipped, recurring.Billed}
	if got := states(w.past(t, r.ID)); !slices.Equal(got, want) {
		t.Errorf("with July skipped ahead they are %v", got)
	}
	// The program stood still for long: what is older than a week is asked about too.
	w.on(t, "2026-10-03")
	if got := states(w.past(t, r.ID))[6:]; !slices.Equal(got, []recurring.PeriodState{recurring.Missed, recurring.Billed}) {
		t.Errorf("after two months of standing still: %v", got)
	}
}

func TestAPeriodThatIsRefusedIsTriedAgain(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.breaks = func() error { return invoicing.ErrNoAddress }
	r := w.create(t, w.hosting())
	w.on(t, "2026-03-02")
	p := w.past(t, r.ID)
	if now := w.find(t, r.ID); len(p) != 1 || p[0].State != recurring.Refused || p[0].Code != "invoicing.no_address" || p[0].Why == "" || now.Open != 1 || now.State != recurring.Active {
		t.Fatalf("refused: %+v, %+v", p, now.Schedule)
	}
	w.breaks = nil
	_, err := w.svc.Decide(w.Ctx, r.ID, recurring.Decision{Numbers: []int{1}, Do: recurring.Bill, How: invoicing.AsDraft})
	must(t, err)
	p = w.past(t, r.ID)
	if p[0].State != recurring.Billed || p[0].Invoice.Shown != invoicing.StatusDraft {
		t.Fatalf("tried again: %+v", p)
	}
	// A draft that is thrown away is asked about again.
	must(t, w.bills.Delete(w.Ctx, p[0].InvoiceID))
	w.Work(t)
	if p = w.past(t, r.ID); p[0].State != recurring.Missed || p[0].InvoiceID != "" {
		t.Errorf("thrown away: %+v", p[0])
	}
}

// Nothing but what comes along, and nothing came: no invoice, and the next period is billed as usual.
func TestOnlyWhatComesAlong(t *testing.T) {
	t.Parallel()
	w := setup(t)
	wish := w.hosting()
	wish.Lines, wish.Time, wish.At, wish.How = nil, true, recurring.AtEnd, invoicing.AsSent
	wish.Starts = day.New(2026, 3, 1)
	r := w.create(t, wish)
	w.on(t, "2026-04-01")
	w.worked("2026-04-30", 7200, "100")
	w.worked("2026-05-01", 3600, "100")
	w.on(t, "2026-05-01")
	all := w.past(t, r.ID)
	if len(all) != 2 || all[0].State != recurring.Nothing || all[1].State != recurring.Billed {
		t.Fatalf("periods: %v", states(all))
	}
	mails, err := w.bills.Sendings(w.Ctx, all[1].InvoiceID)
	if i := w.invoice(t, all[1]); err != nil || i.Net.Amount() != "200.00" || i.State != invoicing.Issued || len(mails) != 1 {
		t.Errorf("billed %s, %d mails, %v", i.Net, len(mails), err)
	}
}

// The template has no rate: each invoice takes the one of the day on which it is issued.
func TestRule96_ARecurringInvoiceTakesTheRateOfItsOwnIssueDate_invoiceninja_2831(t *testing.T) {
	t.Parallel()
	w := setup(t)
	wish := w.hosting()
	wish.Currency, wish.DayOfMonth = "USD", 2
	keep := func(on, rate string) {
		_, err := w.bills.KeepRate(w.Ctx, calc.Rate{Currency: "USD", Base: "EUR", Value: dec(rate), Direction: calc.BasePerUnit, On: day.MustParse(on), Source: "ECB"})
		must(t, err)
	}
	keep("2026-03-01", "0.92")
	r := w.create(t, wish)
	w.on(t, "2026-03-02")
	w.Clock.Set(time.Date(2026, 4, 1, 9, 0, 0, 0, time.UTC))
	keep("2026-04-01", "0.87654321")
	w.on(t, "2026-04-02")
	for n, want := range []string{"276.00", "262.96"} { // 300.00 USD
		i := w.invoice(t, w.past(t, r.ID)[n])
		if i.Rate == nil || i.BaseTotal.Amount() != want || i.Rate.On != i.IssueOn.AddDays(-1) {
			t.Errorf("invoice %d of %s is %s in the books by %+v, want %s", n+1, i.IssueOn, i.BaseTotal, i.Rate, want)
		}
	}
}

func TestABadScheduleIsRefusedAtItsField(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for field, change := range map[string]func(*recurring.Wish){
		"body.name":                func(x *recurring.Wish) { x.Name = " " },
		"body.client_id":           func(x *recurring.Wish) { x.ClientID = "0198c0de-0000-7000-8000-00000000dead" },
		"body.project_id":          func(x *recurring.Wish) { x.ProjectID = "0198c0de-0000-7000-8000-00000000dead" },
		"body.entity_id":           func(x *recurring.Wish) { x.EntityID = "0198c0de-0000-7000-8000-00000000dead" },
		"body.count":               func(x *recurring.Wish) { x.Count = 53 },
		"body.day_of_month":        func(x *recurring.Wish) { x.Every = recurring.Week },
		"body.starts_on":           func(x *recurring.Wish) { x.Starts = day.New(2023, 1, 1) },
		"body.ends_on":             func(x *recurring.Wish) { x.Ends = day.New(2026, 3, 1) },
		"body.times":               func(x *recurring.Wish) { x.Times, x.Ends = 3, day.New(2026, 9, 1) },
		"body.lines":               func(x *recurring.Wish) { x.Lines = nil },
		"body.lines[0].unit_price": func(x *recurring.Wish) { x.Lines[0].UnitPrice = dec("1.1234567") },
		"body.lines[0].tax_rate_ids": func(x *recurring.Wish) {
			x.Lines[0].TaxRateIDs = []string{"0198c0de-0000-7000-8000-00000000dead"}
		},
		"body.terms_days": func(x *recurring.Wish) { x.EndOfMonth = true },
	} {
		wish := w.hosting()
		change(&wish)
		_, err := w.svc.Create(w.Ctx, wish)
		var f *fault.Error
		if !errors.As(err, &f) || len(f.Fields) != 1 || f.Fields[0].Path != field {
			t.Errorf("%s: %v %+v", field, err, f)
		}
	}
	if _, err := w.svc.Create(w.As(access.Actor{Name: "Draws up"}, invoicing.CanWrite), w.hosting()); !errors.Is(err, recurring.ErrMayNot) {
		t.Errorf("issued without the right: %v", err)
	}
	r := w.create(t, w.hosting())
	w.on(t, "2026-03-02")
	if _, err := w.svc.Change(w.Ctx, r.ID, r.Version, func(x *recurring.Wish) { x.Every = recurring.Year }); !errors.Is(err, recurring.ErrBad) {
		t.Errorf("other days after the first: %v", err)
	}
	if _, err := w.svc.Change(w.Ctx, r.ID, r.Version+1, func(*recurring.Wish) {}); !errors.Is(err, recurring.ErrStale) {
		t.Errorf("a stale change: %v", err)
	}
	now, err := w.svc.Change(w.Ctx, r.ID, r.Version, func(x *recurring.Wish) { x.Ends = day.New(2026, 4, 10) })
	must(t, err)
	w.Clock.Set(w.Clock.Now().AddDate(4, 0, 0)) // one that began long ago can still be changed
	if _, err := w.svc.Change(w.Ctx, r.ID, now.Version, func(x *recurring.Wish) { x.Note = "Thank you" }); err != nil {
		t.Errorf("changed after years: %v", err)
	}
	w.Clock.Set(w.Clock.Now().AddDate(-4, 0, 0))
	o, err := w.svc.Upcoming(w.Ctx, now.ID, 6)
	if err != nil || len(o.Periods) != 1 || o.More || o.Periods[0].Invoice.Net.Amount() != "100.00" || o.Periods[0].Days.Len() != 10 {
		t.Errorf("with an end: %+v, %v", o, err)
	}
}

// Any way to part a period pays the whole of it.
func TestPartsOfAPeriodAddUpToIt(t *testing.T) {
	t.Parallel()
	w := setup(t)
	wish := w.hosting()
	wish.Lines[0].UnitPrice = dec("100.01")
	for cut := 1; cut < 31; cut++ {
		a, b := wish, wish
		a.Starts, a.Ends = day.New(2026, 5, 1), day.New(2026, 5, cut)
		b.Starts, b.Ends = day.New(2026, 5, cut+1), day.New(2026, 5, 31)
		first, err := w.svc.Preview(w.Ctx, a, 1, 1)
		must(t, err)
		second, err := w.svc.Preview(w.Ctx, b, 1, 1)
		must(t, err)
		if sum := first.Periods[0].Invoice.Net.Add(second.Periods[0].Invoice.Net); sum.Amount() != "100.01" {
			t.Errorf("%d and %d days pay %s", cut, 31-cut, sum)
		}
	}
}
