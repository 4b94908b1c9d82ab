package invoicing

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/tenancy"
)

// Why something cannot be taken back.
var (
	ErrCreditNote = fault.Define(fault.Conflict, "invoicing.credit_note", "A credit note is final: it is not voided, credited or paid.")
	ErrHasCredits = fault.Define(fault.Conflict, "invoicing.has_credits", "There are credit notes for this invoice. Credit what is left of it instead.")
	ErrBadCredit  = fault.Define(fault.Invalid, "invoicing.bad_credit", "This credit note cannot be issued.")
	ErrNoCredit   = fault.Define(fault.Invalid, "invoicing.nothing_to_credit", "There is nothing to take back.").At("body.lines", "come to nothing")
	ErrKeepTime   = fault.Define(fault.Invalid, "invoicing.time_kept", "Say what becomes of the time on the lines that are taken back.").
			At("body.time", "must be release or keep")
)

// KeepTime leaves the time on credited lines billed: a price was corrected, the
// work was done.
const KeepTime TimeFate = "keep"

// CreditLine says how much of a line is taken back.
type CreditLine struct {
	LineID string
	Amount *money.Money // as the line prints it, less its share of the discount; nil: all that is left
}

// NewCredit is what a credit note takes back of an invoice.
type NewCredit struct {
	Lines   []CreditLine // none: all that is left
	Reason  string       // printed
	Time    TimeFate     // of lines taken back as a whole
	IssueOn day.Date     // none: today
	Reissue bool         // make a draft with the invoice's lines, and their time
}

// Credited is a credit note, and the draft that takes the invoice's place.
type Credited struct {
	Note  Invoice
	Draft *Invoice
}

// Creditable is what can still be taken back of a line.
type Creditable struct {
	Line Line
	Left money.Money
}

// Credits tells what was taken back of an invoice, and what can be.
func (s *Service) Credits(ctx context.Context, id string) (left []Creditable, notes []Summary, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err := s.d.Store.Invoice(ctx, tx, id)
		if err != nil {
			return err
		}
		if left, err = s.creditable(ctx, tx, i); err != nil {
			return err
		}
		notes, err = s.d.Store.List(ctx, tx, Filter{CreditsID: id, Sort: "created", Page: everything})
		return err
	})
	return left, notes, err
}

func (s *Service) creditable(ctx context.Context, tx *tenancy.Tx, i Invoice) ([]Creditable, error) {
	if i.Kind == CreditNote || i.State != Issued {
		return nil, nil
	}
	gone, err := s.d.Store.CreditedLines(ctx, tx, i)
	if err != nil {
		return nil, err
	}
	all := make([]Creditable, len(i.Lines))
	for n, l := range i.Lines {
		all[n] = Creditable{l, l.Amount.Sub(l.Share).Sub(gone[l.ID])}
	}
	return all, nil
}

// PreviewCredit shows the document of a credit note before it is issued.
func (s *Service) PreviewCredit(ctx context.Context, id string, n NewCredit) (p Paper, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err := s.d.Store.Invoice(ctx, tx, id)
		if err != nil {
			return err
		}
		note, _, err := s.creditOf(ctx, tx, i, n)
		if err != nil {
			return err
		}
		p, err = s.paper(ctx, tx, note)
		return err
	})
	return p, err
}

// IssueCredit issues a credit note: it takes back lines of an issued invoice, never
// more than is left of them, at the taxes they were billed with. Its value is
// applied to the invoice as far as that is open; the rest is the client's credit.
func (s *Service) IssueCredit(ctx context.Context, id string, n NewCredit) (c Credited, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err := s.d.Store.LockedInvoice(ctx, tx, id)
		if err != nil {
			return err
		}
		note, whole, err := s.creditOf(ctx, tx, i, n)
		if err != nil {
			return err
		}
		if err := s.otherThanTime(ctx, tx, i, note, whole); err != nil {
			return err
		}
		if !note.Deducted.IsZero() {
			if err := s.d.Store.ReleaseDeductions(ctx, tx, i.ID, s.d.Now()); err != nil {
				return err
			}
		}
		entity, err := s.d.Store.Entity(ctx, tx, i.EntityID)
		if err != nil {
			return err
		}
		if err := s.number(ctx, tx, entity, &note); err != nil {
			return err
		}
		note.Version, note.Paid = 1, note.Payable() // nothing of it is to be paid
		if err := s.d.Store.AddInvoice(ctx, tx, note); err != nil {
			return err
		}
		if err := s.settleCredit(ctx, tx, i, note); err != nil {
			return err
		}
		if err := s.creditWorked(ctx, tx, i, note); err != nil {
			return err
		}
		if c.Draft, err = s.timeOfCredit(ctx, tx, i, whole, n, !note.Deducted.IsZero()); err != nil {
			return err
		}
		if err := s.d.Queue.Enqueue(ctx, tx, keepPDF{note.ID}); err != nil {
			return err
		}
		c.Note = note
		issued := CreditNoteIssued{Fact: factOf(note), CreditsID: i.ID}
		if c.Draft != nil {
			issued.DraftID = c.Draft.ID
		}
		return s.record(ctx, tx, "invoicing.credit_note_issued", nil, &note, issued)
	})
	return c, err
}

