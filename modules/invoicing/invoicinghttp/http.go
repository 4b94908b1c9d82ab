// Package invoicinghttp declares the operations of invoicing.
package invoicinghttp

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
)

type handlers struct{ svc *invoicing.Service }

func itoa(n int) string { return strconv.Itoa(n) }

// parseDecimal reads a plain decimal: no exponent, which could be huge.
func parseDecimal(s string) (decimal.Decimal, bool) {
	s = strings.TrimSpace(s)
	if s == "" || len(s) > 24 || strings.ContainsAny(s, "eE") {
		return decimal.Zero, false
	}
	d, err := decimal.NewFromString(s)
	return d, err == nil
}

// Register declares the operations. Fixed paths come before those with an id.
func Register(api *httpapi.API, svc *invoicing.Service) {
	h := handlers{svc}
	op := func(id, method, path, summary string) httpapi.Op {
		o := httpapi.Op{ID: "invoices-" + id, Tag: "invoices", Method: method, Path: "/api/v1/invoices" + path, Summary: summary, Need: invoicing.CanWrite}
		if method == http.MethodGet {
			o.Need = invoicing.CanRead
		}
		return o
	}
	httpapi.Handle(api, op("list", http.MethodGet, "", "Find invoices"), h.list)
	httpapi.Handle(api, op("overview", http.MethodGet, "/overview", "Count invoices and add up what is open"), h.overview)
	create := op("create", http.MethodPost, "", "Make a draft")
	create.Status, create.Idempotent = http.StatusCreated, true
	httpapi.Handle(api, create, h.create)
	fromTime := op("create-from-time", http.MethodPost, "/from-time", "Make a draft from approved, unbilled time")
	fromTime.Status, fromTime.Idempotent = http.StatusCreated, true
	httpapi.Handle(api, fromTime, h.fromTime)
	httpapi.Handle(api, op("preview-from-time", http.MethodPost, "/from-time/preview", "Show what a draft from time would be"), h.previewFromTime)
	httpapi.Handle(api, op("figure", http.MethodPost, "/figure", "Calculate lines without saving them"), h.figure)
	httpapi.Handle(api, op("find", http.MethodGet, "/{id}", "Read an invoice"), h.find)
	httpapi.Handle(api, op("change", http.MethodPatch, "/{id}", "Change a draft"), h.change)
	remove := op("delete", http.MethodDelete, "/{id}", "Throw a draft away; its time becomes unbilled")
	remove.Status = http.StatusNoContent
	httpapi.Handle(api, remove, h.remove)
	httpapi.Handle(api, op("preview", http.MethodGet, "/{id}/preview", "Show the document, as it is issued or would be"), h.preview)
	httpapi.Handle(api, op("pdf", http.MethodGet, "/{id}/pdf", "Read the document as PDF"), h.pdf)
	issue := op("issue", http.MethodPost, "/{id}/issue", "Give a draft its number and freeze it")
	issue.Need, issue.Idempotent = invoicing.CanIssue, true
	httpapi.Handle(api, issue, h.issue)
	httpapi.Handle(api, op("letter", http.MethodGet, "/{id}/letter", "Propose the mail of an invoice"), h.letter)
	httpapi.Handle(api, op("sendings", http.MethodGet, "/{id}/sendings", "List the mails of an invoice"), h.sendings)
	send := op("send", http.MethodPost, "/{id}/send", "Mail an issued invoice with its PDF")
	send.Need, send.Status, send.Idempotent = invoicing.CanIssue, http.StatusAccepted, true
	httpapi.Handle(api, send, h.send)
	void := op("void", http.MethodPost, "/{id}/void", "Take an issued invoice back and say what becomes of its time")
	void.Need = invoicing.CanIssue
	httpapi.Handle(api, void, h.void)
	registerPayments(api, h)
	registerSettings(api, h)
}

// IDIn is exported because huma reads embedded inputs only then.
type IDIn struct {
	ID string `path:"id" format:"uuid"`
}

type invoiceOut struct {
	ETag string `header:"ETag"`
	Body InvoiceView
}

func (h handlers) one(ctx context.Context, i invoicing.Invoice, err error) (*invoiceOut, error) {
	if err != nil {
		return nil, err
	}
	today, err := h.svc.Today(ctx)
	if err != nil {
		return nil, err
	}
	return &invoiceOut{httpapi.ETag(i.Version), toView(i, today)}, nil
}

