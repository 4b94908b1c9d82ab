package rates

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/tenancy"
)

var (
	ErrMultipliersNotFound = fault.Define(fault.NotFound, "rates.multipliers_not_found", "These multipliers do not exist.")
	ErrBadMultipliers      = fault.Define(fault.Invalid, "rates.bad_multipliers", "These multipliers cannot be saved as they are.")
)

// Multipliers are what the contracts of the agency, of a client or of a project say about when work is done, from a day on
// up to, not including, another.
type Multipliers struct {
	ID        string
	Level     Level
	ClientID  string // of a client's
	ProjectID string // of a project's
	Zone      string // IANA name: whose clock decides
	Week      [7]Business
	Factors   Factors
	Region    string // whose public holidays they are; empty: none
	From      day.Date
	To        *day.Date // the first day on which they no longer hold; nil: open
	CreatedAt time.Time
	CreatedBy string
}

// On tells whether they hold on d.
func (m Multipliers) On(d day.Date) bool {
	return !d.Before(m.From) && (m.To == nil || d.Before(*m.To))
}

// MultipliersDraft is what a person says about new ones.
type MultipliersDraft struct {
	Level     Level
	ClientID  string
	ProjectID string
	Zone      string // empty: the agency's
	Week      [7]Business
	Factors   Factors
	Region    string
	From      day.Date
	To        *day.Date
	Reprice   bool // unapproved time of those days counts by them too
}

// MultiplierFilter says which are wanted. Zero fields do not narrow.
type MultiplierFilter struct {
	Level     Level
	ClientID  string
	ProjectID string
}

// Agreed are the terms for an hour, the row that they are in, and why it is that one.
type Agreed struct {
	RuleID string
	Why    string
	Terms  Terms
}

var mostFactor = decimal.NewFromInt(100)

func (d MultipliersDraft) check() error {
	bad := ErrBadMultipliers
	for _, f := range []struct {
		path string
		v    decimal.Decimal
	}{{"after_hours", d.Factors.AfterHours}, {"saturday", d.Factors.Saturday}, {"sunday", d.Factors.Sunday}, {"holiday", d.Factors.Holiday}} {
		switch {
		case f.v.IsNegative() || f.v.GreaterThan(mostFactor):
			bad = bad.At("body."+f.path, "must be 0 to 100")
		case !f.v.Equal(f.v.Truncate(4)):
			bad = bad.At("body."+f.path, "must have at most 4 decimal places")
		}
	}
	for _, b := range d.Week {
		if !b.Valid() {
			bad = bad.At("body.week", "has business hours that do not end after they begin")
			break
		}
	}
	if d.From.IsZero() {
		bad = bad.At("body.valid_from", "is required")
	}
	if d.To != nil && !d.To.After(d.From) {
		bad = bad.At("body.valid_to", "must be after the first day")
	}
	if zone, err := time.LoadLocation(d.Zone); err != nil || strings.EqualFold(d.Zone, "local") || zone == nil {
		bad = bad.At("body.zone", "is not a time zone such as Europe/Berlin")
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// Multipliers lists those that are not removed: of the agency first, by whose they are and by day.
func (s *Service) Multipliers(ctx context.Context, f MultiplierFilter) (out []Multipliers, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.Multipliers(ctx, tx, f)
		return err
	})
	return out, err
}

// AddMultipliers keeps what is agreed from a day on. What was agreed before ends there, and it ends where the next one begins.
// Time that was logged keeps what it has (rule 44), unless the draft says otherwise. It can be undone for an hour.
func (s *Service) AddMultipliers(ctx context.Context, d MultipliersDraft) (m Multipliers, e Effect, a Addition, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		var ended *Multipliers
		if m, ended, e, err = s.addMultipliers(ctx, tx, d); err != nil {
			return err
		}
		a = Addition{ID: id.New(), MemberID: access.From(ctx).MemberID, At: s.now(), MultipliersID: m.ID, To: m.To, Repricing: e.Repricing, Entries: e.Entries}
		if ended != nil {
			a.Ended, a.EndedWas = ended.ID, ended.To
		}
		return s.d.Store.AddAddition(ctx, tx, a, a.At.Add(-undoWindow))
	})
	return m, e.hidden(access.From(ctx)), a, err
}

