package app_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/devstack"
	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/modules/ops"
	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// An agency moves to another cluster and home again while two programs serve it, of which one hears no notices. No call
// fails, what was answered is there once, its jobs are done once, and its open pages hear of changes.
func TestAnAgencyMovesToAnotherClusterWhileItIsServed(t *testing.T) {
	t.Parallel()
	other, err := devstack.Start(t.Context(), devstack.Options{
		Data: filepath.Join(t.TempDir(), "cluster"), Domain: "bureau.localhost", DatabaseOnly: true, Throwaway: true, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(other.Stop)
	p := testkit.Placed(t, other.DatabaseURL, nil)
	mails := &apptest.Mails{}
	hears, deaf := releaseWith(t, p.Config, mails), releaseWith(t, p.Config, mails)
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	hears.StartListening(ctx)
	if err := hears.StartWorker(ctx); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = hears.Stop(context.WithoutCancel(ctx)) })

	agency, err := hears.Provisioner.Claim(ctx, "r"+strings.ReplaceAll(id.New(), "-", ""), "Served")
	if err != nil {
		t.Fatal(err)
	}
	desks := desksOf(t, hears, agency, 24) // many, since each may call only so often
	var over atomic.Bool
	var calls atomic.Int64
	var wg sync.WaitGroup
	for w := range 6 {
		a := []*app.App{hears, deaf}[w%2]
		wg.Go(func() {
			for n := 0; !over.Load(); n++ {
				d := desks[w*4+n%4]
				for _, call := range []struct{ method, body string }{{http.MethodPost, fmt.Sprintf(`{"name":"Served %d-%d"}`, w, n)}, {http.MethodGet, ""}} {
					if wrong := d.ask(t, a, call.method, call.body); wrong != "" {
						t.Errorf("program %d, %s: %s", w%2, call.method, wrong)
						return
					}
				}
				calls.Add(1)
			}
		})
	}
	for _, to := range []string{testkit.Second, tenancy.Main, testkit.Second} {
		now, _, err := hears.Registry.Whereabouts(ctx, agency.ID)
		if err != nil {
			t.Fatal(err)
		}
		m, err := hears.Custody.Move(ctx, now, to, nil)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("to %s: nobody could write for %d ms", to, m.StopMS)
		for tick, n := time.NewTicker(5*time.Millisecond), calls.Load(); calls.Load() < n+20 && !t.Failed(); {
			<-tick.C
		}
		if _, err := hears.Custody.DropMoved(ctx, agency.ID); err != nil {
			t.Fatal(err)
		}
	}
	notes, _, leave := hears.Live.Subscribe(agency.ID, "")
	defer leave()
	over.Store(true)
	wg.Wait()
	for len(notes) > 0 {
		<-notes
	}

	now, err := hears.Registry.ByID(ctx, agency.ID)
	if err != nil || now.Placement != testkit.Second {
		t.Fatalf("it is at %s: %v", now.Placement, err)
	}
	inside := access.With(tenancy.With(ctx, now), access.Actor{Kind: access.System, Name: "Test", Perms: access.NewSet(access.Everything)})
	var made, twice int
	err = hears.DB.Read(inside, func(ctx context.Context, tx *tenancy.Tx) error {
		return tx.PGX().QueryRow(ctx, `SELECT count(*), count(*) - count(DISTINCT name) FROM clients WHERE name LIKE 'Served %'`).Scan(&made, &twice)
	})
	if err != nil || int64(made) != calls.Load() || twice != 0 {
		t.Errorf("%d clients are there, %d of them twice, %d were acknowledged: %v", made, twice, calls.Load(), err)
	}

	// A job is inserted there and done here.
	address := "bob-" + id.New() + "@example.test"
	if _, err := hears.Services.Identity.Invite(inside, identity.NewInvitation{Email: address, Name: "Bob", Role: identity.Employee}); err != nil {
		t.Fatal(err)
	}
	for tick, end := time.NewTicker(20*time.Millisecond), time.Now().Add(30*time.Second); len(mails.To(address)) == 0; <-tick.C {
		if time.Now().After(end) {
			t.Fatal("the letter of the invitation was not sent")
		}
	}
	if wrong := desks[0].ask(t, deaf, http.MethodPost, `{"name":"Heard"}`); wrong != "" {
		t.Fatal(wrong)
	}
	select {
	case <-notes:
	case <-time.After(30 * time.Second):
		t.Error("open pages hear nothing from the other cluster")
	}
	if n := len(mails.To(address)); n != 1 {
		t.Errorf("the letter was sent %d times", n)
	}

	// Operators bring it home from their screen, and throw away what that has left.
	theirs := hears.Services.Ops
	longWork := func(w ops.Wish) {
		t.Helper()
		task, err := theirs.Begin(ctx, agency.ID, w, "Opal")
		if err != nil {
			t.Fatal(err)
		}
		for tick, end := time.NewTicker(20*time.Millisecond), time.Now().Add(time.Minute); task.State != "done"; <-tick.C {
			if task, err = theirs.Task(ctx, task.ID); err != nil || task.State == "failed" || time.Now().After(end) {
				t.Fatalf("%+v %v", task, err)
			}
		}
	}
	if _, err := theirs.Begin(ctx, agency.ID, ops.Wish{Kind: ops.DropMoved, Reason: "nothing is there"}, "Opal"); !errors.Is(err, custody.ErrNoMove) {
		t.Errorf("a copy that is not there: %v", err)
	}
	longWork(ops.Wish{Kind: ops.Move, Placement: tenancy.Main, Reason: "home again"})
	if got, err := theirs.Agency(ctx, agency.ID); err != nil || got.Placement != tenancy.Main || got.Bytes == 0 {
		t.Errorf("operators see %+v: %v", got, err)
	}
	if c, err := theirs.Copies(ctx, agency.ID); err != nil || c.Move == nil || c.Move.State != "moved" || c.Move.From != testkit.Second || c.Restore != nil {
		t.Errorf("kept beside it: %+v: %v", c, err)
	}
	longWork(ops.Wish{Kind: ops.DropMoved, Reason: "a week has passed"})
	if c, err := theirs.Copies(ctx, agency.ID); err != nil || c.Move != nil {
		t.Errorf("still kept beside it: %+v: %v", c, err)
	}
	const wanted = `SELECT string_agg(action, ' ' ORDER BY seq) FROM audit_events WHERE action IN ('ops.agency_move_begun', 'ops.agency_drop_moved_begun', 'agency.old_copy_dropped')`
	for where, read := range map[string]func(func(context.Context, pgx.Tx) error) error{
		"the platform's": func(fn func(context.Context, pgx.Tx) error) error { return hears.Control.Read(ctx, fn) },
		"the agency's": func(fn func(context.Context, pgx.Tx) error) error {
			home, err := hears.Registry.ByID(ctx, agency.ID)
			if err != nil {
				return err
			}
			return hears.DB.Read(tenancy.With(ctx, home), func(ctx context.Context, tx *tenancy.Tx) error { return fn(ctx, tx.PGX()) })
		},
	} {
		var said string
		if err := read(func(ctx context.Context, tx pgx.Tx) error { return tx.QueryRow(ctx, wanted).Scan(&said) }); err != nil {
			t.Fatal(err)
		}
		// Those of its earlier moves, made without a screen, come first in the platform's.
		if !strings.HasSuffix(said, "ops.agency_move_begun ops.agency_drop_moved_begun"+map[bool]string{true: " agency.old_copy_dropped"}[where == "the platform's"]) {
			t.Errorf("%s log says %s", where, said)
		}
	}
}
