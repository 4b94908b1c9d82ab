package runshttp

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/runs"
)

func registerStatements(api *httpapi.API, h handlers) {
	op := func(id, method, path, summary string) httpapi.Op {
		o := httpapi.Op{ID: "statement-runs-" + id, Tag: "statement-runs", Method: method, Path: "/api/v1/statement-runs" + path, Summary: summary, Need: invoicing.CanIssue}
		if method == http.MethodGet {
			o.Need = invoicing.CanRead
		}
		return o
	}
	httpapi.Handle(api, op("list", http.MethodGet, "", "List runs that mail statements, newest first"), h.statementRuns)
	start := op("start", http.MethodPost, "", "Mail the statements of all clients who owe something")
	start.Status, start.Idempotent = http.StatusAccepted, true
	httpapi.Handle(api, start, h.startStatements)
	httpapi.Handle(api, op("preview", http.MethodPost, "/preview", "Show who would get a statement, and who would not and why"), h.previewStatements)
	month := op("month", http.MethodGet, "/month", "On which day of the month statements go out by themselves")
	month.Need = invoicing.CanReadSettings
	httpapi.Handle(api, month, h.month)
	save := op("save-month", http.MethodPut, "/month", "Change it")
	save.Need = invoicing.CanWriteSettings
	httpapi.Handle(api, save, h.saveMonth)
	httpapi.Handle(api, op("get", http.MethodGet, "/{id}", "One run and how far it is"), h.statementRun)
	httpapi.Handle(api, op("clients", http.MethodGet, "/{id}/clients", "What became of each client of a run"), h.statementClients)
	httpapi.Handle(api, op("cancel", http.MethodPost, "/{id}/cancel", "End a run; what was mailed is"), h.cancelStatements)
}

// NewStatementRun says whose statements of which days are mailed.
type NewStatementRun struct {
	From     *day.Date `json:"from,omitempty" example:"2026-01-01" doc:"A month before the end when left out"`
	To       day.Date  `json:"to" example:"2026-01-31" doc:"Not after today: what was known at the end of this day counts"`
	Who      string    `json:"who,omitempty" enum:"open,moved" default:"open" doc:"Clients who owe something at the end of the last day, or also those of whom something moved in the days"`
	LeaveOut []string  `json:"leave_out,omitempty" maxItems:"1000" doc:"Clients that get none" example:"[]"`
}

func (b NewStatementRun) wish() (runs.StatementWish, error) {
	bad := errInvalid
	for n, c := range b.LeaveOut {
		if !id.Valid(c) {
			bad = bad.At(fmt.Sprintf("body.leave_out[%d]", n), "is not an id")
		}
	}
	if len(bad.Fields) > 0 {
		return runs.StatementWish{}, bad
	}
	w := runs.StatementWish{To: b.To, Who: runs.Who(b.Who), LeaveOut: b.LeaveOut}
	if b.From != nil {
		w.From = *b.From
	}
	return w, nil
}

// StatementRunReasons counts the clients that get no statement by why.
type StatementRunReasons struct {
	NoBalance   int `json:"no_balance"`
	NoContact   int `json:"no_contact"`
	AlreadySent int `json:"already_sent" doc:"A statement to the same day was mailed to them"`
	Archived    int `json:"archived"`
	LeftOut     int `json:"left_out" doc:"By whoever started the run"`
}

func reasonsOf(n map[runs.Reason]int) StatementRunReasons {
	return StatementRunReasons{n[runs.NothingOpen], n[runs.NoContact], n[runs.SentBefore], n[runs.Archived], n[runs.Unwanted]}
}

// StatementRunCounts counts the clients of a run by what became of them.
type StatementRunCounts struct {
	Pending   int `json:"pending"`
	Sent      int `json:"sent"`
	Skipped   int `json:"skipped"`
	Refused   int `json:"refused"`
	Cancelled int `json:"cancelled"`
}

// StatementRunView is a run and how far it is.
type StatementRunView struct {
	ID         string              `json:"id"`
	From       day.Date            `json:"from"`
	To         day.Date            `json:"to"`
	Who        string              `json:"who" enum:"open,moved"`
	Monthly    bool                `json:"monthly" doc:"It came by itself"`
	State      string              `json:"state" enum:"running,done,cancelled"`
	Clients    int                 `json:"clients"`
	Counts     StatementRunCounts  `json:"counts"`
	Skipped    StatementRunReasons `json:"skipped"`
	CreatedBy  string              `json:"created_by" doc:"Empty: it came by itself"`
	CreatedAt  time.Time           `json:"created_at"`
	FinishedAt *time.Time          `json:"finished_at"`
}

