// Package agency owns what an agency says about itself: its names, its look,
// its time zone, week and currency, and how far it has got with setting up.
//
// It asks nobody. It announces agency.settings_changed.v1.
package agency

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bojanz/currency"

	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/fault"
)

// ErrInvalid refuses settings; its fields say which and why.
var ErrInvalid = fault.Define(fault.Invalid, "agency.invalid_settings", "Some settings cannot be used.")

// Settings are the agency's own choices. There is one row of them.
type Settings struct {
	Name             string // as people see it; the registry keeps it
	Slug             string // read only
	LegalName        string
	TimeZone         string // IANA name
	WeekStart        time.Weekday
	Currency         string // ISO 4217, for new clients and projects
	Locale           string // BCP 47, for numbers and dates in documents
	BrandColour      string // #RRGGBB, readable on white and under white text
	LogoKey          string // in the file store, empty for none
	PortalShowsHours bool
	ChecklistHidden  bool
	SampleState      SampleState
	SampleBegunAt    *time.Time // the first time
	Version          int
}

// Location is the agency's time zone.
func (s Settings) Location() *time.Location {
	loc, err := time.LoadLocation(s.TimeZone)
	if err != nil {
		return time.UTC // checked when it was stored; a zone may leave the tables later
	}
	return loc
}

// Change says what to change; nil leaves a setting as it is.
type Change struct {
	Name, LegalName, TimeZone, Currency, Locale, BrandColour *string
	WeekStart                                                *time.Weekday
	PortalShowsHours, ChecklistHidden                        *bool
}

// Locales are the languages and countries whose forms of numbers and dates we write.
var Locales = []string{"en-US", "en-GB", "en-AU", "en-CA", "en-IE", "de-DE", "de-AT", "de-CH", "fr-FR", "fr-CA", "es-ES", "es-MX", "nl-NL", "it-IT", "pt-PT", "pt-BR", "sv-SE", "da-DK", "pl-PL"}

// apply returns s with c, or every complaint at once.
func (c Change) apply(s Settings) (Settings, error) {
	bad := ErrInvalid
	text := func(to *string, from *string, field string, least, most int) {
		if from == nil {
			return
		}
		v := strings.TrimSpace(*from)
		if n := utf8.RuneCountInString(v); n < least || n > most {
			bad = bad.At("body."+field, lengthText(least, most))
			return
		}
		*to = v
	}
	text(&s.Name, c.Name, "name", 1, 80)
	text(&s.LegalName, c.LegalName, "legal_name", 0, 160)
	if c.TimeZone != nil {
		if _, err := time.LoadLocation(*c.TimeZone); err != nil || *c.TimeZone == "" || *c.TimeZone == "Local" {
			bad = bad.At("body.time_zone", "is not a time zone such as Europe/Berlin")
		}
		s.TimeZone = *c.TimeZone
	}
	if c.Currency != nil {
		if !currency.IsValid(*c.Currency) {
			bad = bad.At("body.currency", "is not a currency code such as EUR")
		}
		s.Currency = *c.Currency
	}
	if c.Locale != nil {
		if !known(*c.Locale) {
			bad = bad.At("body.locale", "is not one of "+strings.Join(Locales, ", "))
		}
		s.Locale = *c.Locale
	}
	if c.BrandColour != nil {
		if err := CheckColour(*c.BrandColour); err != nil {
			bad = bad.At("body.brand_colour", err.Error())
		}
		s.BrandColour = strings.ToUpper(*c.BrandColour)
	}
	if c.WeekStart != nil {
		s.WeekStart = *c.WeekStart
	}
	if c.PortalShowsHours != nil {
		s.PortalShowsHours = *c.PortalShowsHours
	}
	if c.ChecklistHidden != nil {
		s.ChecklistHidden = *c.ChecklistHidden
	}
	if len(bad.Fields) > 0 {
		return s, bad
	}
	return s, nil
}

func known(locale string) bool {
	for _, l := range Locales {
		if l == locale {
			return true
		}
	}
	return false
}

func lengthText(least, most int) string {
	if least == 0 {
		return "must not be longer than " + itoa(most) + " letters"
	}
	return "must have " + itoa(least) + " to " + itoa(most) + " letters"
}

// SettingsChanged is published when the agency's settings change.
type SettingsChanged struct {
	Name string `json:"name"`
}

// EventName implements event.Event.
func (SettingsChanged) EventName() string { return "agency.settings_changed.v1" }

// Trace implements event.Traced.
func (e SettingsChanged) Trace() event.Trace {
	return event.Trace{Entity: "settings", EntityID: "settings", Label: e.Name}
}
