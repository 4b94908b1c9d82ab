package timesheets

import "slices"

// Rounding is the stated rule that derives billed seconds from raw ones. Raw
// seconds never change; billed ones are derived again until they are billed.
type Rounding struct {
	Mode    string // none, up, down or nearest
	Step    int64  // seconds
	Minimum int64  // seconds; the least that is billed once there is anything
	Scope   string // entry, or day: all of a member's time on a project and date together
}

// The modes and scopes of rounding.
const (
	RoundNone, RoundUp, RoundDown, RoundNearest = "none", "up", "down", "nearest"
	ScopeEntry, ScopeDay                        = "entry", "day"
)

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
	out := make(map[string]int64, len(entries))
	var open []Entry
	var raw, frozen int64
	for _, e := range entries {
		switch {
		case e.State == Billed:
			frozen += e.BilledSeconds
			raw += e.RawSeconds
			out[e.ID] = e.BilledSeconds
		case !e.Billable:
			out[e.ID] = 0
		case r.Scope == ScopeDay:
			open = append(open, e)
			raw += e.RawSeconds
		default:
			out[e.ID] = r.Round(e.RawSeconds)
		}
	}
	if r.Scope == ScopeDay {
		share(out, open, max(0, r.Round(raw)-frozen))
	}
	return out
}

// share splits total over entries by their raw seconds so that the parts add up
// to it: the largest remainders take what whole seconds leave over.
func share(out map[string]int64, entries []Entry, total int64) {
	var weight int64
	for _, e := range entries {
		weight += e.RawSeconds
	}
	if weight == 0 {
		return
	}
	left := total
	for _, e := range entries {
		out[e.ID] = total * e.RawSeconds / weight
		left -= out[e.ID]
	}
	order := slices.Clone(entries)
	slices.SortStableFunc(order, func(a, b Entry) int {
		return int(total*b.RawSeconds%weight - total*a.RawSeconds%weight)
	})
	for _, e := range order[:left] {
		out[e.ID]++
	}
}
