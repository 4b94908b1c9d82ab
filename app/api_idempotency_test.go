package app_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
)

// The answer of an idempotent call is kept after the change, in a transaction
// of its own. Where that fails the change stands, and a repeat changes nothing.
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
