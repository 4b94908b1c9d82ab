package timesheets

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

var (
	ErrBulkNobody  = fault.Define(fault.Invalid, "timesheets.bulk_nobody", "Say which entries are meant.").At("body.entry_ids", "are required, or a filter")
	ErrBulkNothing = fault.Define(fault.Invalid, "timesheets.bulk_nothing", "Say what should change.").At("body.change.note", "is required, or something else to change")
	ErrBulkMany    = fault.Define(fault.Invalid, "timesheets.bulk_too_many", "More than 5,000 entries fit. Choose fewer.").At("body.filter", "fits more than 5,000 entries")
	ErrBulkTask    = fault.Define(fault.Invalid, "timesheets.bulk_task", "A task goes with its project.").At("body.change.project_id", "is required with a task")
	ErrBulkService = inChange(ErrNoService)
	ErrBulkMove    = fault.Define(fault.Invalid, "timesheets.bulk_move", "Entries can be moved by a year at most.").At("body.change.move_days", "must be -366 to 366")
	ErrBulkUnknown = fault.Define(fault.Invalid, "timesheets.bulk_unknown", "Some of these entries do not exist any more. Load the list again.").At("body.entry_ids", "has an entry that does not exist")
	ErrBulkNone    = fault.Define(fault.Conflict, "timesheets.bulk_none", "None of these entries can be changed like that.")
	ErrBulkStale   = fault.Define(fault.Precondition, "timesheets.bulk_stale", "These entries were changed after you looked. Look at what would change again.")
	ErrNoBulk      = fault.Define(fault.NotFound, "timesheets.bulk_not_found", "There is no such change of yours.")
	ErrBulkOver    = fault.Define(fault.Conflict, "timesheets.bulk_over", "This change was undone already, or was made more than an hour ago.")
	ErrBulkAfter   = fault.Define(fault.Conflict, "timesheets.bulk_changed_since", "Every one of these entries was changed since, or may not be changed any more. Nothing was undone.")
)

const (
	bulkLimit = 5000
	bulkUndo  = time.Hour
)

// Why an entry stays as it is when many are changed, in the order in which it is asked.
const (
	WhyGone       = "gone"        // it was deleted since
	WhySince      = "changed"     // somebody changed it since
	WhyBilled     = "billed"      // it is on an invoice
	WhyApproved   = "approved"    // correct it one by one, since that voids the approval
	WhySubmitted  = "submitted"   // its week was handed in
	WhyNotYours   = "not_yours"   // it is somebody else's
	WhyLocked     = "locked"      // its period is closed, or that of its new day
	WhyDay        = "day"         // its new day is too far away
	WhyWeekClosed = "week_closed" // the week of its new day was handed in
	WhyDayFull    = "day_full"    // its new day would have more than 24 hours
	WhyOverlap    = "overlap"     // it would overlap, which the agency does not allow
)

// BulkChange names what changes of many entries; what is nil or zero stays.
type BulkChange struct {
	ProjectID, TaskID string // a project takes its entries away from the tasks they had
	ServiceID         *string
	Billable          *bool
	Note              *string
	MoveDays          int
	Reprice           bool // the cards of today decide again
}

func (ch BulkChange) check(ctx context.Context) error {
	a := access.From(ctx)
	switch {
	case ch.ProjectID == "" && ch.TaskID != "":
		return ErrBulkTask
	case ch.MoveDays > maxAhead || ch.MoveDays < -maxAhead:
		return ErrBulkMove
	case ch == BulkChange{}:
		return ErrBulkNothing
	case ch.Reprice && (!a.Can(SetRates) || !a.Can(SeeRates)):
		return ErrRateNotYours.At("body.change.reprice", "is not yours to decide")
	}
	return nil
}

// inChange names the fields of a refusal as they are called within a change of many.
func inChange(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	c := *f
	c.Fields = slices.Clone(f.Fields)
	for i := range c.Fields {
		c.Fields[i].Path = strings.Replace(c.Fields[i].Path, "body.", "body.change.", 1)
	}
	return &c
}

// BulkRefusal counts the entries that stay as they are for one reason.
type BulkRefusal struct {
	Why     string
	Entries int
}

// BulkResult is what a change of many entries does, or would do.
type BulkResult struct {
	ID                        string // to undo it by; none of a preview
	Found, Changed, Unchanged int
	Refused                   []BulkRefusal
	Before, After             []money.Money // of all whose worth it touches
	MoneyHidden               bool
	Stopped                   string // why nothing of it would be done: a budget has no room for it
	Seen                      string // stands for exactly this; an apply that names it is refused if anything else would happen
	UndoUntil                 *time.Time
}

