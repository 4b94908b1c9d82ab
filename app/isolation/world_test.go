package isolation

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/app/sample"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/modules/invoicing"
	staff "github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// canary begins every text of the other agency.
const canary = "CANARY-B-"

var staffRoles = []string{identity.Owner, identity.Admin, identity.Manager, identity.Employee, identity.Finance}

// world is two agencies full of records, of which the second is the one that must not be seen.
type world struct {
	ops  []operation
	a, b *apptest.Env
	db   *pgx.Conn // of the owner of all tables

	boss   *apptest.Client // an owner of a, by session
	mine   *pools
	bBoss  *apptest.Client // an owner of b on b's host
	theirs *pools
	rules  rules

	archived map[string]string // a record of b that is put away, by its name
	old      int               // calls with keys of those

	schemas map[string]string // of an agency
	since   mark
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{ops: document(t), mine: newPools(), theirs: newPools(), rules: readRules(t), schemas: map[string]string{}}
	w.a, w.b = neighbours(t)
	w.since = newMark(t, w.a)
	var err error
	w.db, err = pgx.Connect(t.Context(), testkit.Config(t).OwnerURL)
	must(t, err)
	t.Cleanup(func() {
		for _, env := range []*apptest.Env{w.a, w.b} { // no round comes by any more, with canaries in its letters
			_ = env.App.Provisioner.Suspend(context.WithoutCancel(t.Context()), env.Agency.Slug)
		}
		_ = w.db.Close(context.WithoutCancel(t.Context()))
	})
	done := make(chan error)
	for _, env := range []*apptest.Env{w.a, w.b} {
		go func() {
			done <- env.App.LoadSample(env.Ctx, sample.Small, func(float64, string) {})
		}()
	}
	must(t, <-done)
	must(t, <-done)
	w.boss, w.bBoss = person(t, w.a, identity.Owner), person(t, w.b, identity.Owner)
	for _, c := range []*apptest.Client{w.boss, w.bBoss} { // calendars are fetched, so there are none in a sample
		c.POST(t, "/api/v1/calendar-feeds", map[string]any{"address": apptest.CalendarURL("/private/owners.ics")}).Expect(t, http.StatusCreated)
	}
	w.employed(t, w.boss)
	w.worked(t, w.boss.Member)
	w.paid(t, w.boss)
	w.support(t)
	w.harvest(t, w.boss, "staff", w.mine)
	w.harvest(t, w.bBoss, "staff", w.theirs)
	return w
}

// neighbours are two agencies that share the connections of one shard: where a
// connection is handed on in a wrong state, it is one of theirs that comes to the other.
func neighbours(t *testing.T) (a, b *apptest.Env) {
	t.Helper()
	shard := func(e *apptest.Env) int { return tenancy.CopyOf(e.Agency).Shard }
	a = apptest.New(t)
	for range 64 {
		if b = apptest.New(t); shard(a) == shard(b) {
			return a, b
		}
	}
	t.Fatal("no two agencies share a shard")
	return nil, nil
}

// person is a new member of a role, signed in with a browser.
func person(t *testing.T, env *apptest.Env, role string) *apptest.Client {
	t.Helper()
	return env.Session(t, env.Fresh(t, role, "*").Member)
}

// employed gives people of a the position of somebody in the sample, and that a price on every day, so that their time has one
// whichever day an operation's example names.
func (w *world) employed(t *testing.T, people ...*apptest.Client) {
	t.Helper()
	var position string
	must(t, w.db.QueryRow(t.Context(), `SELECT position_id::text FROM `+w.schemaOf(t, w.a)+`.employments WHERE position_id IS NOT NULL ORDER BY starts_on, member_id LIMIT 1`).Scan(&position))
	_, err := w.db.Exec(t.Context(), `UPDATE `+w.schemaOf(t, w.a)+`.rates r SET valid_from = '2020-01-01' WHERE target_id = $1 AND removed_at IS NULL AND NOT EXISTS
		(SELECT FROM `+w.schemaOf(t, w.a)+`.rates o WHERE (o.card_id, o.target_id) = (r.card_id, r.target_id) AND o.valid_from < r.valid_from AND o.removed_at IS NULL)`, position)
	must(t, err)
	for _, c := range people {
		must(t, w.a.App.Services.People.PutSchedule(w.a.Ctx, staff.Schedule{
			MemberID: c.Member.ID, StartsOn: day.New(2020, 1, 1), PositionID: position, Seconds: staff.FullTime,
		}))
	}
}

