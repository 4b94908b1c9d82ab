package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/people"
)

type booking struct {
	ID, State, Kind, Note string
	Version               int
	Seconds               *int64
	Percent               *string
	ProjectName           string  `json:"project_name"`
	TaskID                *string `json:"task_id"`
}

type personPlan struct {
	Items []struct {
		MemberID string `json:"member_id"`
		Name     string
		Days     []struct {
			Day       string
			Capacity  int64 `json:"capacity_seconds"`
			Available int64 `json:"available_seconds"`
			Confirmed int64 `json:"confirmed_seconds"`
			Tentative int64 `json:"tentative_seconds"`
			Overload  string
		}
		Bookings []booking
	}
	Next *string
}

type benchWeek struct {
	From, To  string
	Available int64 `json:"available_seconds"`
	Free      int64 `json:"free_seconds"`
	Held      int64 `json:"held_seconds"`
}

// spell writes the hours of each day: capacity/available confirmed+tentative, and ! or ? where that is too much.
func (p personPlan) spell(n int) string {
	var out []string
	for _, d := range p.Items[n].Days {
		h := func(seconds int64) string {
			return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.2f", float64(seconds)/3600), "0"), ".")
		}
		over := map[string]string{"none": "", "tentative": "?", "confirmed": "!"}[d.Overload]
		out = append(out, h(d.Capacity)+"/"+h(d.Available)+" "+h(d.Confirmed)+"+"+h(d.Tentative)+over)
	}
	return strings.Join(out, ", ")
}

