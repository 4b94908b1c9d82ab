package planning

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/planning/spread"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

var _ timesheets.Suggester = &Service{}

// A suggestion is named by its booking and its day.
func (s Spot) String() string { return s.BookingID + "." + s.Day.String() }

func parseSpot(name string) (s Spot, ok bool) {
	booking, on, dotted := strings.Cut(name, ".")
	d, err := day.Parse(on)
	return Spot{booking, d}, dotted && err == nil && uuid.Validate(booking) == nil
}

// Knows implements timesheets.Suggester.
func (s *Service) Knows(suggestionID string) bool {
	_, ok := parseSpot(suggestionID)
	return ok
}

// latest is where a day begins first: a suggestion may be taken wherever it is today already.
var latest = time.FixedZone("UTC+14", 14*3600)

// due is a day of a booking that is not logged yet.
type due struct {
	Row
	Spot
	seconds         int64
	hidden, entered bool
}

// due finds what a member was booked for, firmly, on past days and today, and has not logged: not on days of leave, nor more than they
// were there for where they took a part of the day off.
func (s *Service) due(ctx context.Context, tx *tenancy.Tx, memberID string, on day.Range, today day.Date) ([]due, error) {
	if on.To.After(today) {
		on.To = today
	}
	if !on.Valid() {
		return nil, nil
	}
	all, err := s.laid(ctx, tx, Filter{MemberIDs: []string{memberID}, On: on, State: Confirmed})
	if err != nil || len(all.bookings) == 0 {
		return nil, err
	}
	rows, err := s.named(ctx, tx, all.bookings)
	if err != nil {
		return nil, err
	}
	logged, err := s.logged(ctx, tx, memberID, on)
	if err != nil {
		return nil, err
	}
	marks, err := s.d.Store.Marks(ctx, tx, memberID, on)
	if err != nil {
		return nil, err
	}
	var entries []string
	for _, m := range marks {
		if m.EntryID != "" {
			entries = append(entries, m.EntryID)
		}
	}
	there, err := s.d.Time.ThereTx(ctx, tx, entries)
	if err != nil {
		return nil, err
	}
	var out []due
	for d := range on.Days() {
		var booked []spread.Part
		for n, r := range rows {
			if seconds := all.on[n][d].Round(0).IntPart(); seconds > 0 {
				booked = append(booked, spread.Part{ID: r.ID, ProjectID: r.ProjectID, TaskID: r.TaskID, Seconds: seconds})
			}
		}
		room := int64(daily)
		if r := all.rooms[memberID][d]; r.Available < r.Capacity {
			room = seconds(r.Available)
		}
		left := spread.Left(booked, logged[d], room)
		for _, r := range rows {
			spot := Spot{r.ID, d}
			mark, marked := marks[spot]
			if entered := there[mark.EntryID]; left[r.ID] > 0 || entered {
				out = append(out, due{r, spot, left[r.ID], marked && mark.EntryID == "", entered})
			}
		}
	}
	return out, nil
}

func (s *Service) logged(ctx context.Context, tx *tenancy.Tx, memberID string, on day.Range) (map[day.Date][]spread.Part, error) {
	entries, err := s.d.Time.OnDaysTx(ctx, tx, memberID, on)
	out := map[day.Date][]spread.Part{}
	for _, e := range entries {
		out[e.Day] = append(out[e.Day], spread.Part{ProjectID: e.ProjectID, TaskID: e.TaskID, Seconds: e.RawSeconds})
	}
	return out, err
}

// SuggestTx implements timesheets.Suggester.
func (s *Service) SuggestTx(ctx context.Context, tx *tenancy.Tx, q timesheets.Asked) ([]timesheets.Suggestion, error) {
	all, err := s.due(ctx, tx, q.MemberID, q.Days, q.Today)
	var out []timesheets.Suggestion
	for _, x := range all {
		if x.entered || x.hidden && !q.Hidden || !x.Work.Open || q.Closed(x.Work.ClientID, x.Day) {
			continue
		}
		out = append(out, timesheets.Suggestion{ID: x.String(), Source: "booking", Title: x.Note, Day: x.Day, Seconds: x.seconds, Hidden: x.hidden, Work: &x.Work})
	}
	return out, err
}

// OffersTx implements timesheets.Suggester.
func (s *Service) OffersTx(ctx context.Context, tx *tenancy.Tx, memberID string, picks []timesheets.Pick) ([]timesheets.Offer, error) {
	found, err := s.picked(ctx, tx, memberID, picks)
	out := make([]timesheets.Offer, len(found))
	for i, x := range found {
		out[i] = timesheets.Offer{
			Pick: picks[i], Key: picks[i].ID, Title: x.Work.ProjectName, Entry: timesheets.NewEntry{Day: x.Day, Seconds: &x.seconds},
			Work: timesheets.Row{ProjectID: x.ProjectID, TaskID: x.TaskID}, Entered: x.entered,
		}
	}
	return out, err
}

// picked finds suggestions of a member, in the order in which they were named. Another's looks like none.
func (s *Service) picked(ctx context.Context, tx *tenancy.Tx, memberID string, picks []timesheets.Pick) ([]due, error) {
	out := make([]due, len(picks))
	known := map[day.Date][]due{}
	for i, p := range picks {
		spot, ok := parseSpot(p.ID)
		if !ok {
			return nil, p.Unknown()
		}
		of, asked := known[spot.Day]
		if !asked {
			today := day.Of(s.d.Now(), latest)
			var err error
			if of, err = s.due(ctx, tx, memberID, day.Range{From: spot.Day, To: spot.Day}, today); err != nil {
				return nil, err
			}
			known[spot.Day] = of
		}
		there := false
		for _, x := range of {
			if x.Spot == spot {
				out[i], there = x, true
			}
		}
		if !there {
			return nil, p.Unknown()
		}
	}
	return out, nil
}

// TookTx implements timesheets.Suggester.
func (s *Service) TookTx(ctx context.Context, tx *tenancy.Tx, memberID string, took []timesheets.Took) error {
	marks := map[Spot]Mark{}
	for _, t := range took {
		if spot, ok := parseSpot(t.ID); ok {
			marks[spot] = Mark{t.EntryID}
		}
	}
	return s.d.Store.SaveMarks(ctx, tx, memberID, marks)
}

// HideTx implements timesheets.Suggester.
func (s *Service) HideTx(ctx context.Context, tx *tenancy.Tx, memberID string, picks []timesheets.Pick, hidden bool) error {
	found, err := s.picked(ctx, tx, memberID, picks)
	if err != nil {
		return err
	}
	marks := map[Spot]Mark{}
	var spots []Spot
	for _, x := range found {
		if !x.entered {
			marks[x.Spot] = Mark{}
			spots = append(spots, x.Spot)
		}
	}
	if hidden {
		return s.d.Store.SaveMarks(ctx, tx, memberID, marks)
	}
	return s.d.Store.RemoveMarks(ctx, tx, memberID, spots)
}
