package ratio

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bureauhq/bureau/cmd/scale/report"
	"github.com/bureauhq/bureau/tenancy"
)

// Plan says what is compared over which agencies.
type Plan struct {
	Tenancy  tenancy.Config
	Agencies []tenancy.Agency // the busiest first
	Skew     float64          // of the Zipf distribution, above 1
	Rounds   int              // of which the one with the middle ratio counts
	Requests int              // of each way in a round
	Say      func(string)
}

// Run compares, and adds what it finds to the sheet.
func (p Plan) Run(ctx context.Context, sheet *report.Sheet) error {
	all, err := targets(ctx, p.Tenancy.OwnerURL, p.Agencies)
	if err != nil {
		return err
	}
	m, err := newMeter(ctx, p.Tenancy.OwnerURL)
	if err != nil {
		return err
	}
	for _, part := range []func(context.Context, *report.Sheet, meter, []*target) error{p.many, p.oneAgency, p.trips, p.newcomers} {
		if err := part(ctx, sheet, m, all); err != nil {
			return err
		}
	}
	return nil
}

// conns is as many as the shards may open together: what each has for itself, and half as many in common.
func (p Plan) conns() int { return p.Tenancy.Shards * p.Tenancy.Conns * 3 / 2 }

// many compares ways to serve all agencies.
func (p Plan) many(ctx context.Context, sheet *report.Sheet, m meter, all []*target) (err error) {
	var ways []*way
	defer func() {
		for _, w := range ways {
			w.close()
		}
	}()
	owner, conns := p.Tenancy.OwnerURL, p.conns()
	if err := p.readOnce(ctx, owner, conns, all); err != nil {
		return err
	}
	for _, open := range []func() (*way, error){
		func() (*way, error) { return ours(ctx, p.Tenancy) },
		func() (*way, error) { return raw(ctx, owner, conns, all) },
		func() (*way, error) { return setLocal(ctx, owner, conns) },
		func() (*way, error) { return unsharded(p.Tenancy, conns) },
	} {
		w, err := open()
		if err != nil {
			return err
		}
		ways = append(ways, w)
	}
	for _, c := range []int{16, 64} {
		p.Say(fmt.Sprintf("processor time of the 5-query request, %d at a time", c))
		r, err := p.compare(ctx, m, ways, all, c)
		if err != nil {
			return err
		}
		us, pgx, local, single := r[0], r[1], r[2], r[3]
		what := fmt.Sprintf("5 queries over %d agencies, Zipf, %d at a time: processor time ÷ ", len(all), c)
		us.against(pgx).onto(sheet, what+"raw pgx with qualified names", 1.0)
		us.against(local).onto(sheet, what+"GORM with SET LOCAL", 0.7)
		if c == 64 {
			a, b := us.late(), single.late()
			sheet.Ratio("99th percentile at 64 at a time ÷ one unsharded pool of as many connections", float64(a)/float64(b), 1.0,
				a.Round(100*time.Microsecond).String()+" to "+b.Round(100*time.Microsecond).String())
		}
	}
	return nil
}

// readOnce is the first reader of every agency, on connections that nobody uses afterwards. Whoever is the first to read a row
// that was copied marks its page, which is then written down whole: left to chance, that counts for one way of a round.
// Rows that are in use have had their first reader.
func (p Plan) readOnce(ctx context.Context, owner string, conns int, all []*target) error {
	p.Say("reading in every agency once")
	w, err := raw(ctx, owner, conns, all)
	if err != nil {
		return err
	}
	defer w.close()
	_, err = serve(ctx, w, all, conns)
	return err
}

