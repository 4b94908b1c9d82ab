package app_test

import (
	"net/http"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
)

// From the contract over the entry to the total and the invoice there is one figure, and people who only log time see none of it.
func TestRule47MultipliersByAPI(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	owner, member := env.As(t, "owner"), env.As(t, "member")
	var card struct{ ID string }
	owner.POST(t, "/api/v1/rate-cards", map[string]any{"name": "Standard", "level": "agency", "currency": "USD"}).Expect(t, http.StatusCreated).JSON(t, &card)
	owner.POST(t, "/api/v1/rate-cards/"+card.ID+"/rates", map[string]any{"kind": "member", "target_id": member.Member.ID, "per_hour": "150", "valid_from": "2020-01-01"}).Expect(t, http.StatusCreated)

	span := map[string]any{"project_id": project, "started_at": "2026-03-02T15:30:00+01:00", "ended_at": "2026-03-02T19:30:00+01:00", "zone": "Europe/Berlin"}
	var e struct{ ID, Day string }
	member.POST(t, "/api/v1/time-entries", span).Expect(t, http.StatusCreated).JSON(t, &e)

	body := map[string]any{
		"level": "agency", "zone": "Europe/Berlin", "after_hours": "1.5", "saturday": "1.75", "sunday": "2", "holiday": "2.5", "region": "DE-BE", "valid_from": "2026-01-01",
		"week": []map[string]any{{"weekday": "monday", "opens": "08:00", "closes": "18:00"}, {"weekday": "tuesday", "opens": "08:00", "closes": "18:00"}},
	}
	type effect struct {
		Entries       int
		Before, After []amount
	}
	var seen effect
	owner.POST(t, "/api/v1/rate-multipliers/preview", body).Expect(t, http.StatusOK).JSON(t, &seen)
	if seen.Entries != 1 || seen.Before[0].Amount != "600.00" || seen.After[0].Amount != "712.50" {
		t.Errorf("the preview: %+v", seen)
	}
	var none struct{ Items []struct{ ID string } }
	owner.GET(t, "/api/v1/rate-multipliers").Expect(t, http.StatusOK).JSON(t, &none)
	if len(none.Items) != 0 {
		t.Errorf("a preview kept %+v", none)
	}
	body["reprice"] = true
	var added struct {
		Multipliers struct {
			ID, Zone string
			Sunday   string
			Week     []struct{ Weekday, Opens, Closes string }
		}
		Effect effect
	}
	owner.POST(t, "/api/v1/rate-multipliers", body).Expect(t, http.StatusCreated).JSON(t, &added)
	if added.Effect.Entries != 1 || added.Multipliers.Sunday != "2" || len(added.Multipliers.Week) != 2 || added.Multipliers.Week[0].Closes != "18:00" {
		t.Errorf("added: %+v", added)
	}

	type entry struct {
		Seconds int64
		Amount  *amount
		Rate    *struct {
			PerHour  string `json:"per_hour"`
			HoursWhy string `json:"hours_why"`
			Parts    []struct {
				Kind    string
				Seconds int64
				Factor  string
			}
		}
	}
	var got entry
	owner.GET(t, "/api/v1/time-entries/"+e.ID).Expect(t, http.StatusOK).JSON(t, &got)
	if got.Seconds != 4*3600 || got.Amount.Amount != "712.50" || got.Rate.PerHour != "150.00" || len(got.Rate.Parts) != 2 || got.Rate.Parts[1].Kind != "after_hours" ||
		got.Rate.Parts[1].Seconds != 5400 || got.Rate.Parts[1].Factor != "1.5" || got.Rate.HoursWhy == "" {
		t.Errorf("the entry says %+v %+v", got, got.Rate)
	}
	var theirs entry
	member.GET(t, "/api/v1/time-entries/"+e.ID).Expect(t, http.StatusOK).JSON(t, &theirs)
	if theirs.Rate != nil || theirs.Amount != nil {
		t.Errorf("a member sees %+v", theirs)
	}
	var sum struct{ Total struct{ Amounts []amount } }
	owner.GET(t, "/api/v1/time-entries/summary?group=day").Expect(t, http.StatusOK).JSON(t, &sum)
	if len(sum.Total.Amounts) != 1 || sum.Total.Amounts[0].Amount != "712.50" {
		t.Errorf("the total is %+v", sum)
	}

	member.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project, "day": "2026-03-03", "seconds": 3600, "counts_as": "sunday"}).Refused(t, http.StatusForbidden, "timesheets.rate_not_yours", "body.counts_as")
	body["valid_from"], body["week"] = "2026-02-01", []map[string]any{{"weekday": "monday", "opens": "18:00", "closes": "08:00"}}
	owner.POST(t, "/api/v1/rate-multipliers", body).Refused(t, http.StatusUnprocessableEntity, "rates.bad_multipliers", "body.week[0].closes")
	body["week"], body["zone"] = []map[string]any{}, "Berlin"
	owner.POST(t, "/api/v1/rate-multipliers", body).Refused(t, http.StatusUnprocessableEntity, "rates.bad_multipliers", "body.zone")
	for _, role := range []string{"member", "manager"} {
		env.As(t, role).POST(t, "/api/v1/rate-multipliers", body).Expect(t, http.StatusForbidden)
	}
	member.GET(t, "/api/v1/rate-multipliers").Expect(t, http.StatusForbidden)
	owner.DELETE(t, "/api/v1/rate-multipliers/"+added.Multipliers.ID).Expect(t, http.StatusNoContent)
	owner.GET(t, "/api/v1/time-entries/"+e.ID).Expect(t, http.StatusOK).JSON(t, &got)
	if got.Amount.Amount != "712.50" {
		t.Errorf("what was logged keeps what it has: %+v", got.Amount)
	}
}
