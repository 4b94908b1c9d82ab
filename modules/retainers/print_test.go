package retainers_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/retainers"
	"github.com/bureauhq/bureau/tenancy"
)

// busy is a retainer of which February has a rollover, a block, an adjustment, more work than there is, and January a grant that expires with it.
func busy(t *testing.T, w *world) retainers.Period {
	t.Helper()
	d := w.support()
	lasts := 1
	d.Rollover, d.Lasts, d.Deficit, d.ProjectID = retainers.RollExpiring, &lasts, retainers.BillDeficit, w.project
	r := w.create(t, d)
	_, err := w.svc.AddBlock(w.Ctx, r.ID, retainers.NewBlock{Amount: "5", CountsFrom: retainers.FromNow, ExpiresOn: day.New(2026, 3, 20)})
	must(t, err)
	_, err = w.svc.Adjust(w.Ctx, r.ID, "-1.5", "Agreed on the phone")
	must(t, err)
	noted := w.approved("2026-03-02", 90)
	noted.TaskName, noted.ProjectName, noted.Note = "Ölwechsel", "Website", "not for the client"
	w.count(t, w.approved("2026-01-12", 30), w.approved("2026-02-12", 25.25), noted)
	ps := w.periods(t, r.ID)
	return ps[len(ps)-1]
}

// What stands on paper is what the statement says, in every language: the account adds up, and so does the work behind it.
func TestAStatementOnPaperSaysWhatTheScreenDoes(t *testing.T) {
	t.Parallel()
	w := setup(t)
	p := busy(t, w)
	paper, err := w.svc.Statement(w.Ctx, p.ID)
	must(t, err)
	if got, want := hours(paper.Period), "24.75 +45 -1.5 -90 (21.75) -0 = 0"; got != want {
		t.Fatalf("the statement is %s, want %s", got, want)
	}
	for _, l := range invoicing.Languages {
		w.head = invoicing.Letterhead{Seller: "Nordlicht Studio GmbH", Language: l, Locale: "de", Colour: "#2855d9"}
		f, err := w.svc.StatementPDF(w.Ctx, p.ID, false)
		must(t, err)
		if dir := os.Getenv("BUREAU_PDF_DIR"); dir != "" {
			must(t, os.WriteFile(fmt.Sprintf("%s/retainer-%s.pdf", dir, l), f.Bytes, 0o600))
		}
		said, words := testkit.PDFText(t, f.Bytes), retainers.PrintWordsIn(l)
		for _, line := range []string{
			words.Title, "Nordlicht Studio GmbH", "Support", "Acme · Website",
			words.Opening + "\n24:45 h", words.Granted + "\n+ 45:00 h", words.Adjusted + "\n− 1:30 h", words.Used + "\n− 90:00 h", words.Over + "\n+ 21:45 h",
			words.Expired + "\n− 0:00 h", words.ClosingOpen + "\n0:00 h", words.UsedTotal + "\n21:45 h\n90:00 h", words.Block, "Website · Ölwechsel\n21:45 h\n90:00 h",
		} {
			if !strings.Contains(said, line+"\n") && !strings.Contains(said, line+" · ") {
				t.Errorf("%s: nowhere says %q:\n%s", l, line, said)
			}
		}
		for _, secret := range []string{"not for the client", "Agreed on the phone"} {
			if strings.Contains(said, secret) {
				t.Errorf("%s: the client reads %q", l, secret)
			}
		}
		again, err := w.svc.StatementPDF(w.Ctx, p.ID, false)
		must(t, err)
		if string(again.Bytes) != string(f.Bytes) {
			t.Errorf("%s: two drawings of one statement differ", l)
		}
	}
	f, err := w.svc.StatementPDF(w.Ctx, p.ID, true)
	must(t, err)
	if said := testkit.PDFText(t, f.Bytes); !strings.Contains(said, "not for the client") || !strings.Contains(said, "Agreed on the phone") {
		t.Errorf("the agency's own paper says %s", said)
	}
}