// BulkKept is a change that can be undone.
type BulkKept struct {
	ID, MemberID string
	At           time.Time
	UndoneAt     *time.Time
	Lines        []KeptLine
}

// KeptLine is an entry as it was before a change, and its version after it.
type KeptLine struct {
	Was     Entry `json:"was"`
	Version int   `json:"version"`
}

// errTried ends the transaction in which a change was only tried.
var errTried = errors.New("timesheets: only tried")

// PreviewBulk tells what ch would do to the entries that fit f. Where it brings time to projects, it is tried and taken back: only then
// is it known whether budgets with a hard stop have room for it.
func (s *Service) PreviewBulk(ctx context.Context, f Filter, ch BulkChange) (out BulkResult, err error) {
	var brings bool
	if out, brings, err = s.previewBulk(ctx, f, ch); err != nil || !brings {
		return out, err
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.conditions(ctx, tx)
		if err != nil {
			return err
		}
		p, err := s.planBulk(ctx, tx, c, f, ch, true)
		if err != nil {
			return err
		}
		if err := p.write(ctx, tx); err != nil {
			return err
		}
		return errTried
	})
	var refused *fault.Error
	switch {
	case errors.Is(err, errTried):
		return out, nil
	case errors.As(err, &refused) && refused.Kind == fault.Conflict:
		out.Stopped = refused.Text
		return out, nil
	}
	return out, err
}

func (s *Service) previewBulk(ctx context.Context, f Filter, ch BulkChange) (out BulkResult, brings bool, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.readConditions(ctx, tx, false)
		if err != nil {
			return err
		}
		p, err := s.planBulk(ctx, tx, c, f, ch, false)
		if err != nil {
			return err
		}
		out, brings = p.result(ctx), len(p.brings()) > 0
		return nil
	})
	return out, brings, err
}

// Bulk changes the entries that fit f, in one transaction. What may not be changed stays and is counted.
func (s *Service) Bulk(ctx context.Context, f Filter, ch BulkChange, seen string) (out BulkResult, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.conditions(ctx, tx)
		if err != nil {
			return err
		}
		p, err := s.planBulk(ctx, tx, c, f, ch, true)
		if err != nil {
			return err
		}
		out = p.result(ctx)
		switch {
		case seen != "" && seen != out.Seen:
			return ErrBulkStale
		case out.Changed == 0:
			return ErrBulkNone
		}
		now := s.d.Now().UTC()
		kept := BulkKept{ID: id.New(), MemberID: access.From(ctx).MemberID, At: now}
		for _, l := range p.changing() {
			kept.Lines = append(kept.Lines, KeptLine{Was: l.before, Version: l.before.Version + 1})
		}
		if err := p.write(ctx, tx); err != nil {
			return err
		}
		until := now.Add(bulkUndo)
		out.ID, out.UndoUntil = kept.ID, &until
		return s.d.Store.AddBulk(ctx, tx, kept, now.Add(-bulkUndo))
	})
	return out, err
}

// LastBulk is the caller's latest change of many entries that can still be undone; nil without one.
func (s *Service) LastBulk(ctx context.Context) (out *BulkKept, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.LastBulk(ctx, tx, access.From(ctx).MemberID, s.d.Now().UTC().Add(-bulkUndo))
		return err
	})
	return out, err
}

// UndoUntil is when a change can no longer be undone.
func (k BulkKept) UndoUntil() time.Time { return k.At.Add(bulkUndo) }

// UndoBulk gives entries back what a change of the caller took from them. Those that were changed since stay.
func (s *Service) UndoBulk(ctx context.Context, bulkID string) (out BulkResult, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.conditions(ctx, tx)
		if err != nil {
			return err
		}
		kept, err := s.d.Store.Bulk(ctx, tx, bulkID)
		switch now := s.d.Now().UTC(); {
		case err != nil:
			return err
		case kept.MemberID != access.From(ctx).MemberID:
			return ErrNoBulk
		case kept.UndoneAt != nil || now.After(kept.UndoUntil()):
			return ErrBulkOver
		}
		p, err := s.planUndo(ctx, tx, c, kept)
		if err != nil {
			return err
		}
		out = p.result(ctx)
		if out.Changed == 0 {
			return ErrBulkAfter
		}
		if err := p.write(ctx, tx); err != nil {
			return err
		}
		return s.d.Store.BulkUndone(ctx, tx, bulkID, s.d.Now().UTC())
	})
	return out, err
}

