package people

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

var (
	ErrNoSet     = fault.Define(fault.NotFound, "people.no_holiday_set", "There is no such set of holidays.")
	ErrSetTaken  = fault.Define(fault.Conflict, "people.holiday_set_taken", "There is a set of holidays with this name.").At("body.name", "is taken")
	ErrSetInUse  = fault.Define(fault.Conflict, "people.holiday_set_used", "This set is in use. Give its people and the agency another one first.")
	ErrNoRegion  = fault.Define(fault.Invalid, "people.no_region", "There are no public holidays known for this region.").At("body.region", "is not a region whose holidays are known")
	ErrBadDays   = fault.Define(fault.Invalid, "people.bad_holidays", "These holidays cannot be kept.")
	firstHoliday = day.New(2000, time.January, 1)
	lastHoliday  = day.New(2100, time.December, 31)
)

const maxHolidays = 1000

// Holiday is a day on which people of a region do not work, or only half.
type Holiday struct {
	Day  day.Date `json:"day"`
	Name string   `json:"name"`
	Half bool     `json:"half,omitempty"`
}

// HolidaySet are the holidays of a region, or of any group of people.
type HolidaySet struct {
	ID, Name string
	Region   string // whose data fill it; empty for a set by hand
	Default  bool   // of everybody whose schedule names none
	Days     []Holiday
	Version  int
}

// Regions knows the public holidays of countries and their parts. Its one implementation is peoplecal.
type Regions interface {
	All() []Region
	Days(region string, year int) ([]Holiday, bool)
}

// Region is a country, or a part of one.
type Region struct{ Code, Name string }

// off turns the holidays of a set into time off.
func (h HolidaySet) off(r day.Range) (out []Off) {
	for _, d := range h.Days {
		if !r.Contains(d.Day) {
			continue
		}
		share := decimal.NewFromInt(1)
		if d.Half {
			share = decimal.NewFromFloat(0.5)
		}
		out = append(out, Off{From: d.Day, To: d.Day, Share: share, Name: d.Name})
	}
	return out
}

// HolidayRegions lists the regions whose public holidays are known.
func (s *Service) HolidayRegions() []Region { return s.d.Regions.All() }

// HolidaySets lists the sets, the default one first.
func (s *Service) HolidaySets(ctx context.Context) (out []HolidaySet, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.HolidaySets(ctx, tx)
		return err
	})
	return out, err
}

// AddHolidaySet makes a set and fills it with the public holidays of its region
// in some years. The first one is everybody's. ErrInvalid, ErrSetTaken, ErrNoRegion.
func (s *Service) AddHolidaySet(ctx context.Context, name, region string, years []int) (h HolidaySet, err error) {
	if name, err = checkName(name); err != nil {
		return h, err
	}
	h = HolidaySet{ID: s.d.NewID(), Name: name, Region: region, Version: 1}
	for _, year := range years {
		if err := s.fill(&h, year); err != nil {
			return h, err
		}
	}
	return h, s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := tx.Lock(ctx, "people.holiday_sets"); err != nil {
			return err
		}
		all, err := s.d.Store.HolidaySets(ctx, tx)
		if err != nil {
			return err
		}
		h.Default = len(all) == 0
		if err := s.d.Store.AddHolidaySet(ctx, tx, h, s.d.Now()); err != nil {
			return err
		}
		return s.note(ctx, tx, "people.holidays_added", "holiday_set", h.ID, h.Name, nil, h)
	})
}

// fill adds the region's holidays of a year. What is there already stays as somebody left it.
func (s *Service) fill(h *HolidaySet, year int) error {
	if h.Region == "" {
		return ErrNoRegion
	}
	if year < firstHoliday.Year() || year > lastHoliday.Year() {
		return ErrBadDays.At("body.fill_year", "must be between 2000 and 2100")
	}
	days, ok := s.d.Regions.Days(h.Region, year)
	if !ok {
		return ErrNoRegion
	}
	for _, d := range days {
		if !slices.ContainsFunc(h.Days, func(o Holiday) bool { return o.Day == d.Day }) {
			h.Days = append(h.Days, d)
		}
	}
	slices.SortFunc(h.Days, func(a, b Holiday) int { return a.Day.Compare(b.Day) })
	return nil
}

// HolidaySetChange names what changes; nil stays.
type HolidaySetChange struct {
	Name     *string
	Default  bool // makes it everybody's who has none of their own
	Days     *[]Holiday
	FillYear *int // adds the region's holidays of a year
}

