package stripestand

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

// Knobs make the delivery of events as bad as it can be in life.
type Knobs struct {
	Shuffle bool          `json:"shuffle"` // in any order
	Double  bool          `json:"double"`  // each twice
	Drop    float64       `json:"drop"`    // the share that never arrives
	Delay   time.Duration `json:"delay"`   // in real time, before the first try
}

type event struct {
	ID      string          `json:"id"`
	Account string          `json:"account"` // whose it is; empty is the platform's own
	Type    string          `json:"type"`
	Created time.Time       `json:"created"`
	Body    json.RawMessage `json:"body"`
	Sent    bool            `json:"sent"`
	Tries   int             `json:"tries"`
	NextTry time.Time       `json:"next_try"` // in real time
}

// emit says that something happened to o, a copy of which travels along.
func (s *Stand) emit(kind string, o object) { s.emitFor("", kind, o) }

// emitFor says the same of a connected account.
func (s *Stand) emitFor(account, kind string, o object) {
	id := s.id("evt")
	said := object{
		"id": id, "object": "event", "api_version": APIVersion, "created": s.now().Unix(), "type": kind, "livemode": false,
		"pending_webhooks": 1, "request": object{"id": nil, "idempotency_key": nil}, "data": object{"object": o},
	}
	if account != "" {
		said["account"] = account
	}
	body, err := json.Marshal(said)
	if err != nil {
		panic("stripestand: an object that is no JSON: " + err.Error())
	}
	s.st.Events = append(s.st.Events, &event{ID: id, Account: account, Type: kind, Created: s.now(), Body: body})
}

// kept saves the state and wakes the deliverer.
func (s *Stand) kept() {
	if err := s.save(); err != nil {
		s.cfg.Log.ErrorContext(context.Background(), "the state of the stand-in could not be kept", "err", err) //nolint:forbidigo // a clock's tick has no caller
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// SetKnobs changes how events are delivered from now on.
func (s *Stand) SetKnobs(k Knobs) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.st.Knobs = k
}

// Pending is how many events are not delivered yet.
func (s *Stand) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, e := range s.st.Events {
		if !e.Sent {
			n++
		}
	}
	return n
}

// Deliver sends what was held back, as the knobs say, with chance r. An event
// that was refused stays pending. It returns how many arrived.
func (s *Stand) Deliver(r *rand.Rand) int {
	s.mu.Lock()
	knobs := s.st.Knobs
	var batch []*event
	for _, e := range s.st.Events {
		if e.Sent {
			continue
		}
		if knobs.Drop > 0 && r.Float64() < knobs.Drop {
			e.Sent = true
			continue
		}
		batch = append(batch, e)
		if knobs.Double {
			batch = append(batch, e)
		}
	}
	s.mu.Unlock()
	if knobs.Shuffle {
		r.Shuffle(len(batch), func(i, j int) { batch[i], batch[j] = batch[j], batch[i] })
	}
	arrived := 0
	for _, e := range batch {
		if s.send(e) {
			arrived++
		}
	}
	return arrived
}

func (s *Stand) send(e *event) bool {
	ok := s.post(e)
	s.mu.Lock()
	defer s.mu.Unlock()
	e.Tries++
	e.Sent = e.Sent || ok
	return ok
}

// post sends one signed body, and tells whether it was taken.
func (s *Stand) post(e *event) bool {
	body, to, secret := []byte(e.Body), s.cfg.WebhookURL, s.cfg.WebhookSecret
	if e.Account != "" {
		to, secret = s.cfg.ConnectURL, s.cfg.ConnectSecret
	}
	if to == "" {
		return true // nobody wants to know
	}
	req, err := http.NewRequest(http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return false
	}
	if s.cfg.Host != "" {
		req.Host = s.cfg.Host
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "Stripe/1.0 (stand-in)")
	req.Header.Set("Stripe-Signature", Signature(body, secret, s.cfg.Real()))
	resp, err := s.calls.Do(req)
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode >= 200 && resp.StatusCode < 300
}

// Signature is Stripe's signature over a body: scheme v1, HMAC-SHA256 of time and body.
func Signature(body []byte, secret string, at time.Time) string {
	t := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(t + "."))
	mac.Write(body)
	return "t=" + t + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// deliverLoop sends events as they come, and again while they are refused:
// after 1, 2, 4 … seconds, at most a minute, three days long.
func (s *Stand) deliverLoop() {
	r := rand.New(rand.NewPCG(uint64(s.cfg.Real().UnixNano()), 7)) //nolint:gosec // only an order
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-s.wake:
		case <-tick.C:
		}
		for _, e := range s.dueEvents(r) {
			if !s.send(e) {
				s.mu.Lock()
				e.NextTry = s.cfg.Real().Add(min(time.Minute, time.Second<<min(e.Tries-1, 10)))
				s.mu.Unlock()
			}
		}
	}
}

func (s *Stand) dueEvents(r *rand.Rand) []*event {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, knobs := s.cfg.Real(), s.st.Knobs
	var out []*event
	for _, e := range s.st.Events {
		switch {
		case e.Sent || now.Before(e.NextTry):
			continue
		case e.Tries == 0 && e.NextTry.IsZero() && knobs.Delay > 0:
			e.NextTry = now.Add(knobs.Delay)
			continue
		case e.Tries == 0 && knobs.Drop > 0 && r.Float64() < knobs.Drop:
			e.Sent = true
			continue
		}
		out = append(out, e)
		if e.Tries == 0 && knobs.Double {
			out = append(out, e)
		}
	}
	if knobs.Shuffle {
		r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	}
	return out
}
