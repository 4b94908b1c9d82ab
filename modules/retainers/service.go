package retainers

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/retainers/ledger"
	"github.com/bureauhq/bureau/tenancy"
)

// Deps are what the service cannot work without.
type Deps struct {
	DB       *tenancy.DB
	Store    Store
	Clients  Clients
	Projects Projects
	Time     Time
	Members  Members
	Settings Settings
	Bills    Bills
	Renderer Renderer
	Events   Publisher
	Jobs     Jobs
	Notices  Notices
	Now      func() time.Time
}

// Service has one method per thing a person can do with retainers.
type Service struct{ d Deps }

// New returns a service over d.
func New(d Deps) *Service {
	if d.DB == nil || d.Store == nil || d.Clients == nil || d.Projects == nil || d.Time == nil || d.Members == nil || d.Settings == nil ||
		d.Bills == nil || d.Renderer == nil || d.Events == nil || d.Jobs == nil || d.Notices == nil || d.Now == nil {
		panic("retainers: a dependency is missing")
	}
	return &Service{d}
}

func (s *Service) now() time.Time { return s.d.Now().UTC().Truncate(time.Microsecond) }

// calendar is where the agency's days begin.
func (s *Service) calendar(ctx context.Context, tx *tenancy.Tx) (today day.Date, zone *time.Location, currency string, err error) {
	set, err := s.d.Settings.SettingsTx(ctx, tx)
	if err != nil {
		return today, nil, "", err
	}
	zone, err = time.LoadLocation(set.TimeZone)
	if err != nil {
		return today, nil, "", err
	}
	return day.Of(s.d.Now(), zone), zone, set.Currency, nil
}

// Draft is what a person says about a new retainer. Amounts are decimals of its unit.
type Draft struct {
	ClientID, ProjectID string
	Name                string
	Unit                Unit
	Currency            string // empty: the client's or the agency's
	Every               string
	AnchorOn            day.Date // none: periods begin where the first one does
	StartsOn, EndsOn    day.Date
	Prorate             bool
	Terms

	Alert               AlertDraft
	LeadDays, GraceDays int
	Shown               bool
}

// Terms are what may change while a retainer runs.
type Terms struct {
	Grant        string
	Fee          *string
	Rollover     Rollover
	Cap          *string
	Lasts        *int
	Deficit      Deficit
	DeficitLimit *string
	Overage      Overage
	OverageRate  *decimal.Decimal
}

// Create makes a retainer, its first period and what has been worked since its
// start. ErrBadRetainer, ErrOverlap.
func (s *Service) Create(ctx context.Context, d Draft) (out Row, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		now := s.now()
		r := Retainer{
			ID: id.New(), ClientID: d.ClientID, ProjectID: d.ProjectID, Name: strings.TrimSpace(d.Name), Unit: d.Unit, Prorate: d.Prorate,
			LeadDays: d.LeadDays, GraceDays: d.GraceDays, Shown: d.Shown, CreatedAt: now, CreatedBy: access.From(ctx).MemberID, UpdatedAt: now, Version: 1,
		}
		r.Every, r.Anchor, r.Starts, r.Ends = ledger.Every(d.Every), d.AnchorOn, d.StartsOn, d.EndsOn
		if r.Anchor.IsZero() {
			r.Anchor = r.Starts
		}
		if err := s.place(ctx, tx, &r, d.Currency); err != nil {
			return err
		}
		if err := r.agree(d.Terms); err != nil {
			return err
		}
		alert, err := r.alertOf(d.Alert)
		if err != nil {
			return err
		}
		if err := s.d.Store.Add(ctx, tx, r); err != nil {
			return err
		}
		after := r
		after.Alert = alert // it is set when all else is done
		if err := s.note(ctx, tx, audit.Change{Action: "retainers.retainer_created", Entity: "retainer", EntityID: r.ID, After: after}, Created{r.ref()}); err != nil {
			return err
		}
		if err := s.turnTx(ctx, tx, &r); err != nil {
			return err
		}
		if err := s.gather(ctx, tx, r); err != nil {
			return err
		}
		if alert != nil {
			if err := s.watch(ctx, tx, &r, alert); err != nil {
				return err
			}
		}
		out, err = s.find(ctx, tx, r.ID)
		return err
	})
	return out, err
}

