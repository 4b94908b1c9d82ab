package timesheetshttp

import (
	"context"
	"net/http"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/app/kit/table"
	"github.com/bureauhq/bureau/modules/timesheets"
)

func registerMissing(api *httpapi.API, h handlers) {
	const base, read = "/missing-time", timesheets.ReadAll
	httpapi.Handle(api, op("missing-time-list", http.MethodGet, base, "People with what they were expected to log and did not, by name", read), h.missing)
	export := op("missing-time-export", http.MethodGet, base+"/export.csv", "Missing time as CSV, a line for each person and period", read)
	export.Exports = true
	httpapi.Handle(api, export, h.missingCSV)
	httpapi.Handle(api, op("missing-time-mine", http.MethodGet, base+"/mine", "What you have not logged or handed in of the last four weeks, or of two periods", timesheets.WriteOwn), h.myMissing)
	httpapi.Handle(api, idempotent(op("missing-time-remind", http.MethodPost, base+"/remind", "Write to people about what is missing", timesheets.Approve)), h.remind)
}

// MissingTimeGap is what was expected of somebody in some days. Days that are not over do not count.
type MissingTimeGap struct {
	From        day.Date `json:"from"`
	To          day.Date `json:"to"`
	Expected    int64    `json:"expected"`
	Filled      int64    `json:"filled" doc:"What of what is expected public holidays fill"`
	Logged      int64    `json:"logged"`
	Missing     int64    `json:"missing" doc:"Expected less filled and logged, day by day: more on one day does not make up for another"`
	Closed      int64    `json:"closed" doc:"How much of what is missing nobody can log any more: its day is closed, or approved"`
	State       string   `json:"state" enum:"draft,submitted,approved,rejected" doc:"Of its timesheet; of several, of the one with most to do"`
	TimesheetID *string  `json:"timesheet_id" doc:"The timesheet; null until somebody logged time in it"`
	Due         bool     `json:"due" doc:"A timesheet is over and was not handed in"`
}

// MissingTimeLine is one person's time, period by period.
type MissingTimeLine struct {
	MemberID     string           `json:"member_id"`
	Name         string           `json:"name"`
	Active       bool             `json:"active" doc:"Not for those who have left: they cannot be reminded"`
	Expected     int64            `json:"expected"`
	Filled       int64            `json:"filled" doc:"What of what is expected public holidays fill"`
	Logged       int64            `json:"logged"`
	Missing      int64            `json:"missing"`
	Closed       int64            `json:"closed" doc:"How much of what is missing nobody can log any more"`
	NotSubmitted int              `json:"not_submitted" doc:"Timesheets"`
	Waiting      int              `json:"waiting" doc:"Timesheets that wait for approval"`
	Gaps         []MissingTimeGap `json:"gaps"`
}

// MissingTimeSpan is a column of the list.
type MissingTimeSpan struct {
	From day.Date `json:"from"`
	To   day.Date `json:"to"`
}

// MissingTimeList is a page of people.
type MissingTimeList struct {
	Items   []MissingTimeLine `json:"items"`
	Periods []MissingTimeSpan `json:"periods"`
	Next    *string           `json:"next"`
}

// MissingTimeRemind names whom to write to, and about which days.
type MissingTimeRemind struct {
	MemberIDs []string `json:"member_ids" minItems:"1" maxItems:"200" format:"uuid"`
	From      day.Date `json:"from"`
	To        day.Date `json:"to"`
}

// MissingTimeReminded tells how many letters go out.
type MissingTimeReminded struct {
	Letters int `json:"letters" doc:"Who has nothing missing and all handed in gets none"`
}

// MissingTimeQuery says whose time is wanted.
type MissingTimeQuery struct {
	From      day.Date `query:"from" doc:"With to; the periods of the last four weeks, two at least, when both are left out"`
	To        day.Date `query:"to"`
	By        string   `query:"by" enum:"period,week,day" default:"period" doc:"By what is handed in together, or finer"`
	MemberID  string   `query:"member_id" format:"uuid"`
	ManagerID string   `query:"manager_id" format:"uuid" doc:"Those who report to this person"`
	Show      string   `query:"show" enum:"missing,closed,not_submitted,waiting" doc:"Missing is what can still be logged, closed what cannot"`
}

