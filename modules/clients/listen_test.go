package clients_test

import (
	"context"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
)

type isContact string

func (c isContact) MemberTx(context.Context, *tenancy.Tx, string) (identity.Member, error) {
	return identity.Member{ContactID: string(c)}, nil
}

func (isContact) EndContact(context.Context, string) error { return nil }

func (isContact) ResumeContact(context.Context, string, time.Time) error { return nil }

func TestPortalStateFollowsIdentity(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	c := make1(t, a, svc, clients.Draft{Name: "Acme"})
	p, err := svc.AddContact(a.Ctx, c.ID, clients.ContactDraft{Name: "Pia", Email: "pia@acme.example"})
	if err != nil {
		t.Fatal(err)
	}
	clients.Listen(a.Bus, svc, isContact(p.ID))
	invitation := func(what string) event.Event {
		return identity.InvitationChanged{ClientID: c.ID, ContactID: p.ID, What: what}
	}
	for _, step := range []struct {
		e    event.Event
		want clients.PortalState
	}{
		{invitation("sent"), clients.PortalInvited},
		{invitation("sent"), clients.PortalInvited}, // twice is once
		{invitation("revoked"), clients.PortalNone},
		{identity.MemberAdded{MemberID: "m"}, clients.PortalActive},
		{invitation("sent"), clients.PortalActive}, // late news
		{identity.MemberDeactivated{MemberID: "m"}, clients.PortalEnded},
		{identity.MemberReactivated{MemberID: "m"}, clients.PortalActive},
	} {
		err := a.DB.Run(a.Ctx, func(ctx context.Context, tx *tenancy.Tx) error { return a.Bus.Publish(ctx, tx, step.e) })
		if err != nil {
			t.Fatal(err)
		}
		a.Work(t)
		got, err := svc.FindContact(a.Ctx, p.ID)
		if err != nil || got.Portal != step.want {
			t.Errorf("after %s %+v: %s, want %s (%v)", step.e.EventName(), step.e, got.Portal, step.want, err)
		}
	}
}
