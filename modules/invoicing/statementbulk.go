package invoicing

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrStatementMailed is told for a client who got a statement to the end of the day already.
var ErrStatementMailed = fault.Define(fault.Conflict, "invoicing.statement_mailed", "The client got a statement to the end of this day already.")

// Balance is what a client owed at the end of a day in one currency.
type Balance struct {
	ClientID string
	Currency string // empty: nothing was open
	Open     money.Money
	Late     money.Money
	Moved    bool // something changed what the client owed in the days
}

// StatementAhead is what a statement of a client would say, and whom it would go to.
type StatementAhead struct {
	Open   []money.Money // at the end of the last day, by currency
	Late   []money.Money // beside each of them
	Moved  bool          // something changed what the client owes in the days
	Mailed bool          // a statement to the same day was
	To     []Recipient
}

// StatementsAheadTx tells of the clients who owed something at the end of the
// days, or of whom something moved in them. For no ids it is of all clients.
func (s *Service) StatementsAheadTx(ctx context.Context, tx *tenancy.Tx, days day.Range, clientIDs []string) (map[string]StatementAhead, error) {
	d, err := s.d.Settings.DefaultsTx(ctx, tx)
	if err != nil {
		return nil, err
	}
	all, err := s.d.Store.Balances(ctx, tx, days, clientIDs, d.TimeZone)
	if err != nil {
		return nil, err
	}
	out := make(map[string]StatementAhead, len(all))
	ids := []string{}
	for _, b := range all {
		a, known := out[b.ClientID]
		if !known {
			ids = append(ids, b.ClientID)
		}
		a.Moved = a.Moved || b.Moved
		if b.Currency != "" {
			a.Open, a.Late = append(a.Open, b.Open), append(a.Late, b.Late)
		}
		out[b.ClientID] = a
	}
	if len(ids) == 0 {
		return out, nil
	}
	mailed, err := s.d.Store.StatementMailed(ctx, tx, days.To, clientIDs)
	if err != nil {
		return nil, err
	}
	to, err := s.d.Clients.BillingTx(ctx, tx, ids)
	for id, a := range out {
		a.Mailed, a.To = mailed[id], to[id]
		out[id] = a
	}
	return out, err
}

// MailStatementTx mails a client's statement of days with the usual words, once a client and last day. ErrStatementMailed, ErrNoRecipients.
func (s *Service) MailStatementTx(ctx context.Context, tx *tenancy.Tx, clientID string, days day.Range) (StatementSending, error) {
	st, err := s.statement(ctx, tx, clientID, days.From, days.To, "body")
	if err != nil {
		return StatementSending{}, err
	}
	to, err := s.recipients(ctx, tx, clientID, nil, "body.recipients")
	if err != nil {
		return StatementSending{}, err
	}
	// Runs settle one client a transaction in the background: it may wait for the store of files.
	hash, err := s.keepStatement(ctx, st)
	if err != nil {
		return StatementSending{}, err
	}
	return s.sendStatement(ctx, tx, st, hash, to, Letter{}, true)
}

// StatementMailsTx finds mails with statements.
func (s *Service) StatementMailsTx(ctx context.Context, tx *tenancy.Tx, ids []string) (map[string]StatementSending, error) {
	return s.d.Store.StatementSendsByIDs(ctx, tx, ids)
}

// StatementDays checks the days of a statement, and names what is wrong with them in the body.
func StatementDays(from, to, today day.Date) error {
	if to.After(today) {
		return ErrBadPeriod.At("body.to", "is in the future")
	}
	return checkStatementDays(from, to, "body")
}
