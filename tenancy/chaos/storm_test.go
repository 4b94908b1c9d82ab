package chaos_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"

	"github.com/bureauhq/bureau/tenancy"
	"github.com/bureauhq/bureau/tenancy/pool"
)

const visitors = 24

// door opens a way to the tables of a and calls fn on it. What fn changes without a failure stays.
type door func(ctx context.Context, a agency, change bool, fn func(context.Context, *gorm.DB) error) error

type counter = atomic.Int64

// storm is many visitors at once and everything that can go wrong to them.
type storm struct {
	*world
	name    string
	control bool // ends at the first breach, which must be its own: nobody sets anything carelessly
	stop    context.CancelFunc

	wrongReads, wrongWrites, strangers                    counter
	reads, writes, failures, panics, cancelled, careless  counter
	killed, altered, missing, undone, unsure, lost, stays counter

	mu      sync.Mutex
	sure    map[string]bool // run → whether it was acknowledged; undone otherwise
	strange []error         // failures that nothing explains
}

// gusts lets visitors in by the dozen, so that they meet in the pool and leave the machine to others in between.
func gusts(ctx context.Context) <-chan struct{} {
	in := make(chan struct{}, 40)
	go func() {
		tick := time.NewTicker(100 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			for range cap(in) - len(in) {
				in <- struct{}{}
			}
		}
	}()
	return in
}

// open lets all in at once.
func open(context.Context) <-chan struct{} {
	in := make(chan struct{})
	close(in)
	return in
}

// blow storms for a while.
func (s *storm) blow(t *testing.T, enter door, lasts time.Duration, pace func(context.Context) <-chan struct{}) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), lasts)
	defer stop()
	s.stop, s.sure = stop, map[string]bool{}
	let := pace(ctx)
	var all sync.WaitGroup
	every := func(d time.Duration, act func(*pgx.Conn)) {
		owner := s.owner(t)
		all.Go(func() {
			tick := time.NewTicker(d)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
					act(owner)
				}
			}
		})
	}
	every(100*time.Millisecond, func(owner *pgx.Conn) { s.kill(t, owner) })
	every(30*time.Millisecond, func(owner *pgx.Conn) { s.migrate(t, owner) })
	for n := range visitors {
		all.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-ctx.Done():
					return
				case <-let:
					s.visit(ctx, enter, fmt.Sprintf("%s %d/%d", s.name, n, i))
				}
			}
		})
	}
	all.Wait()
	s.audit(t)
}

