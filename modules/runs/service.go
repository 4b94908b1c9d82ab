package runs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// Deps are what the service cannot work without.
type Deps struct {
	DB        *tenancy.DB
	Store     Store
	Clients   Clients
	Bills     Bills
	Retainers Retainers
	Settings  Settings
	Events    Publisher
	Jobs      Jobs
	Now       func() time.Time
}

// Service has one method per thing a person can do with runs.
type Service struct{ d Deps }

// New returns a service over d.
func New(d Deps) *Service {
	if d.DB == nil || d.Store == nil || d.Clients == nil || d.Bills == nil || d.Retainers == nil || d.Settings == nil || d.Events == nil || d.Jobs == nil || d.Now == nil {
		panic("runs: a dependency is missing")
	}
	return &Service{d}
}

func (s *Service) now() time.Time { return s.d.Now().UTC().Truncate(time.Microsecond) }

// calendar is where the agency's days begin.
func (s *Service) calendar(ctx context.Context, tx *tenancy.Tx) (today day.Date, zone *time.Location, err error) {
	set, err := s.d.Settings.SettingsTx(ctx, tx)
	if err != nil {
		return today, nil, err
	}
	zone, err = time.LoadLocation(set.TimeZone)
	if err != nil {
		return today, nil, err
	}
	return day.Of(s.d.Now(), zone), zone, nil
}

func mayIssue(ctx context.Context, how invoicing.How) error {
	if how != invoicing.AsDraft && !access.From(ctx).Can(invoicing.CanIssue) {
		return ErrMayNot
	}
	return nil
}

// wanted checks a wish and returns the clients it is about, by name.
func (s *Service) wanted(ctx context.Context, tx *tenancy.Tx, w Wish) ([]clients.Client, error) {
	if err := mayIssue(ctx, w.How); err != nil {
		return nil, err
	}
	today, _, err := s.calendar(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err := w.check(today); err != nil {
		return nil, err
	}
	if _, err := s.d.Bills.AheadTx(ctx, tx, w.bill(""), nil); errors.Is(err, invoicing.ErrEntityNotFound) {
		return nil, ErrBadRun.Because(err).At("body.entity_id", "is not a legal entity of this agency")
	} else if err != nil {
		return nil, err
	}
	if len(w.ClientIDs) == 0 {
		return s.d.Clients.ActiveTx(ctx, tx)
	}
	byID, err := s.d.Clients.ClientsByIDsTx(ctx, tx, w.ClientIDs)
	if err != nil {
		return nil, err
	}
	bad := ErrBadRun
	out, seen := []clients.Client{}, map[string]bool{}
	for n, id := range w.ClientIDs {
		c, known := byID[id]
		switch {
		case !known:
			bad = bad.At(fmt.Sprintf("body.client_ids[%d]", n), "is not a client of this agency")
		case c.ArchivedAt != nil:
			bad = bad.At(fmt.Sprintf("body.client_ids[%d]", n), "is archived")
		case !seen[id]:
			seen[id], out = true, append(out, c)
		}
	}
	if len(bad.Fields) > 0 {
		return nil, bad
	}
	slices.SortStableFunc(out, byName)
	return out, nil
}

// Preview is what a run would do: how many clients there is something to bill
// of, and a page of them with what each bill would come to.
type Preview struct {
	Clients, ToBill int
	Page            []Ahead
}

// Ahead is what a client would be billed, and the fees of retainers besides.
type Ahead struct {
	invoicing.Ahead

	Fees     int
	FeesCome []money.Money // to, without tax
}

// Preview looks ahead without saving anything.
func (s *Service) Preview(ctx context.Context, w Wish, q page.Query) (p Preview, next *string, err error) {
	after, err := page.Decode(q.Cursor, 1)
	if err != nil {
		return p, nil, err
	}
	errDone := errors.New("runs: a preview is taken back") // it may have made the first legal entity
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		all, err := s.wanted(ctx, tx, w)
		if err != nil {
			return err
		}
		some, err := s.d.Bills.ToBillTx(ctx, tx, w.bill(""))
		if err != nil {
			return err
		}
		fees, err := s.feesDue(ctx, tx, w, nil)
		if err != nil {
			return err
		}
		p.Clients = len(all)
		all = slices.DeleteFunc(all, func(c clients.Client) bool { return !some[c.ID] && len(fees[c.ID]) == 0 })
		p.ToBill = len(all)
		ids := make([]string, len(all))
		for n, c := range all {
			ids[n] = c.ID
		}
		if after != nil {
			at := slices.Index(ids, after[0])
			if at < 0 {
				return page.ErrBadCursor
			}
			ids = ids[at+1:]
		}
		ids, next = page.Cut(ids, q.Size(), func(id string) []string { return []string{id} })
		of, err := s.d.Bills.AheadTx(ctx, tx, w.bill(""), ids)
		if err != nil {
			return err
		}
		for _, a := range of {
			due := fees[a.ClientID]
			if len(due) > 0 && errors.Is(a.Refusal, invoicing.ErrNothingToBill) {
				a.Refusal = nil
			}
			p.Page = append(p.Page, Ahead{a, len(due), sums(due)})
		}
		return errDone
	})
	if errors.Is(err, errDone) {
		err = nil
	}
	return p, next, err
}

