package app

import (
	"context"
	"errors"
	"io"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/portal"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// forInvoices answers the ports of invoicing from the modules below it.
type forInvoices struct{ s *Services }

func (f forInvoices) DefaultsTx(ctx context.Context, tx *tenancy.Tx) (invoicing.Defaults, error) {
	a, err := f.s.Agency.SettingsTx(ctx, tx)
	d := invoicing.Defaults{LegalName: a.LegalName, Currency: a.Currency, TimeZone: a.TimeZone, Locale: a.Locale, Colour: a.BrandColour, LogoKey: a.LogoKey}
	if d.LegalName == "" {
		d.LegalName = a.Name
	}
	return d, err
}

func (f forInvoices) ClientTx(ctx context.Context, tx *tenancy.Tx, id string) (invoicing.Client, error) {
	c, err := f.s.Clients.ClientTx(ctx, tx, id)
	return billed(c), err
}

func (f forInvoices) ClientsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]invoicing.Client, error) {
	all, err := f.s.Clients.ClientsByIDsTx(ctx, tx, ids)
	out := make(map[string]invoicing.Client, len(all))
	for id, c := range all {
		out[id] = billed(c)
	}
	return out, err
}

// billed is a client as one to whom documents go.
func billed(c clients.Client) invoicing.Client {
	a := c.BillingAddress()
	return invoicing.Client{
		ID: c.ID, Name: c.Name, Address: a.Lines(), Postal: invoicing.Address{Line1: a.Line1, Line2: a.Line2, PostalCode: a.PostalCode, City: a.City, Region: a.Region, Country: a.Country}, TaxID: c.TaxID, Currency: c.Currency, TermsDays: c.PaymentTermsDays,
		Format: invoicing.Format(c.InvoiceFormat), Language: c.Language, EntityID: c.LegalEntityID,
	}
}

// BillingTx names the contacts for invoices, or else the company's own address for them.
func (f forInvoices) BillingTx(ctx context.Context, tx *tenancy.Tx, clientIDs []string) (map[string][]invoicing.Recipient, error) {
	contacts, err := f.s.Clients.ContactsForBillingTx(ctx, tx, clientIDs)
	if err != nil {
		return nil, err
	}
	out := make(map[string][]invoicing.Recipient, len(clientIDs))
	var others []string
	for _, id := range clientIDs {
		for _, c := range contacts[id] {
			out[id] = append(out[id], invoicing.Recipient{Name: c.Name, Email: c.Email})
		}
		if len(out[id]) == 0 {
			others = append(others, id)
		}
	}
	if len(others) == 0 {
		return out, nil
	}
	companies, err := f.s.Clients.ClientsByIDsTx(ctx, tx, others)
	for id, c := range companies {
		if c.BillingEmail != "" {
			out[id] = []invoicing.Recipient{{Name: c.Name, Email: c.BillingEmail}}
		}
	}
	return out, err
}

func (f forInvoices) NamesTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]string, error) {
	names, err := f.s.Identity.NamesTx(ctx, tx, ids)
	out := make(map[string]string, len(names))
	for id, n := range names {
		out[id] = n.Name
	}
	return out, err
}

func (f forInvoices) ReviewersTx(ctx context.Context, tx *tenancy.Tx) ([]string, error) {
	return f.HoldersTx(ctx, tx, invoicing.CanReview)
}

// HoldersTx names the active members who may do something.
func (f forInvoices) HoldersTx(ctx context.Context, tx *tenancy.Tx, p access.Permission) ([]string, error) {
	holders, err := f.s.Identity.HoldersTx(ctx, tx, p)
	return memberIDs(holders), err
}

func (f forInvoices) ProjectNamesTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]string, error) {
	all, err := f.s.Projects.ProjectsByIDsTx(ctx, tx, ids)
	out := make(map[string]string, len(all))
	for id, p := range all {
		out[id] = p.Name
	}
	return out, err
}

func (f forInvoices) PhaseNamesTx(ctx context.Context, tx *tenancy.Tx, taskIDs []string) (map[string]string, error) {
	return f.s.Projects.PhaseNamesTx(ctx, tx, taskIDs)
}

// EntriesTx tells what people said about time that is on invoices.
func (f forInvoices) EntriesTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]invoicing.TimeEntry, error) {
	all, err := f.s.Timesheets.EntriesByIDsTx(ctx, tx, ids)
	out := make(map[string]invoicing.TimeEntry, len(all))
	for _, e := range all {
		out[e.ID] = invoicing.TimeEntry{ID: e.ID, ProjectName: e.ProjectName, TaskName: e.TaskName, ServiceName: e.ServiceName, Note: e.Note}
	}
	return out, err
}

