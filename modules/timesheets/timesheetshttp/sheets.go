package timesheetshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/timesheets"
)

func registerSheets(api *httpapi.API, h handlers) {
	const write, approve = timesheets.WriteOwn, timesheets.Approve
	const base = "/timesheets"
	httpapi.Handle(api, op("timesheets-list", http.MethodGet, base, "List timesheets, newest first", write), h.sheets)
	httpapi.Handle(api, creating(op("timesheets-open", http.MethodPost, base, "Open your timesheet of a day, so that it can be handed in", write)), h.openWeek)
	httpapi.Handle(api, op("timesheets-grid", http.MethodGet, base+"/grid", "A week as rows of projects and tasks by seven days, with the timesheets that its days belong to", write), h.grid)
	httpapi.Handle(api, op("timesheets-set-cell", http.MethodPut, base+"/grid", "Set a cell of your week", write), h.setCell)
	httpapi.Handle(api, empty(op("timesheets-pin", http.MethodPut, base+"/pins", "Pin rows, so that every week of yours has them", write)), h.pin)
	httpapi.Handle(api, idempotent(op("timesheets-copy-last-week", http.MethodPost, base+"/copy-last-week", "Copy the rows of the week before", write)), h.copyLastWeek)
	httpapi.Handle(api, op("timesheets-get", http.MethodGet, base+"/{id}", "Look at one timesheet with its lines", write), h.sheet)
	httpapi.Handle(api, op("timesheets-submit", http.MethodPost, base+"/{id}/submit", "Hand in your timesheet", write), h.submit)
	httpapi.Handle(api, op("timesheets-recall", http.MethodPost, base+"/{id}/recall", "Take your timesheet back", write), h.recall)
	httpapi.Handle(api, op("timesheets-approve", http.MethodPost, base+"/{id}/approve", "Approve a timesheet as it was seen", approve), h.approve)
	httpapi.Handle(api, op("timesheets-reject", http.MethodPost, base+"/{id}/reject", "Send a timesheet or some of its lines back", approve), h.reject)
}

// TimesheetView is what a member hands in together: a week, half a month or a month.
type TimesheetView struct {
	ID              string     `json:"id" doc:"Empty for one that was not opened yet"`
	MemberID        string     `json:"member_id"`
	Week            day.Date   `json:"week" doc:"Its first date, as from"`
	From            day.Date   `json:"from" doc:"Its first date"`
	Until           day.Date   `json:"until" doc:"Its last date"`
	State           string     `json:"state" enum:"draft,submitted,approved,rejected"`
	SubmittedAt     *time.Time `json:"submitted_at"`
	DecidedAt       *time.Time `json:"decided_at"`
	DecidedBy       *string    `json:"decided_by"`
	Reason          string     `json:"reason" doc:"Why it was sent back"`
	ExceptionReason string     `json:"exception_reason" doc:"Why somebody approved their own time, where nobody else could"`
	Version         int        `json:"version"`
}

func toSheet(s timesheets.Sheet) TimesheetView {
	return TimesheetView{
		ID: s.ID, MemberID: s.MemberID, Week: s.Week, From: s.Week, Until: s.Until, State: s.State, SubmittedAt: s.SubmittedAt, DecidedAt: s.DecidedAt,
		DecidedBy: null(s.DecidedBy), Reason: s.Reason, ExceptionReason: s.ExceptionReason, Version: s.Version,
	}
}

// TimesheetLine is a timesheet in a list, with its totals.
type TimesheetLine struct {
	TimesheetView
	Seconds         int64         `json:"seconds"`
	BillableSeconds int64         `json:"billable_seconds"`
	BilledSeconds   int64         `json:"billed_seconds" doc:"What the rounding rule makes of the billable ones"`
	ExpectedSeconds int64         `json:"expected_seconds"`
	FilledSeconds   int64         `json:"filled_seconds" doc:"What of the expected ones public holidays fill"`
	PerDay          []DaySeconds  `json:"per_day"`
	Amounts         []money.Money `json:"amounts,omitempty" doc:"Absent for those who may not see rates"`
	NoRate          *int          `json:"no_rate,omitempty" doc:"Billable entries without a rate"`
	Own             bool          `json:"own" doc:"Yours: somebody else has to approve it"`
}

// DaySeconds is the time of one date.
type DaySeconds struct {
	Day      day.Date `json:"day"`
	Seconds  int64    `json:"seconds"`
	Expected int64    `json:"expected"`
	Filled   int64    `json:"filled" doc:"What of what is expected a public holiday fills, where the agency has it so"`
	Missing  int64    `json:"missing"`
	Away     []string `json:"away,omitempty" doc:"Holidays and leave of the day, by name"`
}