// PreviewMultipliers tells what new ones would do to time that was logged, by doing it and taking it back.
func (s *Service) PreviewMultipliers(ctx context.Context, d MultipliersDraft) (Effect, error) {
	return s.previewed(ctx, func(ctx context.Context, tx *tenancy.Tx) (e Effect, err error) {
		d.Reprice = true
		_, _, e, err = s.addMultipliers(ctx, tx, d)
		return e, err
	})
}

// addMultipliers also tells which ones ended for them, as they were.
func (s *Service) addMultipliers(ctx context.Context, tx *tenancy.Tx, d MultipliersDraft) (m Multipliers, ended *Multipliers, e Effect, err error) {
	if d, err = s.completeMultipliers(ctx, tx, d); err != nil {
		return m, ended, e, err
	}
	m = Multipliers{
		ID: id.New(), Level: d.Level, ClientID: d.ClientID, ProjectID: d.ProjectID, Zone: d.Zone, Week: d.Week, Factors: d.Factors, Region: d.Region,
		From: d.From, To: d.To, CreatedAt: s.now(), CreatedBy: access.From(ctx).MemberID,
	}
	if err := tx.Lock(ctx, "rates.multipliers/"+string(m.Level)+m.ClientID+m.ProjectID); err != nil {
		return m, ended, e, err
	}
	all, err := s.d.Store.Multipliers(ctx, tx, MultiplierFilter{Level: m.Level, ClientID: m.ClientID, ProjectID: m.ProjectID})
	if err != nil {
		return m, ended, e, err
	}
	for _, o := range all {
		switch {
		case o.From.Equal(m.From):
			return m, ended, e, ErrBadMultipliers.At("body.valid_from", "other multipliers begin on this day; remove them first")
		case o.From.Before(m.From) && (o.To == nil || o.To.After(m.From)):
			if err := s.d.Store.EndMultipliers(ctx, tx, o.ID, &m.From); err != nil {
				return m, ended, e, err
			}
			ended = &o
		case o.From.After(m.From) && (m.To == nil || o.From.Before(*m.To)):
			m.To = &o.From
		}
	}
	if err := s.d.Store.AddMultipliers(ctx, tx, m); err != nil {
		return m, ended, e, err
	}
	if err := s.note(ctx, tx, audit.Change{Action: "rates.multipliers_added", Entity: "multipliers", EntityID: m.ID, After: m}, MultipliersAdded{m.ref()}); err != nil {
		return m, ended, e, err
	}
	if d.Reprice {
		e, err = s.d.Time.RejudgeTx(ctx, tx, m.stretch())
	}
	return m, ended, e, err
}

// Stretch is the work that multipliers are for.
type Stretch struct {
	ClientID, ProjectID string // none: all of the agency's
	From                day.Date
	To                  *day.Date // the first day after it; nil: open
}

func (m Multipliers) stretch() Stretch { return Stretch{m.ClientID, m.ProjectID, m.From, m.To} }

// completeMultipliers checks a draft and fills in its zone.
func (s *Service) completeMultipliers(ctx context.Context, tx *tenancy.Tx, d MultipliersDraft) (MultipliersDraft, error) {
	if err := s.inPlan(ctx, d.Level); err != nil {
		return d, err
	}
	if d.Zone == "" {
		set, err := s.d.Settings.SettingsTx(ctx, tx)
		if err != nil {
			return d, err
		}
		d.Zone = set.TimeZone
	}
	if err := d.check(); err != nil {
		return d, err
	}
	if d.Region != "" {
		if _, known := s.d.Regions.Days(d.Region, d.From.Year()); !known {
			return d, ErrBadMultipliers.At("body.region", "is not a region whose public holidays are known")
		}
	}
	switch d.Level {
	case Agency:
		if d.ClientID != "" || d.ProjectID != "" {
			return d, ErrBadMultipliers.At("body.level", "those of the agency name no client and no project")
		}
		return d, nil
	case Client:
		if d.ClientID == "" || d.ProjectID != "" {
			return d, ErrBadMultipliers.At("body.client_id", "is required, and no project")
		}
		if _, err := s.d.Clients.ClientTx(ctx, tx, d.ClientID); err != nil {
			return d, missingAs(err, ErrBadMultipliers.At("body.client_id", "is not a client of this agency"))
		}
		return d, nil
	case Project:
		of, err := s.d.Projects.ClientsOfTx(ctx, tx, []string{d.ProjectID})
		if err != nil {
			return d, err
		}
		if _, ok := of[d.ProjectID]; !ok || d.ClientID != "" {
			return d, ErrBadMultipliers.At("body.project_id", "is not a project of this agency")
		}
		return d, nil
	}
	return d, ErrBadMultipliers.At("body.level", "must be agency, client or project")
}