func (f forInvoices) ToBillTx(ctx context.Context, tx *tenancy.Tx, q invoicing.TimeQuery) (map[string]invoicing.ToBill, error) {
	all, err := f.s.Timesheets.ToBillTx(ctx, tx, timesheets.UnbilledFilter(q))
	out := make(map[string]invoicing.ToBill, len(all))
	for id, n := range all {
		out[id] = invoicing.ToBill(n)
	}
	return out, err
}

func (f forInvoices) UnbilledTx(ctx context.Context, tx *tenancy.Tx, q invoicing.TimeQuery) ([]invoicing.TimeEntry, error) {
	entries, err := f.s.Timesheets.UnbilledTx(ctx, tx, timesheets.UnbilledFilter(q))
	if err != nil {
		return nil, err
	}
	var sold []string
	for _, e := range entries {
		if e.ServiceID != "" {
			sold = append(sold, e.ServiceID)
		}
	}
	services, err := f.s.Rates.SoldByIDsTx(ctx, tx, sold)
	if err != nil {
		return nil, err
	}
	entries, settled, err := f.uncovered(ctx, tx, entries)
	if err != nil {
		return nil, err
	}
	out := make([]invoicing.TimeEntry, len(entries))
	for n, e := range entries {
		out[n] = invoicing.TimeEntry{
			ID: e.ID, MemberID: e.MemberID, ClientID: e.ClientID, ProjectID: e.ProjectID, ProjectName: e.ProjectName, TaskID: e.TaskID, TaskName: e.TaskName,
			ServiceName: e.ServiceName, TaxRateID: services[e.ServiceID].TaxRateID,
			Day: e.Day, RawSeconds: e.RawSeconds, Seconds: e.BilledSeconds, Rate: e.Rate, Currency: e.Currency, Note: e.Note, Parts: timeParts(e), Settled: settled[e.ID],
		}
	}
	return out, nil
}

// timeParts are the parts of an entry with what is billed of each.
func timeParts(e timesheets.Entry) []invoicing.TimePart {
	if e.Split == nil || len(e.Split.Parts) == 0 {
		return nil
	}
	out := make([]invoicing.TimePart, len(e.Split.Parts))
	raw := e.Split.Parts.Share(e.RawSeconds)
	for i, billed := range e.BilledParts() {
		p := e.Split.Parts[i]
		out[i] = invoicing.TimePart{Kind: p.Kind, RawSeconds: raw[i], Seconds: billed, Factor: p.Factor, PerHour: p.PerHour}
		if p.PerHour != nil && e.Split.Tiers != nil {
			if out[i].Per, out[i].Over = e.Split.Tiers.Per, p.From; p.From == 0 {
				out[i].UpTo = e.Split.Tiers.Steps[0].From
			}
		}
	}
	return out
}

// uncovered leaves out what retainers pay for: of their entries only what was
// beyond them when their period closed is billed, at the contract's rate if it has one.
func (f forInvoices) uncovered(ctx context.Context, tx *tenancy.Tx, entries []timesheets.Entry) (out []timesheets.Entry, settled map[string]bool, err error) {
	ids := make([]string, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
	}
	covers, err := f.s.Retainers.CoversTx(ctx, tx, ids)
	if err != nil {
		return nil, nil, err
	}
	out, settled = entries[:0], map[string]bool{}
	for _, e := range entries {
		if c, covered := covers[e.ID]; covered {
			e.BilledSeconds = c.Seconds(e.BilledSeconds)
			e.RawSeconds = min(e.RawSeconds, e.BilledSeconds) // the rest is the retainer's
			settled[e.ID] = true
			if c.Rate != nil && e.Rate != nil { // time without a price stays without one
				e = e.AtRate(c.Rate, c.Currency)
			}
			if e.BilledSeconds == 0 {
				continue
			}
		}
		out = append(out, e)
	}
	return out, settled, nil
}

// RoundingTx is the rule that an invoice rounds time by, if it does.
func (f forInvoices) RoundingTx(ctx context.Context, tx *tenancy.Tx) (*timesheets.Rounding, error) {
	return f.s.Timesheets.RoundingTx(ctx, tx)
}

func (f forInvoices) RoundBilledTx(ctx context.Context, tx *tenancy.Tx, invoiceID string, seconds map[string]int64) error {
	return f.s.Timesheets.RoundBilledTx(ctx, tx, invoiceID, seconds)
}