// ListIn narrows lists and sums alike.
type ListIn struct {
	Q        string   `query:"q" maxLength:"100" doc:"In number, client and reference"`
	Status   string   `query:"status" enum:"draft,open,partly_paid,overdue,paid,void" doc:"open finds all that is not fully paid"`
	ClientID string   `query:"client_id" format:"uuid"`
	From     day.Date `query:"from" doc:"Issued on or after"`
	To       day.Date `query:"to" doc:"Issued on or before"`
}

func (in ListIn) filter() invoicing.Filter {
	return invoicing.Filter{Query: strings.TrimSpace(in.Q), Status: invoicing.Status(in.Status), ClientID: in.ClientID, From: in.From, To: in.To}
}

func (h handlers) list(ctx context.Context, in *struct {
	ListIn
	Sort string `query:"sort" enum:"-created,created,-issue_on,issue_on,due_on,-due_on,client,-client,total,-total,number,-number" default:"-created"`
	page.Query
},
) (*struct{ Body InvoiceList }, error) {
	f := in.filter()
	f.Sort, f.Page = in.Sort, in.Query
	rows, next, err := h.svc.List(ctx, f)
	if err != nil {
		return nil, err
	}
	today, err := h.svc.Today(ctx)
	if err != nil {
		return nil, err
	}
	out := InvoiceList{Items: make([]InvoiceRow, len(rows)), Next: next}
	for n, r := range rows {
		out.Items[n] = InvoiceRow{
			ID: r.ID, Number: r.Number, ClientID: r.ClientID, ClientName: r.ClientName, State: string(r.State), Status: string(r.Status(today)),
			IssueOn: opt(r.IssueOn), DueOn: opt(r.DueOn), Total: r.Total, Balance: r.Balance(), SentAt: r.SentAt, CreatedAt: r.CreatedAt,
		}
	}
	return &struct{ Body InvoiceList }{out}, nil
}

func (h handlers) overview(ctx context.Context, in *struct{ ListIn }) (*struct{ Body InvoiceOverview }, error) {
	o, err := h.svc.Overview(ctx, in.filter())
	if err != nil {
		return nil, err
	}
	out := InvoiceOverview{Counts: map[string]int{}, Totals: make([]InvoiceCurrencyTotal, len(o.Totals))}
	for s, n := range o.Counts {
		out.Counts[string(s)] = n
	}
	for n, t := range o.Totals {
		out.Totals[n] = InvoiceCurrencyTotal{t.Currency, t.Count, t.Total, t.Open, t.Overdue, t.Buckets[:]}
	}
	return &struct{ Body InvoiceOverview }{out}, nil
}

// NewInvoice is what a blank draft starts with.
type NewInvoice struct {
	ClientID string `json:"client_id" format:"uuid"`
	InvoiceStart
}

// InvoiceStart are the optional parts of a new draft.
type InvoiceStart struct {
	EntityID         string             `json:"entity_id,omitempty" format:"uuid" doc:"The default one when left out"`
	Currency         string             `json:"currency,omitempty" minLength:"3" maxLength:"3" doc:"The client's, or the entity's, when left out"`
	PricesIncludeTax *bool              `json:"prices_include_tax,omitempty" doc:"For the whole document; a line cannot differ"`
	IssueOn          *string            `json:"issue_on,omitempty" maxLength:"10"`
	DueOn            *string            `json:"due_on,omitempty" maxLength:"10"`
	SupplyOn         *string            `json:"supply_on,omitempty" maxLength:"10"`
	Reference        string             `json:"reference,omitempty" maxLength:"120"`
	Note             string             `json:"note,omitempty" maxLength:"4000"`
	Lines            []InvoiceLineInput `json:"lines,omitempty" maxItems:"500"`
}

func (h handlers) create(ctx context.Context, in *struct{ Body NewInvoice }) (*invoiceOut, error) {
	b := in.Body
	c := InvoiceChange{
		PricesIncludeTax: b.PricesIncludeTax, IssueOn: b.IssueOn, DueOn: b.DueOn, SupplyOn: b.SupplyOn,
		Reference: &b.Reference, Note: &b.Note, Lines: &b.Lines,
	}
	if err := c.apply(&invoicing.Invoice{}); err != nil {
		return nil, err
	}
	i, err := h.svc.Create(ctx, invoicing.DraftOf{
		ClientID: b.ClientID, EntityID: b.EntityID, Currency: b.Currency,
		Edit: func(i *invoicing.Invoice) {
			_ = c.apply(i) // read without a fault above
			for n := range i.Lines {
				i.Lines[n].ID = ""
			}
		},
	})
	return h.one(ctx, i, err)
}

