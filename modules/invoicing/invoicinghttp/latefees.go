package invoicinghttp

import (
	"context"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
)

func registerLateFees(api *httpapi.API, h handlers) {
	op := func(id, method, path, summary string, need string) httpapi.Op {
		o := httpapi.Op{ID: "late-fees-" + id, Tag: "invoices", Method: method, Path: "/api/v1/invoices/{id}/late-fees" + path, Summary: summary, Need: invoicing.CanIssue}
		if need == "read" {
			o.Need = invoicing.CanRead
		}
		if need == "write" {
			o.Need = invoicing.CanWrite
		}
		return o
	}
	httpapi.Handle(api, op("of-invoice", http.MethodGet, "", "What late payment of an invoice has cost, and would cost now", "read"), h.lateFees)
	charge := op("charge", http.MethodPost, "", "Make a draft of what is due for late payment of an invoice", "write")
	charge.Status, charge.Idempotent = http.StatusCreated, true
	httpapi.Handle(api, charge, h.chargeLate)
	httpapi.Handle(api, op("waive", http.MethodPost, "/waive", "Give up what is due now for late payment, or what a draft would charge for it, for a reason", "issue"), h.waiveLate)
	httpapi.Handle(api, op("unwaive", http.MethodDelete, "/waive", "Let be charged again what was waived", "issue"), h.unwaiveLate)
	registerLateMany(api, h)
}

// LateFeePolicy says what late payment costs.
type LateFeePolicy struct {
	On        bool      `json:"on"`
	Since     *day.Date `json:"since,omitempty" doc:"Days and letters before it cost nothing; left out: the day on which it is turned on"`
	Currency  string    `json:"currency,omitempty" maxLength:"3" doc:"Of all amounts; the agency's when left out"`
	Percent   string    `json:"percent,omitempty" maxLength:"20" doc:"Simple interest on what is open; none: no interest" example:"9"`
	Per       string    `json:"per,omitempty" enum:"year,month" default:"year" doc:"A year has 365 days, and a month a twelfth of them"`
	GraceDays int       `json:"grace_days,omitempty" minimum:"0" maximum:"365" doc:"After the due date, that cost no interest" example:"0"`
	Least     string    `json:"least,omitempty" maxLength:"20" doc:"Less than this is not charged, until more is due" example:"1"`
	Most      string    `json:"most,omitempty" maxLength:"20" doc:"The most that late payment of one invoice costs" example:"500"`
	TaxRateID string    `json:"tax_rate_id,omitempty" maxLength:"36" doc:"None: late fees bear no tax, and the document says so"`
	By        string    `json:"by,omitempty" enum:",draft,issue,send" doc:"How far a letter of the ladder charges by itself; empty: people do" example:"draft"`
}

func lateView(l *invoicing.LateFees) LateFeePolicy {
	if l == nil {
		return LateFeePolicy{Per: string(invoicing.PerYear)}
	}
	v := LateFeePolicy{
		On: l.On, Since: opt(l.Since), Currency: l.Currency, Per: string(l.Per), GraceDays: l.GraceDays, TaxRateID: l.TaxRateID, By: string(l.By),
	}
	if !l.Percent.IsZero() {
		v.Percent = l.Percent.String()
	}
	if l.Least != nil {
		v.Least = l.Least.String()
	}
	if l.Most != nil {
		v.Most = l.Most.String()
	}
	return v
}

func (l *LateFeePolicy) read() (*invoicing.LateFees, error) {
	if l == nil {
		return nil, nil //nolint:nilnil // it was left out
	}
	out := invoicing.LateFees{On: l.On, Currency: l.Currency, Per: invoicing.Per(l.Per), GraceDays: l.GraceDays, TaxRateID: l.TaxRateID, By: invoicing.How(l.By)}
	if l.Since != nil {
		out.Since = *l.Since
	}
	percent, err := optionalAmount(l.Percent, "body.late.percent")
	if err != nil {
		return nil, err
	}
	if percent != nil {
		out.Percent = *percent
	}
	if out.Least, err = optionalAmount(l.Least, "body.late.least"); err != nil {
		return nil, err
	}
	out.Most, err = optionalAmount(l.Most, "body.late.most")
	return &out, err
}

// optionalAmount reads a decimal that may be empty.
func optionalAmount(s, at string) (*decimal.Decimal, error) {
	if s == "" {
		return nil, nil //nolint:nilnil // there is none
	}
	d, ok := parseDecimal(s)
	if !ok {
		return nil, invoicing.ErrBadReminders.At(at, "is not a number")
	}
	return &d, nil
}

// InvoiceLateFees are what late payment of an invoice has cost, and would cost now.
type InvoiceLateFees struct {
	On    bool            `json:"on" doc:"Whether late fees are charged to this client"`
	Until day.Date        `json:"until"`
	Due   []LateFeeDue    `json:"due"`
	Net   money.Money     `json:"net" doc:"Of the document that would charge it"`
	Tax   money.Money     `json:"tax"`
	Total money.Money     `json:"total"`
	Why   string          `json:"why" enum:",off,currency,below,capped,nothing" doc:"Why nothing is due"`
	Items []LateFeeCharge `json:"items" doc:"What was charged or waived, the oldest first"`
}

