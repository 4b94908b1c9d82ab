package fleet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/tenancy"
)

// Traffic sends what people's browsers send, to many agencies, most of it to few of them. It calls the application that it
// serves itself, on the loopback address, or another process of it at At.
type Traffic struct {
	App         *app.App         // makes the tokens
	At          string           // host and port of the other process; empty for this one
	Each        bool             // before the dice decide, every agency is called once
	Agencies    []tenancy.Agency // the busiest first
	Concurrency int
	Rate        int     // requests a second at most; 0 for as many as so many at a time get answered
	Skew        float64 // of the Zipf distribution, above 1
	For         time.Duration
	Requests    int    // ends earlier after so many; 0 for no such end
	Seats       *Seats // who sat down for other traffic; nil for nobody

	at    string
	began time.Time
	turns <-chan time.Time // one for each request, nil where nobody waits for a turn
	left  atomic.Int64
	first atomic.Int64 // how many were called because each is
}

// Seats are who is at work. Traffic that follows on other traffic finds them there.
type Seats struct{ taken sync.Map } // agency's key → *seat

// seat is somebody at work in one agency.
type seat struct {
	sync.Mutex
	host, token string
	used        int
	project     string
}

// calls are what is sent, by how often.
var calls = []struct {
	name   string
	weight int
	path   string
}{
	{"GET me", 10, "/api/v1/me"},
	{"GET projects", 20, "/api/v1/projects?limit=25"},
	{"GET my tasks", 20, "/api/v1/tasks?state=open&limit=25"},
	{"GET clients", 15, "/api/v1/clients?limit=25"},
	{"GET time", 15, "/api/v1/time-entries?limit=50"},
	{"GET invoices", 5, "/api/v1/invoices?limit=25"},
	{"POST time", 15, "/api/v1/time-entries"},
}

// who is at work: someone of the sample who may log time.
const who = "priya.raman@sample.example"

// Run sends requests until the time or the number is over.
func (t *Traffic) Run(ctx context.Context) (*Tally, error) {
	if len(t.Agencies) == 0 {
		return nil, errors.New("there are no agencies to call; make some with --agencies")
	}
	t.at, t.began = t.At, time.Now()
	if t.at == "" {
		at, stop, err := Serve(t.App)
		if err != nil {
			return nil, err
		}
		defer stop()
		t.at = at
	}
	if t.Seats == nil {
		t.Seats = &Seats{}
	}
	t.left.Store(int64(t.Requests))
	if t.Rate > 0 {
		turns := time.NewTicker(time.Second / time.Duration(t.Rate))
		defer turns.Stop()
		t.turns = turns.C
	}
	ctx, cancel := context.WithTimeout(ctx, t.For)
	defer cancel()
	out := NewTally()
	var wg sync.WaitGroup
	for i := range max(1, t.Concurrency) {
		wg.Go(func() { t.work(ctx, uint64(i), out) })
	}
	wg.Wait()
	out.Took = time.Since(t.began)
	return out, nil
}

// SitDown lets somebody sit down in every agency, so that the traffic that comes is of people who are at work and not of
// people who begin. It needs Seats, and calls the process at At.
func (t *Traffic) SitDown(ctx context.Context) error {
	if t.At == "" || t.Seats == nil {
		return errors.New("seats are taken in another process; say where it is, and where they are kept")
	}
	t.at = t.At
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: max(1, t.Concurrency)}}
	defer client.CloseIdleConnections()
	all, ctx := errgroup.WithContext(ctx)
	all.SetLimit(max(1, t.Concurrency))
	for _, a := range t.Agencies {
		all.Go(func() error {
			_, err := t.seat(ctx, client, a)
			return err
		})
	}
	return all.Wait()
}