// InvoiceFromTime says which time is billed.
type InvoiceFromTime struct {
	ClientID   string   `json:"client_id,omitempty" format:"uuid" doc:"Needed without project_ids"`
	ProjectIDs []string `json:"project_ids,omitempty" maxItems:"100"`
	EntityID   string   `json:"entity_id,omitempty" format:"uuid"`
	From       day.Date `json:"from"`
	To         day.Date `json:"to"`
	GroupBy    string   `json:"group_by,omitempty" enum:"task,person,day" default:"task"`
	TaxRateIDs []string `json:"tax_rate_ids,omitempty" maxItems:"5" doc:"The default taxes when left out"`
}

func (b InvoiceFromTime) wanted() invoicing.FromTime {
	return invoicing.FromTime{
		ClientID: b.ClientID, ProjectIDs: b.ProjectIDs, EntityID: b.EntityID, From: b.From, To: b.To,
		GroupBy: invoicing.GroupBy(b.GroupBy), TaxRateIDs: b.TaxRateIDs,
	}
}

// InvoiceFromTimeResult is a draft and the time that is not on it.
type InvoiceFromTimeResult struct {
	Invoice InvoiceView      `json:"invoice"`
	LeftOut []InvoiceLeftOut `json:"left_out" doc:"Approved time of the period that cannot be billed yet"`
}

// InvoiceLeftOut is time that cannot be billed, and why.
type InvoiceLeftOut struct {
	EntryID     string   `json:"entry_id"`
	MemberID    string   `json:"member_id"`
	ProjectName string   `json:"project_name"`
	TaskName    string   `json:"task_name"`
	Day         day.Date `json:"day"`
	Seconds     int64    `json:"seconds"`
	Reason      string   `json:"reason" enum:"no_rate,other_currency"`
}

type fromTimeOut struct {
	ETag string `header:"ETag"`
	Body InvoiceFromTimeResult
}

func (h handlers) billed(ctx context.Context, i invoicing.Invoice, out []invoicing.LeftOut, err error) (*fromTimeOut, error) {
	one, err := h.one(ctx, i, err)
	if err != nil {
		return nil, err
	}
	left := make([]InvoiceLeftOut, len(out))
	for n, e := range out {
		left[n] = InvoiceLeftOut{e.ID, e.MemberID, e.ProjectName, e.TaskName, e.Day, e.Seconds, e.Why}
	}
	return &fromTimeOut{one.ETag, InvoiceFromTimeResult{one.Body, left}}, nil
}

func (h handlers) fromTime(ctx context.Context, in *struct{ Body InvoiceFromTime }) (*fromTimeOut, error) {
	i, out, err := h.svc.CreateFromTime(ctx, in.Body.wanted())
	return h.billed(ctx, i, out, err)
}

func (h handlers) previewFromTime(ctx context.Context, in *struct{ Body InvoiceFromTime }) (*fromTimeOut, error) {
	i, out, err := h.svc.Preview(ctx, in.Body.wanted())
	return h.billed(ctx, i, out, err)
}

// InvoiceFigureInput are lines that are to be calculated.
type InvoiceFigureInput struct {
	Currency         string             `json:"currency" minLength:"3" maxLength:"3"`
	Rounding         string             `json:"rounding,omitempty" enum:"half_up,half_even" default:"half_up"`
	TaxMethod        string             `json:"tax_method,omitempty" enum:"per_line,per_rate" default:"per_rate"`
	PricesIncludeTax bool               `json:"prices_include_tax,omitempty"`
	TaxPoint         *day.Date          `json:"tax_point,omitempty"`
	Lines            []InvoiceLineInput `json:"lines" maxItems:"500"`
}

// InvoiceFigures are their amounts.
type InvoiceFigures struct {
	Lines []InvoiceLineFigures `json:"lines"`
	Taxes []InvoiceTaxView     `json:"taxes"`
	Net   money.Money          `json:"net"`
	Tax   money.Money          `json:"tax"`
	Total money.Money          `json:"total"`
}

// InvoiceLineFigures are the amounts of one line.
type InvoiceLineFigures struct {
	Net   money.Money `json:"net"`
	Tax   money.Money `json:"tax"`
	Gross money.Money `json:"gross"`
}

