package app_test

import (
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/identity"
)

// Whatever the API answers, also an error, carries the headers. What pages have
// beside them is tested where they are made.
func TestEveryAnswerCarriesTheSecurityHeaders(t *testing.T) {
	t.Parallel()
	e := apptest.New(t)
	owner := e.As(t, identity.Owner)
	for what, res := range map[string]*apptest.Reply{
		"a list":        owner.GET(t, "/api/v1/clients"),
		"not found":     owner.GET(t, "/api/v1/clients/"+id.New()),
		"not signed in": e.Nobody().GET(t, "/api/v1/clients"),
		"bad input":     owner.POST(t, "/api/v1/clients", map[string]any{"nonsense": 1}),
		"no such path":  owner.GET(t, "/api/v1/nonsense"),
	} {
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin"} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s, status %d: %s is %q, want %q", what, res.Status, name, got, want)
			}
		}
		if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-ancestors 'none'") {
			t.Errorf("%s, status %d: content policy %q", what, res.Status, csp)
		}
	}
}
