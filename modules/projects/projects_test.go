package projects_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/clients/clientsdb"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/modules/projects/projectsdb"
	"github.com/bureauhq/bureau/tenancy"
)

// stranger is nobody's member id.
const stranger = "00000000-0000-7000-8000-000000000000"

type allButStranger struct{}

func (allButStranger) IsMemberTx(_ context.Context, _ *tenancy.Tx, id string) (bool, error) {
	return id != stranger, nil
}

func (allButStranger) NamesTx(context.Context, *tenancy.Tx, []string) (map[string]string, error) {
	return nil, nil
}

type inVienna struct{}

func (inVienna) SettingsTx(context.Context, *tenancy.Tx) (agency.Settings, error) {
	return agency.Settings{Currency: "EUR", TimeZone: "Europe/Vienna"}, nil
}

type noHolidays struct{}

func (noHolidays) HolidaysTx(context.Context, *tenancy.Tx, day.Date, day.Date) (map[day.Date]bool, error) {
	return nil, nil
}

// logged is the time a test says was logged.
type logged struct {
	tasks    map[string]int64
	projects map[string]projects.Usage
}

func (l *logged) UsageTx(context.Context, *tenancy.Tx, []string) (map[string]projects.Usage, error) {
	return l.projects, nil
}

func (l *logged) SpentTx(_ context.Context, _ *tenancy.Tx, scopes []projects.Scope) ([]projects.Spent, error) {
	out := make([]projects.Spent, len(scopes))
	for i, s := range scopes {
		u := l.projects[s.ProjectID]
		out[i].Seconds = u.Seconds
		for _, m := range u.Amount {
			if m.Currency == s.Currency {
				out[i].Minor = m.Minor
			}
		}
	}
	return out, nil
}

// Tell drops letters.
func (l *logged) Tell(context.Context, projects.Notice) error { return nil }

func (l *logged) TaskSecondsTx(context.Context, *tenancy.Tx, []string) (map[string]int64, error) {
	return l.tasks, nil
}

// MaySetBillableTx lets everybody.
func (l *logged) MaySetBillableTx(context.Context, *tenancy.Tx) (bool, error) { return true, nil }

// anyService takes every id but none's.
type anyService struct{}

const noService = "00000000-0000-7000-8000-00000000dead"

func (anyService) IsServiceTx(_ context.Context, _ *tenancy.Tx, id string) (bool, error) {
	return id != noService, nil
}

type bundle struct {
	*testkit.Agency
	svc    *projects.Service
	logged *logged
	client clients.Client
}

func setup(t *testing.T) bundle {
	t.Helper()
	a := testkit.NewAgency(t)
	clientSvc := clients.New(clients.Deps{DB: a.DB, Store: clientsdb.Store{}, Members: allButStranger{}, Settings: inVienna{}, Events: a.Bus, Now: a.Clock.Now})
	c, _, err := clientSvc.Create(a.Ctx, clients.Draft{Name: "Acme", Code: "ACM"})
	if err != nil {
		t.Fatal(err)
	}
	l := &logged{tasks: map[string]int64{}, projects: map[string]projects.Usage{}}
	svc := projects.New(projects.Deps{
		DB: a.DB, Store: projectsdb.Store{}, Clients: clientSvc, Members: allButStranger{}, Settings: inVienna{}, Holidays: noHolidays{}, Logged: l, Services: anyService{}, Billing: l,
		Events: a.Bus, Jobs: a.Queue, Notices: l, Now: a.Clock.Now,
	})
	return bundle{a, svc, l, c}
}

func (b bundle) project(t *testing.T, n projects.NewProject) projects.Overview {
	t.Helper()
	n.ClientID = b.client.ID
	if n.Name == "" {
		n.Name = "Website"
	}
	p, err := b.svc.Create(b.Ctx, n)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (b bundle) task(t *testing.T, n projects.NewTask) projects.TaskRow {
	t.Helper()
	task, err := b.svc.CreateTask(b.Ctx, n)
	if err != nil {
		t.Fatal(err)
	}
	return task
}

func ptr[T any](v T) *T { return &v }

func fields(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return fmt.Sprint(err)
	}
	out := []string{f.Code}
	for _, x := range f.Fields {
		out = append(out, x.Path)
	}
	return strings.Join(out, " ")
}

