package timesheets_test

import (
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/timesheets"
)

func TestAForgottenTimerAsksAndIsNeverCut(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx := w.member()
	started, _, err := w.svc.StartTimer(ctx, timesheets.NewTimer{ProjectID: w.website})
	if err != nil || started.AsksAt.Sub(started.StartedAt) != 10*time.Hour {
		t.Fatalf("%+v, %v; want it to ask after 10 hours", started, err)
	}
	w.Clock.Advance(10*time.Hour + 5*time.Minute)
	_, err = w.svc.StopTimer(ctx, nil, false)
	wantErr(t, "stop without an answer", err, timesheets.ErrTimerForgotten)
	if f := fault.From(err); !strings.Contains(f.Text, "10:05 hours") || f.Fields[0].Path != "body.ended_at" {
		t.Errorf("the refusal: %+v", f)
	}
	_, _, err = w.svc.StartTimer(ctx, timesheets.NewTimer{ProjectID: w.support})
	wantErr(t, "switch without an answer", err, timesheets.ErrTimerForgotten)
	if still, err := w.svc.CurrentTimer(ctx); err != nil || still == nil || still.ID != started.ID {
		t.Fatalf("it runs on: %+v, %v", still, err)
	}

	t.Run("trim", func(t *testing.T) {
		at := started.StartedAt.Add(8 * time.Hour)
		e, err := w.svc.StopTimer(ctx, &at, false)
		if err != nil || e.RawSeconds != 8*3600 {
			t.Errorf("%+v, %v", e, err)
		}
	})
	t.Run("keep", func(t *testing.T) {
		other := w.As(access.Actor{Name: "Ken Keeper"}, timesheets.WriteOwn)
		if _, _, err := w.svc.StartTimer(other, timesheets.NewTimer{ProjectID: w.website}); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(11 * time.Hour)
		e, err := w.svc.StopTimer(other, nil, true)
		if err != nil || e.RawSeconds != 11*3600 {
			t.Errorf("%+v, %v", e, err)
		}
	})
	t.Run("discard", func(t *testing.T) {
		other := w.As(access.Actor{Name: "Dan Discarder"}, timesheets.WriteOwn)
		if _, _, err := w.svc.StartTimer(other, timesheets.NewTimer{ProjectID: w.website}); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(11 * time.Hour)
		if err := w.svc.DiscardTimer(other); err != nil {
			t.Error(err)
		}
		if got, err := w.svc.List(other, timesheets.Filter{}); err != nil || len(got) != 0 {
			t.Errorf("%+v, %v", got, err)
		}
	})
	t.Run("go on", func(t *testing.T) {
		other := w.As(access.Actor{Name: "Gus Going"}, timesheets.WriteOwn)
		if _, _, err := w.svc.StartTimer(other, timesheets.NewTimer{ProjectID: w.website}); err != nil {
			t.Fatal(err)
		}
		w.Clock.Advance(11 * time.Hour)
		kept, err := w.svc.KeepTimer(other)
		if err != nil || !kept.AsksAt.Equal(w.Clock.Now().Add(10*time.Hour)) || kept.ProjectName != "Website" {
			t.Errorf("%+v, %v", kept, err)
		}
		if e, err := w.svc.StopTimer(other, nil, false); err != nil || e.RawSeconds != 11*3600 {
			t.Errorf("%+v, %v", e, err)
		}
		_, err = w.svc.KeepTimer(other)
		wantErr(t, "none runs", err, timesheets.ErrNoTimer)
	})
}

func TestAForgottenTimerWritesOnceEachTimeItAsks(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ctx := w.member()
	seven := 7
	s, err := w.svc.Settings(w.Ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.ChangeSettings(w.Ctx, s.Version, timesheets.SettingsChange{Forgotten: &seven}); err != nil {
		t.Fatal(err)
	}
	letters := func(want int) {
		t.Helper()
		w.Work(t)
		w.mu.Lock()
		defer w.mu.Unlock()
		if len(w.told) != want {
			t.Fatalf("%d letters, want %d: %+v", len(w.told), want, w.told)
		}
	}
	if _, _, err := w.svc.StartTimer(ctx, timesheets.NewTimer{ProjectID: w.website}); err != nil {
		t.Fatal(err)
	}
	letters(0)
	w.Clock.Advance(7 * time.Hour)
	letters(1)
	if n := w.told[0]; n.MemberID != access.From(ctx).MemberID || !strings.Contains(n.Paragraphs[0], "Website has been running for 7 hours") {
		t.Errorf("%+v", n)
	}
	if _, err := w.svc.KeepTimer(ctx); err != nil {
		t.Fatal(err)
	}
	letters(1)
	w.Clock.Advance(7 * time.Hour)
	letters(2)
	if w.told[0].Key == w.told[1].Key {
		t.Error("two letters with one key: the mail server takes the second for a repeat")
	}
	if _, err := w.svc.StopTimer(ctx, nil, true); err != nil {
		t.Fatal(err)
	}
	if _, _, err := w.svc.StartTimer(ctx, timesheets.NewTimer{ProjectID: w.website}); err != nil {
		t.Fatal(err)
	}
	if err := w.svc.DiscardTimer(ctx); err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(7 * time.Hour)
	letters(2)
}

func TestForgottenHoursAreBounded(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, h := range []int{0, 25, -1} {
		_, err := w.svc.ChangeSettings(w.Ctx, 1, timesheets.SettingsChange{Forgotten: &h})
		wantErr(t, "hours", err, timesheets.ErrBadSettings)
	}
}
