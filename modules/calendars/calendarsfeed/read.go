package calendarsfeed

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-ical"
	"github.com/teambition/rrule-go"

	"github.com/bureauhq/bureau/modules/calendars"
)

const (
	maxEvents = 2000
	maxTimes  = 20_000 // of one series that are looked at
	readTime  = 5 * time.Second
	longest   = 24 * time.Hour // what lasts longer was no work of one day
)

// Read works out what happens when in a calendar. Days as a whole, and what is cancelled, declined or leaves its time free, do not count.
func (f Feeds) Read(ctx context.Context, ics []byte, r calendars.Reading) (calendars.Contents, error) {
	cal, err := decode(ics)
	if err != nil {
		return calendars.Contents{}, err
	}
	b := book{r: r, z: zonesOf(cal, r.Zone), series: map[string]*series{}}
	b.out.Name = plain(cmp.Or(value(cal.Component, "X-WR-CALNAME"), value(cal.Component, "NAME")))
	me := []string{r.Email}
	if strings.Contains(b.out.Name, "@") {
		me = append(me, b.out.Name) // some calendars are called by the address that people are invited at
	}
	within, cancel := context.WithTimeout(ctx, readTime)
	defer cancel()
	for _, part := range cal.Children {
		if part.Name != ical.CompEvent {
			continue
		}
		if v, err := readEvent(part, b.z, me); err != nil {
			b.out.Skipped++
		} else {
			b.add(v)
		}
	}
	if err := b.expand(within); ctx.Err() != nil {
		return calendars.Contents{}, ctx.Err()
	} else if err != nil {
		return calendars.Contents{}, err
	}
	slices.SortStableFunc(b.out.Events, func(a, b calendars.Occurrence) int { return a.From.Compare(b.From) })
	return b.out, nil
}

// book gathers what belongs together.
type book struct {
	r      calendars.Reading
	z      zones
	series map[string]*series
	order  []string
	out    calendars.Contents
}

type series struct {
	master  *vevent
	instead map[string]vevent // of single times
}

func (b *book) add(v vevent) {
	s := b.series[v.uid]
	if s == nil {
		s = &series{instead: map[string]vevent{}}
		b.series[v.uid] = s
		b.order = append(b.order, v.uid)
	}
	if v.instead != "" {
		s.instead[v.instead] = v
		return
	}
	s.master = &v
}

func (b *book) expand(ctx context.Context) error {
	for _, uid := range b.order {
		s := b.series[uid]
		for instance, v := range s.instead {
			b.take(v, instance, v.start)
		}
		if s.master != nil {
			b.times(ctx, s)
		}
		if len(b.out.Events) > maxEvents || ctx.Err() != nil {
			return calendars.ErrTooMany
		}
	}
	return nil
}

// take keeps an event at a time, if it counts.
func (b *book) take(v vevent, instance string, at time.Time) {
	if v.off || v.whole || v.length <= 0 || v.length > longest || at.Before(b.r.From) || !at.Before(b.r.To) {
		return
	}
	b.out.Events = append(b.out.Events, calendars.Occurrence{UID: v.uid, Instance: instance, Title: v.title, From: at, To: at.Add(v.length)})
}

// times keeps the times of a series but for those that are left out, or that something else came instead of.
func (b *book) times(ctx context.Context, s *series) {
	v := *s.master
	if v.off || v.whole {
		return
	}
	if v.rule == nil && len(v.more) == 0 {
		b.take(v, "", v.start)
		return
	}
	one := func(at time.Time) {
		_, moved := s.instead[moment(at)]
		_, movedDay := s.instead[on(at)]
		if !moved && !movedDay && !v.without[moment(at)] && !v.without[on(at)] {
			b.take(v, moment(at), at)
		}
	}
	seen := map[string]bool{}
	for _, at := range v.more {
		if m := moment(at); !seen[m] {
			seen[m] = true
			one(at)
		}
	}
	if v.rule == nil {
		if !seen[moment(v.start)] {
			one(v.start)
		}
		return
	}
	if !follow(ctx, v, b.r, func(at time.Time) {
		if !seen[moment(at)] {
			one(at)
		}
	}) {
		b.out.Skipped++
	}
}

// follow calls one with the times of a rule in the window. False: the rule cannot be followed.
func follow(ctx context.Context, v vevent, r calendars.Reading, one func(time.Time)) bool {
	o := *v.rule
	o.Dtstart = ahead(v.start, o, r.From)
	rule, err := rrule.NewRRule(o)
	if err != nil {
		return false
	}
	next := rule.Iterator()
	for range maxTimes {
		at, ok := next()
		if !ok || !at.Before(r.To) || ctx.Err() != nil {
			return true
		}
		if !at.Before(r.From) {
			one(at)
		}
	}
	return false
}

// ahead is a later beginning of the same rule, so that years gone by are not counted through: whole steps on, at the same hour.
func ahead(start time.Time, o rrule.ROption, to time.Time) time.Time {
	step := max(1, o.Interval)
	switch o.Freq {
	case rrule.DAILY:
	case rrule.WEEKLY:
		step *= 7
	default:
		return start
	}
	if o.Count > 0 {
		return start
	}
	steps := int(to.Sub(start)/(24*time.Hour))/step - 2
	for ; steps > 0; steps-- {
		later := start.AddDate(0, 0, steps*step)
		if later.Hour() == start.Hour() && later.Minute() == start.Minute() {
			return later // a clock that goes forward just then has another hour
		}
	}
	return start
}