// Bookings from the first to the last call: who may do what, what is refused where, and what a week comes to with a part-time
// schedule, a holiday and half a day of leave (rules 71 and 72).
func TestBookingsOnThePlan(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project, other := newProject(t, env), newProject(t, env)
	owner, manager, member, finance := env.As(t, "owner"), env.As(t, "manager"), env.As(t, "member"), env.As(t, "finance")
	var task, foreign struct{ ID string }
	owner.POST(t, "/api/v1/tasks", map[string]any{"project_id": project, "name": "Build"}).Expect(t, http.StatusCreated).JSON(t, &task)
	owner.POST(t, "/api/v1/tasks", map[string]any{"project_id": other, "name": "Elsewhere"}).Expect(t, http.StatusCreated).JSON(t, &foreign)
	const monday, friday = "2031-03-03", "2031-03-07"
	book := func(over map[string]any) map[string]any {
		body := map[string]any{"member_id": member.Member.ID, "project_id": project, "starts_on": monday, "ends_on": friday, "kind": "per_day", "seconds": 4 * 3600}
		for k, v := range over {
			if v == nil {
				delete(body, k)
			} else {
				body[k] = v
			}
		}
		return body
	}
	post := func(over map[string]any) *apptest.Reply { return manager.POST(t, "/api/v1/bookings", book(over)) }

	var b booking
	post(map[string]any{"task_id": task.ID, "note": " Sprint 4 "}).Expect(t, http.StatusCreated).JSON(t, &b)
	if b.State != "confirmed" || b.Kind != "per_day" || *b.Seconds != 14400 || b.Percent != nil || b.Note != "Sprint 4" || b.ProjectName != "Website" || b.Version != 1 {
		t.Errorf("booked %+v", b)
	}
	left := env.Fresh(t, "member", "*")
	owner.POST(t, "/api/v1/members/"+left.Member.ID+"/deactivate", nil).Expect(t, http.StatusOK)
	archived := newProject(t, env)
	owner.POST(t, "/api/v1/projects/"+archived+"/archive", nil).Expect(t, http.StatusOK)
	for field, over := range map[string]map[string]any{
		"body.ends_on is before":    {"ends_on": "2031-03-02"},
		"body.ends_on is more than": {"ends_on": "2032-03-03"},
		"body.ends_on has no":       {"starts_on": "2031-03-08", "ends_on": "2031-03-09"}, // a weekend
		"body.percent must":         {"kind": "percent", "seconds": nil, "percent": "100.5"},
		"body.percent must be":      {"kind": "percent", "seconds": nil, "percent": "0"},
		"body.percent has":          {"kind": "percent", "seconds": nil, "percent": "33.33333"},
		"body.percent is not":       {"kind": "percent", "seconds": nil, "percent": "half"},
		"body.percent goes":         {"percent": "50"},
		"body.seconds does":         {"kind": "percent", "percent": "50"},
		"body.seconds must be b":    {"seconds": 90000},
		"body.seconds must":         {"kind": "total", "seconds": 5*86400 + 1},
		"body.member_id is not":     {"member_id": id.New()},
		"body.member_id is":         {"member_id": left.Member.ID},
		"body.project_id is not":    {"project_id": id.New()},
		"body.project_id is":        {"project_id": archived},
		"body.task_id is not":       {"task_id": foreign.ID},
		"body.task_id is":           {"task_id": id.New()},
	} {
		path, text, _ := strings.Cut(field, " ")
		r := post(over)
		if r.Status != http.StatusUnprocessableEntity && r.Status != http.StatusConflict || !strings.Contains(string(r.Body), `"`+path+`"`) || !strings.Contains(string(r.Body), `"`+text) {
			t.Errorf("%s: %d %s", field, r.Status, r.Body)
		}
	}

	// Twelve hours altogether, a quarter of the week, and a tentative whole one.
	post(map[string]any{"kind": "percent", "seconds": nil, "percent": "25", "project_id": other}).Expect(t, http.StatusCreated)
	post(map[string]any{"kind": "total", "seconds": 6 * 3600, "state": "tentative"}).Expect(t, http.StatusCreated)
	week := "/api/v1/plan?from=" + monday + "&to=" + friday
	see := func(c *apptest.Client, query, want string) (p personPlan) {
		t.Helper()
		c.GET(t, week+query).Expect(t, http.StatusOK).JSON(t, &p)
		if got := p.spell(0); got != want {
			t.Errorf("the week is\n%s, want\n%s", got, want)
		}
		return p
	}
	see(member, "", "8/8 6+1.2, 8/8 6+1.2, 8/8 6+1.2, 8/8 6+1.2, 8/8 6+1.2")
	// Part time from now on: no Wednesday, half of Thursday. Percent and total follow; hours per day do not shrink.
	on := day.MustParse(monday)
	must(t, env.App.Services.People.PutSchedule(env.Ctx, people.Schedule{MemberID: member.Member.ID, StartsOn: on, Seconds: [7]int{0, 28800, 28800, 0, 14400, 28800, 0}}))
	see(member, "", "8/8 6+1.71, 8/8 6+1.71, 0/0 0+0, 4/4 5+0.86!, 8/8 6+1.71")
	// A holiday on Friday: nothing is laid there. Half a day of leave on Monday lowers what is available, and no booking.
	holiday := struct{ ID string }{}
	owner.POST(t, "/api/v1/holiday-sets", map[string]any{"name": "Ours"}).Expect(t, http.StatusCreated).JSON(t, &holiday)
	owner.PATCH(t, "/api/v1/holiday-sets/"+holiday.ID, `"1"`, map[string]any{"days": []any{map[string]any{"day": friday, "name": "Founders", "half": false}}}).Expect(t, http.StatusOK)
	must(t, env.App.Services.People.PutSchedule(env.Ctx, people.Schedule{MemberID: member.Member.ID, StartsOn: on, HolidaySetID: holiday.ID, Seconds: [7]int{0, 28800, 28800, 0, 14400, 28800, 0}}))
	var kind struct{ ID string }
	owner.POST(t, "/api/v1/leave-types", map[string]any{"name": "Vacation", "unit": "days", "no_approval": true, "accrual": "none", "starts_on": "2026-01-01"}).Expect(t, http.StatusCreated).JSON(t, &kind)
	member.POST(t, "/api/v1/leave", map[string]any{"type_id": kind.ID, "first_day": monday, "last_day": monday, "half_first": true}).Expect(t, http.StatusCreated)
	p := see(manager, "&member_id="+member.Member.ID, "8/4 6+2.4!, 8/8 6+2.4?, 0/0 0+0, 4/4 5+1.2!, 0/0 0+0")
	if len(p.Items) != 1 || len(p.Items[0].Bookings) != 3 {
		t.Errorf("the plan of one is %+v", p)
	}
	// The load of a day counts all, whichever bookings are asked for.
	if p := see(finance, "&project_id="+other, "8/4 6+2.4!, 8/8 6+2.4?, 0/0 0+0, 4/4 5+1.2!, 0/0 0+0"); len(p.Items) != 1 || len(p.Items[0].Bookings) != 1 {
		t.Errorf("the plan of one project is %+v", p)
	}
	// Free is what no booking takes, tentative or not: of Tuesday 2 less 2.4, of Monday nothing, which takes nothing from the others.
	var bench struct {
		Items []struct {
			MemberID string `json:"member_id"`
			Weeks    []benchWeek
			Sum      benchWeek
		}
		Next *string
	}
	of := func(query string) (out []benchWeek) {
		t.Helper()
		bench.Next, bench.Items = nil, nil
		manager.GET(t, "/api/v1/plan/bench?from="+monday+query).Expect(t, http.StatusOK).JSON(t, &bench)
		for n, i := range bench.Items {
			if n > 0 && i.Sum.Free > bench.Items[n-1].Sum.Free {
				t.Errorf("%+v comes after %+v", i, bench.Items[n-1])
			}
			if i.MemberID == member.Member.ID {
				out = append(slices.Clone(i.Weeks), i.Sum)
			}
		}
		return out
	}
	first, second := benchWeek{monday, "2031-03-09", 57600, 0, 7200}, benchWeek{"2031-03-10", "2031-03-16", 100800, 100800, 0}
	if got, want := of("&weeks=2&limit=200"), []benchWeek{first, second, {monday, "2031-03-16", 158400, 100800, 7200}}; !slices.Equal(got, want) {
		t.Errorf("free are %+v, want %+v", got, want)
	}
	if got := of("&weeks=1&limit=200&since=2031-03-05"); !slices.Equal(got, []benchWeek{{monday, "2031-03-09", 14400, 0, 0}, {monday, "2031-03-09", 14400, 0, 0}}) {
		t.Errorf("free from Wednesday on are %+v", got)
	}
	if of("&weeks=1&limit=1"); len(bench.Items) != 1 || bench.Next == nil {
		t.Errorf("a page of one is %+v", bench)
	}
	member.GET(t, "/api/v1/plan/bench?from="+monday).Expect(t, http.StatusOK).JSON(t, &bench)
	if len(bench.Items) != 1 || bench.Items[0].MemberID != member.Member.ID {
		t.Errorf("a member sees the free time of %+v", bench.Items)
	}
	manager.GET(t, "/api/v1/plan/bench?weeks=14&from="+monday).Expect(t, http.StatusUnprocessableEntity)
	manager.GET(t, "/api/v1/plan?from=2031-03-03&to=2031-06-04").Refused(t, http.StatusUnprocessableEntity, "planning.bad_days", "query.to")

	// All people, a few a page; nobody twice.
	seen, cursor := map[string]bool{}, ""
	for range 10 {
		var one personPlan
		manager.GET(t, week+"&limit=2&cursor="+cursor).Expect(t, http.StatusOK).JSON(t, &one)
		for _, i := range one.Items {
			if seen[i.MemberID] {
				t.Errorf("%s comes twice", i.Name)
			}
			seen[i.MemberID] = true
		}
		if one.Next == nil {
			break
		}
		cursor = *one.Next
	}
	if !seen[member.Member.ID] || !seen[finance.Member.ID] || seen[left.Member.ID] {
		t.Errorf("planned are %v", seen)
	}

	// A member reads their own and their projects' bookings, and changes none.
	var mine, theirs struct{ Items []booking }
	member.POST(t, "/api/v1/bookings", book(nil)).Expect(t, http.StatusForbidden)
	finance.POST(t, "/api/v1/bookings", book(nil)).Expect(t, http.StatusForbidden)
	post(map[string]any{"member_id": finance.Member.ID, "project_id": other}).Expect(t, http.StatusCreated).JSON(t, &b)
	colleague := env.Fresh(t, "member", "*")
	colleague.GET(t, "/api/v1/bookings").Expect(t, http.StatusOK).JSON(t, &theirs)
	member.GET(t, "/api/v1/bookings").Expect(t, http.StatusOK).JSON(t, &mine)
	if len(mine.Items) != 3 || len(theirs.Items) != 0 {
		t.Errorf("a member sees %d bookings, a colleague %d", len(mine.Items), len(theirs.Items))
	}
	colleague.GET(t, "/api/v1/bookings/"+b.ID).Refused(t, http.StatusNotFound, "planning.not_found")
	owner.POST(t, "/api/v1/projects/"+other+"/members", map[string]any{"member_id": colleague.Member.ID}).Expect(t, http.StatusOK)
	colleague.GET(t, "/api/v1/bookings/"+b.ID).Expect(t, http.StatusOK)
	colleague.GET(t, "/api/v1/bookings?from=2031-03-07&project_id="+other+"&state=confirmed&limit=1").Expect(t, http.StatusOK).JSON(t, &theirs)
	if len(theirs.Items) != 1 {
		t.Errorf("a page of one has %d", len(theirs.Items))
	}
	var p2 personPlan
	colleague.GET(t, week).Expect(t, http.StatusOK).JSON(t, &p2)
	if len(p2.Items) != 1 || p2.Items[0].MemberID != colleague.Member.ID {
		t.Errorf("a member's plan has others: %+v", p2)
	}

	// Changed at the version that was read; taken off and brought back.
	at := "/api/v1/bookings/" + b.ID
	manager.PATCH(t, at, `"7"`, map[string]any{"note": "x"}).Refused(t, http.StatusPreconditionFailed, "request.stale")
	manager.PATCH(t, at, `"1"`, map[string]any{"seconds": 3600}).Refused(t, http.StatusUnprocessableEntity, "planning.bad_booking", "body.kind")
	manager.PATCH(t, at, `"1"`, map[string]any{"kind": "percent", "percent": "12.50", "state": "tentative", "project_id": project, "task_id": task.ID}).Expect(t, http.StatusOK).JSON(t, &b)
	if *b.Percent != "12.5" || b.Seconds != nil || b.State != "tentative" || b.TaskID == nil || b.Version != 2 {
		t.Errorf("changed to %+v", b)
	}
	manager.PATCH(t, at, `"2"`, map[string]any{"project_id": other}).Expect(t, http.StatusOK).JSON(t, &b)
	if b.TaskID != nil {
		t.Errorf("it took its task along: %+v", b)
	}
	manager.DELETE(t, at).Expect(t, http.StatusNoContent)
	manager.DELETE(t, at).Refused(t, http.StatusNotFound, "planning.not_found")
	manager.GET(t, at).Refused(t, http.StatusNotFound, "planning.not_found")
	for range 2 {
		manager.POST(t, at+"/restore", nil).Expect(t, http.StatusOK).JSON(t, &b)
	}
	if b.Version != 5 {
		t.Errorf("restored twice it is %+v", b)
	}
	// What was booked before its project ended may be changed, but nobody is booked on it anew.
	owner.POST(t, "/api/v1/projects/"+other+"/archive", nil).Expect(t, http.StatusOK)
	manager.PATCH(t, at, `"5"`, map[string]any{"note": "Handover"}).Expect(t, http.StatusOK)
	manager.DELETE(t, at).Expect(t, http.StatusNoContent)
	manager.POST(t, at+"/restore", nil).Refused(t, http.StatusConflict, "planning.project_closed", "body.project_id")
}

