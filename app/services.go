package app

import (
	"context"
	"io"

	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/billing"
	"github.com/bureauhq/bureau/billing/billingdb"
	"github.com/bureauhq/bureau/billing/billinghttp"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/agency/agencydb"
	"github.com/bureauhq/bureau/modules/agency/agencyhttp"
	"github.com/bureauhq/bureau/modules/audit"
	"github.com/bureauhq/bureau/modules/audit/auditdb"
	"github.com/bureauhq/bureau/modules/audit/audithttp"
	"github.com/bureauhq/bureau/modules/calendars"
	"github.com/bureauhq/bureau/modules/calendars/calendarshttp"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/clients/clientsdb"
	"github.com/bureauhq/bureau/modules/clients/clientshttp"
	"github.com/bureauhq/bureau/modules/expenses"
	"github.com/bureauhq/bureau/modules/expenses/expensesdb"
	"github.com/bureauhq/bureau/modules/expenses/expenseshttp"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/modules/fees/feesdb"
	"github.com/bureauhq/bureau/modules/fees/feeshttp"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/modules/identity/identitydb"
	"github.com/bureauhq/bureau/modules/identity/identityhttp"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/einvoice"
	"github.com/bureauhq/bureau/modules/invoicing/invoicingdb"
	"github.com/bureauhq/bureau/modules/invoicing/invoicinghttp"
	"github.com/bureauhq/bureau/modules/invoicing/invoicingpdf"
	"github.com/bureauhq/bureau/modules/ops"
	"github.com/bureauhq/bureau/modules/ops/opsdb"
	"github.com/bureauhq/bureau/modules/ops/opshttp"
	"github.com/bureauhq/bureau/modules/payments"
	"github.com/bureauhq/bureau/modules/payments/paymentsdb"
	"github.com/bureauhq/bureau/modules/payments/paymentshttp"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/modules/people/peoplecal"
	"github.com/bureauhq/bureau/modules/people/peopledb"
	"github.com/bureauhq/bureau/modules/people/peoplehttp"
	"github.com/bureauhq/bureau/modules/planning"
	"github.com/bureauhq/bureau/modules/planning/planninghttp"
	"github.com/bureauhq/bureau/modules/portal"
	"github.com/bureauhq/bureau/modules/portal/portalhttp"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/modules/projects/projectsdb"
	"github.com/bureauhq/bureau/modules/projects/projectshttp"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/modules/rates/ratesdb"
	"github.com/bureauhq/bureau/modules/rates/rateshttp"
	"github.com/bureauhq/bureau/modules/recurring"
	"github.com/bureauhq/bureau/modules/recurring/recurringdb"
	"github.com/bureauhq/bureau/modules/recurring/recurringhttp"
	"github.com/bureauhq/bureau/modules/retainers"
	"github.com/bureauhq/bureau/modules/retainers/retainersdb"
	"github.com/bureauhq/bureau/modules/retainers/retainershttp"
	"github.com/bureauhq/bureau/modules/retainers/retainerspdf"
	"github.com/bureauhq/bureau/modules/runs"
	"github.com/bureauhq/bureau/modules/runs/runsdb"
	"github.com/bureauhq/bureau/modules/runs/runshttp"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/modules/timesheets/timesheetsdb"
	"github.com/bureauhq/bureau/modules/timesheets/timesheetshttp"
)

// Services are the cores of all modules, wired.
type Services struct {
	Billing    *billing.Service
	Agency     *agency.Service
	Audit      *audit.Service
	Identity   *identity.Service
	People     *people.Service
	Clients    *clients.Service
	Projects   *projects.Service
	Rates      *rates.Service
	Timesheets *timesheets.Service
	Calendars  *calendars.Service
	Planning   *planning.Service
	Expenses   *expenses.Service
	Fees       *fees.Service
	Invoicing  *invoicing.Service
	Runs       *runs.Service
	Recurring  *recurring.Service
	Retainers  *retainers.Service
	Payments   *payments.Service
	Portal     *portal.Service
	Ops        *ops.Service
}

