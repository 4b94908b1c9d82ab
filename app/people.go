package app

import (
	"context"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/tenancy"
)

// staff answers people.Members: who works here, who else may decide, and what day it is.
type staff struct {
	members
	agency *agency.Service
	now    func() time.Time
}

func (s staff) OthersTx(ctx context.Context, tx *tenancy.Tx, memberID string, p access.Permission) ([]string, error) {
	holders, err := s.identity.HoldersTx(ctx, tx, p)
	return memberIDs(slices.DeleteFunc(holders, func(m identity.Member) bool { return m.ID == memberID })), err
}

func (s staff) StaffTx(ctx context.Context, tx *tenancy.Tx) ([]string, error) {
	all, err := s.identity.HoldersTx(ctx, tx, "people.leave.write")
	return memberIDs(all), err
}

// RosterTx lists who is of the staff and who was, with their days where the agency is.
func (s staff) RosterTx(ctx context.Context, tx *tenancy.Tx) ([]people.Person, error) {
	settings, err := s.agency.SettingsTx(ctx, tx)
	if err != nil {
		return nil, err
	}
	loc, err := time.LoadLocation(settings.TimeZone)
	if err != nil {
		return nil, err
	}
	all, err := s.identity.StaffTx(ctx, tx)
	out := make([]people.Person, len(all))
	for i, m := range all {
		out[i] = people.Person{ID: m.ID, Name: m.Name, AddedOn: day.Of(m.CreatedAt, loc)}
		if m.State != identity.Active && m.DeactivatedAt != nil {
			out[i].LeftOn = day.Of(*m.DeactivatedAt, loc)
		}
	}
	return out, err
}

func memberIDs(ms []identity.Member) []string {
	out := make([]string, len(ms))
	for i, m := range ms {
		out[i] = m.ID
	}
	return out
}

func (s staff) TodayTx(ctx context.Context, tx *tenancy.Tx) (day.Date, error) {
	settings, err := s.agency.SettingsTx(ctx, tx)
	if err != nil {
		return day.Date{}, err
	}
	loc, err := time.LoadLocation(settings.TimeZone)
	return day.Of(s.now(), loc), err
}
