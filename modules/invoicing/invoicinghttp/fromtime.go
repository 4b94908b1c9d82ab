package invoicinghttp

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/modules/invoicing"
)

// InvoiceFeePick says what of a fee is billed. With neither part, percent nor
// amount it is all that may be billed now.
type InvoiceFeePick struct {
	FeeID   string       `json:"fee_id" format:"uuid"`
	PartID  string       `json:"part_id,omitempty" format:"uuid" doc:"Of a schedule or of milestones"`
	Percent string       `json:"percent,omitempty" maxLength:"10" doc:"Bill up to this much of the contract"`
	Amount  *money.Money `json:"amount,omitempty" doc:"Bill this much of the part or of the contract"`
	Release bool         `json:"release,omitempty" doc:"Bill all that is retained of the fee"`
}

// InvoiceFromTime says which time, and what of fees, is billed.
type InvoiceFromTime struct {
	ClientID   string           `json:"client_id,omitempty" format:"uuid" doc:"Needed without project_ids and fees"`
	Fees       []InvoiceFeePick `json:"fees,omitempty" maxItems:"50"`
	NoTime     bool             `json:"no_time,omitempty" doc:"Bill only what was picked of fees"`
	Expenses   *bool            `json:"expenses,omitempty" doc:"Approved expenses too; as time is when left out"`
	ProjectIDs []string         `json:"project_ids,omitempty" maxItems:"100"`
	EntityID   string           `json:"entity_id,omitempty" format:"uuid"`
	From       day.Date         `json:"from"`
	To         day.Date         `json:"to"`
	GroupBy    string           `json:"group_by,omitempty" enum:"task,phase,service,person,day,entry" default:"task"`
	TaxRateIDs []string         `json:"tax_rate_ids,omitempty" maxItems:"5" doc:"The default taxes when left out"`
}

func (b InvoiceFromTime) wanted() (invoicing.FromTime, error) {
	f := invoicing.FromTime{
		ClientID: b.ClientID, ProjectIDs: b.ProjectIDs, EntityID: b.EntityID, From: b.From, To: b.To,
		GroupBy: invoicing.GroupBy(b.GroupBy), TaxRateIDs: b.TaxRateIDs, NoTime: b.NoTime, Expenses: b.Expenses,
	}
	bad := errBadNumber
	for n, p := range b.Fees {
		pick := fees.Pick{FeeID: p.FeeID, PartID: p.PartID, Amount: p.Amount, Release: p.Release}
		if p.Percent != "" {
			pick.Percent = new(decimal.Decimal)
			if !readDecimal(p.Percent, false, pick.Percent) {
				bad = bad.At("body.fees["+itoa(n)+"].percent", notDecimal)
			}
		}
		f.Fees = append(f.Fees, pick)
	}
	if len(bad.Fields) > 0 {
		return f, bad
	}
	return f, nil
}

// InvoiceFromTimeResult is a draft and the time that is not on it.
type InvoiceFromTimeResult struct {
	Invoice InvoiceView      `json:"invoice"`
	LeftOut []InvoiceLeftOut `json:"left_out" doc:"Approved time of the period that cannot be billed yet"`
}

// InvoiceLeftOut is time that cannot be billed, and why.
type InvoiceLeftOut struct {
	EntryID     string   `json:"entry_id"`
	MemberID    string   `json:"member_id"`
	ProjectName string   `json:"project_name"`
	TaskName    string   `json:"task_name"`
	Day         day.Date `json:"day"`
	Seconds     int64    `json:"seconds"`
	Reason      string   `json:"reason" enum:"no_rate,other_currency,fixed_fee,expense_currency" doc:"expense_currency: an expense; entry_id is its id and task_name its text"`
}

type fromTimeOut struct {
	ETag string `header:"ETag"`
	Body InvoiceFromTimeResult
}

func (h handlers) billed(ctx context.Context, i invoicing.Invoice, out []invoicing.LeftOut, err error) (*fromTimeOut, error) {
	one, err := h.one(ctx, i, err)
	if err != nil {
		return nil, err
	}
	left := make([]InvoiceLeftOut, len(out))
	for n, e := range out {
		left[n] = InvoiceLeftOut{e.ID, e.MemberID, e.ProjectName, e.TaskName, e.Day, e.Seconds, e.Why}
	}
	return &fromTimeOut{one.ETag, InvoiceFromTimeResult{one.Body, left}}, nil
}

func (h handlers) fromTime(ctx context.Context, in *struct{ Body InvoiceFromTime }) (*fromTimeOut, error) {
	f, err := in.Body.wanted()
	if err != nil {
		return nil, err
	}
	i, out, err := h.svc.CreateFromTime(ctx, f)
	return h.billed(ctx, i, out, err)
}

func (h handlers) previewFromTime(ctx context.Context, in *struct{ Body InvoiceFromTime }) (*fromTimeOut, error) {
	f, err := in.Body.wanted()
	if err != nil {
		return nil, err
	}
	i, out, err := h.svc.Preview(ctx, f)
	return h.billed(ctx, i, out, err)
}
