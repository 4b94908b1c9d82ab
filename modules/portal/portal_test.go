package portal_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/clients/clientsdb"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/portal"
	"github.com/bureauhq/bureau/modules/retainers"
	"github.com/bureauhq/bureau/tenancy"
)

var errGone = fault.Define(fault.NotFound, "elsewhere.not_found", "Not there.")

// careless modules below the portal return everything they have, whoever
// asks: the portal's own rules must hold without their help.
type careless struct {
	projects  []portal.Project
	comments  []portal.Comment
	invoices  []portal.Invoice
	retainers []retainers.Row
	hours     bool
}

func (c *careless) ProjectsTx(context.Context, *tenancy.Tx, string) ([]portal.Project, error) {
	return append([]portal.Project(nil), c.projects...), nil
}

func (c *careless) ProjectTx(_ context.Context, _ *tenancy.Tx, _, id string) (portal.Project, error) {
	for _, p := range c.projects {
		if p.ID == id {
			return p, nil
		}
	}
	return portal.Project{}, errGone
}

func (c *careless) CommentsTx(context.Context, *tenancy.Tx, string, string) ([]portal.Comment, error) {
	return append([]portal.Comment(nil), c.comments...), nil
}

func (c *careless) ReplyTx(_ context.Context, _ *tenancy.Tx, _, taskID, body string) (portal.Comment, error) {
	if taskID != "task" {
		return portal.Comment{}, errGone
	}
	return portal.Comment{TaskID: taskID, Body: body, OwnSide: true}, nil
}

func (c *careless) Invoices(context.Context, string) ([]portal.Invoice, error) {
	return append([]portal.Invoice(nil), c.invoices...), nil
}

func (c *careless) Invoice(_ context.Context, id string) (portal.Invoice, error) {
	for _, i := range c.invoices {
		if i.ID == id {
			return i, nil
		}
	}
	return portal.Invoice{}, errGone
}

func (c *careless) InvoiceFile(context.Context, string, string) (portal.File, error) {
	return portal.File{Name: "x.pdf", Data: []byte("%PDF")}, nil
}

func (c *careless) ApprovedTx(_ context.Context, _ *tenancy.Tx, ids []string) (map[string]int64, error) {
	out := map[string]int64{}
	for _, id := range ids {
		out[id] = 3600
	}
	return out, nil
}

func (c *careless) SettingsTx(context.Context, *tenancy.Tx) (agency.Settings, error) {
	return agency.Settings{Currency: "EUR", PortalShowsHours: c.hours}, nil
}

// OfClientTx and the two after it show anybody what is not theirs.
func (c *careless) OfClientTx(context.Context, *tenancy.Tx, string) ([]retainers.Row, error) {
	return c.retainers, nil
}

func (c *careless) PapersOfClientTx(_ context.Context, _ *tenancy.Tx, _, id string) (retainers.Row, []retainers.Period, error) {
	for _, r := range c.retainers {
		if r.ID == id {
			return r, nil, nil
		}
	}
	return retainers.Row{}, nil, retainers.ErrNotFound
}

func (c *careless) WorkOfClientTx(ctx context.Context, tx *tenancy.Tx, _, id string, _ page.Query) (retainers.Paper, []retainers.Work, *string, error) {
	r, _, err := c.PapersOfClientTx(ctx, tx, "", id)
	return retainers.Paper{Retainer: r.Retainer}, nil, nil, err
}

func (c *careless) PrintOfClientTx(ctx context.Context, tx *tenancy.Tx, _, id string) (retainers.Print, error) {
	r, _, err := c.PapersOfClientTx(ctx, tx, "", id)
	return retainers.Print{Paper: retainers.Paper{Retainer: r.Retainer}}, err
}

func (c *careless) Draw(context.Context, retainers.Print) (invoicing.PDF, error) {
	return invoicing.PDF{Name: "retainer.pdf", Bytes: []byte("a paper")}, nil
}

func (c *careless) IsMemberTx(context.Context, *tenancy.Tx, string) (bool, error) { return true, nil }

type world struct {
	*testkit.Agency
	*careless
	svc     *portal.Service
	clients *clients.Service
	mine    clients.Client
	contact clients.Contact
	asPia   context.Context
	otherID string
}

