package billinghttp

import (
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
)

// PlanView is a plan on sale.
type PlanView struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Price    string   `json:"price" doc:"For a person and month"`
	Currency string   `json:"currency"`
	MaxSeats *int     `json:"max_seats" doc:"null is no limit"`
	Features []string `json:"features" nullable:"false"`
}

// AccessView is what the agency may do, and until when.
type AccessView struct {
	Level    string `json:"level" enum:"full,grace,read_only,suspended,closed,setup"`
	Plan     string `json:"plan"`
	MaxSeats *int   `json:"max_seats" doc:"null is no limit"`
	// SeatLimit is less than MaxSeats where a smaller plan comes with the next period.
	SeatLimit *int       `json:"seat_limit" doc:"The most people there may be, now and on a smaller plan that comes; null is no limit"`
	Features  []string   `json:"features" nullable:"false"`
	Reasons   []string   `json:"reasons" nullable:"false"`
	Until     *time.Time `json:"until" doc:"When time alone changes this"`
	Next      string     `json:"next" doc:"The level after that"`
}

// BillingAccountView is the agency's bill.
type BillingAccountView struct {
	Access            AccessView `json:"access"`
	Status            string     `json:"status"`
	Plan              string     `json:"plan" doc:"Billed from the next renewal on"`
	PaidPlan          string     `json:"paid_plan" doc:"In force until the period's end"`
	SeatsBilled       int        `json:"seats_billed" doc:"From the next renewal on"`
	SeatsPaid         int        `json:"seats_paid" doc:"For this period: so many cost nothing more"`
	SeatsUsed         int        `json:"seats_used"`
	SeatsReserved     int        `json:"seats_reserved" doc:"Kept for open invitations"`
	PeriodStart       *time.Time `json:"period_start"`
	PeriodEnd         *time.Time `json:"period_end"`
	TrialEndsAt       *time.Time `json:"trial_ends_at"`
	CancelAtPeriodEnd bool       `json:"cancel_at_period_end"`
	PendingUntil      *time.Time `json:"pending_until" doc:"A change waits for its payment until then"`
	Renewal           string     `json:"renewal" doc:"What the next period costs, without prorations"`
	Currency          string     `json:"currency"`
	Subscribed        bool       `json:"subscribed"`
	PaymentFailed     bool       `json:"payment_failed"`
	ByQuarter         bool       `json:"by_quarter" doc:"Seats above the licensed ones are billed once, after the quarter"`
}

// SeatPoint is one step of the chart of seats.
type SeatPoint struct {
	At       time.Time `json:"at"`
	Active   int       `json:"active"`
	Reserved int       `json:"reserved"`
	Reason   string    `json:"reason"`
}

// PlatformInvoice is an invoice of the platform to the agency.
type PlatformInvoice struct {
	ID        string     `json:"id"`
	Number    string     `json:"number"`
	Status    string     `json:"status"`
	Reason    string     `json:"reason"`
	Total     string     `json:"total"`
	Remaining string     `json:"remaining"`
	Currency  string     `json:"currency"`
	CreatedAt time.Time  `json:"created_at"`
	DueAt     *time.Time `json:"due_at"`
	URL       string     `json:"url"`
	PDFURL    string     `json:"pdf_url"`
}

// BillingQuarter is a quarter whose seats were settled.
type BillingQuarter struct {
	Quarter  string `json:"quarter" doc:"Its first day"`
	Licensed int    `json:"licensed"`
	Peak     int    `json:"peak"`
	PeakDay  string `json:"peak_day" doc:"The first day with so many people; empty when there was none"`
	Months   int    `json:"months" doc:"That are billed"`
	Price    string `json:"price" doc:"For a seat and month"`
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
	State    string `json:"state" enum:"open,nothing,invoiced"`
}

// EffectView is what a change does.
type EffectView struct {
	Today     string      `json:"today" doc:"Below 0 is a credit"`
	AtOnce    bool        `json:"at_once" doc:"Charged now; otherwise on the next invoice"`
	Renewal   string      `json:"renewal"`
	RenewalAt *time.Time  `json:"renewal_at"`
	Currency  string      `json:"currency"`
	Lost      []string    `json:"lost" nullable:"false" doc:"Functions that stop at ends_at"`
	EndsAt    *time.Time  `json:"ends_at"`
	Lines     []EffectRow `json:"lines" nullable:"false"`
}

// EffectRow is a line of the next invoice.
type EffectRow struct {
	Text   string `json:"text"`
	Amount string `json:"amount"`
}

// SeatsWanted is a plan with a number of seats.
type SeatsWanted struct {
	Plan  string `json:"plan" enum:"starter,professional,enterprise"`
	Seats int    `json:"seats" minimum:"1" maximum:"5000"`
}

