package timesheets

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/tenancy"
)

var (
	ErrNoTimer        = fault.Define(fault.NotFound, "timesheets.no_timer", "No timer is running.")
	ErrTimerRunning   = fault.Define(fault.Conflict, "timesheets.timer_running", "Another timer was started at this moment.")
	ErrTimerForgotten = fault.Define(fault.Conflict, "timesheets.timer_forgotten", "This timer ran for very long. Say when you stopped, or discard it.").
				At("body.ended_at", "is required: the timer ran for very long")
)

// Timer is running work. The server keeps the start; every device shows the
// time since then.
type Timer struct {
	ID, MemberID                        string
	ProjectID, ProjectCode, ProjectName string
	ClientName                          string
	TaskID, TaskName                    string
	Note                                string
	Billable                            bool
	StartedAt                           time.Time
	Zone                                string
	KeptAt, ToldAt                      *time.Time // said to be running on purpose; its member got a letter
	AsksAt                              time.Time  // from then on it asks whether it was forgotten
	Version                             int
}

func (t *Timer) takeNames(w Work, task string) {
	t.ProjectCode, t.ProjectName, t.ClientName, t.TaskName = w.ProjectCode, w.ProjectName, w.ClientName, task
}

// NewTimer is what is being worked on.
type NewTimer struct {
	ProjectID, TaskID string
	Note              string
	Billable          *bool
	Zone              string
	StartedAt         *time.Time // earlier than now, for a late start
	// StopAt ends the timer that runs now; nil for the moment of the start.
	StopAt *time.Time
}

// TimerChange names what changes; nil stays.
type TimerChange struct {
	ProjectID, TaskID *string
	Note              *string
	Billable          *bool
	StartedAt         *time.Time
}

// CurrentTimer returns the caller's running timer, or nil.
func (s *Service) CurrentTimer(ctx context.Context) (t *Timer, err error) {
	me := access.From(ctx).MemberID
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if t, err = s.d.Store.PeekTimer(ctx, tx, me); err != nil || t == nil {
			return err
		}
		settings, err := s.d.Store.Settings(ctx, tx, false)
		if err != nil {
			return err
		}
		t.AsksAt = settings.asksAt(*t)
		return s.nameTimer(ctx, tx, t)
	})
	return t, err
}

// StartTimer starts a timer. One that runs is stopped in the same transaction
// and its entry is returned too, so there is no moment with two or with none.
func (s *Service) StartTimer(ctx context.Context, n NewTimer) (t Timer, stopped *Entry, err error) {
	me, now := access.From(ctx).MemberID, s.d.Now().UTC().Truncate(time.Second)
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.conditions(ctx, tx)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, "timesheets.timer/"+me); err != nil {
			return err
		}
		running, err := s.d.Store.Timer(ctx, tx, me)
		if err != nil {
			return err
		}
		w, err := s.openWork(ctx, tx, n.ProjectID, n.TaskID)
		if err != nil {
			return err
		}
		sale, err := s.saleOf(ctx, tx, "", w)
		if err != nil {
			return err
		}
		if t, err = s.freshTimer(ctx, tx, n, w, sale, c, me, now); err != nil {
			return err
		}
		if err := s.room(ctx, tx, c, w, sale, t); err != nil {
			return err
		}
		if running != nil {
			// The old work ends where the new begins, unless told otherwise.
			end := t.StartedAt
			if n.StopAt != nil {
				end = *n.StopAt
			} else if err := forgotten(c.settings, *running, now, "body.stop_at"); err != nil {
				return err
			} else if !end.After(running.StartedAt) {
				end = now
			}
			if stopped, err = s.stopTx(ctx, tx, c, *running, end, now); err != nil {
				return err
			}
		}
		if err := s.d.Store.AddTimer(ctx, tx, t); err != nil {
			return err
		}
		if err := s.d.Jobs.EnqueueAt(ctx, tx, t.AsksAt, askTimer{t.ID}); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "timesheets.timer_started", Entity: "timer", EntityID: t.ID, After: timerRecord(t)}); err != nil {
			return err
		}
		return s.d.Bus.Publish(ctx, tx, TimerStarted{Timer: t.ID, Member: me, Project: t.ProjectID, StartedAt: t.StartedAt, Label: w.Label()})
	})
	if err != nil {
		return Timer{}, nil, err
	}
	return t, stopped, nil
}

