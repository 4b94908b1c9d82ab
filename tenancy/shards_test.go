package tenancy_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/tenancy"
)

func TestAFullShardIsToldOf(t *testing.T) {
	t.Parallel()
	p := testkit.Alone(t, nil)
	if crowds, err := p.Owner.Crowds(t.Context()); err != nil || len(crowds) > 0 {
		t.Fatalf("of a fresh installation: %+v, %v", crowds, err)
	}
	owner(t, p, fmt.Sprintf(`DO $$ BEGIN FOR i IN 1..%[1]d LOOP
		EXECUTE 'CREATE ROLE %[2]s_x' || i; EXECUTE 'GRANT %[2]s_x' || i || ' TO %[2]s_app_1'; END LOOP; END $$`, tenancy.MostAgencies+1, p.Config.Prefix))
	crowds, err := p.Owner.Crowds(t.Context())
	if err != nil || len(crowds) != 1 || crowds[0].Shard != 1 || crowds[0].Agencies <= tenancy.MostAgencies {
		t.Fatalf("%+v, %v; want shard 1 alone", crowds, err)
	}
	var log bytes.Buffer
	maker, err := tenancy.NewProvisioner(p.Config, p.Control, p.Owner, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	if err := maker.Make(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := log.String(); !strings.Contains(got, "level=WARN") || !strings.Contains(got, "shard=1 ") {
		t.Errorf("the log says %q", got)
	}
}

// Roles belong to the cluster: two databases may make the same one at the same moment.
func TestTwoDatabasesMakeTheSameRole(t *testing.T) {
	t.Parallel()
	p := testkit.Own(t, nil)
	other, err := pgx.Connect(t.Context(), testkit.Cluster(t))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Close(t.Context()) }()
	number := 10_000_000 + time.Now().UnixMilli()%80_000_000 // which no other test uses
	role := fmt.Sprintf("%s_t%d", p.Config.Prefix, number+1)
	owner(t, p, fmt.Sprintf(`SELECT setval('platform.agency_numbers', %d)`, number))
	first, err := other.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := first.Exec(t.Context(), `CREATE ROLE `+role); err != nil {
		t.Fatal(err)
	}
	made := make(chan error, 1)
	go func() { made <- p.Provisioner.Make(t.Context()) }()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for waits := false; !waits; <-tick.C {
		if _, err := first.Exec(t.Context(), `SELECT pg_stat_clear_snapshot()`); err != nil {
			t.Fatal(err)
		}
		err := first.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%CREATE ROLE ' || $1 || '%')`, role).Scan(&waits)
		if err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-made:
			t.Fatalf("the other database did not wait: %v", err)
		default:
		}
	}
	if err := first.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-made; err != nil {
		t.Fatal(err)
	}
}
