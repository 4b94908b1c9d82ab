package retainers

import (
	"context"
	"slices"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/retainers/ledger"
	"github.com/bureauhq/bureau/tenancy"
)

// Listen lets blocks follow their invoices, and fees be billed again whose invoices came to nothing.
func Listen(b *event.Bus, s *Service) {
	const blocks = "retainers.blocks"
	event.On(b, blocks, func(ctx context.Context, e invoicing.InvoiceIssued) error { return s.follow(ctx, e.InvoiceID, news{}) })
	event.On(b, blocks, func(ctx context.Context, e invoicing.InvoicePaid) error { return s.follow(ctx, e.InvoiceID, news{}) })
	event.On(b, blocks, func(ctx context.Context, e invoicing.InvoiceUnpaid) error {
		return s.follow(ctx, e.InvoiceID, news{why: "A payment of invoice " + e.Number + " was taken back"})
	})
	event.On(b, blocks, func(ctx context.Context, e invoicing.InvoiceDeleted) error {
		return s.follow(ctx, e.InvoiceID, news{ends: true, why: "Its draft was deleted"})
	})
	event.On(b, blocks, func(ctx context.Context, e invoicing.InvoiceVoided) error {
		return s.follow(ctx, e.InvoiceID, news{ends: true, why: "Invoice " + e.Number + " was voided"})
	})
	event.On(b, blocks, func(ctx context.Context, e invoicing.CreditNoteIssued) error {
		return s.follow(ctx, e.CreditsID, news{ends: true, why: "Credit note " + e.Number + " took its invoice back", draft: e.DraftID})
	})
	const fees = "retainers.fees"
	event.On(b, fees, func(ctx context.Context, e invoicing.InvoiceDeleted) error { return s.unbilled(ctx, e.InvoiceID) })
	event.On(b, fees, func(ctx context.Context, e invoicing.InvoiceVoided) error { return s.unbilled(ctx, e.InvoiceID) })
}

// news is what an event says of an invoice beyond how it stands.
type news struct {
	ends  bool   // it may have come to nothing
	draft string // which takes its place then
	why   string // what to write beside a block that is taken back
}

// follow lets a block count, or takes it back, as its invoice stands now: events may come twice, late and in any order, and of
// invoices that have nothing to do with blocks. It refuses nothing: what was used of a block that is taken back is owed.
func (s *Service) follow(ctx context.Context, invoiceID string, n news) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		b, err := s.d.Store.BlockOfInvoice(ctx, tx, invoiceID)
		if err != nil || b == nil {
			return err
		}
		r, err := s.d.Store.ByID(ctx, tx, b.RetainerID, true)
		if err != nil {
			return err
		}
		if b, err = s.d.Store.BlockOfInvoice(ctx, tx, invoiceID); err != nil || b == nil { // as it is now that r is held
			return err
		}
		st, err := s.d.Bills.StandingTx(ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		before := *b
		if st.State == invoicing.Void {
			if !n.ends {
				return nil // that it ended is told by itself, with the draft that takes its place
			}
			b.InvoiceID = n.draft
		}
		switch counts := b.counts(st); {
		case counts && b.CountsOn.IsZero():
			return s.begin(ctx, tx, r, b)
		case !counts && !b.CountsOn.IsZero():
			return s.takeBack(ctx, tx, r, b, before, n.why)
		case b.InvoiceID == before.InvoiceID:
			return nil
		}
		if err := s.d.Store.SaveBlock(ctx, tx, *b); err != nil {
			return err
		}
		return s.noteBlock(ctx, tx, r, before, *b, n.why)
	})
}

// counts tells whether a block counts as its invoice stands (rule 53).
func (b Block) counts(st invoicing.Standing) bool {
	switch b.CountsFrom {
	case FromIssued:
		return st.State == invoicing.Issued
	case FromPaid:
		return st.Paid
	}
	return b.InvoiceID != ""
}

// noteBlock writes down what became of a block because of its invoice.
func (s *Service) noteBlock(ctx context.Context, tx *tenancy.Tx, r Retainer, before, after Block, why string) error {
	return s.note(ctx, tx, audit.Change{Action: "retainers.block_followed", Entity: "retainer", EntityID: r.ID, Before: before, After: after, Reason: why}, Adjusted{r.ref()})
}

// takeBack lets a block count no more.
func (s *Service) takeBack(ctx context.Context, tx *tenancy.Tx, r Retainer, b *Block, before Block, why string) error {
	today, _, _, err := s.calendar(ctx, tx)
	if err != nil {
		return err
	}
	if err := s.openThrough(ctx, tx, r, today); err != nil {
		return err
	}
	b.CountsOn = day.Date{}
	if err := s.d.Store.SaveBlock(ctx, tx, *b); err != nil {
		return err
	}
	l, err := s.returnOf(ctx, tx, r, *b)
	if err != nil {
		return err
	}
	if l != nil {
		l.Day, l.Reason = today, why
		if err := s.give(ctx, tx, r, *l); err != nil {
			return err
		}
		if _, err := s.noticeLow(ctx, tx, r); err != nil {
			return err
		}
	}
	return s.noteBlock(ctx, tx, r, before, *b, why)
}

// returnOf is the line that takes a block back: in its own period while that is open, and else in the oldest open one, by what it
// gave in the closed ones. None: all is closed, the contract is over and its account with it.
func (s *Service) returnOf(ctx context.Context, tx *tenancy.Tx, r Retainer, b Block) (*Line, error) {
	begun, err := s.d.Store.LastTurn(ctx, tx, b.ID)
	if err != nil || begun == nil {
		return nil, err
	}
	_, open, err := s.d.Store.Standing(ctx, tx, r.ID)
	if err != nil || len(open) == 0 {
		return nil, err
	}
	e := ledger.Event{ID: id.New(), Period: begun.Period, Kind: ledger.Returned, Of: begun.ID, Amount: -begun.Amount}
	if oldest := open[0].Number(); begun.Period < oldest {
		back, err := s.backOf(ctx, tx, r, *begun, oldest)
		if err != nil {
			return nil, err
		}
		e.Period, e.Amount = oldest, -back
	}
	return &Line{Event: e, RetainerID: r.ID, BlockID: b.ID, Turn: begun.Turn, CreatedAt: s.now()}, nil
}

// backOf is what a block gave in the closed periods before a number.
func (s *Service) backOf(ctx context.Context, tx *tenancy.Tx, r Retainer, begun Line, oldest int) (int64, error) {
	periods, err := s.d.Store.LastPeriods(ctx, tx, r.ID, oldest, oldest-begun.Period+1)
	if err != nil {
		return 0, err
	}
	lines, err := s.d.Store.Lines(ctx, tx, r.ID, begun.Period)
	if err != nil {
		return 0, err
	}
	var before ledger.Carry
	var closed []ledger.Period
	rules := map[int]Overage{}
	for _, p := range slices.Backward(periods) {
		if p.Number() < begun.Period {
			before = p.Carry
			continue
		}
		closed, rules[p.Number()] = append(closed, p.Period), p.OverageRule
	}
	events := make([]ledger.Event, len(lines))
	for i, l := range lines {
		events[i] = l.Event
	}
	return ledger.Back(before, closed, events, begun.ID, func(n int) bool { return rules[n] == AbsorbsOver }), nil
}
