package mail_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"
	gomessage "github.com/emersion/go-message/mail"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/app/kit/mail/mailtest"
)

var (
	office = mail.Address{Name: "Acme IT", Email: "office@acme.example"}
	anna   = mail.Address{Name: "Anna Müller", Email: "anna@client.example"}
	letter = mail.Message{
		To:      []mail.Address{anna},
		ReplyTo: mail.Address{Name: "Ben", Email: "ben@acme.example"},
		Subject: "Rechnung 2026-0042 über 1.250,00 €",
		Text:    "Guten Tag\n",
		HTML:    "<p>Guten Tag</p>",
		Attachments: []mail.Attachment{
			{Name: "2026-0042.pdf", ContentType: "application/pdf", Data: []byte("%PDF-1.7 …")},
		},
		Key: "invoice:42:1",
	}
)

func TestSMTPDeliversWholeLetters(t *testing.T) {
	t.Parallel()
	server := mailtest.NewSMTP(t, mailtest.SMTPOptions{})
	sender := newSMTP(t, mail.SMTP{URL: "smtp://" + server.Addr + "?tls=none", From: office})

	send(t, sender, letter)
	send(t, sender, letter)

	got := server.Received()
	if len(got) != 2 {
		t.Fatalf("%d letters arrived, want 2", len(got))
	}
	if got[0].From != "office@acme.example" || strings.Join(got[0].To, ",") != "anna@client.example" {
		t.Errorf("envelope %q to %q", got[0].From, got[0].To)
	}
	one, two := read(t, got[0].Data), read(t, got[1].Data)
	if one.subject != "Rechnung 2026-0042 über 1.250,00 €" {
		t.Errorf("subject %q", one.subject)
	}
	if one.from != `"Acme IT" <office@acme.example>` || one.replyTo != `"Ben" <ben@acme.example>` {
		t.Errorf("from %s, reply to %s", one.from, one.replyTo)
	}
	if one.text != "Guten Tag\r\n" && one.text != "Guten Tag\n" || one.html != "<p>Guten Tag</p>" {
		t.Errorf("text %q, html %q", one.text, one.html)
	}
	if string(one.files["2026-0042.pdf"]) != "%PDF-1.7 …" {
		t.Errorf("the attachment arrived as %q", one.files)
	}
	if one.id == "" || one.id != two.id {
		t.Errorf("one key made the ids %q and %q", one.id, two.id)
	}
}

func TestSMTPSignsInOverSTARTTLS(t *testing.T) {
	t.Parallel()
	certificate, roots := selfSigned(t)
	server := mailtest.NewSMTP(t, mailtest.SMTPOptions{
		TLS: &tls.Config{Certificates: []tls.Certificate{certificate}}, Password: "geheim",
	})
	trust := &tls.Config{RootCAs: roots, ServerName: "127.0.0.1"}

	send(t, newSMTP(t, mail.SMTP{URL: "smtp://mailer:geheim@" + server.Addr, From: office, TLS: trust}), letter)
	if got := server.Received(); len(got) != 1 || !got[0].TLS || got[0].User != "mailer" {
		t.Fatalf("arrived %+v", got)
	}

	for name, c := range map[string]mail.SMTP{
		"a wrong password":           {URL: "smtp://mailer:falsch@" + server.Addr, From: office, TLS: trust},
		"an untrusted certificate":   {URL: "smtp://mailer:geheim@" + server.Addr, From: office},
		"a server without STARTTLS":  {URL: "smtp://" + mailtest.NewSMTP(t, mailtest.SMTPOptions{}).Addr, From: office},
		"a port where nobody is":     {URL: "smtp://127.0.0.1:1?tls=none", From: office},
		"a server that never speaks": {URL: "smtp://" + silent(t) + "?tls=none", From: office, Timeout: 300 * time.Millisecond},
	} {
		err := newSMTP(t, c).Send(t.Context(), letter)
		if !errors.Is(err, mail.ErrUnavailable) || fault.From(err).RetryAfter == 0 {
			t.Errorf("%s: %v, want to be told to try later", name, err)
		}
	}
	if n := len(server.Received()); n != 1 {
		t.Errorf("%d letters arrived, want only the first", n)
	}
}

func TestSMTPTellsForeverFromForNow(t *testing.T) {
	t.Parallel()
	server := mailtest.NewSMTP(t, mailtest.SMTPOptions{})
	sender := newSMTP(t, mail.SMTP{URL: "smtp://" + server.Addr + "?tls=none", From: office})
	for code, want := range map[int]error{550: mail.ErrRejected, 552: mail.ErrRejected, 450: mail.ErrUnavailable, 421: mail.ErrUnavailable} {
		server.Refuse(code, "no such box")
		if err := sender.Send(t.Context(), letter); !errors.Is(err, want) {
			t.Errorf("%d: %v, want %v", code, err, want)
		} else if said := fault.From(err).Said(); !strings.HasSuffix(said, fmt.Sprintf(": %d %d.1.1 no such box", code, code/100)) {
			t.Errorf("%d is said as %q", code, said)
		}
	}
}

