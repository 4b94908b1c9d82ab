package timesheets

import (
	"context"
	"slices"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/tenancy"
)

// OpenWeek returns the caller's sheet of d and makes it if there is none, so that
// a period without any time can be handed in too.
func (s *Service) OpenWeek(ctx context.Context, d day.Date) (sheet Sheet, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.conditions(ctx, tx)
		if err != nil {
			return err
		}
		if err := checkDay(d, c.today, "body.week"); err != nil {
			return err
		}
		sheet, err = s.openSheet(ctx, tx, access.From(ctx).MemberID, d, c)
		if err != nil || sheet.Version > 1 {
			return err
		}
		return audit.Record(ctx, tx, audit.Change{Action: "timesheets.sheet_opened", Entity: "timesheet", EntityID: sheet.ID, After: sheet.record(0)})
	})
	return sheet, err
}

// Submit hands in the caller's week as they saw it.
func (s *Service) Submit(ctx context.Context, sheetID string, version int) (Sheet, error) {
	return s.decide(ctx, sheetID, version, decision{
		action: "submitted", from: []string{Draft, Rejected}, to: Submitted,
		lines: Move{From: []string{Draft, Rejected}, To: Submitted},
		event: func(e SheetEvent) event.Event { return SheetSubmitted{e} },
	})
}

// Recall takes the caller's week back as long as nobody has decided on it.
func (s *Service) Recall(ctx context.Context, sheetID string, version int) (Sheet, error) {
	return s.decide(ctx, sheetID, version, decision{
		action: "recalled", from: []string{Submitted}, to: Draft,
		lines: Move{From: []string{Submitted}, To: Draft},
		event: func(e SheetEvent) event.Event { return SheetRecalled{e} },
	})
}

// decision is one step of a week's own member.
type decision struct {
	action, to string
	from       []string
	lines      Move
	event      func(SheetEvent) event.Event
}

func (s *Service) decide(ctx context.Context, sheetID string, version int, d decision) (sheet Sheet, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.conditions(ctx, tx) // before the sheet, as everybody who holds both
		if err != nil {
			return err
		}
		if sheet, err = s.d.Store.Sheet(ctx, tx, sheetID, true); err != nil {
			return err
		}
		a := access.From(ctx)
		switch {
		case !mayRead(a, sheet.MemberID):
			return ErrSheetNotFound
		case sheet.MemberID != a.MemberID:
			return ErrNotYours
		case sheet.State == d.to && sheet.DecidedVersion == version:
			return nil // the same step on the same version, once more: nothing left to do
		case sheet.Version != version:
			return ErrStaleSheet
		case !slices.Contains(d.from, sheet.State):
			return ErrWrongState
		}
		if d.to == Draft {
			lines, err := s.d.Store.Entries(ctx, tx, Filter{SheetID: sheet.ID})
			if err != nil {
				return err
			}
			if d.lines.Since, err = s.openPart(ctx, tx, c, sheet, lines); err != nil {
				return err
			}
			if open := c.open(lines); len(c.settings.Entities) > 0 && len(open) < len(lines) {
				for _, e := range open {
					d.lines.IDs = append(d.lines.IDs, e.ID)
				}
			}
		}
		return s.decideTx(ctx, tx, c, &sheet, d)
	})
	return sheet, err
}

// openPart is the first day of a week whose time can still change, so that it
// makes sense to hand it back. What is closed stays as it was decided.
func (s *Service) openPart(ctx context.Context, tx *tenancy.Tx, c conditions, sheet Sheet, lines []Entry) (day.Date, error) {
	l := c.settings.Lock
	switch {
	case l.Locks(sheet.Days().To):
		return l.Open(), s.locked(ctx, tx, l, "path.id")
	case len(lines) > 0 && len(c.open(lines)) == 0:
		return l.Open(), s.locked(ctx, tx, c.lock(lines[0].ClientID), "path.id")
	}
	return l.Open(), nil
}

func (s *Service) decideTx(ctx context.Context, tx *tenancy.Tx, c conditions, sheet *Sheet, d decision) error {
	now, by := s.d.Now().UTC(), access.From(ctx).MemberID
	before := sheet.record(0)
	d.lines.SheetID, d.lines.At, d.lines.Version = sheet.ID, now, sheet.Version+1
	moved, err := s.d.Store.MoveEntries(ctx, tx, d.lines)
	if err != nil {
		return err
	}
	lines, err := s.d.Store.Entries(ctx, tx, Filter{SheetID: sheet.ID})
	if err != nil {
		return err
	}
	if d.to == Submitted {
		if err := s.route(ctx, tx, c, *sheet, lines); err != nil {
			return err
		}
	}
	if err := s.count(ctx, tx, lines...); err != nil {
		return err
	}
	sheet.State, sheet.Reason, sheet.DecidedVersion = d.to, "", sheet.Version
	sheet.ExceptionReason, sheet.DecidedAt, sheet.DecidedBy = "", nil, ""
	sheet.Version++
	if d.to == Submitted {
		sheet.SubmittedAt = &now
	}
	if err := s.d.Store.SaveSheet(ctx, tx, *sheet); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, audit.Change{
		Action: "timesheets.sheet_" + d.action, Entity: "timesheet", EntityID: sheet.ID,
		Before: before, After: sheet.record(moved),
	}); err != nil {
		return err
	}
	return s.d.Bus.Publish(ctx, tx, d.event(sheet.event(by)))
}

