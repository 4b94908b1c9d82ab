package timesheets

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/tenancy"
)

// remindRound looks whom to remind.
type remindRound struct {
	At time.Time `json:"at"`
}

// Kind is the job's stable name.
func (remindRound) Kind() string { return "timesheets.remind" }

// remindMember writes to one person about some days.
type remindMember struct {
	Member string   `json:"member"`
	From   day.Date `json:"from"`
	To     day.Date `json:"to"`
	Kinds  []string `json:"kinds"`
	By     string   `json:"by,omitempty"` // who asked for it; nobody when it was time
	Key    string   `json:"key"`
}

// Kind is the job's stable name.
func (remindMember) Kind() string { return "timesheets.remind_member" }

// Tries says how often it is tried, and Addressee whom it goes to.
func (remindMember) Tries() int          { return job.TwoDays }
func (j remindMember) Addressee() string { return j.Member }

const remindTime = 10 * time.Minute // that a round may take

// planRound makes the next round: the first moment at which it is time for anybody.
func (s *Service) planRound(ctx context.Context, tx *tenancy.Tx, r *Reminding) error {
	c, err := s.readConditions(ctx, tx, false)
	if err != nil {
		return err
	}
	_, zones, err := s.remindable(ctx, tx, c, *r)
	if err != nil {
		return err
	}
	own, err := ParseZone(c.calendar.Zone)
	if err != nil {
		return err
	}
	now := s.d.Now().UTC()
	at := r.next(now, own)
	for _, zone := range zones {
		if theirs := r.next(now, zone); theirs.Before(at) {
			at = theirs
		}
	}
	r.RunsAt = &at
	if err := s.d.Store.PlanReminding(ctx, tx, &at); err != nil {
		return err
	}
	return s.d.Jobs.EnqueueAt(ctx, tx, at, remindRound{at})
}

// remindable are the people who may come in, and the clock of each.
func (s *Service) remindable(ctx context.Context, tx *tenancy.Tx, c conditions, r Reminding) ([]people.Employed, map[string]*time.Location, error) {
	roster, err := s.d.Schedules.EmployedTx(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	roster = slices.DeleteFunc(roster, func(p people.Employed) bool { return !p.Active })
	own, err := ParseZone(c.calendar.Zone)
	if err != nil {
		return nil, nil, err
	}
	named := map[string]string{}
	if r.Clock == PersonClock {
		ids := make([]string, len(roster))
		for i, p := range roster {
			ids[i] = p.ID
		}
		if named, err = s.d.Store.LastZones(ctx, tx, ids); err != nil {
			return nil, nil, err
		}
	}
	zones := make(map[string]*time.Location, len(roster))
	for _, p := range roster {
		zones[p.ID] = own
		if zone, err := ParseZone(named[p.ID]); err == nil {
			zones[p.ID] = zone
		}
	}
	return roster, zones, nil
}

// remindRound may break off anywhere and run again: each person is a transaction of their own, in which they are marked once.
func (s *Service) remindRound(ctx context.Context, j remindRound) error {
	now := s.d.Now().UTC()
	var due []remindMember
	current := false
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.Reminding(ctx, tx, false)
		if err != nil || r.RunsAt == nil || !r.RunsAt.Equal(j.At) {
			return err // another round waits in the place of this one
		}
		if now.Before(j.At) {
			return job.NotYet(j.At.Sub(now))
		}
		current = true
		due, err = s.due(ctx, tx, r, now)
		return err
	})
	if err != nil || !current {
		return err
	}
	for _, d := range due {
		if err := s.take(ctx, d, now); err != nil {
			return err
		}
	}
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.Reminding(ctx, tx, true)
		if err != nil || r.RunsAt == nil || !r.RunsAt.Equal(j.At) {
			return err
		}
		return s.planRound(ctx, tx, &r)
	})
}

// due are those whose time has come: by their clock, since reminders are on, not on leave, with something to be reminded of.
func (s *Service) due(ctx context.Context, tx *tenancy.Tx, r Reminding, now time.Time) (out []remindMember, err error) {
	c, err := s.readConditions(ctx, tx, false)
	if err != nil {
		return nil, err
	}
	roster, zones, err := s.remindable(ctx, tx, c, r)
	if err != nil {
		return nil, err
	}
	on := map[day.Date][]people.Employed{} // by the date on which they are reminded
	for _, p := range roster {
		at, d := r.last(now, zones[p.ID])
		if _, employed := p.Within(day.Range{From: d, To: d}); employed && r.Since != nil && !at.Before(*r.Since) {
			on[d] = append(on[d], p)
		}
	}
	choices, err := s.d.Store.ReminderChoices(ctx, tx, nil)
	if err != nil {
		return nil, err
	}
	for d, some := range on {
		if some, err = s.there(ctx, tx, some, d); err != nil {
			return nil, err
		}
		for _, days := range c.ended(d) {
			lines, err := s.dueIn(ctx, tx, c, r, some, days, choices)
			if err != nil {
				return nil, err
			}
			out = append(out, lines...)
		}
	}
	return out, nil
}

