package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
)

type suggestions struct {
	Items []struct {
		ID, Title, Day string
		Seconds        int
		Hidden         bool
		Work           *struct {
			ProjectID string  `json:"project_id"`
			TaskID    *string `json:"task_id"`
		}
	}
}

func (s suggestions) titles() string {
	var out []string
	for _, x := range s.Items {
		title := x.Title
		if x.Work != nil {
			title += "*"
		}
		if x.Hidden {
			title += " (hidden)"
		}
		out = append(out, title)
	}
	return strings.Join(out, ", ")
}

func (s suggestions) ids(title string) (out []string) {
	for _, x := range s.Items {
		if x.Title == title {
			out = append(out, x.ID)
		}
	}
	return out
}

// The way of an event from a calendar into the timesheet: what was entered is not suggested again, whatever is fetched, and the
// work that was chosen is proposed the next time.
func TestCalendarSuggestionsBecomeTime(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	calendar := apptest.CalendarServer(t)
	project := newProject(t, env)
	today := time.Now().UTC().Truncate(24 * time.Hour)
	var task struct{ ID string }
	env.As(t, "owner").POST(t, "/api/v1/tasks", map[string]any{"project_id": project, "name": "Calls"}).Expect(t, http.StatusCreated).JSON(t, &task)
	me, owner := env.As(t, "member"), env.As(t, "owner")
	day := func(n int) time.Time { return today.AddDate(0, 0, n) }
	at := func(n, hour int) string {
		return day(n).Add(time.Duration(hour) * time.Hour).Format("20060102T150405Z")
	}
	var version atomic.Int32 // of what the calendar says
	path := "/" + id.New() + "/work.ics"
	calendar.Serve(path, func(w http.ResponseWriter, _ *http.Request) {
		moved := at(-2, 15)
		if version.Load() > 0 {
			moved = at(-2, 16)
		}
		out := apptest.ICS("UID:weekly@example.com", "SUMMARY:Weekly with Acme", "DTSTART:"+at(-12, 9), "DTEND:"+at(-12, 10), "RRULE:FREQ=DAILY;INTERVAL=3;COUNT=4")
		_, _ = w.Write(append(bytes.TrimSuffix(out, []byte("END:VCALENDAR\r\n")), []byte(
			"BEGIN:VEVENT\r\nUID:plan@example.com\r\nSUMMARY:Plan\r\nDTSTART:"+moved+"\r\nDURATION:PT30M\r\nEND:VEVENT\r\n"+
				"BEGIN:VEVENT\r\nUID:other@example.com\r\nSUMMARY:weekly  with acme\r\nDTSTART:"+at(-1, 11)+"\r\nDURATION:PT15M\r\nEND:VEVENT\r\n"+
				"BEGIN:VEVENT\r\nUID:trip@example.com\r\nSUMMARY:Trip\r\nDTSTART;VALUE=DATE:"+day(-1).Format("20060102")+"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n")...))
	})
	list := fmt.Sprintf("/api/v1/time-suggestions?zone=UTC&from=%s&to=%s", day(-14).Format(time.DateOnly), day(0).Format(time.DateOnly))
	see := func(c *apptest.Client, want string) (s suggestions) {
		t.Helper()
		c.GET(t, list).Expect(t, http.StatusOK).JSON(t, &s)
		if got := s.titles(); got != want {
			t.Fatalf("suggested %q, want %q", got, want)
		}
		return s
	}
	see(me, "")
	var feed struct {
		ID, Host, State, Problem string
		Events                   int
	}
	secret := "webcal://" + apptest.CalendarHost + path
	me.POST(t, "/api/v1/calendar-feeds", map[string]any{"address": secret}).Expect(t, http.StatusCreated).JSON(t, &feed)
	if feed.Host != apptest.CalendarHost || feed.State != "ok" || feed.Events != 6 {
		t.Errorf("added %+v", feed)
	}
	me.POST(t, "/api/v1/calendar-feeds", map[string]any{"address": apptest.CalendarURL(path)}).Refused(t, http.StatusConflict, "calendars.feed_twice", "body.address")
	s := see(me, "Weekly with Acme, Weekly with Acme, Weekly with Acme, Weekly with Acme, Plan, weekly with acme")
	if s.Items[0].Seconds != 3600 || s.Items[0].Day != day(-12).Format(time.DateOnly) {
		t.Errorf("suggested %+v", s)
	}

	// Nobody else sees any of it, whatever they may do, and the address is nowhere.
	see(owner, "")
	owner.POST(t, "/api/v1/calendar-feeds/"+feed.ID+"/refresh", nil).Refused(t, http.StatusNotFound, "calendars.feed_not_found")
	owner.DELETE(t, "/api/v1/calendar-feeds/"+feed.ID).Refused(t, http.StatusNotFound, "calendars.feed_not_found")
	owner.POST(t, "/api/v1/time-suggestions/hide", map[string]any{"ids": s.ids("Plan")}).Refused(t, http.StatusUnprocessableEntity, "timesheets.no_suggestion", "body.ids.0")
	for _, r := range []*apptest.Reply{me.GET(t, "/api/v1/calendar-feeds"), owner.GET(t, "/api/v1/audit-events"), owner.GET(t, "/api/v1/calendar-feeds")} {
		if bytes.Contains(r.Expect(t, http.StatusOK).Body, []byte("work.ics")) {
			t.Errorf("the address is shown: %s", r)
		}
	}

	// Two of the series at once; the others of it, and what is called the same, have the work proposed.
	take := func(ids []string, more map[string]any) *apptest.Reply {
		body := map[string]any{"ids": ids, "project_id": project, "zone": "UTC"}
		for k, v := range more {
			body[k] = v
		}
		return me.POST(t, "/api/v1/time-suggestions/take", body)
	}
	weekly := s.ids("Weekly with Acme")
	var taken struct {
		Items []struct {
			ID      string
			EntryID string `json:"time_entry_id"`
			Day     string
		}
	}
	take(weekly[:2], map[string]any{"task_id": task.ID}).Expect(t, http.StatusCreated).JSON(t, &taken)
	if len(taken.Items) != 2 || taken.Items[0].ID != weekly[0] || taken.Items[0].Day != day(-12).Format(time.DateOnly) {
		t.Fatalf("taken %+v", taken)
	}
	var entry struct {
		Note, Day string
		Seconds   int
		TaskID    *string `json:"task_id"`
	}
	me.GET(t, "/api/v1/time-entries/"+taken.Items[0].EntryID).Expect(t, http.StatusOK).JSON(t, &entry)
	if entry.Note != "Weekly with Acme" || entry.Seconds != 3600 || entry.TaskID == nil || *entry.TaskID != task.ID {
		t.Errorf("logged %+v", entry)
	}
	s = see(me, "Weekly with Acme*, Weekly with Acme*, Plan, weekly with acme*")
	if w := s.Items[0].Work; w.ProjectID != project || w.TaskID == nil || *w.TaskID != task.ID {
		t.Errorf("proposed %+v", w)
	}
	take(weekly[1:3], nil).Refused(t, http.StatusConflict, "timesheets.suggestion_entered", "body.ids.0")
	see(me, "Weekly with Acme*, Weekly with Acme*, Plan, weekly with acme*")

	// Hidden, seen where that is asked for, and back again.
	plan := map[string]any{"ids": s.ids("Plan")}
	me.POST(t, "/api/v1/time-suggestions/hide", plan).Expect(t, http.StatusNoContent)
	see(me, "Weekly with Acme*, Weekly with Acme*, weekly with acme*")
	list += "&hidden=true"
	see(me, "Weekly with Acme*, Weekly with Acme*, Plan (hidden), weekly with acme*")
	list = strings.TrimSuffix(list, "&hidden=true")
	me.POST(t, "/api/v1/time-suggestions/unhide", plan).Expect(t, http.StatusNoContent)

	// An entry that is taken out brings its event back.
	me.DELETE(t, "/api/v1/time-entries/"+taken.Items[1].EntryID).Expect(t, http.StatusNoContent)
	see(me, "Weekly with Acme*, Weekly with Acme*, Weekly with Acme*, Plan, weekly with acme*")
	take(s.ids("Plan"), nil).Expect(t, http.StatusCreated)

	// Time has one door: what it refuses is refused here, and nothing of the rest is kept.
	var settings struct{ Version int }
	owner.GET(t, "/api/v1/time-settings").Expect(t, http.StatusOK).JSON(t, &settings)
	owner.PATCH(t, "/api/v1/time-settings", fmt.Sprintf(`"%d"`, settings.Version), map[string]any{"locked_through": day(-9).Format(time.DateOnly)}).Expect(t, http.StatusOK)
	take([]string{weekly[2], weekly[1]}, nil).Refused(t, http.StatusConflict, "timesheets.period_locked", "body.ids.1")
	take([]string{weekly[2]}, map[string]any{"project_id": id.New()}).Refused(t, http.StatusUnprocessableEntity, "timesheets.no_project", "body.project_id")
	see(me, "Weekly with Acme*, Weekly with Acme*, Weekly with Acme*, weekly with acme*")

	// Fetched again, with an event moved that was entered: it is the same one. Removed and added again it still is.
	version.Store(1)
	me.POST(t, "/api/v1/calendar-feeds/"+feed.ID+"/refresh", nil).Expect(t, http.StatusOK)
	see(me, "Weekly with Acme*, Weekly with Acme*, Weekly with Acme*, weekly with acme*")
	me.DELETE(t, "/api/v1/calendar-feeds/"+feed.ID).Expect(t, http.StatusNoContent)
	see(me, "")
	me.POST(t, "/api/v1/calendar-feeds", map[string]any{"address": secret}).Expect(t, http.StatusCreated).JSON(t, &feed)
	see(me, "Weekly with Acme*, Weekly with Acme*, Weekly with Acme*, weekly with acme*")
}

