package billing_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/tenancy"
)

// logged are the actions that both logs hold of the agency's bill, in order.
func (w *world) logged() (agencys, platforms []string) {
	w.Helper()
	const sql = `SELECT action FROM audit_events WHERE entity = 'agency' AND entity_id = $1 AND action LIKE 'billing.%' ORDER BY seq`
	read := func(ctx context.Context, tx pgx.Tx, into *[]string) error {
		rows, err := tx.Query(ctx, sql, w.key())
		if err == nil {
			*into, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		return err
	}
	check(w, w.agency.DB.Read(w.agency.Ctx, func(ctx context.Context, tx *tenancy.Tx) error { return read(ctx, tx.PGX(), &agencys) }))
	check(w, w.agency.Control.Read(w.Context(), func(ctx context.Context, tx pgx.Tx) error { return read(ctx, tx, &platforms) }))
	return agencys, platforms
}

func (w *world) order(s *billing.Service, cents int64) (billing.Order, error) {
	return s.PlaceOrder(w.Context(), billing.Order{Request: billing.Request{AgencyID: w.key(), Amount: money.Of(cents, "USD"), RequestedBy: opal}, Text: "Import", DueDays: 14})
}

func TestWhatOperatorsDoIsInBothLogs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deliveries[0])
	large, err := w.order(w.Service, 1_000_001)
	check(t, err)
	_, err = w.ApproveOrder(t.Context(), w.key(), large.ID, oscar)
	check(t, err)
	credit, err := w.GiveBack(t.Context(), billing.Payback{Request: billing.Request{AgencyID: w.key(), Amount: money.Of(50_001, "USD"), RequestedBy: opal}, Kind: billing.Credit, Reason: "an outage"})
	check(t, err)
	_, err = w.CancelPayback(t.Context(), w.key(), credit.ID)
	check(t, err)
	granted, err := w.Grant(t.Context(), billing.Override{AgencyID: w.key(), Plan: billing.Enterprise, Reason: "pilot", ExpiresAt: w.stand.Now().Add(days)})
	check(t, err)
	check(t, w.RevokeGrant(t.Context(), w.key(), granted.ID, opal))
	_, err = w.SetTerms(t.Context(), w.key(), billing.Terms{Collection: billing.Auto, Seats: 2})
	check(t, err)
	if _, err := w.ApproveOrder(t.Context(), w.key(), large.ID, oscar); !errors.Is(err, billing.ErrOrderState) { // what is refused is not written down
		t.Fatal(err)
	}
	want := []string{
		"billing.order_requested", "billing.order_approved", "billing.payback_requested", "billing.payback_canceled", "billing.override_granted", "billing.override_revoked", "billing.terms_set",
	}
	agencys, platforms := w.logged()
	if !slices.Equal(agencys, want) || !slices.Equal(platforms, want) {
		t.Fatalf("the agency's log: %v\nthe platform's: %v", agencys, platforms)
	}
}

var errPen = errors.New("the pen is broken")

// penless is a store that cannot write into the platform's log.
type penless struct{ billing.Store }

type penlessTx struct{ billing.Tx }

func (penlessTx) Record(context.Context, audit.Change) error { return errPen }

func (p penless) Locked(ctx context.Context, agencyID string, fn func(context.Context, billing.Tx, *billing.Account) error) error {
	return p.Store.Locked(ctx, agencyID, func(ctx context.Context, t billing.Tx, a *billing.Account) error { return fn(ctx, penlessTx{t}, a) })
}

func TestWhatCannotBeWrittenDownIsNotDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, deliveries[0])
	w.store = penless{w.store}
	if _, err := w.order(w.service(w.gateway), 500_000); !errors.Is(err, errPen) {
		t.Fatal(err)
	}
	all, err := w.Orders(t.Context(), w.key())
	check(t, err)
	if agencys, platforms := w.logged(); len(all)+len(agencys)+len(platforms) != 0 {
		t.Fatalf("%v\n%v\n%v", all, agencys, platforms)
	}
}