// ended are the periods that ended in the seven days before one: since the last time that people were reminded.
func (c conditions) ended(d day.Date) (out []day.Range) {
	for end := d.AddDays(-7); end.Before(d); end = end.AddDays(1) {
		if p := c.period(end); p.To == end {
			out = append(out, p)
		}
	}
	return out
}

// dueIn are those of some people who are to be reminded of a period.
func (s *Service) dueIn(
	ctx context.Context, tx *tenancy.Tx, c conditions, r Reminding, some []people.Employed, days day.Range, choices map[string]ReminderChoice,
) (out []remindMember, err error) {
	done, err := s.d.Store.Reminded(ctx, tx, days.From)
	if err != nil {
		return nil, err
	}
	for batch := range slices.Chunk(some, missingBatch) {
		lines, err := s.gaps(ctx, tx, c, batch, MissingFilter{From: days.From, To: days.To})
		if err != nil {
			return nil, err
		}
		for _, l := range lines {
			kinds := r.kinds(l, choices[l.ID], done[l.ID])
			if len(kinds) > 0 {
				out = append(out, remindMember{Member: l.ID, From: days.From, To: days.To, Kinds: kinds, Key: "time-" + l.ID + "-" + days.From.String() + "-" + strings.Join(kinds, "-")})
			}
		}
	}
	return out, nil
}

// there leaves out who is on leave on a day.
func (s *Service) there(ctx context.Context, tx *tenancy.Tx, roster []people.Employed, d day.Date) ([]people.Employed, error) {
	ids := make([]string, len(roster))
	for i, p := range roster {
		ids[i] = p.ID
	}
	away, err := s.d.Schedules.OnLeaveTx(ctx, tx, ids, d)
	return slices.DeleteFunc(roster, func(p people.Employed) bool { return away[p.ID] }), err
}

// kinds are what a person is to be reminded of.
func (r Reminding) kinds(l MissingLine, c ReminderChoice, done []string) (out []string) {
	if r.Missing && !c.NoMissing && l.open() > 0 && !slices.Contains(done, RemindMissing) {
		out = append(out, RemindMissing)
	}
	if r.Unsubmitted && !c.NoUnsubmitted && l.NotSubmitted > 0 && !slices.Contains(done, RemindUnsubmitted) {
		out = append(out, RemindUnsubmitted)
	}
	return out
}

// take marks a person as reminded, once a kind and period, with the job that writes to them.
func (s *Service) take(ctx context.Context, d remindMember, now time.Time) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		var fresh []string
		for _, kind := range d.Kinds {
			first, err := s.d.Store.TakeReminder(ctx, tx, d.Member, kind, d.From, now)
			if err != nil {
				return err
			}
			if first {
				fresh = append(fresh, kind)
			}
		}
		if d.Kinds = fresh; len(fresh) == 0 {
			return nil
		}
		if err := s.d.Jobs.Enqueue(ctx, tx, d); err != nil {
			return err
		}
		return s.noteReminder(ctx, tx, d)
	})
}

func (s *Service) noteReminder(ctx context.Context, tx *tenancy.Tx, d remindMember) error {
	return audit.Record(ctx, tx, audit.Change{Action: "timesheets.reminded", Entity: "member", EntityID: d.Member, After: reminderRecord{d.From, d.To, d.Kinds}})
}

type reminderRecord struct {
	From  day.Date `json:"from"`
	To    day.Date `json:"to"`
	Kinds []string `json:"kinds"`
}

// Remind writes to people about what is missing or not handed in of some days, now and whatever they were reminded of before; once
// a person and day of asking. It tells to how many. Who has nothing to be reminded of gets nothing.
func (s *Service) Remind(ctx context.Context, memberIDs []string, r day.Range) (n int, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.readConditions(ctx, tx, false)
		if err != nil {
			return err
		}
		f, err := MissingFilter{From: r.From, To: r.To}.stretch(c)
		if err != nil {
			return ErrBadStretch.Because(err).At("body.to", "must be within half a year of the first day, and not before it")
		}
		staff, err := s.d.Schedules.EmployedTx(ctx, tx)
		if err != nil {
			return err
		}
		for i, id := range memberIDs {
			if !slices.ContainsFunc(staff, func(p people.Employed) bool { return p.ID == id && p.Active }) {
				return ErrNoMember.At(fmt.Sprintf("body.member_ids[%d]", i), "is not a member")
			}
		}
		roster, err := s.rosterTx(ctx, tx, f)
		if err != nil {
			return err
		}
		roster = slices.DeleteFunc(roster, func(p people.Employed) bool { return !p.Active || !slices.Contains(memberIDs, p.ID) })
		lines, err := s.gaps(ctx, tx, c, roster, f)
		if err != nil {
			return err
		}
		everything := Reminding{Missing: true, Unsubmitted: true}
		by := access.From(ctx).MemberID
		for _, l := range lines {
			kinds := everything.kinds(l, ReminderChoice{}, nil)
			if len(kinds) == 0 {
				continue
			}
			d := remindMember{Member: l.ID, From: f.From, To: f.To, Kinds: kinds, By: by, Key: "time-" + l.ID + "-" + f.From.String() + "-" + f.To.String() + "-" + c.today.String()}
			if err := s.d.Jobs.Enqueue(ctx, tx, d); err != nil {
				return err
			}
			n++
		}
		return audit.Record(ctx, tx, audit.Change{Action: "timesheets.reminders_asked", Entity: "time_reminders", EntityID: "time_reminders", After: askedRecord{memberIDs, f.From, f.To, n}})
	})
	return n, err
}

