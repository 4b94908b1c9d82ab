package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/app/kit/testkit"
	"github.com/bureauhq/bureau/billing/stripestand"
	"github.com/bureauhq/bureau/tenancy"
)

// shop is an agency whose clients can pay on line.
type shop struct {
	*apptest.Billed
	owner, finance, contact *apptest.Client
	client, account         string
}

type onlinePayment struct {
	ID, State, Failure, Held, Reference string
	MethodText                          string `json:"method_text"`
	Amount, Left                        amount
	Fee                                 *amount
	Refunds                             []struct{ State, Failure string }
	Disputes                            []struct{ State, Reference string }
}

type payableAnswer struct {
	Offered, Parts bool
	Open           amount
	UnderWay       amount `json:"under_way"`
	Last           *struct{ ID, State, Failure string }
}

// newShop connects the agency's account, as its owner would, and starts the work in the background.
func newShop(t *testing.T) *shop {
	t.Helper()
	b := apptest.NewBilled(t)
	if err := b.App.StartWorker(t.Context()); err != nil {
		t.Fatal(err)
	}
	s := &shop{Billed: b, owner: b.As(t, "owner"), finance: b.As(t, "finance")}
	s.client, _ = newClient(t, b.Env)
	s.contact = b.Contact(t, id.New(), s.client)
	return s
}

func (s *shop) connect(t *testing.T) {
	t.Helper()
	var link struct{ URL string }
	s.owner.POST(t, "/api/v1/payment-account/connect", map[string]any{"country": "US"}).Expect(t, http.StatusOK).JSON(t, &link)
	var a struct {
		AccountID string `json:"account_id"`
	}
	s.owner.GET(t, "/api/v1/payment-account").JSON(t, &a)
	s.account = a.AccountID
	s.Stand.Onboard(s.account)
	s.hear(t)
}

// hear lets the provider's notices arrive and waits until everything that follows is done.
func (s *shop) hear(t *testing.T) {
	t.Helper()
	eventually(t, "the notices arrive", func() bool { // the provider sends one again that was refused
		s.Stand.Deliver(rand.New(rand.NewPCG(1, 2)))
		return s.Stand.Pending() == 0
	})
	s.idle(t)
}

// idle waits until there is nothing to do in the background.
func (s *shop) idle(t *testing.T) {
	t.Helper()
	eventually(t, "the background work is done", func() bool {
		var open int
		if err := s.App.Control.Pool().QueryRow(t.Context(), `SELECT count(*) FROM queue.river_job WHERE queue = $1 AND state IN ('available', 'running', 'pending', 'retryable')`, s.App.Queue.Name).Scan(&open); err != nil {
			t.Fatal(err)
		}
		return open == 0
	})
}

// bill issues an invoice.
func (s *shop) bill(t *testing.T, sum, currency string) invoiceAnswer {
	t.Helper()
	var i invoiceAnswer
	lines := []map[string]any{{"description": "Work", "quantity": "1", "unit_price": sum}}
	s.finance.POST(t, "/api/v1/invoices", map[string]any{"client_id": s.client, "currency": currency, "lines": lines}).Expect(t, http.StatusCreated).JSON(t, &i)
	s.finance.POST(t, "/api/v1/invoices/"+i.ID+"/issue", map[string]any{}).Expect(t, http.StatusOK).JSON(t, &i)
	return i
}

// page opens the page on which an invoice is paid, and returns its key at the provider.
func (s *shop) page(t *testing.T, i invoiceAnswer, sum string) string {
	t.Helper()
	body := map[string]any{}
	if sum != "" {
		body["amount"] = amount{sum, i.Total.Currency}
	}
	var page struct{ URL string }
	s.contact.POST(t, "/api/v1/portal/invoices/"+i.ID+"/pay", body).Expect(t, http.StatusOK).JSON(t, &page)
	at, err := url.Parse(page.URL)
	if err != nil {
		t.Fatal(err)
	}
	return path.Base(at.Path)
}

func (s *shop) pay(t *testing.T, i invoiceAnswer, sum, method string) (intent string) {
	t.Helper()
	page := s.page(t, i, sum)
	if !s.Stand.Take(page, method) {
		t.Fatalf("%s was declined", method)
	}
	return s.Stand.IntentOf(page)
}

