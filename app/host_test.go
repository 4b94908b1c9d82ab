package app

import (
	"context"
	"errors"
	"testing"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/tenancy"
)

type someAgencies map[string]tenancy.State

func (s someAgencies) BySlug(_ context.Context, slug string) (tenancy.Agency, error) {
	state, ok := s[slug]
	if !ok {
		return tenancy.Agency{}, tenancy.ErrNoAgency
	}
	return tenancy.Agency{Slug: slug, State: state}, nil
}

func TestHostsResolve(t *testing.T) {
	t.Parallel()
	h := hosts{domain: "bureau.localhost", registry: someAgencies{"acme": tenancy.Active, "shut": tenancy.Suspended, "gone": tenancy.Deleted}}
	for header, want := range map[string]struct {
		kind httpapi.Host
		err  error
	}{
		"bureau.localhost":               {httpapi.HostSite, nil},
		"bureau.localhost:8080":          {httpapi.HostSite, nil},
		"BUREAU.localhost.":              {httpapi.HostSite, nil},
		"auth.bureau.localhost:8080":     {httpapi.HostAuth, nil},
		"acme.bureau.localhost":          {httpapi.HostAgency, nil},
		"Acme.Bureau.LOCALHOST.:8080":    {httpapi.HostAgency, nil},
		"shut.bureau.localhost":          {"", tenancy.ErrSuspended},
		"gone.bureau.localhost":          {"", tenancy.ErrNoAgency},
		"nobody.bureau.localhost":        {"", tenancy.ErrNoAgency},
		"x.acme.bureau.localhost":        {"", errNoHost},
		"acme.evil.test":                 {"", errNoHost},
		"bureau.localhost.evil.test":     {"", errNoHost},
		"evilbureau.localhost":           {"", errNoHost},
		"":                               {"", errNoHost},
		".bureau.localhost":              {"", errNoHost},
		"[::1]:8080":                     {"", errNoHost},
		"127.0.0.1:8080":                 {"", errNoHost},
		"acme.bureau.localhost@evil":     {"", errNoHost},
		"acme.bureau.localhost:80@evil":  {"", errNoHost},
		"acme.bureau.localhost:":         {httpapi.HostAgency, nil},
		"acme.bureau.localhost:80:80":    {"", errNoHost},
		"acme.bureau.localhost, evil.te": {"", errNoHost},
	} {
		_, kind, err := h.resolve(t.Context(), header)
		if kind != want.kind || !errors.Is(err, want.err) {
			t.Errorf("%q: got %q, %v; want %q, %v", header, kind, err, want.kind, want.err)
		}
	}
}

func TestOneHost(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		target, header string
		want           bool
	}{
		{"/api/v1/me", "acme.bureau.localhost", true},
		{"http://acme.bureau.localhost/api/v1/me", "Acme.bureau.localhost", true},
		{"http://other.bureau.localhost/api/v1/me", "acme.bureau.localhost", false},
		{"http://acme.bureau.localhost@evil.test/", "acme.bureau.localhost", false},
		{"http://evil@acme.bureau.localhost/", "acme.bureau.localhost", false},
		{"http://%zz/", "acme.bureau.localhost", false},
		{"acme.bureau.localhost:443", "acme.bureau.localhost:443", false},
	} {
		if got := oneHost(tt.target, tt.header); got != tt.want {
			t.Errorf("%s with Host %s: got %v", tt.target, tt.header, got)
		}
	}
}