// RemoveMultipliers takes them away; those before them hold on in their place. Time that was logged keeps what it has.
func (s *Service) RemoveMultipliers(ctx context.Context, multipliersID string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		m, err := s.d.Store.MultipliersByID(ctx, tx, multipliersID)
		if err != nil {
			return err
		}
		if err := tx.Lock(ctx, "rates.multipliers/"+string(m.Level)+m.ClientID+m.ProjectID); err != nil {
			return err
		}
		all, err := s.d.Store.Multipliers(ctx, tx, MultiplierFilter{Level: m.Level, ClientID: m.ClientID, ProjectID: m.ProjectID})
		if err != nil {
			return err
		}
		if err := s.d.Store.RemoveMultipliers(ctx, tx, m.ID, s.now()); err != nil {
			return err
		}
		if i := slices.IndexFunc(all, func(o Multipliers) bool { return o.To != nil && o.To.Equal(m.From) }); i >= 0 {
			if err := s.d.Store.EndMultipliers(ctx, tx, all[i].ID, m.To); err != nil {
				return err
			}
		}
		return s.note(ctx, tx, audit.Change{Action: "rates.multipliers_removed", Entity: "multipliers", EntityID: m.ID, Before: m}, MultipliersRemoved{m.ref()})
	})
}

// agreed are the terms for each question, if there are any: its project's go before its client's, and those before the agency's.
func (s *Service) agreed(all []Multipliers, qs []Question) []*Agreed {
	out, made := make([]*Agreed, len(qs)), map[string]*Agreed{}
	for i, q := range qs {
		m := inForce(all, q)
		if m == nil {
			continue
		}
		if made[m.ID] == nil {
			made[m.ID] = s.terms(*m)
		}
		out[i] = made[m.ID]
	}
	return out
}

func inForce(all []Multipliers, q Question) *Multipliers {
	for _, level := range []Level{Project, Client, Agency} {
		i := slices.IndexFunc(all, func(m Multipliers) bool {
			mine := m.Level == Agency || (level == Client && q.ClientID != "" && m.ClientID == q.ClientID) || (level == Project && q.ProjectID != "" && m.ProjectID == q.ProjectID)
			return m.Level == level && mine && m.On(q.Day)
		})
		if i >= 0 {
			return &all[i]
		}
	}
	return nil
}

// terms are for one transaction: the holidays of a year are worked out when they are first asked for.
func (s *Service) terms(m Multipliers) *Agreed {
	zone, err := time.LoadLocation(m.Zone)
	if err != nil {
		return nil // it was checked when it was said
	}
	a := &Agreed{RuleID: m.ID, Terms: Terms{Zone: zone, Week: m.Week, Factors: m.Factors}}
	a.Why = fmt.Sprintf("Multipliers of the %s, valid from %s, by the clock of %s.", m.Level, m.From, m.Zone)
	if m.Region == "" {
		return a
	}
	years := map[int]map[day.Date]bool{}
	a.Terms.Holiday = func(d day.Date) bool {
		free, known := years[d.Year()]
		if !known {
			free = map[day.Date]bool{}
			days, _ := s.d.Regions.Days(m.Region, d.Year())
			for _, h := range days {
				free[h.Day] = !h.Half // half a holiday is worked
			}
			years[d.Year()] = free
		}
		return free[d]
	}
	return a
}
