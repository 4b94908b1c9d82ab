// Package fleet fills an installation with thousands of agencies and drives requests through them, to see how it behaves
// at the size it is built for.
package fleet

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"

	"github.com/brianvoe/gofakeit/v7"
	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/sample"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/modules/identity/identitydb"
	"github.com/bureauhq/bureau/tenancy"
)

const (
	slugPrefix     = "sample-"
	templatePrefix = "seed-template-"
	// Owner is the e-mail of the owner of every agency that is made here.
	Owner = "owner@sample.example"
)

// Sizes are what an agency may hold.
var Sizes = map[string][]sample.Size{
	// Of the same make but not alike: agencies differ in people, work and age.
	"small": {
		{People: 3, Clients: 3, Projects: 4, Weeks: 6},
		{People: 2, Clients: 2, Projects: 3, Weeks: 4},
		{People: 4, Clients: 4, Projects: 5, Weeks: 5},
	},
	"empty": {{}},
}

// Seed makes agencies until there are enough. What is there already counts, so a run that broke off is repeated.
type Seed struct {
	App      *app.App
	Agencies int
	Size     string // a key of Sizes
	Workers  int    // 0 for one each core
	// Say hears of what takes long; Tell how many of those that were missing are made, and once before the first.
	Say  func(string)
	Tell func(done, all int)
}

// Run makes the agencies. Each is made in one transaction.
func (s Seed) Run(ctx context.Context) (made int, err error) {
	sizes, ok := Sizes[s.Size]
	if !ok {
		return 0, fmt.Errorf("there is no size %q", s.Size)
	}
	there, err := Existing(ctx, s.App)
	if err != nil {
		return 0, err
	}
	have := make(map[string]bool, len(there))
	for _, a := range there {
		have[a.Slug] = true
	}
	var missing []int
	for n := 1; n <= s.Agencies; n++ {
		if !have[slugOf(n)] {
			missing = append(missing, n)
		}
	}
	if len(missing) == 0 {
		return 0, nil
	}
	templates, err := s.templates(ctx, sizes)
	if err != nil {
		return 0, err
	}
	return s.make(ctx, missing, templates)
}

func slugOf(n int) string { return fmt.Sprintf("%s%04d", slugPrefix, n) }

// nameOf is always the same for a number.
func nameOf(n int) string { return gofakeit.New(uint64(n)).Company() }

func (s Seed) make(ctx context.Context, missing []int, templates []*tenancy.Template) (made int, err error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	workers := s.Workers
	if workers <= 0 {
		workers = runtime.NumCPU()
	}
	s.Tell(0, len(missing))
	work := make(chan int)
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range workers {
		wg.Go(func() {
			for n := range work {
				_, err := s.App.Provisioner.MakeLike(ctx, templates[n%len(templates)], slugOf(n), nameOf(n), indexMembers)
				if err != nil {
					stop(fmt.Errorf("make %s: %w", slugOf(n), err))
					continue
				}
				mu.Lock()
				made++
				s.Tell(made, len(missing))
				mu.Unlock()
			}
		})
	}
	for _, n := range missing {
		if ctx.Err() != nil {
			break
		}
		work <- n
	}
	close(work)
	wg.Wait()
	return made, context.Cause(ctx)
}

func indexMembers(ctx context.Context, agency, platform pgx.Tx, agencyID string) error {
	_, err := identitydb.Index(ctx, agency, platform, agencyID)
	return err
}

// templates fills one agency of each size by the rules that people work by, reads it, and lets it go.
func (s Seed) templates(ctx context.Context, sizes []sample.Size) (out []*tenancy.Template, err error) {
	if err := s.sweep(ctx); err != nil {
		return nil, err
	}
	for i, size := range sizes {
		s.Say(fmt.Sprintf("making sample %d of %d, which the agencies are made from", i+1, len(sizes)))
		slug := templatePrefix + id.New()[24:]
		a, err := s.App.Provisioner.Claim(ctx, slug, "Template")
		if err != nil {
			return nil, err
		}
		in := access.With(tenancy.With(ctx, a), access.Actor{Kind: access.System, Name: "Bureau"})
		_, err = s.App.Services.Identity.CreateMember(in, identity.NewMember{Name: "Olive Owner", Email: Owner, Role: identity.Owner})
		if err == nil && size != (sample.Size{}) {
			err = s.App.LoadSample(in, size, func(float64, string) {})
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("fill the sample: %w", err), s.sweep(context.WithoutCancel(ctx)))
		}
		t, err := s.App.Provisioner.ReadTemplate(ctx, a)
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, s.sweep(ctx)
}

// sweep removes templates, also those of a run that was killed.
func (s Seed) sweep(ctx context.Context) error {
	return each(ctx, s.App, templatePrefix, func(a tenancy.Agency) error { return s.App.RemoveAgency(ctx, a) })
}

// Existing lists the agencies that were made here, in their order.
func Existing(ctx context.Context, a *app.App) (out []tenancy.Agency, err error) {
	err = each(ctx, a, slugPrefix, func(t tenancy.Agency) error {
		if t.State == tenancy.Active {
			out = append(out, t)
		}
		return nil
	})
	return out, err
}

func each(ctx context.Context, a *app.App, prefix string, fn func(tenancy.Agency) error) error {
	for after := prefix; ; {
		page, err := a.Provisioner.List(ctx, after, 500)
		if err != nil || len(page) == 0 {
			return err
		}
		for _, t := range page {
			if !strings.HasPrefix(t.Slug, prefix) {
				return nil
			}
			if err := fn(t); err != nil {
				return err
			}
		}
		after = page[len(page)-1].Slug
	}
}
