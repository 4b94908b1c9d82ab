package timesheetshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/timesheets"
)

func registerBulk(api *httpapi.API, h handlers, base string) {
	const write = timesheets.WriteOwn
	httpapi.Handle(api, op("time-entries-last-bulk", http.MethodGet, base+"/bulk", "Your latest change of many entries that can be undone", write), h.lastBulk)
	httpapi.Handle(api, op("time-entries-preview-bulk", http.MethodPost, base+"/bulk/preview", "What a change of many entries would do", write), h.previewBulk)
	httpapi.Handle(api, idempotent(op("time-entries-bulk", http.MethodPost, base+"/bulk", "Change many entries at once", write)), h.bulk)
	httpapi.Handle(api, op("time-entries-undo-bulk", http.MethodPost, base+"/bulk/{id}/undo", "Undo a change of many entries", write), h.undoBulk)
}

// TimeBulk names entries, or all that fit a filter, and what changes of them.
type TimeBulk struct {
	EntryIDs []string       `json:"entry_ids,omitempty" maxItems:"5000" format:"uuid"`
	Filter   *TimeBulkFit   `json:"filter,omitempty" doc:"Instead of ids: all that fit, 5,000 at most"`
	Change   TimeBulkChange `json:"change"`
	Seen     string         `json:"seen,omitempty" maxLength:"64" doc:"Of the preview: the change is refused if it would do anything else by now"`
}

// TimeBulkFit is the filter of the list, in a body.
type TimeBulkFit struct {
	MemberID  string    `json:"member_id,omitempty" format:"uuid"`
	ProjectID string    `json:"project_id,omitempty" format:"uuid"`
	ClientID  string    `json:"client_id,omitempty" format:"uuid"`
	TaskID    string    `json:"task_id,omitempty" format:"uuid"`
	ServiceID string    `json:"service_id,omitempty" format:"uuid"`
	From      *day.Date `json:"from,omitempty"`
	To        *day.Date `json:"to,omitempty"`
	States    []string  `json:"states,omitempty" enum:"draft,submitted,approved,billed,rejected" maxItems:"5"`
	Billable  *bool     `json:"billable,omitempty"`
	Text      string    `json:"q,omitempty" maxLength:"100"`
}

// TimeBulkChange names what changes; what is left out stays.
type TimeBulkChange struct {
	ProjectID string  `json:"project_id,omitempty" format:"uuid" doc:"Takes the entries away from the tasks they had"`
	TaskID    string  `json:"task_id,omitempty" format:"uuid" doc:"Of the project"`
	ServiceID *string `json:"service_id,omitempty" maxLength:"36" doc:"Empty for no service"`
	Billable  *bool   `json:"billable,omitempty"`
	Note      *string `json:"note,omitempty" maxLength:"2000"`
	MoveDays  int     `json:"move_days,omitempty" minimum:"-366" maximum:"366" doc:"To so many days later, or earlier"`
	Reprice   bool    `json:"reprice,omitempty" doc:"Today's rate cards decide again; needs rates.cards.write. Rates set on an entry itself stay"`
}

// TimeBulkRefusal counts entries that stay as they are.
type TimeBulkRefusal struct {
	Why     string `json:"why" enum:"gone,changed,billed,approved,submitted,not_yours,locked,day,week_closed,day_full,overlap"`
	Entries int    `json:"entries"`
}

// TimeBulkView is what a change of many entries does, or would do.
type TimeBulkView struct {
	ID        string            `json:"id" doc:"To undo it by; empty of a preview"`
	Found     int               `json:"found"`
	Changed   int               `json:"changed"`
	Unchanged int               `json:"unchanged" doc:"They are like that already"`
	Refused   []TimeBulkRefusal `json:"refused"`
	Before    []money.Money     `json:"before,omitempty" doc:"The worth of what is touched; absent for those who may not see rates"`
	After     []money.Money     `json:"after,omitempty"`
	Stopped   string            `json:"stopped" doc:"Why nothing of it would be done: a budget has no room for it"`
	Seen      string            `json:"seen"`
	UndoUntil *time.Time        `json:"undo_until"`
}