func setup(t *testing.T) *world {
	t.Helper()
	a := testkit.NewAgency(t)
	c := &careless{hours: true}
	cl := clients.New(clients.Deps{DB: a.DB, Store: clientsdb.Store{}, Members: c, Settings: c, Events: a.Bus, Now: a.Clock.Now})
	mine, _, err := cl.Create(a.Ctx, clients.Draft{Name: "Mine"})
	if err != nil {
		t.Fatal(err)
	}
	pia, err := cl.AddContact(a.Ctx, mine.ID, clients.ContactDraft{Name: "Pia", Email: "pia@mine.example"})
	if err != nil {
		t.Fatal(err)
	}
	other := id.New()
	c.retainers = []retainers.Row{
		{Retainer: retainers.Retainer{ID: "r-mine", ClientID: mine.ID, Shown: true}},
		{Retainer: retainers.Retainer{ID: "r-hidden", ClientID: mine.ID}},
		{Retainer: retainers.Retainer{ID: "r-other", ClientID: other, Shown: true}},
	}
	c.projects = []portal.Project{
		{ID: "p-mine", ClientID: mine.ID, Name: "Mine", State: "active", TasksTotal: 8, TasksDone: 3},
		{ID: "p-archived", ClientID: mine.ID, Name: "Old", State: "archived"},
		{ID: "p-other", ClientID: other, Name: "Other", State: "active"},
	}
	c.comments = []portal.Comment{
		{ID: "c1", ProjectID: "p-mine", Body: "for you", ForClient: true},
		{ID: "c2", ProjectID: "p-mine", Body: "internal"},
		{ID: "c3", ProjectID: "p-other", Body: "another's", ForClient: true},
	}
	eur := func(n int64) money.Money { return money.Of(n, "EUR") }
	c.invoices = []portal.Invoice{
		{ID: "i-open", ClientID: mine.ID, Number: "1", State: "issued", Total: eur(1000), Balance: eur(400)},
		{ID: "i-usd", ClientID: mine.ID, Number: "2", State: "issued", Total: money.Of(500, "USD"), Balance: money.Of(500, "USD")},
		{ID: "i-paid", ClientID: mine.ID, Number: "3", State: "issued", Total: eur(10), Balance: eur(0)},
		{ID: "i-void", ClientID: mine.ID, Number: "4", State: "void", Total: eur(10), Balance: eur(0)},
		{ID: "i-draft", ClientID: mine.ID, State: "draft", Total: eur(99), Balance: eur(99)},
		{ID: "i-other", ClientID: other, Number: "5", State: "issued", Total: eur(77), Balance: eur(77)},
	}
	return &world{
		Agency: a, careless: c, clients: cl, mine: mine, contact: pia, otherID: other,
		svc: portal.New(portal.Deps{DB: a.DB, Clients: cl, Settings: c, Projects: c, Invoices: c, Payments: c, Time: c, Retainers: c, Fees: c}),
		asPia: a.As(access.Actor{
			Kind: access.Contact, Role: "contact", Name: "Pia", ContactID: pia.ID, ClientID: mine.ID,
		}, portal.View),
	}
}

// Of one day the newest number comes first, and 10 after 9, in whichever order they were drafted.
func TestInvoicesComeByNumber(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.invoices = nil
	for _, n := range []struct{ number, on string }{{"INV-9", "2026-03-02"}, {"INV-11", "2026-03-02"}, {"INV-8", "2026-03-01"}, {"INV-10", "2026-03-02"}, {"INV-12", "2026-03-03"}} {
		w.invoices = append(w.invoices, portal.Invoice{ID: n.number, ClientID: w.mine.ID, Number: n.number, State: "issued", IssueOn: day.MustParse(n.on), Total: money.Of(100, "EUR"), Balance: money.Of(100, "EUR")})
	}
	want := []string{"INV-12", "INV-11", "INV-10", "INV-9", "INV-8"}
	all, err := w.svc.Invoices(w.asPia)
	if err != nil {
		t.Fatal(err)
	}
	o, err := w.svc.Overview(w.asPia)
	if err != nil {
		t.Fatal(err)
	}
	for what, got := range map[string][]portal.Invoice{"the list": all, "the overview": o.Invoices} {
		var numbers []string
		for _, i := range got {
			numbers = append(numbers, i.Number)
		}
		if !slices.Equal(numbers, want) {
			t.Errorf("%s has %v, want %v", what, numbers, want)
		}
	}
}

func TestOwnCompanyOnly(t *testing.T) {
	t.Parallel()
	w := setup(t)
	o, err := w.svc.Overview(w.asPia)
	if err != nil {
		t.Fatal(err)
	}
	if o.Client != "Mine" || len(o.Projects) != 1 || o.Projects[0].Percent() != 37 || *o.Projects[0].Seconds != 3600 || len(o.Invoices) != 2 || len(o.Outstanding) != 2 {
		t.Errorf("overview %+v", o)
	}
	p, cs, err := w.svc.Project(w.asPia, "p-mine")
	if err != nil || p.Name != "Mine" || len(cs) != 1 || cs[0].ID != "c1" {
		t.Errorf("project %+v, comments %+v, %v", p, cs, err)
	}
	for _, hidden := range []string{"p-other", "p-archived", "p-none"} {
		if _, _, err := w.svc.Project(w.asPia, hidden); !errors.Is(err, portal.ErrNotFound) {
			t.Errorf("project %s: %v", hidden, err)
		}
	}
	all, err := w.svc.Invoices(w.asPia)
	if err != nil || len(all) != 4 {
		t.Errorf("invoices %+v, %v", all, err)
	}
	for _, hidden := range []string{"i-draft", "i-other", "i-none"} {
		if _, err := w.svc.Invoice(w.asPia, hidden); !errors.Is(err, portal.ErrNotFound) {
			t.Errorf("invoice %s: %v", hidden, err)
		}
		if _, err := w.svc.InvoiceFile(w.asPia, hidden, "ubl"); !errors.Is(err, portal.ErrNotFound) {
			t.Errorf("file of %s: %v", hidden, err)
		}
	}
	if f, err := w.svc.InvoiceFile(w.asPia, "i-open", "pdf"); err != nil || len(f.Data) == 0 {
		t.Errorf("pdf: %v", err)
	}
}

