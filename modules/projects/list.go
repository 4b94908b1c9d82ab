package projects

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrBadFilter refuses a list's filter.
var ErrBadFilter = fault.Define(fault.Invalid, "projects.bad_filter", "This list cannot be filtered like that.")

// ProjectFilter says which projects are wanted. The zero filter wants all that are not archived.
type ProjectFilter struct {
	Search    string
	States    []State
	ClientID  string
	ManagerID string
	Mine      bool // those the actor manages or is a member of

	Order

	memberID string
}

// MemberID is whose projects Mine means.
func (f ProjectFilter) MemberID() string { return f.memberID }

// Order says how a list is sorted and where the page begins.
type Order struct {
	Sort  string // a name from the list's sorts, "-" before it turns it round
	Limit int
	After []string // sort value and id of the row before; nil on the first page
}

// ProjectSorts and TaskSorts name what lists can be sorted by.
var (
	ProjectSorts = []string{"name", "code", "due_on", "updated_at", "created_at"}
	TaskSorts    = []string{"rank", "due_on", "priority", "name", "updated_at", "created_at"}
)

// Row is a listed project with the value it was sorted by.
type Row struct {
	Project

	Key string
}

// Progress counts a project's tasks, archived ones left out.
type Progress struct {
	Tasks int
	Done  int
}

// Overview is a project with what its card shows. What the reader may not see is left out.
type Overview struct {
	Project

	ClientName string
	Progress   Progress
	Budget     Budget
}

func begin(sort string, sorts []string, q page.Query) (Order, error) {
	o := Order{Sort: sort, Limit: q.Size()}
	name := sort
	if len(name) > 0 && name[0] == '-' {
		name = name[1:]
	}
	if !slices.Contains(sorts, name) {
		return o, ErrBadFilter.At("query.sort", "is not a sort of this list")
	}
	vals, err := page.Decode(q.Cursor, 3)
	if err != nil {
		return o, err
	}
	if vals != nil {
		// A cursor says how its list was sorted, or a page of another order would be cut out.
		if vals[0] != sort || uuid.Validate(vals[2]) != nil || !fits(name, vals[1]) {
			return o, page.ErrBadCursor
		}
		o.After = vals[1:]
	}
	return o, nil
}

// fits tells whether a cursor's value can be compared with what is sorted by.
func fits(sort, val string) bool {
	switch sort {
	case "due_on":
		_, err := time.Parse(time.DateOnly, val)
		return err == nil
	case "updated_at", "created_at":
		_, err := time.Parse(time.RFC3339Nano, val)
		return err == nil
	case "priority":
		return len(val) == 1 && val >= "1" && val <= "4"
	}
	return true
}

// List returns a page of projects.
func (s *Service) List(ctx context.Context, f ProjectFilter, sort string, q page.Query) (out []Overview, next *string, err error) {
	if f.Order, err = begin(orElse(sort, "name"), ProjectSorts, q); err != nil {
		return nil, nil, err
	}
	f.memberID = access.From(ctx).MemberID
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		rows, err := s.d.Store.List(ctx, tx, f)
		if err != nil {
			return err
		}
		rows, next = page.Cut(rows, f.Limit, func(r Row) []string { return []string{f.Sort, r.Key, r.ID} })
		ps := make([]Project, len(rows))
		for i, r := range rows {
			ps[i] = r.Project
		}
		out, err = s.overviews(ctx, tx, ps)
		return err
	})
	return out, next, err
}

