package timesheets

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

// bulkLine is an entry, what it would become, and why it cannot.
type bulkLine struct {
	before, after Entry
	why           string
}

func (l *bulkLine) refuse(why string) { l.why, l.after = why, l.before }

func (l *bulkLine) moves() bool { return l.before.Day != l.after.Day }

// changes tells whether anything that a person can see would be another.
func (l *bulkLine) changes() bool {
	a, b := l.before, l.after
	return a.question() != b.question() || a.Billable != b.Billable || a.Note != b.Note || !a.samePrice(b)
}

// bulkPlan is what a change of many entries will do. All of it is decided in memory, from a handful of questions.
type bulkPlan struct {
	s      *Service
	c      conditions
	lines  []*bulkLine
	beside []*bulkLine // others of their days, that are billed as other seconds by then
	sheets map[MemberDay]Sheet

	counted []Tally // hours that have other places in a count by then
}

func (p *bulkPlan) changing() (out []*bulkLine) {
	for _, l := range p.lines {
		if l.why == "" && l.changes() {
			out = append(out, l)
		}
	}
	return out
}

// planBulk decides what ch does to the entries that fit f.
func (s *Service) planBulk(ctx context.Context, tx *tenancy.Tx, c conditions, f Filter, ch BulkChange, hold bool) (*bulkPlan, error) {
	if err := ch.check(ctx); err != nil {
		return nil, err
	}
	to, err := s.bulkTarget(ctx, tx, ch)
	if err != nil {
		return nil, err
	}
	p := &bulkPlan{s: s, c: c}
	f, none := narrow(access.From(ctx), f)
	f.IDs, f.Limit = distinct(slices.Clone(f.IDs)), bulkLimit+1
	if !none {
		entries, err := s.d.Store.Entries(ctx, tx, f)
		if err != nil {
			return nil, err
		}
		if len(entries) > bulkLimit {
			return nil, ErrBulkMany
		}
		for _, e := range entries {
			p.lines = append(p.lines, to.line(e, ch))
		}
	}
	if len(p.lines) < len(f.IDs) {
		return nil, ErrBulkUnknown
	}
	if err := p.billable(ctx, tx, ch.Billable); err != nil {
		return nil, err
	}
	if err := p.settle(ctx, tx, hold); err != nil {
		return nil, err
	}
	if err := p.reroute(ctx, tx); err != nil {
		return nil, err
	}
	if err := p.price(ctx, tx, ch.Reprice); err != nil {
		return nil, err
	}
	return p, p.recount(ctx, tx, hold)
}

// reroute lets submitted lines wait for those whom the route of their new project names.
func (p *bulkPlan) reroute(ctx context.Context, tx *tenancy.Tx) error {
	var moved []*Entry
	for _, l := range p.lines {
		switch {
		case l.why != "" || l.after.State == l.before.State && l.after.ProjectID == l.before.ProjectID:
		case l.after.State == Submitted:
			moved = append(moved, &l.after)
		default:
			l.after.Awaits = nil
		}
	}
	return p.s.reroute(ctx, tx, p.c, moved)
}

// planUndo decides what can go back to how it was.
func (s *Service) planUndo(ctx context.Context, tx *tenancy.Tx, c conditions, kept BulkKept) (*bulkPlan, error) {
	ids := make([]string, len(kept.Lines))
	for i, l := range kept.Lines {
		ids[i] = l.Was.ID
	}
	entries, err := s.d.Store.Entries(ctx, tx, Filter{IDs: ids})
	if err != nil {
		return nil, err
	}
	now := map[string]Entry{}
	for _, e := range entries {
		now[e.ID] = e
	}
	p := &bulkPlan{s: s, c: c}
	for _, k := range kept.Lines {
		e, there := now[k.Was.ID]
		l := &bulkLine{before: e, after: k.Was}
		switch {
		case !there:
			l.before = k.Was
			l.refuse(WhyGone)
		case e.Version != k.Version:
			l.refuse(WhySince)
		}
		p.lines = append(p.lines, l)
	}
	if err := p.settle(ctx, tx, true); err != nil {
		return nil, err
	}
	if err := p.round(ctx, tx); err != nil {
		return nil, err
	}
	return p, p.recount(ctx, tx, true)
}

// target is what entries get that are given other work.
type target struct {
	work *Work
	sale *Sale
	note *string
}

func (s *Service) bulkTarget(ctx context.Context, tx *tenancy.Tx, ch BulkChange) (to target, err error) {
	if ch.Note != nil {
		note, err := parseNote(*ch.Note)
		if err != nil {
			return to, ErrBadNote.At("body.change.note", "must not have more than 2000 letters")
		}
		to.note = &note
	}
	var w Work
	if ch.ProjectID != "" {
		if w, err = s.openWork(ctx, tx, ch.ProjectID, ch.TaskID); err != nil {
			return to, inChange(err)
		}
		to.work = &w
	}
	switch {
	case ch.ServiceID != nil && *ch.ServiceID == "":
		to.sale = &Sale{}
	case ch.ServiceID != nil || w.ServiceID != "":
		named := ""
		if ch.ServiceID != nil {
			named = *ch.ServiceID
		}
		sale, err := s.saleOf(ctx, tx, named, w)
		if err != nil {
			return to, inChange(err)
		}
		to.sale = &sale
	}
	return to, nil
}

