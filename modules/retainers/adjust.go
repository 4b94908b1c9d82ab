package retainers

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
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

// NewBlock is hours or money that a client buys besides.
type NewBlock struct {
	Amount     string
	Price      *string // a draft is made for it; nil: it costs nothing
	CountsFrom string
	ExpiresOn  day.Date
}

// AddBlock sells a block. It counts from now, or once its invoice is issued or paid (rule 53).
func (s *Service) AddBlock(ctx context.Context, retainerID string, n NewBlock) (b Block, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.ByID(ctx, tx, retainerID, true)
		if err != nil {
			return err
		}
		_, today, err := s.current(ctx, tx, r)
		if err != nil {
			return err
		}
		b = Block{ID: id.New(), RetainerID: r.ID, CountsFrom: n.CountsFrom, ExpiresOn: n.ExpiresOn, CreatedAt: s.now(), CreatedBy: access.From(ctx).MemberID}
		if err := b.fill(r, n, today); err != nil {
			return err
		}
		if b.Price != nil && !b.Price.IsZero() {
			line := invoicing.Line{Description: r.Name + ": " + r.Say(b.Amount) + " ahead", Quantity: decimal.NewFromInt(1), UnitPrice: b.Price.Decimal(), ProjectID: r.ProjectID}
			i, err := s.d.Bills.DraftTx(ctx, tx, invoicing.DraftOf{ClientID: r.ClientID, Currency: r.Currency}, []invoicing.Line{line})
			if err != nil {
				return err
			}
			b.InvoiceID = i.ID
		}
		if err := s.d.Store.AddBlock(ctx, tx, b); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "retainers.block_added", Entity: "retainer", EntityID: r.ID, After: b}); err != nil {
			return err
		}
		if b.CountsFrom == FromNow {
			return s.begin(ctx, tx, r, &b)
		}
		return s.d.Events.Publish(ctx, tx, Adjusted{r.ref()})
	})
	return b, err
}

func (b *Block) fill(r Retainer, n NewBlock, today day.Date) error {
	bad := ErrBadBlock
	var err error
	if b.Amount, err = r.Unit.Parse(n.Amount, r.Currency); err != nil {
		bad = bad.At("body.amount", err.Error())
	} else if b.Amount <= 0 {
		bad = bad.At("body.amount", "must be more than nothing")
	}
	if n.Price != nil {
		minor, err := Money.Parse(*n.Price, r.Currency)
		if err != nil {
			bad = bad.At("body.price", err.Error())
		} else if minor < 0 {
			bad = bad.At("body.price", "must not be negative")
		}
		price := money.Of(minor, r.Currency)
		b.Price = &price
	}
	if n.CountsFrom != FromNow && (b.Price == nil || b.Price.IsZero()) {
		bad = bad.At("body.price", "is required: there is no invoice to wait for without one")
	}
	if !n.ExpiresOn.IsZero() && n.ExpiresOn.Before(today) {
		bad = bad.At("body.expires_on", "is past")
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// begin lets a block count from today.
func (s *Service) begin(ctx context.Context, tx *tenancy.Tx, r Retainer, b *Block) error {
	p, today, err := s.current(ctx, tx, r)
	if err != nil {
		return err
	}
	b.CountsOn = today
	if err := s.d.Store.SaveBlock(ctx, tx, *b); err != nil {
		return err
	}
	e := ledger.Event{ID: id.New(), Period: p.Number(), Kind: ledger.Block, Day: today, Until: b.ExpiresOn, Amount: b.Amount}
	if err := s.give(ctx, tx, r, Line{Event: e, RetainerID: r.ID, BlockID: b.ID, CreatedAt: s.now(), CreatedBy: access.From(ctx).MemberID}); err != nil {
		return err
	}
	if r.Alert != nil { // its end is a day to look again
		if err := s.turnTx(ctx, tx, &r); err != nil {
			return err
		}
	}
	return s.d.Events.Publish(ctx, tx, Adjusted{r.ref()})
}

// Listen lets blocks count once their invoices are issued or paid, and fees be billed again whose invoices came to nothing.
func Listen(b *event.Bus, s *Service) {
	const name = "retainers.blocks"
	event.On(b, name, func(ctx context.Context, e invoicing.InvoiceIssued) error {
		return s.billed(ctx, e.InvoiceID, FromIssued)
	})
	event.On(b, name, func(ctx context.Context, e invoicing.InvoicePaid) error { return s.billed(ctx, e.InvoiceID, FromPaid) })
	const fees = "retainers.fees"
	event.On(b, fees, func(ctx context.Context, e invoicing.InvoiceDeleted) error { return s.unbilled(ctx, e.InvoiceID) })
	event.On(b, fees, func(ctx context.Context, e invoicing.InvoiceVoided) error { return s.unbilled(ctx, e.InvoiceID) })
}

// billed may be told twice, and of invoices that have nothing to do with blocks.
func (s *Service) billed(ctx context.Context, invoiceID, moment string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		b, err := s.d.Store.BlockOfInvoice(ctx, tx, invoiceID)
		if err != nil || b == nil || !b.CountsOn.IsZero() || b.CountsFrom != moment {
			return err
		}
		r, err := s.d.Store.ByID(ctx, tx, b.RetainerID, true)
		if err != nil {
			return err
		}
		return s.begin(ctx, tx, r, b)
	})
}
