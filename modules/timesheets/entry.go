package timesheets

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/rates"
)

// The states of an entry. Sheets have the same but for billed.
const (
	Draft     = "draft"
	Submitted = "submitted"
	Approved  = "approved"
	Billed    = "billed"
	Rejected  = "rejected"
)

// Where an entry came from.
const (
	FromManual = "manual"
	FromTimer  = "timer"
	FromGrid   = "grid"
)

var (
	ErrNotFound  = fault.Define(fault.NotFound, "timesheets.entry_not_found", "This time entry does not exist.")
	ErrStale     = fault.Define(fault.Precondition, "request.stale", "This was changed meanwhile. Load it again and repeat your change.")
	ErrNoProject = fault.Define(fault.Invalid, "timesheets.no_project", "There is no such project.").At("body.project_id", "is not a project")
	ErrNoTask    = fault.Define(fault.Invalid, "timesheets.no_task", "There is no such task in this project.").At("body.task_id", "is not a task of this project")
	ErrClosed    = fault.Define(fault.Conflict, "timesheets.project_closed", "This project takes no more time.").At("body.project_id", "takes no more time")
	ErrNoService = fault.Define(fault.Invalid, "timesheets.no_service", "There is no such service.").At("body.service_id", "is not a service, or is archived")
	ErrNoMember  = fault.Define(fault.Invalid, "timesheets.no_member", "There is no such member.").At("body.member_id", "is not a member")
	ErrBadNote   = fault.Define(fault.Invalid, "timesheets.bad_note", "The note is too long.").At("body.note", "must not have more than 2000 letters")
	ErrOverlap   = fault.Define(fault.Conflict, "timesheets.overlap", "This time overlaps with another entry, which this agency does not allow.").At("body.started_at", "overlaps with another entry")
	ErrDayFull   = fault.Define(fault.Invalid, "timesheets.day_full", "A day has no more than 24 hours.")
	ErrNotYours  = fault.Define(fault.Forbidden, "timesheets.not_yours", "You can only log your own time.")
	ErrFrozen    = fault.Define(fault.Conflict, "timesheets.entry_frozen", "Only drafts and entries that were sent back can be changed. Recall the week or ask for it to be sent back.")
	ErrBilled    = fault.Define(fault.Conflict, "timesheets.entry_billed", "This time is on an invoice. Void the invoice to change it.")
)

const maxNote = 2000

// Entry is time that one member worked for one project.
type Entry struct {
	ID, MemberID, SheetID               string
	ClientID, ClientName                string
	ProjectID, ProjectCode, ProjectName string
	TaskID, TaskName                    string
	ServiceID, ServiceName              string

	Day                  day.Date   // the work date, decided at entry
	StartedAt, EndedAt   *time.Time // both or neither
	Zone                 string     // the person's zone at entry
	RawSeconds           int64      // what was worked; no rule alters it
	BilledSeconds        int64      // what the rounding rule makes of it
	Billable             bool
	Note, State, Source  string
	RejectReason         string
	InvoiceID            string
	CrossedLock, OverDay bool // kept by a timer although the rules refuse it by hand

	// The snapshot of the rate; nil is "no rate" and cannot be billed.
	Rate                             *decimal.Decimal
	Currency, RateID, RateCardID     string
	RateCardName, RateLevel, RateWhy string
	Own                              *OwnRate       // set on the entry itself: goes before every card
	Split                            *Split         // what of it counts by which multiplier, and costs what
	HourKind                         rates.HourKind // what all of it counts as, where somebody said so
	MoneyHidden                      bool           // the reader may not see rates

	Awaits       []Step // while submitted: who has to look at it, the next one first; whoever may approve when empty
	SheetVersion int    // of its week when it was last changed

	CreatedAt, UpdatedAt time.Time
	CreatedBy            string
	Version              int
}

// NoRate marks billable time that has no price.
func (e Entry) NoRate() bool { return !e.MoneyHidden && e.Billable && e.Rate == nil }

// Amount is the worth of the billed seconds, nil without a rate.
func (e Entry) Amount() *money.Money {
	if e.Rate == nil || !e.Billable {
		return nil
	}
	m, err := worth(e.Rated().Mul(*e.Rate).Add(e.TierWorth()), e.Currency)
	if err != nil {
		return nil
	}
	return &m
}