func statementRunView(r runs.StatementRun) StatementRunView {
	return StatementRunView{
		ID: r.ID, From: r.From, To: r.To, Who: string(r.Who), Monthly: r.Monthly, State: string(r.State), Clients: r.Clients(), Skipped: reasonsOf(r.Why),
		Counts:    StatementRunCounts{r.Counts[runs.Pending], r.Counts[runs.Mailed], r.Counts[runs.LeftOut], r.Counts[runs.Refused], r.Counts[runs.Skipped]},
		CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt, FinishedAt: r.FinishedAt,
	}
}

// StatementRunList is a page of runs.
type StatementRunList struct {
	Items []StatementRunView `json:"items"`
	Next  *string            `json:"next"`
}

type statementRunOut struct{ Body StatementRunView }

func oneStatementRun(r runs.StatementRun, err error) (*statementRunOut, error) {
	if err != nil {
		return nil, err
	}
	return &statementRunOut{statementRunView(r)}, nil
}

// StatementRunAhead is what a run would do for a client.
type StatementRunAhead struct {
	ClientID   string        `json:"client_id"`
	ClientName string        `json:"client_name"`
	Open       []money.Money `json:"open" doc:"At the end of the last day, by currency"`
	Late       []money.Money `json:"late" doc:"How much of each is overdue"`
	Recipients []string      `json:"recipients"`
	Reason     string        `json:"reason" doc:"Why it gets none: no_balance, no_contact, already_sent, archived or left_out; empty: it gets one"`
}

// StatementRunPreview is a page of what a run would do.
type StatementRunPreview struct {
	From    day.Date            `json:"from"`
	To      day.Date            `json:"to"`
	Send    int                 `json:"send" doc:"Clients that get a statement"`
	Skipped StatementRunReasons `json:"skipped"`
	Items   []StatementRunAhead `json:"items"`
	Next    *string             `json:"next"`
}

func addresses(all []invoicing.Recipient) []string {
	out := make([]string, len(all))
	for n, r := range all {
		out[n] = r.Email
	}
	return out
}

func (h handlers) previewStatements(ctx context.Context, in *struct {
	page.Query
	Show string `query:"show" enum:"send,skipped" default:"send" doc:"Those who get one with those who were left out by hand, or the others"`
	Body NewStatementRun
},
) (*struct{ Body StatementRunPreview }, error) {
	w, err := in.Body.wish()
	if err != nil {
		return nil, err
	}
	p, next, err := h.svc.PreviewStatements(ctx, w, in.Show == "skipped", in.Query)
	if err != nil {
		return nil, err
	}
	out := StatementRunPreview{From: p.Wish.From, To: p.Wish.To, Send: p.Send, Skipped: reasonsOf(p.Why), Items: make([]StatementRunAhead, len(p.Page)), Next: next}
	for n, a := range p.Page {
		out.Items[n] = StatementRunAhead{a.ClientID, a.ClientName, append([]money.Money{}, a.Open...), append([]money.Money{}, a.Late...), addresses(a.To), string(a.Reason)}
	}
	return &struct{ Body StatementRunPreview }{out}, nil
}

func (h handlers) startStatements(ctx context.Context, in *struct{ Body NewStatementRun }) (*statementRunOut, error) {
	w, err := in.Body.wish()
	if err != nil {
		return nil, err
	}
	return oneStatementRun(h.svc.StartStatements(ctx, w))
}

func (h handlers) statementRuns(ctx context.Context, in *page.Query) (*struct{ Body StatementRunList }, error) {
	all, next, err := h.svc.ListStatements(ctx, *in)
	if err != nil {
		return nil, err
	}
	out := StatementRunList{Items: make([]StatementRunView, len(all)), Next: next}
	for n, r := range all {
		out.Items[n] = statementRunView(r)
	}
	return &struct{ Body StatementRunList }{out}, nil
}

func (h handlers) statementRun(ctx context.Context, in *IDIn) (*statementRunOut, error) {
	return oneStatementRun(h.svc.FindStatements(ctx, in.ID))
}

