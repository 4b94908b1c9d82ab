package rates

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/tenancy"
)

// Deps are what the service cannot work without.
type Deps struct {
	DB        *tenancy.DB
	Store     Store
	Clients   Clients
	Projects  Projects
	Targets   Targets
	Taxes     Taxes
	Positions Positions
	Settings  Settings
	Plan      Plan
	Capacity  Capacity
	Regions   Regions
	Time      Time
	Events    Publisher
	Now       func() time.Time
}

// Service has one method per thing a person can do with rates.
type Service struct{ d Deps }

// New returns a service over d.
func New(d Deps) *Service {
	if d.DB == nil || d.Store == nil || d.Clients == nil || d.Projects == nil || d.Targets == nil || d.Taxes == nil || d.Positions == nil || d.Settings == nil || d.Plan == nil || d.Capacity == nil || d.Regions == nil || d.Time == nil || d.Events == nil || d.Now == nil {
		panic("rates: a dependency is missing")
	}
	return &Service{d}
}

func (s *Service) now() time.Time { return s.d.Now().UTC().Truncate(time.Microsecond) }

// CreateCard makes a card for the agency, a client or a project.
func (s *Service) CreateCard(ctx context.Context, d CardDraft) (c Card, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if d, err = s.complete(ctx, tx, d); err != nil {
			return err
		}
		now := s.now()
		c = Card{
			ID: id.New(), Name: d.Name, Level: d.Level, ClientID: d.ClientID, ProjectID: d.ProjectID, Currency: d.Currency,
			CreatedAt: now, UpdatedAt: now, Version: 1,
		}
		if err := s.d.Store.AddCard(ctx, tx, c); err != nil {
			return err
		}
		return s.note(ctx, tx, audit.Change{Action: "rates.card_created", Entity: "rate_card", EntityID: c.ID, After: c}, CardCreated{c.ref()})
	})
	return c, err
}

// complete checks a draft and fills in its currency.
func (s *Service) complete(ctx context.Context, tx *tenancy.Tx, d CardDraft) (CardDraft, error) {
	name, err := checkedName(d.Name)
	if err != nil {
		return d, err
	}
	d.Name = name
	if err := s.inPlan(ctx, d.Level); err != nil {
		return d, err
	}
	clientID := ""
	switch d.Level {
	case Agency:
		if d.ClientID != "" || d.ProjectID != "" {
			return d, ErrBadCard.At("body.level", "a card of the agency names no client and no project")
		}
	case Client:
		clientID = d.ClientID
		if d.ClientID == "" || d.ProjectID != "" {
			return d, ErrBadCard.At("body.client_id", "a client's card names the client and no project")
		}
	case Project:
		if d.ProjectID == "" || d.ClientID != "" {
			return d, ErrBadCard.At("body.project_id", "a project's card names the project and no client")
		}
		of, err := s.d.Projects.ClientsOfTx(ctx, tx, []string{d.ProjectID})
		if err != nil {
			return d, err
		}
		ok := false
		if clientID, ok = of[d.ProjectID]; !ok {
			return d, ErrBadCard.At("body.project_id", "is not a project of this agency")
		}
	default:
		return d, ErrBadCard.At("body.level", "must be agency, client or project")
	}
	return s.withCurrency(ctx, tx, d, clientID)
}

// inPlan refuses to make or change what the plan does not hold. What is there already goes on to count, and may be taken away.
func (s *Service) inPlan(ctx context.Context, l Level) error {
	if l != Client && l != Project {
		return nil
	}
	return s.d.Plan.CustomRates(ctx)
}

func (s *Service) withCurrency(ctx context.Context, tx *tenancy.Tx, d CardDraft, clientID string) (CardDraft, error) {
	own := ""
	if clientID != "" {
		c, err := s.d.Clients.ClientTx(ctx, tx, clientID)
		if err != nil {
			return d, missingAs(err, ErrBadCard.At("body.client_id", "is not a client of this agency"))
		}
		own = c.Currency
	} else {
		set, err := s.d.Settings.SettingsTx(ctx, tx)
		if err != nil {
			return d, err
		}
		own = set.Currency
	}
	if d.Currency = strings.ToUpper(strings.TrimSpace(d.Currency)); d.Currency == "" {
		d.Currency = own
	}
	if !money.Valid(d.Currency) {
		return d, ErrBadCard.At("body.currency", "is not an ISO 4217 currency code")
	}
	return d, nil
}

// RenameCard gives a card that is at version another name.
func (s *Service) RenameCard(ctx context.Context, cardID string, version int, name string) (Card, error) {
	name, err := checkedName(name)
	if err != nil {
		return Card{}, err
	}
	return s.edit(ctx, cardID, "rates.card_renamed", func(c *Card) error {
		if c.Version != version {
			return ErrStale
		}
		c.Name = name
		return nil
	})
}

// Archive takes a card out of use; its rates answer no more.
func (s *Service) Archive(ctx context.Context, cardID string) (Card, error) {
	now := s.now()
	return s.edit(ctx, cardID, "rates.card_archived", func(c *Card) error {
		if c.ArchivedAt == nil {
			c.ArchivedAt = &now
		}
		return nil
	})
}

