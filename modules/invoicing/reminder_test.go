package invoicing_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/invoicing"
)

// ladder turns the agency's reminders on: 3 days before, 3 and 14 days after.
func (w *world) ladder(t *testing.T, days ...int) invoicing.ReminderPolicy {
	t.Helper()
	p := invoicing.ReminderPolicy{Enabled: true}
	for _, d := range days {
		p.Steps = append(p.Steps, invoicing.ReminderStep{Days: d})
	}
	p, err := w.svc.SaveReminderPolicy(w.Ctx, p)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// mornings lets the rounds of days pass, one by one.
func (w *world) mornings(t *testing.T, days int) {
	t.Helper()
	for range days {
		w.Clock.Advance(24 * time.Hour)
		w.Work(t)
	}
}

func (w *world) subjects() (all []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, m := range w.mails {
		all = append(all, m.Subject)
	}
	return all
}

// An invoice of 2 March with 10 days to pay: reminded on 9, 15 and 26 March, once each, until it is paid.
func TestRemindersGoOutOnceEachAndStopWhenItIsPaid(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ten := 10
	w.client.TermsDays = &ten
	i := w.issued(t)
	w.ladder(t, 14, -3, 3)
	r, err := w.svc.Reminding(w.Ctx, i.ID)
	if err != nil || r.Next == nil || r.Next.On != day.MustParse("2026-03-09") || r.Next.Days != -3 {
		t.Fatalf("next is %+v, %v", r.Next, err)
	}
	want := []string{}
	for _, step := range []struct {
		days int
		mail string
	}{{6, ""}, {1, "Invoice " + i.Number + " is due on 12 Mar 2026"}, {5, ""}, {1, "Reminder: invoice " + i.Number + " is overdue"}} {
		w.mornings(t, step.days)
		if step.mail != "" {
			want = append(want, step.mail)
		}
		if got := w.subjects(); !slices.Equal(got, want) {
			t.Fatalf("after %d days: %q, want %q", step.days, got, want)
		}
	}
	w.mu.Lock()
	last := w.mails[1]
	w.mu.Unlock()
	for _, says := range []string{"Dear Acme Ltd", "was due on 12 Mar 2026, 3 days ago", "€100.00 is still open", "Nordlicht Studio"} {
		if !strings.Contains(last.Text, says) {
			t.Errorf("the letter does not say %q: %s", says, last.Text)
		}
	}
	if len(last.Files) == 0 || last.To[0].Email != "bill@acme.example" {
		t.Errorf("to %v with %d files", last.To, len(last.Files))
	}
	sends, err := w.svc.Sendings(w.Ctx, i.ID)
	if err != nil || len(sends) != 2 || !sends[0].Reminder || sends[0].SentAt == nil {
		t.Errorf("%+v, %v", sends, err)
	}
	if _, err := w.svc.Record(w.Ctx, invoicing.NewPayment{Amount: i.Total, ReceivedOn: day.MustParse("2026-03-15"), Parts: []invoicing.Part{{InvoiceID: i.ID, Amount: i.Total}}}); err != nil {
		t.Fatal(err)
	}
	w.mornings(t, 14)
	if got := w.subjects(); len(got) != 2 {
		t.Errorf("reminded of a paid invoice: %q", got)
	}
	if r, err := w.svc.Reminding(w.Ctx, i.ID); err != nil || r.Next != nil || len(r.Taken) != 2 {
		t.Errorf("%+v, %v", r, err)
	}
}

// The mail server is down when a step is due, and the round breaks off: the letter goes out later, once. If the money
// comes in between, it does not go out at all.
func TestAReminderIsSentOnceAfterACrashAndNotAfterThePayment(t *testing.T) {
	t.Parallel()
	w := setup(t)
	none := 0
	w.client.TermsDays = &none
	first, second := w.issued(t), w.issued(t)
	w.ladder(t, 1)
	w.mu.Lock()
	w.mailDown = errors.New("connection refused")
	w.mu.Unlock()
	w.mornings(t, 2)
	if got := w.subjects(); len(got) != 0 {
		t.Fatalf("sent %q", got)
	}
	if _, err := w.svc.Record(w.Ctx, invoicing.NewPayment{Amount: second.Total, ReceivedOn: day.MustParse("2026-03-04"), Parts: []invoicing.Part{{InvoiceID: second.ID, Amount: second.Total}}}); err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	w.mailDown = nil
	w.mu.Unlock()
	for _, i := range []invoicing.Invoice{first, second} { // their next tries come now
		r, err := w.svc.Reminding(w.Ctx, i.ID)
		if err != nil || len(r.Taken) != 1 {
			t.Fatalf("%+v, %v", r, err)
		}
		if _, err := w.Control.Pool().Exec(w.Ctx, `UPDATE queue.river_job SET state = 'scheduled' WHERE state = 'retryable' AND args ->> 'sending_id' = $1`, r.Taken[0].SendingID); err != nil {
			t.Fatal(err)
		}
	}
	w.mornings(t, 3)
	if got := w.subjects(); len(got) != 1 || !strings.Contains(got[0], first.Number) {
		t.Errorf("sent %q, want one for %s", got, first.Number)
	}
	r, err := w.svc.Reminding(w.Ctx, second.ID)
	if err != nil || len(r.Taken) != 1 || r.Taken[0].Outcome != invoicing.ReminderSettled {
		t.Errorf("of the paid one: %+v, %v", r, err)
	}
}

func TestRemindersPauseAndGoOn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	none := 0
	w.client.TermsDays = &none
	i := w.issued(t)
	w.ladder(t, 1, 5)
	wantFault(t, w.svc.PauseReminders(w.Ctx, i.ID, " "), invoicing.ErrBadPause)
	wantFault(t, w.svc.ResumeReminders(w.Ctx, i.ID), invoicing.ErrNotPaused)
	wantFault(t, w.svc.PauseReminders(w.Ctx, w.draft(t, free("Work", "1", "1")).ID, "disputed"), invoicing.ErrNotIssued)
	if err := w.svc.PauseReminders(w.Ctx, i.ID, "The hours are disputed"); err != nil {
		t.Fatal(err)
	}
	wantFault(t, w.svc.PauseReminders(w.Ctx, i.ID, "again"), invoicing.ErrPaused)
	w.mornings(t, 3)
	if r, err := w.svc.Reminding(w.Ctx, i.ID); err != nil || r.Next != nil || r.Reason != "The hours are disputed" || len(w.subjects()) != 0 {
		t.Errorf("%+v, %v, %q", r, err, w.subjects())
	}
	if err := w.svc.ResumeReminders(w.Ctx, i.ID); err != nil {
		t.Fatal(err)
	}
	w.mornings(t, 3)
	if got := w.subjects(); len(got) != 2 { // the first step on the next morning, as it was missed, and the second on its day
		t.Errorf("after it went on: %q", got)
	}
}

