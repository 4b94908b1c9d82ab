package peopledb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/tenancy"
)

const leaveTypeColumns = `id, name, paid, unit, approval, accrual, allowance, year_start, starts_on, carry_cap, carry_months, overdraw, archived_at, version`

// LeaveTypes lists the kinds of leave by name.
func (Store) LeaveTypes(ctx context.Context, tx *tenancy.Tx, archived bool) ([]people.LeaveType, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+leaveTypeColumns+` FROM leave_types WHERE $1 OR archived_at IS NULL ORDER BY lower(name), id LIMIT 200`, archived)
	if err != nil {
		return nil, fmt.Errorf("list kinds of leave: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[people.LeaveType])
}

// LeaveType finds one kind.
func (Store) LeaveType(ctx context.Context, tx *tenancy.Tx, id string) (people.LeaveType, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+leaveTypeColumns+` FROM leave_types WHERE id = $1`, id)
	if err != nil {
		return people.LeaveType{}, err
	}
	t, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[people.LeaveType])
	if errors.Is(err, pgx.ErrNoRows) {
		err = people.ErrNoLeaveType
	}
	return t, err
}

// AddLeaveType inserts t.
func (Store) AddLeaveType(ctx context.Context, tx *tenancy.Tx, t people.LeaveType, now time.Time) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO leave_types (id, name, paid, unit, approval, accrual, allowance, year_start, starts_on, carry_cap, carry_months, overdraw, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		t.ID, t.Name, t.Paid, t.Unit, t.Approval, t.Accrual, t.Allowance, t.YearStart, t.StartsOn, t.CarryCap, t.CarryMonths, t.Overdraw, now)
	return leaveTypeTaken(err)
}

// SaveLeaveType writes t over the version it was read at.
func (Store) SaveLeaveType(ctx context.Context, tx *tenancy.Tx, t people.LeaveType) error {
	tag, err := tx.PGX().Exec(ctx, `UPDATE leave_types SET name = $3, paid = $4, approval = $5, accrual = $6, allowance = $7, year_start = $8, starts_on = $9, carry_cap = $10,
		carry_months = $11, overdraw = $12, archived_at = $13, version = version + 1 WHERE id = $1 AND version = $2`,
		t.ID, t.Version, t.Name, t.Paid, t.Approval, t.Accrual, t.Allowance, t.YearStart, t.StartsOn, t.CarryCap, t.CarryMonths, t.Overdraw, t.ArchivedAt)
	if err == nil && tag.RowsAffected() == 0 {
		return httpapi.ErrStale
	}
	return leaveTypeTaken(err)
}

func leaveTypeTaken(err error) error {
	if pg.Violates(err, "leave_types_name_key") {
		return people.ErrLeaveTypeTaken.Because(err)
	}
	return err
}

const leaveColumns = `id, member_id, type_id, first_day, last_day, half_first, half_last, seconds, note, state, days, cost, coalesce(decided_by::text, ''), decided_at,
	reason, exception_reason, created_at, version`

func leaveRequest(row pgx.CollectableRow) (r people.LeaveRequest, err error) {
	var days []byte
	err = row.Scan(&r.ID, &r.MemberID, &r.TypeID, &r.First, &r.Last, &r.HalfFirst, &r.HalfLast, &r.Seconds, &r.Note, &r.State, &days, &r.Cost, &r.DecidedBy, &r.DecidedAt,
		&r.Reason, &r.ExceptionReason, &r.CreatedAt, &r.Version)
	if err == nil {
		err = json.Unmarshal(days, &r.Days)
	}
	return r, err
}

// LeaveRequest finds a request and locks it.
func (Store) LeaveRequest(ctx context.Context, tx *tenancy.Tx, id string) (people.LeaveRequest, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+leaveColumns+` FROM leave_requests WHERE id = $1 FOR UPDATE`, id)
	if err != nil {
		return people.LeaveRequest{}, err
	}
	r, err := pgx.CollectExactlyOneRow(rows, leaveRequest)
	if errors.Is(err, pgx.ErrNoRows) {
		err = people.ErrNoLeave
	}
	return r, err
}

