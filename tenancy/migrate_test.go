package tenancy_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/migrations"
	"github.com/bureauhq/bureau/tenancy"
)

// expand is a step as the next release might bring it.
var expand = migrations.Step{ID: "9001_nickname", SQL: `
	ALTER TABLE clients ADD COLUMN nickname text NOT NULL DEFAULT '';
	CREATE INDEX clients_nickname_idx ON clients (nickname);
	INSERT INTO {{schema}}.holidays (day, name) VALUES ('1999-12-31', 'was migrated');`}

// with adds steps to those that this binary has.
func with(steps ...migrations.Step) func(*tenancy.Config) {
	return func(c *tenancy.Config) { c.Steps = append(migrations.Tenant(), steps...) }
}

// claimed makes an agency and returns it.
func claimed(t *testing.T, p *testkit.Platform) tenancy.Agency {
	t.Helper()
	a, err := p.Provisioner.Claim(t.Context(), "m"+strings.ReplaceAll(id.New(), "-", ""), "Migrated")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// in asks an agency's schema one question.
func in[T any](t *testing.T, p *testkit.Platform, a tenancy.Agency, query string) (v T) {
	t.Helper()
	err := p.DB.Read(tenancy.With(t.Context(), a), func(ctx context.Context, tx *tenancy.Tx) error {
		return tx.PGX().QueryRow(ctx, query).Scan(&v)
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

const nicknames = `SELECT count(*) FROM information_schema.columns WHERE table_schema = current_schema() AND column_name = 'nickname'`

// owner runs a statement as the owner of all schemas.
func owner(t *testing.T, p *testkit.Platform, statement string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), p.Config.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	if _, err := conn.Exec(t.Context(), statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func schemaOf(t *testing.T, p *testkit.Platform, a tenancy.Agency) string {
	t.Helper()
	return in[string](t, p, a, `SELECT current_schema()::text`)
}

func TestMigrateBringsAllAgenciesToTheNewestStepOnce(t *testing.T) {
	t.Parallel()
	old := testkit.Own(t, nil)
	agencies := []tenancy.Agency{claimed(t, old), claimed(t, old), claimed(t, old)}
	p := old.Another(t, with(expand))
	before, err := p.Owner.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if before.Newest != expand.ID || len(before.Behind) != before.Agencies || before.Agencies < len(agencies) {
		t.Fatalf("before: %+v", before)
	}
	if got := before.Behind[0].Missing; !slices.Equal(got, []string{expand.ID}) {
		t.Fatalf("missing %v", got)
	}
	var mu sync.Mutex
	var told [][3]int
	out, err := p.Owner.Agencies(t.Context(), tenancy.Fleet{Workers: 2, Tell: func(done, failed, all int) {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, [3]int{done, failed, all})
	}})
	if err != nil || out.Done != before.Agencies || len(out.Failed) > 0 {
		t.Fatalf("%+v %v", out, err)
	}
	if want := [3]int{before.Agencies, 0, before.Agencies}; told[len(told)-1] != want {
		t.Fatalf("told %v at last, want %v", told[len(told)-1], want)
	}
	again, err := p.Owner.Agencies(t.Context(), tenancy.Fleet{})
	if err != nil || again.Done != 0 {
		t.Fatalf("a second run did %+v, %v", again, err)
	}
	for _, a := range agencies {
		if n := in[int](t, p, a, `SELECT count(*) FROM holidays WHERE name = 'was migrated'`); n != 1 {
			t.Errorf("%s ran the step %d times", a.Slug, n)
		}
	}
	after, err := p.Owner.Status(t.Context())
	if err != nil || len(after.Behind) > 0 || len(after.Mismatches) > 0 {
		t.Fatalf("after: %+v %v", after, err)
	}
	// The binary of before knows less and is content.
	was, err := old.Owner.Status(t.Context())
	if err != nil || len(was.Behind) > 0 {
		t.Fatalf("the old binary says %+v %v", was, err)
	}
	claimed(t, old)
}

func TestOneBadAgencyStopsNoOther(t *testing.T) {
	t.Parallel()
	old := testkit.Own(t, nil)
	good, bad := claimed(t, old), claimed(t, old)
	owner(t, old, `DROP TABLE `+schemaOf(t, old, bad)+`.holidays`)
	p := old.Another(t, with(expand))
	out, err := p.Owner.Agencies(t.Context(), tenancy.Fleet{})
	if err != nil || len(out.Failed) != 1 || out.Failed[0].AgencyID != bad.ID || !strings.Contains(out.Failed[0].Error, "holidays") {
		t.Fatalf("%+v %v", out, err)
	}
	if in[int](t, p, good, nicknames) != 1 || in[int](t, p, bad, nicknames) != 0 {
		t.Fatal("the good one must have the step and the bad one nothing of it")
	}
	s, err := p.Owner.Status(t.Context())
	if err != nil || len(s.Behind) != 1 || s.Behind[0].Slug != bad.Slug || !strings.Contains(s.Behind[0].Error, "holidays") || s.Behind[0].FailedAt == nil {
		t.Fatalf("%+v %v", s, err)
	}
	// Mended, it is taken by the next run, and its error is forgotten.
	owner(t, old, `CREATE TABLE `+schemaOf(t, old, bad)+`.holidays (day date, name text)`)
	if out, err = p.Owner.Agencies(t.Context(), tenancy.Fleet{}); err != nil || out.Done != 1 || len(out.Failed) > 0 {
		t.Fatalf("%+v %v", out, err)
	}
	var kept string
	err = p.Control.Read(t.Context(), func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT migration_error FROM agencies WHERE id = $1`, bad.ID).Scan(&kept)
	})
	if err != nil || kept != "" {
		t.Fatalf("kept %q, %v", kept, err)
	}
}

func TestALockedAgencyIsTriedAgainAfterTheOthers(t *testing.T) {
	t.Parallel()
	old := testkit.Own(t, nil)
	held, free := claimed(t, old), claimed(t, old)
	p := old.Another(t, with(expand))
	locked, let := make(chan struct{}), make(chan struct{})
	ended := make(chan error, 1)
	go func() {
		ended <- old.DB.Read(tenancy.With(t.Context(), held), func(ctx context.Context, tx *tenancy.Tx) error {
			_, err := tx.PGX().Exec(ctx, `SELECT FROM clients`)
			close(locked)
			<-let
			return err
		})
	}()
	<-locked
	out, err := p.Owner.Agencies(t.Context(), tenancy.Fleet{Workers: 1, Pauses: []time.Duration{time.Millisecond}, Tell: func(done, _, all int) {
		if done == all-1 {
			close(let) // all others are through: only the held one waits
		}
	}})
	if err != nil || len(out.Failed) > 0 {
		t.Fatalf("%+v %v", out, err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if in[int](t, p, held, nicknames) != 1 || in[int](t, p, free, nicknames) != 1 {
		t.Fatal("both must have the step")
	}
}

var errStop = errors.New("stopped")

func TestABrokenOffRunIsRepeated(t *testing.T) {
	t.Parallel()
	old := testkit.Own(t, nil)
	for range 6 {
		claimed(t, old)
	}
	p := old.Another(t, with(expand))
	ctx, stop := context.WithCancelCause(t.Context())
	first, err := p.Owner.Agencies(ctx, tenancy.Fleet{Workers: 1, Tell: func(int, int, int) { stop(errStop) }})
	if !errors.Is(err, context.Canceled) || first.Done == 0 {
		t.Fatalf("%+v %v", first, err)
	}
	second, err := p.Owner.Agencies(t.Context(), tenancy.Fleet{})
	if err != nil || second.Done == 0 || len(second.Failed) > 0 {
		t.Fatalf("%+v %v", second, err)
	}
	s, err := p.Owner.Status(t.Context())
	if err != nil || len(s.Behind) > 0 || first.Done+second.Done != s.Agencies {
		t.Fatalf("%d and %d of %+v %v", first.Done, second.Done, s, err)
	}
}

func TestALaggingAgencyIsMigratedAtItsFirstRequest(t *testing.T) {
	t.Parallel()
	old := testkit.Own(t, nil)
	a, idle := claimed(t, old), claimed(t, old)
	p := old.Another(t, with(expand))
	p.Registry.MigrateLate(p.Owner)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			find := func() (tenancy.Agency, error) { return p.Registry.BySlug(t.Context(), a.Slug) }
			if i%2 == 1 {
				find = func() (tenancy.Agency, error) { return p.Registry.ByID(t.Context(), a.ID) }
			}
			if got, err := find(); err != nil || got.Version != expand.ID {
				t.Errorf("found at %s: %v", got.Version, err)
			}
		})
	}
	wg.Wait()
	if n := in[int](t, p, a, `SELECT count(*) FROM holidays WHERE name = 'was migrated'`); n != 1 {
		t.Fatalf("the step ran %d times", n)
	}
	if in[int](t, p, idle, nicknames) != 0 {
		t.Fatal("an agency that nobody came for was migrated")
	}
}

func TestAnAgencyThatCannotBeMigratedIsNotServed(t *testing.T) {
	t.Parallel()
	old := testkit.Own(t, nil)
	a := claimed(t, old)
	owner(t, old, `DROP TABLE `+schemaOf(t, old, a)+`.holidays`)
	p := old.Another(t, with(expand))
	p.Registry.MigrateLate(p.Owner)
	for range 2 { // the second is not even tried
		if _, err := p.Registry.BySlug(t.Context(), a.Slug); !errors.Is(err, tenancy.ErrBehind) {
			t.Fatalf("got %v, want ErrBehind", err)
		}
	}
	if _, err := old.Registry.BySlug(t.Context(), a.Slug); err != nil {
		t.Fatalf("the old binary: %v", err)
	}
}

func TestStatusSeesWhatTheRegistryHasWrong(t *testing.T) {
	t.Parallel()
	p := testkit.Own(t, nil)
	wrong, lost, gone := claimed(t, p), claimed(t, p), claimed(t, p)
	newest := migrations.Newest(migrations.Tenant())
	owner(t, p, `UPDATE platform.agencies SET schema_version = '0003_identity' WHERE id = $1`, wrong.ID)
	owner(t, p, fmt.Sprintf(`DELETE FROM %s.schema_migrations WHERE id >= '0096_pinned_rows'`, schemaOf(t, p, lost))) // which makes a table
	owner(t, p, `DROP SCHEMA `+schemaOf(t, p, gone)+` CASCADE`)
	s, err := p.Owner.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]tenancy.Mismatch{}
	for _, m := range s.Mismatches {
		said[m.AgencyID] = m
	}
	if len(said) != 3 || said[wrong.ID].Registry != "0003_identity" || said[wrong.ID].Schema != newest ||
		said[lost.ID].Registry != newest || said[lost.ID].Schema == newest || said[gone.ID].Schema != "" {
		t.Fatalf("%+v", s.Mismatches)
	}
	if len(s.Behind) != 2 {
		t.Fatalf("behind: %+v", s.Behind)
	}
	// A run mends what can be mended: the registry. Tables cannot be made twice, nor a schema that is lost.
	out, err := p.Owner.Agencies(t.Context(), tenancy.Fleet{})
	if err != nil || len(out.Failed) != 2 {
		t.Fatalf("%+v %v", out, err)
	}
	if s, err = p.Owner.Status(t.Context()); err != nil || len(s.Mismatches) != 2 {
		t.Fatalf("%+v %v", s.Mismatches, err)
	}
}
