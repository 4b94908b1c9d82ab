package peopledb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/tenancy"
)

const setColumns = `id, name, region, is_default, days, version`

// HolidaySets lists the sets, the default one first.
func (Store) HolidaySets(ctx context.Context, tx *tenancy.Tx) ([]people.HolidaySet, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+setColumns+` FROM holiday_sets ORDER BY is_default DESC, lower(name) LIMIT 200`)
	if err != nil {
		return nil, fmt.Errorf("list sets of holidays: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[people.HolidaySet])
}

// HolidaySet finds a set and locks it.
func (Store) HolidaySet(ctx context.Context, tx *tenancy.Tx, id string) (people.HolidaySet, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+setColumns+` FROM holiday_sets WHERE id = $1 FOR UPDATE`, id)
	if err != nil {
		return people.HolidaySet{}, err
	}
	h, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[people.HolidaySet])
	if errors.Is(err, pgx.ErrNoRows) {
		err = people.ErrNoSet
	}
	return h, err
}

// AddHolidaySet inserts h.
func (Store) AddHolidaySet(ctx context.Context, tx *tenancy.Tx, h people.HolidaySet, now time.Time) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO holiday_sets (id, name, region, is_default, days, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
		h.ID, h.Name, h.Region, h.Default, days(h), now)
	return setTaken(err)
}

// SaveHolidaySet writes h over the version it was read at. A default one takes the place of another.
func (Store) SaveHolidaySet(ctx context.Context, tx *tenancy.Tx, h people.HolidaySet) error {
	if h.Default {
		if _, err := tx.PGX().Exec(ctx, `UPDATE holiday_sets SET is_default = false, version = version + 1 WHERE is_default AND id <> $1`, h.ID); err != nil {
			return err
		}
	}
	tag, err := tx.PGX().Exec(ctx, `UPDATE holiday_sets SET name = $3, is_default = $4, days = $5, version = version + 1 WHERE id = $1 AND version = $2`,
		h.ID, h.Version, h.Name, h.Default, days(h))
	if err == nil && tag.RowsAffected() == 0 {
		return httpapi.ErrStale
	}
	return setTaken(err)
}

// RemoveHolidaySet deletes a set that no schedule names.
func (Store) RemoveHolidaySet(ctx context.Context, tx *tenancy.Tx, id string) error {
	_, err := tx.PGX().Exec(ctx, `DELETE FROM holiday_sets WHERE id = $1`, id)
	if pg.Violates(err, "employments_holiday_set_id_fkey") {
		return people.ErrSetInUse.Because(err)
	}
	return err
}

func days(h people.HolidaySet) []people.Holiday {
	if h.Days == nil {
		return []people.Holiday{}
	}
	return h.Days
}

func setTaken(err error) error {
	if pg.Violates(err, "holiday_sets_name_key") {
		return people.ErrSetTaken.Because(err)
	}
	return err
}
