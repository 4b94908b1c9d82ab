package calendars

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/sealed"
	"github.com/bureauhq/bureau/tenancy"
)

// Deps are what the service cannot work without.
type Deps struct {
	DB     *tenancy.DB
	Store  Store
	Feeds  Feeds
	People People
	Time   Time
	Works  Works
	Agency Agency
	Bus    Publisher
	Jobs   Jobs
	Secret string // seals addresses; without it nobody adds a calendar
	Now    func() time.Time
}

// Service has one method per thing a person can do with their calendars.
type Service struct {
	d   Deps
	box *sealed.Box
}

// New returns a service over d.
func New(d Deps) (*Service, error) {
	s := &Service{d: d}
	if d.Secret != "" {
		box, err := sealed.New("addresses of calendars", d.Secret)
		if err != nil {
			return nil, err
		}
		s.box = &box
	}
	return s, nil
}

// RegisterJobs says how feeds are fetched.
func RegisterJobs(r *job.Registry, s *Service) {
	job.Handle(r, s.fetchFeed)
}

// mine is who calls. An operator who looks into the agency on somebody's behalf is nobody here.
func mine(ctx context.Context) string {
	a := access.From(ctx)
	if a.Kind == access.Support {
		return ""
	}
	return a.MemberID
}

// MyFeeds lists the caller's calendars.
func (s *Service) MyFeeds(ctx context.Context) (feeds []Feed, err error) {
	me := mine(ctx)
	if me == "" {
		return nil, nil
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		feeds, err = s.d.Store.Feeds(ctx, tx, me)
		return err
	})
	return feeds, err
}

// AddFeed fetches a calendar and keeps it, if it is one.
func (s *Service) AddFeed(ctx context.Context, address string) (Feed, error) {
	if s.box == nil {
		return Feed{}, ErrOff
	}
	u, err := ParseAddress(address)
	if err != nil {
		return Feed{}, err
	}
	now := s.d.Now().UTC().Truncate(time.Second)
	f := Feed{ID: id.New(), MemberID: mine(ctx), Host: u.Hostname(), Address: s.box.Seal([]byte(u.String())), CreatedAt: now}
	var about person
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := s.room(ctx, tx, f.MemberID, u); err != nil {
			return err
		}
		about, err = s.about(ctx, tx, f.MemberID)
		return err
	})
	if err != nil {
		return Feed{}, err
	}
	events, err := s.read(ctx, &f, u, about)
	if err != nil {
		return Feed{}, err
	}
	f.NextAt = f.next(now)
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := s.hold(ctx, tx, f.MemberID); err != nil {
			return err
		}
		if err := s.room(ctx, tx, f.MemberID, u); err != nil {
			return err
		}
		if err := s.d.Store.AddFeed(ctx, tx, f); err != nil {
			return err
		}
		if err := s.d.Store.ReplaceEvents(ctx, tx, f.ID, events); err != nil {
			return err
		}
		if err := s.plan(ctx, tx, f); err != nil {
			return err
		}
		return s.told(ctx, tx, f, "calendars.feed_added")
	})
	return f, err
}

// hold lets the changes of one person's calendars come one after the other.
func (s *Service) hold(ctx context.Context, tx *tenancy.Tx, memberID string) error {
	return tx.Lock(ctx, "calendars/"+memberID)
}

// room refuses the same calendar twice, and too many.
func (s *Service) room(ctx context.Context, tx *tenancy.Tx, memberID string, u *url.URL) error {
	have, err := s.d.Store.Feeds(ctx, tx, memberID)
	if err != nil {
		return err
	}
	for _, f := range have {
		if plain, err := s.box.Open(f.Address); err == nil && string(plain) == u.String() {
			return ErrFeedTwice
		}
	}
	if len(have) >= maxFeeds {
		return ErrManyFeeds
	}
	return nil
}

// feedRecord is what the audit log keeps: no address, and nothing of what is in the calendar.
type feedRecord struct {
	Member string `json:"member_id"`
}

// plan makes the next fetch.
func (s *Service) plan(ctx context.Context, tx *tenancy.Tx, f Feed) error {
	return s.d.Jobs.EnqueueAt(ctx, tx, f.NextAt, fetchFeed{f.ID, f.NextAt})
}

// told says what was done, and to the person's own pages that there is something to see.
func (s *Service) told(ctx context.Context, tx *tenancy.Tx, f Feed, action string) error {
	if action != "" {
		if err := audit.Record(ctx, tx, audit.Change{Action: action, Entity: "calendar_feed", EntityID: f.ID, After: feedRecord{f.MemberID}}); err != nil {
			return err
		}
	}
	return s.d.Bus.Publish(ctx, tx, FeedChanged{f.ID, f.MemberID})
}

// RemoveFeed forgets a calendar of the caller, with its events.
func (s *Service) RemoveFeed(ctx context.Context, feedID string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		f, err := s.own(ctx, tx, feedID, true)
		if err != nil {
			return err
		}
		if err := s.d.Store.RemoveFeed(ctx, tx, f.ID); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "calendars.feed_removed", Entity: "calendar_feed", EntityID: f.ID, Before: feedRecord{f.MemberID}}); err != nil {
			return err
		}
		return s.d.Bus.Publish(ctx, tx, FeedChanged{f.ID, f.MemberID})
	})
}

// own finds a calendar of the caller. Another's looks like none.
func (s *Service) own(ctx context.Context, tx *tenancy.Tx, feedID string, hold bool) (Feed, error) {
	f, err := s.d.Store.Feed(ctx, tx, feedID, hold)
	if err == nil && f.MemberID != mine(ctx) {
		err = ErrNoFeed
	}
	return f, err
}

func distinct(ss []string) []string {
	ss = slices.DeleteFunc(ss, func(s string) bool { return s == "" })
	slices.Sort(ss)
	return slices.Compact(ss)
}
