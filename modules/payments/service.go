package payments

import (
	"context"
	"log/slog"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// Deps are what the service cannot work without, but for the provider.
type Deps struct {
	DB        *tenancy.DB
	Store     Store
	Directory Directory
	Provider  Provider // nil where the installation has none: nobody pays on line
	Bills     Bills
	Profile   Profile
	Places    Places
	Agencies  Agencies
	Team      Team
	Notices   Notices
	Rounds    Rounds
	Events    Publisher
	Jobs      Jobs
	Clock     func() time.Time // the provider's: real time but where a stand-in moves it
	Now       func() time.Time
	NewID     func() string
	Log       *slog.Logger
}

// Service is all that is done about payments on line.
type Service struct{ d Deps }

// New returns the service. It panics on a missing dependency, at start-up.
func New(d Deps) *Service {
	if d.DB == nil || d.Store == nil || d.Directory == nil || d.Bills == nil || d.Profile == nil || d.Places == nil || d.Agencies == nil || d.Team == nil || d.Notices == nil ||
		d.Rounds == nil || d.Events == nil || d.Jobs == nil || d.Clock == nil || d.Now == nil || d.NewID == nil || d.Log == nil {
		panic("payments: a dependency is missing")
	}
	return &Service{d}
}

// RegisterJobs says which functions do this module's background work. All of it keeps our own records
// right, gives money back, or warns somebody, so none of it waits for the agency's own bill.
func RegisterJobs(r *job.Registry, s *Service) {
	job.Handle(r, s.process)
	job.Handle(r, s.closePages)
	job.Handle(r, s.refund)
	job.Handle(r, s.write)
	job.HandleLetter(r, s.writeTo)
	job.HandleWithin(r, 10*time.Minute, s.compare)
	r.Always(noticed{}, closePages{}, refundNow{}, letter{}, letterTo{}, compareNow{})
}

// Listen hears what settles an invoice: pages that ask for more than is open are closed.
func Listen(b *event.Bus, s *Service) {
	const name = "payments.close_pages"
	of := func(ctx context.Context, invoiceID string) error {
		if invoiceID == "" {
			return nil // a payment that is on no invoice
		}
		return s.closePages(ctx, closePages{InvoiceID: invoiceID})
	}
	event.On(b, name, func(ctx context.Context, e invoicing.InvoicePaid) error { return of(ctx, e.InvoiceID) })
	event.On(b, name, func(ctx context.Context, e invoicing.InvoiceVoided) error { return of(ctx, e.InvoiceID) })
	event.On(b, name, func(ctx context.Context, e invoicing.InvoiceWrittenOff) error { return of(ctx, e.InvoiceID) })
	event.On(b, name, func(ctx context.Context, e invoicing.CreditNoteIssued) error { return of(ctx, e.CreditsID) })
	event.On(b, name, func(ctx context.Context, e invoicing.PaymentRecorded) error { return of(ctx, e.InvoiceID) })
	event.On(b, name, func(ctx context.Context, e invoicing.PaymentApplied) error { return of(ctx, e.InvoiceID) })
}

// inAgency is ctx with the agency of this key, for work that nobody in it has asked for.
func (s *Service) inAgency(ctx context.Context, agencyID string) (context.Context, error) {
	a, err := s.d.Agencies.ByID(ctx, agencyID)
	if err != nil {
		return nil, err
	}
	return access.With(tenancy.With(ctx, a), access.Actor{Kind: access.System, Name: "Bureau"}), nil
}

// changed announces what became of an attempt.
func (s *Service) changed(ctx context.Context, tx *tenancy.Tx, a Attempt, what string) error {
	return s.d.Events.Publish(ctx, tx, Changed{Attempt: a.ID, Invoice: a.InvoiceID, ClientID: a.ClientID, What: what, Label: a.InvoiceNumber + " · " + a.ClientName})
}
