package tenancy_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/tenancy"
)

var errPlanned = errors.New("planned")

func countEvents(t *testing.T, a *testkit.Agency) (n int) {
	t.Helper()
	err := a.DB.Read(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return tx.PGX().QueryRow(ctx, `SELECT count(*) FROM events`).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

type happened struct{}

func (happened) EventName() string { return "test.thing_happened.v1" }

func TestRunCommitsAllOrNothing(t *testing.T) {
	t.Parallel()
	a := testkit.NewAgency(t)
	heard := 0
	event.On(a.Bus, "count", func(context.Context, happened) error { heard++; return nil })
	change := func(ctx context.Context, tx *tenancy.Tx) error {
		if err := a.Bus.Publish(ctx, tx, happened{}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Change{Action: "test.thing_happened", Entity: "thing", EntityID: "1"})
	}
	failed := a.DB.Run(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := change(ctx, tx); err != nil {
			return err
		}
		return errPlanned
	})
	if !errors.Is(failed, errPlanned) {
		t.Fatalf("got %v, want the error of the function", failed)
	}
	a.Work(t)
	if n := countEvents(t, a); n != 0 || heard != 0 {
		t.Fatalf("after a rollback: %d events, %d heard; want none", n, heard)
	}
	if err := a.DB.Run(a.Ctx, change); err != nil {
		t.Fatal(err)
	}
	a.Work(t)
	if n := countEvents(t, a); n != 1 || heard != 1 {
		t.Fatalf("after a commit: %d events, %d heard; want 1 and 1", n, heard)
	}
}

func TestRunInsideRunIsRefused(t *testing.T) {
	t.Parallel()
	a := testkit.NewAgency(t)
	err := a.DB.Run(a.Ctx, func(ctx context.Context, _ *tenancy.Tx) error {
		return a.DB.Read(ctx, func(context.Context, *tenancy.Tx) error { return nil })
	})
	if err == nil {
		t.Fatal("a nested Run was let through")
	}
}

// Two changes that wait for each other: one of them is done, the other one is told to try again.
func TestADeadlockAsksToTryAgain(t *testing.T) {
	t.Parallel()
	a := testkit.NewAgency(t)
	lock := func(ctx context.Context, tx *tenancy.Tx, what string) error {
		_, err := tx.PGX().Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended($1, 0))`, a.Tenancy.ID+what)
		return err
	}
	change := func(first, second string, held chan<- struct{}, other <-chan struct{}) error {
		return a.DB.Run(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			if err := lock(ctx, tx, first); err != nil {
				return err
			}
			close(held)
			<-other
			return lock(ctx, tx, second)
		})
	}
	one, two, ends := make(chan struct{}), make(chan struct{}), make(chan error)
	go func() { ends <- change("clients", "contacts", one, two) }()
	go func() { ends <- change("contacts", "clients", two, one) }()
	done, collided := 0, 0
	for range 2 {
		switch err := <-ends; {
		case err == nil:
			done++
		case errors.Is(err, tenancy.ErrCollided):
			collided++
		default:
			t.Error(err)
		}
	}
	if done != 1 || collided != 1 {
		t.Errorf("%d are done and %d are asked to try again", done, collided)
	}
}

func TestWithoutAgencyNothingRuns(t *testing.T) {
	t.Parallel()
	a := testkit.NewAgency(t)
	err := a.DB.Run(t.Context(), func(context.Context, *tenancy.Tx) error { return nil })
	if !errors.Is(err, tenancy.ErrNoAgency) {
		t.Fatalf("got %v, want ErrNoAgency", err)
	}
}

func TestReadRefusesWrites(t *testing.T) {
	t.Parallel()
	a := testkit.NewAgency(t)
	err := a.DB.Read(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.PGX().Exec(ctx, `UPDATE agency_settings SET legal_name = 'x'`)
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "read-only") {
		t.Fatalf("got %v, want a refusal", err)
	}
}

type noted struct {
	What string `json:"what"`
}

func (noted) Kind() string { return "test.noted" }

func TestJobsCarryTheirAgency(t *testing.T) {
	t.Parallel()
	a := testkit.NewAgency(t)
	var got tenancy.Agency
	job.Handle(a.Registry, func(ctx context.Context, _ noted) (err error) {
		got, err = tenancy.From(ctx)
		return err
	})
	err := a.DB.Run(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) error { return a.Queue.Enqueue(ctx, tx, noted{"x"}) })
	if err != nil {
		t.Fatal(err)
	}
	a.Work(t)
	if got.ID != a.Tenancy.ID {
		t.Fatalf("the job ran for agency %q, want %q", got.ID, a.Tenancy.ID)
	}
}