// Sheet returns a week with its lines.
func (s *Service) Sheet(ctx context.Context, sheetID string) (line SheetLine, entries []Entry, p Progress, err error) {
	a := access.From(ctx)
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		sheet, err := s.d.Store.Sheet(ctx, tx, sheetID, false)
		if err != nil {
			return err
		}
		if !mayRead(a, sheet.MemberID) {
			return ErrSheetNotFound
		}
		lines, err := s.fillSheets(ctx, tx, []Sheet{sheet})
		if err != nil {
			return err
		}
		line = lines[0]
		if entries, err = s.d.Store.Entries(ctx, tx, Filter{SheetID: sheetID}); err != nil {
			return err
		}
		c, err := s.readConditions(ctx, tx, false)
		if err != nil {
			return err
		}
		if p, err = s.progress(ctx, tx, c, sheet, entries); err != nil {
			return err
		}
		return s.nameAll(ctx, tx, entries)
	})
	for i := range entries {
		s.show(ctx, &entries[i])
	}
	return line, entries, p, err
}

// Sheets lists weeks, newest first; callers who may not see all see their own.
func (s *Service) Sheets(ctx context.Context, f SheetFilter) (lines []SheetLine, err error) {
	a := access.From(ctx)
	if ownOnly(a) {
		if f.MemberID != "" && f.MemberID != a.MemberID {
			return nil, nil
		}
		f.MemberID = a.MemberID
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		sheets, err := s.d.Store.Sheets(ctx, tx, f)
		if err != nil {
			return err
		}
		lines, err = s.fillSheets(ctx, tx, sheets)
		return err
	})
	return lines, err
}

// Approvals lists the weeks that wait for a decision, oldest first: those that wait for the caller, or with all those that wait for others too.
func (s *Service) Approvals(ctx context.Context, f SheetFilter, all bool) (lines []SheetLine, err error) {
	f.Waiting, f.OldestFirst = true, true
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if !all {
			c, err := s.readConditions(ctx, tx, false)
			if err != nil {
				return err
			}
			m, err := s.mine(ctx, tx, c.today)
			if err != nil {
				return err
			}
			f.Mine = &m
		}
		sheets, err := s.d.Store.Sheets(ctx, tx, f)
		if err != nil {
			return err
		}
		lines, err = s.fillSheets(ctx, tx, sheets)
		return err
	})
	return lines, err
}

func (s *Service) fillSheets(ctx context.Context, tx *tenancy.Tx, sheets []Sheet) ([]SheetLine, error) {
	a := access.From(ctx)
	lines, at, ids := make([]SheetLine, len(sheets)), map[string]*SheetLine{}, make([]string, len(sheets))
	for i, sheet := range sheets {
		lines[i] = SheetLine{Sheet: sheet, PerDay: map[day.Date]int64{}, Targets: Targets{}, Own: sheet.MemberID == a.MemberID, MoneyHidden: !a.Can(SeeRates)}
		at[sheet.ID], ids[i] = &lines[i], sheet.ID
	}
	if len(ids) == 0 {
		return lines, nil
	}
	sums, err := s.d.Store.SheetSums(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for _, sum := range sums {
		line := at[sum.Key]
		line.Seconds += sum.Seconds
		line.BillableSeconds += sum.BillableSeconds
		line.BilledSeconds += sum.BilledSeconds
		line.PerDay[sum.Day] += sum.Seconds
		if line.MoneyHidden {
			continue
		}
		line.NoRate += sum.NoRate
		if line.Amounts, err = addWorth(line.Amounts, sum); err != nil {
			return nil, err
		}
	}
	return lines, s.fillExpected(ctx, tx, lines)
}

// fillExpected asks once, for all members and the whole stretch of the weeks listed.
func (s *Service) fillExpected(ctx context.Context, tx *tenancy.Tx, lines []SheetLine) error {
	var members []string
	span := lines[0].Days()
	for _, l := range lines {
		members = append(members, l.MemberID)
		if l.Week.Before(span.From) {
			span.From = l.Week
		}
		if last := l.Days().To; last.After(span.To) {
			span.To = last
		}
	}
	c, err := s.d.Store.Settings(ctx, tx, false)
	if err != nil {
		return err
	}
	targets, err := s.targets(ctx, tx, c.Holidays, distinct(members), span)
	if err != nil {
		return err
	}
	for i := range lines {
		for d := range lines[i].Days().Days() {
			t := targets[lines[i].MemberID][d]
			lines[i].Targets[d] = t
			lines[i].Expected, lines[i].Filled = lines[i].Expected+t.Expected, lines[i].Filled+t.Filled
		}
	}
	return nil
}