func TestSendGridTakesOurLetters(t *testing.T) {
	t.Parallel()
	server := mailtest.NewSendGrid(t, "SG.key")
	sender := newSendGrid(t, mail.SendGrid{Key: "SG.key", BaseURL: server.URL, From: office})

	m := letter
	m.To = append(m.To, mail.Address{Email: "ANNA@client.example"}, mail.Address{Email: "cfo@client.example"})
	send(t, sender, m)

	got := server.Accepted()
	if len(got) != 1 {
		t.Fatalf("%d letters were accepted, want 1", len(got))
	}
	v := got[0]
	if to := v.Personalizations[0].To; len(to) != 2 || to[0] != (mailtest.V3Address{Email: "anna@client.example", Name: "Anna Müller"}) {
		t.Errorf("to %v: want each address once", to)
	}
	if v.From != (mailtest.V3Address{Email: "office@acme.example", Name: "Acme IT"}) || v.ReplyTo.Email != "ben@acme.example" {
		t.Errorf("from %v, reply to %v", v.From, v.ReplyTo)
	}
	if v.Subject != letter.Subject || v.Content[0].Value != letter.Text || v.Content[1].Value != letter.HTML {
		t.Errorf("subject %q, content %v", v.Subject, v.Content)
	}
	if data, _ := base64.StdEncoding.DecodeString(v.Attachments[0].Content); string(data) != "%PDF-1.7 …" || v.Attachments[0].Type != "application/pdf" {
		t.Errorf("attachment %+v", v.Attachments[0])
	}
	if v.CustomArgs["bureau_key"] != "invoice:42:1" {
		t.Errorf("custom args %v", v.CustomArgs)
	}
	if c := v.TrackingSettings; c.ClickTracking.Enable == nil || *c.ClickTracking.Enable || c.OpenTracking.Enable == nil || *c.OpenTracking.Enable {
		t.Error("tracking is not switched off: it would rewrite our links")
	}
}

func TestSendGridTellsForeverFromForNow(t *testing.T) {
	t.Parallel()
	server := mailtest.NewSendGrid(t, "SG.key")
	sender := newSendGrid(t, mail.SendGrid{Key: "SG.key", BaseURL: server.URL, From: office})
	for _, c := range []struct {
		status int
		header http.Header
		want   error
		after  time.Duration
	}{
		{400, nil, mail.ErrRejected, 0},
		{413, nil, mail.ErrRejected, 0},
		{429, http.Header{"Retry-After": {"17"}}, mail.ErrUnavailable, 17 * time.Second},
		{429, nil, mail.ErrUnavailable, time.Minute},
		{429, http.Header{"Retry-After": {"999999"}}, mail.ErrUnavailable, time.Hour},
		{500, nil, mail.ErrUnavailable, time.Minute},
		{503, http.Header{"Retry-After": {"0"}}, mail.ErrUnavailable, time.Second},
		{302, http.Header{"Location": {"http://127.0.0.1:1/"}}, mail.ErrRejected, 0},
	} {
		server.Answer(c.status, c.header)
		err := sender.Send(t.Context(), letter)
		if !errors.Is(err, c.want) || fault.From(err).RetryAfter != c.after {
			t.Errorf("%d %v: %v after %v, want %v after %v", c.status, c.header, err, fault.From(err).RetryAfter, c.want, c.after)
		}
	}
	server.Answer(0, nil)
	wrong := newSendGrid(t, mail.SendGrid{Key: "SG.other", BaseURL: server.URL, From: office})
	if err := wrong.Send(t.Context(), letter); !errors.Is(err, mail.ErrUnavailable) {
		t.Errorf("a wrong key: %v, want a try once the setting is mended", err)
	}
	gone := newSendGrid(t, mail.SendGrid{Key: "SG.key", BaseURL: "http://127.0.0.1:1", From: office})
	if err := gone.Send(t.Context(), letter); !errors.Is(err, mail.ErrUnavailable) {
		t.Errorf("nobody there: %v", err)
	}
	if n := len(server.Accepted()); n != 0 {
		t.Errorf("%d letters were accepted, want none", n)
	}
}

