package custody

import (
	"context"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/tenancy"
)

// Deps are what the service cannot work without.
type Deps struct {
	Owner   *tenancy.Migrator
	Control *tenancy.Control
	Files   file.Store
	// People gives the members of a new copy their places in the platform's
	// index. elsewhere says that the archive is another installation's. It runs
	// in the transactions of the import, of which the first has the new schema as search path.
	People func(ctx context.Context, agency, platform pgx.Tx, agencyID string, elsewhere bool) (People, error)
	// Highest are counters that a restore must not turn back.
	Highest []Highest
	// Backups is where archives are kept, and how; without a store there are none.
	Backups Plan
	Program string // version of this program
	Log     *slog.Logger
	Now     func() time.Time
}

// People tells what became of the members of an imported agency.
type People struct {
	Members int `json:"members"`
	// Unknown have no account with that verified address here. They come in by
	// signing up, or in, with it.
	Unknown []string `json:"unknown"`
	// Invitations are open ones whose letters do not work any more.
	Invitations int `json:"invitations"`
}

// Highest is a table of counters: rows with the same key keep the higher value.
// Ref is the column that names the row of Parent whose counter it is.
type Highest struct {
	Table   string
	Key     []string
	Columns []string
	Parent  string
	Ref     string
}

// Service exports, imports, backs up and restores agencies.
type Service struct {
	d        Deps
	moving   chan struct{}
	jobsTime time.Duration
}

// New returns a service over d.
func New(d Deps) *Service { return &Service{d, make(chan struct{}, 1), jobsTime} }

// Progress is told how far long work has got.
type Progress func(Step)

// Step is a moment of long work.
type Step struct {
	What  string `json:"what"` // "tables", "files", "verify", "register"; of a move "copy", "catch up", "stop", "compare", "swap", "prove"; of a restore "stop", "swap"
	Name  string `json:"name"`
	Done  int    `json:"done"`
	Total int    `json:"total"`
}

func (p Progress) say(what, name string, done, total int) {
	if p != nil {
		p(Step{what, name, done, total})
	}
}