func TestCreateCountsCodesByClient(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, second := b.project(t, projects.NewProject{}), b.project(t, projects.NewProject{})
	if first.Code != "ACM-001" || second.Code != "ACM-002" || first.ClientName != "Acme" || first.State != projects.Planned {
		t.Errorf("%s %s %s %s", first.Code, second.Code, first.ClientName, first.State)
	}
	_, err := b.svc.Create(b.Ctx, projects.NewProject{ClientID: b.client.ID, Name: "X", Code: "acm-002"})
	if fields(err) != "projects.code_taken body.code" {
		t.Error(err)
	}
	b.project(t, projects.NewProject{Code: "ACM-041"})
	if p := b.project(t, projects.NewProject{}); p.Code != "ACM-042" {
		t.Errorf("after ACM-041: %s", p.Code)
	}
}

func TestCreateAtTheSameTimeGivesEachItsCode(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var wg sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		wg.Go(func() {
			_, errs[i] = b.svc.Create(b.Ctx, projects.NewProject{ClientID: b.client.ID, Name: "Rush"})
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for want, n := range map[string]projects.NewProject{
		"projects.invalid body.client_id":             {ClientID: stranger, Name: "X"},
		"projects.invalid body.name":                  {ClientID: b.client.ID, Name: "  "},
		"projects.invalid body.manager_id":            {ClientID: b.client.ID, Name: "X", ManagerID: stranger},
		"projects.invalid body.due_on":                {ClientID: b.client.ID, Name: "X", StartsOn: day.MustParse("2026-03-02"), DueOn: day.MustParse("2026-03-01")},
		"projects.invalid body.state":                 {ClientID: b.client.ID, Name: "X", State: projects.Archived},
		"projects.no_such_template body.template":     {ClientID: b.client.ID, Name: "X", Template: "castle"},
		"projects.invalid body.budget_money.currency": {ClientID: b.client.ID, Name: "X", BudgetMoney: ptr(money.Of(1, "XXQ"))},
	} {
		if _, err := b.svc.Create(b.Ctx, n); fields(err) != want {
			t.Errorf("%q, want %q", fields(err), want)
		}
	}
	ctx := b.As(access.Actor{}, projects.WriteProjects)
	_, err := b.svc.Create(ctx, projects.NewProject{ClientID: b.client.ID, Name: "X", BudgetMoney: ptr(money.Of(1, "EUR"))})
	if !errors.Is(err, projects.ErrBudgetForbidden) {
		t.Errorf("a budget in money by somebody who may not see it: %v", err)
	}
}

func TestCreateFromTemplate(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.project(t, projects.NewProject{Template: "website", StartsOn: day.MustParse("2026-03-07"), Billable: true})
	if p.StartsOn.String() != "2026-03-07" || p.DueOn.String() != "2026-05-07" || p.BudgetHours.String() != "250" || p.Progress.Tasks != 22 {
		t.Errorf("%s %s %s %d", p.StartsOn, p.DueOn, p.BudgetHours, p.Progress.Tasks)
	}
	rows, _, err := b.svc.Tasks(b.Ctx, projects.TaskFilter{ProjectID: p.ID}, "rank", page.Query{Limit: 200})
	if err != nil {
		t.Fatal(err)
	}
	kickOff, audit := rows[0], rows[2]
	if kickOff.Name != "Kick-off workshop" || kickOff.DueOn.String() != "2026-03-10" || len(kickOff.Checklist) != 4 || *kickOff.Estimate != 28_800 || !kickOff.Billable {
		t.Errorf("%+v", kickOff.Task)
	}
	if audit.ParentID != rows[1].ID || rows[1].SubTasks != 3 {
		t.Errorf("sub-tasks: %+v", audit.Task)
	}
	if last := rows[len(rows)-1]; last.Billable {
		t.Errorf("%s is billable", last.Name)
	}
}

func TestChangeIsBoundToAVersion(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.project(t, projects.NewProject{})
	changed, err := b.svc.Change(b.Ctx, p.ID, p.Version, projects.ProjectChange{
		Name: ptr("Shop"), State: ptr(projects.Active), BudgetHours: &decimal.NullDecimal{Decimal: decimal.NewFromInt(10), Valid: true},
		BudgetMoney: ptr(money.Of(100_000, "EUR")), ManagerID: ptr(b.Owner.MemberID), DueOn: ptr(day.MustParse("2026-06-30")),
	})
	if err != nil {
		t.Fatal(err)
	}
	if changed.Version != 2 || changed.Name != "Shop" || changed.State != projects.Active || changed.BudgetMoney.Amount() != "1000.00" {
		t.Errorf("%+v", changed.Project)
	}
	if _, err := b.svc.Change(b.Ctx, p.ID, p.Version, projects.ProjectChange{Name: ptr("Late")}); !errors.Is(err, projects.ErrStale) {
		t.Errorf("an old version: %v", err)
	}
	if _, err := b.svc.Change(b.Ctx, p.ID, 2, projects.ProjectChange{State: ptr(projects.Archived)}); fields(err) != "projects.state_refused body.state" {
		t.Errorf("archived by a change: %v", err)
	}
	cleared, err := b.svc.Change(b.Ctx, p.ID, 2, projects.ProjectChange{
		BudgetHours: &decimal.NullDecimal{}, BudgetMoney: &money.Money{}, ManagerID: ptr(""), DueOn: &day.Date{},
	})
	if err != nil || cleared.BudgetHours != nil || cleared.BudgetMoney != nil || cleared.ManagerID != "" || !cleared.DueOn.IsZero() {
		t.Errorf("cleared: %+v, %v", cleared.Project, err)
	}
}

func TestMoneyIsHiddenFromThoseWithoutPermission(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.project(t, projects.NewProject{BudgetMoney: ptr(money.Of(500_000, "EUR")), BudgetHours: ptr(decimal.NewFromInt(50))})
	b.logged.projects[p.ID] = projects.Usage{Seconds: 36_000, BillableSeconds: 36_000, Amount: []money.Money{money.Of(100_000, "EUR")}}
	seen, err := b.svc.Find(b.Ctx, p.ID)
	if err != nil || *seen.Budget.Money.Percent != 20 || *seen.Budget.HoursPercent != 20 || *seen.Budget.LeftSeconds != 144_000 {
		t.Errorf("owner: %+v, %v", seen.Budget, err)
	}
	member := b.As(access.Actor{}, projects.ReadProjects)
	list, _, err := b.svc.List(member, projects.ProjectFilter{}, "", page.Query{})
	if err != nil || len(list) != 1 || list[0].BudgetMoney != nil || list[0].Budget.Money != nil || list[0].Budget.UsedSeconds != 36_000 {
		t.Errorf("member: %+v, %v", list, err)
	}
}

func TestArchiveAndRestore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.project(t, projects.NewProject{State: projects.Active})
	task := b.task(t, projects.NewTask{ProjectID: p.ID, Name: "A"})
	for range 2 { // a double click is one
		got, err := b.svc.Archive(b.Ctx, p.ID)
		if err != nil || got.State != projects.Archived || got.Version != 2 {
			t.Fatalf("%+v, %v", got.Project, err)
		}
	}
	if _, err := b.svc.CreateTask(b.Ctx, projects.NewTask{ProjectID: p.ID, Name: "B"}); !errors.Is(err, projects.ErrArchived) {
		t.Errorf("a task in an archived project: %v", err)
	}
	if _, err := b.svc.AddComment(b.Ctx, task.ID, "Hello", false); !errors.Is(err, projects.ErrArchived) {
		t.Errorf("a comment in an archived project: %v", err)
	}
	list, _, _ := b.svc.List(b.Ctx, projects.ProjectFilter{}, "", page.Query{})
	tasks, _, _ := b.svc.Tasks(b.Ctx, projects.TaskFilter{}, "", page.Query{})
	if len(list) != 0 || len(tasks) != 0 {
		t.Errorf("archived ones are listed: %d projects, %d tasks", len(list), len(tasks))
	}
	if got, err := b.svc.Restore(b.Ctx, p.ID); err != nil || got.State != projects.Active || got.ArchivedAt != nil {
		t.Errorf("%+v, %v", got.Project, err)
	}
}

func TestListPagesFiltersAndSorts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for i, name := range []string{"delta", "Alpha", "charlie", "Bravo", "100%"} {
		n := projects.NewProject{Name: name}
		if i%2 == 0 {
			n.ManagerID = b.Owner.MemberID
			n.DueOn = day.New(2026, time.Month(12-i), 1)
		}
		b.project(t, n)
	}
	names := func(f projects.ProjectFilter, sort string) (out []string) {
		q := page.Query{Limit: 2}
		for {
			items, next, err := b.svc.List(b.Ctx, f, sort, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range items {
				out = append(out, p.Name)
			}
			if next == nil {
				return out
			}
			q.Cursor = *next
		}
	}
	for _, c := range []struct {
		f    projects.ProjectFilter
		sort string
		want string
	}{
		{projects.ProjectFilter{}, "name", "100% Alpha Bravo charlie delta"},
		{projects.ProjectFilter{}, "-name", "delta charlie Bravo Alpha 100%"},
		{projects.ProjectFilter{}, "code", "delta Alpha charlie Bravo 100%"},
		{projects.ProjectFilter{Mine: true}, "due_on", "100% charlie delta"},
		{projects.ProjectFilter{Mine: true}, "-due_on", "delta charlie 100%"},
		{projects.ProjectFilter{}, "created_at", "delta Alpha charlie Bravo 100%"},
		{projects.ProjectFilter{}, "-updated_at", "100% Bravo charlie Alpha delta"},
		{projects.ProjectFilter{Search: "%"}, "name", "100%"},
		{projects.ProjectFilter{Search: "ACM-00"}, "name", "100% Alpha Bravo charlie delta"},
		{projects.ProjectFilter{ClientID: stranger}, "name", ""},
		{projects.ProjectFilter{States: []projects.State{projects.Active}}, "name", ""},
	} {
		if got := strings.Join(names(c.f, c.sort), " "); got != c.want {
			t.Errorf("%+v by %s: %q, want %q", c.f, c.sort, got, c.want)
		}
	}
	_, next, _ := b.svc.List(b.Ctx, projects.ProjectFilter{}, "name", page.Query{Limit: 1})
	if _, _, err := b.svc.List(b.Ctx, projects.ProjectFilter{}, "code", page.Query{Cursor: *next}); !errors.Is(err, page.ErrBadCursor) {
		t.Errorf("a cursor of another order: %v", err)
	}
	if _, _, err := b.svc.List(b.Ctx, projects.ProjectFilter{}, "due_on", page.Query{Cursor: page.Encode("due_on", "soon", stranger)}); !errors.Is(err, page.ErrBadCursor) {
		t.Errorf("a made-up cursor: %v", err)
	}
}

func TestMembers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.project(t, projects.NewProject{ManagerID: b.Owner.MemberID})
	if len(p.MemberIDs) != 1 || p.MemberIDs[0] != b.Owner.MemberID {
		t.Fatalf("the manager is not on the team: %v", p.MemberIDs)
	}
	ann := id.New()
	for range 2 {
		got, err := b.svc.AddMember(b.Ctx, p.ID, ann)
		if err != nil || len(got.MemberIDs) != 2 || got.Version != 2 {
			t.Fatalf("%+v, %v", got.Project, err)
		}
	}
	if _, err := b.svc.AddMember(b.Ctx, p.ID, stranger); fields(err) != "projects.invalid body.member_id" {
		t.Error(err)
	}
	if got, err := b.svc.RemoveMember(b.Ctx, p.ID, ann); err != nil || len(got.MemberIDs) != 1 {
		t.Errorf("%+v, %v", got.Project, err)
	}
}

