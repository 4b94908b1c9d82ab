package timesheets

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// MaxSuggested is how many days suggestions are asked for at once: five weeks back and one ahead.
const MaxSuggested = 43

var (
	// ErrBadDays refuses days that are none, or too many.
	ErrBadDays      = fault.Define(fault.Invalid, "timesheets.bad_days", "These days cannot be shown.").At("query.to", "must be within 43 days of the first one, and not before it")
	ErrNoSuggestion = fault.Define(fault.Invalid, "timesheets.no_suggestion", "There is no such suggestion.")
	ErrSuggestedWas = fault.Define(fault.Conflict, "timesheets.suggestion_entered", "This is in your time already.")
	ErrNoWork       = fault.Define(fault.Invalid, "timesheets.no_work", "Say what the time goes to.").At("body.project_id", "is required, because nothing was chosen for one of these before")
)

// Suggestion is something that may have been work of the one who looks.
type Suggestion struct {
	ID, Source         string // of which Suggester
	Title              string
	Day                day.Date
	StartedAt, EndedAt *time.Time // where it has times
	Seconds            int64
	Hidden             bool
	Work               *Work // what it goes to, if that is known
}

// SuggestionQuery asks for the suggestions of some days, by the clock of a zone; of the last two weeks when it names none.
type SuggestionQuery struct {
	Days   day.Range
	Zone   string // the agency's when empty
	Hidden bool   // those too
}

// Asked is a query as those who suggest get it.
type Asked struct {
	Days     day.Range
	Zone     *time.Location
	Today    day.Date
	Hidden   bool
	MemberID string
	// Closed tells whether time for a client on a day can no longer be entered.
	Closed func(clientID string, d day.Date) bool
}

// Suggester proposes time. The modules above answer it: calendars their events, planning its bookings.
type Suggester interface {
	// Knows tells whether an id looks like one of its own.
	Knows(suggestionID string) bool
	SuggestTx(ctx context.Context, tx *tenancy.Tx, q Asked) ([]Suggestion, error)
	// OffersTx finds what suggestions of a member would become, in the order in which they are named. ErrNoSuggestion.
	OffersTx(ctx context.Context, tx *tenancy.Tx, memberID string, picks []Pick) ([]Offer, error)
	// TookTx remembers what became of suggestions, so that they are not made again.
	TookTx(ctx context.Context, tx *tenancy.Tx, memberID string, took []Took) error
	// HideTx lets suggestions not be shown any more, or again.
	HideTx(ctx context.Context, tx *tenancy.Tx, memberID string, picks []Pick, hidden bool) error
}

// Pick names a suggestion and its place in the call.
type Pick struct {
	ID string
	At int
}

// Path is where the call names it.
func (p Pick) Path() string { return fmt.Sprintf("body.ids.%d", p.At) }

// Unknown refuses a pick that is no suggestion.
func (p Pick) Unknown() error {
	return ErrNoSuggestion.At(p.Path(), "is no suggestion of yours, or not any more")
}

// Offer is what a suggestion would become.
type Offer struct {
	Pick
	Key     string // offers with the same one become one entry
	Title   string
	Entry   NewEntry // when and how long
	Work    Row      // what it goes to, if that is known
	Entered bool     // it is an entry already
}

// Took is an offer that became an entry.
type Took struct {
	Offer
	EntryID string
}

// Taking is what becomes of suggestions.
type Taking struct {
	IDs     []string
	Work    Row     // of all of them; none: each goes to its own
	Zone    string  // of the person; the agency's when empty
	Note    *string // instead of their own
	Billing *bool   // nil for what the project, the task and the service say
}

// Taken is an entry that a suggestion became.
type Taken struct {
	SuggestionID string
	Entry        Entry
	Warnings     []Warning
}

// SuggestFrom says what else suggests time. It is called while the house is built.
func (s *Service) SuggestFrom(one Suggester) { s.suggesters = append(s.suggesters, one) }

// myself is who calls. An operator who looks into the agency on somebody's behalf is nobody here.
func myself(ctx context.Context) string {
	a := access.From(ctx)
	if a.Kind == access.Support {
		return ""
	}
	return a.MemberID
}

// Suggestions are what may have been work of the caller on some days and is no entry yet, in the order of the days.
func (s *Service) Suggestions(ctx context.Context, q SuggestionQuery) (out []Suggestion, err error) {
	me := myself(ctx)
	if me == "" {
		return nil, nil
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.readConditions(ctx, tx, false)
		if err != nil {
			return err
		}
		ask := Asked{Hidden: q.Hidden, MemberID: me}
		if ask.Zone, err = c.zone(q.Zone); err != nil {
			return err
		}
		ask.Today = day.Of(s.d.Now(), ask.Zone)
		if ask.Days = lately(q.Days, ask.Today); !ask.Days.Valid() || ask.Days.Len() > MaxSuggested {
			return ErrBadDays
		}
		if ask.Closed, err = s.closed(ctx, tx, c, me, ask.Days); err != nil {
			return err
		}
		for _, from := range s.suggesters {
			some, err := from.SuggestTx(ctx, tx, ask)
			if err != nil {
				return err
			}
			out = append(out, some...)
		}
		slices.SortStableFunc(out, func(a, b Suggestion) int { return a.Day.Compare(b.Day) })
		return nil
	})
	return out, err
}

// lately fills in the days that were not said: two weeks up to today.
func lately(r day.Range, today day.Date) day.Range {
	if r.To.IsZero() {
		r.To = today
	}
	if r.From.IsZero() {
		r.From = r.To.AddDays(-13)
	}
	return r
}

