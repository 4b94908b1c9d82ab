package timesheets

import (
	"context"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

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
	for _, one := range []Entry{before, e} {
		if l := c.lock(one.ClientID); l.Locks(one.Day) {
			return e, nil, s.locked(ctx, tx, l, "body.day")
		}
	}
	if err := s.moveSheets(ctx, tx, c, before, &e); err != nil {
		return e, nil, err
	}
	enough, err := s.d.Ledgers.GuardTx(ctx, tx, distinct([]string{before.ProjectID, e.ProjectID}))
	if err != nil {
		return e, nil, err
	}
	e.Source, e.CrossedLock = FromManual, false // what was edited by hand obeys the rules for hands
	ws, err := s.surroundings(ctx, tx, c, &e)
	if err != nil {
		return e, nil, err
	}
	e.Source = before.Source
	if err := s.priceAgain(ctx, tx, before, &e, ch); err != nil {
		return e, nil, err
	}
	e.BilledSeconds = c.settings.Rounding.Derive([]Entry{e})[e.ID]
	counted := tallies(before, e)
	if err := s.holdTallies(ctx, tx, counted); err != nil {
		return e, nil, err
	}
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
	if err := s.countAgain(ctx, tx, c, counted, &e); err != nil {
		return e, nil, err
	}
	if err := enough(ctx); err != nil {
		return e, nil, err
	}
	if err := s.d.Ledgers.CountTx(ctx, tx, []Counted{{Entry: e, From: before.ProjectID}}); err != nil {
		return e, nil, err
	}
	if err := audit.Record(ctx, tx, audit.Change{Action: "timesheets.entry_changed", Entity: "time_entry", EntityID: e.ID, Before: record(before), After: record(e)}); err != nil {
		return e, nil, err
	}
	return e, ws, s.d.Bus.Publish(ctx, tx, EntryChanged{entryEvent(e)})
}

// priceAgain gives a changed entry another price where that is asked for, and judges its hours anew where those changed.
func (s *Service) priceAgain(ctx context.Context, tx *tenancy.Tx, before Entry, e *Entry, ch EntryChange) error {
	if e.question() != before.question() || ch.Own != nil || e.Rate == nil {
		return s.price(ctx, tx, e)
	}
	if ch.HourKind == nil && e.RawSeconds == before.RawSeconds && sameTime(e.StartedAt, before.StartedAt) && sameTime(e.EndedAt, before.EndedAt) {
		return nil
	}
	agreed, err := s.rejudge(ctx, tx, e)
	if err == nil && ch.HourKind != nil {
		err = e.meant(agreed)
	}
	return err
}

func sameTime(a, b *time.Time) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Equal(*b))
}

func (s *Service) changed(ctx context.Context, tx *tenancy.Tx, c conditions, before Entry, ch EntryChange) (Entry, error) {
	e := before
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
	if err := s.changeSale(ctx, tx, &e, ch, w); err != nil {
		return e, err
	}
	if err := s.billableAgain(ctx, tx, c, before, &e, ch.Billable); err != nil {
		return e, err
	}
	if ch.Own != nil {
		if e.Own, err = own(ctx, *ch.Own); err != nil {
			return e, err
		}
	}
	if ch.HourKind != nil {
		if e.HourKind, err = hourKind(ctx, *ch.HourKind); err != nil {
			return e, err
		}
	}
	if ch.Note != nil {
		if e.Note, err = parseNote(*ch.Note); err != nil {
			return e, err
		}
	}
	return e, e.rewhen(ch, c)
}

// changeSale gives e another service: the one that was named, or that of its new task.
func (s *Service) changeSale(ctx context.Context, tx *tenancy.Tx, e *Entry, ch EntryChange, w Work) error {
	switch {
	case ch.ServiceID == nil && (ch.TaskID == nil || w.ServiceID == ""):
		return nil
	case ch.ServiceID != nil && *ch.ServiceID == "":
		e.ServiceID, e.ServiceName = "", ""
		return nil
	case ch.ServiceID != nil && *ch.ServiceID == e.ServiceID:
		return nil // an archived one stays where it is
	}
	named := ""
	if ch.ServiceID != nil {
		named = *ch.ServiceID
	}
	sale, err := s.saleOf(ctx, tx, named, w)
	e.ServiceID, e.ServiceName = sale.ID, sale.Name
	return err
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

// moveSheets puts a changed entry into the sheet of its day and voids what was
// approved of it. Sheets are locked in the order of their dates.
func (s *Service) moveSheets(ctx context.Context, tx *tenancy.Tx, c conditions, before Entry, e *Entry) error {
	mine := e.MemberID == access.From(ctx).MemberID
	dates := []day.Date{before.Day, e.Day}
	slices.SortFunc(dates, day.Date.Compare)
	var last Sheet
	for _, d := range dates {
		if last.Has(d) {
			continue // both days are in one sheet
		}
		sheet, err := s.openSheet(ctx, tx, e.MemberID, d, c)
		if err != nil {
			return err
		}
		last = sheet
		arrives := sheet.Has(e.Day)
		if arrives && sheet.ID != before.SheetID && !sheet.Takes() {
			return ErrSheetClosed.At("body.day", "is in a period that was submitted")
		}
		if arrives {
			e.SheetID, e.SheetVersion = sheet.ID, sheet.Version+1
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
	if e.State == Approved || (e.State == Submitted && e.ProjectID != before.ProjectID) {
		e.State = Submitted
		return s.reroute(ctx, tx, c, []*Entry{e})
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
	if l := c.lock(e.ClientID); l.Locks(e.Day) {
		return s.locked(ctx, tx, l, "path.id")
	}
	after := e
	if err := s.moveSheets(ctx, tx, c, e, &after); err != nil {
		return err
	}
	now := s.d.Now().UTC()
	e.Version, e.UpdatedAt, e.SheetVersion = e.Version+1, now, after.SheetVersion
	if err := s.holdTallies(ctx, tx, tallies(e)); err != nil {
		return err
	}
	if err := s.d.Store.RemoveEntry(ctx, tx, e); err != nil {
		return err
	}
	if err := s.roundDay(ctx, tx, c, &after); err != nil {
		return err
	}
	if err := s.countAgain(ctx, tx, c, tallies(e), nil); err != nil {
		return err
	}
	if err := s.d.Ledgers.CountTx(ctx, tx, []Counted{{Entry: e, Gone: true}}); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, audit.Change{Action: "timesheets.entry_deleted", Entity: "time_entry", EntityID: e.ID, Before: record(e)}); err != nil {
		return err
	}
	return s.d.Bus.Publish(ctx, tx, EntryDeleted{entryEvent(e)})
}