func toLine(l timesheets.SheetLine) TimesheetLine {
	v := TimesheetLine{
		TimesheetView: toSheet(l.Sheet), Seconds: l.Seconds, BillableSeconds: l.BillableSeconds, BilledSeconds: l.BilledSeconds, ExpectedSeconds: l.Expected, FilledSeconds: l.Filled,
		Amounts: l.Amounts, Own: l.Own, PerDay: []DaySeconds{},
	}
	if !l.MoneyHidden {
		v.NoRate = &l.NoRate
	}
	missing := l.Targets.Missing(l.PerDay)
	for d := range l.Days().Days() {
		v.PerDay = append(v.PerDay, DaySeconds{Day: d, Seconds: l.PerDay[d], Expected: l.Targets[d].Expected, Filled: l.Targets[d].Filled, Missing: missing[d]})
	}
	return v
}

// TimesheetList is a page of timesheets.
type TimesheetList struct {
	Items []TimesheetLine `json:"items"`
	Next  *string         `json:"next"`
}

// TimesheetDetail is a timesheet with its lines.
type TimesheetDetail struct {
	Timesheet TimesheetLine       `json:"timesheet"`
	Entries   []TimeEntryView     `json:"entries"`
	Waiting   []TimesheetWaiting  `json:"waiting" doc:"Whom submitted lines wait for"`
	Decisions []TimesheetDecision `json:"decisions" doc:"What was decided, the latest first"`
	Yours     []string            `json:"yours" doc:"Entries that you can approve now"`
}

// TimeGrid is a week as rows by days.
type TimeGrid struct {
	Timesheet     TimesheetView   `json:"timesheet" doc:"That of the day asked for"`
	Timesheets    []TimesheetPart `json:"timesheets" doc:"Those that days of the week belong to, in their order; a week that spans the end of a period has two"`
	Days          []DaySeconds    `json:"days"`
	Rows          []TimeGridRow   `json:"rows"`
	Seconds       int64           `json:"seconds"`
	Expected      int64           `json:"expected"`
	Filled        int64           `json:"filled" doc:"What of what is expected public holidays fill"`
	Missing       int64           `json:"missing"`
	LockedThrough *day.Date       `json:"locked_through,omitempty"`
	Zone          string          `json:"zone"`
}

// TimesheetPart is a timesheet that has days of a week, with what is in all of it.
type TimesheetPart struct {
	TimesheetView
	Seconds     int64        `json:"seconds"`
	Expected    int64        `json:"expected"`
	Filled      int64        `json:"filled" doc:"What of what is expected public holidays fill"`
	Missing     int64        `json:"missing"`
	MissingDays []DayMissing `json:"missing_days" doc:"The days on which something is missing"`
}

// DayMissing is what is missing on a date.
type DayMissing struct {
	Day     day.Date `json:"day"`
	Missing int64    `json:"missing"`
}

func toPart(p timesheets.SheetPart) TimesheetPart {
	v := TimesheetPart{TimesheetView: toSheet(p.Sheet), Seconds: p.Seconds, Expected: p.Expected, Filled: p.Filled, MissingDays: []DayMissing{}}
	for d := range p.Days().Days() {
		if missing := p.Missing[d]; missing > 0 {
			v.Missing += missing
			v.MissingDays = append(v.MissingDays, DayMissing{d, missing})
		}
	}
	return v
}

// TimeGridRow is one project, task and service.
type TimeGridRow struct {
	ProjectID   string     `json:"project_id"`
	ProjectCode string     `json:"project_code"`
	ProjectName string     `json:"project_name"`
	ClientName  string     `json:"client_name"`
	TaskID      *string    `json:"task_id"`
	TaskName    string     `json:"task_name"`
	ServiceID   *string    `json:"service_id"`
	ServiceName string     `json:"service_name"`
	Pinned      bool       `json:"pinned" doc:"In every week of yours; these come first, in their order"`
	Open        bool       `json:"open" doc:"Takes new time"`
	Seconds     int64      `json:"seconds"`
	Cells       []TimeCell `json:"cells" doc:"One a day"`
}

// TimeCell is what was logged on one day of a row.
type TimeCell struct {
	Day      day.Date `json:"day"`
	Seconds  int64    `json:"seconds"`
	Note     string   `json:"note"`
	Entries  int      `json:"entries"`
	State    string   `json:"state" doc:"Empty without entries"`
	Timed    bool     `json:"timed" doc:"Has entries with start and end"`
	Editable bool     `json:"editable"`
	Billable bool     `json:"billable"`
}

