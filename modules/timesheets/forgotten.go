package timesheets

import (
	"context"
	"fmt"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/tenancy"
)

// askTimer looks at a timer when it has run for so long that it may have been forgotten.
type askTimer struct {
	Timer string `json:"timer"`
}

// Kind is the job's stable name.
func (askTimer) Kind() string { return "timesheets.ask_timer" }

// RegisterJobs says how the work is done that comes later.
func RegisterJobs(r *job.Registry, s *Service) {
	job.Handle(r, s.askTimer)
	job.HandleWithin(r, remindTime, s.remindRound)
	job.HandleLetter(r, s.remindMember)
}

// asksAt is when t begins to ask: so many hours after its start, or after its
// member last said that they were still working.
func (s Settings) asksAt(t Timer) time.Time {
	from := t.StartedAt
	if t.KeptAt != nil && t.KeptAt.After(from) {
		from = *t.KeptAt
	}
	return from.Add(time.Duration(s.ForgottenHours) * time.Hour)
}

// forgotten refuses to end t at a moment that nobody named, once it asks.
func forgotten(s Settings, t Timer, now time.Time, field string) error {
	if now.Before(s.asksAt(t)) {
		return nil
	}
	ran := now.Sub(t.StartedAt)
	e := ErrTimerForgotten.Saying("This timer has run for %d:%02d hours. Say when you stopped, keep all of it, or discard it.", int(ran.Hours()), int(ran.Minutes())%60)
	e.Fields = nil
	return e.At(field, "is required: the timer may have been forgotten")
}

// KeepTimer says that the caller is still working: the timer runs on, and asks again later.
func (s *Service) KeepTimer(ctx context.Context) (t Timer, err error) {
	me, now := access.From(ctx).MemberID, s.d.Now().UTC().Truncate(time.Second)
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		settings, err := s.d.Store.Settings(ctx, tx, false)
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
		t = *running
		t.KeptAt, t.Version = &now, t.Version+1
		t.AsksAt = settings.asksAt(t)
		if err := s.nameTimer(ctx, tx, &t); err != nil {
			return err
		}
		if err := s.d.Store.SaveTimer(ctx, tx, t); err != nil {
			return err
		}
		if err := s.d.Jobs.EnqueueAt(ctx, tx, t.AsksAt, askTimer{t.ID}); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "timesheets.timer_kept", Entity: "timer", EntityID: t.ID, After: timerRecord(t)}); err != nil {
			return err
		}
		return s.d.Bus.Publish(ctx, tx, TimerChanged{Timer: t.ID, Member: me})
	})
	return t, err
}

// askTimer writes to the member whose timer asks, once each time that it does.
// The timer itself runs on: only its member knows when the work ended.
func (s *Service) askTimer(ctx context.Context, j askTimer) error {
	now := s.d.Now().UTC()
	var ask *Timer
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		settings, err := s.d.Store.Settings(ctx, tx, false)
		if err != nil {
			return err
		}
		t, err := s.d.Store.PeekTimerByID(ctx, tx, j.Timer)
		if err != nil || t == nil {
			return err // stopped or discarded: there is nothing to ask
		}
		if t.AsksAt = settings.asksAt(*t); now.Before(t.AsksAt) {
			return job.NotYet(t.AsksAt.Sub(now))
		}
		if t.ToldAt != nil && !t.ToldAt.Before(t.AsksAt) {
			return nil
		}
		ask = t
		return s.nameTimer(ctx, tx, ask)
	})
	if err != nil || ask == nil {
		return err
	}
	if err := s.d.Notices.Tell(ctx, ask.letter(now)); err != nil {
		return err
	}
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		t, err := s.d.Store.TimerByID(ctx, tx, j.Timer)
		if err != nil || t == nil {
			return err
		}
		t.ToldAt, t.Version = &now, t.Version+1
		if err := s.d.Store.SaveTimer(ctx, tx, *t); err != nil {
			return err
		}
		return s.d.Bus.Publish(ctx, tx, TimerChanged{Timer: t.ID, Member: t.MemberID})
	})
}

func (t Timer) letter(now time.Time) Notice {
	what := t.ProjectName
	if t.TaskName != "" {
		what += " · " + t.TaskName
	}
	return Notice{
		Key: "timer-" + t.ID + "-" + t.AsksAt.Format(time.RFC3339), MemberID: t.MemberID,
		Subject: "Is your timer still right?",
		Paragraphs: []string{
			fmt.Sprintf("Your timer on %s has been running for %d hours.", what, int(now.Sub(t.StartedAt).Hours())),
			"Keep it running, say when you stopped, or discard it. It goes on until you do; nothing is cut.",
		},
		Action: "Look at the timer", Path: "/time",
	}
}
