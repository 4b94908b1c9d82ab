package retainershttp

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/retainers"
	"github.com/bureauhq/bureau/modules/retainers/ledger"
)

// RetainerFigure is an amount of a retainer in its unit. Both are null where it
// is money and the reader may not see that.
type RetainerFigure struct {
	Seconds *int64       `json:"seconds" doc:"Of a retainer in hours"`
	Value   *money.Money `json:"value" doc:"Of a retainer in money"`
}

// RetainerTerms are what may change while a retainer runs. Amounts are decimals of its unit.
type RetainerTerms struct {
	Grant           string  `json:"grant" minLength:"1" maxLength:"20" pattern:"^[0-9]+([.][0-9]+)?$" example:"40" doc:"Hours or money a period; a new one holds from the next period on"`
	Fee             *string `json:"fee,omitempty" maxLength:"20" pattern:"^[0-9]+([.][0-9]+)?$" example:"4000" doc:"Billed for a period whatever is used; none when missing"`
	Rollover        string  `json:"rollover" enum:"none,all,capped,expiring" default:"none"`
	RolloverCap     *string `json:"rollover_cap,omitempty" maxLength:"20" pattern:"^[0-9]+([.][0-9]+)?$" doc:"Of a capped rollover: the most that goes over"`
	RolloverPeriods *int    `json:"rollover_periods,omitempty" minimum:"1" maximum:"120" doc:"Of an expiring one: the periods that a grant outlives its own"`
	Deficit         string  `json:"deficit" enum:"carry,bill" default:"carry" doc:"carry: more work is taken from the next grant; bill: it is overage"`
	DeficitLimit    *string `json:"deficit_limit,omitempty" maxLength:"20" pattern:"^[0-9]+([.][0-9]+)?$" doc:"The most that is taken from the next grant; any when missing"`
	Overage         string  `json:"overage" enum:"rate,refuse,overage_rate,absorb" default:"rate" doc:"What becomes of work beyond it"`
	OverageRate     *string `json:"overage_rate,omitempty" maxLength:"20" pattern:"^[0-9]+([.][0-9]+)?$"`
}

// NewRetainer is what the web sends to make a retainer.
type NewRetainer struct {
	ClientID     string    `json:"client_id" format:"uuid"`
	ProjectID    string    `json:"project_id,omitempty" maxLength:"36" doc:"All projects of the client when missing"`
	Name         string    `json:"name" minLength:"1" maxLength:"120"`
	Unit         string    `json:"unit" enum:"hours,money"`
	Currency     string    `json:"currency,omitempty" maxLength:"3" doc:"The client's or the agency's when missing"`
	Every        string    `json:"every" enum:"month,quarter,year"`
	StartsOn     day.Date  `json:"starts_on"`
	AnchorOn     *day.Date `json:"anchor_on,omitempty" doc:"A day on which a period begins; the start when missing"`
	EndsOn       *day.Date `json:"ends_on,omitempty" doc:"The last day"`
	ProrateFirst bool      `json:"prorate_first,omitempty" doc:"A first period that is shorter gets its share by days"`
	RetainerTerms
	Alert         *RetainerAlertInput `json:"alert,omitempty" doc:"Nobody is told when missing"`
	LeadDays      int                 `json:"lead_days,omitempty" minimum:"0" maximum:"90" doc:"A period is made so many days before it begins"`
	GraceDays     *int                `json:"grace_days,omitempty" minimum:"0" maximum:"90" doc:"And closed so many days after its end; 10 when missing"`
	ShownToClient *bool               `json:"shown_to_client,omitempty" doc:"true when missing"`
}

// RetainerChange is what the web sends to change a retainer; what is missing stays as it is.
type RetainerChange struct {
	Name          *string             `json:"name,omitempty" minLength:"1" maxLength:"120"`
	EndsOn        *string             `json:"ends_on,omitempty" maxLength:"10" doc:"The last day, or empty to go on"`
	Terms         *RetainerTerms      `json:"terms,omitempty" doc:"All of them: those that are missing in it are given up"`
	Alert         *RetainerAlertInput `json:"alert,omitempty" doc:"With neither amount nor percent nobody is told any more"`
	LeadDays      *int                `json:"lead_days,omitempty" minimum:"0" maximum:"90"`
	GraceDays     *int                `json:"grace_days,omitempty" minimum:"0" maximum:"90"`
	ShownToClient *bool               `json:"shown_to_client,omitempty"`
}

// RetainerAlertInput says at which balance the people who manage a retainer are told: an amount or a percentage.
type RetainerAlertInput struct {
	Amount  *string `json:"amount,omitempty" maxLength:"20" pattern:"^[0-9]+([.][0-9]+)?$" example:"4" doc:"Hours or money"`
	Percent *int    `json:"percent,omitempty" minimum:"1" maximum:"100" doc:"Of what was granted in the period, or in the last one in which something was" example:"10"`
}