// overviews adds clients, progress and budget, each by one question for all projects.
func (s *Service) overviews(ctx context.Context, tx *tenancy.Tx, ps []Project) ([]Overview, error) {
	out := make([]Overview, len(ps))
	if len(ps) == 0 {
		return out, nil
	}
	ids, clientIDs := make([]string, len(ps)), make([]string, len(ps))
	for i, p := range ps {
		ids[i], clientIDs[i] = p.ID, p.ClientID
	}
	slices.Sort(clientIDs)
	names, err := s.d.Clients.ClientsByIDsTx(ctx, tx, slices.Compact(clientIDs))
	if err != nil {
		return nil, err
	}
	progress, err := s.d.Store.Progress(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	usage, err := s.d.Logged.UsageTx(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	limits, err := s.d.Store.LimitsOf(ctx, tx, ids)
	if err != nil {
		return nil, err
	}
	standing, err := s.standing(ctx, tx, limits, noDay, noDay)
	if err != nil {
		return nil, err
	}
	of := make(map[string][]Standing, len(ps))
	for _, st := range standing {
		of[st.ProjectID] = append(of[st.ProjectID], st)
	}
	actor := access.From(ctx)
	for i, p := range ps {
		o := Overview{Project: p, ClientName: names[p.ClientID].Name, Progress: progress[p.ID], Budget: budgetOf(actor, p, usage[p.ID], of[p.ID])}
		if !actor.Can(SeeBudget) {
			o.BudgetMoney = nil
		}
		out[i] = o
	}
	return out, nil
}

// Due narrows tasks by their due date.
type Due string

const (
	Overdue  Due = "overdue"
	DueToday Due = "today"
	DueWeek  Due = "week" // in the next seven days, today included
	NoDue    Due = "none"
)

// TaskFilter says which tasks are wanted. Tasks of archived projects appear only when their project is named.
type TaskFilter struct {
	Search     string
	ProjectID  string
	AssigneeID string
	Unassigned bool
	ColumnID   string
	ParentID   string
	Top        bool   // only those without a parent
	State      string // open, done, or all when empty
	Tag        string
	Due        Due
	Archived   bool // the archived ones instead of the others

	Order

	Today day.Date // filled in by the service
}

// TaskRow is a listed task with the value it was sorted by and what is shown of its project.
type TaskRow struct {
	Task

	Key           string
	ProjectCode   string
	ProjectName   string
	ProjectColour string
	ClientID      string
	Column        Column
	LoggedSeconds int64
}

// Tasks returns a page of tasks: one query for the tasks and one for the time on them.
func (s *Service) Tasks(ctx context.Context, f TaskFilter, sort string, q page.Query) (out []TaskRow, next *string, err error) {
	standard := "due_on"
	if f.ProjectID != "" {
		standard = "rank"
	}
	if f.Order, err = begin(orElse(sort, standard), TaskSorts, q); err != nil {
		return nil, nil, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if f.Due != "" {
			if f.Today, err = s.today(ctx, tx); err != nil {
				return err
			}
		}
		if out, err = s.d.Store.Tasks(ctx, tx, f); err != nil {
			return err
		}
		out, next = page.Cut(out, f.Limit, func(r TaskRow) []string { return []string{f.Sort, r.Key, r.ID} })
		return s.addLogged(ctx, tx, out)
	})
	return out, next, err
}

func (s *Service) addLogged(ctx context.Context, tx *tenancy.Tx, rows []TaskRow) error {
	if len(rows) == 0 {
		return nil
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	logged, err := s.d.Logged.TaskSecondsTx(ctx, tx, ids)
	for i, r := range rows {
		rows[i].LoggedSeconds = logged[r.ID]
	}
	return err
}

// Moment is one thing that happened in a project.
type Moment struct {
	ID         string
	HappenedAt time.Time
	Name       string
	Entity     string
	EntityID   string
	ActorID    string
	ActorName  string
	Label      string
}

// TimelineFilter is what the store is asked for.
type TimelineFilter struct {
	ProjectID string
	TaskID    string   // of this task alone, if set
	Modules   []string // whose events the reader may see
	Limit     int
	After     []string // moment and id of the row before
}

// ProjectTimeline returns what happened in a project, newest first.
func (s *Service) ProjectTimeline(ctx context.Context, id string, q page.Query) ([]Moment, *string, error) {
	return s.timeline(ctx, q, func(ctx context.Context, tx *tenancy.Tx, f *TimelineFilter) error {
		p, err := s.d.Store.ByID(ctx, tx, id)
		f.ProjectID = p.ID
		return err
	})
}

// TaskTimeline returns what happened to a task, newest first.
func (s *Service) TaskTimeline(ctx context.Context, id string, q page.Query) ([]Moment, *string, error) {
	return s.timeline(ctx, q, func(ctx context.Context, tx *tenancy.Tx, f *TimelineFilter) error {
		t, err := s.d.Store.TaskByID(ctx, tx, id)
		f.ProjectID, f.TaskID = t.ProjectID, t.ID
		return err
	})
}

func (s *Service) timeline(ctx context.Context, q page.Query, about func(context.Context, *tenancy.Tx, *TimelineFilter) error) (out []Moment, next *string, err error) {
	f := TimelineFilter{Limit: q.Size(), Modules: []string{"projects"}}
	if access.From(ctx).Can("timesheets.entries.read_all") {
		f.Modules = append(f.Modules, "timesheets")
	}
	if access.From(ctx).Can("invoicing.invoices.read") {
		f.Modules = append(f.Modules, "invoicing")
	}
	if f.After, err = page.Decode(q.Cursor, 2); err != nil {
		return nil, nil, err
	}
	if f.After != nil && (!fits("created_at", f.After[0]) || uuid.Validate(f.After[1]) != nil) {
		return nil, nil, page.ErrBadCursor
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := about(ctx, tx, &f); err != nil {
			return err
		}
		out, err = s.d.Store.Timeline(ctx, tx, f)
		out, next = page.Cut(out, f.Limit, func(m Moment) []string {
			return []string{m.HappenedAt.UTC().Format(time.RFC3339Nano), m.ID}
		})
		return err
	})
	return out, next, err
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