func TestColumnsChange(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.project(t, projects.NewProject{})
	review := b.task(t, projects.NewTask{ProjectID: p.ID, Name: "R", ColumnID: "review"})
	todo := b.task(t, projects.NewTask{ProjectID: p.ID, Name: "T"})
	cols := []projects.Column{{ID: "todo", Name: "Next", Category: projects.Todo}, {ID: "done", Name: "Done", Category: projects.Done}}
	if _, err := b.svc.ChangeColumns(b.Ctx, p.ID, p.Version, cols, nil); fields(err) != "projects.column_not_empty body.move_to" {
		t.Fatalf("a column with tasks went: %v", err)
	}
	got, err := b.svc.ChangeColumns(b.Ctx, p.ID, p.Version, cols, map[string]string{"review": "done"})
	if err != nil || len(got.Columns) != 2 || got.Columns[0].Name != "Next" {
		t.Fatalf("%+v, %v", got.Columns, err)
	}
	if r, _ := b.svc.FindTask(b.Ctx, review.ID); r.ColumnID != "done" || r.CompletedAt == nil {
		t.Errorf("the task of the column that went: %+v", r.Task)
	}
	if r, _ := b.svc.FindTask(b.Ctx, todo.ID); r.ColumnID != "todo" || r.CompletedAt != nil {
		t.Errorf("the other task: %+v", r.Task)
	}
}

