package timesheets

import (
	"context"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/tenancy"
)

// Log keeps time that was worked. Warnings name what is odd about it.
func (s *Service) Log(ctx context.Context, n NewEntry) (e Entry, warnings []Warning, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.conditions(ctx, tx)
		if err != nil {
			return err
		}
		e, warnings, err = s.logTx(ctx, tx, c, n, FromManual)
		return err
	})
	if err != nil {
		return Entry{}, nil, err
	}
	s.show(ctx, &e)
	return e, warnings, nil
}

func (s *Service) logTx(ctx context.Context, tx *tenancy.Tx, c conditions, n NewEntry, source string) (e Entry, ws []Warning, err error) {
	member, err := s.memberOf(ctx, tx, n.MemberID)
	if err != nil {
		return e, nil, err
	}
	w, err := s.openWork(ctx, tx, n.ProjectID, n.TaskID)
	if err != nil {
		return e, nil, err
	}
	if e, err = s.draft(ctx, n, w, c, member, source); err != nil {
		return e, nil, err
	}
	ws, err = s.keep(ctx, tx, c, &e)
	return e, ws, err
}

// memberOf decides whose time is meant. Only who may approve time logs for somebody else.
func (s *Service) memberOf(ctx context.Context, tx *tenancy.Tx, wanted string) (string, error) {
	a := access.From(ctx)
	if wanted == "" || wanted == a.MemberID {
		return a.MemberID, nil
	}
	if !a.Can(Approve) {
		return "", ErrNotYours
	}
	there, err := s.d.Team.IsMemberTx(ctx, tx, wanted)
	if err == nil && !there {
		err = ErrNoMember
	}
	return wanted, err
}

// draft makes an entry of what was said, without keeping it.
func (s *Service) draft(ctx context.Context, n NewEntry, w Work, c conditions, member, source string) (Entry, error) {
	now := s.d.Now().UTC()
	e := Entry{
		ID: id.New(), MemberID: member, ProjectID: w.ProjectID, ClientID: w.ClientID, TaskID: w.TaskID, Billable: w.Billable,
		State: Draft, Source: source, CreatedAt: now, UpdatedAt: now, CreatedBy: access.From(ctx).MemberID, Version: 1,
	}
	e.takeNames(w, w.TaskName)
	if n.Billable != nil {
		e.Billable = *n.Billable
	}
	var err error
	if e.Note, err = parseNote(n.Note); err != nil {
		return e, err
	}
	zone, err := c.zone(n.Zone)
	if err != nil {
		return e, err
	}
	return e, e.when(n, zone, c.today)
}

// keep writes a new entry into its week, after every check that applies to it.
func (s *Service) keep(ctx context.Context, tx *tenancy.Tx, c conditions, e *Entry) ([]Warning, error) {
	if e.Source != FromTimer && c.settings.Locks(e.Day) {
		return nil, ErrLocked.At("body.day", "is in a locked period")
	}
	sheet, err := s.openSheet(ctx, tx, e.MemberID, e.Day, c)
	if err != nil {
		return nil, err
	}
	if !sheet.Takes() {
		if e.Source != FromTimer {
			return nil, ErrSheetClosed
		}
		sheet.State = Draft // what was handed in has changed, so it has to be handed in again
	}
	e.SheetID, e.CrossedLock = sheet.ID, c.settings.Locks(e.Day)
	warnings, err := s.surroundings(ctx, tx, c, e)
	if err != nil {
		return nil, err
	}
	if err := s.price(ctx, tx, e); err != nil {
		return nil, err
	}
	e.BilledSeconds = c.settings.Rounding.Derive([]Entry{*e})[e.ID]
	if err := s.d.Store.AddEntry(ctx, tx, *e); err != nil {
		return nil, err
	}
	if err := s.roundDay(ctx, tx, c, e); err != nil {
		return nil, err
	}
	sheet.Version++
	if err := s.d.Store.SaveSheet(ctx, tx, sheet); err != nil {
		return nil, err
	}
	if err := audit.Record(ctx, tx, audit.Change{Action: "timesheets.entry_logged", Entity: "time_entry", EntityID: e.ID, After: record(*e)}); err != nil {
		return nil, err
	}
	return warnings, s.d.Bus.Publish(ctx, tx, EntryLogged{entryEvent(*e)})
}

