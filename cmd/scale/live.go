package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/cmd/bureau/fleet"
)

// live is what is measured of the built program, through HTTP.
func (r *run) live(ctx context.Context) error {
	if !r.onlySignUps {
		if err := r.startCounted(ctx); err != nil {
			return err
		}
	}
	p, err := r.start(ctx, r.spares)
	if err != nil {
		return err
	}
	err = r.atWork(ctx, p)
	return errors.Join(err, p.stop())
}

func (r *run) atWork(ctx context.Context, p *program) error {
	a, err := r.open(ctx, p.at)
	if err != nil {
		return err
	}
	defer a.Close()
	all, err := fleet.Existing(ctx, a)
	if err != nil {
		return err
	}
	all = all[:min(len(all), r.agencies)]
	if r.onlySignUps {
		return r.signUp(ctx, p, all)
	}
	some := all[:min(len(all), r.over)]

	r.say(fmt.Sprintf("sending %d requests to %d agencies", r.requests, len(some)))
	t := &fleet.Traffic{App: a, At: p.local, Each: true, Agencies: some, Concurrency: 16, Skew: r.skew, For: time.Hour, Requests: r.requests}
	tally, err := t.Run(ctx)
	if err != nil {
		return err
	}
	lines := tally.Lines()
	sum := lines[len(lines)-1]
	what := fmt.Sprintf("%d requests through HTTP to %d agencies, 16 at a time", sum.Requests+sum.Failed, t.Called())
	r.sheet.Count(what+": failed", sum.Failed, 0)
	if err := tally.Error(); err != nil {
		r.say("the first that failed: " + err.Error())
	}
	r.sheet.Note(what, fmt.Sprintf("%.0f a second; median %s, 95th percentile %s, 99th %s", float64(sum.Requests)/tally.Took.Seconds(),
		sum.P50.Round(time.Millisecond), sum.P95.Round(time.Millisecond), sum.P99.Round(time.Millisecond)))
	a.DB.Close() // ours made the tokens; what is left is the program's
	if err := r.memory(ctx, a, p); err != nil {
		return err
	}
	return r.signUp(ctx, p, all)
}

// memory looks at the program and its backends as traffic left them.
func (r *run) memory(ctx context.Context, a *app.App, p *program) error {
	m, err := fleet.MeasureMemory(ctx, a.Control.Pool(), a.RolePrefix(), p.cmd.Process.Pid)
	if err != nil {
		return err
	}
	if len(m.Backends) == 0 {
		return errors.New("no backend serves the program")
	}
	r.sheet.Memory("memory after that, the largest backend (RssAnon)", m.Backends[0], 150,
		fmt.Sprintf("(median %d MB; %d backends, together %d MB)", m.Backends[len(m.Backends)/2]>>20, len(m.Backends), m.Together()>>20))
	if len(m.Shares) > 0 {
		r.sheet.Note("the same with a share of the buffers (Pss)", fmt.Sprintf("%d MB, median %d MB", m.Shares[0]>>20, m.Shares[len(m.Shares)/2]>>20))
	}
	r.sheet.Memory("memory of the application (RssAnon)", m.App, 200, "")
	return nil
}

var (
	// sent is a line of the server's log with a statement of a client.
	sent = regexp.MustCompile(`LOG:  (statement|execute [^:]+): `)
	// inSchema is the name of an agency's schema in one.
	inSchema = regexp.MustCompile(`\bt\d{5,}\b`)
)

// startCounted starts the program with every statement written down, asks for one page, and counts.
func (r *run) startCounted(ctx context.Context) error {
	r.say("starting the program, counting its statements")
	name := filepath.Join(r.data, "log", "postgres.log")
	from := size(name)
	p, err := r.start(ctx, 1) // what it does to make many ready is not its start
	if err != nil {
		return err
	}
	err = firstPage(ctx, p.local, "sample-0001."+domain)
	text, readErr := readFrom(name, from)
	err = errors.Join(err, readErr, logStatements(ctx, p.at.DatabaseURL, false), p.stop())
	if err != nil {
		return err
	}
	statements := len(sent.FindAllString(text, -1))
	met := map[string]bool{}
	for _, s := range inSchema.FindAllString(text, -1) {
		met[s] = true
	}
	if statements == 0 {
		return errors.New("the server's log holds no statement")
	}
	// A start looks at the versions of all schemas, a hundred in a statement; the rest does not grow with their number.
	const ofAnyStart = 250
	r.sheet.AtMost("statements from the program's start to its first page", statements, ofAnyStart+r.agencies/100, fmt.Sprintf("(they name the schemas of %d agencies)", len(met)))
	r.sheet.Note("the program's start, with database and identity server", p.took.Round(100*time.Millisecond).String())
	return nil
}

func firstPage(ctx context.Context, local, host string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+local+"/", nil)
	if err != nil {
		return err
	}
	req.Host = host
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	if res.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("the first page of %s: %s", host, res.Status)
	}
	return nil
}

func size(name string) int64 {
	st, err := os.Stat(name)
	if err != nil {
		return 0
	}
	return st.Size()
}

// readFrom reads what was added to a log. One that began anew meanwhile is read as a whole.
func readFrom(name string, from int64) (string, error) {
	b, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	if from > int64(len(b)) {
		from = 0
	}
	return string(b[from:]), nil
}

// spares counts the agencies that wait for a sign-up.
func spares(ctx context.Context, db *pgxpool.Pool) (n int, err error) {
	err = db.QueryRow(ctx, `SELECT count(*) FROM platform.agencies WHERE state = 'spare'`).Scan(&n)
	return n, err
}