// creditOf calculates a credit note, and names the lines of which nothing is
// left after it.
func (s *Service) creditOf(ctx context.Context, tx *tenancy.Tx, i Invoice, n NewCredit) (note Invoice, whole []Line, err error) {
	switch {
	case i.Kind == CreditNote:
		return note, nil, ErrCreditNote
	case i.State != Issued:
		return note, nil, ErrNotIssued
	}
	if !i.WrittenOff.IsZero() { // the client would get back what it never paid
		return note, nil, ErrWrittenOff
	}
	left, err := s.creditable(ctx, tx, i)
	if err != nil {
		return note, nil, err
	}
	now, err := asked(left, n.Lines)
	if err != nil {
		return note, nil, err
	}
	before, sum := make([]money.Money, len(left)), i.sum()
	for k, c := range left {
		before[k] = c.Line.Amount.Sub(c.Line.Share).Sub(c.Left)
		if !now[k].IsZero() && now[k] == c.Left {
			whole = append(whole, c.Line)
		}
	}
	if n.Reissue && len(whole) != len(slices.DeleteFunc(slices.Clone(left), func(c Creditable) bool { return c.Left.IsZero() })) {
		return note, nil, ErrBadCredit.At("body.reissue", "needs all that is left to be taken back")
	}
	taken, err := s.takenTaxes(ctx, tx, i)
	if err != nil {
		return note, nil, err
	}
	f, err := calc.Credit(sum, before, now, taken)
	if err != nil {
		return note, nil, err
	}
	if note, err = s.noteOn(ctx, tx, i, n, f, now); err != nil {
		return note, nil, err
	}
	return note, whole, nil
}

// takenTaxes are those of what invoices deduct of a deposit and credit notes took back of it. A deduction can be given
// back, so that they differ by a cent from those of the lines; nothing is given back to other invoices.
func (s *Service) takenTaxes(ctx context.Context, tx *tenancy.Tx, i Invoice) ([]calc.TaxAmount, error) {
	if i.Kind != Deposit {
		return nil, nil
	}
	return s.d.Store.TakenTaxes(ctx, tx, i)
}

