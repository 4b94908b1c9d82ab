package timesheets

import "github.com/bureauhq/bureau/modules/rates"

// Rounding is the stated rule that derives billed seconds from raw ones. Raw
// seconds never change; billed ones are derived again until they are billed.
type Rounding struct {
	Mode    string // none, up, down or nearest
	Step    int64  // seconds
	Minimum int64  // seconds; the least that is billed once there is anything
	Scope   string // what is rounded together
}

// The modes of rounding.
const (
	RoundNone, RoundUp, RoundDown, RoundNearest = "none", "up", "down", "nearest"
)

// What is rounded together: an entry, all of a member's time on a project and
// date, or, of what one invoice bills, all time of a task or all of it.
const (
	ScopeEntry, ScopeDay    = "entry", "day"
	ScopeTask, ScopeInvoice = "task", "invoice"
)

// OnInvoice tells that only an invoice knows what is rounded together. Until
// there is one, as much is billed as was worked.
func (r Rounding) OnInvoice() bool { return r.Scope == ScopeTask || r.Scope == ScopeInvoice }

// Together rounds the sum of raw seconds once and spreads it over them.
func (r Rounding) Together(raw []int64) []int64 {
	var sum int64
	for _, seconds := range raw {
		sum += seconds
	}
	return rates.Spread(r.Round(sum), raw)
}

// Round applies the rule to one number of seconds.
func (r Rounding) Round(raw int64) int64 {
	if raw <= 0 {
		return 0
	}
	out := raw
	if r.Step > 0 {
		switch down := raw - raw%r.Step; {
		case r.Mode == RoundUp && raw > down:
			out = down + r.Step
		case r.Mode == RoundDown:
			out = down
		case r.Mode == RoundNearest:
			out = down
			if 2*(raw-down) >= r.Step {
				out += r.Step
			}
		}
	}
	if r.Mode != RoundNone {
		out = max(out, r.Minimum)
	}
	return out
}

// Derive returns the billed seconds of entries that belong to one member,
// project and date. Entries that are not billable bill nothing; billed ones are
// frozen, and with scope day their share is taken off the day's total.
func (r Rounding) Derive(entries []Entry) map[string]int64 {
	return r.deriveBeside(entries, func(e Entry) bool { return e.State == Billed })
}

func (r Rounding) deriveBeside(entries []Entry, fixed func(Entry) bool) map[string]int64 {
	out := make(map[string]int64, len(entries))
	var open []Entry
	var raw, frozen int64
	for _, e := range entries {
		switch {
		case fixed(e):
			frozen += e.BilledSeconds
			raw += e.RawSeconds
			out[e.ID] = e.BilledSeconds
		case !e.Billable:
			out[e.ID] = 0
		case r.OnInvoice():
			out[e.ID] = e.RawSeconds
		case r.Scope == ScopeDay:
			open = append(open, e)
			raw += e.RawSeconds
		default:
			out[e.ID] = r.Round(e.RawSeconds)
		}
	}
	weights := make([]int64, len(open))
	for i, e := range open {
		weights[i] = e.RawSeconds
	}
	for i, seconds := range rates.Spread(max(0, r.Round(raw)-frozen), weights) {
		out[open[i].ID] = seconds
	}
	return out
}
