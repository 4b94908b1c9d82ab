package timesheets

import (
	"context"
	"fmt"
	"slices"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrBadPin refuses a row that is no work, or is there twice.
var ErrBadPin = fault.Define(fault.Invalid, "timesheets.bad_row", "These rows cannot be pinned.")

const maxPins = 50

// Pin keeps the rows that the caller wants in every week, in this order.
func (s *Service) Pin(ctx context.Context, rows []Row) error {
	me := access.From(ctx).MemberID
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := s.checkPins(ctx, tx, rows); err != nil {
			return err
		}
		if err := s.d.Store.SavePins(ctx, tx, me, rows); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "timesheets.rows_pinned", Entity: "member", EntityID: me, After: rows}); err != nil {
			return err
		}
		return s.d.Bus.Publish(ctx, tx, RowsPinned{Member: me})
	})
}

func (s *Service) checkPins(ctx context.Context, tx *tenancy.Tx, rows []Row) error {
	if len(rows) > maxPins {
		return ErrBadPin.At("body.rows", "must not be more than 50")
	}
	var projects, tasks, services []string
	for i, r := range rows {
		if slices.Index(rows, r) < i {
			return ErrBadPin.At(fmt.Sprintf("body.rows.%d", i), "is there twice")
		}
		projects, tasks, services = append(projects, r.ProjectID), append(tasks, nonEmpty(r.TaskID)...), append(services, nonEmpty(r.ServiceID)...)
	}
	if len(rows) == 0 {
		return nil
	}
	works, names, err := s.d.Projects.NamesTx(ctx, tx, distinct(projects), distinct(tasks))
	if err != nil {
		return err
	}
	sold := map[string]Sale{}
	if len(services) > 0 {
		if sold, err = s.d.Services.SalesTx(ctx, tx, distinct(services)); err != nil {
			return err
		}
	}
	for i, r := range rows {
		at := fmt.Sprintf("body.rows.%d.", i)
		switch {
		case works[r.ProjectID].ProjectID == "":
			return ErrBadPin.At(at+"project_id", "is not a project")
		case r.TaskID != "" && !has(names, r.TaskID):
			return ErrBadPin.At(at+"task_id", "is not a task")
		case r.ServiceID != "" && !has(sold, r.ServiceID):
			return ErrBadPin.At(at+"service_id", "is not a service")
		}
	}
	return nil
}

func has[V any](known map[string]V, key string) bool {
	_, ok := known[key]
	return ok
}

// pin puts the pinned rows first, in their order, whether they hold time or not. What is closed shows only where it holds some.
func (g *Grid) pin(rows []Row) {
	place := map[Row]int{}
	for i, r := range rows {
		place[r] = i
	}
	for i := range g.Rows {
		_, g.Rows[i].Pinned = place[g.Rows[i].row()]
	}
	g.Rows = slices.DeleteFunc(g.Rows, func(r GridRow) bool { return r.Pinned && !r.Open && r.Seconds == 0 })
	slices.SortStableFunc(g.Rows, func(a, b GridRow) int {
		switch {
		case a.Pinned && b.Pinned:
			return place[a.row()] - place[b.row()]
		case a.Pinned:
			return -1
		case b.Pinned:
			return 1
		}
		return 0
	})
}

func (r GridRow) row() Row { return Row{r.ProjectID, r.TaskID, r.ServiceID} }
