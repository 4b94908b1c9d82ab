// Package timesheetshttp puts timers, time entries and weeks on the web.
package timesheetshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/table"
	"github.com/bureauhq/bureau/modules/timesheets"
)

// Service is the part of timesheets.Service that the web uses.
type Service interface {
	CurrentTimer(context.Context) (*timesheets.Timer, error)
	StartTimer(context.Context, timesheets.NewTimer) (timesheets.Timer, *timesheets.Entry, error)
	ChangeTimer(context.Context, timesheets.TimerChange) (timesheets.Timer, error)
	StopTimer(context.Context, *time.Time, bool) (timesheets.Entry, error)
	KeepTimer(context.Context) (timesheets.Timer, error)
	DiscardTimer(context.Context) error

	Log(context.Context, timesheets.NewEntry) (timesheets.Entry, []timesheets.Warning, error)
	Find(context.Context, string) (timesheets.Entry, error)
	Change(context.Context, string, int, timesheets.EntryChange) (timesheets.Entry, []timesheets.Warning, error)
	Delete(context.Context, string) error
	List(context.Context, timesheets.Filter) ([]timesheets.Entry, error)
	Recent(context.Context) ([]timesheets.Entry, error)
	Summary(context.Context, timesheets.Filter, timesheets.Group) (timesheets.Totals, []timesheets.Totals, error)
	Export(context.Context, timesheets.Filter) (table.Table, error)
	Rerate(context.Context, timesheets.Filter, bool) (timesheets.Rerating, error)
	PreviewBulk(context.Context, timesheets.Filter, timesheets.BulkChange) (timesheets.BulkResult, error)
	Bulk(context.Context, timesheets.Filter, timesheets.BulkChange, string) (timesheets.BulkResult, error)
	UndoBulk(context.Context, string) (timesheets.BulkResult, error)
	LastBulk(context.Context) (*timesheets.BulkKept, error)

	Suggestions(context.Context, timesheets.SuggestionQuery) ([]timesheets.Suggestion, error)
	TakeSuggestions(context.Context, timesheets.Taking) ([]timesheets.Taken, error)
	HideSuggestions(ctx context.Context, ids []string, hidden bool) error

	Week(context.Context, string, day.Date) (timesheets.Grid, error)
	SetCell(context.Context, timesheets.CellChange) (timesheets.Grid, error)
	CopyLastWeek(context.Context, day.Date, bool) (timesheets.Grid, error)
	Pin(context.Context, []timesheets.Row) error
	OpenWeek(context.Context, day.Date) (timesheets.Sheet, error)
	Sheet(context.Context, string) (timesheets.SheetLine, []timesheets.Entry, timesheets.Progress, error)
	Sheets(context.Context, timesheets.SheetFilter) ([]timesheets.SheetLine, error)
	Approvals(context.Context, timesheets.SheetFilter, bool) ([]timesheets.SheetLine, error)
	Submit(context.Context, string, int) (timesheets.Sheet, error)
	Recall(context.Context, string, int) (timesheets.Sheet, error)
	ApproveSheet(context.Context, string, int, string) (timesheets.Sheet, error)
	Reject(context.Context, string, int, string, []string) (timesheets.Sheet, error)
	Judge(context.Context, string, int, timesheets.Verdict) (timesheets.Sheet, error)
	JudgeMany(context.Context, []timesheets.Seen, timesheets.Verdict) ([]timesheets.Judged, error)
	UndoDecision(context.Context, string) (timesheets.Sheet, error)
	StandIns(context.Context) ([]timesheets.StandIn, error)
	AddStandIn(context.Context, timesheets.StandIn) (timesheets.StandIn, error)
	RemoveStandIn(context.Context, string) error
	ProjectRoutes(context.Context) (map[string]timesheets.Route, error)
	SetProjectRoute(context.Context, string, timesheets.Route) error

	MissingTime(context.Context, timesheets.MissingFilter) ([]timesheets.MissingLine, []day.Range, error)
	MyMissingTime(context.Context) (timesheets.MissingLine, error)
	Remind(context.Context, []string, day.Range) (int, error)
	Reminding(context.Context) (timesheets.Reminding, error)
	SetReminding(context.Context, timesheets.Reminding) (timesheets.Reminding, error)
	MyReminders(context.Context) (timesheets.ReminderChoice, error)
	SetMyReminders(context.Context, timesheets.ReminderChoice) error

	Settings(context.Context) (timesheets.Settings, error)
	ChangeSettings(context.Context, int, timesheets.SettingsChange) (timesheets.Settings, error)
	Opening(context.Context, day.Date, string) (timesheets.Opening, error)
}

type handlers struct{ svc Service }

// Register declares the operations. Fixed paths come before those with an id.
func Register(api *httpapi.API, svc Service) {
	h := handlers{svc}
	registerTimer(api, h)
	registerEntries(api, h)
	registerSuggestions(api, h)
	registerSheets(api, h)
	registerApprovals(api, h)
	registerMissing(api, h)
	registerReminding(api, h)
	registerSettings(api, h)
}

func op(id, method, path, summary string, need access.Permission) httpapi.Op {
	return httpapi.Op{ID: id, Tag: "time", Method: method, Path: "/api/v1" + path, Summary: summary, Need: need}
}

func creating(o httpapi.Op) httpapi.Op {
	o.Status, o.Idempotent = http.StatusCreated, true
	return o
}

func empty(o httpapi.Op) httpapi.Op {
	o.Status = http.StatusNoContent
	return o
}

func idempotent(o httpapi.Op) httpapi.Op {
	o.Idempotent = true
	return o
}

func null(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
