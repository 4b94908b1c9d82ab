package projectshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/projects"
)

func registerBudgets(api *httpapi.API, h handlers) {
	op := operation("projects", projects.ReadProjects, projects.WriteProjects)
	add := op("budgets-create", http.MethodPost, "/api/v1/projects/{id}/budgets", "Agree on a budget for a project, a task or phase of it, or a person")
	add.Status, add.Idempotent = http.StatusCreated, true
	httpapi.Handle(api, op("budgets-list", http.MethodGet, "/api/v1/projects/{id}/budgets", "The budgets of a project, and what is spent of them"), h.budgets)
	httpapi.Handle(api, add, h.addBudget)
	httpapi.Handle(api, op("budgets-change", http.MethodPut, "/api/v1/budgets/{id}", "Give a budget other terms"), h.changeBudget)
	httpapi.Handle(api, op("budgets-remove", http.MethodDelete, "/api/v1/budgets/{id}", "Take a budget away"), h.removeBudget)
}

// BudgetView is a budget and what is spent of it.
type BudgetView struct {
	ID        string  `json:"id"`
	ProjectID string  `json:"project_id"`
	TaskID    *string `json:"task_id" doc:"The task or phase that it is for, with all below it"`
	TaskName  string  `json:"task_name"`
	Phase     bool    `json:"phase" doc:"The task has tasks below it"`
	MemberID  *string `json:"member_id" doc:"Whose time it is for; null for everybody's"`
	Unit      string  `json:"unit" enum:"hours,money"`

	Hours          *string      `json:"hours" doc:"Agreed, of a budget in hours"`
	UsedSeconds    *int64       `json:"used_seconds"`
	LeftSeconds    *int64       `json:"left_seconds" doc:"Negative when overrun"`
	WeeklySeconds  *int64       `json:"weekly_seconds" doc:"Used in a week, as in the last four"`
	Money          *BudgetMoney `json:"money,omitempty" doc:"Of a budget in money"`
	Percent        *int         `json:"percent"`
	Level          int          `json:"level" doc:"The highest alert that is reached; 0 for none"`
	Stopped        bool         `json:"stopped" doc:"It has a hard stop and is used up: no timer starts and no time is added"`
	RunsOutOn      *day.Date    `json:"runs_out_on" nullable:"true" doc:"When nothing is left, if it goes on as in the last four weeks"`
	ApprovedOnly   bool         `json:"approved_only" doc:"It counts approved time alone, not all that was logged"`
	BillableOnly   bool         `json:"billable_only" doc:"It counts billable time alone"`
	Alerts         []int        `json:"alerts" doc:"Percentages at which it is told of"`
	HardStop       bool         `json:"hard_stop"`
	ReachedAlready []BudgetStep `json:"reached" doc:"When levels were crossed last"`
	Version        int          `json:"version"`
}

// BudgetMoney is the money of a budget. Only some may see what was spent.
type BudgetMoney struct {
	Budget money.Money  `json:"budget"`
	Used   *money.Money `json:"used,omitempty"`
	Left   *money.Money `json:"left,omitempty" doc:"Negative when overrun"`
	Weekly *money.Money `json:"weekly,omitempty" doc:"Used in a week, as in the last four"`
}

// BudgetStep is when a level was crossed.
type BudgetStep struct {
	Level     int       `json:"level"`
	ReachedAt time.Time `json:"reached_at"`
}

// BudgetList holds the budgets of a project: its own, then those of tasks, then those of people.
type BudgetList struct {
	Items []BudgetView `json:"items"`
}

// BudgetTerms are what may be changed of a budget.
type BudgetTerms struct {
	Hours        string        `json:"hours,omitempty" maxLength:"12" pattern:"^([0-9]{1,7}(\\.[0-9]{1,4})?)?$" patternDescription:"hours such as 120 or 37.5" doc:"Of a budget in hours"`
	Money        *BudgetAmount `json:"money,omitempty" doc:"Of a budget in money"`
	ApprovedOnly bool          `json:"approved_only,omitempty" doc:"Count approved time alone. Goes with no hard stop"`
	BillableOnly bool          `json:"billable_only,omitempty" doc:"Count billable time alone; money always does"`
	Alerts       []int         `json:"alerts,omitempty" maxItems:"8" doc:"Percentages; 50, 75, 90 and 100 when missing, none when empty"`
	HardStop     bool          `json:"hard_stop,omitempty" doc:"Refuse to start a timer or to add time beyond it. What was worked is always kept"`
}

