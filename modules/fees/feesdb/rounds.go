package feesdb

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/tenancy"
)

// rounds reads what was asked for on the milestones of all fees at once.
func rounds(ctx context.Context, tx *tenancy.Tx, all []fees.Fee) error {
	at, ids := map[string]*fees.Part{}, []string{}
	for n := range all {
		for k := range all[n].Parts {
			if p := &all[n].Parts[k]; all[n].Kind == fees.ByMilestones {
				at[p.ID], ids = p, append(ids, p.ID)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := tx.PGX().Query(ctx, `
		SELECT part_id::text, id::text, asked, asked_by, asked_by_id::text, asked_at, ready_note, ready_by, ready_at, failed_at, failure
		FROM milestone_rounds WHERE part_id = ANY($1::uuid[]) ORDER BY part_id, asked_at, id`, ids)
	if err != nil {
		return err
	}
	var partID string
	var r fees.Round
	_, err = pgx.ForEachRow(rows, []any{&partID, &r.ID, &r.Asked, &r.AskedBy, &r.AskedByID, &r.AskedAt, &r.Note, &r.ReadyBy, &r.ReadyAt, &r.FailedAt, &r.Failure}, func() error {
		at[partID].Rounds = append(at[partID].Rounds, r)
		r = fees.Round{}
		return nil
	})
	return err
}

// AddRound notes what a contact wants to be different.
func (Store) AddRound(ctx context.Context, tx *tenancy.Tx, partID string, r fees.Round) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO milestone_rounds (id, part_id, asked, asked_by, asked_by_id, asked_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		r.ID, partID, r.Asked, r.AskedBy, r.AskedByID, r.AskedAt)
	if pg.Violates(err, "milestone_rounds_open_key") {
		return fees.ErrChangesAsked.Because(err)
	}
	return err
}

// AnswerRound notes that it is done.
func (Store) AnswerRound(ctx context.Context, tx *tenancy.Tx, r fees.Round) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE milestone_rounds SET ready_note = $2, ready_by = $3, ready_at = $4 WHERE id = $1 AND ready_at IS NULL`, r.ID, r.Note, r.ReadyBy, r.ReadyAt)
	return err
}

// RoundFailed notes that the letter that it is ready could not be delivered.
func (Store) RoundFailed(ctx context.Context, tx *tenancy.Tx, id string, at time.Time, why string) (bool, error) {
	tag, err := tx.PGX().Exec(ctx, `UPDATE milestone_rounds SET failed_at = $2, failure = $3 WHERE id = $1 AND failed_at IS NULL`, id, at, why)
	return tag.RowsAffected() == 1, err
}

// RoundQueued notes that it is on its way again.
func (Store) RoundQueued(ctx context.Context, tx *tenancy.Tx, id string) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE milestone_rounds SET failed_at = NULL, failure = '' WHERE id = $1`, id)
	return err
}
