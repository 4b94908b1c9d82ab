package app

import (
	"github.com/bureauhq/bureau/modules/planning"
	"github.com/bureauhq/bureau/modules/planning/planningdb"
)

func (a *App) wirePlanning() {
	s := &a.Services
	s.Planning = planning.New(planning.Deps{
		DB: a.DB, Store: planningdb.Store{}, Projects: s.Projects, Works: workplaces{s.Projects, s.Clients}, People: s.People, Members: members{s.Identity}, Time: s.Timesheets, Events: a.Bus, Now: a.cfg.Now,
	})
	s.Timesheets.SuggestFrom(s.Planning)
}
