package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/id"
)

// The tests below run the real program, as production does: `bureau serve` and
// `bureau worker` in processes of their own, beside a real database, identity
// server and mail server. Every answer of success goes into a ledger, and in
// the end the ledger and the database must agree.

type bill struct {
	ID, State, Number string
	IssueOn           string `json:"issue_on"`
}

// drafts makes invoices that are ready to be issued.
func (s *process) drafts(t *testing.T, n int) (ids []string) {
	t.Helper()
	var client struct{ ID string }
	s.must(t, http.MethodPost, "/api/v1/clients", map[string]any{"name": "Payer", "currency": "USD"}, &client)
	for made := range n {
		if made%tokenCalls == tokenCalls-1 {
			s.plant.newToken(t)
		}
		var i bill
		s.must(t, http.MethodPost, "/api/v1/invoices", map[string]any{
			"client_id": client.ID, "lines": []map[string]any{{"description": "Work", "quantity": "1", "unit": "h", "unit_price": "100"}},
		}, &i)
		ids = append(ids, i.ID)
	}
	return ids
}

// tokenCalls is what a token is used for before there is another: each may make some hundreds of calls a minute.
const tokenCalls = 200

// bills reads every invoice of the agency.
func (s *process) bills(t *testing.T) map[string]bill {
	t.Helper()
	all := map[string]bill{}
	for next := ""; ; {
		var page struct {
			Items []bill
			Next  *string
		}
		s.must(t, http.MethodGet, "/api/v1/invoices?limit=100&cursor="+url.QueryEscape(next), nil, &page)
		for _, i := range page.Items {
			all[i.ID] = i
		}
		if page.Next == nil {
			return all
		}
		next = *page.Next
	}
}

// checkSeries fails unless every invoice is a draft or issued with its number,
// and the numbers are 1 to how many there are.
func checkSeries(t *testing.T, all map[string]bill) (issued int) {
	t.Helper()
	seen := map[int]string{}
	for _, i := range all {
		if i.State == "draft" {
			if i.Number != "" {
				t.Errorf("a draft has the number %s", i.Number)
			}
			continue
		}
		n, err := strconv.Atoi(i.Number[strings.LastIndexAny(i.Number, "-/")+1:])
		if i.State != "issued" || err != nil || seen[n] != "" {
			t.Errorf("%s is %s with the number %q, which %q has too", i.ID, i.State, i.Number, seen[n])
		}
		seen[n] = i.ID
	}
	before := ""
	for n := 1; n <= len(seen); n++ {
		if seen[n] == "" {
			t.Errorf("the series has a gap at %d of %d", n, len(seen))
		}
		on := all[seen[n]].IssueOn
		if on < before {
			t.Errorf("number %d is of %s, the one before it of %s", n, on, before)
		}
		before = on
	}
	return len(seen)
}

// ledger is what clients were told.
type ledger struct {
	mu      sync.Mutex
	numbers map[string]string // of invoices that were said to be issued
	cut     map[string]bool   // calls without an answer: they may have been done
}

// issue issues drafts until there are none or the process is gone.
func (l *ledger) issue(t *testing.T, s *process, drafts <-chan string) {
	t.Helper()
	for draft := range drafts {
		r, err := s.call(http.MethodPost, "/api/v1/invoices/"+draft+"/issue", "issue-"+draft, map[string]any{})
		var i bill
		switch {
		case err != nil:
			l.mu.Lock()
			l.cut[draft] = true
			l.mu.Unlock()
			return
		case r.status != http.StatusOK:
			t.Errorf("issue: %s", r)
		case json.Unmarshal(r.body, &i) != nil || i.Number == "":
			t.Errorf("issued without a number: %s", r)
		default:
			l.mu.Lock()
			l.numbers[draft] = i.Number
			l.mu.Unlock()
		}
	}
}

