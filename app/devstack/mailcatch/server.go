package mailcatch

import (
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/emersion/go-smtp"
)

// maxMail is the largest mail taken, in bytes.
const maxMail = 40 << 20

// Server takes mails by SMTP into a store.
type Server struct {
	Addr string

	smtp *smtp.Server
	done chan error
}

// Listen serves SMTP on the address, which may name port 0.
func Listen(addr string, store *Store) (*Server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("mailcatch: %w", err)
	}
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{store: store}, nil
	}))
	s.Domain = "mail.bureau.localhost"
	s.MaxMessageBytes = maxMail
	s.MaxRecipients = 100
	s.EnableSMTPUTF8 = true
	s.ErrorLog = quiet{}
	server := &Server{Addr: l.Addr().String(), smtp: s, done: make(chan error, 1)}
	go func() { server.done <- s.Serve(l) }()
	return server, nil
}

// Close stops the server and ends its connections.
func (s *Server) Close() error {
	err := errors.Join(s.smtp.Close(), <-s.done)
	if errors.Is(err, smtp.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// session is one SMTP conversation.
type session struct {
	store *Store
	to    []string
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	_, err = s.store.Add(s.to, raw)
	return err
}

func (s *session) Reset()        { s.to = nil }
func (s *session) Logout() error { return nil }

// quiet drops the complaints of go-smtp about clients that hang up.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}