func (f forInvoices) MarkBilledTx(ctx context.Context, tx *tenancy.Tx, entryIDs []string, invoiceID string) error {
	return f.s.Timesheets.MarkBilledTx(ctx, tx, entryIDs, invoiceID)
}

func (f forInvoices) ReleaseBilledTx(ctx context.Context, tx *tenancy.Tx, invoiceID string) error {
	return f.s.Timesheets.ReleaseBilledTx(ctx, tx, invoiceID)
}

// papers keeps documents in the file store.
type papers struct{ file.Store }

func (p papers) Read(ctx context.Context, key string) ([]byte, error) {
	r, _, err := p.Open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return io.ReadAll(r)
}

// letters mails documents.
type letters struct{ sender mail.Sender }

func (l letters) Send(ctx context.Context, m invoicing.Mail) error {
	msg := mail.Message{Key: m.Key, Subject: m.Subject, Text: m.Text}
	for _, f := range m.Files {
		msg.Attachments = append(msg.Attachments, mail.Attachment{Name: f.Name, ContentType: f.ContentType, Data: f.Bytes})
	}
	for _, to := range m.To {
		msg.To = append(msg.To, mail.Address{Name: to.Name, Email: to.Email})
	}
	if m.ReplyTo != "" {
		msg.ReplyTo = mail.Address{Name: m.FromName, Email: m.ReplyTo}
	}
	return l.sender.Send(ctx, msg)
}

// Invoices answers the portal: what was issued to a client, newest first.
func (r portalRecords) Invoices(ctx context.Context, clientID string) ([]portal.Invoice, error) {
	today, err := r.s.Invoicing.Today(ctx)
	if err != nil {
		return nil, err
	}
	var out []portal.Invoice
	f := invoicing.Filter{ClientID: clientID, IssuedOnly: true, Sort: "-issue_on", Page: page.Query{Limit: 200}}
	for {
		rows, next, err := r.s.Invoicing.List(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, i := range rows {
			out = append(out, portal.Invoice{
				ID: i.ID, Kind: string(i.Kind), ClientID: i.ClientID, Number: i.Number, State: string(i.State), Status: string(i.Status(today)),
				IssueOn: i.IssueOn, DueOn: i.DueOn, Total: i.Total, Balance: i.Balance(),
			})
		}
		if next == nil {
			return out, nil
		}
		f.Page.Cursor = *next
	}
}

// Invoice answers the portal what one issued document shows. A draft is no
// business of a client's.
func (r portalRecords) Invoice(ctx context.Context, invoiceID string) (portal.Invoice, error) {
	i, err := r.s.Invoicing.Find(ctx, invoiceID)
	if err != nil {
		return portal.Invoice{}, err
	}
	if i.Document == nil {
		return portal.Invoice{}, portal.ErrNotFound
	}
	today, err := r.s.Invoicing.Today(ctx)
	if err != nil {
		return portal.Invoice{}, err
	}
	out := portal.Invoice{
		ID: i.ID, Kind: string(i.Kind), ClientID: i.ClientID, Number: i.Number, State: string(i.State), Status: string(i.Status(today)), IssueOn: i.IssueOn, DueOn: i.DueOn,
		Total: i.Total, Balance: i.Balance(), Document: i.Document,
	}
	out.Document.LogoKey = "" // of the store's, no business of a client's
	if e, err := r.s.Invoicing.EInvoice(ctx, invoiceID); err == nil && len(e.Lacks) == 0 {
		out.Formats = []string{string(invoicing.FacturX), string(invoicing.UBL), string(invoicing.CII)}
	}
	return out, nil
}

// InvoiceFile answers the portal a kept file of an issued document.
func (r portalRecords) InvoiceFile(ctx context.Context, invoiceID, format string) (portal.File, error) {
	f, err := r.s.Invoicing.Form(ctx, invoiceID, invoicing.Format(format))
	if errors.Is(err, invoicing.ErrNotIssued) {
		return portal.File{}, portal.ErrNotFound
	}
	return portal.File{Name: f.Name, ContentType: f.ContentType, Data: f.Bytes}, err
}

// Statement answers the portal what a client owes.
func (r portalRecords) Statement(ctx context.Context, clientID string, from, to day.Date) (invoicing.Statement, error) {
	return r.s.Invoicing.Statement(ctx, clientID, from, to)
}

// StatementPDF answers the portal the same as a file.
func (r portalRecords) StatementPDF(ctx context.Context, clientID string, from, to day.Date) (portal.File, error) {
	pdf, err := r.s.Invoicing.StatementPDF(ctx, clientID, from, to)
	return portal.File{Name: pdf.Name, Data: pdf.Bytes}, err
}