func (s *shop) invoice(t *testing.T, invoiceID string) (i invoiceAnswer) {
	t.Helper()
	s.finance.GET(t, "/api/v1/invoices/"+invoiceID).Expect(t, http.StatusOK).JSON(t, &i)
	return i
}

// attempts lists the attempts to pay, the latest first.
func (s *shop) attempts(t *testing.T, invoiceID string) []onlinePayment {
	t.Helper()
	var list struct{ Items []onlinePayment }
	s.finance.GET(t, "/api/v1/online-payments?invoice_id="+invoiceID).Expect(t, http.StatusOK).JSON(t, &list)
	return list.Items
}

func (s *shop) payable(t *testing.T, invoiceID string) (p payableAnswer) {
	t.Helper()
	s.contact.GET(t, "/api/v1/portal/invoices/"+invoiceID+"/payable").Expect(t, http.StatusOK).JSON(t, &p)
	return p
}

func (s *shop) is(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %s, not %s", what, got, want)
	}
}

func TestAClientPaysAnInvoiceOnLine(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	i := s.bill(t, "1200.00", "USD")
	at := "/api/v1/portal/invoices/" + i.ID
	if p := s.payable(t, i.ID); p.Offered {
		t.Fatal("nobody can pay yet")
	}
	s.contact.POST(t, at+"/pay", map[string]any{}).Refused(t, http.StatusConflict, "payments.not_offered")
	s.finance.POST(t, "/api/v1/payment-account/connect", map[string]any{}).Expect(t, http.StatusForbidden)
	s.owner.POST(t, "/api/v1/payment-account/connect", map[string]any{"country": "Germany"}).Expect(t, http.StatusUnprocessableEntity)
	stale := s.SessionSince(t, s.owner.Member, time.Now().Add(-time.Hour))
	stale.POST(t, "/api/v1/payment-account/connect", map[string]any{}).Refused(t, http.StatusForbidden, "access.step_up_required")

	s.connect(t)
	var acc struct{ State string }
	s.owner.GET(t, "/api/v1/payment-account").JSON(t, &acc)
	s.is(t, "the account", acc.State, "ready")
	var letter struct{ Message string }
	s.finance.GET(t, "/api/v1/invoices/"+i.ID+"/letter").Expect(t, http.StatusOK).JSON(t, &letter)
	if !strings.Contains(letter.Message, "http://"+s.Agency.Slug+"."+apptest.Domain+"/portal/invoices/"+i.ID) {
		t.Errorf("the mail does not say where to pay:\n%s", letter.Message)
	}
	if p := s.payable(t, i.ID); !p.Offered || p.Parts || p.Open.Amount != "1200.00" {
		t.Fatalf("%+v", p)
	}
	for sum, says := range map[string]string{"600.00": "must be all that is open: 1200.00", "1200.01": "is more than is open: 1200.00", "0.00": "must be more than zero"} {
		p := s.contact.POST(t, at+"/pay", map[string]any{"amount": amount{sum, "USD"}}).Refused(t, http.StatusUnprocessableEntity, "payments.bad_amount", "body.amount")
		s.is(t, "the refusal of "+sum, p.Errors[0].Message, says)
	}
	stranger := s.Contact(t, id.New(), id.New())
	stranger.POST(t, at+"/pay", map[string]any{}).Expect(t, http.StatusNotFound)

	page := s.page(t, i, "")
	if again := s.page(t, i, ""); again != page {
		t.Errorf("two clicks opened two pages: %s and %s", page, again)
	}
	if s.Stand.Take(page, stripestand.CardDeclines) {
		t.Fatal("the card was to be declined")
	}
	s.hear(t)
	if p := s.payable(t, i.ID); p.Last.State != "open" {
		t.Errorf("after a declined card: %+v", p.Last)
	}
	if !s.Stand.Take(page, stripestand.CardGood) {
		t.Fatal("declined")
	}
	s.is(t, "before the notice, the attempt", s.payable(t, i.ID).Last.State, "open")
	s.hear(t)
	s.is(t, "after it", s.payable(t, i.ID).Last.State, "paid")
	s.is(t, "the invoice", s.invoice(t, i.ID).Status, "paid")
	a := s.attempts(t, i.ID)[0]
	if a.MethodText != "Visa •••• 4242" || a.Fee == nil || a.Fee.Amount != "35.10" || a.Reference != s.Stand.IntentOf(page) {
		t.Errorf("%+v", a)
	}
	var books struct {
		Items []struct {
			ID, Method, Reference string
			OnLine                bool `json:"on_line"`
		}
	}
	s.finance.GET(t, "/api/v1/payments?invoice_id="+i.ID).JSON(t, &books)
	if len(books.Items) != 1 || books.Items[0].Method != "card" || !books.Items[0].OnLine || books.Items[0].Reference != a.Reference {
		t.Fatalf("%+v", books.Items)
	}
	s.finance.POST(t, "/api/v1/payments/"+books.Items[0].ID+"/void", map[string]any{"reason": "no"}).Refused(t, http.StatusConflict, "invoicing.paid_on_line")
	s.contact.POST(t, at+"/pay", map[string]any{}).Refused(t, http.StatusConflict, "payments.nothing_open")
}

