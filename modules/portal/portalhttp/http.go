// Package portalhttp puts the portal on the web.
package portalhttp

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/portal"
	"github.com/bureauhq/bureau/modules/retainers"
)

// Service is the part of portal.Service that the web uses.
type Service interface {
	Overview(context.Context) (portal.Overview, error)
	Projects(context.Context) ([]portal.Project, error)
	Project(context.Context, string) (portal.Project, []portal.Comment, error)
	Reply(context.Context, string, string) (portal.Comment, error)
	Invoices(context.Context) ([]portal.Invoice, error)
	Invoice(context.Context, string) (portal.Invoice, error)
	InvoiceFile(context.Context, string, string) (portal.File, error)
	Time(context.Context) ([]portal.Hours, error)
	Retainers(context.Context) ([]retainers.Row, error)
	Retainer(context.Context, string) (retainers.Row, []retainers.Period, error)
	Statement(context.Context, string, page.Query) (retainers.Paper, []retainers.Work, *string, error)
	StatementPDF(ctx context.Context, periodID string) (portal.File, error)
	Milestones(context.Context) ([]portal.Milestone, error)
	Accept(ctx context.Context, id string, version int) (portal.Milestone, error)
	AskChanges(ctx context.Context, id string, version int, text string) (portal.Milestone, error)
	Account(ctx context.Context, from, to day.Date) (invoicing.Statement, error)
	Payable(ctx context.Context, invoiceID string) (portal.Payable, error)
	Pay(ctx context.Context, invoiceID string, amount *money.Money) (url string, err error)
	AccountPDF(ctx context.Context, from, to day.Date) (portal.File, error)
}

type handlers struct{ svc Service }

// Register declares the operations. All are for contacts only.
func Register(api *httpapi.API, svc Service) {
	h := handlers{svc}
	op := func(id, method, path, summary string) httpapi.Op {
		return httpapi.Op{
			ID: id, Tag: "portal", Method: method, Path: "/api/v1/portal" + path, Summary: summary,
			Need: portal.View, Kinds: []access.Kind{access.Contact},
		}
	}
	reply := op("portal-reply", http.MethodPost, "/tasks/{id}/comments", "Answer on a task")
	reply.Status, reply.Idempotent = http.StatusCreated, true
	httpapi.Handle(api, op("portal-overview", http.MethodGet, "/overview", "The portal's first page"), h.overview)
	httpapi.Handle(api, op("portal-projects", http.MethodGet, "/projects", "The client's projects"), h.projects)
	httpapi.Handle(api, op("portal-project", http.MethodGet, "/projects/{id}", "One project with what was said about it"), h.project)
	httpapi.Handle(api, reply, h.reply)
	httpapi.Handle(api, op("portal-invoices", http.MethodGet, "/invoices", "The client's invoices"), h.invoices)
	httpapi.Handle(api, op("portal-invoice", http.MethodGet, "/invoices/{id}", "One invoice"), h.invoice)
	httpapi.Handle(api, op("portal-invoice-pdf", http.MethodGet, "/invoices/{id}/pdf", "The PDF of an invoice"), h.pdf)
	httpapi.Handle(api, op("portal-invoice-file", http.MethodGet, "/invoices/{id}/file", "An invoice as PDF, Factur-X, UBL or CII"), h.file)
	registerAgreed(api, h, op)
	registerPay(api, h, op)
	httpapi.Handle(api, op("portal-time", http.MethodGet, "/time", "Approved hours by project"), h.time)
	httpapi.Handle(api, op("portal-retainers", http.MethodGet, "/retainers", "The client's retainers"), h.retainers)
	httpapi.Handle(api, op("portal-retainer", http.MethodGet, "/retainers/{id}", "One retainer with the figures of its periods"), h.retainer)
	httpapi.Handle(api, op("portal-retainer-statement", http.MethodGet, "/retainer-periods/{id}", "The statement of a period with the work behind it"), h.statement)
	httpapi.Handle(api, op("portal-retainer-statement-pdf", http.MethodGet, "/retainer-periods/{id}/pdf", "The same as PDF"), h.statementPDF)
}

