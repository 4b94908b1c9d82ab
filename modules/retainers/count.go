package retainers

import (
	"context"
	"slices"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/retainers/ledger"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// CountTx brings the ledger in line with what became of entries, in the
// transaction that did it: approved billable time is used, and what is no
// longer that is given back. Asking again changes nothing. ErrBeyond.
func (s *Service) CountTx(ctx context.Context, tx *tenancy.Tx, counted []timesheets.Counted) error {
	c := counting{s: s, counted: slices.DeleteFunc(slices.Clone(counted), fresh)}
	if len(c.counted) == 0 {
		return nil
	}
	if err := c.load(ctx, tx); err != nil {
		return err
	}
	if len(c.retainers) == 0 {
		return nil
	}
	for _, e := range c.counted {
		if err := c.settle(ctx, tx, e); err != nil {
			return err
		}
	}
	return c.write(ctx, tx)
}

// fresh is time that no ledger can hold anything of: it was never approved.
func fresh(c timesheets.Counted) bool {
	return c.Version <= 1 && c.State != timesheets.Approved && c.State != timesheets.Billed
}

// counting is the work of one CountTx.
type counting struct {
	s         *Service
	counted   []timesheets.Counted
	retainers []Retainer // that hold or held some of the entries; locked
	nets      map[string][]Net
	open      map[string][]Period // of the retainers that were asked for
	lines     []Line
	takes     map[string]bool // retainers that something more is taken from
}

func (c *counting) load(ctx context.Context, tx *tenancy.Tx) error {
	var entries, clients, ids []string
	for _, e := range c.counted {
		entries, clients = append(entries, e.ID), append(clients, e.ClientID)
	}
	nets, err := c.s.d.Store.Nets(ctx, tx, entries)
	if err != nil {
		return err
	}
	c.nets, c.open, c.takes = map[string][]Net{}, map[string][]Period{}, map[string]bool{}
	for _, n := range nets {
		ids = append(ids, n.RetainerID)
	}
	of, err := c.s.d.Store.Of(ctx, tx, distinct(clients))
	if err != nil {
		return err
	}
	for _, e := range c.counted {
		if r, ok := answering(of, e); ok {
			ids = append(ids, r.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if c.retainers, err = c.s.d.Store.Hold(ctx, tx, distinct(ids)); err != nil {
		return err
	}
	// Once more, now that nobody else can write to them.
	if nets, err = c.s.d.Store.Nets(ctx, tx, entries); err != nil {
		return err
	}
	for _, n := range nets {
		c.nets[n.EntryID] = append(c.nets[n.EntryID], n)
	}
	return nil
}

// answering is the retainer for an entry's work: the project's own before the client's.
func answering(all []Retainer, e timesheets.Counted) (found Retainer, ok bool) {
	for _, r := range all {
		if r.Holds(e.ClientID, e.ProjectID, e.Day) && (!ok || r.ProjectID != "") {
			found, ok = r, true
		}
	}
	return found, ok
}

// worth is what an entry takes of a retainer. Time without a price, or in
// another currency, takes nothing of one in money.
func (r Retainer) worth(e timesheets.Entry) int64 {
	if r.Unit == Hours {
		return e.BilledSeconds
	}
	if m := e.Amount(); m != nil && m.Currency == r.Currency {
		return m.Minor
	}
	return 0
}

// settle writes what has to be written for one entry.
func (c *counting) settle(ctx context.Context, tx *tenancy.Tx, e timesheets.Counted) error {
	if e.State == timesheets.Billed && !e.Gone {
		return nil // what is on an invoice was settled when it came there
	}
	var to Retainer
	var amount int64
	if e.State == timesheets.Approved && e.Billable && !e.Gone {
		if r, ok := answering(c.retainers, e); ok {
			to, amount = r, r.worth(e.Entry)
		}
	}
	kept := int64(0)
	for _, n := range c.nets[e.ID] {
		switch {
		case n.Amount == 0:
		case n.RetainerID == to.ID && n.Day == e.Day:
			kept += n.Amount
		default:
			if err := c.post(ctx, tx, n.RetainerID, e.ID, n.Day, -n.Amount); err != nil {
				return err
			}
		}
	}
	if amount == kept {
		return nil
	}
	return c.post(ctx, tx, to.ID, e.ID, e.Day, amount-kept)
}

// post writes a line into the period of a work date if it is open, and else as
// an adjustment into the oldest open one (rule 52).
func (c *counting) post(ctx context.Context, tx *tenancy.Tx, retainerID, entryID string, on day.Date, amount int64) error {
	r := c.retainer(retainerID)
	open, err := c.openOf(ctx, tx, r, on)
	if err != nil || len(open) == 0 {
		return err // all is closed: the contract is over and its account with it
	}
	e := ledger.Event{ID: id.New(), Period: open[0].Number(), Kind: ledger.Late, Entry: entryID, Day: on, Amount: amount}
	for _, p := range open {
		if p.Days().Contains(on) {
			e.Period, e.Kind = p.Number(), ledger.Use
		}
	}
	if e.Kind == ledger.Late && amount < 0 {
		e.Until = r.until(e.Period)
	}
	c.takes[r.ID] = c.takes[r.ID] || amount > 0
	c.lines = append(c.lines, Line{Event: e, RetainerID: r.ID, CreatedAt: c.s.now(), CreatedBy: access.From(ctx).MemberID})
	return nil
}

func (c *counting) retainer(id string) Retainer {
	i := slices.IndexFunc(c.retainers, func(r Retainer) bool { return r.ID == id })
	if i < 0 {
		return Retainer{}
	}
	return c.retainers[i]
}

func (c *counting) openOf(ctx context.Context, tx *tenancy.Tx, r Retainer, on day.Date) ([]Period, error) {
	open, known := c.open[r.ID]
	if known && len(open) > 0 && !on.After(open[len(open)-1].Days().To) {
		return open, nil
	}
	if err := c.s.openThrough(ctx, tx, r, on); err != nil {
		return nil, err
	}
	_, open, err := c.s.d.Store.Standing(ctx, tx, r.ID)
	c.open[r.ID] = open
	return open, err
}

func (c *counting) write(ctx context.Context, tx *tenancy.Tx) error {
	if len(c.lines) == 0 {
		return nil
	}
	if err := c.s.d.Store.Write(ctx, tx, c.lines); err != nil {
		return err
	}
	for _, r := range c.retainers {
		if !slices.ContainsFunc(c.lines, func(l Line) bool { return l.RetainerID == r.ID }) {
			continue
		}
		before := overage(c.open[r.ID])
		if err := c.s.count(ctx, tx, r); err != nil {
			return err
		}
		if r.Overage == Refuse && c.takes[r.ID] {
			if err := c.s.refuseBeyond(ctx, tx, r, before); err != nil {
				return err
			}
		}
		if _, err := c.s.noticeLow(ctx, tx, r); err != nil {
			return err
		}
		if err := c.s.d.Events.Publish(ctx, tx, Moved{r.ID}); err != nil {
			return err
		}
	}
	return nil
}

func overage(ps []Period) (sum int64) {
	for _, p := range ps {
		sum += p.Overage
	}
	return sum
}

func (s *Service) refuseBeyond(ctx context.Context, tx *tenancy.Tx, r Retainer, before int64) error {
	_, open, err := s.d.Store.Standing(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	if more := overage(open) - before; more > 0 {
		return ErrBeyond.Saying("This is %s more than the retainer “%s” has left, and its contract does not allow that. Add to the retainer first, or send the time back.", r.Say(more), r.Name)
	}
	return nil
}

// count makes the statements of all open periods again from where the last
// closed one ended. The caller holds r.
func (s *Service) count(ctx context.Context, tx *tenancy.Tx, r Retainer) error {
	closed, open, err := s.d.Store.Standing(ctx, tx, r.ID)
	if err != nil || len(open) == 0 {
		return err
	}
	var before ledger.Carry
	if closed != nil {
		before = closed.Carry
	}
	lines, err := s.d.Store.Lines(ctx, tx, r.ID, open[0].Number())
	if err != nil {
		return err
	}
	periods, events := make([]ledger.Period, len(open)), make([]ledger.Event, len(lines))
	for i, p := range open {
		periods[i] = p.Period
	}
	for i, l := range lines {
		events[i] = l.Event
	}
	for i, st := range ledger.Continue(before, periods, events) {
		open[i].Statement = st
		if err := s.d.Store.SavePeriod(ctx, tx, open[i]); err != nil {
			return err
		}
	}
	return nil
}

// gather counts the approved time that was there before the retainer, or before its last day moved.
func (s *Service) gather(ctx context.Context, tx *tenancy.Tx, r Retainer) error {
	f := timesheets.UnbilledFilter{ClientID: r.ClientID, From: r.Starts}
	if r.ProjectID != "" {
		f.ProjectIDs = []string{r.ProjectID}
	}
	entries, err := s.d.Time.UnbilledTx(ctx, tx, f)
	if err != nil || len(entries) == 0 {
		return err
	}
	all := make([]timesheets.Counted, len(entries))
	for i, e := range entries {
		all[i] = timesheets.Counted{Entry: e}
	}
	return s.CountTx(ctx, tx, all)
}
