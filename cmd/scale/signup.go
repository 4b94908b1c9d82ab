package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/cmd/bureau/fleet"
	"github.com/bureauhq/bureau/tenancy"
)

const (
	// pace is how often somebody signs up: twenty a minute.
	pace = 3 * time.Second
	// warmUp is how long others work before the first of them: six thousand requests at a hundred a second.
	warmUp = time.Minute
)

// signUp lets people sign up while others work: at a rate that leaves the machine room, which the goal is for, and beside as
// much as it answers, when everybody waits for everybody.
func (r *run) signUp(ctx context.Context, p *program, all []tenancy.Agency) error {
	a, err := r.open(ctx, p.at)
	if err != nil {
		return err
	}
	defer a.Close()
	// An agency at work has people who signed in before this minute.
	r.say(fmt.Sprintf("somebody sits down in each of %d agencies", len(all)))
	seats := &fleet.Seats{}
	if err := (&fleet.Traffic{App: a, At: p.local, Agencies: all, Concurrency: 16, Seats: seats}).SitDown(ctx); err != nil {
		return err
	}
	// Whoever reads a row first after it was copied marks its page, which is written down whole. Nobody signs up while all
	// agencies of an installation were made within minutes; so what that left is on disk before people do.
	if err := r.checkpoint(ctx, p.at.DatabaseURL, "checkpoint after everybody's first look"); err != nil {
		return err
	}
	came := 0
	at := func(d []time.Duration, percent int) time.Duration { return d[len(d)*percent/100] }
	for _, rate := range []int{r.traffic, 0} {
		people, beside := r.signUps, fmt.Sprintf("%d requests a second", rate)
		traffic := &fleet.Traffic{App: a, At: p.local, Agencies: all, Concurrency: 16, Rate: rate, Skew: r.skew, For: time.Hour, Seats: seats}
		if rate == 0 {
			people, beside, traffic.Concurrency = people/2, "4 at a time without a pause", 4
		}
		r.say(fmt.Sprintf("%d people sign up beside traffic, %s", people, beside))
		got, err := r.besideTraffic(ctx, a, p, traffic, came, people)
		if err != nil {
			return err
		}
		came += people
		sum := got.traffic[len(got.traffic)-1]
		r.sheet.Note("traffic beside sign-ups, "+beside, fmt.Sprintf("%.0f requests a second, %d of %d failed; 95th percentile %s",
			float64(sum.Requests)/got.took.Seconds(), sum.Failed, sum.Requests+sum.Failed, sum.P95.Round(time.Millisecond)))
		what := "sign-up to first page beside that, 95th percentile: from “found the agency” (a spare is claimed) over the sign-in to the page and who I am"
		details := fmt.Sprintf("(median %s of %d, of which founding %s; %d spares kept, %d began without one)",
			at(got.pages, 50).Round(time.Millisecond), people, at(got.claims, 50).Round(time.Millisecond), r.spares, got.lacking)
		if rate == 0 {
			r.sheet.Note(what, at(got.pages, 95).Round(time.Millisecond).String()+" "+details)
			continue
		}
		r.sheet.Time(what, at(got.pages, 95), 300*time.Millisecond, details)
		r.sheet.Note("the same with registration, mail and its code at the identity server, as fast as a program types",
			fmt.Sprintf("95th percentile %s, median %s", at(got.wholes, 95).Round(time.Millisecond), at(got.wholes, 50).Round(time.Millisecond)))
	}
	return nil
}

// signUps are what was measured of people who signed up one after another, each list from the shortest.
type signUps struct {
	pages, wholes, claims []time.Duration
	lacking               int // how many began when no spare was ready
	traffic               []fleet.Line
	took                  time.Duration
}

