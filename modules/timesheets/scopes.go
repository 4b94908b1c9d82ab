package timesheets

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

// Scope is the part of the work on a project that somebody keeps an account of.
type Scope struct {
	ProjectID          string
	TaskIDs            []string // empty: all of it
	MemberID           string   // empty: everybody's
	Approved, Billable bool     // approved (and billed) alone; billable alone
	Currency           string   // of the worth that is wanted
	From, To           day.Date // both, or neither for all of it
}

// Spent is what a scope comes to.
type Spent struct {
	Seconds int64 // as they were worked
	Minor   int64 // what its billable time is worth, in minor units of its currency
}

// SpentTx adds up each of the scopes. Time without a price, or in another
// currency, is worth nothing here.
func (s *Service) SpentTx(ctx context.Context, tx *tenancy.Tx, scopes []Scope) ([]Spent, error) {
	if len(scopes) == 0 {
		return nil, nil
	}
	sums, err := s.d.Store.ScopeSums(ctx, tx, scopes)
	if err != nil {
		return nil, err
	}
	out := make([]Spent, len(scopes))
	for i, sum := range sums {
		out[i].Seconds = sum.Seconds
		if scopes[i].Billable {
			out[i].Seconds = sum.BillableSeconds
		}
		if scopes[i].Currency == "" {
			continue
		}
		m, err := worth(sum.SecondsTimesRate, scopes[i].Currency)
		if err != nil {
			return nil, err
		}
		out[i].Minor = m.Minor
	}
	return out, nil
}

// WorkersTx returns who has logged time on a project.
func (s *Service) WorkersTx(ctx context.Context, tx *tenancy.Tx, projectID string) ([]string, error) {
	sums, err := s.d.Store.Sums(ctx, tx, Filter{ProjectID: projectID}, ByMember)
	var out []string
	for _, sum := range sums {
		out = append(out, sum.Key)
	}
	return distinct(out), err
}
