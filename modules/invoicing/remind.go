package invoicing

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// remindRound looks through what is open, once a day.
type remindRound struct {
	At time.Time `json:"at"`
}

// Kind names the job.
func (remindRound) Kind() string { return "invoicing.remind" }

// roundTime is how long a round may take; hourOfRound is when it is, by the agency's clock.
const (
	roundTime   = 30 * time.Minute
	hourOfRound = 9
)

// ReminderPolicy is the ladder of a client, or of the agency. A client without
// its own has the agency's; own tells which it is.
func (s *Service) ReminderPolicy(ctx context.Context, clientID string) (p ReminderPolicy, own bool, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		p, own, err = s.policyOf(ctx, tx, clientID)
		return err
	})
	return p, own, err
}

func (s *Service) policyOf(ctx context.Context, tx *tenancy.Tx, clientID string) (ReminderPolicy, bool, error) {
	if clientID != "" {
		if _, err := s.d.Clients.ClientTx(ctx, tx, clientID); err != nil {
			return ReminderPolicy{}, false, err
		}
		if p, err := s.d.Store.ReminderPolicy(ctx, tx, clientID, false); err != nil || p != nil {
			return deref(p), true, err
		}
	}
	p, err := s.d.Store.ReminderPolicy(ctx, tx, "", false)
	if p == nil {
		return ReminderPolicy{Steps: DefaultSteps()}, clientID == "", err
	}
	return *p, clientID == "", err
}

func deref(p *ReminderPolicy) ReminderPolicy {
	if p == nil {
		return ReminderPolicy{}
	}
	return *p
}

// SaveReminderPolicy keeps a ladder. Its version is the one it was changed from; 0 where none was kept.
func (s *Service) SaveReminderPolicy(ctx context.Context, p ReminderPolicy) (ReminderPolicy, error) {
	p.sort()
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := tx.Lock(ctx, "invoicing.reminders"); err != nil {
			return err
		}
		if p.ClientID != "" {
			if _, err := s.clientOf(ctx, tx, p.ClientID); err != nil {
				return err
			}
		}
		before, err := s.d.Store.ReminderPolicy(ctx, tx, p.ClientID, true)
		if err != nil {
			return err
		}
		if p.Version != deref(before).Version {
			return ErrStale
		}
		today, err := s.today(ctx, tx)
		if err != nil {
			return err
		}
		if err := s.readyLate(ctx, tx, &p, deref(before), today); err != nil {
			return err
		}
		p.ID, p.EnabledOn, p.RunsAt = s.d.NewID(), today, nil
		if before != nil {
			p.ID, p.RunsAt = before.ID, before.RunsAt
			if before.Enabled && p.Enabled {
				p.EnabledOn = before.EnabledOn
			}
		}
		p.Version, p.UpdatedAt = p.Version+1, s.d.Now()
		if err := s.d.Store.PutReminderPolicy(ctx, tx, p); err != nil {
			return err
		}
		if p.Enabled {
			if err := s.planRound(ctx, tx); err != nil {
				return err
			}
		}
		return s.settingsChanged(ctx, tx, "invoicing.reminders_changed", "reminder_policy", p.ID, "Reminders", before, p)
	})
	return p, err
}

// DropReminderPolicy gives a client the agency's ladder back.
func (s *Service) DropReminderPolicy(ctx context.Context, clientID string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.ReminderPolicy(ctx, tx, clientID, true)
		if err != nil {
			return err
		}
		if _, err := s.clientOf(ctx, tx, clientID); err != nil {
			return err
		}
		if err := s.d.Store.DropReminderPolicy(ctx, tx, clientID); err != nil {
			return err
		}
		return s.settingsChanged(ctx, tx, "invoicing.reminders_dropped", "reminder_policy", clientID, "Reminders", before, nil)
	})
}

// planRound makes sure that a round waits. The agency's own policy remembers which.
func (s *Service) planRound(ctx context.Context, tx *tenancy.Tx) error {
	agency, err := s.d.Store.ReminderPolicy(ctx, tx, "", true)
	if err != nil {
		return err
	}
	if agency == nil {
		agency = &ReminderPolicy{ID: s.d.NewID(), Steps: DefaultSteps(), Version: 1, UpdatedAt: s.d.Now()}
	}
	if agency.RunsAt != nil {
		return nil
	}
	at, err := s.nextRound(ctx, tx)
	if err != nil {
		return err
	}
	agency.RunsAt = &at
	if err := s.d.Store.PutReminderPolicy(ctx, tx, *agency); err != nil {
		return err
	}
	return s.d.Queue.EnqueueAt(ctx, tx, at, remindRound{at})
}

