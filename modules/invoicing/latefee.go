package invoicing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// Late is what late payment of an invoice has cost, and what it would cost now.
type Late struct {
	Policy  LateFees
	Until   day.Date
	Due     []LateDue
	Draft   Invoice // that would charge it, with its tax; without lines where nothing is due
	Why     string  // nothing is
	Charges []LateCharge
}

// LateFees tells what may be charged for late payment of an invoice up to a day, today without one.
func (s *Service) LateFees(ctx context.Context, invoiceID string, until day.Date) (l Late, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err := s.d.Store.Invoice(ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		l, err = s.late(ctx, tx, i, "query.until", until)
		return err
	})
	return l, err
}

// late is what is due of an invoice with the document that would charge it.
func (s *Service) late(ctx context.Context, tx *tenancy.Tx, i Invoice, field string, until day.Date) (Late, error) {
	l, err := s.lateOf(ctx, tx, i, field, until)
	l.Draft.Net, l.Draft.Tax, l.Draft.Total = money.Zero(i.Currency), money.Zero(i.Currency), money.Zero(i.Currency)
	if err != nil || len(l.Due) == 0 {
		return l, err
	}
	if l.Draft, _, err = s.lateDraft(ctx, tx, i, l); err != nil {
		return l, err
	}
	return l, s.ready(ctx, tx, &l.Draft)
}

// lateOf finds what is due of an invoice.
func (s *Service) lateOf(ctx context.Context, tx *tenancy.Tx, i Invoice, field string, until day.Date) (l Late, err error) {
	if l.Charges, err = s.d.Store.LateCharges(ctx, tx, i.ID); err != nil {
		return l, err
	}
	p, _, err := s.policyOf(ctx, tx, i.ClientID)
	if err != nil {
		return l, err
	}
	today, err := s.today(ctx, tx)
	if err != nil {
		return l, err
	}
	l.Policy, l.Until, l.Why = p.late(), until, LateNothing
	switch {
	case until.IsZero():
		l.Until = today
	case until.After(today):
		return l, ErrLateAhead.At(field, "is in the future")
	}
	if i.State != Issued || i.Kind == CreditNote {
		return l, nil
	}
	settled, err := s.d.Store.Settlings(ctx, tx, i.ID)
	if err != nil {
		return l, err
	}
	sent, err := s.lettersOf(ctx, tx, i.ID)
	if err != nil {
		return l, err
	}
	l.Due, l.Why = p.lateDue(i, sent[i.ID], settled[i.ID], l.Charges, l.Until)
	return l, nil
}

// lettersOf are the days on which steps of the ladder were written, by invoice and their days.
func (s *Service) lettersOf(ctx context.Context, tx *tenancy.Tx, invoiceIDs ...string) (map[string]map[int]day.Date, error) {
	taken, err := s.d.Store.Letters(ctx, tx, invoiceIDs)
	if err != nil || len(taken) == 0 {
		return nil, err
	}
	d, err := s.d.Settings.DefaultsTx(ctx, tx)
	out := map[string]map[int]day.Date{}
	for id, all := range taken {
		out[id] = map[int]day.Date{}
		for _, t := range all {
			if t.Outcome == ReminderSent {
				out[id][t.Days] = LegalEntity{TimeZone: d.TimeZone}.Today(t.At)
			}
		}
	}
	return out, err
}

// ChargeLate makes a draft of what is due for late payment of an invoice. ErrNothingLate.
func (s *Service) ChargeLate(ctx context.Context, invoiceID string, until day.Date) (i Invoice, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err = s.chargeLate(ctx, tx, invoiceID, until, AsDraft)
		return err
	})
	return i, err
}

// chargeLate holds the invoice, so that of two who charge at once the second finds what the first has left.
func (s *Service) chargeLate(ctx context.Context, tx *tenancy.Tx, invoiceID string, until day.Date, how How) (Invoice, error) {
	i, err := s.d.Store.LockedInvoice(ctx, tx, invoiceID)
	if err != nil {
		return i, err
	}
	l, err := s.lateOf(ctx, tx, i, "body.until", until)
	if err != nil {
		return i, err
	}
	if len(l.Due) == 0 {
		return i, nothingLate(l)
	}
	d, charges, err := s.lateDraft(ctx, tx, i, l)
	if err != nil {
		return d, err
	}
	if err := s.add(ctx, tx, &d); err != nil {
		return d, err
	}
	if err := s.d.Store.AddLateCharges(ctx, tx, charges); err != nil {
		return d, err
	}
	if err := audit.Record(ctx, tx, audit.Change{Action: "invoicing.late_fee_charged", Entity: "invoice", EntityID: i.ID, After: shotOf(charges)}); err != nil {
		return d, err
	}
	if err := s.d.Events.Publish(ctx, tx, LateFeeCharged{factOf(i)}); err != nil {
		return d, err
	}
	return s.goOut(ctx, tx, d, Bill{How: how})
}

