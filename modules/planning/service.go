package planning

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/tenancy"
)

// Deps are what the service cannot work without.
type Deps struct {
	DB       *tenancy.DB
	Store    Store
	Projects Projects
	Works    Works
	People   People
	Members  Members
	Time     Time
	Events   Publisher
	Now      func() time.Time
}

// Service has one method per thing a person can do with bookings.
type Service struct{ d Deps }

// New returns a service over d.
func New(d Deps) *Service {
	if d.DB == nil || d.Store == nil || d.Projects == nil || d.Works == nil || d.People == nil || d.Members == nil || d.Time == nil || d.Events == nil || d.Now == nil {
		panic("planning: a dependency is missing")
	}
	return &Service{d}
}

func (s *Service) now() time.Time { return s.d.Now().UTC().Truncate(time.Microsecond) }

// sight is what the caller sees; nil is everything.
func (s *Service) sight(ctx context.Context, tx *tenancy.Tx) (*Sight, error) {
	a := access.From(ctx)
	if a.Can(ReadAll) {
		return nil, nil
	}
	on, err := s.d.Projects.OnTx(ctx, tx, a.MemberID)
	return &Sight{a.MemberID, on}, err
}

// List returns one page of bookings that the caller may see, by first day.
func (s *Service) List(ctx context.Context, f Filter, q page.Query) (out []Row, next *string, err error) {
	if f.After, err = page.Decode(q.Cursor, 2); err != nil {
		return nil, nil, err
	}
	if f.After != nil {
		if _, err := day.Parse(f.After[0]); err != nil || uuid.Validate(f.After[1]) != nil {
			return nil, nil, page.ErrBadCursor
		}
	}
	f.Limit = q.Size() + 1
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if f.Seen, err = s.sight(ctx, tx); err != nil {
			return err
		}
		all, err := s.d.Store.List(ctx, tx, f)
		if err != nil {
			return err
		}
		all, next = page.Cut(all, q.Size(), func(b Booking) []string { return []string{b.First.String(), b.ID} })
		out, err = s.named(ctx, tx, all)
		return err
	})
	return out, next, err
}

// Find returns one booking that the caller may see. ErrNotFound.
func (s *Service) Find(ctx context.Context, bookingID string) (out Row, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		b, err := s.d.Store.ByID(ctx, tx, bookingID, false)
		if err != nil {
			return err
		}
		seen, err := s.sight(ctx, tx)
		if err != nil {
			return err
		}
		if b.RemovedAt != nil || seen != nil && b.MemberID != seen.MemberID && !slices.Contains(seen.ProjectIDs, b.ProjectID) {
			return ErrNotFound
		}
		out, err = s.row(ctx, tx, b)
		return err
	})
	return out, err
}

// Create books somebody. ErrBad, ErrNoMember, ErrNoProject, ErrNoTask, ErrClosed, ErrNoRoom.
func (s *Service) Create(ctx context.Context, w Wish) (out Row, err error) {
	if err := w.check(); err != nil {
		return out, err
	}
	now := s.now()
	b := Booking{ID: id.New(), Wish: w, CreatedAt: now, CreatedBy: access.From(ctx).MemberID, UpdatedAt: now, Version: 1}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := s.agree(ctx, tx, Wish{}, w); err != nil {
			return err
		}
		if err := s.d.Store.Add(ctx, tx, b); err != nil {
			return err
		}
		if err := s.note(ctx, tx, "planning.booking_created", nil, b, Created{b.ref()}); err != nil {
			return err
		}
		out, err = s.row(ctx, tx, b)
		return err
	})
	return out, err
}

// Change gives a booking that is at version other wishes. ErrStale and those of Create.
func (s *Service) Change(ctx context.Context, bookingID string, version int, edit func(*Wish)) (Row, error) {
	return s.step(ctx, bookingID, func(ctx context.Context, tx *tenancy.Tx, b *Booking) (string, event.Event, error) {
		if b.Version != version {
			return "", nil, ErrStale
		}
		before := b.Wish
		edit(&b.Wish)
		if err := b.check(); err != nil {
			return "", nil, err
		}
		return "planning.booking_changed", Changed{b.ref()}, s.agree(ctx, tx, before, b.Wish)
	}, false)
}

// Remove takes a booking off the plan. Restore brings it back.
func (s *Service) Remove(ctx context.Context, bookingID string) error {
	_, err := s.step(ctx, bookingID, func(_ context.Context, _ *tenancy.Tx, b *Booking) (string, event.Event, error) {
		now := s.now()
		b.RemovedAt = &now
		return "planning.booking_removed", Removed{b.ref()}, nil
	}, false)
	return err
}

