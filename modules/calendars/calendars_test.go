package calendars_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/calendars"
	"github.com/bureauhq/bureau/modules/calendars/calendarsdb"
	"github.com/bureauhq/bureau/modules/calendars/calendarsfeed"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// world is an agency with one person, whose calendar is served by this machine.
type world struct {
	*testkit.Agency
	svc  *calendars.Service
	left bool

	mu      sync.Mutex
	status  int
	ics     string
	asked   int
	checked int // of those, "is it still the same?"
}

func (w *world) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked++
	rw.Header().Set("ETag", `"one"`)
	switch {
	case w.status != 0:
		rw.WriteHeader(w.status)
	case r.Header.Get("If-None-Match") == `"one"`:
		w.checked++
		rw.WriteHeader(http.StatusNotModified)
	default:
		_, _ = rw.Write([]byte(w.ics))
	}
}

func (w *world) answer(status int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.status = status
}

// seen is how often the calendar was asked for since, and how often only whether it is the same.
func (w *world) seen() (asked, checked int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	asked, checked = w.asked, w.checked
	w.asked, w.checked = 0, 0
	return asked, checked
}

func (w *world) PersonTx(context.Context, *tenancy.Tx, string) (calendars.Person, error) {
	return calendars.Person{Email: "olive@example.test", Active: !w.left}, nil
}

func (w *world) CalendarTx(context.Context, *tenancy.Tx) (timesheets.Calendar, error) {
	return timesheets.Calendar{Zone: "Europe/Berlin", WeekStart: time.Monday}, nil
}

func (w *world) NamesTx(context.Context, *tenancy.Tx, []string, []string) (map[string]timesheets.Work, map[string]string, error) {
	return nil, nil, nil
}

// noTime is a timesheet without entries.
type noTime struct{}

func (noTime) ThereTx(context.Context, *tenancy.Tx, []string) (map[string]bool, error) {
	return nil, nil
}

func (noTime) TimedTx(context.Context, *tenancy.Tx, string, day.Range) ([]timesheets.Entry, error) {
	return nil, nil
}

