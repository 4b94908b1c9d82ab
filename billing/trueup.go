package billing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
)

// Settlement is a quarter of an agency that settles by the quarter: seats above the licensed ones are billed once,
// for the quarter in which they appeared, and licensed from then on. Nothing is given back for a quarter with fewer.
type Settlement struct {
	ID, AgencyID string
	Quarter      time.Time // its first day
	Licensed     int
	Peak         int
	PeakDay      time.Time // the first day with so many; zero when nobody was there
	Months       int       // of the quarter, that the agency settled by it
	Price        money.Money
	Amount       money.Money
	State        SettlementState
	InvoiceID    string
	CreatedAt    time.Time
	DoneAt       *time.Time
}

// SettlementState is how far a settlement is.
type SettlementState string

const (
	SettlementOpen     SettlementState = "open"    // its figures are fixed, its invoice is being made
	SettlementNothing  SettlementState = "nothing" // no seat above the licensed ones
	SettlementInvoiced SettlementState = "invoiced"
)

var (
	ErrTermsPlan    = fault.Define(fault.Invalid, "billing.terms_plan", "Seats are settled by the quarter on the Enterprise plan, with a running subscription.").At("body.collection", "needs a plan that holds it")
	ErrTermsCeiling = fault.Define(fault.Invalid, "billing.terms_ceiling", "The ceiling is below the seats that are taken.").At("body.seat_ceiling", "must be 0, or at least the seats that are taken")
	ErrTermsSeats   = fault.Define(fault.Invalid, "billing.terms_seats", "The contract's seats cannot be billed.").At("body.seats", "must be between 0 and 5000")
)

// settleDays is how long an agency has to pay a quarter's invoice.
const settleDays = 30

