package timesheetshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/modules/timesheets"
)

func registerEntries(api *httpapi.API, h handlers) {
	const write = timesheets.WriteOwn
	const base = "/time-entries"
	httpapi.Handle(api, op("time-entries-list", http.MethodGet, base, "List time entries, newest first", write), h.list)
	httpapi.Handle(api, creating(op("time-entries-create", http.MethodPost, base, "Log time", write)), h.create)
	httpapi.Handle(api, op("time-entries-recent", http.MethodGet, base+"/recent", "What you worked on lately", write), h.recent)
	httpapi.Handle(api, op("time-entries-summary", http.MethodGet, base+"/summary", "Totals of time entries", write), h.summary)
	registerExports(api, h, base)
	registerBulk(api, h, base)
	httpapi.Handle(api, op("time-entries-rerate", http.MethodPost, base+"/rerate", "Price unbilled, unapproved time by today's rate cards", "rates.cards.write"), h.rerate)
	httpapi.Handle(api, op("time-entries-get", http.MethodGet, base+"/{id}", "Look at one time entry", write), h.get)
	httpapi.Handle(api, op("time-entries-change", http.MethodPatch, base+"/{id}", "Change a time entry", write), h.change)
	httpapi.Handle(api, empty(op("time-entries-delete", http.MethodDelete, base+"/{id}", "Take a time entry out", write)), h.remove)
}

// EntryRateView is the price of an hour and where it came from.
type EntryRateView struct {
	PerHour  string `json:"per_hour" doc:"Decimal amount"`
	Currency string `json:"currency"`
	Level    string `json:"level"`
	Card     string `json:"card"`
	Why      string `json:"why"`

	CountsAs string          `json:"counts_as" enum:",ordinary,after_hours,saturday,sunday,holiday" doc:"What all of it counts as, where somebody said so"`
	HoursWhy string          `json:"hours_why" doc:"Why some of it does not count once"`
	Parts    []EntryRatePart `json:"parts" doc:"What of it counts by which multiplier and costs what; none: all of it counts once, at the price of the rate"`

	CountedPer   string    `json:"counted_per" enum:",day,month,line" doc:"Of a rate with tiers: which hours of the project are counted"`
	CountedSince *day.Date `json:"counted_since" nullable:"true" doc:"And since when"`
}

// EntryRatePart is so much of an entry as counts by one multiplier and has one price. Their seconds add up to the entry's.
type EntryRatePart struct {
	Kind          string `json:"kind" enum:"ordinary,after_hours,saturday,sunday,holiday"`
	Seconds       int64  `json:"seconds"`
	BilledSeconds int64  `json:"billed_seconds"`
	Factor        string `json:"factor" doc:"Decimal"`

	PerHour *string `json:"per_hour" doc:"Of a rate with tiers: the price of an hour before the multiplier"`
	Over    int64   `json:"over_seconds" doc:"After so many counted seconds its tier begins; 0: the first hours"`
	At      int64   `json:"at_seconds" doc:"So many counted seconds come before it"`
}

// shown is a price with two places, or as many as it has.
func shown(d decimal.Decimal) string {
	if short := d.Round(2); short.Equal(d) {
		return short.StringFixed(2)
	}
	return d.StringFixed(max(2, -d.Exponent()))
}

func toParts(e timesheets.Entry) []EntryRatePart {
	out := []EntryRatePart{}
	if e.Split == nil || len(e.Split.Parts) == 0 {
		return out
	}
	for i, billed := range e.BilledParts() {
		p := e.Split.Parts[i]
		v := EntryRatePart{Kind: string(p.Kind), Seconds: p.Seconds, BilledSeconds: billed, Factor: p.Factor.String(), Over: p.From, At: p.At}
		if p.PerHour != nil {
			price := shown(*p.PerHour)
			v.PerHour = &price
		}
		out = append(out, v)
	}
	return out
}

// EntryOwnRate is a rate set on an entry itself, in and out.
type EntryOwnRate struct {
	PerHour  string `json:"per_hour" minLength:"1" maxLength:"20" pattern:"^-?[0-9]+([.][0-9]+)?$" doc:"Decimal; zero is a rate"`
	Currency string `json:"currency" minLength:"3" maxLength:"3"`
}

