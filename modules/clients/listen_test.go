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

// isContact is a contact who may come in unless they are out.
type isContact struct {
	id  string
	out bool
}

func (c *isContact) MemberTx(context.Context, *tenancy.Tx, string) (identity.Member, error) {
	if c.out {
		return identity.Member{ContactID: c.id, State: identity.Deactivated}, nil
	}
	return identity.Member{ContactID: c.id, State: identity.Active}, nil
}

func (*isContact) EndContact(context.Context, ...string) error { return nil }

func (*isContact) ResumeContact(context.Context, time.Time, ...string) error { return nil }

func TestPortalStateFollowsIdentity(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	c := make1(t, a, svc, clients.Draft{Name: "Acme"})
	p, err := svc.AddContact(a.Ctx, c.ID, clients.ContactDraft{Name: "Pia", Email: "pia@acme.example"})
	if err != nil {
		t.Fatal(err)
	}
	who := &isContact{id: p.ID}
	clients.Listen(a.Bus, svc, who)
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
		{identity.MemberDeactivated{MemberID: "m"}, clients.PortalEnded},
		{identity.MemberReactivated{MemberID: "late news"}, clients.PortalEnded},
	} {
		who.out = step.want == clients.PortalEnded
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