func (s *Service) openSheet(ctx context.Context, tx *tenancy.Tx, member string, d day.Date, c conditions) (Sheet, error) {
	return s.d.Store.OpenSheet(ctx, tx, Sheet{
		ID: id.New(), MemberID: member, Week: WeekOf(d, c.calendar.WeekStart), State: Draft, CreatedAt: s.d.Now().UTC(), Version: 1,
	})
}

// surroundings refuses a day of more than 24 hours and, where the agency says
// so, entries that overlap. A timer's entry is kept and flagged instead.
func (s *Service) surroundings(ctx context.Context, tx *tenancy.Tx, c conditions, e *Entry) ([]Warning, error) {
	zone, err := ParseZone(e.Zone)
	if err != nil {
		return nil, err
	}
	others, overlaps, err := s.d.Store.Around(ctx, tx, Around{MemberID: e.MemberID, Day: e.Day, Except: e.ID, From: e.StartedAt, To: e.EndedAt})
	if err != nil {
		return nil, err
	}
	e.OverDay = time.Duration(others+e.RawSeconds)*time.Second > DayLength(e.Day, zone)
	if e.OverDay && e.Source != FromTimer {
		field := "body.seconds"
		if e.StartedAt != nil {
			field = "body.ended_at"
		}
		return nil, ErrDayFull.At(field, "makes more than 24 hours on "+e.Day.String())
	}
	if len(overlaps) == 0 || c.settings.Overlap == OverlapAllow {
		return nil, nil
	}
	if c.settings.Overlap == OverlapRefuse && e.Source != FromTimer {
		return nil, ErrOverlap
	}
	return []Warning{{Code: "overlap", Entries: overlaps}}, nil
}

// price copies the rate of the work date onto the entry: a card that is edited
// later changes nothing here.
func (s *Service) price(ctx context.Context, tx *tenancy.Tx, e *Entry) error {
	r, err := s.d.Rates.ResolveTx(ctx, tx, RateQuestion{MemberID: e.MemberID, ProjectID: e.ProjectID, ClientID: e.ClientID, TaskID: e.TaskID, Day: e.Day})
	if err != nil {
		return err
	}
	e.take(r)
	return nil
}

// roundDay derives the billed seconds of all entries that are rounded together with e.
func (s *Service) roundDay(ctx context.Context, tx *tenancy.Tx, c conditions, e *Entry) error {
	if c.settings.Rounding.Scope != ScopeDay {
		return nil
	}
	group, err := s.d.Store.Entries(ctx, tx, Filter{MemberID: e.MemberID, ProjectID: e.ProjectID, From: e.Day, To: e.Day})
	if err != nil {
		return err
	}
	changed := map[string]int64{}
	differences(changed, group, c.settings.Rounding)
	if seconds, ok := changed[e.ID]; ok {
		e.BilledSeconds = seconds
	}
	return s.d.Store.SetBilledSeconds(ctx, tx, changed)
}

// Change edits an entry. Its own member may while it is a draft or was sent
// back; who approves may correct somebody else's until it is billed, which
// voids the approval of that line.
func (s *Service) Change(ctx context.Context, entryID string, version int, ch EntryChange) (e Entry, ws []Warning, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.conditions(ctx, tx)
		if err != nil {
			return err
		}
		before, err := s.editable(ctx, tx, entryID)
		if err != nil {
			return err
		}
		if before.Version != version {
			return ErrStale
		}
		e, ws, err = s.changeTx(ctx, tx, c, before, ch)
		return err
	})
	if err != nil {
		return Entry{}, nil, err
	}
	s.show(ctx, &e)
	return e, ws, nil
}

