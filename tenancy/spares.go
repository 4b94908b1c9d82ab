package tenancy

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/migrations"
)

const (
	// busy is how many transactions under way, on average, make a moment a busy one when the last spare is at stake.
	// An agency's requests are short: a hundred a second are a third of one.
	busy = 0.3
	// quietLooks in a row, quietPause apart, decide whether it is quiet.
	quietLooks = 40
	quietPause = 20 * time.Millisecond
	// patience is how long a spare waits for a quiet moment, for each that is still there.
	patience = 30 * time.Second
)

// KeepSpares keeps the configured number of spares until ctx ends, and looks
// after them every so often. Making one costs the database more than any
// request and makes its backends forget what they know of tables; so it is done
// one at a time, and in a quiet moment. The more are left, the quieter that has
// to be, so that not every sign-up of a busy hour is followed by a making, into
// which the next one runs. But the fewer are left the shorter is the wait, and
// when none is left there is no wait: a sign-up comes first.
func (p *Provisioner) KeepSpares(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	var lacking time.Time // since when, without a new one
	for {
		made, err := p.keepOne(ctx, &lacking)
		if err != nil && ctx.Err() == nil {
			p.log.WarnContext(ctx, "spare agencies could not be made", "err", err)
		}
		if made {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// keepOne makes one spare if one is lacking and now is the time for it.
func (p *Provisioner) keepOne(ctx context.Context, lacking *time.Time) (made bool, err error) {
	n, err := p.Spares(ctx)
	if err != nil || n >= p.cfg.Spares {
		*lacking = time.Time{}
		return false, err
	}
	if lacking.IsZero() {
		*lacking = time.Now()
	}
	if wait := time.Duration(n) * patience; time.Since(*lacking) < wait {
		quiet, err := p.quiet(ctx, busy*float64(p.cfg.Spares-n)/float64(p.cfg.Spares))
		if err != nil || !quiet {
			return false, err
		}
	}
	if err := p.Make(ctx); err != nil {
		return false, err
	}
	*lacking = time.Time{}
	return true, nil
}

// quiet tells whether fewer transactions than that are under way in the database
// on average, whoever asks it. Each holds a lock on its own number, which everybody may see.
func (p *Provisioner) quiet(ctx context.Context, than float64) (bool, error) {
	sum := 0
	for range quietLooks {
		var n int
		err := p.control.ReadOne(ctx, func(ctx context.Context, q Querier) error {
			return q.QueryRow(ctx, `SELECT count(*) FROM pg_catalog.pg_locks WHERE locktype = 'virtualxid' AND pid <> pg_catalog.pg_backend_pid()`).Scan(&n)
		})
		if err != nil {
			return false, err
		}
		sum += n
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(quietPause):
		}
	}
	return float64(sum)/quietLooks < than, nil
}

// Spares counts those that can be claimed.
func (p *Provisioner) Spares(ctx context.Context) (n int, err error) {
	err = p.control.Read(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM agencies WHERE state = 'spare' AND placement = $2 AND schema_version COLLATE "C" >= $1`,
			migrations.Newest(p.cfg.Steps), p.cfg.NewAt).Scan(&n)
	})
	return n, err
}

// Fill makes spares up to the configured number, at once.
func (p *Provisioner) Fill(ctx context.Context) error {
	for {
		n, err := p.Spares(ctx)
		if err != nil || n >= p.cfg.Spares {
			return err
		}
		if err := p.Make(ctx); err != nil {
			return err
		}
	}
}