// besideTraffic lets people sign up while others work; came is how many did before.
func (r *run) besideTraffic(ctx context.Context, a *app.App, p *program, traffic *fleet.Traffic, came, people int) (got signUps, err error) {
	busy, calm := context.WithCancel(ctx)
	defer calm()
	done := make(chan error, 1)
	go func() {
		tally, err := traffic.Run(busy)
		if err == nil && ctx.Err() == nil {
			got.traffic, got.took = tally.Lines(), tally.Took
			if err := tally.Error(); err != nil {
				r.say("the first that failed: " + err.Error())
			}
		}
		done <- err
	}()
	select { // what the program and its backends learn in their first minute is not what a sign-up waits for
	case <-ctx.Done():
		return got, ctx.Err()
	case <-time.After(warmUp):
	}
	next := time.NewTicker(pace)
	defer next.Stop()
	var slowest time.Duration
	for i := range people {
		n, err := spares(ctx, a.Control.Pool())
		if err != nil {
			return got, err
		}
		if n == 0 {
			got.lacking++
		}
		b := newBrowser(p.local, r.port, came+i)
		took, err := b.signUp(ctx)
		if err != nil {
			return got, fmt.Errorf("sign-up %d: %w", came+i+1, err)
		}
		if took.page > slowest {
			slowest = took.page
			r.say(fmt.Sprintf("the slowest so far, at %s: %s", time.Now().UTC().Format("15:04:05.000"), strings.Join(b.steps, ", ")))
		}
		got.pages, got.wholes, got.claims = append(got.pages, took.page), append(got.wholes, took.whole), append(got.claims, took.found)
		select {
		case <-ctx.Done():
			return got, ctx.Err()
		case <-next.C:
		}
	}
	calm()
	if err := <-done; err != nil {
		return got, err
	}
	for _, all := range [][]time.Duration{got.pages, got.wholes, got.claims} {
		slices.Sort(all)
	}
	return got, nil
}

// browser is somebody with an address of their own.
type browser struct {
	client      *http.Client
	site, local string
	port        int
	steps       []string // what it asked, and how long each answer took
}

func newBrowser(local string, port, n int) *browser {
	jar, _ := cookiejar.New(nil) // never fails without options
	// All of *.bureau.localhost is here. Everybody comes from another address of this machine, as from the internet.
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 1, byte(n/250), byte(1+n%250))}}
	return &browser{
		client: &http.Client{Jar: jar, Timeout: time.Minute, Transport: &http.Transport{
			DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, local)
			},
		}},
		site: domain + ":" + strconv.Itoa(port), local: local, port: port,
	}
}

func (b *browser) at(label string) string {
	if label == "" {
		return "http://" + b.site
	}
	return "http://" + label + "." + b.site
}

// send returns where redirects led to.
func (b *browser) send(ctx context.Context, method, address, accept string, body, into any) (*url.URL, error) {
	var r io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		r = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, address, r)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", accept)
	if method != http.MethodGet {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Origin", req.URL.Scheme+"://"+req.URL.Host)
		req.Header.Set("X-Bureau-CSRF", "1")
	}
	asked := time.Now()
	defer func() {
		b.steps = append(b.steps, fmt.Sprintf("%s %s %s", method, req.URL.Path, time.Since(asked).Round(time.Millisecond)))
	}()
	res, err := b.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			return nil, fmt.Errorf("%s %s: %s: %w", method, address, res.Status, err)
		}
	}
	if res.StatusCode >= http.StatusBadRequest {
		return res.Request.URL, fmt.Errorf("%w: %s %s: %s %.300s", errRefused, method, address, res.Status, answer)
	}
	return res.Request.URL, nil
}

var errRefused = errors.New("refused")

const (
	asPage = "text/html"
	asJSON = "application/json"
)

// flow is the part of a form of the identity server that is needed to fill it in.
type flow struct {
	ID string `json:"id"`
	UI struct {
		Action string `json:"action"`
		Nodes  []struct {
			Attributes struct {
				Name  string `json:"name"`
				Value any    `json:"value"`
			} `json:"attributes"`
		} `json:"nodes"`
	} `json:"ui"`
	ContinueWith []struct {
		Action string `json:"action"`
		Flow   struct {
			ID string `json:"id"`
		} `json:"flow"`
	} `json:"continue_with"`
}

func (f flow) csrf() string {
	for _, n := range f.UI.Nodes {
		if n.Attributes.Name == "csrf_token" {
			s, _ := n.Attributes.Value.(string)
			return s
		}
	}
	return ""
}

func (b *browser) flow(ctx context.Context, kind, key string) (f flow, err error) {
	_, err = b.send(ctx, http.MethodGet, b.at("auth")+"/.ory/self-service/"+kind+"/flows?id="+key, asJSON, nil, &f)
	return f, err
}

