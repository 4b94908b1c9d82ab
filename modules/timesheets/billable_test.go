package timesheets_test

import (
	"errors"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/timesheets"
)

// membersSetBillable lets all who log time say whether it is billable, or not any more.
func (w *world) membersSetBillable(t *testing.T, may bool) {
	t.Helper()
	now, err := w.svc.Settings(w.Ctx)
	if err != nil {
		t.Fatal(err)
	}
	now, err = w.svc.ChangeSettings(w.Ctx, now.Version, timesheets.SettingsChange{SetBillable: &may})
	if err != nil || now.MembersSetBillable != may {
		t.Fatalf("%+v, %v", now, err)
	}
}

// Who may not say whether time is billable says nothing else than the work does, by any door; what is there already passes.
func TestWhoMaySetBillable(t *testing.T) {
	t.Parallel()
	w := setup(t)
	unbilled := w.works[w.support]
	unbilled.Billable = false
	w.works[w.support] = unbilled
	mia := access.Actor{MemberID: access.From(w.member()).MemberID, Name: "Mia Member"}
	me := w.As(mia, timesheets.WriteOwn)
	may := w.As(mia, timesheets.WriteOwn, timesheets.SetBillable) // the same person, by another token
	yes, no, note, none := true, false, "a note", ""
	monday := day.MustParse("2026-03-02")
	log := func(n timesheets.NewEntry) (timesheets.Entry, error) {
		if n.ProjectID == "" {
			n.ProjectID = w.website
		}
		n.Day, n.Seconds = monday, hours(0.25)
		e, _, err := w.svc.Log(me, n)
		return e, err
	}
	made := func(n timesheets.NewEntry) timesheets.Entry {
		t.Helper()
		e, err := log(n)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	odd := made(timesheets.NewEntry{Billable: &no}) // as long as all who log time may say so
	if odd.Billable {
		t.Fatal("a member could not say so before")
	}
	if _, _, err := w.svc.StartTimer(me, timesheets.NewTimer{ProjectID: w.website, Billable: &no}); err != nil {
		t.Fatal(err)
	}
	w.membersSetBillable(t, false)

	change := func(e timesheets.Entry, ch timesheets.EntryChange) (timesheets.Entry, error) {
		now := w.find(t, me, e.ID)
		got, _, err := w.svc.Change(me, e.ID, now.Version, ch)
		return got, err
	}
	bulk := func(e timesheets.Entry, ch timesheets.BulkChange) (timesheets.Entry, error) {
		if _, err := w.svc.PreviewBulk(me, timesheets.Filter{IDs: []string{e.ID}}, ch); err != nil {
			return e, err
		}
		_, err := w.svc.Bulk(me, timesheets.Filter{IDs: []string{e.ID}}, ch, "")
		return w.find(t, me, e.ID), err
	}
	timer := func(tm timesheets.Timer, err error) (timesheets.Entry, error) {
		return timesheets.Entry{Billable: tm.Billable}, err
	}
	start := func(n timesheets.NewTimer) (timesheets.Entry, error) {
		tm, _, err := w.svc.StartTimer(me, n)
		return timer(tm, err)
	}
	plain := func() timesheets.Entry { return made(timesheets.NewEntry{}) }
	for name, c := range map[string]struct {
		do   func() (timesheets.Entry, error)
		want *bool // nil: refused
		at   string
	}{
		"log":                       {do: func() (timesheets.Entry, error) { return log(timesheets.NewEntry{Billable: &no}) }, at: "body.billable"},
		"log what the project says": {do: func() (timesheets.Entry, error) { return log(timesheets.NewEntry{Billable: &yes}) }, want: &yes},
		"log on unbilled work": {do: func() (timesheets.Entry, error) {
			return log(timesheets.NewEntry{ProjectID: w.support, Billable: &yes})
		}, at: "body.billable"},
		"log nothing said":           {do: func() (timesheets.Entry, error) { return log(timesheets.NewEntry{ProjectID: w.support}) }, want: &no},
		"log on an unbilled service": {do: func() (timesheets.Entry, error) { return log(timesheets.NewEntry{ServiceID: w.courtesy.ID}) }, want: &no},
		"log against the service": {do: func() (timesheets.Entry, error) {
			return log(timesheets.NewEntry{ServiceID: w.courtesy.ID, Billable: &yes})
		}, at: "body.billable"},

		"change": {do: func() (timesheets.Entry, error) { return change(plain(), timesheets.EntryChange{Billable: &no}) }, at: "body.billable"},
		"change another field": {do: func() (timesheets.Entry, error) {
			return change(odd, timesheets.EntryChange{Note: &note, Billable: &no})
		}, want: &no},
		"change what somebody chose": {do: func() (timesheets.Entry, error) { return change(odd, timesheets.EntryChange{Billable: &yes}) }, at: "body.billable"},
		"move to another project": {do: func() (timesheets.Entry, error) {
			return change(plain(), timesheets.EntryChange{ProjectID: &w.support})
		}, want: &no},
		"move and keep": {do: func() (timesheets.Entry, error) {
			return change(plain(), timesheets.EntryChange{ProjectID: &w.support, Billable: &yes})
		}, at: "body.billable"},
		"another service": {do: func() (timesheets.Entry, error) {
			return change(plain(), timesheets.EntryChange{ServiceID: &w.courtesy.ID})
		}, want: &no},
		"no service any more": {do: func() (timesheets.Entry, error) {
			return change(made(timesheets.NewEntry{ServiceID: w.courtesy.ID}), timesheets.EntryChange{ServiceID: &none})
		}, want: &yes},

		"many": {do: func() (timesheets.Entry, error) { return bulk(plain(), timesheets.BulkChange{Billable: &no}) }, at: "body.change.billable"},
		"many, as they are": {do: func() (timesheets.Entry, error) {
			return bulk(plain(), timesheets.BulkChange{Billable: &yes, Note: &note})
		}, want: &yes},
		"many, to another project": {do: func() (timesheets.Entry, error) {
			return bulk(plain(), timesheets.BulkChange{ProjectID: w.support})
		}, want: &no},
		"many, to another service": {do: func() (timesheets.Entry, error) {
			return bulk(plain(), timesheets.BulkChange{ServiceID: &w.courtesy.ID})
		}, want: &no},
		"many, moved and kept": {do: func() (timesheets.Entry, error) {
			return bulk(plain(), timesheets.BulkChange{ProjectID: w.support, Billable: &yes})
		}, at: "body.change.billable"},

		"start": {do: func() (timesheets.Entry, error) {
			return start(timesheets.NewTimer{ProjectID: w.website, Billable: &no})
		}, at: "body.billable"},
		"change the timer": {do: func() (timesheets.Entry, error) {
			return timer(w.svc.ChangeTimer(me, timesheets.TimerChange{Billable: &yes}))
		}, at: "body.billable"},
		"leave the timer": {do: func() (timesheets.Entry, error) {
			return timer(w.svc.ChangeTimer(me, timesheets.TimerChange{Billable: &no, Note: &note}))
		}, want: &no},
	} {
		e, err := c.do()
		var refused *fault.Error
		switch {
		case c.want == nil && (!errors.As(err, &refused) || !errors.Is(err, timesheets.ErrBillableNotYours) || len(refused.Fields) != 1 || refused.Fields[0].Path != c.at):
			t.Errorf("%s: got %+v, %v; want a refusal at %s", name, e, err, c.at)
		case c.want != nil && (err != nil || e.Billable != *c.want):
			t.Errorf("%s: billable %v, %v; want %v", name, e.Billable, err, *c.want)
		}
	}
	w.sumsHold(t, "billable")

	// A timer that was told something else before: its time is kept, and is what its work says.
	w.Clock.Advance(time.Hour)
	if e, err := w.svc.StopTimer(me, nil, false); err != nil || !e.Billable {
		t.Errorf("stop: %+v, %v", e, err)
	}
	if e, err := start(timesheets.NewTimer{ProjectID: w.website}); err != nil || !e.Billable {
		t.Errorf("start: %+v, %v", e, err)
	}
	if e, err := timer(w.svc.ChangeTimer(me, timesheets.TimerChange{ProjectID: &w.support})); err != nil || e.Billable {
		t.Errorf("the timer at another project: %+v, %v", e, err)
	}

	// Last week is copied with what its work says today, and a cell has no say.
	work := w.works[w.website]
	work.Billable = false
	w.works[w.website] = work
	g, err := w.svc.CopyLastWeek(me, monday.AddDays(7), true)
	if err != nil || g.Seconds == 0 {
		t.Fatalf("%d s, %v", g.Seconds, err)
	}
	for _, r := range g.Rows {
		if cell := r.Cells[monday.AddDays(7)]; cell.Billable {
			t.Errorf("%s was copied as billable", r.ProjectName)
		}
	}
	if _, err := w.svc.SetCell(me, timesheets.CellChange{Day: monday.AddDays(8), ProjectID: w.website, Seconds: 3600}); err != nil {
		t.Fatal(err)
	}
	if es, err := w.svc.List(me, timesheets.Filter{From: monday.AddDays(8), To: monday.AddDays(8)}); err != nil || len(es) != 1 || es[0].Billable {
		t.Errorf("a cell: %+v, %v", es, err)
	}

	// With the permission all of it is said as ever.
	if _, _, err := w.svc.Change(may, odd.ID, w.find(t, me, odd.ID).Version, timesheets.EntryChange{Billable: &yes}); err != nil {
		t.Errorf("who may: %v", err)
	}
	if _, err := w.svc.Bulk(may, timesheets.Filter{IDs: []string{odd.ID}}, timesheets.BulkChange{Billable: &no}, ""); err != nil {
		t.Errorf("who may, of many: %v", err)
	}
	w.membersSetBillable(t, true)
	if _, err := change(odd, timesheets.EntryChange{Billable: &yes}); err != nil {
		t.Errorf("everybody may again: %v", err)
	}
}