// LateFeeDue is what may be charged: days of interest, or a letter.
type LateFeeDue struct {
	Kind   string        `json:"kind" enum:"interest,step"`
	Step   int           `json:"step" doc:"Of a letter: days after the due date"`
	On     *day.Date     `json:"on" doc:"Of a letter: when it was written"`
	From   *day.Date     `json:"from"`
	To     *day.Date     `json:"to"`
	Parts  []LateFeeDays `json:"parts"`
	Amount money.Money   `json:"amount"`
}

// LateFeeDays are days on which one amount was open.
type LateFeeDays struct {
	Days int         `json:"days"`
	Open money.Money `json:"open"`
}

// LateFeeCharge is what was charged or waived.
type LateFeeCharge struct {
	ID         string      `json:"id"`
	Kind       string      `json:"kind" enum:"interest,step"`
	Step       int         `json:"step"`
	From       *day.Date   `json:"from"`
	To         *day.Date   `json:"to"`
	Amount     money.Money `json:"amount"`
	DocumentID string      `json:"document_id" doc:"That charges it; empty where it was waived"`
	Number     string      `json:"number" doc:"Of the document; empty while it is a draft"`
	Waived     bool        `json:"waived"`
	Reason     string      `json:"reason"`
	At         time.Time   `json:"at"`
}

type lateIn struct {
	IDIn

	Until day.Date `query:"until" doc:"Today when left out"`
}

type lateOut struct{ Body InvoiceLateFees }

func (h handlers) lateFees(ctx context.Context, in *lateIn) (*lateOut, error) {
	l, err := h.svc.LateFees(ctx, in.ID, in.Until)
	if err != nil {
		return nil, err
	}
	v := InvoiceLateFees{
		On: l.Policy.On, Until: l.Until, Due: dues(l.Due), Net: l.Draft.Net, Tax: l.Draft.Tax, Total: l.Draft.Total, Why: l.Why,
		Items: make([]LateFeeCharge, len(l.Charges)),
	}
	for n, c := range l.Charges {
		v.Items[n] = LateFeeCharge{
			ID: c.ID, Kind: string(c.Kind), Step: c.Step, From: opt(c.From), To: opt(c.To), Amount: c.Amount, DocumentID: c.DocumentID, Number: c.Number,
			Waived: c.DocumentID == "", Reason: c.Reason, At: c.At,
		}
	}
	return &lateOut{v}, nil
}

func dues(all []invoicing.LateDue) []LateFeeDue {
	out := make([]LateFeeDue, len(all))
	for n, d := range all {
		out[n] = LateFeeDue{Kind: string(d.Kind), Step: d.Step, On: opt(d.On), From: opt(d.From), To: opt(d.To), Parts: make([]LateFeeDays, len(d.Parts)), Amount: d.Amount}
		for k, p := range d.Parts {
			out[n].Parts[k] = LateFeeDays{p.Days, p.Base}
		}
	}
	return out
}

// LateFeeUntil says up to which day.
type LateFeeUntil struct {
	Until *day.Date `json:"until,omitempty" doc:"Today when left out"`
}

func (h handlers) chargeLate(ctx context.Context, in *struct {
	IDIn
	Body LateFeeUntil
},
) (*invoiceOut, error) {
	until := day.Date{}
	if in.Body.Until != nil {
		until = *in.Body.Until
	}
	i, err := h.svc.ChargeLate(ctx, in.ID, until)
	return h.one(ctx, i, err)
}

// LateFeeWaiver says why.
type LateFeeWaiver struct {
	Reason     string `json:"reason" minLength:"1" maxLength:"500"`
	DocumentID string `json:"document_id,omitempty" maxLength:"36" doc:"A draft: what it would charge is given up; left out: what is due now"`
}

func (h handlers) waiveLate(ctx context.Context, in *struct {
	IDIn
	Body LateFeeWaiver
},
) (*lateOut, error) {
	waive := func() error { return h.svc.WaiveLate(ctx, in.ID, in.Body.Reason) }
	if d := in.Body.DocumentID; d != "" {
		if !id.Valid(d) {
			return nil, invoicing.ErrNoLateDraft
		}
		waive = func() error { return h.svc.WaiveDrafted(ctx, in.ID, d, in.Body.Reason) }
	}
	if err := waive(); err != nil {
		return nil, err
	}
	return h.lateFees(ctx, &lateIn{IDIn: in.IDIn})
}

func (h handlers) unwaiveLate(ctx context.Context, in *IDIn) (*lateOut, error) {
	if err := h.svc.UnwaiveLate(ctx, in.ID); err != nil {
		return nil, err
	}
	return h.lateFees(ctx, &lateIn{IDIn: *in})
}
