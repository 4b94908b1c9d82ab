package runs

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/tenancy"
)

// statementsAhead checks a wish and tells of every client of the agency what
// it would get, by name. Archived ones are among them if there is something to say.
func (s *Service) statementsAhead(ctx context.Context, tx *tenancy.Tx, w *StatementWish) ([]StatementAhead, error) {
	today, _, err := s.calendar(ctx, tx)
	if err != nil {
		return nil, err
	}
	if err := w.ready(today); err != nil {
		return nil, err
	}
	ahead, err := s.d.Bills.StatementsAheadTx(ctx, tx, w.days(), nil)
	if err != nil {
		return nil, err
	}
	active, err := s.d.Clients.ActiveTx(ctx, tx)
	if err != nil {
		return nil, err
	}
	out := make([]StatementAhead, 0, len(active))
	known := make(map[string]bool, len(active))
	for _, c := range active {
		known[c.ID] = true
		out = append(out, StatementAhead{c.ID, c.Name, w.skips(ahead[c.ID], false), ahead[c.ID]})
	}
	var others []string
	for id, a := range ahead {
		if !known[id] && w.skips(a, true) == Archived {
			others = append(others, id)
		}
	}
	archived, err := s.d.Clients.ClientsByIDsTx(ctx, tx, others)
	if err != nil {
		return nil, err
	}
	for id, c := range archived {
		known[id] = true
		out = append(out, StatementAhead{id, c.Name, Archived, ahead[id]})
	}
	if err := w.leave(out, known); err != nil {
		return nil, err
	}
	slices.SortFunc(out, byClient)
	return out, nil
}

// leave marks the clients that are to get none.
func (w StatementWish) leave(all []StatementAhead, known map[string]bool) error {
	bad := ErrBadRun
	out := make(map[string]bool, len(w.LeaveOut))
	for n, id := range w.LeaveOut {
		if out[id] = true; !known[id] {
			bad = bad.At(fmt.Sprintf("body.leave_out[%d]", n), "is not a client of this agency")
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	for n := range all {
		if a := &all[n]; a.Reason == "" && out[a.ClientID] {
			a.Reason = Unwanted
		}
	}
	return nil
}

// StatementPreview is what a run would do: how many clients get a statement, why others do not, and a page of them.
type StatementPreview struct {
	Wish StatementWish // with what was left open filled in
	Send int
	Why  map[Reason]int
	Page []StatementAhead
}

// PreviewStatements looks ahead without saving anything: at those who get one, or at those who do not.
func (s *Service) PreviewStatements(ctx context.Context, w StatementWish, skipped bool, q page.Query) (p StatementPreview, next *string, err error) {
	after, err := page.Decode(q.Cursor, 1)
	if err != nil {
		return p, nil, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		all, err := s.statementsAhead(ctx, tx, &w)
		if err != nil {
			return err
		}
		p.Wish, p.Why = w, map[Reason]int{}
		for _, a := range all {
			if a.Reason == "" {
				p.Send++
			} else {
				p.Why[a.Reason]++
			}
		}
		// Whom somebody left out stays where they can be taken back in.
		p.Page = slices.DeleteFunc(all, func(a StatementAhead) bool { return (a.Reason == "" || a.Reason == Unwanted) == skipped })
		if after != nil {
			at := slices.IndexFunc(p.Page, func(a StatementAhead) bool { return a.ClientID == after[0] })
			if at < 0 {
				return page.ErrBadCursor
			}
			p.Page = p.Page[at+1:]
		}
		p.Page, next = page.Cut(p.Page, q.Size(), func(a StatementAhead) []string { return []string{a.ClientID} })
		return nil
	})
	return p, next, err
}

// StartStatements begins a run. Who gets none is done with at once; the others are written to one after the other by a job.
func (s *Service) StartStatements(ctx context.Context, w StatementWish) (r StatementRun, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err = s.startStatements(ctx, tx, w, false)
		return err
	})
	return r, err
}

