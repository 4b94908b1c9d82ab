package opshttp

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/modules/ops"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// OpsAgency is one agency as operators see it: how it does, and nothing of what is in it.
type OpsAgency struct {
	ID             string     `json:"id"`
	Slug           string     `json:"slug"`
	Name           string     `json:"name"`
	URL            string     `json:"url"`
	State          string     `json:"state" enum:"active,suspended,deleted,removing"`
	Placement      string     `json:"placement"`
	Version        string     `json:"version"`
	MigrationError string     `json:"migration_error"`
	CreatedAt      time.Time  `json:"created_at"`
	DeletedAt      *time.Time `json:"deleted_at"`
	Staff          int        `json:"staff"`
	Contacts       int        `json:"contacts"`
	Bytes          int64      `json:"bytes"`
	LastActivityAt *time.Time `json:"last_activity_at"`
	Plan           string     `json:"plan"`
	Billing        string     `json:"billing_status"`
	FailedJobs     int        `json:"failed_jobs"`
	LastBackupAt   *time.Time `json:"last_backup_at"`
}

// OpsAgencyList is a page of agencies.
type OpsAgencyList = list[OpsAgency]

func (h handlers) agencyView(a ops.Agency) OpsAgency {
	return OpsAgency{
		ID: a.ID, Slug: a.Slug, Name: a.Name, URL: h.who.Places().Agency(a.Slug), State: string(a.State), Placement: a.Placement, Version: a.Version, MigrationError: a.MigrationError,
		CreatedAt: a.CreatedAt, DeletedAt: a.DeletedAt, Staff: a.Staff, Contacts: a.Contacts, Bytes: a.Bytes, LastActivityAt: a.LastActivity,
		Plan: a.Plan, Billing: a.Billing, FailedJobs: a.FailedJobs, LastBackupAt: a.LastBackup,
	}
}

func (h handlers) agencyOut(a ops.Agency, err error) (*out[OpsAgency], error) {
	if err != nil {
		return nil, err
	}
	return &out[OpsAgency]{h.agencyView(a)}, nil
}

type agenciesIn struct {
	page.Query
	Search    string `query:"search" maxLength:"100" doc:"In slug and name"`
	State     string `query:"state" enum:"active,suspended,deleted,removing"`
	Placement string `query:"placement" maxLength:"20" doc:"The database that holds them"`
	Plan      string `query:"plan" enum:"starter,professional,enterprise"`
	Trouble   bool   `query:"trouble" doc:"Only agencies with a failed migration or failed jobs"`
}

func (h handlers) agencies(ctx context.Context, in *agenciesIn) (*out[OpsAgencyList], error) {
	f := ops.Filter{Search: in.Search, State: in.State, Plan: in.Plan, Placement: in.Placement, Trouble: in.Trouble, Limit: in.Size()}
	after, err := page.Decode(in.Cursor, 1)
	if err != nil {
		return nil, err
	}
	if after != nil {
		f.After = after[0]
	}
	found, err := h.svc.Agencies(ctx, f)
	if err != nil {
		return nil, err
	}
	found, next := page.Cut(found, in.Size(), func(a ops.Agency) []string { return []string{a.Slug} })
	return &out[OpsAgencyList]{OpsAgencyList{views(found, h.agencyView), next}}, nil
}

func views[T, V any](all []T, view func(T) V) []V {
	items := make([]V, len(all))
	for i, one := range all {
		items[i] = view(one)
	}
	return items
}

// NewOpsAgency opens an agency.
type NewOpsAgency struct {
	Slug       string `json:"slug" minLength:"1" maxLength:"63"`
	Name       string `json:"name" minLength:"1" maxLength:"120"`
	OwnerEmail string `json:"owner_email" minLength:"3" maxLength:"254"`
	OwnerName  string `json:"owner_name,omitempty" maxLength:"120"`
}

func (h handlers) open(ctx context.Context, in *struct{ Body NewOpsAgency }) (*out[OpsAgency], error) {
	return h.agencyOut(h.svc.Open(ctx, in.Body.Slug, in.Body.Name, in.Body.OwnerEmail, in.Body.OwnerName))
}