// RetainerAlert says at which balance people are told.
type RetainerAlert struct {
	Figure  *RetainerFigure `json:"figure" doc:"null: the percentage decides"`
	Percent *int            `json:"percent"`
}

// RetainerAdjustment is what the web sends to add to a retainer or take from it.
type RetainerAdjustment struct {
	Amount string `json:"amount" minLength:"1" maxLength:"20" pattern:"^-?[0-9]+([.][0-9]+)?$" example:"2" doc:"Hours or money; less than nothing takes away"`
	Reason string `json:"reason" minLength:"1" maxLength:"500"`
}

// NewPrepaidBlock is what the web sends to sell a block.
type NewPrepaidBlock struct {
	Amount     string    `json:"amount" minLength:"1" maxLength:"20" pattern:"^[0-9]+([.][0-9]+)?$" example:"10"`
	Price      *string   `json:"price,omitempty" maxLength:"20" pattern:"^[0-9]+([.][0-9]+)?$" example:"900" doc:"A draft is made for it"`
	CountsFrom string    `json:"counts_from" enum:"issued,paid,now" doc:"From when it can be used: once its invoice is issued, or paid, or now"`
	ExpiresOn  *day.Date `json:"expires_on,omitempty" doc:"The last day on which it can be used"`
}

// PrepaidBlock is hours or money bought once.
type PrepaidBlock struct {
	ID         string         `json:"id"`
	Figure     RetainerFigure `json:"figure"`
	Price      *money.Money   `json:"price"`
	CountsFrom string         `json:"counts_from" enum:"now,issued,paid"`
	CountsOn   *day.Date      `json:"counts_on" nullable:"true" doc:"null: not yet, or not any more"`
	ExpiresOn  *day.Date      `json:"expires_on" nullable:"true"`
	InvoiceID  *string        `json:"invoice_id"`
	Unbilled   bool           `json:"unbilled" doc:"Its invoice came to nothing: it may be billed again"`
	CreatedAt  time.Time      `json:"created_at"`
}

// PrepaidBlockList holds the blocks of a retainer.
type PrepaidBlockList struct {
	Items []PrepaidBlock `json:"items"`
	Next  *string        `json:"next"`
}

// RetainerView is a retainer as the web sees it.
type RetainerView struct {
	ID              string                  `json:"id"`
	ClientID        string                  `json:"client_id"`
	ClientName      string                  `json:"client_name"`
	ProjectID       *string                 `json:"project_id"`
	ProjectName     string                  `json:"project_name"`
	Name            string                  `json:"name"`
	Unit            string                  `json:"unit" enum:"hours,money"`
	Currency        string                  `json:"currency"`
	Every           string                  `json:"every" enum:"month,quarter,year"`
	AnchorOn        day.Date                `json:"anchor_on"`
	StartsOn        day.Date                `json:"starts_on"`
	EndsOn          *day.Date               `json:"ends_on" nullable:"true"`
	ProrateFirst    bool                    `json:"prorate_first"`
	Granted         RetainerFigure          `json:"granted" doc:"A period"`
	Fee             *money.Money            `json:"fee" doc:"null: none, or not for the reader"`
	Rollover        string                  `json:"rollover" enum:"none,all,capped,expiring"`
	RolloverCap     *RetainerFigure         `json:"rollover_cap"`
	RolloverPeriods *int                    `json:"rollover_periods"`
	Deficit         string                  `json:"deficit" enum:"carry,bill"`
	DeficitLimit    *RetainerFigure         `json:"deficit_limit"`
	Overage         string                  `json:"overage" enum:"refuse,rate,overage_rate,absorb"`
	OverageRate     *string                 `json:"overage_rate" doc:"Decimal; null: none, or not for the reader"`
	Alert           *RetainerAlert          `json:"alert" doc:"null: nobody is told"`
	LowSince        *time.Time              `json:"low_since" doc:"When what is left fell to the alert; null: it is above it, or there is none"`
	LowUndelivered  *RetainerLowUndelivered `json:"low_undelivered" doc:"Mails that little is left which were given up; null: none"`
	LeadDays        int                     `json:"lead_days"`
	GraceDays       int                     `json:"grace_days"`
	ShownToClient   bool                    `json:"shown_to_client"`
	Current         *RetainerPeriodView     `json:"current" doc:"The period of today, or the nearest one"`
	Version         int                     `json:"version"`
}

