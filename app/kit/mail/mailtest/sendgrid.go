package mailtest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
)

// V3 is the part of SendGrid's POST /v3/mail/send that we may use. The server refuses any
// field that is not here.
type V3 struct {
	Personalizations []struct {
		To []V3Address `json:"to"`
	} `json:"personalizations"`
	From        V3Address  `json:"from"`
	ReplyTo     *V3Address `json:"reply_to"`
	Subject     string     `json:"subject"`
	Content     []V3Body   `json:"content"`
	Attachments []struct {
		Content     string `json:"content"`
		Type        string `json:"type"`
		Filename    string `json:"filename"`
		Disposition string `json:"disposition"`
	} `json:"attachments"`
	Headers          map[string]string `json:"headers"`
	CustomArgs       map[string]string `json:"custom_args"`
	TrackingSettings struct {
		ClickTracking struct {
			Enable     *bool `json:"enable"`
			EnableText *bool `json:"enable_text"`
		} `json:"click_tracking"`
		OpenTracking struct {
			Enable *bool `json:"enable"`
		} `json:"open_tracking"`
	} `json:"tracking_settings"`
}

// V3Address is an address in V3.
type V3Address struct {
	Email string `json:"email"`
	Name  string `json:"name"`
}

// V3Body is one form of the text in V3.
type V3Body struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// SendGridServer answers as SendGrid's documentation says that SendGrid does.
type SendGridServer struct {
	URL string

	mu       sync.Mutex
	key      string
	accepted []V3
	status   int
	header   http.Header
}

// NewSendGrid starts a server that stops with the test and takes letters for this key.
func NewSendGrid(t testing.TB, key string) *SendGridServer {
	t.Helper()
	s := &SendGridServer{key: key}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Answer makes the server answer all further letters with this status; 0 ends it.
func (s *SendGridServer) Answer(status int, header http.Header) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status, s.header = status, header
}

// Accepted returns the letters answered with 202.
func (s *SendGridServer) Accepted() []V3 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]V3(nil), s.accepted...)
}

func (s *SendGridServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	refuse := func(status int, field, format string, args ...any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"errors": []map[string]any{
			{"message": fmt.Sprintf(format, args...), "field": field, "help": nil},
		}})
	}
	if r.URL.Path != "/v3/mail/send" {
		refuse(http.StatusNotFound, "", "not found")
		return
	}
	if r.Method != http.MethodPost {
		refuse(http.StatusMethodNotAllowed, "", "method not allowed")
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+s.key {
		refuse(http.StatusUnauthorized, "", "The provided authorization grant is invalid, expired, or revoked")
		return
	}
	if ct := r.Header.Get("Content-Type"); ct != "application/json" {
		refuse(http.StatusUnsupportedMediaType, "", "Content-Type should be application/json, not %q", ct)
		return
	}
	if s.status != 0 {
		for k, v := range s.header {
			w.Header()[k] = v
		}
		refuse(s.status, "", "asked to answer so")
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 30<<20+1))
	if err != nil || len(body) > 30<<20 {
		refuse(http.StatusRequestEntityTooLarge, "", "the letter is too large")
		return
	}
	var m V3
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		refuse(http.StatusBadRequest, "", "Bad Request: %v", err)
		return
	}
	if field, complaint := m.complaint(); complaint != "" {
		refuse(http.StatusBadRequest, field, "%s", complaint)
		return
	}
	s.accepted = append(s.accepted, m)
	w.Header().Set("X-Message-Id", fmt.Sprintf("m%d", len(s.accepted)))
	w.WriteHeader(http.StatusAccepted)
}

// reserved headers may not be set by the caller.
var reserved = []string{
	"x-sg-id", "x-sg-eid", "received", "dkim-signature", "content-type",
	"content-transfer-encoding", "to", "from", "subject", "reply-to", "cc", "bcc",
}

func (m V3) complaint() (field, text string) {
	if n := len(m.Personalizations); n < 1 || n > 1000 {
		return "personalizations", "The personalizations field is required and must have at least one personalization."
	}
	for i, p := range m.Personalizations {
		at := fmt.Sprintf("personalizations.%d.to", i)
		if len(p.To) < 1 || len(p.To) > 1000 {
			return at, "The to array is required for all personalization objects, and must have at least one email object with a valid email address."
		}
		seen := map[string]bool{}
		for _, a := range p.To {
			if !valid(a.Email) {
				return at, "Does not contain a valid address."
			}
			if seen[strings.ToLower(a.Email)] {
				return at, "Each email address in the personalization block should be unique between to, cc, and bcc."
			}
			seen[strings.ToLower(a.Email)] = true
		}
	}
	if !valid(m.From.Email) {
		return "from", "The from object must be provided for every email send. It is an object that requires the email parameter, but may also contain a name parameter."
	}
	if m.ReplyTo != nil && !valid(m.ReplyTo.Email) {
		return "reply_to", "Does not contain a valid address."
	}
	if m.Subject == "" || strings.ContainsAny(m.Subject, "\r\n") {
		return "subject", "The subject is required."
	}
	if len(m.Content) == 0 {
		return "content", "The content parameter is required."
	}
	for i, c := range m.Content {
		if c.Value == "" {
			return "content", "The content value must be a string at least one character in length."
		}
		if c.Type == "" || strings.ContainsAny(c.Type, ";\r\n") {
			return "content", "The content type is wrong."
		}
		if c.Type == "text/plain" && i != 0 {
			return "content", "If present, text/plain must be first."
		}
	}
	for i, a := range m.Attachments {
		at := fmt.Sprintf("attachments.%d", i)
		if b, err := base64.StdEncoding.DecodeString(a.Content); err != nil || len(b) == 0 {
			return at + ".content", "The attachment content must be base64 encoded."
		}
		if a.Filename == "" || strings.ContainsAny(a.Filename, "\r\n") {
			return at + ".filename", "The filename of the attachment is required."
		}
		if strings.ContainsAny(a.Type, ";\r\n") {
			return at + ".type", "The attachment type cannot contain ';' or CRLF characters."
		}
		if a.Disposition != "attachment" && a.Disposition != "inline" {
			return at + ".disposition", "Must be attachment or inline."
		}
	}
	for k, v := range m.Headers {
		for _, r := range reserved {
			if strings.EqualFold(k, r) {
				return "headers", "The header " + k + " is reserved."
			}
		}
		if strings.ContainsAny(k+v, "\r\n") {
			return "headers", "Header values may not contain line breaks."
		}
	}
	total := 0
	for k, v := range m.CustomArgs {
		total += len(k) + len(v)
	}
	if total >= 10000 {
		return "custom_args", "The sum of custom arguments must be less than 10000 bytes."
	}
	return "", ""
}

func valid(address string) bool {
	a, err := mail.ParseAddress(address)
	return err == nil && a.Address == address
}