// QuarterOf is the first day of t's quarter.
func QuarterOf(t time.Time) time.Time {
	t = t.UTC()
	return time.Date(t.Year(), (t.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
}

// monthsSince counts the months of the quarter from that of since on.
func monthsSince(quarter, since time.Time) int {
	n := 0
	for m := range 3 {
		if end := quarter.AddDate(0, m+1, 0); end.After(since) {
			n++
		}
	}
	return n
}

// Terms are what a contract says of an agency's seats.
type Terms struct {
	Collection Collection `json:"collection"`
	Ceiling    int        `json:"seat_ceiling"` // the most people, when settled by the quarter; 0 is none
	Seats      int        `json:"seats"`        // billed even if nobody sits on them
}

// SetTerms writes an agency's contract down. ErrTermsPlan, ErrTermsCeiling, ErrTermsSeats.
func (s *Service) SetTerms(ctx context.Context, agencyID string, terms Terms) (Account, error) {
	last, err := s.lastSeat(ctx, agencyID)
	if err != nil {
		return Account{}, err
	}
	switch {
	case terms.Seats < 0 || terms.Seats > 5000:
		return Account{}, ErrTermsSeats
	case terms.Ceiling < 0, terms.Ceiling > 0 && terms.Ceiling < last.ActiveAfter+last.ReservedAfter:
		return Account{}, ErrTermsCeiling
	}
	var out Account
	err = s.recorded(ctx, agencyID, func(ctx context.Context, t Tx, a *Account) (audit.Change, error) {
		c := audit.Change{Action: "billing.terms_set", Before: a.terms(), After: terms}
		if terms.Collection == TrueUp && (!s.changeable(*a) || !mustPlan(a.Held.Plan).Has(FeatureTrueUp)) {
			return c, ErrTermsPlan
		}
		if terms.Collection == TrueUp && a.Collection != TrueUp {
			a.TrueUpSince = s.now()
		}
		a.Collection, a.SeatCeiling, a.SeatFloor = terms.Collection, terms.Ceiling, terms.Seats
		out = *a
		if target := (Seats{a.Held.Plan, terms.Seats}); terms.Collection == TrueUp && terms.Seats > a.Held.Quantity {
			if err := keepSteps(ctx, t, a, Steps(*a, target, s.caution(*a, target)), nil, "", s.now()); err != nil {
				return c, err
			}
		}
		return c, t.Enqueue(ctx, SyncSeats{AgencyID: a.AgencyID})
	})
	if err != nil {
		return out, err
	}
	return out, s.RunCommands(ctx, agencyID)
}

func (a *Account) terms() Terms { return Terms{a.Collection, a.SeatCeiling, a.SeatFloor} }

// Settle bills the quarters that are over, of all agencies that settle by them. Whoever is killed in between, or
// comes a second time, bills none twice: a quarter's figures are kept before its invoice, whose key is the quarter's own.
func (s *Service) Settle(ctx context.Context) (settled int, err error) {
	return s.each(ctx, s.SettleAgency)
}

// SettleAgency is Settle for one agency.
func (s *Service) SettleAgency(ctx context.Context, a Account) (did bool, err error) {
	if a.Collection != TrueUp || a.TrueUpSince.IsZero() {
		return false, nil
	}
	if err := s.notePeaks(ctx, a); err != nil {
		return false, err
	}
	this := QuarterOf(s.now())
	for q := QuarterOf(a.TrueUpSince); q.Before(this); q = q.AddDate(0, 3, 0) {
		done, err := s.settleQuarter(ctx, a.AgencyID, q)
		if err != nil {
			return did, fmt.Errorf("settle the quarter from %s: %w", q.Format(time.DateOnly), err)
		}
		did = did || done
	}
	return did, nil
}

// each does fn for every account. One that fails is said in the log and does not keep the others from theirs.
func (s *Service) each(ctx context.Context, fn func(context.Context, Account) (did bool, err error)) (n int, err error) {
	for after := ""; ; {
		page, err := s.d.Store.Accounts(ctx, after, 500)
		if err != nil {
			return n, err
		}
		for _, a := range page {
			after = a.AgencyID
			did, err := fn(ctx, a)
			if did {
				n++
			}
			if errors.Is(err, ErrGatewayAway) || ctx.Err() != nil {
				return n, err
			}
			if err != nil {
				s.d.Log.ErrorContext(ctx, "an agency's bill was not looked after", "agency", a.AgencyID, "err", err)
			}
		}
		if len(page) < 500 {
			return n, nil
		}
	}
}

// notePeaks keeps the peaks of yesterday and today.
func (s *Service) notePeaks(ctx context.Context, a Account) error {
	today := s.now().Truncate(day)
	peaks, err := s.peaks(ctx, a.AgencyID, latest(today.Add(-day), a.TrueUpSince.Truncate(day)), s.now())
	for d, n := range peaks {
		if err == nil {
			err = s.d.Store.SeatDay(ctx, a.AgencyID, d, n)
		}
	}
	return err
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// peaks are the most seats in use on each day from, until the moment to, by the ledger.
func (s *Service) peaks(ctx context.Context, agencyID string, from, to time.Time) (map[time.Time]int, error) {
	in, err := s.inAgency(ctx, agencyID)
	if err != nil {
		return nil, err
	}
	before, changes, err := s.seatsSince(in, from)
	if err != nil {
		return nil, err
	}
	out, seats := map[time.Time]int{}, before
	for d := from; d.Before(to); d = d.Add(day) {
		out[d] = seats
		for len(changes) > 0 && changes[0].At.Before(d.Add(day)) {
			seats, changes = changes[0].ActiveAfter, changes[1:]
			out[d] = max(out[d], seats)
		}
	}
	return out, nil
}

// settleQuarter fixes the figures, makes the invoice and licenses the seats; each in a transaction of its own.
func (s *Service) settleQuarter(ctx context.Context, agencyID string, q time.Time) (did bool, err error) {
	x, err := s.d.Store.Settlement(ctx, agencyID, q)
	switch {
	case errors.Is(err, ErrGone):
		if x, err = s.fix(ctx, agencyID, q); err != nil {
			return false, err
		}
	case err != nil:
		return false, err
	}
	if x.State != SettlementOpen {
		return false, nil
	}
	err = s.d.Store.Locked(ctx, agencyID, func(ctx context.Context, t Tx, a *Account) error {
		if x, err = s.d.Store.Settlement(ctx, agencyID, q); err != nil || x.State != SettlementOpen {
			return err
		}
		inv, err := s.billOnce(ctx, "settle:"+x.ID, x.CreatedAt, OneOff{CustomerID: a.CustomerID, OrderID: x.ID, Text: x.text(), Amount: x.Amount, DueDays: settleDays})
		if err != nil {
			return err
		}
		now := s.now()
		x.State, x.InvoiceID, x.DoneAt = SettlementInvoiced, inv.ID, &now
		if err := t.SaveSettlement(ctx, x); err != nil {
			return err
		}
		did = true
		if !s.changeable(*a) || a.Held.Quantity >= x.Peak {
			return nil
		}
		// What the invoice charges is paid for: the seats count from now on, and the next renewal bills them.
		to := Seats{a.Held.Plan, x.Peak}
		return keepSteps(ctx, t, a, []Step{{To: to, Proration: NoCharge, Paid: to}}, nil, "", now)
	})
	if err != nil {
		return false, err
	}
	return did, s.RunCommands(ctx, agencyID)
}

// fix keeps a quarter's figures, which do not change any more.
func (s *Service) fix(ctx context.Context, agencyID string, q time.Time) (x Settlement, err error) {
	a, _, err := s.d.Store.Account(ctx, agencyID, s.now())
	if err != nil {
		return x, err
	}
	from := latest(q, a.TrueUpSince.Truncate(day))
	peaks, err := s.peaks(ctx, agencyID, from, q.AddDate(0, 3, 0))
	if err != nil {
		return x, err
	}
	err = s.d.Store.Locked(ctx, agencyID, func(ctx context.Context, t Tx, a *Account) error {
		price := mustPlan(a.Held.Plan).Price
		x = Settlement{ID: id.New(), AgencyID: agencyID, Quarter: q, Licensed: a.Held.Quantity, Months: monthsSince(q, a.TrueUpSince), Price: price, State: SettlementNothing, CreatedAt: s.now()}
		for d, n := range peaks {
			if n > x.Peak || (n == x.Peak && n > 0 && d.Before(x.PeakDay)) {
				x.Peak, x.PeakDay = n, d
			}
		}
		more := max(0, x.Peak-x.Licensed)
		x.Amount = money.Of(int64(more)*price.Minor*int64(x.Months), price.Currency)
		if x.Amount.Minor > 0 {
			x.State = SettlementOpen
		} else {
			x.DoneAt = &x.CreatedAt
		}
		return t.AddSettlement(ctx, x)
	})
	return x, err
}

func (x Settlement) text() string {
	return fmt.Sprintf("Seats from %s on: %d people on %s, %d above the %d licensed, %d months at $%s", x.Quarter.Format(time.DateOnly), x.Peak, x.PeakDay.Format(time.DateOnly), x.Peak-x.Licensed, x.Licensed, x.Months, x.Price.Amount())
}

// billOnce makes an invoice under a key that began at since. When the provider may have forgotten the key, the
// invoice is looked for first: what was billed is not billed again.
func (s *Service) billOnce(ctx context.Context, key string, since time.Time, b OneOff) (Invoice, error) {
	if s.now().Sub(since) < keyTime {
		return s.d.Gateway.BillOnce(ctx, key, b)
	}
	for after := ""; ; {
		page, more, err := s.d.Gateway.Invoices(ctx, b.CustomerID, after)
		if err != nil {
			return Invoice{}, err
		}
		for _, inv := range page {
			after = inv.ID
			if inv.OrderID == b.OrderID && inv.Status != "draft" {
				return inv, nil
			}
		}
		if !more || len(page) == 0 {
			return s.d.Gateway.BillOnce(ctx, key+":"+s.now().Format("20060102"), b)
		}
	}
}

// Settlements lists an agency's quarters, the newest first.
func (s *Service) Settlements(ctx context.Context, agencyID string) ([]Settlement, error) {
	return s.d.Store.Settlements(ctx, agencyID, 40)
}
