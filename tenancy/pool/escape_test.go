package pool_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/tenancy/pool"
)

// The ways out of a tenant's role that are known. Each is sent as a tenant, first past the check, to learn what the
// server refuses by itself, then as a module would send it. What the server lets through, the check must stop.
func TestEscapes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	mine, other := w.tenants[0], w.tenants[1]
	for name, try := range map[string]struct {
		q      string
		server bool // refuses it by itself
	}{
		"wrong path is no use":       {`SELECT count(*) FROM ` + other.Schema + `.events`, true},
		"write by a qualified name":  {`DELETE FROM ` + other.Schema + `.events`, true},
		"another's statistics":       {`SELECT 1 / count(*) FROM pg_stats WHERE schemaname = '` + other.Schema + `'`, true}, // none: division by zero
		"set_config":                 {`SELECT set_config('role', '` + other.Role + `', false)`, true},
		"set_config in a subselect":  {`SELECT * FROM (SELECT set_config('role', '` + other.Role + `', false)) x`, true},
		"set_config in query_to_xml": {`SELECT query_to_xml($$SELECT set_config('role', '` + other.Role + `', false)$$, true, true, '')`, true},
		"SET in query_to_xml":        {`SELECT query_to_xml('SET ROLE ` + other.Role + `', true, true, '')`, true},
		"update pg_settings":         {`UPDATE pg_settings SET setting = 'off' WHERE name = 'default_transaction_read_only'`, true},
		"session authorization":      {`SET SESSION AUTHORIZATION ` + other.Role, true},
		"two statements":             {`SELECT 1; RESET ROLE; SET ROLE ` + other.Role, true}, // one statement a message
		"temporary table":            {`CREATE TEMP TABLE x (a int)`, true},
		"table of its own":           {`CREATE TABLE x (a int)`, true},
		"a role of its own":          {`CREATE ROLE x`, true},
		"grant":                      {`GRANT ` + other.Role + ` TO ` + mine.Role, true},
		"copy to a program":          {`COPY (SELECT 1) TO PROGRAM 'true'`, true},
		"a file of the server":       {`SELECT pg_read_file('/etc/passwd')`, true},
		"write outside of Run":       {`DELETE FROM events`, true},
		"another's backend":          {`SELECT 1 / count(*) FROM pg_stat_activity WHERE usename <> current_user AND query <> '<insufficient privilege>' AND query <> ''`, true},

		"set role":                  {`SET ROLE ` + other.Role, false},
		"set role behind a comment": {"/* a /* b */ c */ -- d\r\n ;; SET\n ROLE " + other.Role, false},
		"set local":                 {`SET LOCAL ROLE ` + other.Role, false},
		"search path":               {`SET search_path = ` + other.Schema, false},
		"reset role":                {`RESET ROLE`, false},
		"do":                        {`DO $$ BEGIN EXECUTE 'SET ROLE ` + other.Role + `'; END $$`, false},
		"writes from now on":        {`SET default_transaction_read_only = off`, false},
		"no more time limit":        {`SET statement_timeout = 0`, false},
		"cursor with hold":          {`DECLARE c CURSOR WITH HOLD FOR SELECT 1`, false},
		"prepared for the next":     {`PREPARE events AS SELECT 1`, false},
		"listen to the next":        {`LISTEN x`, false},
		"begin":                     {`BEGIN READ WRITE`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, db := w.open(t, nil)
			ctx, conn, _ := session(t, db, mine)
			raw, err := pool.Unguarded(conn)
			if err != nil {
				t.Fatal(err)
			}
			res := raw.PgConn().ExecParams(ctx, try.q, nil, nil, nil, nil).Read()
			if refused := res.Err != nil; refused != try.server {
				t.Errorf("the server refuses: %v (%v), want %v", refused, res.Err, try.server)
			}
			_ = raw.Close(ctx) // whatever it did, nobody shall get this one
			_ = conn.Close()

			ctx, conn, s := session(t, db, mine)
			before := p.Stats().Tainted
			_, err = s.PGX().Exec(ctx, try.q)
			if err == nil {
				t.Errorf("it was let through")
			}
			if !try.server && !errors.Is(err, pool.ErrStatement) {
				t.Errorf("got %v, want ErrStatement", err)
			}
			_ = conn.Close()
			if after := p.Stats().Tainted; errors.Is(err, pool.ErrStatement) && after != before+1 {
				t.Errorf("the session that was asked for it lives on")
			}

			ctx, conn, _ = session(t, db, mine)
			if user, path := whoAmI(t, ctx, conn); user != mine.Role || path != mine.Schema {
				t.Errorf("afterwards it is %s in %s", user, path)
			}
			_ = conn.Close()
		})
	}
}

// The one hole that is left would be a function of ours that runs its argument as a statement.
func TestNoFunctionRunsText(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	rows, err := w.owner.Query(t.Context(), `SELECT p.oid::regprocedure::text, p.prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
		WHERE n.nspname = $1 OR n.nspname IN ('platform', 'queue')`, w.tenants[0].Schema)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, text string
		if err := rows.Scan(&name, &text); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(strings.ToUpper(text), "EXECUTE ") || strings.Contains(strings.ToUpper(text), "SET_CONFIG") {
			t.Errorf("%s runs text as a statement", name)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
