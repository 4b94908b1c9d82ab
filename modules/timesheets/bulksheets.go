package timesheets

import (
	"context"
	"maps"
	"slices"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/tenancy"
)

// MemberPeriod is days of a member that are handed in together.
type MemberPeriod struct {
	Member string   `json:"member"`
	From   day.Date `json:"from"`
	To     day.Date `json:"to"`
}

func (p *bulkPlan) sheet(e Entry) Sheet { return p.sheets[MemberDay{e.MemberID, e.Day}] }

// findSheets reads the sheets of the days that entries come from and go to. With hold they are made where need be and locked.
func (p *bulkPlan) findSheets(ctx context.Context, tx *tenancy.Tx, hold bool) error {
	periods, days := map[MemberPeriod]bool{}, memberDays{}
	for _, l := range p.lines {
		if l.why != "" {
			continue
		}
		for _, e := range []Entry{l.before, l.after} {
			r := p.c.period(e.Day)
			periods[MemberPeriod{e.MemberID, r.From, r.To}] = true
			days.add(e.MemberID, e.Day, 0)
		}
	}
	there, err := p.s.d.Store.SheetsIn(ctx, tx, keys(periods), false)
	if err != nil {
		return err
	}
	fresh := p.take(days, there)
	if !hold {
		return nil
	}
	if err := p.s.d.Store.AddSheets(ctx, tx, fresh); err != nil {
		return err
	}
	if there, err = p.s.d.Store.SheetsIn(ctx, tx, keys(periods), true); err != nil {
		return err
	}
	p.take(days, there)
	return nil
}

// take notes the sheet of each day, and returns those that are not there yet.
func (p *bulkPlan) take(days memberDays, there []Sheet) []Sheet {
	own, fresh := byMember(there), map[MemberDay]Sheet{}
	p.sheets = make(map[MemberDay]Sheet, len(days))
	for d := range days {
		part := p.c.part(d.Member, d.Day, own[d.Member])
		if first := (MemberDay{d.Member, part.Week}); part.ID == "" {
			if fresh[first].ID == "" {
				part.ID, part.CreatedAt = id.New(), p.s.d.Now().UTC()
				fresh[first] = part
			}
			part = fresh[first]
		}
		p.sheets[d] = part
	}
	return slices.Collect(maps.Values(fresh))
}