func (t target) line(e Entry, ch BulkChange) *bulkLine {
	l := &bulkLine{before: e, after: e}
	a := &l.after
	if t.work != nil {
		a.ProjectID, a.ClientID, a.TaskID = t.work.ProjectID, t.work.ClientID, t.work.TaskID
	}
	if t.sale != nil {
		a.ServiceID = t.sale.ID
	}
	if t.note != nil {
		a.Note = *t.note
	}
	if ch.Billable != nil {
		a.Billable = *ch.Billable
	}
	if ch.MoveDays != 0 {
		l.move(e.Day.AddDays(ch.MoveDays))
	}
	return l
}

// move takes an entry to another day. Its hours on the clock stay, and so does its length.
func (l *bulkLine) move(to day.Date) {
	l.after.Day, l.after.OverDay = to, false
	if l.before.StartedAt == nil {
		return
	}
	zone, err := ParseZone(l.before.Zone)
	if err != nil {
		l.refuse(WhyDay)
		return
	}
	from, end := moved(&l.before, to, zone)
	a, b := from.UTC(), end.UTC()
	// An hour that a day does not have, where the clocks go forward over midnight, or a day that its place left out.
	if span, err := NewSpan(a, b, zone); err != nil || span.Day() != to {
		l.refuse(WhyDay)
		return
	}
	l.after.StartedAt, l.after.EndedAt = &a, &b
}

// settle refuses what may not be changed. With hold its sheets are locked, and made where there is none.
func (p *bulkPlan) settle(ctx context.Context, tx *tenancy.Tx, hold bool) error {
	if len(p.lines) == 0 {
		return nil
	}
	for _, l := range p.lines {
		if l.why == "" {
			p.allow(ctx, l)
		}
	}
	if err := p.findSheets(ctx, tx, hold); err != nil {
		return err
	}
	for _, l := range p.lines {
		if l.why != "" {
			continue
		}
		l.after.CrossedLock = false
		was, is := p.sheet(l.before), p.sheet(l.after)
		switch {
		case was.State == Approved:
			l.refuse(WhyApproved)
		case was.Week != is.Week && !is.Takes():
			l.refuse(WhyWeekClosed)
		case was.Week != is.Week:
			l.after.State = Draft
		}
	}
	return p.fit(ctx, tx)
}

// allow asks everything that an entry can answer alone.
func (p *bulkPlan) allow(ctx context.Context, l *bulkLine) {
	a, e := access.From(ctx), l.before
	mine := e.MemberID == a.MemberID
	switch {
	case e.State == Billed:
		l.refuse(WhyBilled)
	case e.State == Approved:
		l.refuse(WhyApproved)
	case mine && !e.Editable():
		l.refuse(WhySubmitted)
	case !mine && !a.Can(Approve):
		l.refuse(WhyNotYours)
	case p.c.lock(e.ClientID).Locks(e.Day) || p.c.lock(l.after.ClientID).Locks(l.after.Day):
		l.refuse(WhyLocked)
	case l.moves() && checkDay(l.after.Day, p.c.today, "") != nil:
		l.refuse(WhyDay)
	}
}

// price gives new rates to what asks for another one, and rounds.
func (p *bulkPlan) price(ctx context.Context, tx *tenancy.Tx, all bool) error {
	var asking []*bulkLine
	var questions []Entry
	for _, l := range p.lines {
		if l.why == "" && l.after.Own == nil && (all || l.after.Rate == nil || l.before.question() != l.after.question()) {
			asking, questions = append(asking, l), append(questions, l.after)
		}
	}
	known, err := p.s.rates(ctx, tx, questions)
	if err != nil {
		return err
	}
	for _, l := range asking {
		if l.after.take(known[l.after.question()]); l.after.samePrice(l.before) {
			l.after.Split = l.before.Split // with its places
		}
	}
	return p.round(ctx, tx)
}

// round derives billed seconds anew: of each entry, or of all that are rounded together with one.
func (p *bulkPlan) round(ctx context.Context, tx *tenancy.Tx) error {
	rule, changing := p.c.settings.Rounding, p.changing()
	if rule.Scope != ScopeDay {
		for _, l := range changing {
			l.after.BilledSeconds = rule.Derive([]Entry{l.after})[l.after.ID]
		}
		return nil
	}
	type group struct {
		member, project string
		day             day.Date
	}
	of := func(e Entry) group { return group{e.MemberID, e.ProjectID, e.Day} }
	groups, mine, days := map[group][]Entry{}, map[string]*bulkLine{}, memberDays{}
	for _, l := range changing {
		mine[l.after.ID] = l
		groups[of(l.before)], groups[of(l.after)] = nil, nil
		days.add(l.before.MemberID, l.before.Day, 0)
		days.add(l.after.MemberID, l.after.Day, 0)
	}
	there, err := p.s.d.Store.EntriesOn(ctx, tx, days.list())
	if err != nil {
		return err
	}
	others := map[string]*bulkLine{}
	put := func(e Entry) {
		if _, wanted := groups[of(e)]; wanted {
			groups[of(e)] = append(groups[of(e)], e)
		}
	}
	for _, e := range there {
		if mine[e.ID] == nil {
			others[e.ID] = &bulkLine{before: e, after: e}
			put(e)
		}
	}
	for _, l := range changing {
		put(l.after)
	}
	for _, together := range groups {
		for entryID, seconds := range rule.Derive(together) {
			if l := mine[entryID]; l != nil {
				l.after.BilledSeconds = seconds
			} else if l := others[entryID]; l.before.BilledSeconds != seconds {
				l.after.BilledSeconds = seconds
				p.beside = append(p.beside, l)
			}
		}
	}
	return nil
}