func (s *Service) freshTimer(ctx context.Context, tx *tenancy.Tx, n NewTimer, w Work, sale Sale, c conditions, me string, now time.Time) (Timer, error) {
	note, err := parseNote(n.Note)
	if err != nil {
		return Timer{}, err
	}
	zone, err := c.zone(n.Zone)
	if err != nil {
		return Timer{}, err
	}
	t := Timer{
		ID: id.New(), MemberID: me, ProjectID: w.ProjectID, TaskID: w.TaskID, Note: note,
		StartedAt: now, Zone: zone.String(), Version: 1,
	}
	t.takeNames(w, w.TaskName)
	if t.Billable, err = c.billable(ctx, n.Billable, w.Billable && sale.Billable); err != nil {
		return t, err
	}
	if n.StartedAt != nil {
		t.StartedAt = n.StartedAt.UTC().Truncate(time.Second)
	}
	t.AsksAt = c.settings.asksAt(t)
	return t, s.checkStart(ctx, tx, c.lock(w.ClientID), t, now)
}

// room refuses to begin work, or to go on with other work, that a budget has no room for (rule 54).
func (s *Service) room(ctx context.Context, tx *tenancy.Tx, c conditions, w Work, sale Sale, t Timer) error {
	e := Entry{MemberID: t.MemberID, ProjectID: w.ProjectID, ClientID: w.ClientID, TaskID: w.TaskID, ServiceID: sale.ID, Billable: t.Billable, Day: c.today}
	if err := s.price(ctx, tx, &e); err != nil {
		return err
	}
	return s.d.Ledgers.RoomTx(ctx, tx, e)
}

// checkStart refuses a start that the timer cannot have. Its work date is that of the start, so none begins in a closed period, now neither.
func (s *Service) checkStart(ctx context.Context, tx *tenancy.Tx, lock Lock, t Timer, now time.Time) error {
	zone, err := ParseZone(t.Zone)
	switch {
	case err != nil:
		return err
	case t.StartedAt.After(now):
		return ErrBadTime.At("body.started_at", "is in the future")
	case now.Sub(t.StartedAt) > MaxEntry:
		return ErrBadTime.At("body.started_at", "is more than 24 hours ago")
	case lock.Locks(day.Of(t.StartedAt, zone)):
		return s.locked(ctx, tx, lock, "body.started_at")
	}
	return nil
}

// ChangeTimer changes the running timer.
func (s *Service) ChangeTimer(ctx context.Context, ch TimerChange) (t Timer, err error) {
	me, now := access.From(ctx).MemberID, s.d.Now().UTC().Truncate(time.Second)
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.conditions(ctx, tx)
		if err != nil {
			return err
		}
		running, err := s.d.Store.Timer(ctx, tx, me)
		if err != nil {
			return err
		}
		if running == nil {
			return ErrNoTimer
		}
		before := *running
		if t, err = s.changedTimer(ctx, tx, c, before, ch, now); err != nil {
			return err
		}
		if err := s.d.Store.SaveTimer(ctx, tx, t); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "timesheets.timer_changed", Entity: "timer", EntityID: t.ID, Before: timerRecord(before), After: timerRecord(t)}); err != nil {
			return err
		}
		return s.d.Bus.Publish(ctx, tx, TimerChanged{Timer: t.ID, Member: me})
	})
	return t, err
}

func (s *Service) changedTimer(ctx context.Context, tx *tenancy.Tx, c conditions, before Timer, ch TimerChange, now time.Time) (Timer, error) {
	t := before
	if ch.ProjectID != nil && *ch.ProjectID != t.ProjectID {
		t.ProjectID, t.TaskID = *ch.ProjectID, "" // a task belongs to its project
	}
	if ch.TaskID != nil {
		t.TaskID = *ch.TaskID
	}
	w, err := s.openWork(ctx, tx, t.ProjectID, t.TaskID)
	if err != nil {
		return t, err
	}
	t.takeNames(w, w.TaskName)
	if ch.ProjectID != nil || ch.TaskID != nil || ch.Billable != nil {
		sale, err := s.saleOf(ctx, tx, "", w)
		if err != nil {
			return t, err
		}
		if moved := t.ProjectID != before.ProjectID || t.TaskID != before.TaskID; moved && !c.setsBillable(ctx) {
			t.Billable = w.Billable && sale.Billable
		}
		if t.Billable, err = c.billable(ctx, ch.Billable, t.Billable); err != nil {
			return t, err
		}
		if err := s.room(ctx, tx, c, w, sale, t); err != nil {
			return t, err
		}
	}
	if ch.Note != nil {
		if t.Note, err = parseNote(*ch.Note); err != nil {
			return t, err
		}
	}
	if ch.StartedAt != nil {
		t.StartedAt = ch.StartedAt.UTC().Truncate(time.Second)
		if err := s.checkStart(ctx, tx, c.lock(w.ClientID), t, now); err != nil {
			return t, err
		}
	} else if t.ProjectID != before.ProjectID {
		if err := s.notInto(ctx, tx, c, before, t, w.ClientID); err != nil {
			return t, err
		}
	}
	t.Version++
	t.AsksAt = c.settings.asksAt(t)
	return t, nil
}

