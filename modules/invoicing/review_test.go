package invoicing_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/tenancy"
)

// by is a member who acts.
func (w *world) by(member string) context.Context {
	a := access.From(w.Ctx)
	a.MemberID = member
	return access.With(w.Ctx, a)
}

// reviewed makes reviews required, with two who may.
func reviewed(t *testing.T) (w *world, author, reviewer context.Context) {
	t.Helper()
	w = setup(t)
	a, r := id.New(), id.New()
	w.reviewers = []string{a, r}
	if _, err := w.svc.SaveReviewSettings(w.Ctx, 0, func(s *invoicing.ReviewSettings) { s.Required = true }); err != nil {
		t.Fatal(err)
	}
	return w, w.by(a), w.by(r)
}

func (w *world) draftBy(t *testing.T, ctx context.Context, lines ...invoicing.Line) invoicing.Invoice {
	t.Helper()
	i, err := w.svc.Create(ctx, invoicing.DraftOf{ClientID: w.client.ID, Edit: func(i *invoicing.Invoice) { i.Lines = lines }})
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestReviewGoesToReadyAndIsNeededByEveryDoor(t *testing.T) {
	t.Parallel()
	w, author, reviewer := reviewed(t)
	i := w.draftBy(t, author, free("Work", "1", "100"))
	_, err := w.svc.Issue(author, i.ID, day.Date{})
	wantFault(t, err, invoicing.ErrNotReviewed)
	w.worked(t, "2026-02-10", 3600, "100", "Design")
	from := invoicing.FromTime{ClientID: w.client.ID, From: day.MustParse("2026-02-01"), To: day.MustParse("2026-02-28"), GroupBy: invoicing.ByTask}
	err = w.DB.Run(author, func(ctx context.Context, tx *tenancy.Tx) error {
		_, _, err := w.svc.BillTx(ctx, tx, invoicing.Bill{FromTime: from, How: invoicing.AsIssued})
		return err
	})
	wantFault(t, err, invoicing.ErrNotReviewed)
	if w.billedCount() != 0 {
		t.Error("the refused bill kept its time")
	}
	_, err = w.svc.Approve(reviewer, i.ID, i.Version, "")
	wantFault(t, err, invoicing.ErrNotInReview)
	if _, err := w.svc.SendToReview(author, i.ID, i.Version); err != nil {
		t.Fatal(err)
	}
	_, err = w.svc.SendBack(reviewer, i.ID, i.Version, " ")
	wantFault(t, err, invoicing.ErrNoBackReason)
	back, err := w.svc.SendBack(reviewer, i.ID, i.Version, "Wrong client")
	if err != nil || back.Reviewed() != invoicing.SentBack || back.Status(day.Date{}) != invoicing.StatusDraft {
		t.Fatalf("sent back it is %q, %v", back.Reviewed(), err)
	}
	if _, err := w.svc.SendToReview(author, i.ID, i.Version); err != nil {
		t.Fatal(err)
	}
	if got := w.find(t, i.ID).Status(day.Date{}); got != invoicing.StatusInReview {
		t.Errorf("in review it is %q", got)
	}
	rows, _, err := w.svc.List(w.Ctx, invoicing.Filter{Status: invoicing.StatusInReview, Page: page.Query{Limit: 10}})
	if err != nil || len(rows) != 1 || rows[0].Status(day.Date{}) != invoicing.StatusInReview {
		t.Errorf("in review are %v, %v", rows, err)
	}
	if _, err := w.svc.Approve(reviewer, i.ID, i.Version, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.Approve(reviewer, i.ID, i.Version, ""); err != nil {
		t.Errorf("approved twice: %v", err)
	}
	done, err := w.svc.Issue(author, i.ID, day.Date{})
	if err != nil || done.Number != "INV-2026-0001" || done.Review.State != invoicing.Ready {
		t.Errorf("issued it is %q %q, %v", done.Number, done.Review.State, err)
	}
}

func TestRule89_AChangeCancelsTheApprovalOfADraft(t *testing.T) {
	t.Parallel()
	w, author, reviewer := reviewed(t)
	i := w.draftBy(t, author, free("Work", "1", "100"))
	if _, err := w.svc.SendToReview(author, i.ID, i.Version); err != nil {
		t.Fatal(err)
	}
	_, err := w.svc.Approve(reviewer, i.ID, i.Version+1, "")
	wantFault(t, err, invoicing.ErrStale)
	if _, err := w.svc.Approve(reviewer, i.ID, i.Version, ""); err != nil {
		t.Fatal(err)
	}
	changed, err := w.svc.Change(author, i.ID, i.Version, func(i *invoicing.Invoice) error { i.Note = "now with a note"; return nil })
	if err != nil || changed.Reviewed() != invoicing.NoReview || !changed.Outdated() {
		t.Fatalf("changed it is %q, %v", changed.Reviewed(), err)
	}
	_, err = w.svc.Issue(author, i.ID, day.Date{})
	wantFault(t, err, invoicing.ErrNotReviewed)
}

func TestRule89_ATaxThatChangedIsReviewedAgain(t *testing.T) {
	t.Parallel()
	w, author, reviewer := reviewed(t)
	vat := w.taxRate(t, invoicing.TaxRate{Name: "VAT", Steps: []invoicing.TaxStep{{Percent: dec("19")}}})
	i := w.draftBy(t, author, free("Work", "1", "100", vat.ID))
	if _, err := w.svc.SendToReview(author, i.ID, i.Version); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.Approve(reviewer, i.ID, i.Version, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.ChangeTaxRate(w.Ctx, vat.ID, vat.Version, func(r *invoicing.TaxRate) error {
		r.Steps = []invoicing.TaxStep{{Percent: dec("20")}}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	_, err := w.svc.Issue(author, i.ID, day.Date{})
	wantFault(t, err, invoicing.ErrReviewStale)
}

func TestRule90_NobodyApprovesTheirOwnDraft(t *testing.T) {
	t.Parallel()
	w, author, reviewer := reviewed(t)
	i := w.draftBy(t, author, free("Work", "1", "100"))
	if _, err := w.svc.SendToReview(author, i.ID, i.Version); err != nil {
		t.Fatal(err)
	}
	_, err := w.svc.Approve(author, i.ID, i.Version, "I am in a hurry")
	wantFault(t, err, invoicing.ErrOwnReview)
	// Who sent somebody else's draft does not approve it either.
	if _, err := w.svc.SendBack(reviewer, i.ID, i.Version, "Once more"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.SendToReview(reviewer, i.ID, i.Version); err != nil {
		t.Fatal(err)
	}
	_, err = w.svc.Approve(author, i.ID, i.Version, "")
	wantFault(t, err, invoicing.ErrOwnReason) // nobody else is left: the exception, with a reason
	done, err := w.svc.Approve(author, i.ID, i.Version, "The two of us are all there are")
	if err != nil || done.Reviewed() != invoicing.Ready || done.Review.Reason == "" {
		t.Errorf("approved it is %q for %q, %v", done.Reviewed(), done.Review.Reason, err)
	}
}

func TestRule92_OneOfTwoDecisionsCounts(t *testing.T) {
	t.Parallel()
	w, author, reviewer := reviewed(t)
	third := id.New()
	w.reviewers = append(w.reviewers, third)
	i := w.draftBy(t, author, free("Work", "1", "100"))
	if _, err := w.svc.SendToReview(author, i.ID, i.Version); err != nil {
		t.Fatal(err)
	}
	first, err := w.svc.Approve(reviewer, i.ID, i.Version, "")
	if err != nil {
		t.Fatal(err)
	}
	second, err := w.svc.Approve(w.by(third), i.ID, i.Version, "")
	if err != nil || second.Review.By != first.Review.By {
		t.Errorf("decided by %q and then %q, %v", first.Review.By, second.Review.By, err)
	}
}

func (w *world) timed(t *testing.T) (invoicing.Invoice, []invoicing.TimeEntry) {
	t.Helper()
	all := []invoicing.TimeEntry{w.worked(t, "2026-02-10", 4*3600, "100", "Design"), w.worked(t, "2026-02-11", 2*3600, "100", "Design")}
	// The rule rounds the second up by half an hour.
	w.entries[len(w.entries)-1].Seconds = 9000
	i, _, err := w.svc.CreateFromTime(w.Ctx, invoicing.FromTime{ClientID: w.client.ID, From: day.MustParse("2026-02-01"), To: day.MustParse("2026-02-28"), GroupBy: invoicing.ByTask})
	if err != nil {
		t.Fatal(err)
	}
	return w.find(t, i.ID), all
}

func TestTimeIsWrittenUpAndDown(t *testing.T) {
	t.Parallel()
	seconds := func(n int64) *int64 { return &n }
	amount := func(s string) *money.Money { m := euros(s); return &m }
	for _, c := range []struct {
		name                        string
		write                       invoicing.Write
		entry                       int // -1: the line
		quantity, price, net, first string
	}{
		{"an entry down by hours", invoicing.Write{Seconds: seconds(3 * 3600)}, 0, "5.5", "100", "550.00", "300.00"},
		{"the line by hours", invoicing.Write{Seconds: seconds(13 * 3600)}, -1, "13", "100", "1300.00", "800.00"},
		{"an entry to nothing", invoicing.Write{Seconds: seconds(0)}, 0, "2.5", "100", "250.00", "0.00"},
		{"the line to an amount", invoicing.Write{Amount: amount("600")}, -1, "6.5", "92.307692", "600.00", "369.23"},
		{"an entry up to an amount", invoicing.Write{Amount: amount("450.01")}, 0, "6.5", "107.693846", "700.01", "450.01"},
		{"the line to nothing by amount", invoicing.Write{Amount: amount("0")}, -1, "6.5", "0", "0.00", "0.00"},
		{"more than a price of six places makes", invoicing.Write{Amount: amount("999999999.99")}, -1, "6.5", "153846153.844615", "999999999.99", "615384615.38"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			i, entries := w.timed(t)
			c.write.LineID, c.write.Reason, c.write.Note = i.Lines[0].ID, "Goodwill", "as agreed on the phone"
			if c.entry >= 0 {
				c.write.EntryID = entries[c.entry].ID
			}
			if _, err := w.svc.Write(w.Ctx, i.ID, i.Version, c.write); err != nil {
				t.Fatal(err)
			}
			got := w.find(t, i.ID)
			l := got.Lines[0]
			if l.Quantity.String() != c.quantity || l.UnitPrice.String() != c.price || l.Net.Amount() != c.net {
				t.Errorf("the line is %s × %s = %s, want %s × %s = %s", l.Quantity, l.UnitPrice, l.Net.Amount(), c.quantity, c.price, c.net)
			}
			standard, billed, first := money.Zero("EUR"), money.Zero("EUR"), ""
			for _, s := range l.Sources {
				standard, billed = standard.Add(s.Worked.Standard), billed.Add(s.Worked.Billed)
				if s.ID == entries[0].ID {
					first = s.Worked.Worth.Amount()
				}
			}
			if standard.Amount() != "600.00" || billed != l.Net || first != c.first {
				t.Errorf("standard %s, billed %s of %s, the first is worth %s, want %s", standard.Amount(), billed.Amount(), l.Net.Amount(), first, c.first)
			}
			back, err := w.svc.Unwrite(w.Ctx, i.ID, got.Version, l.ID, "")
			if err != nil || back.Lines[0].Quantity.String() != "6.5" || back.Lines[0].Net.Amount() != "650.00" {
				t.Errorf("as worked again it is %s h, %s, %v", back.Lines[0].Quantity, back.Lines[0].Net.Amount(), err)
			}
			_, err = w.svc.Unwrite(w.Ctx, i.ID, back.Version, l.ID, "")
			wantFault(t, err, invoicing.ErrUnwritten)
		})
	}
}

// Of 20,000 hours and a bit no price of six places makes 1,000,000.01: the line is one piece.
func TestAnAmountThatNoPriceMakesIsOnePiece(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.worked(t, "2026-02-10", 72_000_011, "100", "Design")
	i, _, err := w.svc.CreateFromTime(w.Ctx, invoicing.FromTime{ClientID: w.client.ID, From: day.MustParse("2026-02-01"), To: day.MustParse("2026-02-28"), GroupBy: invoicing.ByTask})
	if err != nil {
		t.Fatal(err)
	}
	sum := euros("1000000.02")
	i, err = w.svc.Write(w.Ctx, i.ID, i.Version, invoicing.Write{LineID: i.Lines[0].ID, Amount: &sum, Reason: "Goodwill"})
	if err != nil {
		t.Fatal(err)
	}
	if l := i.Lines[0]; l.Quantity.String() != "1" || l.UnitPrice.String() != "1000000.02" || l.Net != sum || l.Sources[0].Worked.Billed != sum {
		t.Errorf("the line is %s × %s = %s", l.Quantity, l.UnitPrice, l.Net)
	}
}

func TestWritingTimeRefusesWhatMakesNoSense(t *testing.T) {
	t.Parallel()
	w := setup(t)
	i, entries := w.timed(t)
	hour, less, line := int64(3600), int64(-1), i.Lines[0].ID
	dollars := money.Of(100, "USD")
	for _, c := range []struct {
		name  string
		write invoicing.Write
		want  error
	}{
		{"neither", invoicing.Write{LineID: line, Reason: "Goodwill"}, invoicing.ErrBadWrite},
		{"both", invoicing.Write{LineID: line, Reason: "Goodwill", Seconds: &hour, Amount: &dollars}, invoicing.ErrBadWrite},
		{"less than nothing", invoicing.Write{LineID: line, Reason: "Goodwill", Seconds: &less}, invoicing.ErrBadWrite},
		{"another currency", invoicing.Write{LineID: line, Reason: "Goodwill", Amount: &dollars}, invoicing.ErrBadWrite},
		{"no reason", invoicing.Write{LineID: line, Seconds: &hour}, invoicing.ErrBadWrite},
		{"a reason of one's own", invoicing.Write{LineID: line, Seconds: &hour, Reason: "Because"}, invoicing.ErrBadWrite},
		{"a long note", invoicing.Write{LineID: line, Seconds: &hour, Reason: "Goodwill", Note: strings.Repeat("x", 501)}, invoicing.ErrBadWrite},
		{"another line", invoicing.Write{LineID: id.New(), Seconds: &hour, Reason: "Goodwill"}, invoicing.ErrNoLine},
		{"another entry", invoicing.Write{LineID: line, EntryID: id.New(), Seconds: &hour, Reason: "Goodwill"}, invoicing.ErrNoWorked},
	} {
		_, err := w.svc.Write(w.Ctx, i.ID, i.Version, c.write)
		if wantFault(t, err, c.want); t.Failed() {
			t.Fatal(c.name)
		}
	}
	_, err := w.svc.Write(w.Ctx, i.ID, i.Version+1, invoicing.Write{LineID: line, Seconds: &hour, Reason: "Goodwill"})
	wantFault(t, err, invoicing.ErrStale)
	// All time of the invoice at once, parted by what it is worth.
	all := euros("325")
	half, err := w.svc.Write(w.Ctx, i.ID, i.Version, invoicing.Write{Amount: &all, Reason: "Goodwill"})
	if err != nil || half.Total.Amount() != "325.00" || half.Lines[0].Sources[0].Worked.Worth.Amount()+half.Lines[0].Sources[1].Worked.Worth.Amount() != "200.00125.00" {
		t.Errorf("all time written to %s comes to %s, %v", all, half.Total, err)
	}
	i = half
	d := w.draft(t, free("Licence", "1", "10"))
	_, err = w.svc.Write(w.Ctx, d.ID, d.Version, invoicing.Write{LineID: d.Lines[0].ID, Seconds: &hour, Reason: "Goodwill"})
	wantFault(t, err, invoicing.ErrNotTimed)
	if got := w.find(t, i.ID); got.Total != i.Total || got.Version != i.Version || len(entries) != 2 {
		t.Errorf("a refusal left %s", got.Total)
	}
}

// What time comes to has one door, and it asks for a reason; words, discounts and the order of lines are free.
func TestTimeIsNotChangedPastItsReason(t *testing.T) {
	t.Parallel()
	w := setup(t)
	i, _ := w.timed(t)
	for field, edit := range map[string]func(*invoicing.Line){
		"quantity":   func(l *invoicing.Line) { l.Quantity = dec("6") },
		"unit_price": func(l *invoicing.Line) { l.UnitPrice = dec("90") },
	} {
		_, err := w.svc.Change(w.Ctx, i.ID, i.Version, func(i *invoicing.Invoice) error { edit(&i.Lines[0]); return nil })
		wantFault(t, err, invoicing.ErrBadInvoice)
		if f := (*fault.Error)(nil); !errors.As(err, &f) || len(f.Fields) != 1 || f.Fields[0].Path != "body.lines[0]."+field {
			t.Errorf("%s is refused with %v", field, err)
		}
	}
	i, err := w.svc.Change(w.Ctx, i.ID, i.Version, func(i *invoicing.Invoice) error {
		i.Lines = append([]invoicing.Line{free("Licence", "2", "10")}, i.Lines...)
		i.Lines[1].Description, i.Lines[1].Discount.Percent = "Design in February", dec("10")
		return nil
	})
	if err != nil || i.Total.Amount() != "605.00" {
		t.Errorf("with a discount and a line before it comes to %s, %v", i.Total, err)
	}
	if _, err = w.svc.Change(w.Ctx, i.ID, i.Version, func(i *invoicing.Invoice) error { i.Lines[0].Quantity = dec("3"); return nil }); err != nil {
		t.Errorf("a line of no time: %v", err)
	}
}

func TestAReviewerWritesWithoutSendingBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	i, entries := w.timed(t)
	if _, err := w.svc.SendToReview(w.Ctx, i.ID, i.Version); err != nil {
		t.Fatal(err)
	}
	hours := int64(3600)
	got, err := w.svc.Write(w.by(id.New()), i.ID, i.Version, invoicing.Write{LineID: i.Lines[0].ID, EntryID: entries[1].ID, Seconds: &hours, Reason: "Rework"})
	if err != nil || got.Reviewed() != invoicing.InReview {
		t.Errorf("written in review it is %q, %v", got.Reviewed(), err)
	}
	all, more, err := w.svc.Entries(w.Ctx, i.ID, "", "", 1)
	if err != nil || !more || len(all) != 1 || all[0].ID != entries[0].ID || all[0].TaskName != "Design" {
		t.Errorf("the first page has %v, %v, %v", all, more, err)
	}
	rest, more, err := w.svc.Entries(w.Ctx, i.ID, i.Lines[0].ID, all[0].Key(), 1)
	if err != nil || more || len(rest) != 1 || rest[0].Worked.Written == nil || rest[0].Worked.Written.Reason != "Rework" || rest[0].MemberName == "" {
		t.Errorf("the second page has %v, %v, %v", rest, more, err)
	}
}

// Six hours at 100.00 are worth 600.00; the rule makes 6.5 of them. Written down to 600.00, less 10 % off the invoice, 540.00 are billed: 90 %.
func TestRule67_RealisationIsBilledByStandard_AsTheGuideSays(t *testing.T) {
	t.Parallel()
	says := guide(t, "review.md")
	w := setup(t)
	i, entries := w.timed(t)
	down := euros("350")
	i, err := w.svc.Write(w.Ctx, i.ID, i.Version, invoicing.Write{LineID: i.Lines[0].ID, EntryID: entries[0].ID, Amount: &down, Reason: "Goodwill"})
	if err != nil {
		t.Fatal(err)
	}
	i, err = w.svc.Change(w.Ctx, i.ID, i.Version, func(i *invoicing.Invoice) error { i.Discount.Percent = dec("10"); return nil })
	if err != nil {
		t.Fatal(err)
	}
	report := func(by invoicing.RealisedBy) invoicing.Realised {
		t.Helper()
		rows, totals, _, err := w.svc.Realisation(w.Ctx, invoicing.RealisationFilter{By: by, Page: page.Query{Limit: 1}})
		if err != nil {
			t.Fatal(err)
		}
		if len(totals) == 0 {
			return invoicing.Realised{}
		}
		if by == invoicing.RealisedByClient && (len(rows) != 1 || rows[0].Name != "Acme Ltd") {
			t.Errorf("by client there are %v", rows)
		}
		return totals[0]
	}
	if r := report(invoicing.RealisedByClient); r.Entries != 0 {
		t.Errorf("a draft is in the report: %v", r)
	}
	if _, err = w.svc.Issue(w.Ctx, i.ID, day.Date{}); err != nil {
		t.Fatal(err)
	}
	r := report(invoicing.RealisedByClient)
	for _, m := range []money.Money{r.Standard, r.Rounding, r.Written, r.Discounts, r.Billed} {
		says("| " + m.Amount() + " |")
	}
	if r.Billed.Amount() != "540.00" || r.Percent().StringFixed(2) != "90.00" || r.RawSeconds != 6*3600 {
		t.Errorf("billed %s, realisation %s, %d seconds", r.Billed.Amount(), r.Percent(), r.RawSeconds)
	}
	says(r.Percent().StringFixed(2) + " %")
	// One row a page, and all of them with their cursor.
	rows, _, next, err := w.svc.Realisation(w.Ctx, invoicing.RealisationFilter{By: invoicing.RealisedByPerson, Page: page.Query{Limit: 1}})
	if err != nil || len(rows) != 1 || next == nil || rows[0].Standard.Amount() != "400.00" || !strings.HasPrefix(rows[0].Name, "Person") {
		t.Fatalf("by person: %v, %v, %v", rows, next, err)
	}
	rows, _, next, err = w.svc.Realisation(w.Ctx, invoicing.RealisationFilter{By: invoicing.RealisedByPerson, Page: page.Query{Limit: 1, Cursor: *next}})
	if err != nil || len(rows) != 1 || next != nil || rows[0].Standard.Amount() != "200.00" {
		t.Errorf("and then: %v, %v, %v", rows, next, err)
	}
	for _, by := range []invoicing.RealisedBy{invoicing.RealisedByProject, invoicing.RealisedByInvoice, invoicing.RealisedByReason} {
		table, err := w.svc.RealisationTable(w.Ctx, invoicing.RealisationFilter{By: by})
		if want := map[invoicing.RealisedBy]int{invoicing.RealisedByReason: 2}[by]; err != nil || len(table.Rows) != max(want, 1) {
			t.Errorf("by %s: %v, %v", by, table.Rows, err)
		}
	}
	// A credit note takes half of it back, and so does the report.
	half := euros("270")
	if _, err := w.svc.IssueCredit(w.Ctx, i.ID, invoicing.NewCredit{Lines: []invoicing.CreditLine{{LineID: i.Lines[0].ID, Amount: &half}}, Time: invoicing.KeepTime}); err != nil {
		t.Fatal(err)
	}
	if r := report(invoicing.RealisedByClient); r.Billed.Amount() != "270.00" || r.Credited.Amount() != "-270.00" || r.Percent().StringFixed(2) != "45.00" {
		t.Errorf("after the credit note %s is billed, %s credited, %s %%", r.Billed.Amount(), r.Credited.Amount(), r.Percent())
	}
}

func TestReviewSettingsRefuseWhatCannotBe(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, reasons := range [][]string{nil, {"x", "X"}, {" "}, {strings.Repeat("x", 81)}} {
		_, err := w.svc.SaveReviewSettings(w.Ctx, 0, func(r *invoicing.ReviewSettings) { r.Reasons = reasons })
		wantFault(t, err, invoicing.ErrBadReviewSettings)
	}
	got, err := w.svc.SaveReviewSettings(w.Ctx, 0, func(r *invoicing.ReviewSettings) { r.Required, r.Reasons = true, []string{" Bug of ours "} })
	if err != nil || got.Version != 1 || got.Reasons[0] != "Bug of ours" {
		t.Errorf("saved as %v, %v", got, err)
	}
	_, err = w.svc.SaveReviewSettings(w.Ctx, 0, func(*invoicing.ReviewSettings) {})
	wantFault(t, err, invoicing.ErrStale)
	if kept, err := w.svc.ReviewSettings(w.Ctx); err != nil || !kept.Required || len(kept.Reasons) != 1 {
		t.Errorf("kept %v, %v", kept, err)
	}
}
