package tenancy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/migrations"
)

var (
	// ErrSlugTaken answers a slug that another agency has.
	ErrSlugTaken = fault.Define(fault.Conflict, "tenancy.slug_taken", "This address is taken.").At("body.slug", "is taken")
	errNoSpare   = errors.New("tenancy: no spare is ready")
)

// Provisioner makes agencies ahead of time and gives them away.
type Provisioner struct {
	cfg     Config
	control *Control
	owner   *Migrator // nil where this process may only claim
	log     *slog.Logger

	warned sync.Map // the crowded shards that the log was told of
}

// NewProvisioner returns a provisioner. With a nil owner it can claim spares but make none.
func NewProvisioner(cfg Config, control *Control, owner *Migrator, log *slog.Logger) (*Provisioner, error) {
	cfg, err := cfg.withDefaults()
	return &Provisioner{cfg: cfg, control: control, owner: owner, log: log}, err
}

// Claim gives a ready-made agency its slug and name: one UPDATE, no DDL. If
// no spare is ready it makes one, which takes a moment. ErrSlugTaken.
func (p *Provisioner) Claim(ctx context.Context, slug, name string) (Agency, error) {
	for {
		a, err := p.claim(ctx, slug, name)
		if !errors.Is(err, errNoSpare) || p.owner == nil {
			return a, err
		}
		p.log.WarnContext(ctx, "no spare agency was ready; one is made now")
		// Another sign-up may take what we made; the context ends the race.
		if err := p.Make(ctx); err != nil {
			return Agency{}, err
		}
	}
}

func (p *Provisioner) claim(ctx context.Context, slug, name string) (Agency, error) {
	var a Agency
	err := p.control.RunOne(ctx, func(ctx context.Context, q Querier) error {
		var err error
		a, err = scanAgency(q.QueryRow(ctx, `
			UPDATE agencies a SET slug = $1, name = $2, state = 'active', claimed_at = now()
			WHERE a.id = (SELECT id FROM agencies WHERE state = 'spare' AND placement = $4 AND schema_version COLLATE "C" >= $3
			              ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
			RETURNING a.id, a.slug, a.name, a.state, a.schema_version, a.placement, a.schema_name, a.role_name, a.shard`,
			strings.ToLower(slug), name, migrations.Newest(p.cfg.Steps), p.cfg.NewAt))
		return err
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return Agency{}, errNoSpare
	case pg.Violates(err, "agencies_slug_key"):
		return Agency{}, ErrSlugTaken.Because(err)
	}
	return a, err
}

// Make makes one spare: role, schema and all steps in one transaction.
func (p *Provisioner) Make(ctx context.Context) error {
	if p.owner != nil && p.cfg.NewAt != Main {
		return p.owner.Build(ctx, p.cfg.NewAt, p.cfg.Steps, "", func(ctx context.Context, b *Building) error {
			return b.Register(ctx, id.New(), "", "", Spare)
		})
	}
	_, err := p.make(ctx, Agency{State: Spare}, func(context.Context, pgx.Tx, string) error { return nil })
	return err
}

// make makes an agency on the main placement with the slug, name and state of a, and lets fill write
// into its tables, all in one transaction: it is there as a whole or not at all.
func (p *Provisioner) make(ctx context.Context, a Agency, fill func(ctx context.Context, tx pgx.Tx, agencyID string) error) (Agency, error) {
	if p.owner == nil {
		return a, errNoSpare
	}
	a.ID, a.Version = id.New(), migrations.Newest(p.cfg.Steps)
	// A crash may lose what was made last, as a whole; then it is made again. Who claims a spare waits for the disk, and
	// with that for all that was written before: a claimed one is never lost.
	err := pgx.BeginTxFunc(ctx, p.owner.pool, pgx.TxOptions{BeginQuery: `BEGIN; SET LOCAL synchronous_commit = off`}, func(tx pgx.Tx) error {
		var n int64
		if err := tx.QueryRow(ctx, `SELECT nextval('platform.agency_numbers')`).Scan(&n); err != nil {
			return fmt.Errorf("number of the agency: %w", err)
		}
		shard, err := emptiest(ctx, tx, Main, p.cfg.Shards)
		if err != nil {
			return err
		}
		schemaOf := fmt.Sprintf("t%05d", n)
		role := p.cfg.Prefix + "_" + schemaOf
		if err := a.bind(Main, schemaOf, role, shard); err != nil {
			return err
		}
		if err := makeRole(ctx, tx, role, "NOLOGIN NOINHERIT"); err != nil {
			return err
		}
		used(tx.Conn(), makingCounts)
		if _, err := tx.Exec(ctx, baseline(p.cfg.Steps, schemaOf, role, p.cfg.appLogin(shard))); err != nil {
			return fmt.Errorf("make schema %s: %w", schemaOf, err)
		}
		_, err = tx.Exec(ctx, `INSERT INTO platform.agencies (id, slug, name, schema_name, role_name, shard, schema_version, state, claimed_at)
			VALUES ($1, nullif($2, ''), $3, $4, $5, $6, $7, $8, CASE WHEN $8 <> 'spare' THEN now() END)`,
			a.ID, a.Slug, a.Name, schemaOf, role, shard, a.Version, string(a.State))
		if pg.Violates(err, "agencies_slug_key") {
			return ErrSlugTaken.Because(err)
		}
		if err != nil {
			return fmt.Errorf("register %s: %w", schemaOf, err)
		}
		if err := fill(ctx, tx, a.ID); err != nil {
			return fmt.Errorf("fill schema %s: %w", schemaOf, err)
		}
		return nil
	})
	if err == nil {
		p.warnOfCrowds(ctx)
	}
	return a, err
}

// warnOfCrowds says so in the log when a shard is full, once for each. A new
// agency goes to the emptiest, so the others are full as well.
func (p *Provisioner) warnOfCrowds(ctx context.Context) {
	crowds, err := p.owner.Crowds(ctx)
	if err != nil {
		p.log.WarnContext(ctx, "could not count the agencies of the shards", "error", err)
	}
	for _, c := range crowds {
		if _, told := p.warned.LoadOrStore(fmt.Sprint(c.Placement, "/", c.Shard), true); told {
			continue
		}
		p.log.WarnContext(ctx, "a shard's login can enter too many agencies; add shards", "placement", c.Placement, "shard", c.Shard, "agencies", c.Agencies, "most", MostAgencies)
	}
}