// PortalOverview is the portal's first page.
type PortalOverview struct {
	Agency      string          `json:"agency"`
	Client      string          `json:"client"`
	Contact     string          `json:"contact"`
	HoursShown  bool            `json:"hours_shown"`
	Projects    []PortalProject `json:"projects"`
	Invoices    []PortalInvoice `json:"invoices" doc:"Those that are not settled"`
	Outstanding []money.Money   `json:"outstanding" doc:"One a currency"`
	Preview     bool            `json:"preview" doc:"A member of the agency is looking, read only"`
}

// PortalProject is a project as its client sees it.
type PortalProject struct {
	ID         string          `json:"id"`
	Code       string          `json:"code"`
	Name       string          `json:"name"`
	State      string          `json:"state"`
	StartsOn   *day.Date       `json:"starts_on" nullable:"true"`
	DueOn      *day.Date       `json:"due_on" nullable:"true"`
	TasksTotal int             `json:"tasks_total"`
	TasksDone  int             `json:"tasks_done"`
	Percent    int             `json:"percent"`
	Seconds    *int64          `json:"seconds" doc:"Approved; null where hours are not shown"`
	Comments   []PortalComment `json:"comments,omitempty" doc:"Where one project is looked at"`
}

// PortalComment is a remark that is meant for the client.
type PortalComment struct {
	ID       string    `json:"id"`
	TaskID   string    `json:"task_id"`
	TaskName string    `json:"task_name"`
	Author   string    `json:"author"`
	OwnSide  bool      `json:"own_side" doc:"By a contact, not by the agency"`
	Body     string    `json:"body"`
	At       time.Time `json:"at"`
}

// PortalReply is what a contact sends.
type PortalReply struct {
	Body string `json:"body" minLength:"1" maxLength:"5000"`
}

// PortalInvoice is an issued invoice as its client sees it.
type PortalInvoice struct {
	ID       string              `json:"id"`
	Kind     string              `json:"kind" enum:"invoice,deposit,credit_note"`
	Number   string              `json:"number"`
	Status   string              `json:"status"`
	IssueOn  *day.Date           `json:"issue_on" nullable:"true"`
	DueOn    *day.Date           `json:"due_on" nullable:"true"`
	Total    money.Money         `json:"total"`
	Balance  money.Money         `json:"balance"`
	Document *invoicing.Document `json:"document,omitempty" doc:"What the paper shows, where one invoice is looked at"`
	Formats  []string            `json:"formats,omitempty" doc:"Forms beside the PDF, where one invoice is looked at"`
}

// PortalHours are the approved hours of one project.
type PortalHours struct {
	ProjectID string `json:"project_id"`
	Code      string `json:"code"`
	Name      string `json:"name"`
	Seconds   int64  `json:"seconds"`
}

// PortalProjectList holds all projects of the client.
type PortalProjectList struct {
	Items []PortalProject `json:"items"`
	Next  *string         `json:"next"`
}

// PortalInvoiceList holds all invoices of the client.
type PortalInvoiceList struct {
	Items []PortalInvoice `json:"items"`
	Next  *string         `json:"next"`
}

// PortalHoursList holds the hours of all projects.
type PortalHoursList struct {
	Items []PortalHours `json:"items"`
	Next  *string       `json:"next"`
}

type (
	idIn struct {
		ID string `path:"id" format:"uuid"`
	}
	fileIn struct {
		ID     string `path:"id" format:"uuid"`
		Format string `query:"format" enum:"pdf,facturx,ubl,cii" default:"pdf"`
	}
	replyIn struct {
		ID   string `path:"id" format:"uuid"`
		Body PortalReply
	}
	overviewOut struct{ Body PortalOverview }
	projectsOut struct{ Body PortalProjectList }
	projectOut  struct{ Body PortalProject }
	commentOut  struct{ Body PortalComment }
	invoicesOut struct{ Body PortalInvoiceList }
	invoiceOut  struct{ Body PortalInvoice }
	hoursOut    struct{ Body PortalHoursList }
	pdfOut      struct {
		ContentType string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Body        []byte
	}
)

