package retainers

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/retainers/ledger"
	"github.com/bureauhq/bureau/tenancy"
)

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
			if err := s.draftBlock(ctx, tx, r, &b); err != nil {
				return err
			}
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

// DraftBlock makes the draft of a block again whose invoice came to nothing, once.
func (s *Service) DraftBlock(ctx context.Context, blockID string) (b Block, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if b, err = s.d.Store.Block(ctx, tx, blockID); err != nil {
			return err
		}
		r, err := s.d.Store.ByID(ctx, tx, b.RetainerID, true)
		if err != nil {
			return err
		}
		if b, err = s.d.Store.Block(ctx, tx, blockID); err != nil { // as it is now that r is held
			return err
		}
		switch {
		case b.InvoiceID != "":
			return nil
		case !b.Unbilled():
			return ErrNoPrice
		}
		if _, _, err := s.current(ctx, tx, r); err != nil {
			return err
		}
		before := b
		if err := s.draftBlock(ctx, tx, r, &b); err != nil {
			return err
		}
		if err := s.d.Store.SaveBlock(ctx, tx, b); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "retainers.block_drafted", Entity: "retainer", EntityID: r.ID, Before: before, After: b}); err != nil {
			return err
		}
		if b.CountsFrom == FromNow {
			return s.begin(ctx, tx, r, &b)
		}
		return s.d.Events.Publish(ctx, tx, Adjusted{r.ref()})
	})
	return b, err
}

// draftBlock makes the draft that bills b.
func (s *Service) draftBlock(ctx context.Context, tx *tenancy.Tx, r Retainer, b *Block) error {
	line := invoicing.Line{Description: r.Name + ": " + r.Say(b.Amount) + " ahead", Quantity: decimal.NewFromInt(1), UnitPrice: b.Price.Decimal(), ProjectID: r.ProjectID}
	i, err := s.d.Bills.DraftTx(ctx, tx, invoicing.DraftOf{ClientID: r.ClientID, Currency: r.Currency}, []invoicing.Line{line})
	b.InvoiceID = i.ID
	return err
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
	last, err := s.d.Store.LastTurn(ctx, tx, b.ID)
	if err != nil {
		return err
	}
	turn := 1
	if last != nil {
		turn = last.Turn + 1
	}
	b.CountsOn = today
	if err := s.d.Store.SaveBlock(ctx, tx, *b); err != nil {
		return err
	}
	e := ledger.Event{ID: id.New(), Period: p.Number(), Kind: ledger.Block, Day: today, Until: b.ExpiresOn, Amount: b.Amount}
	if err := s.give(ctx, tx, r, Line{Event: e, RetainerID: r.ID, BlockID: b.ID, Turn: turn, CreatedAt: s.now(), CreatedBy: access.From(ctx).MemberID}); err != nil {
		return err
	}
	if r.Alert != nil { // its end is a day to look again
		if err := s.turnTx(ctx, tx, &r); err != nil {
			return err
		}
	}
	return s.d.Events.Publish(ctx, tx, Adjusted{r.ref()})
}
