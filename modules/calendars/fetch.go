package calendars

import (
	"context"
	"net/url"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/tenancy"
)

// fetchFeed looks at a calendar again. Another time than that of the feed means that another one waits in its place.
type fetchFeed struct {
	Feed string    `json:"feed"`
	At   time.Time `json:"at"`
}

// Kind is the job's stable name.
func (fetchFeed) Kind() string { return "calendars.fetch_feed" }

// person is what has to be known of somebody before their calendar can be read.
type person struct {
	Person
	zone *time.Location
}

func (s *Service) about(ctx context.Context, tx *tenancy.Tx, memberID string) (p person, err error) {
	if p.Person, err = s.d.People.PersonTx(ctx, tx, memberID); err != nil {
		return p, err
	}
	c, err := s.d.Agency.CalendarTx(ctx, tx)
	if err != nil {
		return p, err
	}
	p.zone, err = time.LoadLocation(c.Zone)
	return p, err
}

// fetchFeed fetches without a transaction, and writes what came if nobody else did meanwhile. What is wrong with the feed is
// noted there and fails no job.
func (s *Service) fetchFeed(ctx context.Context, j fetchFeed) error {
	var f Feed
	var about person
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		if f, err = s.d.Store.Feed(ctx, tx, j.Feed, false); err != nil {
			return err
		}
		about, err = s.about(ctx, tx, f.MemberID)
		return err
	})
	switch now := s.d.Now().UTC(); {
	case err != nil && fault.From(err).Kind == fault.NotFound, err == nil && !f.NextAt.Equal(j.At):
		return nil // removed, or another job waits in the place of this one
	case err != nil:
		return err
	case now.Before(j.At):
		return job.NotYet(j.At.Sub(now))
	case !about.Active:
		return s.forget(ctx, f.MemberID)
	}
	_, err = s.refresh(ctx, f, about, "")
	return err
}

// forget erases what there is of somebody who has left.
func (s *Service) forget(ctx context.Context, memberID string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return s.d.Store.Forget(ctx, tx, memberID)
	})
}

// Refresh fetches a calendar of the caller now.
func (s *Service) Refresh(ctx context.Context, feedID string) (f Feed, err error) {
	var about person
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if f, err = s.own(ctx, tx, feedID, false); err != nil {
			return err
		}
		about, err = s.about(ctx, tx, f.MemberID)
		return err
	})
	if err != nil {
		return f, err
	}
	return s.refresh(ctx, f, about, "calendars.feed_refreshed")
}

func (s *Service) refresh(ctx context.Context, f Feed, about person, action string) (Feed, error) {
	seen, now := f, s.d.Now().UTC()
	var events []Event
	var problem error
	if action == "" || now.Sub(f.FetchedAt) >= restTime {
		var u *url.URL
		if u, problem = s.address(f); problem == nil {
			events, problem = s.read(ctx, &f, u, about)
		}
		if problem != nil && f.failed(problem, now) != nil {
			return f, problem
		}
		f.NextAt = f.next(now)
	}
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := s.hold(ctx, tx, f.MemberID); err != nil {
			return err
		}
		there, err := s.d.Store.Feed(ctx, tx, f.ID, true)
		if err != nil {
			return err
		}
		if !there.NextAt.Equal(seen.NextAt) {
			f = there // somebody fetched it meanwhile
			return s.told(ctx, tx, f, action)
		}
		if err := s.d.Store.SaveFeed(ctx, tx, f); err != nil {
			return err
		}
		if events != nil {
			if err := s.d.Store.ReplaceEvents(ctx, tx, f.ID, events); err != nil {
				return err
			}
		}
		if err := s.d.Store.Tidy(ctx, tx, f.MemberID, now.AddDate(0, 0, -2*daysBack), now.AddDate(-1, 0, 0)); err != nil {
			return err
		}
		if !f.NextAt.Equal(seen.NextAt) {
			if err := s.plan(ctx, tx, f); err != nil {
				return err
			}
		}
		return s.told(ctx, tx, f, action)
	})
	return f, err
}

// address opens the feed's address. ErrSealed.
func (s *Service) address(f Feed) (*url.URL, error) {
	if s.box == nil {
		return nil, ErrSealed
	}
	plain, err := s.box.Open(f.Address)
	if err != nil {
		return nil, ErrSealed.Because(err)
	}
	return ParseAddress(string(plain))
}

// failed notes what is wrong with the feed. What is not the feed's fault comes back.
func (f *Feed) failed(problem error, now time.Time) error {
	e, refused := fault.Refusal(problem)
	if !refused {
		return problem
	}
	f.Problem, f.FetchedAt = strings.TrimPrefix(e.Code, "calendars."), now
	f.Failures++
	return nil
}

// read fetches a calendar and works out its events in the window; nil when it is the one that we have.
func (s *Service) read(ctx context.Context, f *Feed, u *url.URL, about person) ([]Event, error) {
	now := s.d.Now().UTC()
	r := Request{Address: u}
	if f.ReadAt != nil && f.Problem == "" && now.Sub(*f.ReadAt) < expandTime {
		r.ETag, r.Modified = f.ETag, f.Modified
	}
	got, err := s.d.Feeds.Fetch(ctx, r)
	if err != nil {
		return nil, err
	}
	f.FetchedAt = now
	if got.Same {
		f.Problem, f.Failures = "", 0
		return nil, nil
	}
	in, err := s.d.Feeds.Read(ctx, got.ICS, Reading{From: now.AddDate(0, 0, -daysBack), To: now.AddDate(0, 0, daysAhead), Email: about.Email, Zone: about.zone})
	if err != nil {
		return nil, err
	}
	events := keep(*f, in.Events)
	f.Problem, f.Failures, f.ReadAt, f.ETag, f.Modified = "", 0, &now, got.ETag, got.Modified
	f.Name, f.Events, f.Skipped = shortened(in.Name), len(events), in.Skipped
	return events, nil
}