func (r *EntryOwnRate) own() (*timesheets.OwnRate, error) {
	if r == nil {
		return nil, nil
	}
	amount, err := decimal.NewFromString(r.PerHour)
	if err != nil {
		return nil, timesheets.ErrBadOwnRate.Because(err).At("body.own_rate.per_hour", "is not a number")
	}
	return &timesheets.OwnRate{PerHour: amount, Currency: r.Currency}, nil
}

// TimeEntryView is worked time.
type TimeEntryView struct {
	ID            string         `json:"id"`
	MemberID      string         `json:"member_id"`
	TimesheetID   string         `json:"timesheet_id"`
	ClientID      *string        `json:"client_id"`
	ClientName    string         `json:"client_name"`
	ProjectID     string         `json:"project_id"`
	ProjectCode   string         `json:"project_code"`
	ProjectName   string         `json:"project_name"`
	TaskID        *string        `json:"task_id"`
	TaskName      string         `json:"task_name"`
	ServiceID     *string        `json:"service_id"`
	ServiceName   string         `json:"service_name"`
	Day           day.Date       `json:"day" doc:"The local work date, decided at entry"`
	StartedAt     *time.Time     `json:"started_at"`
	EndedAt       *time.Time     `json:"ended_at"`
	Zone          string         `json:"zone"`
	Seconds       int64          `json:"seconds" doc:"What was worked"`
	BilledSeconds int64          `json:"billed_seconds" doc:"What the rounding rule makes of it"`
	Billable      bool           `json:"billable"`
	Note          string         `json:"note"`
	State         string         `json:"state" enum:"draft,submitted,approved,billed,rejected"`
	RejectReason  string         `json:"reject_reason"`
	InvoiceID     *string        `json:"invoice_id"`
	Source        string         `json:"source" enum:"manual,timer,grid"`
	Flags         []string       `json:"flags" doc:"crossed_lock and over_day: kept by a timer although the rules refuse it by hand"`
	Rate          *EntryRateView `json:"rate,omitempty" doc:"Absent for those who may not see rates"`
	OwnRate       *EntryOwnRate  `json:"own_rate,omitempty" doc:"Set on the entry itself; goes before every card"`
	NoRate        bool           `json:"no_rate" doc:"Billable, but without a rate: it cannot be billed"`
	Amount        *money.Money   `json:"amount,omitempty"`
	Editable      bool           `json:"editable" doc:"By its own member"`
	Warnings      []EntryWarning `json:"warnings,omitempty"`
	CreatedAt     time.Time      `json:"created_at"`
	UpdatedAt     time.Time      `json:"updated_at"`
	Version       int            `json:"version"`
}

// EntryWarning says what is odd about time that was kept all the same.
type EntryWarning struct {
	Code    string   `json:"code"`
	Entries []string `json:"entries"`
}

func toEntry(e timesheets.Entry, warnings []timesheets.Warning) TimeEntryView {
	v := TimeEntryView{
		ID: e.ID, MemberID: e.MemberID, TimesheetID: e.SheetID, ClientID: null(e.ClientID), ClientName: e.ClientName, ProjectID: e.ProjectID,
		ProjectCode: e.ProjectCode, ProjectName: e.ProjectName, TaskID: null(e.TaskID), TaskName: e.TaskName, ServiceID: null(e.ServiceID), ServiceName: e.ServiceName, Day: e.Day, StartedAt: e.StartedAt,
		EndedAt: e.EndedAt, Zone: e.Zone, Seconds: e.RawSeconds, BilledSeconds: e.BilledSeconds, Billable: e.Billable, Note: e.Note, State: e.State,
		RejectReason: e.RejectReason, InvoiceID: null(e.InvoiceID), Source: e.Source, Flags: []string{}, NoRate: e.NoRate(), Amount: e.Amount(),
		Editable: e.Editable(), CreatedAt: e.CreatedAt, UpdatedAt: e.UpdatedAt, Version: e.Version,
	}
	if e.CrossedLock {
		v.Flags = append(v.Flags, "crossed_lock")
	}
	if e.OverDay {
		v.Flags = append(v.Flags, "over_day")
	}
	if e.Rate != nil {
		v.Rate = &EntryRateView{PerHour: shown(*e.Rate), Currency: e.Currency, Level: e.RateLevel, Card: e.RateCardName, Why: e.RateWhy, CountsAs: string(e.HourKind), Parts: toParts(e)}
		if e.Split != nil {
			v.Rate.HoursWhy = e.Split.Why
			if since := e.CountedSince(); !since.IsZero() {
				v.Rate.CountedPer, v.Rate.CountedSince = string(e.Split.Tiers.Per), &since
			}
		}
	}
	if e.Own != nil {
		v.OwnRate = &EntryOwnRate{PerHour: e.Own.PerHour.StringFixed(max(2, -e.Own.PerHour.Exponent())), Currency: e.Own.Currency}
	}
	for _, w := range warnings {
		v.Warnings = append(v.Warnings, EntryWarning(w))
	}
	return v
}

