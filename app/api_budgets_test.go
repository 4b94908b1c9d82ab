package app_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

type budgetAnswer struct {
	ID            string
	Unit          string
	TaskID        *string `json:"task_id"`
	Phase         bool
	Hours         *string
	UsedSeconds   *int64 `json:"used_seconds"`
	LeftSeconds   *int64 `json:"left_seconds"`
	WeeklySeconds *int64 `json:"weekly_seconds"`
	Money         *struct{ Budget, Used, Left *amount }
	Percent       *int
	Level         int
	Stopped       bool
	RunsOutOn     *string `json:"runs_out_on"`
	HardStop      bool    `json:"hard_stop"`
	Alerts        []int
	Reached       []struct{ Level int }
	Version       int
}

func budgetsOf(t *testing.T, c *apptest.Client, project string) []budgetAnswer {
	t.Helper()
	var out struct{ Items []budgetAnswer }
	c.GET(t, "/api/v1/projects/"+project+"/budgets").Expect(t, http.StatusOK).JSON(t, &out)
	return out.Items
}

func addBudget(t *testing.T, c *apptest.Client, project string, body map[string]any) (b budgetAnswer) {
	t.Helper()
	c.POST(t, "/api/v1/projects/"+project+"/budgets", body).Expect(t, http.StatusCreated).JSON(t, &b)
	return b
}

func work(project string, on day.Date, hours float64, more ...any) map[string]any {
	out := map[string]any{"project_id": project, "day": on.String(), "seconds": int64(hours * 3600), "billable": true}
	for i := 0; i+1 < len(more); i += 2 {
		out[more[i].(string)] = more[i+1]
	}
	return out
}

const usedUp = "projects.budget_used_up"

// Every door refuses to begin or to add what a hard stop has no room for; stopping is never refused.
func TestRule54AHardStopBlocksAddingNeverStopping(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project, other := newProject(t, env), newProject(t, env)
	owner, member := env.As(t, "owner"), env.As(t, "member")
	monday := day.MustParse(thisMonday()).AddDays(-7)
	b := addBudget(t, owner, project, map[string]any{"unit": "hours", "hours": "4", "hard_stop": true})

	member.POST(t, "/api/v1/timer/start", map[string]any{"project_id": project}).Expect(t, http.StatusOK)
	var first, moved entryAnswer
	member.POST(t, "/api/v1/time-entries", work(project, monday, 3.5)).Expect(t, http.StatusCreated).JSON(t, &first)
	member.POST(t, "/api/v1/time-entries", work(other, monday, 1)).Expect(t, http.StatusCreated).JSON(t, &moved)

	// By hand, one that fits exactly and one that does not; in the grid; longer; moved from elsewhere; by somebody else.
	p := member.POST(t, "/api/v1/time-entries", work(project, monday, 1)).Refused(t, http.StatusConflict, usedUp, "body.project_id")
	if !strings.Contains(p.Detail, "4 hours") || !strings.Contains(p.Detail, "4.5") {
		t.Errorf("it says %q", p.Detail)
	}
	cell := map[string]any{"day": monday.AddDays(1).String(), "project_id": project, "seconds": 3600}
	member.PUT(t, "/api/v1/timesheets/grid", cell).Refused(t, http.StatusConflict, usedUp)
	member.PATCH(t, "/api/v1/time-entries/"+first.ID, etag(first.Version), map[string]any{"seconds": 5 * 3600}).Refused(t, http.StatusConflict, usedUp)
	member.PATCH(t, "/api/v1/time-entries/"+moved.ID, etag(moved.Version), map[string]any{"project_id": project}).Refused(t, http.StatusConflict, usedUp)
	bulk := map[string]any{"entry_ids": []string{moved.ID}, "change": map[string]any{"project_id": project}}
	member.POST(t, "/api/v1/time-entries/bulk", bulk).Refused(t, http.StatusConflict, usedUp, "body.change.project_id")
	owner.POST(t, "/api/v1/time-entries", work(project, monday, 1, "member_id", member.Member.ID)).Refused(t, http.StatusConflict, usedUp)
	owner.POST(t, "/api/v1/time-entries", work(project, monday, 0.5)).Expect(t, http.StatusCreated)

	// It is full now: the timer that runs stops all the same, and none starts.
	var stopped entryAnswer
	member.POST(t, "/api/v1/timer/stop", map[string]any{}).Expect(t, http.StatusOK).JSON(t, &stopped)
	member.POST(t, "/api/v1/timer/start", map[string]any{"project_id": project}).Refused(t, http.StatusConflict, usedUp, "body.project_id")
	member.POST(t, "/api/v1/timer/start", map[string]any{"project_id": other}).Expect(t, http.StatusOK)
	member.Do(t, http.MethodPatch, "/api/v1/timer", map[string]any{"project_id": project}).Refused(t, http.StatusConflict, usedUp)
	member.POST(t, "/api/v1/timer/discard", nil).Expect(t, http.StatusNoContent)
	member.POST(t, "/api/v1/timesheets/copy-last-week", map[string]any{"week": monday.AddDays(7).String(), "hours": true}).Refused(t, http.StatusConflict, usedUp)

	// What is over may be made less, and is over still.
	if got := budgetsOf(t, owner, project)[0]; !got.Stopped || *got.LeftSeconds >= 0 || got.Level != 100 {
		t.Errorf("used up: %+v", got)
	}
	member.PATCH(t, "/api/v1/time-entries/"+first.ID, etag(first.Version), map[string]any{"note": "what it was"}).Expect(t, http.StatusOK).JSON(t, &first)
	owner.With("If-Match", etag(b.Version)).PUT(t, "/api/v1/budgets/"+b.ID, map[string]any{"hours": "6", "hard_stop": true}).Expect(t, http.StatusOK)
	member.POST(t, "/api/v1/time-entries", work(project, monday, 1)).Expect(t, http.StatusCreated)
}

