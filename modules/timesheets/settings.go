package timesheets

import (
	"context"
	"strings"

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
	LockedThrough day.Date // no day: nothing is locked
	Overlap       string
	Rounding      Rounding
	Version       int
}

// Locks tells whether d can no longer change.
func (s Settings) Locks(d day.Date) bool {
	return !s.LockedThrough.IsZero() && !d.After(s.LockedThrough)
}

// SettingsChange names what changes; nil stays. Moving the lock back needs a reason.
type SettingsChange struct {
	LockedThrough *day.Date // the zero day unlocks all
	Overlap       *string
	Rounding      *Rounding
	Reason        string
}

// Settings returns the agency's rules for time.
func (s *Service) Settings(ctx context.Context) (out Settings, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.Settings(ctx, tx, false)
		return err
	})
	return out, err
}

// ChangeSettings changes the rules. A new rounding rule is applied to all time
// that is not billed yet; billed seconds are frozen.
func (s *Service) ChangeSettings(ctx context.Context, version int, ch SettingsChange) (out Settings, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.Settings(ctx, tx, false)
		if err != nil {
			return err
		}
		if out, err = before.with(ch); err != nil {
			return err
		}
		out.Version = version
		if saved, err := s.d.Store.SaveSettings(ctx, tx, out); err != nil || !saved {
			return orStale(err)
		}
		out.Version++
		if err := audit.Record(ctx, tx, audit.Change{
			Action: "timesheets.settings_changed", Entity: "time_settings", EntityID: "time_settings", Before: before, After: out, Reason: ch.Reason,
		}); err != nil {
			return err
		}
		if out.Rounding != before.Rounding {
			if err := s.roundAgain(ctx, tx, out.Rounding); err != nil {
				return err
			}
		}
		return s.d.Bus.Publish(ctx, tx, PeriodLocked{Through: out.LockedThrough})
	})
	return out, err
}

func orStale(err error) error {
	if err == nil {
		return ErrStaleSettings
	}
	return err
}

func (s Settings) with(ch SettingsChange) (Settings, error) {
	if ch.Overlap != nil {
		s.Overlap = *ch.Overlap
	}
	if ch.Rounding != nil {
		s.Rounding = *ch.Rounding
	}
	if ch.LockedThrough != nil {
		opens := !s.LockedThrough.IsZero() && ch.LockedThrough.Before(s.LockedThrough)
		if ch.LockedThrough.IsZero() {
			opens = !s.LockedThrough.IsZero()
		}
		if opens && strings.TrimSpace(ch.Reason) == "" {
			return s, ErrNoReason
		}
		s.LockedThrough = *ch.LockedThrough
	}
	if r := s.Rounding; r.Step < 60 || r.Step > 86400 || r.Minimum < 0 || r.Minimum > 86400 {
		return s, ErrBadSettings.At("body.rounding.step_seconds", "must be between a minute and a day")
	}
	return s, nil
}

func (s *Service) roundAgain(ctx context.Context, tx *tenancy.Tx, rule Rounding) error {
	entries, err := s.d.Store.Entries(ctx, tx, Filter{States: []string{Draft, Submitted, Approved, Rejected, Billed}})
	if err != nil {
		return err
	}
	groups := map[[3]string][]Entry{}
	for _, e := range entries {
		key := [3]string{e.MemberID, e.ProjectID, e.Day.String()}
		groups[key] = append(groups[key], e)
	}
	changed := map[string]int64{}
	for _, group := range groups {
		differences(changed, group, rule)
	}
	return s.d.Store.SetBilledSeconds(ctx, tx, changed)
}

func differences(changed map[string]int64, group []Entry, rule Rounding) {
	derived := rule.Derive(group)
	for _, e := range group {
		if derived[e.ID] != e.BilledSeconds {
			changed[e.ID] = derived[e.ID]
		}
	}
}
