package app_test

import (
	"net/http"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/sample"
)

func TestSampleDataLookLikeWork(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	owner := env.As(t, "owner")
	if err := env.App.LoadSample(env.Ctx, sample.Small, func(float64, string) {}); err != nil {
		t.Fatal(err)
	}
	for path, least := range map[string]int{"/api/v1/clients": 3, "/api/v1/projects": 4, "/api/v1/tasks": 20, "/api/v1/time-entries": 50, "/api/v1/invoices": 2} {
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

func TestSampleDataAreLoadedOnce(t *testing.T) {
	t.Parallel()
	owner := apptest.New(t).As(t, "owner")
	owner.POST(t, "/api/v1/sample-data", nil).Expect(t, http.StatusAccepted)
	owner.POST(t, "/api/v1/sample-data", nil).Refused(t, http.StatusConflict, "agency.sample_loaded")
}