// result counts what a plan does. Amounts are left out for callers who may not see rates.
func (p *bulkPlan) result(ctx context.Context) BulkResult {
	out := BulkResult{Found: len(p.lines), MoneyHidden: !access.From(ctx).Can(SeeRates)}
	counts, seen := map[string]int{}, sha256.New()
	for _, l := range p.lines {
		switch {
		case l.why != "":
			counts[l.why]++
		case !l.changes():
			out.Unchanged++
		default:
			out.Changed++
		}
		fmt.Fprintln(seen, l.before.ID, l.before.Version, l.why, l.after.BilledSeconds, l.after.Premium(), l.after.TierWorth(), l.after.Rate, l.after.Currency)
	}
	for _, why := range []string{WhyGone, WhySince, WhyBilled, WhyApproved, WhySubmitted, WhyNotYours, WhyLocked, WhyDay, WhyWeekClosed, WhyDayFull, WhyOverlap} {
		if counts[why] > 0 {
			out.Refused = append(out.Refused, BulkRefusal{why, counts[why]})
		}
	}
	out.Seen = hex.EncodeToString(seen.Sum(nil)[:16])
	if out.MoneyHidden {
		return out
	}
	for _, l := range append(p.changing(), p.beside...) {
		if m := l.before.Amount(); m != nil {
			out.Before = money.Sum(append(out.Before, *m)...)
		}
		if m := l.after.Amount(); m != nil {
			out.After = money.Sum(append(out.After, *m)...)
		}
	}
	return out
}

// write puts a plan into effect, with as many statements for many entries as for one.
func (p *bulkPlan) write(ctx context.Context, tx *tenancy.Tx) error {
	now := p.s.d.Now().UTC()
	enough, err := p.guard(ctx, tx)
	if err != nil {
		return err
	}
	var after []Entry
	var counted []Counted
	sheets := map[string]bool{}
	for _, l := range p.changing() {
		l.after.SheetID, l.after.SheetVersion = p.sheet(l.after).ID, p.sheet(l.after).Version+1
		l.after.Version, l.after.UpdatedAt = l.before.Version+1, now
		after, counted = append(after, l.after), append(counted, Counted{Entry: l.after, From: l.before.ProjectID})
		sheets[l.before.SheetID], sheets[l.after.SheetID] = true, true
		if err := audit.Record(ctx, tx, audit.Change{
			Action: "timesheets.entry_changed", Entity: "time_entry", EntityID: l.after.ID, Before: record(l.before), After: record(l.after),
		}); err != nil {
			return err
		}
	}
	if err := p.s.d.Store.SaveEntries(ctx, tx, after); err != nil {
		return err
	}
	if err := p.saveSteps(ctx, tx); err != nil {
		return err
	}
	rounded := map[string]int64{}
	var moved []Entry
	for _, l := range p.beside {
		rounded[l.after.ID] = l.after.BilledSeconds
		moved = append(moved, l.after)
	}
	if err := p.s.setBilled(ctx, tx, p.c, moved, rounded); err != nil {
		return err
	}
	if err := p.s.countAgain(ctx, tx, p.c, p.counted, nil); err != nil {
		return err
	}
	if err := p.s.d.Store.TouchSheets(ctx, tx, keys(sheets)); err != nil {
		return err
	}
	if err := enough(ctx); err != nil {
		return inChange(err)
	}
	if err := p.s.d.Ledgers.CountTx(ctx, tx, counted); err != nil {
		return err
	}
	return p.s.d.Bus.Publish(ctx, tx, manyChanged(after))
}

// saveSteps writes for whom lines wait now, in as many statements as there are different routes.
func (p *bulkPlan) saveSteps(ctx context.Context, tx *tenancy.Tx) error {
	ids, steps := map[string][]string{}, map[string][]Step{}
	for _, l := range p.changing() {
		if key := JoinSteps(l.after.Awaits); key != JoinSteps(l.before.Awaits) {
			ids[key], steps[key] = append(ids[key], l.after.ID), l.after.Awaits
		}
	}
	for key, of := range ids {
		if err := p.s.d.Store.SetAwaits(ctx, tx, of, steps[key]); err != nil {
			return err
		}
	}
	return nil
}

// guard holds what budgets have left for the projects and tasks that entries come to. Another price alone adds no time.
func (p *bulkPlan) guard(ctx context.Context, tx *tenancy.Tx) (Check, error) {
	to := p.brings()
	if len(to) == 0 {
		return func(context.Context) error { return nil }, nil
	}
	return p.s.d.Ledgers.GuardTx(ctx, tx, keys(to))
}

// brings are the projects that time comes to, or another part of which.
func (p *bulkPlan) brings() map[string]bool {
	to := map[string]bool{}
	for _, l := range p.changing() {
		if l.before.ProjectID != l.after.ProjectID || l.before.TaskID != l.after.TaskID || l.before.Billable != l.after.Billable {
			to[l.after.ProjectID] = true
		}
	}
	return to
}
