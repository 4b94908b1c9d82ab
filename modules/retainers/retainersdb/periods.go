package retainersdb

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/retainers"
	"github.com/bureauhq/bureau/modules/retainers/ledger"
	"github.com/bureauhq/bureau/tenancy"
)

type periodRow struct {
	ID           string `gorm:"primaryKey"`
	RetainerID   string
	Number       int
	FromOn       day.Date
	ToOn         day.Date
	State        string
	Terms        string
	Carry        string
	Expiries     string
	Over         string
	OverageRule  string
	OverageRate  *decimal.Decimal
	Opening      int64
	Granted      int64
	Adjusted     int64
	Used         int64
	Overage      int64
	Expired      int64
	Closing      int64
	FeeMinor     *int64
	FeeInvoiceID *string
	ClosedAt     *time.Time
	CreatedAt    time.Time

	Currency string `gorm:"->"` // the retainer's
}

func (periodRow) TableName() string { return "retainer_periods" }

const periodColumns = `p.id, p.retainer_id, p.number, p.from_on, p.to_on, p.state, p.terms, p.carry, p.expiries, p.over, p.overage_rule, p.overage_rate,
	p.opening, p.granted, p.adjusted, p.used, p.overage, p.expired, p.closing, p.fee_minor, p.fee_invoice_id, p.closed_at, p.created_at, r.currency`

const fromPeriods = ` FROM retainer_periods p JOIN retainers r ON r.id = p.retainer_id `

func toPeriod(p retainers.Period) (periodRow, error) {
	var errs [4]error
	encode := func(i int, v any) string {
		raw, err := json.Marshal(v)
		errs[i] = err
		return string(raw)
	}
	parts := func(ps []ledger.Part) []ledger.Part { return append([]ledger.Part{}, ps...) }
	r := periodRow{
		ID: p.ID, RetainerID: p.RetainerID, Number: p.Number(), FromOn: p.Days().From, ToOn: p.Days().To, State: "open",
		Terms: encode(0, p.Period.Terms), Carry: encode(1, p.Carry), Expiries: encode(2, parts(p.Expiries)), Over: encode(3, parts(p.Over)),
		OverageRule: string(p.OverageRule), OverageRate: p.OverageRate, Opening: p.Opening, Granted: p.Granted, Adjusted: p.Adjusted, Used: p.Used,
		Overage: p.Overage, Expired: p.Expired, Closing: p.Closing, FeeMinor: minor(p.Fee), FeeInvoiceID: pg.Null(p.FeeInvoiceID), ClosedAt: p.ClosedAt, CreatedAt: p.CreatedAt,
	}
	if p.ClosedAt != nil {
		r.State = "closed"
	}
	return r, errors.Join(errs[:]...)
}

func fromPeriod(r periodRow) (retainers.Period, error) {
	p := retainers.Period{
		ID: r.ID, RetainerID: r.RetainerID, OverageRule: retainers.Overage(r.OverageRule), OverageRate: r.OverageRate, Currency: strings.TrimSpace(r.Currency),
		FeeInvoiceID: pg.Text(r.FeeInvoiceID), ClosedAt: r.ClosedAt, CreatedAt: r.CreatedAt.UTC(),
	}
	p.Fee = amount(r.FeeMinor, p.Currency)
	p.Statement = ledger.Statement{
		Period:  ledger.Period{Number: r.Number, Days: day.Range{From: r.FromOn, To: r.ToOn}},
		Opening: r.Opening, Granted: r.Granted, Adjusted: r.Adjusted, Used: r.Used, Overage: r.Overage, Expired: r.Expired, Closing: r.Closing,
	}
	return p, errors.Join(
		json.Unmarshal([]byte(r.Terms), &p.Period.Terms), json.Unmarshal([]byte(r.Carry), &p.Carry),
		json.Unmarshal([]byte(r.Expiries), &p.Expiries), json.Unmarshal([]byte(r.Over), &p.Over),
	)
}