// worth turns seconds times rate into money, rounded once.
func worth(secondsTimesRate decimal.Decimal, currency string) (money.Money, error) {
	exact := money.HalfUp.Quo(secondsTimesRate, decimal.NewFromInt(3600), money.Places(currency))
	return money.FromDecimal(exact, currency, money.HalfUp)
}

// Editable tells whether the entry's own member may change it.
func (e Entry) Editable() bool { return e.State == Draft || e.State == Rejected }

func (e *Entry) take(r Rate) {
	e.Rate, e.Currency, e.RateID, e.RateCardID, e.RateCardName, e.RateLevel = nil, "", "", "", "", ""
	e.RateWhy = r.Why
	if r.Found {
		e.Rate, e.Currency, e.RateID, e.RateCardID = &r.PerHour, r.Currency, r.RateID, r.CardID
		e.RateCardName, e.RateLevel = r.CardName, r.Level
	}
	e.Split = nil
	if r.Found && r.Tiers != nil {
		e.Split = &Split{Tiers: r.Tiers, Since: r.CountedSince}
	}
	e.divide(r.Agreed)
}

func (e *Entry) hideMoney() {
	e.take(Rate{})
	e.Own, e.HourKind, e.MoneyHidden = nil, "", true
}

func (e *Entry) takeNames(w Work, task string) {
	e.ProjectCode, e.ProjectName, e.ClientName, e.TaskName = w.ProjectCode, w.ProjectName, w.ClientName, task
}

// NewEntry is what a person says about time worked: a span, or a day and seconds.
type NewEntry struct {
	MemberID           string // empty for oneself
	ProjectID, TaskID  string
	ServiceID          string // empty for the task's
	NoService          bool   // not even the task's
	Day                day.Date
	StartedAt, EndedAt *time.Time
	Seconds            *int64
	Zone               string // empty for the agency's
	Note               string
	Billable           *bool // nil for what the project, the task and the service say
	Own                *OwnRate
	HourKind           rates.HourKind // empty: the clock decides
}

// EntryChange names what changes; nil stays. An empty TaskID or ServiceID clears it.
type EntryChange struct {
	ProjectID, TaskID  *string
	ServiceID          *string
	Day                *day.Date
	StartedAt, EndedAt *time.Time
	Seconds            *int64 // turns a span into a duration
	Zone               *string
	Note               *string
	Billable           *bool
	Own                **OwnRate       // nil below clears it: the cards decide again
	HourKind           *rates.HourKind // empty: the clock decides again
}

// Warning says what is odd about an entry that was kept all the same.
type Warning struct {
	Code    string
	Entries []string
}

// parseNote trims and checks a note.
func parseNote(s string) (string, error) {
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) > maxNote {
		return "", ErrBadNote
	}
	return s, nil
}

// when decides day, span and seconds of an entry.
func (e *Entry) when(n NewEntry, zone *time.Location, today day.Date) error {
	e.Zone = zone.String()
	switch {
	case n.StartedAt != nil && n.EndedAt != nil:
		if n.Seconds != nil {
			return ErrBadTime.At("body.seconds", "goes with a day, not with start and end")
		}
		span, err := NewSpan(n.StartedAt.Truncate(time.Second), n.EndedAt.Truncate(time.Second), zone)
		if err != nil {
			return err
		}
		from, to := span.From.UTC(), span.To.UTC()
		e.StartedAt, e.EndedAt, e.Day, e.RawSeconds = &from, &to, span.Day(), span.Seconds()
		if !n.Day.IsZero() && n.Day != e.Day {
			return ErrBadTime.At("body.day", "is not the day of the start, "+e.Day.String())
		}
		return checkDay(e.Day, today, "body.started_at")
	case n.StartedAt != nil:
		return ErrBadTime.At("body.ended_at", "is required with a start")
	case n.EndedAt != nil:
		return ErrBadTime.At("body.started_at", "is required with an end")
	case n.Seconds == nil:
		return ErrBadTime.At("body.seconds", "is required without start and end")
	}
	if err := checkSeconds(*n.Seconds, "body.seconds"); err != nil {
		return err
	}
	e.StartedAt, e.EndedAt, e.Day, e.RawSeconds = nil, nil, n.Day, *n.Seconds
	return checkDay(e.Day, today, "body.day")
}