func (b *browser) submit(ctx context.Context, f flow, fields map[string]any) (next flow, err error) {
	fields["csrf_token"] = f.csrf()
	_, err = b.send(ctx, http.MethodPost, f.UI.Action, asJSON, fields, &next)
	return next, err
}

// signedUp is how long a sign-up took.
type signedUp struct {
	found time.Duration // the last click: a spare is claimed and gets its owner
	page  time.Duration // that, and what follows up to the first page
	whole time.Duration // all of it
}

// signUp founds an agency.
func (b *browser) signUp(ctx context.Context) (took signedUp, err error) {
	key := strings.ReplaceAll(id.New(), "-", "")[16:]
	slug, email := "new"+key, "owner-"+key+"@example.test"
	began := time.Now()
	var begun struct {
		ContinueURL string `json:"continue_url"`
	}
	if _, err := b.send(ctx, http.MethodPost, b.at("")+"/api/v1/sign-ups", asJSON, map[string]any{"agency_name": "Acme Works", "slug": slug}, &begun); err != nil {
		return took, err
	}
	form, err := b.send(ctx, http.MethodGet, begun.ContinueURL, asPage, nil, nil)
	if err != nil {
		return took, err
	}
	if err := b.register(ctx, form.Query().Get("flow"), email); err != nil {
		return took, err
	}
	if _, err := b.send(ctx, http.MethodGet, b.at("auth")+"/broker/", asPage, nil, nil); err != nil {
		return took, err
	}
	found := time.Now()
	var founded struct {
		RedirectTo string `json:"redirect_to"`
	}
	if _, err := b.send(ctx, http.MethodPost, b.at("auth")+"/api/v1/sign-ups/complete", asJSON, map[string]any{}, &founded); err != nil {
		return took, err
	}
	took.found = time.Since(found)
	end, err := b.send(ctx, http.MethodGet, founded.RedirectTo, asPage, nil, nil)
	if err != nil {
		return took, err
	}
	if want := b.at(slug) + "/welcome"; end.String() != want {
		return took, fmt.Errorf("the sign-up ends at %s, not at %s", end, want)
	}
	var me struct {
		Role string `json:"role"`
	}
	if _, err := b.send(ctx, http.MethodGet, b.at(slug)+"/api/v1/me", asJSON, nil, &me); err != nil {
		return took, err
	}
	took.page, took.whole = time.Since(found), time.Since(began)
	return took, nil
}

// register makes the account and confirms its address with the code from the mail.
func (b *browser) register(ctx context.Context, key, email string) error {
	f, err := b.flow(ctx, "registration", key)
	if err != nil {
		return err
	}
	traits := map[string]any{"email": email, "name": "Olive Owner"}
	next, err := b.submit(ctx, f, map[string]any{"method": "profile", "traits": traits})
	if errors.Is(err, errRefused) { // its second step
		next, err = b.submit(ctx, next, map[string]any{"method": "password", "password": "a long & quiet passphrase", "traits": traits})
	}
	if err != nil {
		return fmt.Errorf("register: %w", err)
	}
	for _, c := range next.ContinueWith {
		if c.Action != "show_verification_ui" {
			continue
		}
		code, err := b.code(ctx, email)
		if err != nil {
			return err
		}
		f, err := b.flow(ctx, "verification", c.Flow.ID)
		if err != nil {
			return err
		}
		_, err = b.submit(ctx, f, map[string]any{"method": "code", "code": code})
		return err
	}
	return errors.New("registration did not lead to the mail's code")
}

var sixDigits = regexp.MustCompile(`(?m)^\s*(\d{6})\s*$`)

// code waits for the mail.
func (b *browser) code(ctx context.Context, to string) (string, error) {
	var list struct{ Items []struct{ Text string } }
	if _, err := b.send(ctx, http.MethodGet, b.at("")+"/dev/mail/api/messages?wait=30s&to="+url.QueryEscape(to), asJSON, nil, &list); err != nil {
		return "", err
	}
	for _, m := range list.Items {
		if found := sixDigits.FindStringSubmatch(m.Text); found != nil {
			return found[1], nil
		}
	}
	return "", fmt.Errorf("no code in the mail to %s", to)
}