func (t *Traffic) work(ctx context.Context, n uint64, out *Tally) {
	dice := rand.New(rand.NewPCG(2026, n))
	zipf := rand.NewZipf(dice, t.Skew, 1, uint64(len(t.Agencies)-1))
	client := &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 1}}
	defer client.CloseIdleConnections()
	for ctx.Err() == nil {
		if t.turns != nil {
			select {
			case <-ctx.Done():
				return
			case <-t.turns:
			}
		}
		if t.Requests > 0 && t.left.Add(-1) < 0 {
			return
		}
		a := t.Agencies[t.whom(zipf)]
		s, err := t.seat(ctx, client, a)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			out.Note("sit down", 0, err)
			continue
		}
		name, method, path, body := s.next(dice)
		began := time.Now()
		err = send(ctx, client, t.at, s.host, s.token, method, path, body, nil)
		if ctx.Err() == nil {
			out.Note(name, time.Since(began), err)
		}
	}
}

// whom is the place of the next agency to call.
func (t *Traffic) whom(zipf *rand.Zipf) uint64 {
	if t.Each {
		if n := uint64(t.first.Add(1)) - 1; n < uint64(len(t.Agencies)) {
			return n
		}
	}
	return zipf.Uint64()
}

// seat finds who is at work in an agency. Taking a seat is part of no figure.
func (t *Traffic) seat(ctx context.Context, client *http.Client, a tenancy.Agency) (*seat, error) {
	v, _ := t.Seats.taken.LoadOrStore(a.ID, &seat{})
	s := v.(*seat)
	s.Lock()
	defer s.Unlock()
	s.used++
	// A token may make 600 calls a minute.
	if s.token != "" && s.used%500 != 0 {
		return s, nil
	}
	in := access.With(tenancy.With(ctx, a), access.Actor{Kind: access.System, Name: "Bureau"})
	m, err := t.App.Services.Identity.MemberByEmail(in, who)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.Slug, err)
	}
	_, token, err := t.App.Services.Identity.TokenCreateFor(in, m.ID, identity.NewToken{Name: "load", Scopes: identity.Scopes()})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.Slug, err)
	}
	origin := t.App.Origin()
	s.host, s.token = a.Slug+"."+origin.Host, token
	var found struct{ Items []struct{ ID string } }
	if err := send(ctx, client, t.at, s.host, token, http.MethodGet, "/api/v1/projects?limit=1", nil, &found); err != nil {
		return nil, err
	}
	if len(found.Items) > 0 {
		s.project = found.Items[0].ID
	}
	return s, nil
}

func (s *seat) next(dice *rand.Rand) (name, method, path string, body any) {
	n := dice.IntN(100)
	for _, c := range calls {
		if n -= c.weight; n >= 0 {
			continue
		}
		if !strings.HasPrefix(c.name, "POST") {
			return c.name, http.MethodGet, c.path, nil
		}
		if s.project == "" {
			break
		}
		return c.name, http.MethodPost, c.path, map[string]any{"project_id": s.project, "day": day.Of(time.Now(), time.UTC).String(), "seconds": 60, "note": "Load"}
	}
	return calls[0].name, http.MethodGet, calls[0].path, nil
}

// Serve lets the application answer on a port of the loopback address until stop is called.
func Serve(a *app.App) (at string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	go func() { _ = a.Fiber.Listener(l) }()
	return l.Addr().String(), func() { _ = l.Close() }, nil
}

func send(ctx context.Context, client *http.Client, at, host, token, method, path string, body, into any) error {
	var r io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		r = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://"+at+path, r)
	if err != nil {
		return err
	}
	req.Host = host
	if cookie, ok := strings.CutPrefix(token, "cookie "); ok {
		req.Header.Set("Cookie", cookie)
	} else {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if r != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	answer, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %d %s", method, path, res.StatusCode, answer)
	}
	if into != nil {
		return json.Unmarshal(answer, into)
	}
	return nil
}

// Called tells how many agencies were called.
func (t *Traffic) Called() (n int) {
	t.Seats.taken.Range(func(any, any) bool { n++; return true })
	return n
}