// RetainerLowUndelivered is who was not told that little is left, and why.
type RetainerLowUndelivered struct {
	FailedAt time.Time `json:"failed_at"`
	Failure  string    `json:"failure" doc:"What the mail server answered last"`
	To       []string  `json:"to" doc:"By name"`
}

// RetainerList is a page of retainers.
type RetainerList struct {
	Items []RetainerView `json:"items"`
	Next  *string        `json:"next"`
}

// RetainerPeriodView is a period with its figures. It adds up: closing is
// opening and granted and adjusted, less used, and overage again, less expired.
type RetainerPeriodView struct {
	ID         string         `json:"id"`
	RetainerID string         `json:"retainer_id"`
	Number     int            `json:"number"`
	FromOn     day.Date       `json:"from_on"`
	ToOn       day.Date       `json:"to_on"`
	State      string         `json:"state" enum:"open,closed" doc:"The figures of an open one are what they would be if it ended now"`
	Opening    RetainerFigure `json:"opening" doc:"What rolled over from the period before"`
	Granted    RetainerFigure `json:"granted" doc:"The grant and blocks"`
	Adjusted   RetainerFigure `json:"adjusted" doc:"By hand, work of closed periods that came late, and blocks of closed periods that were taken back"`
	Used       RetainerFigure `json:"used" doc:"Approved billable work of these days"`
	Overage    RetainerFigure `json:"overage" doc:"The part of it beyond the retainer"`
	Expired    RetainerFigure `json:"expired"`
	Closing    RetainerFigure `json:"closing" doc:"What rolls over"`
	Left       RetainerFigure `json:"left" doc:"To use before it ends; of a closed one, before the rest expired"`
	Percent    *int           `json:"percent" doc:"Used of what there was; null: there was nothing"`
	Fee        *money.Money   `json:"fee"`
	InvoiceID  *string        `json:"invoice_id" doc:"Of the fee"`
	ClosedAt   *time.Time     `json:"closed_at"`
}

// RetainerPeriodList is a page of periods.
type RetainerPeriodList struct {
	Items []RetainerPeriodView `json:"items"`
	Next  *string              `json:"next"`
}

// RetainerStatement is a period with all that came in and all that expired.
type RetainerStatement struct {
	Name        string             `json:"name"`
	ClientName  string             `json:"client_name"`
	ProjectName string             `json:"project_name"`
	Unit        string             `json:"unit" enum:"hours,money"`
	Overage     string             `json:"overage" enum:"refuse,rate,overage_rate,absorb"`
	Period      RetainerPeriodView `json:"period"`
	Given       []RetainerLine     `json:"given"`
	Expiries    []RetainerExpiry   `json:"expiries"`
}

// RetainerLine is what came in, and what of it went back: a grant, a block or an adjustment.
type RetainerLine struct {
	ID     string         `json:"id"`
	Kind   string         `json:"kind" enum:"grant,block,returned,adjustment" doc:"returned: a block whose invoice came to nothing"`
	On     day.Date       `json:"on"`
	Until  *day.Date      `json:"until" nullable:"true" doc:"The last day on which it can be used"`
	Figure RetainerFigure `json:"figure"`
	Reason string         `json:"reason"`
}

// RetainerExpiry is what was left of a grant or block when it ended.
type RetainerExpiry struct {
	Kind   string         `json:"kind" enum:"grant,block,adjustment,use,late"`
	From   day.Date       `json:"from"`
	Figure RetainerFigure `json:"figure"`
}

// RetainerEntry is a time entry behind a statement.
type RetainerEntry struct {
	ID      string         `json:"id" doc:"Of the time entry"`
	Day     day.Date       `json:"day"`
	Member  string         `json:"member"`
	Project string         `json:"project"`
	Task    string         `json:"task"`
	Note    string         `json:"note"`
	Late    bool           `json:"late" doc:"Of a closed period; it is an adjustment of this one"`
	Figure  RetainerFigure `json:"figure" doc:"Less than nothing: it was taken back"`
	Over    RetainerFigure `json:"over" doc:"The part beyond the retainer"`
}

// RetainerEntryList is a page of entries.
type RetainerEntryList struct {
	Items []RetainerEntry `json:"items"`
	Next  *string         `json:"next"`
}

func figure(r retainers.Retainer, n int64, sees bool) RetainerFigure {
	switch {
	case r.Unit == retainers.Hours:
		return RetainerFigure{Seconds: &n}
	case sees:
		m := money.Of(n, r.Currency)
		return RetainerFigure{Value: &m}
	}
	return RetainerFigure{}
}

func maybe(r retainers.Retainer, n *int64, sees bool) *RetainerFigure {
	if n == nil {
		return nil
	}
	f := figure(r, *n, sees)
	return &f
}