func periods(tx *tenancy.Tx, query string, args ...any) ([]retainers.Period, error) {
	var rows []periodRow
	if err := tx.Gorm().Raw(`SELECT `+periodColumns+fromPeriods+query, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]retainers.Period, len(rows))
	var err error
	for i, r := range rows {
		if out[i], err = fromPeriod(r); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// AddPeriod inserts p.
func (Store) AddPeriod(_ context.Context, tx *tenancy.Tx, p retainers.Period) error {
	row, err := toPeriod(p)
	if err != nil {
		return err
	}
	return tx.Gorm().Create(&row).Error
}

// SavePeriod writes what may change of p.
func (Store) SavePeriod(_ context.Context, tx *tenancy.Tx, p retainers.Period) error {
	row, err := toPeriod(p)
	if err != nil {
		return err
	}
	return tx.Gorm().Select("*").Omit("id", "retainer_id", "number", "from_on", "created_at", "currency").Where("id = ?", p.ID).Updates(&row).Error
}

// Period finds one period.
func (Store) Period(_ context.Context, tx *tenancy.Tx, id string) (retainers.Period, error) {
	got, err := periods(tx, `WHERE p.id = ?`, id)
	if err == nil && len(got) == 0 {
		err = retainers.ErrPeriodNotFound
	}
	if err != nil {
		return retainers.Period{}, err
	}
	return got[0], nil
}

func (Store) periodsByID(tx *tenancy.Tx, ids []string) (map[string]retainers.Period, error) {
	out := map[string]retainers.Period{}
	if len(ids) == 0 {
		return out, nil
	}
	got, err := periods(tx, `WHERE p.id IN ?`, ids)
	for _, p := range got {
		out[p.ID] = p
	}
	return out, err
}

// LastPeriods returns those before a number, newest first.
func (Store) LastPeriods(_ context.Context, tx *tenancy.Tx, retainerID string, before, limit int) ([]retainers.Period, error) {
	return periods(tx, `WHERE p.retainer_id = ? AND p.number < ? ORDER BY p.number DESC LIMIT ?`, retainerID, before, limit)
}

// Standing returns the last closed period and all after it.
func (Store) Standing(_ context.Context, tx *tenancy.Tx, retainerID string) (closed *retainers.Period, open []retainers.Period, err error) {
	got, err := periods(tx, `WHERE p.retainer_id = ? AND p.number >= coalesce((SELECT max(number) FROM retainer_periods WHERE retainer_id = ? AND state = 'closed'), 0)
		ORDER BY p.number`, retainerID, retainerID)
	if err != nil || len(got) == 0 || got[0].ClosedAt == nil {
		return nil, got, err
	}
	return &got[0], got[1:], nil
}

// LastGranted is what came by grants and blocks in the last period before a number in which something did.
func (Store) LastGranted(_ context.Context, tx *tenancy.Tx, retainerID string, before int) (granted int64, err error) {
	err = tx.Gorm().Raw(`SELECT coalesce((SELECT granted FROM retainer_periods WHERE retainer_id = ? AND number < ? AND granted > 0 ORDER BY number DESC LIMIT 1), 0)`, retainerID, before).
		Scan(&granted).Error
	return granted, err
}

// Overs returns periods by their retainers and numbers.
func (Store) Overs(_ context.Context, tx *tenancy.Tx, retainerIDs []string, numbers []int) ([]retainers.Period, error) {
	return periods(tx, `WHERE (p.retainer_id, p.number) IN (SELECT DISTINCT * FROM unnest(string_to_array(?, ',')::uuid[], string_to_array(?, ',')::int[])) AND p.overage <> 0`,
		strings.Join(retainerIDs, ","), joined(numbers))
}

// PeriodOfFee finds the period whose fee an invoice bills, if any.
func (Store) PeriodOfFee(_ context.Context, tx *tenancy.Tx, invoiceID string) (*retainers.Period, error) {
	got, err := periods(tx, `WHERE p.fee_invoice_id = ?`, invoiceID)
	if err != nil || len(got) == 0 {
		return nil, err
	}
	return &got[0], nil
}

// Fees returns the periods with a fee that begin on these days.
func (Store) Fees(_ context.Context, tx *tenancy.Tx, clientIDs []string, days day.Range) ([]retainers.DueFee, error) {
	query, args := `SELECT p.id, r.client_id, p.fee_invoice_id, p.fee_minor, r.currency`+fromPeriods+`WHERE p.from_on BETWEEN ? AND ? AND p.fee_minor > 0`, []any{days.From, days.To}
	if len(clientIDs) > 0 {
		query, args = query+` AND r.client_id IN ?`, append(args, clientIDs)
	}
	var rows []struct {
		ID, ClientID, Currency string
		FeeInvoiceID           *string
		FeeMinor               int64
	}
	err := tx.Gorm().Raw(query+` ORDER BY p.from_on, p.id`, args...).Scan(&rows).Error
	out := make([]retainers.DueFee, len(rows))
	for n, r := range rows {
		out[n] = retainers.DueFee{PeriodID: r.ID, ClientID: r.ClientID, InvoiceID: pg.Text(r.FeeInvoiceID), Fee: money.Of(r.FeeMinor, strings.TrimSpace(r.Currency))}
	}
	return out, err
}