// NewBudget is what is agreed.
type NewBudget struct {
	TaskID   string `json:"task_id,omitempty" maxLength:"36" doc:"A task or phase; all of the project when missing"`
	MemberID string `json:"member_id,omitempty" maxLength:"36" doc:"Whose time; everybody's when missing"`
	Unit     string `json:"unit" enum:"hours,money"`
	BudgetTerms
}

type (
	budgetOut struct {
		ETag string `header:"ETag"`
		Body BudgetView
	}
	budgetsOut  struct{ Body BudgetList }
	addBudgetIn struct {
		IDIn
		Body NewBudget
	}
	changeBudgetIn struct {
		IDIn
		httpapi.IfMatch
		Body BudgetTerms
	}
)

func (h handlers) budgets(ctx context.Context, in *IDIn) (*budgetsOut, error) {
	found, err := h.svc.Limits(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &budgetsOut{BudgetList{mapped(found, toBudget)}}, nil
}

func (h handlers) addBudget(ctx context.Context, in *addBudgetIn) (*budgetOut, error) {
	b := in.Body
	terms, bad := b.terms()
	bad = checkID(bad, "body.task_id", b.TaskID)
	if bad = checkID(bad, "body.member_id", b.MemberID); bad != nil {
		return nil, bad
	}
	return oneBudget(h.svc.AddLimit(ctx, projects.LimitDraft{
		ProjectID: in.ID, TaskID: b.TaskID, MemberID: b.MemberID, Unit: projects.Unit(b.Unit), LimitTerms: terms,
	}))
}

func (h handlers) changeBudget(ctx context.Context, in *changeBudgetIn) (*budgetOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	terms, bad := in.Body.terms()
	if bad != nil {
		return nil, bad
	}
	return oneBudget(h.svc.ChangeLimit(ctx, in.ID, version, terms))
}

func (h handlers) removeBudget(ctx context.Context, in *IDIn) (*struct{}, error) {
	return nil, h.svc.RemoveLimit(ctx, in.ID)
}

func (b BudgetTerms) terms() (t projects.LimitTerms, bad *fault.Error) {
	t = projects.LimitTerms{ApprovedOnly: b.ApprovedOnly, BillableOnly: b.BillableOnly, HardStop: b.HardStop, Alerts: b.Alerts}
	if b.Alerts == nil {
		t.Alerts = projects.UsualAlerts
	}
	if b.Hours != "" {
		var err error
		if t.Hours, err = decimal.NewFromString(b.Hours); err != nil {
			bad = blame(bad, "body.hours", "must be hours such as 120 or 37.5")
		}
	}
	if b.Money != nil && b.Money.Amount != "" {
		read, err := money.ParseAmount(b.Money.Amount, b.Money.Currency)
		if err != nil {
			bad = blame(bad, "body.money.amount", "is not an amount of this currency")
		}
		t.Money = read
	}
	return t, bad
}

func oneBudget(st projects.Standing, err error) (*budgetOut, error) {
	if err != nil {
		return nil, err
	}
	return &budgetOut{ETag: httpapi.ETag(st.Version), Body: toBudget(st)}, nil
}

func toBudget(st projects.Standing) BudgetView {
	v := BudgetView{
		ID: st.ID, ProjectID: st.ProjectID, TaskID: optional(st.TaskID), TaskName: st.TaskName, Phase: st.Phase, MemberID: optional(st.MemberID), Unit: string(st.Unit),
		ApprovedOnly: st.ApprovedOnly, BillableOnly: st.BillableOnly, Alerts: some(st.Alerts), HardStop: st.HardStop, Version: st.Version,
		ReachedAlready: mapped(st.Reached, func(r projects.Reached) BudgetStep { return BudgetStep{r.Level, r.At} }),
	}
	weekly := st.Lately / 4
	if st.Unit == projects.InMoney {
		v.Money = &BudgetMoney{Budget: st.Money()}
	} else {
		h := decimal.NewFromInt(st.Amount).DivRound(decimal.NewFromInt(3600), 4).String()
		v.Hours = &h
	}
	if st.Hidden {
		return v
	}
	v.Percent, v.Level, v.Stopped = st.Percent(), st.Level(), st.Stopped()
	if !st.RunsOut.IsZero() {
		v.RunsOutOn = &st.RunsOut
	}
	left := st.Left()
	if st.Unit == projects.InMoney {
		used, rest, pace := money.Of(st.Spent, st.Currency), money.Of(left, st.Currency), money.Of(weekly, st.Currency)
		v.Money.Used, v.Money.Left, v.Money.Weekly = &used, &rest, &pace
		return v
	}
	v.UsedSeconds, v.LeftSeconds, v.WeeklySeconds = &st.Spent, &left, &weekly
	return v
}
