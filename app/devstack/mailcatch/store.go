// Package mailcatch is a mail server for development and tests that delivers nothing: it keeps what it is given and shows it.
package mailcatch

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/mail"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset" // mails in other character sets are read too
	gomail "github.com/emersion/go-message/mail"
	"github.com/google/uuid"
)

// keep is how many mails are held; the oldest go first.
const keep = 2000

// ErrNotFound says that no mail has the id.
var ErrNotFound = errors.New("mailcatch: no such mail")

// Address is a mailbox with the name shown beside it.
type Address struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

// Attachment is a file that came with a mail.
type Attachment struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Size int    `json:"size"`

	content []byte
}

// Message is one mail as it arrived.
type Message struct {
	ID          string            `json:"id"`
	At          time.Time         `json:"at"`
	From        Address           `json:"from"`
	To          []Address         `json:"to"`
	Recipients  []string          `json:"recipients"` // of the envelope, blind copies included
	Subject     string            `json:"subject"`
	Text        string            `json:"text"`
	HTML        string            `json:"html"`
	Headers     map[string]string `json:"headers"`
	Attachments []Attachment      `json:"attachments"`

	raw []byte
}

// For says whether the mail was sent to the address.
func (m Message) For(address string) bool {
	for _, r := range m.Recipients {
		if strings.EqualFold(r, address) {
			return true
		}
	}
	return false
}

// Store keeps mails, newest first, in memory and in a directory.
type Store struct {
	dir string
	now func() time.Time

	mu       sync.Mutex
	messages []Message
	changed  chan struct{} // closed and replaced whenever messages changes
}

// NewStore reads what the directory holds from earlier runs. An empty dir keeps mails in memory only.
func NewStore(dir string, now func() time.Time) (*Store, error) {
	s := &Store{dir: dir, now: now, changed: make(chan struct{})}
	if dir == "" {
		return s, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("mailcatch: %w", err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil {
		return nil, fmt.Errorf("mailcatch: %w", err)
	}
	// The ids grow with time, so the names are in order of arrival.
	sort.Sort(sort.Reverse(sort.StringSlice(files)))
	for i, f := range files {
		if i >= keep {
			_ = os.Remove(f)
			continue
		}
		raw, err := os.ReadFile(f)
		if err != nil {
			return nil, fmt.Errorf("mailcatch: %w", err)
		}
		s.messages = append(s.messages, parse(strings.TrimSuffix(filepath.Base(f), ".eml"), raw))
	}
	return s, nil
}

// envelopeHeader carries the envelope's recipients and the time of arrival through a restart.
const (
	envelopeHeader = "X-Mailcatch-Recipients: "
	arrivedHeader  = "X-Mailcatch-Arrived: "
)

// Add keeps a mail that came for the recipients.
func (s *Store) Add(recipients []string, raw []byte) (Message, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Message{}, fmt.Errorf("mailcatch: name a mail: %w", err)
	}
	var b bytes.Buffer
	b.WriteString(envelopeHeader + strings.Join(recipients, ", ") + "\r\n")
	b.WriteString(arrivedHeader + s.now().UTC().Format(time.RFC3339Nano) + "\r\n")
	b.Write(raw)
	m := parse(id.String(), b.Bytes())

	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dir != "" {
		// Written aside first: a crash leaves no half mail.
		path := filepath.Join(s.dir, m.ID+".eml")
		if err := os.WriteFile(path+".part", m.raw, 0o600); err != nil {
			return Message{}, fmt.Errorf("mailcatch: keep a mail: %w", err)
		}
		if err := os.Rename(path+".part", path); err != nil {
			return Message{}, fmt.Errorf("mailcatch: keep a mail: %w", err)
		}
	}
	s.messages = append([]Message{m}, s.messages...)
	for len(s.messages) > keep {
		s.drop(s.messages[len(s.messages)-1])
		s.messages = s.messages[:len(s.messages)-1]
	}
	s.announce()
	return m, nil
}

// Query narrows a list of mails.
type Query struct {
	To   string // part of a recipient's address
	Text string // part of the subject, the text, the sender or a recipient
}

func (q Query) matches(m Message) bool {
	has := func(s, part string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(part)) }
	everyone := strings.Join(m.Recipients, " ")
	if q.To != "" && !has(everyone, q.To) {
		return false
	}
	return q.Text == "" || has(strings.Join([]string{m.Subject, m.Text, m.From.Name, m.From.Email, everyone}, "\n"), q.Text)
}

