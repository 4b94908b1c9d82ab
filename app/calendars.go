package app

import (
	"context"
	"errors"

	"github.com/bureauhq/bureau/modules/calendars"
	"github.com/bureauhq/bureau/modules/calendars/calendarsdb"
	"github.com/bureauhq/bureau/modules/calendars/calendarsfeed"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
)

func (a *App) wireCalendars() (err error) {
	s := &a.Services
	feeds := a.cfg.Calendars
	if feeds == nil {
		feeds = calendarsfeed.New(a.cfg.Dev)
	}
	s.Calendars, err = calendars.New(calendars.Deps{
		DB: a.DB, Store: calendarsdb.Store{}, Feeds: feeds, People: owned{s}, Time: s.Timesheets, Works: workplaces{s.Projects, s.Clients}, Agency: whereabouts{s.Agency},
		Bus: a.Bus, Jobs: a.Queue, Secret: a.cfg.Secret, Now: a.cfg.Now,
	})
	if err == nil {
		calendars.RegisterJobs(a.Jobs, s.Calendars)
		s.Timesheets.SuggestFrom(s.Calendars)
	}
	return err
}

// owned answers calendars.People: whose calendars there are.
type owned struct{ s *Services }

func (o owned) PersonTx(ctx context.Context, tx *tenancy.Tx, memberID string) (calendars.Person, error) {
	m, err := o.s.Identity.MemberTx(ctx, tx, memberID)
	if errors.Is(err, identity.ErrMemberNotFound) {
		return calendars.Person{}, nil
	}
	return calendars.Person{Email: m.Email, Active: m.State == identity.Active}, err
}