// ChangeHolidaySet changes a set. ErrNoSet, ErrSetTaken, ErrBadDays, httpapi.ErrStale.
func (s *Service) ChangeHolidaySet(ctx context.Context, id string, version int, ch HolidaySetChange) (h HolidaySet, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.HolidaySet(ctx, tx, id)
		if err != nil {
			return err
		}
		h = before
		h.Version, h.Default = version, h.Default || ch.Default
		h.Days = slices.Clone(before.Days)
		if ch.Name != nil {
			if h.Name, err = checkName(*ch.Name); err != nil {
				return err
			}
		}
		if ch.Days != nil {
			if h.Days, err = checkHolidays(*ch.Days); err != nil {
				return err
			}
		}
		if ch.FillYear != nil {
			if err := s.fill(&h, *ch.FillYear); err != nil {
				return err
			}
		}
		if err := s.d.Store.SaveHolidaySet(ctx, tx, h); err != nil {
			return err
		}
		h.Version++
		return s.note(ctx, tx, "people.holidays_changed", "holiday_set", h.ID, h.Name, before, h)
	})
	return h, err
}

func checkHolidays(days []Holiday) ([]Holiday, error) {
	if len(days) > maxHolidays {
		return nil, ErrBadDays.At("body.days", "must not be more than 1000")
	}
	out := slices.Clone(days)
	seen := map[day.Date]bool{}
	for i := range out {
		d, at := &out[i], fmt.Sprintf("body.days[%d]", i)
		d.Name = strings.TrimSpace(d.Name)
		switch {
		case d.Day.Before(firstHoliday) || d.Day.After(lastHoliday):
			return nil, ErrBadDays.At(at+".day", "must be between 2000 and 2100")
		case seen[d.Day]:
			return nil, ErrBadDays.At(at+".day", "is there twice: several holidays on one day do not add up")
		case d.Name == "" || utf8.RuneCountInString(d.Name) > 120:
			return nil, ErrBadDays.At(at+".name", "must have 1 to 120 letters")
		}
		seen[d.Day] = true
	}
	slices.SortFunc(out, func(a, b Holiday) int { return a.Day.Compare(b.Day) })
	return out, nil
}

// RemoveHolidaySet removes a set that nobody uses. ErrNoSet, ErrSetInUse.
func (s *Service) RemoveHolidaySet(ctx context.Context, id string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := tx.Lock(ctx, "people.holiday_sets"); err != nil {
			return err
		}
		before, err := s.d.Store.HolidaySet(ctx, tx, id)
		if err != nil {
			return err
		}
		all, err := s.d.Store.HolidaySets(ctx, tx)
		if err != nil {
			return err
		}
		if before.Default && len(all) > 1 {
			return ErrSetInUse
		}
		if err := s.d.Store.RemoveHolidaySet(ctx, tx, id); err != nil {
			return err
		}
		return s.note(ctx, tx, "people.holidays_removed", "holiday_set", id, before.Name, before, nil)
	})
}

// daysOff gathers whose time off is whose.
type daysOff struct {
	all   []Off // of everybody, from before there were sets
	sets  map[string][]Off
	usual string // the default set
	of    map[string][]Off
	dated map[string][]Schedule
	days  map[string]Employment
}

// expected computes one member's hours: on each day the schedule and the holidays that are valid then.
func (o daysOff) expected(member string, r day.Range) map[day.Date]time.Duration {
	return o.days[member].within(Expected(r, o.dated[member], slices.Concat(o.holidays(member, r), o.of[member])))
}

// holidays are the days off of everybody who has the member's schedules.
func (o daysOff) holidays(member string, r day.Range) []Off {
	off, schedules := slices.Clone(o.all), o.dated[member]
	for i := -1; i < len(schedules); i++ {
		part, set := r, ""
		if i >= 0 {
			part.From, set = later(r.From, schedules[i].StartsOn), schedules[i].HolidaySetID
		}
		if i+1 < len(schedules) && !schedules[i+1].StartsOn.After(r.To) {
			part.To = schedules[i+1].StartsOn.AddDays(-1)
		}
		for _, h := range o.sets[cmp.Or(set, o.usual)] {
			if !part.To.Before(part.From) && part.Contains(h.From) {
				off = append(off, h)
			}
		}
	}
	return off
}

func later(a, b day.Date) day.Date {
	if a.Before(b) {
		return b
	}
	return a
}