// Whenever the process is killed while it issues invoices,
// each of them is a draft or has its number, no number is missing, and what
// was acknowledged is there. BUREAU_ISSUE_INVOICES says how many there are; the proof is made with 2000.
func TestKilledWhileIssuing(t *testing.T) {
	p := newPlant(t)
	total := 160
	if n, err := strconv.Atoi(os.Getenv("BUREAU_ISSUE_INVOICES")); err == nil {
		total = n
	}
	rounds := max(10, total/200)
	clients := min(32, total/rounds/4) // fewer than a round's calls: some are answered before the kill, some are not
	s := p.start(t, "serve")
	began := time.Now()
	open := s.drafts(t, total)
	t.Logf("%d drafts in %s", total, time.Since(began).Round(time.Second))
	began = time.Now()
	l := &ledger{numbers: map[string]string{}, cut: map[string]bool{}}
	unsure, answered := map[string]bool{}, 0 // every call that was ever cut off; how many were answered before a kill
	for round := range rounds + 1 {          // the last one is let alone, and issues what is left
		p.newToken(t)
		queue := make(chan string)
		var wg sync.WaitGroup
		for range clients {
			wg.Go(func() { l.issue(t, s, queue) })
		}
		// The moment comes at random, while all clients are waiting for answers.
		known := len(l.numbers)
		calls := total/rounds/2 + rand.IntN(total/rounds)
		for len(open) > 0 && (calls > 0 || round == rounds) {
			queue <- open[0]
			open, calls = open[1:], calls-1
		}
		if round < rounds {
			s.kill()
		}
		close(queue)
		wg.Wait()
		if round < rounds {
			answered += len(l.numbers) - known
			s = p.start(t, "serve")
		}
		all := s.bills(t)
		checkSeries(t, all)
		for draft, number := range l.numbers {
			if all[draft].Number != number {
				t.Fatalf("%s was said to have the number %s and has %q", draft, number, all[draft].Number)
			}
		}
		// A client that got no answer asks again under the same key.
		for draft := range l.cut {
			unsure[draft] = true
			r, err := s.call(http.MethodPost, "/api/v1/invoices/"+draft+"/issue", "issue-"+draft, map[string]any{})
			if err != nil || (r.status != http.StatusOK && !r.doneBefore()) {
				t.Fatalf("the repeated call: %s, %v", r, err)
			}
			var i bill
			s.must(t, http.MethodGet, "/api/v1/invoices/"+draft, nil, &i)
			if was := all[draft].Number; i.State != "issued" || (was != "" && was != i.Number) {
				t.Fatalf("repeated, an invoice with the number %q has %q", was, i.Number)
			}
			l.numbers[draft] = i.Number
		}
		l.cut = map[string]bool{}
	}
	all := s.bills(t)
	if n := checkSeries(t, all); n != len(l.numbers) || n != total {
		t.Errorf("%d invoices are issued, %d were acknowledged, there were %d", n, len(l.numbers), total)
	}
	if len(unsure) == 0 || answered == 0 {
		t.Errorf("%d calls were under way at a kill and %d answered before: the test proved nothing", len(unsure), answered)
	}
	t.Logf("%d kills, %d clients, %d calls cut off, %d answered before, %d invoices issued in %s", rounds, clients, len(unsure), answered, len(l.numbers), time.Since(began).Round(time.Second))
}

// writer makes clients by name until told to stop. Every answer is either a
// success or an honest refusal.
func (s *process) writer(t *testing.T, stop <-chan struct{}, made *sync.Map) {
	t.Helper()
	pace := time.NewTicker(50 * time.Millisecond) // a token's limit is another test's matter
	defer pace.Stop()
	for {
		select {
		case <-stop:
			return
		case <-pace.C:
		}
		name := "Client " + id.New()
		r, err := s.call(http.MethodPost, "/api/v1/clients", name, map[string]any{"name": name})
		switch {
		case err != nil:
			t.Errorf("no answer: %v", err)
			return
		case r.status == http.StatusCreated:
			made.Store(name, true)
		default:
			made.Store(name, false)
			if err := honest(r); err != nil {
				t.Error(err)
			}
		}
	}
}

// honest tells whether a refusal says what it should while the database is away.
func honest(r reply) error {
	if r.status != http.StatusServiceUnavailable || r.header.Get("Retry-After") == "" || r.header.Get("Content-Type") != "application/problem+json" || r.code() == "" {
		return fmt.Errorf("while the database is away: %s (Retry-After %q)", r, r.header.Get("Retry-After"))
	}
	return nil
}

// clientNames counts the agency's clients by name.
func (s *process) clientNames(t *testing.T) map[string]int {
	t.Helper()
	names := map[string]int{}
	for next := ""; ; {
		var page struct {
			Items []struct{ Name string }
			Next  *string
		}
		s.must(t, http.MethodGet, "/api/v1/clients?limit=100&cursor="+url.QueryEscape(next), nil, &page)
		for _, c := range page.Items {
			names[c.Name]++
		}
		if page.Next == nil {
			return names
		}
		next = *page.Next
	}
}