// wireServices builds the modules from the ground up: each may use those above it in this list.
func (a *App) wireServices() error {
	s := &a.Services
	kratos, err := a.provider()
	if err != nil {
		return err
	}
	now := a.cfg.Now
	accounts := billingdb.New(a.Control, a.Queue)
	a.Gate = billing.NewGate(accounts, a.cfg.Gateway == nil, a.billingClock(), now)
	s.Billing = billing.New(billing.Deps{
		DB: a.DB, Store: accounts, Seats: billingdb.Seats{}, Gateway: a.gateway(), Agencies: a.Registry, Owners: owners{s}, Invitations: owners{s}, Mail: a.cfg.Mail, PageURL: a.places.Agency, Clock: a.billingClock(), Now: now, Unbilled: a.cfg.Gateway == nil,
		Threshold: money.Of(20_000, billing.Currency), Log: a.log,
	})
	s.Billing.RegisterJobs(a.Jobs)
	s.Agency = agency.New(agency.Deps{
		DB: a.DB, Store: agencydb.Store{}, Names: a.Provisioner, Events: a.Bus, Images: images{a.cfg.Files},
		Exports: agencydb.Exports{}, Archives: archives{a.Custody, a.cfg.Files}, Jobs: a.Queue, Now: now,
	})
	agency.RegisterJobs(a.Jobs, s.Agency)
	s.Audit = audit.New(audit.Deps{DB: a.DB, Store: auditdb.Store{}})
	s.Identity = identity.New(identity.Deps{
		DB: a.DB, Store: identitydb.Store{}, Directory: identitydb.NewDirectory(a.Control, a.Queue), Provider: kratos, Agencies: a.Registry, Claimer: claimer{a.Provisioner, s.Billing}, Seats: s.Billing,
		Contacts: contacts{s}, Looks: looks{s.Agency}, Events: a.Bus, Jobs: a.Queue, Mail: a.cfg.Mail, Places: a.places, Limits: a.limits(), Log: a.log, Now: now,
	})
	s.Identity.RegisterJobs(a.Jobs)
	a.meter.stale(s.Identity.StaleSeconds)
	a.handleSample()
	s.People = people.New(people.Deps{DB: a.DB, Store: peopledb.Store{}, Members: staff{members{s.Identity}, s.Agency, now}, Regions: peoplecal.Regions{}, Events: a.Bus, Now: now, NewID: id.New})
	s.Clients = clients.New(clients.Deps{DB: a.DB, Store: clientsdb.Store{}, Members: members{s.Identity}, Settings: s.Agency, Entities: entities{s}, Doors: s.Identity, Events: a.Bus, Now: now})
	clients.Listen(a.Bus, s.Clients, s.Identity)
	s.Projects = projects.New(projects.Deps{
		DB: a.DB, Store: projectsdb.Store{}, Clients: s.Clients, Members: members{s.Identity}, Settings: s.Agency, Holidays: s.People, Logged: logged{s}, Services: sales{s}, Billing: whoBills{s}, Events: a.Bus,
		Jobs: a.Queue, Notices: budgetNotices{notices{s}}, Now: now,
	})
	projects.RegisterJobs(a.Jobs, s.Projects)
	s.Rates = rates.New(rates.Deps{
		DB: a.DB, Store: ratesdb.Store{}, Clients: s.Clients, Projects: ofProjects{s}, Targets: targets{s}, Taxes: targets{s}, Positions: s.People,
		Settings: s.Agency, Plan: plans{a.Gate}, Capacity: s.People, Regions: peoplecal.Regions{}, Time: repricer{s}, Events: a.Bus, Now: now,
	})
	s.Timesheets = timesheets.New(timesheets.Deps{
		DB: a.DB, Store: timesheetsdb.Store{}, Projects: workplaces{s.Projects, s.Clients}, Services: sales{s}, Rates: prices{s.Rates}, Schedules: s.People,
		Agency: whereabouts{s.Agency}, Team: team{members{s.Identity}}, Lines: s.People, Bus: a.Bus, Jobs: a.Queue, Notices: notices{s}, Ledgers: ledgers{s}, Invoicers: entities{s}, Now: now,
	})
	timesheets.RegisterJobs(a.Jobs, s.Timesheets)
	if err := a.wireCalendars(); err != nil {
		return err
	}
	a.wirePlanning()
	spend := forExpenses{s, team{members{s.Identity}}}
	s.Expenses = expenses.New(expenses.Deps{
		DB: a.DB, Store: expensesdb.Store{}, House: spend, Projects: spend, Clients: spend, Team: spend, Taxes: targets{s}, Files: papers{a.cfg.Files}, Bus: a.Bus, Now: now, NewID: id.New,
	})
	s.Fees = fees.New(fees.Deps{DB: a.DB, Store: feesdb.Store{}, Projects: s.Projects, Events: a.Bus, Jobs: a.Queue, Notices: feeNotices{notices{s}, a.DB, a.cfg.Mail}, Now: now})
	fees.RegisterJobs(a.Jobs, s.Fees)
	bill := forInvoices{s}
	s.Invoicing = invoicing.New(invoicing.Deps{
		DB: a.DB, Store: invoicingdb.Store{}, Settings: bill, Plan: plans{a.Gate}, Clients: bill, Time: bill, Fees: s.Fees, Expenses: spentForInvoices{s.Expenses}, Members: bill, Projects: bill, Renderer: invoicingpdf.Renderer{}, EInvoices: einvoice.Writer{},
		Files: papers{a.cfg.Files}, Images: images{a.cfg.Files}, Mailer: letters{a.cfg.Mail}, Notices: budgetNotices{notices{s}}, PayLinks: payLinks{s, addresses{a.places}}, Events: a.Bus, Queue: a.Queue, Now: now, NewID: id.New,
		Periods: s.Timesheets,
	})
	invoicing.RegisterJobs(a.Jobs, s.Invoicing)
	s.Recurring = recurring.New(recurring.Deps{
		DB: a.DB, Store: recurringdb.Store{}, Clients: s.Clients, Projects: s.Projects, Settings: s.Agency, Bills: s.Invoicing, Events: a.Bus, Jobs: a.Queue, Now: now,
	})
	recurring.RegisterJobs(a.Jobs, s.Recurring)
	recurring.Listen(a.Bus, s.Recurring)
	s.Retainers = retainers.New(retainers.Deps{
		DB: a.DB, Store: retainersdb.Store{}, Clients: s.Clients, Projects: s.Projects, Time: s.Timesheets, Members: bill, Settings: s.Agency, Bills: s.Invoicing, Renderer: retainerspdf.Renderer{},
		Events: a.Bus, Jobs: a.Queue, Notices: budgetNotices{notices{s}}, Now: now,
	})
	retainers.RegisterJobs(a.Jobs, s.Retainers)
	retainers.Listen(a.Bus, s.Retainers)
	s.Payments = payments.New(payments.Deps{
		DB: a.DB, Store: paymentsdb.Store{}, Directory: paymentsdb.NewDirectory(a.Control, a.Queue), Provider: a.cfg.Payments, Bills: s.Invoicing, Profile: forPayments{s}, Places: addresses{a.places},
		Agencies: a.Registry, Team: forPayments{s}, Notices: paymentNotices{notices{s}}, Rounds: accounts, Events: a.Bus, Jobs: a.Queue, Clock: a.billingClock(), Now: now, NewID: id.New, Log: a.log,
	})
	payments.RegisterJobs(a.Jobs, s.Payments)
	payments.Listen(a.Bus, s.Payments)
	s.Runs = runs.New(runs.Deps{DB: a.DB, Store: runsdb.Store{}, Clients: s.Clients, Bills: s.Invoicing, Retainers: s.Retainers, Settings: s.Agency, Events: a.Bus, Jobs: a.Queue, Now: now})
	runs.RegisterJobs(a.Jobs, s.Runs)
	records := portalRecords{s}
	s.Portal = portal.New(portal.Deps{DB: a.DB, Clients: s.Clients, Settings: s.Agency, Projects: records, Invoices: records, Payments: records, Time: records, Retainers: s.Retainers, Fees: s.Fees})
	s.Ops = ops.New(ops.Deps{
		DB: a.DB, Store: opsdb.New(a.Control, a.Queue), Registry: agencies{a}, Opener: a, Custody: a.Custody, Migrator: a.owner, Jobs: retries{a}, Probes: probes{a}, Now: now,
	})
	s.Ops.RegisterJobs(a.Jobs)
	return nil
}