func (s *storm) kill(t *testing.T, owner *pgx.Conn) {
	t.Helper()
	tag, err := owner.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity
		WHERE datname = current_database() AND usename = $1 ORDER BY random() LIMIT 1) AS one`, s.login())
	if err != nil {
		t.Error(err)
	}
	s.killed.Add(tag.RowsAffected())
}

// migrate gives an agency a column or takes it away, as the releases before and after do. Now and then it makes the
// table anew: a table remembers the columns that it lost, and an hour of this comes to more than it can have.
func (s *storm) migrate(t *testing.T, owner *pgx.Conn) {
	t.Helper()
	a := s.agencies[rand.IntN(len(s.agencies))]
	if a.gone {
		return
	}
	table := a.schema + `.marks`
	q := `ALTER TABLE ` + table + ` ADD COLUMN IF NOT EXISTS extra text NOT NULL DEFAULT 'more'`
	switch n := rand.IntN(200); {
	case n == 0:
		q = anew(a.schema)
	case n%2 == 0:
		q = `ALTER TABLE ` + table + ` DROP COLUMN IF EXISTS extra`
	}
	_, err := owner.Exec(t.Context(), `SET lock_timeout = '500ms'; `+q)
	if err == nil {
		s.altered.Add(1)
	} else if !coded(err, "55P03", "40P01") {
		t.Error(err)
	}
}

// anew copies an agency's marks into a table that takes the place of theirs: one statement list is one transaction.
func anew(schema string) string {
	return strings.ReplaceAll(`LOCK TABLE @.marks IN ACCESS EXCLUSIVE MODE;
		CREATE TABLE @.fresh (LIKE @.marks INCLUDING ALL);
		INSERT INTO @.fresh OVERRIDING SYSTEM VALUE SELECT * FROM @.marks;
		SELECT setval(pg_get_serial_sequence('@.fresh', 'id'), (SELECT max(id) FROM @.fresh));
		DROP TABLE @.marks;
		ALTER TABLE @.fresh RENAME TO marks`, "@", schema)
}

var errPlanned = errors.New("planned")

// trouble is what befalls one visit.
type trouble int

const (
	none trouble = iota
	badStatement
	plannedError
	panics
	setPath
	setRole
	hiddenSet
	setConfig
	kinds
)

// visit enters one agency, reads, perhaps writes, and lets its trouble happen somewhere in between.
func (s *storm) visit(ctx context.Context, enter door, run string) {
	a, other := s.agencies[rand.IntN(len(s.agencies))], s.agencies[rand.IntN(len(s.agencies))]
	change, early := rand.IntN(3) == 0, rand.IntN(4) == 0
	what := none
	if rand.IntN(2) == 0 {
		what = trouble(rand.IntN(int(kinds)))
	}
	if early {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(rand.IntN(4000))*time.Microsecond)
		defer cancel()
	}
	meant := false // to be undone
	err := func() (err error) {
		defer func() {
			if p := recover(); p != nil {
				if p != errPlanned { //nolint:errorlint // a panic's value is what was thrown
					panic(p)
				}
				s.panics.Add(1)
				err = errPlanned
			}
		}()
		return enter(ctx, a, change, func(_ context.Context, g *gorm.DB) error {
			if rand.IntN(2) == 0 {
				s.befall(g, what, other)
			}
			if err := s.look(g, a); err != nil {
				return err
			}
			if change {
				if err := s.write(g, a, run); err != nil {
					return err
				}
			}
			if what == plannedError || what == panics {
				meant = true
				if what == panics {
					panic(errPlanned)
				}
				return errPlanned
			}
			s.befall(g, what, other)
			return s.look(g, a)
		})
	}()
	s.note(a, change, meant, run, err)
}

// befall does to the session what careless code does, and does not look at the outcome.
func (s *storm) befall(g *gorm.DB, what trouble, other agency) {
	if s.control && what != badStatement {
		return
	}
	switch what {
	case badStatement:
		g.Exec(`SELECT 1/0`)
	case setPath:
		g.Exec(`SET search_path = ` + other.schema)
	case setRole:
		g.Exec(`SET ROLE ` + other.role)
	case hiddenSet:
		g.Exec("/* a /* nested */ comment */ -- and one more\n ; SET search_path = " + other.schema + "; SET ROLE " + other.role)
	case setConfig:
		g.Exec(`SELECT set_config('search_path', ?, false), set_config('role', ?, false)`, other.schema, other.role)
	default:
		return
	}
	if what != badStatement {
		s.careless.Add(1)
	}
}

// look reads what a has and compares it with a.
func (s *storm) look(g *gorm.DB, a agency) error {
	var marks []mark
	if err := g.Order("id").Limit(5).Find(&marks).Error; err != nil {
		return err
	}
	s.reads.Add(1)
	if a.gone {
		s.breach(&s.strangers)
	}
	for _, m := range marks {
		if m.Agency != a.schema {
			s.breach(&s.wrongReads)
		}
	}
	return nil
}

func (s *storm) write(g *gorm.DB, a agency, run string) error {
	m := mark{Agency: a.schema, Run: run}
	if err := g.Create(&m).Error; err != nil {
		return err
	}
	if err := g.Model(&m).Update("touched", gorm.Expr("touched + 1")).Error; err != nil {
		return err
	}
	var again mark
	if err := g.First(&again, m.ID).Error; err != nil {
		return err
	}
	if again.Agency != a.schema || again.Run != run || again.Touched != 1 {
		s.breach(&s.wrongReads)
	}
	return nil
}

func (s *storm) breach(c *counter) {
	c.Add(1)
	if s.control {
		s.stop()
	}
}

func (s *storm) breached() bool {
	return s.wrongReads.Load()+s.wrongWrites.Load()+s.strangers.Load() > 0
}

// note keeps what a visit was told about its change, and failures that should not be.
func (s *storm) note(a agency, change, meant bool, run string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case !change:
	case err == nil:
		s.writes.Add(1)
		s.sure[run] = true
	case meant:
		s.undone.Add(1)
		s.sure[run] = false
	default:
		s.unsure.Add(1)
	}
	switch {
	case err == nil:
		return
	case a.gone:
		s.missing.Add(1)
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled):
		s.cancelled.Add(1)
	case !explained(err) && len(s.strange) < 20:
		s.strange = append(s.strange, err)
	}
	s.failures.Add(1)
}

func coded(err error, codes ...string) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && slices.Contains(codes, e.Code)
}

// explained tells whether err is what the storm did to this visit: its trouble, a killed server, a lock or a full pool.
func explained(err error) bool {
	for _, known := range []error{errPlanned, tenancy.ErrDatabaseAway, tenancy.ErrBusy, pool.ErrStatement, pgx.ErrTxCommitRollback} {
		if errors.Is(err, known) {
			return true
		}
	}
	// Division by zero, what follows it in a transaction, set_config refused, statement cancelled, locks.
	return coded(err, "22012", "25P02", "42501", "57014", "55P03", "40P01")
}

// audit reads all tables as their owner and compares them with what the visits were told.
func (s *storm) audit(t *testing.T) {
	t.Helper()
	there := map[string]bool{}
	for _, m := range s.marks(t) {
		schema, says, run := m[0], m[1], m[2]
		if says != schema {
			s.wrongWrites.Add(1)
		}
		there[run] = true
	}
	for run, acknowledged := range s.sure {
		if acknowledged && !there[run] {
			s.lost.Add(1)
		}
		if !acknowledged && there[run] {
			s.stays.Add(1)
		}
	}
}

func (s *storm) found() string {
	return fmt.Sprintf("%d reads, %d writes; wrong rows %d, wrong writes %d, served without an agency %d; lost %d, half done %d "+
		"(%d failures: %d cancelled, %d panics, %d missing agencies; %d killed, %d migrated, %d careless SETs, %d undone on purpose, %d uncertain)",
		s.reads.Load(), s.writes.Load(), s.wrongReads.Load(), s.wrongWrites.Load(), s.strangers.Load(), s.lost.Load(), s.stays.Load(),
		s.failures.Load(), s.cancelled.Load(), s.panics.Load(), s.missing.Load(), s.killed.Load(), s.altered.Load(), s.careless.Load(), s.undone.Load(), s.unsure.Load())
}

// judge wants nothing wrong, and everything to have happened.
func (s *storm) judge(t *testing.T) {
	t.Helper()
	if s.breached() || s.lost.Load() > 0 || s.stays.Load() > 0 {
		t.Error("isolation is broken")
	}
	for _, err := range s.strange {
		t.Errorf("nothing explains %v", err)
	}
	for what, n := range map[string]*counter{
		"reads": &s.reads, "writes": &s.writes, "cancelled": &s.cancelled, "panics": &s.panics, "missing": &s.missing,
		"killed": &s.killed, "altered": &s.altered, "careless": &s.careless, "undone": &s.undone,
	} {
		if n.Load() == 0 {
			t.Errorf("no %s: the storm was none", what)
		}
	}
}
