package portal

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// Deps are what the service cannot work without.
type Deps struct {
	DB        *tenancy.DB
	Clients   Clients
	Settings  Settings
	Projects  Projects
	Invoices  Invoices
	Payments  Payments
	Time      Time
	Retainers Retainers
	Fees      Fees
}

// Service has one method per thing a contact can do.
type Service struct{ d Deps }

// New returns a service over d.
func New(d Deps) *Service {
	if d.DB == nil || d.Clients == nil || d.Settings == nil || d.Projects == nil || d.Invoices == nil || d.Payments == nil || d.Time == nil || d.Retainers == nil || d.Fees == nil {
		panic("portal: a dependency is missing")
	}
	return &Service{d}
}

// contact returns the actor, who must be a contact of a client.
func contact(ctx context.Context) (access.Actor, error) {
	a := access.From(ctx)
	if a.Kind != access.Contact || a.ClientID == "" {
		return a, ErrNoContact
	}
	return a, nil
}

// Overview returns the first page.
func (s *Service) Overview(ctx context.Context) (o Overview, err error) {
	a, err := contact(ctx)
	if err != nil {
		return o, err
	}
	o.Contact = a.Name
	if a.OnBehalfOf != "" {
		o.PreviewBy = a.OnBehalfOf
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		o.Agency = tx.Agency().Name
		c, err := s.d.Clients.ClientTx(ctx, tx, a.ClientID)
		if err != nil {
			return err
		}
		o.Client = c.Name
		o.Projects, o.HoursShown, err = s.projects(ctx, tx, a)
		return err
	})
	if err != nil {
		return o, err
	}
	all, err := s.Invoices(ctx)
	for _, i := range all {
		if !i.Balance.IsZero() {
			o.Invoices = append(o.Invoices, i)
		}
	}
	o.Outstanding = outstanding(all)
	return o, err
}

// outstanding adds balances up, each currency by itself.
func outstanding(all []Invoice) []money.Money {
	balances := make([]money.Money, len(all))
	for i, inv := range all {
		balances[i] = inv.Balance
	}
	return slices.DeleteFunc(money.Sum(balances...), money.Money.IsZero)
}

// Projects returns the client's projects.
func (s *Service) Projects(ctx context.Context) (ps []Project, err error) {
	a, err := contact(ctx)
	if err != nil {
		return nil, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		ps, _, err = s.projects(ctx, tx, a)
		return err
	})
	return ps, err
}

func (s *Service) projects(ctx context.Context, tx *tenancy.Tx, a access.Actor) ([]Project, bool, error) {
	all, err := s.d.Projects.ProjectsTx(ctx, tx, a.ClientID)
	if err != nil {
		return nil, false, err
	}
	all = slices.DeleteFunc(all, func(p Project) bool { return !seesProject(a, p) })
	shown, err := s.addHours(ctx, tx, a, all)
	return all, shown, err
}

// addHours fills in the approved hours of ps, where they may be seen.
func (s *Service) addHours(ctx context.Context, tx *tenancy.Tx, a access.Actor, ps []Project) (bool, error) {
	set, err := s.d.Settings.SettingsTx(ctx, tx)
	if err != nil || !set.PortalShowsHours {
		return false, err
	}
	ids := make([]string, len(ps))
	for i, p := range ps {
		ids[i] = p.ID
	}
	seconds, err := s.d.Time.ApprovedTx(ctx, tx, ids)
	for i := range ps {
		if seesHours(a, ps[i], true) {
			n := seconds[ps[i].ID]
			ps[i].Seconds = &n
		}
	}
	return true, err
}

// Project returns one project and what was said to the client about it.
func (s *Service) Project(ctx context.Context, projectID string) (p Project, cs []Comment, err error) {
	a, err := contact(ctx)
	if err != nil {
		return p, nil, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		p, err = s.d.Projects.ProjectTx(ctx, tx, a.ClientID, projectID)
		if err != nil || !seesProject(a, p) {
			return unseen(err)
		}
		one := []Project{p}
		if _, err := s.addHours(ctx, tx, a, one); err != nil {
			return err
		}
		p = one[0]
		cs, err = s.d.Projects.CommentsTx(ctx, tx, a.ClientID, projectID)
		cs = slices.DeleteFunc(cs, func(c Comment) bool { return !seesComment(a, p, c) })
		return err
	})
	return p, cs, err
}

