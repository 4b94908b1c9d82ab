package invoicingdb

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/shopspring/decimal"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// isBadText tells that Postgres could not read a value, such as a cursor
// that was made up.
func isBadText(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "22P02" || e.Code == "22007" || e.Code == "22008" || e.Code == "22003")
}

type paymentRow struct {
	ID           string `gorm:"primaryKey"`
	ClientID     string
	ClientName   string
	Currency     string
	AmountMinor  int64
	ReceivedOn   day.Date
	Method       string
	Reference    string
	Note         string
	CreditNoteID *string
	ProviderRef  *string
	BaseCurrency *string
	Rate         *decimal.Decimal

	RateDirection string
	RateOn        day.Date
	RateSource    string

	VoidedAt   *time.Time
	VoidReason string
	CreatedBy  string
	CreatedAt  time.Time `gorm:"autoCreateTime:false"`
}

func (paymentRow) TableName() string { return "payments" }

func (r paymentRow) payment() invoicing.Payment {
	p := invoicing.Payment{
		ID: r.ID, ClientID: r.ClientID, ClientName: r.ClientName, Amount: money.Of(r.AmountMinor, r.Currency), ReceivedOn: r.ReceivedOn,
		Method: r.Method, Reference: r.Reference, Note: r.Note, VoidedAt: r.VoidedAt, VoidWhy: r.VoidReason, CreatedBy: r.CreatedBy, CreatedAt: r.CreatedAt,
	}
	p.Rate = rateOf(r.Currency, r.BaseCurrency, r.Rate, r.RateDirection, r.RateOn, r.RateSource)
	if r.CreditNoteID != nil {
		p.CreditNoteID = *r.CreditNoteID
	}
	if r.ProviderRef != nil {
		p.ProviderRef = *r.ProviderRef
	}
	return p
}

// AddPayment inserts a payment.
func (Store) AddPayment(_ context.Context, tx *tenancy.Tx, p invoicing.Payment) error {
	r := paymentRow{
		ID: p.ID, ClientID: p.ClientID, ClientName: p.ClientName, Currency: p.Amount.Currency, AmountMinor: p.Amount.Minor, ReceivedOn: p.ReceivedOn,
		Method: p.Method, Reference: p.Reference, Note: p.Note, CreatedBy: p.CreatedBy, CreatedAt: p.CreatedAt,
	}
	if p.Rate != nil {
		r.BaseCurrency, r.Rate, r.RateDirection, r.RateOn, r.RateSource = &p.Rate.Base, &p.Rate.Value, string(p.Rate.Direction), p.Rate.On, p.Rate.Source
	}
	if p.CreditNoteID != "" {
		r.CreditNoteID = &p.CreditNoteID
	}
	if p.ProviderRef != "" {
		r.ProviderRef = &p.ProviderRef
	}
	err := tx.Gorm().Create(&r).Error
	if pg.Violates(err, "payments_provider_ref_key") {
		return invoicing.ErrReceived.Because(err)
	}
	return err
}

// CurrenciesOf tells in which currencies documents are.
func (Store) CurrenciesOf(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]string, error) {
	rows, err := tx.PGX().Query(ctx, `SELECT id::text, currency FROM invoices WHERE id = ANY($1::uuid[])`, ids)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	var id, currency string
	_, err = pgx.ForEachRow(rows, []any{&id, &currency}, func() error {
		out[id] = currency
		return nil
	})
	return out, err
}

// LockedPayment reads a payment with its allocations and holds it.
func (s Store) LockedPayment(ctx context.Context, tx *tenancy.Tx, id string) (invoicing.Payment, error) {
	var r paymentRow
	err := tx.Gorm().Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", id).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return invoicing.Payment{}, invoicing.ErrPaymentNotFound
	}
	if err != nil {
		return invoicing.Payment{}, err
	}
	all := []invoicing.Payment{r.payment()}
	err = s.allocate(ctx, tx, all)
	return all[0], err
}

