package invoicing_test

import (
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/modules/invoicing"
)

func euros(s string) money.Money {
	m, err := money.ParseAmount(s, "EUR")
	if err != nil {
		panic(err)
	}
	return m
}

func (w *world) fee(t *testing.T, d fees.Draft) fees.Fee {
	t.Helper()
	d.ProjectID = website
	if d.Covers == "" {
		d.Covers = fees.NoTime
	}
	f, err := w.fees.Create(w.Ctx, d)
	if err != nil {
		t.Fatalf("fee: %v %+v", err, fault.From(err).Fields)
	}
	return f
}

func (w *world) feeNow(t *testing.T, id string) fees.Fee {
	t.Helper()
	f, err := w.fees.Fee(w.Ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (w *world) bill(t *testing.T, picks ...fees.Pick) invoicing.Invoice {
	t.Helper()
	i, _, err := w.svc.CreateFromTime(w.Ctx, invoicing.FromTime{Fees: picks, From: day.MustParse("2026-02-01"), To: day.MustParse("2026-03-02")})
	if err != nil {
		t.Fatalf("bill: %v %+v", err, fault.From(err).Fields)
	}
	return i
}

// upTo picks a fee up to a percentage.
func upTo(f fees.Fee, s string) fees.Pick {
	d := dec(s)
	return fees.Pick{FeeID: f.ID, Percent: &d}
}

func share(name, s string, due string) fees.Part {
	d := dec(s)
	p := fees.Part{Name: name, Percent: &d}
	if due != "" {
		p.DueOn = day.MustParse(due)
	}
	return p
}

// at tells whether err blames a field.
func at(err error, path string) bool {
	for _, f := range fault.From(err).Fields {
		if f.Path == path {
			return true
		}
	}
	return false
}

func TestALineSaysHowMuchOfAFeeIsDoneInItsLanguage(t *testing.T) {
	t.Parallel()
	for language, want := range map[string]string{
		"en": "Relaunch: 33.3333 % of €10,000.01 done",
		"de": "Relaunch: 33,3333 % von 10.000,01 € erbracht",
		"fr": "Relaunch : 33,3333 % de 10 000,01 € réalisés",
		"es": "Relaunch: 33,3333 % de 10.000,01 € realizado",
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.client.Language = language
			f := w.fee(t, fees.Draft{Name: "Relaunch", Kind: fees.ByPercent, Amount: euros("10000.01")})
			plain := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(w.bill(t, upTo(f, "33.3333")).Lines[0].Description)
			if plain != want {
				t.Errorf("%q, want %q", plain, want)
			}
		})
	}
}

func TestFixedFeeByPercentIsNeverMoreThanTheContract(t *testing.T) {
	t.Parallel()
	w := setup(t)
	f := w.fee(t, fees.Draft{Name: "Relaunch", Kind: fees.ByPercent, Amount: euros("10000.01")})
	// A third, two thirds and the rest, each rounded from the start: they make the contract.
	var sum money.Money
	for n, step := range []struct{ upTo, amount string }{{"33.3333", "3333.33"}, {"66.6667", "3333.35"}, {"100", "3333.33"}} {
		i := w.bill(t, upTo(f, step.upTo))
		i, err := w.svc.Issue(w.Ctx, i.ID, day.Date{})
		if err != nil {
			t.Fatal(err)
		}
		p := i.Document.Progress
		if i.Net != euros(step.amount) || len(p) != 1 || p[0].This != i.Net || p[0].Contract != euros("10000.01") || p[0].Before.Add(p[0].This).Add(p[0].Left) != p[0].Contract {
			t.Errorf("step %d: net %v, progress %+v", n, i.Net, p)
		}
		sum = sum.Add(i.Net)
	}
	if sum != euros("10000.01") {
		t.Errorf("billed %v", sum)
	}
	_, _, err := w.svc.CreateFromTime(w.Ctx, invoicing.FromTime{Fees: []fees.Pick{{FeeID: f.ID, Amount: new(euros("0.01"))}}, From: day.MustParse("2026-02-01"), To: day.MustParse("2026-03-02")})
	wantFault(t, err, fees.ErrCannotBill)
	if !at(err, "body.fees[0].amount") {
		t.Errorf("fields %+v", fault.From(err).Fields)
	}
	// A change order makes room.
	if _, err := w.fees.Order(w.Ctx, f.ID, fees.NewOrder{Order: fees.Order{Number: "CO-1", Reason: "A shop too", Amount: euros("500"), ApprovedBy: "Ada", ApprovedOn: day.MustParse("2026-03-01")}}); err != nil {
		t.Fatal(err)
	}
	if i := w.bill(t, upTo(f, "100")); i.Net != euros("500") {
		t.Errorf("the order is billed at %v", i.Net)
	}
}

