package recurring

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// Deps are what the service cannot work without.
type Deps struct {
	DB       *tenancy.DB
	Store    Store
	Clients  Clients
	Projects Projects
	Settings Settings
	Bills    Bills
	Events   Publisher
	Jobs     Jobs
	Now      func() time.Time
}

// Service has one method per thing a person can do with recurring invoices.
type Service struct{ d Deps }

// New returns a service over d.
func New(d Deps) *Service {
	if d.DB == nil || d.Store == nil || d.Clients == nil || d.Projects == nil || d.Settings == nil || d.Bills == nil || d.Events == nil || d.Jobs == nil || d.Now == nil {
		panic("recurring: a dependency is missing")
	}
	return &Service{d}
}

func (s *Service) now() time.Time { return s.d.Now().UTC().Truncate(time.Microsecond) }

// calendar is where the agency's days begin.
func (s *Service) calendar(ctx context.Context, tx *tenancy.Tx) (today day.Date, zone *time.Location, err error) {
	set, err := s.d.Settings.SettingsTx(ctx, tx)
	if err != nil {
		return today, nil, err
	}
	zone, err = time.LoadLocation(set.TimeZone)
	if err != nil {
		return today, nil, err
	}
	return day.Of(s.d.Now(), zone), zone, nil
}

func mayIssue(ctx context.Context, how invoicing.How) error {
	if how != invoicing.AsDraft && !access.From(ctx).Can(invoicing.CanIssue) {
		return ErrMayNot
	}
	return nil
}

// Create makes a schedule. A period that is billed today is billed at once; those
// before today are asked about.
func (s *Service) Create(ctx context.Context, w Wish) (out Row, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		now := s.now()
		r := Schedule{ID: id.New(), Wish: w, State: Active, Next: 1, CreatedAt: now, CreatedBy: access.From(ctx).MemberID, UpdatedAt: now, Version: 1}
		if err := s.agree(ctx, tx, &r); err != nil {
			return err
		}
		if err := s.d.Store.Add(ctx, tx, r); err != nil {
			return err
		}
		if err := s.note(ctx, tx, "recurring.schedule_created", nil, &r, Created{r.ref()}); err != nil {
			return err
		}
		if err := s.begin(ctx, tx, &r); err != nil {
			return err
		}
		out, err = s.row(ctx, tx, r)
		return err
	})
	return out, err
}

// agree checks what a person says of a schedule, and fills in what follows from it.
func (s *Service) agree(ctx context.Context, tx *tenancy.Tx, r *Schedule) error {
	if err := mayIssue(ctx, r.How); err != nil {
		return err
	}
	r.Name, r.Reference, r.Note = strings.TrimSpace(r.Name), strings.TrimSpace(r.Reference), strings.TrimSpace(r.Note)
	if err := s.place(ctx, tx, *r); err != nil {
		return err
	}
	of := invoicing.DraftOf{ClientID: r.ClientID, EntityID: r.EntityID, Currency: strings.ToUpper(strings.TrimSpace(r.Currency))}
	whole, err := s.d.Bills.SketchTx(ctx, tx, of, []invoicing.Sketch{{Lines: r.lines()}})
	switch {
	case errors.Is(err, invoicing.ErrEntityNotFound):
		return ErrBad.Because(err).At("body.entity_id", "is not a legal entity of this agency")
	case err != nil:
		return err
	case whole[0].Total.Sign() < 0:
		return ErrBad.At("body.lines", "add up to less than zero")
	}
	r.Currency, r.Net = whole[0].Currency, whole[0].Net
	today, _, err := s.calendar(ctx, tx)
	if err != nil {
		return err
	}
	return r.check(today, r.Next == 1)
}

// place checks whose schedule it is.
func (s *Service) place(ctx context.Context, tx *tenancy.Tx, r Schedule) error {
	c, err := s.d.Clients.ClientTx(ctx, tx, r.ClientID)
	if f := (*fault.Error)(nil); errors.As(err, &f) && f.Kind == fault.NotFound {
		return ErrBad.Because(err).At("body.client_id", "is not a client of this agency")
	} else if err != nil {
		return err
	}
	if c.ArchivedAt != nil {
		return ErrBad.At("body.client_id", "is archived")
	}
	if r.ProjectID == "" {
		return nil
	}
	of, err := s.d.Projects.ProjectsByIDsTx(ctx, tx, []string{r.ProjectID})
	if err == nil && of[r.ProjectID].ClientID != r.ClientID {
		err = ErrBad.At("body.project_id", "is not a project of this client")
	}
	return err
}

// Change gives a schedule that is at version other wishes; whose it is stays. Invoices that
// were made stay as they are, and once there is a period its days stay too.
func (s *Service) Change(ctx context.Context, scheduleID string, version int, edit func(*Wish)) (out Row, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.ByID(ctx, tx, scheduleID, true)
		if err != nil {
			return err
		}
		if before.Version != version {
			return ErrStale
		}
		r := before
		edit(&r.Wish)
		r.ClientID, r.ProjectID, r.Currency = before.ClientID, before.ProjectID, before.Currency
		if before.Next > 1 && !r.sameDays(before.Wish) {
			return ErrBad.At("body.every", "and the days of periods stay once one was looked at. End this one and begin another.")
		}
		if err := s.agree(ctx, tx, &r); err != nil {
			return err
		}
		if reflect.DeepEqual(r, before) {
			out, err = s.row(ctx, tx, r)
			return err
		}
		r.UpdatedAt, r.Version = s.now(), r.Version+1
		if err := s.d.Store.Save(ctx, tx, r); err != nil {
			return err
		}
		if err := s.note(ctx, tx, "recurring.schedule_changed", &before, &r, Changed{r.ref()}); err != nil {
			return err
		}
		if err := s.plan(ctx, tx, &r); err != nil {
			return err
		}
		out, err = s.row(ctx, tx, r)
		return err
	})
	return out, err
}

