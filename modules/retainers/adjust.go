package retainers

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/retainers/ledger"
	"github.com/bureauhq/bureau/tenancy"
)

// Adjust adds to a retainer or takes from it by hand, in the period of today or
// the oldest that is open after it, and says why.
func (s *Service) Adjust(ctx context.Context, retainerID, amount, reason string) (out Row, err error) {
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n < 1 || n > 500 {
		return out, ErrBadAdjustment.At("body.reason", "must have 1 to 500 letters")
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.ByID(ctx, tx, retainerID, true)
		if err != nil {
			return err
		}
		n, err := r.Unit.Parse(amount, r.Currency)
		if err != nil {
			return ErrBadAdjustment.At("body.amount", err.Error())
		}
		if n == 0 {
			return ErrBadAdjustment.At("body.amount", "is nothing")
		}
		p, today, err := s.current(ctx, tx, r)
		if err != nil {
			return err
		}
		e := ledger.Event{ID: id.New(), Period: p.Number(), Kind: ledger.Adjust, Day: today, Amount: n}
		if n > 0 {
			e.Until = r.until(p.Number())
		}
		line := Line{Event: e, RetainerID: r.ID, Reason: reason, CreatedAt: s.now(), CreatedBy: access.From(ctx).MemberID}
		if err := s.give(ctx, tx, r, line); err != nil {
			return err
		}
		if _, err := s.noticeLow(ctx, tx, r); err != nil {
			return err
		}
		change := audit.Change{Action: "retainers.retainer_adjusted", Entity: "retainer", EntityID: r.ID, After: map[string]any{"amount": n, "unit": r.Unit}, Reason: reason}
		if err := s.note(ctx, tx, change, Adjusted{r.ref()}); err != nil {
			return err
		}
		out, err = s.find(ctx, tx, r.ID)
		return err
	})
	return out, err
}

// current is the open period of today, or the one nearest to it.
func (s *Service) current(ctx context.Context, tx *tenancy.Tx, r Retainer) (Period, day.Date, error) {
	today, _, _, err := s.calendar(ctx, tx)
	if err != nil {
		return Period{}, today, err
	}
	if err := s.openThrough(ctx, tx, r, today); err != nil {
		return Period{}, today, err
	}
	_, open, err := s.d.Store.Standing(ctx, tx, r.ID)
	if err != nil {
		return Period{}, today, err
	}
	if len(open) == 0 {
		return Period{}, today, ErrClosed
	}
	found := open[0]
	for _, p := range open {
		if !p.Days().From.After(today) {
			found = p
		}
	}
	return found, today, nil
}

func (s *Service) give(ctx context.Context, tx *tenancy.Tx, r Retainer, l Line) error {
	if err := s.d.Store.Write(ctx, tx, []Line{l}); err != nil {
		return err
	}
	return s.count(ctx, tx, r)
}
