package recurringhttp

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/recurring"
)

// NewRecurringInvoice says what a client is billed again and again.
type NewRecurringInvoice struct {
	ClientID   string          `json:"client_id" format:"uuid"`
	ProjectID  string          `json:"project_id,omitempty" maxLength:"36" doc:"Of the lines, and of what comes along; all projects when left out"`
	EntityID   string          `json:"entity_id,omitempty" maxLength:"36" doc:"The default one when left out"`
	Name       string          `json:"name" minLength:"1" maxLength:"120"`
	Currency   string          `json:"currency,omitempty" maxLength:"3" doc:"The client's, else the legal entity's, when left out"`
	Every      string          `json:"every" enum:"month,week,quarter,year"`
	Count      int             `json:"count,omitempty" minimum:"1" maximum:"52" default:"1" doc:"So many of them are one period"`
	DayOfMonth *int            `json:"day_of_month,omitempty" minimum:"1" maximum:"31" doc:"On which periods begin, or the last of a shorter month; as the first day says when left out"`
	StartsOn   day.Date        `json:"starts_on"`
	EndsOn     *day.Date       `json:"ends_on,omitempty" doc:"The last day"`
	Times      *int            `json:"times,omitempty" minimum:"1" maximum:"1200" doc:"How many periods; not beside a last day"`
	BillAt     string          `json:"bill_at,omitempty" enum:"start,end" default:"start" doc:"On the first day of a period, or on the day after its last"`
	Prorate    *bool           `json:"prorate,omitempty" default:"true" doc:"A shorter period pays its share by days, both ends counted"`
	Lines      []RecurringLine `json:"lines,omitempty" maxItems:"100" doc:"What a whole period costs"`
	Time       bool            `json:"time,omitempty" doc:"Approved time that is on no invoice comes along"`
	Expenses   bool            `json:"expenses,omitempty" doc:"And approved expenses"`
	GroupBy    string          `json:"group_by,omitempty" enum:"task,phase,service,person,day,entry" default:"task"`
	How        string          `json:"how,omitempty" enum:"draft,issue,send" default:"draft" doc:"Issuing needs the right to issue; send mails what was issued"`
	TermsDays  *int            `json:"terms_days,omitempty" minimum:"0" maximum:"365" doc:"The client's, else the legal entity's, when left out"`
	EndOfMonth bool            `json:"end_of_month,omitempty" doc:"The days of the terms count from the end of the month"`
	Reference  string          `json:"reference,omitempty" maxLength:"120"`
	Note       string          `json:"note,omitempty" maxLength:"4000"`
}

// RecurringLine is a line of each of its invoices.
type RecurringLine struct {
	Description     string    `json:"description" maxLength:"2000"`
	Quantity        string    `json:"quantity" maxLength:"20" pattern:"^-?[0-9]{1,9}(\\.[0-9]{1,8})?$" patternDescription:"a decimal with at most 8 places" example:"1"`
	Unit            string    `json:"unit,omitempty" maxLength:"20"`
	UnitPrice       string    `json:"unit_price" maxLength:"24" pattern:"^-?[0-9]{1,10}(\\.[0-9]{1,6})?$" patternDescription:"a decimal with at most 6 places" example:"300.00"`
	DiscountPercent string    `json:"discount_percent,omitempty" maxLength:"10" pattern:"^([0-9]{1,3}(\\.[0-9]{1,4})?)?$" patternDescription:"0 to 100"`
	DiscountAmount  string    `json:"discount_amount,omitempty" maxLength:"24" pattern:"^([0-9]{1,10}(\\.[0-9]{1,4})?)?$" patternDescription:"an amount" doc:"Off the whole line; not beside a percentage"`
	TaxRateIDs      *[]string `json:"tax_rate_ids,omitempty" maxItems:"5" doc:"The default ones of the day when left out"`
}

// RecurringInvoiceChange is what is to be different; what is left out stays.
type RecurringInvoiceChange struct {
	EntityID   *string          `json:"entity_id,omitempty" maxLength:"36"`
	Name       *string          `json:"name,omitempty" minLength:"1" maxLength:"120"`
	Every      *string          `json:"every,omitempty" enum:"month,week,quarter,year" doc:"Stays, as do the days of periods, once a period was looked at"`
	Count      *int             `json:"count,omitempty" minimum:"1" maximum:"52"`
	DayOfMonth *int             `json:"day_of_month,omitempty" minimum:"0" maximum:"31" doc:"0: as the first day says"`
	StartsOn   *day.Date        `json:"starts_on,omitempty"`
	EndsOn     *string          `json:"ends_on,omitempty" maxLength:"10" doc:"A day, or empty for none"`
	Times      *int             `json:"times,omitempty" minimum:"0" maximum:"1200" doc:"0: without end"`
	BillAt     *string          `json:"bill_at,omitempty" enum:"start,end"`
	Prorate    *bool            `json:"prorate,omitempty"`
	Lines      *[]RecurringLine `json:"lines,omitempty" maxItems:"100" doc:"All lines in their order"`
	Time       *bool            `json:"time,omitempty"`
	Expenses   *bool            `json:"expenses,omitempty"`
	GroupBy    *string          `json:"group_by,omitempty" enum:"task,phase,service,person,day,entry"`
	How        *string          `json:"how,omitempty" enum:"draft,issue,send"`
	TermsDays  *int             `json:"terms_days,omitempty" minimum:"-1" maximum:"365" doc:"-1: as the client's or the legal entity's say"`
	EndOfMonth *bool            `json:"end_of_month,omitempty"`
	Reference  *string          `json:"reference,omitempty" maxLength:"120"`
	Note       *string          `json:"note,omitempty" maxLength:"4000"`
}

