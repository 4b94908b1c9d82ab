package timesheets

import (
	"context"
	"maps"
	"slices"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/tenancy"
)

// Recut is how sheets that nobody has handed in yet are cut anew. Entries go with their day.
type Recut struct {
	Cut   []string // all that are looked at
	Kept  []Sheet  // those of them that stay, with other days
	Fresh []Sheet
	Gone  []string
}

// RecutStore cuts sheets anew, with as many statements for many as for one.
type RecutStore interface {
	// Unsubmitted returns sheets that reach to a day or beyond and were never handed in, locked, in the order of their members and days.
	Unsubmitted(ctx context.Context, tx *tenancy.Tx, from day.Date) ([]Sheet, error)
	// SheetDays lists the days on which sheets have entries, those that were taken out too.
	SheetDays(ctx context.Context, tx *tenancy.Tx, sheetIDs []string) (map[string][]day.Date, error)
	Recut(ctx context.Context, tx *tenancy.Tx, r Recut) error
}

// recut lets a change of the rules reach the sheets that are open. What was handed in keeps its days: somebody decides, or has decided, about just these.
func (s *Service) recut(ctx context.Context, tx *tenancy.Tx, c conditions, before Periods) error {
	from := before.differs(c.settings.Periods)
	if from.IsZero() {
		return nil
	}
	if was := before.Of(from, c.calendar.WeekStart).From; was.Before(from) {
		from = was
	}
	from = c.period(from).From
	open, err := s.d.Store.Unsubmitted(ctx, tx, from)
	if err != nil || len(open) == 0 {
		return err
	}
	r := day.Range{From: from, To: from}
	var ids, members []string
	for _, sheet := range open {
		ids, members = append(ids, sheet.ID), append(members, sheet.MemberID)
		r.From, r.To = earlier(r.From, sheet.Week), later(r.To, sheet.Until)
	}
	there, err := s.sheetsOver(ctx, tx, c, distinct(members), r)
	if err != nil {
		return err
	}
	days, err := s.d.Store.SheetDays(ctx, tx, ids)
	if err != nil {
		return err
	}
	fixed := byMember(slices.DeleteFunc(there, func(sheet Sheet) bool { return slices.Contains(ids, sheet.ID) }))
	cut := Recut{Cut: ids}
	for member, own := range byMember(open) {
		cut.add(c, member, own, fixed[member], days)
	}
	for i := range cut.Fresh {
		cut.Fresh[i].CreatedAt = s.d.Now().UTC()
	}
	return s.d.Store.Recut(ctx, tx, cut)
}

// add cuts the open sheets of one member around the fixed ones.
func (r *Recut) add(c conditions, member string, open, fixed []Sheet, days map[string][]day.Date) {
	wanted := map[day.Date]*Sheet{}
	want := func(d day.Date) *Sheet {
		part := c.part(member, d, fixed)
		if wanted[part.Week] == nil {
			wanted[part.Week] = &part
		}
		return wanted[part.Week]
	}
	for _, sheet := range open {
		for _, d := range days[sheet.ID] {
			want(d)
		}
		for _, row := range sheet.Rows {
			part := want(later(row.Week, sheet.Week))
			if row.Week.IsZero() {
				row.Week = WeekOf(sheet.Week, c.calendar.WeekStart)
			}
			part.Rows = append(part.Rows, row)
		}
		if len(days[sheet.ID]) == 0 && len(sheet.Rows) == 0 {
			want(sheet.Week)
		}
	}
	r.assign(wanted, open)
}

// assign lets each sheet that is wanted be one that is there, that of the same first day if there is one.
func (r *Recut) assign(wanted map[day.Date]*Sheet, open []Sheet) {
	left := slices.Clone(open)
	take := func(part *Sheet, fits func(Sheet) bool) bool {
		i := slices.IndexFunc(left, fits)
		if i < 0 {
			return false
		}
		part.ID, part.Version = left[i].ID, left[i].Version+1
		r.Kept, left = append(r.Kept, *part), slices.Delete(left, i, i+1)
		return true
	}
	for from, part := range wanted {
		if take(part, func(s Sheet) bool { return s.Week == from }) {
			delete(wanted, from)
		}
	}
	for _, from := range slices.SortedFunc(maps.Keys(wanted), day.Date.Compare) {
		part := wanted[from]
		if !take(part, func(s Sheet) bool { return !s.Until.Before(part.Week) && !s.Week.After(part.Until) }) {
			part.ID = id.New()
			r.Fresh = append(r.Fresh, *part)
		}
	}
	for _, s := range left {
		r.Gone = append(r.Gone, s.ID)
	}
}

func byMember(sheets []Sheet) map[string][]Sheet {
	out := map[string][]Sheet{}
	for _, s := range sheets {
		out[s.MemberID] = append(out[s.MemberID], s)
	}
	return out
}

func earlier(a, b day.Date) day.Date {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b day.Date) day.Date {
	if b.After(a) {
		return b
	}
	return a
}
