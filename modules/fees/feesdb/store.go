// Package feesdb keeps fees and their ledger in Postgres.
package feesdb

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/tenancy"
)

// Store is the storage of fees.
type Store struct{}

const columns = `id::text, project_id::text, client_id::text, name, kind, currency, agreed_minor, contract_minor, billed_minor, percent,
	retain_percent, held_minor, released_minor, covers, task_ids::text[], archived_at, version, created_by, created_at, updated_at`

func scan(row pgx.CollectableRow) (f fees.Fee, err error) {
	var currency string
	err = row.Scan(&f.ID, &f.ProjectID, &f.ClientID, &f.Name, &f.Kind, &currency, &f.Agreed.Minor, &f.Contract.Minor, &f.Billed.Minor, &f.Percent,
		&f.Retain, &f.Held.Minor, &f.Released.Minor, &f.Covers, &f.TaskIDs, &f.ArchivedAt, &f.Version, &f.CreatedBy, &f.CreatedAt, &f.UpdatedAt)
	f.Agreed.Currency, f.Contract.Currency, f.Billed.Currency, f.Held.Currency, f.Released.Currency = currency, currency, currency, currency, currency
	return f, err
}

func (s Store) read(ctx context.Context, tx *tenancy.Tx, sql string, args ...any) ([]fees.Fee, error) {
	rows, err := tx.PGX().Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	all, err := pgx.CollectRows(rows, scan)
	if err != nil {
		return nil, err
	}
	return all, s.children(ctx, tx, all)
}

// children reads parts and orders of all fees at once.
func (Store) children(ctx context.Context, tx *tenancy.Tx, all []fees.Fee) error {
	if len(all) == 0 {
		return nil
	}
	at, ids := map[string]*fees.Fee{}, make([]string, len(all))
	for n := range all {
		at[all[n].ID], ids[n] = &all[n], all[n].ID
	}
	rows, err := tx.PGX().Query(ctx, `
		SELECT fee_id::text, id::text, name, percent, amount_minor, billed_minor, due_on, accepted_at, accepted_by, accepted_kind, coalesce(order_id::text, ''), version
		FROM fee_parts WHERE fee_id = ANY($1::uuid[]) ORDER BY fee_id, position`, ids)
	if err != nil {
		return err
	}
	var feeID string
	var p fees.Part
	var percent *decimal.Decimal
	var due *time.Time
	_, err = pgx.ForEachRow(rows, []any{
		&feeID, &p.ID, &p.Name, &percent, &p.Amount.Minor, &p.Billed.Minor, &due, &p.AcceptedAt, &p.AcceptedBy, &p.AcceptedKind, &p.OrderID, &p.Version,
	}, func() error {
		f := at[feeID]
		p.Percent, p.DueOn = percent, day.Date{}
		if due != nil {
			p.DueOn = day.Of(*due, time.UTC)
		}
		p.Amount.Currency, p.Billed.Currency = f.Contract.Currency, f.Contract.Currency
		f.Parts = append(f.Parts, p)
		p, percent, due = fees.Part{}, nil, nil
		return nil
	})
	if err != nil {
		return err
	}
	if err := rounds(ctx, tx, all); err != nil {
		return err
	}
	rows, err = tx.PGX().Query(ctx, `
		SELECT fee_id::text, id::text, number, reason, amount_minor, approved_by, approved_on, created_by, created_at
		FROM change_orders WHERE fee_id = ANY($1::uuid[]) ORDER BY fee_id, id`, ids)
	if err != nil {
		return err
	}
	var o fees.Order
	var on time.Time
	_, err = pgx.ForEachRow(rows, []any{&feeID, &o.ID, &o.Number, &o.Reason, &o.Amount.Minor, &o.ApprovedBy, &on, &o.CreatedBy, &o.CreatedAt}, func() error {
		f := at[feeID]
		o.Amount.Currency, o.ApprovedOn = f.Contract.Currency, day.Of(on, time.UTC)
		f.Orders = append(f.Orders, o)
		return nil
	})
	return err
}

// Fees reads one page and one row more.
func (s Store) Fees(ctx context.Context, tx *tenancy.Tx, f fees.Filter) ([]fees.Fee, error) {
	where, args := `(archived_at IS NOT NULL) = $1`, []any{f.Archived}
	add := func(cond string, vals ...any) {
		places := make([]any, len(vals))
		for n, v := range vals {
			args = append(args, v)
			places[n] = len(args)
		}
		where += " AND " + fmt.Sprintf(cond, places...)
	}
	if len(f.ProjectIDs) > 0 {
		add(`project_id = ANY($%d::uuid[])`, f.ProjectIDs)
	}
	if f.ClientID != "" {
		add(`client_id = $%d`, f.ClientID)
	}
	if len(f.ClientIDs) > 0 {
		add(`client_id = ANY($%d::uuid[])`, f.ClientIDs)
	}
	if f.Open {
		where += ` AND (billed_minor < contract_minor OR released_minor < held_minor)`
	}
	after, err := page.Decode(f.Page.Cursor, 2)
	if err != nil {
		return nil, err
	}
	if after != nil {
		if _, err := time.Parse(time.RFC3339Nano, after[0]); err != nil {
			return nil, page.ErrBadCursor.Because(err)
		}
		add(`(created_at, id::text) > ($%d::text::timestamptz, $%d)`, after[0], after[1])
	}
	limit := ""
	if !f.All {
		limit = fmt.Sprintf(" LIMIT %d", f.Page.Size()+1)
	}
	return s.read(ctx, tx, fmt.Sprintf(`SELECT %s FROM fees WHERE %s ORDER BY created_at, id::text%s`, columns, where, limit), args...)
}

