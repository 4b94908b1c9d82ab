package agency_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/agency/agencydb"
)

type noImages struct{}

func (noImages) PutLogo(context.Context, string, io.Reader) (string, error) { return "key.png", nil }

func (noImages) Open(context.Context, string) (io.ReadCloser, string, error) {
	return nil, "", agency.ErrNoLogo
}

func setup(t *testing.T) (*testkit.Agency, *agency.Service) {
	t.Helper()
	a := testkit.NewAgency(t)
	return a, agency.New(agency.Deps{DB: a.DB, Store: agencydb.Store{}, Names: a.Provisioner, Events: a.Bus, Images: noImages{}, Now: a.Clock.Now})
}

func ptr[T any](v T) *T { return &v }

func TestChangeSettings(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	before, err := svc.Settings(a.Ctx)
	if err != nil {
		t.Fatal(err)
	}
	got, err := svc.Change(a.Ctx, before.Version, agency.Change{Name: ptr(" Acme "), TimeZone: ptr("Europe/Berlin"), Currency: ptr("EUR"), WeekStart: ptr(time.Sunday)})
	if err != nil {
		t.Fatal(err)
	}
	if got.Name != "Acme" || got.Location().String() != "Europe/Berlin" || got.Currency != "EUR" || got.WeekStart != time.Sunday || got.Version != before.Version+1 {
		t.Errorf("got %+v", got)
	}
	again, err := a.Provisioner.List(a.Ctx, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, ag := range again {
		if ag.ID == a.Tenancy.ID && ag.Name != "Acme" {
			t.Errorf("the registry still calls it %q", ag.Name)
		}
	}
	if _, err := svc.Change(a.Ctx, before.Version, agency.Change{Name: ptr("Other")}); !errors.Is(err, httpapi.ErrStale) {
		t.Errorf("a stale version: got %v, want ErrStale", err)
	}
}

func TestChangeNamesEveryBadField(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	_, err := svc.Change(a.Ctx, 1, agency.Change{Name: ptr(""), TimeZone: ptr("Mars/Olympus"), Currency: ptr("XXZ"), Locale: ptr("xx"), BrandColour: ptr("#FFEE00")})
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Invalid {
		t.Fatalf("got %v, want an invalid fault", err)
	}
	paths := map[string]bool{}
	for _, field := range f.Fields {
		paths[field.Path] = true
	}
	for _, want := range []string{"body.name", "body.time_zone", "body.currency", "body.locale", "body.brand_colour"} {
		if !paths[want] {
			t.Errorf("%s is not named in %v", want, f.Fields)
		}
	}
}

func TestColours(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		hex string
		ok  bool
	}{{"#2855D9", true}, {"#000000", true}, {"#FFEE00", false}, {"#FFFFFF", false}, {"blue", false}, {"#12345", false}, {"#767676", true}, {"#777777", false}} {
		if err := agency.CheckColour(tt.hex); (err == nil) != tt.ok {
			t.Errorf("%s: got %v, want ok %v", tt.hex, err, tt.ok)
		}
	}
	for _, hex := range []string{"#FFEE00", "#FFFFFF", "#8FABFF", "#F0B35A"} {
		shade := agency.Readable(hex)
		if c := agency.Contrast(shade, "#FFFFFF"); c < 4.5 || c > 5.2 {
			t.Errorf("%s became %s with a contrast of %.2f, want just over 4.5", hex, shade, c)
		}
	}
	if err := agency.CheckColour("#777777"); err == nil || !strings.Contains(err.Error(), "contrast of 4.4 to 1") {
		t.Errorf("4.48 is said as %v, which is not enough", err)
	}
}

// The page proposes the same shades; its test reads the same file.
func TestShadesAreThoseOfThePage(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../frontend/src/shared/lib/shades.json")
	if err != nil {
		t.Fatal(err)
	}
	var shades map[string]string
	if err := json.Unmarshal(raw, &shades); err != nil || len(shades) == 0 {
		t.Fatal(shades, err)
	}
	for hex, want := range shades {
		if got := agency.Readable(hex); got != want {
			t.Errorf("%s became %s, want %s", hex, got, want)
		}
	}
}

func TestChecklistTicksWhatHappened(t *testing.T) {
	t.Parallel()
	a, svc := setup(t)
	done := func() (out []string) {
		_, steps, err := svc.Checklist(a.Ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range steps {
			if s.Done {
				out = append(out, s.Key)
			}
		}
		return out
	}
	if got := done(); len(got) != 0 {
		t.Fatalf("a new agency has done %v", got)
	}
	if _, err := svc.Change(a.Ctx, 1, agency.Change{Name: ptr("Acme")}); err != nil {
		t.Fatal(err)
	}
	if got := done(); len(got) != 1 || got[0] != "set_up_agency" {
		t.Fatalf("got %v, want set_up_agency", got)
	}
}