type askedRecord struct {
	Members []string `json:"member_ids"`
	From    day.Date `json:"from"`
	To      day.Date `json:"to"`
	Letters int      `json:"letters"`
}

// remindMember writes the letter by what is missing at that moment. Who has done it meanwhile gets none.
func (s *Service) remindMember(ctx context.Context, j remindMember) error {
	var line MissingLine
	by := "Your agency"
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.readConditions(ctx, tx, false)
		if err != nil {
			return err
		}
		lines, err := s.missingTx(ctx, tx, c, MissingFilter{From: j.From, To: j.To, MemberID: j.Member})
		if err != nil || len(lines) == 0 {
			return err
		}
		line = lines[0]
		if j.By != "" {
			names, err := s.d.Team.NamesTx(ctx, tx, []string{j.By})
			if names[j.By] != "" {
				by = names[j.By]
			}
			return err
		}
		return nil
	})
	if err != nil {
		return err
	}
	letter, ok := line.letter(j, by)
	if !ok {
		return nil
	}
	return s.d.Notices.Tell(ctx, letter)
}

func (l MissingLine) letter(j remindMember, by string) (Notice, bool) {
	n := Notice{Key: j.Key, MemberID: j.Member, Action: "Open your time"}
	word := "weeks"
	for _, g := range l.Gaps {
		if g.Days.Len() != 7 {
			word = "periods"
		}
		missing := slices.Contains(j.Kinds, RemindMissing) && g.open() > 0
		late := slices.Contains(j.Kinds, RemindUnsubmitted) && g.Due
		if !missing && !late {
			continue
		}
		if n.Path == "" {
			n.Path, n.Subject = "/time?date="+g.Days.From.String(), "Your time of "+inWords(g.Days)
		}
		n.Paragraphs = append(n.Paragraphs, g.says(missing, late))
	}
	if len(n.Paragraphs) == 0 {
		return n, false
	}
	if len(n.Paragraphs) > 1 {
		n.Subject = fmt.Sprintf("Your time of %d %s", len(n.Paragraphs), word)
	}
	if j.By != "" {
		n.Paragraphs = append([]string{by + " asks you to complete your time."}, n.Paragraphs...)
	} else {
		n.Paragraphs = append(n.Paragraphs, "You can turn these reminders off in your profile.")
	}
	return n, true
}

const maxSaidDays = 10 // that a letter names one by one

// says names what is missing, day by day: "Week of 2 March: 6:30 hours are missing (Tue 3 March 3:00, Fri 6 March 3:30). It was not handed in."
func (g Gap) says(missing, late bool) string {
	name := strings.TrimPrefix(inWords(g.Days), "the ")
	text := strings.ToUpper(name[:1]) + name[1:] + ":"
	if missing {
		var days []string
		for _, d := range g.sortedDays() {
			days = append(days, d.Format("Mon 2 January")+" "+clock(g.PerDay[d]))
		}
		if more := len(days) - maxSaidDays; more > 0 {
			days = append(days[:maxSaidDays], fmt.Sprintf("and %d more days", more))
		}
		text += " " + clock(g.open()) + " hours are missing (" + strings.Join(days, ", ") + ")."
	}
	if late {
		text += " It was not handed in."
	}
	return text
}

// inWords names days as one says them: "November 2026", "the week of 2 March", "30 November", "1 to 15 March".
func inWords(r day.Range) string {
	from, to := r.From.Format("2 January"), r.To.Format("2 January")
	switch {
	case r.From == r.From.StartOfMonth() && r.To == r.From.EndOfMonth():
		return r.From.Format("January 2006")
	case r.Len() == 7:
		return "the week of " + from
	case r.Len() == 1:
		return from
	case r.From.Month() == r.To.Month():
		return r.From.Format("2") + " to " + to
	}
	return from + " to " + to
}

func clock(seconds int64) string { return fmt.Sprintf("%d:%02d", seconds/3600, seconds/60%60) }
