package peoplecal_test

import (
	"testing"

	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/modules/people/peoplecal"
)

func TestHolidaysOfRegions(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		region string
		year   int
		day    string
		is     bool
	}{
		{"DE-BY", 2026, "2026-11-01", true}, // All Saints, in Bavaria
		{"DE-BE", 2026, "2026-11-01", false},
		{"DE-BE", 2026, "2026-03-08", true}, // Women's Day, in Berlin
		{"DE-BY", 2026, "2026-04-03", true}, // Good Friday
		{"US", 2026, "2026-07-03", true},    // the 4th is a Saturday
		{"US", 2026, "2026-07-04", false},
		{"US", 2027, "2027-12-31", true}, // New Year 2028 is a Saturday
		{"AU-NSW", 2026, "2026-01-26", true},
		{"FR", 2026, "2026-07-14", true},
		{"NL", 2026, "2026-04-27", true},
	} {
		days, known := peoplecal.Regions{}.Days(tt.region, tt.year)
		found := false
		for _, d := range days {
			found = found || d.Day.String() == tt.day
		}
		if !known || found != tt.is {
			t.Errorf("%s on %s: %v, want %v (%v)", tt.region, tt.day, found, tt.is, days)
		}
	}
	if days, known := (peoplecal.Regions{}).Days("XX", 2026); known || len(days) != 0 {
		t.Errorf("an unknown region: %v", days)
	}
}

func TestEveryRegionHasHolidaysEachOnce(t *testing.T) {
	t.Parallel()
	codes := map[string]bool{}
	for _, r := range (peoplecal.Regions{}).All() {
		if codes[r.Code] || r.Name == "" {
			t.Errorf("%+v is there twice, or has no name", r)
		}
		codes[r.Code] = true
		days, known := peoplecal.Regions{}.Days(r.Code, 2026)
		if !known || len(days) < 5 || len(days) > 30 {
			t.Errorf("%s has %d holidays", r.Code, len(days))
		}
		for i := 1; i < len(days); i++ {
			if !days[i-1].Day.Before(days[i].Day) || days[i].Name == "" {
				t.Errorf("%s: %v", r.Code, days[i-1:i+1])
			}
		}
	}
	var _ people.Regions = peoplecal.Regions{}
}
