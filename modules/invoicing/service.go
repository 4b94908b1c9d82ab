package invoicing

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// Deps are what the service cannot work without.
type Deps struct {
	DB       *tenancy.DB
	Store    Store
	Settings Settings
	Plan     Plan
	Clients  Clients
	Time     Time
	Fees     Fees
	Expenses Expenses // nil where nobody spends anything
	// Billables are further modules whose records become lines, by the kind of their sources.
	Billables map[SourceKind]Billable
	Members   Members
	Projects  Projects
	Renderer  Renderer
	EInvoices EInvoices
	Files     Files
	Images    Images
	Mailer    Mailer
	Notices   Notices
	PayLinks  PayLinks // nil where nobody pays on line
	Events    Publisher
	Queue     Queue
	Periods   Periods // nil where none is closed
	Now       func() time.Time
	NewID     func() string
}

// Service is all that people do with invoices and payments.
type Service struct{ d Deps }

// New returns the service. It panics on a missing dependency, at start-up.
func New(d Deps) *Service {
	if d.DB == nil || d.Store == nil || d.Settings == nil || d.Plan == nil || d.Clients == nil || d.Time == nil || d.Fees == nil || d.Members == nil || d.Projects == nil ||
		d.Renderer == nil || d.EInvoices == nil || d.Files == nil || d.Images == nil || d.Mailer == nil || d.Notices == nil || d.Events == nil || d.Queue == nil || d.Now == nil || d.NewID == nil {
		panic("invoicing: a dependency is missing")
	}
	with := map[SourceKind]Billable{OfFee: ofFees{d.Fees}}
	if d.Expenses != nil {
		with[OfExpense] = d.Expenses
	}
	maps.Copy(with, d.Billables)
	d.Billables = with
	s := &Service{d}
	with[OfLate] = ofLate{s}
	return s
}

// DraftOf says what a new draft is about.
type DraftOf struct {
	Kind     DocumentKind // empty: an invoice
	ClientID string
	EntityID string // empty: the client's, else the default one
	Currency string // empty: the client's, else the entity's
	Edit     func(*Invoice)
}

// Create makes a draft with free lines.
func (s *Service) Create(ctx context.Context, of DraftOf) (i Invoice, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if i, err = s.blank(ctx, tx, of); err != nil {
			return err
		}
		return s.add(ctx, tx, &i)
	})
	return i, err
}

// blank is a draft with what entity and client say.
func (s *Service) blank(ctx context.Context, tx *tenancy.Tx, of DraftOf) (Invoice, error) {
	client, err := s.clientOf(ctx, tx, of.ClientID)
	if err != nil {
		return Invoice{}, err
	}
	entity, err := s.entityFor(ctx, tx, cmp.Or(of.EntityID, client.EntityID))
	if err != nil {
		return Invoice{}, err
	}
	return s.blankFor(ctx, entity, client, of), nil
}

func (s *Service) blankFor(ctx context.Context, entity LegalEntity, client Client, of DraftOf) Invoice {
	now := s.d.Now()
	i := Invoice{
		ID: s.d.NewID(), Kind: cmp.Or(of.Kind, PlainInvoice), EntityID: entity.ID, ClientID: client.ID, ClientName: client.Name, State: Draft,
		Currency: entity.Currency, Rounding: entity.Rounding, TaxMethod: entity.TaxMethod, PricesIncludeTax: entity.PricesIncludeTax,
		Terms: entity.Terms, Footer: entity.Footer, Version: 1, CreatedBy: access.From(ctx).MemberID, CreatedAt: now, UpdatedAt: now,
	}
	if client.Currency != "" {
		i.Currency = client.Currency
	}
	if of.Currency != "" {
		i.Currency = of.Currency
	}
	if client.TermsDays != nil {
		i.Terms = day.Terms{Days: *client.TermsDays}
	}
	if of.Edit != nil {
		of.Edit(&i)
	}
	return i
}

func (s *Service) entityFor(ctx context.Context, tx *tenancy.Tx, id string) (LegalEntity, error) {
	if id == "" {
		return s.defaultEntity(ctx, tx)
	}
	return s.d.Store.Entity(ctx, tx, id)
}

// add checks, calculates and stores a new draft.
func (s *Service) add(ctx context.Context, tx *tenancy.Tx, i *Invoice) error {
	if err := s.ready(ctx, tx, i); err != nil {
		return err
	}
	if err := s.d.Store.AddInvoice(ctx, tx, *i); err != nil {
		return err
	}
	if i.deducts != nil {
		if err := s.deductWished(ctx, tx, i); err != nil {
			return err
		}
		if err := s.d.Store.SetPayable(ctx, tx, *i); err != nil {
			return err
		}
	}
	return s.record(ctx, tx, "invoicing.invoice_created", nil, i, InvoiceCreated{factOf(*i)})
}