func (h handlers) figure(ctx context.Context, in *struct{ Body InvoiceFigureInput }) (*struct{ Body InvoiceFigures }, error) {
	b := in.Body
	i := invoicing.Invoice{
		Currency: b.Currency, Rounding: money.Mode(b.Rounding), TaxMethod: invoicing.TaxMethod(b.TaxMethod), PricesIncludeTax: b.PricesIncludeTax,
	}
	if b.TaxPoint != nil {
		i.SupplyOn = *b.TaxPoint
	}
	if err := (InvoiceChange{Lines: &b.Lines}).apply(&i); err != nil {
		return nil, err
	}
	i, err := h.svc.Figure(ctx, i)
	if err != nil {
		return nil, err
	}
	out := InvoiceFigures{Lines: make([]InvoiceLineFigures, len(i.Lines)), Taxes: taxViews(i.Taxes), Net: i.Net, Tax: i.Tax, Total: i.Total}
	for n, l := range i.Lines {
		out.Lines[n] = InvoiceLineFigures{l.Net, l.Tax, l.Gross}
	}
	return &struct{ Body InvoiceFigures }{out}, nil
}

func (h handlers) find(ctx context.Context, in *IDIn) (*invoiceOut, error) {
	i, err := h.svc.Find(ctx, in.ID)
	return h.one(ctx, i, err)
}

func (h handlers) change(ctx context.Context, in *struct {
	IDIn
	httpapi.IfMatch
	Body InvoiceChange
},
) (*invoiceOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	i, err := h.svc.Change(ctx, in.ID, version, in.Body.apply)
	return h.one(ctx, i, err)
}

func (h handlers) remove(ctx context.Context, in *IDIn) (*struct{}, error) {
	return nil, h.svc.Delete(ctx, in.ID)
}

// InvoicePaper is the document and, for a draft, the number it would get.
type InvoicePaper struct {
	Document   InvoiceDocument `json:"document"`
	NextNumber string          `json:"next_number" doc:"Of a draft: the number if it were issued now"`
}

// InvoiceDocument is all that the paper shows.
type InvoiceDocument struct {
	Number           string                `json:"number"`
	IssueOn          day.Date              `json:"issue_on"`
	DueOn            day.Date              `json:"due_on"`
	SupplyOn         *day.Date             `json:"supply_on"`
	PeriodFrom       *day.Date             `json:"period_from"`
	PeriodTo         *day.Date             `json:"period_to"`
	Seller           InvoiceParty          `json:"seller"`
	Buyer            InvoiceParty          `json:"buyer"`
	Bank             InvoiceBank           `json:"bank"`
	Reference        string                `json:"reference"`
	Currency         string                `json:"currency"`
	Locale           string                `json:"locale"`
	PricesIncludeTax bool                  `json:"prices_include_tax"`
	Lines            []InvoiceDocumentLine `json:"lines"`
	Taxes            []InvoiceTaxView      `json:"taxes"`
	Net              money.Money           `json:"net"`
	Tax              money.Money           `json:"tax"`
	Total            money.Money           `json:"total"`
	LegalTexts       []string              `json:"legal_texts"`
	Note             string                `json:"note"`
	Footer           string                `json:"footer"`
	Colour           string                `json:"colour"`
}

// InvoiceParty is a side of the document.
type InvoiceParty struct {
	Name         string   `json:"name"`
	Address      []string `json:"address"`
	TaxID        string   `json:"tax_id"`
	Registration string   `json:"registration"`
	Email        string   `json:"email"`
	Phone        string   `json:"phone"`
}

// InvoiceDocumentLine is a printed line.
type InvoiceDocumentLine struct {
	Description     string      `json:"description"`
	Quantity        string      `json:"quantity"`
	Unit            string      `json:"unit"`
	UnitPrice       string      `json:"unit_price"`
	DiscountPercent string      `json:"discount_percent"`
	Taxes           []string    `json:"taxes"`
	Amount          money.Money `json:"amount"`
}

func partyView(p invoicing.Party) InvoiceParty {
	return InvoiceParty{p.Name, append([]string{}, p.Address...), p.TaxID, p.Registration, p.Email, p.Phone}
}

// DocumentView is the document on the wire; the portal shows the same.
func DocumentView(d invoicing.Document) InvoiceDocument {
	v := InvoiceDocument{
		Number: d.Number, IssueOn: d.IssueOn, DueOn: d.DueOn, SupplyOn: d.SupplyOn, PeriodFrom: d.PeriodFrom, PeriodTo: d.PeriodTo,
		Seller: partyView(d.Seller), Buyer: partyView(d.Buyer), Bank: InvoiceBank(d.Bank), Reference: d.Reference, Currency: d.Currency, Locale: d.Locale,
		PricesIncludeTax: d.Inclusive, Lines: make([]InvoiceDocumentLine, len(d.Lines)), Taxes: taxViews(d.Taxes), Net: d.Net, Tax: d.Tax, Total: d.Total,
		LegalTexts: append([]string{}, d.LegalTexts...), Note: d.Note, Footer: d.Footer, Colour: d.Colour,
	}
	for n, l := range d.Lines {
		v.Lines[n] = InvoiceDocumentLine{
			l.Description, l.Quantity.String(), l.Unit, l.UnitPrice.String(), l.DiscountPercent.String(), append([]string{}, l.Taxes...), l.Amount,
		}
	}
	return v
}