// A client has no reminders, or its own, whatever the agency's are; and old steps are not made up for.
func TestAClientHasItsOwnRemindersOrNone(t *testing.T) {
	t.Parallel()
	w := setup(t)
	none := 0
	w.client.TermsDays = &none
	w.issued(t)
	w.mornings(t, 10)
	w.ladder(t, 1, 5, 15)
	w.mornings(t, 2)
	if got := w.subjects(); len(got) != 0 {
		t.Fatalf("steps of days before it was turned on: %q", got)
	}
	own, err := w.svc.SaveReminderPolicy(w.Ctx, invoicing.ReminderPolicy{ClientID: w.client.ID})
	if err != nil {
		t.Fatal(err)
	}
	w.mornings(t, 5)
	if got := w.subjects(); len(got) != 0 {
		t.Errorf("a client without reminders got %q", got)
	}
	_, err = w.svc.SaveReminderPolicy(w.Ctx, invoicing.ReminderPolicy{ClientID: w.client.ID})
	wantFault(t, err, invoicing.ErrStale)
	own.Enabled, own.Steps = true, []invoicing.ReminderStep{{Days: 20, Texts: map[invoicing.Language]invoicing.ReminderText{"en": {Subject: "Last call: {open} of {number}"}}}}
	if _, err := w.svc.SaveReminderPolicy(w.Ctx, own); err != nil {
		t.Fatal(err)
	}
	w.mornings(t, 5)
	if got := w.subjects(); len(got) != 1 || got[0] != "Last call: €100.00 of INV-2026-0001" {
		t.Errorf("its own: %q", got)
	}
	if err := w.svc.DropReminderPolicy(w.Ctx, w.client.ID); err != nil {
		t.Fatal(err)
	}
	if p, isOwn, err := w.svc.ReminderPolicy(w.Ctx, w.client.ID); err != nil || isOwn || len(p.Steps) != 3 {
		t.Errorf("%+v, %v, %v", p, isOwn, err)
	}
}

func TestRemindersAreRefusedAtTheirFields(t *testing.T) {
	t.Parallel()
	w := setup(t)
	step := func(days int, subject string) invoicing.ReminderStep {
		return invoicing.ReminderStep{Days: days, Texts: map[invoicing.Language]invoicing.ReminderText{"de": {Subject: subject}}}
	}
	for name, steps := range map[string][]invoicing.ReminderStep{
		"none": {}, "twice": {step(1, ""), step(1, "")}, "far": {step(366, "")}, "placeholder": {step(1, "{amount}")}, "many": make([]invoicing.ReminderStep, 11),
	} {
		_, err := w.svc.SaveReminderPolicy(w.Ctx, invoicing.ReminderPolicy{Enabled: true, Steps: steps})
		if !errors.Is(err, invoicing.ErrBadReminders) {
			t.Errorf("%s: %v", name, err)
		}
	}
	subject, message, err := w.svc.PreviewReminder(w.Ctx, step(14, "{number}: {days} Tage, {open}"), invoicing.German)
	if err != nil || subject != "INV-2026-0042: 14 Tage, 1.000,00\u00a0€" || !strings.Contains(message, "Nordlicht Studio") {
		t.Errorf("%q %q %v", subject, message, err)
	}
	w.billing = nil
	none := 0
	w.client.TermsDays = &none
	i := w.issued(t)
	w.ladder(t, 1)
	w.mornings(t, 2)
	if r, err := w.svc.Reminding(w.Ctx, i.ID); err != nil || len(r.Taken) != 1 || r.Taken[0].Outcome != invoicing.ReminderNoAddress {
		t.Errorf("without an address: %+v, %v", r, err)
	}
}

// The guide's days are those that the program comes to.
func TestGuideToReminders(t *testing.T) {
	t.Parallel()
	says := guide(t, "reminders.md")
	due := day.Terms{Days: 30}.Due(day.MustParse("2026-03-02"))
	for _, st := range invoicing.DefaultSteps() {
		says(due.AddDays(st.Days).Format("2 January") + " |")
	}
}
