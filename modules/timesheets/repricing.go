package timesheets

import (
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// RepricingKept is for how long a repricing is kept, so that it can be undone.
const RepricingKept = time.Hour

// Price is what is frozen onto an entry: the rate, why it is that one, and what counts by which multiplier.
type Price struct {
	Rate     *decimal.Decimal `json:"rate,omitempty"`
	Currency string           `json:"currency,omitempty"`
	RateID   string           `json:"rate_id,omitempty"`
	CardID   string           `json:"card_id,omitempty"`
	CardName string           `json:"card_name,omitempty"`
	Level    string           `json:"level,omitempty"`
	Why      string           `json:"why,omitempty"`
	Split    *Split           `json:"split,omitempty"`
}

func (e Entry) price() Price {
	return Price{e.Rate, e.Currency, e.RateID, e.RateCardID, e.RateCardName, e.RateLevel, e.RateWhy, e.Split}
}

func (e *Entry) setPrice(p Price) {
	e.Rate, e.Currency, e.RateID, e.RateCardID, e.RateCardName, e.RateLevel, e.RateWhy, e.Split = p.Rate, p.Currency, p.RateID, p.CardID, p.CardName, p.Level, p.Why, p.Split
}

// Repricing is what gave entries another price at once.
type Repricing struct {
	ID    string
	At    time.Time
	Lines []RepricedLine
}

// RepricedLine is an entry with the price that it had and the one that it got.
type RepricedLine struct {
	ID  string `json:"id"`
	Was Price  `json:"was"`
	Is  Price  `json:"is"`
}

// keepRepricing lets what was done be undone.
func (s *Service) keepRepricing(ctx context.Context, tx *tenancy.Tx, lines []RepricedLine) (string, error) {
	now := s.d.Now().UTC()
	r := Repricing{ID: id.New(), At: now, Lines: lines}
	return r.ID, s.d.Store.AddRepricing(ctx, tx, r, now.Add(-RepricingKept))
}

// UndoRepricingTx gives exactly the entries of a repricing back the prices that they had. What was approved, billed, closed, deleted
// or priced otherwise since stays as it is, and is counted by why.
func (s *Service) UndoRepricingTx(ctx context.Context, tx *tenancy.Tx, repricingID string) (out Rerating, stayed []BulkRefusal, err error) {
	c, err := s.conditions(ctx, tx)
	if err != nil {
		return out, nil, err
	}
	kept, err := s.d.Store.Repricing(ctx, tx, repricingID)
	if err != nil || len(kept.Lines) == 0 {
		return out, nil, err
	}
	ids := make([]string, len(kept.Lines))
	for i, l := range kept.Lines {
		ids[i] = l.ID
	}
	entries, err := s.d.Store.Entries(ctx, tx, Filter{IDs: ids})
	if err != nil {
		return out, nil, err
	}
	now, counts := map[string]Entry{}, map[string]int{}
	for _, e := range entries {
		now[e.ID] = e
	}
	var back []recounted
	for _, l := range kept.Lines {
		e, there := now[l.ID]
		if why := e.stays(l, there, c.lock(e.ClientID)); why != "" {
			counts[why]++
			continue
		}
		was := e
		e.setPrice(l.Was)
		back = append(back, recounted{was, e})
	}
	for _, why := range []string{WhyGone, WhySince, WhyBilled, WhyApproved, WhyLocked} {
		if counts[why] > 0 {
			stayed = append(stayed, BulkRefusal{why, counts[why]})
		}
	}
	if len(back) == 0 {
		return out, stayed, nil
	}
	others, err := s.beside(ctx, tx, c, back, &out)
	if err != nil {
		return out, stayed, err
	}
	return out, stayed, s.saveRepriced(ctx, tx, append(back, others...), &out)
}

// stays says why an entry keeps the price that it got.
func (e Entry) stays(l RepricedLine, there bool, lock Lock) string {
	was := Entry{}
	was.setPrice(l.Is)
	switch {
	case !there:
		return WhyGone
	case e.State == Billed:
		return WhyBilled
	case e.State == Approved:
		return WhyApproved
	case lock.Locks(e.Day):
		return WhyLocked
	case e.Own != nil || e.RateID != l.Is.RateID || !e.samePrice(was):
		return WhySince
	}
	return ""
}

// beside gives the hours of entries that got another price, and of those that are counted with them, their places in the count, and adds
// up what all of it does. It returns the others.
func (s *Service) beside(ctx context.Context, tx *tenancy.Tx, c conditions, priced []recounted, out *Rerating) ([]recounted, error) {
	instead, both := make([]*Entry, len(priced)), make([]Entry, 0, 2*len(priced))
	for i := range priced {
		instead[i] = &priced[i].is
		both = append(both, priced[i].was, priced[i].is)
	}
	others, err := s.recount(ctx, tx, c, tallies(both...), instead, true)
	for _, l := range append(slices.Clone(priced), others...) {
		out.count(l)
	}
	return others, err
}

// count adds up what another price does.
func (r *Rerating) count(l recounted) {
	if m := l.was.Amount(); m != nil {
		r.Before = money.Sum(append(r.Before, *m)...)
	}
	if m := l.is.Amount(); m != nil {
		r.After = money.Sum(append(r.After, *m)...)
	}
	r.Entries++
}

// saveRepriced writes other prices and tells the ledgers.
func (s *Service) saveRepriced(ctx context.Context, tx *tenancy.Tx, all []recounted, out *Rerating) error {
	out.Applied = true
	changed := make([]Entry, len(all))
	for i, l := range all {
		changed[i] = l.is
	}
	if err := s.d.Store.SaveRates(ctx, tx, changed); err != nil {
		return err
	}
	if err := s.count(ctx, tx, changed...); err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Change{Action: "timesheets.entries_rerated", Entity: "time_entry", EntityID: "many", Before: out.Before, After: out.After})
}