func nothingLate(l Late) error {
	switch l.Why {
	case LateOff:
		return ErrNothingLate.Saying("Late fees are not turned on for this client.")
	case LateCurrency:
		return ErrNothingLate.Saying("The amounts of the late fees are in %s. Give this client fees in its currency, or percent alone.", l.Policy.Currency)
	case LateBelow:
		return ErrNothingLate.Saying("What is due is less than the least that is charged.")
	case LateCapped:
		return ErrNothingLate.Saying("The most that late payment of an invoice may cost was charged.")
	}
	return ErrNothingLate
}

// lateDraft is the document that charges what is due, and what it charges.
func (s *Service) lateDraft(ctx context.Context, tx *tenancy.Tx, i Invoice, l Late) (Invoice, []LateCharge, error) {
	d, err := s.blank(ctx, tx, DraftOf{ClientID: i.ClientID, EntityID: i.EntityID, Currency: i.Currency})
	if err != nil {
		return d, nil, err
	}
	w, err := s.wordsOf(ctx, tx, d)
	if err != nil {
		return d, nil, err
	}
	d.Reference, d.PricesIncludeTax = i.Reference, false
	taxes := []string{}
	if l.Policy.TaxRateID != "" {
		taxes = append(taxes, l.Policy.TaxRateID)
	} else {
		d.Note = w.LateUntaxed
	}
	charges := make([]LateCharge, len(l.Due))
	for n, due := range l.Due {
		charges[n] = LateCharge{ID: s.d.NewID(), InvoiceID: i.ID, Kind: due.Kind, Step: due.Step, From: due.From, To: due.To, Amount: due.Amount, DocumentID: d.ID, By: d.CreatedBy, At: d.CreatedAt}
		d.Lines = append(d.Lines, Line{
			ID: s.d.NewID(), Kind: LateLine, Description: due.text(w, i.Number, l.Policy), Quantity: one, UnitPrice: due.Amount.Decimal(), TaxRateIDs: taxes,
			Sources: []Source{{Kind: OfLate, ID: charges[n].ID}},
		})
	}
	return d, charges, nil
}

// text says in the client's language what the fee is for.
func (d LateDue) text(w Words, number string, p LateFees) string {
	if d.Kind == LateStep {
		return Fill(w.LateFee, "number", number, "day", w.Day(d.On))
	}
	per := w.LateYear
	if p.Per == PerMonth {
		per = w.LateMonth
	}
	lines := []string{Fill(w.LateInterest, "number", number, "percent", w.Number(p.Percent), "per", per, "from", w.Day(d.From), "to", w.Day(d.To))}
	for _, part := range d.Parts {
		lines = append(lines, Fill(w.LateDays, "days", fmt.Sprint(part.Days), "base", money.Format(part.Base, w.locale)))
	}
	return strings.Join(lines, "\n")
}

// WaiveLate gives up what is due now for late payment of an invoice, for a reason. What comes later is charged.
func (s *Service) WaiveLate(ctx context.Context, invoiceID, reason string) error {
	if reason = strings.TrimSpace(reason); reason == "" {
		return ErrBadWaiver.At("body.reason", "is required")
	}
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err := s.d.Store.LockedInvoice(ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		l, err := s.lateOf(ctx, tx, i, "body", day.Date{})
		if err != nil {
			return err
		}
		if len(l.Due) == 0 {
			return nothingLate(l)
		}
		charges := make([]LateCharge, len(l.Due))
		for n, due := range l.Due {
			charges[n] = LateCharge{
				ID: s.d.NewID(), InvoiceID: i.ID, Kind: due.Kind, Step: due.Step, From: due.From, To: due.To, Amount: due.Amount, Reason: reason,
				By: access.From(ctx).MemberID, At: s.d.Now(),
			}
		}
		return s.waived(ctx, tx, i, charges)
	})
}

// waived writes down what is given up.
func (s *Service) waived(ctx context.Context, tx *tenancy.Tx, i Invoice, charges []LateCharge) error {
	if err := s.d.Store.AddLateCharges(ctx, tx, charges); err != nil {
		return err
	}
	if err := audit.Record(ctx, tx, audit.Change{Action: "invoicing.late_fee_waived", Entity: "invoice", EntityID: i.ID, After: shotOf(charges)}); err != nil {
		return err
	}
	return s.d.Events.Publish(ctx, tx, LateFeeWaived{factOf(i)})
}