// worked gives m approved time of two weeks ago for every client of a: what can be billed on any day of the month. The
// first day of it is on drafts that somebody else has sent to review.
func (w *world) worked(t *testing.T, m identity.Member) {
	t.Helper()
	rows, err := w.db.Query(t.Context(), `SELECT DISTINCT ON (client_id) id::text, client_id::text FROM `+w.schemaOf(t, w.a)+`.projects
		WHERE client_id IS NOT NULL ORDER BY client_id, id`)
	must(t, err)
	projects, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ ID, ClientID string }])
	must(t, err)
	me := access.With(w.a.Ctx, access.Actor{MemberID: m.ID, Name: m.Name, Email: m.Email, Kind: access.Staff, Role: m.Role, Perms: identity.Permissions(m.Role)})
	log, bill, hour := w.a.App.Services.Timesheets, w.a.App.Services.Invoicing, int64(3600)
	week := day.Of(time.Now(), time.UTC).AddDays(-14).WeekStart(time.Monday)
	for _, p := range projects {
		for n := range 2 {
			_, _, err := log.Log(me, timesheets.NewEntry{ProjectID: p.ID, Day: week.AddDays(n), Seconds: &hour})
			must(t, err)
		}
	}
	sheet, err := log.OpenWeek(me, week)
	must(t, err)
	sheet, err = log.Submit(me, sheet.ID, sheet.Version)
	must(t, err)
	_, err = log.ApproveSheet(w.a.Ctx, sheet.ID, sheet.Version, "")
	must(t, err)
	for _, p := range projects {
		i, _, err := bill.CreateFromTime(w.a.Ctx, invoicing.FromTime{ClientID: p.ClientID, From: week, To: week, GroupBy: invoicing.ByTask})
		must(t, err)
		_, err = bill.SendToReview(w.a.Ctx, i.ID, i.Version)
		must(t, err)
	}
}

// harvest reads all there is to read for people of this kind and keeps its keys.
func (w *world) harvest(t *testing.T, c *apptest.Client, kind string, into *pools) {
	t.Helper()
	for round := range 2 { // what has a key in its path is read when keys are known
		for _, op := range w.ops {
			if op.changes() || !slices.Contains(op.kinds, kind) && op.need != "public" || answerOf(t, op) == nil {
				continue
			}
			d, candidates := newDrafter(t, into).draft(op)
			if round > 0 && len(candidates) == 0 {
				continue
			}
			for choice := range into.choices(candidates, 5, nil) {
				for place, k := range choice {
					d = d.with(place, k)
				}
				if r := d.send(t, c, nil); r.Status == http.StatusOK {
					into.take(op, r.Body)
				}
			}
		}
	}
}

// paid gives a an invoice that is paid in part, by a payment of which something is left: what other operations pay or void
// leaves the ones on payments nothing to work on.
func (w *world) paid(t *testing.T, c *apptest.Client) {
	t.Helper()
	var open struct {
		Items []struct {
			ID      string      `json:"id"`
			Balance money.Money `json:"balance"`
		} `json:"items"`
	}
	c.GET(t, "/api/v1/invoices?status=open&limit=1").Expect(t, http.StatusOK).JSON(t, &open)
	if len(open.Items) == 0 {
		t.Fatal("no invoice of the sample is open")
	}
	i := open.Items[0]
	part, all := money.Of(100, i.Balance.Currency), money.Of(300, i.Balance.Currency)
	c.POST(t, "/api/v1/payments", map[string]any{
		"amount": all, "received_on": day.Of(time.Now(), time.UTC), "keep_credit": true, "allocations": []any{map[string]any{"invoice_id": i.ID, "amount": part}},
	}).Expect(t, http.StatusCreated)
}

// support lets an operator look into each agency.
func (w *world) support(t *testing.T) {
	t.Helper()
	for env, reason := range map[*apptest.Env]string{w.a: "A question of the agency", w.b: canary + "support-reason"} {
		who := env.App.Services.Identity
		o, err := who.OperatorCreate(t.Context(), "operator-"+id.New()+"@example.test", "Olga Operator")
		must(t, err)
		ctx := access.With(t.Context(), access.Actor{Kind: access.Operator, OperatorID: o.ID, PersonID: id.New(), Name: o.Name, Email: o.Email})
		_, _, err = who.OpenSupport(ctx, env.Agency.ID, reason)
		must(t, err)
	}
}

// quiet waits until the agency's jobs are done: what they change is not the sweep's doing.
func quiet(t *testing.T, env *apptest.Env) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var open int
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-tick.C {
		must(t, env.App.Control.Pool().QueryRow(t.Context(), `SELECT count(*) FROM queue.river_job
			WHERE metadata ->> 'agency' = $1 AND state IN ('available', 'running', 'pending')`, env.Agency.ID).Scan(&open))
		if open == 0 {
			return
		}
	}
	t.Fatalf("%d jobs of the agency do not end", open)
}

func (w *world) schemaOf(t *testing.T, env *apptest.Env) string {
	t.Helper()
	if w.schemas[env.Agency.ID] == "" {
		var s string
		must(t, w.db.QueryRow(t.Context(), `SELECT schema_name FROM platform.agencies WHERE id = $1`, env.Agency.ID).Scan(&s))
		w.schemas[env.Agency.ID] = s
	}
	return w.schemas[env.Agency.ID]
}

