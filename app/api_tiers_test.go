package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/testkit"
)

// From the card over entries to totals and the invoice there is one figure, the guide says it, and people who only log time see none of it.
func TestTiersByAPI_AsTheGuideSays(t *testing.T) {
	t.Parallel()
	says := testkit.Guide(t, "tiers.md")
	env := apptest.New(t)
	owner, member, manager := env.As(t, "owner"), env.As(t, "member"), env.As(t, "manager")
	project := newProject(t, env)
	var card, rate struct {
		ID      string
		Version int
		Tiers   *struct {
			Per   string
			Steps []struct {
				FromSeconds int64  `json:"from_seconds"`
				PerHour     string `json:"per_hour"`
			}
		}
	}
	owner.POST(t, "/api/v1/rate-cards", map[string]any{"name": "Standard", "level": "agency", "currency": "USD"}).Expect(t, http.StatusCreated).JSON(t, &card)
	step := func(hours int, price string) map[string]any {
		return map[string]any{"from_seconds": hours * 3600, "per_hour": price}
	}
	steps := func(all ...map[string]any) map[string]any {
		return map[string]any{"per": "month", "steps": append([]map[string]any{}, all...)}
	}
	body := map[string]any{"kind": "member", "target_id": member.Member.ID, "per_hour": "120", "valid_from": "2020-01-01", "tiers": steps(step(10, "90"), step(3, "80"))}
	rates := "/api/v1/rate-cards/" + card.ID + "/rates"
	owner.POST(t, rates, body).Refused(t, http.StatusUnprocessableEntity, "rates.bad_rate", "body.tiers.steps[1].from_seconds")
	body["tiers"] = steps()
	owner.POST(t, rates, body).Refused(t, http.StatusUnprocessableEntity, "rates.bad_rate", "body.tiers.steps")
	body["tiers"] = steps(step(3, "90"), step(10, "80"))
	owner.POST(t, rates, body).Expect(t, http.StatusCreated).JSON(t, &rate)
	if rate.Tiers == nil || rate.Tiers.Per != "month" || len(rate.Tiers.Steps) != 2 || rate.Tiers.Steps[1].PerHour != "80.00" || rate.Tiers.Steps[1].FromSeconds != 36000 {
		t.Errorf("kept: %+v", rate.Tiers)
	}

	type entry struct {
		ID          string
		TimesheetID string `json:"timesheet_id"`
		Amount      *amount
		Rate        *struct {
			PerHour      string `json:"per_hour"`
			CountedPer   string `json:"counted_per"`
			CountedSince string `json:"counted_since"`
			Parts        []struct {
				Billed  int64  `json:"billed_seconds"`
				PerHour string `json:"per_hour"`
				Over    int64  `json:"over_seconds"`
				At      int64  `json:"at_seconds"`
			}
		}
	}
	var all []entry
	for day, hours := range map[string]int{"2026-03-24": 6, "2026-03-02": 2, "2026-03-10": 4} { // in whichever order
		var e entry
		member.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project, "day": day, "seconds": hours * 3600}).Expect(t, http.StatusCreated).JSON(t, &e)
		if e.Rate != nil || e.Amount != nil {
			t.Errorf("a member sees %+v", e)
		}
		all = append(all, e)
	}
	for i := range all {
		var e entry
		owner.GET(t, "/api/v1/time-entries/"+all[i].ID).Expect(t, http.StatusOK).JSON(t, &e)
		var parts []string
		for _, p := range e.Rate.Parts {
			parts = append(parts, fmt.Sprintf("%d at %s", p.Billed/3600, p.PerHour))
		}
		says("| " + strings.Join(parts, ", ") + " | " + e.Amount.Amount + " |")
		if e.Rate.PerHour != "120.00" || e.Rate.CountedPer != "month" || e.Rate.CountedSince != "2026-03-01" {
			t.Errorf("the entry says %+v", e.Rate)
		}
	}
	var sum struct{ Total struct{ Amounts []amount } }
	owner.GET(t, "/api/v1/time-entries/summary?group=day").Expect(t, http.StatusOK).JSON(t, &sum)
	says("Together " + sum.Total.Amounts[0].Amount + ".")

	// Another price for further hours: looked at, done, undone.
	type effect struct {
		Entries       int
		Before, After []amount
	}
	revision := map[string]any{"per_hour": "120", "tiers": steps(step(3, "100")), "reach": "unbilled"}
	var seen effect
	var done struct {
		Effect     effect
		RevisionID string `json:"revision_id"`
	}
	path := "/api/v1/rates/" + rate.ID
	owner.With("If-Match", etag(rate.Version)).POST(t, path+"/preview-revision", revision).Expect(t, http.StatusOK).JSON(t, &seen)
	owner.With("If-Match", etag(rate.Version)).POST(t, path+"/revise", revision).Expect(t, http.StatusOK).JSON(t, &done)
	// 3 × 120 + 9 × 100
	if seen.Entries != 3 || seen.After[0].Amount != "1260.00" || done.Effect.After[0] != seen.After[0] || done.Effect.Before[0].Amount != "1150.00" {
		t.Errorf("previewed %+v, done %+v", seen, done.Effect)
	}
	owner.POST(t, "/api/v1/rates/revisions/"+done.RevisionID+"/undo", nil).Expect(t, http.StatusOK)
	owner.GET(t, "/api/v1/time-entries/summary?group=day").Expect(t, http.StatusOK).JSON(t, &sum)
	if sum.Total.Amounts[0].Amount != "1150.00" {
		t.Errorf("undone: %+v", sum.Total)
	}
	owner.With("If-Match", etag(rate.Version+2)).POST(t, path+"/preview-revision", map[string]any{"per_hour": "120", "tiers": map[string]any{"per": "day", "steps": []any{}}, "reach": "unbilled"}).Expect(t, http.StatusOK).JSON(t, &seen)
	if seen.After[0].Amount != "1440.00" { // 12 × 120
		t.Errorf("without tiers: %+v", seen)
	}

	for _, e := range all {
		var d struct {
			Timesheet struct{ Version int }
		}
		sheet := "/api/v1/timesheets/" + e.TimesheetID
		member.GET(t, sheet).Expect(t, http.StatusOK).JSON(t, &d)
		member.With("If-Match", etag(d.Timesheet.Version)).POST(t, sheet+"/submit", nil).Expect(t, http.StatusOK)
		manager.With("If-Match", etag(d.Timesheet.Version+1)).POST(t, sheet+"/approve", nil).Expect(t, http.StatusOK)
	}
	var made struct {
		Invoice struct {
			Lines []struct {
				Description, Quantity string
				UnitPrice             string `json:"unit_price"`
				Net                   amount
			}
		}
	}
	owner.POST(t, "/api/v1/invoices/from-time", map[string]any{"project_ids": []string{project}, "from": "2026-03-01", "to": "2026-03-31", "group_by": "task", "tax_rate_ids": []string{}}).Expect(t, http.StatusCreated).JSON(t, &made)
	for _, l := range made.Invoice.Lines {
		says("| " + l.Description + " | " + l.Quantity + " | " + l.UnitPrice + " | " + l.Net.Amount + " |")
	}
	if len(made.Invoice.Lines) != 3 {
		t.Errorf("the invoice has %+v", made.Invoice.Lines)
	}
}