func (h handlers) agency(ctx context.Context, in *IDIn) (*out[OpsAgency], error) {
	return h.agencyOut(h.svc.Agency(ctx, in.ID))
}

func (h handlers) suspend(ctx context.Context, in *reasonIn) (*out[OpsAgency], error) {
	return h.agencyOut(h.svc.Suspend(ctx, in.ID, in.Body.Reason))
}

func (h handlers) resume(ctx context.Context, in *reasonIn) (*out[OpsAgency], error) {
	return h.agencyOut(h.svc.Resume(ctx, in.ID, in.Body.Reason))
}

func (h handlers) delete(ctx context.Context, in *reasonIn) (*out[OpsAgency], error) {
	return h.agencyOut(h.svc.Delete(ctx, in.ID, in.Body.Reason))
}

// OpsBackup is one archive of an agency.
type OpsBackup struct {
	ID         string     `json:"id"`
	Reason     string     `json:"reason"`
	State      string     `json:"state"`
	Error      string     `json:"error"`
	StartedAt  time.Time  `json:"started_at"`
	TakenAt    *time.Time `json:"taken_at"`
	VerifiedAt *time.Time `json:"verified_at"`
	Bytes      int64      `json:"bytes"`
}

// OpsBackupList lists an agency's archives, the newest first.
type OpsBackupList = list[OpsBackup]

