package app_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
)

// The answer of an idempotent call is kept after the change, in a transaction
// of its own. Until it is there a repeat is told that the first call is under
// way. Where keeping it fails the change stands, and a repeat changes nothing.
func TestAnAnswerThatWasNotKeptChangesNothingTwice(t *testing.T) {
	t.Parallel()
	e := apptest.New(t)
	err := e.App.Migrator().Owner(t.Context(), e.Agency.Placement, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `ALTER TABLE `+tenancy.CopyOf(e.Agency).Schema+`.idempotency_keys ADD CONSTRAINT no_answers CHECK (answer IS NULL)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	owner := e.As(t, identity.Owner)
	once, name := owner.With("Idempotency-Key", id.New()), "Kept once "+id.New()
	once.POST(t, "/api/v1/clients", map[string]any{"name": name}).Expect(t, http.StatusCreated)
	early := once.POST(t, "/api/v1/clients", map[string]any{"name": name})
	early.Refused(t, http.StatusConflict, "request.under_way")
	if early.Header.Get("Retry-After") != "1" {
		t.Errorf("Retry-After is %q", early.Header.Get("Retry-After"))
	}
	err = e.App.DB.Run(e.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.PGX().Exec(ctx, `UPDATE idempotency_keys SET created_at = created_at - interval '1 minute'`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	once.POST(t, "/api/v1/clients", map[string]any{"name": name}).Refused(t, http.StatusConflict, "request.already_done")
	once.POST(t, "/api/v1/clients", map[string]any{"name": name + " or not"}).Refused(t, http.StatusConflict, "request.idempotency_key_reused")
	var list struct{ Items []struct{ Name string } }
	owner.GET(t, "/api/v1/clients").Expect(t, http.StatusOK).JSON(t, &list)
	if len(list.Items) != 1 || list.Items[0].Name != name {
		t.Errorf("got %+v", list)
	}
	if !strings.Contains(e.Logs.Text(), "answer of an idempotent call was not kept") {
		t.Error("nobody is told")
	}
}

// Of two calls at once the second meets the first's claim before it can be seen.
func TestARepeatBesideItsFirstCallIsToldThatItIsUnderWay(t *testing.T) {
	t.Parallel()
	e := apptest.New(t)
	owner, key := e.As(t, identity.Owner), id.New()
	repeat := make(chan *apptest.Reply, 1)
	err := e.App.DB.Run(e.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.PGX().Exec(ctx, `INSERT INTO idempotency_keys (actor, operation, key, digest, created_at) VALUES ($1, 'clients-create', $2, '', $3)`,
			owner.Member.ID, key, time.Now().UTC())
		if err != nil {
			return err
		}
		go func() {
			repeat <- owner.With("Idempotency-Key", key).POST(t, "/api/v1/clients", map[string]any{"name": "Twice at once"})
		}()
		for waits := false; !waits && len(repeat) == 0; {
			err := tx.PGX().QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid)))`).Scan(&waits)
			if err != nil {
				return err
			}
		}
		return nil // and with that the claim is there
	})
	if err != nil {
		t.Fatal(err)
	}
	(<-repeat).Refused(t, http.StatusConflict, "request.under_way")
}