func (h handlers) preview(ctx context.Context, in *IDIn) (*struct{ Body InvoicePaper }, error) {
	p, err := h.svc.Paper(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body InvoicePaper }{InvoicePaper{DocumentView(p.Document), p.NextNumber}}, nil
}

type pdfOut struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (h handlers) pdf(ctx context.Context, in *IDIn) (*pdfOut, error) {
	f, err := h.svc.PDF(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &pdfOut{"application/pdf", `inline; filename="` + f.Name + `"`, f.Bytes}, nil
}

func (h handlers) issue(ctx context.Context, in *struct {
	IDIn
	Body *InvoiceIssue
},
) (*invoiceOut, error) {
	var on day.Date
	if in.Body != nil && in.Body.IssueOn != nil {
		on = *in.Body.IssueOn
	}
	i, err := h.svc.Issue(ctx, in.ID, on)
	return h.one(ctx, i, err)
}

// InvoiceIssue says on which day an invoice is issued.
type InvoiceIssue struct {
	IssueOn *day.Date `json:"issue_on,omitempty" doc:"The draft's own date, or today, when left out"`
}

// InvoiceLetter is the mail that carries an invoice.
type InvoiceLetter struct {
	To      []string `json:"to,omitempty" maxItems:"20" doc:"The client's contacts for invoices when left out"`
	Subject string   `json:"subject,omitempty" maxLength:"200"`
	Message string   `json:"message,omitempty" maxLength:"10000"`
}

func (h handlers) letter(ctx context.Context, in *IDIn) (*struct{ Body InvoiceLetter }, error) {
	l, err := h.svc.Letter(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &struct{ Body InvoiceLetter }{InvoiceLetter(l)}, nil
}

// InvoiceSending is one mail with an invoice.
type InvoiceSending struct {
	ID       string     `json:"id"`
	To       []string   `json:"to"`
	Subject  string     `json:"subject"`
	QueuedAt time.Time  `json:"queued_at"`
	SentAt   *time.Time `json:"sent_at" doc:"Null while it is under way"`
}

// InvoiceSendings are the mails of an invoice.
type InvoiceSendings struct {
	Items []InvoiceSending `json:"items"`
}

func sendingView(s invoicing.Sending) InvoiceSending {
	v := InvoiceSending{ID: s.ID, To: make([]string, len(s.To)), Subject: s.Subject, QueuedAt: s.QueuedAt, SentAt: s.SentAt}
	for n, r := range s.To {
		v.To[n] = r.Email
	}
	return v
}

func (h handlers) send(ctx context.Context, in *struct {
	IDIn
	Body *InvoiceLetter
},
) (*struct{ Body InvoiceSending }, error) {
	var l invoicing.Letter
	if in.Body != nil {
		l = invoicing.Letter(*in.Body)
	}
	s, err := h.svc.Send(ctx, in.ID, l)
	if err != nil {
		return nil, err
	}
	return &struct{ Body InvoiceSending }{sendingView(s)}, nil
}

func (h handlers) sendings(ctx context.Context, in *IDIn) (*struct{ Body InvoiceSendings }, error) {
	all, err := h.svc.Sendings(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	out := InvoiceSendings{Items: make([]InvoiceSending, len(all))}
	for n, s := range all {
		out.Items[n] = sendingView(s)
	}
	return &struct{ Body InvoiceSendings }{out}, nil
}

// InvoiceVoid says why an invoice is taken back and what becomes of its time.
type InvoiceVoid struct {
	Time   string `json:"time,omitempty" enum:"release,write_off" doc:"Needed when there is time on the invoice: return it to unbilled, or write it off"`
	Reason string `json:"reason,omitempty" maxLength:"500"`
}

func (h handlers) void(ctx context.Context, in *struct {
	IDIn
	Body InvoiceVoid
},
) (*invoiceOut, error) {
	i, err := h.svc.VoidInvoice(ctx, in.ID, invoicing.TimeFate(in.Body.Time), in.Body.Reason)
	return h.one(ctx, i, err)
}