func (b bundle) board(t *testing.T, projectID string) string {
	t.Helper()
	rows, _, err := b.svc.Tasks(b.Ctx, projects.TaskFilter{ProjectID: projectID}, "rank", page.Query{})
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]string{}
	for _, r := range rows {
		at[r.ColumnID] += r.Name
	}
	return fmt.Sprintf("%s|%s|%s|%s", at["todo"], at["doing"], at["review"], at["done"])
}

func TestMove(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.project(t, projects.NewProject{})
	ids := map[string]string{}
	for _, name := range []string{"A", "B", "C", "D"} {
		ids[name] = b.task(t, projects.NewTask{ProjectID: p.ID, Name: name}).ID
	}
	for _, c := range []struct {
		task          string
		column        string
		before, after string
		want          string
	}{
		{"C", "todo", "A", "", "CABD|||"},
		{"C", "todo", "", "D", "ABDC|||"},
		{"A", "doing", "", "", "BDC|A||"},
		{"B", "doing", "A", "", "DC|BA||"},
		{"D", "doing", "", "B", "C|BDA||"},
		{"D", "done", "", "", "C|BA||D"},
		{"D", "todo", "C", "", "DC|BA||"},
	} {
		to := projects.Place{ColumnID: c.column, BeforeID: ids[c.before], AfterID: ids[c.after]}
		moved, err := b.svc.MoveTask(b.Ctx, ids[c.task], to)
		if err != nil {
			t.Fatal(err)
		}
		if (moved.CompletedAt != nil) != (c.column == "done") {
			t.Errorf("%s in %s: completed %v", c.task, c.column, moved.CompletedAt)
		}
		if got := b.board(t, p.ID); got != c.want {
			t.Fatalf("%s to %s: %s, want %s", c.task, c.column, got, c.want)
		}
	}
	if _, err := b.svc.MoveTask(b.Ctx, ids["A"], projects.Place{ColumnID: "cellar"}); fields(err) != "projects.no_such_column body.column_id" {
		t.Error(err)
	}
	if _, err := b.svc.MoveTask(b.Ctx, ids["A"], projects.Place{ColumnID: "done", BeforeID: ids["C"]}); !errors.Is(err, projects.ErrBadNeighbour) {
		t.Error(err)
	}
}

