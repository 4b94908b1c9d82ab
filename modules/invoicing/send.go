package invoicing

import (
	"context"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrNoRecipients refuses a mail to nobody.
var (
	ErrNoRecipients = fault.Define(fault.Invalid, "invoicing.no_recipients", "The client has no contact for invoices. Name at least one address.")
	ErrBadRecipient = fault.Define(fault.Invalid, "invoicing.bad_recipient", "This is not an e-mail address.")
)

// Sending is one mail with an invoice.
type Sending struct {
	ID        string
	InvoiceID string
	To        []Recipient
	Subject   string
	Message   string
	// WithReceipts sends the receipts of the expenses on the invoice along.
	WithReceipts bool
	Reminder     bool   // one of the ladder
	By           string // the member; empty: it went by itself
	QueuedAt     time.Time
	SentAt       *time.Time
	Failure      Failure
}

// Letter is what goes into a mail; empty parts are filled from the invoice.
type Letter struct {
	To      []string
	Subject string
	Message string
	// WithReceipts sends the receipts of the expenses on the invoice along.
	WithReceipts bool
}

// Letter proposes the mail of an invoice.
func (s *Service) Letter(ctx context.Context, id string) (l Letter, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err := s.d.Store.Invoice(ctx, tx, id)
		if err != nil {
			return err
		}
		to, err := s.receivers(ctx, tx, i.ClientID)
		if err != nil {
			return err
		}
		l.To = addresses(to)
		l.Subject, l.Message, err = s.letter(ctx, tx, i)
		return err
	})
	return l, err
}

func addresses(to []Recipient) (all []string) {
	for _, r := range to {
		all = append(all, r.Email)
	}
	return all
}

// letter is letterOf with the way to pay on line, if there is one.
func (s *Service) letter(ctx context.Context, tx *tenancy.Tx, i Invoice) (subject, message string, err error) {
	subject, message = letterOf(i)
	message, err = s.withPayLink(ctx, tx, i, message)
	return subject, message, err
}

// withPayLink ends a letter with where what is open is paid. Who follows it has to sign in.
func (s *Service) withPayLink(ctx context.Context, tx *tenancy.Tx, i Invoice, message string) (string, error) {
	if s.d.PayLinks == nil || i.Document == nil || i.Kind == CreditNote || i.Balance().Sign() <= 0 {
		return message, nil
	}
	url, err := s.d.PayLinks.PayLinkTx(ctx, tx, i)
	if err != nil || url == "" {
		return message, err
	}
	return strings.TrimRight(message, "\n") + "\n\n" + Fill(WordsIn(i.Document.Language).PayOnLine, "url", url) + "\n", nil
}

func letterOf(i Invoice) (subject, message string) {
	if i.Document == nil {
		return "", ""
	}
	d := i.Document
	w := WordsIn(d.Language)
	subject, message = w.InvoiceSubject, w.InvoiceLetter
	if i.Kind == CreditNote {
		subject, message = w.CreditSubject, w.CreditLetter
	}
	values := []string{
		"number", i.Number, "seller", d.Seller.Name, "buyer", d.Buyer.Name, "total", money.Format(i.Total, d.Locale), "due", w.Day(d.DueOn), "of", d.CreditsNumber,
	}
	return Fill(subject, slices.Clone(values)...), Fill(message, slices.Clone(values)...)
}

// Send mails an issued invoice. The mail itself is a job, so a slow mail server
// delays nobody; it is queued exactly when this succeeds.
func (s *Service) Send(ctx context.Context, id string, l Letter) (out Sending, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.sendTx(ctx, tx, id, l)
		return err
	})
	return out, err
}

func (s *Service) sendTx(ctx context.Context, tx *tenancy.Tx, id string, l Letter) (Sending, error) {
	i, err := s.d.Store.LockedInvoice(ctx, tx, id)
	if err != nil {
		return Sending{}, err
	}
	if i.State != Issued {
		return Sending{}, ErrNotIssued
	}
	out := Sending{ID: s.d.NewID(), InvoiceID: id, Subject: l.Subject, Message: l.Message, WithReceipts: l.WithReceipts, By: sender(ctx), QueuedAt: s.d.Now()}
	if out.To, err = s.recipients(ctx, tx, i.ClientID, l.To, "body.to"); err != nil {
		return out, err
	}
	subject, message, err := s.letter(ctx, tx, i)
	if err != nil {
		return out, err
	}
	if out.Subject == "" {
		out.Subject = subject
	}
	if out.Message == "" {
		out.Message = message
	}
	if _, err := s.receipts(ctx, tx, out); err != nil {
		return out, err
	}
	if err := s.d.Store.AddSend(ctx, tx, out); err != nil {
		return out, err
	}
	if err := s.d.Queue.Enqueue(ctx, tx, sendMail{out.ID}); err != nil {
		return out, err
	}
	if err := audit.Record(ctx, tx, audit.Change{Action: "invoicing.invoice_sent", Entity: "invoice", EntityID: id, After: out}); err != nil {
		return out, err
	}
	return out, s.d.Events.Publish(ctx, tx, InvoiceSent{factOf(i)})
}