// Restore takes an archived card back into use. ErrCardTaken.
func (s *Service) Restore(ctx context.Context, cardID string) (Card, error) {
	return s.edit(ctx, cardID, "rates.card_restored", func(c *Card) error {
		c.ArchivedAt = nil
		return s.inPlan(ctx, c.Level)
	})
}

func (s *Service) edit(ctx context.Context, cardID, action string, fn func(*Card) error) (c Card, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.CardForUpdate(ctx, tx, cardID)
		if err != nil {
			return err
		}
		c = before
		if err := fn(&c); err != nil {
			return err
		}
		if c.Name != before.Name || (c.ArchivedAt == nil) != (before.ArchivedAt == nil) {
			c.UpdatedAt, c.Version = s.now(), before.Version+1
			if err := s.d.Store.SaveCard(ctx, tx, c); err != nil {
				return err
			}
			change := audit.Change{Action: action, Entity: "rate_card", EntityID: c.ID, Before: before, After: c}
			if err := s.note(ctx, tx, change, CardChanged{c.ref()}); err != nil {
				return err
			}
		}
		c.Rates, err = s.visible(ctx, tx, c.ID)
		return err
	})
	return c, err
}

// Card returns one card with its rates.
func (s *Service) Card(ctx context.Context, cardID string) (c Card, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if c, err = s.d.Store.Card(ctx, tx, cardID); err != nil {
			return err
		}
		c.Rates, err = s.visible(ctx, tx, cardID)
		return err
	})
	return c, err
}

// visible returns the rates of a card, without amounts for those who may not see them.
func (s *Service) visible(ctx context.Context, tx *tenancy.Tx, cardID string) ([]Rate, error) {
	rs, err := s.d.Store.RatesOf(ctx, tx, cardID)
	for i := range rs {
		rs[i] = hidden(access.From(ctx), rs[i])
	}
	return rs, err
}

func hidden(a access.Actor, r Rate) Rate {
	if !a.Can(SeeAmounts) {
		r.PerHour, r.Tiers = nil, nil
	}
	return r
}

// Cards returns one page of cards: the agency's first, then by name.
func (s *Service) Cards(ctx context.Context, f CardFilter, q page.Query) (out []Card, next *string, err error) {
	vals, err := page.Decode(q.Cursor, 3)
	if err != nil {
		return nil, nil, err
	}
	if vals != nil && uuid.Validate(vals[2]) != nil {
		return nil, nil, page.ErrBadCursor
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		out, err = s.d.Store.Cards(ctx, tx, f, q.Size()+1, vals)
		out, next = page.Cut(out, q.Size(), func(c Card) []string { return []string{string(c.Level), c.Name, c.ID} })
		return err
	})
	return out, next, err
}

// AddRate puts a rate on a card. The open rate before it ends where it begins,
// and it ends where the next one begins, unless it says so itself. ErrOverlap.
func (s *Service) AddRate(ctx context.Context, cardID string, d RateDraft) (r Rate, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err = s.addTx(ctx, tx, cardID, d)
		return err
	})
	return hidden(access.From(ctx), r), err
}

func (s *Service) addTx(ctx context.Context, tx *tenancy.Tx, cardID string, d RateDraft) (r Rate, err error) {
	c, err := s.openCard(ctx, tx, cardID)
	if err != nil {
		return r, err
	}
	if err := s.inPlan(ctx, c.Level); err != nil {
		return r, err
	}
	if err := d.check(c.Level); err != nil {
		return r, err
	}
	if err := s.checkTarget(ctx, tx, c, d); err != nil {
		return r, err
	}
	amount := d.PerHour
	r = Rate{ID: id.New(), CardID: cardID, Target: d.Target, TargetID: d.TargetID, PerHour: &amount, Tiers: d.Tiers, From: d.From, To: d.To, Version: 1}
	if err := s.fit(ctx, tx, &r); err != nil {
		return r, err
	}
	if err := s.d.Store.AddRate(ctx, tx, r, access.From(ctx).MemberID, s.now()); err != nil {
		return r, err
	}
	return r, s.note(ctx, tx, audit.Change{Action: "rates.rate_added", Entity: "rate", EntityID: r.ID, After: r}, RateAdded{c.ref(), r.ID})
}

// fit finds r's place among the rates of the same key.
func (s *Service) fit(ctx context.Context, tx *tenancy.Tx, r *Rate) error {
	same, err := s.sameKey(ctx, tx, *r)
	if err != nil {
		return err
	}
	for _, o := range same {
		switch {
		case o.From.Equal(r.From):
			return ErrOverlap.At("body.valid_from", "another rate begins on this day")
		case o.From.Before(r.From) && o.To == nil:
			from := r.From
			o.To = &from
			o.Version++
			if err := s.d.Store.SaveRate(ctx, tx, o, s.now()); err != nil {
				return err
			}
		case o.From.Before(r.From) && o.To.After(r.From):
			return ErrOverlap.At("body.valid_from", "another rate is valid until "+o.To.String())
		case o.From.After(r.From) && r.To == nil:
			from := o.From
			r.To = &from
		case o.From.After(r.From) && r.To.After(o.From):
			return ErrOverlap.At("body.valid_to", "another rate begins on "+o.From.String())
		}
	}
	return nil
}

