package clients

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/tenancy"
)

// Moment is one thing that happened with a client: an interaction logged by
// hand, or an event that some module published.
type Moment struct {
	ID         string
	HappenedAt time.Time
	Kind       string // note, call, meeting, or the publishing module: projects, invoicing …
	Name       string // the event's name, empty for an interaction
	Entity     string
	EntityID   string
	ProjectID  string
	ActorID    string
	ActorName  string
	Label      string
	Body       string // interactions only, as are the next three
	ContactID  string
	Minutes    *int
	Version    int
}

// TimelineQuery is what the store is asked for.
type TimelineQuery struct {
	ClientID string
	Kinds    []InteractionKind // interactions of these kinds
	Modules  []string          // events of these modules
	OwnOnly  []string          // of these modules only events about MemberID's own records
	MemberID string
	Limit    int
	Before   time.Time // zero on the first page
	BeforeID string
}

// whoSees says what a person must hold to read the events of a module. Events
// of a module that is not here stay out of the timeline.
var whoSees = map[string]access.Permission{
	"clients":    ReadClients,
	"identity":   ReadContacts, // invitations of the client's people
	"projects":   "projects.projects.read",
	"timesheets": "timesheets.entries.read_all",
	"rates":      "rates.cards.read",
	"invoicing":  "invoicing.invoices.read",
}

var interactionKinds = []InteractionKind{Note, Call, Meeting}

// Timeline returns what happened with a client, newest first. Kinds narrows it
// to some kinds; what the actor may not read is not in it.
func (s *Service) Timeline(ctx context.Context, clientID string, kinds []string, q page.Query) (out []Moment, next *string, err error) {
	tq, err := timelineQuery(access.From(ctx), kinds)
	if err != nil {
		return nil, nil, err
	}
	tq.ClientID, tq.Limit = clientID, q.Size()
	vals, err := page.Decode(q.Cursor, 2)
	if err != nil {
		return nil, nil, err
	}
	if vals != nil {
		if tq.Before, err = time.Parse(time.RFC3339Nano, vals[0]); err != nil || uuid.Validate(vals[1]) != nil {
			return nil, nil, page.ErrBadCursor.Because(err)
		}
		tq.BeforeID = vals[1]
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if _, err := s.d.Store.ByID(ctx, tx, clientID); err != nil {
			return err
		}
		out, err = s.d.Store.Timeline(ctx, tx, tq)
		out, next = page.Cut(out, tq.Limit, func(m Moment) []string {
			return []string{m.HappenedAt.UTC().Format(time.RFC3339Nano), m.ID}
		})
		return err
	})
	return out, next, err
}

func timelineQuery(actor access.Actor, kinds []string) (TimelineQuery, error) {
	q := TimelineQuery{MemberID: actor.MemberID}
	for _, k := range kinds {
		_, module := whoSees[k]
		if !module && !slices.Contains(interactionKinds, InteractionKind(k)) {
			return q, ErrBadTimeline.At("query.kind", "must be note, call, meeting or a module")
		}
	}
	wanted := func(k string) bool { return len(kinds) == 0 || slices.Contains(kinds, k) }
	for _, k := range interactionKinds {
		if wanted(string(k)) {
			q.Kinds = append(q.Kinds, k)
		}
	}
	for module, need := range whoSees {
		switch {
		case !wanted(module):
		case actor.Can(need):
			q.Modules = append(q.Modules, module)
		case module == "timesheets" && actor.MemberID != "":
			q.OwnOnly = append(q.OwnOnly, module)
		}
	}
	slices.Sort(q.Modules)
	return q, nil
}