// oneAgency compares a hit with a program that knows no agencies.
func (p Plan) oneAgency(ctx context.Context, sheet *report.Sheet, m meter, all []*target) error {
	const conns = 4
	p.Say("processor time of a hit")
	us, err := ours(ctx, p.Tenancy)
	if err != nil {
		return err
	}
	defer us.close()
	plain, err := alone(ctx, p.Tenancy.OwnerURL, conns, all[0])
	if err != nil {
		return err
	}
	defer plain.close()
	r, err := p.compare(ctx, m, []*way{us, plain}, all[:1], conns)
	if err != nil {
		return err
	}
	r[0].against(r[1]).onto(sheet, "a hit: processor time ÷ GORM without tenancy", 1.05)
	return nil
}

// result is what one way took.
type result struct {
	rounds []spent // a request's share
	took   []time.Duration
}

// pair is one round of two ways: the same requests, a moment after each other.
type pair struct{ us, them spent }

func (p pair) ratio() float64 { return float64(p.us.sum()) / float64(p.them.sum()) }

func (p pair) onto(sheet *report.Sheet, what string, goal float64) {
	cpu := func(s spent) string {
		return fmt.Sprintf("%d + %d µs", s.client.Microseconds(), s.backends.Microseconds())
	}
	sheet.Ratio(what, p.ratio(), goal, cpu(p.us)+" to "+cpu(p.them))
}

// against is the round whose ratio is the median of all rounds'. A round is compared with itself only: what is asked for,
// how much the backends know by then and how busy the machine is differ from round to round, for all ways alike.
func (r *result) against(other *result) pair {
	pairs := make([]pair, len(r.rounds))
	for i := range pairs {
		pairs[i] = pair{r.rounds[i], other.rounds[i]}
	}
	slices.SortFunc(pairs, func(a, b pair) int { return cmp.Compare(a.ratio(), b.ratio()) })
	return pairs[len(pairs)/2]
}

func (r *result) late() time.Duration {
	slices.Sort(r.took)
	return r.took[len(r.took)*99/100]
}

// compare lets all ways serve the same requests in turns. The first round, in which nobody knows anything yet, does not count.
func (p Plan) compare(ctx context.Context, m meter, ways []*way, all []*target, concurrency int) ([]*result, error) {
	out := make([]*result, len(ways))
	for i := range out {
		out[i] = &result{}
	}
	for round := range p.Rounds + 1 {
		work := p.draw(uint64(round), all)
		for k := range ways {
			i := (k + round) % len(ways) // nobody is always the one who comes after another
			before, err := m.read()
			if err != nil {
				return nil, err
			}
			took, err := serve(ctx, ways[i], work, concurrency)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", ways[i].name, err)
			}
			after, err := m.read()
			if err != nil {
				return nil, err
			}
			if round == 0 {
				continue
			}
			s := after.since(before)
			n := time.Duration(len(work))
			out[i].rounds = append(out[i].rounds, spent{s.client / n, s.backends / n})
			out[i].took = append(out[i].took, took...)
		}
	}
	return out, nil
}

// draw is the same for the same round.
func (p Plan) draw(round uint64, all []*target) []*target {
	dice := rand.New(rand.NewPCG(2026, round))
	out := make([]*target, p.Requests)
	if len(all) == 1 {
		for i := range out {
			out[i] = all[0]
		}
		return out
	}
	zipf := rand.NewZipf(dice, p.Skew, 1, uint64(len(all)-1))
	for i := range out {
		out[i] = all[zipf.Uint64()]
	}
	return out
}

func serve(ctx context.Context, w *way, work []*target, concurrency int) ([]time.Duration, error) {
	took := make([]time.Duration, len(work))
	errs := make([]error, concurrency)
	var next atomic.Int64
	var wg sync.WaitGroup
	for i := range concurrency {
		wg.Go(func() {
			for {
				n := int(next.Add(1)) - 1
				if n >= len(work) {
					return
				}
				began := time.Now()
				if errs[i] = w.ask(ctx, work[n]); errs[i] != nil {
					return
				}
				took[n] = time.Since(began)
			}
		})
	}
	wg.Wait()
	return took, errors.Join(errs...)
}
