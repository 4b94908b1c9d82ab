package app_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	kit "github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/tenancy"
)

func read[T any](t *testing.T, a answer, status int) (v T) {
	t.Helper()
	if err := json.Unmarshal(a.body, &v); err != nil || a.status != status {
		t.Fatalf("want %d: %s", status, a)
	}
	return v
}

type agencyJSON struct {
	ID, Slug, State, Plan string
	Staff                 int
	Bytes                 int64
	LastActivityAt        *time.Time `json:"last_activity_at"`
}

func TestOperatorsRunAgencies(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	owner, slug, _ := tw.signUp(t)
	b, _, _ := tw.operator(t)
	call := func(method, path string, body any) answer { return b.call(method, "ops", "/api/v1/ops"+path, body) }

	found := read[struct{ Items []agencyJSON }](t, call(http.MethodGet, "/agencies?search="+slug, nil), http.StatusOK)
	if len(found.Items) != 1 || found.Items[0].Staff != 1 || found.Items[0].Bytes == 0 || found.Items[0].LastActivityAt == nil {
		t.Fatalf("the list shows %+v", found)
	}
	one := "/agencies/" + found.Items[0].ID
	if none := read[struct{ Items []agencyJSON }](t, call(http.MethodGet, "/agencies?state=suspended&search="+slug, nil), http.StatusOK); len(none.Items) != 0 {
		t.Errorf("an open agency among the suspended: %+v", none)
	}
	// Paging goes on where it stopped.
	first := read[struct {
		Items []agencyJSON
		Next  *string
	}](t, call(http.MethodGet, "/agencies?limit=1", nil), http.StatusOK)
	if first.Next != nil {
		second := read[struct{ Items []agencyJSON }](t, call(http.MethodGet, "/agencies?limit=1&cursor="+*first.Next, nil), http.StatusOK)
		if len(second.Items) != 1 || second.Items[0].Slug <= first.Items[0].Slug {
			t.Errorf("after %+v comes %+v", first.Items, second.Items)
		}
	}

	if a := call(http.MethodPost, one+"/suspend", map[string]string{"reason": ""}); a.code() != "ops.reason" {
		t.Errorf("without a reason: %s", a)
	}
	if got := read[agencyJSON](t, call(http.MethodPost, one+"/suspend", map[string]string{"reason": "unpaid since May"}), http.StatusOK); got.State != "suspended" {
		t.Errorf("suspended: %+v", got)
	}
	if a := owner.call(http.MethodGet, slug, "/api/v1/me", nil); a.code() != "tenancy.suspended" {
		t.Errorf("at a suspended agency: %s", a)
	}
	if a := call(http.MethodPost, one+"/suspend", map[string]string{"reason": "once more"}); a.code() != "tenancy.bad_state" {
		t.Errorf("twice: %s", a)
	}
	if got := read[agencyJSON](t, call(http.MethodPost, one+"/resume", map[string]string{"reason": "paid by bank"}), http.StatusOK); got.State != "active" {
		t.Errorf("resumed: %+v", got)
	}
	owner.wantAudit(slug, "ops.agency_suspended")
	owner.wantAudit(slug, "ops.agency_resumed")
	// What was refused left nothing in the agency's log.
	history := read[struct {
		Items []struct{ Action, Reason, Actor, Slug string }
	}](t, call(http.MethodGet, "/history?agency_id="+found.Items[0].ID, nil), http.StatusOK)
	if len(history.Items) != 2 || history.Items[0].Action != "ops.agency_resumed" || history.Items[1].Reason != "unpaid since May" || history.Items[0].Actor != "Opal Operator" || history.Items[0].Slug != slug {
		t.Errorf("history: %+v", history)
	}

	// Deleting wants the operator to have shown who they are just now.
	tw.clock.advance(11 * time.Minute)
	if a := call(http.MethodPost, one+"/delete", map[string]string{"reason": "asked for it"}); a.code() != "access.step_up_required" {
		t.Errorf("delete without confirmation: %s", a)
	}
	if a := call(http.MethodPost, one+"/overrides", map[string]any{"plan": "enterprise", "reason": "pilot", "expires_at": time.Now().Add(48 * time.Hour)}); a.code() != "access.step_up_required" {
		t.Errorf("override without confirmation: %s", a)
	}
	tw.clock.advance(-11 * time.Minute)
	for _, there := range []string{"", tenancy.Main, "nowhere"} {
		if a := call(http.MethodPost, one+"/tasks", map[string]string{"kind": "move", "placement": there, "reason": "more room"}); a.code() != "ops.placement" {
			t.Errorf("a move to %q: %s", there, a)
		}
	}
	if got := read[struct{ Items []struct{ Name string } }](t, call(http.MethodGet, "/placements", nil), http.StatusOK); len(got.Items) != 1 || got.Items[0].Name != tenancy.Main {
		t.Errorf("placements: %+v", got)
	}
	override := read[struct{ ID, By string }](t, call(http.MethodPost, one+"/overrides", map[string]any{"plan": "enterprise", "reason": "pilot", "expires_at": time.Now().Add(48 * time.Hour)}), http.StatusCreated)
	if got := read[agencyJSON](t, call(http.MethodGet, one, nil), http.StatusOK); got.Plan != "enterprise" {
		t.Errorf("with an override: %+v", got)
	}
	bill := read[struct{ Overrides []struct{ ID string } }](t, call(http.MethodGet, one+"/billing", nil), http.StatusOK)
	if len(bill.Overrides) != 1 || bill.Overrides[0].ID != override.ID {
		t.Errorf("the bill: %+v", bill)
	}
	if a := call(http.MethodPost, one+"/overrides/"+override.ID+"/revoke", nil); a.status != http.StatusNoContent {
		t.Errorf("revoke: %s", a)
	}
	order := read[struct{ ID, State, Amount string }](t, call(http.MethodPost, one+"/orders", map[string]any{"text": "Migration of old data", "amount": "12000.00", "due_days": 30}), http.StatusCreated)
	if order.State != "waiting" || order.Amount != "12000.00" {
		t.Errorf("a large order: %+v", order)
	}
	if a := call(http.MethodPost, one+"/orders/"+order.ID+"/approve", nil); a.code() != "billing.second_person" {
		t.Errorf("one's own order: %s", a)
	}
	second, _, _ := tw.operator(t)
	if got := read[struct{ State string }](t, second.call(http.MethodPost, "ops", "/api/v1/ops"+one+"/orders/"+order.ID+"/approve", nil), http.StatusOK); got.State != "approved" {
		t.Errorf("approved by another: %+v", got)
	}

	task := read[struct{ ID, State string }](t, call(http.MethodPost, one+"/tasks", map[string]string{"kind": "migrate", "reason": "after the release"}), http.StatusAccepted)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); task.State != "done"; <-tick.C {
		task = read[struct{ ID, State string }](t, call(http.MethodGet, "/tasks/"+task.ID, nil), http.StatusOK)
		if task.State == "failed" || time.Now().After(deadline) {
			t.Fatalf("the task: %+v", task)
		}
	}
	// Nothing was left beside it, but for a job that a restore has parked.
	for kind, code := range map[string]string{"drop_moved": "custody.no_move", "drop_restored": "custody.no_restore", "undo_restore": "custody.no_restore"} {
		if a := call(http.MethodPost, one+"/tasks", map[string]string{"kind": kind, "reason": "to try it"}); a.code() != code {
			t.Errorf("%s without a copy: %s", kind, a)
		}
	}
	_, err := tw.app.Control.Pool().Exec(t.Context(), `INSERT INTO queue.river_job (args, kind, max_attempts, state, queue, metadata)
		VALUES ('{}', 'test.letter', 3, 'pending', $1, jsonb_build_object('agency', $2::text, 'parked', 'x'))`, fresh("nobody"), found.Items[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	type copiesJSON struct {
		Move, Restore *struct{ State string }
		Parked        int `json:"parked_jobs"`
	}
	if got := read[copiesJSON](t, call(http.MethodGet, one+"/copies", nil), http.StatusOK); got.Move != nil || got.Restore != nil || got.Parked != 1 {
		t.Errorf("beside it: %+v", got)
	}
	if a := call(http.MethodPost, one+"/parked-jobs", map[string]any{"run": false, "reason": "x"}); a.code() != "ops.reason" {
		t.Errorf("parked jobs without a reason: %s", a)
	}
	if got := read[struct{ Jobs int }](t, call(http.MethodPost, one+"/parked-jobs", map[string]any{"run": false, "reason": "sent by hand"}), http.StatusOK); got.Jobs != 1 {
		t.Errorf("parked jobs: %+v", got)
	}
	owner.wantAudit(slug, "ops.parked_jobs_discarded")
	if a := call(http.MethodPost, one+"/tasks", map[string]string{"kind": "restore", "backup_id": override.ID, "reason": "to try it"}); a.code() != "ops.backup_not_found" {
		t.Errorf("restore to nothing: %s", a)
	}
	if got := read[agencyJSON](t, call(http.MethodPost, one+"/delete", map[string]string{"reason": "asked for it"}), http.StatusOK); got.State != "deleted" {
		t.Errorf("deleted: %+v", got)
	}
	opened := read[agencyJSON](t, call(http.MethodPost, "/agencies", map[string]string{"slug": slug + "-2", "name": "Second", "owner_email": fresh("o") + "@example.test"}), http.StatusCreated)
	if opened.Slug != slug+"-2" || opened.Staff != 1 {
		t.Errorf("opened: %+v", opened)
	}
	if a := call(http.MethodPost, "/agencies", map[string]string{"slug": "ops", "name": "Third", "owner_email": "a@example.test"}); a.status != http.StatusConflict {
		t.Errorf("a reserved slug: %s", a)
	}

	// Our own log is one unbroken chain.
	err = tw.app.Control.Read(t.Context(), func(ctx context.Context, tx pgx.Tx) error {
		// As it is at one moment: other tests write into it meanwhile.
		if _, err := tx.Exec(ctx, `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`); err != nil {
			return err
		}
		v, err := kit.Check(ctx, tx)
		if err == nil && !v.Intact {
			t.Errorf("the platform's log: %+v", v)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tw.app.Control.Pool().Exec(t.Context(), `DELETE FROM platform.audit_events`); err == nil {
		t.Error("the application may delete from the platform's log")
	}
}

func TestOperatorsSeeThePlatform(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	tw.signUp(t)
	b, _, _ := tw.operator(t)
	call := func(method, path string) answer { return b.call(method, "ops", "/api/v1/ops"+path, nil) }
	health := read[struct {
		Parts []struct {
			Name string
			OK   bool
		}
		Pools      []struct{ Max int }
		Placements []struct {
			Name  string
			OK    bool
			Bytes int64
		}
		DatabaseBytes int64 `json:"database_bytes"`
	}](t, call(http.MethodGet, "/health"), http.StatusOK)
	if len(health.Parts) != 3 || len(health.Pools) < 2 || health.DatabaseBytes == 0 {
		t.Errorf("health: %+v", health)
	}
	if p := health.Placements; len(p) != 1 || p[0].Name != tenancy.Main || !p[0].OK || p[0].Bytes == 0 {
		t.Errorf("placements: %+v", p)
	}
	for _, p := range health.Parts {
		if !p.OK {
			t.Errorf("%s is away", p.Name)
		}
	}
	growth := read[struct {
		Items []struct {
			Month    string
			Agencies int
		}
	}](t, call(http.MethodGet, "/growth"), http.StatusOK)
	if len(growth.Items) != 12 || growth.Items[11].Agencies == 0 {
		t.Errorf("growth: %+v", growth)
	}
	var job int64
	err := tw.app.Control.Pool().QueryRow(t.Context(), `INSERT INTO queue.river_job (args, kind, max_attempts, attempt, state, finalized_at, queue, errors)
		VALUES ('{}', 'ops.task', 3, 3, 'discarded', now(), $1, ARRAY['{"error":"it broke","attempt":3}'::jsonb]) RETURNING id`, fresh("nobody")).Scan(&job)
	if err != nil {
		t.Fatal(err)
	}
	failed := read[struct {
		Items []struct{ ID, Error, Kind string }
	}](t, call(http.MethodGet, "/failed-jobs"), http.StatusOK)
	if len(failed.Items) == 0 || failed.Items[0].Error != "it broke" {
		t.Fatalf("failed jobs: %+v", failed)
	}
	if a := call(http.MethodPost, "/failed-jobs/"+failed.Items[0].ID+"/retry"); a.status != http.StatusNoContent {
		t.Fatalf("retry: %s", a)
	}
	if a := call(http.MethodPost, "/failed-jobs/"+failed.Items[0].ID+"/retry"); a.code() != "ops.job_not_found" {
		t.Errorf("retry twice: %s", a)
	}
}

// What a worker left half-done when it died is told as broken off, and stands
// in nobody's way. A second delivery of its job does not begin it again.
func TestATaskWhoseWorkerEndedIsOver(t *testing.T) {
	t.Parallel()
	tw := newTown(t)
	_, slug, _ := tw.signUp(t)
	b, _, _ := tw.operator(t)
	call := func(method, path string, body any) answer { return b.call(method, "ops", "/api/v1/ops"+path, body) }
	agency := read[struct{ Items []agencyJSON }](t, call(http.MethodGet, "/agencies?search="+slug, nil), http.StatusOK).Items[0].ID
	type taskJSON struct{ ID, State, Error string }
	running := func(silent time.Duration) (key string) {
		t.Helper()
		at := tw.clock.Now().Add(-silent)
		err := tw.app.Control.Pool().QueryRow(t.Context(), `INSERT INTO platform.operator_tasks (id, agency_id, kind, state, created_by, created_at, changed_at)
			VALUES (gen_random_uuid(), $1, 'migrate', 'running', 'Opal Operator', $2, $2) RETURNING id::text`, agency, at).Scan(&key)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	begin := func() answer {
		return call(http.MethodPost, "/agencies/"+agency+"/tasks", map[string]string{"kind": "migrate", "reason": "after the release"})
	}
	alive := running(time.Minute)
	if a := begin(); a.code() != "ops.task_running" {
		t.Fatalf("beside one that runs: %s", a)
	}
	// What was refused is in nobody's log.
	inside, err := tw.app.Registry.ByID(t.Context(), agency)
	if err != nil {
		t.Fatal(err)
	}
	err = tw.app.DB.Read(tenancy.With(t.Context(), inside), func(ctx context.Context, tx *tenancy.Tx) error {
		var n int
		err := tx.PGX().QueryRow(ctx, `SELECT count(*) FROM audit_events WHERE action = 'ops.agency_migrate_begun'`).Scan(&n)
		if n != 0 {
			t.Errorf("the agency's log says %d times that it has begun", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	tw.clock.advance(5 * time.Minute)
	if got := read[taskJSON](t, call(http.MethodGet, "/tasks/"+alive, nil), http.StatusOK); got.State != "failed" || got.Error == "" {
		t.Errorf("not heard of for six minutes: %+v", got)
	}
	if a := begin(); a.status != http.StatusAccepted {
		t.Errorf("after one that broke off: %s", a)
	}
	list := read[struct{ Items []taskJSON }](t, call(http.MethodGet, "/agencies/"+agency+"/tasks", nil), http.StatusOK)
	if len(list.Items) != 2 || list.Items[1].ID != alive || list.Items[1].State != "failed" {
		t.Errorf("the list: %+v", list)
	}
}