// editable returns the entry if the caller may edit it.
func (s *Service) editable(ctx context.Context, tx *tenancy.Tx, entryID string) (Entry, error) {
	a := access.From(ctx)
	e, err := s.d.Store.Entry(ctx, tx, entryID)
	switch {
	case err != nil:
		return e, err
	case !mayRead(a, e.MemberID):
		return e, ErrNotFound
	case e.MemberID != a.MemberID && !a.Can(Approve):
		return e, ErrNotYours
	case e.State == Billed:
		return e, ErrBilled
	case e.MemberID == a.MemberID && !e.Editable():
		return e, ErrFrozen
	}
	return e, nil
}

func (s *Service) changeTx(ctx context.Context, tx *tenancy.Tx, c conditions, before Entry, ch EntryChange) (Entry, []Warning, error) {
	e, err := s.changed(ctx, tx, c, before, ch)
	if err != nil {
		return e, nil, err
	}
	if c.settings.Locks(before.Day) {
		return e, nil, ErrLocked
	}
	if c.settings.Locks(e.Day) {
		return e, nil, ErrLocked.At("body.day", "is in a locked period")
	}
	if err := s.moveWeeks(ctx, tx, c, before, &e); err != nil {
		return e, nil, err
	}
	e.Source, e.CrossedLock = FromManual, false // what was edited by hand obeys the rules for hands
	ws, err := s.surroundings(ctx, tx, c, &e)
	if err != nil {
		return e, nil, err
	}
	e.Source = before.Source
	if e.ProjectID != before.ProjectID || e.TaskID != before.TaskID || e.Day != before.Day || e.Rate == nil {
		if err := s.price(ctx, tx, &e); err != nil {
			return e, nil, err
		}
	}
	e.BilledSeconds = c.settings.Rounding.Derive([]Entry{e})[e.ID]
	e.Version, e.UpdatedAt = e.Version+1, s.d.Now().UTC()
	if err := s.d.Store.SaveEntry(ctx, tx, e); err != nil {
		return e, nil, err
	}
	if err := s.roundDay(ctx, tx, c, &e); err != nil {
		return e, nil, err
	}
	if before.Day != e.Day || before.ProjectID != e.ProjectID {
		if err := s.roundDay(ctx, tx, c, &before); err != nil {
			return e, nil, err
		}
	}
	if err := audit.Record(ctx, tx, audit.Change{Action: "timesheets.entry_changed", Entity: "time_entry", EntityID: e.ID, Before: record(before), After: record(e)}); err != nil {
		return e, nil, err
	}
	return e, ws, s.d.Bus.Publish(ctx, tx, EntryChanged{entryEvent(e)})
}

func (s *Service) changed(ctx context.Context, tx *tenancy.Tx, c conditions, e Entry, ch EntryChange) (Entry, error) {
	if ch.ProjectID != nil && *ch.ProjectID != e.ProjectID {
		e.ProjectID, e.TaskID = *ch.ProjectID, ""
	}
	if ch.TaskID != nil {
		e.TaskID = *ch.TaskID
	}
	work := s.d.Projects.WorkTx
	if ch.ProjectID != nil {
		work = s.openWork // a closed project takes no time, but what it has may be corrected
	}
	w, err := work(ctx, tx, e.ProjectID, e.TaskID)
	if err != nil {
		return e, err
	}
	e.ClientID = w.ClientID
	e.takeNames(w, w.TaskName)
	if ch.Billable != nil {
		e.Billable = *ch.Billable
	}
	if ch.Note != nil {
		if e.Note, err = parseNote(*ch.Note); err != nil {
			return e, err
		}
	}
	return e, e.rewhen(ch, c)
}

