package custody_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// platform runs statements as the owner of the platform's tables.
func (h house) platform(t *testing.T, statements ...string) {
	t.Helper()
	must(t, h.Owner.Owner(t.Context(), tenancy.Main, func(ctx context.Context, tx pgx.Tx) error {
		for _, q := range statements {
			if _, err := tx.Exec(ctx, q); err != nil {
				return err
			}
		}
		return nil
	}))
}

// A copy on a placement of its own commits before the platform does. What breaks between the two is taken back, and
// the chain tells of one restore and of one undoing when they are made again.
func TestExchangesBrokenBetweenTheirCommitsAreToldOnce(t *testing.T) {
	t.Parallel()
	h := newHouseOn(t, secondPlatform(t), nil)
	a := h.agency(t)
	key := a.Tenancy.ID
	b, err := h.Backup(t.Context(), h.fresh(t, key), custody.Asked, nil)
	must(t, err)
	_, err = h.Prepare(t.Context(), h.fresh(t, key), b, nil)
	must(t, err)

	for _, c := range []struct {
		before, after, action string
		do                    func(context.Context, tenancy.Agency, custody.Progress) (custody.Restore, error)
	}{
		{"ready", "swapped", "agency.restored", h.Swap},
		{"swapped", "rolled_back", "agency.restore_undone", h.Rollback},
	} {
		h.platform(t,
			`CREATE FUNCTION platform.no_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'not committed'; END $$`,
			`CREATE CONSTRAINT TRIGGER no_commit AFTER UPDATE ON platform.restores DEFERRABLE INITIALLY DEFERRED
				FOR EACH ROW WHEN (NEW.state = '`+c.after+`' AND OLD.state <> NEW.state) EXECUTE FUNCTION platform.no_commit()`)
		if _, err := c.do(t.Context(), h.fresh(t, key), nil); err == nil {
			t.Fatalf("%s was committed", c.after)
		}
		if r, err := h.OpenRestore(t.Context(), key); err != nil || r.State != c.before {
			t.Fatalf("it is not taken back: %+v, %v", r, err)
		}
		if s := h.fresh(t, key).State; s != tenancy.Active {
			t.Fatalf("the agency is %s", s)
		}
		h.platform(t, `DROP TRIGGER no_commit ON platform.restores`, `DROP FUNCTION platform.no_commit`)
		_, err := c.do(t.Context(), h.fresh(t, key), nil)
		must(t, err)
		if n := h.value(t, key, `SELECT count(*)::text FROM audit_events WHERE action = '`+c.action+`'`); n != "1" {
			t.Errorf("the chain has %s entries of %s", n, c.action)
		}
	}
}