// A retainer in money is written as its client's country writes money, and not at all for who may not see it.
func TestAStatementInMoneyOnPaper(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.support()
	d.Unit, d.Grant = retainers.Money, "12000"
	r := w.create(t, d)
	w.count(t, w.approved("2026-01-12", 12.5))
	w.head = invoicing.Letterhead{Seller: "Nordlicht", Language: invoicing.German, Locale: "de"}
	p := w.periods(t, r.ID)[0]
	f, err := w.svc.StatementPDF(w.Ctx, p.ID, true)
	must(t, err)
	said := testkit.PDFText(t, f.Bytes)
	for _, line := range []string{"Gutgeschrieben\n+ 12.000,00\u00a0€\n", "Verbraucht\n− 1.250,00\u00a0€\n", "10.750,00\u00a0€\n"} {
		if !strings.Contains(said, line) {
			t.Errorf("nowhere says %q:\n%s", line, said)
		}
	}
	f, err = w.svc.StatementPDF(w.As(access.Actor{Name: "Sees no money"}, retainers.Read), p.ID, true)
	must(t, err)
	if said := testkit.PDFText(t, f.Bytes); strings.Contains(said, "€") || strings.Contains(said, "12.000") {
		t.Errorf("who may not see money reads %s", said)
	}
}

// No language lacks a word, or a place in a sentence that another has.
func TestEveryLanguageHasEveryWordOfAStatement(t *testing.T) {
	t.Parallel()
	for _, l := range invoicing.Languages {
		testkit.SameWords(t, string(l), retainers.PrintWordsIn(l), retainers.PrintWordsIn(invoicing.English), 2)
	}
}

// A paper of some hundred sheets is refused, on the screen and for the client; one with as many entries as may be is drawn.
func TestAPaperOfTooManyEntriesIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.support()
	d.StartsOn = day.New(2026, 3, 1)
	r := w.create(t, d)
	p := w.periods(t, r.ID)[0]
	must(t, w.DB.Run(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.PGX().Exec(ctx, `INSERT INTO retainer_ledger (id, retainer_id, period, kind, entry_id, day, amount, created_at)
			SELECT gen_random_uuid(), $1, 1, 'use', gen_random_uuid(), '2026-03-02', 36, now() FROM generate_series(1, 10001)`, r.ID)
		return err
	}))
	if _, err := w.svc.StatementPDF(w.Ctx, p.ID, true); !errors.Is(err, retainers.ErrLongPrint) {
		t.Errorf("10,001 entries: %v", err)
	}
	must(t, w.DB.Read(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if _, err := w.svc.PrintOfClientTx(ctx, tx, w.client, p.ID); !errors.Is(err, retainers.ErrLongPrint) {
			t.Errorf("for the client: %v", err)
		}
		return nil
	}))
	must(t, w.DB.Run(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error { // one is taken back
		_, err := tx.PGX().Exec(ctx, `INSERT INTO retainer_ledger (id, retainer_id, period, kind, entry_id, day, amount, created_at)
			SELECT gen_random_uuid(), retainer_id, period, kind, entry_id, day, -amount, now() FROM retainer_ledger WHERE retainer_id = $1 AND kind = 'use' LIMIT 1`, r.ID)
		return err
	}))
	if f, err := w.svc.StatementPDF(w.Ctx, p.ID, false); err != nil || len(f.Bytes) == 0 {
		t.Errorf("10,000 entries: %v", err)
	}
}

// Who reads the third sheet knows what its columns are.
func TestEverySheetOfWorkNamesItsColumns(t *testing.T) {
	t.Parallel()
	w := setup(t)
	d := w.support()
	d.StartsOn = day.New(2026, 3, 1)
	r := w.create(t, d)
	p := w.periods(t, r.ID)[0]
	must(t, w.DB.Run(w.Ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.PGX().Exec(ctx, `INSERT INTO retainer_ledger (id, retainer_id, period, kind, entry_id, day, amount, created_at)
			SELECT gen_random_uuid(), $1, 1, 'use', gen_random_uuid(), '2026-03-02', 36, now() FROM generate_series(1, 120)`, r.ID)
		return err
	}))
	f, err := w.svc.StatementPDF(w.Ctx, p.ID, false)
	must(t, err)
	said, words := testkit.PDFText(t, f.Bytes), retainers.PrintWordsIn(invoicing.English)
	sheets := strings.Count(said, " / 3\n")
	if heads := strings.Count(said, words.Day+"\n"+words.What+"\n"); sheets != 3 || heads != sheets {
		t.Errorf("%d sheets name the columns %d times:\n%s", sheets, heads, said)
	}
}