// What is wrong with an address is said beside its field, before anything is kept.
func TestCalendarAddressesAreRefusedAtTheirField(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	calendar := apptest.CalendarServer(t)
	me := env.As(t, "member")
	base := "/" + id.New()
	calendar.Serve(base+"/401", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	calendar.Serve(base+"/page", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>Sign in</html>")) })
	calendar.Serve(base+"/large", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(make([]byte, 6<<20)) })
	calendar.Serve(base+"/loop", http.RedirectHandler(base+"/loop", http.StatusFound).ServeHTTP)
	for address, code := range map[string]string{
		"nonsense": "calendars.bad_address", "ftp://example.com/a.ics": "calendars.bad_address", "https://ann:secret@example.com/a.ics": "calendars.bad_address", "https://": "calendars.bad_address",
		"http://example.com/a.ics": "calendars.plain", "https://10.0.0.1/a.ics": "calendars.unreachable", "https://169.254.169.254/latest": "calendars.unreachable", "https://[::ffff:a00:1]/": "calendars.unreachable",
		apptest.CalendarURL(base + "/401"): "calendars.denied", apptest.CalendarURL(base + "/404"): "calendars.gone", apptest.CalendarURL(base + "/page"): "calendars.not_calendar",
		apptest.CalendarURL(base + "/large"): "calendars.too_large", apptest.CalendarURL(base + "/loop"): "calendars.redirects",
	} {
		me.POST(t, "/api/v1/calendar-feeds", map[string]any{"address": address}).Refused(t, http.StatusUnprocessableEntity, code, "body.address")
	}
	me.POST(t, "/api/v1/calendar-feeds", map[string]any{"address": ""}).Expect(t, http.StatusUnprocessableEntity)
	me.GET(t, "/api/v1/time-suggestions?from=2026-03-01&to=2026-05-01").Refused(t, http.StatusUnprocessableEntity, "timesheets.bad_days", "query.to")

	// Five of them, and no more.
	for i := range 6 {
		path := fmt.Sprintf("%s/%d", base, i)
		calendar.Serve(path, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write(apptest.ICS("UID:1", "DTSTART:20260101T100000Z"))
		})
		r := me.POST(t, "/api/v1/calendar-feeds", map[string]any{"address": apptest.CalendarURL(path)})
		if i < 5 {
			r.Expect(t, http.StatusCreated)
		} else {
			r.Refused(t, http.StatusConflict, "calendars.too_many_feeds", "body.address")
		}
	}
}
