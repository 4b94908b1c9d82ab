package timesheets

import (
	"context"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

// The permissions that decide what a caller may see and do with time.
const (
	WriteOwn access.Permission = "timesheets.entries.write"
	ReadAll  access.Permission = "timesheets.entries.read_all"
	Approve  access.Permission = "timesheets.sheets.approve"
	SeeRates access.Permission = "rates.bill.see"
	SeeLeave access.Permission = "people.leave.approve"
)

// Deps are what the service cannot work without.
type Deps struct {
	DB        *tenancy.DB
	Store     Store
	Projects  Projects
	Services  Services
	Rates     Rates
	Schedules Schedules
	Agency    Agency
	Team      Team
	Lines     Lines
	Bus       Publisher
	Jobs      Jobs
	Notices   Notices
	Ledgers   Ledgers
	Invoicers Invoicers // nil where nobody invoices
	Now       func() time.Time
}

// Service has one method per thing a person can do with time.
type Service struct {
	d          Deps
	suggesters []Suggester
}

// New returns a service over d.
func New(d Deps) *Service {
	if d.DB == nil || d.Store == nil || d.Projects == nil || d.Services == nil || d.Rates == nil || d.Schedules == nil || d.Agency == nil ||
		d.Team == nil || d.Lines == nil || d.Bus == nil || d.Jobs == nil || d.Notices == nil || d.Ledgers == nil || d.Now == nil {
		panic("timesheets: a dependency is missing")
	}
	return &Service{d: d}
}

// conditions are what the agency has settled about time, read once a transaction.
type conditions struct {
	settings Settings
	invoiced Invoiced // read when a legal entity has closed something
	calendar Calendar
	today    day.Date
}

// conditions reads the settings and holds them: the period cannot be locked
// between the check and the commit.
func (s *Service) conditions(ctx context.Context, tx *tenancy.Tx) (conditions, error) {
	return s.readConditions(ctx, tx, true)
}

func (s *Service) readConditions(ctx context.Context, tx *tenancy.Tx, hold bool) (c conditions, err error) {
	if c.settings, err = s.d.Store.Settings(ctx, tx, hold); err != nil {
		return c, err
	}
	if c.calendar, err = s.d.Agency.CalendarTx(ctx, tx); err != nil {
		return c, err
	}
	loc, err := ParseZone(c.calendar.Zone)
	if err != nil {
		return c, err
	}
	c.today = day.Of(s.d.Now(), loc)
	c.settings = c.settings.inForce(c.today, c.calendar.WeekStart)
	if len(c.settings.Entities) > 0 {
		c.invoiced, err = s.invoicedTx(ctx, tx)
	}
	return c, err
}

func (c conditions) zone(name string) (*time.Location, error) {
	if name == "" {
		name = c.calendar.Zone
	}
	return ParseZone(name)
}

func (s *Service) openWork(ctx context.Context, tx *tenancy.Tx, projectID, taskID string) (Work, error) {
	w, err := s.d.Projects.WorkTx(ctx, tx, projectID, taskID)
	if err == nil && !w.Open {
		err = ErrClosed
	}
	return w, err
}

// show takes away what the caller may not see.
func (s *Service) show(ctx context.Context, entries ...*Entry) {
	if access.From(ctx).Can(SeeRates) {
		return
	}
	for _, e := range entries {
		e.hideMoney()
	}
}

// ownOnly tells whether the caller sees nobody's time but their own.
func ownOnly(a access.Actor) bool { return !a.Can(ReadAll) && !a.Can(Approve) }

func mayRead(a access.Actor, memberID string) bool {
	return (memberID != "" && memberID == a.MemberID) || !ownOnly(a)
}

// nameAll fills in the names of projects and tasks with three questions at most, however many entries there are.
func (s *Service) nameAll(ctx context.Context, tx *tenancy.Tx, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	var projects, tasks, services []string
	for _, e := range entries {
		projects, tasks, services = append(projects, e.ProjectID), append(tasks, nonEmpty(e.TaskID)...), append(services, nonEmpty(e.ServiceID)...)
	}
	works, names, err := s.d.Projects.NamesTx(ctx, tx, distinct(projects), distinct(tasks))
	if err != nil {
		return err
	}
	sold := map[string]Sale{}
	if len(services) > 0 {
		if sold, err = s.d.Services.SalesTx(ctx, tx, distinct(services)); err != nil {
			return err
		}
	}
	for i := range entries {
		entries[i].takeNames(works[entries[i].ProjectID], names[entries[i].TaskID])
		entries[i].ServiceName = sold[entries[i].ServiceID].Name
	}
	return nil
}

// Label names the work for a person: "ACM-012 Website · Design".
func (w Work) Label() string {
	label := w.ProjectName
	if w.ProjectCode != "" {
		label = w.ProjectCode + " " + label
	}
	if w.TaskName != "" {
		label += " · " + w.TaskName
	}
	return label
}

func nonEmpty(ss ...string) []string {
	return slices.DeleteFunc(ss, func(s string) bool { return s == "" })
}

func distinct(ss []string) []string {
	slices.Sort(ss)
	return slices.Compact(ss)
}

// entryRecord is what the audit log keeps of an entry.
type entryRecord struct {
	Member    string     `json:"member_id"`
	Project   string     `json:"project_id"`
	Task      string     `json:"task_id,omitempty"`
	Service   string     `json:"service_id,omitempty"`
	Own       *OwnRate   `json:"own_rate,omitempty"`
	CountsAs  string     `json:"counts_as,omitempty"`
	Day       day.Date   `json:"day"`
	StartedAt *time.Time `json:"started_at,omitempty"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
	Seconds   int64      `json:"seconds"`
	Billable  bool       `json:"billable"`
	Note      string     `json:"note"`
	State     string     `json:"state"`
}

func record(e Entry) entryRecord {
	return entryRecord{e.MemberID, e.ProjectID, e.TaskID, e.ServiceID, e.Own, string(e.HourKind), e.Day, e.StartedAt, e.EndedAt, e.RawSeconds, e.Billable, e.Note, e.State}
}

type runningRecord struct {
	Project   string    `json:"project_id"`
	Task      string    `json:"task_id,omitempty"`
	Note      string    `json:"note"`
	StartedAt time.Time `json:"started_at"`
}

func timerRecord(t Timer) runningRecord {
	return runningRecord{t.ProjectID, t.TaskID, t.Note, t.StartedAt}
}

type sheetRecord struct {
	Member string   `json:"member_id"`
	Week   day.Date `json:"week"`
	Until  day.Date `json:"until"`
	State  string   `json:"state"`
	Lines  int      `json:"lines,omitempty"`
	Reason string   `json:"reason,omitempty"`
}

// record is what the audit log keeps of a sheet after so many of its lines were moved.
func (s Sheet) record(lines int) sheetRecord {
	return sheetRecord{s.MemberID, s.Week, s.Until, s.State, lines, s.Reason}
}