// Reply answers on a task on which the agency spoke to the client.
func (s *Service) Reply(ctx context.Context, taskID, body string) (c Comment, err error) {
	a, err := contact(ctx)
	if err != nil {
		return c, err
	}
	body = strings.TrimSpace(body)
	if n := utf8.RuneCountInString(body); n < 1 || n > 5000 {
		return c, ErrBadReply.At("body.body", "must have 1 to 5000 letters")
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err = s.d.Projects.ReplyTx(ctx, tx, a.ClientID, taskID, body)
		if fault.From(err).Kind == fault.NotFound && err != nil {
			return unseen(err)
		}
		return err
	})
	return c, err
}

// Invoices returns the client's invoices, newest first.
func (s *Service) Invoices(ctx context.Context) ([]Invoice, error) {
	a, err := contact(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.d.Invoices.Invoices(ctx, a.ClientID)
	all = slices.DeleteFunc(all, func(i Invoice) bool { return !seesInvoice(a, i) })
	slices.SortStableFunc(all, newestFirst)
	return all, err
}

// newestFirst puts documents of one day in the order of their numbers, of which 10 comes after 9.
func newestFirst(a, b Invoice) int {
	return cmp.Or(b.IssueOn.Compare(a.IssueOn), cmp.Compare(len(b.Number), len(a.Number)), cmp.Compare(b.Number, a.Number))
}

// Invoice returns one invoice.
func (s *Service) Invoice(ctx context.Context, invoiceID string) (Invoice, error) {
	a, err := contact(ctx)
	if err != nil {
		return Invoice{}, err
	}
	i, err := s.d.Invoices.Invoice(ctx, invoiceID)
	if err != nil || !seesInvoice(a, i) {
		return Invoice{}, unseen(err)
	}
	return i, nil
}

// InvoiceFile returns an invoice in one of its forms, as it was sent.
func (s *Service) InvoiceFile(ctx context.Context, invoiceID, format string) (File, error) {
	if _, err := s.Invoice(ctx, invoiceID); err != nil {
		return File{}, err
	}
	return s.d.Invoices.InvoiceFile(ctx, invoiceID, format)
}

// Time returns the approved hours by project. ErrNoHours where the agency does not show them.
func (s *Service) Time(ctx context.Context) (out []Hours, err error) {
	a, err := contact(ctx)
	if err != nil {
		return nil, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		ps, shown, err := s.projects(ctx, tx, a)
		if err != nil {
			return err
		}
		if !shown {
			return ErrNoHours
		}
		for _, p := range ps {
			out = append(out, Hours{p.ID, p.Code, p.Name, *p.Seconds})
		}
		return nil
	})
	return out, err
}

// unseen turns "not found" and "not yours" into one and the same answer.
func unseen(err error) error {
	var f *fault.Error
	if err == nil || (errors.As(err, &f) && f.Kind == fault.NotFound) {
		return ErrNotFound.Because(err)
	}
	return err
}

// PreviewActor returns the contact as whom a member may look at the portal:
// with the contact's rights, and unable to change anything.
func (s *Service) PreviewActor(ctx context.Context, contactID string) (access.Actor, error) {
	staff := access.From(ctx)
	if staff.Kind != access.Staff || !staff.Can(Preview) {
		return access.Actor{}, ErrNoContact
	}
	var p access.Actor
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.d.Clients.ContactTx(ctx, tx, contactID)
		if err != nil || c.ArchivedAt != nil {
			return ErrNoPreview.Because(err)
		}
		p = access.Actor{
			Name: c.Name, Email: c.Email, Kind: access.Contact, Role: "contact", ContactID: c.ID, ClientID: c.ClientID,
			SessionID: staff.SessionID, OnBehalfOf: staff.MemberID, Perms: access.NewSet(View), ReadOnly: true,
		}
		return nil
	})
	return p, err
}