// TimeEntryList is a page of time entries.
type TimeEntryList struct {
	Items []TimeEntryView `json:"items"`
	Next  *string         `json:"next"`
}

// NewTimeEntry is time worked: a start and an end, or a day and seconds.
type NewTimeEntry struct {
	MemberID  string     `json:"member_id,omitempty" format:"uuid" doc:"Yourself when left out; others need timesheets.sheets.approve"`
	ProjectID string     `json:"project_id" format:"uuid"`
	TaskID    *string    `json:"task_id,omitempty" format:"uuid"`
	ServiceID *string    `json:"service_id,omitempty" format:"uuid" doc:"The task's when left out"`
	Day       *day.Date  `json:"day,omitempty" doc:"Required with seconds"`
	Seconds   *int64     `json:"seconds,omitempty" doc:"More than 0, at most 24 hours"`
	StartedAt *time.Time `json:"started_at,omitempty"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
	Zone      string     `json:"zone,omitempty" maxLength:"60" doc:"IANA time zone of the person; the agency's when left out"`
	Note      string     `json:"note,omitempty" maxLength:"2000"`
	Billable  *bool      `json:"billable,omitempty" doc:"What the project, the task and the service say when left out"`

	OwnRate  *EntryOwnRate `json:"own_rate,omitempty" doc:"Goes before every rate card; needs rates.cards.write"`
	CountsAs string        `json:"counts_as,omitempty" enum:"ordinary,after_hours,saturday,sunday,holiday" doc:"What all of it counts as; needs rates.cards.write. When left out, start and end decide, and a duration is ordinary"`
}

// TimeEntryChange names what changes; what is left out stays. Seconds turn start and end into a duration.
type TimeEntryChange struct {
	ProjectID *string    `json:"project_id,omitempty" format:"uuid"`
	TaskID    *string    `json:"task_id,omitempty" maxLength:"36" doc:"Empty for no task"`
	ServiceID *string    `json:"service_id,omitempty" maxLength:"36" doc:"Empty for no service"`
	Day       *day.Date  `json:"day,omitempty"`
	Seconds   *int64     `json:"seconds,omitempty"`
	StartedAt *time.Time `json:"started_at,omitempty"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`
	Zone      *string    `json:"zone,omitempty" maxLength:"60"`
	Note      *string    `json:"note,omitempty" maxLength:"2000"`
	Billable  *bool      `json:"billable,omitempty"`

	OwnRate   *EntryOwnRate `json:"own_rate,omitempty" doc:"Goes before every rate card; needs rates.cards.write"`
	CardsRate bool          `json:"cards_rate,omitempty" doc:"Takes a rate set on the entry off again: the cards decide"`
	CountsAs  *string       `json:"counts_as,omitempty" enum:",ordinary,after_hours,saturday,sunday,holiday" doc:"What all of it counts as; empty: start and end decide. Needs rates.cards.write"`
}

// EntryFilter narrows lists, totals and exports alike. It is exported because huma skips embedded structs that are not.
type EntryFilter struct {
	MemberID  string   `query:"member_id" format:"uuid"`
	ProjectID string   `query:"project_id" format:"uuid"`
	ClientID  string   `query:"client_id" format:"uuid"`
	TaskID    string   `query:"task_id" format:"uuid"`
	ServiceID string   `query:"service_id" format:"uuid"`
	InvoiceID string   `query:"invoice_id" format:"uuid"`
	From      day.Date `query:"from" doc:"First work date"`
	To        day.Date `query:"to" doc:"Last work date"`
	States    []string `query:"state" enum:"draft,submitted,approved,billed,rejected" maxItems:"5"`
	Billable  string   `query:"billable" enum:"true,false"`
	Text      string   `query:"q" maxLength:"100" doc:"In the note, from the beginning of a word"`
}

func (f EntryFilter) filter() timesheets.Filter {
	out := timesheets.Filter{
		MemberID: f.MemberID, ProjectID: f.ProjectID, ClientID: f.ClientID, TaskID: f.TaskID, ServiceID: f.ServiceID, InvoiceID: f.InvoiceID,
		From: f.From, To: f.To, States: f.States, Text: f.Text,
	}
	if f.Billable != "" {
		billable := f.Billable == "true"
		out.Billable = &billable
	}
	return out
}

// TimeTotals add up time entries. Amounts are absent for those who may not see rates.
type TimeTotals struct {
	Key             string        `json:"key,omitempty" doc:"The id or day that the group stands for"`
	Entries         int           `json:"entries"`
	Seconds         int64         `json:"seconds"`
	BillableSeconds int64         `json:"billable_seconds"`
	BilledSeconds   int64         `json:"billed_seconds"`
	Amounts         []money.Money `json:"amounts,omitempty" doc:"One a currency"`
	NoRate          *int          `json:"no_rate,omitempty" doc:"Billable entries without a rate"`
}

// TimeSummary is the total and its groups.
type TimeSummary struct {
	Total  TimeTotals   `json:"total"`
	Groups []TimeTotals `json:"groups"`
}

func toTotals(t timesheets.Totals) TimeTotals {
	v := TimeTotals{Key: t.Key, Entries: t.Entries, Seconds: t.Seconds, BillableSeconds: t.BillableSeconds, BilledSeconds: t.BilledSeconds, Amounts: t.Amounts}
	if !t.MoneyHidden {
		v.NoRate = &t.NoRate
	}
	return v
}

// RerateRequest says which time to price again.
type RerateRequest struct {
	MemberID  string    `json:"member_id,omitempty" format:"uuid"`
	ProjectID string    `json:"project_id,omitempty" format:"uuid"`
	ClientID  string    `json:"client_id,omitempty" format:"uuid"`
	From      *day.Date `json:"from,omitempty"`
	To        *day.Date `json:"to,omitempty"`
	Apply     bool      `json:"apply,omitempty" doc:"Without it nothing changes: the answer is a preview"`
}

// RerateView is what changes, or would.
type RerateView struct {
	Entries int           `json:"entries"`
	Before  []money.Money `json:"before"`
	After   []money.Money `json:"after"`
	Applied bool          `json:"applied"`
}

type (
	entryListIn struct {
		page.Query
		EntryFilter
	}
	entryListOut struct{ Body TimeEntryList }
	newEntryIn   struct{ Body NewTimeEntry }
	entryIDIn    struct {
		ID string `path:"id" format:"uuid"`
	}
	changeEntryIn struct {
		httpapi.IfMatch
		ID   string `path:"id" format:"uuid"`
		Body TimeEntryChange
	}
	entryOut struct {
		ETag string `header:"ETag"`
		Body TimeEntryView
	}
	summaryIn struct {
		EntryFilter
		Group string `query:"group" enum:"project,member,client,task,service,day"`
	}
	summaryOut struct{ Body TimeSummary }
	rerateIn   struct{ Body RerateRequest }
	rerateOut  struct{ Body RerateView }
)

func oneEntry(e timesheets.Entry, ws []timesheets.Warning) *entryOut {
	return &entryOut{httpapi.ETag(e.Version), toEntry(e, ws)}
}

func (h handlers) list(ctx context.Context, in *entryListIn) (*entryListOut, error) {
	f := in.filter()
	after, err := page.Decode(in.Cursor, 2)
	if err != nil {
		return nil, err
	}
	if after != nil {
		if f.AfterDay, err = day.Parse(after[0]); err != nil {
			return nil, page.ErrBadCursor.Because(err)
		}
		f.AfterID = after[1]
	}
	f.Limit = in.Size() + 1
	entries, err := h.svc.List(ctx, f)
	if err != nil {
		return nil, err
	}
	entries, next := page.Cut(entries, in.Size(), func(e timesheets.Entry) []string { return []string{e.Day.String(), e.ID} })
	return &entryListOut{TimeEntryList{toEntries(entries), next}}, nil
}

func toEntries(entries []timesheets.Entry) []TimeEntryView {
	items := make([]TimeEntryView, len(entries))
	for i, e := range entries {
		items[i] = toEntry(e, nil)
	}
	return items
}

func (h handlers) create(ctx context.Context, in *newEntryIn) (*entryOut, error) {
	b := in.Body
	own, err := b.OwnRate.own()
	if err != nil {
		return nil, err
	}
	n := timesheets.NewEntry{
		MemberID: b.MemberID, ProjectID: b.ProjectID, TaskID: text(b.TaskID), ServiceID: text(b.ServiceID), Own: own, StartedAt: b.StartedAt, EndedAt: b.EndedAt, Seconds: b.Seconds,
		Zone: b.Zone, Note: b.Note, Billable: b.Billable, HourKind: rates.HourKind(b.CountsAs),
	}
	if b.Day != nil {
		n.Day = *b.Day
	}
	e, ws, err := h.svc.Log(ctx, n)
	if err != nil {
		return nil, err
	}
	return oneEntry(e, ws), nil
}

func (h handlers) get(ctx context.Context, in *entryIDIn) (*entryOut, error) {
	e, err := h.svc.Find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return oneEntry(e, nil), nil
}

func (h handlers) change(ctx context.Context, in *changeEntryIn) (*entryOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	b := in.Body
	ch := timesheets.EntryChange{
		ProjectID: b.ProjectID, TaskID: b.TaskID, ServiceID: b.ServiceID, Day: b.Day, StartedAt: b.StartedAt, EndedAt: b.EndedAt, Seconds: b.Seconds,
		Zone: b.Zone, Note: b.Note, Billable: b.Billable,
	}
	own, err := b.OwnRate.own()
	if err != nil {
		return nil, err
	}
	if own != nil || b.CardsRate {
		ch.Own = &own
	}
	if b.CountsAs != nil {
		kind := rates.HourKind(*b.CountsAs)
		ch.HourKind = &kind
	}
	e, ws, err := h.svc.Change(ctx, in.ID, version, ch)
	if err != nil {
		return nil, err
	}
	return oneEntry(e, ws), nil
}

func (h handlers) remove(ctx context.Context, in *entryIDIn) (*nothing, error) {
	return nil, h.svc.Delete(ctx, in.ID)
}

func (h handlers) recent(ctx context.Context, _ *struct{}) (*entryListOut, error) {
	entries, err := h.svc.Recent(ctx)
	if err != nil {
		return nil, err
	}
	return &entryListOut{TimeEntryList{Items: toEntries(entries)}}, nil
}

func (h handlers) summary(ctx context.Context, in *summaryIn) (*summaryOut, error) {
	total, groups, err := h.svc.Summary(ctx, in.filter(), timesheets.Group(in.Group))
	if err != nil {
		return nil, err
	}
	out := &summaryOut{TimeSummary{Total: toTotals(total), Groups: make([]TimeTotals, len(groups))}}
	for i, g := range groups {
		out.Body.Groups[i] = toTotals(g)
	}
	return out, nil
}

func (h handlers) rerate(ctx context.Context, in *rerateIn) (*rerateOut, error) {
	b := in.Body
	f := timesheets.Filter{MemberID: b.MemberID, ProjectID: b.ProjectID, ClientID: b.ClientID}
	if b.From != nil {
		f.From = *b.From
	}
	if b.To != nil {
		f.To = *b.To
	}
	r, err := h.svc.Rerate(ctx, f, b.Apply)
	if err != nil {
		return nil, err
	}
	return &rerateOut{RerateView{Entries: r.Entries, Before: list(r.Before), After: list(r.After), Applied: r.Applied}}, nil
}

func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}
