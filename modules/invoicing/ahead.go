package invoicing

import (
	"context"
	"slices"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/tenancy"
)

// Ahead is what a bill to a client would come to.
type Ahead struct {
	ClientID   string
	ClientName string
	Lines      int
	Entries    int // of time
	LeftOut    int
	Open       int // entries that are not approved yet
	Total      money.Money
	Refusal    error // why it would not be made; nil: it would
}

// ToBillTx tells which clients there is something to bill of, without looking at it closely.
func (s *Service) ToBillTx(ctx context.Context, tx *tenancy.Tx, b Bill) (map[string]bool, error) {
	out := map[string]bool{}
	if !b.NoTime {
		all, err := s.d.Time.ToBillTx(ctx, tx, b.query())
		if err != nil {
			return nil, err
		}
		for id, n := range all {
			if n.Approved > 0 || (b.WaitForOpen && n.Open > 0) {
				out[id] = true
			}
		}
	}
	if s.d.Expenses != nil && (b.Expenses == nil || *b.Expenses) {
		all, err := s.d.Expenses.SpentByTx(ctx, tx, b.query())
		if err != nil {
			return nil, err
		}
		for id := range all {
			out[id] = true
		}
	}
	if b.FeesDue {
		due, err := s.d.Fees.DueOfTx(ctx, tx, nil, b.To)
		if err != nil {
			return nil, err
		}
		for _, d := range due {
			out[d.Fee.ClientID] = true
		}
	}
	return out, nil
}

// entityOf is the legal entity that a draft for a client would be of.
func entityOf(c Client, b Bill, usual LegalEntity, all []LegalEntity) LegalEntity {
	if i := slices.IndexFunc(all, func(e LegalEntity) bool { return e.ID == c.EntityID }); b.EntityID == "" && i >= 0 {
		return all[i]
	}
	return usual
}

// AheadTx tells for each of the clients what the bill would come to. It reads
// everything at once: the same statements, however many clients and entries.
func (s *Service) AheadTx(ctx context.Context, tx *tenancy.Tx, b Bill, clientIDs []string) ([]Ahead, error) {
	b.clients = clientIDs
	entity, err := s.entityFor(ctx, tx, b.EntityID)
	if err != nil || len(clientIDs) == 0 {
		return nil, err
	}
	clients, err := s.d.Clients.ClientsTx(ctx, tx, clientIDs)
	if err != nil {
		return nil, err
	}
	all, err := s.d.Store.Entities(ctx, tx)
	if err != nil {
		return nil, err
	}
	of, err := s.baskets(ctx, tx, b)
	if err != nil {
		return nil, err
	}
	rates, err := s.rates(ctx, tx)
	if err != nil {
		return nil, err
	}
	f := b.FromTime
	if f.TaxRateIDs == nil {
		if f.TaxRateIDs, err = s.defaultTaxes(ctx, tx); err != nil {
			return nil, err
		}
	}
	set, err := s.d.Store.ReviewSettings(ctx, tx, false)
	if err != nil {
		return nil, err
	}
	today := entity.Today(s.d.Now())
	out := make([]Ahead, len(clientIDs))
	for n, id := range clientIDs {
		c, lot := clients[id], of[id]
		a := Ahead{ClientID: id, ClientName: c.Name, Open: lot.open}
		i := s.blankFor(ctx, entityOf(c, b, entity, all), c, DraftOf{Currency: b.Currency})
		due, abroad := inCurrency(lot.due, i.Currency)
		for _, d := range due {
			lot.agreed = append(lot.agreed, d.Lines()...)
		}
		left, err := i.assemble(f, lot.basket)
		if err == nil {
			err = i.addUp(entity, rates, today)
		}
		a.Lines, a.Total, a.LeftOut, a.Refusal = len(i.Lines), i.Total, len(left)+len(abroad), err
		for _, l := range i.Lines {
			a.Entries += l.Entries()
		}
		if err == nil {
			a.Refusal = foreseen(i, c, b, lot.open, set.Required)
		}
		out[n] = a
	}
	return out, nil
}

// foreseen is what would refuse the bill.
func foreseen(i Invoice, c Client, b Bill, open int, review bool) error {
	switch {
	case b.WaitForOpen && open > 0:
		return ErrOpenTime
	case len(i.Lines) == 0:
		return ErrNothingToBill
	case i.Total.Sign() < 0:
		return ErrNegativeTotal
	case b.How != AsDraft && b.How != "" && review:
		return ErrNotReviewed
	case b.How != AsDraft && b.How != "" && len(c.Address) == 0:
		return ErrNoAddress
	}
	return nil
}

type lot struct {
	basket

	due  []fees.Due
	open int
}

// baskets reads what may be billed of many clients, and parts it by client.
func (s *Service) baskets(ctx context.Context, tx *tenancy.Tx, b Bill) (map[string]*lot, error) {
	out := make(map[string]*lot, len(b.clients))
	for _, id := range b.clients {
		out[id] = &lot{}
	}
	entries, covered, err := s.worked(ctx, tx, b.FromTime)
	if err != nil {
		return nil, err
	}
	names, err := s.names(ctx, tx, b.GroupBy, entries)
	if err != nil {
		return nil, err
	}
	rule, err := s.timeRule(ctx, tx, b.FromTime)
	if err != nil {
		return nil, err
	}
	for _, l := range out {
		// The language of the words changes no figure: all days are told apart in each.
		l.covered, l.rule, l.names, l.words, l.asked = covered, rule, names, WordsIn(English), b.TaxRateIDs != nil
	}
	for _, e := range entries {
		out[e.ClientID].entries = append(out[e.ClientID].entries, e)
	}
	spent, err := s.spent(ctx, tx, b.FromTime)
	if err != nil {
		return nil, err
	}
	for _, e := range spent {
		out[e.ClientID].spent = append(out[e.ClientID].spent, e)
	}
	if b.FeesDue {
		due, err := s.d.Fees.DueOfTx(ctx, tx, b.clients, b.To)
		if err != nil {
			return nil, err
		}
		for _, d := range due {
			out[d.Fee.ClientID].due = append(out[d.Fee.ClientID].due, d)
		}
	}
	if b.NoTime {
		return out, nil
	}
	counts, err := s.d.Time.ToBillTx(ctx, tx, b.query())
	for id, n := range counts {
		if l := out[id]; l != nil {
			l.open = n.Open
		}
	}
	return out, err
}
