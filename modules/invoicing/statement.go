package invoicing

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrLongStatement refuses a statement that nobody reads.
var ErrLongStatement = fault.Define(fault.Invalid, "invoicing.long_statement", "A statement covers at most two years.")

// Statement is what a client was billed, paid and owes, as it was known at the
// end of its last day (rule 29): only what was issued and applied by then counts.
type Statement struct {
	ClientID   string
	ClientName string
	Seller     string
	From, To   day.Date
	Currencies []StatementOf
	Language   Language // the client's, else its legal entity's
	Locale     string
	Colour     string
	ReplyTo    string // of the legal entity
}

// StatementOf is one currency of it. Opening and the movements make Closing,
// and so do the open items less Credit.
type StatementOf struct {
	Currency  string
	Opening   money.Money
	Movements []Movement
	Closing   money.Money
	Items     []OpenItem
	Open      money.Money    // the sum of the items
	Credit    money.Money    // what is applied to nothing yet
	Buckets   [5]money.Money // the items by how late they are: not due, 1 to 30 days, 31 to 60, 61 to 90, more
}

// MovementKind says what changed a client's balance.
type MovementKind string

// Movement is a change of the balance: what the client owes more, or less.
type Movement struct {
	On        day.Date
	Kind      MovementKind
	InvoiceID string // where it is a document
	Number    string
	Amount    money.Money
}

// OpenItem is a document of which something is to be paid.
type OpenItem struct {
	InvoiceID string
	Kind      DocumentKind
	Number    string
	IssueOn   day.Date
	DueOn     day.Date
	Total     money.Money // what was payable
	Open      money.Money
}

// DaysLate counts from the day after the due date.
func (o OpenItem) DaysLate(on day.Date) int { return max(0, on.Sub(o.DueOn)) }

// bucketOf says how late an item is on a day, as the overview does.
func bucketOf(due, on day.Date) int {
	switch late := on.Sub(due); {
	case late <= 0:
		return 0
	case late <= 30:
		return 1
	case late <= 60:
		return 2
	case late <= 90:
		return 3
	}
	return 4
}

// Statement makes the statement of a client. Without days it is of the last
// three months, up to today by the agency's calendar.
func (s *Service) Statement(ctx context.Context, clientID string, from, to day.Date) (st Statement, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		st, err = s.statement(ctx, tx, clientID, from, to, "query")
		return err
	})
	return st, err
}

// statement names what is wrong with its days where they were given: in the query or the body.
func (s *Service) statement(ctx context.Context, tx *tenancy.Tx, clientID string, from, to day.Date, where string) (Statement, error) {
	d, err := s.d.Settings.DefaultsTx(ctx, tx)
	if err != nil {
		return Statement{}, err
	}
	if to.IsZero() {
		to = LegalEntity{TimeZone: d.TimeZone}.Today(s.d.Now())
	}
	if from.IsZero() {
		from = to.AddMonths(-3)
	}
	if err := checkStatementDays(from, to, where); err != nil {
		return Statement{}, err
	}
	c, err := s.d.Clients.ClientTx(ctx, tx, clientID)
	if err != nil {
		return Statement{}, err
	}
	st := Statement{ClientID: c.ID, ClientName: c.Name, Seller: d.LegalName, From: from, To: to, Colour: d.Colour}
	e, err := s.entityOf(ctx, tx, c)
	if err != nil {
		return Statement{}, err
	}
	st.Language, st.ReplyTo = e.speaks(c), e.Email
	st.Locale = localeFor(st.Language, d.Locale)
	if st.Currencies, err = s.d.Store.Statement(ctx, tx, clientID, from, to, d.TimeZone); err != nil {
		return st, err
	}
	for n := range st.Currencies {
		of := &st.Currencies[n]
		for b := range of.Buckets {
			of.Buckets[b] = money.Zero(of.Currency)
		}
		of.Open = money.Zero(of.Currency)
		for _, item := range of.Items {
			b := bucketOf(item.DueOn, to)
			of.Open, of.Buckets[b] = of.Open.Add(item.Open), of.Buckets[b].Add(item.Open)
		}
		of.Closing = of.Opening
		for _, m := range of.Movements {
			of.Closing = of.Closing.Add(m.Amount)
		}
	}
	return st, nil
}

func checkStatementDays(from, to day.Date, where string) error {
	switch {
	case to.Before(from):
		return ErrBadPeriod.At(where+".to", "is before the start")
	case to.Sub(from) > 732:
		return ErrLongStatement.At(where+".from", "is more than two years before the end")
	}
	return nil
}

// StatementPDF draws the statement of a client.
func (s *Service) StatementPDF(ctx context.Context, clientID string, from, to day.Date) (PDF, error) {
	st, err := s.Statement(ctx, clientID, from, to)
	if err != nil {
		return PDF{}, err
	}
	return s.statementPDF(st)
}

func (s *Service) statementPDF(st Statement) (PDF, error) {
	raw, err := s.d.Renderer.RenderStatement(st)
	return PDF{Name: st.fileName(), Bytes: raw}, err
}

func (st Statement) fileName() string { return fileName("statement "+st.To.String(), ".pdf") }

// entityOf is the legal entity that invoices a client; empty where there is none yet.
func (s *Service) entityOf(ctx context.Context, tx *tenancy.Tx, c Client) (LegalEntity, error) {
	if c.EntityID != "" {
		return s.d.Store.Entity(ctx, tx, c.EntityID)
	}
	e, _, err := s.theDefault(ctx, tx)
	return e, err
}
