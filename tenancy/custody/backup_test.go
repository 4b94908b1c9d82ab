package custody_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/file/filetest"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/custody"
)

func TestABackupIsLoadedBeforeItIsGood(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]*testkit.Platform{"main": testkit.NewPlatform(t), "second": secondPlatform(t)} {
		t.Run(name, func(t *testing.T) {
			h := newHouseOn(t, p, func(d *custody.Deps) {
				identity, _, err := custody.NewIdentity()
				must(t, err)
				d.Backups.Identity = identity
			})
			backupIsLoaded(t, h)
		})
	}
}

func backupIsLoaded(t *testing.T, h house) {
	t.Helper()
	a := h.agency(t)
	b, err := h.Backup(t.Context(), h.fresh(t, a.Tenancy.ID), custody.Asked, nil)
	must(t, err)
	if b.State != "good" || b.VerifiedAt == nil || b.Rows < 300 || b.Files != 3 || b.Size == 0 {
		t.Errorf("%+v", b)
	}
	raw := h.kept(t, b.Key)
	if !strings.HasPrefix(raw, "age-encryption.org/v1") || int64(len(raw)) != b.Size {
		t.Errorf("kept %d bytes, locked: %v", len(raw), strings.HasPrefix(raw, "age"))
	}
	// What lies there is damaged later: the next check says so.
	must(t, h.backups.Put(t.Context(), b.Key, "", strings.NewReader(raw[:len(raw)-40]+strings.Repeat("x", 40)), b.Size))
	if b, err = h.Verify(t.Context(), b, nil); !errors.Is(err, custody.ErrDamaged) || b.State != "failed" || b.Error == "" {
		t.Errorf("a damaged one: %v, %+v", err, b)
	}
	if _, err := h.NewestAt(t.Context(), a.Tenancy.ID, time.Now().Add(time.Hour)); !errors.Is(err, custody.ErrNoBackup) {
		t.Errorf("it is still offered: %v", err)
	}
}

func (h house) kept(t *testing.T, key string) string {
	t.Helper()
	r, _, err := h.backups.Open(t.Context(), key)
	must(t, err)
	defer func() { _ = r.Close() }()
	var b bytes.Buffer
	_, err = b.ReadFrom(r)
	must(t, err)
	return b.String()
}