func toGrid(g timesheets.Grid) TimeGrid {
	v := TimeGrid{Timesheet: toSheet(g.Sheet), Seconds: g.Seconds, Zone: g.Zone, Rows: []TimeGridRow{}, Days: []DaySeconds{}, Timesheets: []TimesheetPart{}}
	for _, p := range g.Parts {
		v.Timesheets = append(v.Timesheets, toPart(p))
	}
	if !g.Locked.Through.IsZero() {
		v.LockedThrough = &g.Locked.Through
	}
	missing := g.Targets.Missing(g.Totals)
	for _, d := range g.Days {
		v.Days = append(v.Days, DaySeconds{d, g.Totals[d], g.Targets[d].Expected, g.Targets[d].Filled, missing[d], g.Away[d]})
		v.Expected, v.Filled = v.Expected+g.Targets[d].Expected, v.Filled+g.Targets[d].Filled
		v.Missing += missing[d]
	}
	for _, r := range g.Rows {
		v.Rows = append(v.Rows, toGridRow(g, r))
	}
	return v
}

func toGridRow(g timesheets.Grid, r timesheets.GridRow) TimeGridRow {
	row := TimeGridRow{
		ProjectID: r.ProjectID, ProjectCode: r.ProjectCode, ProjectName: r.ProjectName, ClientName: r.ClientName,
		TaskID: null(r.TaskID), TaskName: r.TaskName, ServiceID: null(r.ServiceID), ServiceName: r.ServiceName, Pinned: r.Pinned, Open: r.Open, Seconds: r.Seconds, Cells: []TimeCell{},
	}
	for _, d := range g.Days {
		c := r.Cells[d]
		locked := r.Locked.Locks(d)
		takes := g.SheetOn(d).Takes() && r.Open
		row.Cells = append(row.Cells, TimeCell{
			Day: d, Seconds: c.Seconds, Note: c.Note, Entries: c.Entries, State: c.State, Timed: c.Timed,
			Editable: !locked && (takes || c.Editable), Billable: c.Billable,
		})
	}
	return row
}

// CellInput sets one cell of the week.
type CellInput struct {
	Day       day.Date `json:"day"`
	ProjectID string   `json:"project_id" format:"uuid"`
	TaskID    *string  `json:"task_id,omitempty" format:"uuid"`
	ServiceID *string  `json:"service_id,omitempty" maxLength:"36" doc:"Empty for the row without a service; when left out, all time of the task counts and new time gets the task's"`
	Seconds   int64    `json:"seconds" doc:"0 empties the cell"`
	Expected  *int64   `json:"expected_seconds,omitempty" doc:"What you saw in the cell; refused when it holds something else"`
	Note      *string  `json:"note,omitempty" maxLength:"2000"`
	Zone      string   `json:"zone,omitempty" maxLength:"60"`
}

// TimePins are the pinned rows, all of them in their order.
type TimePins struct {
	Rows []TimePin `json:"rows" maxItems:"50"`
}

// TimePin is a row of the grid.
type TimePin struct {
	ProjectID string `json:"project_id" format:"uuid"`
	TaskID    string `json:"task_id,omitempty" format:"uuid"`
	ServiceID string `json:"service_id,omitempty" format:"uuid"`
}

// WeekInput names a week, or a timesheet, by any of its dates.
type WeekInput struct {
	Week  day.Date `json:"week"`
	Hours bool     `json:"hours,omitempty" doc:"Copy the hours too, not only the rows"`
}

// ApproveInput confirms the exception of approving one's own week.
type ApproveInput struct {
	OwnReason string `json:"own_reason,omitempty" maxLength:"500" doc:"Why you approve your own time; only where nobody else can"`
}

// RejectInput says why, and what.
type RejectInput struct {
	Reason   string   `json:"reason" maxLength:"500"`
	EntryIDs []string `json:"entry_ids,omitempty" maxItems:"200" doc:"Only these lines; the whole timesheet when left out"`
}

type (
	sheetListIn struct {
		page.Query
		MemberID string   `query:"member_id" format:"uuid"`
		State    string   `query:"state" enum:"draft,submitted,approved,rejected"`
		From     day.Date `query:"from"`
		To       day.Date `query:"to"`
	}
	sheetListOut struct{ Body TimesheetList }
	sheetIDIn    struct {
		ID string `path:"id" format:"uuid"`
	}
	sheetOut struct {
		ETag string `header:"ETag"`
		Body TimesheetView
	}
	detailOut struct {
		ETag string `header:"ETag"`
		Body TimesheetDetail
	}
	gridIn struct {
		Week     day.Date `query:"week" doc:"Any date of the week; this week when left out"`
		MemberID string   `query:"member_id" format:"uuid"`
	}
	gridOut struct{ Body TimeGrid }
	pinIn   struct{ Body TimePins }
	cellIn  struct{ Body CellInput }
	weekIn  struct{ Body WeekInput }
	stepIn  struct {
		httpapi.IfMatch
		ID string `path:"id" format:"uuid"`
	}
	approveIn struct {
		httpapi.IfMatch
		ID   string `path:"id" format:"uuid"`
		Body *ApproveInput
	}
	rejectIn struct {
		httpapi.IfMatch
		ID   string `path:"id" format:"uuid"`
		Body RejectInput
	}
)

