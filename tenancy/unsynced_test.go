package tenancy_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/app/kit/testkit"
)

// What does not wait for the disk is a transaction like any other, and the next one on its connection waits again.
func TestUnsyncedIsAWholeTransactionAndLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	p := testkit.Own(t, nil)
	// The tests' databases wait for no disk at all, unless told to.
	owner(t, p, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = on', current_database()); END $$`)
	p = p.Another(t, nil)
	const name = "Una Unsynced"
	insert := func(ids string) error {
		return p.Control.ExecUnsynced(t.Context(), `INSERT INTO people (id, email, name, verified, synced_at)
			SELECT id, current_setting('synchronous_commit'), $1, true, now() FROM unnest($2::text::uuid[]) AS id`, name, ids)
	}
	const one, two = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
	if err := insert("{" + one + "}"); err != nil {
		t.Fatal(err)
	}
	if err := insert("{" + two + "," + one + "}"); !pg.Violates(err, "people_pkey") {
		t.Fatalf("one that is there already: %v", err)
	}
	err := p.Control.Run(t.Context(), func(ctx context.Context, tx pgx.Tx) error {
		var now string
		if err := tx.QueryRow(ctx, `SHOW synchronous_commit`).Scan(&now); err != nil {
			return err
		}
		if now != "on" {
			t.Errorf("the next one does not wait for the disk: %s", now)
		}
		rows, err := tx.Query(ctx, `SELECT id::text, email FROM people WHERE name = $1`, name)
		if err != nil {
			return err
		}
		var id, then string
		n, err := pgx.ForEachRow(rows, []any{&id, &then}, func() error { return nil })
		if n.RowsAffected() != 1 || id != one || then != "off" {
			t.Errorf("%d rows, the last %s, written with %s; want %s with off", n.RowsAffected(), id, then, one)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