// TimeBulkLast is a change that can be undone; its id is empty when there is none.
type TimeBulkLast struct {
	ID        string     `json:"id"`
	Entries   int        `json:"entries"`
	ChangedAt *time.Time `json:"changed_at"`
	UndoUntil *time.Time `json:"undo_until"`
}

type (
	bulkIn   struct{ Body TimeBulk }
	bulkIDIn struct {
		ID string `path:"id" format:"uuid"`
	}
	bulkOut     struct{ Body TimeBulkView }
	lastBulkOut struct{ Body TimeBulkLast }
)

// which reads the entries and the change of a request.
func (b TimeBulk) which() (timesheets.Filter, timesheets.BulkChange, error) {
	ch := b.Change
	change := timesheets.BulkChange{
		ProjectID: ch.ProjectID, TaskID: ch.TaskID, ServiceID: ch.ServiceID, Billable: ch.Billable, Note: ch.Note, MoveDays: ch.MoveDays, Reprice: ch.Reprice,
	}
	if service := text(ch.ServiceID); service != "" && !id.Valid(service) {
		return timesheets.Filter{}, change, timesheets.ErrBulkService
	}
	if b.Filter == nil && len(b.EntryIDs) == 0 {
		return timesheets.Filter{}, change, timesheets.ErrBulkNobody
	}
	f := timesheets.Filter{IDs: b.EntryIDs}
	if fit := b.Filter; fit != nil && len(f.IDs) == 0 {
		f = timesheets.Filter{
			MemberID: fit.MemberID, ProjectID: fit.ProjectID, ClientID: fit.ClientID, TaskID: fit.TaskID, ServiceID: fit.ServiceID,
			States: fit.States, Billable: fit.Billable, Text: fit.Text,
		}
		if fit.From != nil {
			f.From = *fit.From
		}
		if fit.To != nil {
			f.To = *fit.To
		}
	}
	return f, change, nil
}

func toBulk(r timesheets.BulkResult) *bulkOut {
	v := TimeBulkView{
		ID: r.ID, Found: r.Found, Changed: r.Changed, Unchanged: r.Unchanged, Refused: make([]TimeBulkRefusal, len(r.Refused)),
		Before: r.Before, After: r.After, Stopped: r.Stopped, Seen: r.Seen, UndoUntil: r.UndoUntil,
	}
	for i, x := range r.Refused {
		v.Refused[i] = TimeBulkRefusal(x)
	}
	return &bulkOut{v}
}

func (h handlers) previewBulk(ctx context.Context, in *bulkIn) (*bulkOut, error) {
	f, ch, err := in.Body.which()
	if err != nil {
		return nil, err
	}
	r, err := h.svc.PreviewBulk(ctx, f, ch)
	if err != nil {
		return nil, err
	}
	return toBulk(r), nil
}

func (h handlers) bulk(ctx context.Context, in *bulkIn) (*bulkOut, error) {
	f, ch, err := in.Body.which()
	if err != nil {
		return nil, err
	}
	r, err := h.svc.Bulk(ctx, f, ch, in.Body.Seen)
	if err != nil {
		return nil, err
	}
	return toBulk(r), nil
}

func (h handlers) undoBulk(ctx context.Context, in *bulkIDIn) (*bulkOut, error) {
	r, err := h.svc.UndoBulk(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return toBulk(r), nil
}

func (h handlers) lastBulk(ctx context.Context, _ *struct{}) (*lastBulkOut, error) {
	k, err := h.svc.LastBulk(ctx)
	if err != nil || k == nil {
		return &lastBulkOut{}, err
	}
	until := k.UndoUntil()
	return &lastBulkOut{TimeBulkLast{ID: k.ID, Entries: len(k.Lines), ChangedAt: &k.At, UndoUntil: &until}}, nil
}