// Rule 25: what goes back through the provider is never more than was received less what went back before, and what does not arrive is undone.
// The figures are those of docs/guide/paying-online.md.
func TestRule25_RefundsGoThroughTheProvider(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.connect(t)
	says := testkit.Guide(t, "paying-online.md")
	i := s.bill(t, "1200.00", "USD")
	printed := func(m amount) string { return strings.Replace(m.Amount, "1200", "1,200", 1) }
	says("Invoice over " + printed(i.Total) + " USD; Stripe keeps 2.9 % and 0.30.")
	s.pay(t, i, "", stripestand.CardRefundFails)
	s.hear(t)
	a := s.attempts(t, i.ID)[0]
	says("| paid on line by card | " + s.invoice(t, i.ID).Balance.Amount + " | payment " + printed(a.Amount) + ", *" + a.MethodText + "*, fee " + a.Fee.Amount + " |")
	at := "/api/v1/online-payments/" + a.ID + "/refunds"
	ask := func(sum string) map[string]any {
		return map[string]any{"amount": amount{sum, "USD"}, "reason": "Less work than billed"}
	}
	manager := s.As(t, "manager")
	manager.POST(t, at, ask("1.00")).Expect(t, http.StatusForbidden)
	s.finance.POST(t, at, map[string]any{"reason": " "}).Refused(t, http.StatusUnprocessableEntity, "payments.bad_refund", "body.reason")
	s.finance.POST(t, at, ask("1200.01")).Refused(t, http.StatusUnprocessableEntity, "payments.bad_refund", "body.amount")
	s.finance.With("Idempotency-Key", "refund-once").POST(t, at, ask("250.00")).Expect(t, http.StatusAccepted)
	s.finance.With("Idempotency-Key", "refund-once").POST(t, at, ask("250.00")).Expect(t, http.StatusAccepted)
	s.finance.POST(t, at, ask("950.01")).Refused(t, http.StatusUnprocessableEntity, "payments.bad_refund", "body.amount")
	s.idle(t)
	s.hear(t)
	a = s.attempts(t, i.ID)[0]
	if len(a.Refunds) != 1 || a.Refunds[0].State != "succeeded" || a.Left.Amount != "950.00" {
		t.Fatalf("%+v", a)
	}
	now := s.invoice(t, i.ID)
	s.is(t, "the balance", now.Balance.Amount, "250.00")
	s.is(t, "the invoice", now.Status, "partly_paid")
	says("| 250.00 given back | " + now.Balance.Amount + " | refund 250.00 |")

	s.Stand.Advance(25 * time.Hour) // the payer's bank does not take it
	s.hear(t)
	a = s.attempts(t, i.ID)[0]
	if a.Refunds[0].State != "failed" || !strings.Contains(a.Refunds[0].Failure, "lost or stolen card") || a.Left.Amount != "1200.00" {
		t.Fatalf("%+v", a)
	}
	var credit struct{ Items []amount }
	s.finance.GET(t, "/api/v1/payments/credit?client_id="+s.client).JSON(t, &credit)
	if len(credit.Items) != 1 || credit.Items[0].Amount != "250.00" {
		t.Fatalf("what did not arrive is the client's credit: %+v", credit)
	}
	says("| the payer's bank does not take it | " + s.invoice(t, i.ID).Balance.Amount + " | refund undone; " + credit.Items[0].Amount + " is the client's credit |")
	if !slices.ContainsFunc(s.Mails.To(s.finance.Member.Email), func(m mail.Message) bool { return strings.Contains(m.Subject, "did not arrive") }) {
		t.Error("nobody was told")
	}
}

