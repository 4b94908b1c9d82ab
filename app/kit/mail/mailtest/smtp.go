// Package mailtest has the other side of mail for tests: a real SMTP server, SendGrid's
// published contract held strictly, and a box that keeps what was sent.
package mailtest

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/bureauhq/bureau/app/kit/mail"
)

// Box is a Sender that keeps every letter.
type Box struct {
	mu      sync.Mutex
	letters []mail.Message
	Err     error // answered to every Send when set
}

func (b *Box) Send(_ context.Context, m mail.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.Err != nil {
		return b.Err
	}
	b.letters = append(b.letters, m)
	return nil
}

// Letters returns what was sent so far, oldest first.
func (b *Box) Letters() []mail.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]mail.Message(nil), b.letters...)
}

// Received is one letter as it came over the wire.
type Received struct {
	From string
	To   []string
	Data []byte
	User string // who signed in, if anybody
	TLS  bool
}

// SMTPServer is a listening SMTP server.
type SMTPServer struct {
	Addr string

	mu       sync.Mutex
	received []Received
	refuse   *smtp.SMTPError
	password string
}

// SMTPOptions says what the server insists on.
type SMTPOptions struct {
	TLS      *tls.Config // offers STARTTLS when set
	Password string      // asks for AUTH PLAIN with this password when set
}

// NewSMTP starts a server that stops with the test.
func NewSMTP(t testing.TB, o SMTPOptions) *SMTPServer {
	t.Helper()
	s := &SMTPServer{password: o.Password}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		_, secure := c.TLSConnectionState()
		return &session{server: s, tls: secure}, nil
	}))
	server.Domain = "localhost"
	server.ReadTimeout, server.WriteTimeout = 10*time.Second, 10*time.Second
	server.MaxMessageBytes = 30 << 20
	server.AllowInsecureAuth = true
	server.TLSConfig = o.TLS
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Addr = l.Addr().String()
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(l); err != nil && !errors.Is(err, smtp.ErrServerClosed) {
			t.Errorf("the SMTP server: %v", err)
		}
	}()
	t.Cleanup(func() { _ = server.Close(); <-done })
	return s
}

// Refuse makes the server answer every recipient with this code.
func (s *SMTPServer) Refuse(code int, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 1, 1}, Message: text}
}

// Received returns what came in so far.
func (s *SMTPServer) Received() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Received(nil), s.received...)
}

type session struct {
	server *SMTPServer
	tls    bool
	user   string
	from   string
	to     []string
}

func (s *session) AuthMechanisms() []string {
	if s.server.password == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if password != s.server.password {
			return smtp.ErrAuthFailed
		}
		s.user = username
		return nil
	}), nil
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if s.server.password != "" && s.user == "" {
		return smtp.ErrAuthRequired
	}
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	if s.server.refuse != nil {
		return s.server.refuse
	}
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.received = append(s.server.received, Received{From: s.from, To: s.to, Data: data, User: s.user, TLS: s.tls})
	return nil
}

func (s *session) Reset()        { s.from, s.to = "", nil }
func (s *session) Logout() error { return nil }
