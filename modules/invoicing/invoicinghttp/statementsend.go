package invoicinghttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/invoicing"
)

func registerStatements(api *httpapi.API, h handlers) {
	op := func(id, method, path, summary string) httpapi.Op {
		return httpapi.Op{ID: "invoices-statement" + id, Tag: "invoices", Method: method, Path: "/api/v1/invoices/statement" + path, Summary: summary, Need: invoicing.CanRead}
	}
	httpapi.Handle(api, op("", http.MethodGet, "", "What a client was billed, paid and owes at the end of a day, with ageing"), h.statement)
	httpapi.Handle(api, op("-pdf", http.MethodGet, "/pdf", "The same as PDF"), h.statementPDF)
	httpapi.Handle(api, op("-letter", http.MethodGet, "/letter", "Propose the mail of a client's statement"), h.statementLetter)
	httpapi.Handle(api, op("-sendings", http.MethodGet, "/sendings", "List the latest mails with a client's statement"), h.statementSendings)
	send := op("-send", http.MethodPost, "/send", "Mail a client's statement with its PDF")
	send.Need, send.Status, send.Idempotent = invoicing.CanIssue, http.StatusAccepted, true
	httpapi.Handle(api, send, h.sendStatement)
}

// StatementLetter is the mail that carries a statement.
type StatementLetter struct {
	Recipients []string `json:"recipients,omitempty" maxItems:"20" doc:"The client's contacts for invoices when left out"`
	Subject    string   `json:"subject,omitempty" maxLength:"200"`
	Message    string   `json:"message,omitempty" maxLength:"10000"`
}

func (h handlers) statementLetter(ctx context.Context, in *StatementIn) (*struct{ Body StatementLetter }, error) {
	l, err := h.svc.StatementLetter(ctx, in.ClientID, in.From, in.To)
	if err != nil {
		return nil, err
	}
	return &struct{ Body StatementLetter }{StatementLetter{l.To, l.Subject, l.Message}}, nil
}

// StatementToSend says whose statement of which days is mailed, to whom and with which words.
type StatementToSend struct {
	StatementLetter

	ClientID string    `json:"client_id" format:"uuid"`
	From     *day.Date `json:"from,omitempty" doc:"Three months before the end when left out"`
	To       *day.Date `json:"to,omitempty" doc:"Today when left out"`
}

// StatementMail is one mail with a statement.
type StatementMail struct {
	ID         string     `json:"id"`
	Recipients []string   `json:"recipients"`
	Subject    string     `json:"subject"`
	From       day.Date   `json:"from"`
	To         day.Date   `json:"to"`
	QueuedAt   time.Time  `json:"queued_at"`
	SentAt     *time.Time `json:"sent_at" doc:"Null while it is under way, and where it could not be delivered"`
	FailedAt   *time.Time `json:"failed_at" doc:"When it was given up: it could not be delivered"`
	Failure    string     `json:"failure" doc:"What the mail server answered then"`
}

// StatementMails are the latest mails with a client's statement.
type StatementMails struct {
	Items []StatementMail `json:"items"`
}

func statementMailView(s invoicing.StatementSending) StatementMail {
	v := StatementMail{ID: s.ID, Recipients: make([]string, len(s.Receivers)), Subject: s.Subject, From: s.From, To: s.To, QueuedAt: s.QueuedAt, SentAt: s.SentAt, FailedAt: s.Failure.At, Failure: s.Failure.Why}
	for n, r := range s.Receivers {
		v.Recipients[n] = r.Email
	}
	return v
}

func (h handlers) sendStatement(ctx context.Context, in *struct{ Body StatementToSend }) (*struct{ Body StatementMail }, error) {
	b := in.Body
	var from, to day.Date
	if b.From != nil {
		from = *b.From
	}
	if b.To != nil {
		to = *b.To
	}
	s, err := h.svc.SendStatement(ctx, b.ClientID, from, to, invoicing.Letter{To: b.Recipients, Subject: b.Subject, Message: b.Message})
	if err != nil {
		return nil, err
	}
	return &struct{ Body StatementMail }{statementMailView(s)}, nil
}

func (h handlers) statementSendings(ctx context.Context, in *struct {
	ClientID string `query:"client_id" format:"uuid" required:"true"`
},
) (*struct{ Body StatementMails }, error) {
	all, err := h.svc.StatementSendings(ctx, in.ClientID)
	if err != nil {
		return nil, err
	}
	out := StatementMails{Items: make([]StatementMail, len(all))}
	for n, s := range all {
		out.Items[n] = statementMailView(s)
	}
	return &struct{ Body StatementMails }{out}, nil
}