// Restore brings a booking back that was removed, if it could be made now. What is there stays as it is.
func (s *Service) Restore(ctx context.Context, bookingID string) (Row, error) {
	return s.step(ctx, bookingID, func(ctx context.Context, tx *tenancy.Tx, b *Booking) (string, event.Event, error) {
		if b.RemovedAt == nil {
			return "", nil, nil
		}
		b.RemovedAt = nil
		return "planning.booking_restored", Restored{b.ref()}, s.agree(ctx, tx, Wish{}, b.Wish)
	}, true)
}

// step changes one booking and keeps what was done; where nothing changed, nothing.
func (s *Service) step(ctx context.Context, bookingID string, do func(context.Context, *tenancy.Tx, *Booking) (string, event.Event, error), removed bool) (out Row, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.ByID(ctx, tx, bookingID, true)
		if err == nil && before.RemovedAt != nil && !removed {
			err = ErrNotFound
		}
		if err != nil {
			return err
		}
		b := before
		action, e, err := do(ctx, tx, &b)
		if err != nil {
			return err
		}
		if !reflect.DeepEqual(b, before) {
			b.Version, b.UpdatedAt = before.Version+1, s.now()
			if err := s.d.Store.Save(ctx, tx, b); err != nil {
				return err
			}
			if err := s.note(ctx, tx, action, &before, b, e); err != nil {
				return err
			}
		}
		out, err = s.row(ctx, tx, b)
		return err
	})
	return out, err
}

// agree checks what is new in a wish against the rest of the house: what was agreed before may stay.
func (s *Service) agree(ctx context.Context, tx *tenancy.Tx, was, w Wish) error {
	if w.MemberID != was.MemberID {
		if is, err := s.d.Members.IsMemberTx(ctx, tx, w.MemberID); err != nil {
			return err
		} else if !is {
			return ErrNoMember
		}
	}
	if w.ProjectID != was.ProjectID || w.TaskID != was.TaskID {
		if err := s.agreeWork(ctx, tx, w); err != nil {
			return err
		}
	}
	if w.MemberID == was.MemberID && w.Days() == was.Days() {
		return nil
	}
	rooms, err := s.d.People.RoomsTx(ctx, tx, []string{w.MemberID}, w.First, w.Last)
	if err != nil {
		return err
	}
	for _, r := range rooms[w.MemberID] {
		if r.Capacity > 0 {
			return nil
		}
	}
	return ErrNoRoom
}

func (s *Service) agreeWork(ctx context.Context, tx *tenancy.Tx, w Wish) error {
	p, err := s.d.Projects.ProjectTx(ctx, tx, w.ProjectID)
	switch {
	case errors.Is(err, projects.ErrNotFound):
		return ErrNoProject
	case err != nil:
		return err
	case p.State == projects.Completed || p.State == projects.Archived:
		return ErrClosed
	case w.TaskID == "":
		return nil
	}
	t, err := s.d.Projects.TaskTx(ctx, tx, w.TaskID)
	if errors.Is(err, projects.ErrTaskNotFound) || err == nil && (t.ProjectID != w.ProjectID || t.ArchivedAt != nil) {
		return ErrNoTask
	}
	return err
}

func (s *Service) row(ctx context.Context, tx *tenancy.Tx, b Booking) (Row, error) {
	rows, err := s.named(ctx, tx, []Booking{b})
	if err != nil {
		return Row{}, err
	}
	return rows[0], nil
}

// named fills in what bookings are about, with three questions at most.
func (s *Service) named(ctx context.Context, tx *tenancy.Tx, all []Booking) ([]Row, error) {
	out := make([]Row, len(all))
	if len(all) == 0 {
		return out, nil
	}
	var projectIDs, taskIDs []string
	for _, b := range all {
		projectIDs = append(projectIDs, b.ProjectID)
		if b.TaskID != "" {
			taskIDs = append(taskIDs, b.TaskID)
		}
	}
	works, names, err := s.d.Works.NamesTx(ctx, tx, distinct(projectIDs), distinct(taskIDs))
	for i, b := range all {
		w := works[b.ProjectID]
		w.TaskID, w.TaskName = b.TaskID, names[b.TaskID]
		out[i] = Row{b, w}
	}
	return out, err
}

func distinct(ss []string) []string {
	slices.Sort(ss)
	return slices.Compact(ss)
}

// note writes the audit entry of a change and announces it.
func (s *Service) note(ctx context.Context, tx *tenancy.Tx, action string, before *Booking, after Booking, e event.Event) error {
	c := audit.Change{Action: action, Entity: "booking", EntityID: after.ID, After: after}
	if before != nil {
		c.Before = *before
	}
	if err := audit.Record(ctx, tx, c); err != nil {
		return err
	}
	return s.d.Events.Publish(ctx, tx, e)
}
