package app_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
)

// Whether multipliers are the agency's, a client's or a project's: undoing them takes them away as if they had never been added, with
// exactly the time that they counted anew. All of it or nothing (rules 44 and 47).
func TestRule44MultipliersAreUndone(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	project := newProject(t, env)
	owner := env.As(t, "owner")
	var p struct {
		ClientID string `json:"client_id"`
	}
	owner.GET(t, "/api/v1/projects/"+project).Expect(t, http.StatusOK).JSON(t, &p)
	var card struct{ ID string }
	owner.POST(t, "/api/v1/rate-cards", map[string]any{"name": "Standard", "level": "agency", "currency": "USD"}).Expect(t, http.StatusCreated).JSON(t, &card)
	owner.POST(t, "/api/v1/rate-cards/"+card.ID+"/rates", map[string]any{"kind": "member", "target_id": owner.Member.ID, "per_hour": "150", "valid_from": "2020-01-01"}).Expect(t, http.StatusCreated)
	var e struct {
		ID      string
		Version int
	}
	owner.POST(t, "/api/v1/time-entries", map[string]any{"project_id": project, "started_at": "2026-03-02T15:30:00+01:00", "ended_at": "2026-03-02T19:30:00+01:00", "zone": "Europe/Berlin"}).Expect(t, http.StatusCreated).JSON(t, &e)
	worth := func() string {
		t.Helper()
		var now struct {
			Amount  amount
			Version int
		}
		owner.GET(t, "/api/v1/time-entries/"+e.ID).Expect(t, http.StatusOK).JSON(t, &now)
		e.Version = now.Version
		return now.Amount.Amount
	}
	const base = "/api/v1/rate-multipliers"
	body := func(level, from string) map[string]any {
		b := map[string]any{
			"level": level, "zone": "Europe/Berlin", "after_hours": "1.5", "saturday": "1.5", "sunday": "2", "holiday": "2", "valid_from": from, "reprice": true,
			"week": []map[string]any{{"weekday": "monday", "opens": "08:00", "closes": "18:00"}},
		}
		switch level {
		case "client":
			b["client_id"] = p.ClientID
		case "project":
			b["project_id"] = project
		}
		return b
	}
	type row struct {
		ID      string
		ValidTo *string `json:"valid_to"`
	}
	rows := func() []row {
		t.Helper()
		var list struct{ Items []row }
		owner.GET(t, base).Expect(t, http.StatusOK).JSON(t, &list)
		return list.Items
	}
	type undoing struct {
		Effect struct {
			Entries       int
			Before, After []amount
		}
		Stayed []struct {
			Why     string
			Entries int
		}
	}
	add := func(b map[string]any) string {
		t.Helper()
		var added struct {
			AdditionID string `json:"addition_id"`
		}
		owner.POST(t, base, b).Expect(t, http.StatusCreated).JSON(t, &added)
		return base + "/additions/" + added.AdditionID
	}
	for _, level := range []string{"agency", "client", "project"} {
		undo := add(body(level, "2026-01-01"))
		if got := worth(); got != "712.50" {
			t.Fatalf("%s: worth %s", level, got)
		}
		var seen, done undoing
		owner.POST(t, undo+"/preview-undo", nil).Expect(t, http.StatusOK).JSON(t, &seen)
		if seen.Effect.Entries != 1 || seen.Effect.Before[0].Amount != "712.50" || seen.Effect.After[0].Amount != "600.00" || len(seen.Stayed) != 0 || worth() != "712.50" {
			t.Errorf("%s: the preview %+v", level, seen)
		}
		var last struct{ Entries int }
		owner.GET(t, base+"/additions/last").Expect(t, http.StatusOK).JSON(t, &last)
		owner.POST(t, undo+"/undo", nil).Expect(t, http.StatusOK).JSON(t, &done)
		if done.Effect.Entries != 1 || last.Entries != 1 || worth() != "600.00" || len(rows()) != 0 {
			t.Errorf("%s: undone %+v, %+v, %+v", level, done, last, rows())
		}
		owner.POST(t, undo+"/undo", nil).Refused(t, http.StatusConflict, "rates.multipliers_over")
	}

	// What ended for them ends where it ended before, not where they did.
	add(body("agency", "2025-01-01"))
	until := body("agency", "2026-01-01")
	until["valid_to"], until["after_hours"] = "2026-06-01", "3"
	undo := add(until)
	if got := worth(); got != "1050.00" {
		t.Errorf("tripled: %s", got)
	}
	// An entry that was changed since keeps all as it is, and the refusal says why.
	owner.PATCH(t, "/api/v1/time-entries/"+e.ID, etag(e.Version), map[string]any{"ended_at": "2026-03-02T18:30:00+01:00"}).Expect(t, http.StatusOK)
	is := worth()
	var seen undoing
	owner.POST(t, undo+"/preview-undo", nil).Expect(t, http.StatusOK).JSON(t, &seen)
	if len(seen.Stayed) != 1 || seen.Stayed[0].Why != "changed" || seen.Stayed[0].Entries != 1 {
		t.Errorf("the preview says %+v", seen)
	}
	said := owner.POST(t, undo+"/undo", nil)
	said.Refused(t, http.StatusConflict, "rates.undo_blocked")
	if !strings.Contains(string(said.Body), "1 changed or priced otherwise since") || worth() != is || len(rows()) != 2 {
		t.Errorf("refused with %s; %s, %+v", said.Body, worth(), rows())
	}
	owner.PATCH(t, "/api/v1/time-entries/"+e.ID, etag(e.Version), map[string]any{"ended_at": "2026-03-02T19:30:00+01:00"}).Expect(t, http.StatusOK)
	owner.POST(t, undo+"/undo", nil).Expect(t, http.StatusOK)
	if all := rows(); worth() != "712.50" || len(all) != 1 || all[0].ValidTo != nil {
		t.Errorf("back to %s, %+v", worth(), all)
	}
	env.As(t, "manager").POST(t, undo+"/undo", nil).Expect(t, http.StatusForbidden)
}
