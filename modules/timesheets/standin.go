package timesheets

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/tenancy"
)

// Govern is what owners and administrators hold: they set who approves, and may take anybody's step.
const Govern access.Permission = "agency.settings.write"

var (
	// ErrBadStandIn refuses somebody who cannot stand in.
	ErrBadStandIn = fault.Define(fault.Invalid, "timesheets.bad_stand_in", "This person cannot stand in.")
	// ErrNoRoute is given where a project is meant that is not there.
	ErrNoRoute = fault.Define(fault.NotFound, "timesheets.no_route_project", "There is no such project.")
	// ErrNoStandIn is given where there is no such arrangement.
	ErrNoStandIn = fault.Define(fault.NotFound, "timesheets.no_stand_in", "There is no such arrangement.")
)

// StandIn decides about time in the place of somebody who is away.
type StandIn struct {
	ID, MemberID, StandInID string
	From, To                day.Date // both included, where the agency is
	CreatedAt               time.Time
	CreatedBy               string
}

const maxStandIn = 366 // days

// StandIns lists the arrangements of today and later: the caller's, or all for who sets who approves.
func (s *Service) StandIns(ctx context.Context) (out []StandIn, err error) {
	a := access.From(ctx)
	member := a.MemberID
	if a.Can(Govern) {
		member = ""
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.readConditions(ctx, tx, false)
		if err != nil {
			return err
		}
		out, err = s.d.Store.StandIns(ctx, tx, member, c.today)
		return err
	})
	return out, err
}

// AddStandIn lets somebody decide in the caller's place on some days; administrators may say it for others.
func (s *Service) AddStandIn(ctx context.Context, in StandIn) (StandIn, error) {
	a := access.From(ctx)
	if in.MemberID == "" {
		in.MemberID = a.MemberID
	}
	if in.MemberID != a.MemberID && !a.Can(Govern) {
		return in, ErrNotYours.At("body.member_id", "is somebody else")
	}
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.readConditions(ctx, tx, false)
		if err != nil {
			return err
		}
		if err := in.check(c.today); err != nil {
			return err
		}
		can, err := s.d.Team.ApproversTx(ctx, tx)
		switch {
		case err != nil:
			return err
		case !slices.Contains(can, in.MemberID):
			return ErrBadStandIn.At("body.member_id", "does not approve time")
		case !slices.Contains(can, in.StandInID):
			return ErrBadStandIn.At("body.stand_in_id", "may not approve time: that comes with their role")
		}
		in.ID, in.CreatedAt, in.CreatedBy = id.New(), s.d.Now().UTC(), a.MemberID
		if err := s.d.Store.AddStandIn(ctx, tx, in); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "timesheets.stand_in_added", Entity: "stand_in", EntityID: in.ID, After: standInRecord(in)}); err != nil {
			return err
		}
		return s.d.Bus.Publish(ctx, tx, RoutesChanged{Member: in.MemberID})
	})
	return in, err
}

func (in StandIn) check(today day.Date) error {
	switch {
	case in.StandInID == in.MemberID:
		return ErrBadStandIn.At("body.stand_in_id", "is the person itself")
	case in.To.Before(in.From):
		return ErrBadStandIn.At("body.last_day", "must not be before the first day")
	case in.To.Before(today):
		return ErrBadStandIn.At("body.last_day", "is over")
	case in.To.Sub(in.From) >= maxStandIn:
		return ErrBadStandIn.At("body.last_day", "must be within a year of the first day")
	}
	return nil
}

// RemoveStandIn ends an arrangement. What was decided by it stays.
func (s *Service) RemoveStandIn(ctx context.Context, standInID string) error {
	a := access.From(ctx)
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		in, err := s.d.Store.RemoveStandIn(ctx, tx, standInID)
		if err != nil {
			return err
		}
		if in.MemberID != a.MemberID && !a.Can(Govern) {
			return ErrNoStandIn
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "timesheets.stand_in_removed", Entity: "stand_in", EntityID: in.ID, Before: standInRecord(in)}); err != nil {
			return err
		}
		return s.d.Bus.Publish(ctx, tx, RoutesChanged{Member: in.MemberID})
	})
}

type standIn struct {
	Member  string   `json:"member_id"`
	StandIn string   `json:"stand_in_id"`
	From    day.Date `json:"from"`
	To      day.Date `json:"to"`
}

func standInRecord(in StandIn) standIn { return standIn{in.MemberID, in.StandInID, in.From, in.To} }

// ProjectRoutes lists the projects whose time is approved by a route of their own.
func (s *Service) ProjectRoutes(ctx context.Context) (out map[string]Route, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.ProjectRoutes(ctx, tx)
		return err
	})
	return out, err
}

// SetProjectRoute gives a project a route of its own, or with none that of the agency again. What was handed in keeps its steps.
func (s *Service) SetProjectRoute(ctx context.Context, projectID string, r Route) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if _, err := s.d.Projects.WorkTx(ctx, tx, projectID, ""); errors.Is(err, ErrNoProject) {
			return ErrNoRoute.Because(err)
		} else if err != nil {
			return err
		}
		all, err := s.d.Store.ProjectRoutes(ctx, tx)
		if err != nil || all[projectID] == r {
			return err
		}
		if err := s.d.Store.SetProjectRoute(ctx, tx, projectID, r); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{
			Action: "timesheets.project_route_changed", Entity: "project", EntityID: projectID, Before: routeRecord{all[projectID]}, After: routeRecord{r},
		}); err != nil {
			return err
		}
		return s.d.Bus.Publish(ctx, tx, RoutesChanged{Project: projectID})
	})
}

type routeRecord struct {
	Route Route `json:"approval_route,omitempty"`
}
