package planninghttp

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/planning"
)

// BenchWeek is what somebody could still be booked for in some days.
type BenchWeek struct {
	From      day.Date `json:"from"`
	To        day.Date `json:"to"`
	Available int64    `json:"available_seconds" doc:"The schedule less holidays and leave"`
	Free      int64    `json:"free_seconds" doc:"What of it is booked by nothing"`
	Held      int64    `json:"held_seconds" doc:"What more would be free without what is tentative"`
}

// BenchPerson is the free time of one person, week by week and altogether.
type BenchPerson struct {
	MemberID string      `json:"member_id"`
	Name     string      `json:"name"`
	Weeks    []BenchWeek `json:"weeks"`
	Sum      BenchWeek   `json:"sum"`
}

// BenchList is a page of people, those with most free time first.
type BenchList struct {
	Items []BenchPerson `json:"items"`
	Next  *string       `json:"next"`
}

type benchIn struct {
	page.Query
	From  day.Date `query:"from" required:"true" doc:"The first day of the first week"`
	Weeks int      `query:"weeks" default:"4" minimum:"1" maximum:"13"`
	Since day.Date `query:"since" doc:"Days before it are over and count for nothing; all count when left out"`
}

func (h handlers) bench(ctx context.Context, in *benchIn) (*struct{ Body BenchList }, error) {
	all, next, err := h.svc.Bench(ctx, planning.BenchQuery{From: in.From, Weeks: in.Weeks, Since: in.Since}, in.Query)
	if err != nil {
		return nil, err
	}
	out := BenchList{Items: make([]BenchPerson, len(all)), Next: next}
	for n, f := range all {
		out.Items[n] = BenchPerson{MemberID: f.MemberID, Name: f.Name, Weeks: make([]BenchWeek, len(f.Weeks)), Sum: toBenchWeek(f.Sum)}
		for w, week := range f.Weeks {
			out.Items[n].Weeks[w] = toBenchWeek(week)
		}
	}
	return &struct{ Body BenchList }{out}, nil
}

func toBenchWeek(w planning.FreeWeek) BenchWeek {
	return BenchWeek{From: w.Days.From, To: w.Days.To, Available: whole(w.Available), Free: whole(w.Free), Held: whole(w.Held)}
}