// RecurringInvoiceView is a recurring invoice.
type RecurringInvoiceView struct {
	ID          string              `json:"id"`
	ClientID    string              `json:"client_id"`
	ClientName  string              `json:"client_name"`
	ProjectID   string              `json:"project_id"`
	ProjectName string              `json:"project_name"`
	EntityID    string              `json:"entity_id" doc:"Empty: the default one"`
	Name        string              `json:"name"`
	Currency    string              `json:"currency"`
	Every       string              `json:"every" enum:"month,week,quarter,year"`
	Count       int                 `json:"count"`
	DayOfMonth  int                 `json:"day_of_month" doc:"0: as the first day says"`
	StartsOn    day.Date            `json:"starts_on"`
	EndsOn      *day.Date           `json:"ends_on"`
	Times       int                 `json:"times" doc:"0: without end"`
	BillAt      string              `json:"bill_at" enum:"start,end"`
	Prorate     bool                `json:"prorate"`
	Lines       []RecurringLineView `json:"lines"`
	Net         money.Money         `json:"net" doc:"Of a whole period, when the lines were saved"`
	Time        bool                `json:"time"`
	Expenses    bool                `json:"expenses"`
	GroupBy     string              `json:"group_by" enum:"task,phase,service,person,day,entry"`
	How         string              `json:"how" enum:"draft,issue,send"`
	TermsDays   *int                `json:"terms_days"`
	EndOfMonth  bool                `json:"end_of_month"`
	Reference   string              `json:"reference"`
	Note        string              `json:"note"`
	State       string              `json:"state" enum:"active,paused,ended"`
	Looked      int                 `json:"looked" doc:"Periods that are behind it"`
	NextOn      *day.Date           `json:"next_on" doc:"The day on which it bills next"`
	Open        int                 `json:"open" doc:"Periods that somebody has to decide about"`
	CreatedBy   string              `json:"created_by"`
	CreatedAt   time.Time           `json:"created_at"`
	UpdatedAt   time.Time           `json:"updated_at"`
	Version     int                 `json:"version"`
}

// RecurringLineView is a line of each of its invoices.
type RecurringLineView struct {
	Description     string   `json:"description"`
	Quantity        string   `json:"quantity"`
	Unit            string   `json:"unit"`
	UnitPrice       string   `json:"unit_price"`
	DiscountPercent string   `json:"discount_percent"`
	DiscountAmount  string   `json:"discount_amount"`
	TaxRateIDs      []string `json:"tax_rate_ids"`
	DefaultTaxes    bool     `json:"default_taxes" doc:"It has the default ones of the day instead"`
}

// RecurringInvoiceList is a page of them.
type RecurringInvoiceList struct {
	Items []RecurringInvoiceView `json:"items"`
	Next  *string                `json:"next"`
}

// RecurringAhead is a period that comes.
type RecurringAhead struct {
	Number  int                  `json:"number"`
	From    day.Date             `json:"from"`
	To      day.Date             `json:"to"`
	Days    int                  `json:"days"`
	OfDays  int                  `json:"of_days" doc:"Of a whole period"`
	IssueOn day.Date             `json:"issue_on"`
	DueOn   day.Date             `json:"due_on"`
	State   string               `json:"state" enum:"planned,skipped,missed" doc:"missed: its day is past, so it will be asked about"`
	Lines   []RecurringAheadLine `json:"lines"`
	Net     money.Money          `json:"net"`
	Tax     money.Money          `json:"tax"`
	Total   money.Money          `json:"total"`
}

// RecurringAheadLine is a line of it.
type RecurringAheadLine struct {
	Description string      `json:"description"`
	Amount      money.Money `json:"amount"`
}

