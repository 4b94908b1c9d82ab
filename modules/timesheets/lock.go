package timesheets

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrLocked refuses every change of time in a closed period; the refusal says up to when it is closed, and by whom.
var ErrLocked = fault.Define(fault.Conflict, "timesheets.period_locked", "This period is closed. Its time cannot be changed any more.")

// How often periods close by themselves.
const (
	EveryWeek, EveryMonth = "week", "month"
)

// Lock is the day up to which time is closed, for everybody.
type Lock struct {
	Through day.Date // the last closed day; none: all is open
	By      string   // the member who closed it; empty when the period closed by itself
	At      *time.Time
	Itself  bool   // closed by the agency's rule, not by a member
	Entity  string // the legal entity whose time it is; empty for everybody's
}

// Locks tells whether d can no longer change.
func (l Lock) Locks(d day.Date) bool { return !l.Through.IsZero() && !d.After(l.Through) }

// Open is the first day that can change; none when all can.
func (l Lock) Open() day.Date {
	if l.Through.IsZero() {
		return day.Date{}
	}
	return l.Through.AddDays(1)
}

// Grace closes periods by themselves: each so many days after its end.
type Grace struct {
	On    bool
	Days  int
	Every string   // week or month
	After day.Date // periods that end on it or before stay as they are
}

const maxGrace = 90

// through is the last day that the rule has closed by today.
func (g Grace) through(today day.Date, first time.Weekday) day.Date {
	if !g.On {
		return day.Date{}
	}
	// A period is over on the day after its end, and closed when as many days of grace have gone.
	last := today.AddDays(-g.Days - 1)
	end := last.AddDays(1).WeekStart(first).AddDays(-1)
	if g.Every == EveryMonth {
		end = last.AddDays(1).StartOfMonth().AddDays(-1)
	}
	if !g.After.IsZero() && !end.After(g.After) {
		return day.Date{}
	}
	return end
}

func (g Grace) check(field string) error {
	if g.Days < 0 || g.Days > maxGrace {
		return ErrBadSettings.At(field, "must be between 0 and 90")
	}
	return nil
}

// beside puts the rule beside what was closed by hand: the later day holds.
func (g Grace) beside(l Lock, today day.Date, first time.Weekday) Lock {
	if end := g.through(today, first); !end.IsZero() && end.After(l.Through) {
		return Lock{Through: end, Itself: true}
	}
	return l
}

// inForce puts the rules beside what was closed by hand, for everybody and for each legal entity.
func (s Settings) inForce(today day.Date, first time.Weekday) Settings {
	s.Today = today
	s.Lock = s.Grace.beside(s.Lock, today, first)
	s.Entities = slices.Clone(s.Entities)
	for _, g := range s.Graces {
		i := slices.IndexFunc(s.Entities, func(l EntityLock) bool { return l.EntityID == g.EntityID })
		if i < 0 {
			if l := g.beside(Lock{}, today, first); !l.Through.IsZero() {
				s.Entities = append(s.Entities, EntityLock{l, g.EntityID})
			}
			continue
		}
		s.Entities[i].Lock = g.beside(s.Entities[i].Lock, today, first)
	}
	return s
}

// stay keeps closed what another rule would open again unasked: opening is said, with a reason.
func (s Settings) stay(before Settings, ch SettingsChange, c conditions, by string, now time.Time) Settings {
	then := s.inForce(c.today, c.calendar.WeekStart)
	if ch.LockedThrough == nil && then.Lock.Through.Before(before.Lock.Through) {
		s.Lock = Lock{Through: before.Lock.Through, By: by, At: &now}
	}
	for _, was := range before.Entities {
		of := func(l EntityLock) bool { return l.EntityID == was.EntityID }
		if slices.ContainsFunc(ch.Entities, func(e EntityClosing) bool { return e.EntityID == was.EntityID }) ||
			slices.ContainsFunc(then.Entities, func(l EntityLock) bool { return of(l) && !l.Through.Before(was.Through) }) {
			continue
		}
		s.Entities = append(slices.DeleteFunc(s.Entities, of), EntityLock{Lock{Through: was.Through, By: by, At: &now}, was.EntityID})
	}
	return s
}

