package stripestand

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// reply is a kept first answer to an idempotency key.
type reply struct {
	Print  string          `json:"print"` // of the request
	Status int             `json:"status"`
	Body   json.RawMessage `json:"body"`
}

// apiError is Stripe's error object.
type apiError struct {
	status           int
	kind, code, text string
	param            string
}

func invalid(param, text string) *apiError {
	return &apiError{http.StatusBadRequest, "invalid_request_error", "parameter_invalid", text, param}
}

func missing(what, id string) *apiError {
	return &apiError{http.StatusNotFound, "invalid_request_error", "resource_missing", "No such " + what + ": '" + id + "'", "id"}
}

func cardError() *apiError {
	return &apiError{http.StatusPaymentRequired, "card_error", "card_declined", "Your card was declined.", ""}
}

func (e *apiError) json() object {
	o := object{"type": e.kind, "code": e.code, "message": e.text}
	if e.param != "" {
		o["param"] = e.param
	}
	return object{"error": o}
}

// call is one API request, its parameters read.
type call struct {
	url.Values
	id      string // of the path
	account string // the connected account that it is for; empty is the platform's own
	query   bool
}

func (c call) expands(field string) bool {
	for k, v := range c.Values {
		if strings.HasPrefix(k, "expand[") && len(v) > 0 && (v[0] == field || v[0] == "data."+field) {
			return true
		}
	}
	return false
}

// reaches tells whether field, or something below it, is to be shown in full.
func (c call) reaches(field string) bool {
	for k, v := range c.Values {
		if strings.HasPrefix(k, "expand[") && len(v) > 0 {
			if f := strings.TrimPrefix(v[0], "data."); f == field || strings.HasPrefix(f, field+".") {
				return true
			}
		}
	}
	return false
}

type handler func(call) (any, *apiError)

// ServeHTTP answers API calls and shows pages.
func (s *Stand) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

func (s *Stand) routes() *http.ServeMux {
	mux := http.NewServeMux()
	for pattern, h := range s.operations() {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, h) })
	}
	s.pages(mux)
	mux.HandleFunc("/v1/", func(w http.ResponseWriter, r *http.Request) {
		write(w, http.StatusNotFound, (&apiError{http.StatusNotFound, "invalid_request_error", "", "Unrecognized request URL (" + r.Method + ": " + r.URL.Path + ").", ""}).json())
	})
	return mux
}

// answer checks the key, remembers idempotent calls and writes the answer.
func (s *Stand) answer(w http.ResponseWriter, r *http.Request, h handler) {
	w.Header().Set("Request-Id", "req_stand")
	if key, _, _ := r.BasicAuth(); key != s.cfg.Key && r.Header.Get("Authorization") != "Bearer "+s.cfg.Key {
		write(w, http.StatusUnauthorized, (&apiError{http.StatusUnauthorized, "invalid_request_error", "", "Invalid API Key provided.", ""}).json())
		return
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	c := call{id: r.PathValue("id"), account: r.Header.Get("Stripe-Account"), query: r.Method == http.MethodGet}
	text := string(raw)
	if c.query || text == "" {
		text = r.URL.RawQuery
	}
	if c.Values, err = url.ParseQuery(text); err != nil {
		write(w, http.StatusBadRequest, invalid("", "The form cannot be read.").json())
		return
	}
	key := r.Header.Get("Idempotency-Key")
	if r.Method != http.MethodPost {
		key = ""
	}
	if key != "" && c.account != "" {
		key = c.account + "/" + key // each account has its own keys
	}
	sum := sha256.Sum256([]byte(r.Method + r.URL.Path + "\n" + text))
	print := hex.EncodeToString(sum[:])

	s.mu.Lock()
	if status := s.broken(); status != 0 {
		s.mu.Unlock()
		write(w, status, (&apiError{status, "api_error", "", "The stand-in was told to fail.", ""}).json())
		return
	}
	if old, ok := s.st.Replies[key]; ok && key != "" {
		s.mu.Unlock()
		if old.Print != print {
			write(w, http.StatusBadRequest, (&apiError{http.StatusBadRequest, "idempotency_error", "", "Keys for idempotent requests can only be used with the same parameters they were first used with.", ""}).json())
			return
		}
		w.Header().Set("Idempotent-Replayed", "true")
		writeRaw(w, old.Status, old.Body)
		return
	}
	s.advance(s.now())
	var body any
	fail := s.onBehalf(c.account)
	if fail == nil {
		body, fail = h(c)
	}
	status := http.StatusOK
	if fail != nil {
		status, body = fail.status, fail.json()
	}
	out, err := json.Marshal(body)
	if err != nil {
		status, out = http.StatusInternalServerError, []byte(`{"error":{"type":"api_error"}}`)
	}
	// Stripe keeps the first answer of a call that was begun, its errors but those of the parameters among them.
	if key != "" && status != http.StatusBadRequest {
		s.st.Replies[key] = reply{print, status, out}
	}
	if r.Method != http.MethodGet {
		s.kept()
	}
	s.mu.Unlock()
	writeRaw(w, status, out)
}

func (s *Stand) broken() int {
	if s.outage == 0 || s.outageN == 0 {
		return 0
	}
	if s.outageN > 0 {
		s.outageN--
	}
	return s.outage
}

func write(w http.ResponseWriter, status int, o any) {
	raw, _ := json.Marshal(o) //nolint:errchkjson // our own maps
	writeRaw(w, status, raw)
}

func writeRaw(w http.ResponseWriter, status int, raw []byte) {
	w.Header().Set("Content-Type", "application/json")
	if status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
	}
	w.WriteHeader(status)
	_, _ = w.Write(raw) // the caller has gone; nobody is left to tell
}

func timeOf(v string) time.Time {
	var n int64
	if err := json.Unmarshal([]byte(v), &n); err != nil || n <= 0 {
		return time.Time{}
	}
	return time.Unix(n, 0).UTC()
}
