package retainers

import (
	"context"
	"strconv"

	"github.com/google/uuid"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// Sees tells whether the caller may see money; without it fees, prices and the
// figures of a retainer in money are left out.
func Sees(ctx context.Context) bool {
	a := access.From(ctx)
	return a.Kind == access.Contact || a.Can(seeMoney)
}

// Paper is the statement of a period with what came in.
type Paper struct {
	Retainer Retainer
	Period   Period
	Given    []Line // grants, blocks and adjustments
}

// Periods returns one page of the periods of a retainer, newest first.
func (s *Service) Periods(ctx context.Context, retainerID string, q page.Query) (r Retainer, out []Period, next *string, err error) {
	before := 1 << 30
	vals, err := page.Decode(q.Cursor, 1)
	if err != nil {
		return r, nil, nil, err
	}
	if vals != nil {
		if before, err = strconv.Atoi(vals[0]); err != nil || before < 0 || before > 1<<30 {
			return r, nil, nil, page.ErrBadCursor.Because(err)
		}
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if r, err = s.d.Store.ByID(ctx, tx, retainerID, false); err != nil {
			return err
		}
		out, err = s.d.Store.LastPeriods(ctx, tx, retainerID, before, q.Size()+1)
		if err != nil {
			return err
		}
		out, next = page.Cut(out, q.Size(), func(p Period) []string { return []string{strconv.Itoa(p.Number())} })
		return s.look(ctx, tx, out)
	})
	return r, out, next, err
}

// Statement returns the statement of a period.
func (s *Service) Statement(ctx context.Context, periodID string) (out Paper, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.paper(ctx, tx, periodID)
		return err
	})
	return out, err
}

func (s *Service) paper(ctx context.Context, tx *tenancy.Tx, periodID string) (out Paper, err error) {
	if out.Period, err = s.d.Store.Period(ctx, tx, periodID); err != nil {
		return out, err
	}
	if out.Retainer, err = s.d.Store.ByID(ctx, tx, out.Period.RetainerID, false); err != nil {
		return out, err
	}
	if out.Period.On, _, _, err = s.calendar(ctx, tx); err != nil {
		return out, err
	}
	out.Given, err = s.d.Store.Given(ctx, tx, out.Period)
	return out, err
}

// Work returns one page of the entries behind a statement, by day.
func (s *Service) Work(ctx context.Context, periodID string, q page.Query) (out []Work, r Retainer, next *string, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		p, err := s.d.Store.Period(ctx, tx, periodID)
		if err != nil {
			return err
		}
		if r, err = s.d.Store.ByID(ctx, tx, p.RetainerID, false); err != nil {
			return err
		}
		out, next, err = s.work(ctx, tx, p, q)
		return err
	})
	return out, r, next, err
}

func (s *Service) work(ctx context.Context, tx *tenancy.Tx, p Period, q page.Query) (out []Work, next *string, err error) {
	after, err := page.Decode(q.Cursor, 2)
	if err != nil {
		return nil, nil, err
	}
	if after != nil {
		if _, err := day.Parse(after[0]); err != nil || uuid.Validate(after[1]) != nil {
			return nil, nil, page.ErrBadCursor.Because(err)
		}
	}
	if out, err = s.d.Store.Work(ctx, tx, p, q.Size()+1, after); err != nil {
		return nil, nil, err
	}
	out, next = page.Cut(out, q.Size(), func(w Work) []string { return []string{w.Day.String(), w.EntryID} })
	return out, next, s.describe(ctx, tx, p, out)
}

// describe says of the entries of a period what of them was beyond the retainer, and what was done.
func (s *Service) describe(ctx context.Context, tx *tenancy.Tx, p Period, out []Work) error {
	over := map[string]int64{}
	for _, part := range p.Over {
		over[part.ID] += part.Amount
	}
	ids := make([]string, len(out))
	for i, w := range out {
		ids[i], out[i].Over = w.EntryID, over[w.EntryID]
	}
	return s.name(ctx, tx, out, ids)
}

