package retainersdb

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/retainers"
	"github.com/bureauhq/bureau/modules/retainers/ledger"
	"github.com/bureauhq/bureau/tenancy"
)

type lineRow struct {
	ID         string `gorm:"primaryKey"`
	RetainerID string
	Period     int
	Kind       string
	EntryID    *string
	BlockID    *string
	Turn       int
	Day        day.Date
	Until      *day.Date
	Amount     int64
	Reason     string
	CreatedAt  time.Time
	CreatedBy  *string

	Of *string `gorm:"->"` // the line by which a block began to count that is returned
}

func (lineRow) TableName() string { return "retainer_ledger" }

const lineColumns = `id, retainer_id, period, kind, entry_id, block_id, turn, day, until, amount, reason, created_at, created_by,
	CASE WHEN kind = 'returned' THEN (SELECT b.id FROM retainer_ledger b WHERE b.block_id = l.block_id AND b.kind = 'block' AND b.turn = l.turn) END AS "of"`

// Write adds lines to the ledger.
func (Store) Write(_ context.Context, tx *tenancy.Tx, lines []retainers.Line) error {
	rows := make([]lineRow, len(lines))
	for i, l := range lines {
		rows[i] = lineRow{
			ID: l.ID, RetainerID: l.RetainerID, Period: l.Period, Kind: string(l.Kind), EntryID: pg.Null(l.Entry), BlockID: pg.Null(l.BlockID), Turn: max(1, l.Turn), Day: l.Day, Until: date(l.Until),
			Amount: l.Amount, Reason: l.Reason, CreatedAt: l.CreatedAt, CreatedBy: pg.Null(l.CreatedBy),
		}
	}
	return tx.Gorm().Omit("of").CreateInBatches(&rows, 500).Error
}

func lines(tx *tenancy.Tx, query string, args ...any) ([]retainers.Line, error) {
	var rows []lineRow
	if err := tx.Gorm().Raw(`SELECT `+lineColumns+` FROM retainer_ledger l `+query, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]retainers.Line, len(rows))
	for i, r := range rows {
		out[i] = retainers.Line{
			Event: ledger.Event{
				ID: r.ID, Period: r.Period, Kind: ledger.Kind(r.Kind), Entry: pg.Text(r.EntryID), Day: r.Day, Until: zero(r.Until), Amount: r.Amount, Of: pg.Text(r.Of),
			},
			RetainerID: r.RetainerID, BlockID: pg.Text(r.BlockID), Turn: r.Turn, Reason: r.Reason, CreatedAt: r.CreatedAt.UTC(), CreatedBy: pg.Text(r.CreatedBy),
		}
	}
	return out, nil
}

// Lines returns the ledger of a retainer from a period on.
func (Store) Lines(_ context.Context, tx *tenancy.Tx, retainerID string, from int) ([]retainers.Line, error) {
	return lines(tx, `WHERE retainer_id = ? AND period >= ? ORDER BY id`, retainerID, from)
}

// Given returns what came in during a period.
func (Store) Given(_ context.Context, tx *tenancy.Tx, p retainers.Period) ([]retainers.Line, error) {
	return lines(tx, `WHERE retainer_id = ? AND period = ? AND entry_id IS NULL ORDER BY id LIMIT 500`, p.RetainerID, p.Number())
}

// LastTurn returns the line by which a block last began to count, if it ever did.
func (Store) LastTurn(_ context.Context, tx *tenancy.Tx, blockID string) (*retainers.Line, error) {
	got, err := lines(tx, `WHERE block_id = ? AND kind = 'block' ORDER BY turn DESC LIMIT 1`, blockID)
	if err != nil || len(got) == 0 {
		return nil, err
	}
	return &got[0], nil
}

// Nets returns what the ledger holds of entries, by period and work date.
func (Store) Nets(_ context.Context, tx *tenancy.Tx, entryIDs []string) ([]retainers.Net, error) {
	var out []retainers.Net
	err := tx.Gorm().Raw(`SELECT l.retainer_id, l.entry_id, l.period, p.state = 'closed' AS closed, l.day, sum(l.amount) AS amount
		FROM retainer_ledger l JOIN retainer_periods p ON p.retainer_id = l.retainer_id AND p.number = l.period
		WHERE l.entry_id IN ? GROUP BY 1, 2, 3, 4, 5 ORDER BY 2, 3, 5`, entryIDs).Scan(&out).Error
	return out, err
}

type workRow struct {
	EntryID string
	Day     day.Date
	Amount  int64
	Late    bool
}

