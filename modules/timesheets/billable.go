package timesheets

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// SetBillable is what one needs to say whether time is billable, where the agency does not let all who log it.
const SetBillable access.Permission = "timesheets.entries.set_billable"

// ErrBillableNotYours refuses another answer than that of the work, from those who may not give one.
var ErrBillableNotYours = fault.Define(fault.Forbidden, "timesheets.billable_not_yours", "You may not say whether time is billable. Its project, task and service do.").
	At("body.billable", "is not yours to decide: the project, task and service do")

// MaySetBillableTx tells whether the caller may say that time is billable or not.
func (s *Service) MaySetBillableTx(ctx context.Context, tx *tenancy.Tx) (bool, error) {
	settings, err := s.d.Store.Settings(ctx, tx, false)
	return conditions{settings: settings}.setsBillable(ctx), err
}

func (c conditions) setsBillable(ctx context.Context) bool {
	return c.settings.MembersSetBillable || access.From(ctx).Can(SetBillable)
}

// billable returns what was said, or else what there is otherwise.
func (c conditions) billable(ctx context.Context, said *bool, otherwise bool) (bool, error) {
	if said == nil || *said == otherwise {
		return otherwise, nil
	}
	if !c.setsBillable(ctx) {
		return otherwise, ErrBillableNotYours
	}
	return *said, nil
}

// kept is a value that somebody chose before, as long as the caller may choose one: nil lets the work decide.
func (c conditions) kept(ctx context.Context, billable bool) *bool {
	if !c.setsBillable(ctx) {
		return nil
	}
	return &billable
}

// billableAgain decides what a changed entry is. It stays what it is; only for those who may not say so its work decides, where that became another.
func (s *Service) billableAgain(ctx context.Context, tx *tenancy.Tx, c conditions, before Entry, e *Entry, said *bool) (err error) {
	if !c.setsBillable(ctx) && !e.sameWork(before) {
		says, err := s.workSays(ctx, tx, []Entry{*e})
		if err != nil {
			return err
		}
		e.Billable = says[0]
	}
	e.Billable, err = c.billable(ctx, said, e.Billable)
	return err
}

func (e Entry) sameWork(o Entry) bool {
	return e.ProjectID == o.ProjectID && e.TaskID == o.TaskID && e.ServiceID == o.ServiceID
}

// workSays tells of each entry whether its project, task and service make it billable. It asks as often for many as for one.
func (s *Service) workSays(ctx context.Context, tx *tenancy.Tx, entries []Entry) ([]bool, error) {
	var services []string
	rows := make([]Row, len(entries))
	for i, e := range entries {
		rows[i] = Row{e.ProjectID, e.TaskID, e.ServiceID}
		services = append(services, nonEmpty(e.ServiceID)...)
	}
	out, err := s.d.Projects.BillableTx(ctx, tx, rows)
	if err != nil || len(services) == 0 {
		return out, err
	}
	sold, err := s.d.Services.SalesTx(ctx, tx, distinct(services))
	if err != nil {
		return nil, err
	}
	for i, r := range rows {
		if sale, there := sold[r.ServiceID]; there {
			out[i] = out[i] && sale.Billable
		}
	}
	return out, nil
}

// billable does for many entries what billableAgain does for one.
func (p *bulkPlan) billable(ctx context.Context, tx *tenancy.Tx, said *bool) error {
	if p.c.setsBillable(ctx) {
		return nil
	}
	var moved []*bulkLine
	var entries []Entry
	for _, l := range p.lines {
		l.after.Billable = l.before.Billable
		if !l.after.sameWork(l.before) {
			moved, entries = append(moved, l), append(entries, l.after)
		}
	}
	if len(moved) > 0 {
		says, err := p.s.workSays(ctx, tx, entries)
		if err != nil {
			return err
		}
		for i, l := range moved {
			l.after.Billable = says[i]
		}
	}
	for _, l := range p.lines {
		if _, err := p.c.billable(ctx, said, l.after.Billable); err != nil {
			return inChange(err)
		}
	}
	return nil
}