// sameKey returns the rates of r's key except r, by date.
func (s *Service) sameKey(ctx context.Context, tx *tenancy.Tx, r Rate) ([]Rate, error) {
	all, err := s.d.Store.RatesOf(ctx, tx, r.CardID)
	same := slices.DeleteFunc(all, func(o Rate) bool { return o.ID == r.ID || o.Target != r.Target || o.TargetID != r.TargetID })
	slices.SortFunc(same, func(a, b Rate) int { return a.From.Compare(b.From) })
	return same, err
}

// ChangeRate edits a rate that is at version. Entries that have a copy of it keep it (rule 44).
func (s *Service) ChangeRate(ctx context.Context, rateID string, version int, ch RateChange) (r Rate, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err = s.changeTx(ctx, tx, rateID, version, ch)
		return err
	})
	return hidden(access.From(ctx), r), err
}

func (s *Service) changeTx(ctx context.Context, tx *tenancy.Tx, rateID string, version int, ch RateChange) (r Rate, err error) {
	c, before, err := s.rate(ctx, tx, rateID)
	if err != nil {
		return r, err
	}
	if before.Version != version {
		return r, ErrStale
	}
	if err := s.inPlan(ctx, c.Level); err != nil {
		return r, err
	}
	r = before
	r.Version++
	if ch.PerHour != nil {
		if err := checkAmount(*ch.PerHour); err != nil {
			return r, err
		}
		r.PerHour = ch.PerHour
	}
	if ch.Tiers != nil {
		if err := (*ch.Tiers).check(); err != nil {
			return r, err
		}
		r.Tiers = *ch.Tiers
	}
	if ch.To != nil {
		if r.To = *ch.To; r.To != nil && !r.To.After(r.From) {
			return r, ErrBadRate.At("body.valid_to", "must be after the first day")
		}
	}
	same, err := s.sameKey(ctx, tx, r)
	if err != nil {
		return r, err
	}
	for _, o := range same {
		if o.From.After(r.From) && (r.To == nil || r.To.After(o.From)) {
			return r, ErrOverlap.At("body.valid_to", "another rate begins on "+o.From.String())
		}
	}
	if err := s.d.Store.SaveRate(ctx, tx, r, s.now()); err != nil {
		return r, err
	}
	return r, s.note(ctx, tx, audit.Change{Action: "rates.rate_changed", Entity: "rate", EntityID: r.ID, Before: before, After: r}, RateChanged{c.ref(), r.ID})
}

// RemoveRate takes a rate off its card. The one before it, if it ended where
// this one began, holds again until this one's end.
func (s *Service) RemoveRate(ctx context.Context, rateID string) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error { return s.removeTx(ctx, tx, rateID) })
}

func (s *Service) removeTx(ctx context.Context, tx *tenancy.Tx, rateID string) error {
	c, r, err := s.rate(ctx, tx, rateID)
	if err != nil {
		return err
	}
	if err := s.d.Store.RemoveRate(ctx, tx, r.ID, s.now()); err != nil {
		return err
	}
	same, err := s.sameKey(ctx, tx, r)
	if err != nil {
		return err
	}
	for _, o := range same {
		if o.To != nil && o.To.Equal(r.From) {
			o.To = r.To
			o.Version++
			if err := s.d.Store.SaveRate(ctx, tx, o, s.now()); err != nil {
				return err
			}
		}
	}
	change := audit.Change{Action: "rates.rate_removed", Entity: "rate", EntityID: r.ID, Before: r}
	return s.note(ctx, tx, change, RateRemoved{c.ref(), r.ID})
}

// openCard locks a card, so that two people cannot fit rates into it at once.
func (s *Service) openCard(ctx context.Context, tx *tenancy.Tx, cardID string) (Card, error) {
	c, err := s.d.Store.CardForUpdate(ctx, tx, cardID)
	if err == nil && c.ArchivedAt != nil {
		err = ErrArchived
	}
	return c, err
}

func (s *Service) rate(ctx context.Context, tx *tenancy.Tx, rateID string) (Card, Rate, error) {
	cardID, err := s.d.Store.RateCard(ctx, tx, rateID)
	if err != nil {
		return Card{}, Rate{}, err
	}
	c, err := s.openCard(ctx, tx, cardID)
	if err != nil {
		return c, Rate{}, err
	}
	all, err := s.d.Store.RatesOf(ctx, tx, cardID)
	if err != nil {
		return c, Rate{}, err
	}
	i := slices.IndexFunc(all, func(r Rate) bool { return r.ID == rateID })
	if i < 0 {
		return c, Rate{}, ErrRateNotFound
	}
	return c, all[i], nil
}

func (s *Service) note(ctx context.Context, tx *tenancy.Tx, c audit.Change, e event.Event) error {
	if err := audit.Record(ctx, tx, c); err != nil {
		return err
	}
	return s.d.Events.Publish(ctx, tx, e)
}
