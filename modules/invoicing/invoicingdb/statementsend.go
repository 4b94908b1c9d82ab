package invoicingdb

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

type statementSendRow struct {
	ID         string `gorm:"primaryKey"`
	ClientID   string
	FromOn     time.Time
	ToOn       time.Time
	Recipients []invoicing.Recipient `gorm:"serializer:json"`
	Subject    string
	Message    string
	CreatedBy  string
	Bulk       bool
	QueuedAt   time.Time
	SentAt     *time.Time
	PDFHash    string
	FailedAt   *time.Time
	Failure    string
}

func (statementSendRow) TableName() string { return "statement_sends" }

func (r statementSendRow) sending() invoicing.StatementSending {
	return invoicing.StatementSending{
		ID: r.ID, ClientID: r.ClientID, From: day.Of(r.FromOn, time.UTC), To: day.Of(r.ToOn, time.UTC), Receivers: r.Recipients,
		Subject: r.Subject, Message: r.Message, By: r.CreatedBy, Bulk: r.Bulk, QueuedAt: r.QueuedAt, SentAt: r.SentAt,
		Hash: r.PDFHash, Failure: invoicing.Failure{At: r.FailedAt, Why: r.Failure},
	}
}

// AddStatementSend inserts a mail that is to be sent. False: another in bulk was faster.
func (Store) AddStatementSend(_ context.Context, tx *tenancy.Tx, s invoicing.StatementSending) (bool, error) {
	did := tx.Gorm().Clauses(clause.OnConflict{DoNothing: true}).Create(&statementSendRow{
		ID: s.ID, ClientID: s.ClientID, FromOn: s.From.In(time.UTC), ToOn: s.To.In(time.UTC), Recipients: s.Receivers,
		Subject: s.Subject, Message: s.Message, CreatedBy: s.By, Bulk: s.Bulk, QueuedAt: s.QueuedAt, SentAt: s.SentAt, PDFHash: s.Hash,
	})
	return did.RowsAffected == 1, did.Error
}

// StatementSend reads one mail.
func (Store) StatementSend(_ context.Context, tx *tenancy.Tx, id string) (invoicing.StatementSending, error) {
	var r statementSendRow
	err := tx.Gorm().Where("id = ?", id).Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = invoicing.ErrNotFound.Because(err)
	}
	return r.sending(), err
}

// StatementSendsByIDs finds mails.
func (Store) StatementSendsByIDs(_ context.Context, tx *tenancy.Tx, ids []string) (map[string]invoicing.StatementSending, error) {
	out := make(map[string]invoicing.StatementSending, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	var rows []statementSendRow
	err := tx.Gorm().Where("id IN ?", ids).Find(&rows).Error
	for _, r := range rows {
		out[r.ID] = r.sending()
	}
	return out, err
}

// StatementMailed tells which clients a statement to a day was mailed to.
func (Store) StatementMailed(_ context.Context, tx *tenancy.Tx, to day.Date, clientIDs []string) (map[string]bool, error) {
	q := tx.Gorm().Model(&statementSendRow{}).Where("to_on = ? AND failed_at IS NULL", to)
	if len(clientIDs) > 0 {
		q = q.Where("client_id IN ?", clientIDs)
	}
	var ids []string
	err := q.Distinct().Pluck("client_id", &ids).Error
	out := make(map[string]bool, len(ids))
	for _, id := range ids {
		out[id] = true
	}
	return out, err
}

// StatementSends lists the latest mails of a client.
func (Store) StatementSends(_ context.Context, tx *tenancy.Tx, clientID string, limit int) ([]invoicing.StatementSending, error) {
	var rows []statementSendRow
	if err := tx.Gorm().Where("client_id = ?", clientID).Order("queued_at DESC").Limit(limit).Find(&rows).Error; err != nil {
		return nil, err
	}
	all := make([]invoicing.StatementSending, len(rows))
	for n, r := range rows {
		all[n] = r.sending()
	}
	return all, nil
}

// MarkStatementSent notes that a mail has gone out.
func (Store) MarkStatementSent(ctx context.Context, tx *tenancy.Tx, id string, at time.Time) error {
	_, err := tx.PGX().Exec(ctx, `UPDATE statement_sends SET sent_at = $2, failed_at = NULL, failure = '' WHERE id = $1 AND sent_at IS NULL`, id, at)
	return err
}

// MarkStatementFailed notes that a mail could not be delivered.
func (Store) MarkStatementFailed(ctx context.Context, tx *tenancy.Tx, s invoicing.StatementSending) (bool, error) {
	tag, err := tx.PGX().Exec(ctx, `UPDATE statement_sends SET failed_at = $2, failure = $3 WHERE id = $1 AND sent_at IS NULL AND failed_at IS NULL`, s.ID, s.Failure.At, s.Failure.Why)
	return tag.RowsAffected() == 1, err
}

// QueueStatementAgain forgets that a mail could not be delivered. False: it could, or is on its way. ErrStatementMailed.
func (Store) QueueStatementAgain(ctx context.Context, tx *tenancy.Tx, id, by string, at time.Time) (bool, error) {
	tag, err := tx.PGX().Exec(ctx, `UPDATE statement_sends SET failed_at = NULL, failure = '', queued_at = $2, created_by = $3 WHERE id = $1 AND failed_at IS NOT NULL`, id, at, by)
	if pg.Violates(err, "statement_sends_day_key") {
		err = invoicing.ErrStatementMailed.Because(err)
	}
	return tag.RowsAffected() == 1, err
}
