package people

import (
	"cmp"
	"context"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

// Employment is from when to when somebody works at the agency, both included.
type Employment struct {
	First, Last day.Date // none where nobody has said so
}

// Person is somebody of the staff, or who was.
type Person struct {
	ID, Name        string
	AddedOn, LeftOn day.Date // where the agency is; none who has not left
}

// Employed is a person with the days on which they are employed.
type Employed struct {
	ID, Name string
	From, To day.Date // no last day: still
	Active   bool     // may come in
}

// Within is the part of r in which the person is employed.
func (e Employed) Within(r day.Range) (day.Range, bool) {
	r.From = later(r.From, e.From)
	if !e.To.IsZero() {
		r.To = earlier(r.To, e.To)
	}
	return r, !r.To.Before(r.From)
}

// within leaves the days of d out on which somebody is not employed.
func (e Employment) within(d map[day.Date]time.Duration) map[day.Date]time.Duration {
	for on := range d {
		if on.Before(e.First) || (!e.Last.IsZero() && on.After(e.Last)) {
			d[on] = 0
		}
	}
	return d
}

// EmploymentStore keeps when people are employed. It is a part of Store.
type EmploymentStore interface {
	// Employments returns what was said about members; about all when none is named.
	Employments(ctx context.Context, tx *tenancy.Tx, memberIDs []string) (map[string]Employment, error)
	SaveEmployment(ctx context.Context, tx *tenancy.Tx, memberID string, e Employment) error
	// FirstSchedules returns when the first schedule of each member begins.
	FirstSchedules(ctx context.Context, tx *tenancy.Tx) (map[string]day.Date, error)
}

// EmployedTx lists all people by name, those who have left too. Where nobody said otherwise they are employed from the day
// they were added, or from an earlier schedule, until their account was closed.
func (s *Service) EmployedTx(ctx context.Context, tx *tenancy.Tx) ([]Employed, error) {
	roster, err := s.d.Members.RosterTx(ctx, tx)
	if err != nil {
		return nil, err
	}
	said, err := s.d.Store.Employments(ctx, tx, nil)
	if err != nil {
		return nil, err
	}
	schedules, err := s.d.Store.FirstSchedules(ctx, tx)
	if err != nil {
		return nil, err
	}
	out := make([]Employed, len(roster))
	for i, p := range roster {
		e := Employed{ID: p.ID, Name: p.Name, From: p.AddedOn, To: p.LeftOn, Active: p.LeftOn.IsZero()}
		if first, ok := schedules[p.ID]; ok {
			e.From = earlier(e.From, first)
		}
		if is := said[p.ID]; !is.First.IsZero() {
			e.From = is.First
		}
		if is := said[p.ID]; !is.Last.IsZero() {
			e.To = is.Last
		}
		out[i] = e
	}
	return out, nil
}

// OnLeaveTx tells which of the members are on leave for the whole of a day.
func (s *Service) OnLeaveTx(ctx context.Context, tx *tenancy.Tx, memberIDs []string, on day.Date) (map[string]bool, error) {
	leave, err := s.d.Store.LeaveOf(ctx, tx, memberIDs, day.Range{From: on, To: on})
	out := map[string]bool{}
	for member, off := range leave {
		share := decimal.Zero
		for _, o := range off {
			share = share.Add(o.Share)
		}
		out[member] = share.GreaterThanOrEqual(decimal.NewFromInt(1))
	}
	return out, err
}

// Employment tells what was said about when a member is employed. ErrNoMember.
func (s *Service) Employment(ctx context.Context, memberID string) (e Employment, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if is, err := s.d.Members.IsMemberTx(ctx, tx, memberID); err != nil || !is {
			return cmp.Or(err, error(ErrNoMember))
		}
		all, err := s.d.Store.Employments(ctx, tx, []string{memberID})
		e = all[memberID]
		return err
	})
	return e, err
}

// SetEmployment says from when to when a member is employed; without a day what is known of their account holds. ErrInvalid, ErrNoMember.
func (s *Service) SetEmployment(ctx context.Context, memberID string, e Employment) error {
	if !e.First.IsZero() && !e.Last.IsZero() && e.Last.Before(e.First) {
		return ErrInvalid.At("body.last_day", "must not be before the first day")
	}
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if is, err := s.d.Members.IsMemberTx(ctx, tx, memberID); err != nil || !is {
			return cmp.Or(err, error(ErrNoMember))
		}
		before, err := s.d.Store.Employments(ctx, tx, []string{memberID})
		if err != nil {
			return err
		}
		if err := s.d.Store.SaveEmployment(ctx, tx, memberID, e); err != nil {
			return err
		}
		return s.note(ctx, tx, "people.employment_set", "employment", memberID, "", employmentOf(before[memberID]), employmentOf(e))
	})
}

type employmentRecord struct {
	First string `json:"first_day,omitempty"`
	Last  string `json:"last_day,omitempty"`
}

func employmentOf(e Employment) (r employmentRecord) {
	if !e.First.IsZero() {
		r.First = e.First.String()
	}
	if !e.Last.IsZero() {
		r.Last = e.Last.String()
	}
	return r
}
