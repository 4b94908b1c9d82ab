package clientsdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/tenancy"
)

type interactionRow struct {
	ID         string `gorm:"primaryKey"`
	ClientID   string
	ContactID  *string
	Kind       string
	Subject    string
	Body       string
	Minutes    *int
	HappenedAt time.Time
	CreatedAt  time.Time
	CreatedBy  *string
	AuthorName string
	UpdatedAt  time.Time `gorm:"autoUpdateTime:false"`
	Version    int
}

func (interactionRow) TableName() string { return "interactions" }

// AddInteraction inserts i.
func (Store) AddInteraction(_ context.Context, tx *tenancy.Tx, i clients.Interaction) error {
	r := toInteractionRow(i)
	return tx.Gorm().Create(&r).Error
}

// SaveInteraction writes all that may change of i.
func (Store) SaveInteraction(_ context.Context, tx *tenancy.Tx, i clients.Interaction) error {
	r := toInteractionRow(i)
	return tx.Gorm().Model(&r).Select("contact_id", "subject", "body", "minutes", "happened_at", "updated_at", "version").Updates(&r).Error
}

// RemoveInteraction deletes one interaction.
func (Store) RemoveInteraction(_ context.Context, tx *tenancy.Tx, id string) error {
	return tx.Gorm().Delete(&interactionRow{}, "id = ?", id).Error
}

// InteractionForUpdate finds one interaction and locks it.
func (Store) InteractionForUpdate(_ context.Context, tx *tenancy.Tx, id string) (clients.Interaction, error) {
	var r interactionRow
	err := tx.Gorm().Clauses(clause.Locking{Strength: "UPDATE"}).Take(&r, "id = ?", id).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return clients.Interaction{}, clients.ErrInteractionNotFound
	}
	return clients.Interaction{
		ID: r.ID, ClientID: r.ClientID, ContactID: pg.Text(r.ContactID), Kind: clients.InteractionKind(r.Kind), Subject: r.Subject, Body: r.Body,
		Minutes: r.Minutes, HappenedAt: r.HappenedAt.UTC(), CreatedAt: r.CreatedAt.UTC(), CreatedBy: pg.Text(r.CreatedBy), AuthorName: r.AuthorName,
		UpdatedAt: r.UpdatedAt.UTC(), Version: r.Version,
	}, err
}

func toInteractionRow(i clients.Interaction) interactionRow {
	return interactionRow{
		ID: i.ID, ClientID: i.ClientID, ContactID: pg.Null(i.ContactID), Kind: string(i.Kind), Subject: i.Subject, Body: i.Body, Minutes: i.Minutes,
		HappenedAt: i.HappenedAt, CreatedAt: i.CreatedAt, CreatedBy: pg.Null(i.CreatedBy), AuthorName: i.AuthorName, UpdatedAt: i.UpdatedAt, Version: i.Version,
	}
}

// Each half is cut by itself, so that both walk their index and stop.
const timeline = `
	(SELECT i.id::text, i.happened_at, i.kind, '', 'interaction', i.id::text, '', coalesce(i.created_by::text, ''), i.author_name,
	        i.subject, i.body, coalesce(i.contact_id::text, ''), i.minutes, i.version
	   FROM interactions i
	  WHERE i.client_id = $1 AND i.kind = ANY ($2) AND ($6::timestamptz IS NULL OR (i.happened_at, i.id) < ($6, $7::uuid))
	  ORDER BY i.happened_at DESC, i.id DESC LIMIT $8)
	UNION ALL
	(SELECT e.id::text, e.happened_at, split_part(e.name, '.', 1), e.name, e.entity, e.entity_id, coalesce(e.project_id::text, ''),
	        coalesce(e.actor_id::text, ''), e.actor_name, e.label, '', '', NULL::int, 0
	   FROM events e
	  WHERE e.client_id = $1 AND e.entity <> 'interaction'
	    AND (split_part(e.name, '.', 1) = ANY ($3) OR (split_part(e.name, '.', 1) = ANY ($4) AND e.member_id = nullif($5, '')::uuid))
	    AND ($6::timestamptz IS NULL OR (e.happened_at, e.id) < ($6, $7::uuid))
	  ORDER BY e.happened_at DESC, e.id DESC LIMIT $8)
	ORDER BY 2 DESC, 1 DESC LIMIT $8`

// Timeline returns a page of what happened and one row more if there is one.
func (Store) Timeline(ctx context.Context, tx *tenancy.Tx, q clients.TimelineQuery) ([]clients.Moment, error) {
	kinds := make([]string, len(q.Kinds))
	for i, k := range q.Kinds {
		kinds[i] = string(k)
	}
	var before *time.Time
	var beforeID *string
	if !q.Before.IsZero() {
		before, beforeID = &q.Before, &q.BeforeID
	}
	rows, err := tx.PGX().Query(ctx, timeline, q.ClientID, kinds, orEmpty(q.Modules), orEmpty(q.OwnOnly), q.MemberID, before, beforeID, q.Limit+1)
	if err != nil {
		return nil, fmt.Errorf("read timeline: %w", err)
	}
	defer rows.Close()
	var out []clients.Moment
	for rows.Next() {
		var m clients.Moment
		if err := rows.Scan(&m.ID, &m.HappenedAt, &m.Kind, &m.Name, &m.Entity, &m.EntityID, &m.ProjectID, &m.ActorID, &m.ActorName,
			&m.Label, &m.Body, &m.ContactID, &m.Minutes, &m.Version); err != nil {
			return nil, fmt.Errorf("read timeline: %w", err)
		}
		m.HappenedAt = m.HappenedAt.UTC()
		out = append(out, m)
	}
	return out, rows.Err()
}