func (s *Service) startStatements(ctx context.Context, tx *tenancy.Tx, w StatementWish, monthly bool) (r StatementRun, err error) {
	all, err := s.statementsAhead(ctx, tx, &w)
	if err != nil {
		return r, err
	}
	now := s.now()
	r = StatementRun{
		ID: id.New(), StatementWish: w, Monthly: monthly, State: Running, CreatedBy: access.From(ctx).MemberID, CreatedAt: now,
		Counts: map[ItemState]int{}, Why: map[Reason]int{},
	}
	items := make([]StatementItem, len(all))
	for n, a := range all {
		i := StatementItem{RunID: r.ID, ClientID: a.ClientID, ClientName: a.ClientName, Position: n, State: Pending, Reason: a.Reason, Open: a.Open}
		if a.Reason != "" {
			i.State, i.DecidedAt = LeftOut, &now
			r.Why[a.Reason]++
		}
		r.Counts[i.State]++
		items[n] = i
	}
	if r.Left() == 0 {
		r.State, r.FinishedAt = Done, &now
	}
	if err := s.d.Store.AddStatementRun(ctx, tx, r, items); err != nil {
		return r, err
	}
	if err := audit.Record(ctx, tx, audit.Change{Action: "runs.statement_run_started", Entity: "statement_run", EntityID: r.ID, After: statementShot(r)}); err != nil {
		return r, err
	}
	if r.State == Running {
		if err := s.d.Jobs.EnqueueAt(ctx, tx, time.Time{}, workStatements{r.ID}); err != nil {
			return r, err
		}
		if err := s.d.Jobs.EnqueueAt(ctx, tx, now.Add(patience), watchStatements{r.ID}); err != nil {
			return r, err
		}
	}
	return r, s.d.Events.Publish(ctx, tx, StatementsStarted{r.ref()})
}

// statementRecord is what the audit log keeps of a run.
type statementRecord struct {
	From    day.Date `json:"from"`
	To      day.Date `json:"to"`
	Who     Who      `json:"who"`
	Monthly bool     `json:"monthly"`
	State   State    `json:"state"`
	Clients int      `json:"clients"`
	Left    int      `json:"left"`
}

func statementShot(r StatementRun) statementRecord {
	return statementRecord{r.From, r.To, r.Who, r.Monthly, r.State, r.Clients(), r.Left()}
}

// CancelStatements ends a run; what was mailed is. One that is over stays as it is.
func (s *Service) CancelStatements(ctx context.Context, runID string) (r StatementRun, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.StatementRun(ctx, tx, runID, true)
		if err != nil {
			return err
		}
		if r = before; r.State != Running {
			return nil
		}
		if r, err = s.endStatements(ctx, tx, before, Cancelled); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Change{Action: "runs.statement_run_cancelled", Entity: "statement_run", EntityID: runID, Before: statementShot(before), After: statementShot(r)})
	})
	return r, err
}

// endStatements ends a run that the caller holds.
func (s *Service) endStatements(ctx context.Context, tx *tenancy.Tx, r StatementRun, state State) (StatementRun, error) {
	now := s.now()
	r.State, r.FinishedAt = state, &now
	if err := s.d.Store.EndStatements(ctx, tx, r); err != nil {
		return r, err
	}
	r, err := s.d.Store.StatementRun(ctx, tx, r.ID, false)
	if err != nil {
		return r, err
	}
	return r, s.d.Events.Publish(ctx, tx, StatementsEnded{r.ref(), state})
}

// FindStatements returns one run with how far it is.
func (s *Service) FindStatements(ctx context.Context, runID string) (r StatementRun, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err = s.d.Store.StatementRun(ctx, tx, runID, false)
		return err
	})
	return r, err
}

// ListStatements returns one page of runs, newest first.
func (s *Service) ListStatements(ctx context.Context, q page.Query) (out []StatementRun, next *string, err error) {
	after, err := decodeNewest(q)
	if err != nil {
		return nil, nil, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.StatementRuns(ctx, tx, q.Size()+1, after)
		out, next = page.Cut(out, q.Size(), func(r StatementRun) []string { return []string{r.CreatedAt.Format(time.RFC3339Nano), r.ID} })
		return err
	})
	return out, next, err
}

// StatementItems returns one page of the clients of a run, in its order, with their mails.
func (s *Service) StatementItems(ctx context.Context, runID string, state ItemState, q page.Query) (out []StatementItem, next *string, err error) {
	after, err := page.Decode(q.Cursor, 1)
	if err != nil {
		return nil, nil, err
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if _, err := s.d.Store.StatementRun(ctx, tx, runID, false); err != nil {
			return err
		}
		out, err = s.d.Store.StatementItems(ctx, tx, runID, state, q.Size()+1, after)
		out, next = page.Cut(out, q.Size(), func(i StatementItem) []string { return []string{fmt.Sprint(i.Position)} })
		if err != nil {
			return err
		}
		var ids []string
		for _, i := range out {
			if i.SendingID != "" {
				ids = append(ids, i.SendingID)
			}
		}
		mails, err := s.d.Bills.StatementMailsTx(ctx, tx, ids)
		for n, i := range out {
			if m, sent := mails[i.SendingID]; sent {
				out[n].Mail = &m
			}
		}
		return err
	})
	return out, next, err
}
