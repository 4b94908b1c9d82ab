package timesheets

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// What happens to entries of one member that overlap.
const (
	OverlapAllow, OverlapWarn, OverlapRefuse = "allow", "warn", "refuse"
)

var (
	// ErrBadSettings refuses settings that contradict each other.
	ErrBadSettings = fault.Define(fault.Invalid, "timesheets.bad_settings", "These settings cannot be kept.")
	// ErrStaleSettings refuses a change based on older settings.
	ErrStaleSettings = fault.Define(fault.Precondition, "timesheets.settings_stale", "The settings were changed meanwhile. Load them again.")
)

// Settings are the agency's rules for time.
type Settings struct {
	Lock     Lock         // what is closed today, by hand or by the rule of Grace
	Entities []EntityLock // what is closed besides, for the time that a legal entity invoices
	Grace    Grace
	Graces   []EntityGrace // by which legal entities close besides
	Periods  Periods       // what is handed in together
	Today    day.Date      `json:"-"` // on which this is so
	Overlap  string
	Rounding Rounding
	// ForgottenHours is how long a timer runs before it asks whether it was forgotten.
	ForgottenHours int
	Route          Route // whose approval time needs, where a project says nothing else
	OwnException   bool  // the only one who can approve may approve their own, with a reason
	// MembersSetBillable lets all who log time say whether it is billable; otherwise that takes SetBillable.
	MembersSetBillable bool
	Holidays           Holidays
	Version            int
}

// SettingsChange names what changes; nil stays. Moving the lock back needs a reason.
type SettingsChange struct {
	LockedThrough *day.Date       // the zero day unlocks all
	Entities      []EntityClosing // of some legal entities, in one go; others stay
	Grace         *Grace          // its After is not the caller's to say
	Graces        []EntityGrace   // of some legal entities; others stay
	Period        *PeriodRule     // without a day from the next period
	Overlap       *string
	Rounding      *Rounding
	Forgotten     *int // hours
	Route         *Route
	OwnException  *bool
	SetBillable   *bool // by all who log time
	Holidays      *Holidays
	Reason        string
}

// Settings returns the agency's rules for time.
func (s *Service) Settings(ctx context.Context) (out Settings, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.readConditions(ctx, tx, false)
		out = c.settings
		return err
	})
	return out, err
}

// ChangeSettings changes the rules. A new rounding rule is applied to all time
// that is not billed yet; billed seconds are frozen.
func (s *Service) ChangeSettings(ctx context.Context, version int, ch SettingsChange) (out Settings, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.readConditions(ctx, tx, false)
		if err != nil {
			return err
		}
		before := c.settings
		kept, err := s.d.Store.Settings(ctx, tx, false) // as written, without what closed by itself since
		if err != nil {
			return err
		}
		if err := s.knownEntities(ctx, tx, ch); err != nil {
			return err
		}
		if ch.Period != nil {
			if kept.Periods, err = kept.Periods.with(*ch.Period, c.today, c.calendar.WeekStart); err != nil {
				return err
			}
		}
		by, now := access.From(ctx).MemberID, s.d.Now().UTC()
		if kept, err = kept.with(ch, before, by, now); err != nil {
			return err
		}
		kept = kept.stay(before, ch, c, by, now)
		kept.Version = version
		if saved, err := s.d.Store.SaveSettings(ctx, tx, kept); err != nil || !saved {
			return orStale(err)
		}
		out = kept.inForce(c.today, c.calendar.WeekStart)
		out.Version++
		if err := audit.Record(ctx, tx, audit.Change{
			Action: "timesheets.settings_changed", Entity: "time_settings", EntityID: "time_settings", Before: before, After: out, Reason: ch.Reason,
		}); err != nil {
			return err
		}
		c.settings = out
		if err := s.recut(ctx, tx, c, before.Periods); err != nil {
			return err
		}
		if out.Rounding != before.Rounding {
			if len(out.Entities) > 0 {
				if c.invoiced, err = s.invoicedTx(ctx, tx); err != nil {
					return err
				}
			}
			if err := s.roundAgain(ctx, tx, c); err != nil {
				return err
			}
		}
		return s.d.Bus.Publish(ctx, tx, PeriodLocked{Through: out.Lock.Through})
	})
	return out, err
}

func orStale(err error) error {
	if err == nil {
		return ErrStaleSettings
	}
	return err
}

