package invoicing_test

import (
	"context"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/app/kit/mail/mailtest"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/projects"
)

// tells keeps what members are told.
type tells struct{ w *world }

func (n tells) Tell(_ context.Context, l projects.Notice) error {
	n.w.mu.Lock()
	defer n.w.mu.Unlock()
	n.w.told = append(n.w.told, l)
	return nil
}

// post mails through a real server.
type post struct {
	t  *testing.T
	to *mailtest.SMTPServer
}

func (p *post) Send(ctx context.Context, m invoicing.Mail) error {
	s, err := mail.NewSMTP(mail.SMTP{URL: "smtp://" + p.to.Addr + "?tls=none", From: mail.Address{Email: "office@agency.example"}})
	if err != nil {
		p.t.Fatal(err)
	}
	letter := mail.Message{Key: m.Key, Subject: m.Subject, Text: m.Text}
	for _, to := range m.To {
		letter.To = append(letter.To, mail.Address{Name: to.Name, Email: to.Email})
	}
	return s.Send(ctx, letter)
}

// A mail that cannot be delivered is no longer on its way: its record says when and why, who sent it is told once, and it is sent again
// when somebody asks for that.
func TestAMailThatCannotBeDeliveredIsSaidToBeSo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		code int
		why  string
		cut  bool // the process ended in the last try
	}{
		"refused for good":        {550, "The mail server refused it: 550 5.1.1 no such box", false},
		"its tries are used up":   {450, "The mail server put it off: 450 4.1.1 no such box", false},
		"nobody answers any more": {0, "The mail server could not be reached.", false},
		"cut off in its last try": {0, "The server stopped while it was sent: it may have arrived all the same.", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := &post{t, mailtest.NewSMTP(t, mailtest.SMTPOptions{})}
			w := setup(t, func(d *invoicing.Deps) { d.Mailer = p })
			up := p.to
			p.to = &mailtest.SMTPServer{Addr: "127.0.0.1:1"}
			if c.code != 0 {
				p.to = mailtest.NewSMTP(t, mailtest.SMTPOptions{})
				p.to.Refuse(c.code, "no such box")
			}
			i := w.issued(t)
			sent, err := w.svc.Send(w.Ctx, i.ID, invoicing.Letter{})
			if err != nil {
				t.Fatal(err)
			}
			statement, err := w.svc.SendStatement(w.Ctx, w.client.ID, day.Date{}, day.Date{}, invoicing.Letter{})
			if err != nil {
				t.Fatal(err)
			}
			mails := func() (invoicing.Sending, invoicing.StatementSending) {
				t.Helper()
				all, err := w.svc.Sendings(w.Ctx, i.ID)
				if err != nil || len(all) != 1 {
					t.Fatalf("%+v, %v", all, err)
				}
				of, err := w.svc.StatementSendings(w.Ctx, w.client.ID)
				if err != nil || len(of) != 1 {
					t.Fatalf("%+v, %v", of, err)
				}
				return all[0], of[0]
			}
			w.Work(t)
			if c.code != 550 {
				if m, s := mails(); m.Failure.At != nil || s.Failure.At != nil || len(w.told) != 0 {
					t.Fatalf("given up at the first try: %+v, %+v", m, s)
				}
				sql, attempt := `UPDATE queue.river_job SET state = 'available', scheduled_at = now(), attempt = $2 WHERE queue = $1 AND state = 'retryable'`, job.TwoDays-1
				if c.cut { // as the queue's rescue brings it back
					sql, attempt = `UPDATE queue.river_job SET state = 'available', scheduled_at = now(), attempt = $2,
						errors = array_append(errors, jsonb_build_object('at', now(), 'attempt', attempt, 'error', 'Stuck job rescued by JobRescuer', 'trace', '')) WHERE queue = $1 AND state = 'retryable'`, job.TwoDays
				}
				if _, err := w.Control.Pool().Exec(w.Ctx, sql, w.Queue.Name, attempt); err != nil {
					t.Fatal(err)
				}
				w.Work(t)
			}
			m, s := mails()
			if m.Failure.At == nil || m.SentAt != nil || m.Failure.Why != c.why || s.Failure.At == nil || s.SentAt != nil || s.Failure.Why != c.why {
				t.Fatalf("%+v, %+v, want %q", m, s, c.why)
			}
			w.Work(t) // the letters to who sent it
			if len(w.told) != 2 {
				t.Fatalf("told %+v", w.told)
			}
			subject := "could not be delivered"
			if c.cut {
				subject = "may not have arrived"
			}
			for _, l := range w.told {
				if l.MemberID != w.Owner.MemberID || !strings.Contains(l.Subject, subject) || !strings.Contains(l.Paragraphs[0], "bill@acme.example") || !strings.Contains(l.Paragraphs[0], c.why) {
					t.Errorf("told %+v", l)
				}
			}

			p.to = up
			for range 2 { // a second click sends nothing more
				if _, err := w.svc.SendAgain(w.Ctx, sent.ID); err != nil {
					t.Fatal(err)
				}
				if _, err := w.svc.SendAgain(w.Ctx, statement.ID); err != nil {
					t.Fatal(err)
				}
			}
			w.Work(t)
			if m, s := mails(); m.SentAt == nil || m.Failure != (invoicing.Failure{}) || s.SentAt == nil || s.Failure != (invoicing.Failure{}) || len(up.Received()) != 2 {
				t.Errorf("sent again: %+v, %+v, %d came", m, s, len(up.Received()))
			}
		})
	}
}