// The agency's log was tampered with: its backup is made and refused.
func TestABackupOfABrokenChainFails(t *testing.T) {
	t.Parallel()
	h := newHouse(t, nil)
	a := h.agency(t)
	must(t, h.Owner.Owner(t.Context(), tenancy.Main, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE `+tenancy.CopyOf(a.Tenancy).Schema+`.audit_events SET actor_name = 'Eve' WHERE seq = 2`)
		return err
	}))
	b, err := h.Backup(t.Context(), h.fresh(t, a.Tenancy.ID), custody.Asked, nil)
	if !errors.Is(err, custody.ErrDamaged) || b.State != "failed" || !strings.Contains(b.Error, "entry 2") {
		t.Fatalf("%v, %+v", err, b)
	}
	health, err := h.Health(t.Context())
	must(t, err)
	found := false
	for _, f := range health.Failed {
		found = found || f.ID == b.ID
	}
	if !found {
		t.Error("the operator is not told")
	}
}

func TestBackupsInABucket(t *testing.T) {
	t.Parallel()
	bucket, err := file.NewS3(filetest.NewS3(t))
	must(t, err)
	h := newHouse(t, func(d *custody.Deps) { d.Backups.Store = bucket })
	a := h.agency(t)
	b, err := h.Backup(t.Context(), h.fresh(t, a.Tenancy.ID), custody.Asked, nil)
	if err != nil || b.State != "good" {
		t.Fatalf("%+v: %v", b, err)
	}
}

// A house of its own: the schedule is about all agencies there are.
func TestTheScheduleKeepsWhatThePlanSays(t *testing.T) {
	t.Parallel()
	// Of two schedules that come due at once in one database, one does nothing.
	h := newHouseOn(t, testkit.Own(t, nil), func(d *custody.Deps) { d.Backups.Days, d.Backups.Keep, d.Backups.At = 7, 2, 2*time.Hour })
	a := h.agency(t)
	only := h.Registry.ByID
	mine := func() []custody.Backup {
		t.Helper()
		all, err := h.Backups(t.Context(), a.Tenancy.ID, 100)
		must(t, err)
		return all
	}
	day := time.Date(2031, 3, 2, 1, 0, 0, 0, time.UTC)
	h.now.Set(day)
	must(t, h.Due(t.Context(), only))
	must(t, h.Due(t.Context(), only))
	if n := len(mine()); n != 1 {
		t.Fatalf("%d backups of the first night", n)
	}
	h.now.Set(day.Add(2 * time.Hour)) // past two o'clock: another night
	must(t, h.Due(t.Context(), only))
	if n := len(mine()); n != 2 {
		t.Fatalf("%d backups after the second", n)
	}
	h.now.Set(day.AddDate(0, 0, 1).Add(2 * time.Hour))
	must(t, h.Due(t.Context(), only))
	// Two weeks later all are old; the newest two stay beside the new one.
	h.now.Set(day.AddDate(0, 0, 20))
	must(t, h.Due(t.Context(), only))
	states := map[string]int{}
	for _, b := range mine() {
		states[b.State]++
		there, err := h.backups.Exists(t.Context(), b.Key)
		must(t, err)
		if there != (b.State == "good") {
			t.Errorf("a backup that is %s has its archive: %v", b.State, there)
		}
	}
	if states["good"] != 2 || states["gone"] != 2 {
		t.Errorf("states: %v", states)
	}
}

func TestRestoreInSteps(t *testing.T) { onEach(t, restoreInSteps) }

func restoreInSteps(t *testing.T, h house) {
	t.Helper()
	a := h.agency(t)
	key := a.Tenancy.ID
	entity := id.New()
	h.exec(t, a, `INSERT INTO legal_entities (id, name, address, bank, currency, terms_days, terms_end_of_month, number_format, number_reset, fiscal_month,
		time_zone, rounding, tax_method, prices_include_tax, is_default, created_at, updated_at)
		VALUES ($1, 'E', '{}', '{}', 'EUR', 14, false, '{n}', 'yearly', 1, 'UTC', 'half_up', 'per_line', false, true, now(), now())`, entity)
	h.exec(t, a, `INSERT INTO number_series VALUES ($1, 'invoice', '2026', 41, '2026-03-01')`, entity)
	b, err := h.Backup(t.Context(), h.fresh(t, key), custody.Asked, nil)
	must(t, err)

	// The mistake, and what may not be forgotten: numbers that were given out, a lost file.
	h.exec(t, a, `DELETE FROM clients`)
	h.exec(t, a, `UPDATE number_series SET last_number = 45, last_issued_on = '2026-03-09'`)
	h.exec(t, a, `INSERT INTO number_series VALUES ($1, 'invoice', '2027', 3, '2027-01-02')`, entity)
	must(t, h.files.Delete(t.Context(), file.Key(key, "empty")))
	must(t, h.DB.Run(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := audit.Record(ctx, tx, audit.Change{Action: "test.mistake", Entity: "test", EntityID: id.New()}); err != nil {
			return err
		}
		return a.Queue.Enqueue(ctx, tx, letter{})
	}))
	session := id.New()
	_, err = h.Control.Pool().Exec(t.Context(), `INSERT INTO platform.sessions (id, token_hash, agency_id, member_id, person_id, kratos_sid, aal, amr, authenticated_at, created_at,
		last_seen_at, idle_expires_at, expires_at, revalidated_at, ip, user_agent)
		VALUES ($1, $2, $3, $1, $1, $1, 'aal1', '{}', now(), now(), now(), now() + interval '1 day', now() + interval '1 day', now(), '', '')`, session, []byte(session), key)
	must(t, err)

	if _, err := h.NewestAt(t.Context(), key, b.TakenAt.Add(-time.Second)); !errors.Is(err, custody.ErrNoBackup) {
		t.Errorf("a backup of before the first: %v", err)
	}
	found, err := h.NewestAt(t.Context(), key, b.TakenAt.Add(time.Second))
	must(t, err)
	r, err := h.Prepare(t.Context(), h.fresh(t, key), found, nil)
	must(t, err)
	deltas := map[string]custody.Delta{}
	for _, d := range r.Summary.Tables {
		deltas[d.Table] = d
	}
	if deltas["clients"] != (custody.Delta{Table: "clients", Then: 300, Now: 0}) || deltas["number_series"].Now != 2 || !strings.Contains(r.Summary.Newest, "test.done") || r.Summary.Files != 1 {
		t.Errorf("the difference is shown as %+v", r.Summary)
	}
	if n := h.value(t, key, `SELECT count(*)::text FROM clients`); n != "0" {
		t.Errorf("the agency was touched: %s clients", n)
	}
	if _, err := h.Prepare(t.Context(), h.fresh(t, key), found, nil); !errors.Is(err, custody.ErrRestoreOpen) {
		t.Errorf("a second one: %v", err)
	}

	// Swapped in.
	r, err = h.Swap(t.Context(), h.fresh(t, key), nil)
	must(t, err)
	now := h.fresh(t, key)
	if r.State != "swapped" || now.State != tenancy.Active || tenancy.CopyOf(now).Schema == tenancy.CopyOf(a.Tenancy).Schema {
		t.Errorf("%+v, %+v", r, now)
	}
	for q, want := range map[string]string{
		`SELECT count(*)::text FROM clients`: "300",
		`SELECT string_agg(period || ':' || last_number || ':' || last_issued_on, ' ' ORDER BY period) FROM number_series`: "2026:45:2026-03-09 2027:3:2027-01-02",
		`SELECT count(*)::text FROM api_tokens`:                                                "0",
		`SELECT action FROM audit_events ORDER BY seq DESC LIMIT 1`:                            "agency.restored",
		`SELECT (after::jsonb ->> 'left_entries') FROM audit_events ORDER BY seq DESC LIMIT 1`: "4",
	} {
		if got := h.value(t, key, q); got != want {
			t.Errorf("%s: %s, want %s", q, got, want)
		}
	}
	if there, _ := h.files.Exists(t.Context(), file.Key(key, "empty")); !there {
		t.Error("the lost file is not back")
	}
	// On another placement it waits where it was asked for, until it is carried into the platform's queue.
	must(t, tenancy.NewCarrier(h.Control, h.Queue(t), testkit.Quiet()).Drain(t.Context()))
	if n, err := h.Parked(t.Context(), key); n != 1 || err != nil {
		t.Errorf("%d jobs are parked: %v", n, err)
	}
	var reason string
	must(t, h.Control.Pool().QueryRow(t.Context(), `SELECT revoked_reason FROM platform.sessions WHERE id = $1`, session).Scan(&reason))
	if reason != "restored" {
		t.Errorf("the session goes on: %q", reason)
	}
	// Who still holds the old place writes nothing there.
	if err := h.DB.Run(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.PGX().Exec(ctx, `DELETE FROM positions`)
		return err
	}); err == nil {
		t.Error("a late write went into the old copy")
	}
	before, err := h.Backups(t.Context(), key, 1)
	must(t, err)
	if len(before) != 1 || before[0].Reason != custody.BeforeRestore || before[0].State != "good" {
		t.Errorf("what was there is not kept: %+v", before)
	}

	// Back again, and forth, and the old one thrown away.
	r, err = h.Rollback(t.Context(), h.fresh(t, key), nil)
	must(t, err)
	if n := h.value(t, key, `SELECT count(*)::text FROM clients`); n != "0" || r.State != "rolled_back" {
		t.Errorf("rolled back: %s clients, %+v", n, r)
	}
	_, err = h.Swap(t.Context(), h.fresh(t, key), nil)
	must(t, err)
	_, err = h.DropOld(t.Context(), h.fresh(t, key))
	must(t, err)
	if n := h.value(t, key, `SELECT count(*)::text FROM clients`); n != "300" {
		t.Errorf("at the end: %s clients", n)
	}
	if _, err := h.OpenRestore(t.Context(), key); !errors.Is(err, custody.ErrNoRestore) {
		t.Errorf("after all: %v", err)
	}
	must(t, h.Owner.Owner(t.Context(), a.Tenancy.Placement, func(ctx context.Context, tx pgx.Tx) error {
		var left int
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM pg_namespace WHERE nspname = $1`, tenancy.CopyOf(a.Tenancy).Schema).Scan(&left); err != nil || left != 0 {
			t.Errorf("the old schema is still there: %v", err)
		}
		return nil
	}))
	must(t, h.DB.Read(tenancy.With(t.Context(), h.fresh(t, key)), func(ctx context.Context, tx *tenancy.Tx) error {
		v, err := audit.Check(ctx, tx.PGX())
		if !v.Intact {
			t.Errorf("audit chain %+v", v)
		}
		return err
	}))
	if n, err := h.Unpark(t.Context(), key, false, nil); n != 1 || err != nil {
		t.Errorf("%d jobs were thrown away: %v", n, err)
	}
}

