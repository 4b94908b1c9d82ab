package retainers

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/retainers/ledger"
)

// What people need to hold for the operations of this module.
const (
	Read  access.Permission = "retainers.retainers.read"
	Write access.Permission = "retainers.retainers.write"

	// seeMoney is asked for besides Read where a fee, a price or a retainer in money is shown.
	seeMoney access.Permission = "rates.bill.see"
)

var (
	ErrNotFound       = fault.Define(fault.NotFound, "retainers.not_found", "This retainer does not exist.")
	ErrPeriodNotFound = fault.Define(fault.NotFound, "retainers.period_not_found", "This period does not exist.")
	ErrBadRetainer    = fault.Define(fault.Invalid, "retainers.bad_retainer", "This retainer cannot be saved as it is.")
	ErrBadAdjustment  = fault.Define(fault.Invalid, "retainers.bad_adjustment", "This adjustment cannot be made.")
	ErrBadBlock       = fault.Define(fault.Invalid, "retainers.bad_block", "This block cannot be added as it is.")
	ErrOverlap        = fault.Define(fault.Conflict, "retainers.overlap", "Another retainer of this client or project holds on some of these days.").
				At("body.starts_on", "another retainer holds on some of these days")
	ErrStale         = fault.Define(fault.Precondition, "request.stale", "This was changed meanwhile. Load it again and repeat your change.")
	ErrBeyond        = fault.Define(fault.Conflict, "retainers.beyond", "This is more than the retainer has left, and the contract does not allow that.")
	ErrNotOver       = fault.Define(fault.Conflict, "retainers.period_not_over", "A period is closed after its last day, the oldest one first.")
	ErrClosed        = fault.Define(fault.Conflict, "retainers.no_open_period", "This retainer has ended: all its periods are closed.")
	ErrBlockNotFound = fault.Define(fault.NotFound, "retainers.block_not_found", "This block does not exist.")
	ErrNoPrice       = fault.Define(fault.Conflict, "retainers.no_price", "This block has no price to bill.")
	ErrNoFee         = fault.Define(fault.Conflict, "retainers.no_fee", "This period has no fee to bill.")
)

// Unit is what a retainer counts.
type Unit string

const (
	Hours Unit = "hours"
	Money Unit = "money"
)

// Rollover says what becomes of what is left at the end of a period.
type Rollover string

const (
	RollNone     Rollover = "none"
	RollAll      Rollover = "all"
	RollCapped   Rollover = "capped"
	RollExpiring Rollover = "expiring" // each grant after its own number of periods
)

// Deficit says what becomes of work that takes more than there is.
type Deficit string

const (
	CarryDeficit Deficit = "carry" // taken from the next grant, up to a limit
	BillDeficit  Deficit = "bill"  // all of it is overage
)

// Overage says what becomes of work beyond what is available.
type Overage string

const (
	Refuse      Overage = "refuse"       // it is not approved until somebody adds to the retainer
	AtRate      Overage = "rate"         // billed at the rates of its entries
	AtOwnRate   Overage = "overage_rate" // billed at the contract's rate
	AbsorbsOver Overage = "absorb"       // given
)

// Retainer is a recurring agreement with a client. Amounts are whole seconds
// where the unit is hours, minor units of the currency where it is money.
type Retainer struct {
	ID        string
	ClientID  string
	ProjectID string // empty: all projects of the client that have none of their own
	Name      string
	Unit      Unit
	Currency  string

	ledger.Schedule

	Prorate bool // the first period's grant and fee, by its days
	Grant   int64
	Fee     *money.Money // of a period, whatever is used (rule 51); nil: none

	Rollover Rollover
	Cap      *int64
	Lasts    *int // periods that a grant outlives its own

	Deficit      Deficit
	DeficitLimit *int64 // nil: any
	Overage      Overage
	OverageRate  *decimal.Decimal // per hour

	LeadDays, GraceDays int  // before a period begins it is made; after its end it closes
	Shown               bool // to the client

	Alert    *Alert     // at which balance people are told; nil: nobody is
	LowSince *time.Time // when it fell there; nil: it is above
	LowLost  *LowLost   // the letters of that which could not be delivered; nil: none

	TurnsAt   *time.Time
	CreatedAt time.Time
	CreatedBy string
	UpdatedAt time.Time
	Version   int
}

// terms are what the ledger needs to know of the contract.
func (r Retainer) terms() ledger.Terms {
	t := ledger.Terms{Cap: r.Cap, Deficit: r.DeficitLimit}
	if r.Deficit == BillDeficit {
		t.Deficit = new(int64)
	}
	return t
}

// until is the last day on which the grant of a period can be used; none: always.
func (r Retainer) until(number int) day.Date {
	more := 0
	switch r.Rollover {
	case RollAll, RollCapped:
		return day.Date{}
	case RollExpiring:
		more = *r.Lasts
	}
	endless := r.Schedule
	endless.Ends = day.Date{}
	last, _ := endless.Period(number + more)
	return last.To
}

// granted is what a period gets; the first one by its days, if so agreed.
func (r Retainer) granted(number int) int64 {
	if number == 1 && r.Prorate {
		return r.Share(r.Grant, r.Unit.step())
	}
	return r.Grant
}

