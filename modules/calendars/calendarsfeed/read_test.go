package calendarsfeed_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/modules/calendars"
	"github.com/bureauhq/bureau/modules/calendars/calendarsfeed"
)

func calendar(lines ...string) []byte {
	return []byte(strings.Join(append(append([]string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN"}, lines...), "END:VCALENDAR", ""), "\r\n"))
}

func vevent(lines ...string) string {
	return strings.Join(append(append([]string{"BEGIN:VEVENT", "UID:one@example.com", "SUMMARY:Meeting"}, lines...), "END:VEVENT"), "\r\n")
}

func window(t *testing.T, from, to, zone string) calendars.Reading {
	t.Helper()
	loc, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	r := calendars.Reading{Email: "ann@example.com", Zone: loc}
	for at, s := range map[*time.Time]string{&r.From: from, &r.To: to} {
		if *at, err = time.ParseInLocation("2006-01-02", s, loc); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// said is what a person sees of events: when by the clock and how long, "29 Mar 09:00 1h0m0s".
func said(in calendars.Contents, zone *time.Location) string {
	var out []string
	for _, e := range in.Events {
		out = append(out, e.From.In(zone).Format("2 Jan 15:04 ")+e.To.Sub(e.From).String())
	}
	return strings.Join(out, ", ")
}

// A meeting is at the same hour on the clock before and after the clocks change, in the zone of the calendar, whatever the zone is called.
func TestSeriesKeepTheirHour(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		zone, start, rule, from, to, want string
		utc                               string // of the last one
	}{
		"New York, spring": {"America/New_York", "TZID=America/New_York:20260302T090000", "FREQ=WEEKLY", "2026-03-01", "2026-03-16", "2 Mar 09:00 1h0m0s, 9 Mar 09:00 1h0m0s", "2026-03-09 13:00"},
		"New York, autumn": {"America/New_York", "TZID=Eastern Standard Time:20261026T090000", "FREQ=WEEKLY", "2026-10-25", "2026-11-08", "26 Oct 09:00 1h0m0s, 2 Nov 09:00 1h0m0s", "2026-11-02 14:00"},
		"Berlin, spring":   {"Europe/Berlin", "TZID=W. Europe Standard Time:20260327T090000", "FREQ=DAILY;COUNT=4", "2026-03-20", "2026-04-20", "27 Mar 09:00 1h0m0s, 28 Mar 09:00 1h0m0s, 29 Mar 09:00 1h0m0s, 30 Mar 09:00 1h0m0s", "2026-03-30 07:00"},
		"Berlin, autumn":   {"Europe/Berlin", "TZID=/citadel.org/20210210_1/Europe/Berlin:20261024T090000", "FREQ=DAILY;UNTIL=20261026", "2026-10-20", "2026-11-20", "24 Oct 09:00 1h0m0s, 25 Oct 09:00 1h0m0s, 26 Oct 09:00 1h0m0s", "2026-10-26 08:00"},
		"Lord Howe":        {"Australia/Lord_Howe", "TZID=Lord Howe Standard Time:20261003T090000", "FREQ=DAILY;COUNT=3", "2026-10-01", "2026-11-01", "3 Oct 09:00 1h0m0s, 4 Oct 09:00 1h0m0s, 5 Oct 09:00 1h0m0s", "2026-10-04 22:00"},
		"Lord Howe, back":  {"Australia/Lord_Howe", "TZID=Australia/Lord_Howe:20260404T090000", "FREQ=DAILY;COUNT=2", "2026-04-01", "2026-05-01", "4 Apr 09:00 1h0m0s, 5 Apr 09:00 1h0m0s", "2026-04-04 22:30"},
		"seen from afar":   {"Europe/Berlin", "TZID=Pacific Standard Time:20260302T090000", "FREQ=WEEKLY;COUNT=5", "2026-03-01", "2026-04-10", "2 Mar 18:00 1h0m0s, 9 Mar 17:00 1h0m0s, 16 Mar 17:00 1h0m0s, 23 Mar 17:00 1h0m0s, 30 Mar 18:00 1h0m0s", "2026-03-30 16:00"},
		"in no zone":       {"Europe/Berlin", "VALUE=DATE-TIME:20260327T090000", "FREQ=WEEKLY;COUNT=2", "2026-03-20", "2026-04-20", "27 Mar 09:00 1h0m0s, 3 Apr 09:00 1h0m0s", "2026-04-03 07:00"},
		"since years":      {"Europe/Berlin", "TZID=Europe/Berlin:20100104T090000", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "2026-03-20", "2026-04-10", "23 Mar 09:00 1h0m0s, 26 Mar 09:00 1h0m0s, 6 Apr 09:00 1h0m0s, 9 Apr 09:00 1h0m0s", "2026-04-09 07:00"},
		"at an hour gone":  {"Europe/Berlin", "TZID=Europe/Berlin:20100103T023000", "FREQ=WEEKLY", "2026-04-25", "2026-05-08", "26 Apr 02:30 1h0m0s, 3 May 02:30 1h0m0s", "2026-05-03 00:30"},
		"month ends":       {"Europe/Berlin", "TZID=Europe/Berlin:20250131T090000", "FREQ=MONTHLY;BYMONTHDAY=-1", "2026-02-01", "2026-04-01", "28 Feb 09:00 1h0m0s, 31 Mar 09:00 1h0m0s", "2026-03-31 07:00"},
		"second Tuesday":   {"Europe/Berlin", "TZID=Europe/Berlin:20250114T090000", "FREQ=MONTHLY;BYDAY=2TU", "2026-03-01", "2026-04-30", "10 Mar 09:00 1h0m0s, 14 Apr 09:00 1h0m0s", "2026-04-14 07:00"},
	} {
		end := strings.Replace(c.start, "090000", "100000", 1)
		end = strings.Replace(end, "023000", "033000", 1)
		r := window(t, c.from, c.to, c.zone)
		in, err := calendarsfeed.New(false).Read(t.Context(), calendar(vevent("DTSTART;"+c.start, "DTEND;"+end, "RRULE:"+c.rule)), r)
		if err != nil || said(in, r.Zone) != c.want {
			t.Errorf("%s: %s, %v; want %s", name, said(in, r.Zone), err, c.want)
			continue
		}
		if last := in.Events[len(in.Events)-1].From.UTC().Format("2006-01-02 15:04"); last != c.utc {
			t.Errorf("%s: the last one is at %s, want %s", name, last, c.utc)
		}
	}
}

// What leaves no work behind is not suggested; what was moved is, once, at its new time and by the same name.
func TestWhatCounts(t *testing.T) {
	t.Parallel()
	const weekly = "DTSTART;TZID=Europe/Berlin:20260302T090000\r\nDTEND;TZID=Europe/Berlin:20260302T100000\r\nRRULE:FREQ=WEEKLY;COUNT=3"
	const single = "DTSTART:20260302T080000Z\r\nDTEND:20260302T090000Z"
	for name, c := range map[string]struct {
		events  []string
		want    string
		skipped int
	}{
		"a series":        {[]string{vevent(weekly)}, "2 Mar 09:00 1h0m0s, 9 Mar 09:00 1h0m0s, 16 Mar 09:00 1h0m0s", 0},
		"one left out":    {[]string{vevent(weekly, "EXDATE;TZID=Europe/Berlin:20260309T090000")}, "2 Mar 09:00 1h0m0s, 16 Mar 09:00 1h0m0s", 0},
		"two left out":    {[]string{vevent(weekly, "EXDATE;TZID=Europe/Berlin:20260309T090000,20260316T090000")}, "2 Mar 09:00 1h0m0s", 0},
		"left out in UTC": {[]string{vevent(weekly, "EXDATE:20260309T080000Z")}, "2 Mar 09:00 1h0m0s, 16 Mar 09:00 1h0m0s", 0},
		"a day left out":  {[]string{vevent(weekly, "EXDATE;VALUE=DATE:20260309")}, "2 Mar 09:00 1h0m0s, 16 Mar 09:00 1h0m0s", 0},
		"one more":        {[]string{vevent(weekly, "RDATE;TZID=Europe/Berlin:20260304T110000")}, "2 Mar 09:00 1h0m0s, 4 Mar 11:00 1h0m0s, 9 Mar 09:00 1h0m0s, 16 Mar 09:00 1h0m0s", 0},
		"one moved": {
			[]string{vevent(weekly), vevent("RECURRENCE-ID;TZID=Europe/Berlin:20260309T090000", "DTSTART;TZID=Europe/Berlin:20260310T140000", "DTEND;TZID=Europe/Berlin:20260310T143000")},
			"2 Mar 09:00 1h0m0s, 10 Mar 14:00 30m0s, 16 Mar 09:00 1h0m0s", 0,
		},
		"one moved, said before the series": {
			[]string{vevent("RECURRENCE-ID:20260309T080000Z", "DTSTART:20260310T130000Z", "DURATION:PT45M"), vevent(weekly)},
			"2 Mar 09:00 1h0m0s, 10 Mar 14:00 45m0s, 16 Mar 09:00 1h0m0s", 0,
		},
		"one cancelled":      {[]string{vevent(weekly), vevent("RECURRENCE-ID:20260309T080000Z", single, "STATUS:CANCELLED")}, "2 Mar 09:00 1h0m0s, 16 Mar 09:00 1h0m0s", 0},
		"one moved away":     {[]string{vevent(weekly), vevent("RECURRENCE-ID:20260309T080000Z", "DTSTART:20270310T130000Z", "DURATION:PT45M")}, "2 Mar 09:00 1h0m0s, 16 Mar 09:00 1h0m0s", 0},
		"all day":            {[]string{vevent("DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:20260303")}, "", 0},
		"all day, weekly":    {[]string{vevent("DTSTART;VALUE=DATE:20260302", "RRULE:FREQ=WEEKLY")}, "", 0},
		"two days":           {[]string{vevent("DTSTART:20260302T080000Z", "DTEND:20260304T080000Z")}, "", 0},
		"no time at all":     {[]string{vevent("DTSTART:20260302T080000Z")}, "", 0},
		"cancelled":          {[]string{vevent(single, "STATUS:CANCELLED")}, "", 0},
		"tentative":          {[]string{vevent(single, "STATUS:TENTATIVE")}, "2 Mar 09:00 1h0m0s", 0},
		"free":               {[]string{vevent(single, "TRANSP:TRANSPARENT")}, "", 0},
		"free, in Outlook":   {[]string{vevent(single, "X-MICROSOFT-CDO-BUSYSTATUS:FREE")}, "", 0},
		"declined":           {[]string{vevent(single, "ATTENDEE;PARTSTAT=DECLINED;CN=\"Ann; the boss\":mailto:Ann@Example.com")}, "", 0},
		"declined by others": {[]string{vevent(single, "ATTENDEE;PARTSTAT=DECLINED:mailto:bob@example.com", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@example.com")}, "2 Mar 09:00 1h0m0s", 0},
		"outside":            {[]string{vevent("DTSTART:20260401T080000Z", "DURATION:PT1H")}, "", 0},
		"a zone unknown":     {[]string{vevent("DTSTART;TZID=Customized Time Zone:20260302T090000", "DURATION:PT1H"), vevent(single)}, "2 Mar 09:00 1h0m0s", 1},
		"a bad time":         {[]string{vevent("DTSTART:yesterday"), vevent(single)}, "2 Mar 09:00 1h0m0s", 1},
		"a bad line":         {[]string{vevent("ATTENDEE;CN=\"Ann:mailto:x", "EXDATE;TZID", "DESCRIPTION;;;", ":", single)}, "2 Mar 09:00 1h0m0s", 0},
		"an alarm in it":     {[]string{vevent(single, "BEGIN:VALARM", "TRIGGER:-PT10M", "DURATION:PT15M", "END:VALARM")}, "2 Mar 09:00 1h0m0s", 0},
		"a task beside it":   {[]string{"BEGIN:VTODO\r\nSUMMARY:x\r\nEND:VTODO", vevent(single)}, "2 Mar 09:00 1h0m0s", 0},
		"its own zone": {[]string{
			"BEGIN:VTIMEZONE\r\nTZID:Office\r\nX-LIC-LOCATION:America/New_York\r\nBEGIN:STANDARD\r\nDTSTART:19701101T020000\r\nEND:STANDARD\r\nEND:VTIMEZONE",
			vevent("DTSTART;TZID=Office:20260302T090000", "DURATION:PT1H"),
		}, "2 Mar 15:00 1h0m0s", 0},
	} {
		r := window(t, "2026-03-01", "2026-03-25", "Europe/Berlin")
		in, err := calendarsfeed.New(false).Read(t.Context(), calendar(c.events...), r)
		if err != nil || said(in, r.Zone) != c.want || in.Skipped != c.skipped {
			t.Errorf("%s: %q, %d skipped, %v; want %q", name, said(in, r.Zone), in.Skipped, err, c.want)
		}
		seen := map[string]bool{}
		for _, e := range in.Events {
			if key := e.UID + e.Instance; seen[key] {
				t.Errorf("%s: two events are called %s", name, key)
			} else {
				seen[key] = true
			}
		}
	}
}

func TestTitlesAndNames(t *testing.T) {
	t.Parallel()
	in, err := calendarsfeed.New(false).Read(t.Context(), []byte("\xef\xbb\xbfBEGIN:VCALENDAR\nX-WR-CALNAME:ann@work.example\nBEGIN:VEVENT\nUID:1\nDTSTART:20260302T080000Z\nDURATION:PT1H\nSUMMARY:Plan\\, then\n  do, all of it: a\\nb \\; c\nEND:VEVENT\n"+
		"BEGIN:VEVENT\nUID:2\nDTSTART:20260302T100000Z\nDURATION:PT1H\nATTENDEE;PARTSTAT=DECLINED:mailto:ann@work.example\nEND:VEVENT\n"), window(t, "2026-03-01", "2026-03-25", "UTC"))
	if err != nil || in.Name != "ann@work.example" || len(in.Events) != 1 || in.Events[0].Title != "Plan, then do, all of it: a\nb ; c" {
		t.Errorf("%+v, %v", in, err)
	}
}

// Calendars that are none, or that are made to keep a program busy, end soon and with a word.
func TestReadEnds(t *testing.T) {
	t.Parallel()
	bomb := func(rule string) []byte {
		return calendar(vevent("DTSTART:19700101T000000Z", "DURATION:PT1S", "RRULE:"+rule))
	}
	many := make([]string, 2100)
	for i := range many {
		many[i] = strings.Replace(vevent("DTSTART:20260302T080000Z", "DURATION:PT1M"), "one@", fmt.Sprintf("%d@", i), 1)
	}
	for name, c := range map[string]struct {
		ics     []byte
		err     error
		skipped int
	}{
		"nothing":          {nil, calendars.ErrNotCalendar, 0},
		"a page":           {[]byte("<!doctype html><html><body>BEGIN:VCALENDAR</body></html>"), calendars.ErrNotCalendar, 0},
		"a picture":        {[]byte("\x89PNG\r\n\x1a\n\x00\x00"), calendars.ErrNotCalendar, 0},
		"an empty one":     {calendar(), nil, 0},
		"cut off":          {calendar(vevent("DTSTART:20260302T080000Z"))[:120], nil, 1},
		"every second":     {bomb("FREQ=SECONDLY"), nil, 1},
		"every minute":     {bomb("FREQ=MINUTELY"), nil, 1},
		"seconds of a day": {bomb("FREQ=DAILY;BYHOUR=0,1,2,3,4,5;BYMINUTE=1,2,3,4,5,6;BYSECOND=1,2,3,4,5"), nil, 1},
		"never":            {bomb("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), nil, 1},
		"never, by year":   {bomb("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31"), nil, 1},
		"back in time":     {bomb("FREQ=DAILY;INTERVAL=-1"), nil, 1},
		"no rule":          {bomb("FREQ=OFTEN"), nil, 1},
		"a rule of nobody": {bomb("=;=;;"), nil, 1},
		"a long count":     {bomb("FREQ=DAILY;BYHOUR=0,6,12,18;COUNT=1000000"), nil, 1},
		"too many":         {calendar(many...), calendars.ErrTooMany, 0},
		"deep":             {calendar(strings.Repeat("BEGIN:VEVENT\r\n", 100_000)), nil, 1},
		"a long line":      {calendar(vevent("ATTENDEE;CN=" + strings.Repeat("x", 1<<20) + ":mailto:x")), nil, 1},
	} {
		in, err := calendarsfeed.New(false).Read(t.Context(), c.ics, window(t, "2026-03-01", "2026-03-25", "Europe/Berlin"))
		if !errors.Is(err, c.err) || in.Skipped != c.skipped {
			t.Errorf("%s: %d skipped, %v; want %d, %v", name, in.Skipped, err, c.skipped, c.err)
		}
	}
}
