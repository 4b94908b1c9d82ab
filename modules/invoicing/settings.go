package invoicing

import (
	"context"
	"slices"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/tenancy"
)

// Entities lists the legal entities, the default one first.
func (s *Service) Entities(ctx context.Context) (all []LegalEntity, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		all, err = s.d.Store.Entities(ctx, tx)
		return err
	})
	return all, err
}

// Entity finds one legal entity.
func (s *Service) Entity(ctx context.Context, id string) (e LegalEntity, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		e, err = s.d.Store.Entity(ctx, tx, id)
		return err
	})
	return e, err
}

// CreateEntity makes a legal entity from the agency's defaults and what fill
// says. The first one is the default.
func (s *Service) CreateEntity(ctx context.Context, fill func(*LegalEntity)) (e LegalEntity, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		defaults, err := s.d.Settings.DefaultsTx(ctx, tx)
		if err != nil {
			return err
		}
		e = NewLegalEntity(s.d.NewID(), defaults, s.d.Now())
		fill(&e)
		return s.addEntity(ctx, tx, &e)
	})
	return e, err
}

func (s *Service) addEntity(ctx context.Context, tx *tenancy.Tx, e *LegalEntity) error {
	if err := tx.Lock(ctx, "invoicing.entities"); err != nil {
		return err
	}
	others, err := s.d.Store.Entities(ctx, tx)
	if err != nil {
		return err
	}
	e.Default = e.Default || len(others) == 0
	if err := e.check(); err != nil {
		return err
	}
	if err := s.oneMore(ctx, others); err != nil {
		return err
	}
	if e.Default {
		if err := s.d.Store.ClearDefaultEntity(ctx, tx); err != nil {
			return err
		}
	}
	if err := s.d.Store.AddEntity(ctx, tx, *e); err != nil {
		return err
	}
	return s.settingsChanged(ctx, tx, "invoicing.entity_created", "legal_entity", e.ID, e.Name, nil, *e)
}

// oneMore refuses another legal entity beside those in use, where the plan holds one. Those that are there stay.
func (s *Service) oneMore(ctx context.Context, all []LegalEntity) error {
	if !slices.ContainsFunc(all, func(e LegalEntity) bool { return e.ArchivedAt == nil }) {
		return nil
	}
	return s.d.Plan.SeveralEntities(ctx)
}

// defaultEntity is the entity that new documents use. An agency that has set
// none up gets one from its profile, so that the first draft needs no visit to
// the settings.
func (s *Service) defaultEntity(ctx context.Context, tx *tenancy.Tx) (LegalEntity, error) {
	if e, found, err := s.theDefault(ctx, tx); found || err != nil {
		return e, err
	}
	// Two first drafts at once make one.
	if err := tx.Lock(ctx, "invoicing.entities"); err != nil {
		return LegalEntity{}, err
	}
	if e, found, err := s.theDefault(ctx, tx); found || err != nil {
		return e, err
	}
	defaults, err := s.d.Settings.DefaultsTx(ctx, tx)
	if err != nil {
		return LegalEntity{}, err
	}
	e := NewLegalEntity(s.d.NewID(), defaults, s.d.Now())
	e.Default = true
	return e, s.addEntity(ctx, tx, &e)
}

func (s *Service) theDefault(ctx context.Context, tx *tenancy.Tx) (LegalEntity, bool, error) {
	all, err := s.d.Store.Entities(ctx, tx)
	for _, e := range all {
		if e.Default {
			return e, true, err
		}
	}
	return LegalEntity{}, false, err
}