// asked is how much of each line is taken back.
func asked(left []Creditable, lines []CreditLine) ([]money.Money, error) {
	now := make([]money.Money, len(left))
	for k, c := range left {
		now[k] = c.Left
		if len(lines) > 0 {
			now[k] = money.Zero(c.Left.Currency)
		}
	}
	bad := ErrBadCredit
	for n, l := range lines {
		k := slices.IndexFunc(left, func(c Creditable) bool { return c.Line.ID == l.LineID })
		at := func(field, text string) { bad = bad.At(fmt.Sprintf("body.lines[%d].%s", n, field), text) }
		switch {
		case k < 0:
			at("line_id", "is not a line of this invoice")
		case !now[k].IsZero():
			at("line_id", "is named twice")
		case l.Amount == nil:
			now[k] = left[k].Left
		case l.Amount.Currency != left[k].Left.Currency:
			at("amount", "is not in the currency of the invoice")
		case l.Amount.Sign()*left[k].Left.Sign() < 0 || l.Amount.Sign() == 0 && left[k].Left.IsZero():
			at("amount", "has nothing left to take back")
		case l.Amount.Decimal().Abs().Cmp(left[k].Left.Decimal().Abs()) > 0:
			at("amount", "is more than is left of the line: "+left[k].Left.Amount())
		default:
			now[k] = *l.Amount
		}
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	return now, nil
}

// noteOn is the credit note as a document that is not issued yet.
func (s *Service) noteOn(ctx context.Context, tx *tenancy.Tx, i Invoice, n NewCredit, f calc.Figures, now []money.Money) (Invoice, error) {
	entity, err := s.d.Store.Entity(ctx, tx, i.EntityID)
	if err != nil {
		return Invoice{}, err
	}
	at, today := s.d.Now(), entity.Today(s.d.Now())
	on := n.IssueOn
	if on.IsZero() {
		on = today
	}
	note := Invoice{
		ID: s.d.NewID(), Kind: CreditNote, CreditsID: i.ID, CreditsNumber: i.Number, CreditsOn: i.IssueOn, EntityID: i.EntityID, ClientID: i.ClientID, ClientName: i.ClientName,
		State: Draft, Currency: i.Currency, Rounding: i.Rounding, TaxMethod: i.TaxMethod, PricesIncludeTax: i.PricesIncludeTax, IssueOn: on, DueOn: on,
		Rate: i.Rate, Reference: i.Reference, Note: strings.TrimSpace(n.Reason), Footer: i.Footer, Version: 1, CreatedBy: access.From(ctx).MemberID, CreatedAt: at, UpdatedAt: at,
	}
	for k, l := range i.Lines {
		if now[k].IsZero() {
			continue
		}
		line := Line{ID: s.d.NewID(), Kind: l.Kind, CreditsLineID: l.ID, ProjectID: l.ProjectID, Description: l.Description, Quantity: one, UnitPrice: now[k].Decimal(), TaxRateIDs: l.TaxRateIDs}
		if now[k] == l.Amount && l.Share.IsZero() {
			line.Quantity, line.Unit, line.UnitPrice, line.Discount = l.Quantity, l.Unit, l.UnitPrice, l.Discount
		}
		of := f.Lines[k]
		line.Amount, line.Share, line.Net, line.Tax, line.Gross, line.Taxes = of.Amount, of.Share, of.Net, of.Tax, of.Gross, of.Taxes
		note.Lines = append(note.Lines, line)
	}
	note.DiscountTotal, note.Taxes, note.Net, note.Tax, note.Total, note.Withheld, note.Paid = f.Discount, f.Taxes, f.Net, f.Tax, f.Total, f.Withheld, money.Zero(i.Currency)
	note.Taxes = slices.DeleteFunc(note.Taxes, func(t calc.TaxAmount) bool { return t.Base.IsZero() && t.Amount.IsZero() })
	taken, err := s.d.Store.CreditedTotal(ctx, tx, i)
	note.Deducted, note.Cash = money.Zero(i.Currency), money.Zero(i.Currency)
	if after := taken.Add(note.Total); after == i.Total {
		note.Cash = i.Cash // all is taken back by now
		if taken.IsZero() {
			// It mirrors the invoice: what deposits had paid comes back as deposits.
			note.Deductions, note.Deducted = i.Deductions, i.Deducted
		}
	}
	switch {
	case err != nil:
		return note, err
	case on.After(today):
		return note, ErrDateAhead
	case on.Before(i.IssueOn):
		return note, ErrBadCredit.At("body.issue_on", "is before the invoice")
	case len(note.Lines) == 0 || note.Total.Sign() <= 0:
		return note, ErrNoCredit
	case taken.Add(note.Total).Cmp(i.Total) > 0:
		return note, ErrBadCredit.At("body.lines", "come to more than the invoice")
	}
	return note, nil
}

// sum is what the invoice was calculated from, at the taxes it was issued with.
func (i Invoice) sum() calc.Sum {
	s := calc.Sum{Currency: i.Currency, Rounding: i.Rounding, Method: i.TaxMethod, PricesIncludeTax: i.PricesIncludeTax}
	for _, l := range i.Lines {
		var line calc.Line
		for _, t := range l.Taxes {
			line.Taxes = append(line.Taxes, t.Tax)
		}
		s.Lines = append(s.Lines, line)
	}
	return s
}

// settleCredit makes the note's value the client's and applies it to the
// invoice as far as that is open.
func (s *Service) settleCredit(ctx context.Context, tx *tenancy.Tx, i, note Invoice) error {
	if note.Payable().IsZero() {
		return nil // all of it would have been withheld
	}
	p := Payment{
		ID: s.d.NewID(), ClientID: note.ClientID, ClientName: note.ClientName, Amount: note.Payable(), ReceivedOn: note.IssueOn, Method: ByCreditNote,
		Rate: note.Rate, Reference: note.Number, CreditNoteID: note.ID, CreatedBy: note.CreatedBy, CreatedAt: note.CreatedAt,
	}
	if err := s.d.Store.AddPayment(ctx, tx, p); err != nil {
		return err
	}
	part := p.Amount
	if part.Cmp(i.Balance()) > 0 {
		part = i.Balance()
	}
	if part.IsZero() {
		return nil
	}
	return s.apply(ctx, tx, &p, []Part{{i.ID, part}}, note.IssueOn)
}

// otherThanTime gives back what lines bill that is no time, by as much as is taken back of each.
func (s *Service) otherThanTime(ctx context.Context, tx *tenancy.Tx, i, note Invoice, whole []Line) error {
	gone, err := s.d.Store.CreditedLines(ctx, tx, i)
	if err != nil {
		return err
	}
	var back []GivenBack
	var freed []string
	for _, l := range i.Lines {
		at := slices.IndexFunc(note.Lines, func(n Line) bool { return n.CreditsLineID == l.ID })
		if at < 0 {
			continue
		}
		for _, src := range l.others() {
			back = append(back, GivenBack{
				Source: src, Of: l.Amount.Sub(l.Share).Minor, Before: gone[l.ID].Minor, After: gone[l.ID].Add(note.Lines[at].Amount).Minor,
			})
		}
		if !l.timed() && slices.ContainsFunc(whole, func(w Line) bool { return w.ID == l.ID }) {
			freed = append(freed, l.ID)
		}
	}
	if err := s.returned(ctx, tx, note.ID, back); err != nil || len(freed) == 0 {
		return err
	}
	return s.d.Store.FreeLines(ctx, tx, freed)
}

// TakenBack is how much a credit note takes back of time, or of a part of it.
type TakenBack struct {
	EntryID string
	Part    int
	Minor   int64
}

// creditWorked parts what is taken back of lines between their time, so that
// what is billed of each entry stays what it is.
func (s *Service) creditWorked(ctx context.Context, tx *tenancy.Tx, i, note Invoice) error {
	var all []TakenBack
	for _, l := range i.Lines {
		at := slices.IndexFunc(note.Lines, func(n Line) bool { return n.CreditsLineID == l.ID })
		times := l.times()
		if at < 0 || len(times) == 0 {
			continue
		}
		left := make([]int64, len(times))
		for k, n := range times {
			w := l.Sources[n].Worked
			left[k] = max(w.Billed.Sub(w.Credited).Minor, 0)
		}
		for k, m := range parts(note.Lines[at].Amount.Sub(note.Lines[at].Share), left) {
			src := l.Sources[times[k]]
			all = append(all, TakenBack{src.ID, src.Part, m.Minor})
		}
	}
	if len(all) == 0 {
		return nil
	}
	return s.d.Store.CreditWorked(ctx, tx, all)
}

// timeOfCredit gives back the time of lines of which nothing is left, hands it
// to the draft that takes the invoice's place, or leaves it billed.
func (s *Service) timeOfCredit(ctx context.Context, tx *tenancy.Tx, i Invoice, whole []Line, n NewCredit, deducted bool) (*Invoice, error) {
	after := i
	after.Lines = slices.Clone(i.Lines)
	var freed []string
	for k := range after.Lines {
		l := &after.Lines[k]
		gone := slices.ContainsFunc(whole, func(w Line) bool { return w.ID == l.ID })
		if gone && l.timed() {
			freed = append(freed, l.ID)
			l.Sources = nil
		}
	}
	if len(freed) > 0 && !n.Reissue && n.Time != ReleaseTime && n.Time != KeepTime {
		return nil, ErrKeepTime
	}
	if len(freed) > 0 && (n.Reissue || n.Time == ReleaseTime) {
		if err := s.d.Store.FreeLines(ctx, tx, freed); err != nil {
			return nil, err
		}
		if err := s.rebill(ctx, tx, i, after); err != nil {
			return nil, err
		}
	}
	if !n.Reissue {
		return nil, nil //nolint:nilnil // no draft was asked for
	}
	return s.reissue(ctx, tx, i, deducted)
}

// reissue makes a draft like an invoice that was taken back. Where the credit
// note gave deposits back, it deducts them again.
func (s *Service) reissue(ctx context.Context, tx *tenancy.Tx, i Invoice, deducted bool) (*Invoice, error) {
	at := s.d.Now()
	d := i
	d.ID, d.State, d.Number, d.Period, d.IssueOn, d.DueOn = s.d.NewID(), Draft, "", "", day.Date{}, day.Date{}
	d.Document, d.PDFKey, d.PDFHash, d.SentAt, d.IssuedAt = nil, "", "", nil, nil
	d.Review = Review{}
	d.Version, d.CreatedBy, d.CreatedAt, d.UpdatedAt = 1, access.From(ctx).MemberID, at, at
	d.Paid, d.Credited = money.Zero(i.Currency), money.Zero(i.Currency)
	d.Deductions, d.Rate = nil, nil
	d.BaseNet, d.BaseTax, d.BaseTotal = money.Money{}, money.Money{}, money.Money{}
	var again []Deduct
	for _, x := range i.Deductions {
		amount := x.amount()
		again = append(again, Deduct{DepositID: x.DepositID, Amount: &amount})
	}
	if len(again) > 0 && deducted {
		d.Deduct(again)
	}
	d.Lines = slices.Clone(i.Lines)
	if err := s.again(ctx, tx, d.ID, d.Lines); err != nil {
		return nil, err
	}
	d.roundTime() // without what was taken back before
	for n := range d.Lines {
		l := &d.Lines[n]
		if l.ID = s.d.NewID(); len(l.Sources) == 0 {
			l.Kind = FreeLine
		}
	}
	if err := s.add(ctx, tx, &d); err != nil {
		return nil, err
	}
	if len(d.entries()) == 0 {
		return &d, nil
	}
	return &d, s.takeTime(ctx, tx, d, d.entries())
}