// Two people who drop cards on the same spot at once leave an order in which every card has its own rank.
func TestMovesAtTheSameTime(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.project(t, projects.NewProject{})
	anchor := b.task(t, projects.NewTask{ProjectID: p.ID, Name: "anchor", ColumnID: "doing"})
	ids := make([]string, 8)
	for i := range ids {
		ids[i] = b.task(t, projects.NewTask{ProjectID: p.ID, Name: "x"}).ID
	}
	var wg sync.WaitGroup
	errs := make([]error, len(ids))
	for i := range ids {
		wg.Go(func() {
			_, errs[i] = b.svc.MoveTask(b.Ctx, ids[i], projects.Place{ColumnID: "doing", BeforeID: anchor.ID})
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	rows, _, _ := b.svc.Tasks(b.Ctx, projects.TaskFilter{ProjectID: p.ID}, "rank", page.Query{})
	seen := map[string]bool{}
	for _, r := range rows {
		if seen[r.Rank] {
			t.Errorf("two cards have the rank %s", r.Rank)
		}
		seen[r.Rank] = true
	}
	if len(rows) != 9 || rows[8].ID != anchor.ID {
		t.Errorf("the anchor is not last")
	}
}

func TestTaskKeepsFourFiguresApart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.project(t, projects.NewProject{})
	task := b.task(t, projects.NewTask{ProjectID: p.ID, Name: "A", Estimate: ptr(int64(36_000))})
	b.logged.tasks[task.ID] = 7200
	got, err := b.svc.ChangeTask(b.Ctx, task.ID, task.Version, projects.TaskChange{Remaining: ptr(ptr(int64(18_000))), Percent: ptr(40)})
	if err != nil || *got.Estimate != 36_000 || got.LoggedSeconds != 7200 || *got.Remaining != 18_000 || got.Percent != 40 {
		t.Fatalf("%+v, %v", got, err)
	}
	done, err := b.svc.CompleteTasks(b.Ctx, []string{task.ID, task.ID}, true)
	if err != nil || len(done) != 1 || done[0].CompletedAt == nil || *done[0].Remaining != 18_000 || done[0].Percent != 40 {
		t.Errorf("finishing changed what people said: %+v, %v", done, err)
	}
	if _, err := b.svc.ChangeTask(b.Ctx, task.ID, task.Version, projects.TaskChange{Name: ptr("B")}); !errors.Is(err, projects.ErrStale) {
		t.Error(err)
	}
	cleared, err := b.svc.ChangeTask(b.Ctx, task.ID, done[0].Version, projects.TaskChange{Estimate: new(*int64)})
	if err != nil || cleared.Estimate != nil {
		t.Errorf("%+v, %v", cleared.Task, err)
	}
}

func TestSubTasks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p, other := b.project(t, projects.NewProject{}), b.project(t, projects.NewProject{})
	top := b.task(t, projects.NewTask{ProjectID: p.ID, Name: "top"})
	mid := b.task(t, projects.NewTask{ProjectID: p.ID, Name: "mid", ParentID: top.ID})
	low := b.task(t, projects.NewTask{ProjectID: p.ID, Name: "low", ParentID: mid.ID})
	if err := b.DB.Read(b.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		phases, err := b.svc.PhaseNamesTx(ctx, tx, []string{top.ID, mid.ID, low.ID})
		if want := map[string]string{top.ID: "top", mid.ID: "top", low.ID: "top"}; !maps.Equal(phases, want) {
			t.Errorf("phases are %v", phases)
		}
		return err
	}); err != nil {
		t.Error(err)
	}
	if _, err := b.svc.CreateTask(b.Ctx, projects.NewTask{ProjectID: p.ID, Name: "x", ParentID: low.ID}); !errors.Is(err, projects.ErrTooDeep) {
		t.Errorf("a fourth level: %v", err)
	}
	if _, err := b.svc.CreateTask(b.Ctx, projects.NewTask{ProjectID: other.ID, Name: "x", ParentID: top.ID}); !errors.Is(err, projects.ErrForeignParent) {
		t.Errorf("a parent in another project: %v", err)
	}
	if _, err := b.svc.ChangeTask(b.Ctx, top.ID, 1, projects.TaskChange{ParentID: ptr(low.ID)}); !errors.Is(err, projects.ErrCycle) {
		t.Errorf("below one's own grandchild: %v", err)
	}
	if _, err := b.svc.ChangeTask(b.Ctx, top.ID, 1, projects.TaskChange{ParentID: ptr(top.ID)}); !errors.Is(err, projects.ErrCycle) {
		t.Errorf("below oneself: %v", err)
	}
	b.logged.tasks[low.ID] = 60
	if err := b.svc.DeleteTask(b.Ctx, top.ID); !errors.Is(err, projects.ErrTaskHasTime) {
		t.Errorf("deleted with time below it: %v", err)
	}
	if _, err := b.svc.ArchiveTask(b.Ctx, top.ID); err != nil {
		t.Fatal(err)
	}
	if got, _ := b.svc.FindTask(b.Ctx, low.ID); got.ArchivedAt == nil {
		t.Error("what is below an archived task is not archived")
	}
	if _, err := b.svc.ChangeTask(b.Ctx, top.ID, 2, projects.TaskChange{Name: ptr("x")}); !errors.Is(err, projects.ErrTaskArchived) {
		t.Errorf("an archived task was changed: %v", err)
	}
	if _, err := b.svc.RestoreTask(b.Ctx, top.ID); err != nil {
		t.Fatal(err)
	}
	delete(b.logged.tasks, low.ID)
	if err := b.svc.DeleteTask(b.Ctx, top.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := b.svc.FindTask(b.Ctx, low.ID); !errors.Is(err, projects.ErrTaskNotFound) {
		t.Errorf("what was below is still there: %v", err)
	}
}

func TestTaskFilters(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Clock.Set(time.Date(2026, 3, 2, 23, 30, 0, 0, time.UTC)) // in Vienna it is March 3rd already
	p := b.project(t, projects.NewProject{})
	add := func(name, due string, n projects.NewTask) string {
		n.ProjectID, n.Name = p.ID, name
		if due != "" {
			n.DueOn = day.MustParse(due)
		}
		return b.task(t, n).ID
	}
	add("A", "2026-03-02", projects.NewTask{AssigneeID: b.Owner.MemberID, Priority: projects.Low})
	add("B", "2026-03-03", projects.NewTask{Priority: projects.Urgent, Tags: []string{"seo", "SEO "}})
	add("C", "2026-03-09", projects.NewTask{AssigneeID: b.Owner.MemberID, Priority: projects.High})
	add("D", "2026-03-10", projects.NewTask{})
	add("E", "", projects.NewTask{ColumnID: "done"})
	for _, c := range []struct {
		f    projects.TaskFilter
		sort string
		want string
	}{
		{projects.TaskFilter{}, "due_on", "ABCDE"},
		{projects.TaskFilter{}, "-priority", "BCEDA"},
		{projects.TaskFilter{}, "-name", "EDCBA"},
		{projects.TaskFilter{Due: projects.Overdue}, "", "A"},
		{projects.TaskFilter{Due: projects.DueToday}, "", "B"},
		{projects.TaskFilter{Due: projects.DueWeek}, "", "BC"},
		{projects.TaskFilter{Due: projects.NoDue}, "", "E"},
		{projects.TaskFilter{State: "open"}, "name", "ABCD"},
		{projects.TaskFilter{State: "done"}, "name", "E"},
		{projects.TaskFilter{AssigneeID: b.Owner.MemberID}, "", "AC"},
		{projects.TaskFilter{Unassigned: true}, "name", "BDE"},
		{projects.TaskFilter{Tag: "seo"}, "", "B"},
		{projects.TaskFilter{Search: "c"}, "", "C"},
		{projects.TaskFilter{ProjectID: p.ID, ColumnID: "todo"}, "rank", "ABCD"},
	} {
		got, q := "", page.Query{Limit: 2}
		for {
			rows, next, err := b.svc.Tasks(b.Ctx, c.f, c.sort, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range rows {
				got += r.Name
			}
			if next == nil {
				break
			}
			q.Cursor = *next
		}
		if got != c.want {
			t.Errorf("%+v by %s: %s, want %s", c.f, c.sort, got, c.want)
		}
	}
}

func TestChecklist(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.project(t, projects.NewProject{})
	task := b.task(t, projects.NewTask{ProjectID: p.ID, Name: "A", Checklist: []projects.ChecklistItem{{Text: " one "}, {Text: "two"}}})
	got, err := b.svc.TickItem(b.Ctx, task.ID, task.Checklist[1].ID, true)
	if err != nil || got.Checklist[0].Done || !got.Checklist[1].Done || got.Checklist[0].Text != "one" {
		t.Errorf("%+v, %v", got.Checklist, err)
	}
	if _, err := b.svc.TickItem(b.Ctx, task.ID, "three", true); !errors.Is(err, projects.ErrNoItem) {
		t.Error(err)
	}
}

func TestCommentsAreInternalUnlessMarked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.project(t, projects.NewProject{State: projects.Active})
	task, quiet := b.task(t, projects.NewTask{ProjectID: p.ID, Name: "A"}), b.task(t, projects.NewTask{ProjectID: p.ID, Name: "Q"})
	inner, err := b.svc.AddComment(b.Ctx, task.ID, "They will not like it", false)
	if err != nil || inner.ForClient {
		t.Fatalf("%+v, %v", inner, err)
	}
	if _, err := b.svc.AddComment(b.Ctx, task.ID, "Ready for your review", true); err != nil {
		t.Fatal(err)
	}
	contact := b.As(access.Actor{Kind: access.Contact, Name: "Carla", ClientID: b.client.ID}, "portal.view")
	var seen []projects.ClientComment
	err = b.DB.Run(contact, func(ctx context.Context, tx *tenancy.Tx) error {
		if _, err := b.svc.AddClientCommentTx(ctx, tx, b.client.ID, task.ID, "Looks good"); err != nil {
			return err
		}
		if _, err := b.svc.AddClientCommentTx(ctx, tx, b.client.ID, quiet.ID, "What is this?"); !errors.Is(err, projects.ErrTaskNotFound) {
			t.Errorf("a task of which the client was told nothing: %v", err)
		}
		if _, err := b.svc.AddClientCommentTx(ctx, tx, stranger, task.ID, "Hi"); !errors.Is(err, projects.ErrTaskNotFound) {
			t.Errorf("another client: %v", err)
		}
		if _, err := b.svc.ClientCommentsTx(ctx, tx, stranger, p.ID); !errors.Is(err, projects.ErrNotFound) {
			t.Errorf("another client reads: %v", err)
		}
		seen, err = b.svc.ClientCommentsTx(ctx, tx, b.client.ID, p.ID)
		return err
	})
	if err != nil || len(seen) != 2 || seen[0].Body != "Ready for your review" || seen[1].Body != "Looks good" || seen[1].AuthorKind != projects.ByContact || seen[0].TaskName != "A" {
		t.Errorf("the client sees %+v, %v", seen, err)
	}
	all, _, err := b.svc.Comments(b.Ctx, task.ID, page.Query{})
	if err != nil || len(all) != 3 {
		t.Errorf("the team sees %d, %v", len(all), err)
	}
	other := b.As(access.Actor{Name: "Bob"}, projects.WriteComments)
	if _, err := b.svc.ChangeComment(other, inner.ID, 1, projects.CommentChange{Body: ptr("x")}); !errors.Is(err, projects.ErrNotYourComment) {
		t.Errorf("another's comment was changed: %v", err)
	}
	if err := b.svc.DeleteComment(other, inner.ID); !errors.Is(err, projects.ErrNotYourComment) {
		t.Errorf("another's comment was deleted: %v", err)
	}
	if got, err := b.svc.ChangeComment(b.Ctx, inner.ID, 1, projects.CommentChange{Body: ptr("They may like it")}); err != nil || got.EditedAt == nil || got.Version != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	if err := b.svc.DeleteComment(b.Ctx, inner.ID); err != nil {
		t.Error(err)
	}
}

func TestPortalSeesItsOwnProjects(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.project(t, projects.NewProject{State: projects.Active})
	gone := b.project(t, projects.NewProject{})
	if _, err := b.svc.Archive(b.Ctx, gone.ID); err != nil {
		t.Fatal(err)
	}
	b.task(t, projects.NewTask{ProjectID: p.ID, Name: "A", ColumnID: "done"})
	b.task(t, projects.NewTask{ProjectID: p.ID, Name: "B"})
	err := b.DB.Read(b.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		mine, err := b.svc.ProjectsOfClientTx(ctx, tx, b.client.ID)
		if err != nil || len(mine) != 1 || mine[0].Progress != (projects.Progress{Tasks: 2, Done: 1}) {
			t.Errorf("%+v, %v", mine, err)
		}
		if _, err := b.svc.ProjectOfClientTx(ctx, tx, stranger, p.ID); !errors.Is(err, projects.ErrNotFound) {
			t.Errorf("another client: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// Every change is in the audit log and on the timeline.
func TestEveryChangeIsWrittenDown(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.project(t, projects.NewProject{})
	task := b.task(t, projects.NewTask{ProjectID: p.ID, Name: "A"})
	if _, err := b.svc.MoveTask(b.Ctx, task.ID, projects.Place{ColumnID: "done"}); err != nil {
		t.Fatal(err)
	}
	c, err := b.svc.AddComment(b.Ctx, task.ID, "Hi", false)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.svc.DeleteComment(b.Ctx, c.ID); err != nil {
		t.Fatal(err)
	}
	moments, _, err := b.svc.ProjectTimeline(b.Ctx, p.ID, page.Query{})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, m := range moments {
		got += strings.TrimSuffix(strings.TrimPrefix(m.Name, "projects."), ".v1") + " "
	}
	if got != "comment_deleted comment_added task_completed task_created project_created " {
		t.Errorf("timeline: %s", got)
	}
	if one, _, err := b.svc.TaskTimeline(b.Ctx, task.ID, page.Query{Limit: 3}); err != nil || len(one) != 3 {
		t.Errorf("timeline of the task: %d, %v", len(one), err)
	}
	var actions string
	err = b.DB.Read(b.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return tx.PGX().QueryRow(ctx, `SELECT string_agg(action, ' ' ORDER BY seq) FROM audit_events WHERE action LIKE 'projects.%'`).Scan(&actions)
	})
	want := "projects.project_created projects.task_created projects.task_moved projects.comment_added projects.comment_deleted"
	if err != nil || actions != want {
		t.Errorf("audit: %s, %v", actions, err)
	}
}
