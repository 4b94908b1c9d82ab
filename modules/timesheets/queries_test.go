package timesheets_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/modules/timesheets/timesheetsdb"
	"github.com/bureauhq/bureau/tenancy"
)

// counter counts statements.
type counter struct{ n atomic.Int64 }

func (c *counter) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.n.Add(1)
	return ctx
}

func (c *counter) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// No list asks the database once a row: with ten times as many entries, weeks and
// members each sends as many statements as before.
func TestNoListAsksOnceARow(t *testing.T) {
	t.Parallel()
	w := setup(t)
	count := &counter{}
	counted := timesheets.New(timesheets.Deps{
		DB: w.Another(t, func(c *tenancy.Config) { c.Tracer = count }).DB, Store: timesheetsdb.Store{}, Projects: w, Services: w, Rates: w, Schedules: w,
		Agency: w, Team: team{w}, Lines: w, Bus: w.Bus, Jobs: w.Queue, Notices: w, Ledgers: w, Now: w.Clock.Now,
	})
	me := w.member()
	fill := func(members, entries int) {
		for range members {
			ctx := w.As(access.Actor{Name: "Somebody"}, timesheets.WriteOwn)
			e := w.log(t, ctx, "2026-03-02", 1)
			sheet := w.sheet(t, ctx, e.SheetID)
			if _, err := w.svc.Submit(ctx, sheet.ID, sheet.Version); err != nil {
				t.Fatal(err)
			}
		}
		for i := range entries {
			w.log(t, me, day.New(2026, 3, 2+i%5).String(), 0.25)
		}
	}
	boss := w.manager()
	lists := map[string]func() (rows int, err error){
		"a week": func() (int, error) {
			g, err := counted.Week(me, "", day.MustParse("2026-03-02"))
			return int(g.Seconds), err
		},
		"entries": func() (int, error) {
			all, err := counted.List(boss, timesheets.Filter{Limit: 200})
			return len(all), err
		},
		"weeks that wait": func() (int, error) {
			all, err := counted.Approvals(boss, timesheets.SheetFilter{Limit: 200}, true)
			return len(all), err
		},
		"totals": func() (int, error) {
			total, _, err := counted.Summary(boss, timesheets.Filter{}, timesheets.ByMember)
			return total.Entries, err
		},
		"an export": func() (int, error) {
			table, err := counted.Export(boss, timesheets.Filter{})
			return len(table.Rows), err
		},
	}
	type cost struct {
		rows       int
		statements int64
	}
	measure := func() map[string]cost {
		out := map[string]cost{}
		for name, read := range lists {
			before := count.n.Load()
			rows, err := read()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			out[name] = cost{rows, count.n.Load() - before}
		}
		return out
	}
	fill(2, 4)
	measure() // connections and what they prepare
	few := measure()
	fill(18, 36)
	for name, many := range measure() {
		if few[name].statements == 0 || many.rows <= few[name].rows {
			t.Errorf("%s: %+v and then %+v: nothing was counted", name, few[name], many)
		}
		if many.statements > few[name].statements {
			t.Errorf("%s: %d statements for %d rows, %d for %d", name, few[name].statements, few[name].rows, many.statements, many.rows)
		}
	}
}
