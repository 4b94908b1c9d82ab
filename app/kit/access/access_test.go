package access_test

import (
	"slices"
	"testing"

	"github.com/bureauhq/bureau/app/kit/access"
)

func TestScopesNarrowPermissions(t *testing.T) {
	t.Parallel()
	held := access.NewSet("clients.clients.read", "clients.clients.write", "rates.bill.see", "timesheets.entries.read_all")
	for name, tt := range map[string]struct {
		scopes []string
		want   []string
	}{
		"none":             {nil, []string{}},
		"all":              {[]string{"*"}, []string{"clients.clients.read", "clients.clients.write", "rates.bill.see", "timesheets.entries.read_all"}},
		"reading":          {[]string{"*:read"}, []string{"clients.clients.read", "rates.bill.see", "timesheets.entries.read_all"}},
		"a module":         {[]string{"clients.*"}, []string{"clients.clients.read", "clients.clients.write"}},
		"one":              {[]string{"clients.clients.write"}, []string{"clients.clients.write"}},
		"one not held":     {[]string{"invoicing.invoices.issue"}, []string{}},
		"no bare prefixes": {[]string{"clients", "clients.clients"}, []string{}},
	} {
		if got := held.Only(tt.scopes).Names(); !slices.Equal(got, tt.want) {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

func TestNobodyMayOnlyWhatIsPublic(t *testing.T) {
	t.Parallel()
	var nobody access.Actor
	if !nobody.Can(access.Public) || nobody.Can(access.SignedIn) || nobody.Can("clients.clients.read") {
		t.Error("the zero actor may more than what is public")
	}
}