func TestADisputeThatIsLostOpensTheInvoice(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.connect(t)
	lost, won := s.bill(t, "300.00", "USD"), s.bill(t, "500.00", "USD")
	dispute := map[string]string{lost.ID: s.Stand.Dispute(s.pay(t, lost, "", stripestand.CardGood)), won.ID: s.Stand.Dispute(s.pay(t, won, "", stripestand.CardGood))}
	s.hear(t)
	for _, i := range []invoiceAnswer{lost, won} {
		s.is(t, "a disputed invoice", s.invoice(t, i.ID).Status, "paid")
		s.is(t, "the dispute", s.attempts(t, i.ID)[0].Disputes[0].State, "open")
	}
	s.finance.POST(t, "/api/v1/online-payments/"+s.attempts(t, lost.ID)[0].ID+"/refunds", map[string]any{"reason": "x"}).Refused(t, http.StatusUnprocessableEntity, "payments.bad_refund", "body.amount")
	s.Stand.Decide(dispute[lost.ID], "lost")
	s.Stand.Decide(dispute[won.ID], "won")
	s.hear(t)
	s.is(t, "the balance of the lost one", s.invoice(t, lost.ID).Balance.Amount, "300.00")
	s.is(t, "the won one", s.invoice(t, won.ID).Status, "paid")
	s.is(t, "what is left of the lost one", s.attempts(t, lost.ID)[0].Left.Amount, "0.00")
	told := 0
	for _, m := range s.Mails.To(s.finance.Member.Email) {
		if strings.Contains(m.Subject, "dispute") {
			told++
		}
	}
	if told != 4 {
		t.Errorf("%d letters about disputes, not 4", told)
	}
}

// An invoice that is paid or voided meanwhile never loses a payment.
func TestRule24_APaymentThatComesTooLateIsTheClientsCredit(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.connect(t)
	voided := s.bill(t, "100.00", "USD")
	s.pay(t, voided, "", stripestand.CardGood) // and the notice of it is under way
	s.finance.POST(t, "/api/v1/invoices/"+voided.ID+"/void", map[string]any{"reason": "wrong"}).Expect(t, http.StatusOK)
	s.hear(t)
	s.is(t, "the attempt", s.attempts(t, voided.ID)[0].State, "paid")
	var credit struct{ Items []amount }
	s.finance.GET(t, "/api/v1/payments/credit?client_id="+s.client).JSON(t, &credit)
	if len(credit.Items) != 1 || credit.Items[0].Amount != "100.00" {
		t.Fatalf("%+v", credit)
	}
	if !slices.ContainsFunc(s.Mails.To(s.finance.Member.Email), func(m mail.Message) bool { return strings.Contains(m.Subject, "paid more than was open") }) {
		t.Error("nobody was told")
	}

	// One that is settled by the bank closes the page, so that it is not paid twice.
	paid := s.bill(t, "80.00", "USD")
	page := s.page(t, paid, "")
	s.finance.POST(t, "/api/v1/payments", map[string]any{
		"amount": amount{"80.00", "USD"}, "received_on": time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly), "allocations": []map[string]any{{"invoice_id": paid.ID, "amount": amount{"80.00", "USD"}}},
	}).Expect(t, http.StatusCreated)
	s.idle(t)
	if s.Stand.Take(page, stripestand.CardGood) {
		t.Error("the page was open though the invoice was paid")
	}
	s.is(t, "the attempt", s.attempts(t, paid.ID)[0].State, "expired")
}

