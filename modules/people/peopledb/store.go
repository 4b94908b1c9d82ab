// Package peopledb keeps people's records in Postgres.
package peopledb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/tenancy"
)

// Store implements people.Store.
type Store struct{}

var _ people.Store = Store{}

// Positions lists positions by name.
func (Store) Positions(ctx context.Context, tx *tenancy.Tx, archived bool) ([]people.Position, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT id, name, archived_at, version FROM positions
		WHERE $1 OR archived_at IS NULL ORDER BY lower(name), id LIMIT 500`, archived)
	if err != nil {
		return nil, fmt.Errorf("list positions: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[people.Position])
}

// AddPosition inserts p.
func (Store) AddPosition(ctx context.Context, tx *tenancy.Tx, p people.Position, now time.Time) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO positions (id, name, created_at) VALUES ($1, $2, $3)`, p.ID, p.Name, now)
	return taken(err)
}

// Position finds one position.
func (Store) Position(ctx context.Context, tx *tenancy.Tx, id string) (people.Position, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT id, name, archived_at, version FROM positions WHERE id = $1`, id)
	if err != nil {
		return people.Position{}, err
	}
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[people.Position])
	if errors.Is(err, pgx.ErrNoRows) {
		return p, people.ErrNotFound
	}
	return p, err
}

// SavePosition writes p over the version it was read at.
func (Store) SavePosition(ctx context.Context, tx *tenancy.Tx, p people.Position) error {
	tag, err := tx.PGX().Exec(ctx, `UPDATE positions SET name = $3, archived_at = $4, version = version + 1 WHERE id = $1 AND version = $2`,
		p.ID, p.Version, p.Name, p.ArchivedAt)
	if err == nil && tag.RowsAffected() == 0 {
		return httpapi.ErrStale
	}
	return taken(err)
}

func taken(err error) error {
	if pg.Violates(err, "positions_name_key") {
		return people.ErrNameTaken.Because(err)
	}
	return err
}

// Schedules lists a member's schedules, oldest first.
func (s Store) Schedules(ctx context.Context, tx *tenancy.Tx, memberID string) ([]people.Schedule, error) {
	of, err := s.SchedulesOf(ctx, tx, []string{memberID})
	return of[memberID], err
}

// SchedulesOf lists the schedules of members, oldest first.
func (Store) SchedulesOf(ctx context.Context, tx *tenancy.Tx, memberIDs []string) (map[string][]people.Schedule, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT member_id, starts_on, coalesce(position_id::text, ''), coalesce(holiday_set_id::text, ''), seconds FROM employments
		WHERE member_id = ANY($1) ORDER BY starts_on`, memberIDs)
	if err != nil {
		return nil, fmt.Errorf("list schedules: %w", err)
	}
	out := make(map[string][]people.Schedule, len(memberIDs))
	var s people.Schedule
	var seconds []int32
	_, err = pgx.ForEachRow(rows, []any{&s.MemberID, &s.StartsOn, &s.PositionID, &s.HolidaySetID, &seconds}, func() error {
		one := s
		for i := range min(len(seconds), 7) {
			one.Seconds[i] = int(seconds[i])
		}
		out[one.MemberID] = append(out[one.MemberID], one)
		return nil
	})
	return out, err
}

// PutSchedule writes the schedule that starts on its day.
func (Store) PutSchedule(ctx context.Context, tx *tenancy.Tx, s people.Schedule, now time.Time) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO employments (member_id, starts_on, position_id, seconds, created_at, holiday_set_id)
		VALUES ($1, $2, nullif($3, '')::uuid, $4, $5, nullif($6, '')::uuid)
		ON CONFLICT (member_id, starts_on) DO UPDATE SET position_id = EXCLUDED.position_id, seconds = EXCLUDED.seconds, holiday_set_id = EXCLUDED.holiday_set_id`,
		s.MemberID, s.StartsOn, s.PositionID, s.Seconds[:], now, s.HolidaySetID)
	return err
}

// PositionsOn returns, for each of the days, the position of those of the members who have one.
func (Store) PositionsOn(ctx context.Context, tx *tenancy.Tx, memberIDs []string, days []day.Date) (map[day.Date]map[string]string, error) {
	on := make([]string, len(days))
	for i, d := range days {
		on[i] = d.String()
	}
	rows, err := tx.PGX().Query(ctx, `SELECT DISTINCT ON (asked.day, e.member_id) asked.day, e.member_id::text, coalesce(e.position_id::text, '')
		FROM unnest($2::text[]::date[]) AS asked(day) JOIN employments AS e ON e.member_id = ANY($1::uuid[]) AND e.starts_on <= asked.day
		ORDER BY asked.day, e.member_id, e.starts_on DESC`, memberIDs, on)
	if err != nil {
		return nil, fmt.Errorf("positions of members: %w", err)
	}
	out := map[day.Date]map[string]string{}
	var d day.Date
	var member, position string
	_, err = pgx.ForEachRow(rows, []any{&d, &member, &position}, func() error {
		if position == "" {
			return nil
		}
		if out[d] == nil {
			out[d] = map[string]string{}
		}
		out[d][member] = position
		return nil
	})
	return out, err
}

// Holidays lists the days off for all within r.
func (Store) Holidays(ctx context.Context, tx *tenancy.Tx, r day.Range) ([]people.Off, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT day, day, share::text FROM holidays WHERE day BETWEEN $1 AND $2`, r.From, r.To)
	if err != nil {
		return nil, fmt.Errorf("list holidays: %w", err)
	}
	return pgx.CollectRows(rows, off)
}

// LeaveOf lists the leave of members that touches r.
func (Store) LeaveOf(ctx context.Context, tx *tenancy.Tx, memberIDs []string, r day.Range) (map[string][]people.Off, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT l.member_id, l.first_day, l.last_day, l.share, l.seconds, coalesce(t.name, '')
		FROM leaves l LEFT JOIN leave_requests r ON r.id = l.request_id LEFT JOIN leave_types t ON t.id = r.type_id
		WHERE l.member_id = ANY($1) AND l.first_day <= $3 AND l.last_day >= $2`,
		memberIDs, r.From, r.To)
	if err != nil {
		return nil, fmt.Errorf("list leave: %w", err)
	}
	out := map[string][]people.Off{}
	var member string
	var o people.Off
	_, err = pgx.ForEachRow(rows, []any{&member, &o.From, &o.To, &o.Share, &o.Seconds, &o.Name}, func() error {
		out[member] = append(out[member], o)
		return nil
	})
	return out, err
}

func off(r pgx.CollectableRow) (o people.Off, err error) {
	var share string
	if err := r.Scan(&o.From, &o.To, &share); err != nil {
		return o, err
	}
	o.Share, err = decimal.NewFromString(share)
	return o, err
}