func (h handlers) backups(ctx context.Context, in *IDIn) (*out[OpsBackupList], error) {
	found, err := h.svc.Backups(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	view := func(b custody.Backup) OpsBackup {
		return OpsBackup{b.ID, b.Reason, b.State, b.Error, b.StartedAt, b.TakenAt, b.VerifiedAt, b.Size}
	}
	return &out[OpsBackupList]{OpsBackupList{Items: views(found, view)}}, nil
}

// OpsTask is long work on an agency.
type OpsTask struct {
	ID         string     `json:"id"`
	AgencyID   string     `json:"agency_id"`
	Kind       string     `json:"kind" enum:"migrate,export,restore,move,drop_moved,drop_restored,undo_restore"`
	Placement  string     `json:"placement"`
	State      string     `json:"state" enum:"waiting,running,done,failed"`
	What       string     `json:"what"`
	Done       int        `json:"done"`
	Total      int        `json:"total"`
	Error      string     `json:"error"`
	By         string     `json:"by"`
	CreatedAt  time.Time  `json:"created_at"`
	ChangedAt  time.Time  `json:"changed_at"`
	FinishedAt *time.Time `json:"finished_at"`
}

// OpsTaskList lists long work, the newest first.
type OpsTaskList = list[OpsTask]

func taskView(t ops.Task) OpsTask {
	return OpsTask{t.ID, t.AgencyID, string(t.Kind), t.Placement, t.State, t.What, t.Done, t.Total, t.Error, t.By, t.CreatedAt, t.ChangedAt, t.FinishedAt}
}

// NewOpsTask asks for long work.
type NewOpsTask struct {
	Kind      string `json:"kind" enum:"migrate,export,restore,move,drop_moved,drop_restored,undo_restore"`
	Placement string `json:"placement,omitempty" maxLength:"20" doc:"With move: to where"`
	BackupID  string `json:"backup_id,omitempty" format:"uuid" doc:"With restore: to what"`
	Reason    string `json:"reason" maxLength:"500"`
}

func (h handlers) begin(ctx context.Context, in *struct {
	IDIn
	Body NewOpsTask
},
) (*out[OpsTask], error) {
	w := ops.Wish{Kind: ops.TaskKind(in.Body.Kind), BackupID: in.Body.BackupID, Placement: in.Body.Placement, Reason: in.Body.Reason}
	t, err := h.svc.Begin(ctx, in.ID, w, access.From(ctx).Name)
	if err != nil {
		return nil, err
	}
	return &out[OpsTask]{taskView(t)}, nil
}

func (h handlers) tasks(ctx context.Context, in *IDIn) (*out[OpsTaskList], error) {
	found, err := h.svc.Tasks(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &out[OpsTaskList]{OpsTaskList{Items: views(found, taskView)}}, nil
}

func (h handlers) task(ctx context.Context, in *IDIn) (*out[OpsTask], error) {
	t, err := h.svc.Task(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &out[OpsTask]{taskView(t)}, nil
}

// OpsEvent is one thing that an operator did.
type OpsEvent struct {
	Seq      int64     `json:"seq"`
	At       time.Time `json:"at"`
	Action   string    `json:"action"`
	Entity   string    `json:"entity"`
	EntityID string    `json:"entity_id"`
	Slug     string    `json:"slug" doc:"Of the agency it was done to; empty for one that is gone"`
	Actor    string    `json:"actor"`
	Reason   string    `json:"reason"`
	Before   any       `json:"before,omitempty"`
	After    any       `json:"after,omitempty"`
}

// OpsEventList is a page of what operators did.
type OpsEventList = list[OpsEvent]

func (h handlers) history(ctx context.Context, in *struct {
	page.Query
	AgencyID string `query:"agency_id" maxLength:"36" format:"uuid"`
},
) (*out[OpsEventList], error) {
	before, err := number(in.Cursor)
	if err != nil {
		return nil, err
	}
	found, err := h.svc.History(ctx, in.AgencyID, before, in.Size())
	if err != nil {
		return nil, err
	}
	found, next := page.Cut(found, in.Size(), func(e ops.Event) []string { return []string{strconv.FormatInt(e.Seq, 10)} })
	view := func(e ops.Event) OpsEvent {
		return OpsEvent{e.Seq, e.At, e.Action, e.Entity, e.EntityID, e.Slug, e.ActorName, e.Reason, raw(e.Before), raw(e.After)}
	}
	return &out[OpsEventList]{OpsEventList{views(found, view), next}}, nil
}

func number(cursor string) (int64, error) {
	after, err := page.Decode(cursor, 1)
	if err != nil || after == nil {
		return 0, err
	}
	n, err := strconv.ParseInt(after[0], 10, 64)
	if err != nil {
		return 0, page.ErrBadCursor
	}
	return n, nil
}

func raw(s string) any {
	if s == "" {
		return nil
	}
	return json.RawMessage(s)
}

// OpsGrant is an operator's look into an agency.
type OpsGrant struct {
	ID        string     `json:"id"`
	Operator  string     `json:"operator"`
	Reason    string     `json:"reason"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt time.Time  `json:"expires_at"`
	OpenedAt  *time.Time `json:"opened_at"`
	EndedAt   *time.Time `json:"ended_at"`
	EndedBy   string     `json:"ended_by"`
	Open      bool       `json:"open"`
	Mine      bool       `json:"mine"`
}

// OpsGrantList lists looks, the newest first.
type OpsGrantList = list[OpsGrant]

// OpsGrantMade is a look that may begin, at an address on the agency's own host.
type OpsGrantMade struct {
	OpsGrant
	URL string `json:"url"`
}

func (h handlers) grantView(ctx context.Context, g identity.Grant) OpsGrant {
	return OpsGrant{g.ID, g.OperatorName, g.Reason, g.CreatedAt, g.ExpiresAt, g.OpenedAt, g.EndedAt, g.EndedBy, g.Open(h.who.Now()), g.OperatorID == access.From(ctx).OperatorID}
}

func (h handlers) grants(ctx context.Context, in *IDIn) (*out[OpsGrantList], error) {
	found, err := h.who.GrantsOf(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &out[OpsGrantList]{OpsGrantList{Items: views(found, func(g identity.Grant) OpsGrant { return h.grantView(ctx, g) })}}, nil
}

func (h handlers) openSupport(ctx context.Context, in *reasonIn) (*out[OpsGrantMade], error) {
	g, url, err := h.who.OpenSupport(ctx, in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return &out[OpsGrantMade]{OpsGrantMade{h.grantView(ctx, g), url}}, nil
}

func (h handlers) endSupport(ctx context.Context, in *struct {
	IDIn
	GrantID string `path:"grant_id" maxLength:"36" format:"uuid"`
},
) (*none, error) {
	return nil, h.who.EndSupportAt(ctx, in.ID, in.GrantID)
}