// with applies ch to the settings as they are kept. What is closed today decides what opens.
func (s Settings) with(ch SettingsChange, before Settings, by string, now time.Time) (Settings, error) {
	today := before.Lock
	if ch.Overlap != nil {
		s.Overlap = *ch.Overlap
	}
	if ch.Rounding != nil {
		s.Rounding = *ch.Rounding
	}
	if ch.Route != nil {
		s.Route = *ch.Route
	}
	if ch.OwnException != nil {
		s.OwnException = *ch.OwnException
	}
	if ch.SetBillable != nil {
		s.MembersSetBillable = *ch.SetBillable
	}
	if ch.Holidays != nil {
		if s.Holidays = *ch.Holidays; !s.Holidays.known() {
			return s, ErrBadSettings.At("body.holidays", "must be lower or fill")
		}
	}
	if ch.Forgotten != nil {
		if s.ForgottenHours = *ch.Forgotten; s.ForgottenHours < 1 || s.ForgottenHours > 24 {
			return s, ErrBadSettings.At("body.forgotten_hours", "must be between 1 and 24")
		}
	}
	if g := ch.Grace; g != nil {
		if err := g.check("body.grace.days"); err != nil {
			return s, err
		}
		s.Grace.On, s.Grace.Days, s.Grace.Every = g.On, g.Days, g.Every
	}
	if ch.LockedThrough != nil && *ch.LockedThrough != today.Through {
		if today.Locks(ch.LockedThrough.AddDays(1)) || (ch.LockedThrough.IsZero() && !today.Through.IsZero()) {
			if strings.TrimSpace(ch.Reason) == "" {
				return s, ErrNoReason
			}
			s.Grace.After = today.Through // or the rule would close the same days again at once
		}
		s.Lock = Lock{Through: *ch.LockedThrough, By: by, At: &now}
	}
	var err error
	if s.Graces, err = graces(s.Graces, ch); err != nil {
		return s, err
	}
	if err = s.close(ch, before.Entities, by, now); err != nil {
		return s, err
	}
	if !slices.Contains([]string{ScopeEntry, ScopeDay, ScopeTask, ScopeInvoice}, s.Rounding.Scope) {
		return s, ErrBadSettings.At("body.rounding.scope", "must be entry, day, task or invoice")
	}
	if r := s.Rounding; r.Step < 60 || r.Step > 86400 || r.Minimum < 0 || r.Minimum > 86400 {
		return s, ErrBadSettings.At("body.rounding.step_seconds", "must be between a minute and a day")
	}
	return s, nil
}

// roundBatch is about how many entries are rounded again at a time.
const roundBatch = 5000

// roundAgain derives what is not billed and not closed by the new rule: days
// together, since a day is what may be rounded as one, and few enough at a time
// that the whole history never has to be in memory.
func (s *Service) roundAgain(ctx context.Context, tx *tenancy.Tx, c conditions) error {
	days, err := s.d.Store.UnbilledDays(ctx, tx, c.settings.Lock.Open())
	if err != nil {
		return err
	}
	for _, r := range batches(days, roundBatch) {
		if err := s.roundDays(ctx, tx, c, r); err != nil {
			return err
		}
	}
	return nil
}

// batches cuts days into stretches of at most so many entries. A day is never cut.
func batches(days []DayCount, most int) (out []day.Range) {
	entries := 0
	for _, d := range days {
		if entries += d.Entries; len(out) == 0 || entries > most {
			out, entries = append(out, day.Range{From: d.Day}), d.Entries
		}
		out[len(out)-1].To = d.Day
	}
	return out
}

func (s *Service) roundDays(ctx context.Context, tx *tenancy.Tx, c conditions, r day.Range) error {
	entries, err := s.d.Store.Entries(ctx, tx, Filter{From: r.From, To: r.To})
	if err != nil {
		return err
	}
	return s.setBilled(ctx, tx, c, entries, derived(c.open(entries), c.settings.Rounding))
}

// derived are the billed seconds of entries of whole days that the rule makes other ones.
func derived(entries []Entry, rule Rounding) map[string]int64 {
	groups := map[[3]string][]Entry{}
	for _, e := range entries {
		key := [3]string{e.MemberID, e.ProjectID, e.Day.String()}
		groups[key] = append(groups[key], e)
	}
	changed := map[string]int64{}
	for _, group := range groups {
		differences(changed, group, rule.Derive(group))
	}
	return changed
}

func differences(changed map[string]int64, group []Entry, derived map[string]int64) {
	for _, e := range group {
		if derived[e.ID] != e.BilledSeconds {
			changed[e.ID] = derived[e.ID]
		}
	}
}
