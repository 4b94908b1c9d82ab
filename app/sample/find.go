package sample

import (
	"context"
	"slices"

	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/modules/rates"
)

// What other parts hang on is found again when it is there from a load that broke off.

func (m *maker) member(ctx context.Context, n identity.NewMember) (identity.Member, error) {
	all, err := m.s.Identity.Members(ctx, identity.MemberFilter{Search: n.Email, Limit: 10})
	if err != nil {
		return identity.Member{}, err
	}
	if at := slices.IndexFunc(all, func(x identity.Member) bool { return x.Email == n.Email }); at >= 0 {
		return all[at], nil
	}
	return m.s.Identity.CreateMember(ctx, n)
}

func (m *maker) client(ctx context.Context, d clients.Draft) (clients.Client, error) {
	all, _, err := m.s.Clients.List(ctx, clients.Filter{Search: d.BillingEmail}, pageOf(10))
	if err != nil {
		return clients.Client{}, err
	}
	if at := slices.IndexFunc(all, func(x clients.Listed) bool { return x.BillingEmail == d.BillingEmail }); at >= 0 {
		return all[at].Client, nil
	}
	made, _, err := m.s.Clients.Create(ctx, d)
	return made, err
}

func (m *maker) project(ctx context.Context, n projects.NewProject) (projects.Overview, error) {
	all, _, err := m.s.Projects.List(ctx, projects.ProjectFilter{ClientID: n.ClientID}, "", pageOf(100))
	if err != nil {
		return projects.Overview{}, err
	}
	if at := slices.IndexFunc(all, func(x projects.Overview) bool { return x.Name == n.Name && x.StartsOn == n.StartsOn }); at >= 0 {
		return m.s.Projects.Find(ctx, all[at].ID)
	}
	return m.s.Projects.Create(ctx, n)
}

func (m *maker) card(ctx context.Context, d rates.CardDraft) (rates.Card, error) {
	all, _, err := m.s.Rates.Cards(ctx, rates.CardFilter{Level: d.Level, ClientID: d.ClientID}, pageOf(100))
	if err != nil {
		return rates.Card{}, err
	}
	if at := slices.IndexFunc(all, func(x rates.Card) bool { return x.Name == d.Name }); at >= 0 {
		return all[at], nil
	}
	return m.s.Rates.CreateCard(ctx, d)
}
