package invoicing

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// StatementSending is one mail with a client's statement.
type StatementSending struct {
	ID        string
	ClientID  string
	From, To  day.Date
	Receivers []Recipient
	Subject   string
	Message   string
	By        string // the member; empty: it went by itself
	Bulk      bool   // with those of other clients
	Hash      string // of the PDF that was kept for it
	QueuedAt  time.Time
	SentAt    *time.Time
	Failure   Failure
}

// maxStatementSends is how many mails of a client are told of.
const maxStatementSends = 50

// StatementLetter proposes the mail of a client's statement.
func (s *Service) StatementLetter(ctx context.Context, clientID string, from, to day.Date) (l Letter, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		st, err := s.statement(ctx, tx, clientID, from, to, "query")
		if err != nil {
			return err
		}
		receivers, err := s.receivers(ctx, tx, clientID)
		l.To = addresses(receivers)
		l.Subject, l.Message = st.letter()
		return err
	})
	return l, err
}

// letter writes the mail in the language of the statement.
func (st Statement) letter() (subject, message string) {
	w, words := WordsIn(st.Language), StatementWordsIn(st.Language)
	var open, late []string
	for _, of := range st.Currencies {
		if !of.Open.IsZero() {
			open = append(open, money.Format(of.Open, st.Locale))
			late = append(late, money.Format(of.Open.Sub(of.Buckets[0]), st.Locale))
		}
	}
	message = words.Letter
	if len(open) == 0 {
		message = words.NothingOpen
	}
	values := []string{
		"buyer", st.ClientName, "seller", st.Seller, "from", w.Day(st.From), "to", w.Day(st.To),
		"open", strings.Join(open, " + "), "late", strings.Join(late, " + "),
	}
	return Fill(words.Subject, slices.Clone(values)...), Fill(message, slices.Clone(values)...)
}

// SendStatement mails a client's statement of days. The mail itself is a job, which is queued exactly when this succeeds. Its PDF is
// drawn and kept now: it holds the sums that the letter names, whatever is booked before the mail goes.
func (s *Service) SendStatement(ctx context.Context, clientID string, from, to day.Date, l Letter) (out StatementSending, err error) {
	var st Statement
	var receivers []Recipient
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		if _, err := s.clientOf(ctx, tx, clientID); err != nil {
			return err
		}
		if st, err = s.statement(ctx, tx, clientID, from, to, "body"); err != nil {
			return err
		}
		receivers, err = s.recipients(ctx, tx, clientID, l.To, "body.recipients")
		return err
	})
	if err != nil {
		return out, err
	}
	hash, err := s.keepStatement(ctx, st)
	if err != nil {
		return out, err
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.sendStatement(ctx, tx, st, hash, receivers, l, false)
		return err
	})
	return out, err
}

// keepStatement draws a statement, keeps it, and returns the hash by which it is found.
func (s *Service) keepStatement(ctx context.Context, st Statement) (hash string, err error) {
	pdf, err := s.statementPDF(st)
	if err != nil {
		return "", err
	}
	hash = hashOf(pdf.Bytes)
	key, err := statementKey(ctx, hash)
	if err != nil {
		return "", err
	}
	return hash, s.put(ctx, key, pdfType, pdf.Bytes)
}

// keptStatement is the PDF that was kept, or one of now where none was.
func (s *Service) keptStatement(ctx context.Context, st Statement, hash string) (PDF, error) {
	if hash == "" {
		return s.statementPDF(st)
	}
	key, err := statementKey(ctx, hash)
	if err != nil {
		return PDF{}, err
	}
	raw, err := s.readKept(ctx, key, hash)
	return PDF{Name: st.fileName(), Bytes: raw}, err
}

func statementKey(ctx context.Context, hash string) (string, error) {
	return keptKey(ctx, "statements", hash, ".pdf")
}

func (s *Service) sendStatement(ctx context.Context, tx *tenancy.Tx, st Statement, hash string, receivers []Recipient, l Letter, bulk bool) (StatementSending, error) {
	subject, message := st.letter()
	out := StatementSending{
		ID: s.d.NewID(), ClientID: st.ClientID, From: st.From, To: st.To, Receivers: receivers, By: sender(ctx), Hash: hash, QueuedAt: s.d.Now(),
		Subject: cmp.Or(l.Subject, subject), Message: cmp.Or(l.Message, message), Bulk: bulk,
	}
	if added, err := s.d.Store.AddStatementSend(ctx, tx, out); err != nil {
		return out, err
	} else if !added {
		return out, ErrStatementMailed
	}
	if err := s.d.Queue.Enqueue(ctx, tx, mailStatement{SendingID: out.ID, Hash: hash}); err != nil {
		return out, err
	}
	if err := audit.Record(ctx, tx, audit.Change{Action: "invoicing.statement_sent", Entity: "statement", EntityID: st.ClientID, After: out}); err != nil {
		return out, err
	}
	return out, s.d.Events.Publish(ctx, tx, StatementSent{SendingID: out.ID, ClientID: st.ClientID, Label: statementLabel(st.To, st.ClientName)})
}

// statementLabel names a statement for people.
func statementLabel(to day.Date, clientName string) string {
	return StatementWordsIn(English).Statement + " " + WordsIn(English).Day(to) + " · " + clientName
}

// StatementSendings lists the mails with a client's statement, the latest first.
func (s *Service) StatementSendings(ctx context.Context, clientID string) (all []StatementSending, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if _, err := s.d.Clients.ClientTx(ctx, tx, clientID); err != nil {
			return err
		}
		all, err = s.d.Store.StatementSends(ctx, tx, clientID, maxStatementSends)
		return err
	})
	return all, err
}

// mailStatement is the job that mails a statement.
type mailStatement struct {
	SendingID string `json:"sending_id"`
	Hash      string `json:"hash,omitempty"` // of the kept PDF; empty in jobs of before it was kept
}

// Kind names the job.
func (mailStatement) Kind() string { return "invoicing.mail_statement" }

// Tries says how often it is tried.
func (mailStatement) Tries() int { return job.TwoDays }

// mailStatement may run twice, as sendMail may.
func (s *Service) mailStatement(ctx context.Context, j mailStatement) error {
	var out StatementSending
	var st Statement
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		if out, err = s.d.Store.StatementSend(ctx, tx, j.SendingID); err != nil || out.SentAt != nil {
			return err
		}
		st, err = s.statement(ctx, tx, out.ClientID, out.From, out.To, "body")
		return err
	})
	if err != nil || out.SentAt != nil {
		return err
	}
	pdf, err := s.keptStatement(ctx, st, j.Hash)
	if err != nil {
		return err
	}
	err = s.d.Mailer.Send(ctx, Mail{
		Key: out.ID, To: out.Receivers, FromName: st.Seller, ReplyTo: st.ReplyTo, Subject: out.Subject, Text: out.Message,
		Files: []File{{Name: pdf.Name, ContentType: "application/pdf", Bytes: pdf.Bytes}},
	})
	if err != nil {
		return err
	}
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return s.d.Store.MarkStatementSent(ctx, tx, out.ID, s.d.Now())
	})
}