// Rule 26: each notice counts at most once, in whatever order they come, doubled, and lost ones fetched later.
func TestRule26_NoticesCountOnceInAnyOrder(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.connect(t)
	r := rand.New(rand.NewPCG(26, 26))
	s.Stand.SetKnobs(stripestand.Knobs{Shuffle: true, Double: true, Drop: 0.4})
	type want struct{ status, balance, attempt string }
	wants := map[string]want{}
	for range 3 {
		card, debit, fails, part, lost := s.bill(t, "10.00", "USD"), s.bill(t, "20.00", "USD"), s.bill(t, "30.00", "USD"), s.bill(t, "40.00", "USD"), s.bill(t, "50.00", "USD")
		page := s.page(t, card, "")
		s.Stand.Take(page, stripestand.CardDeclines)
		s.Stand.Take(page, stripestand.CardGood)
		s.pay(t, debit, "", stripestand.DebitGood)
		s.pay(t, fails, "", stripestand.DebitFails)
		s.Stand.GiveBack(s.pay(t, part, "", stripestand.CardGood), 1500) // in the provider's dashboard
		s.Stand.Decide(s.Stand.Dispute(s.pay(t, lost, "", stripestand.CardGood)), "lost")
		s.Stand.Deliver(r)
		s.Stand.Advance(25 * time.Hour)
		s.Stand.Deliver(r)
		wants[card.ID], wants[debit.ID], wants[fails.ID] = want{"paid", "0.00", "paid"}, want{"paid", "0.00", "paid"}, want{"open", "30.00", "failed"}
		wants[part.ID], wants[lost.ID] = want{"partly_paid", "15.00", "paid"}, want{"open", "50.00", "paid"}
	}
	s.idle(t)
	if missed, err := s.App.Services.Payments.CatchUp(t.Context()); err != nil || missed == 0 {
		t.Fatalf("%d lost notices were fetched: %v", missed, err)
	}
	s.idle(t)
	for invoiceID, w := range wants {
		i := s.invoice(t, invoiceID)
		if got := (want{i.Status, i.Balance.Amount, s.attempts(t, invoiceID)[0].State}); got != w {
			t.Errorf("%+v, not %+v", got, w)
		}
	}
	var payments, sum int64
	s.inAgency(t, `SELECT count(*), coalesce(sum(amount_minor), 0) FROM payments`, &payments, &sum)
	if payments != 12 || sum != 3*(1000+2000+4000+5000) {
		t.Errorf("%d payments over %d, not 12 over 36000", payments, sum)
	}
	var backs, back int64
	s.inAgency(t, `SELECT count(*), coalesce(sum(amount_minor), 0) FROM refunds`, &backs, &back)
	if backs != 6 || back != 3*(1500+5000) {
		t.Errorf("%d refunds over %d, not 6 over 19500", backs, back)
	}
}

// inAgency asks the agency's own tables.
func (s *shop) inAgency(t *testing.T, sql string, into ...any) {
	t.Helper()
	err := s.App.DB.Read(s.Ctx, func(ctx context.Context, tx *tenancy.Tx) error { return tx.PGX().QueryRow(ctx, sql).Scan(into...) })
	if err != nil {
		t.Fatal(err)
	}
}

// What says it is ours and does not fit is put aside: neither metadata nor an account of somebody else make it a payment.
func TestPaymentsThatDoNotFitArePutAside(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.connect(t)
	i := s.bill(t, "100.00", "USD")
	intent := s.pay(t, i, "", stripestand.CardGood)
	s.Stand.Alter(intent, 9900, "usd")
	stray := s.Stand.ChargeOutside(s.account, 5000, "usd", map[string]string{"bureau_attempt": id.New(), "bureau_invoice": i.ID, "bureau_agency": s.Agency.ID})
	s.Stand.ChargeOutside(s.account, 7000, "usd", nil) // the agency's own business
	s.hear(t)
	s.is(t, "the attempt", s.attempts(t, i.ID)[0].State, "held")
	s.is(t, "the invoice", s.invoice(t, i.ID).Status, "open")
	var list struct {
		Items []struct{ ID, Kind, Subject, Theirs string }
	}
	s.finance.GET(t, "/api/v1/payment-differences").Expect(t, http.StatusOK).JSON(t, &list)
	kinds := map[string]string{}
	for _, d := range list.Items {
		kinds[d.Subject] = d.Kind
	}
	if len(list.Items) != 2 || kinds[intent] != "held" || kinds[stray] != "stranger" {
		t.Fatalf("%+v", list.Items)
	}
	s.As(t, "manager").GET(t, "/api/v1/payment-differences").Expect(t, http.StatusForbidden)
	if !strings.Contains(s.Logs.Text(), "a payment on line does not say what it should") {
		t.Error("operators are not told")
	}
	d := list.Items[0]
	s.finance.POST(t, "/api/v1/payment-differences/"+d.ID+"/settle", map[string]any{"note": "Recorded by hand"}).Expect(t, http.StatusOK)
	s.finance.POST(t, "/api/v1/payment-differences/"+d.ID+"/settle", map[string]any{"note": "again"}).Refused(t, http.StatusNotFound, "payments.difference_not_found")

	// An account that nobody has connected is nobody's, whatever its payments say.
	foreign := s.Stand.NewAccount("Somebody Else")
	s.Stand.ChargeOutside(foreign, 5000, "usd", map[string]string{"bureau_agency": s.Agency.ID, "bureau_attempt": s.attempts(t, i.ID)[0].ID})
	s.hear(t)
	var state string
	if err := s.App.Control.Pool().QueryRow(t.Context(), `SELECT DISTINCT state FROM platform.payment_events WHERE account_id = $1`, foreign).Scan(&state); err != nil || state != "unknown" {
		t.Errorf("%s %v", state, err)
	}
}

