package tenancy_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/testkit"
)

// What does not wait for the disk is a transaction like any other, and the next one on its connection waits again.
func TestUnsyncedIsAWholeTransactionAndLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	p := testkit.Own(t, nil)
	// The tests' databases wait for no disk at all, unless told to.
	owner(t, p, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = on', current_database()); END $$`)
	p = p.Another(t, nil)
	setting := func(tx pgx.Tx) (v string) {
		if err := tx.QueryRow(t.Context(), `SHOW synchronous_commit`).Scan(&v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	insert := `INSERT INTO people (id, email, name, verified, synced_at) VALUES (gen_random_uuid(), $1, 'Una', true, now())`
	broken := errors.New("broken off")
	for _, end := range []error{nil, broken} {
		email := "una-kept@unsynced.test"
		if end != nil {
			email = "una-undone@unsynced.test"
		}
		err := p.Control.RunUnsynced(t.Context(), func(ctx context.Context, tx pgx.Tx) error {
			if got := setting(tx); got != "off" {
				t.Errorf("it waits for the disk: %s", got)
			}
			if _, err := tx.Exec(ctx, insert, email); err != nil {
				return err
			}
			return end
		})
		if !errors.Is(err, end) {
			t.Fatalf("%v, want %v", err, end)
		}
		err = p.Control.Run(t.Context(), func(ctx context.Context, tx pgx.Tx) error {
			if got := setting(tx); got != "on" {
				t.Errorf("the next one does not wait for the disk: %s", got)
			}
			n := 0
			if err := tx.QueryRow(ctx, `DELETE FROM people WHERE email = $1 RETURNING 1`, email).Scan(&n); (err == nil) != (end == nil) {
				t.Errorf("%s is there: %v, with %v", email, err == nil, end)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