// locked is the refusal to change time of a closed period. It names who can be asked.
func (s *Service) locked(ctx context.Context, tx *tenancy.Tx, l Lock, field string) error {
	until, what := l.Through.Format("2 January 2006"), "Time"
	if l.Entity != "" {
		what = "Time of " + l.Entity
	}
	refusal := ErrLocked.Saying("%s up to %s is closed.", what, until)
	switch {
	case l.Itself:
		refusal = ErrLocked.Saying("%s up to %s is closed: the period closed by itself some days after its end. Ask an owner or administrator to open it again.", what, until)
	case l.By != "":
		names, err := s.d.Team.NamesTx(ctx, tx, []string{l.By})
		if err != nil {
			return err
		}
		who := names[l.By]
		if who == "" {
			who = "somebody who has left"
		}
		refusal = ErrLocked.Saying("%s up to %s was closed by %s on %s. Ask them to open it again.", what, until, who, l.At.Format("2 January 2006"))
	}
	return refusal.At(field, fmt.Sprintf("is in a period that is closed up to %s", l.Through))
}

// Dated is what was spent or done on a day, for a client or for nobody.
type Dated struct {
	Day      day.Date
	ClientID string
}

// OpenTx refuses days of closed periods, for what is closed with time. Until tx ends no period closes.
func (s *Service) OpenTx(ctx context.Context, tx *tenancy.Tx, field string, dated ...Dated) error {
	c, err := s.conditions(ctx, tx)
	if err != nil {
		return err
	}
	for _, d := range dated {
		l := c.settings.Lock
		if d.ClientID != "" {
			l = c.lock(d.ClientID)
		}
		if l.Locks(d.Day) {
			return s.locked(ctx, tx, l, field)
		}
	}
	return nil
}

// OpenForTx refuses a day that is closed for everybody, or for what the legal entity invoices. Until tx ends no period closes.
func (s *Service) OpenForTx(ctx context.Context, tx *tenancy.Tx, entityID string, on day.Date, field string) error {
	c, err := s.conditions(ctx, tx)
	if err != nil {
		return err
	}
	if l := c.lockOf(entityID); l.Locks(on) {
		return s.locked(ctx, tx, l, field)
	}
	return nil
}

// Opening is what an earlier closing day would open to changes although it is settled.
type Opening struct {
	From, To                              day.Date // the days that would be open again; none if no day would
	Entries, ApprovedWeeks, BilledEntries int
	Seconds                               int64
	Invoices                              []string // the first ones, by id
}

const maxOpeningInvoices = 20

// Opening tells what moving the closing day back to through would contradict (rule 40): that of everybody, or of a legal entity.
func (s *Service) Opening(ctx context.Context, through day.Date, entityID string) (o Opening, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.readConditions(ctx, tx, false)
		if err != nil {
			return err
		}
		from := earliest
		if !through.IsZero() {
			from = through.AddDays(1)
		}
		until, of := c.settings.Lock.Through, Clientele{All: true}
		if entityID != "" {
			known, err := s.invoicedTx(ctx, tx)
			if err != nil {
				return err
			}
			if from.Before(until.AddDays(1)) && !until.IsZero() {
				from = until.AddDays(1) // what is closed for everybody stays closed
			}
			until, of = day.Date{}, known.clientele(entityID)
			for _, l := range c.settings.Entities {
				if l.EntityID == entityID {
					until = l.Through
				}
			}
		}
		if until.Before(from) {
			return nil
		}
		if o, err = s.d.Store.Opening(ctx, tx, from, until, of, maxOpeningInvoices); err != nil {
			return err
		}
		o.From, o.To = from, until
		return nil
	})
	return o, err
}
