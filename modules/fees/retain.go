package fees

import (
	"context"
	"slices"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrReleased keeps what is on an invoice at the end from losing what it is made of.
var ErrReleased = fault.Define(fault.Conflict, "fees.released", "What was retained of this is on another invoice. Take that one back first.")

// Retained is what the client keeps back until the end.
func (f Fee) Retained() money.Money { return f.Held.Sub(f.Released) }

// holds is what is retained of what is billed next, after what was billed
// before. It is reckoned from the start, so that parts add up to the percentage
// of them all (rule 5); another percentage counts for what is billed from then on.
func (f Fee) holds(before, next money.Money) money.Money {
	return shareOf(before.Add(next), f.Retain).Sub(shareOf(before, f.Retain))
}

// release takes all that is retained.
func (f *Fee) release(p Pick, at func(field, text string) error) (taken, error) {
	amount := f.Retained()
	switch {
	case f.ArchivedAt != nil:
		return taken{}, at("fee_id", "is archived")
	case p.PartID != "" || p.Percent != nil || p.Amount != nil:
		return taken{}, at("release", "is of all that is retained")
	case amount.Sign() <= 0:
		return taken{}, at("release", "finds nothing that is retained")
	}
	f.Released = f.Released.Add(amount)
	return taken{kind: OfReleased, text: f.Name, amount: amount}, nil
}

// ended tells which of the fees have something retained and a project that is completed.
func (s *Service) ended(ctx context.Context, tx *tenancy.Tx, all []Fee) (map[string]bool, error) {
	var ids []string
	for _, f := range all {
		if f.Retained().Sign() > 0 {
			ids = append(ids, f.ProjectID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	slices.Sort(ids)
	known, err := s.d.Projects.ProjectsByIDsTx(ctx, tx, slices.Compact(ids))
	out := make(map[string]bool, len(known))
	for id, p := range known {
		out[id] = p.State == projects.Completed
	}
	return out, err
}

// due lists what may be billed of fees on a day; what is retained of one at the end of its project.
func (s *Service) due(ctx context.Context, tx *tenancy.Tx, all []Fee, on day.Date) (out []Due, err error) {
	ended, err := s.ended(ctx, tx, all)
	for _, f := range all {
		out = append(out, f.MayBill(on)...)
		if f.ArchivedAt == nil && ended[f.ProjectID] && f.Retained().Sign() > 0 {
			out = append(out, Due{Fee: f, Release: true, Amount: f.Retained(), Holds: money.Zero(f.Contract.Currency)})
		}
	}
	return out, err
}

// HeldOfTx tells what held rows of the ledger are held of.
func (s *Service) HeldOfTx(ctx context.Context, tx *tenancy.Tx, sourceIDs []string) (map[string]string, error) {
	all, err := s.d.Store.Entries(ctx, tx, sourceIDs)
	out := map[string]string{}
	for _, e := range all {
		if e.Kind == OfHeld {
			out[e.ID] = e.HeldOf
		}
	}
	return out, err
}
