package app_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/sample"
	"github.com/bureauhq/bureau/tenancy"
)

func TestSampleDataLookLikeWork(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	owner := env.As(t, "owner")
	if err := env.App.LoadSample(env.Ctx, sample.Small, func(float64, string) {}); err != nil {
		t.Fatal(err)
	}
	for path, least := range map[string]int{"/api/v1/clients": 3, "/api/v1/projects": 4, "/api/v1/tasks": 20, "/api/v1/time-entries": 50, "/api/v1/expenses": 10, "/api/v1/invoices": 2} {
		var list struct{ Items []any }
		owner.GET(t, path+"?limit=200").Expect(t, http.StatusOK).JSON(t, &list)
		if len(list.Items) < least {
			t.Errorf("%s: %d, want at least %d", path, len(list.Items), least)
		}
	}
	// The checklist is ticked by names of events: this shows that those are the names in use.
	var list struct {
		Steps []struct {
			Key  string
			Done bool
		}
	}
	owner.GET(t, "/api/v1/settings/checklist").Expect(t, http.StatusOK).JSON(t, &list)
	for _, st := range list.Steps {
		if !st.Done && st.Key != "set_up_agency" && st.Key != "invite_people" {
			t.Errorf("%s is not ticked", st.Key)
		}
	}
}

// What is handed in together may run on while the sample's weeks are made.
func TestSampleDataFitMonths(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	owner := env.As(t, "owner")
	var s struct {
		Version int
		Period  struct{ Next struct{ From string } }
	}
	owner.GET(t, "/api/v1/time-settings").Expect(t, http.StatusOK).JSON(t, &s)
	owner.PATCH(t, "/api/v1/time-settings", etag(s.Version), map[string]any{"period": map[string]any{"every": "month"}}).Expect(t, http.StatusOK).JSON(t, &s)
	now := day.MustParse(s.Period.Next.From).AddMonths(-1).String()
	owner.PATCH(t, "/api/v1/time-settings", etag(s.Version), map[string]any{"period": map[string]any{"every": "month", "from": now}}).Expect(t, http.StatusOK)
	if err := env.App.LoadSample(env.Ctx, sample.Size{People: 1, Clients: 1, Projects: 2, Weeks: 2}, func(float64, string) {}); err != nil {
		t.Fatal(err)
	}
}

// A load that breaks off says so; asked again it goes on, and the agency is as if nothing had happened.
func TestSampleDataThatBreakOffGoOn(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	owner := env.As(t, "owner")
	state := func() string {
		var list struct {
			State string `json:"sample_state"`
		}
		owner.GET(t, "/api/v1/settings/checklist").Expect(t, http.StatusOK).JSON(t, &list)
		return list.State
	}
	lock := func(through string) {
		t.Helper()
		var v struct{ Version int }
		owner.GET(t, "/api/v1/time-settings").Expect(t, http.StatusOK).JSON(t, &v)
		owner.PATCH(t, "/api/v1/time-settings", etag(v.Version), map[string]any{"locked_through": through, "reason": "to see it fail"}).Expect(t, http.StatusOK)
	}
	// Half of the weeks are there when the program stops; then time is closed, so that the rest cannot be made.
	ctx, stop := context.WithCancel(env.Ctx)
	err := env.App.LoadSample(ctx, sample.Small, func(done float64, _ string) {
		if done > 0.5 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("the stopped load: %v", err)
	}
	lock(time.Now().UTC().AddDate(0, 0, 1).Format(time.DateOnly))
	owner.POST(t, "/api/v1/sample-data", nil).Expect(t, http.StatusAccepted)
	within(t, "the failure", func() bool { return state() == "failed" })
	lock("")
	owner.POST(t, "/api/v1/sample-data", nil).Expect(t, http.StatusAccepted)
	owner.POST(t, "/api/v1/sample-data", nil).Refused(t, http.StatusConflict, "agency.sample_loaded")
	within(t, "the sample", func() bool { return state() == "loaded" })

	whole := apptest.New(t)
	whole.As(t, "owner") // as in the other agency
	if err := whole.App.LoadSample(whole.Ctx, sample.Small, func(float64, string) {}); err != nil {
		t.Fatal(err)
	}
	count := func(env *apptest.Env, table string) (n int) {
		t.Helper()
		err := env.App.DB.Read(env.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
			return tx.PGX().QueryRow(ctx, `SELECT count(*) FROM `+table).Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	// Jobs put the retainer's fees on drafts.
	for _, e := range []*apptest.Env{env, whole} {
		within(t, "the retainer's drafts", func() bool {
			return count(e, "retainer_periods") > 0 && count(e, "retainer_periods WHERE fee_minor > 0 AND fee_invoice_id IS NULL") == 0
		})
		within(t, "the run", func() bool { return count(e, "invoice_runs WHERE state = 'done'") == 1 })
	}
	for _, table := range []string{"members", "clients", "contacts", "interactions", "projects", "tasks", "rate_cards", "rates", "cost_rates", "exchange_rates", "time_entries", "timesheets", "invoices", "payments", "expenses", "receipts", "expense_categories"} {
		if got, want := count(env, table), count(whole, table); got != want {
			t.Errorf("%s: %d, and %d where nothing broke off", table, got, want)
		}
	}
}

func TestSampleDataAreLoadedOnce(t *testing.T) {
	t.Parallel()
	owner := apptest.New(t).As(t, "owner")
	owner.POST(t, "/api/v1/sample-data", nil).Expect(t, http.StatusAccepted)
	owner.POST(t, "/api/v1/sample-data", nil).Refused(t, http.StatusConflict, "agency.sample_loaded")
}