// While the database is away every call is refused with 503 and nothing is
// half-written; service and jobs are back with it.
func TestDatabaseAway(t *testing.T) {
	p := newPlant(t)
	s, worker := p.start(t, "serve"), p.start(t, "worker")
	both := []*process{s, worker}
	var made sync.Map
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() { s.writer(t, stop, &made) })
	}
	count := func(want bool) (n int) {
		made.Range(func(_, ok any) bool {
			if ok == want {
				n++
			}
			return true
		})
		return n
	}
	eventually(t, "clients are made", 30*time.Second, func() bool { return count(true) > 10 })
	for range 2 {
		refused := count(false)
		p.database.Cut()
		eventually(t, "calls are refused", 30*time.Second, func() bool { return count(false) > refused+10 })
		for _, one := range both {
			eventually(t, "/readyz is red", 10*time.Second, func() bool { return one.status("/readyz") == http.StatusServiceUnavailable })
			if got := one.status("/livez"); got != http.StatusOK {
				t.Errorf("/livez answers %d", got)
			}
		}
		r, err := s.call(http.MethodGet, "/api/v1/clients", "", nil)
		if err = errors.Join(err, honest(r)); err != nil {
			t.Error(err)
		}
		p.database.Mend(t)
		served := count(true)
		eventually(t, "service is back", 10*time.Second, func() bool { return count(true) > served })
		for _, one := range both {
			eventually(t, "/readyz is green", 10*time.Second, func() bool { return one.status("/readyz") == http.StatusOK })
		}
	}
	close(stop)
	wg.Wait()
	// The ledger: what was acknowledged is there once, what was refused at most once, and repeated under its key once.
	p.newToken(t)
	there := s.clientNames(t)
	for name, ok := range made.Range {
		name := fmt.Sprint(name)
		if n := there[name]; n > 1 || (ok == true && n != 1) {
			t.Fatalf("%q (acknowledged: %v) is there %d times", name, ok, n)
		}
		if ok == true {
			continue
		}
		r, err := s.call(http.MethodPost, "/api/v1/clients", name, map[string]any{"name": name})
		if err != nil || (r.status != http.StatusCreated && !r.doneBefore()) {
			t.Fatalf("the repeated call: %s, %v", r, err)
		}
	}
	there = s.clientNames(t)
	for name := range made.Range {
		if n := there[fmt.Sprint(name)]; n != 1 {
			t.Fatalf("repeated, %q is there %d times", name, n)
		}
	}
	// The worker that lived through it does its jobs.
	guest := "guest-" + p.slug + "@example.test"
	s.must(t, http.MethodPost, "/api/v1/invitations", map[string]any{"email": guest, "role": "member"}, nil)
	res, err := http.Get(need(t, "BUREAU_TEST_MAIL_URL") + "?wait=60s&to=" + url.QueryEscape(guest))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	var mails struct{ Items []any }
	if err := json.NewDecoder(res.Body).Decode(&mails); err != nil || len(mails.Items) != 1 {
		t.Errorf("the job's mail: %d, %v", len(mails.Items), err)
	}
	t.Logf("%d acknowledged, %d refused", count(true), count(false))
}

// The answer to COMMIT is lost: the client cannot know, repeats under the same
// key, and there is one invoice with one number.
func TestAnswerToCommitIsLost(t *testing.T) {
	p := newPlant(t)
	s := p.start(t, "serve")
	for _, draft := range s.drafts(t, 3) {
		path := "/api/v1/invoices/" + draft + "/issue"
		lost := p.database.LoseAnswer("INSERT INTO idempotency_keys", "commit")
		r, err := s.call(http.MethodPost, path, "key-"+draft, map[string]any{})
		if err = errors.Join(err, honest(r)); err != nil {
			t.Fatal(err)
		}
		select {
		case <-lost:
		default:
			t.Fatal("no answer was lost")
		}
		before := s.bills(t)[draft]
		if before.State != "issued" {
			t.Fatalf("the database did not commit: %+v", before)
		}
		if r, err = s.call(http.MethodPost, path, "key-"+draft, map[string]any{}); err != nil || (r.status != http.StatusOK && !r.doneBefore()) {
			t.Fatalf("the repeated call: %s, %v", r, err)
		}
		if after := s.bills(t)[draft]; after != before {
			t.Fatalf("repeated, %+v became %+v", before, after)
		}
	}
	if n := checkSeries(t, s.bills(t)); n != 3 {
		t.Errorf("%d are issued, want 3", n)
	}
}