// Target is how long somebody is expected to work on a day, less holidays and leave, and how much longer it
// would be without the holiday.
type Target struct{ Work, Holiday time.Duration }

// TargetsTx returns the targets of members, per day.
func (s *Service) TargetsTx(ctx context.Context, tx *tenancy.Tx, memberIDs []string, from, to day.Date) (map[string]map[day.Date]Target, error) {
	r := day.Range{From: from, To: to}
	o, err := s.daysOff(ctx, tx, memberIDs, r)
	if err != nil {
		return nil, err
	}
	out := make(map[string]map[day.Date]Target, len(memberIDs))
	for _, m := range memberIDs {
		out[m] = o.targets(m, r)
	}
	return out, nil
}

func (o daysOff) targets(member string, r day.Range) map[day.Date]Target {
	work := o.expected(member, r)
	without := o.days[member].within(Expected(r, o.dated[member], o.of[member]))
	out := make(map[day.Date]Target, len(work))
	for d, t := range work {
		out[d] = Target{t, without[d] - t}
	}
	return out
}

// Room is how much somebody can work on a day, by schedule and holidays, and how much of it they are there for: leave lowers the
// second only (rule 70).
type Room struct{ Capacity, Available time.Duration }

// RoomsTx returns the room of members on each day: none on days on which they are not employed.
func (s *Service) RoomsTx(ctx context.Context, tx *tenancy.Tx, memberIDs []string, from, to day.Date) (map[string]map[day.Date]Room, error) {
	r := day.Range{From: from, To: to}
	o, err := s.daysOff(ctx, tx, memberIDs, r)
	if err != nil {
		return nil, err
	}
	out := make(map[string]map[day.Date]Room, len(memberIDs))
	there := o
	o.of = nil
	for _, m := range memberIDs {
		whole, left := o.expected(m, r), there.expected(m, r)
		rooms := make(map[day.Date]Room, len(whole))
		for d, capacity := range whole {
			rooms[d] = Room{capacity, left[d]}
		}
		out[m] = rooms
	}
	return out, nil
}

// CapacityTx is how much a member can work between two days: the dated schedule less
// holidays. Leave lowers what somebody is there for, not what they could do (rule 70), and
// so does coming late in the period or leaving early.
func (s *Service) CapacityTx(ctx context.Context, tx *tenancy.Tx, memberID string, from, to day.Date) (sum time.Duration, err error) {
	r := day.Range{From: from, To: to}
	o, err := s.daysOff(ctx, tx, []string{memberID}, r)
	o.of, o.days = nil, nil
	for _, d := range o.expected(memberID, r) {
		sum += d
	}
	return sum, err
}

// daysOff reads schedules, employment, holidays and leave: five questions, however many members there are.
func (s *Service) daysOff(ctx context.Context, tx *tenancy.Tx, memberIDs []string, r day.Range) (o daysOff, err error) {
	if o.dated, err = s.d.Store.SchedulesOf(ctx, tx, memberIDs); err != nil {
		return o, err
	}
	if o.days, err = s.d.Store.Employments(ctx, tx, memberIDs); err != nil {
		return o, err
	}
	if o.all, err = s.d.Store.Holidays(ctx, tx, r); err != nil {
		return o, err
	}
	if o.of, err = s.d.Store.LeaveOf(ctx, tx, memberIDs, r); err != nil {
		return o, err
	}
	return o, s.readSets(ctx, tx, r, &o)
}

func (s *Service) readSets(ctx context.Context, tx *tenancy.Tx, r day.Range, o *daysOff) error {
	sets, err := s.d.Store.HolidaySets(ctx, tx)
	o.sets = make(map[string][]Off, len(sets))
	for _, h := range sets {
		o.sets[h.ID] = h.off(r)
		if h.Default {
			o.usual = h.ID
		}
	}
	return err
}

// HolidaysTx tells on which days nobody works at all, by the default set; half holidays are worked.
func (s *Service) HolidaysTx(ctx context.Context, tx *tenancy.Tx, from, to day.Date) (map[day.Date]bool, error) {
	r := day.Range{From: from, To: to}
	off, err := s.d.Store.Holidays(ctx, tx, r)
	if err != nil {
		return nil, err
	}
	var o daysOff
	if err := s.readSets(ctx, tx, r, &o); err != nil {
		return nil, err
	}
	free := map[day.Date]bool{}
	for _, h := range append(off, o.sets[o.usual]...) {
		if h.Share.Equal(decimal.NewFromInt(1)) {
			free[h.From] = true
		}
	}
	return free, nil
}
