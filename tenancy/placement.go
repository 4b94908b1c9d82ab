package tenancy

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"

	"github.com/bureauhq/bureau/app/kit/fault"
)

// Main is the placement that holds the platform's own tables, and agencies.
const Main = "main"

// Placement is a further database for agencies, in the same cluster or another.
type Placement struct {
	Name     string // lower-case letters and digits; written into the registry
	OwnerURL string // as Config.OwnerURL
}

// ErrNoPlacement answers a placement that this program's configuration does not name.
var ErrNoPlacement = fault.Define(fault.Unavailable, "tenancy.no_placement", "The database of this agency is not known here.")

var placementForm = regexp.MustCompile(`^[a-z][a-z0-9]{0,19}$`)

// PlacementName tells whether name can be that of a placement other than the main one.
func PlacementName(name string) bool { return name != Main && placementForm.MatchString(name) }

func (c Config) checkPlacements() error {
	seen := map[string]bool{"": true, Main: true}
	for _, p := range c.Placements {
		if !PlacementName(p.Name) || seen[p.Name] {
			return fmt.Errorf("tenancy: placement %q: want different names of lower-case letters and digits, none of them %q", p.Name, Main)
		}
		if _, err := url.Parse(p.OwnerURL); err != nil || p.OwnerURL == "" {
			return fmt.Errorf("tenancy: the database URL of placement %s is missing or malformed", p.Name)
		}
		seen[p.Name] = true
	}
	if !seen[c.NewAt] {
		return fmt.Errorf("tenancy: new agencies should go to placement %q, which is not configured", c.NewAt)
	}
	return nil
}

// Names lists all placements, the main one first.
func (c Config) Names() []string {
	out := []string{Main}
	for _, p := range c.Placements {
		out = append(out, p.Name)
	}
	return out
}

// at is the configuration of one placement. ErrNoPlacement.
func (c Config) at(name string) (Config, error) {
	if name == Main {
		return c, nil
	}
	i := slices.IndexFunc(c.Placements, func(p Placement) bool { return p.Name == name })
	if i < 0 {
		return c, ErrNoPlacement.Because(fmt.Errorf("placement %q is not configured", name))
	}
	c.OwnerURL, c.place = c.Placements[i].OwnerURL, name
	return c, nil
}

// logins begins the names of a placement's logins. Each placement has its own,
// so that databases of one cluster do not add up in what a login may enter.
func (c Config) logins() string {
	if c.place == "" {
		return c.Prefix
	}
	return c.Prefix + "_" + c.place
}