// What stands on another draft may be deleted yet: the paper says what was invoiced, and the fee is not billed twice for all that.
func TestBilledBeforeIsWhatWasInvoiced(t *testing.T) {
	t.Parallel()
	w := setup(t)
	f := w.fee(t, fees.Draft{Name: "Relaunch", Kind: fees.ByPercent, Amount: euros("1000"), Retain: dec("10")})
	pending := w.bill(t, upTo(f, "40"))
	shows := func(what string, p []invoicing.Progress, before, this, retained, left string) {
		t.Helper()
		if len(p) != 1 || p[0].Before != euros(before) || p[0].This != euros(this) || p[0].Retained != euros(retained) || p[0].Left != euros(left) {
			t.Errorf("%s: %+v, want %s, %s, %s, %s", what, p, before, this, retained, left)
		}
	}
	second := w.issueBill(t, upTo(f, "70"))
	shows("beside a draft over 400", second.Document.Progress, "0", "270", "30", "700")
	p, err := w.svc.Paper(w.Ctx, pending.ID)
	if err != nil {
		t.Fatal(err)
	}
	shows("the draft itself", p.Document.Progress, "270", "360", "70", "300")
	_, _, err = w.svc.CreateFromTime(w.Ctx, invoicing.FromTime{Fees: []fees.Pick{{FeeID: f.ID, Amount: new(euros("300.01"))}}, From: day.MustParse("2026-02-01"), To: day.MustParse("2026-03-02")})
	wantFault(t, err, fees.ErrCannotBill)
	if _, err := w.svc.VoidInvoice(w.Ctx, second.ID, "", "wrong client"); err != nil {
		t.Fatal(err)
	}
	if p, err = w.svc.Paper(w.Ctx, pending.ID); err != nil {
		t.Fatal(err)
	}
	shows("after the other one was voided", p.Document.Progress, "0", "360", "40", "600")
	release := w.bill(t, fees.Pick{FeeID: f.ID, Release: true})
	if p, err = w.svc.Paper(w.Ctx, release.ID); err != nil {
		t.Fatal(err)
	}
	shows("the release of what is held on a draft", p.Document.Progress, "0", "40", "0", "960")
	issued, err := w.svc.Issue(w.Ctx, pending.ID, day.Date{})
	if err != nil {
		t.Fatal(err)
	}
	shows("issued", issued.Document.Progress, "0", "360", "40", "600")
}