// List tells the mails that match, newest first.
func (s *Store) List(q Query) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := []Message{}
	for _, m := range s.messages {
		if q.matches(m) {
			found = append(found, m)
		}
	}
	return found
}

// Wait tells the newest mail for the address that want accepts, and waits for it until ctx ends. A nil want takes any.
func (s *Store) Wait(ctx context.Context, address string, want func(Message) bool) (Message, error) {
	for {
		s.mu.Lock()
		changed := s.changed
		for _, m := range s.messages {
			if m.For(address) && (want == nil || want(m)) {
				s.mu.Unlock()
				return m, nil
			}
		}
		s.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return Message{}, fmt.Errorf("mailcatch: no mail for %s: %w", address, ctx.Err())
		}
	}
}

// changes is closed at the next change.
func (s *Store) changes() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.changed
}

// Get tells one mail.
func (s *Store) Get(id string) (Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		if m.ID == id {
			return m, nil
		}
	}
	return Message{}, ErrNotFound
}

// Clear forgets every mail.
func (s *Store) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		s.drop(m)
	}
	s.messages = nil
	s.announce()
}

func (s *Store) drop(m Message) {
	if s.dir != "" {
		_ = os.Remove(filepath.Join(s.dir, m.ID+".eml"))
	}
}

func (s *Store) announce() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// parse reads a mail as far as it can be read: a broken one is shown with what there is.
func parse(id string, raw []byte) Message {
	m := Message{ID: id, raw: raw, To: []Address{}, Recipients: []string{}, Attachments: []Attachment{}, Headers: map[string]string{}}
	entity, err := message.Read(bytes.NewReader(raw))
	if entity == nil {
		m.Subject, m.Text = "(unreadable mail)", fmt.Sprintf("%v\n\n%s", err, raw)
		return m
	}
	h := gomail.Header{Header: entity.Header}
	m.Subject, _ = h.Subject()
	m.From = first(addresses(h, "From"))
	m.To = append(addresses(h, "To"), addresses(h, "Cc")...)
	for fields := h.Fields(); fields.Next(); {
		value, err := fields.Text()
		if err != nil {
			value = fields.Value()
		}
		switch key := fields.Key(); key {
		case "X-Mailcatch-Recipients":
			for r := range strings.SplitSeq(value, ",") {
				if r = strings.TrimSpace(r); r != "" {
					m.Recipients = append(m.Recipients, r)
				}
			}
		case "X-Mailcatch-Arrived":
			m.At, _ = time.Parse(time.RFC3339Nano, value)
		default:
			m.Headers[key] = value
		}
	}
	inline := map[string]string{}
	_ = entity.Walk(func(_ []int, part *message.Entity, err error) error {
		if part == nil || (err != nil && !message.IsUnknownCharset(err) && !message.IsUnknownEncoding(err)) {
			return nil
		}
		kind, params, _ := part.Header.ContentType()
		if strings.HasPrefix(kind, "multipart/") {
			return nil
		}
		body, _ := io.ReadAll(part.Body)
		disposition, dparams, _ := part.Header.ContentDisposition()
		switch {
		case disposition != "attachment" && kind == "text/plain" && m.Text == "":
			m.Text = string(body)
		case disposition != "attachment" && kind == "text/html" && m.HTML == "":
			m.HTML = string(body)
		default:
			if cid := strings.Trim(part.Header.Get("Content-Id"), "<> "); cid != "" && strings.HasPrefix(kind, "image/") {
				inline[cid] = "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(body)
			}
			name := dparams["filename"]
			if name == "" {
				name = params["name"]
			}
			if name == "" {
				name = "attachment"
			}
			m.Attachments = append(m.Attachments, Attachment{Name: filepath.Base(name), Type: kind, Size: len(body), content: body})
		}
		return nil
	})
	for cid, data := range inline {
		m.HTML = strings.ReplaceAll(m.HTML, "cid:"+cid, data)
	}
	if len(m.Recipients) == 0 {
		for _, a := range m.To {
			m.Recipients = append(m.Recipients, a.Email)
		}
	}
	return m
}

func addresses(h gomail.Header, key string) []Address {
	list, err := h.AddressList(key)
	if err != nil {
		if one, err := mail.ParseAddress(h.Get(key)); err == nil {
			return []Address{{Name: one.Name, Email: one.Address}}
		}
		return []Address{}
	}
	out := make([]Address, 0, len(list))
	for _, a := range list {
		out = append(out, Address{Name: a.Name, Email: a.Address})
	}
	return out
}

func first(list []Address) Address {
	if len(list) == 0 {
		return Address{}
	}
	return list[0]
}
