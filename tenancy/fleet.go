package tenancy

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/migrations"
)

// Fleet says how all agencies are brought to the newest step.
type Fleet struct {
	// Workers migrate side by side; 0 for two each core, since each waits for the disk about half of its time.
	Workers int
	// Tell hears of progress, from one goroutine at a time.
	Tell func(done, failed, all int)
	// Pauses are how long those that met a lock wait for their next tries; nil for the usual ones.
	Pauses []time.Duration
}

// usual pauses: a lock that is held for longer is somebody's mistake.
var usual = []time.Duration{500 * time.Millisecond, 2 * time.Second, 5 * time.Second}

// Migrated is the outcome of a run.
type Migrated struct {
	Done   int
	Failed []Lag
}

// Agencies runs the missing steps in every agency that lags, each step in a
// transaction of its own. One that fails holds up no other: it is named in the
// answer, and its error is kept in the registry. A run that was broken off is
// simply repeated.
func (m *Migrator) Agencies(ctx context.Context, f Fleet) (Migrated, error) {
	status, err := m.Status(ctx)
	if err != nil {
		return Migrated{}, err
	}
	r := &fleetRun{m: m, all: len(status.Behind), tell: f.Tell}
	if r.tell == nil {
		r.tell = func(int, int, int) {}
	}
	pauses := f.Pauses
	if pauses == nil {
		pauses = usual
	}
	workers := f.Workers
	if workers <= 0 {
		workers = 2 * runtime.NumCPU()
	}
	workers = min(workers, int(m.pool.Config().MaxConns))
	left := status.Behind
	for i := 0; ; i++ {
		last := i == len(pauses)
		left = r.round(ctx, left, workers, last)
		if ctx.Err() != nil {
			return r.out, ctx.Err()
		}
		if len(left) == 0 || last {
			break
		}
		select {
		case <-ctx.Done():
			return r.out, ctx.Err()
		case <-time.After(pauses[i]):
		}
	}
	return r.out, m.agree(ctx, status)
}

type fleetRun struct {
	m    *Migrator
	all  int
	tell func(done, failed, all int)

	mu  sync.Mutex
	out Migrated
}

// round tries each agency once and returns those to try again.
func (r *fleetRun) round(ctx context.Context, lags []Lag, workers int, last bool) (again []Lag) {
	work := make(chan Lag)
	var wg sync.WaitGroup
	for range min(workers, len(lags)) {
		wg.Go(func() {
			for l := range work {
				err := r.m.bring(ctx, l.AgencyID)
				r.mu.Lock()
				switch {
				case err == nil || errors.Is(err, errGone):
					r.out.Done++
				case ctx.Err() != nil:
				case !last && passing(err):
					again = append(again, l)
				default:
					l.Error = err.Error()
					r.out.Failed = append(r.out.Failed, l)
				}
				r.tell(r.out.Done, len(r.out.Failed), r.all)
				r.mu.Unlock()
			}
		})
	}
	for _, l := range lags {
		if ctx.Err() != nil {
			break
		}
		work <- l
	}
	close(work)
	wg.Wait()
	return again
}

// Agency brings one agency to the newest step, as Agencies does.
func (m *Migrator) Agency(ctx context.Context, key string) error { return m.bring(ctx, key) }

// Newest is the step that every agency should have.
func (m *Migrator) Newest() string { return migrations.Newest(m.cfg.Steps) }

// passing tells whether the same may succeed in a while.
func passing(err error) bool { return pg.Retryable(err) || pg.Away(err) || errors.Is(err, ErrMoved) }

// bring runs the missing steps of one agency and keeps what went wrong in the registry.
func (m *Migrator) bring(ctx context.Context, key string) error {
	err := m.stepByStep(ctx, key)
	if err == nil || errors.Is(err, errGone) || ctx.Err() != nil {
		return err
	}
	err = fmt.Errorf("migrate agency %s: %w", key, err)
	_, keepErr := m.pool.Exec(ctx, `UPDATE platform.agencies SET migration_error = $2, migration_failed_at = now() WHERE id = $1`, key, err.Error())
	return errors.Join(err, keepErr)
}