func oneSheet(s timesheets.Sheet, err error) (*sheetOut, error) {
	if err != nil {
		return nil, err
	}
	return &sheetOut{httpapi.ETag(s.Version), toSheet(s)}, nil
}

func (h handlers) sheets(ctx context.Context, in *sheetListIn) (*sheetListOut, error) {
	return listSheets(ctx, in, h.svc.Sheets)
}

func listSheets(ctx context.Context, in *sheetListIn, read func(context.Context, timesheets.SheetFilter) ([]timesheets.SheetLine, error)) (*sheetListOut, error) {
	f := timesheets.SheetFilter{MemberID: in.MemberID, State: in.State, From: in.From, To: in.To, Limit: in.Size() + 1}
	after, err := page.Decode(in.Cursor, 2)
	if err != nil {
		return nil, err
	}
	if after != nil {
		if f.AfterWeek, err = day.Parse(after[0]); err != nil {
			return nil, page.ErrBadCursor.Because(err)
		}
		f.AfterID = after[1]
	}
	lines, err := read(ctx, f)
	if err != nil {
		return nil, err
	}
	lines, next := page.Cut(lines, in.Size(), func(l timesheets.SheetLine) []string { return []string{l.Week.String(), l.ID} })
	out := &sheetListOut{TimesheetList{Items: make([]TimesheetLine, len(lines)), Next: next}}
	for i, l := range lines {
		out.Body.Items[i] = toLine(l)
	}
	return out, nil
}

func (h handlers) openWeek(ctx context.Context, in *weekIn) (*sheetOut, error) {
	return oneSheet(h.svc.OpenWeek(ctx, in.Body.Week))
}

func (h handlers) sheet(ctx context.Context, in *sheetIDIn) (*detailOut, error) {
	line, entries, p, err := h.svc.Sheet(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &detailOut{httpapi.ETag(line.Version), toDetail(line, entries, p)}, nil
}

func (h handlers) grid(ctx context.Context, in *gridIn) (*gridOut, error) {
	return oneGrid(h.svc.Week(ctx, in.MemberID, in.Week))
}

func oneGrid(g timesheets.Grid, err error) (*gridOut, error) {
	if err != nil {
		return nil, err
	}
	return &gridOut{toGrid(g)}, nil
}

func (h handlers) setCell(ctx context.Context, in *cellIn) (*gridOut, error) {
	b := in.Body
	if service := text(b.ServiceID); service != "" && !id.Valid(service) {
		return nil, timesheets.ErrNoService
	}
	return oneGrid(h.svc.SetCell(ctx, timesheets.CellChange{
		Day: b.Day, ProjectID: b.ProjectID, TaskID: text(b.TaskID), ServiceID: b.ServiceID, Seconds: b.Seconds, Expected: b.Expected, Note: b.Note, Zone: b.Zone,
	}))
}

func (h handlers) pin(ctx context.Context, in *pinIn) (*nothing, error) {
	rows := make([]timesheets.Row, len(in.Body.Rows))
	for i, r := range in.Body.Rows {
		rows[i] = timesheets.Row{ProjectID: r.ProjectID, TaskID: r.TaskID, ServiceID: r.ServiceID}
	}
	return nil, h.svc.Pin(ctx, rows)
}

func (h handlers) copyLastWeek(ctx context.Context, in *weekIn) (*gridOut, error) {
	return oneGrid(h.svc.CopyLastWeek(ctx, in.Body.Week, in.Body.Hours))
}

func (h handlers) submit(ctx context.Context, in *stepIn) (*sheetOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	return oneSheet(h.svc.Submit(ctx, in.ID, version))
}

func (h handlers) recall(ctx context.Context, in *stepIn) (*sheetOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	return oneSheet(h.svc.Recall(ctx, in.ID, version))
}

func (h handlers) approve(ctx context.Context, in *approveIn) (*sheetOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	own := ""
	if in.Body != nil {
		own = in.Body.OwnReason
	}
	return oneSheet(h.svc.ApproveSheet(ctx, in.ID, version, own))
}

func (h handlers) reject(ctx context.Context, in *rejectIn) (*sheetOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	return oneSheet(h.svc.Reject(ctx, in.ID, version, in.Body.Reason, in.Body.EntryIDs))
}
