package timesheets

import (
	"context"
	"errors"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/tenancy"
)

// Log keeps time that was worked. Warnings name what is odd about it.
func (s *Service) Log(ctx context.Context, n NewEntry) (e Entry, warnings []Warning, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.conditions(ctx, tx)
		if err != nil {
			return err
		}
		e, warnings, err = s.logTx(ctx, tx, c, n, FromManual)
		return err
	})
	if err != nil {
		return Entry{}, nil, err
	}
	s.show(ctx, &e)
	return e, warnings, nil
}

func (s *Service) logTx(ctx context.Context, tx *tenancy.Tx, c conditions, n NewEntry, source string) (e Entry, ws []Warning, err error) {
	member, err := s.memberOf(ctx, tx, n.MemberID)
	if err != nil {
		return e, nil, err
	}
	w, err := s.openWork(ctx, tx, n.ProjectID, n.TaskID)
	if err != nil {
		return e, nil, err
	}
	sale := Sale{Billable: true}
	if !n.NoService {
		if sale, err = s.saleOf(ctx, tx, n.ServiceID, w); err != nil {
			return e, nil, err
		}
	}
	if e, err = s.draft(ctx, n, w, sale, c, member, source); err != nil {
		return e, nil, err
	}
	ws, err = s.keep(ctx, tx, c, &e)
	return e, ws, err
}

// memberOf decides whose time is meant. Only who may approve time logs for somebody else.
func (s *Service) memberOf(ctx context.Context, tx *tenancy.Tx, wanted string) (string, error) {
	a := access.From(ctx)
	if wanted == "" || wanted == a.MemberID {
		return a.MemberID, nil
	}
	if !a.Can(Approve) {
		return "", ErrNotYours
	}
	there, err := s.d.Team.IsMemberTx(ctx, tx, wanted)
	if err == nil && !there {
		err = ErrNoMember
	}
	return wanted, err
}

// saleOf returns the service that is meant: the one that was named, or else the task's.
func (s *Service) saleOf(ctx context.Context, tx *tenancy.Tx, named string, w Work) (Sale, error) {
	switch {
	case named != "":
		return s.d.Services.ServiceTx(ctx, tx, named)
	case w.ServiceID != "":
		sale, err := s.d.Services.ServiceTx(ctx, tx, w.ServiceID)
		if errors.Is(err, ErrNoService) { // put away since the task got it: that stops nobody's timer
			return Sale{Billable: true}, nil
		}
		return sale, err
	}
	return Sale{Billable: true}, nil
}

// draft makes an entry of what was said, without keeping it.
func (s *Service) draft(ctx context.Context, n NewEntry, w Work, sale Sale, c conditions, member, source string) (Entry, error) {
	now := s.d.Now().UTC()
	e := Entry{
		ID: id.New(), MemberID: member, ProjectID: w.ProjectID, ClientID: w.ClientID, TaskID: w.TaskID, ServiceID: sale.ID, ServiceName: sale.Name,
		Billable: w.Billable && sale.Billable, State: Draft, Source: source, CreatedAt: now, UpdatedAt: now, CreatedBy: access.From(ctx).MemberID, Version: 1,
	}
	e.takeNames(w, w.TaskName)
	var err error
	if e.Billable, err = c.billable(ctx, n.Billable, e.Billable); err != nil {
		return e, err
	}
	if n.Own != nil {
		if e.Own, err = own(ctx, n.Own); err != nil {
			return e, err
		}
	}
	if n.HourKind != "" {
		if e.HourKind, err = hourKind(ctx, n.HourKind); err != nil {
			return e, err
		}
	}
	if e.Note, err = parseNote(n.Note); err != nil {
		return e, err
	}
	zone, err := c.zone(n.Zone)
	if err != nil {
		return e, err
	}
	return e, e.when(n, zone, c.today)
}

// keep writes a new entry into its week, after every check that applies to it.
func (s *Service) keep(ctx context.Context, tx *tenancy.Tx, c conditions, e *Entry) ([]Warning, error) {
	lock := c.lock(e.ClientID)
	if e.Source != FromTimer && lock.Locks(e.Day) {
		return nil, s.locked(ctx, tx, lock, "body.day")
	}
	sheet, err := s.openSheet(ctx, tx, e.MemberID, e.Day, c)
	if err != nil {
		return nil, err
	}
	if !sheet.Takes() {
		if e.Source != FromTimer {
			return nil, ErrSheetClosed
		}
		sheet.State = Draft // what was handed in has changed, so it has to be handed in again
	}
	e.SheetID, e.SheetVersion, e.CrossedLock = sheet.ID, sheet.Version+1, lock.Locks(e.Day)
	enough := Check(func(context.Context) error { return nil }) // worked time is kept, whatever it costs
	if e.Source != FromTimer {
		if enough, err = s.d.Ledgers.GuardTx(ctx, tx, []string{e.ProjectID}); err != nil {
			return nil, err
		}
	}
	warnings, err := s.surroundings(ctx, tx, c, e)
	if err != nil {
		return nil, err
	}
	if err := s.price(ctx, tx, e); err != nil {
		return nil, err
	}
	e.BilledSeconds = c.settings.Rounding.Derive([]Entry{*e})[e.ID]
	if err := s.holdTallies(ctx, tx, tallies(*e)); err != nil {
		return nil, err
	}
	if err := s.d.Store.AddEntry(ctx, tx, *e); err != nil {
		return nil, err
	}
	if err := s.roundDay(ctx, tx, c, e); err != nil {
		return nil, err
	}
	if err := s.countAgain(ctx, tx, c, tallies(*e), e); err != nil {
		return nil, err
	}
	if err := enough(ctx); err != nil {
		return nil, err
	}
	if err := s.count(ctx, tx, *e); err != nil {
		return nil, err
	}
	sheet.Version++
	if err := s.d.Store.SaveSheet(ctx, tx, sheet); err != nil {
		return nil, err
	}
	if err := audit.Record(ctx, tx, audit.Change{Action: "timesheets.entry_logged", Entity: "time_entry", EntityID: e.ID, After: record(*e)}); err != nil {
		return nil, err
	}
	return warnings, s.d.Bus.Publish(ctx, tx, EntryLogged{entryEvent(*e)})
}