// LeaveRequests lists requests, the latest days first.
func (Store) LeaveRequests(ctx context.Context, tx *tenancy.Tx, f people.LeaveFilter) ([]people.LeaveRequest, error) {
	query, args := `SELECT `+leaveColumns+` FROM leave_requests WHERE true`, []any{}
	on := func(apply bool, part string, values ...any) {
		if apply {
			args = append(args, values...)
			places := make([]any, len(values))
			for i := range values {
				places[i] = len(args) - len(values) + i + 1
			}
			query += " AND " + fmt.Sprintf(part, places...)
		}
	}
	on(f.MemberID != "", `member_id = $%d`, f.MemberID)
	on(f.NotMemberID != "", `member_id <> $%d`, f.NotMemberID)
	on(len(f.States) > 0, `state = ANY($%d)`, f.States)
	on(!f.From.IsZero(), `last_day >= $%d`, f.From)
	on(!f.To.IsZero(), `first_day <= $%d`, f.To)
	on(f.AfterID != "", `(first_day, id) < ($%d::date, $%d::uuid)`, f.AfterDay, f.AfterID)
	query += ` ORDER BY first_day DESC, id DESC`
	if f.Limit > 0 {
		query += fmt.Sprintf(` LIMIT %d`, f.Limit)
	}
	rows, err := tx.PGX().Query(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("list leave: %w", err)
	}
	return pgx.CollectRows(rows, leaveRequest)
}

// AddLeaveRequest inserts r.
func (Store) AddLeaveRequest(ctx context.Context, tx *tenancy.Tx, r people.LeaveRequest, by string) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO leave_requests (id, member_id, type_id, first_day, last_day, half_first, half_last, seconds, note, state, days, cost, decided_at, created_at, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, nullif($15, '')::uuid)`,
		r.ID, r.MemberID, r.TypeID, r.First, r.Last, r.HalfFirst, r.HalfLast, r.Seconds, r.Note, r.State, r.Days, r.Cost, r.DecidedAt, r.CreatedAt, by)
	return err
}

// SaveLeaveRequest writes what a decision changes. The caller holds the row.
func (Store) SaveLeaveRequest(ctx context.Context, tx *tenancy.Tx, r people.LeaveRequest) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE leave_requests SET state = $2, days = $3, cost = $4, decided_by = nullif($5, '')::uuid, decided_at = $6, reason = $7, exception_reason = $8, version = $9
		WHERE id = $1`, r.ID, r.State, r.Days, r.Cost, r.DecidedBy, r.DecidedAt, r.Reason, r.ExceptionReason, r.Version)
	return err
}

// TakeOff writes the days off of a request, in one statement.
func (Store) TakeOff(ctx context.Context, tx *tenancy.Tx, r people.LeaveRequest, ids []string, now time.Time) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO leaves (id, member_id, first_day, last_day, share, seconds, request_id, created_at)
		SELECT i.id::uuid, $2, (d.one->>'day')::date, (d.one->>'day')::date, (d.one->>'share')::numeric, coalesce((d.one->>'seconds')::int, 0), $3, $4
		FROM jsonb_array_elements($1::jsonb) WITH ORDINALITY AS d(one, n) JOIN unnest($5::text[]) WITH ORDINALITY AS i(id, n) USING (n)`,
		r.Days, r.MemberID, r.ID, now, ids)
	return err
}

// GiveBack takes the days off of a request away.
func (Store) GiveBack(ctx context.Context, tx *tenancy.Tx, requestID string) error {
	_, err := tx.PGX().Exec(ctx, `DELETE FROM leaves WHERE request_id = $1`, requestID)
	return err
}

// LeaveAdjustments lists the corrections of a member, of each kind.
func (Store) LeaveAdjustments(ctx context.Context, tx *tenancy.Tx, memberID string) (map[string][]people.LeaveFact, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT type_id, day, amount, note FROM leave_adjustments WHERE member_id = $1 ORDER BY day, id`, memberID)
	if err != nil {
		return nil, fmt.Errorf("list corrections of leave: %w", err)
	}
	out := map[string][]people.LeaveFact{}
	var typeID string
	var f people.LeaveFact
	_, err = pgx.ForEachRow(rows, []any{&typeID, &f.Day, &f.Amount, &f.Note}, func() error {
		f.Kind = people.LineAdjusted
		out[typeID] = append(out[typeID], f)
		return nil
	})
	return out, err
}

// AddLeaveAdjustment inserts a correction.
func (Store) AddLeaveAdjustment(ctx context.Context, tx *tenancy.Tx, id, memberID, typeID string, f people.LeaveFact, now time.Time, by string) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO leave_adjustments (id, member_id, type_id, day, amount, note, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, nullif($8, '')::uuid)`,
		id, memberID, typeID, f.Day, f.Amount, f.Note, now, by)
	return err
}
