package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// SMTP says which server takes our letters.
type SMTP struct {
	// URL is smtp://user:password@host:587 (STARTTLS, and nothing is sent without it) or
	// smtps://user:password@host:465. For a server on this machine that has no
	// certificate, say so: smtp://127.0.0.1:1025?tls=none.
	URL  string
	From Address
	// Timeout bounds one letter from dialling to the server's last word; 0 is 30 s.
	Timeout time.Duration
	// TLS replaces the verification against the system's certificates.
	TLS *tls.Config
}

type smtpSender struct {
	client *gomail.Client
	from   Address
}

// NewSMTP checks the configuration; it does not call the server.
func NewSMTP(c SMTP) (Sender, error) {
	from, err := c.From.clean("from")
	if err != nil {
		return nil, fmt.Errorf("the sender's address %q: %w", c.From.Email, err)
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("the SMTP URL must look like smtp://user:password@host:587")
	}
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
	}
	options := []gomail.Option{gomail.WithTimeout(c.Timeout), gomail.WithoutNoop()}
	port := 587
	switch tlsMode := u.Query().Get("tls"); {
	case u.Scheme == "smtps" && tlsMode == "":
		port = 465
		options = append(options, gomail.WithSSL())
	case u.Scheme == "smtp" && tlsMode == "":
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case u.Scheme == "smtp" && tlsMode == "none":
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		return nil, fmt.Errorf("the SMTP URL begins with smtp:// or smtps://, and tls may only be none; got scheme %q, tls %q", u.Scheme, tlsMode)
	}
	if p := u.Port(); p != "" {
		if port, err = strconv.Atoi(p); err != nil {
			return nil, fmt.Errorf("the SMTP URL's port %q is not a number", p)
		}
	}
	options = append(options, gomail.WithPort(port))
	if c.TLS != nil {
		options = append(options, gomail.WithTLSConfig(c.TLS))
	}
	if user := u.User.Username(); user != "" {
		password, _ := u.User.Password()
		options = append(options,
			gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover),
			gomail.WithUsername(user), gomail.WithPassword(password))
	}
	client, err := gomail.NewClient(u.Hostname(), options...)
	if err != nil {
		return nil, fmt.Errorf("set up SMTP: %w", err)
	}
	return &smtpSender{client: client, from: from}, nil
}

func (s *smtpSender) Send(ctx context.Context, m Message) error {
	m, err := m.prepare(s.from)
	if err != nil {
		return err
	}
	msg, err := m.mime()
	if err != nil {
		return ErrRejected.Because(err)
	}
	if err := s.client.DialAndSendWithContext(ctx, msg); err != nil {
		return smtpFault(err)
	}
	return nil
}

// Ping tells whether the server answers and lets us in.
func (s *smtpSender) Ping(ctx context.Context) error {
	c, err := s.client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return smtpFault(err)
	}
	return s.client.CloseWithSMTPClient(c)
}

func (m Message) mime() (*gomail.Msg, error) {
	msg := gomail.NewMsg()
	if err := msg.FromFormat(m.From.Name, m.From.Email); err != nil {
		return nil, err
	}
	for _, a := range m.To {
		if err := msg.AddToFormat(a.Name, a.Email); err != nil {
			return nil, err
		}
	}
	if m.ReplyTo.Email != "" {
		if err := msg.ReplyToFormat(m.ReplyTo.Name, m.ReplyTo.Email); err != nil {
			return nil, err
		}
	}
	msg.Subject(m.Subject)
	if m.Key != "" {
		msg.SetMessageIDWithValue(m.messageID())
	}
	// Holiday replies to a machine help nobody (RFC 3834).
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	switch {
	case m.Text == "":
		msg.SetBodyString(gomail.TypeTextHTML, m.HTML)
	case m.HTML == "":
		msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	default:
		msg.SetBodyString(gomail.TypeTextPlain, m.Text)
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	for _, a := range m.Attachments {
		err := msg.AttachReader(a.Name, bytes.NewReader(a.Data),
			gomail.WithFileContentType(gomail.ContentType(a.ContentType)))
		if err != nil {
			return nil, err
		}
	}
	return msg, nil
}

// smtpFault believes the server: a 5xx about this letter is final, all else may pass.
func smtpFault(err error) error {
	var send *gomail.SendError
	if !errors.As(err, &send) || send.ErrorCode() == 0 {
		return ErrUnavailable.After(time.Minute).Saying("The mail server could not be reached.").Because(err)
	}
	if code := send.ErrorCode(); !send.IsTemp() && code >= 500 && code < 600 {
		return ErrRejected.Saying("The mail server refused it: %s", answer(send)).Because(err)
	}
	return ErrUnavailable.After(time.Minute).Saying("The mail server put it off: %s", answer(send)).Because(err)
}

// answer is what the server said, without what go-mail writes around it.
func answer(err *gomail.SendError) string {
	said := err.Error()
	if _, rest, found := strings.Cut(said, ": "); found {
		said = rest
	}
	said, _, _ = strings.Cut(said, ", affected ")
	return oneLine(strings.ReplaceAll(said, `"`, ""), 200) // the text of each answer is quoted
}