// An entry with no price does not consume a budget in money (kimai/kimai#6015), and an unbillable one does not either.
func TestRule54TimeWithoutAPriceTakesNoMoney(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	owner, member := env.As(t, "owner"), env.As(t, "member")
	on := day.MustParse(thisMonday())
	addBudget(t, owner, project, map[string]any{"unit": "money", "money": map[string]any{"amount": "100.00", "currency": "USD"}, "hard_stop": true})
	var card struct{ ID string }
	owner.POST(t, "/api/v1/rate-cards", map[string]any{"name": "Standard", "level": "agency", "currency": "USD"}).Expect(t, http.StatusCreated).JSON(t, &card)
	owner.POST(t, "/api/v1/rate-cards/"+card.ID+"/rates", map[string]any{"kind": "member", "target_id": owner.Member.ID, "per_hour": "100", "valid_from": "2020-01-01"}).Expect(t, http.StatusCreated)

	owner.POST(t, "/api/v1/time-entries", work(project, on, 1)).Expect(t, http.StatusCreated)
	p := owner.POST(t, "/api/v1/time-entries", work(project, on, 0.01)).Refused(t, http.StatusConflict, usedUp)
	if strings.Contains(p.Detail, "100") {
		t.Errorf("it tells an amount: %q", p.Detail)
	}
	owner.POST(t, "/api/v1/timer/start", map[string]any{"project_id": project}).Refused(t, http.StatusConflict, usedUp)
	member.POST(t, "/api/v1/time-entries", work(project, on, 2)).Expect(t, http.StatusCreated)
	owner.POST(t, "/api/v1/time-entries", work(project, on, 1, "billable", false)).Expect(t, http.StatusCreated)
	member.POST(t, "/api/v1/timer/start", map[string]any{"project_id": project}).Expect(t, http.StatusOK)
	owner.POST(t, "/api/v1/timer/start", map[string]any{"project_id": project, "billable": false}).Expect(t, http.StatusOK)
	if b := budgetsOf(t, owner, project)[0]; b.Money.Used.Amount != "100.00" || b.Money.Left.Amount != "0.00" || !b.Stopped {
		t.Errorf("%+v", b)
	}
	if got := budgetsOf(t, member, project); len(got) != 0 {
		t.Errorf("a member sees money: %+v", got)
	}
}

// Many who write at once cannot use more together than there is.
func TestRule54HoldsWithManyWritersAtOnce(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	owner := env.As(t, "owner")
	addBudget(t, owner, project, map[string]any{"unit": "hours", "hours": "5", "hard_stop": true})
	writers := []*apptest.Client{owner, env.As(t, "admin"), env.As(t, "manager"), env.As(t, "member"), env.As(t, "finance")}
	var wg sync.WaitGroup
	kept := make([]int, len(writers))
	for i, c := range writers {
		wg.Go(func() {
			for n := range 4 {
				if c.POST(t, "/api/v1/time-entries", work(project, day.MustParse(thisMonday()).AddDays(-1-n), 0.75)).Status == http.StatusCreated {
					kept[i]++
				}
			}
		})
	}
	wg.Wait()
	sum := 0
	for _, n := range kept {
		sum += n
	}
	if b := budgetsOf(t, owner, project)[0]; sum != 6 || *b.UsedSeconds != 6*2700 { // 4.5 of 5 hours: a seventh would be 5.25
		t.Errorf("%d were kept, %d s", sum, *b.UsedSeconds)
	}
}

