package timesheets

import (
	"context"
	"slices"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrNotBillable answers when time that an invoice wants is on another one, or is not approved and billable.
var ErrNotBillable = fault.Define(fault.Conflict, "timesheets.not_billable", "Some of this time is already billed or is no longer approved. Load the draft again.")

// UnbilledFilter says whose approved time is wanted. Zero fields do not narrow.
type UnbilledFilter struct {
	ClientID   string
	ClientIDs  []string
	ProjectIDs []string
	From, To   day.Date
}

// UnbilledTx returns approved, billable time that is on no invoice, oldest
// first, with its rate snapshot; entries without a rate are among them.
func (s *Service) UnbilledTx(ctx context.Context, tx *tenancy.Tx, f UnbilledFilter) ([]Entry, error) {
	yes := true
	entries, err := s.d.Store.Entries(ctx, tx, Filter{
		ClientID: f.ClientID, ClientIDs: f.ClientIDs, ProjectIDs: f.ProjectIDs, From: f.From, To: f.To, States: []string{Approved}, Billable: &yes,
	})
	if err != nil {
		return nil, err
	}
	return entries, s.nameAll(ctx, tx, entries)
}

// EntriesByIDsTx reads entries with the names of what they are about, for modules that bill them.
func (s *Service) EntriesByIDsTx(ctx context.Context, tx *tenancy.Tx, ids []string) ([]Entry, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	entries, err := s.d.Store.Entries(ctx, tx, Filter{IDs: ids})
	if err != nil {
		return nil, err
	}
	return entries, s.nameAll(ctx, tx, entries)
}

// ToBill counts a client's billable time that is on no invoice.
type ToBill struct {
	Approved int
	Open     int // not approved yet
}

// ToBillTx counts what there is to bill, client by client. It sends the same statements however many there are.
func (s *Service) ToBillTx(ctx context.Context, tx *tenancy.Tx, f UnbilledFilter) (map[string]ToBill, error) {
	yes, out := true, map[string]ToBill{}
	for _, states := range [][]string{{Approved}, {Draft, Submitted, Rejected}} {
		sums, err := s.d.Store.Sums(ctx, tx, Filter{
			ClientID: f.ClientID, ClientIDs: f.ClientIDs, ProjectIDs: f.ProjectIDs, From: f.From, To: f.To, States: states, Billable: &yes,
		}, ByClient)
		if err != nil {
			return nil, err
		}
		for _, sum := range sums {
			n := out[sum.Key]
			if states[0] == Approved {
				n.Approved += sum.Entries
			} else {
				n.Open += sum.Entries
			}
			out[sum.Key] = n
		}
	}
	delete(out, "") // work for nobody
	return out, nil
}

// MarkBilledTx ties entries to an invoice, all or none. ErrNotBillable.
func (s *Service) MarkBilledTx(ctx context.Context, tx *tenancy.Tx, entryIDs []string, invoiceID string) error {
	ids := distinct(append([]string(nil), entryIDs...))
	if len(ids) == 0 {
		return nil
	}
	n, err := s.d.Store.MarkBilled(ctx, tx, ids, invoiceID, s.d.Now().UTC())
	if err != nil {
		return err
	}
	if n != len(ids) {
		return ErrNotBillable
	}
	return audit.Record(ctx, tx, audit.Change{Action: "timesheets.entries_billed", Entity: "invoice", EntityID: invoiceID, After: map[string]int{"entries": n}})
}

// ReleaseBilledTx makes the time of an invoice unbilled again, approved as it was.
func (s *Service) ReleaseBilledTx(ctx context.Context, tx *tenancy.Tx, invoiceID string) error {
	entries, err := s.d.Store.Entries(ctx, tx, Filter{InvoiceID: invoiceID})
	if err != nil || len(entries) == 0 {
		return err
	}
	n, err := s.d.Store.ReleaseBilled(ctx, tx, invoiceID, s.d.Now().UTC())
	if err != nil || n == 0 {
		return err
	}
	for i := range entries {
		entries[i].State, entries[i].InvoiceID = Approved, ""
	}
	if err := s.roundReleased(ctx, tx, entries); err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Change{Action: "timesheets.entries_released", Entity: "invoice", EntityID: invoiceID, After: map[string]int{"entries": n}})
}