// rewhen changes day and times. Seconds turn a span into a duration; a new day
// moves a span by whole dates and keeps its hours on the clock.
func (e *Entry) rewhen(ch EntryChange, c conditions) error {
	if ch.Day == nil && ch.StartedAt == nil && ch.EndedAt == nil && ch.Seconds == nil && ch.Zone == nil {
		return nil
	}
	zoneName := e.Zone
	if ch.Zone != nil {
		zoneName = *ch.Zone
	}
	zone, err := c.zone(zoneName)
	if err != nil {
		return err
	}
	n := NewEntry{Day: e.Day}
	if ch.Day != nil {
		n.Day = *ch.Day
	}
	switch timed := e.StartedAt != nil || ch.StartedAt != nil || ch.EndedAt != nil; {
	case ch.Seconds != nil:
		n.Seconds, n.StartedAt, n.EndedAt = ch.Seconds, ch.StartedAt, ch.EndedAt
	case timed:
		n.StartedAt, n.EndedAt = e.StartedAt, e.EndedAt
		if ch.Day != nil && ch.StartedAt == nil && ch.EndedAt == nil && e.StartedAt != nil {
			n.StartedAt, n.EndedAt = moved(e, *ch.Day, zone)
		}
		if ch.StartedAt != nil {
			n.StartedAt = ch.StartedAt
		}
		if ch.EndedAt != nil {
			n.EndedAt = ch.EndedAt
		}
		if ch.Day == nil {
			n.Day = day.Date{} // the start decides
		}
	default:
		n.Seconds = &e.RawSeconds
	}
	return e.when(n, zone, c.today)
}

func moved(e *Entry, to day.Date, zone *time.Location) (from, end *time.Time) {
	days := to.Sub(day.Of(*e.StartedAt, zone))
	a := e.StartedAt.In(zone).AddDate(0, 0, days)
	b := a.Add(e.EndedAt.Sub(*e.StartedAt)) // the length stays, whatever the clocks do that day
	return &a, &b
}

// moveWeeks puts a changed entry into the week of its day and voids what was
// approved of it. Weeks are locked in the order of their dates.
func (s *Service) moveWeeks(ctx context.Context, tx *tenancy.Tx, c conditions, before Entry, e *Entry) error {
	mine := e.MemberID == access.From(ctx).MemberID
	dates := []day.Date{WeekOf(before.Day, c.calendar.WeekStart), WeekOf(e.Day, c.calendar.WeekStart)}
	slices.SortFunc(dates, day.Date.Compare)
	for _, week := range slices.Compact(dates) {
		sheet, err := s.openSheet(ctx, tx, e.MemberID, week, c)
		if err != nil {
			return err
		}
		arrives := sheet.Week == WeekOf(e.Day, c.calendar.WeekStart)
		if arrives && sheet.ID != before.SheetID && !sheet.Takes() {
			return ErrSheetClosed.At("body.day", "is in a week that was submitted")
		}
		if arrives {
			e.SheetID = sheet.ID
			if sheet.ID != before.SheetID {
				e.State = Draft
			}
		}
		if sheet.State == Approved && !mine {
			sheet.State = Submitted // the approval was of something else
			sheet.DecidedAt, sheet.DecidedBy, sheet.DecidedVersion = nil, "", 0
		}
		sheet.Version++
		if err := s.d.Store.SaveSheet(ctx, tx, sheet); err != nil {
			return err
		}
	}
	if e.State == Approved {
		e.State = Submitted
	}
	return nil
}

// Delete takes an entry out. Its row stays, for the record.
func (s *Service) Delete(ctx context.Context, entryID string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.conditions(ctx, tx)
		if err != nil {
			return err
		}
		e, err := s.editable(ctx, tx, entryID)
		if err != nil {
			return err
		}
		return s.deleteTx(ctx, tx, c, e)
	})
}

func (s *Service) deleteTx(ctx context.Context, tx *tenancy.Tx, c conditions, e Entry) error {
	if c.settings.Locks(e.Day) {
		return ErrLocked
	}
	after := e
	if err := s.moveWeeks(ctx, tx, c, e, &after); err != nil {
		return err
	}
	now := s.d.Now().UTC()
	e.Version, e.UpdatedAt = e.Version+1, now
	if err := s.d.Store.RemoveEntry(ctx, tx, e); err != nil {
		return err
	}
	if err := s.roundDay(ctx, tx, c, &after); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, audit.Change{Action: "timesheets.entry_deleted", Entity: "time_entry", EntityID: e.ID, Before: record(e)}); err != nil {
		return err
	}
	return s.d.Bus.Publish(ctx, tx, EntryDeleted{entryEvent(e)})
}