// receivers are who get a client's invoices.
func (s *Service) receivers(ctx context.Context, tx *tenancy.Tx, clientID string) ([]Recipient, error) {
	all, err := s.d.Clients.BillingTx(ctx, tx, []string{clientID})
	return all[clientID], err
}

// recipients are the addresses that were named in a field, or else the client's for invoices.
func (s *Service) recipients(ctx context.Context, tx *tenancy.Tx, clientID string, to []string, field string) ([]Recipient, error) {
	if len(to) == 0 {
		all, err := s.receivers(ctx, tx, clientID)
		if err == nil && len(all) == 0 {
			err = ErrNoRecipients.At(field, "needs at least one address")
		}
		return all, err
	}
	var all []Recipient
	for _, address := range to {
		parsed, err := mail.ParseAddress(strings.TrimSpace(address))
		if err != nil {
			return nil, ErrBadRecipient.At(field, fmt.Sprintf("%q is not an e-mail address", address))
		}
		all = append(all, Recipient{Name: parsed.Name, Email: parsed.Address})
	}
	return all, nil
}

// Sendings lists the mails of an invoice. ErrNotFound.
func (s *Service) Sendings(ctx context.Context, id string) (all []Sending, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if all, err = s.d.Store.Sendings(ctx, tx, id); err != nil || len(all) > 0 {
			return err
		}
		_, err = s.d.Store.Invoice(ctx, tx, id) // none of an invoice that there is not is no answer
		return err
	})
	return all, err
}

// sendMail is the job that mails an invoice.
type sendMail struct {
	SendingID string `json:"sending_id"`
}

// Kind names the job.
func (sendMail) Kind() string { return "invoicing.send_mail" }

// Tries says how often it is tried.
func (sendMail) Tries() int { return job.TwoDays }

// sendMail may run twice: what is marked as sent is not sent again, and the
// sending's id is the key by which the mail server can tell a repeat.
func (s *Service) sendMail(ctx context.Context, j sendMail) error {
	var out Sending
	var i Invoice
	var more []Attachment
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		if out, err = s.d.Store.Sending(ctx, tx, j.SendingID); err != nil {
			return err
		}
		if i, err = s.d.Store.Invoice(ctx, tx, out.InvoiceID); err != nil {
			return err
		}
		more, err = s.receipts(ctx, tx, out)
		return err
	})
	if err != nil || out.SentAt != nil {
		return err
	}
	if settled, err := s.settledBefore(ctx, out, i); err != nil || settled {
		return err
	}
	files, err := s.attached(ctx, i)
	if err != nil {
		return err
	}
	enclosed, err := s.enclosed(ctx, more)
	if err != nil {
		return err
	}
	err = s.d.Mailer.Send(ctx, Mail{
		Key: out.ID, To: out.To, FromName: i.Document.Seller.Name, ReplyTo: i.Document.Seller.Email,
		Subject: out.Subject, Text: out.Message, Files: append(files, enclosed...),
	})
	if err != nil {
		return err
	}
	now := s.d.Now()
	out.SentAt = &now
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return s.d.Store.MarkSent(ctx, tx, out)
	})
}

// RegisterJobs tells the runner which functions do this module's jobs.
func RegisterJobs(r *job.Registry, s *Service) {
	job.Handle(r, s.keepPDF)
	r.Always(keepPDF{}) // an issued invoice can be read
	job.HandleOr(r, s.sendMail, s.mailLost)
	job.HandleOr(r, s.mailStatement, s.statementLost)
	job.HandleLetter(r, s.tellUndelivered)
	job.HandleWithin(r, roundTime, s.remindRound)
	job.Handle(r, s.chargeLateFee)
}
