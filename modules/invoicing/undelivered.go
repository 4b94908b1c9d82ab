package invoicing

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/tenancy"
)

// Failure says that a mail could not be delivered: when that was final, and what the mail server answered.
type Failure struct {
	At  *time.Time
	Why string
}

// sender is whom to tell when a mail cannot be delivered.
func sender(ctx context.Context) string {
	return cmp.Or(access.From(ctx).MemberID, access.From(ctx).OnBehalfOf)
}

func (s *Service) failure(err error) Failure {
	now := s.d.Now()
	return Failure{&now, fault.From(err).Said()}
}

// mailLost notes that the mail of an invoice could not be delivered.
func (s *Service) mailLost(ctx context.Context, j sendMail, why error) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err := s.d.Store.Sending(ctx, tx, j.SendingID)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		i, err := s.d.Store.Invoice(ctx, tx, out.InvoiceID)
		if err != nil {
			return err
		}
		out.Failure = s.failure(why)
		first, err := s.d.Store.MarkSendFailed(ctx, tx, out)
		if err != nil || !first {
			return err
		}
		letter := tellUndelivered{Member: cmp.Or(out.By, i.CreatedBy), Sending: out.ID, What: "Invoice " + i.label(), To: addresses(out.To), Why: out.Failure.Why, Unsure: errors.Is(why, job.ErrCut), Path: "/invoices/" + i.ID}
		if i.Kind == CreditNote {
			letter.What = "Credit note " + i.label()
		}
		if out.Reminder {
			letter.What = "The reminder of invoice " + i.label()
		}
		return s.undelivered(ctx, tx, letter, InvoiceUndelivered{factOf(i)})
	})
}

// statementLost notes that the mail of a statement could not be delivered.
func (s *Service) statementLost(ctx context.Context, j mailStatement, why error) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err := s.d.Store.StatementSend(ctx, tx, j.SendingID)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		c, err := s.d.Clients.ClientTx(ctx, tx, out.ClientID)
		if err != nil {
			return err
		}
		out.Failure = s.failure(why)
		first, err := s.d.Store.MarkStatementFailed(ctx, tx, out)
		if err != nil || !first {
			return err
		}
		label := statementLabel(out.To, c.Name)
		letter := tellUndelivered{Member: out.By, Sending: out.ID, What: label, To: addresses(out.Receivers), Why: out.Failure.Why, Unsure: errors.Is(why, job.ErrCut), Path: "/statements/" + out.ClientID}
		return s.undelivered(ctx, tx, letter, StatementUndelivered{SendingID: out.ID, ClientID: out.ClientID, Label: label})
	})
}

// undelivered tells of it on timelines and, if somebody sent it, by a letter.
func (s *Service) undelivered(ctx context.Context, tx *tenancy.Tx, l tellUndelivered, e event.Event) error {
	if l.Member != "" {
		if err := s.d.Queue.Enqueue(ctx, tx, l); err != nil {
			return err
		}
	}
	return s.d.Events.Publish(ctx, tx, e)
}

// tellUndelivered writes to who sent a mail that it could not be delivered.
type tellUndelivered struct {
	Member  string   `json:"member"`
	Sending string   `json:"sending"`
	What    string   `json:"what"`
	To      []string `json:"to"`
	Why     string   `json:"why"`
	Unsure  bool     `json:"unsure,omitempty"` // it may have arrived
	Path    string   `json:"path"`
}

// Kind names the job.
func (tellUndelivered) Kind() string { return "invoicing.tell_undelivered" }

// Tries says how often it is tried, and Addressee whom it goes to.
func (tellUndelivered) Tries() int          { return job.TwoDays }
func (j tellUndelivered) Addressee() string { return j.Member }

func (s *Service) tellUndelivered(ctx context.Context, j tellUndelivered) error {
	subject, said := j.What+" could not be delivered", []string{fmt.Sprintf("The mail to %s could not be delivered. %s", strings.Join(j.To, ", "), j.Why), "Correct the address, or send it again."}
	if j.Unsure {
		subject, said = j.What+" may not have arrived", []string{fmt.Sprintf("The mail to %s may not have arrived. %s", strings.Join(j.To, ", "), j.Why), "Ask whether it is there, or send it again."}
	}
	return s.d.Notices.Tell(ctx, projects.Notice{Key: "undelivered-" + j.Sending + "-" + j.Member, MemberID: j.Member, Subject: subject, Paragraphs: said, Action: "Look at it", Path: j.Path})
}

// SendAgain mails once more what could not be delivered, an invoice or a statement: the same letter to the same people. What was
// delivered, or is on its way, stays as it is. ErrNotFound.
func (s *Service) SendAgain(ctx context.Context, sendingID string) (Sending, error) {
	out, err := s.sendInvoiceAgain(ctx, sendingID)
	if !errors.Is(err, ErrNotFound) {
		return out, err
	}
	of, err := s.sendStatementAgain(ctx, sendingID)
	return Sending{ID: of.ID, To: of.Receivers, Subject: of.Subject, Message: of.Message, By: of.By, QueuedAt: of.QueuedAt, SentAt: of.SentAt, Failure: of.Failure}, err
}

func (s *Service) sendInvoiceAgain(ctx context.Context, sendingID string) (out Sending, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		queued, err := s.d.Store.QueueSendAgain(ctx, tx, sendingID, sender(ctx), s.d.Now())
		if err != nil {
			return err
		}
		if out, err = s.d.Store.Sending(ctx, tx, sendingID); err != nil || !queued {
			return err
		}
		i, err := s.d.Store.Invoice(ctx, tx, out.InvoiceID)
		if err != nil {
			return err
		}
		if i.State != Issued {
			return ErrNotIssued
		}
		if err := s.d.Queue.Enqueue(ctx, tx, sendMail{out.ID}); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "invoicing.invoice_sent", Entity: "invoice", EntityID: i.ID, After: out}); err != nil {
			return err
		}
		return s.d.Events.Publish(ctx, tx, InvoiceSent{factOf(i)})
	})
	return out, err
}

// sendStatementAgain sends the PDF that was kept for it.
func (s *Service) sendStatementAgain(ctx context.Context, sendingID string) (out StatementSending, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		queued, err := s.d.Store.QueueStatementAgain(ctx, tx, sendingID, sender(ctx), s.d.Now())
		if err != nil {
			return err
		}
		if out, err = s.d.Store.StatementSend(ctx, tx, sendingID); err != nil || !queued {
			return err
		}
		c, err := s.d.Clients.ClientTx(ctx, tx, out.ClientID)
		if err != nil {
			return err
		}
		if err := s.d.Queue.Enqueue(ctx, tx, mailStatement{SendingID: out.ID, Hash: out.Hash}); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "invoicing.statement_sent", Entity: "statement", EntityID: out.ClientID, After: out}); err != nil {
			return err
		}
		return s.d.Events.Publish(ctx, tx, StatementSent{SendingID: out.ID, ClientID: out.ClientID, Label: statementLabel(out.To, c.Name)})
	})
	return out, err
}