// recount gives hours of tiers their places as they will be. Others that have other ones then stand beside what changes.
func (p *bulkPlan) recount(ctx context.Context, tx *tenancy.Tx, hold bool) error {
	var instead []*Entry
	var both []Entry
	for _, l := range append(p.changing(), p.beside...) {
		instead = append(instead, &l.after)
		both = append(both, l.before, l.after)
	}
	p.counted = tallies(both...)
	others, err := p.s.recount(ctx, tx, p.c, p.counted, instead, hold)
	for _, o := range others {
		p.beside = append(p.beside, &bulkLine{before: o.was, after: o.is})
	}
	return err
}

// fit refuses what would make a day longer than it is or, where the agency does not allow that, overlap. What is
// refused stays where it was, where there may then be no room for another: so it looks until all have a place.
func (p *bulkPlan) fit(ctx context.Context, tx *tenancy.Tx) error {
	days := memberDays{}
	for _, l := range p.lines {
		if l.why == "" && l.moves() {
			days.add(l.after.MemberID, l.after.Day, 2) // an entry lasts 25 hours at most
			days.add(l.before.MemberID, l.before.Day, 2)
		}
	}
	if len(days) == 0 {
		return nil
	}
	there, err := p.s.d.Store.EntriesOn(ctx, tx, days.list())
	if err != nil {
		return err
	}
	ours := make(map[string]*bulkLine, len(p.lines))
	for _, l := range p.lines {
		ours[l.before.ID] = l
	}
	var all []*bulkLine
	for _, e := range there {
		if l := ours[e.ID]; l != nil {
			all = append(all, l)
		} else {
			all = append(all, &bulkLine{before: e, after: e})
		}
	}
	for full(all) || (p.c.settings.Overlap == OverlapRefuse && overlapping(all)) {
		continue
	}
	return nil
}

// full refuses what was moved to a day that is longer than a day then: the first ones find room. It tells whether it did.
func full(all []*bulkLine) (refused bool) {
	sums := map[MemberDay]time.Duration{}
	of := func(l *bulkLine) (MemberDay, time.Duration) {
		return MemberDay{l.after.MemberID, l.after.Day}, time.Duration(l.after.RawSeconds) * time.Second
	}
	for _, l := range all {
		if on, length := of(l); !l.moves() {
			sums[on] += length
		}
	}
	for _, l := range all {
		if !l.moves() {
			continue
		}
		on, length := of(l)
		zone, err := ParseZone(l.after.Zone)
		if err != nil || sums[on]+length > DayLength(on.Day, zone) {
			l.refuse(WhyDayFull)
			refused = true
			continue
		}
		sums[on] += length
	}
	return refused
}

// overlapping refuses what was moved onto other time of the same person. It tells whether it did.
func overlapping(all []*bulkLine) (refused bool) {
	timed := slices.DeleteFunc(slices.Clone(all), func(l *bulkLine) bool { return l.after.StartedAt == nil })
	slices.SortFunc(timed, func(a, b *bulkLine) int {
		if a.after.MemberID != b.after.MemberID {
			return cmp.Compare(a.after.MemberID, b.after.MemberID)
		}
		return a.after.StartedAt.Compare(*b.after.StartedAt)
	})
	var last *bulkLine // of those before, the one that ends last
	for _, l := range timed {
		if last == nil || last.after.MemberID != l.after.MemberID || !l.after.StartedAt.Before(*last.after.EndedAt) {
			last = l
			continue
		}
		switch {
		case l.moves():
			l.refuse(WhyOverlap)
			refused = true
			continue
		case last.moves():
			last.refuse(WhyOverlap)
			refused, last = true, l
			continue
		}
		if l.after.EndedAt.After(*last.after.EndedAt) {
			last = l
		}
	}
	return refused
}

// MemberDay is a person's day.
type MemberDay struct {
	Member string   `json:"member"`
	Day    day.Date `json:"day"`
}

type memberDays map[MemberDay]bool

func (m memberDays) add(member string, d day.Date, around int) {
	for n := -around; n <= around; n++ {
		m[MemberDay{member, d.AddDays(n)}] = true
	}
}

func (m memberDays) list() []MemberDay { return keys(m) }

func keys[K comparable, V any](m map[K]V) []K { return slices.Collect(maps.Keys(m)) }
