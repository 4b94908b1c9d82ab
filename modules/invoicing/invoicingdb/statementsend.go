package invoicingdb

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"

	"github.com/bureauhq/bureau/app/kit/day"
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
	QueuedAt   time.Time
	SentAt     *time.Time
}

func (statementSendRow) TableName() string { return "statement_sends" }

func (r statementSendRow) sending() invoicing.StatementSending {
	return invoicing.StatementSending{
		ID: r.ID, ClientID: r.ClientID, From: day.Of(r.FromOn, time.UTC), To: day.Of(r.ToOn, time.UTC), Receivers: r.Recipients,
		Subject: r.Subject, Message: r.Message, By: r.CreatedBy, QueuedAt: r.QueuedAt, SentAt: r.SentAt,
	}
}

// AddStatementSend inserts a mail that is to be sent.
func (Store) AddStatementSend(_ context.Context, tx *tenancy.Tx, s invoicing.StatementSending) error {
	return tx.Gorm().Create(&statementSendRow{
		ID: s.ID, ClientID: s.ClientID, FromOn: s.From.In(time.UTC), ToOn: s.To.In(time.UTC), Recipients: s.Receivers,
		Subject: s.Subject, Message: s.Message, CreatedBy: s.By, QueuedAt: s.QueuedAt, SentAt: s.SentAt,
	}).Error
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
	_, err := tx.PGX().Exec(ctx, `UPDATE statement_sends SET sent_at = $2 WHERE id = $1 AND sent_at IS NULL`, id, at)
	return err
}