func (q MissingTimeQuery) filter() timesheets.MissingFilter {
	return timesheets.MissingFilter{From: q.From, To: q.To, By: q.By, MemberID: q.MemberID, ManagerID: q.ManagerID, Show: q.Show}
}

type (
	missingIn struct {
		page.Query
		MissingTimeQuery
	}
	missingOut    struct{ Body MissingTimeList }
	missingCSVIn  struct{ MissingTimeQuery }
	missingOneOut struct{ Body MissingTimeLine }
	remindIn      struct{ Body MissingTimeRemind }
	remindOut     struct{ Body MissingTimeReminded }
)

func toMissing(l timesheets.MissingLine) MissingTimeLine {
	v := MissingTimeLine{
		MemberID: l.ID, Name: l.Name, Active: l.Active, Expected: l.Expected, Filled: l.Filled, Logged: l.Logged, Missing: l.Missing, Closed: l.Closed,
		NotSubmitted: l.NotSubmitted, Waiting: l.Waiting, Gaps: make([]MissingTimeGap, len(l.Gaps)),
	}
	for i, g := range l.Gaps {
		v.Gaps[i] = MissingTimeGap{g.Days.From, g.Days.To, g.Expected, g.Filled, g.Logged, g.Missing, g.Closed, g.State, null(g.SheetID), g.Due}
	}
	return v
}

func (h handlers) missing(ctx context.Context, in *missingIn) (*missingOut, error) {
	f := in.filter()
	f.Limit = in.Size() + 1
	var err error
	if f.After, err = page.Decode(in.Cursor, 2); err != nil {
		return nil, err
	}
	lines, periods, err := h.svc.MissingTime(ctx, f)
	if err != nil {
		return nil, err
	}
	lines, next := page.Cut(lines, in.Size(), timesheets.MissingKey)
	out := &missingOut{MissingTimeList{Items: make([]MissingTimeLine, len(lines)), Periods: make([]MissingTimeSpan, len(periods)), Next: next}}
	for i, l := range lines {
		out.Body.Items[i] = toMissing(l)
	}
	for i, p := range periods {
		out.Body.Periods[i] = MissingTimeSpan{p.From, p.To}
	}
	return out, nil
}

func (h handlers) myMissing(ctx context.Context, _ *struct{}) (*missingOneOut, error) {
	line, err := h.svc.MyMissingTime(ctx)
	if err != nil {
		return nil, err
	}
	return &missingOneOut{toMissing(line)}, nil
}

func (h handlers) missingCSV(ctx context.Context, in *missingCSVIn) (*fileOut, error) {
	lines, _, err := h.svc.MissingTime(ctx, in.filter())
	if err != nil {
		return nil, err
	}
	out := table.Table{Columns: []table.Column{
		table.Col("member", table.Text), table.Col("from", table.Date), table.Col("to", table.Date),
		table.Col("expected_hours", table.Number), table.Col("logged_hours", table.Number), table.Col("missing_hours", table.Number), table.Col("state", table.Text), table.Col("closed_hours", table.Number), table.Col("filled_hours", table.Number),
	}}
	hours := func(seconds int64) string {
		return decimal.NewFromInt(seconds).Div(decimal.NewFromInt(3600)).Round(4).String()
	}
	for _, l := range lines {
		for _, g := range l.Gaps {
			out.Rows = append(out.Rows, []string{l.Name, g.Days.From.String(), g.Days.To.String(), hours(g.Expected), hours(g.Logged), hours(g.Missing), g.State, hours(g.Closed), hours(g.Filled)})
		}
	}
	body, err := out.CSV()
	return &fileOut{"text/csv; charset=utf-8", `attachment; filename="missing-time.csv"`, body}, err
}

func (h handlers) remind(ctx context.Context, in *remindIn) (*remindOut, error) {
	n, err := h.svc.Remind(ctx, in.Body.MemberIDs, day.Range{From: in.Body.From, To: in.Body.To})
	if err != nil {
		return nil, err
	}
	return &remindOut{MissingTimeReminded{n}}, nil
}