func (h handlers) cancelStatements(ctx context.Context, in *IDIn) (*statementRunOut, error) {
	return oneStatementRun(h.svc.CancelStatements(ctx, in.ID))
}

// StatementRunClient is what became of a client.
type StatementRunClient struct {
	ClientID   string        `json:"client_id"`
	ClientName string        `json:"client_name"`
	State      string        `json:"state" enum:"pending,sent,skipped,refused,cancelled"`
	Reason     string        `json:"reason" doc:"Why it was skipped: no_balance, no_contact, already_sent, archived or left_out"`
	Open       []money.Money `json:"open" doc:"At the end of the last day, by currency"`
	Recipients []string      `json:"recipients"`
	SentAt     *time.Time    `json:"sent_at" doc:"Null while the mail is under way, and where it could not be delivered"`
	FailedAt   *time.Time    `json:"failed_at" doc:"When its mail was given up: it could not be delivered"`
	Code       string        `json:"code" doc:"Of a refusal"`
	Why        string        `json:"why"`
}

// StatementRunClientList is a page of them.
type StatementRunClientList struct {
	Items []StatementRunClient `json:"items"`
	Next  *string              `json:"next"`
}

func (h handlers) statementClients(ctx context.Context, in *struct {
	IDIn
	page.Query
	State string `query:"state" enum:"pending,sent,skipped,refused,cancelled"`
},
) (*struct{ Body StatementRunClientList }, error) {
	all, next, err := h.svc.StatementItems(ctx, in.ID, runs.ItemState(in.State), in.Query)
	if err != nil {
		return nil, err
	}
	out := StatementRunClientList{Items: make([]StatementRunClient, len(all)), Next: next}
	for n, i := range all {
		v := StatementRunClient{ClientID: i.ClientID, ClientName: i.ClientName, State: string(i.State), Reason: string(i.Reason), Open: append([]money.Money{}, i.Open...), Recipients: []string{}, Code: i.Code, Why: i.Why}
		if i.Mail != nil {
			v.Recipients, v.SentAt, v.FailedAt = addresses(i.Mail.Receivers), i.Mail.SentAt, i.Mail.Failure.At
			if v.FailedAt != nil {
				v.Why = i.Mail.Failure.Why
			}
		}
		out.Items[n] = v
	}
	return &struct{ Body StatementRunClientList }{out}, nil
}

// StatementMonth says on which day of the month statements go out by themselves.
type StatementMonth struct {
	Enabled bool      `json:"enabled"`
	Day     int       `json:"day" doc:"29 to 31 are the last day of shorter months"`
	Who     string    `json:"who" enum:"open,moved"`
	NextOn  *day.Date `json:"next_on" doc:"The next of these days; null: off"`
	NextTo  *day.Date `json:"next_to" doc:"The last day of the statements that go out then"`
	Version int       `json:"version" doc:"0 where nothing is kept yet"`
}

type monthOut struct{ Body StatementMonth }

func oneMonth(m runs.Month, err error) (*monthOut, error) {
	if err != nil {
		return nil, err
	}
	v := StatementMonth{Enabled: m.Enabled, Day: m.Day, Who: string(m.Who), Version: m.Version}
	if !m.RunsOn.IsZero() {
		to := m.RunsOn.AddDays(-1)
		v.NextOn, v.NextTo = &m.RunsOn, &to
	}
	return &monthOut{v}, nil
}

func (h handlers) month(ctx context.Context, _ *struct{}) (*monthOut, error) {
	return oneMonth(h.svc.Month(ctx))
}

// StatementMonthInput is the setting as it is to be.
type StatementMonthInput struct {
	Enabled bool   `json:"enabled"`
	Day     int    `json:"day" minimum:"1" maximum:"31" example:"1"`
	Who     string `json:"who,omitempty" enum:"open,moved" default:"open"`
	Version int    `json:"version,omitempty" minimum:"0" doc:"That it was changed from; 0 where nothing was kept" example:"0"`
}

func (h handlers) saveMonth(ctx context.Context, in *struct{ Body StatementMonthInput }) (*monthOut, error) {
	b := in.Body
	return oneMonth(h.svc.SaveMonth(ctx, runs.Month{Enabled: b.Enabled, Day: b.Day, Who: runs.Who(b.Who), Version: b.Version}))
}
