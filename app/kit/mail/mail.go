// Package mail sends letters. Sender is the one door; behind it stand SMTP and
// SendGrid, and both refuse, clean and report in the same way: a letter that can
// never be delivered comes back as ErrRejected, one worth another try as
// ErrUnavailable with the time to wait, so a queue needs no knowledge of either.
package mail

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bureauhq/bureau/app/kit/fault"
)

// Sender hands a letter to whoever delivers it.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// Message is one letter. From may be left empty: the sender's own address is used then.
type Message struct {
	To          []Address
	From        Address
	ReplyTo     Address
	Subject     string
	Text        string
	HTML        string
	Attachments []Attachment
	// Key names the letter: two letters with one key are the same letter sent twice.
	// It becomes the Message-ID, so that a mail box can fold the second one away.
	Key string
}

// Address is a mail address with the name shown before it.
type Address struct{ Name, Email string }

// Attachment is a file that travels with the letter.
type Attachment struct {
	Name        string
	ContentType string
	Data        []byte
}

// MaxSize is the largest letter we hand over: providers refuse at 30 MB after base64.
const MaxSize = 20 << 20

var (
	// ErrRejected means that sending the same letter again cannot help.
	ErrRejected = fault.Define(fault.Invalid, "mail.rejected", "The letter was refused.")
	// ErrUnavailable means that the same letter may well go out later.
	ErrUnavailable = fault.Define(fault.Unavailable, "mail.unavailable", "Mail cannot be sent at the moment.")
)

// prepare returns the letter as both senders need it: every header value free of
// line breaks, every address parsed, no recipient twice, a sender present.
func (m Message) prepare(from Address) (Message, error) {
	if m.From.Email == "" {
		m.From.Email = from.Email
		if m.From.Name == "" {
			m.From.Name = from.Name
		}
	}
	var err error
	if m.From, err = m.From.clean("from"); err != nil {
		return m, err
	}
	if m.ReplyTo.Email != "" {
		if m.ReplyTo, err = m.ReplyTo.clean("reply_to"); err != nil {
			return m, err
		}
	}
	seen := map[string]bool{}
	var to []Address
	for _, a := range m.To {
		if a, err = a.clean("to"); err != nil {
			return m, err
		}
		if key := strings.ToLower(a.Email); !seen[key] {
			seen[key] = true
			to = append(to, a)
		}
	}
	if len(to) == 0 {
		return m, ErrRejected.At("to", "a letter needs a recipient")
	}
	m.To = to
	if m.Subject = oneLine(m.Subject, 200); m.Subject == "" {
		return m, ErrRejected.At("subject", "a letter needs a subject")
	}
	if m.Text == "" && m.HTML == "" {
		return m, ErrRejected.At("text", "a letter needs a body")
	}
	size := len(m.Text) + len(m.HTML)
	files := make([]Attachment, len(m.Attachments))
	for i, a := range m.Attachments {
		size += len(a.Data)
		a.Name = fileName(a.Name)
		// A parameter or a line break in the type would let a caller write headers.
		a.ContentType, _, _ = strings.Cut(oneLine(a.ContentType, 100), ";")
		if a.ContentType = strings.TrimSpace(a.ContentType); a.ContentType == "" {
			a.ContentType = "application/octet-stream"
		}
		files[i] = a
	}
	m.Attachments = files
	if size > MaxSize {
		return m, ErrRejected.At("attachments", "a letter may not be larger than 20 MB")
	}
	return m, nil
}

// messageID makes the key a Message-ID of the sender's domain: the same key, the same id.
func (m Message) messageID() string {
	sum := sha256.Sum256([]byte(m.Key))
	_, domain, _ := strings.Cut(m.From.Email, "@")
	return hex.EncodeToString(sum[:16]) + "@" + domain
}

func (a Address) clean(field string) (Address, error) {
	email := strings.TrimSpace(a.Email)
	parsed, err := mail.ParseAddress(email)
	// "Name <a@b.c>" also parses; only the bare address may pass, or a name could smuggle one in.
	if err != nil || parsed.Address != email || parsed.Name != "" || len(email) > 254 {
		return a, ErrRejected.At(field, "is not an e-mail address")
	}
	return Address{Name: oneLine(a.Name, 120), Email: email}, nil
}

// oneLine makes any text fit for a header: control characters become spaces, runs of
// spaces one, and what is longer than max runes is cut.
func oneLine(s string, max int) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "")
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > max {
		s = strings.TrimSpace(string(r[:max-1])) + "…"
	}
	return s
}

func fileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\"`, r) {
			return '-'
		}
		return r
	}, oneLine(s, 120))
	if s == "" || s == "." || s == ".." {
		return "attachment"
	}
	return s
}