func (h handlers) overview(ctx context.Context, _ *struct{}) (*overviewOut, error) {
	o, err := h.svc.Overview(ctx)
	if err != nil {
		return nil, err
	}
	v := PortalOverview{
		Agency: o.Agency, Client: o.Client, Contact: o.Contact, HoursShown: o.HoursShown, Projects: mapped(o.Projects, toProject),
		Invoices: mapped(o.Invoices, toInvoice), Outstanding: o.Outstanding, Preview: o.PreviewBy != "",
	}
	if v.Outstanding == nil {
		v.Outstanding = []money.Money{}
	}
	return &overviewOut{v}, nil
}

func (h handlers) projects(ctx context.Context, _ *struct{}) (*projectsOut, error) {
	ps, err := h.svc.Projects(ctx)
	return &projectsOut{PortalProjectList{Items: mapped(ps, toProject)}}, err
}

func (h handlers) project(ctx context.Context, in *idIn) (*projectOut, error) {
	p, cs, err := h.svc.Project(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v := toProject(p)
	v.Comments = mapped(cs, toComment)
	return &projectOut{v}, nil
}

func (h handlers) reply(ctx context.Context, in *replyIn) (*commentOut, error) {
	c, err := h.svc.Reply(ctx, in.ID, in.Body.Body)
	return &commentOut{toComment(c)}, err
}

func (h handlers) invoices(ctx context.Context, _ *struct{}) (*invoicesOut, error) {
	is, err := h.svc.Invoices(ctx)
	return &invoicesOut{PortalInvoiceList{Items: mapped(is, toInvoice)}}, err
}

func (h handlers) invoice(ctx context.Context, in *idIn) (*invoiceOut, error) {
	i, err := h.svc.Invoice(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v := toInvoice(i)
	v.Document, v.Formats = i.Document, i.Formats
	return &invoiceOut{v}, nil
}

func (h handlers) pdf(ctx context.Context, in *idIn) (*pdfOut, error) {
	f, err := h.svc.InvoiceFile(ctx, in.ID, "pdf")
	return handed("inline", f, err)
}

func (h handlers) file(ctx context.Context, in *fileIn) (*pdfOut, error) {
	f, err := h.svc.InvoiceFile(ctx, in.ID, in.Format)
	return handed("attachment", f, err)
}

func handed(how string, f portal.File, err error) (*pdfOut, error) {
	if err != nil {
		return nil, err
	}
	name := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '/' {
			return '-'
		}
		return r
	}, f.Name)
	return &pdfOut{f.ContentType, how + `; filename="` + name + `"`, f.Data}, nil
}

func (h handlers) time(ctx context.Context, _ *struct{}) (*hoursOut, error) {
	hs, err := h.svc.Time(ctx)
	return &hoursOut{PortalHoursList{Items: mapped(hs, func(x portal.Hours) PortalHours { return PortalHours(x) })}}, err
}

func toProject(p portal.Project) PortalProject {
	return PortalProject{
		ID: p.ID, Code: p.Code, Name: p.Name, State: p.State, StartsOn: date(p.StartsOn), DueOn: date(p.DueOn),
		TasksTotal: p.TasksTotal, TasksDone: p.TasksDone, Percent: p.Percent(), Seconds: p.Seconds,
	}
}

func toComment(c portal.Comment) PortalComment {
	return PortalComment{ID: c.ID, TaskID: c.TaskID, TaskName: c.TaskName, Author: c.Author, OwnSide: c.OwnSide, Body: c.Body, At: c.At}
}

func toInvoice(i portal.Invoice) PortalInvoice {
	return PortalInvoice{ID: i.ID, Kind: i.Kind, Number: i.Number, Status: i.Status, IssueOn: date(i.IssueOn), DueOn: date(i.DueOn), Total: i.Total, Balance: i.Balance}
}

func date(d day.Date) *day.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}

func mapped[A, B any](in []A, f func(A) B) []B {
	out := make([]B, len(in))
	for i, a := range in {
		out[i] = f(a)
	}
	return out
}
