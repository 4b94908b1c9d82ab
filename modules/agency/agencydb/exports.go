package agencydb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/live"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/tenancy"
)

// Exports implements agency.ExportStore.
type Exports struct{}

var _ agency.ExportStore = Exports{}

const exportColumns = `id::text, state, recipient, asked_at, coalesce(asked_by::text, ''), asked_name, done, total, finished_at, expires_at, object_key, size, row_count, files`

func scanExport(r pgx.CollectableRow) (e agency.Export, err error) {
	err = r.Scan(&e.ID, &e.State, &e.Recipient, &e.AskedAt, &e.AskedBy, &e.AskedName, &e.Done, &e.Total, &e.FinishedAt, &e.ExpiresAt, &e.Key, &e.Size, &e.Rows, &e.Files)
	return e, err
}

// AddExport inserts one. ErrExportRunning.
func (Exports) AddExport(ctx context.Context, tx *tenancy.Tx, e agency.Export) error {
	_, err := tx.PGX().Exec(ctx, `INSERT INTO exports (id, state, recipient, asked_at, asked_by, asked_name) VALUES ($1, $2, $3, $4, nullif($5, '')::uuid, $6)`,
		e.ID, e.State, e.Recipient, e.AskedAt, e.AskedBy, e.AskedName)
	if pg.Violates(err, "exports_open_key") {
		return agency.ErrExportRunning.Because(err)
	}
	if err != nil {
		return fmt.Errorf("add an export: %w", err)
	}
	return tell(ctx, tx, e.ID)
}

// Exports lists them, newest first.
func (Exports) Exports(ctx context.Context, tx *tenancy.Tx, q page.Query) ([]agency.Export, error) {
	after, err := page.Decode(q.Cursor, 2)
	if err != nil {
		return nil, err
	}
	where, args := "true", []any{q.Size() + 1}
	if after != nil {
		at, err := time.Parse(time.RFC3339Nano, after[0])
		if err != nil {
			return nil, page.ErrBadCursor.Because(err)
		}
		where, args = "(asked_at, id::text) < ($2, $3)", append(args, at, after[1])
	}
	rows, err := tx.PGX().Query(ctx, `SELECT `+exportColumns+` FROM exports WHERE `+where+` ORDER BY asked_at DESC, id DESC LIMIT $1`, args...)
	if err != nil {
		return nil, fmt.Errorf("list exports: %w", err)
	}
	return pgx.CollectRows(rows, scanExport)
}

// Export locks one. ErrExportNotFound.
func (Exports) Export(ctx context.Context, tx *tenancy.Tx, key string) (agency.Export, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+exportColumns+` FROM exports WHERE id = $1 FOR UPDATE`, key)
	if err != nil {
		return agency.Export{}, fmt.Errorf("find an export: %w", err)
	}
	e, err := pgx.CollectExactlyOneRow(rows, scanExport)
	if errors.Is(err, pgx.ErrNoRows) {
		return e, agency.ErrExportNotFound
	}
	return e, err
}

// SaveExport writes what changes while it is made.
func (Exports) SaveExport(ctx context.Context, tx *tenancy.Tx, e agency.Export) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE exports SET state = $2, done = $3, total = $4, finished_at = $5, expires_at = $6, object_key = $7, size = $8, row_count = $9, files = $10
		WHERE id = $1`, e.ID, e.State, e.Done, e.Total, e.FinishedAt, e.ExpiresAt, e.Key, e.Size, e.Rows, e.Files)
	if err != nil {
		return fmt.Errorf("save an export: %w", err)
	}
	return tell(ctx, tx, e.ID)
}

// OldExports are those that ended their time, or whose maker died.
func (Exports) OldExports(ctx context.Context, tx *tenancy.Tx, now, lost time.Time) ([]agency.Export, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT `+exportColumns+` FROM exports
		WHERE (state = 'ready' AND expires_at <= $1) OR (state IN ('queued', 'running') AND asked_at <= $2) LIMIT 100`, now, lost)
	if err != nil {
		return nil, fmt.Errorf("find old exports: %w", err)
	}
	return pgx.CollectRows(rows, scanExport)
}

// tell lets open pages ask again; it is no event that a timeline would show.
func tell(ctx context.Context, tx *tenancy.Tx, key string) error {
	note, err := live.Note{Agency: tx.AgencyID(), Event: "exports.changed.v1", Entity: "export", ID: key}.Encode()
	if err != nil {
		return err
	}
	_, err = tx.PGX().Exec(ctx, `SELECT pg_notify($1, $2)`, live.Channel, note)
	return err
}
