package invoicing_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// A milestone goes back and forth between client and staff until it is accepted, and only then it is billed. Whoever decides
// on what is another one by now is told so.
func TestClientAsksForChangesToAMilestone(t *testing.T) {
	t.Parallel()
	w := setup(t)
	f := w.fee(t, fees.Draft{Name: "App", Kind: fees.ByMilestones, Amount: euros("3000"), Parts: []fees.Part{
		{Name: "Design", Amount: euros("1000")}, {Name: "Launch", Amount: euros("2000")},
	}})
	design, launch := f.Parts[0].ID, f.Parts[1].ID
	pia := w.As(access.Actor{Kind: access.Contact, Name: "Pia", ContactID: id.New(), MemberID: id.New(), ClientID: f.ClientID})
	client := f.ClientID
	type decision func(ctx context.Context, tx *tenancy.Tx) (fees.Milestone, error)
	decide := func(d decision) (m fees.Milestone, err error) {
		err = w.DB.Run(pia, func(ctx context.Context, tx *tenancy.Tx) error {
			m, err = d(ctx, tx)
			return err
		})
		return m, err
	}
	ask := func(part string, version int, text string) (fees.Milestone, error) {
		return decide(func(ctx context.Context, tx *tenancy.Tx) (fees.Milestone, error) {
			return w.fees.AskChangesForClientTx(ctx, tx, client, part, version, text)
		})
	}
	accept := func(part string, version int) error {
		_, err := decide(func(ctx context.Context, tx *tenancy.Tx) (fees.Milestone, error) {
			return w.fees.AcceptForClientTx(ctx, tx, client, part, version)
		})
		return err
	}
	refused := func(err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
	part := func(n int) fees.Part { return w.feeNow(t, f.ID).Parts[n] }

	if _, err := ask(design, 1, " \n"); !at(err, "body.text") {
		t.Errorf("nothing is asked for: %v", err)
	}
	m, err := ask(design, 1, " The logo is too small ")
	if err != nil || m.Open() == nil || m.Open().Asked != "The logo is too small" || m.Open().AskedBy != "Pia" || m.Version != 2 {
		t.Fatalf("asked: %+v, %v", m, err)
	}
	// Nobody accepts or bills what is worked on, and a colleague does not ask beside it.
	refused(accept(design, 0), fees.ErrChangesAsked)
	_, err = w.fees.Accept(w.Ctx, design)
	refused(err, fees.ErrChangesAsked)
	_, err = ask(design, 1, "Mine too")
	refused(err, fees.ErrChangesAsked)
	if due := w.feeNow(t, f.ID).MayBill(day.MustParse("2030-01-01")); len(due) != 0 {
		t.Errorf("may be billed: %+v", due)
	}
	_, _, err = w.svc.CreateFromTime(w.Ctx, invoicing.FromTime{Fees: []fees.Pick{{FeeID: f.ID, PartID: design}}, From: day.MustParse("2026-02-01"), To: day.MustParse("2026-03-02")})
	if !at(err, "body.fees[0].part_id") {
		t.Errorf("billed: %v", err)
	}
	_, err = w.fees.Ready(w.Ctx, launch, "")
	refused(err, fees.ErrNotAsked)

	if f, err = w.fees.Ready(w.Ctx, design, "Twice as big"); err != nil || f.Parts[0].Open() != nil || f.Parts[0].Version != 3 {
		t.Fatalf("ready: %+v, %v", f.Parts, err)
	}
	// What was seen before is another one now.
	refused(accept(design, 2), fees.ErrMoved)
	if _, err = ask(design, 3, "And blue"); err != nil {
		t.Fatal(err)
	}
	if _, err = w.fees.Ready(w.Ctx, design, ""); err != nil {
		t.Fatal(err)
	}
	if err = accept(design, part(0).Version); err != nil {
		t.Fatal(err)
	}
	_, err = ask(design, 0, "Too late")
	refused(err, fees.ErrAccepted)
	if r := part(0).Rounds; len(r) != 2 || r[0].Note != "Twice as big" || r[1].Asked != "And blue" || r[1].ReadyAt == nil {
		t.Errorf("rounds %+v", r)
	}
	// Another's change of the amount is seen by the version; the other milestone keeps its own.
	now := w.feeNow(t, f.ID)
	parts := now.Parts
	parts[1].Name = "Go live"
	if _, err = w.fees.Change(w.Ctx, f.ID, now.Version, fees.Change{Parts: &parts}); err != nil {
		t.Fatal(err)
	}
	_, err = ask(launch, 1, "Later please")
	refused(err, fees.ErrMoved)
	// What was said about a milestone is not thrown away with it.
	if _, err = w.fees.Withdraw(w.Ctx, design); err != nil {
		t.Fatal(err)
	}
	now = w.feeNow(t, f.ID)
	one := []fees.Part{{ID: launch, Name: "All", Amount: euros("3000")}}
	if _, err = w.fees.Change(w.Ctx, f.ID, now.Version, fees.Change{Parts: &one}); !at(err, "body.parts") {
		t.Errorf("removed: %v %+v", err, fault.From(err).Fields)
	}
	// Another client's contact finds nothing.
	client = id.New()
	_, err = ask(launch, 0, "Mine")
	refused(err, fees.ErrPartNotFound)

	w.Work(t)
	var told, back int
	for _, n := range w.notices {
		if n.ContactID != "" {
			back++
		} else if n.MemberID == f.CreatedBy {
			told++
		}
	}
	if told != 2 || back != 2 {
		t.Errorf("%d letters to staff, %d to the client: %+v", told, back, w.notices)
	}
}
