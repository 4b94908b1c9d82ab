package rates

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/tenancy"
)

// CostDifference is what a cost that changed after its month was closed makes of the time that somebody worked on a project in that
// month. It is posted in the month that was open then (rule 45).
type CostDifference struct {
	ID        string
	MemberID  string
	ProjectID string
	Month     day.Date // in which the work was done
	PostedIn  day.Date // the first day of the open month
	Seconds   int64
	Amount    money.Money // what it costs more; less where negative
	CreatedAt time.Time
	CreatedBy string
}

// Logged is how long somebody worked on a project in a month.
type Logged struct {
	ProjectID string
	Month     day.Date
	Seconds   int64
}

// CostDifferences lists one page of what was posted, the latest first; of one member, or of all.
func (s *Service) CostDifferences(ctx context.Context, memberID string, q page.Query) (out []CostDifference, next *string, err error) {
	after, err := page.Decode(q.Cursor, 1)
	if err != nil {
		return nil, nil, err
	}
	if after != nil && uuid.Validate(after[0]) != nil {
		return nil, nil, page.ErrBadCursor
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.CostDifferences(ctx, tx, memberID, q.Size()+1, after)
		out, next = page.Cut(out, q.Size(), func(d CostDifference) []string { return []string{d.ID} })
		return err
	})
	return out, next, err
}

// postDifferences posts what a change of somebody's costs makes of months that are closed. The first costs that are ever said of a
// person change no figure that anybody had.
func (s *Service) postDifferences(ctx context.Context, tx *tenancy.Tx, memberID string, before []Cost) error {
	through, err := s.d.Time.ClosedThroughTx(ctx, tx)
	if err != nil || through.IsZero() {
		return err
	}
	open := through.AddDays(1).StartOfMonth() // a month that is closed in part is open
	if len(before) == 0 {
		known, err := s.d.Store.CostDifferences(ctx, tx, memberID, 1, nil)
		if err != nil || len(known) == 0 {
			return err
		}
	}
	after, err := s.d.Store.Costs(ctx, tx, memberID)
	if err != nil {
		return err
	}
	sums := differences{at: map[differenceKey]*difference{}}
	for _, span := range changedSpans(before, after, open) {
		worked, err := s.d.Time.LoggedTx(ctx, tx, memberID, span.from, span.to.AddDays(-1))
		if err != nil {
			return err
		}
		sums.add(worked, span)
	}
	rows, err := sums.rows()
	if err != nil || len(rows) == 0 {
		return err
	}
	for i := range rows {
		rows[i].ID, rows[i].MemberID, rows[i].PostedIn, rows[i].CreatedAt, rows[i].CreatedBy = id.New(), memberID, open, s.now(), access.From(ctx).MemberID
	}
	return s.d.Store.AddCostDifferences(ctx, tx, rows)
}

// changedSpan are days, up to and without the last, on which another cost holds than before.
type changedSpan struct {
	from, to day.Date
	was, is  *Cost
}

// changedSpans compares what somebody cost, and costs, before a day.
func changedSpans(before, after []Cost, until day.Date) (out []changedSpan) {
	edges := []day.Date{until}
	for _, c := range slices.Concat(before, after) {
		edges = append(edges, c.From)
		if c.To != nil {
			edges = append(edges, *c.To)
		}
	}
	slices.SortFunc(edges, day.Date.Compare)
	edges = slices.DeleteFunc(slices.Compact(edges), func(d day.Date) bool { return d.After(until) })
	for i := 1; i < len(edges); i++ {
		s := changedSpan{from: edges[i-1], to: edges[i], was: costOn(before, edges[i-1]), is: costOn(after, edges[i-1])}
		if !sameCost(s.was, s.is) {
			out = append(out, s)
		}
	}
	return out
}

func costOn(all []Cost, d day.Date) *Cost {
	i := slices.IndexFunc(all, func(c Cost) bool { return !d.Before(c.From) && (c.To == nil || d.Before(*c.To)) })
	if i < 0 {
		return nil
	}
	return &all[i]
}

func sameCost(a, b *Cost) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Currency == b.Currency && a.PerHour.Equal(b.PerHour)
}

type (
	differenceKey struct {
		project  string
		month    day.Date
		currency string
	}
	difference struct {
		seconds int64
		exact   decimal.Decimal // seconds times what an hour costs more
	}
	// differences adds up exactly; each row is rounded once.
	differences struct {
		at    map[differenceKey]*difference
		order []differenceKey
	}
)

func (d *differences) add(worked []Logged, s changedSpan) {
	for _, w := range worked {
		seconds := decimal.NewFromInt(w.Seconds)
		var counted string // the currency in which these seconds are counted already
		for _, side := range []struct {
			c    *Cost
			sign int64
		}{{s.is, 1}, {s.was, -1}} {
			if side.c == nil {
				continue
			}
			k := differenceKey{w.ProjectID, w.Month, side.c.Currency}
			if d.at[k] == nil {
				d.at[k] = &difference{}
				d.order = append(d.order, k)
			}
			d.at[k].exact = d.at[k].exact.Add(seconds.Mul(side.c.PerHour).Mul(decimal.NewFromInt(side.sign)))
			if counted != side.c.Currency {
				d.at[k].seconds += w.Seconds
			}
			counted = side.c.Currency
		}
	}
}

func (d *differences) rows() (out []CostDifference, err error) {
	for _, k := range d.order {
		x := d.at[k]
		amount, err := money.FromDecimal(money.HalfUp.Quo(x.exact, decimal.NewFromInt(3600), money.Places(k.currency)), k.currency, money.HalfUp)
		if err != nil {
			return nil, err
		}
		if !amount.IsZero() {
			out = append(out, CostDifference{ProjectID: k.project, Month: k.month, Seconds: x.seconds, Amount: amount})
		}
	}
	return out, nil
}