// Start begins a run. Clients of whom there is nothing to bill are done with
// at once; the others are looked at one after the other by a job.
func (s *Service) Start(ctx context.Context, w Wish) (r Run, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		all, err := s.wanted(ctx, tx, w)
		if err != nil {
			return err
		}
		some, err := s.d.Bills.ToBillTx(ctx, tx, w.bill(""))
		if err != nil {
			return err
		}
		fees, err := s.feesDue(ctx, tx, w, nil)
		if err != nil {
			return err
		}
		now := s.now()
		r = Run{ID: id.New(), Wish: w, Chosen: len(w.ClientIDs) > 0, State: Running, CreatedBy: access.From(ctx).MemberID, CreatedAt: now, Counts: map[ItemState]int{}}
		items := make([]Item, len(all))
		for n, c := range all {
			items[n] = Item{RunID: r.ID, ClientID: c.ID, ClientName: c.Name, Position: n, State: Pending}
			if !some[c.ID] && len(fees[c.ID]) == 0 {
				items[n].State, items[n].DecidedAt = Nothing, &now
			}
			r.Counts[items[n].State]++
		}
		if r.Left() == 0 {
			r.State, r.FinishedAt = Done, &now
		}
		if err := s.d.Store.AddRun(ctx, tx, r, items); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "runs.invoice_run_started", Entity: "invoice_run", EntityID: r.ID, After: shot(r)}); err != nil {
			return err
		}
		if r.State == Running {
			if err := s.d.Jobs.EnqueueAt(ctx, tx, time.Time{}, slices.Repeat([]job.Args{work{r.ID}}, hands)...); err != nil {
				return err
			}
			if err := s.d.Jobs.EnqueueAt(ctx, tx, now.Add(patience), watch{r.ID}); err != nil {
				return err
			}
		}
		return s.d.Events.Publish(ctx, tx, Started{r.ref()})
	})
	return r, err
}

// record is what the audit log keeps of a run.
type record struct {
	From    day.Date      `json:"from"`
	To      day.Date      `json:"to"`
	How     invoicing.How `json:"how"`
	State   State         `json:"state"`
	Clients int           `json:"clients"`
	Left    int           `json:"left"`
}

func shot(r Run) record { return record{r.From, r.To, r.How, r.State, r.Clients(), r.Left()} }

// Cancel ends a run; what was made stays. One that is over stays as it is.
func (s *Service) Cancel(ctx context.Context, runID string) (r Run, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.HoldRun(ctx, tx, runID)
		if err != nil {
			return err
		}
		if r = before; r.State != Running {
			return nil
		}
		if r, err = s.end(ctx, tx, before, Cancelled); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Change{Action: "runs.invoice_run_cancelled", Entity: "invoice_run", EntityID: runID, Before: shot(before), After: shot(r)})
	})
	return r, err
}

// end ends a run that the caller holds.
func (s *Service) end(ctx context.Context, tx *tenancy.Tx, r Run, state State) (Run, error) {
	now := s.now()
	r.State, r.FinishedAt = state, &now
	if err := s.d.Store.End(ctx, tx, r); err != nil {
		return r, err
	}
	r, err := s.d.Store.Run(ctx, tx, r.ID)
	if err != nil {
		return r, err
	}
	return r, s.d.Events.Publish(ctx, tx, Ended{r.ref(), state})
}

// Find returns one run with how far it is.
func (s *Service) Find(ctx context.Context, runID string) (r Run, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err = s.d.Store.Run(ctx, tx, runID)
		return err
	})
	return r, err
}

// List returns one page of runs, newest first.
func (s *Service) List(ctx context.Context, q page.Query) (out []Run, next *string, err error) {
	after, err := decodeNewest(q)
	if err != nil {
		return nil, nil, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.Runs(ctx, tx, q.Size()+1, after)
		out, next = page.Cut(out, q.Size(), func(r Run) []string { return []string{r.CreatedAt.Format(time.RFC3339Nano), r.ID} })
		return err
	})
	return out, next, err
}

// decodeNewest reads the cursor of a list by when things were made.
func decodeNewest(q page.Query) ([]string, error) {
	after, err := page.Decode(q.Cursor, 2)
	if err != nil || after == nil {
		return nil, err
	}
	if _, err := time.Parse(time.RFC3339Nano, after[0]); err != nil || uuid.Validate(after[1]) != nil {
		return nil, page.ErrBadCursor
	}
	return after, nil
}

// Items returns one page of the clients of a run, in its order.
func (s *Service) Items(ctx context.Context, runID string, state ItemState, q page.Query) (out []Item, next *string, err error) {
	after, err := page.Decode(q.Cursor, 1)
	if err != nil {
		return nil, nil, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if _, err := s.d.Store.Run(ctx, tx, runID); err != nil {
			return err
		}
		out, err = s.d.Store.Items(ctx, tx, runID, state, q.Size()+1, after)
		out, next = page.Cut(out, q.Size(), func(i Item) []string { return []string{fmt.Sprint(i.Position)} })
		return err
	})
	return out, next, err
}