// ByIDs reads fees, in the order of their ids.
func (s Store) ByIDs(ctx context.Context, tx *tenancy.Tx, ids []string) ([]fees.Fee, error) {
	return s.read(ctx, tx, `SELECT `+columns+` FROM fees WHERE id = ANY($1::uuid[]) ORDER BY id`, ids)
}

// Locked reads one fee and holds it until the transaction ends.
func (s Store) Locked(ctx context.Context, tx *tenancy.Tx, id string) (fees.Fee, error) {
	all, err := s.read(ctx, tx, `SELECT `+columns+` FROM fees WHERE id = $1 FOR UPDATE`, id)
	if err == nil && len(all) == 0 {
		return fees.Fee{}, fees.ErrNotFound
	}
	if err != nil {
		return fees.Fee{}, err
	}
	return all[0], nil
}

// FeeOfPart tells of which fee a part is.
func (Store) FeeOfPart(ctx context.Context, tx *tenancy.Tx, partID string) (id string, err error) {
	err = tx.PGX().QueryRow(ctx, `SELECT fee_id::text FROM fee_parts WHERE id = $1`, partID).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		err = fees.ErrPartNotFound
	}
	return id, err
}

// Add inserts a fee with its parts.
func (s Store) Add(ctx context.Context, tx *tenancy.Tx, f fees.Fee) error {
	_, err := tx.PGX().Exec(ctx, `
		INSERT INTO fees (id, project_id, client_id, name, kind, currency, agreed_minor, contract_minor, percent, covers, task_ids, version, created_by, created_at, updated_at, retain_percent)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::uuid[], $12, $13, $14, $15, $16)`,
		f.ID, f.ProjectID, f.ClientID, f.Name, string(f.Kind), f.Agreed.Currency, f.Agreed.Minor, f.Contract.Minor, f.Percent, string(f.Covers), some(f.TaskIDs), f.Version,
		f.CreatedBy, f.CreatedAt, f.UpdatedAt, f.Retain)
	if err != nil {
		return err
	}
	return s.saveParts(ctx, tx, f)
}

func some(ids []string) []string { return append([]string{}, ids...) }

// Save writes a changed fee and its parts.
func (s Store) Save(ctx context.Context, tx *tenancy.Tx, f fees.Fee) error {
	tag, err := tx.PGX().Exec(ctx, `
		UPDATE fees SET name = $3, contract_minor = $4, percent = $5, covers = $6, task_ids = $7::uuid[], archived_at = $8, updated_at = $9, retain_percent = $10, version = version + 1
		WHERE id = $1 AND version = $2`,
		f.ID, f.Version, f.Name, f.Contract.Minor, f.Percent, string(f.Covers), some(f.TaskIDs), f.ArchivedAt, f.UpdatedAt, f.Retain)
	if err == nil && tag.RowsAffected() == 0 {
		err = fees.ErrStale
	}
	if err != nil {
		return err
	}
	return s.saveParts(ctx, tx, f)
}

// saveParts writes all parts in one statement. What was billed of them is the ledger's.
func (Store) saveParts(ctx context.Context, tx *tenancy.Tx, f fees.Fee) error {
	var ids, names, by, kinds, orders []string
	var versions []int
	var percents []*decimal.Decimal
	var amounts []int64
	var due []*time.Time
	var accepted []*time.Time
	for _, p := range f.Parts {
		ids, names, percents, amounts = append(ids, p.ID), append(names, p.Name), append(percents, p.Percent), append(amounts, p.Amount.Minor)
		accepted, by, kinds, orders = append(accepted, p.AcceptedAt), append(by, p.AcceptedBy), append(kinds, p.AcceptedKind), append(orders, p.OrderID)
		versions = append(versions, p.Version)
		var on *time.Time
		if !p.DueOn.IsZero() {
			t := p.DueOn.In(time.UTC)
			on = &t
		}
		due = append(due, on)
	}
	if _, err := tx.PGX().Exec(ctx, `DELETE FROM fee_parts WHERE fee_id = $1 AND NOT (id = ANY($2::uuid[]))`, f.ID, some(ids)); err != nil || len(ids) == 0 {
		return err
	}
	_, err := tx.PGX().Exec(ctx, `
		INSERT INTO fee_parts (id, fee_id, position, name, percent, amount_minor, due_on, accepted_at, accepted_by, accepted_kind, order_id, version)
		SELECT p.id, $1, p.n, p.name, p.percent, p.amount, p.due, p.accepted, p.by, p.kind, nullif(p.ordered, '')::uuid, p.version
		FROM unnest($2::uuid[], $3::text[], $4::numeric[], $5::bigint[], $6::date[], $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::int[])
			WITH ORDINALITY AS p (id, name, percent, amount, due, accepted, by, kind, ordered, version, n)
		ON CONFLICT (id) DO UPDATE SET position = excluded.position, name = excluded.name, percent = excluded.percent, amount_minor = excluded.amount_minor,
			due_on = excluded.due_on, accepted_at = excluded.accepted_at, accepted_by = excluded.accepted_by, accepted_kind = excluded.accepted_kind, version = excluded.version`,
		f.ID, ids, names, percents, amounts, due, accepted, by, kinds, orders, versions)
	return err
}

// AddOrder inserts a change order.
func (Store) AddOrder(ctx context.Context, tx *tenancy.Tx, feeID string, o fees.Order) error {
	_, err := tx.PGX().Exec(ctx, `
		INSERT INTO change_orders (id, fee_id, number, reason, amount_minor, approved_by, approved_on, created_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		o.ID, feeID, o.Number, o.Reason, o.Amount.Minor, o.ApprovedBy, o.ApprovedOn, o.CreatedBy, o.CreatedAt)
	if pg.Violates(err, "change_orders_number_key") {
		return fees.ErrNumberTaken.Because(err)
	}
	return err
}
