package audit_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	kit "github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/audit"
	"github.com/bureauhq/bureau/modules/audit/auditdb"
	"github.com/bureauhq/bureau/tenancy"
)

func record(t *testing.T, a *testkit.Agency, n int) {
	t.Helper()
	for range n {
		err := a.DB.Run(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			return kit.Record(ctx, tx, kit.Change{Action: "test.changed", Entity: "thing", EntityID: "1", Before: map[string]int{"n": 1}, After: map[string]any{"n": 1.50, "s": "ü"}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Rule 101: entries hold before, after and actor, and are chained by hash.
func TestRule101_ChainHolds(t *testing.T) {
	t.Parallel()
	a := testkit.NewAgency(t)
	svc := audit.New(audit.Deps{DB: a.DB, Store: auditdb.Store{}})
	record(t, a, 5)
	v, err := svc.Verify(a.Ctx)
	if err != nil || !v.Intact || v.Entries != 5 {
		t.Fatalf("got %+v, %v; want 5 entries, intact", v, err)
	}
	entries, err := svc.List(a.Ctx, audit.Filter{Limit: 2, Entity: "thing"})
	if err != nil || len(entries) != 3 {
		t.Fatalf("got %d entries, %v; want the page and one more", len(entries), err)
	}
	if e := entries[0]; e.Seq != 5 || e.ActorName != "Olive Owner" || e.Before != `{"n":1}` || e.After != `{"n":1.5,"s":"ü"}` {
		t.Errorf("got %+v", e)
	}
}

// Whoever can write to the tables past the application still leaves a trace.
func TestRule101_TamperingShows(t *testing.T) {
	t.Parallel()
	for name, tamper := range map[string]struct {
		sql string
		bad int64
	}{
		"an entry is edited":       {`UPDATE audit_events SET after = '{}' WHERE seq = 3`, 3},
		"an entry is taken out":    {`DELETE FROM audit_events WHERE seq = 2`, 3},
		"the last one is cut off":  {`DELETE FROM audit_events WHERE seq = 5`, 5},
		"an actor is changed":      {`UPDATE audit_events SET actor_name = 'Mallory' WHERE seq = 1`, 1},
		"head and last are undone": {`WITH x AS (DELETE FROM audit_events WHERE seq = 5) UPDATE audit_heads SET seq = 4`, 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := testkit.NewAgency(t)
			record(t, a, 5)
			var schema string
			err := a.DB.Read(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
				return tx.PGX().QueryRow(ctx, `SELECT current_schema()`).Scan(&schema)
			})
			if err != nil {
				t.Fatal(err)
			}
			owner, err := pgx.Connect(t.Context(), a.Config.OwnerURL)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = owner.Close(context.Background()) }()
			if _, err := owner.Exec(t.Context(), `SET search_path TO `+schema); err != nil {
				t.Fatal(err)
			}
			if _, err := owner.Exec(t.Context(), tamper.sql); err != nil {
				t.Fatal(err)
			}
			v, err := audit.New(audit.Deps{DB: a.DB, Store: auditdb.Store{}}).Verify(a.Ctx)
			if err != nil || v.Intact || v.FirstBad != tamper.bad {
				t.Errorf("got %+v, %v; want broken at %d", v, err, tamper.bad)
			}
		})
	}
}

// between does something just before a statement that mentions a table.
type between struct {
	table string
	do    func()
}

func (b between) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	if strings.Contains(d.SQL, b.table) {
		b.do()
	}
	return ctx
}

func (between) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// A change that is committed while the chain is walked is no tampering.
func TestRule101_WorkMeanwhileIsNoTampering(t *testing.T) {
	t.Parallel()
	a := testkit.NewAgency(t)
	record(t, a, 3)
	meanwhile := 0
	p := a.Another(t, func(c *tenancy.Config) {
		c.Tracer = between{"audit_heads", func() { meanwhile++; record(t, a, 1) }}
	})
	v, err := audit.New(audit.Deps{DB: p.DB, Store: auditdb.Store{}}).Verify(a.Ctx)
	if err != nil || !v.Intact || v.Entries != 3 || meanwhile != 1 {
		t.Fatalf("got %+v, %v after %d changes meanwhile; want 3 entries, intact", v, err, meanwhile)
	}
}