// What a budget counts is said with it, and the project's figures say the same.
func TestRule48ABudgetSaysWhatItCounts(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	owner, member := env.As(t, "owner"), env.As(t, "member")
	on := day.MustParse(thisMonday())
	var phase, task struct{ ID string }
	owner.POST(t, "/api/v1/tasks", map[string]any{"project_id": project, "name": "Design"}).Expect(t, http.StatusCreated).JSON(t, &phase)
	owner.POST(t, "/api/v1/tasks", map[string]any{"project_id": project, "name": "Sketches", "parent_id": phase.ID}).Expect(t, http.StatusCreated).JSON(t, &task)
	owner.POST(t, "/api/v1/time-entries", work(project, on, 2)).Expect(t, http.StatusCreated)
	owner.POST(t, "/api/v1/time-entries", work(project, on, 1, "task_id", phase.ID, "billable", false)).Expect(t, http.StatusCreated)
	member.POST(t, "/api/v1/time-entries", work(project, on, 3, "task_id", task.ID)).Expect(t, http.StatusCreated)

	for _, c := range []struct {
		body map[string]any
		used int64
	}{
		{map[string]any{"unit": "hours", "hours": "10"}, 6},
		{map[string]any{"unit": "hours", "hours": "10", "task_id": phase.ID}, 4},
		{map[string]any{"unit": "hours", "hours": "10", "task_id": task.ID}, 3},
		{map[string]any{"unit": "hours", "hours": "10", "member_id": member.Member.ID}, 3},
		{map[string]any{"unit": "hours", "hours": "10", "member_id": owner.Member.ID, "task_id": phase.ID}, 1},
		{map[string]any{"unit": "hours", "hours": "10", "member_id": owner.Member.ID, "billable_only": true}, 2},
		{map[string]any{"unit": "hours", "hours": "10", "member_id": env.As(t, "manager").Member.ID, "approved_only": true}, 0},
	} {
		b := addBudget(t, owner, project, c.body)
		if *b.UsedSeconds != c.used*3600 || *b.LeftSeconds != (10-c.used)*3600 || b.Phase != (b.TaskID != nil && *b.TaskID == phase.ID) {
			t.Errorf("%v: %+v", c.body, b)
		}
	}
	// A member sees hours, and of people only their own.
	if got := budgetsOf(t, member, project); len(got) != 4 {
		t.Errorf("a member sees %d budgets", len(got))
	}
	all := budgetsOf(t, owner, project)
	own := all[0]
	used := func() (out struct {
		Budget struct {
			UsedSeconds int64 `json:"used_seconds"`
			Percent     int
			Hours       string
		}
		Version int
	},
	) {
		owner.GET(t, "/api/v1/projects/"+project).Expect(t, http.StatusOK).JSON(t, &out)
		return out
	}
	if u := used(); u.Budget.UsedSeconds != 6*3600 || u.Budget.Percent != 60 || u.Budget.Hours != "10" {
		t.Errorf("the project says %+v", u)
	}
	owner.With("If-Match", etag(own.Version)).PUT(t, "/api/v1/budgets/"+own.ID, map[string]any{"hours": "20", "billable_only": true}).Expect(t, http.StatusOK)
	u := used()
	if u.Budget.UsedSeconds != 5*3600 || u.Budget.Percent != 25 || u.Budget.Hours != "20" {
		t.Errorf("billable only, the project says %+v", u)
	}
	// The project's own form and the budget are one.
	owner.PATCH(t, "/api/v1/projects/"+project, etag(u.Version), map[string]any{"budget_hours": "8"}).Expect(t, http.StatusOK).JSON(t, &u)
	if b := budgetsOf(t, owner, project)[0]; *b.Hours != "8" || *b.Percent != 63 {
		t.Errorf("after the project's form: %+v", b)
	}
	owner.DELETE(t, "/api/v1/budgets/"+own.ID).Expect(t, http.StatusNoContent)
	if got := budgetsOf(t, owner, project); len(got) != len(all)-1 {
		t.Errorf("%d budgets are left of %d", len(got), len(all))
	}
}