// Pause stops a schedule until it is resumed.
func (s *Service) Pause(ctx context.Context, scheduleID string) (Row, error) {
	return s.put(ctx, scheduleID, Paused)
}

// End stops it for good.
func (s *Service) End(ctx context.Context, scheduleID string) (Row, error) {
	return s.put(ctx, scheduleID, Ended)
}

// Resume lets it go on. What was missed meanwhile is asked about, never issued by itself.
func (s *Service) Resume(ctx context.Context, scheduleID string) (Row, error) {
	return s.put(ctx, scheduleID, Active)
}

func (s *Service) put(ctx context.Context, scheduleID string, state State) (out Row, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.ByID(ctx, tx, scheduleID, true)
		if err != nil {
			return err
		}
		r := before
		if r.State != state && (r.State != Ended || state != Paused) {
			if r, err = s.turnTo(ctx, tx, before, state); err != nil {
				return err
			}
		}
		out, err = s.row(ctx, tx, r)
		return err
	})
	return out, err
}

func (s *Service) turnTo(ctx context.Context, tx *tenancy.Tx, before Schedule, state State) (Schedule, error) {
	r := before
	r.State, r.UpdatedAt, r.Version = state, s.now(), before.Version+1
	action, e := "recurring.schedule_resumed", event.Event(Resumed{r.ref()})
	switch state {
	case Paused:
		action, e = "recurring.schedule_paused", Halted{r.ref()}
	case Ended:
		action, e = "recurring.schedule_ended", Over{r.ref()}
	case Active:
		if _, ok := r.period(r.Next); !ok {
			return r, ErrOver
		}
		if err := mayIssue(ctx, r.How); err != nil {
			return r, err
		}
	}
	if err := s.note(ctx, tx, action, &before, &r, e); err != nil {
		return r, err
	}
	if state == Active {
		return r, s.begin(ctx, tx, &r)
	}
	return r, s.plan(ctx, tx, &r)
}

// Find returns one schedule.
func (s *Service) Find(ctx context.Context, scheduleID string) (out Row, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.ByID(ctx, tx, scheduleID, false)
		if err != nil {
			return err
		}
		out, err = s.row(ctx, tx, r)
		return err
	})
	return out, err
}

func (s *Service) row(ctx context.Context, tx *tenancy.Tx, r Schedule) (Row, error) {
	open, err := s.d.Store.Open(ctx, tx, r.ID)
	if err != nil {
		return Row{}, err
	}
	rows := []Row{{Schedule: r, Open: open}}
	err = s.names(ctx, tx, rows)
	return rows[0], err
}

func (s *Service) names(ctx context.Context, tx *tenancy.Tx, rows []Row) error {
	var clientIDs, projectIDs []string
	for _, r := range rows {
		clientIDs = append(clientIDs, r.ClientID)
		if r.ProjectID != "" {
			projectIDs = append(projectIDs, r.ProjectID)
		}
	}
	if len(rows) == 0 {
		return nil
	}
	clients, err := s.d.Clients.ClientsByIDsTx(ctx, tx, clientIDs)
	if err != nil {
		return err
	}
	for n := range rows {
		rows[n].ClientName = clients[rows[n].ClientID].Name
	}
	if len(projectIDs) == 0 {
		return nil
	}
	projects, err := s.d.Projects.ProjectsByIDsTx(ctx, tx, projectIDs)
	for n := range rows {
		rows[n].ProjectName = projects[rows[n].ProjectID].Name
	}
	return err
}

// List returns one page of schedules, those that are billed next first.
func (s *Service) List(ctx context.Context, f Filter, q page.Query) (out []Row, next *string, err error) {
	after, err := page.Decode(q.Cursor, 2)
	if err != nil {
		return nil, nil, err
	}
	if after != nil {
		if _, err := day.Parse(after[0]); after[0] != "" && err != nil || uuid.Validate(after[1]) != nil {
			return nil, nil, page.ErrBadCursor
		}
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if out, err = s.d.Store.List(ctx, tx, f, q.Size()+1, after); err != nil {
			return err
		}
		out, next = page.Cut(out, q.Size(), func(r Row) []string { return []string{r.NextOn.String(), r.ID} })
		return s.names(ctx, tx, out)
	})
	return out, next, err
}

// note writes the audit entry of a change and announces it.
func (s *Service) note(ctx context.Context, tx *tenancy.Tx, action string, before, after *Schedule, e event.Event) error {
	c := audit.Change{Action: action, Entity: "recurring_invoice", EntityID: after.ID, After: *after}
	if before != nil {
		c.Before = *before
	}
	if err := audit.Record(ctx, tx, c); err != nil {
		return err
	}
	return s.d.Events.Publish(ctx, tx, e)
}