// Work returns up to limit entries of a period behind the cursor, by day.
func (Store) Work(_ context.Context, tx *tenancy.Tx, p retainers.Period, limit int, after []string) ([]retainers.Work, error) {
	query, args := `SELECT * FROM (SELECT entry_id, max(day) AS day, sum(amount) AS amount, kind = 'late' AS late FROM retainer_ledger
		WHERE retainer_id = ? AND period = ? AND entry_id IS NOT NULL GROUP BY entry_id, kind HAVING sum(amount) <> 0) AS work`, []any{p.RetainerID, p.Number()}
	if after != nil {
		query += ` WHERE (day, entry_id) > (?::date, ?::uuid)`
		args = append(args, after[0], after[1])
	}
	var rows []workRow
	err := tx.Gorm().Raw(query+` ORDER BY day, entry_id LIMIT ?`, append(args, limit)...).Scan(&rows).Error
	out := make([]retainers.Work, len(rows))
	for i, r := range rows {
		out[i] = retainers.Work{EntryID: r.EntryID, Day: r.Day, Amount: r.Amount, Late: r.Late}
	}
	return out, err
}

type blockRow struct {
	ID         string `gorm:"primaryKey"`
	RetainerID string
	Amount     int64
	PriceMinor *int64
	CountsFrom string
	InvoiceID  *string
	CountsOn   *day.Date
	ExpiresOn  *day.Date
	CreatedAt  time.Time
	CreatedBy  *string

	Currency string `gorm:"->"` // the retainer's
}

func (blockRow) TableName() string { return "prepaid_blocks" }

// AddBlock inserts b.
func (Store) AddBlock(_ context.Context, tx *tenancy.Tx, b retainers.Block) error {
	row := blockRow{
		ID: b.ID, RetainerID: b.RetainerID, Amount: b.Amount, PriceMinor: minor(b.Price), CountsFrom: b.CountsFrom, InvoiceID: pg.Null(b.InvoiceID),
		CountsOn: date(b.CountsOn), ExpiresOn: date(b.ExpiresOn), CreatedAt: b.CreatedAt, CreatedBy: pg.Null(b.CreatedBy),
	}
	return tx.Gorm().Omit("currency").Create(&row).Error
}

// SaveBlock writes from when b counts and which invoice bills it.
func (Store) SaveBlock(_ context.Context, tx *tenancy.Tx, b retainers.Block) error {
	return tx.Gorm().Exec(`UPDATE prepaid_blocks SET counts_on = ?, invoice_id = ? WHERE id = ?`, date(b.CountsOn), pg.Null(b.InvoiceID), b.ID).Error
}

func blocks(tx *tenancy.Tx, query string, args ...any) ([]retainers.Block, error) {
	var rows []blockRow
	err := tx.Gorm().Raw(`SELECT b.id, b.retainer_id, b.amount, b.price_minor, b.counts_from, b.invoice_id, b.counts_on, b.expires_on, b.created_at, b.created_by, r.currency
		FROM prepaid_blocks b JOIN retainers r ON r.id = b.retainer_id `+query, args...).Scan(&rows).Error
	out := make([]retainers.Block, len(rows))
	for i, r := range rows {
		out[i] = retainers.Block{
			ID: r.ID, RetainerID: r.RetainerID, Amount: r.Amount, Price: amount(r.PriceMinor, strings.TrimSpace(r.Currency)), CountsFrom: r.CountsFrom, InvoiceID: pg.Text(r.InvoiceID),
			CountsOn: zero(r.CountsOn), ExpiresOn: zero(r.ExpiresOn), CreatedAt: r.CreatedAt.UTC(), CreatedBy: pg.Text(r.CreatedBy),
		}
	}
	return out, err
}

// Blocks returns up to limit blocks of a retainer, newest first.
func (Store) Blocks(_ context.Context, tx *tenancy.Tx, retainerID string, limit int) ([]retainers.Block, error) {
	return blocks(tx, `WHERE b.retainer_id = ? ORDER BY b.created_at DESC, b.id DESC LIMIT ?`, retainerID, limit)
}

// Block returns one block.
func (Store) Block(_ context.Context, tx *tenancy.Tx, id string) (retainers.Block, error) {
	got, err := blocks(tx, `WHERE b.id = ?`, id)
	if err == nil && len(got) == 0 {
		err = retainers.ErrBlockNotFound
	}
	if err != nil {
		return retainers.Block{}, err
	}
	return got[0], nil
}

// BlockOfInvoice finds the block that an invoice sells, if any. Who changes it holds its retainer.
func (Store) BlockOfInvoice(_ context.Context, tx *tenancy.Tx, invoiceID string) (*retainers.Block, error) {
	got, err := blocks(tx, `WHERE b.invoice_id = ?`, invoiceID)
	if err != nil || len(got) == 0 {
		return nil, err
	}
	return &got[0], nil
}

func joined(numbers []int) string {
	parts := make([]string, len(numbers))
	for i, n := range numbers {
		parts[i] = strconv.Itoa(n)
	}
	return strings.Join(parts, ",")
}