func (m *Migrator) stepByStep(ctx context.Context, key string) error {
	// The placement's column may not be there before the platform's own steps have run.
	var place, schemaOf, role string
	err := m.pool.QueryRow(ctx, `SELECT coalesce(to_jsonb(a) ->> 'placement', 'main'), schema_name, role_name FROM platform.agencies a
		WHERE id = $1 AND state NOT IN ('making', 'removing', 'removed')`, key).Scan(&place, &schemaOf, &role)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return errGone
	case err != nil:
		return fmt.Errorf("look up: %w", err)
	case !schemaName.MatchString(schemaOf) || !roleName.MatchString(role):
		return ErrNoAgency
	}
	h, err := m.at(place)
	if err != nil {
		return err
	}
	conn, err := h.sql.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close() }()
	for more := true; more; {
		if more, err = m.oneStep(ctx, h, conn, key, schemaOf, role); err != nil {
			return err
		}
	}
	return nil
}

// oneStep runs the first missing step and writes down the new version, in the
// schema and in the registry, in the step's transaction. It tells whether more are missing.
func (m *Migrator) oneStep(ctx context.Context, h *home, conn *sql.Conn, key, schemaOf, role string) (more bool, err error) {
	err = m.inSchema(ctx, h, conn, schemaOf, func(ctx context.Context, tx, platform pgx.Tx) error {
		// The row is the agency's lock: runs of several processes, and requests
		// that come first, bring an agency up one after the other.
		var now string
		if err := platform.QueryRow(ctx, `SELECT schema_name FROM platform.agencies WHERE id = $1 FOR NO KEY UPDATE`, key).Scan(&now); err != nil {
			return fmt.Errorf("lock the agency: %w", err)
		}
		if now != schemaOf {
			return ErrMoved
		}
		// Not prepared: the text is another one in each schema.
		rows, err := tx.Query(ctx, `SELECT id::text FROM `+schemaOf+`.`+versions, pgx.QueryExecModeExec)
		if err != nil {
			return fmt.Errorf("read its steps: %w", err)
		}
		own, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return fmt.Errorf("read its steps: %w", err)
		}
		missing := m.missing(own)
		if len(missing) > 0 {
			step := m.step(missing[0])
			if err := m.steps.run(ctx, conn, schemaOf, role, step); err != nil {
				return fmt.Errorf("step %s: %w", step.ID, err)
			}
			own = append(own, step.ID)
		}
		more = len(missing) > 1
		_, err = platform.Exec(ctx, `UPDATE platform.agencies SET schema_version = $2, migration_error = '', migration_failed_at = NULL WHERE id = $1`, key, lastOf(own))
		return err
	})
	return more, err
}

// inSchema is the function of that name with a transaction on the platform's
// tables that is committed last: in a crash the registry lags behind, which
// the next run sees and mends.
func (m *Migrator) inSchema(ctx context.Context, h *home, conn *sql.Conn, schemaOf string, fn func(ctx context.Context, tx, platform pgx.Tx) error) error {
	if h == m.home {
		return inSchema(ctx, conn, schemaOf, func(ctx context.Context, tx pgx.Tx) error { return fn(ctx, tx, tx) })
	}
	return pgx.BeginFunc(ctx, m.pool, func(platform pgx.Tx) error {
		if _, err := platform.Exec(ctx, `SET LOCAL lock_timeout = '2s'`); err != nil {
			return err
		}
		return inSchema(ctx, conn, schemaOf, func(ctx context.Context, tx pgx.Tx) error { return fn(ctx, tx, platform) })
	})
}

func (m *Migrator) step(key string) migrations.Step {
	return m.cfg.Steps[slices.IndexFunc(m.cfg.Steps, func(s migrations.Step) bool { return s.ID == key })]
}

// agree lets the registry say what the schemas say, where only it was wrong.
func (m *Migrator) agree(ctx context.Context, s Status) (err error) {
	for _, w := range s.Mismatches {
		if slices.ContainsFunc(s.Behind, func(l Lag) bool { return l.AgencyID == w.AgencyID }) {
			continue // its turn has been
		}
		if e := m.bring(ctx, w.AgencyID); !errors.Is(e, errGone) {
			err = errors.Join(err, e)
		}
	}
	return err
}