// Days that were booked and not logged are suggested: once, of today and before, not on days of leave, nor in what is closed.
func TestBookingsBecomeTime(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project, other := newProject(t, env), newProject(t, env)
	owner, me := env.As(t, "owner"), env.As(t, "member")
	var task struct{ ID string }
	owner.POST(t, "/api/v1/tasks", map[string]any{"project_id": project, "name": "Build"}).Expect(t, http.StatusCreated).JSON(t, &task)
	today := day.Of(time.Now(), time.UTC)
	all := [7]int{28800, 28800, 28800, 28800, 28800, 28800, 28800} // whichever day it is
	must(t, env.App.Services.People.PutSchedule(env.Ctx, people.Schedule{MemberID: me.Member.ID, StartsOn: today.AddDays(-100), Seconds: all}))
	book := func(from, to int, project string, over map[string]any) string {
		t.Helper()
		body := map[string]any{"member_id": me.Member.ID, "project_id": project, "starts_on": today.AddDays(from).String(), "ends_on": today.AddDays(to).String(), "kind": "per_day", "seconds": 21600}
		for k, v := range over {
			body[k] = v
		}
		var b booking
		owner.POST(t, "/api/v1/bookings", body).Expect(t, http.StatusCreated).JSON(t, &b)
		return b.ID
	}
	first := book(-3, 3, project, map[string]any{"task_id": task.ID, "note": "Sprint"})
	book(-1, -1, other, map[string]any{"seconds": 7200})
	book(-2, 0, other, map[string]any{"state": "tentative"}) // is not suggested
	log := func(n int, project string, over map[string]any) string {
		t.Helper()
		body := map[string]any{"project_id": project, "day": today.AddDays(n).String(), "seconds": 5400}
		for k, v := range over {
			body[k] = v
		}
		var e struct{ ID string }
		me.POST(t, "/api/v1/time-entries", body).Expect(t, http.StatusCreated).JSON(t, &e)
		return e.ID
	}
	log(-2, project, map[string]any{"task_id": task.ID})
	log(-1, project, nil) // not on the task: it does not count for it
	list := fmt.Sprintf("/api/v1/time-suggestions?zone=UTC&from=%s&to=%s", today.AddDays(-4), today.AddDays(3))
	name := func(n int, bookingID string) string { return bookingID + "." + today.AddDays(n).String() }
	type answer struct {
		Items []struct {
			ID, Source, Title, Day string
			StartedAt              *string `json:"started_at"`
			Seconds                int64
			Hidden                 bool
			Work                   *struct {
				ProjectID string  `json:"project_id"`
				TaskID    *string `json:"task_id"`
				TaskName  string  `json:"task_name"`
			}
		}
	}
	see := func(c *apptest.Client, want string) (s answer) {
		t.Helper()
		c.GET(t, list).Expect(t, http.StatusOK).JSON(t, &s)
		var got []string
		for _, x := range s.Items {
			got = append(got, fmt.Sprintf("%d:%g", day.MustParse(x.Day).Sub(today), float64(x.Seconds)/3600))
			if x.Hidden {
				got[len(got)-1] += " hidden"
			}
		}
		if is := strings.Join(got, ", "); is != want {
			t.Fatalf("suggested %s, want %s", is, want)
		}
		return s
	}
	s := see(me, "-3:6, -2:4.5, -1:6, -1:2, 0:6")
	if x := s.Items[0]; x.ID != name(-3, first) || x.Source != "booking" || x.Title != "Sprint" || x.StartedAt != nil || x.Work.ProjectID != project || *x.Work.TaskID != task.ID || x.Work.TaskName != "Build" {
		t.Errorf("suggested %+v, %+v", x, x.Work)
	}
	see(owner, "")
	take := func(ids []string, over map[string]any) *apptest.Reply {
		body := map[string]any{"ids": ids, "zone": "UTC"}
		for k, v := range over {
			body[k] = v
		}
		return me.POST(t, "/api/v1/time-suggestions/take", body)
	}
	owner.POST(t, "/api/v1/time-suggestions/take", map[string]any{"ids": []string{s.Items[0].ID}}).Refused(t, http.StatusUnprocessableEntity, "timesheets.no_suggestion", "body.ids.0")
	take([]string{s.Items[0].ID, name(2, first)}, nil).Refused(t, http.StatusUnprocessableEntity, "timesheets.no_suggestion", "body.ids.1") // tomorrow has begun somewhere from ten o'clock on
	take([]string{s.Items[0].ID, "nonsense"}, nil).Refused(t, http.StatusUnprocessableEntity, "timesheets.no_suggestion", "body.ids.1")

	// Several at once, each to its own work; then they are not suggested, also where the entry is made shorter.
	var taken struct {
		Items []struct {
			ID      string
			EntryID string `json:"time_entry_id"`
			Day     string
		}
	}
	take([]string{s.Items[3].ID, s.Items[0].ID}, nil).Expect(t, http.StatusCreated).JSON(t, &taken)
	if len(taken.Items) != 2 || taken.Items[0].ID != s.Items[3].ID || taken.Items[1].Day != today.AddDays(-3).String() {
		t.Fatalf("taken %+v", taken)
	}
	see(me, "-2:4.5, -1:6, 0:6")
	var entry struct {
		Day, Note string
		Seconds   int64
		ProjectID string  `json:"project_id"`
		TaskID    *string `json:"task_id"`
	}
	at := "/api/v1/time-entries/" + taken.Items[1].EntryID
	me.GET(t, at).Expect(t, http.StatusOK).JSON(t, &entry)
	if entry.Seconds != 21600 || entry.ProjectID != project || *entry.TaskID != task.ID || entry.Note != "" {
		t.Errorf("logged %+v", entry)
	}
	me.PATCH(t, at, `"1"`, map[string]any{"seconds": 3600}).Expect(t, http.StatusOK)
	take([]string{s.Items[0].ID}, nil).Refused(t, http.StatusConflict, "timesheets.suggestion_entered", "body.ids.0")
	see(me, "-2:4.5, -1:6, 0:6")
	me.DELETE(t, at).Expect(t, http.StatusNoContent) // undo
	see(me, "-3:6, -2:4.5, -1:6, 0:6")

	// Hidden, and back.
	ids := map[string]any{"ids": []string{name(-1, first)}}
	me.POST(t, "/api/v1/time-suggestions/hide", ids).Expect(t, http.StatusNoContent)
	see(me, "-3:6, -2:4.5, 0:6")
	list += "&hidden=true"
	see(me, "-3:6, -2:4.5, -1:6 hidden, 0:6")
	me.POST(t, "/api/v1/time-suggestions/unhide", ids).Expect(t, http.StatusNoContent)
	list = strings.TrimSuffix(list, "&hidden=true")

	// A day of leave has none, half a day at most what is left of it.
	var kind struct{ ID string }
	owner.POST(t, "/api/v1/leave-types", map[string]any{"name": "Vacation", "unit": "days", "no_approval": true, "accrual": "none", "starts_on": "2020-01-01"}).Expect(t, http.StatusCreated).JSON(t, &kind)
	for n, half := range map[int]bool{-3: false, -2: true} {
		me.POST(t, "/api/v1/leave", map[string]any{"type_id": kind.ID, "first_day": today.AddDays(n).String(), "last_day": today.AddDays(n).String(), "half_first": half}).Expect(t, http.StatusCreated)
	}
	see(me, "-2:2.5, -1:6, 0:6")
	// What is closed has none either.
	var settings struct{ Version int }
	owner.GET(t, "/api/v1/time-settings").Expect(t, http.StatusOK).JSON(t, &settings)
	owner.PATCH(t, "/api/v1/time-settings", fmt.Sprintf(`"%d"`, settings.Version), map[string]any{"locked_through": today.AddDays(-2).String()}).Expect(t, http.StatusOK)
	see(me, "-1:6, 0:6")
	take([]string{name(-2, first)}, nil).Refused(t, http.StatusConflict, "timesheets.period_locked", "body.ids.0")
	take([]string{name(-1, first)}, map[string]any{"project_id": other, "note": "Other"}).Expect(t, http.StatusCreated)
	see(me, "0:6")
	// Nor is there anything of a booking that was taken off the plan.
	owner.DELETE(t, "/api/v1/bookings/"+first).Expect(t, http.StatusNoContent)
	see(me, "")
}