// roundReleased gives time that left its invoice the seconds that the rule of
// today makes of it, and tells the ledgers of all of it. What an invoice rounded
// together means nothing without it, in closed periods either.
func (s *Service) roundReleased(ctx context.Context, tx *tenancy.Tx, released []Entry) error {
	c, err := s.conditions(ctx, tx)
	if err != nil {
		return err
	}
	all, rule := released, c.settings.Rounding
	if rule.Scope == ScopeDay {
		days := memberDays{}
		for _, e := range released {
			days.add(e.MemberID, e.Day, 0)
		}
		if all, err = s.d.Store.EntriesOn(ctx, tx, days.list()); err != nil {
			return err
		}
	}
	if !rule.OnInvoice() {
		all = c.open(all)
	}
	changed := derived(all, rule)
	if err := s.setBilled(ctx, tx, c, all, changed); err != nil {
		return err
	}
	return s.count(ctx, tx, slices.DeleteFunc(released, func(e Entry) bool { _, told := changed[e.ID]; return told })...)
}

// RoundingTx is the rule that an invoice rounds time by; nil where each entry has been rounded before.
func (s *Service) RoundingTx(ctx context.Context, tx *tenancy.Tx) (*Rounding, error) {
	kept, err := s.d.Store.Settings(ctx, tx, true)
	if err != nil || !kept.Rounding.OnInvoice() {
		return nil, err
	}
	return &kept.Rounding, nil
}

// RoundBilledTx writes the seconds that an invoice makes of entries which it bills and rounds together.
func (s *Service) RoundBilledTx(ctx context.Context, tx *tenancy.Tx, invoiceID string, seconds map[string]int64) error {
	entries, err := s.d.Store.Entries(ctx, tx, Filter{InvoiceID: invoiceID})
	if err != nil {
		return err
	}
	var moved []Entry
	for _, e := range entries {
		if billed, rounds := seconds[e.ID]; rounds && billed != e.BilledSeconds {
			e.BilledSeconds = billed
			moved = append(moved, e)
		}
	}
	if err := s.d.Store.RoundBilled(ctx, tx, invoiceID, moved); err != nil {
		return err
	}
	return s.count(ctx, tx, moved...)
}

// Usage is what a project has used, whatever its approval.
type Usage struct {
	Seconds, BillableSeconds, ApprovedSeconds int64
	Amount                                    []money.Money
}

// UsageTx returns the use of each project in two questions. It does not look at
// the caller: who asks hides amounts.
func (s *Service) UsageTx(ctx context.Context, tx *tenancy.Tx, projectIDs []string) (map[string]Usage, error) {
	out := make(map[string]Usage, len(projectIDs))
	if len(projectIDs) == 0 {
		return out, nil
	}
	sums, err := s.d.Store.Sums(ctx, tx, Filter{ProjectIDs: projectIDs}, ByProject)
	if err != nil {
		return nil, err
	}
	for _, sum := range sums {
		u := out[sum.Key]
		u.Seconds += sum.Seconds
		u.BillableSeconds += sum.BillableSeconds
		if u.Amount, err = addWorth(u.Amount, sum); err != nil {
			return nil, err
		}
		out[sum.Key] = u
	}
	approved, err := s.ApprovedTx(ctx, tx, projectIDs)
	if err != nil {
		return nil, err
	}
	for id, seconds := range approved {
		u := out[id]
		u.ApprovedSeconds = seconds
		out[id] = u
	}
	return out, nil
}

// ApprovedTx returns the approved seconds of each project, billed ones included: what a client may be shown.
func (s *Service) ApprovedTx(ctx context.Context, tx *tenancy.Tx, projectIDs []string) (map[string]int64, error) {
	out := make(map[string]int64, len(projectIDs))
	if len(projectIDs) == 0 {
		return out, nil
	}
	sums, err := s.d.Store.Sums(ctx, tx, Filter{ProjectIDs: projectIDs, States: []string{Approved, Billed}}, ByProject)
	for _, sum := range sums {
		out[sum.Key] += sum.Seconds
	}
	return out, err
}

