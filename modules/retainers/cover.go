package retainers

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/tenancy"
)

// Cover says what of an entry a retainer pays for, and so what is left to bill.
type Cover struct {
	Open   bool             // its period is open: what is over is not decided yet, and nothing is billed
	Amount int64            // what it took of the retainer, over included
	Over   int64            // the part to be billed
	Rate   *decimal.Decimal // the contract's rate for what is over; nil: the entry's own

	Currency string // of the rate
}

// Seconds is the part of an entry's billed seconds that is left to bill.
func (c Cover) Seconds(billed int64) int64 {
	if c.Open || c.Over <= 0 || c.Amount <= 0 {
		return 0
	}
	if c.Over >= c.Amount {
		return billed
	}
	return decimal.NewFromInt(billed).Mul(decimal.NewFromInt(c.Over)).DivRound(decimal.NewFromInt(c.Amount), 0).IntPart()
}

// CoversTx tells, for those of the entries that a retainer holds, what it pays for.
// Time covered by a retainer is billed by its fee, never by the hour.
func (s *Service) CoversTx(ctx context.Context, tx *tenancy.Tx, entryIDs []string) (map[string]Cover, error) {
	out := map[string]Cover{}
	if len(entryIDs) == 0 {
		return out, nil
	}
	nets, err := s.d.Store.Nets(ctx, tx, entryIDs)
	if err != nil || len(nets) == 0 {
		return out, err
	}
	var ids []string
	var numbers []int
	for _, n := range nets {
		c := out[n.EntryID]
		c.Amount += n.Amount
		c.Open = c.Open || (!n.Closed && n.Amount != 0)
		out[n.EntryID] = c
		if n.Closed {
			ids, numbers = append(ids, n.RetainerID), append(numbers, n.Period)
		}
	}
	for id, c := range out {
		if c.Amount == 0 {
			delete(out, id) // all of it was given back
		}
	}
	return out, s.over(ctx, tx, out, ids, numbers)
}

// over fills in what of the entries was beyond their retainers.
func (s *Service) over(ctx context.Context, tx *tenancy.Tx, out map[string]Cover, ids []string, numbers []int) error {
	if len(ids) == 0 {
		return nil
	}
	periods, err := s.d.Store.Overs(ctx, tx, ids, numbers)
	if err != nil {
		return err
	}
	for _, p := range periods {
		if p.OverageRule == AbsorbsOver {
			continue
		}
		for _, part := range p.Over {
			if c, ok := out[part.ID]; ok {
				c.Over += part.Amount
				if p.OverageRule == AtOwnRate {
					c.Rate, c.Currency = p.OverageRate, p.Currency
				}
				out[part.ID] = c
			}
		}
	}
	return nil
}
