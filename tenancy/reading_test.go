package tenancy_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/tenancy"
)

const oneWrites = `INSERT INTO people (id, email, name, verified, synced_at) VALUES ($1, 'r@example.test', 'Rhea Reading', true, now()) RETURNING id::text`

// What is said to change nothing changes nothing, by whichever call, and leaves its connection as it was: writes go on, and so do reads.
func TestReadOneRefusesWrites(t *testing.T) {
	t.Parallel()
	p := testkit.Own(t, nil)
	const key = "00000000-0000-4000-8000-000000000009"
	var got string
	for name, fn := range map[string]func(context.Context, tenancy.Querier) error{
		"Exec": func(ctx context.Context, q tenancy.Querier) error { _, err := q.Exec(ctx, oneWrites, key); return err },
		"Query": func(ctx context.Context, q tenancy.Querier) error {
			rows, err := q.Query(ctx, oneWrites, key)
			if err != nil {
				return err
			}
			_, err = pgx.CollectRows(rows, pgx.RowTo[string])
			return err
		},
		"QueryRow": func(ctx context.Context, q tenancy.Querier) error {
			return q.QueryRow(ctx, oneWrites, key).Scan(&got)
		},
		"SendBatch": func(ctx context.Context, q tenancy.Querier) error {
			b := &pgx.Batch{}
			b.Queue(`SELECT 1`)
			b.Queue(oneWrites, key)
			return q.SendBatch(ctx, b).Close()
		},
	} {
		err := p.Control.ReadOne(t.Context(), fn)
		if refused := (*pgconn.PgError)(nil); !errors.As(err, &refused) || refused.Code != "25006" {
			t.Errorf("%s: %v, want that a transaction which reads only is told so", name, err)
		}
	}
	write := func(ctx context.Context, q tenancy.Querier) error { return q.QueryRow(ctx, oneWrites, key).Scan(&got) }
	if err := p.Control.RunOne(t.Context(), write); err != nil || got != key {
		t.Fatalf("a write after that: %q, %v", got, err)
	}
	err := p.Control.ReadOne(t.Context(), func(ctx context.Context, q tenancy.Querier) error {
		rows, err := q.Query(ctx, `SELECT n FROM generate_series(1, $1::int) AS n`, 3)
		if err != nil {
			return err
		}
		all, err := pgx.CollectRows(rows, pgx.RowTo[int])
		if len(all) != 3 || all[2] != 3 {
			t.Errorf("read %v", all)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	none := func(ctx context.Context, q tenancy.Querier) error {
		return q.QueryRow(ctx, `SELECT id::text FROM people WHERE email = $1`, "nobody@example.test").Scan(&got)
	}
	for range 3 * 8 { // more often than there are connections: each is given back
		if err := p.Control.ReadOne(t.Context(), none); !errors.Is(err, pgx.ErrNoRows) {
			t.Fatalf("nobody: %v", err)
		}
		wrong := func(ctx context.Context, q tenancy.Querier) error {
			return q.QueryRow(ctx, `SELECT 1 / $1::int`, 0).Scan(new(int))
		}
		if err := p.Control.ReadOne(t.Context(), wrong); err == nil {
			t.Fatal("a division by zero was answered")
		}
	}
	if s := p.Control.Pool().Stat(); s.AcquiredConns() != 0 || s.NewConnsCount() != int64(s.TotalConns()) {
		t.Errorf("%d connections are not given back, %d of %d were replaced", s.AcquiredConns(), s.NewConnsCount()-int64(s.TotalConns()), s.NewConnsCount())
	}
}