// The nightly comparison heals what notices did not bring, and lists what it cannot.
func TestTheComparisonOfPaymentsHealsOrLists(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.connect(t)
	lost, gone := s.bill(t, "100.00", "USD"), s.bill(t, "60.00", "USD")
	s.pay(t, gone, "", stripestand.CardGood)
	s.hear(t)
	s.Stand.SetKnobs(stripestand.Knobs{Drop: 1})
	s.pay(t, lost, "", stripestand.CardGood) // nobody hears of it
	s.hear(t)
	s.Stand.Forget(s.attempts(t, gone.ID)[0].Reference) // and of this one the provider says it never was
	if n, err := s.App.Services.Payments.Compare(s.Ctx); err != nil || n != 1 {
		t.Fatalf("%d were compared: %v", n, err)
	}
	s.is(t, "what nobody heard of", s.invoice(t, lost.ID).Status, "paid")
	var list struct{ Items []struct{ Kind, Ours string } }
	s.finance.GET(t, "/api/v1/payment-differences").JSON(t, &list)
	if len(list.Items) != 1 || list.Items[0].Kind != "missing_there" || list.Items[0].Ours != "paid, 60.00 USD" {
		t.Fatalf("%+v", list.Items)
	}
	if _, err := s.App.Services.Payments.Compare(s.Ctx); err != nil {
		t.Fatal(err)
	}
	s.finance.GET(t, "/api/v1/payment-differences").JSON(t, &list)
	if len(list.Items) != 1 {
		t.Errorf("it is listed %d times", len(list.Items))
	}
}

func TestAnAccountThatIsGoneTakesNoPayments(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.connect(t)
	i := s.bill(t, "100.00", "USD")
	state := func() string {
		var a struct{ State string }
		s.owner.GET(t, "/api/v1/payment-account").JSON(t, &a)
		return a.State
	}
	// Switched off on screen: pages close, and it can be taken back.
	page := s.page(t, i, "")
	s.owner.POST(t, "/api/v1/payment-account/disconnect", nil).Expect(t, http.StatusOK)
	s.idle(t)
	s.is(t, "the account", state(), "disconnected")
	if s.Stand.Take(page, stripestand.CardGood) {
		t.Error("a page stayed open")
	}
	s.contact.POST(t, "/api/v1/portal/invoices/"+i.ID+"/pay", map[string]any{}).Refused(t, http.StatusConflict, "payments.not_offered")
	s.owner.POST(t, "/api/v1/payment-account/reconnect", nil).Expect(t, http.StatusOK)
	s.is(t, "the account", state(), "ready")

	// Stripe wants to know more: coming back proves nothing, the provider is asked.
	s.Stand.Restrict(s.account)
	s.hear(t)
	s.is(t, "the account", state(), "restricted")
	s.owner.POST(t, "/api/v1/payment-account/refresh", nil).Expect(t, http.StatusOK)
	s.is(t, "the account", state(), "restricted")
	s.Stand.Onboard(s.account)
	s.hear(t)

	// Its owner takes our access back.
	s.page(t, i, "")
	s.Stand.Deauthorize(s.account)
	s.hear(t)
	s.is(t, "the account", state(), "gone")
	s.is(t, "the attempt", s.attempts(t, i.ID)[0].State, "expired")
	if p := s.payable(t, i.ID); p.Offered {
		t.Error("it is offered still")
	}
	old := s.account
	s.connect(t)
	if s.is(t, "the account", state(), "ready"); s.account == old {
		t.Error("the account that is gone was taken again")
	}
}