// RecurringExtras are what would come along if it were billed now.
type RecurringExtras struct {
	Lines   int         `json:"lines"`
	Entries int         `json:"entries" doc:"Of time"`
	LeftOut int         `json:"left_out" doc:"What could not be on the invoice"`
	Open    int         `json:"open" doc:"Entries that are not approved"`
	Total   money.Money `json:"total"`
}

// RecurringOutlook is what comes next.
type RecurringOutlook struct {
	Items  []RecurringAhead `json:"items"`
	More   bool             `json:"more" doc:"There are later periods"`
	Whole  money.Money      `json:"whole" doc:"Net of a whole period"`
	Extras *RecurringExtras `json:"extras"`
}

// RecurringPeriod is what became of a period.
type RecurringPeriod struct {
	Number    int          `json:"number"`
	From      day.Date     `json:"from"`
	To        day.Date     `json:"to"`
	Days      int          `json:"days"`
	OfDays    int          `json:"of_days"`
	IssueOn   day.Date     `json:"issue_on" doc:"As planned"`
	State     string       `json:"state" enum:"billed,nothing,refused,missed,skipped"`
	InvoiceID string       `json:"invoice_id"`
	Invoice   string       `json:"invoice_number" doc:"Empty for drafts"`
	Status    string       `json:"invoice_status"`
	Total     *money.Money `json:"total"`
	Code      string       `json:"code" doc:"Of a refusal"`
	Why       string       `json:"why"`
	DecidedBy string       `json:"decided_by" doc:"Empty: it came by itself"`
	DecidedAt time.Time    `json:"decided_at"`
}

// RecurringPeriodList is a page of them.
type RecurringPeriodList struct {
	Items []RecurringPeriod `json:"items"`
	Next  *string           `json:"next"`
}

// RecurringDecision is about periods of one schedule.
type RecurringDecision struct {
	Numbers []int  `json:"numbers" minItems:"1" maxItems:"60" minimum:"1" maximum:"100000"`
	Do      string `json:"do" enum:"skip,bill,restore"`
	How     string `json:"how,omitempty" enum:"draft,issue,send" doc:"Of bill; as the schedule says when left out"`
}

var errInvalid = fault.Define(fault.Invalid, "request.invalid", "Some of this is not right yet.")

func ids(all map[string]string) error {
	for path, s := range all {
		if s != "" && !id.Valid(s) {
			return errInvalid.At(path, "is not an id")
		}
	}
	return nil
}

func lines(all []RecurringLine) ([]recurring.Line, error) {
	bad := errInvalid
	out := make([]recurring.Line, len(all))
	for n, l := range all {
		out[n] = recurring.Line{Description: l.Description, Unit: l.Unit}
		for _, f := range []struct {
			name, from string
			to         *decimal.Decimal
		}{
			{"quantity", l.Quantity, &out[n].Quantity},
			{"unit_price", l.UnitPrice, &out[n].UnitPrice},
			{"discount_percent", l.DiscountPercent, &out[n].DiscountPercent},
			{"discount_amount", l.DiscountAmount, &out[n].DiscountAmount},
		} {
			if f.from == "" {
				continue
			}
			d, err := decimal.NewFromString(f.from)
			if err != nil {
				bad = bad.At(fmt.Sprintf("body.lines[%d].%s", n, f.name), "is not a decimal")
			}
			*f.to = d
		}
		if l.TaxRateIDs != nil {
			out[n].TaxRateIDs = append([]string{}, *l.TaxRateIDs...)
		}
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	return out, nil
}

func (b NewRecurringInvoice) wish() (recurring.Wish, error) {
	if err := ids(map[string]string{"body.project_id": b.ProjectID, "body.entity_id": b.EntityID}); err != nil {
		return recurring.Wish{}, err
	}
	all, err := lines(b.Lines)
	w := recurring.Wish{
		ClientID: b.ClientID, ProjectID: b.ProjectID, EntityID: b.EntityID, Name: b.Name, Currency: b.Currency, Every: recurring.Every(b.Every), Count: b.Count, Starts: b.StartsOn,
		At: recurring.BillAt(b.BillAt), Prorate: b.Prorate == nil || *b.Prorate, Lines: all, Time: b.Time, Expenses: b.Expenses, GroupBy: invoicing.GroupBy(b.GroupBy),
		How: invoicing.How(b.How), TermsDays: b.TermsDays, EndOfMonth: b.EndOfMonth, Reference: b.Reference, Note: b.Note,
	}
	set(&w.DayOfMonth, b.DayOfMonth)
	set(&w.Times, b.Times)
	set(&w.Ends, b.EndsOn)
	return w, err
}

func set[T any](to, from *T) {
	if from != nil {
		*to = *from
	}
}

func (c RecurringInvoiceChange) edit() (func(*recurring.Wish), error) {
	var entity string
	set(&entity, c.EntityID)
	if err := ids(map[string]string{"body.entity_id": entity}); err != nil {
		return nil, err
	}
	var ends day.Date
	var all []recurring.Line
	var err error
	if c.EndsOn != nil && *c.EndsOn != "" {
		if ends, err = day.Parse(*c.EndsOn); err != nil {
			return nil, errInvalid.Because(err).At("body.ends_on", "is not a day")
		}
	}
	if c.Lines != nil {
		if all, err = lines(*c.Lines); err != nil {
			return nil, err
		}
	}
	return func(w *recurring.Wish) {
		set(&w.EntityID, c.EntityID)
		set(&w.Name, c.Name)
		set((*string)(&w.Every), c.Every)
		set(&w.Count, c.Count)
		set(&w.DayOfMonth, c.DayOfMonth)
		set(&w.Starts, c.StartsOn)
		set(&w.Times, c.Times)
		set((*string)(&w.At), c.BillAt)
		set(&w.Prorate, c.Prorate)
		set(&w.Time, c.Time)
		set(&w.Expenses, c.Expenses)
		set((*string)(&w.GroupBy), c.GroupBy)
		set((*string)(&w.How), c.How)
		set(&w.EndOfMonth, c.EndOfMonth)
		set(&w.Reference, c.Reference)
		set(&w.Note, c.Note)
		if c.EndsOn != nil {
			w.Ends = ends
		}
		if c.Lines != nil {
			w.Lines = all
		}
		if c.TermsDays != nil {
			if w.TermsDays = c.TermsDays; *c.TermsDays < 0 {
				w.TermsDays, w.EndOfMonth = nil, false
			}
		}
	}, nil
}

func opt(d day.Date) *day.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}