// place checks whose retainer it is and fills in the currency.
func (s *Service) place(ctx context.Context, tx *tenancy.Tx, r *Retainer, currency string) error {
	c, err := s.d.Clients.ClientTx(ctx, tx, r.ClientID)
	if f := (*fault.Error)(nil); errors.As(err, &f) && f.Kind == fault.NotFound {
		return ErrBadRetainer.Because(err).At("body.client_id", "is not a client of this agency")
	} else if err != nil {
		return err
	}
	if c.ArchivedAt != nil {
		return ErrBadRetainer.At("body.client_id", "is archived")
	}
	if r.ProjectID != "" {
		of, err := s.d.Projects.ProjectsByIDsTx(ctx, tx, []string{r.ProjectID})
		if err != nil {
			return err
		}
		if of[r.ProjectID].ClientID != r.ClientID {
			return ErrBadRetainer.At("body.project_id", "is not a project of this client")
		}
	}
	if r.Currency = strings.ToUpper(strings.TrimSpace(currency)); r.Currency == "" {
		r.Currency = c.Currency
	}
	if r.Currency == "" {
		_, _, r.Currency, err = s.calendar(ctx, tx)
	}
	return err
}

// agree takes terms over, or says what is wrong with them.
func (r *Retainer) agree(t Terms) error {
	bad := ErrBadRetainer
	amount := func(unit Unit, field, s string) int64 {
		n, err := unit.Parse(s, r.Currency)
		if err != nil {
			bad = bad.At("body."+field, err.Error())
		}
		return n
	}
	optional := func(field string, s *string) *int64 {
		if s == nil {
			return nil
		}
		n := amount(r.Unit, field, *s)
		return &n
	}
	r.Grant, r.Fee = amount(r.Unit, "grant", t.Grant), nil
	if t.Fee != nil {
		fee := money.Of(amount(Money, "fee", *t.Fee), r.Currency)
		r.Fee = &fee
	}
	r.Rollover, r.Cap, r.Lasts = t.Rollover, optional("rollover_cap", t.Cap), t.Lasts
	r.Deficit, r.DeficitLimit = t.Deficit, optional("deficit_limit", t.DeficitLimit)
	r.Overage, r.OverageRate = t.Overage, t.OverageRate
	if len(bad.Fields) > 0 {
		return bad
	}
	return r.check()
}

// Change holds what is to be different; nil leaves a field as it is.
type Change struct {
	Name                *string
	EndsOn              **day.Date
	Terms               *Terms
	Alert               *AlertDraft
	LeadDays, GraceDays *int
	Shown               *bool
}

// Change edits a retainer that is at version. A new grant and fee hold from the
// next period on; the other terms from the oldest open one. Closed periods stay.
func (s *Service) Change(ctx context.Context, retainerID string, version int, ch Change) (out Row, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.ByID(ctx, tx, retainerID, true)
		if err != nil {
			return err
		}
		if before.Version != version {
			return ErrStale
		}
		r := before
		if err := r.change(ch); err != nil {
			return err
		}
		if reflect.DeepEqual(r, before) {
			out, err = s.row(ctx, tx, r)
			return err
		}
		r.UpdatedAt, r.Version = s.now(), r.Version+1
		after, alert := r, r.Alert
		other := !reflect.DeepEqual(alert, before.Alert)
		if other {
			r.Alert = nil // until all else is done
		}
		if err := s.d.Store.Save(ctx, tx, r); err != nil {
			return err
		}
		if err := s.reopen(ctx, tx, r); err != nil {
			return err
		}
		if err := s.note(ctx, tx, audit.Change{Action: "retainers.retainer_changed", Entity: "retainer", EntityID: r.ID, Before: before, After: after}, Changed{r.ref()}); err != nil {
			return err
		}
		if err := s.turnTx(ctx, tx, &r); err != nil {
			return err
		}
		if r.Ends != before.Ends {
			if err := s.gather(ctx, tx, r); err != nil {
				return err
			}
		}
		if other {
			if err := s.watch(ctx, tx, &r, alert); err != nil {
				return err
			}
		}
		out, err = s.find(ctx, tx, r.ID)
		return err
	})
	return out, err
}