func TestFeeComesBackWithItsDocument(t *testing.T) {
	t.Parallel()
	w := setup(t)
	f := w.fee(t, fees.Draft{Name: "Relaunch", Kind: fees.ByPercent, Amount: euros("1000")})
	billed := func(want string) {
		t.Helper()
		if got := w.feeNow(t, f.ID).Billed; got != euros(want) {
			t.Errorf("billed %v, want %s", got, want)
		}
	}
	draft := w.bill(t, upTo(f, "40"))
	billed("400")
	if err := w.svc.Delete(w.Ctx, draft.ID); err != nil {
		t.Fatal(err)
	}
	billed("0")
	draft = w.bill(t, upTo(f, "40"))
	_, err := w.svc.Change(w.Ctx, draft.ID, draft.Version, func(i *invoicing.Invoice) error {
		i.Lines[0].UnitPrice = dec("390")
		return nil
	})
	if !at(err, "body.lines[0].unit_price") {
		t.Errorf("another price: %v", err)
	}
	if _, err := w.svc.Change(w.Ctx, draft.ID, draft.Version, func(i *invoicing.Invoice) error {
		i.Lines = []invoicing.Line{free("Something else", "1", "5")}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	billed("0")

	i, err := w.svc.Issue(w.Ctx, w.bill(t, upTo(f, "60")).ID, day.Date{})
	if err != nil {
		t.Fatal(err)
	}
	billed("600")
	if _, err := w.svc.VoidInvoice(w.Ctx, i.ID, "", "wrong client"); err != nil {
		t.Fatal(err)
	}
	billed("0")

	// Of three credits of a third each cent comes back.
	i, err = w.svc.Issue(w.Ctx, w.bill(t, upTo(f, "100")).ID, day.Date{})
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range []string{"666.67", "333.34", "0"} {
		take := new(euros("333.33"))
		if n == 2 {
			take = nil
		}
		if _, err := w.svc.IssueCredit(w.Ctx, i.ID, invoicing.NewCredit{Lines: []invoicing.CreditLine{{LineID: i.Lines[0].ID, Amount: take}}}); err != nil {
			t.Fatal(err)
		}
		billed(want)
	}

	// Credit and re-issue: the draft that takes its place bills it again.
	i, err = w.svc.Issue(w.Ctx, w.bill(t, upTo(f, "25")).ID, day.Date{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := w.svc.IssueCredit(w.Ctx, i.ID, invoicing.NewCredit{Reissue: true})
	if err != nil {
		t.Fatal(err)
	}
	billed("250")
	if err := w.svc.Delete(w.Ctx, c.Draft.ID); err != nil {
		t.Fatal(err)
	}
	billed("0")
}

func TestRule05_AScheduleByPercentAddsUpToTheContract(t *testing.T) {
	t.Parallel()
	w := setup(t)
	f := w.fee(t, fees.Draft{Name: "Relaunch", Kind: fees.BySchedule, Amount: euros("100"), Parts: []fees.Part{
		share("Start", "33.3333", "2026-01-01"), share("Middle", "33.3333", "2026-03-01"), share("End", "33.3334", "2026-05-01"),
	}})
	got := []money.Money{f.Parts[0].Amount, f.Parts[1].Amount, f.Parts[2].Amount}
	if got[0] != euros("33.33") || got[1] != euros("33.33") || got[2] != euros("33.34") {
		t.Errorf("parts %v", got)
	}
	// On 2 March two of three days have come.
	i := w.bill(t, fees.Pick{FeeID: f.ID})
	if len(i.Lines) != 2 || i.Net != euros("66.66") {
		t.Errorf("billed %v in %d lines", i.Net, len(i.Lines))
	}
	_, err := w.fees.Create(w.Ctx, fees.Draft{ProjectID: website, Name: "X", Kind: fees.BySchedule, Amount: euros("100"), Covers: fees.NoTime, Parts: []fees.Part{
		share("Start", "33.3333", "2026-01-01"), share("End", "33.3333", "2026-03-01"),
	}})
	if !at(err, "body.parts") {
		t.Errorf("66.6666 %%: %v", err)
	}
	// Less is taken off from the end, and not more than is left.
	order := func(amount, number string) error {
		_, err := w.fees.Order(w.Ctx, f.ID, fees.NewOrder{
			Order: fees.Order{Number: number, Reason: "Less", Amount: euros(amount), ApprovedBy: "Ada", ApprovedOn: day.MustParse("2026-03-01")}, DueOn: day.MustParse("2026-06-01"),
		})
		return err
	}
	if err := order("-33.35", "1"); !at(err, "body.amount") {
		t.Errorf("too much: %v", err)
	}
	if err := order("-10", "2"); err != nil {
		t.Fatal(err)
	}
	if err := order("5", "2"); !at(err, "body.number") {
		t.Errorf("the same number: %v", err)
	}
	if err := order("5", "3"); err != nil {
		t.Fatal(err)
	}
	f = w.feeNow(t, f.ID)
	if len(f.Parts) != 4 || f.Parts[2].Amount != euros("23.34") || f.Contract != euros("95") || f.Left() != euros("28.34") {
		t.Errorf("after the orders: %+v", f)
	}
}

func TestMilestoneIsBilledWhenItIsAccepted(t *testing.T) {
	t.Parallel()
	w := setup(t)
	f := w.fee(t, fees.Draft{Name: "App", Kind: fees.ByMilestones, Amount: euros("3000"), Parts: []fees.Part{
		{Name: "Design", Amount: euros("1000")}, {Name: "Launch", Amount: euros("2000")},
	}})
	pick := fees.Pick{FeeID: f.ID, PartID: f.Parts[0].ID}
	try := func() error {
		_, _, err := w.svc.CreateFromTime(w.Ctx, invoicing.FromTime{Fees: []fees.Pick{pick}, From: day.MustParse("2026-02-01"), To: day.MustParse("2026-03-02")})
		return err
	}
	if err := try(); !at(err, "body.fees[0].part_id") {
		t.Errorf("not accepted: %v", err)
	}
	if _, err := w.fees.Accept(w.Ctx, f.Parts[0].ID); err != nil {
		t.Fatal(err)
	}
	_, err := w.fees.Accept(w.Ctx, f.Parts[0].ID)
	wantFault(t, err, fees.ErrAccepted)
	if i := w.bill(t, pick); i.Net != euros("1000") {
		t.Errorf("billed %v", i.Net)
	}
	if err := try(); !at(err, "body.fees[0].part_id") {
		t.Errorf("billed twice: %v", err)
	}
	_, err = w.fees.Withdraw(w.Ctx, f.Parts[0].ID)
	wantFault(t, err, fees.ErrPartBilled)
}

// Hours, a fixed fee and a milestone of one project go on one invoice; what the
// fee pays for is not billed by the hour too.
func TestModelsMixInOneProject(t *testing.T) {
	t.Parallel()
	w := setup(t)
	task := id.New()
	w.worked(t, "2026-02-10", 7200, "100", "Support")
	covered := w.worked(t, "2026-02-11", 3600, "100", "Design")
	w.entries[1].TaskID = task
	fixed := w.fee(t, fees.Draft{Name: "Design", Kind: fees.ByPercent, Amount: euros("5000"), Covers: fees.TheTasks, TaskIDs: []string{task}})
	ms := w.fee(t, fees.Draft{Name: "App", Kind: fees.ByMilestones, Amount: euros("300"), Parts: []fees.Part{{Name: "Launch", Amount: euros("300")}}})
	if _, err := w.fees.Accept(w.Ctx, ms.Parts[0].ID); err != nil {
		t.Fatal(err)
	}
	i, out, err := w.svc.CreateFromTime(w.Ctx, invoicing.FromTime{
		ProjectIDs: []string{website}, Fees: []fees.Pick{upTo(fixed, "50"), {FeeID: ms.ID}}, From: day.MustParse("2026-02-01"), To: day.MustParse("2026-02-28"),
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(i.Lines) != 3 || i.Net != euros("3000") {
		t.Errorf("%d lines, net %v", len(i.Lines), i.Net)
	}
	if len(out) != 1 || out[0].ID != covered.ID || out[0].Why != "fixed_fee" {
		t.Errorf("left out %+v", out)
	}
}

// Two drafts at once never take more than is left.
func TestFeeIsBilledOnceInParallel(t *testing.T) {
	t.Parallel()
	w := setup(t)
	f := w.fee(t, fees.Draft{Name: "Relaunch", Kind: fees.ByPercent, Amount: euros("1000")})
	const hands = 8
	done := make(chan error, hands)
	for range hands {
		go func() {
			_, _, err := w.svc.CreateFromTime(w.Ctx, invoicing.FromTime{Fees: []fees.Pick{{FeeID: f.ID, Amount: new(euros("300"))}}, From: day.MustParse("2026-02-01"), To: day.MustParse("2026-03-02")})
			done <- err
		}()
	}
	took := 0
	for range hands {
		if err := <-done; err == nil {
			took++
		} else if !at(err, "body.fees[0].amount") {
			t.Errorf("refused with %v", err)
		}
	}
	if took != 3 || w.feeNow(t, f.ID).Billed != euros("900") {
		t.Errorf("%d took it, billed %v", took, w.feeNow(t, f.ID).Billed)
	}
}