// closed tells on which days a member can no longer enter time: they are handed in, or closed.
func (s *Service) closed(ctx context.Context, tx *tenancy.Tx, c conditions, memberID string, days day.Range) (func(string, day.Date) bool, error) {
	sheets, err := s.d.Store.Sheets(ctx, tx, SheetFilter{MemberID: memberID, Over: days})
	sheets = slices.DeleteFunc(sheets, Sheet.Takes)
	return func(clientID string, d day.Date) bool {
		return c.lock(clientID).Locks(d) || slices.ContainsFunc(sheets, func(sh Sheet) bool { return sh.Has(d) })
	}, err
}

// TakeSuggestions makes entries of suggestions of the caller, all or none.
func (s *Service) TakeSuggestions(ctx context.Context, t Taking) (out []Taken, err error) {
	me := myself(ctx)
	err = s.picked(ctx, t.IDs, func(ctx context.Context, tx *tenancy.Tx, by map[Suggester][]Pick) error {
		log, err := s.LoggerTx(ctx, tx)
		if err != nil {
			return err
		}
		out = make([]Taken, 0, len(t.IDs))
		place := map[string]int{}
		for _, from := range s.suggesters {
			if len(by[from]) == 0 {
				continue
			}
			offers, err := from.OffersTx(ctx, tx, me, by[from])
			if err != nil {
				return err
			}
			took, entries, err := t.log(ctx, log, offers)
			if err != nil {
				return err
			}
			if err := from.TookTx(ctx, tx, me, took); err != nil {
				return err
			}
			for i, one := range took {
				place[one.ID] = one.At
				out = append(out, entries[i])
			}
		}
		slices.SortFunc(out, func(a, b Taken) int { return place[a.SuggestionID] - place[b.SuggestionID] })
		return s.d.Bus.Publish(ctx, tx, SuggestionsChanged{me})
	})
	return out, err
}

// log makes an entry of each offer.
func (t Taking) log(ctx context.Context, log Logger, offers []Offer) (took []Took, out []Taken, err error) {
	fresh := map[string]bool{}
	for _, o := range offers {
		if o.Entered {
			return nil, nil, ErrSuggestedWas.At(o.Path(), "is in your time already")
		}
		if fresh[o.Key] {
			continue // the same one, under another id
		}
		fresh[o.Key] = true
		if t.Work.ProjectID != "" {
			o.Work = t.Work
		}
		if o.Work.ProjectID == "" {
			return nil, nil, ErrNoWork
		}
		n := o.Entry
		n.ProjectID, n.TaskID, n.ServiceID, n.Zone, n.Billable = o.Work.ProjectID, o.Work.TaskID, o.Work.ServiceID, t.Zone, t.Billing
		if t.Note != nil {
			n.Note = *t.Note
		}
		entry, warnings, err := log(ctx, n)
		if err != nil {
			return nil, nil, o.blame(err)
		}
		took = append(took, Took{o, entry.ID})
		out = append(out, Taken{o.ID, entry, warnings})
	}
	return took, out, nil
}

// blame says of which suggestion the rules of time do not let an entry be made. What is wrong with the work stays where it is.
func (o Offer) blame(err error) error {
	f, refused := fault.Refusal(err)
	if !refused {
		return err
	}
	mine := *f
	mine.Fields = nil
	for _, field := range f.Fields {
		switch field.Path {
		case "body.project_id", "body.task_id", "body.service_id", "body.note", "body.zone", "body.billable":
			mine.Fields = append(mine.Fields, field)
		}
	}
	if len(mine.Fields) > 0 {
		return &mine
	}
	text, title := "cannot be added", o.Title
	if len(f.Fields) > 0 {
		text = f.Fields[0].Text
	}
	if title == "" {
		title = "(no title)"
	}
	mine.Text = title + ": " + f.Text
	return mine.At(o.Path(), text)
}

// picked lets one change after the other be made to a member's suggestions.
func (s *Service) picked(ctx context.Context, ids []string, do func(context.Context, *tenancy.Tx, map[Suggester][]Pick) error) error {
	by := map[Suggester][]Pick{}
	for i, id := range ids {
		p := Pick{id, i}
		n := slices.IndexFunc(s.suggesters, func(from Suggester) bool { return from.Knows(id) })
		if n < 0 {
			return p.Unknown()
		}
		by[s.suggesters[n]] = append(by[s.suggesters[n]], p)
	}
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := tx.Lock(ctx, "suggestions/"+myself(ctx)); err != nil {
			return err
		}
		return do(ctx, tx, by)
	})
}

type hiddenRecord struct {
	Suggestions int `json:"suggestions"`
}

// HideSuggestions lets suggestions of the caller not be shown any more, or again. What is an entry stays one.
func (s *Service) HideSuggestions(ctx context.Context, ids []string, hidden bool) error {
	me := myself(ctx)
	return s.picked(ctx, ids, func(ctx context.Context, tx *tenancy.Tx, by map[Suggester][]Pick) error {
		for _, from := range s.suggesters {
			if len(by[from]) == 0 {
				continue
			}
			if err := from.HideTx(ctx, tx, me, by[from], hidden); err != nil {
				return err
			}
		}
		action := "timesheets.suggestions_hidden"
		if !hidden {
			action = "timesheets.suggestions_unhidden"
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: action, Entity: "member", EntityID: me, After: hiddenRecord{len(ids)}}); err != nil {
			return err
		}
		return s.d.Bus.Publish(ctx, tx, SuggestionsChanged{me})
	})
}
