package invoicing

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// timeRule is the rule that a plan rounds time by: that of the draft which it
// goes onto, or the agency's, where that leaves it to invoices.
func (s *Service) timeRule(ctx context.Context, tx *tenancy.Tx, f FromTime) (*timesheets.Rounding, error) {
	switch {
	case f.onto != nil && f.onto.TimeRule != nil:
		return f.onto.TimeRule, nil
	case f.NoTime:
		return nil, nil //nolint:nilnil // nothing is rounded
	}
	return s.d.Time.RoundingTx(ctx, tx)
}

// roundedWith names what an entry is rounded with on one document. Work without
// a task is rounded with what else of its project has none.
func roundedWith(rule *timesheets.Rounding, e TimeEntry) string {
	switch {
	case rule == nil, e.Settled:
		return ""
	case rule.Scope == timesheets.ScopeInvoice:
		return "invoice"
	case e.TaskID != "":
		return "task " + e.TaskID
	}
	return "project " + e.ProjectID
}

// roundTime rounds together what the rule of the document says belongs together
// (rule 37): the raw seconds are added up, rounded once, and spread over entries and
// their parts. It is done again whenever time comes onto a draft or leaves it. Hours
// that somebody wrote stay as they were written.
func (i *Invoice) roundTime() {
	if i.TimeRule == nil {
		return
	}
	groups := map[string]map[string][]*Source{} // by what they are rounded with, and by entry
	before := make([][]Source, len(i.Lines))
	for n := range i.Lines {
		l := &i.Lines[n]
		before[n], l.Sources = l.Sources, slices.Clone(l.Sources)
		for k := range l.Sources {
			src := &l.Sources[k]
			if src.With == "" {
				continue
			}
			if groups[src.With] == nil {
				groups[src.With] = map[string][]*Source{}
			}
			groups[src.With][src.ID] = append(groups[src.With][src.ID], src)
		}
	}
	if len(groups) == 0 {
		i.TimeRule = nil // all of its time has left
	}
	for _, entries := range groups {
		spread(*i.TimeRule, entries)
	}
	for n := range i.Lines {
		if l := &i.Lines[n]; !slices.EqualFunc(l.Sources, before[n], sameWork) {
			l.recount(i.Currency, i.Rounding)
		}
	}
}

// spread rounds entries together. They go by their ids, so that the second which
// is left over falls to the same one each time.
func spread(rule timesheets.Rounding, entries map[string][]*Source) {
	ids := slices.Sorted(maps.Keys(entries))
	raw, parts := make([]int64, len(ids)), make([][]int64, len(ids))
	for n, id := range ids {
		slices.SortFunc(entries[id], func(a, b *Source) int { return cmp.Compare(a.Part, b.Part) })
		for _, src := range entries[id] {
			raw[n] += src.Worked.Raw
			parts[n] = append(parts[n], src.Worked.Raw)
		}
	}
	for n, seconds := range rule.Together(raw) {
		for k, part := range rates.Spread(seconds, parts[n]) {
			entries[ids[n]][k].rule(part)
		}
	}
}

// rule says what the rounding rule makes of the source.
func (src *Source) rule(seconds int64) {
	src.Worked.Ruled = seconds
	if w := src.Worked.Written; w == nil || w.Amount != nil {
		src.Seconds = seconds
	}
}

// takeTime ties the entries on a document to it, and tells what it makes of those that it rounds together.
func (s *Service) takeTime(ctx context.Context, tx *tenancy.Tx, i Invoice, entryIDs []string) error {
	if err := s.d.Time.MarkBilledTx(ctx, tx, entryIDs, i.ID); err != nil {
		return err
	}
	return s.tellRounded(ctx, tx, i)
}

func (s *Service) tellRounded(ctx context.Context, tx *tenancy.Tx, i Invoice) error {
	if i.TimeRule == nil {
		return nil
	}
	seconds := map[string]int64{}
	for _, l := range i.Lines {
		for _, src := range l.Sources {
			if src.With != "" {
				seconds[src.ID] += src.Worked.Ruled
			}
		}
	}
	return s.d.Time.RoundBilledTx(ctx, tx, i.ID, seconds)
}