// Currencies with no, two and three places; Stripe counts thousandths in tens.
func TestOnLineCurrencies(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	s.connect(t)
	s.owner.PATCH(t, "/api/v1/payment-account", s.owner.GET(t, "/api/v1/payment-account").Header.Get("ETag"), map[string]any{"parts": true}).Expect(t, http.StatusOK)
	for _, c := range []struct{ currency, total, part, status, balance string }{
		{"USD", "10.01", "", "paid", "0.00"}, {"JPY", "1500", "500", "partly_paid", "1000"}, {"KWD", "10.120", "", "paid", "0.000"}, {"KWD", "10.125", "", "partly_paid", "0.005"}, {"ISK", "700", "", "paid", "0"},
	} {
		s.rate(t, c.currency)
		i := s.bill(t, c.total, c.currency)
		s.pay(t, i, c.part, stripestand.CardGood)
		s.hear(t)
		now := s.invoice(t, i.ID)
		s.is(t, c.total+" "+c.currency+" paid by "+c.part, now.Status+" "+now.Balance.Amount, c.status+" "+c.balance)
	}
	testkit.Guide(t, "paying-online.md")("10.125 KWD are paid as 10.120, and 0.005 stay open")
	kwd := s.bill(t, "10.125", "KWD")
	p := s.contact.POST(t, "/api/v1/portal/invoices/"+kwd.ID+"/pay", map[string]any{"amount": amount{"1.005", "KWD"}}).Refused(t, http.StatusUnprocessableEntity, "payments.bad_amount", "body.amount")
	s.is(t, "the refusal", p.Errors[0].Message, "cannot be paid to the last digit; 1.000 can")
}

// rate keeps an exchange rate, without which no invoice in another currency is issued.
func (s *shop) rate(t *testing.T, currency string) {
	t.Helper()
	var entity struct{ Items []struct{ Currency string } }
	s.finance.GET(t, "/api/v1/legal-entities").Expect(t, http.StatusOK).JSON(t, &entity)
	if len(entity.Items) == 0 {
		return // the first document makes one
	}
	if base := entity.Items[0].Currency; base != currency {
		s.finance.POST(t, "/api/v1/exchange-rates", map[string]any{"currency": currency, "base": base, "value": "1.5", "direction": "units_per_base", "on": time.Now().UTC().AddDate(0, 0, -2).Format(time.DateOnly)})
	}
}

// A notice must be signed by the secret of this endpoint, be about an account, and be of this mode.
func TestConnectWebhooksKeepOnlyWhatStripeSent(t *testing.T) {
	t.Parallel()
	b := apptest.NewBilled(t)
	body := func(account, live string) []byte {
		return []byte(fmt.Sprintf(`{"id":"evt_%s","type":"payment_intent.succeeded","account":%q,"created":%d,"livemode":%s,"data":{"object":{"id":"pi_1","object":"payment_intent"}}}`, id.New(), account, time.Now().Unix(), live))
	}
	for _, c := range []struct {
		name, host, account, live, secret string
		want                              int
	}{
		{"signed", apptest.Domain, "acct_1", "false", apptest.ConnectSecrets[0], http.StatusOK},
		{"by the secret that is being replaced", apptest.Domain, "acct_1", "false", apptest.ConnectSecrets[1], http.StatusOK},
		{"by the secret of the other endpoint", apptest.Domain, "acct_1", "false", apptest.Secrets[0], http.StatusBadRequest},
		{"of no account", apptest.Domain, "", "false", apptest.ConnectSecrets[0], http.StatusBadRequest},
		{"of the other mode", apptest.Domain, "acct_1", "true", apptest.ConnectSecrets[0], http.StatusBadRequest},
		{"at an agency's host", b.Agency.Slug + "." + apptest.Domain, "acct_1", "false", apptest.ConnectSecrets[0], http.StatusNotFound},
	} {
		raw := body(c.account, c.live)
		b.ConnectNotice(t, c.host, raw, stripestand.Signature(raw, c.secret, time.Now())).Expect(t, c.want)
		var e struct{ ID string }
		if err := json.Unmarshal(raw, &e); err != nil {
			t.Fatal(err)
		}
		var n, jobs int
		if err := b.App.Control.Pool().QueryRow(t.Context(), `SELECT count(*), (SELECT count(*) FROM queue.river_job WHERE kind = 'payments.notice' AND args ->> 'notice_id' = $1) FROM platform.payment_events WHERE id = $1`, e.ID).Scan(&n, &jobs); err != nil {
			t.Fatal(err)
		}
		if want := map[bool]int{true: 1}[c.want == http.StatusOK]; n != want || jobs != want {
			t.Errorf("%s: %d notices and %d jobs were kept, not %d", c.name, n, jobs, want)
		}
	}
}
