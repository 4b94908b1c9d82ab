// Package peoplecal holds the public holidays of countries and their parts, from the data of rickar/cal.
package peoplecal

import (
	"slices"

	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/au"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/br"
	"github.com/rickar/cal/v2/ca"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/jp"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/nz"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/us"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/people"
)

// Regions implements people.Regions.
type Regions struct{}

type region struct {
	people.Region
	days []*cal.Holiday
}

// Codes are those of ISO 3166, of the country or of its part.
var regions = []region{
	{people.Region{Code: "AU-ACT", Name: "Australia, Australian Capital Territory"}, au.HolidaysACT},
	{people.Region{Code: "AU-NSW", Name: "Australia, New South Wales"}, au.HolidaysNSW},
	{people.Region{Code: "AU-NT", Name: "Australia, Northern Territory"}, au.HolidaysNT},
	{people.Region{Code: "AU-QLD", Name: "Australia, Queensland"}, au.HolidaysQLD},
	{people.Region{Code: "AU-SA", Name: "Australia, South Australia"}, au.HolidaysSA},
	{people.Region{Code: "AU-TAS", Name: "Australia, Tasmania"}, au.HolidaysTAS},
	{people.Region{Code: "AU-VIC", Name: "Australia, Victoria"}, au.HolidaysVIC},
	{people.Region{Code: "AU-WA", Name: "Australia, Western Australia"}, au.HolidaysWA},
	{people.Region{Code: "AT", Name: "Austria"}, at.Holidays},
	{people.Region{Code: "BE", Name: "Belgium"}, be.Holidays},
	{people.Region{Code: "BR", Name: "Brazil"}, br.Holidays},
	{people.Region{Code: "CA", Name: "Canada"}, ca.Holidays},
	{people.Region{Code: "CZ", Name: "Czechia"}, cz.Holidays},
	{people.Region{Code: "DK", Name: "Denmark"}, dk.Holidays},
	{people.Region{Code: "GB", Name: "England and Wales"}, gb.Holidays},
	{people.Region{Code: "FR", Name: "France"}, fr.Holidays},
	{people.Region{Code: "DE-BW", Name: "Germany, Baden-Württemberg"}, de.HolidaysBW},
	{people.Region{Code: "DE-BY", Name: "Germany, Bavaria"}, de.HolidaysBY},
	{people.Region{Code: "DE-BE", Name: "Germany, Berlin"}, de.HolidaysBE},
	{people.Region{Code: "DE-BB", Name: "Germany, Brandenburg"}, de.HolidaysBB},
	{people.Region{Code: "DE-HB", Name: "Germany, Bremen"}, de.HolidaysHB},
	{people.Region{Code: "DE-HH", Name: "Germany, Hamburg"}, de.HolidaysHH},
	{people.Region{Code: "DE-HE", Name: "Germany, Hesse"}, de.HolidaysHE},
	{people.Region{Code: "DE-NI", Name: "Germany, Lower Saxony"}, de.HolidaysNI},
	{people.Region{Code: "DE-MV", Name: "Germany, Mecklenburg-Vorpommern"}, de.HolidaysMV},
	{people.Region{Code: "DE-NW", Name: "Germany, North Rhine-Westphalia"}, de.HolidaysNW},
	{people.Region{Code: "DE-RP", Name: "Germany, Rhineland-Palatinate"}, de.HolidaysRP},
	{people.Region{Code: "DE-SL", Name: "Germany, Saarland"}, de.HolidaysSL},
	{people.Region{Code: "DE-SN", Name: "Germany, Saxony"}, de.HolidaysSN},
	{people.Region{Code: "DE-ST", Name: "Germany, Saxony-Anhalt"}, de.HolidaysST},
	{people.Region{Code: "DE-SH", Name: "Germany, Schleswig-Holstein"}, de.HolidaysSH},
	{people.Region{Code: "DE-TH", Name: "Germany, Thuringia"}, de.HolidaysTH},
	{people.Region{Code: "IE", Name: "Ireland"}, ie.Holidays},
	{people.Region{Code: "IT", Name: "Italy"}, it.Holidays},
	{people.Region{Code: "JP", Name: "Japan"}, jp.Holidays},
	{people.Region{Code: "NL", Name: "Netherlands"}, nl.Holidays},
	{people.Region{Code: "NZ", Name: "New Zealand"}, nz.Holidays},
	{people.Region{Code: "NO", Name: "Norway"}, no.Holidays},
	{people.Region{Code: "PL", Name: "Poland"}, pl.Holidays},
	{people.Region{Code: "ES", Name: "Spain"}, es.Holidays},
	{people.Region{Code: "SE", Name: "Sweden"}, se.Holidays},
	{people.Region{Code: "CH-AG", Name: "Switzerland, Aargau"}, ch.HolidaysAG},
	{people.Region{Code: "CH-AR", Name: "Switzerland, Appenzell Ausserrhoden"}, ch.HolidaysAR},
	{people.Region{Code: "CH-AI", Name: "Switzerland, Appenzell Innerrhoden"}, ch.HolidaysAI},
	{people.Region{Code: "CH-BL", Name: "Switzerland, Basel-Landschaft"}, ch.HolidaysBL},
	{people.Region{Code: "CH-BS", Name: "Switzerland, Basel-Stadt"}, ch.HolidaysBS},
	{people.Region{Code: "CH-BE", Name: "Switzerland, Bern"}, ch.HolidaysBE},
	{people.Region{Code: "CH-FR", Name: "Switzerland, Fribourg"}, ch.HolidaysFR},
	{people.Region{Code: "CH-GE", Name: "Switzerland, Geneva"}, ch.HolidaysGE},
	{people.Region{Code: "CH-GL", Name: "Switzerland, Glarus"}, ch.HolidaysGL},
	{people.Region{Code: "CH-GR", Name: "Switzerland, Graubünden"}, ch.HolidaysGR},
	{people.Region{Code: "CH-JU", Name: "Switzerland, Jura"}, ch.HolidaysJU},
	{people.Region{Code: "CH-LU", Name: "Switzerland, Lucerne"}, ch.HolidaysLU},
	{people.Region{Code: "CH-NE", Name: "Switzerland, Neuchâtel"}, ch.HolidaysNE},
	{people.Region{Code: "CH-NW", Name: "Switzerland, Nidwalden"}, ch.HolidaysNW},
	{people.Region{Code: "CH-OW", Name: "Switzerland, Obwalden"}, ch.HolidaysOW},
	{people.Region{Code: "CH-SH", Name: "Switzerland, Schaffhausen"}, ch.HolidaysSH},
	{people.Region{Code: "CH-SZ", Name: "Switzerland, Schwyz"}, ch.HolidaysSZ},
	{people.Region{Code: "CH-SO", Name: "Switzerland, Solothurn"}, ch.HolidaysSO},
	{people.Region{Code: "CH-SG", Name: "Switzerland, St. Gallen"}, ch.HolidaysSG},
	{people.Region{Code: "CH-TG", Name: "Switzerland, Thurgau"}, ch.HolidaysTG},
	{people.Region{Code: "CH-TI", Name: "Switzerland, Ticino"}, ch.HolidaysTI},
	{people.Region{Code: "CH-UR", Name: "Switzerland, Uri"}, ch.HolidaysUR},
	{people.Region{Code: "CH-VS", Name: "Switzerland, Valais"}, ch.HolidaysVS},
	{people.Region{Code: "CH-VD", Name: "Switzerland, Vaud"}, ch.HolidaysVD},
	{people.Region{Code: "CH-ZG", Name: "Switzerland, Zug"}, ch.HolidaysZG},
	{people.Region{Code: "CH-ZH", Name: "Switzerland, Zürich"}, ch.HolidaysZH},
	{people.Region{Code: "US", Name: "United States"}, us.Holidays},
}

// All lists the regions by name.
func (Regions) All() []people.Region {
	out := make([]people.Region, len(regions))
	for i, r := range regions {
		out[i] = r.Region
	}
	return out
}

// Days are the holidays of a year, each on the day on which it is kept: a feast on a
// Saturday may be kept on a Friday, of the year before even.
func (Regions) Days(code string, year int) (out []people.Holiday, known bool) {
	i := slices.IndexFunc(regions, func(r region) bool { return r.Code == code })
	if i < 0 {
		return nil, false
	}
	for _, h := range regions[i].days {
		for y := year - 1; y <= year+1; y++ {
			_, kept := h.Calc(y)
			if kept.IsZero() || kept.Year() != year {
				continue
			}
			d := day.New(kept.Year(), kept.Month(), kept.Day())
			if same := slices.IndexFunc(out, func(o people.Holiday) bool { return o.Day == d }); same >= 0 {
				out[same].Name += ", " + h.Name // two feasts on one day are one day off
				continue
			}
			out = append(out, people.Holiday{Day: d, Name: h.Name})
		}
	}
	slices.SortFunc(out, func(a, b people.Holiday) int { return a.Day.Compare(b.Day) })
	return out, true
}