type letter struct{}

func (letter) Kind() string { return "test.letter" }

// Nobody's acknowledged write is lost: those under way end before the swap, those after it fail or land in the new copy.
func TestASwapWaitsForWritesUnderWay(t *testing.T) { onEach(t, aSwapWaitsForWritesUnderWay) }

func aSwapWaitsForWritesUnderWay(t *testing.T, h house) {
	t.Helper()
	a := h.agency(t)
	key := a.Tenancy.ID
	b, err := h.Backup(t.Context(), h.fresh(t, key), custody.Asked, nil)
	must(t, err)
	_, err = h.Prepare(t.Context(), h.fresh(t, key), b, nil)
	must(t, err)
	inside, swapped := make(chan struct{}), make(chan error)
	written := make(chan error, 1)
	go func() {
		written <- h.DB.Run(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			if _, err := tx.PGX().Exec(ctx, `INSERT INTO positions (id, name, created_at) VALUES ($1, 'late', now())`, id.New()); err != nil {
				return err
			}
			close(inside)
			// Until the agency is closed: the swap has begun and waits for us.
			tick := time.NewTicker(5 * time.Millisecond)
			defer tick.Stop()
			for range tick.C {
				var state string
				if err := h.Control.Pool().QueryRow(ctx, `SELECT state FROM platform.agencies WHERE id = $1`, key).Scan(&state); err != nil {
					return err
				}
				if state == "suspended" {
					break
				}
			}
			_, err := tx.PGX().Exec(ctx, `UPDATE positions SET name = 'in time' WHERE name = 'late'`)
			return err
		})
	}()
	<-inside
	agency := h.fresh(t, key)
	go func() { _, err := h.Swap(context.WithoutCancel(t.Context()), agency, nil); swapped <- err }()
	if err := <-written; err != nil {
		t.Errorf("the write under way: %v", err)
	}
	must(t, <-swapped)
	_, err = h.Rollback(t.Context(), h.fresh(t, key), nil)
	must(t, err)
	if n := h.value(t, key, `SELECT count(*)::text FROM positions WHERE name = 'in time'`); n != "1" {
		t.Error("it is not in the old copy")
	}
}
