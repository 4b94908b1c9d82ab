package timesheets

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrNoUndo refuses to take back a decision after which something happened.
var ErrNoUndo = fault.Define(fault.Conflict, "timesheets.no_undo", "This cannot be taken back any more: the timesheet has changed since, or the last decision about it was not yours.")

// UndoDecision takes the caller's last decision about a week back, as long as nothing happened after it.
func (s *Service) UndoDecision(ctx context.Context, sheetID string) (sheet Sheet, err error) {
	me := access.From(ctx).MemberID
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if sheet, err = s.d.Store.Sheet(ctx, tx, sheetID, true); err != nil {
			return err
		}
		if !mayRead(access.From(ctx), sheet.MemberID) {
			return ErrSheetNotFound
		}
		past, err := s.d.Store.Decisions(ctx, tx, sheetID, 1)
		if err != nil {
			return err
		}
		if len(past) == 0 || me == "" || past[0].By != me || past[0].UndoneAt != nil || past[0].Result != sheet.Version {
			return ErrNoUndo
		}
		return s.undo(ctx, tx, &sheet, past[0])
	})
	return sheet, err
}

func (s *Service) undo(ctx context.Context, tx *tenancy.Tx, sheet *Sheet, d Decision) error {
	now := s.d.Now().UTC()
	before := sheet.record(0)
	var ids []string
	for _, l := range d.Lines {
		ids = append(ids, l.ID)
		n, err := s.d.Store.MoveEntries(ctx, tx, Move{
			SheetID: sheet.ID, IDs: []string{l.ID}, From: []string{Submitted, Approved, Rejected}, To: l.State, Awaits: l.Awaits, Reason: l.Reason, At: now, Version: sheet.Version + 1,
		})
		if err != nil {
			return err
		}
		if n == 0 { // on an invoice by now
			return ErrNoUndo
		}
	}
	if len(ids) > 0 {
		lines, err := s.d.Store.Entries(ctx, tx, Filter{SheetID: sheet.ID, IDs: ids})
		if err != nil {
			return err
		}
		if err := s.count(ctx, tx, lines...); err != nil {
			return err
		}
	}
	sheet.State, sheet.Reason, sheet.DecidedAt, sheet.DecidedBy = d.Was.State, d.Was.Reason, d.Was.DecidedAt, d.Was.DecidedBy
	sheet.ExceptionReason, sheet.DecidedVersion, sheet.Version = "", 0, sheet.Version+1
	if err := s.d.Store.SaveSheet(ctx, tx, *sheet); err != nil {
		return err
	}
	d.UndoneAt = &now
	if err := s.d.Store.SaveDecision(ctx, tx, d); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, audit.Change{
		Action: "timesheets.decision_undone", Entity: "timesheet", EntityID: sheet.ID,
		Before: before, After: sheet.record(len(ids)),
	}); err != nil {
		return err
	}
	return s.d.Bus.Publish(ctx, tx, SheetStepTaken{sheet.event(d.By)})
}
