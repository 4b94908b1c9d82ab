package tenancy

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/fault"
)

// ErrBadState answers a change that the agency's state does not allow.
var ErrBadState = fault.Define(fault.Conflict, "tenancy.bad_state", "The agency's state does not allow this.")

// List returns all agencies but spares, oldest first, after the given slug.
func (p *Provisioner) List(ctx context.Context, after string, limit int) ([]Agency, error) {
	var out []Agency
	err := p.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, selectAgency+` WHERE a.slug > $1 ORDER BY a.slug LIMIT $2`, after, limit)
		if err != nil {
			return fmt.Errorf("list agencies: %w", err)
		}
		out, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Agency, error) { return scanAgency(row) })
		return err
	})
	return out, err
}

// Find returns an agency by its slug whatever its state, past the registry's cache. ErrNoAgency.
func (p *Provisioner) Find(ctx context.Context, slug string) (a Agency, err error) {
	err = p.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		a, err = scanAgency(tx.QueryRow(ctx, selectAgency+` WHERE a.slug = $1`, slug))
		return err
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return a, ErrNoAgency
	}
	return a, err
}

// Suspend closes an active agency.
func (p *Provisioner) Suspend(ctx context.Context, slug string) error {
	return p.move(ctx, slug, Suspended, Active)
}

// Resume opens a suspended agency, or one that was marked for removal.
func (p *Provisioner) Resume(ctx context.Context, slug string) error {
	return p.move(ctx, slug, Active, Suspended, Deleted)
}

// Delete marks an agency for removal. Its data stay for the time of Regret, in which Resume takes it back.
func (p *Provisioner) Delete(ctx context.Context, slug string) error {
	return p.move(ctx, slug, Deleted, Active, Suspended)
}

// Change moves an agency to another state, as Suspend, Resume and Delete do,
// with what also writes in the same transaction. ErrNoAgency, ErrBadState.
func (p *Provisioner) Change(ctx context.Context, key string, to State, also func(context.Context, pgx.Tx) error) error {
	from := map[State][]string{Suspended: {string(Active)}, Active: {string(Suspended), string(Deleted)}, Deleted: {string(Active), string(Suspended)}}[to]
	return p.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, moveAgency+`id = $1 AND state = ANY ($3)`, key, string(to), from)
		switch {
		case err != nil:
			return fmt.Errorf("change the state of %s: %w", key, err)
		case tag.RowsAffected() == 0:
			return ErrBadState
		}
		return also(ctx, tx)
	})
}

const moveAgency = `UPDATE agencies SET state = $2, deleted_at = CASE WHEN $2 = 'deleted' THEN now() END WHERE `

// Rename changes the agency's name as the registry knows it.
func (p *Provisioner) Rename(ctx context.Context, key, name string) error {
	return p.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `UPDATE agencies SET name = $2 WHERE id = $1`, key, name)
		return err
	})
}

func (p *Provisioner) move(ctx context.Context, slug string, to State, from ...State) error {
	return p.control.Run(ctx, func(ctx context.Context, tx pgx.Tx) error {
		states := make([]string, len(from))
		for i, s := range from {
			states[i] = string(s)
		}
		tag, err := tx.Exec(ctx, moveAgency+`slug = $1 AND state = ANY ($3)`, slug, string(to), states)
		if err != nil {
			return fmt.Errorf("change the state of %s: %w", slug, err)
		}
		if tag.RowsAffected() == 1 {
			return nil
		}
		var there bool
		if err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM agencies WHERE slug = $1)`, slug).Scan(&there); err != nil {
			return fmt.Errorf("look up %s: %w", slug, err)
		}
		if !there {
			return ErrNoAgency
		}
		return ErrBadState
	})
}