// notInto refuses to move a running timer to work of a legal entity whose time is closed on its day. What a lock has crossed already may move on.
func (s *Service) notInto(ctx context.Context, tx *tenancy.Tx, c conditions, before, t Timer, clientID string) error {
	lock := c.lock(clientID)
	zone, err := ParseZone(t.Zone)
	if err != nil || !lock.Locks(day.Of(t.StartedAt, zone)) {
		return err
	}
	was, err := s.d.Projects.WorkTx(ctx, tx, before.ProjectID, before.TaskID)
	if err != nil || c.lock(was.ClientID).Locks(day.Of(t.StartedAt, zone)) {
		return err
	}
	return s.locked(ctx, tx, lock, "body.project_id")
}

// StopTimer ends the running timer, at a given moment or now, and keeps its entry.
// One that may have been forgotten is not stopped without a moment: its member
// says which part of its time was worked (whole: all of it), and nothing is cut
// behind their back.
func (s *Service) StopTimer(ctx context.Context, at *time.Time, whole bool) (e Entry, err error) {
	me, now := access.From(ctx).MemberID, s.d.Now().UTC().Truncate(time.Second)
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.conditions(ctx, tx)
		if err != nil {
			return err
		}
		t, err := s.d.Store.Timer(ctx, tx, me)
		if err != nil {
			return err
		}
		if t == nil {
			return ErrNoTimer
		}
		end := now
		if at != nil {
			end = *at
		} else if err := forgotten(c.settings, *t, now, "body.ended_at"); err != nil && !whole {
			return err
		}
		kept, err := s.stopTx(ctx, tx, c, *t, end, now)
		if err == nil {
			e = *kept
		}
		return err
	})
	return e, err
}

// stopTx makes the timer's entry. What a person may not do by hand (a locked
// date, a submitted week, more than a day's hours) is kept and flagged: worked
// time is never lost because somebody closed a period meanwhile.
func (s *Service) stopTx(ctx context.Context, tx *tenancy.Tx, c conditions, t Timer, end, now time.Time) (*Entry, error) {
	zone, err := ParseZone(t.Zone)
	if err != nil {
		return nil, err
	}
	end = end.UTC().Truncate(time.Second)
	switch {
	case end.After(now):
		return nil, ErrBadTime.At("body.ended_at", "is in the future")
	case end.Before(t.StartedAt):
		return nil, ErrBadTime.At("body.ended_at", "must be after the start")
	case end.Equal(t.StartedAt):
		end = end.Add(time.Second) // a click and a second click are still an entry
	}
	if end.Sub(t.StartedAt) > DayLength(day.Of(t.StartedAt, zone), zone) {
		return nil, ErrTimerForgotten
	}
	w, err := s.d.Projects.WorkTx(ctx, tx, t.ProjectID, t.TaskID)
	if err != nil {
		return nil, err
	}
	n := NewEntry{StartedAt: &t.StartedAt, EndedAt: &end, Zone: t.Zone, Note: t.Note, Billable: c.kept(ctx, t.Billable)}
	sale, err := s.saleOf(ctx, tx, "", w)
	if err != nil {
		return nil, err
	}
	e, err := s.draft(ctx, n, w, sale, c, t.MemberID, FromTimer)
	if err != nil {
		return nil, err
	}
	if err := s.d.Store.RemoveTimer(ctx, tx, t.ID); err != nil {
		return nil, err
	}
	if _, err := s.keep(ctx, tx, c, &e); err != nil {
		return nil, err
	}
	if err := s.d.Bus.Publish(ctx, tx, TimerStopped{Timer: t.ID, Member: t.MemberID, Entry: e.ID}); err != nil {
		return nil, err
	}
	s.show(ctx, &e)
	return &e, nil
}

// DiscardTimer ends the running timer without an entry.
func (s *Service) DiscardTimer(ctx context.Context) error {
	me := access.From(ctx).MemberID
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := s.d.Store.Timer(ctx, tx, me)
		if err != nil {
			return err
		}
		if t == nil {
			return ErrNoTimer
		}
		if err := s.d.Store.RemoveTimer(ctx, tx, t.ID); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "timesheets.timer_discarded", Entity: "timer", EntityID: t.ID, Before: timerRecord(*t)}); err != nil {
			return err
		}
		return s.d.Bus.Publish(ctx, tx, TimerDiscarded{Timer: t.ID, Member: me})
	})
}

func (s *Service) nameTimer(ctx context.Context, tx *tenancy.Tx, t *Timer) error {
	works, tasks, err := s.d.Projects.NamesTx(ctx, tx, []string{t.ProjectID}, nonEmpty(t.TaskID))
	if err == nil {
		t.takeNames(works[t.ProjectID], tasks[t.TaskID])
	}
	return err
}
