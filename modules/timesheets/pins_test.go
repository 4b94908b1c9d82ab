package timesheets_test

import (
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/timesheets"
)

// rows of a week as a person reads them.
func rows(g timesheets.Grid) string {
	var out []string
	for _, r := range g.Rows {
		name := r.ProjectName
		if r.ServiceName != "" {
			name += "/" + r.ServiceName
		}
		if r.Pinned {
			name += "*"
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

// Pinned rows come first in every week, in their order, and only for the one who pinned them.
func TestPinnedRowsAreInEveryWeek(t *testing.T) {
	t.Parallel()
	w := setup(t)
	me := w.member()
	week := func(d string) string {
		g, err := w.svc.Week(me, "", day.MustParse(d))
		if err != nil {
			t.Fatal(err)
		}
		return rows(g)
	}
	w.log(t, me, "2026-03-02", 1)
	website, consulting := timesheets.Row{ProjectID: w.website}, timesheets.Row{ProjectID: w.website, ServiceID: w.consulting.ID}
	support := timesheets.Row{ProjectID: w.support}
	for _, c := range []struct {
		pins             []timesheets.Row
		filled, freeWeek string
	}{
		{[]timesheets.Row{website, support}, "Website* Support*", "Website* Support*"},
		{[]timesheets.Row{support, consulting}, "Support* Website/Consulting* Website", "Support* Website/Consulting*"},
		{nil, "Website", ""},
	} {
		if err := w.svc.Pin(me, c.pins); err != nil {
			t.Fatal(err)
		}
		if a, b := week("2026-03-02"), week("2026-05-04"); a != c.filled || b != c.freeWeek {
			t.Errorf("pinned %v: %q and %q, want %q and %q", c.pins, a, b, c.filled, c.freeWeek)
		}
	}
	if err := w.svc.Pin(w.member(), []timesheets.Row{support}); err != nil || week("2026-05-04") != "" {
		t.Errorf("somebody else's pins show: %v", err)
	}
	if err := w.svc.Pin(me, []timesheets.Row{support}); err != nil {
		t.Fatal(err)
	}
	closed := w.works[w.support]
	closed.Open = false
	w.works[w.support] = closed
	if got := week("2026-05-04"); got != "" {
		t.Errorf("a closed project stays pinned: %q", got)
	}
	for name, bad := range map[string][]timesheets.Row{
		"no project": {{ProjectID: w.client}},
		"no service": {{ProjectID: w.website, ServiceID: w.client}},
		"no task":    {{ProjectID: w.website, TaskID: id.New()}},
		"twice":      {website, website},
		"too many":   make([]timesheets.Row, 51),
	} {
		wantErr(t, name, w.svc.Pin(me, bad), timesheets.ErrBadPin)
	}
}

// A row of the grid is a project, a task and a service: each keeps hours of its own, and last week is copied row by row.
func TestGridKeepsServicesApart(t *testing.T) {
	t.Parallel()
	w := setup(t)
	me := w.member()
	none := ""
	set := func(service *string, h float64) timesheets.Grid {
		t.Helper()
		g, err := w.svc.SetCell(me, timesheets.CellChange{Day: day.MustParse("2026-03-02"), ProjectID: w.website, ServiceID: service, Seconds: *hours(h)})
		if err != nil {
			t.Fatal(err)
		}
		return g
	}
	set(&w.consulting.ID, 2)
	set(&none, 1)
	g := set(&w.consulting.ID, 3)
	if rows(g) != "Website Website/Consulting" || g.Rows[0].Seconds != 3600 || g.Rows[1].Seconds != 3*3600 {
		t.Errorf("%s: %+v", rows(g), g.Rows)
	}
	next, err := w.svc.CopyLastWeek(me, day.MustParse("2026-03-09"), true)
	if err != nil || rows(next) != "Website Website/Consulting" || next.Rows[0].Seconds != 3600 || next.Rows[1].Seconds != 3*3600 {
		t.Errorf("copied %s: %+v, %v", rows(next), next.Rows, err)
	}
	unknown := id.New()
	_, err = w.svc.SetCell(me, timesheets.CellChange{Day: day.MustParse("2026-03-03"), ProjectID: w.website, ServiceID: &unknown, Seconds: 60})
	wantErr(t, "no service", err, timesheets.ErrNoService)
	// Sold last week, and not any more: the hours come along without it.
	w.consulting = timesheets.Sale{}
	later, err := w.svc.CopyLastWeek(me, day.MustParse("2026-03-16"), true)
	if err != nil || later.Seconds != 4*3600 {
		t.Errorf("copied %+v, %v", later.Rows, err)
	}
}
