package retainers_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/modules/retainers"
	"github.com/bureauhq/bureau/tenancy"
)

func (w *world) CreateTaskTx(_ context.Context, tx *tenancy.Tx, n projects.NewTask) (projects.Task, error) {
	if w.state == projects.Archived {
		return projects.Task{}, projects.ErrArchived
	}
	t := projects.Task{ID: id.New(), ProjectID: n.ProjectID, Name: n.Name, Estimate: n.Estimate, DueOn: n.DueOn}
	tx.AfterCommit(func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.tasks = append(w.tasks, fmt.Sprint(t.Name, " ", t.DueOn))
	})
	return t, nil
}

// Each period brings its tasks once, the first included; a change holds for the next one.
func TestRenewalsBringTheirTasksOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.support()
	d.StartsOn, d.GraceDays = day.New(2026, 2, 1), 5
	r := w.create(t, d)
	hour := int64(3600)
	plan := retainers.TaskPlan{RetainerID: r.ID, ProjectID: w.project, Items: []retainers.PlannedTask{{Name: "Report", DueDay: 31, Estimate: &hour}, {Name: "Updates", DueDay: 5}}}
	plan, err := w.svc.SaveTaskPlan(w.Ctx, plan)
	must(t, err)
	for range 2 {
		w.Work(t)
	}
	want := []string{"Report 2026-03-31", "Updates 2026-03-05"} // February is over
	has := func() {
		t.Helper()
		w.mu.Lock()
		defer w.mu.Unlock()
		if !slices.Equal(w.tasks, want) {
			t.Errorf("tasks %q, want %q", w.tasks, want)
		}
	}
	has()

	plan.Items = plan.Items[:1]
	plan, err = w.svc.SaveTaskPlan(w.Ctx, plan)
	must(t, err)
	w.Work(t)
	has() // March keeps what it has
	w.Clock.Set(time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC))
	for range 3 {
		w.Work(t)
	}
	want = append(want, "Report 2026-04-30")
	has()

	// A project that is put away makes none, and says so, until somebody asks again: many at once make one.
	w.state = projects.Archived
	w.Clock.Set(time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC))
	w.Work(t)
	has()
	_, made, err := w.svc.TaskPlan(w.Ctx, r.ID)
	must(t, err)
	if len(made) != 3 || made[0].Note == "" || len(made[0].TaskIDs) != 0 || len(made[2].TaskIDs) != 2 {
		t.Fatalf("made %+v", made)
	}
	w.state = projects.Completed
	if _, err := w.svc.MakeTasks(w.Ctx, made[0].PeriodID); !errors.Is(err, retainers.ErrProjectDone) {
		t.Errorf("in a completed project: %v", err)
	}
	w.state = projects.Active
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if _, err := w.svc.MakeTasks(w.Ctx, made[0].PeriodID); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	want = append(want, "Report 2026-05-31")
	has()
	if _, made, err = w.svc.TaskPlan(w.Ctx, r.ID); err != nil || made[0].Note != "" || len(made[0].TaskIDs) != 1 {
		t.Errorf("made after all: %+v, %v", made[0], err)
	}
	if _, err := w.svc.MakeTasks(w.Ctx, w.periods(t, r.ID)[0].ID); !errors.Is(err, retainers.ErrPeriodOver) {
		t.Errorf("of a period that is over: %v", err)
	}

	for field, p := range map[string]retainers.TaskPlan{
		"body.project_id":           {RetainerID: r.ID, Version: plan.Version},
		"body.items[0].name":        {RetainerID: r.ID, Version: plan.Version, ProjectID: w.project, Items: []retainers.PlannedTask{{Name: " "}}},
		"body.items[0].due_day":     {RetainerID: r.ID, Version: plan.Version, ProjectID: w.project, Items: []retainers.PlannedTask{{Name: "A", DueDay: 367}}},
		"body.items[1].assignee_id": {RetainerID: r.ID, Version: plan.Version, ProjectID: w.project, Items: []retainers.PlannedTask{{Name: "A"}, {Name: "B", AssigneeID: id.New()}}},
		"body.items":                {RetainerID: r.ID, Version: plan.Version, ProjectID: w.project, Items: slices.Repeat([]retainers.PlannedTask{{Name: "A"}}, 51)},
	} {
		_, err := w.svc.SaveTaskPlan(w.Ctx, p)
		if f := fault.From(err); !errors.Is(err, retainers.ErrBadTasks) || len(f.Fields) != 1 || f.Fields[0].Path != field {
			t.Errorf("%s: %v at %+v", field, err, f.Fields)
		}
	}
	plan.Version--
	if _, err := w.svc.SaveTaskPlan(w.Ctx, plan); !errors.Is(err, retainers.ErrStale) {
		t.Errorf("an old version: %v", err)
	}
}
