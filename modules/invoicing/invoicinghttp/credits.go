package invoicinghttp

import (
	"context"
	"net/http"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
)

func registerCredits(api *httpapi.API, h handlers) {
	op := func(id, method, path, summary string) httpapi.Op {
		return httpapi.Op{ID: "credits-" + id, Tag: "invoices", Method: method, Path: "/api/v1/invoices/{id}/credits" + path, Summary: summary, Need: invoicing.CanIssue}
	}
	list := op("list", http.MethodGet, "", "List the credit notes for an invoice, and what is left of its lines")
	list.Need = invoicing.CanRead
	httpapi.Handle(api, list, h.credits)
	httpapi.Handle(api, op("preview", http.MethodPost, "/preview", "Show a credit note before it is issued"), h.previewCredit)
	issue := op("issue", http.MethodPost, "", "Issue a credit note: take back lines of an invoice, never more than is left of them")
	issue.Status, issue.Idempotent = http.StatusCreated, true
	httpapi.Handle(api, issue, h.issueCredit)
}

// InvoiceCredits are the credit notes for an invoice, and what can still be taken back.
type InvoiceCredits struct {
	Notes []InvoiceRow     `json:"notes"`
	Lines []CreditableLine `json:"lines"`
}

// CreditableLine is a line and what is left of it to take back.
type CreditableLine struct {
	LineID      string      `json:"line_id"`
	Description string      `json:"description"`
	Billed      money.Money `json:"billed" doc:"As printed, less the line's share of the document's discount"`
	Left        money.Money `json:"left"`
	Entries     int         `json:"entries" doc:"How many time entries the line bills"`
}

func (h handlers) credits(ctx context.Context, in *IDIn) (*struct{ Body InvoiceCredits }, error) {
	left, notes, err := h.svc.Credits(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	today, err := h.svc.Today(ctx)
	if err != nil {
		return nil, err
	}
	out := InvoiceCredits{Notes: make([]InvoiceRow, len(notes)), Lines: make([]CreditableLine, len(left))}
	for n, r := range notes {
		out.Notes[n] = row(r, today)
	}
	for n, c := range left {
		out.Lines[n] = CreditableLine{c.Line.ID, c.Line.Description, c.Line.Amount.Sub(c.Line.Share), c.Left, c.Line.Entries()}
	}
	return &struct{ Body InvoiceCredits }{out}, nil
}

// CreditLine says how much of a line is taken back.
type CreditLine struct {
	LineID string       `json:"line_id" format:"uuid"`
	Amount *money.Money `json:"amount,omitempty" doc:"Net, or gross where prices include tax; all that is left when left out"`
}

// NewCreditNote says what is taken back of an invoice.
type NewCreditNote struct {
	Lines   []CreditLine `json:"lines,omitempty" maxItems:"500" doc:"All that is left of every line when left out"`
	Reason  string       `json:"reason,omitempty" maxLength:"500" doc:"Printed on the credit note"`
	Time    string       `json:"time,omitempty" enum:"release,keep" doc:"Needed when lines with time are taken back as a whole: it becomes unbilled, or stays billed"`
	IssueOn *day.Date    `json:"issue_on,omitempty" doc:"Today when left out"`
	Reissue bool         `json:"reissue,omitempty" doc:"Also make a draft with the same lines, which takes their time"`
}

func (b NewCreditNote) wanted() invoicing.NewCredit {
	n := invoicing.NewCredit{Reason: b.Reason, Time: invoicing.TimeFate(b.Time), Reissue: b.Reissue}
	if b.IssueOn != nil {
		n.IssueOn = *b.IssueOn
	}
	for _, l := range b.Lines {
		n.Lines = append(n.Lines, invoicing.CreditLine(l))
	}
	return n
}

type creditIn struct {
	IDIn
	Body NewCreditNote
}

func (h handlers) previewCredit(ctx context.Context, in *creditIn) (*struct{ Body InvoicePaper }, error) {
	p, err := h.svc.PreviewCredit(ctx, in.ID, in.Body.wanted())
	if err != nil {
		return nil, err
	}
	return &struct{ Body InvoicePaper }{InvoicePaper{shown(p.Document), p.NextNumber}}, nil
}

// CreditNoteIssued is a credit note, and the draft that was made with it.
type CreditNoteIssued struct {
	CreditNote InvoiceView `json:"credit_note"`
	DraftID    string      `json:"draft_id" doc:"Empty unless it was asked for"`
}

func (h handlers) issueCredit(ctx context.Context, in *creditIn) (*struct{ Body CreditNoteIssued }, error) {
	c, err := h.svc.IssueCredit(ctx, in.ID, in.Body.wanted())
	if err != nil {
		return nil, err
	}
	today, err := h.svc.Today(ctx)
	if err != nil {
		return nil, err
	}
	out := CreditNoteIssued{CreditNote: toView(c.Note, today)}
	if c.Draft != nil {
		out.DraftID = c.Draft.ID
	}
	return &struct{ Body CreditNoteIssued }{out}, nil
}