// TaskSecondsTx returns the seconds that were logged on each task.
func (s *Service) TaskSecondsTx(ctx context.Context, tx *tenancy.Tx, taskIDs []string) (map[string]int64, error) {
	out := make(map[string]int64, len(taskIDs))
	if len(taskIDs) == 0 {
		return out, nil
	}
	sums, err := s.d.Store.Sums(ctx, tx, Filter{TaskIDs: taskIDs}, ByTask)
	for _, sum := range sums {
		out[sum.Key] += sum.Seconds
	}
	return out, err
}

// Rerating is what a new look at the rates would change, or has changed.
type Rerating struct {
	Entries       int
	Before, After []money.Money
	Applied       bool
	Repricing     string // to undo it by; none of a preview
}

// Rerate prices unbilled time again by the cards of today. It is an act of its
// own: nothing else ever changes the rate of time that was logged. Without
// apply it only tells what would change. Approved time keeps its rate, and so
// does what is closed.
func (s *Service) Rerate(ctx context.Context, f Filter, apply bool) (out Rerating, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.rerateTx(ctx, tx, f, nil, apply)
		return err
	})
	return out, err
}

// RepriceTx is Rerate for time from a day on whose price comes from one of these
// rates, or would now: other time keeps what it has, whatever its cards say today.
func (s *Service) RepriceTx(ctx context.Context, tx *tenancy.Tx, rateIDs []string, from day.Date) (Rerating, error) {
	return s.rerateTx(ctx, tx, Filter{From: from}, rateIDs, true)
}

// RejudgeTx asks anew what unapproved time counts as, by the multipliers that are agreed today. Its rates stay.
func (s *Service) RejudgeTx(ctx context.Context, tx *tenancy.Tx, f Filter) (Rerating, error) {
	return s.repriceTx(ctx, tx, f, true, func(e *Entry, r Rate) { e.divide(r.Agreed) })
}

func (s *Service) rerateTx(ctx context.Context, tx *tenancy.Tx, f Filter, only []string, apply bool) (out Rerating, err error) {
	return s.repriceTx(ctx, tx, f, apply, func(e *Entry, r Rate) {
		if only == nil || slices.Contains(only, e.RateID) || slices.Contains(only, r.RateID) {
			e.take(r)
		}
	})
}

// repriceTx gives unapproved time of open periods another price by what its cards and contracts say today. What was set by hand stays.
func (s *Service) repriceTx(ctx context.Context, tx *tenancy.Tx, f Filter, apply bool, price func(*Entry, Rate)) (out Rerating, err error) {
	c, err := s.conditions(ctx, tx)
	if err != nil {
		return out, err
	}
	f.States = []string{Draft, Submitted, Rejected}
	if open := c.settings.Lock.Open(); f.From.Before(open) {
		f.From = open // closed time keeps its price as well
	}
	entries, err := s.d.Store.Entries(ctx, tx, f)
	if err != nil {
		return out, err
	}
	priced, err := s.rerated(ctx, tx, c.open(entries), price)
	if err != nil {
		return out, err
	}
	others, err := s.beside(ctx, tx, c, priced, &out)
	if err != nil || !apply || len(priced) == 0 {
		return out, err
	}
	if err := s.saveRepriced(ctx, tx, append(slices.Clone(priced), others...), &out); err != nil {
		return out, err
	}
	lines := make([]RepricedLine, len(priced))
	for i, l := range priced {
		lines[i] = RepricedLine{l.is.ID, l.was.price(), l.is.price()}
	}
	out.Repricing, err = s.keepRepricing(ctx, tx, lines)
	return out, err
}

// samePrice tells whether both are worth the same by the same reckoning.
func (e Entry) samePrice(o Entry) bool {
	if (e.Rate == nil) != (o.Rate == nil) || (e.Rate != nil && !e.Rate.Equal(*o.Rate)) {
		return false
	}
	return e.Currency == o.Currency && e.Split.same(o.Split)
}

// rerated are the entries whose price is another one.
func (s *Service) rerated(ctx context.Context, tx *tenancy.Tx, entries []Entry, price func(*Entry, Rate)) (out []recounted, err error) {
	known, err := s.rates(ctx, tx, entries)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if e.Own != nil {
			continue // what was set by hand stays
		}
		next := e
		if price(&next, known[e.question()]); !next.samePrice(e) {
			out = append(out, recounted{e, next})
		}
	}
	return out, nil
}