// Payments reads one page and one row more, with the allocations of all of them.
func (s Store) Payments(ctx context.Context, tx *tenancy.Tx, f invoicing.PaymentFilter) ([]invoicing.Payment, error) {
	db := tx.Gorm().Order("received_on DESC, id DESC").Limit(f.Page.Size() + 1)
	if f.ClientID != "" {
		db = db.Where("client_id = ?", f.ClientID)
	}
	if f.InvoiceID != "" {
		db = db.Where("id IN (SELECT payment_id FROM allocations WHERE invoice_id = ?)", f.InvoiceID)
	}
	if f.Unapplied {
		db = db.Where("voided_at IS NULL AND amount_minor > " + appliedMinor)
	}
	after, err := page.Decode(f.Page.Cursor, 2)
	if err != nil {
		return nil, err
	}
	if after != nil {
		db = db.Where("(received_on, id) < (?::text::date, ?::text::uuid)", after[0], after[1])
	}
	var rows []paymentRow
	if err := db.Find(&rows).Error; err != nil {
		if after != nil && isBadText(err) {
			return nil, page.ErrBadCursor.Because(err)
		}
		return nil, err
	}
	all := make([]invoicing.Payment, len(rows))
	for n, r := range rows {
		all[n] = r.payment()
	}
	return all, s.allocate(ctx, tx, all)
}

// appliedMinor is how much of a payment is on invoices or went back.
const appliedMinor = `((SELECT coalesce(sum(a.amount_minor), 0) FROM allocations a WHERE a.payment_id = payments.id AND a.undone_at IS NULL)
	+ (SELECT coalesce(sum(r.amount_minor), 0) FROM refunds r WHERE r.payment_id = payments.id AND r.undone_at IS NULL))`

// Credit adds up what is left of a client's payments, by currency.
func (Store) Credit(ctx context.Context, tx *tenancy.Tx, clientID string) ([]money.Money, error) {
	rows, err := tx.PGX().Query(ctx, `
		SELECT currency, sum(left_minor)::bigint FROM (
			SELECT currency, amount_minor - `+appliedMinor+` AS left_minor FROM payments WHERE client_id = $1 AND voided_at IS NULL
		) p WHERE left_minor > 0 GROUP BY currency ORDER BY currency`, clientID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (m money.Money, err error) {
		err = row.Scan(&m.Currency, &m.Minor)
		return m, err
	})
}

// allocate reads the allocations and refunds of all payments at once.
func (s Store) allocate(ctx context.Context, tx *tenancy.Tx, all []invoicing.Payment) error {
	at, ids := map[string]int{}, []string{}
	for n, p := range all {
		at[p.ID] = n
		ids = append(ids, p.ID)
	}
	rows, err := tx.PGX().Query(ctx, `
		SELECT a.id::text, a.payment_id::text, a.invoice_id::text, coalesce(i.number, ''), a.amount_minor, i.currency, a.applied_on, a.undone_at, a.undo_reason, a.created_at, a.gain_minor, a.gain_currency
		FROM allocations a JOIN invoices i ON i.id = a.invoice_id WHERE a.payment_id = ANY($1::uuid[]) ORDER BY a.id`, ids)
	if err != nil {
		return err
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (a invoicing.Allocation, err error) {
		var applied time.Time
		var gain money.Money
		var in *string
		err = row.Scan(&a.ID, &a.PaymentID, &a.InvoiceID, &a.InvoiceNumber, &a.Amount.Minor, &a.Amount.Currency, &applied, &a.UndoneAt, &a.UndoWhy, &a.CreatedAt, &gain.Minor, &in)
		a.AppliedOn = day.Of(applied, time.UTC)
		if in != nil {
			gain.Currency = *in
			a.Gain = &gain
		}
		return a, err
	})
	if err != nil {
		return err
	}
	for _, a := range found {
		p := &all[at[a.PaymentID]]
		p.Allocations = append(p.Allocations, a)
	}
	return s.refunds(ctx, tx, all, at, ids)
}

// AddAllocation inserts an allocation.
func (Store) AddAllocation(ctx context.Context, tx *tenancy.Tx, a invoicing.Allocation) error {
	var gain int64
	var in *string
	if a.Gain != nil {
		gain, in = a.Gain.Minor, &a.Gain.Currency
	}
	_, err := tx.PGX().Exec(ctx, `
		INSERT INTO allocations (id, payment_id, invoice_id, amount_minor, applied_on, created_at, gain_minor, gain_currency) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		a.ID, a.PaymentID, a.InvoiceID, a.Amount.Minor, a.AppliedOn, a.CreatedAt, gain, in)
	return err
}

// UndoAllocation notes that an allocation was taken back.
func (Store) UndoAllocation(ctx context.Context, tx *tenancy.Tx, a invoicing.Allocation) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE allocations SET undone_at = $2, undo_reason = $3 WHERE id = $1 AND undone_at IS NULL`, a.ID, a.UndoneAt, a.UndoWhy)
	return err
}

