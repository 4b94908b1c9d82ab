package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/tenancy"
)

// The server's check of a login's memberships grows faster than their number, so doctor names a shard that has too many.
func TestDoctorNamesTheShardThatIsTooFull(t *testing.T) {
	t.Parallel()
	p := testkit.Alone(t, nil)
	conn, err := pgx.Connect(t.Context(), p.Config.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	login := p.Config.Prefix + "_app_1"
	var there int
	err = conn.QueryRow(t.Context(), `SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = $1`, login).Scan(&there)
	if err != nil {
		t.Fatal(err)
	}
	enter := func(first, last int) {
		t.Helper()
		var b strings.Builder
		for i := first; i <= last; i++ {
			fmt.Fprintf(&b, `CREATE ROLE %[1]s_crowd_%[2]d; GRANT %[1]s_crowd_%[2]d TO %[3]s;`, p.Config.Prefix, i, login)
		}
		if _, err := conn.Exec(t.Context(), b.String()); err != nil {
			t.Fatal(err)
		}
	}
	enter(there+1, tenancy.MostAgencies)
	if err := roomy(t.Context(), p.Owner); err != nil {
		t.Fatalf("as many as a login may enter: %v", err)
	}
	enter(tenancy.MostAgencies+1, tenancy.MostAgencies+1)
	err = roomy(t.Context(), p.Owner)
	if err == nil || !strings.Contains(err.Error(), "shard 1 ") || !strings.Contains(err.Error(), "251") || !strings.Contains(err.Error(), "BUREAU_DATABASE_SHARDS") || strings.Contains(err.Error(), "shard 0") {
		t.Fatalf("one more than that: %v", err)
	}
}
