package timesheets

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/tenancy"
)

// Tally names the hours that are counted together for the tiers of a rate: those of one project at one line of a card, since a day.
type Tally struct {
	RateID    string   `json:"rate"`
	ProjectID string   `json:"project"`
	Since     day.Date `json:"since"`
}

func (t Tally) compare(o Tally) int {
	return cmp.Or(strings.Compare(t.RateID, o.RateID), strings.Compare(t.ProjectID, o.ProjectID), t.Since.Compare(o.Since))
}

// CountedSince is the day since which hours are counted for the tiers of an entry's rate; none: its rate has no tiers.
func (e Entry) CountedSince() day.Date {
	if e.Split == nil || e.Split.Tiers == nil || e.Rate == nil {
		return day.Date{}
	}
	return e.Split.Since
}

// tallies are those that any of the entries is counted in, in one order.
func tallies(entries ...Entry) (out []Tally) {
	for _, e := range entries {
		if since := e.CountedSince(); !since.IsZero() {
			out = append(out, Tally{e.RateID, e.ProjectID, since})
		}
	}
	slices.SortFunc(out, Tally.compare)
	return slices.Compact(out)
}

// holdTallies lets nobody else count hours of these lines before the end of tx. It comes before entries are written, or two who each hold
// entries of the other would wait in a circle. It holds whole lines: many entries can be of many tallies, but not of many lines.
func (s *Service) holdTallies(ctx context.Context, tx *tenancy.Tx, of []Tally) error {
	for i, t := range of {
		if i > 0 && of[i-1].RateID == t.RateID {
			continue
		}
		if err := tx.Lock(ctx, "timesheets.tallies/"+t.RateID); err != nil {
			return err
		}
	}
	return nil
}

// recounted is an entry whose hours have other places in a count than before.
type recounted struct{ was, is Entry }

// recount gives the hours of tallies their places anew, with the entries of instead in the place of what is kept of them: those it
// changes where they are, and returns what becomes of others. It keeps nothing.
func (s *Service) recount(ctx context.Context, tx *tenancy.Tx, c conditions, of []Tally, instead []*Entry, hold bool) (out []recounted, err error) {
	if len(of) == 0 {
		return nil, nil
	}
	if hold {
		if err := s.holdTallies(ctx, tx, of); err != nil {
			return nil, err
		}
	}
	ids := make([]string, len(instead))
	for i, e := range instead {
		ids[i] = e.ID
	}
	there, taken, err := s.d.Store.Tallied(ctx, tx, of, ids, hold)
	if err != nil {
		return nil, err
	}
	groups, given := map[Tally][]*Entry{}, map[string]bool{}
	put := func(e *Entry) {
		for _, t := range tallies(*e) {
			groups[t] = append(groups[t], e)
		}
	}
	for _, e := range instead {
		given[e.ID] = true
		put(e)
	}
	was := slices.Clone(there)
	for i := range there {
		if !given[there[i].ID] {
			put(&there[i])
		}
	}
	for _, t := range of {
		place(groups[t], taken[t], func(e *Entry) bool {
			return e.State == Approved || e.State == Billed || !given[e.ID] && c.lock(e.ClientID).Locks(e.Day)
		})
	}
	for i, e := range there {
		if !given[e.ID] && !e.CountedSince().IsZero() && !sameParts(was[i].Split.Parts, e.Split.Parts) {
			out = append(out, recounted{was[i], e})
		}
	}
	return out, nil
}

// place cuts the entries of one tally where tiers begin. What is frozen keeps its places; the others have those that are left, by work
// date, start and creation. Taken are the places of others.
func place(entries []*Entry, taken *rates.Taken, frozen func(*Entry) bool) {
	if taken == nil {
		taken = &rates.Taken{}
	}
	var open []*Entry
	for _, e := range entries {
		if !frozen(e) {
			open = append(open, e)
			continue
		}
		for _, p := range e.Split.Parts {
			taken.Add(p.At, p.Seconds)
		}
	}
	slices.SortFunc(open, inOrder)
	for _, e := range open {
		work, split := e.Split.Work, *e.Split
		if len(work) == 0 {
			work = rates.Whole(e.RawSeconds)
		}
		seconds := e.BilledSeconds
		if !e.Billable {
			seconds = 0
		}
		split.Parts = split.Tiers.Place(work, seconds, *e.Rate, taken)
		e.Split = &split
	}
}

// inOrder is how hours are counted: by work date, then by start, what has none last, then by when it was entered.
func inOrder(a, b *Entry) int {
	start := 0
	switch {
	case a.StartedAt != nil && b.StartedAt != nil:
		start = a.StartedAt.Compare(*b.StartedAt)
	case a.StartedAt != nil:
		start = -1
	case b.StartedAt != nil:
		start = 1
	}
	return cmp.Or(a.Day.Compare(b.Day), start, a.CreatedAt.Compare(b.CreatedAt), strings.Compare(a.ID, b.ID))
}

// countAgain gives hours their places anew after entries were written, those of e among them, and keeps what comes of it.
func (s *Service) countAgain(ctx context.Context, tx *tenancy.Tx, c conditions, of []Tally, e *Entry) error {
	var instead []*Entry
	if e != nil {
		instead = append(instead, e)
	}
	others, err := s.recount(ctx, tx, c, of, instead, true)
	if err != nil {
		return err
	}
	moved := make([]Entry, len(others))
	for i, o := range others {
		moved[i] = o.is
	}
	all := moved
	if e != nil && !e.CountedSince().IsZero() {
		all = append(slices.Clone(moved), *e)
	}
	if len(all) == 0 {
		return nil
	}
	if err := s.d.Store.SaveRates(ctx, tx, all); err != nil {
		return err
	}
	return s.count(ctx, tx, moved...)
}