// VoidPayment notes that a payment was taken back.
func (Store) VoidPayment(ctx context.Context, tx *tenancy.Tx, p invoicing.Payment) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE payments SET voided_at = $2, void_reason = $3 WHERE id = $1`, p.ID, p.VoidedAt, p.VoidWhy)
	return err
}

type sendRow struct {
	ID         string `gorm:"primaryKey"`
	InvoiceID  string
	Recipients []invoicing.Recipient `gorm:"serializer:json"`
	Subject    string
	Message    string
	QueuedAt   time.Time
	SentAt     *time.Time

	WithReceipts bool
	Reminder     bool
	CreatedBy    string
	FailedAt     *time.Time
	Failure      string
}

func (sendRow) TableName() string { return "invoice_sends" }

func (r sendRow) sending() invoicing.Sending {
	return invoicing.Sending{
		ID: r.ID, InvoiceID: r.InvoiceID, To: r.Recipients, Subject: r.Subject, Message: r.Message, WithReceipts: r.WithReceipts, Reminder: r.Reminder, QueuedAt: r.QueuedAt, SentAt: r.SentAt,
		By: r.CreatedBy, Failure: invoicing.Failure{At: r.FailedAt, Why: r.Failure},
	}
}

// AddSend inserts a mail that is to be sent.
func (Store) AddSend(_ context.Context, tx *tenancy.Tx, s invoicing.Sending) error {
	return tx.Gorm().Create(&sendRow{
		ID: s.ID, InvoiceID: s.InvoiceID, Recipients: s.To, Subject: s.Subject, Message: s.Message, QueuedAt: s.QueuedAt, SentAt: s.SentAt,
		WithReceipts: s.WithReceipts, Reminder: s.Reminder, CreatedBy: s.By,
	}).Error
}

// Sending reads one mail.
func (Store) Sending(_ context.Context, tx *tenancy.Tx, id string) (invoicing.Sending, error) {
	var r sendRow
	err := tx.Gorm().Where("id = ?", id).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = invoicing.ErrNotFound.Because(err)
	}
	return r.sending(), err
}

// Sendings lists the mails of an invoice, the latest first.
func (Store) Sendings(_ context.Context, tx *tenancy.Tx, invoiceID string) ([]invoicing.Sending, error) {
	var rows []sendRow
	if err := tx.Gorm().Where("invoice_id = ?", invoiceID).Order("queued_at DESC").Find(&rows).Error; err != nil {
		return nil, err
	}
	all := make([]invoicing.Sending, len(rows))
	for n, r := range rows {
		all[n] = r.sending()
	}
	return all, nil
}

// MarkSent notes that a mail has gone out.
func (Store) MarkSent(ctx context.Context, tx *tenancy.Tx, s invoicing.Sending) error {
	if _, err := tx.PGX().Exec(ctx, `UPDATE invoice_sends SET sent_at = $2, failed_at = NULL, failure = '' WHERE id = $1 AND sent_at IS NULL`, s.ID, s.SentAt); err != nil {
		return err
	}
	_, err := tx.PGX().Exec(ctx, `UPDATE invoices SET sent_at = $2 WHERE id = $1`, s.InvoiceID, s.SentAt)
	return err
}

// MarkSendFailed notes that a mail could not be delivered.
func (Store) MarkSendFailed(ctx context.Context, tx *tenancy.Tx, s invoicing.Sending) (bool, error) {
	tag, err := tx.PGX().Exec(ctx, `UPDATE invoice_sends SET failed_at = $2, failure = $3 WHERE id = $1 AND sent_at IS NULL AND failed_at IS NULL`, s.ID, s.Failure.At, s.Failure.Why)
	return tag.RowsAffected() == 1, err
}

// QueueSendAgain forgets that a mail could not be delivered. False: it could, or is on its way.
func (Store) QueueSendAgain(ctx context.Context, tx *tenancy.Tx, id, by string, at time.Time) (bool, error) {
	tag, err := tx.PGX().Exec(ctx, `UPDATE invoice_sends SET failed_at = NULL, failure = '', queued_at = $2, created_by = $3 WHERE id = $1 AND failed_at IS NOT NULL`, id, at, by)
	return tag.RowsAffected() == 1, err
}
