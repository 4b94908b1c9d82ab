package invoicing_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/modules/invoicing"
)

// A statement is mailed with its PDF to whom invoices go, or to whom is named, in the language of the client, once.
func TestAStatementIsMailedInTheClientsLanguage(t *testing.T) {
	t.Parallel()
	w := setup(t) // today is 2026-03-02
	w.client.Language = "de"
	w.issuedOn(t, "2026-01-10", "2026-02-09", "500")
	w.issuedOn(t, "2026-02-10", "2026-03-12", "600")
	from, to := day.MustParse("2026-01-01"), day.MustParse("2026-02-28")
	for _, bad := range []struct {
		from, to string
		letter   invoicing.Letter
		want     *fault.Error
		field    string
	}{
		{"2026-01-01", "2026-02-28", invoicing.Letter{To: []string{"ann@acme.example", "nobody"}}, invoicing.ErrBadRecipient, "body.recipients"},
		{"2026-03-01", "2026-02-28", invoicing.Letter{}, invoicing.ErrBadPeriod, "body.to"},
		{"2020-03-01", "2026-02-28", invoicing.Letter{}, invoicing.ErrLongStatement, "body.from"},
	} {
		_, err := w.svc.SendStatement(w.Ctx, w.client.ID, day.MustParse(bad.from), day.MustParse(bad.to), bad.letter)
		var f *fault.Error
		if !errors.Is(err, bad.want) || !errors.As(err, &f) || len(f.Fields) != 1 || f.Fields[0].Path != bad.field {
			t.Errorf("%v, want %s at %s", err, bad.want.Code, bad.field)
		}
	}
	l, err := w.svc.StatementLetter(w.Ctx, w.client.ID, from, to)
	if err != nil || len(l.To) != 1 || l.To[0] != "bill@acme.example" || l.Subject != "Kontoauszug von Nordlicht Studio, 28.02.2026" {
		t.Fatalf("%+v, %v", l, err)
	}
	for _, says := range []string{"Guten Tag Acme Ltd", "vom 01.01.2026 bis zum 28.02.2026", "1.100,00\u00a0€ offen, davon 500,00\u00a0€ überfällig"} {
		if !strings.Contains(l.Message, says) {
			t.Errorf("the letter does not say %q: %s", says, l.Message)
		}
	}
	told, err := w.svc.StatementPDF(w.Ctx, w.client.ID, from, to)
	if err != nil {
		t.Fatal(err)
	}
	w.mailDown = errors.New("connection refused")
	out, err := w.svc.SendStatement(w.Ctx, w.client.ID, from, to, invoicing.Letter{Message: "Siehe Anhang."})
	if err != nil {
		t.Fatal(err)
	}
	w.Work(t)
	if all, err := w.svc.StatementSendings(w.Ctx, w.client.ID); err != nil || len(all) != 1 || all[0].SentAt != nil || len(w.mails) != 0 {
		t.Fatalf("while the mail server is down: %+v, %v", all, err)
	}
	w.issuedOn(t, "2026-02-20", "2026-03-22", "700") // the letter does not speak of it, so neither does its PDF
	w.mailDown = nil
	if _, err := w.Control.Pool().Exec(w.Ctx, `UPDATE queue.river_job SET state = 'scheduled' WHERE state = 'retryable' AND args ->> 'sending_id' = $1`, out.ID); err != nil {
		t.Fatal(err)
	}
	w.Work(t)
	w.Work(t)
	if len(w.mails) != 1 {
		t.Fatalf("%d mails", len(w.mails))
	}
	m := w.mails[0]
	if m.Key != out.ID || m.To[0].Email != "bill@acme.example" || m.Subject != l.Subject || m.Text != "Siehe Anhang." || len(m.Files) != 1 || m.Files[0].Name != "statement-2026-02-28.pdf" || !bytes.Equal(m.Files[0].Bytes, told.Bytes) {
		t.Errorf("%q to %v: %s", m.Subject, m.To, m.Text)
	}
	all, err := w.svc.StatementSendings(w.Ctx, w.client.ID)
	if err != nil || len(all) != 1 || all[0].SentAt == nil || all[0].To != to {
		t.Errorf("%+v, %v", all, err)
	}
	w.billing = nil
	_, err = w.svc.SendStatement(w.Ctx, w.client.ID, from, to, invoicing.Letter{})
	wantFault(t, err, invoicing.ErrNoRecipients)
}