func (w *world) service(t *testing.T, secret string) *calendars.Service {
	t.Helper()
	svc, err := calendars.New(calendars.Deps{
		DB: w.DB, Store: calendarsdb.Store{}, Feeds: calendarsfeed.New(true), People: w, Time: noTime{}, Works: w, Agency: w, Bus: w.Bus, Jobs: w.Queue, Secret: secret, Now: w.Clock.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return svc
}

func setup(t *testing.T) (*world, string) {
	t.Helper()
	w := &world{Agency: testkit.NewAgency(t)}
	w.ics = "BEGIN:VCALENDAR\r\nX-WR-CALNAME:Work\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Daily\r\nDTSTART;TZID=Europe/Berlin:20260101T093000\r\nDURATION:PT15M\r\nRRULE:FREQ=DAILY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
	server := httptest.NewServer(w)
	t.Cleanup(server.Close)
	w.svc = w.service(t, "a secret of this test")
	calendars.RegisterJobs(w.Registry, w.svc)
	return w, server.URL + "/private/calendar.ics"
}

func (w *world) feed(t *testing.T) calendars.Feed {
	t.Helper()
	feeds, err := w.svc.MyFeeds(w.Ctx)
	if err != nil || len(feeds) != 1 {
		t.Fatalf("%d calendars, %v", len(feeds), err)
	}
	return feeds[0]
}

// on tells the hours at which something is suggested on a day in Berlin.
func (w *world) on(t *testing.T, d string) string {
	t.Helper()
	var out []string
	for _, s := range w.suggested(t, w.Owner.MemberID, day.Range{From: day.MustParse(d), To: day.MustParse(d)}) {
		out = append(out, s.StartedAt.In(berlin(t)).Format("15:04"))
	}
	return strings.Join(out, " ")
}

func (w *world) suggested(t *testing.T, memberID string, days day.Range) (all []timesheets.Suggestion) {
	t.Helper()
	err := w.DB.Read(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		all, err = w.svc.SuggestTx(ctx, tx, timesheets.Asked{Days: days, Zone: berlin(t), MemberID: memberID})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// A calendar is fetched once an hour, and only asked whether it is the same; twice a day it is read anew, since days come into
// sight by themselves. One that fails is left alone for longer each time, and keeps what it has.
func TestFeedsAreFetchedByTheHour(t *testing.T) {
	t.Parallel()
	w, address := setup(t)
	if _, err := w.svc.AddFeed(w.Ctx, address); err != nil {
		t.Fatal(err)
	}
	began := w.Clock.Now() // Monday 2 March
	step := func(what string, at time.Duration, asked, checked int, problem string, next time.Duration) {
		t.Helper()
		w.Clock.Set(began.Add(at))
		w.Work(t)
		f := w.feed(t)
		if a, c := w.seen(); a != asked || c != checked || f.Problem != problem || !f.NextAt.Equal(began.Add(next)) {
			t.Errorf("%s: asked %d times, %d of them for changes, %q, next after %s; want %d, %d, %q, %s", what, a, c, f.Problem, f.NextAt.Sub(began), asked, checked, problem, next)
		}
	}
	step("added", 0, 1, 0, "", time.Hour)
	if f := w.feed(t); f.Name != "Work" || f.Events != 42 || f.Host != "127.0.0.1" || strings.Contains(string(f.Address), "private") {
		t.Errorf("kept %+v", f)
	}
	step("before its time", 59*time.Minute, 0, 0, "", time.Hour)
	step("after an hour", time.Hour, 1, 1, "", 2*time.Hour)
	w.answer(http.StatusNotFound)
	step("gone", 2*time.Hour, 1, 0, "gone", 4*time.Hour)
	if w.on(t, "2026-03-03") != "09:30" || w.feed(t).ProblemText() == "" {
		t.Error("what there was is not suggested any more, or nothing is said")
	}
	step("still gone, and not yet asked again", 3*time.Hour, 0, 0, "gone", 4*time.Hour)
	w.answer(http.StatusInternalServerError)
	step("broken", 4*time.Hour, 1, 0, "refused", 8*time.Hour)
	w.answer(0)
	step("well again", 8*time.Hour, 1, 0, "", 9*time.Hour)
	step("the same", 9*time.Hour, 1, 1, "", 10*time.Hour)
	if w.on(t, "2026-03-10") != "" {
		t.Error("more than a week ahead is kept")
	}
	step("read anew", 3*24*time.Hour, 1, 0, "", 73*time.Hour)
	if w.on(t, "2026-03-10") != "09:30" || w.on(t, "2026-01-27") != "" {
		t.Error("the window did not move on")
	}

	// One asks oneself as often as one likes; the feed is asked once in ten seconds.
	w.Clock.Advance(time.Minute)
	for range 3 {
		if _, err := w.svc.Refresh(w.Ctx, w.feed(t).ID); err != nil {
			t.Fatal(err)
		}
	}
	if a, c := w.seen(); a != 1 || c != 1 {
		t.Errorf("refreshed: asked %d times", a)
	}
	// The job that waited has another one in its place.
	step("an hour after that", 73*time.Hour, 0, 0, "", 73*time.Hour+time.Minute)
}

// Without the secret that it was kept with, an address cannot be read: it has to be entered again.
func TestAnAddressOfAnotherSecret(t *testing.T) {
	t.Parallel()
	w, address := setup(t)
	f, err := w.svc.AddFeed(w.Ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	w.Clock.Advance(time.Minute)
	if f, err = w.service(t, "another secret").Refresh(w.Ctx, f.ID); err != nil || f.Problem != "sealed" {
		t.Errorf("%q, %v", f.Problem, err)
	}
	if _, err := w.service(t, "").AddFeed(w.Ctx, address); !errors.Is(err, calendars.ErrOff) {
		t.Errorf("without a secret: %v", err)
	}
}

// An operator who looks into the agency on somebody's behalf sees nothing of their calendar; of who has left nothing is kept.
func TestCalendarsAreTheirPersonsAlone(t *testing.T) {
	t.Parallel()
	w, address := setup(t)
	f, err := w.svc.AddFeed(w.Ctx, address)
	if err != nil {
		t.Fatal(err)
	}
	support := w.Owner
	support.Kind = access.Support
	looking := access.With(w.Ctx, support)
	days := day.Range{From: day.MustParse("2026-03-01"), To: day.MustParse("2026-03-02")}
	feeds, err := w.svc.MyFeeds(looking)
	if err != nil || len(feeds) != 0 {
		t.Errorf("support sees %d calendars, %v", len(feeds), err)
	}
	other := w.As(access.Actor{Name: "Mia Member"}, access.Everything)
	if mine, all := w.suggested(t, w.Owner.MemberID, days), w.suggested(t, access.From(other).MemberID, days); len(mine) != 2 || len(all) != 0 {
		t.Errorf("the owner sees %d events, another one %d", len(mine), len(all))
	}
	if _, err := w.svc.Refresh(other, f.ID); !errors.Is(err, calendars.ErrNoFeed) {
		t.Errorf("another one refreshes it: %v", err)
	}
	w.left = true
	w.Clock.Advance(2 * time.Hour)
	w.Work(t)
	if feeds, err := w.svc.MyFeeds(w.Ctx); err != nil || len(feeds) != 0 {
		t.Errorf("kept of who has left: %d calendars, %v", len(feeds), err)
	}
}