func (r *Retainer) change(ch Change) error {
	if ch.Name != nil {
		r.Name = strings.TrimSpace(*ch.Name)
	}
	if ch.EndsOn != nil {
		if r.Ends = (day.Date{}); *ch.EndsOn != nil {
			r.Ends = **ch.EndsOn
		}
	}
	if ch.LeadDays != nil {
		r.LeadDays = *ch.LeadDays
	}
	if ch.GraceDays != nil {
		r.GraceDays = *ch.GraceDays
	}
	if ch.Shown != nil {
		r.Shown = *ch.Shown
	}
	if ch.Alert != nil {
		a, err := r.alertOf(*ch.Alert)
		if err != nil {
			return err
		}
		r.Alert = a
	}
	if ch.Terms != nil {
		return r.agree(*ch.Terms)
	}
	return r.check()
}

// reopen brings open periods in line with changed terms and another last day.
func (s *Service) reopen(ctx context.Context, tx *tenancy.Tx, r Retainer) error {
	_, open, err := s.d.Store.Standing(ctx, tx, r.ID)
	if err != nil {
		return err
	}
	for _, p := range open {
		days, ok := r.Period(p.Number())
		if !ok {
			return ErrBadRetainer.At("body.ends_on", "is before the period from "+p.Days().From.String()+", which is there already")
		}
		p.Period.Days, p.Period.Terms = days, r.terms()
		p.OverageRule, p.OverageRate = r.Overage, r.OverageRate
		if err := s.d.Store.SavePeriod(ctx, tx, p); err != nil {
			return err
		}
	}
	return s.count(ctx, tx, r)
}

// Find returns one retainer with the period of today.
func (s *Service) Find(ctx context.Context, retainerID string) (out Row, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.find(ctx, tx, retainerID)
		return err
	})
	return out, err
}

func (s *Service) find(ctx context.Context, tx *tenancy.Tx, retainerID string) (Row, error) {
	r, err := s.d.Store.ByID(ctx, tx, retainerID, false)
	if err != nil {
		return Row{}, err
	}
	return s.row(ctx, tx, r)
}

func (s *Service) row(ctx context.Context, tx *tenancy.Tx, r Retainer) (Row, error) {
	today, _, _, err := s.calendar(ctx, tx)
	if err != nil {
		return Row{}, err
	}
	last, err := s.d.Store.LastPeriods(ctx, tx, r.ID, max(1, r.Number(today))+1, 1)
	if err != nil || len(last) == 0 {
		return Row{Retainer: r}, err
	}
	last[0].On = today
	return Row{Retainer: r, Current: &last[0]}, nil
}

// List returns one page of retainers, by name.
func (s *Service) List(ctx context.Context, f Filter, q page.Query) (out []Row, next *string, err error) {
	after, err := page.Decode(q.Cursor, 2)
	if err != nil {
		return nil, nil, err
	}
	if after != nil && uuid.Validate(after[1]) != nil {
		return nil, nil, page.ErrBadCursor
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if f.On, _, _, err = s.calendar(ctx, tx); err != nil {
			return err
		}
		out, err = s.list(ctx, tx, f, f.On, q.Size()+1, after)
		out, next = page.Cut(out, q.Size(), func(r Row) []string { return []string{r.Name, r.ID} })
		return err
	})
	return out, next, err
}

// list gives the periods of today their balances of today.
func (s *Service) list(ctx context.Context, tx *tenancy.Tx, f Filter, today day.Date, limit int, after []string) ([]Row, error) {
	out, err := s.d.Store.List(ctx, tx, f, today, limit, after)
	for _, r := range out {
		if r.Current != nil {
			r.Current.On = today
		}
	}
	return out, err
}

// look says of periods that they are looked at today.
func (s *Service) look(ctx context.Context, tx *tenancy.Tx, of []Period) error {
	today, _, _, err := s.calendar(ctx, tx)
	for i := range of {
		of[i].On = today
	}
	return err
}

func (s *Service) note(ctx context.Context, tx *tenancy.Tx, c audit.Change, e event.Event) error {
	if err := audit.Record(ctx, tx, c); err != nil {
		return err
	}
	return s.d.Events.Publish(ctx, tx, e)
}

func distinct(ids []string) []string {
	out := slices.DeleteFunc(slices.Clone(ids), func(s string) bool { return s == "" })
	slices.Sort(out)
	return slices.Compact(out)
}
