package opshttp

import (
	"context"
	"strconv"
	"time"

	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/ops"
)

// OpsHealth is how the platform does.
type OpsHealth struct {
	At            time.Time        `json:"at"`
	Parts         []OpsPart        `json:"parts"`
	Pools         []OpsPool        `json:"pools"`
	Queue         OpsQueue         `json:"queue"`
	Backups       OpsBackupsHealth `json:"backups"`
	Placements    []OpsPlacement   `json:"placements"`
	DatabaseBytes int64            `json:"database_bytes" doc:"Of the main placement"`
	DiskFree      int64            `json:"disk_free"`
	DiskTotal     int64            `json:"disk_total" doc:"0 where it cannot be told"`
}

// OpsPlacement is a database for agencies.
type OpsPlacement struct {
	Name     string `json:"name"`
	Agencies int    `json:"agencies"`
	Bytes    int64  `json:"bytes"`
	OK       bool   `json:"ok"`
	Error    string `json:"error"`
	Ms       int64  `json:"ms"`
}

// OpsPlacementName names one.
type OpsPlacementName struct {
	Name     string `json:"name"`
	Agencies int    `json:"agencies"`
}

// OpsPlacementList lists them, the main one first.
type OpsPlacementList = list[OpsPlacementName]

func (h handlers) placements(ctx context.Context, _ *none) (*out[OpsPlacementList], error) {
	found, err := h.svc.Placements(ctx)
	if err != nil {
		return nil, err
	}
	return &out[OpsPlacementList]{OpsPlacementList{Items: views(found, func(p ops.Placement) OpsPlacementName { return OpsPlacementName{p.Name, p.Agencies} })}}, nil
}

// OpsPart is one thing the platform stands on.
type OpsPart struct {
	Name  string `json:"name" enum:"database,kratos,mail"`
	OK    bool   `json:"ok"`
	Error string `json:"error"`
	Ms    int64  `json:"ms"`
}

// OpsPool is one pool of database connections.
type OpsPool struct {
	Name      string `json:"name"`
	Placement string `json:"placement"`
	InUse     int    `json:"in_use"`
	Idle      int    `json:"idle"`
	Max       int    `json:"max"`
	Waited    int64  `json:"waited"`
}

// OpsQueue is how background work stands.
type OpsQueue struct {
	Waiting       int        `json:"waiting"`
	Running       int        `json:"running"`
	Retrying      int        `json:"retrying"`
	Failed        int        `json:"failed"`
	OldestWaiting *time.Time `json:"oldest_waiting"`
	MailWaiting   int        `json:"mail_waiting"`
	MailFailed    int        `json:"mail_failed"`
}

// OpsBackupsHealth is how the backups of all agencies stand.
type OpsBackupsHealth struct {
	Configured bool       `json:"configured"`
	Agencies   int        `json:"agencies"`
	Overdue    int        `json:"overdue"`
	Failed     int        `json:"failed"`
	Newest     *time.Time `json:"newest"`
}

func (h handlers) health(ctx context.Context, _ *none) (*out[OpsHealth], error) {
	got, err := h.svc.Health(ctx)
	if err != nil {
		return nil, err
	}
	b, q := got.Backups, got.Queue
	return &out[OpsHealth]{OpsHealth{
		At: got.At, DatabaseBytes: got.DatabaseBytes, DiskFree: got.DiskFree, DiskTotal: got.DiskTotal,
		Parts: views(got.Parts, func(p ops.Part) OpsPart { return OpsPart{p.Name, p.Error == "", p.Error, p.Took.Milliseconds()} }),
		Pools: views(got.Pools, func(p ops.Pool) OpsPool { return OpsPool(p) }),
		Placements: views(got.Placements, func(p ops.Placement) OpsPlacement {
			return OpsPlacement{p.Name, p.Agencies, p.Bytes, p.Error == "", p.Error, p.Took.Milliseconds()}
		}),
		Queue:   OpsQueue(q),
		Backups: OpsBackupsHealth{b.Configured, b.Agencies, b.Overdue, len(b.Failed), b.Newest},
	}}, nil
}

// OpsJob is background work that failed, without its arguments: they hold an agency's data.
type OpsJob struct {
	ID          string     `json:"id"`
	Kind        string     `json:"kind"`
	State       string     `json:"state" enum:"retryable,discarded,cancelled"`
	AgencyID    string     `json:"agency_id"`
	Slug        string     `json:"slug"`
	Attempt     int        `json:"attempt"`
	MaxAttempts int        `json:"max_attempts"`
	Error       string     `json:"error"`
	CreatedAt   time.Time  `json:"created_at"`
	FailedAt    *time.Time `json:"failed_at"`
	NextAt      *time.Time `json:"next_at"`
}

// OpsJobList is a page of failed work.
type OpsJobList = list[OpsJob]

func (h handlers) failedJobs(ctx context.Context, in *struct {
	page.Query
	AgencyID string `query:"agency_id" maxLength:"36" format:"uuid"`
},
) (*out[OpsJobList], error) {
	before, err := number(in.Cursor)
	if err != nil {
		return nil, err
	}
	found, err := h.svc.FailedJobs(ctx, in.AgencyID, before, in.Size())
	if err != nil {
		return nil, err
	}
	found, next := page.Cut(found, in.Size(), func(j ops.Job) []string { return []string{strconv.FormatInt(j.ID, 10)} })
	view := func(j ops.Job) OpsJob {
		return OpsJob{strconv.FormatInt(j.ID, 10), j.Kind, j.State, j.AgencyID, j.Slug, j.Attempt, j.MaxAttempts, j.Error, j.CreatedAt, j.FailedAt, j.NextAt}
	}
	return &out[OpsJobList]{OpsJobList{views(found, view), next}}, nil
}

func (h handlers) retry(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"20" pattern:"^[0-9]+$"`
},
) (*none, error) {
	n, err := strconv.ParseInt(in.ID, 10, 64)
	if err != nil {
		return nil, ops.ErrNoJob
	}
	return nil, h.svc.Retry(ctx, n)
}

// OpsMonth is one month of the platform's life.
type OpsMonth struct {
	Month          string `json:"month" doc:"2026-03"`
	ActivePeople   int    `json:"active_people"`
	ActiveAgencies int    `json:"active_agencies"`
	Opened         int    `json:"opened"`
	Deleted        int    `json:"deleted"`
	Agencies       int    `json:"agencies" doc:"Open at the month's end"`
}

// OpsMonthList lists the last twelve months, the oldest first.
type OpsMonthList = list[OpsMonth]

func (h handlers) growth(ctx context.Context, _ *none) (*out[OpsMonthList], error) {
	found, err := h.svc.Months(ctx)
	if err != nil {
		return nil, err
	}
	view := func(m ops.Month) OpsMonth {
		return OpsMonth{m.Month.Format("2006-01"), m.ActivePeople, m.ActiveAgencies, m.Opened, m.Deleted, m.Agencies}
	}
	return &out[OpsMonthList]{OpsMonthList{Items: views(found, view)}}, nil
}
