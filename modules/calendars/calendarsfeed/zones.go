package calendarsfeed

import (
	"strings"
	"time"
	_ "time/tzdata" // a zone must mean the same everywhere

	"github.com/emersion/go-ical"
)

// zones finds out what the names of zones in a calendar mean.
type zones struct {
	known map[string]*time.Location
	alone *time.Location // of times that name none
}

func zonesOf(cal *ical.Calendar, fallback *time.Location) zones {
	z := zones{map[string]*time.Location{}, fallback}
	if z.alone == nil {
		z.alone = time.UTC
	}
	for _, part := range cal.Children {
		if part.Name != ical.CompTimezone {
			continue
		}
		name := value(part, ical.PropTimezoneID)
		// What a calendar calls its zone may be its own word, with the usual one beside it.
		if loc := location(value(part, "X-LIC-LOCATION")); name != "" && loc != nil && location(name) == nil {
			z.known[name] = loc
		}
	}
	if loc := z.find(value(cal.Component, "X-WR-TIMEZONE")); loc != nil {
		z.alone = loc
	}
	return z
}

// find returns the zone of a name, nil for one that nobody knows.
func (z zones) find(name string) *time.Location {
	name = strings.Trim(strings.TrimSpace(name), `"`)
	if loc, seen := z.known[name]; seen {
		return loc
	}
	loc := location(name)
	z.known[name] = loc
	return loc
}

func location(name string) *time.Location {
	if iana, ok := windowsZones[name]; ok {
		name = iana
	}
	// Some programs put their own name before the zone's: /citadel.org/20210210_1/Europe/Berlin.
	for strings.HasPrefix(name, "/") || strings.Count(name, "/") > 0 {
		if loc, err := time.LoadLocation(strings.TrimPrefix(name, "/")); err == nil && !strings.HasPrefix(name, "/") {
			return loc
		}
		i := strings.IndexByte(strings.TrimPrefix(name, "/"), '/')
		if i < 0 {
			return nil
		}
		name = strings.TrimPrefix(name, "/")[i+1:]
	}
	if name == "" || strings.EqualFold(name, "local") {
		return nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}

func value(c *ical.Component, name string) string {
	if p := c.Props.Get(name); p != nil {
		return p.Value
	}
	return ""
}