// LinkView is a page of the payment provider's.
type LinkView struct {
	URL string `json:"url"`
}

type (
	statusOut  struct{ Body AccessView }
	accountOut struct{ Body BillingAccountView }
	plansOut   struct {
		Body struct {
			Items []PlanView `json:"items" nullable:"false"`
		}
	}
	seatsIn struct {
		From time.Time `query:"from" doc:"Since the agency began when missing"`
	}
	seatsOut struct {
		Body struct {
			Items []SeatPoint `json:"items" nullable:"false"`
		}
	}
	invoicesIn struct {
		Cursor string `query:"cursor" maxLength:"255"`
	}
	invoicesOut struct {
		Body struct {
			Items []PlatformInvoice `json:"items" nullable:"false"`
			Next  *string           `json:"next"`
		}
	}
	quartersOut struct {
		Body struct {
			Items []BillingQuarter `json:"items" nullable:"false"`
		}
	}
	seatsWanted struct{ Body SeatsWanted }
	linkOut     struct{ Body LinkView }
	effectOut   struct{ Body EffectView }
)

func (in *seatsWanted) wanted() billing.Seats {
	return billing.Seats{Plan: billing.PlanID(in.Body.Plan), Quantity: in.Body.Seats}
}

func link(url string) *linkOut { return &linkOut{Body: LinkView{url}} }

func words[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = string(v)
	}
	return out
}

func limit(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func planView(p billing.Plan) PlanView {
	return PlanView{ID: string(p.ID), Name: p.Name, Price: p.Price.Amount(), Currency: p.Price.Currency, MaxSeats: limit(p.MaxSeats), Features: words(p.Features)}
}

func accessView(a billing.Access) AccessView {
	return AccessView{Level: string(a.Level), Plan: string(a.Plan), MaxSeats: limit(a.MaxSeats), SeatLimit: limit(a.SeatLimit), Features: words(a.Features), Reasons: words(a.Reasons), Until: a.Until, Next: string(a.Next)}
}

func accountView(a billing.Account, acc billing.Access, last billing.SeatChange) BillingAccountView {
	v := BillingAccountView{
		Access: accessView(acc), Status: string(a.Status), Plan: string(a.Held.Plan), PaidPlan: string(a.Paid.Plan), SeatsBilled: a.Held.Quantity, SeatsPaid: a.Paid.Quantity,
		SeatsUsed: last.ActiveAfter, SeatsReserved: last.ReservedAfter, PeriodStart: moment(a.PeriodStart), PeriodEnd: moment(a.PeriodEnd), CancelAtPeriodEnd: a.CancelAtPeriodEnd,
		PendingUntil: a.PendingUntil, Renewal: a.Held.MonthlyPrice().Amount(), Currency: billing.Currency, Subscribed: a.SubscriptionID != "" && a.Status.Live(), PaymentFailed: a.LastPaymentFailed, ByQuarter: a.Collection == billing.TrueUp,
	}
	if a.Status == billing.Trial {
		v.TrialEndsAt = moment(a.TrialEndsAt)
	}
	if a.CancelAtPeriodEnd {
		v.Renewal = money.Zero(billing.Currency).Amount()
	}
	return v
}

func invoiceView(inv billing.Invoice) PlatformInvoice {
	return PlatformInvoice{
		ID: inv.ID, Number: inv.Number, Status: inv.Status, Reason: inv.Reason, Total: inv.Total.Amount(), Remaining: inv.Remaining.Amount(), Currency: inv.Total.Currency,
		CreatedAt: inv.CreatedAt, DueAt: inv.DueAt, URL: inv.PageURL, PDFURL: inv.PDFURL,
	}
}

func quarterView(x billing.Settlement) BillingQuarter {
	v := BillingQuarter{
		Quarter: x.Quarter.Format(time.DateOnly), Licensed: x.Licensed, Peak: x.Peak, Months: x.Months, Price: x.Price.Amount(), Amount: x.Amount.Amount(), Currency: x.Amount.Currency, State: string(x.State),
	}
	if !x.PeakDay.IsZero() {
		v.PeakDay = x.PeakDay.Format(time.DateOnly)
	}
	return v
}

func effectView(e billing.Effect) EffectView {
	v := EffectView{Today: e.Today.Amount(), AtOnce: e.AtOnce, Renewal: e.Renewal.Amount(), RenewalAt: moment(e.At), Currency: billing.Currency, Lost: words(e.Lost), EndsAt: e.Ends, Lines: []EffectRow{}}
	for _, l := range e.Lines {
		v.Lines = append(v.Lines, EffectRow{l.Text, l.Amount.Amount()})
	}
	return v
}
