// Package invoicinghttp declares the operations of invoicing.
package invoicinghttp

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
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
	registerStatements(api, h)
	httpapi.Handle(api, op("deposits", http.MethodGet, "/deposits", "List a client's deposits of which something is left"), h.deposits)
	httpapi.Handle(api, op("deduct", http.MethodPut, "/{id}/deductions", "Say which deposits a draft deducts, instead of those it does"), h.deduct)
	httpapi.Handle(api, op("find", http.MethodGet, "/{id}", "Read an invoice"), h.find)
	httpapi.Handle(api, op("change", http.MethodPatch, "/{id}", "Change a draft"), h.change)
	remove := op("delete", http.MethodDelete, "/{id}", "Throw a draft away; its time becomes unbilled")
	remove.Status = http.StatusNoContent
	httpapi.Handle(api, remove, h.remove)
	httpapi.Handle(api, op("preview", http.MethodGet, "/{id}/preview", "Show the document, as it is issued or would be"), h.preview)
	httpapi.Handle(api, op("pdf", http.MethodGet, "/{id}/pdf", "Read the document as PDF"), h.pdf)
	httpapi.Handle(api, op("e-invoice", http.MethodGet, "/{id}/e-invoice", "Tell what a document lacks as an e-invoice"), h.eInvoice)
	httpapi.Handle(api, op("file", http.MethodGet, "/{id}/file", "Read a document as PDF, or an issued one as Factur-X, UBL or CII"), h.file)
	issue := op("issue", http.MethodPost, "/{id}/issue", "Give a draft its number and freeze it")
	issue.Need, issue.Idempotent = invoicing.CanIssue, true
	httpapi.Handle(api, issue, h.issue)
	httpapi.Handle(api, op("letter", http.MethodGet, "/{id}/letter", "Propose the mail of an invoice"), h.letter)
	httpapi.Handle(api, op("sendings", http.MethodGet, "/{id}/sendings", "List the mails of an invoice"), h.sendings)
	send := op("send", http.MethodPost, "/{id}/send", "Mail an issued invoice with its PDF")
	send.Need, send.Status, send.Idempotent = invoicing.CanIssue, http.StatusAccepted, true
	httpapi.Handle(api, send, h.send)
	registerSendAgain(api, h)
	void := op("void", http.MethodPost, "/{id}/void", "Take an issued invoice back and say what becomes of its time")
	void.Need = invoicing.CanIssue
	httpapi.Handle(api, void, h.void)
	registerCredits(api, h)
	registerWriteOffs(api, h)
	registerPayments(api, h)
	registerCurrencies(api, h)
	registerReminders(api, h)
	registerAdd(api, h)
	registerReview(api, h)
	registerRealisation(api, h)
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
	v := toView(i, today)
	names, err := h.svc.NamesOf(ctx, i.Review.SentBy, i.Review.By)
	v.Review.SentByName, v.Review.ByName = names[i.Review.SentBy], names[i.Review.By]
	return &invoiceOut{httpapi.ETag(i.Version), v}, err
}

// ListIn narrows lists and sums alike.
type ListIn struct {
	Q        string   `query:"q" maxLength:"100" doc:"In number, client and reference"`
	Status   string   `query:"status" enum:"draft,in_review,ready,open,partly_paid,overdue,paid,credited,written_off,void,credit_note" doc:"open finds all that is not fully paid, draft all drafts"`
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
		out.Items[n] = row(r, today)
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
		out.Totals[n] = InvoiceCurrencyTotal{t.Currency, t.Count, t.Total, t.Deposits, t.Open, t.Overdue, t.Buckets[:]}
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
	Kind             string             `json:"kind,omitempty" enum:"invoice,deposit" default:"invoice" doc:"A deposit is a liability until invoices deduct it"`
	Currency         string             `json:"currency,omitempty" minLength:"3" maxLength:"3" doc:"The client's, or the entity's, when left out"`
	PricesIncludeTax *bool              `json:"prices_include_tax,omitempty" doc:"For the whole document; a line cannot differ"`
	IssueOn          *string            `json:"issue_on,omitempty" maxLength:"10"`
	DueOn            *string            `json:"due_on,omitempty" maxLength:"10"`
	SupplyOn         *string            `json:"supply_on,omitempty" maxLength:"10"`
	Reference        string             `json:"reference,omitempty" maxLength:"120"`
	Note             string             `json:"note,omitempty" maxLength:"4000"`
	DiscountPercent  string             `json:"discount_percent,omitempty" maxLength:"10"`
	DiscountAmount   string             `json:"discount_amount,omitempty" maxLength:"24"`
	Lines            []InvoiceLineInput `json:"lines,omitempty" maxItems:"500"`
}