// Both senders refuse and clean alike: whoever configures one instead of the other gets no surprise.
func TestNoHeaderCanBeInjected(t *testing.T) {
	t.Parallel()
	smtp := mailtest.NewSMTP(t, mailtest.SMTPOptions{})
	grid := mailtest.NewSendGrid(t, "k")
	senders := map[string]mail.Sender{
		"smtp":     newSMTP(t, mail.SMTP{URL: "smtp://" + smtp.Addr + "?tls=none", From: office}),
		"sendgrid": newSendGrid(t, mail.SendGrid{Key: "k", BaseURL: grid.URL, From: office}),
	}
	evil := "Hello\r\nBcc: thief@example.com\r\n\r\nowned"
	for name, sender := range senders {
		m := letter
		m.Subject = evil
		m.To = []mail.Address{{Name: evil, Email: "anna@client.example"}}
		m.From = mail.Address{Name: evil, Email: "office@acme.example"}
		m.Attachments = []mail.Attachment{{Name: "../a\r\nX-Evil: 1.pdf", ContentType: "application/pdf\r\nX-Evil: 1", Data: []byte("x")}}
		m.Key = evil
		send(t, sender, m)

		for field, bad := range map[string]func(*mail.Message){
			"to":          func(m *mail.Message) { m.To = []mail.Address{{Email: "a@b.example\r\nBcc: thief@example.com"}} },
			"a second to": func(m *mail.Message) { m.To = []mail.Address{{Email: "a@b.example, thief@example.com"}} },
			"a named to":  func(m *mail.Message) { m.To = []mail.Address{{Email: "A <a@b.example>"}} },
			"nobody":      func(m *mail.Message) { m.To = nil },
			"reply to":    func(m *mail.Message) { m.ReplyTo.Email = "nonsense" },
			"from":        func(m *mail.Message) { m.From.Email = "@" },
			"no subject":  func(m *mail.Message) { m.Subject = " \r\n " },
			"no body":     func(m *mail.Message) { m.Text, m.HTML = "", "" },
			"too large": func(m *mail.Message) {
				m.Attachments = []mail.Attachment{{Name: "a", Data: make([]byte, mail.MaxSize)}}
			},
		} {
			m := letter
			bad(&m)
			if err := sender.Send(t.Context(), m); !errors.Is(err, mail.ErrRejected) {
				t.Errorf("%s, %s: %v, want a refusal", name, field, err)
			}
		}
	}
	if got := smtp.Received(); len(got) != 1 || len(got[0].To) != 1 {
		t.Fatalf("arrived by SMTP: %+v", got)
	}
	header := string(smtp.Received()[0].Data)
	for _, line := range strings.Split(header, "\r\n") {
		if strings.HasPrefix(line, "Bcc:") || strings.HasPrefix(line, "X-Evil") {
			t.Errorf("injected line %q", line)
		}
	}
	if v := grid.Accepted(); len(v) != 1 || strings.ContainsAny(v[0].Subject+v[0].From.Name, "\r\n") {
		t.Errorf("arrived at SendGrid: %+v", v)
	}
}

func TestNewSendersNameTheBadSetting(t *testing.T) {
	t.Parallel()
	for _, u := range []string{"", "smtp://", "http://mail.example", "smtp://mail.example?tls=maybe", "smtps://mail.example?tls=none"} {
		if _, err := mail.NewSMTP(mail.SMTP{URL: u, From: office}); err == nil {
			t.Errorf("the SMTP URL %q was taken", u)
		}
	}
	if _, err := mail.NewSMTP(mail.SMTP{URL: "smtp://mail.example"}); err == nil {
		t.Error("an SMTP sender without its own address was taken")
	}
	for _, c := range []mail.SendGrid{{From: office}, {Key: "k"}, {Key: "k", From: office, BaseURL: "sendgrid"}} {
		if _, err := mail.NewSendGrid(c); err == nil {
			t.Errorf("the SendGrid settings %+v were taken", c)
		}
	}
}

type parsed struct {
	subject, from, replyTo, id, text, html string
	files                                  map[string][]byte
}

func read(t *testing.T, raw []byte) parsed {
	t.Helper()
	r, err := gomessage.CreateReader(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	p := parsed{files: map[string][]byte{}}
	p.subject, _ = r.Header.Subject()
	p.id, _ = r.Header.MessageID()
	for name, into := range map[string]*string{"From": &p.from, "Reply-To": &p.replyTo} {
		list, err := r.Header.AddressList(name)
		if err != nil || len(list) != 1 {
			t.Fatalf("%s: %v, %v", name, list, err)
		}
		*into = list[0].String()
	}
	for {
		part, err := r.NextPart()
		if errors.Is(err, io.EOF) {
			return p
		}
		if err != nil && !message.IsUnknownCharset(err) {
			t.Fatal(err)
		}
		body, err := io.ReadAll(part.Body)
		if err != nil {
			t.Fatal(err)
		}
		switch h := part.Header.(type) {
		case *gomessage.InlineHeader:
			if kind, _, _ := h.ContentType(); kind == "text/html" {
				p.html = string(body)
			} else {
				p.text = string(body)
			}
		case *gomessage.AttachmentHeader:
			name, _ := h.Filename()
			p.files[name] = body
		}
	}
}

func send(t *testing.T, s mail.Sender, m mail.Message) {
	t.Helper()
	if err := s.Send(t.Context(), m); err != nil {
		t.Fatalf("send: %v", err)
	}
}

func newSMTP(t *testing.T, c mail.SMTP) mail.Sender {
	t.Helper()
	s, err := mail.NewSMTP(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func newSendGrid(t *testing.T, c mail.SendGrid) mail.Sender {
	t.Helper()
	s, err := mail.NewSendGrid(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// silent listens and says nothing.
func silent(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() { cancel(); _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			context.AfterFunc(ctx, func() { _ = c.Close() })
		}
	}()
	return l.Addr().String()
}

func selfSigned(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, roots
}
