package calendarsfeed

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-ical"
	"github.com/teambition/rrule-go"
)

var errUnread = errors.New("calendarsfeed: an event cannot be read")

// vevent is an event, or a series of them, or what became of one of a series.
type vevent struct {
	uid, title string
	start      time.Time
	length     time.Duration
	whole      bool // days instead of hours
	off        bool // cancelled, declined, or time that is free all the same
	rule       *rrule.ROption
	more       []time.Time
	without    map[string]bool // moments, and days
	instead    string          // of which time of a series; empty for none
}

// moment names a time of a series, however it is written.
func moment(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// on names a day of a series, for calendars that say no more.
func on(t time.Time) string { return t.Format("20060102") }

func readEvent(c *ical.Component, z zones, me []string) (v vevent, err error) {
	start := c.Props.Get(ical.PropDateTimeStart)
	if start == nil {
		return v, errUnread
	}
	if v.start, v.whole, err = z.at(*start, start.Value); err != nil {
		return v, err
	}
	v.title = plain(value(c, ical.PropSummary))
	if v.uid = value(c, ical.PropUID); v.uid == "" {
		v.uid = moment(v.start) + " " + v.title
	}
	if v.length, err = length(c, z, v); err != nil {
		return v, err
	}
	v.off = strings.EqualFold(value(c, ical.PropStatus), "CANCELLED") || strings.EqualFold(value(c, ical.PropTransparency), "TRANSPARENT") ||
		strings.EqualFold(value(c, "X-MICROSOFT-CDO-BUSYSTATUS"), "FREE") || declined(c, me)
	if p := c.Props.Get(ical.PropRecurrenceID); p != nil {
		at, day, err := z.at(*p, p.Value)
		if err != nil {
			return v, err
		}
		if v.instead = moment(at); day {
			v.instead = on(at)
		}
		return v, nil
	}
	if p := c.Props.Get(ical.PropRecurrenceRule); p != nil {
		if v.rule, err = readRule(p.Value, v.start.Location()); err != nil {
			return v, err
		}
	}
	v.without = map[string]bool{}
	for t, day := range z.list(c.Props[ical.PropExceptionDates]) {
		if v.without[moment(t)] = true; day {
			v.without[on(t)] = true
		}
	}
	for t := range z.list(c.Props[ical.PropRecurrenceDates]) {
		v.more = append(v.more, t)
	}
	return v, nil
}

var escapes = strings.NewReplacer(`\\`, `\`, `\,`, `,`, `\;`, `;`, `\n`, "\n", `\N`, "\n")

// plain is a text as a person reads it. Some programs leave its commas as they are, so it is not taken for a list of texts.
func plain(s string) string { return escapes.Replace(s) }

func length(c *ical.Component, z zones, v vevent) (time.Duration, error) {
	if p := c.Props.Get(ical.PropDateTimeEnd); p != nil {
		end, _, err := z.at(*p, p.Value)
		return end.Sub(v.start), err
	}
	if p := c.Props.Get(ical.PropDuration); p != nil {
		return p.Duration()
	}
	return 0, nil
}

// declined tells whether the person said no.
func declined(c *ical.Component, me []string) bool {
	return slices.ContainsFunc(c.Props[ical.PropAttendee], func(p ical.Prop) bool {
		if !strings.EqualFold(p.Params.Get(ical.ParamParticipationStatus), "DECLINED") {
			return false
		}
		address := p.Value
		if i := strings.IndexByte(address, ':'); i >= 0 {
			address = address[i+1:]
		}
		return slices.ContainsFunc(me, func(mine string) bool {
			return strings.EqualFold(address, mine) || strings.EqualFold(p.Params.Get("EMAIL"), mine)
		})
	})
}

// at reads a time or a day.
func (z zones) at(p ical.Prop, value string) (t time.Time, day bool, err error) {
	loc := z.alone
	if name := p.Params.Get(ical.PropTimezoneID); name != "" {
		if loc = z.find(name); loc == nil {
			return t, false, errUnread
		}
	}
	switch value = strings.ToUpper(strings.TrimSpace(value)); {
	case len(value) == 8:
		t, err = time.ParseInLocation("20060102", value, loc)
		return t, true, err
	case strings.HasSuffix(value, "Z"):
		t, err = time.ParseInLocation("20060102T150405Z", value, time.UTC)
	default:
		t, err = time.ParseInLocation("20060102T150405", value, loc)
	}
	return t, false, err
}

// list reads lists of times, and leaves out what is none. Of a stretch of time its beginning counts.
func (z zones) list(props []ical.Prop) func(yield func(time.Time, bool) bool) {
	return func(yield func(time.Time, bool) bool) {
		for _, p := range props {
			for one := range strings.SplitSeq(p.Value, ",") {
				one, _, _ = strings.Cut(one, "/")
				if t, day, err := z.at(p, one); err == nil && !yield(t, day) {
					return
				}
			}
		}
	}
}

var untilDay = regexp.MustCompile(`UNTIL=\d{8}(;|$)`)

func readRule(value string, loc *time.Location) (*rrule.ROption, error) {
	value = strings.ToUpper(strings.TrimSpace(strings.TrimRight(value, ";")))
	o, err := rrule.StrToROptionInLocation(value, loc)
	if err != nil {
		return nil, errors.Join(errUnread, err)
	}
	if untilDay.MatchString(value) {
		o.Until = o.Until.AddDate(0, 0, 1).Add(-time.Second) // the day is part of it
	}
	if !sane(o) {
		return nil, errUnread
	}
	return o, nil
}

// sane refuses rules that no calendar makes and that would take years to follow.
func sane(o *rrule.ROption) bool {
	seldom := len(o.Byyearday) + len(o.Byweekno) + len(o.Byeaster)
	switch {
	case o.Freq > rrule.DAILY, o.Interval < 0, o.Interval > 1000, o.Count < 0:
		return false
	case max(1, len(o.Byhour))*max(1, len(o.Byminute))*max(1, len(o.Bysecond)) > 24:
		return false
	case o.Freq == rrule.DAILY && seldom > 0, o.Freq == rrule.WEEKLY && seldom+len(o.Bymonthday) > 0:
		return false
	case len(o.Bymonth) > 0 && len(o.Bymonthday) > 0:
		return slices.ContainsFunc(o.Bymonth, func(m int) bool {
			return slices.ContainsFunc(o.Bymonthday, func(d int) bool { return m >= 1 && m <= 12 && max(d, -d) <= mostDays[m-1] })
		})
	}
	return true
}

var mostDays = [12]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