func toView(r recurring.Row) RecurringInvoiceView {
	v := RecurringInvoiceView{
		ID: r.ID, ClientID: r.ClientID, ClientName: r.ClientName, ProjectID: r.ProjectID, ProjectName: r.ProjectName, EntityID: r.EntityID, Name: r.Name, Currency: r.Currency,
		Every: string(r.Every), Count: r.Count, DayOfMonth: r.DayOfMonth, StartsOn: r.Starts, EndsOn: opt(r.Ends), Times: r.Times, BillAt: string(r.At), Prorate: r.Prorate,
		Lines: make([]RecurringLineView, len(r.Lines)), Net: r.Net, Time: r.Time, Expenses: r.Expenses, GroupBy: string(r.GroupBy), How: string(r.How), TermsDays: r.TermsDays,
		EndOfMonth: r.EndOfMonth, Reference: r.Reference, Note: r.Note, State: string(r.State), Looked: r.Next - 1, NextOn: opt(r.NextOn), Open: r.Open,
		CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, Version: r.Version,
	}
	for n, l := range r.Lines {
		v.Lines[n] = RecurringLineView{
			Description: l.Description, Quantity: l.Quantity.String(), Unit: l.Unit, UnitPrice: l.UnitPrice.String(), DiscountPercent: l.DiscountPercent.String(),
			DiscountAmount: l.DiscountAmount.String(), TaxRateIDs: append([]string{}, l.TaxRateIDs...), DefaultTaxes: l.TaxRateIDs == nil,
		}
	}
	return v
}

func toOutlook(o recurring.Outlook) RecurringOutlook {
	out := RecurringOutlook{Items: make([]RecurringAhead, len(o.Periods)), More: o.More, Whole: o.Whole}
	for n, p := range o.Periods {
		a := RecurringAhead{
			Number: p.Number, From: p.Days.From, To: p.Days.To, Days: p.Days.Len(), OfDays: p.Of.Len(), IssueOn: p.IssueOn, DueOn: p.Due, State: string(p.State),
			Lines: make([]RecurringAheadLine, len(p.Invoice.Lines)), Net: p.Invoice.Net, Tax: p.Invoice.Tax, Total: p.Invoice.Total,
		}
		for i, l := range p.Invoice.Lines {
			a.Lines[i] = RecurringAheadLine{l.Description, l.Amount}
		}
		out.Items[n] = a
	}
	if e := o.Extras; e != nil {
		out.Extras = &RecurringExtras{e.Lines, e.Entries, e.LeftOut, e.Open, e.Total}
	}
	return out
}

func toPast(p recurring.Past) RecurringPeriod {
	v := RecurringPeriod{
		Number: p.Number, From: p.Days.From, To: p.Days.To, Days: p.Days.Len(), OfDays: p.Of.Len(), IssueOn: p.IssueOn, State: string(p.State), InvoiceID: p.InvoiceID,
		Code: p.Code, Why: p.Why, DecidedBy: p.DecidedBy, DecidedAt: p.DecidedAt,
	}
	if p.Invoice != nil {
		v.Invoice, v.Status, v.Total = p.Invoice.Number, string(p.Invoice.Shown), &p.Invoice.Total
	}
	return v
}
