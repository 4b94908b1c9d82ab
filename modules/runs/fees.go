package runs

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/retainers"
	"github.com/bureauhq/bureau/tenancy"
)

// feesDue are the fees of retainers that a run would bring, by client: those that have no invoice
// yet, and drafts where it is to issue. What went out before is no more due.
func (s *Service) feesDue(ctx context.Context, tx *tenancy.Tx, w Wish, clientIDs []string) (map[string][]retainers.DueFee, error) {
	out := map[string][]retainers.DueFee{}
	if !w.Retainers {
		return out, nil
	}
	all, err := s.d.Retainers.FeesTx(ctx, tx, clientIDs, day.Range{From: w.From, To: w.To})
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, f := range all {
		if f.InvoiceID != "" {
			ids = append(ids, f.InvoiceID)
		}
	}
	made, err := s.d.Bills.ByIDsTx(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		if f.InvoiceID != "" && (w.How == invoicing.AsDraft || made[f.InvoiceID].State != invoicing.Draft) {
			continue
		}
		out[f.ClientID] = append(out[f.ClientID], f)
	}
	return out, nil
}

// bring makes the invoices of the fees that are due of a client, each once.
func (s *Service) bring(ctx context.Context, tx *tenancy.Tx, r Run, clientID string) ([]Fee, error) {
	due, err := s.feesDue(ctx, tx, r.Wish, []string{clientID})
	if err != nil {
		return nil, err
	}
	var out []Fee
	for _, f := range due[clientID] {
		p, err := s.d.Retainers.DraftFeeTx(ctx, tx, f.PeriodID)
		if err != nil {
			return nil, err
		}
		i, err := s.d.Bills.GoOutTx(ctx, tx, p.FeeInvoiceID, r.How, r.IssueOn)
		if err != nil {
			return nil, err
		}
		out = append(out, Fee{InvoiceID: i.ID, Number: i.Number, Total: i.Total})
	}
	return out, nil
}

// sums are what fees come to, by currency and without tax.
func sums(all []retainers.DueFee) []money.Money {
	amounts := make([]money.Money, len(all))
	for n, f := range all {
		amounts[n] = f.Fee
	}
	return money.Sum(amounts...)
}
