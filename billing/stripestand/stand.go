// Package stripestand is a stand-in for Stripe in development and tests: it
// speaks the part of Stripe's HTTP API (2023-10-16) that the platform uses, keeps
// state, prorates by the second, retries cards, sends signed events, and has a
// clock that can be moved. It is no part of a production installation.
//
// What it knows of Stripe comes from Stripe's published API reference and the
// documentation of subscriptions, prorations, pending updates and Smart Retries.
package stripestand

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// APIVersion is the version of Stripe's API that the stand-in speaks.
const APIVersion = "2023-10-16"

// Config is what a stand-in needs.
type Config struct {
	// File keeps the state over a restart; empty keeps it in memory.
	File string
	// Key is the secret key that callers must send.
	Key string
	// BaseURL is where the stand-in itself is reached: its pages carry it.
	BaseURL string
	// WebhookURL receives events, signed with WebhookSecret; empty sends none.
	WebhookURL    string
	WebhookSecret string
	// ConnectURL receives the events of connected accounts, signed with ConnectSecret; empty sends none.
	ConnectURL    string
	ConnectSecret string
	// Host is the Host header of webhook calls, for names that programs cannot resolve.
	Host string
	// Real is real time, by which notices are signed and sent again.
	Real func() time.Time
	// Start is the clock's first reading; the present when zero.
	Start time.Time
	// Frozen stops the clock but for Advance; otherwise it runs on with real time.
	Frozen bool
	// Hold keeps events back until Deliver is called; otherwise they go out by themselves.
	Hold bool
	Log  *slog.Logger
}

// Stand is a running stand-in.
type Stand struct {
	cfg     Config
	mux     *http.ServeMux
	calls   *http.Client
	mu      sync.Mutex // over all that follows
	st      state
	busy    map[string]bool // idempotency keys under way
	outage  int             // status that every API call is answered with; 0 is none
	outageN int             // how many more calls; below 0 is until further notice
	wake    chan struct{}
	stop    chan struct{}
	stopped sync.WaitGroup
	once    sync.Once
}

// object is one of Stripe's objects, as its JSON.
type object = map[string]any

// state is everything that survives a restart.
type state struct {
	Name      string                `json:"name"`   // in all keys: those of two stand-ins never meet
	Offset    time.Duration         `json:"offset"` // of the clock from real time
	FrozenAt  time.Time             `json:"frozen_at"`
	Seq       int                   `json:"seq"`
	Customers map[string]*customer  `json:"customers"`
	Prices    map[string]*price     `json:"prices"`
	Subs      map[string]*sub       `json:"subscriptions"`
	Invoices  map[string]*invoice   `json:"invoices"`
	Items     map[string]*item      `json:"invoice_items"`
	Sessions  map[string]*session   `json:"checkout_sessions"`
	Portals   map[string]*portal    `json:"portal_sessions"`
	Configs   map[string]object     `json:"portal_configurations"`
	Refunds   map[string]object     `json:"refunds"`
	Accounts  map[string]*account   `json:"accounts"`
	Links     map[string]*link      `json:"account_links"`
	Takings   map[string]*taking    `json:"takings"`
	Intents   map[string]*intent    `json:"intents"`
	Backs     map[string]*moneyBack `json:"backs"`
	Disputes  map[string]*dispute   `json:"disputes"`
	Replies   map[string]reply      `json:"replies"` // by idempotency key
	Events    []*event              `json:"events"`
	Knobs     Knobs                 `json:"knobs"`
}

// New starts a stand-in. Close it when done.
func New(cfg Config) (*Stand, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	s := &Stand{
		cfg: cfg, calls: &http.Client{Timeout: 10 * time.Second}, busy: map[string]bool{},
		wake: make(chan struct{}, 1), stop: make(chan struct{}),
		st: state{
			Name:      strings.ToLower(rand.Text()[:10]),
			Customers: map[string]*customer{}, Prices: map[string]*price{}, Subs: map[string]*sub{}, Invoices: map[string]*invoice{},
			Items: map[string]*item{}, Sessions: map[string]*session{}, Portals: map[string]*portal{}, Configs: map[string]object{}, Refunds: map[string]object{}, Replies: map[string]reply{},
			Accounts: map[string]*account{}, Links: map[string]*link{}, Takings: map[string]*taking{}, Intents: map[string]*intent{}, Backs: map[string]*moneyBack{}, Disputes: map[string]*dispute{},
		},
	}
	if !cfg.Start.IsZero() {
		s.st.FrozenAt, s.st.Offset = cfg.Start, cfg.Start.Sub(cfg.Real())
	} else {
		s.st.FrozenAt = cfg.Real()
	}
	if err := s.load(); err != nil {
		return nil, err
	}
	s.mux = s.routes()
	if (cfg.WebhookURL != "" || cfg.ConnectURL != "") && !cfg.Hold {
		s.stopped.Go(s.deliverLoop)
	}
	if !cfg.Frozen {
		s.stopped.Go(s.tickLoop)
	}
	return s, nil
}

// Close stops deliveries and keeps the state.
func (s *Stand) Close() error {
	s.once.Do(func() { close(s.stop) })
	s.stopped.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.save()
}

func (s *Stand) load() error {
	if s.cfg.File == "" {
		return nil
	}
	raw, err := os.ReadFile(s.cfg.File)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("stripe stand-in: %w", err)
	}
	if err := json.Unmarshal(raw, &s.st); err != nil {
		return fmt.Errorf("stripe stand-in: %s is damaged: %w", s.cfg.File, err)
	}
	return nil
}

// save writes the state aside and moves it into place.
func (s *Stand) save() error {
	if s.cfg.File == "" {
		return nil
	}
	raw, err := json.Marshal(s.st)
	if err != nil {
		return fmt.Errorf("stripe stand-in: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(s.cfg.File), 0o700); err != nil {
		return fmt.Errorf("stripe stand-in: %w", err)
	}
	part := s.cfg.File + ".part"
	if err := os.WriteFile(part, raw, 0o600); err != nil {
		return fmt.Errorf("stripe stand-in: %w", err)
	}
	return os.Rename(part, s.cfg.File)
}

// id makes a key in Stripe's form.
func (s *Stand) id(prefix string) string {
	s.st.Seq++
	return fmt.Sprintf("%s_%s%09d", prefix, s.st.Name, s.st.Seq)
}

// now is the stand-in's clock, in whole seconds as Stripe counts.
func (s *Stand) now() time.Time {
	if s.cfg.Frozen {
		return s.st.FrozenAt.UTC().Truncate(time.Second)
	}
	return s.cfg.Real().Add(s.st.Offset).UTC().Truncate(time.Second)
}

// Now is the stand-in's clock.
func (s *Stand) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// Fail answers the next n API calls with the status, or all of them until
// Fail(0, 0) when n is below 0: a provider that is down, slow or busy.
func (s *Stand) Fail(status, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.outage, s.outageN = status, n
}

// Reprice gives a price another amount, as somebody does who makes it anew by hand; 0 takes it away.
func (s *Stand) Reprice(lookupKey string, amount int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, p := range s.st.Prices {
		switch {
		case p.LookupKey != lookupKey:
		case amount == 0:
			delete(s.st.Prices, id)
		default:
			p.Amount = amount
		}
	}
}

// ForgetKeys drops the kept answers to idempotency keys, as Stripe does after a day.
func (s *Stand) ForgetKeys() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.st.Replies = map[string]reply{}
}
