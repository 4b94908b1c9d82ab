package timesheetsdb

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

type scopeJSON struct {
	N        int      `json:"n"`
	Project  string   `json:"project"`
	Tasks    []string `json:"tasks"`
	Member   *string  `json:"member"`
	Approved bool     `json:"approved"`
	Currency string   `json:"currency"`
	From     *string  `json:"since"`
	To       *string  `json:"until"`
}

// scopeSums adds up each scope of $1 from rows of sums, or of entries.
const scopeSums = `
	SELECT coalesce(t.seconds, 0), coalesce(t.billable, 0), coalesce(t.worth, 0)
	FROM jsonb_to_recordset($1::jsonb) AS q (n int, project uuid, tasks uuid[], member uuid, approved boolean, currency text, since date, until date)
	CROSS JOIN LATERAL (
		SELECT %s FROM %s
		WHERE project_id = q.project AND (q.tasks IS NULL OR task_id = ANY(q.tasks)) AND (q.member IS NULL OR member_id = q.member)
			AND (NOT q.approved OR state IN ('approved', 'billed'))%s) AS t
	ORDER BY q.n`

var (
	scopesOfAll = fmt.Sprintf(scopeSums, `sum(seconds) AS seconds, sum(billable_seconds) AS billable, sum(worth) FILTER (WHERE rate_currency = q.currency) AS worth`,
		"time_sums", "")
	scopesOfDays = fmt.Sprintf(scopeSums, `sum(raw_seconds) AS seconds, sum(raw_seconds) FILTER (WHERE billable) AS billable,
			sum(`+exact+`) FILTER (WHERE billable AND rate_currency = q.currency) AS worth`,
		"time_entries", " AND deleted_at IS NULL AND work_date BETWEEN q.since AND q.until")
)

// ScopeSums adds up the time of scopes in one question: from the sums of months, or of the days between two dates.
func (Store) ScopeSums(ctx context.Context, tx *tenancy.Tx, scopes []timesheets.Scope) ([]timesheets.Sum, error) {
	asked := make([]scopeJSON, len(scopes))
	query := scopesOfAll
	for i, s := range scopes {
		q := scopeJSON{N: i, Project: s.ProjectID, Tasks: s.TaskIDs, Member: pg.Null(s.MemberID), Approved: s.Approved, Currency: s.Currency}
		if !s.From.IsZero() {
			from, to := s.From.String(), s.To.String()
			q.From, q.To, query = &from, &to, scopesOfDays
		}
		asked[i] = q
	}
	raw, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	rows, err := tx.PGX().Query(ctx, query, string(raw))
	if err != nil {
		return nil, fmt.Errorf("add up scopes: %w", err)
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (sum timesheets.Sum, err error) {
		err = r.Scan(&sum.Seconds, &sum.BillableSeconds, &sum.SecondsTimesRate)
		return sum, err
	})
}

// Logged adds up a member's days by month and project.
func (Store) Logged(ctx context.Context, tx *tenancy.Tx, memberID string, from, to day.Date) ([]timesheets.Logged, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT project_id::text, work_date - extract(day FROM work_date)::int + 1 AS month, sum(raw_seconds)::bigint
		FROM time_entries WHERE member_id = $1 AND work_date BETWEEN $2 AND $3 AND deleted_at IS NULL GROUP BY 1, 2 ORDER BY 2, 1`, memberID, from, to)
	if err != nil {
		return nil, fmt.Errorf("add up a member's months: %w", err)
	}
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (l timesheets.Logged, err error) {
		err = r.Scan(&l.ProjectID, &l.Month, &l.Seconds)
		return l, err
	})
}