// plant writes its own canary into every text of the agency: CANARY-B-<table>-<column>.
func (w *world) plant(t *testing.T, env *apptest.Env) {
	t.Helper()
	schema := w.schemaOf(t, env)
	rows, err := w.db.Query(t.Context(), `SELECT c.table_name, c.column_name, c.data_type, coalesce(c.character_maximum_length, 0) FROM information_schema.columns c
		JOIN information_schema.tables b USING (table_schema, table_name)
		WHERE c.table_schema = $1 AND b.table_type = 'BASE TABLE' AND c.data_type IN ('text', 'character varying', 'jsonb', 'ARRAY')
			AND c.table_name NOT IN ('schema_migrations', 'api_tokens')`, schema)
	must(t, err)
	type column struct {
		Table, Column, Type string
		Most                int
	}
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	must(t, err)
	planted := 0
	for _, c := range columns {
		text := canary + c.Table + "-" + c.Column
		if c.Most > 0 && len(text) > c.Most {
			text = text[:c.Most]
		}
		// A CHECK may refuse the bare text, and a unique index its repetition; codes, states and keys stay what they are.
		for _, value := range []string{
			`'` + text + `'`, `'` + text + `-' || ctid::text`, `to_jsonb('` + text + `'::text)`, `jsonb_build_array('` + text + `')`, `ARRAY['` + text + `']`,
		} {
			tag, err := w.db.Exec(t.Context(), fmt.Sprintf(`UPDATE %s.%s SET %s = %s`, schema, c.Table, c.Column, value))
			if err == nil && tag.RowsAffected() > 0 {
				planted++
				break
			}
		}
	}
	t.Logf("note: canaries in %d of %d columns", planted, len(columns))
	if planted < 60 {
		t.Fatalf("the canary was planted in %d columns only", planted)
	}
}

// archive puts one record of each kind of the agency away, and remembers its key.
func (w *world) archive(t *testing.T, env *apptest.Env) {
	t.Helper()
	schema := w.schemaOf(t, env)
	rows, err := w.db.Query(t.Context(), `SELECT c.table_name, c.column_name FROM information_schema.columns c
		WHERE c.table_schema = $1 AND c.column_name IN ('archived_at', 'deleted_at') AND EXISTS (SELECT FROM information_schema.columns k
			WHERE k.table_schema = c.table_schema AND k.table_name = c.table_name AND k.column_name = 'id') ORDER BY 1, 2`, schema)
	must(t, err)
	type column struct{ Table, Column string }
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	must(t, err)
	w.archived = map[string]string{}
	for _, c := range columns {
		var key string
		err := w.db.QueryRow(t.Context(), fmt.Sprintf(`UPDATE %[1]s.%[2]s SET %[3]s = now() WHERE id = (SELECT id FROM %[1]s.%[2]s ORDER BY %[3]s NULLS LAST, id LIMIT 1) RETURNING id::text`, schema, c.Table, c.Column)).Scan(&key)
		if errors.Is(err, pgx.ErrNoRows) {
			continue
		}
		must(t, err)
		name := singular(c.Table)
		w.archived[name] = key
		// A path says /time-entries/{id}, a field entry_id.
		if i := strings.LastIndex(name, "_"); i >= 0 && w.archived[name[i+1:]] == "" {
			w.archived[name[i+1:]] = key
		}
	}
	if len(w.archived) < 4 {
		t.Fatalf("only %v could be archived", w.archived)
	}
}

// checksums hold one value for every table of every agency but those that are
// left out, and for what the platform keeps of them.
func (w *world) checksums(t *testing.T, except *apptest.Env) map[string]string {
	t.Helper()
	rows, err := w.db.Query(t.Context(), `SELECT table_schema || '.' || table_name FROM information_schema.tables
		WHERE table_type = 'BASE TABLE' AND table_schema IN (SELECT schema_name FROM platform.agencies WHERE state <> 'spare' AND id <> $1)`, except.Agency.ID)
	must(t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	must(t, err)
	if len(tables) < 30 {
		t.Fatalf("only %d tables of other agencies were found", len(tables))
	}
	sums := map[string]string{}
	sum := func(name, from string) {
		var s string
		must(t, w.db.QueryRow(t.Context(), `SELECT coalesce(md5(string_agg(x::text, '|' ORDER BY x::text)), '') FROM `+from+` x`).Scan(&s))
		sums[name] = s
	}
	for _, table := range tables {
		sum(table, table)
	}
	sum("platform.agencies", `(SELECT * FROM platform.agencies WHERE state <> 'spare' AND id <> '`+except.Agency.ID+`')`)
	return sums
}

// audited counts what the actor did, as the agency's log has it.
func (w *world) audited(t *testing.T, env *apptest.Env, member string) (n int) {
	t.Helper()
	must(t, w.db.QueryRow(t.Context(), `SELECT count(*) FROM `+w.schemaOf(t, env)+`.audit_events WHERE actor_id = $1`, member).Scan(&n))
	return n
}

// contactOf makes the person who is a client's contact in the portal.
func (w *world) contactOf(t *testing.T, contactID string) *apptest.Client {
	t.Helper()
	var clientID string
	must(t, w.db.QueryRow(t.Context(), `SELECT client_id::text FROM `+w.schemaOf(t, w.a)+`.contacts WHERE id = $1`, contactID).Scan(&clientID))
	return w.a.Contact(t, contactID, clientID)
}

func madeUp() string { return "bur_" + strings.ReplaceAll(id.New(), "-", "") + "xxxxxxxxxxx" }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
