package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/devstack"
	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/modules/ops"
	"github.com/bureauhq/bureau/tenancy"
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
	notes, leave := hears.Live.Subscribe(agency.ID)
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

	// Operators bring it home from their screen.
	task, err := hears.Services.Ops.Begin(ctx, agency.ID, ops.Wish{Kind: ops.Move, Placement: tenancy.Main, Reason: "home again"}, "Opal")
	if err != nil {
		t.Fatal(err)
	}
	for tick, end := time.NewTicker(20*time.Millisecond), time.Now().Add(time.Minute); task.State != "done"; <-tick.C {
		if task, err = hears.Services.Ops.Task(ctx, task.ID); err != nil || task.State == "failed" || time.Now().After(end) {
			t.Fatalf("%+v %v", task, err)
		}
	}
	if got, err := hears.Services.Ops.Agency(ctx, agency.ID); err != nil || got.Placement != tenancy.Main || got.Bytes == 0 {
		t.Errorf("operators see %+v: %v", got, err)
	}
}
