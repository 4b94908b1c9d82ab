package billing

import (
	"context"
	"fmt"
)

// CatalogueError answers a price at the provider that is not the plan's.
type CatalogueError struct{ Key, Want, Got string }

func (e CatalogueError) Error() string {
	return fmt.Sprintf("billing: the price %s is %s at the payment provider, and %s here", e.Key, e.Got, e.Want)
}

// portalVersion changes with what the portal allows.
const portalVersion = "1"

// Bootstrap makes the prices that are missing, refuses ones that differ from the plans, and says what the
// customer portal allows.
func (s *Service) Bootstrap(ctx context.Context) (made []string, err error) {
	missing, err := s.catalogue(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range missing {
		if _, err := s.d.Gateway.CreatePrice(ctx, "price:"+p.LookupKey, p); err != nil {
			return made, err
		}
		made = append(made, p.LookupKey)
	}
	portal, err := s.d.Gateway.EnsurePortal(ctx, "portal:"+portalVersion)
	if portal {
		made = append(made, "the customer portal's configuration")
	}
	return made, err
}

// CheckCatalogue compares the provider's prices with the plans before anybody is charged by them: the keys of those that
// are not made yet, and CatalogueError where one differs. An installation that bills nobody has none.
func (s *Service) CheckCatalogue(ctx context.Context) (missing []string, err error) {
	if s.d.Unbilled {
		return nil, nil
	}
	plans, err := s.catalogue(ctx)
	for _, p := range plans {
		missing = append(missing, p.LookupKey)
	}
	return missing, err
}

func (s *Service) catalogue(ctx context.Context) (missing []Plan, err error) {
	var keys []string
	for _, p := range plans {
		keys = append(keys, p.LookupKey)
	}
	there, err := s.d.Gateway.Catalogue(ctx, keys)
	if err != nil {
		return nil, err
	}
	for _, p := range plans {
		x, ok := there[p.LookupKey]
		switch {
		case !ok:
			missing = append(missing, p)
		case x.Amount != p.Price || x.Interval != "month" || !x.Active:
			return nil, CatalogueError{p.LookupKey, p.Price.String() + " a month", x.Amount.String() + " a " + x.Interval}
		}
	}
	return missing, nil
}
