package app_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/tenancy"
)

// However many agencies there are, the program starts and answers its first call with the same statements.
func TestStartAsksNothingOfEachAgency(t *testing.T) {
	t.Parallel()
	p := testkit.Own(t, nil)
	claim := func() string {
		a, err := p.Provisioner.Claim(t.Context(), "s"+strings.ReplaceAll(id.New(), "-", ""), "Started")
		if err != nil {
			t.Fatal(err)
		}
		return a.Slug
	}
	start := func(slug string) int {
		seen := &tape{}
		cfg := p.Config
		cfg.Tracer = seen
		sent := seen.record(func() {
			a := release(t, cfg)
			if err := a.Control.Read(t.Context(), func(context.Context, pgx.Tx) error { return nil }); err != nil {
				t.Fatal(err)
			}
			found, err := a.Registry.BySlug(t.Context(), slug)
			if err != nil {
				t.Fatal(err)
			}
			if err := a.DB.Read(tenancy.With(t.Context(), found), func(context.Context, *tenancy.Tx) error { return nil }); err != nil {
				t.Fatal(err)
			}
		})
		return len(sent)
	}
	slug := claim()
	few := start(slug)
	for range 6 {
		claim()
	}
	if many := start(slug); many != few || few == 0 {
		t.Fatalf("%d statements with few agencies, %d with more", few, many)
	}
}