func (s *Service) name(ctx context.Context, tx *tenancy.Tx, out []Work, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	entries, err := s.d.Time.EntriesTx(ctx, tx, ids)
	if err != nil {
		return err
	}
	of := map[string]timesheets.Entry{}
	var members []string
	for _, e := range entries {
		of[e.ID], members = e, append(members, e.MemberID)
	}
	names, err := s.d.Members.NamesTx(ctx, tx, distinct(members))
	for i, w := range out {
		e := of[w.EntryID]
		out[i].MemberName, out[i].ProjectName, out[i].TaskName, out[i].Note = names[e.MemberID], e.ProjectName, e.TaskName, e.Note
	}
	return err
}

// Blocks lists what was bought besides, newest first.
func (s *Service) Blocks(ctx context.Context, retainerID string) (r Retainer, out []Block, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if r, err = s.d.Store.ByID(ctx, tx, retainerID, false); err != nil {
			return err
		}
		out, err = s.d.Store.Blocks(ctx, tx, retainerID, 200)
		return err
	})
	return r, out, err
}

// Names are what the records beside retainers are called.
type Names struct{ Clients, Projects, Members map[string]string }

// Names returns what the clients and projects of retainers are called, and the members whom letters about them did not reach.
func (s *Service) Names(ctx context.Context, rows []Row) (n Names, err error) {
	var cs, ps, ms []string
	for _, r := range rows {
		cs, ps = append(cs, r.ClientID), append(ps, r.ProjectID)
		if r.LowLost != nil {
			ms = append(ms, r.LowLost.To...)
		}
	}
	n.Clients, n.Projects = map[string]string{}, map[string]string{}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		firms, err := s.d.Clients.ClientsByIDsTx(ctx, tx, distinct(cs))
		if err != nil {
			return err
		}
		for id, c := range firms {
			n.Clients[id] = c.Name
		}
		works, err := s.d.Projects.ProjectsByIDsTx(ctx, tx, distinct(ps))
		for id, p := range works {
			n.Projects[id] = p.Name
		}
		if err != nil || len(ms) == 0 {
			return err
		}
		n.Members, err = s.d.Members.NamesTx(ctx, tx, distinct(ms))
		return err
	})
	return n, err
}

// OfClientTx lists what a client may see of its retainers, those that ended too.
func (s *Service) OfClientTx(ctx context.Context, tx *tenancy.Tx, clientID string) ([]Row, error) {
	today, _, _, err := s.calendar(ctx, tx)
	if err != nil {
		return nil, err
	}
	return s.list(ctx, tx, Filter{ClientID: clientID, ShownOnly: true}, today, 200, nil)
}

// PapersOfClientTx lists the last statements of a client's retainer, newest first. ErrNotFound for anybody else's.
func (s *Service) PapersOfClientTx(ctx context.Context, tx *tenancy.Tx, clientID, retainerID string) (Row, []Period, error) {
	r, err := s.d.Store.ByID(ctx, tx, retainerID, false)
	if err == nil && (r.ClientID != clientID || !r.Shown) {
		err = ErrNotFound
	}
	if err != nil {
		return Row{}, nil, err
	}
	row, err := s.row(ctx, tx, r)
	if err != nil {
		return row, nil, err
	}
	periods, err := s.d.Store.LastPeriods(ctx, tx, r.ID, 1<<30, 60)
	if err != nil {
		return row, nil, err
	}
	return row, periods, s.look(ctx, tx, periods)
}

// WorkOfClientTx is one page of the entries of a statement for the client. ErrPeriodNotFound for anybody else's.
func (s *Service) WorkOfClientTx(ctx context.Context, tx *tenancy.Tx, clientID, periodID string, q page.Query) (Paper, []Work, *string, error) {
	paper, err := s.paper(ctx, tx, periodID)
	if err == nil && (paper.Retainer.ClientID != clientID || !paper.Retainer.Shown) {
		err = ErrPeriodNotFound
	}
	if err != nil {
		return paper, nil, nil, err
	}
	work, next, err := s.work(ctx, tx, paper.Period, q)
	return paper, work, next, err
}