// registerOperations declares every operation of the API.
func (a *App) registerOperations() {
	s := a.Services
	agencyhttp.Register(a.API, s.Agency)
	billinghttp.Register(a.API, s.Billing, addresses{a.places})
	agencyhttp.RegisterExports(a.API, s.Agency)
	a.registerSample()
	audithttp.Register(a.API, s.Audit)
	identityhttp.Register(a.API, s.Identity)
	peoplehttp.Register(a.API, s.People)
	clientshttp.Register(a.API, s.Clients)
	projectshttp.Register(a.API, s.Projects)
	rateshttp.Register(a.API, s.Rates)
	timesheetshttp.Register(a.API, s.Timesheets)
	calendarshttp.Register(a.API, s.Calendars)
	planninghttp.Register(a.API, s.Planning)
	expenseshttp.Register(a.API, s.Expenses)
	feeshttp.Register(a.API, s.Fees)
	invoicinghttp.Register(a.API, s.Invoicing)
	runshttp.Register(a.API, s.Runs)
	recurringhttp.Register(a.API, s.Recurring)
	retainershttp.Register(a.API, s.Retainers)
	paymentshttp.Register(a.API, s.Payments)
	portalhttp.Register(a.API, s.Portal)
	opshttp.Register(a.API, s.Ops, s.Identity, s.Billing, billingdb.New(a.Control, a.Queue))
}

// images keeps logos in the file store.
type images struct{ files file.Store }

func (i images) PutLogo(ctx context.Context, agencyID string, r io.Reader) (string, error) {
	img, err := file.Logo(r)
	if err != nil {
		return "", err
	}
	key := file.Key(agencyID, "logo", id.New()+img.Extension)
	return key, i.files.Put(ctx, key, img.ContentType, bytesReader(img.Data), int64(len(img.Data)))
}

func (i images) Open(ctx context.Context, key string) (io.ReadCloser, string, error) {
	r, info, err := i.files.Open(ctx, key)
	return r, info.ContentType, err
}