func (s *Service) openSheet(ctx context.Context, tx *tenancy.Tx, member string, d day.Date, c conditions) (Sheet, error) {
	days := c.period(d)
	return s.d.Store.OpenSheet(ctx, tx, d, Sheet{
		ID: id.New(), MemberID: member, Week: days.From, Until: days.To, State: Draft, CreatedAt: s.d.Now().UTC(), Version: 1,
	})
}

// surroundings refuses a day of more than 24 hours and, where the agency says
// so, entries that overlap. A timer's entry is kept and flagged instead.
func (s *Service) surroundings(ctx context.Context, tx *tenancy.Tx, c conditions, e *Entry) ([]Warning, error) {
	zone, err := ParseZone(e.Zone)
	if err != nil {
		return nil, err
	}
	others, overlaps, err := s.d.Store.Around(ctx, tx, Around{MemberID: e.MemberID, Day: e.Day, Except: e.ID, From: e.StartedAt, To: e.EndedAt})
	if err != nil {
		return nil, err
	}
	e.OverDay = time.Duration(others+e.RawSeconds)*time.Second > DayLength(e.Day, zone)
	if e.OverDay && e.Source != FromTimer {
		field := "body.seconds"
		if e.StartedAt != nil {
			field = "body.ended_at"
		}
		return nil, ErrDayFull.At(field, "makes more than 24 hours on "+e.Day.String())
	}
	if len(overlaps) == 0 || c.settings.Overlap == OverlapAllow {
		return nil, nil
	}
	if c.settings.Overlap == OverlapRefuse && e.Source != FromTimer {
		return nil, ErrOverlap
	}
	return []Warning{{Code: "overlap", Entries: overlaps}}, nil
}

// price copies the rate of the work date onto the entry: a card that is edited
// later changes nothing here.
func (s *Service) price(ctx context.Context, tx *tenancy.Tx, e *Entry) error {
	if e.Own != nil {
		e.take(e.Own.rate())
		return e.meant(nil)
	}
	known, err := s.rates(ctx, tx, []Entry{*e})
	if err != nil {
		return err
	}
	r := known[e.question()]
	e.take(r)
	return e.meant(r.Agreed)
}

// rates asks for the rates of all entries at once, each question once. What was set by hand is not asked for.
func (s *Service) rates(ctx context.Context, tx *tenancy.Tx, entries []Entry) (map[RateQuestion]Rate, error) {
	known := map[RateQuestion]Rate{}
	var questions []RateQuestion
	for _, e := range entries {
		if _, asked := known[e.question()]; !asked && e.Own == nil {
			known[e.question()] = Rate{}
			questions = append(questions, e.question())
		}
	}
	if len(questions) == 0 {
		return known, nil
	}
	answers, err := s.d.Rates.ResolveTx(ctx, tx, questions)
	if err != nil {
		return nil, err
	}
	for i, q := range questions {
		known[q] = answers[i]
	}
	return known, nil
}

func (e Entry) question() RateQuestion {
	return RateQuestion{MemberID: e.MemberID, ProjectID: e.ProjectID, ClientID: e.ClientID, TaskID: e.TaskID, ServiceID: e.ServiceID, Day: e.Day}
}

// roundDay derives the billed seconds of all entries that are rounded together with e. In a closed period, into which only a timer that crossed
// the lock brings time, those of the others stay.
func (s *Service) roundDay(ctx context.Context, tx *tenancy.Tx, c conditions, e *Entry) error {
	if c.settings.Rounding.Scope != ScopeDay {
		return nil
	}
	group, err := s.d.Store.Entries(ctx, tx, Filter{MemberID: e.MemberID, ProjectID: e.ProjectID, From: e.Day, To: e.Day})
	if err != nil {
		return err
	}
	closed := c.lock(e.ClientID).Locks(e.Day)
	changed := map[string]int64{}
	differences(changed, group, c.settings.Rounding.deriveBeside(group, func(o Entry) bool {
		return o.State == Billed || closed && o.Billable && o.ID != e.ID
	}))
	if seconds, ok := changed[e.ID]; ok {
		e.BilledSeconds = seconds
	}
	return s.setBilled(ctx, tx, c, group, changed)
}

// setBilled writes derived seconds, counts them anew where a rate has tiers, and tells the ledgers of them.
func (s *Service) setBilled(ctx context.Context, tx *tenancy.Tx, c conditions, of []Entry, changed map[string]int64) error {
	var moved []Entry
	for _, e := range of {
		if seconds, ok := changed[e.ID]; ok {
			e.BilledSeconds = seconds
			moved = append(moved, e)
		}
	}
	counted := tallies(moved...)
	if err := s.holdTallies(ctx, tx, counted); err != nil {
		return err
	}
	if err := s.d.Store.SetBilledSeconds(ctx, tx, moved); err != nil {
		return err
	}
	if err := s.count(ctx, tx, moved...); err != nil {
		return err
	}
	return s.countAgain(ctx, tx, c, counted, nil)
}