func TestBadBudgetsAreRefusedAtTheirField(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project, other := newProject(t, env), newProject(t, env)
	owner, member := env.As(t, "owner"), env.As(t, "member")
	var elsewhere struct{ ID string }
	owner.POST(t, "/api/v1/tasks", map[string]any{"project_id": other, "name": "Design"}).Expect(t, http.StatusCreated).JSON(t, &elsewhere)
	path := "/api/v1/projects/" + project + "/budgets"
	for field, body := range map[string]map[string]any{
		"body.hours":        {"unit": "hours"},
		"body.money.amount": {"unit": "money", "money": map[string]any{"amount": "0", "currency": "EUR"}},
		"body.alerts":       {"unit": "hours", "hours": "1", "alerts": []int{50, 50}},
		"body.hard_stop":    {"unit": "hours", "hours": "1", "hard_stop": true, "approved_only": true},
		"body.task_id":      {"unit": "hours", "hours": "1", "task_id": elsewhere.ID},
		"body.member_id":    {"unit": "hours", "hours": "1", "member_id": elsewhere.ID},
	} {
		p := owner.POST(t, path, body).Refused(t, http.StatusUnprocessableEntity, "projects.invalid")
		if !strings.Contains(fmt.Sprint(p.Errors), field) {
			t.Errorf("%s: %+v", field, p.Errors)
		}
	}
	b := addBudget(t, owner, project, map[string]any{"unit": "hours", "hours": "1"})
	owner.POST(t, path, map[string]any{"unit": "hours", "hours": "2"}).Refused(t, http.StatusConflict, "projects.budget_taken", "body.unit")
	owner.With("If-Match", etag(b.Version+1)).PUT(t, "/api/v1/budgets/"+b.ID, map[string]any{"hours": "3"}).Refused(t, http.StatusPreconditionFailed, "request.stale")
	member.POST(t, path, map[string]any{"unit": "hours", "hours": "2"}).Refused(t, http.StatusForbidden, "access.forbidden")
	owner.POST(t, "/api/v1/projects/"+project+"/archive", nil).Expect(t, http.StatusOK)
	owner.With("If-Match", etag(b.Version)).PUT(t, "/api/v1/budgets/"+b.ID, map[string]any{"hours": "3"}).Refused(t, http.StatusConflict, "projects.archived")
}

// Each level is told once a crossing, by letter and in the project's timeline; what fell below is told again.
func TestBudgetAlerts(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	owner, member := env.As(t, "owner"), env.As(t, "member")
	on := day.MustParse(thisMonday())
	addBudget(t, owner, project, map[string]any{"unit": "hours", "hours": "10"})
	letters := func() int { return len(env.Mails.To(owner.Member.Email)) }
	type event struct{ Name, Label string }
	reached := func() (out []string) {
		var tl struct{ Items []event }
		owner.GET(t, "/api/v1/projects/"+project+"/timeline?limit=100").Expect(t, http.StatusOK).JSON(t, &tl)
		for _, e := range tl.Items {
			if e.Name == "projects.budget_reached.v1" {
				words := strings.Fields(e.Label)
				out = append(out, words[len(words)-2])
			}
		}
		return out
	}
	var e entryAnswer
	log := func(hours float64) {
		t.Helper()
		member.POST(t, "/api/v1/time-entries", work(project, on, hours)).Expect(t, http.StatusCreated).JSON(t, &e)
	}
	log(4.99)
	log(0.01)
	within(t, "50 % is told", func() bool { return letters() == 1 })
	log(2.4) // 7.4: nothing
	log(2.0) // 9.4: past 75 and 90 at once, one letter about 90
	within(t, "90 % is told", func() bool { return letters() == 2 })
	member.DELETE(t, "/api/v1/time-entries/"+e.ID).Expect(t, http.StatusNoContent)
	within(t, "it has fallen", func() bool { return budgetsOf(t, owner, project)[0].Level == 50 && told(t, env, project) == 50 })
	log(0.2) // 7.6
	within(t, "75 % is told", func() bool { return letters() == 3 })
	log(2.5)
	within(t, "100 % is told", func() bool { return letters() == 4 })
	b := budgetsOf(t, owner, project)[0]
	if len(b.Reached) != 4 || b.Level != 100 || b.Stopped {
		t.Errorf("%+v", b)
	}
	if got := fmt.Sprint(reached()); got != "[100 75 90 50]" {
		t.Errorf("the timeline says %s", got)
	}
	// The budget of one person says whose it is: others go on.
	addBudget(t, owner, project, map[string]any{"unit": "hours", "hours": "10.5", "member_id": member.Member.ID, "alerts": []int{100}, "hard_stop": true})
	log(0.4)
	within(t, "a person's 100 % is told", func() bool { return letters() == 5 })
	last := env.Mails.To(owner.Member.Email)[4]
	if !strings.HasSuffix(last.Subject, " · "+member.Member.Name+": 100 % of the budget") || !strings.Contains(last.Text, "this person starts no timer") {
		t.Errorf("the letter about a person's budget says %q: %s", last.Subject, last.Text)
	}
	p := member.POST(t, "/api/v1/timer/start", map[string]any{"project_id": project}).Refused(t, http.StatusConflict, "projects.budget_used_up", "body.project_id")
	if !strings.HasSuffix(p.Detail, " is 10.5 hours and has a hard stop. All of it is used.") {
		t.Errorf("a timer is refused with %q", p.Detail)
	}
	for _, m := range env.Mails.To(owner.Member.Email) {
		if !strings.Contains(m.Subject, "%") || strings.Contains(m.Text, "USD") {
			t.Errorf("the letter says %q: %s", m.Subject, m.Text)
		}
	}
}