func TestHoursOnlyWhereTheAgencyShowsThem(t *testing.T) {
	t.Parallel()
	w := setup(t)
	if hs, err := w.svc.Time(w.asPia); err != nil || len(hs) != 1 || hs[0].Seconds != 3600 {
		t.Errorf("shown: %+v, %v", hs, err)
	}
	w.hours = false
	if _, err := w.svc.Time(w.asPia); !errors.Is(err, portal.ErrNoHours) {
		t.Errorf("hidden: %v", err)
	}
	if ps, err := w.svc.Projects(w.asPia); err != nil || ps[0].Seconds != nil {
		t.Errorf("project still says %v, %v", ps[0].Seconds, err)
	}
	if o, err := w.svc.Overview(w.asPia); err != nil || o.HoursShown || o.Projects[0].Seconds != nil {
		t.Errorf("overview still says %+v, %v", o, err)
	}
}

func TestStaffAreNoContacts(t *testing.T) {
	t.Parallel()
	w := setup(t)
	if _, err := w.svc.Overview(w.Ctx); !errors.Is(err, portal.ErrNoContact) {
		t.Errorf("owner: %v", err)
	}
	nowhere := w.As(access.Actor{Kind: access.Contact}, portal.View)
	if _, err := w.svc.Invoices(nowhere); !errors.Is(err, portal.ErrNoContact) {
		t.Errorf("contact without a client: %v", err)
	}
}

func TestReply(t *testing.T) {
	t.Parallel()
	w := setup(t)
	if c, err := w.svc.Reply(w.asPia, "task", " Thanks "); err != nil || c.Body != "Thanks" {
		t.Errorf("reply: %+v, %v", c, err)
	}
	if _, err := w.svc.Reply(w.asPia, "elsewhere", "x"); !errors.Is(err, portal.ErrNotFound) {
		t.Errorf("another's task: %v", err)
	}
	if _, err := w.svc.Reply(w.asPia, "task", "  "); !errors.Is(err, portal.ErrBadReply) {
		t.Errorf("empty: %v", err)
	}
}

func TestPreviewSeesWhatTheContactSeesAndChangesNothing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p, err := w.svc.PreviewActor(w.Ctx, w.contact.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !p.ReadOnly || p.Kind != access.Contact || p.ClientID != w.mine.ID || p.OnBehalfOf != w.Owner.MemberID || !p.Can(portal.View) || p.Can("clients.clients.read") {
		t.Errorf("preview actor %+v", p)
	}
	o, err := w.svc.Overview(access.With(w.Ctx, p))
	if err != nil || o.PreviewBy != w.Owner.MemberID || len(o.Projects) != 1 {
		t.Errorf("preview %+v, %v", o, err)
	}
	if _, err := w.svc.PreviewActor(w.As(access.Actor{}, "clients.clients.read"), w.contact.ID); !errors.Is(err, portal.ErrNoContact) {
		t.Errorf("without the permission: %v", err)
	}
	if _, err := w.svc.PreviewActor(w.asPia, w.contact.ID); !errors.Is(err, portal.ErrNoContact) {
		t.Errorf("by a contact: %v", err)
	}
	if _, err := w.svc.PreviewActor(w.Ctx, id.New()); !errors.Is(err, portal.ErrNoPreview) {
		t.Errorf("unknown contact: %v", err)
	}
}

func TestRetainersOfAnotherClientAndHiddenOnesAreNotThere(t *testing.T) {
	t.Parallel()
	w := setup(t)
	rows, err := w.svc.Retainers(w.asPia)
	if err != nil || len(rows) != 1 || rows[0].ID != "r-mine" {
		t.Fatalf("%+v, %v", rows, err)
	}
	if _, _, err := w.svc.Retainer(w.asPia, "r-mine"); err != nil {
		t.Error(err)
	}
	for _, k := range []string{"r-hidden", "r-other", "r-none"} {
		if _, _, err := w.svc.Retainer(w.asPia, k); !errors.Is(err, portal.ErrNotFound) {
			t.Errorf("%s: %v", k, err)
		}
		if _, _, _, err := w.svc.Statement(w.asPia, k, page.Query{}); !errors.Is(err, portal.ErrNotFound) {
			t.Errorf("the statement of %s: %v", k, err)
		}
		if f, err := w.svc.StatementPDF(w.asPia, k); !errors.Is(err, portal.ErrNotFound) || len(f.Data) != 0 {
			t.Errorf("the paper of %s: %v", k, err)
		}
	}
}
