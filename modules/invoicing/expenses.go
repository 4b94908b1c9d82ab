package invoicing

import (
	"context"
	"slices"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrReceiptsTooLarge refuses a mail that no server would take.
var ErrReceiptsTooLarge = fault.Define(fault.Invalid, "invoicing.receipts_too_large", "The receipts are too large for a mail. Send it without them.").
	At("body.with_receipts", "come to more than 14 MB")

// maxReceipts leaves room for the invoice, and for what a mail makes of its bytes.
const maxReceipts = 14 << 20

// Spent is an approved, billable expense that is on no invoice.
type Spent struct {
	ID        string
	ClientID  string
	ProjectID string
	Text      string
	Note      string
	TaxRateID string // empty for the agency's default
	Day       day.Date
	Prices    []SpentPrice
}

// SpentPrice is what an expense is billed as in one currency, its markup included.
type SpentPrice struct {
	Net   money.Money
	Gross money.Money // with the tax that was paid; what a document with tax in its prices passes on
}

// Attachment is a file that travels with a mail.
type Attachment struct {
	Name, ContentType, Key string
	Size                   int64
}

// Expenses answers what members spent for clients, and is told what is put on documents.
type Expenses interface {
	Billable
	SpentTx(ctx context.Context, tx *tenancy.Tx, q TimeQuery) ([]Spent, error)
	SpentByTx(ctx context.Context, tx *tenancy.Tx, q TimeQuery) (map[string]int, error) // counted by client
	TakeTx(ctx context.Context, tx *tenancy.Tx, documentID string, ids []string) error  // billed already
	ReceiptsTx(ctx context.Context, tx *tenancy.Tx, documentID string) ([]Attachment, error)
}

// wantsExpenses tells whether what was spent goes with the draft: as time does, unless it is said.
func (f FromTime) wantsExpenses() bool {
	if f.Expenses != nil {
		return *f.Expenses && (f.ClientID != "" || len(f.clients) > 0 || len(f.ProjectIDs) > 0)
	}
	return !f.NoTime
}

// spent is what is asked for of expenses.
func (s *Service) spent(ctx context.Context, tx *tenancy.Tx, f FromTime) ([]Spent, error) {
	if s.d.Expenses == nil || !f.wantsExpenses() {
		return nil, nil
	}
	return s.d.Expenses.SpentTx(ctx, tx, f.query())
}

// expenseLines makes a line of each expense that has a price in the invoice's
// currency. Two expenses are never one line.
func (i Invoice) expenseLines(all []Spent, words Words, taxes []string, asked bool) (lines []Line, out []LeftOut) {
	for _, e := range all {
		at := slices.IndexFunc(e.Prices, func(p SpentPrice) bool { return p.Net.Currency == i.Currency })
		if at < 0 {
			out = append(out, LeftOut{TimeEntry{ID: e.ID, ClientID: e.ClientID, ProjectID: e.ProjectID, TaskName: e.Text, Day: e.Day}, "expense_currency"})
			continue
		}
		price, rates := e.Prices[at].Net, taxes
		if i.PricesIncludeTax {
			price = e.Prices[at].Gross
		}
		if !asked && e.TaxRateID != "" {
			rates = []string{e.TaxRateID}
		}
		lines = append(lines, Line{
			Kind: ExpenseLine, ProjectID: e.ProjectID, Description: e.described(words), Quantity: one, UnitPrice: price.Decimal(), TaxRateIDs: slices.Clone(rates),
			Sources: []Source{{Kind: OfExpense, ID: e.ID}},
		})
	}
	return lines, out
}

// described is what a line says of the expense: what for and where, when, and what was noted.
func (e Spent) described(words Words) string {
	text := e.Text + ", " + words.Day(e.Day)
	if e.Note != "" {
		text += " (" + e.Note + ")"
	}
	return text
}

// takeExpenses tells expenses which of them a new draft bills.
func (s *Service) takeExpenses(ctx context.Context, tx *tenancy.Tx, i Invoice) error {
	var ids []string
	for _, l := range i.Lines {
		for _, src := range l.Sources {
			if src.Kind == OfExpense {
				ids = append(ids, src.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return s.d.Expenses.TakeTx(ctx, tx, i.ID, ids)
}

// receipts lists what a mail carries besides the invoice.
func (s *Service) receipts(ctx context.Context, tx *tenancy.Tx, out Sending) ([]Attachment, error) {
	if s.d.Expenses == nil || !out.WithReceipts {
		return nil, nil
	}
	all, err := s.d.Expenses.ReceiptsTx(ctx, tx, out.InvoiceID)
	var size int64
	for _, a := range all {
		size += a.Size
	}
	if err == nil && size > maxReceipts {
		err = ErrReceiptsTooLarge
	}
	return all, err
}

// enclosed reads the files of attachments.
func (s *Service) enclosed(ctx context.Context, all []Attachment) ([]File, error) {
	out := make([]File, len(all))
	for n, a := range all {
		data, err := s.d.Files.Read(ctx, a.Key)
		if err != nil {
			return nil, err
		}
		out[n] = File{a.Name, a.ContentType, data}
	}
	return out, nil
}
