package projects

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/tenancy"
)

// lookAtBudgets finds out which levels a project has crossed.
type lookAtBudgets struct {
	Project string `json:"project"`
}

// Kind is the job's stable name.
func (lookAtBudgets) Kind() string { return "projects.look_at_budgets" }

// tellBudget writes to one member that a level was crossed.
type tellBudget struct {
	Alert   string `json:"alert"`
	Project string `json:"project"`
	Member  string `json:"member"`
	Of      string `json:"of"` // what the budget is for
	Unit    Unit   `json:"unit"`
	Level   int    `json:"level"`
	Stopped bool   `json:"stopped"`
	// Personal is the budget of one person: others go on.
	Personal bool `json:"personal,omitempty"`
}

// Kind is the job's stable name.
func (tellBudget) Kind() string { return "projects.tell_budget" }

// Tries says how often it is tried, and Addressee whom it goes to.
func (tellBudget) Tries() int          { return job.TwoDays }
func (j tellBudget) Addressee() string { return j.Member }

// RegisterJobs says how the work is done that comes later.
func RegisterJobs(r *job.Registry, s *Service) {
	job.Handle(r, s.lookAtBudgets)
	job.HandleLetter(r, s.tellBudget)
}

// CountedTx is told, by the transaction that does it, that time of projects was
// changed. Their budgets are looked at afterwards, so that nobody waits for it.
func (s *Service) CountedTx(ctx context.Context, tx *tenancy.Tx, projectIDs []string) error {
	watched, err := s.d.Store.Watched(ctx, tx, projectIDs)
	if err != nil || len(watched) == 0 {
		return err
	}
	looks := make([]job.Args, len(watched))
	for i, p := range watched {
		looks[i] = lookAtBudgets{p}
	}
	return s.d.Jobs.Enqueue(ctx, tx, looks...)
}

// lookAtBudgets tells of every level that was crossed upwards, once, by the
// highest of them. What has fallen below a level is told again when it comes back.
func (s *Service) lookAtBudgets(ctx context.Context, j lookAtBudgets) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		limits, err := s.d.Store.HoldLimits(ctx, tx, j.Project)
		if err != nil {
			return err
		}
		now, err := s.standing(ctx, tx, limits, noDay, noDay)
		if err != nil {
			return err
		}
		for _, st := range now {
			level := st.Level()
			if level == st.Told {
				continue
			}
			if err := s.d.Store.SetTold(ctx, tx, st.ID, level); err != nil {
				return err
			}
			if level > st.Told {
				if err := s.alert(ctx, tx, st, level); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func (s *Service) alert(ctx context.Context, tx *tenancy.Tx, st Standing, level int) error {
	p, err := s.d.Store.ByID(ctx, tx, st.ProjectID)
	if err != nil {
		return err
	}
	of := p.Code + " " + p.Name
	if st.TaskID != "" {
		t, err := s.d.Store.TaskByID(ctx, tx, st.TaskID)
		if err != nil {
			return err
		}
		of += " · " + t.Name
	}
	if st.MemberID != "" {
		names, err := s.d.Members.NamesTx(ctx, tx, []string{st.MemberID})
		if err != nil {
			return err
		}
		of += " · " + cmp.Or(names[st.MemberID], "somebody who has left")
	}
	alertID, now := id.New(), s.now()
	var crossed []int
	for _, a := range st.Alerts {
		if a > st.Told && a <= level {
			crossed = append(crossed, a)
		}
	}
	if err := s.d.Store.AddAlerts(ctx, tx, alertID, st.ID, crossed, now); err != nil {
		return err
	}
	if err := s.d.Events.Publish(ctx, tx, BudgetReached{ProjectRef: refOf(p), Budget: st.ID, Of: of, Level: level}); err != nil {
		return err
	}
	var letters []job.Args
	for _, m := range []string{p.ManagerID, st.CreatedBy} {
		if m != "" && !slices.ContainsFunc(letters, func(l job.Args) bool { return l.(tellBudget).Member == m }) {
			letters = append(letters, tellBudget{Alert: alertID, Project: p.ID, Member: m, Of: of, Unit: st.Unit, Level: level, Stopped: st.Stopped(), Personal: st.MemberID != ""})
		}
	}
	return s.d.Jobs.Enqueue(ctx, tx, letters...)
}

func (s *Service) tellBudget(ctx context.Context, j tellBudget) error {
	said := fmt.Sprintf("%d %% of the budget in %s for %s is used.", j.Level, j.Unit, j.Of)
	after := "What is left, and when it will run out if it goes on like this, is on the project's page."
	if j.Stopped {
		after = "It has a hard stop: no timer starts on it and no time is added until there is more."
		if j.Personal {
			after = "It has a hard stop: this person starts no timer on it and adds no time until there is more."
		}
	}
	return s.d.Notices.Tell(ctx, Notice{
		Key: "budget-" + j.Alert + "-" + j.Member, MemberID: j.Member, Subject: fmt.Sprintf("%s: %d %% of the budget", j.Of, j.Level),
		Paragraphs: []string{said, after}, Action: "Look at the budget", Path: "/projects/" + j.Project + "?tab=budget",
	})
}