// nextRound is the next morning of the agency.
func (s *Service) nextRound(ctx context.Context, tx *tenancy.Tx) (time.Time, error) {
	d, err := s.d.Settings.DefaultsTx(ctx, tx)
	if err != nil {
		return time.Time{}, err
	}
	zone, err := time.LoadLocation(d.TimeZone)
	if err != nil { // zones are checked when they are saved
		zone = time.UTC
	}
	now := s.d.Now()
	today := day.Of(now, zone)
	morning := func(d day.Date) time.Time {
		return time.Date(d.Year(), d.Month(), d.Day(), hourOfRound, 0, 0, 0, zone).UTC()
	}
	if at := morning(today); at.After(now) {
		return at, nil
	}
	return morning(today.AddDays(1)), nil
}

// remindRound may break off anywhere and run again: each invoice is a
// transaction of its own, in which its step is taken once.
func (s *Service) remindRound(ctx context.Context, j remindRound) error {
	var all map[string]ReminderPolicy
	var today day.Date
	current := false
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		if today, err = s.today(ctx, tx); err != nil {
			return err
		}
		all, err = s.d.Store.ReminderPolicies(ctx, tx)
		at := all[""].RunsAt
		current = at != nil && at.Equal(j.At)
		return err
	})
	if err != nil || !current { // another round waits in the place of this one
		return err
	}
	if now := s.d.Now(); now.Before(j.At) {
		return job.NotYet(j.At.Sub(now))
	}
	if err := s.remindAll(ctx, all, today); err != nil {
		return err
	}
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		agency, err := s.d.Store.ReminderPolicy(ctx, tx, "", true)
		if err != nil || agency == nil || agency.RunsAt == nil || !agency.RunsAt.Equal(j.At) {
			return err
		}
		agency.RunsAt = nil
		if err := s.d.Store.PutReminderPolicy(ctx, tx, *agency); err != nil {
			return err
		}
		now, err := s.d.Store.ReminderPolicies(ctx, tx)
		if err != nil {
			return err
		}
		for _, p := range now {
			if p.Enabled {
				return s.planRound(ctx, tx)
			}
		}
		return nil
	})
}

// Remindable is an open invoice with the steps that were taken for it.
type Remindable struct {
	InvoiceID string
	ClientID  string
	DueOn     day.Date
	Taken     []int
}

func (s *Service) remindAll(ctx context.Context, all map[string]ReminderPolicy, today day.Date) error {
	after := ""
	for {
		var some []Remindable
		err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
			some, err = s.d.Store.Remindable(ctx, tx, today.AddDays(-maxStepDays), today.AddDays(maxStepDays), after, 500)
			return err
		})
		if err != nil || len(some) == 0 {
			return err
		}
		for _, r := range some {
			p, own := all[r.ClientID]
			if !own {
				p = all[""]
			}
			step, due := p.due(r.DueOn, today, r.Taken)
			if !due {
				continue
			}
			if err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error { return s.remind(ctx, tx, r.InvoiceID, p, step, today) }); err != nil {
				return err
			}
		}
		after = some[len(some)-1].InvoiceID
	}
}

// remind takes a step: the mark, the letter and its job are one transaction.
// What was paid, paused or reminded meanwhile is left alone.
func (s *Service) remind(ctx context.Context, tx *tenancy.Tx, invoiceID string, p ReminderPolicy, step ReminderStep, today day.Date) error {
	i, err := s.d.Store.LockedInvoice(ctx, tx, invoiceID)
	if err != nil {
		return err
	}
	where, err := s.d.Store.Reminding(ctx, tx, invoiceID)
	if err != nil || i.State != Issued || i.Balance().Sign() <= 0 || where.PausedAt != nil {
		return err
	}
	r := Reminder{Days: step.Days, Outcome: ReminderSent, At: s.d.Now()}
	to, err := s.receivers(ctx, tx, i.ClientID)
	if err != nil {
		return err
	}
	out := Sending{ID: s.d.NewID(), InvoiceID: i.ID, To: to, Reminder: true, QueuedAt: r.At}
	out.Subject, out.Message = step.letter(i.Document.Language, reminderValues(i, today)...)
	if out.Message, err = s.withPayLink(ctx, tx, i, out.Message); err != nil {
		return err
	}
	if r.SendingID = out.ID; len(to) == 0 {
		r.Outcome, r.SendingID = ReminderNoAddress, ""
	}
	if first, err := s.d.Store.TakeReminder(ctx, tx, i.ID, r); err != nil || !first {
		return err
	}
	var e event.Event = InvoiceReminded{factOf(i)}
	if r.Outcome == ReminderNoAddress {
		e = ReminderUnaddressed{factOf(i)}
	} else {
		if err := s.d.Store.AddSend(ctx, tx, out); err != nil {
			return err
		}
		jobs := []job.Args{sendMail{out.ID}}
		if l := p.late(); l.On && l.By != "" && step.Days > 0 {
			jobs = append(jobs, chargeLateFee{i.ID})
		}
		if err := s.d.Queue.Enqueue(ctx, tx, jobs...); err != nil {
			return err
		}
	}
	if err := audit.Record(ctx, tx, audit.Change{Action: "invoicing.invoice_reminded", Entity: "invoice", EntityID: i.ID, After: reminderShot{r.Days, r.Outcome, out.Subject}}); err != nil {
		return err
	}
	return s.d.Events.Publish(ctx, tx, e)
}