// ready checks a draft and brings its figures up to date.
func (s *Service) ready(ctx context.Context, tx *tenancy.Tx, i *Invoice) error {
	for n := range i.Lines {
		if i.Lines[n].ID == "" {
			i.Lines[n].ID, i.Lines[n].Kind = s.d.NewID(), FreeLine
		}
	}
	if err := i.check(); err != nil {
		return err
	}
	entity, err := s.d.Store.Entity(ctx, tx, i.EntityID)
	if err != nil {
		return err
	}
	rates, err := s.rates(ctx, tx)
	if err != nil {
		return err
	}
	return i.addUp(entity, rates, entity.Today(s.d.Now()))
}

// addUp calculates a draft, of which nothing is paid.
func (i *Invoice) addUp(entity LegalEntity, rates map[string]TaxRate, today day.Date) error {
	if i.CashStep = 0; i.Currency == entity.Currency {
		i.CashStep = entity.CashStep
	}
	i.Paid, i.Credited, i.WrittenOff = money.Zero(i.Currency), money.Zero(i.Currency), money.Zero(i.Currency)
	return i.calculate(rates, today)
}

func (s *Service) rates(ctx context.Context, tx *tenancy.Tx) (map[string]TaxRate, error) {
	all, err := s.d.Store.TaxRates(ctx, tx)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]TaxRate, len(all))
	for _, r := range all {
		byID[r.ID] = r
	}
	return byID, nil
}

// Find reads one invoice.
func (s *Service) Find(ctx context.Context, id string) (i Invoice, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err = s.d.Store.Invoice(ctx, tx, id)
		return err
	})
	return i, err
}

// Change edits a draft. Time that is on no line afterwards becomes unbilled.
func (s *Service) Change(ctx context.Context, id string, version int, edit func(*Invoice) error) (i Invoice, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err = s.change(ctx, tx, id, version, edit)
		return err
	})
	return i, err
}

func (s *Service) change(ctx context.Context, tx *tenancy.Tx, id string, version int, edit func(*Invoice) error) (i Invoice, err error) {
	before, err := s.draft(ctx, tx, id)
	if err != nil {
		return i, err
	}
	if before.Version != version {
		return i, ErrStale
	}
	i = before
	i.Lines = slices.Clone(before.Lines)
	if err := edit(&i); err != nil {
		return i, err
	}
	if i.ClientID != before.ClientID {
		if err := s.moveTo(ctx, tx, &i, before); err != nil {
			return i, err
		}
	}
	if i.EntityID != before.EntityID {
		if len(before.Deductions) > 0 {
			return i, ErrBadInvoice.At("body.entity_id", "cannot change while deposits are deducted")
		}
		if _, err := s.d.Store.Entity(ctx, tx, i.EntityID); err != nil {
			return i, err
		}
	}
	if i.Currency != before.Currency && (before.sourced() || len(before.Deductions) > 0) {
		return i, ErrBadInvoice.At("body.currency", "cannot change while there is work on the invoice")
	}
	if err := keepSources(&i, before); err != nil {
		return i, err
	}
	if err := s.dropHeld(ctx, tx, &i); err != nil {
		return i, err
	}
	i.roundTime()
	i.Version, i.UpdatedAt = version+1, s.d.Now()
	if i.deducts != nil {
		i.Deductions = nil
	}
	if err := s.ready(ctx, tx, &i); err != nil {
		return i, err
	}
	if err := s.deductWished(ctx, tx, &i); err != nil {
		return i, err
	}
	if err := s.d.Store.SaveDraft(ctx, tx, i); err != nil {
		return i, err
	}
	if err := s.rebill(ctx, tx, before, i); err != nil {
		return i, err
	}
	if err := s.giveBack(ctx, tx, id, goneLines(before, i)); err != nil {
		return i, err
	}
	return i, s.record(ctx, tx, "invoicing.invoice_changed", &before, &i, InvoiceChanged{factOf(i)})
}

// moveTo hands a draft to another client; work belongs to the first.
func (s *Service) moveTo(ctx context.Context, tx *tenancy.Tx, i *Invoice, before Invoice) error {
	if before.sourced() || len(before.Deductions) > 0 {
		return ErrBadInvoice.At("body.client_id", "cannot change while there is work on the invoice")
	}
	c, err := s.clientOf(ctx, tx, i.ClientID)
	if err != nil {
		return err
	}
	i.ClientName = c.Name
	return nil
}