// told is the level that was told of the project's one budget.
func told(t *testing.T, env *apptest.Env, project string) (level int) {
	t.Helper()
	err := env.App.DB.Read(env.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return tx.PGX().QueryRow(ctx, `SELECT told FROM budgets WHERE project_id = $1`, project).Scan(&level)
	})
	if err != nil {
		t.Fatal(err)
	}
	return level
}

// The figures of docs/guide/budgets.md.
func TestGuideToBudgets(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	owner, ada, ben := env.As(t, "owner"), env.As(t, "member"), env.As(t, "manager")
	today := day.Of(time.Now(), time.UTC)
	var design struct{ ID string }
	owner.POST(t, "/api/v1/tasks", map[string]any{"project_id": project, "name": "Design"}).Expect(t, http.StatusCreated).JSON(t, &design)
	owner.POST(t, "/api/v1/tasks", map[string]any{"project_id": project, "name": "Sketches", "parent_id": design.ID}).Expect(t, http.StatusCreated)
	addBudget(t, owner, project, map[string]any{"unit": "hours", "hours": "40", "hard_stop": true})
	addBudget(t, owner, project, map[string]any{"unit": "hours", "hours": "16", "task_id": design.ID})
	ada.POST(t, "/api/v1/time-entries", work(project, today.AddDays(-3), 12, "task_id", design.ID)).Expect(t, http.StatusCreated)
	ada.POST(t, "/api/v1/time-entries", work(project, today.AddDays(-2), 8)).Expect(t, http.StatusCreated)
	ben.POST(t, "/api/v1/time-entries", work(project, today.AddDays(-2), 14)).Expect(t, http.StatusCreated)
	say := func(b budgetAnswer) string {
		return fmt.Sprintf("%s: %d used, %d left, %d %%, level %d", *b.Hours, *b.UsedSeconds/3600, *b.LeftSeconds/3600, *b.Percent, b.Level)
	}
	all := budgetsOf(t, owner, project)
	if got := say(all[0]); got != "40: 34 used, 6 left, 85 %, level 75" || *all[0].WeeklySeconds != 30600 {
		t.Errorf("the project: %s, %d s a week", got, *all[0].WeeklySeconds)
	}
	if got := say(all[1]); got != "16: 12 used, 4 left, 75 %, level 75" || !all[1].Phase {
		t.Errorf("Design: %s", got)
	}
	if got := *all[0].RunsOutOn; got != today.AddDays(5).String() {
		t.Errorf("it runs out on %s, today is %s", got, today)
	}
	ben.POST(t, "/api/v1/time-entries", work(project, today, 7)).Refused(t, http.StatusConflict, usedUp)
	ben.POST(t, "/api/v1/time-entries", work(project, today, 6)).Expect(t, http.StatusCreated)
	if b := budgetsOf(t, owner, project)[0]; *b.Percent != 100 || !b.Stopped {
		t.Errorf("then: %s", say(b))
	}
}