type reminderShot struct {
	Days    int             `json:"days"`
	Outcome ReminderOutcome `json:"outcome"`
	Subject string          `json:"subject"`
}

// settledBefore takes back a reminder that has not gone out yet, because the money came.
func (s *Service) settledBefore(ctx context.Context, out Sending, i Invoice) (bool, error) {
	if !out.Reminder || i.State == Issued && i.Balance().Sign() > 0 {
		return false, nil
	}
	return true, s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error { return s.d.Store.SettleReminder(ctx, tx, out.ID) })
}

// PauseReminders stops the reminders of an invoice, such as while it is disputed.
func (s *Service) PauseReminders(ctx context.Context, invoiceID, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrBadPause.At("body.reason", "is required")
	}
	return s.pause(ctx, invoiceID, reason, true)
}

// ResumeReminders lets them go on with the next step.
func (s *Service) ResumeReminders(ctx context.Context, invoiceID string) error {
	return s.pause(ctx, invoiceID, "", false)
}

func (s *Service) pause(ctx context.Context, invoiceID, reason string, pause bool) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err := s.d.Store.LockedInvoice(ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		before, err := s.d.Store.Reminding(ctx, tx, invoiceID)
		switch {
		case err != nil:
			return err
		case i.State != Issued:
			return ErrNotIssued
		case i.Kind == CreditNote:
			return ErrCreditNote
		case pause && before.PausedAt != nil:
			return ErrPaused
		case !pause && before.PausedAt == nil:
			return ErrNotPaused
		}
		now := s.d.Now()
		at, action, e := &now, "invoicing.reminders_paused", event.Event(RemindersPaused{factOf(i)})
		if !pause {
			at, action, e = nil, "invoicing.reminders_resumed", RemindersResumed{factOf(i)}
		}
		if err := s.d.Store.PauseReminders(ctx, tx, invoiceID, at, reason); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: action, Entity: "invoice", EntityID: invoiceID, Before: before.Reason, After: reason}); err != nil {
			return err
		}
		return s.d.Events.Publish(ctx, tx, e)
	})
}

// Reminding tells where an invoice stands on its ladder.
func (s *Service) Reminding(ctx context.Context, invoiceID string) (r Reminding, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err := s.d.Store.Invoice(ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		if r, err = s.d.Store.Reminding(ctx, tx, invoiceID); err != nil {
			return err
		}
		if i.State != Issued || i.Kind == CreditNote || i.Balance().Sign() <= 0 || r.PausedAt != nil {
			return nil
		}
		today, err := s.today(ctx, tx)
		if err != nil {
			return err
		}
		p, _, err := s.policyOf(ctx, tx, i.ClientID)
		taken := make([]int, len(r.Taken))
		for n, t := range r.Taken {
			taken[n] = t.Days
		}
		r.Next = p.next(i.DueOn, today, taken)
		return err
	})
	return r, err
}

// PreviewReminder writes a step with figures of an example.
func (s *Service) PreviewReminder(ctx context.Context, step ReminderStep, lang Language) (subject, message string, err error) {
	if err := (ReminderPolicy{Steps: []ReminderStep{step}}).check(); err != nil {
		return "", "", err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		d, err := s.d.Settings.DefaultsTx(ctx, tx)
		if err != nil {
			return err
		}
		today, err := s.today(ctx, tx)
		if err != nil {
			return err
		}
		w, locale := WordsIn(lang), localeFor(lang, d.Locale)
		amount := func(minor int64) string { return money.Format(money.Of(minor, d.Currency), locale) }
		subject, message = step.letter(lang, "number", "INV-2026-0042", "seller", d.LegalName, "buyer", "Initech", "total", amount(119_000), "open", amount(100_000),
			"due", w.Day(today.AddDays(-step.Days)), "days", fmt.Sprint(max(step.Days, -step.Days)))
		return nil
	})
	return subject, message, err
}