// rebill tells timesheets when lines with time have gone.
func (s *Service) rebill(ctx context.Context, tx *tenancy.Tx, before, after Invoice) error {
	left := after.entries()
	if len(left) == len(before.entries()) {
		return s.tellRounded(ctx, tx, after) // parts of an entry may have gone
	}
	if err := s.d.Time.ReleaseBilledTx(ctx, tx, after.ID); err != nil {
		return err
	}
	if len(left) == 0 {
		return nil
	}
	return s.takeTime(ctx, tx, after, left)
}

// Delete throws a draft away. Its time and what else it bills become unbilled.
func (s *Service) Delete(ctx context.Context, id string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err := s.draft(ctx, tx, id)
		if err != nil {
			return err
		}
		return s.remove(ctx, tx, i)
	})
}

// remove throws a draft away that is locked.
func (s *Service) remove(ctx context.Context, tx *tenancy.Tx, i Invoice) error {
	if len(i.entries()) > 0 {
		if err := s.d.Time.ReleaseBilledTx(ctx, tx, i.ID); err != nil {
			return err
		}
	}
	if err := s.giveBack(ctx, tx, i.ID, i.Lines); err != nil {
		return err
	}
	if err := s.d.Store.RemoveDraft(ctx, tx, i.ID); err != nil {
		return err
	}
	return s.record(ctx, tx, "invoicing.invoice_deleted", &i, nil, InvoiceDeleted{factOf(i)})
}

// draft locks an invoice and makes sure that it may still be edited.
func (s *Service) draft(ctx context.Context, tx *tenancy.Tx, id string) (Invoice, error) {
	i, err := s.d.Store.LockedInvoice(ctx, tx, id)
	if err != nil {
		return Invoice{}, err
	}
	if i.State != Draft {
		return Invoice{}, ErrNotDraft
	}
	return i, nil
}

// Figure calculates lines without saving anything, for a live total.
func (s *Service) Figure(ctx context.Context, i Invoice) (Invoice, error) {
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := i.check(); err != nil {
			return err
		}
		rates, err := s.rates(ctx, tx)
		if err != nil {
			return err
		}
		return i.calculate(rates, day.Of(s.d.Now(), time.UTC))
	})
	return i, err
}

// record writes the audit entry of a change and announces it.
func (s *Service) record(ctx context.Context, tx *tenancy.Tx, action string, before, after *Invoice, e event.Event) error {
	c := audit.Change{Action: action, Entity: "invoice"}
	if before != nil {
		c.EntityID, c.Before = before.ID, snapshot(*before)
	}
	if after != nil {
		c.EntityID, c.After = after.ID, snapshot(*after)
	}
	if err := audit.Record(ctx, tx, c); err != nil {
		return err
	}
	return s.d.Events.Publish(ctx, tx, e)
}

// auditLine and auditShot are what the audit log keeps of an invoice.
type auditLine struct {
	Description string      `json:"description"`
	Quantity    string      `json:"quantity"`
	UnitPrice   string      `json:"unit_price"`
	Discount    string      `json:"discount_percent"`
	Less        string      `json:"discount_amount"`
	Taxes       []string    `json:"tax_rate_ids"`
	Net         money.Money `json:"net"`

	Written []writtenShot `json:"written,omitempty"`
}

type auditShot struct {
	Kind      DocumentKind `json:"kind"`
	CreditsID string       `json:"credits_id,omitempty"`
	State     State        `json:"state"`
	Number    string       `json:"number"`
	ClientID  string       `json:"client_id"`
	EntityID  string       `json:"entity_id"`
	IssueOn   day.Date     `json:"issue_on"`
	DueOn     day.Date     `json:"due_on"`
	Reference string       `json:"reference"`
	Note      string       `json:"note"`
	Discount  string       `json:"discount_percent"`
	Less      string       `json:"discount_amount"`
	Total     money.Money  `json:"total"`
	Paid      money.Money  `json:"paid"`
	Review    ReviewState  `json:"review,omitempty"`
	Reason    string       `json:"review_reason,omitempty"`
	Lines     []auditLine  `json:"lines"`
}

func snapshot(i Invoice) auditShot {
	shot := auditShot{
		Kind: i.Kind, CreditsID: i.CreditsID,
		State: i.State, Number: i.Number, ClientID: i.ClientID, EntityID: i.EntityID, IssueOn: i.IssueOn, DueOn: i.DueOn,
		Reference: i.Reference, Note: i.Note, Discount: i.Discount.Percent.String(), Less: i.Discount.Amount.String(), Total: i.Total, Paid: i.Paid,
		Review: i.Reviewed(), Reason: i.Review.Reason,
	}
	for _, l := range i.Lines {
		shot.Lines = append(shot.Lines, auditLine{
			l.Description, l.Quantity.String(), l.UnitPrice.String(), l.Discount.Percent.String(), l.Discount.Amount.String(), l.TaxRateIDs, l.Net, l.writtenShots(),
		})
	}
	return shot
}
