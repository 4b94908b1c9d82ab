package ops

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/custody"
)

// Agencies lists agencies by slug, up to one more than the limit.
func (s *Service) Agencies(ctx context.Context, f Filter) ([]Agency, error) {
	return s.d.Store.Agencies(ctx, f)
}

// Agency is one of them. tenancy.ErrNoAgency.
func (s *Service) Agency(ctx context.Context, id string) (Agency, error) {
	return s.d.Store.Agency(ctx, id)
}

// Placements lists the databases for agencies, the main one first.
func (s *Service) Placements(ctx context.Context) ([]Placement, error) {
	return s.d.Store.Placements(ctx)
}

// Newest is the migration step that agencies should have.
func (s *Service) Newest() string { return s.d.Migrator.Newest() }

// History lists what operators did, to one agency or to all, newest first.
func (s *Service) History(ctx context.Context, agencyID string, before int64, limit int) ([]Event, error) {
	return s.d.Store.History(ctx, agencyID, before, limit)
}

// Backups lists an agency's archives, the newest first.
func (s *Service) Backups(ctx context.Context, agencyID string) ([]custody.Backup, error) {
	return s.d.Custody.Backups(ctx, agencyID, 50)
}

// Open opens an agency; its owner comes in by signing up or in with the address.
func (s *Service) Open(ctx context.Context, slug, name, ownerEmail, ownerName string) (Agency, error) {
	made, err := s.d.Opener.OpenAgency(ctx, slug, name, ownerEmail, ownerName)
	if err != nil {
		return Agency{}, err
	}
	c := audit.Change{Action: "ops.agency_opened", Entity: "agency", EntityID: made.ID, After: map[string]string{"slug": made.Slug}}
	err = s.within(ctx, made.ID, func(note noter) error {
		if err := note(c); err != nil {
			return err
		}
		return s.d.Store.Log(ctx, c, nil)
	})
	if err != nil {
		return Agency{}, err
	}
	return s.d.Store.Agency(ctx, made.ID)
}

var actions = map[tenancy.State]string{tenancy.Suspended: "ops.agency_suspended", tenancy.Active: "ops.agency_resumed", tenancy.Deleted: "ops.agency_deleted"}

// Suspend closes an active agency. See move.
func (s *Service) Suspend(ctx context.Context, agencyID, reason string) (Agency, error) {
	return s.move(ctx, agencyID, tenancy.Suspended, reason)
}

// Resume opens a suspended or deleted agency again. See move.
func (s *Service) Resume(ctx context.Context, agencyID, reason string) (Agency, error) {
	return s.move(ctx, agencyID, tenancy.Active, reason)
}

// Delete marks an agency for removal. See move.
func (s *Service) Delete(ctx context.Context, agencyID, reason string) (Agency, error) {
	return s.move(ctx, agencyID, tenancy.Deleted, reason)
}

// move suspends, resumes or deletes an agency. Both logs hold it, with the reason. ErrReason, tenancy.ErrBadState, tenancy.ErrNoAgency.
func (s *Service) move(ctx context.Context, agencyID string, to tenancy.State, reason string) (Agency, error) {
	reason, err := reasonOf(reason)
	if err != nil {
		return Agency{}, err
	}
	before, err := s.d.Store.Agency(ctx, agencyID)
	if err != nil {
		return Agency{}, err
	}
	c := audit.Change{
		Action: actions[to], Entity: "agency", EntityID: agencyID, Reason: reason,
		Before: map[string]string{"state": string(before.State)}, After: map[string]string{"state": string(to)},
	}
	err = s.within(ctx, agencyID, func(note noter) error {
		if err := note(c); err != nil {
			return err
		}
		return s.d.Registry.Change(ctx, agencyID, to, func(ctx context.Context, tx pgx.Tx) error { return audit.RecordNow(ctx, tx, c) })
	})
	s.d.Registry.Forget(agencyID)
	if err != nil {
		return Agency{}, err
	}
	return s.d.Store.Agency(ctx, agencyID)
}

// noter writes into an agency's own log, in the transaction of within.
type noter func(audit.Change) error

// within calls fn within a transaction of the agency's own log, which ends after what fn does to the platform's tables:
// without its entry there, nothing happens. ErrNoAgency.
func (s *Service) within(ctx context.Context, agencyID string, fn func(noter) error) error {
	a, err := s.d.Registry.ByID(ctx, agencyID)
	if err != nil {
		return err
	}
	return s.d.DB.Run(tenancy.With(ctx, a), func(ctx context.Context, tx *tenancy.Tx) error {
		return fn(func(c audit.Change) error { return audit.RecordNow(ctx, tx.PGX(), c) })
	})
}

func reasonOf(s string) (string, error) {
	s = strings.TrimSpace(s)
	if n := utf8.RuneCountInString(s); n < 3 || n > 500 {
		return "", ErrReason
	}
	return s, nil
}