func (h handlers) create(ctx context.Context, in *struct{ Body NewInvoice }) (*invoiceOut, error) {
	b := in.Body
	c := InvoiceChange{
		PricesIncludeTax: b.PricesIncludeTax, IssueOn: b.IssueOn, DueOn: b.DueOn, SupplyOn: b.SupplyOn,
		Reference: &b.Reference, Note: &b.Note, DiscountPercent: &b.DiscountPercent, DiscountAmount: &b.DiscountAmount, Lines: &b.Lines,
	}
	if err := c.apply(&invoicing.Invoice{}); err != nil {
		return nil, err
	}
	i, err := h.svc.Create(ctx, invoicing.DraftOf{
		Kind: invoicing.DocumentKind(b.Kind), ClientID: b.ClientID, EntityID: b.EntityID, Currency: b.Currency,
		Edit: func(i *invoicing.Invoice) {
			_ = c.apply(i) // read without a fault above
			for n := range i.Lines {
				i.Lines[n].ID = ""
			}
		},
	})
	return h.one(ctx, i, err)
}

// InvoiceFigureInput are lines that are to be calculated.
type InvoiceFigureInput struct {
	Currency         string             `json:"currency" minLength:"3" maxLength:"3"`
	Rounding         string             `json:"rounding,omitempty" enum:"half_up,half_even" default:"half_up"`
	TaxMethod        string             `json:"tax_method,omitempty" enum:"per_line,per_rate" default:"per_rate"`
	PricesIncludeTax bool               `json:"prices_include_tax,omitempty"`
	TaxPoint         *day.Date          `json:"tax_point,omitempty"`
	DiscountPercent  string             `json:"discount_percent,omitempty" maxLength:"10"`
	DiscountAmount   string             `json:"discount_amount,omitempty" maxLength:"24"`
	Lines            []InvoiceLineInput `json:"lines" maxItems:"500"`
}

// InvoiceFigures are their amounts.
type InvoiceFigures struct {
	Lines    []InvoiceLineFigures `json:"lines"`
	Subtotal money.Money          `json:"subtotal"`
	Discount money.Money          `json:"discount"`
	Taxes    []calc.TaxAmount     `json:"taxes"`
	Net      money.Money          `json:"net"`
	Tax      money.Money          `json:"tax"`
	Total    money.Money          `json:"total"`
	Withheld money.Money          `json:"withheld"`
	Payable  money.Money          `json:"payable"`
}

// InvoiceLineFigures are the amounts of one line.
type InvoiceLineFigures struct {
	Amount money.Money `json:"amount" doc:"As printed, before the document's discount"`
	Net    money.Money `json:"net"`
	Tax    money.Money `json:"tax"`
	Gross  money.Money `json:"gross"`
}

func (h handlers) figure(ctx context.Context, in *struct{ Body InvoiceFigureInput }) (*struct{ Body InvoiceFigures }, error) {
	b := in.Body
	i := invoicing.Invoice{
		Currency: b.Currency, Rounding: money.Mode(b.Rounding), TaxMethod: calc.Method(b.TaxMethod), PricesIncludeTax: b.PricesIncludeTax,
	}
	if b.TaxPoint != nil {
		i.SupplyOn = *b.TaxPoint
	}
	if err := (InvoiceChange{DiscountPercent: &b.DiscountPercent, DiscountAmount: &b.DiscountAmount, Lines: &b.Lines}).apply(&i); err != nil {
		return nil, err
	}
	i, err := h.svc.Figure(ctx, i)
	if err != nil {
		return nil, err
	}
	out := InvoiceFigures{
		Lines: make([]InvoiceLineFigures, len(i.Lines)), Subtotal: subtotal(i), Discount: i.DiscountTotal, Taxes: taxes(i.Taxes),
		Net: i.Net, Tax: i.Tax, Total: i.Total, Withheld: i.Withheld, Payable: i.Payable(),
	}
	for n, l := range i.Lines {
		out.Lines[n] = InvoiceLineFigures{l.Amount, l.Net, l.Tax, l.Gross}
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
