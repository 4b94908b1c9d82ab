package feesdb

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/tenancy"
)

// Take adds rows to the ledger and keeps the sums beside fees and parts. Their
// checks are the last guard of the contract.
func (Store) Take(ctx context.Context, tx *tenancy.Tx, all []fees.Entry) error {
	var ids, feeIDs, parts, sources, documents, kinds, heldOf []string
	var minors []int64
	var percents []*decimal.Decimal
	var at []time.Time
	for _, e := range all {
		ids, feeIDs, parts, sources, documents = append(ids, e.ID), append(feeIDs, e.FeeID), append(parts, e.PartID), append(sources, e.SourceID), append(documents, e.DocumentID)
		minors, percents, at = append(minors, e.Amount.Minor), append(percents, e.Percent), append(at, e.At)
		kinds, heldOf = append(kinds, string(e.Kind)), append(heldOf, e.HeldOf)
	}
	_, err := tx.PGX().Exec(ctx, `
		WITH taken AS (
			INSERT INTO fee_ledger (id, fee_id, part_id, source_id, document_id, amount_minor, percent, created_at, kind, held_of)
			SELECT e.id, e.fee, nullif(e.part, '')::uuid, e.source, e.document, e.amount, e.percent, e.at, e.kind, nullif(e.held_of, '')::uuid
			FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::bigint[], $7::numeric[], $8::timestamptz[], $9::text[], $10::text[])
				AS e (id, fee, part, source, document, amount, percent, at, kind, held_of)
			RETURNING fee_id, part_id, amount_minor, kind
		), parts AS (
			UPDATE fee_parts p SET billed_minor = p.billed_minor + t.minor
			FROM (SELECT part_id, sum(amount_minor)::bigint AS minor FROM taken WHERE part_id IS NOT NULL GROUP BY 1) t WHERE p.id = t.part_id
		)
		UPDATE fees f SET billed_minor = f.billed_minor + t.billed, held_minor = f.held_minor - t.held, released_minor = f.released_minor + t.released
		FROM (SELECT fee_id, coalesce(sum(amount_minor) FILTER (WHERE kind = 'billed'), 0)::bigint AS billed,
				coalesce(sum(amount_minor) FILTER (WHERE kind = 'held'), 0)::bigint AS held,
				coalesce(sum(amount_minor) FILTER (WHERE kind = 'released'), 0)::bigint AS released
			FROM taken GROUP BY 1) t WHERE f.id = t.fee_id`,
		ids, feeIDs, parts, sources, documents, minors, percents, at, kinds, heldOf)
	if pg.Violates(err, "fees_released_check") {
		return fees.ErrReleased.Because(err)
	}
	if pg.Violates(err, "fees_billed_check") || pg.Violates(err, "fee_parts_billed_check") {
		return fees.ErrCannotBill.Because(err)
	}
	return err
}

// Entries reads rows of the ledger, in the order of ids.
func (Store) Entries(ctx context.Context, tx *tenancy.Tx, ids []string) ([]fees.Entry, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT l.id::text, l.fee_id::text, coalesce(l.part_id::text, ''), l.source_id::text, l.document_id::text, l.amount_minor, f.currency, l.percent, l.created_at, l.kind, coalesce(l.held_of::text, '')
		FROM unnest($1::uuid[]) WITH ORDINALITY AS w (id, n) JOIN fee_ledger l ON l.id = w.id JOIN fees f ON f.id = l.fee_id ORDER BY w.n`, ids)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (e fees.Entry, err error) {
		err = row.Scan(&e.ID, &e.FeeID, &e.PartID, &e.SourceID, &e.DocumentID, &e.Amount.Minor, &e.Amount.Currency, &e.Percent, &e.At, &e.Kind, &e.HeldOf)
		return e, err
	})
}

// OnDocuments adds up the ledgers of the fees that are on a document, one row for each fee and each document that it is on.
func (Store) OnDocuments(ctx context.Context, tx *tenancy.Tx, documentID string) ([]fees.OnDocument, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT fee_id::text, document_id::text, coalesce(sum(amount_minor) FILTER (WHERE kind = 'billed'), 0)::bigint,
			coalesce(sum(amount_minor) FILTER (WHERE kind = 'held'), 0)::bigint, coalesce(sum(amount_minor) FILTER (WHERE kind = 'released'), 0)::bigint
		FROM fee_ledger WHERE fee_id IN (SELECT fee_id FROM fee_ledger WHERE document_id = $1) GROUP BY 1, 2`, documentID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[fees.OnDocument])
}