func price(m *money.Money, sees bool) *money.Money {
	if !sees {
		return nil
	}
	return m
}

func toRetainer(row retainers.Row, sees bool) RetainerView {
	r := row.Retainer
	v := RetainerView{
		ID: r.ID, ClientID: r.ClientID, ProjectID: optional(r.ProjectID), Name: r.Name, Unit: string(r.Unit), Currency: r.Currency, Every: string(r.Every),
		AnchorOn: r.Anchor, StartsOn: r.Starts, EndsOn: date(r.Ends), ProrateFirst: r.Prorate, Granted: figure(r, r.Grant, sees), Fee: price(r.Fee, sees),
		Rollover: string(r.Rollover), RolloverCap: maybe(r, r.Cap, sees), RolloverPeriods: r.Lasts, Deficit: string(r.Deficit), DeficitLimit: maybe(r, r.DeficitLimit, sees),
		Overage: string(r.Overage), LeadDays: r.LeadDays, GraceDays: r.GraceDays, ShownToClient: r.Shown, LowSince: r.LowSince, Version: r.Version,
	}
	if a := r.Alert; a != nil && a.Percent > 0 {
		v.Alert = &RetainerAlert{Percent: &a.Percent}
	} else if a != nil {
		v.Alert = &RetainerAlert{Figure: maybe(r, &a.Amount, sees)}
	}
	if r.OverageRate != nil && sees {
		s := r.OverageRate.StringFixed(max(2, -r.OverageRate.Exponent()))
		v.OverageRate = &s
	}
	if row.Current != nil {
		p := toPeriod(r, *row.Current, sees)
		v.Current = &p
	}
	return v
}

func toPeriod(r retainers.Retainer, p retainers.Period, sees bool) RetainerPeriodView {
	v := RetainerPeriodView{
		ID: p.ID, RetainerID: p.RetainerID, Number: p.Number(), FromOn: p.Days().From, ToOn: p.Days().To, State: "open",
		Opening: figure(r, p.Opening, sees), Granted: figure(r, p.Granted, sees), Adjusted: figure(r, p.Adjusted, sees), Used: figure(r, p.Used, sees),
		Overage: figure(r, p.Overage, sees), Expired: figure(r, p.Expired, sees), Closing: figure(r, p.Closing, sees),
		Left: figure(r, p.Left(), sees), Fee: price(p.Fee, sees), InvoiceID: optional(p.FeeInvoiceID), ClosedAt: p.ClosedAt,
	}
	if p.ClosedAt != nil {
		v.State = "closed"
	}
	if whole := p.Available(); whole > 0 {
		n := int(decimal.NewFromInt(p.Used).Mul(decimal.NewFromInt(100)).DivRound(decimal.NewFromInt(whole), 0).IntPart())
		v.Percent = &n
	}
	return v
}

func toStatement(p retainers.Paper, sees bool) RetainerStatement {
	r := p.Retainer
	v := RetainerStatement{
		Name: r.Name, Unit: string(r.Unit), Overage: string(p.Period.OverageRule), Period: toPeriod(r, p.Period, sees),
		Given: make([]RetainerLine, len(p.Given)), Expiries: make([]RetainerExpiry, len(p.Period.Expiries)),
	}
	for i, l := range p.Given {
		v.Given[i] = RetainerLine{l.ID, string(l.Kind), l.Day, date(l.Until), figure(r, l.Amount, sees), l.Reason}
	}
	for i, e := range p.Period.Expiries {
		v.Expiries[i] = toExpiry(r, e, sees)
	}
	return v
}

func toExpiry(r retainers.Retainer, e ledger.Part, sees bool) RetainerExpiry {
	return RetainerExpiry{string(e.Kind), e.From, figure(r, e.Amount, sees)}
}

func toWork(r retainers.Retainer, w retainers.Work, sees bool) RetainerEntry {
	return RetainerEntry{
		ID: w.EntryID, Day: w.Day, Member: w.MemberName, Project: w.ProjectName, Task: w.TaskName, Note: w.Note, Late: w.Late,
		Figure: figure(r, w.Amount, sees), Over: figure(r, w.Over, sees),
	}
}

func toBlock(r retainers.Retainer, b retainers.Block, sees bool) PrepaidBlock {
	return PrepaidBlock{
		ID: b.ID, Figure: figure(r, b.Amount, sees), Price: price(b.Price, sees), CountsFrom: b.CountsFrom, CountsOn: date(b.CountsOn), ExpiresOn: date(b.ExpiresOn),
		InvoiceID: optional(b.InvoiceID), Unbilled: b.Unbilled(), CreatedAt: b.CreatedAt,
	}
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func date(d day.Date) *day.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}