// UnwaiveLate lets be charged again what was waived of an invoice.
func (s *Service) UnwaiveLate(ctx context.Context, invoiceID string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err := s.d.Store.LockedInvoice(ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		n, err := s.d.Store.UnwaiveLate(ctx, tx, invoiceID, s.d.Now())
		switch {
		case err != nil:
			return err
		case n == 0:
			return ErrNotWaived
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "invoicing.late_fee_unwaived", Entity: "invoice", EntityID: i.ID}); err != nil {
			return err
		}
		return s.d.Events.Publish(ctx, tx, LateFeeUnwaived{factOf(i)})
	})
}

// lateShot is what the audit log keeps of a late fee.
type lateShot struct {
	Kind   LateKind    `json:"kind"`
	Step   int         `json:"step,omitempty"`
	From   day.Date    `json:"from"`
	To     day.Date    `json:"to"`
	Amount money.Money `json:"amount"`
	By     string      `json:"document_id,omitempty"`
	Reason string      `json:"reason,omitempty"`
}

func shotOf(all []LateCharge) []lateShot {
	out := make([]lateShot, len(all))
	for n, c := range all {
		out[n] = lateShot{c.Kind, c.Step, c.From, c.To, c.Amount, c.DocumentID, c.Reason}
	}
	return out
}

// chargeLateFee is what a step of the ladder charges by itself.
type chargeLateFee struct {
	InvoiceID string `json:"invoice_id"`
}

// Kind names the job.
func (chargeLateFee) Kind() string { return "invoicing.charge_late_fee" }

// chargeLateFee goes as far as the policy says. What cannot go out stays a draft, and somebody looks at it.
func (s *Service) chargeLateFee(ctx context.Context, j chargeLateFee) error {
	charge := func(draft bool) error {
		return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			i, err := s.d.Store.Invoice(ctx, tx, j.InvoiceID)
			if err != nil || i.State != Issued || i.Balance().Sign() <= 0 { // the money came before
				return err
			}
			p, _, err := s.policyOf(ctx, tx, i.ClientID)
			if err != nil || p.late().By == "" {
				return err
			}
			how := p.late().By
			if draft {
				how = AsDraft
			}
			_, err = s.chargeLate(ctx, tx, i.ID, day.Date{}, how)
			return err
		})
	}
	err := charge(false)
	if _, refused := fault.Refusal(err); refused && !errors.Is(err, ErrNothingLate) {
		err = charge(true)
	}
	if errors.Is(err, ErrNothingLate) || errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// ofLate are late fees as what lines bill. What a draft or a voided invoice gives back can be charged again; what a
// credit note takes back cannot: the client was let off.
type ofLate struct{ s *Service }

func (o ofLate) AgainTx(ctx context.Context, tx *tenancy.Tx, documentID string, all []Source) ([]Source, error) {
	return all, o.s.d.Store.MoveLate(ctx, tx, documentID, idsOf(all))
}

func (o ofLate) GiveBackTx(ctx context.Context, tx *tenancy.Tx, documentID string, all []GivenBack) error {
	ids := make([]string, len(all))
	for n, g := range all {
		ids[n] = g.ID
	}
	return o.s.d.Store.FreeLate(ctx, tx, documentID, ids, o.s.d.Now())
}

func idsOf(all []Source) []string {
	ids := make([]string, len(all))
	for n, src := range all {
		ids[n] = src.ID
	}
	return ids
}

// readyLate fills in what was left out of late fees that are to be saved, and checks the ladder with them.
func (s *Service) readyLate(ctx context.Context, tx *tenancy.Tx, p *ReminderPolicy, before ReminderPolicy, today day.Date) error {
	if p.Late == nil {
		p.Late = before.Late
	}
	hasFee := slices.ContainsFunc(p.Steps, func(st ReminderStep) bool { return st.Fee != nil })
	if p.Late == nil && hasFee {
		p.Late = &LateFees{}
	}
	if p.Late != nil {
		l := *p.Late
		p.Late = &l
		l.Currency, l.Per = strings.ToUpper(l.Currency), cmp.Or(l.Per, PerYear)
		if l.Currency == "" {
			d, err := s.d.Settings.DefaultsTx(ctx, tx)
			if err != nil {
				return err
			}
			l.Currency = d.Currency
		}
		if l.On && l.Since.IsZero() {
			l.Since = today
		}
	}
	if err := p.check(); err != nil || p.Late == nil || p.Late.TaxRateID == "" {
		return err
	}
	r, err := s.d.Store.TaxRate(ctx, tx, p.Late.TaxRateID)
	if errors.Is(err, ErrTaxRateNotFound) || err == nil && r.ArchivedAt != nil {
		return ErrBadReminders.At("body.late.tax_rate_id", "is not a tax in use")
	}
	return err
}