func (r Retainer) fee(number int) *money.Money {
	if r.Fee == nil || number > 1 || !r.Prorate {
		return r.Fee
	}
	part := money.Of(r.Share(r.Fee.Minor, 1), r.Fee.Currency)
	return &part
}

// step is what amounts that are shared are rounded to: hundredths of an hour, or minor units.
func (u Unit) step() int64 {
	if u == Hours {
		return 36
	}
	return 1
}

// Holds tells whether the retainer answers for work of this project on a day.
func (r Retainer) Holds(clientID, projectID string, on day.Date) bool {
	return r.ClientID == clientID && (r.ProjectID == "" || r.ProjectID == projectID) && !on.Before(r.Starts) && (r.Ends.IsZero() || !on.After(r.Ends))
}

// Say writes an amount for people: "12.5 h" or "1,250.00 EUR".
func (r Retainer) Say(amount int64) string {
	if r.Unit == Money {
		return money.Of(amount, r.Currency).String()
	}
	return decimal.NewFromInt(amount).DivRound(decimal.NewFromInt(3600), 2).String() + " h"
}

var (
	maxHours = decimal.NewFromInt(100_000)
	maxMoney = decimal.NewFromInt(1_000_000_000)
)

// Parse reads an amount of the unit: hours with at most two places, or money.
func (u Unit) Parse(s, currency string) (int64, error) {
	d, err := decimal.NewFromString(strings.TrimSpace(s))
	switch {
	case err != nil:
		return 0, fmt.Errorf("is not a number")
	case u == Money && (!money.Valid(currency) || !d.Equal(d.Truncate(money.Places(currency)))):
		return 0, fmt.Errorf("has more places than %s", currency)
	case u == Money && d.Abs().GreaterThan(maxMoney):
		return 0, fmt.Errorf("is too much")
	case u == Money:
		return d.Shift(money.Places(currency)).IntPart(), nil
	case !d.Equal(d.Truncate(2)):
		return 0, fmt.Errorf("must have at most 2 decimal places")
	case d.Abs().GreaterThan(maxHours):
		return 0, fmt.Errorf("is too much")
	}
	return d.Mul(decimal.NewFromInt(3600)).IntPart(), nil
}

// check names all that is wrong with r at its fields.
func (r Retainer) check() error {
	bad := ErrBadRetainer
	at := func(wrong bool, field, text string) {
		if wrong {
			bad = bad.At("body."+field, text)
		}
	}
	n := utf8.RuneCountInString(r.Name)
	at(n < 1 || n > 120 || strings.ContainsAny(r.Name, "\n\r\x00"), "name", "must have 1 to 120 letters on one line")
	at(r.Unit != Hours && r.Unit != Money, "unit", "must be hours or money")
	at(!money.Valid(r.Currency), "currency", "is not a currency")
	at(!r.Every.Valid(), "every", "must be month, quarter or year")
	at(r.Starts.IsZero(), "starts_on", "is required")
	at(!r.Starts.IsZero() && (r.Starts.Year() < 2000 || r.Starts.Year() > 2200), "starts_on", "must be between 2000 and 2200")
	at(!r.Anchor.IsZero() && (r.Anchor.Year() < 1990 || r.Anchor.Year() > 2200), "anchor_on", "must be between 1990 and 2200")
	at(!r.Ends.IsZero() && r.Ends.Before(r.Starts), "ends_on", "is before the start")
	at(r.Grant < 0, "grant", "must not be negative")
	at(r.Fee != nil && r.Fee.Minor < 0, "fee", "must not be negative")
	at(r.Rollover == RollCapped && (r.Cap == nil || *r.Cap < 0), "rollover_cap", "is required: the most that goes over")
	at(r.Rollover != RollCapped && r.Cap != nil, "rollover_cap", "goes with a capped rollover only")
	at(r.Rollover == RollExpiring && (r.Lasts == nil || *r.Lasts < 1 || *r.Lasts > 120), "rollover_periods", "is required: 1 to 120 periods")
	at(r.Rollover != RollExpiring && r.Lasts != nil, "rollover_periods", "goes with an expiring rollover only")
	at(r.Deficit == BillDeficit && r.DeficitLimit != nil, "deficit_limit", "goes with a deficit that is carried")
	at(r.DeficitLimit != nil && *r.DeficitLimit < 0, "deficit_limit", "must not be negative")
	at(r.Overage == AtOwnRate && r.OverageRate == nil, "overage_rate", "is required")
	at(r.Overage != AtOwnRate && r.OverageRate != nil, "overage_rate", "goes with overage at the contract's rate only")
	at(r.Overage == AtOwnRate && r.Unit == Money, "overage", "a retainer in money is used at the rates of its entries, and so is what is beyond it")
	if o := r.OverageRate; o != nil {
		at(o.IsNegative() || o.GreaterThan(maxHours) || !o.Equal(o.Truncate(6)), "overage_rate", "must be 0 to 100,000 with at most 6 places")
	}
	at(r.LeadDays < 0 || r.LeadDays > 90, "lead_days", "must be 0 to 90")
	at(r.GraceDays < 0 || r.GraceDays > 90, "grace_days", "must be 0 to 90")
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}