// ChangeEntity changes a legal entity. Documents keep what they were made with.
func (s *Service) ChangeEntity(ctx context.Context, id string, version int, change func(*LegalEntity)) (e LegalEntity, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := tx.Lock(ctx, "invoicing.entities"); err != nil {
			return err
		}
		before, err := s.d.Store.Entity(ctx, tx, id)
		if err != nil {
			return err
		}
		if before.Version != version {
			return ErrStale
		}
		e = before
		change(&e)
		if e.Default = e.Default || before.Default; e.Default && e.ArchivedAt != nil {
			return ErrEntityDefault
		}
		e.Version, e.UpdatedAt = version+1, s.d.Now()
		if err := e.check(); err != nil {
			return err
		}
		if before.ArchivedAt != nil && e.ArchivedAt == nil {
			others, err := s.d.Store.Entities(ctx, tx)
			if err != nil {
				return err
			}
			if err := s.oneMore(ctx, others); err != nil {
				return err
			}
		}
		if e.Default && !before.Default {
			if err := s.movesDefault(ctx, tx, e.ID); err != nil {
				return err
			}
			if err := s.d.Store.ClearDefaultEntity(ctx, tx); err != nil {
				return err
			}
		}
		if err := s.d.Store.SaveEntity(ctx, tx, e); err != nil {
			return err
		}
		return s.settingsChanged(ctx, tx, "invoicing.entity_changed", "legal_entity", e.ID, e.Name, before, e)
	})
	return e, err
}

// EntitiesTx lists the legal entities for another module.
func (s *Service) EntitiesTx(ctx context.Context, tx *tenancy.Tx) ([]LegalEntity, error) {
	return s.d.Store.Entities(ctx, tx)
}

// movesDefault refuses another default entity under which time of a closed period would be open again.
func (s *Service) movesDefault(ctx context.Context, tx *tenancy.Tx, to string) error {
	was, found, err := s.theDefault(ctx, tx)
	if err != nil || !found || s.d.Periods == nil {
		return err
	}
	return s.d.Periods.MovesTx(ctx, tx, was.ID, to, "body.default")
}

// TaxRates lists the taxes by name.
func (s *Service) TaxRates(ctx context.Context) (all []TaxRate, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		all, err = s.d.Store.TaxRates(ctx, tx)
		return err
	})
	return all, err
}

// TaxRate finds one tax.
func (s *Service) TaxRate(ctx context.Context, id string) (r TaxRate, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err = s.d.Store.TaxRate(ctx, tx, id)
		return err
	})
	return r, err
}

// CreateTaxRate adds a tax.
func (s *Service) CreateTaxRate(ctx context.Context, r TaxRate) (TaxRate, error) {
	r.ID, r.Version, r.CreatedAt, r.UpdatedAt = s.d.NewID(), 1, s.d.Now(), s.d.Now()
	if err := r.check(); err != nil {
		return TaxRate{}, err
	}
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := s.d.Store.AddTaxRate(ctx, tx, r); err != nil {
			return err
		}
		return s.settingsChanged(ctx, tx, "invoicing.tax_rate_created", "tax_rate", r.ID, r.Name, nil, r)
	})
	return r, err
}

// ChangeTaxRate changes a tax. Issued documents keep the one they were issued
// with; drafts follow when they are next saved.
func (s *Service) ChangeTaxRate(ctx context.Context, id string, version int, change func(*TaxRate) error) (r TaxRate, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.d.Store.TaxRate(ctx, tx, id)
		if err != nil {
			return err
		}
		if before.Version != version {
			return ErrStale
		}
		r = before
		if err := change(&r); err != nil {
			return err
		}
		r.Version, r.UpdatedAt = version+1, s.d.Now()
		if err := r.check(); err != nil {
			return err
		}
		if err := s.d.Store.SaveTaxRate(ctx, tx, r); err != nil {
			return err
		}
		return s.settingsChanged(ctx, tx, "invoicing.tax_rate_changed", "tax_rate", r.ID, r.Name, before, r)
	})
	return r, err
}

func (s *Service) settingsChanged(ctx context.Context, tx *tenancy.Tx, action, entity, id, label string, before, after any) error {
	if err := audit.Record(ctx, tx, audit.Change{Action: action, Entity: entity, EntityID: id, Before: before, After: after}); err != nil {
		return err
	}
	return s.d.Events.Publish(ctx, tx, SettingsChanged{Entity: entity, ID: id, Name: label})
}
