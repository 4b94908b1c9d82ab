package clients

import (
	"context"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/tenancy"
)

var (
	ErrInteractionNotFound = fault.Define(fault.NotFound, "clients.interaction_not_found", "This entry does not exist.")
	ErrBadInteraction      = fault.Define(fault.Invalid, "clients.bad_interaction", "This entry cannot be saved as it is.")
	ErrNotYourEntry        = fault.Define(fault.Forbidden, "clients.not_your_entry", "Only its author, or someone who may edit clients, changes this entry.")
)

// InteractionKind is what was logged.
type InteractionKind string

const (
	Note    InteractionKind = "note"
	Call    InteractionKind = "call"
	Meeting InteractionKind = "meeting"
)

// Interaction is a note, call or meeting logged by hand.
type Interaction struct {
	ID         string
	ClientID   string
	ContactID  string // with whom, or empty
	Kind       InteractionKind
	Subject    string
	Body       string
	Minutes    *int // how long, of calls and meetings
	HappenedAt time.Time
	CreatedAt  time.Time
	CreatedBy  string
	AuthorName string // as the author was called then
	UpdatedAt  time.Time
	Version    int
}

// InteractionDraft is what a person says about an interaction.
type InteractionDraft struct {
	Kind       InteractionKind
	ContactID  string
	Subject    string
	Body       string
	Minutes    *int
	HappenedAt time.Time // zero: now
}

// InteractionChange holds what is to be different; nil leaves a field as it is.
type InteractionChange struct {
	ContactID, Subject, Body *string
	Minutes                  **int
	HappenedAt               *time.Time
}

var earliest = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)

func (d InteractionDraft) checked(now time.Time) (InteractionDraft, error) {
	b := blame{fault: ErrBadInteraction}
	if !slices.Contains([]InteractionKind{Note, Call, Meeting}, d.Kind) {
		b.at("kind", "must be note, call or meeting")
	}
	d.Subject = b.text("subject", d.Subject, 1, 200)
	d.Body = b.long("body", d.Body, 10_000)
	if d.Minutes != nil && (*d.Minutes < 1 || *d.Minutes > 1440) {
		b.at("minutes", "must be between 1 and 1440")
	}
	if d.Kind == Note && d.Minutes != nil {
		b.at("minutes", "belongs to calls and meetings")
	}
	if d.HappenedAt.IsZero() {
		d.HappenedAt = now
	}
	d.HappenedAt = d.HappenedAt.UTC().Truncate(time.Microsecond)
	// A small lead covers clocks that run ahead of ours.
	if d.HappenedAt.Before(earliest) || d.HappenedAt.After(now.Add(5*time.Minute)) {
		b.at("happened_at", "must be in the past, and not before 1970")
	}
	return d, b.err()
}

// LogInteraction writes a note, call or meeting into a client's timeline.
func (s *Service) LogInteraction(ctx context.Context, clientID string, d InteractionDraft) (Interaction, error) {
	now := s.now()
	d, err := d.checked(now)
	if err != nil {
		return Interaction{}, err
	}
	actor := access.From(ctx)
	i := Interaction{
		ID: id.New(), ClientID: clientID, ContactID: d.ContactID, Kind: d.Kind, Subject: d.Subject, Body: d.Body, Minutes: d.Minutes,
		HappenedAt: d.HappenedAt, CreatedAt: now, CreatedBy: actor.MemberID, AuthorName: actor.Name, UpdatedAt: now, Version: 1,
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if _, err := s.d.Store.ByID(ctx, tx, clientID); err != nil {
			return err
		}
		if err := s.contactOf(ctx, tx, clientID, i.ContactID); err != nil {
			return err
		}
		if err := s.d.Store.AddInteraction(ctx, tx, i); err != nil {
			return err
		}
		return s.noteInteraction(ctx, tx, "clients.interaction_logged", nil, &i, InteractionLogged{trace(i)})
	})
	return i, err
}

// ChangeInteraction edits an entry that is at version.
func (s *Service) ChangeInteraction(ctx context.Context, interactionID string, version int, ch InteractionChange) (Interaction, error) {
	var i Interaction
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.ownInteraction(ctx, tx, interactionID)
		if err != nil {
			return err
		}
		if before.Version != version {
			return ErrStale
		}
		d := InteractionDraft{before.Kind, before.ContactID, before.Subject, before.Body, before.Minutes, before.HappenedAt}
		set(&d.ContactID, ch.ContactID)
		set(&d.Subject, ch.Subject)
		set(&d.Body, ch.Body)
		set(&d.Minutes, ch.Minutes)
		set(&d.HappenedAt, ch.HappenedAt)
		if d, err = d.checked(s.now()); err != nil {
			return err
		}
		if err := s.contactOf(ctx, tx, before.ClientID, d.ContactID); err != nil {
			return err
		}
		i = before
		i.ContactID, i.Subject, i.Body, i.Minutes, i.HappenedAt = d.ContactID, d.Subject, d.Body, d.Minutes, d.HappenedAt
		i.UpdatedAt, i.Version = s.now(), version+1
		if err := s.d.Store.SaveInteraction(ctx, tx, i); err != nil {
			return err
		}
		return s.noteInteraction(ctx, tx, "clients.interaction_changed", &before, &i, InteractionChanged{trace(i)})
	})
	return i, err
}

// RemoveInteraction takes an entry out of the timeline; the audit log keeps it.
func (s *Service) RemoveInteraction(ctx context.Context, interactionID string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err := s.ownInteraction(ctx, tx, interactionID)
		if err != nil {
			return err
		}
		if err := s.d.Store.RemoveInteraction(ctx, tx, i.ID); err != nil {
			return err
		}
		return s.noteInteraction(ctx, tx, "clients.interaction_removed", &i, nil, InteractionRemoved{trace(i)})
	})
}

func (s *Service) ownInteraction(ctx context.Context, tx *tenancy.Tx, interactionID string) (Interaction, error) {
	i, err := s.d.Store.InteractionForUpdate(ctx, tx, interactionID)
	if err != nil {
		return Interaction{}, err
	}
	if actor := access.From(ctx); i.CreatedBy != actor.MemberID && !actor.Can(WriteClients) {
		return Interaction{}, ErrNotYourEntry
	}
	return i, nil
}

// contactOf refuses a contact of another client.
func (s *Service) contactOf(ctx context.Context, tx *tenancy.Tx, clientID, contactID string) error {
	if contactID == "" {
		return nil
	}
	c, err := s.d.Store.ContactByID(ctx, tx, contactID)
	if err != nil || c.ClientID != clientID {
		return ErrBadInteraction.Because(err).At("body.contact_id", "is not a contact of this client")
	}
	return nil
}

func (s *Service) noteInteraction(ctx context.Context, tx *tenancy.Tx, action string, before, after *Interaction, e Event) error {
	change := audit.Change{Action: action, Entity: "interaction"}
	if before != nil {
		change.EntityID, change.Before = before.ID, before
	}
	if after != nil {
		change.EntityID, change.After = after.ID, after
	}
	if err := audit.Record(ctx, tx, change); err != nil {
		return err
	}
	return s.d.Events.Publish(ctx, tx, e)
}

func trace(i Interaction) InteractionRef {
	return InteractionRef{Interaction: i.ID, Client: i.ClientID, Kind: i.Kind, Subject: i.Subject}
}
