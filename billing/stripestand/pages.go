package stripestand

import (
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

//go:embed pages.html.tmpl
var pageText string

//go:embed connect.html.tmpl
var connectText string

var pageTemplates = template.Must(template.New("pages").Funcs(template.FuncMap{
	"usd":  dollars,
	"date": func(t time.Time) string { return t.Format("2 Jan 2006 15:04:05") },
}).Parse(pageText + connectText))

func dollars(cents int64) string {
	sign := ""
	if cents < 0 {
		sign, cents = "−", -cents
	}
	return fmt.Sprintf("%s$%d.%02d", sign, cents/100, cents%100)
}

type page struct {
	Title string
	Now   time.Time
	Error string

	Session  *session
	Price    *price
	Customer *customer
	Today    int64
	Portal   *portal
	Invoices []*invoice
	Invoice  *invoice
	Events   []*event
	Knobs    Knobs
	Return   string
	Total    int64

	Account  *account
	Accounts []*account
	Taking   *taking
	Sum      string
	Intents  []shownIntent
}

// pages are what a person sees of Stripe: Checkout, the customer portal, an
// invoice, and a page to move the clock and to spoil the delivery of events.
func (s *Stand) pages(mux *http.ServeMux) {
	mux.HandleFunc("GET /pages/checkout/{id}", s.shown("checkout", s.checkoutPage))
	mux.HandleFunc("POST /pages/checkout/{id}", s.posted(s.checkoutPost))
	mux.HandleFunc("GET /pages/portal/{id}", s.shown("portal", s.portalPage))
	mux.HandleFunc("POST /pages/portal/{id}", s.posted(s.portalPost))
	mux.HandleFunc("GET /pages/invoice/{id}", s.shown("invoice", s.invoicePage))
	mux.HandleFunc("GET /pages/invoice/{id}/print", s.shown("invoice", s.invoicePage))
	mux.HandleFunc("POST /pages/invoice/{id}", s.posted(s.invoicePost))
	mux.HandleFunc("GET /pages/control", s.shown("control", s.controlPage))
	mux.HandleFunc("POST /pages/control", s.posted(s.controlPost))
	s.connectPages(mux)
}

func (s *Stand) shown(name string, fill func(*page, *http.Request) bool) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.advance(s.now())
		p := page{Now: s.now(), Error: r.URL.Query().Get("error")}
		if !fill(&p, r) {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
		if err := pageTemplates.ExecuteTemplate(w, name, p); err != nil {
			s.cfg.Log.ErrorContext(r.Context(), "page of the stand-in", "page", name, "err", err)
		}
	}
}

// posted does something and goes where it says.
func (s *Stand) posted(do func(*http.Request) (string, *apiError)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.advance(s.now())
		to, fail := do(r)
		s.kept()
		if fail != nil {
			to = r.URL.Path + "?error=" + template.URLQueryEscaper(fail.text)
		}
		if strings.HasPrefix(to, "/") {
			to = s.cfg.BaseURL + to
		}
		http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // a development tool that goes where its caller asked
	}
}

func (s *Stand) checkoutPage(p *page, r *http.Request) bool {
	x := s.st.Sessions[r.PathValue("id")]
	if x == nil {
		return false
	}
	p.Title, p.Session, p.Price, p.Customer = "Checkout", x, s.st.Prices[x.Price], s.st.Customers[x.Customer]
	p.Total = p.Price.Amount * x.Quantity
	if x.TrialEnd.Before(s.now()) {
		p.Today = p.Total
	}
	return true
}

func (s *Stand) checkoutPost(r *http.Request) (string, *apiError) {
	x := s.st.Sessions[r.PathValue("id")]
	if x == nil {
		return "", missing("checkout.session", r.PathValue("id"))
	}
	if fail := s.complete(x, r.FormValue("card")); fail != nil {
		return "", fail
	}
	return strings.ReplaceAll(x.Success, "{CHECKOUT_SESSION_ID}", x.ID), nil
}

func (s *Stand) portalPage(p *page, r *http.Request) bool {
	x := s.st.Portals[r.PathValue("id")]
	if x == nil {
		return false
	}
	p.Title, p.Portal, p.Customer, p.Return = "Customer portal", x, s.st.Customers[x.Customer], x.Return
	for _, inv := range slices.Backward(sorted(s.st.Invoices)) {
		if inv.Customer == x.Customer && inv.Status != "draft" {
			p.Invoices = append(p.Invoices, inv)
		}
	}
	return true
}

func (s *Stand) portalPost(r *http.Request) (string, *apiError) {
	x := s.st.Portals[r.PathValue("id")]
	if x == nil {
		return "", missing("billing_portal.session", r.PathValue("id"))
	}
	c := s.st.Customers[x.Customer]
	switch r.FormValue("do") {
	case "card":
		s.setCard(c.ID, r.FormValue("card"), false)
	case "details":
		c.Name, c.Address, c.TaxID = r.FormValue("name"), r.FormValue("address"), r.FormValue("tax_id")
		s.emit("customer.updated", c.json())
	case "cancel":
		for _, sub := range sorted(s.st.Subs) {
			if sub.Customer == c.ID && sub.Status == "active" {
				sub.CancelAtEnd, sub.CanceledAt = true, s.now()
				s.emit("customer.subscription.updated", s.subJSON(sub))
			}
		}
	}
	return r.URL.Path, nil
}

func (s *Stand) invoicePage(p *page, r *http.Request) bool {
	x := s.st.Invoices[r.PathValue("id")]
	if x == nil {
		return false
	}
	p.Title, p.Invoice, p.Customer, p.Total = "Invoice "+x.Number, x, s.st.Customers[x.Customer], x.total()
	return true
}

// invoicePost pays with a card given on the page, and confirms what the bank asks.
func (s *Stand) invoicePost(r *http.Request) (string, *apiError) {
	x := s.st.Invoices[r.PathValue("id")]
	if x == nil {
		return "", missing("invoice", r.PathValue("id"))
	}
	c := s.st.Customers[x.Customer]
	asks := c.Card == CardAsks
	if card := r.FormValue("card"); card != "" {
		c.Card, asks = card, card == CardAsks
	}
	if asks && r.FormValue("confirm") == "yes" {
		x.Attempts++
		x.Paid = x.due()
		s.markPaid(x)
		return r.URL.Path, nil
	}
	return r.URL.Path, s.payInvoice(x)
}

func (s *Stand) controlPage(p *page, _ *http.Request) bool {
	p.Title, p.Knobs = "Stripe stand-in", s.st.Knobs
	p.Events = slices.Clone(s.st.Events[max(0, len(s.st.Events)-100):])
	slices.Reverse(p.Events)
	return true
}

func (s *Stand) controlPost(r *http.Request) (string, *apiError) {
	switch r.FormValue("do") {
	case "advance":
		d, err := strconv.Atoi(r.FormValue("hours"))
		if err != nil || d < 1 || d > 24*400 {
			return "", invalid("hours", "The clock goes forward by 1 to 9600 hours.")
		}
		s.advance(s.now().Add(time.Duration(d) * time.Hour))
	case "knobs":
		drop, err := strconv.ParseFloat(r.FormValue("drop"), 64)
		if err != nil || drop < 0 || drop > 1 {
			return "", invalid("drop", "A share is between 0 and 1.")
		}
		delay, err := strconv.Atoi(r.FormValue("delay"))
		if err != nil || delay < 0 || delay > 3600 {
			return "", invalid("delay", "A delay is between 0 and 3600 seconds.")
		}
		s.st.Knobs = Knobs{Shuffle: r.FormValue("shuffle") != "", Double: r.FormValue("double") != "", Drop: drop, Delay: time.Duration(delay) * time.Second}
	case "fail":
		status, err := strconv.Atoi(r.FormValue("status"))
		if err != nil || (status != 0 && (status < 400 || status > 599)) {
			return "", invalid("status", "A status is 0 for none, or 400 to 599.")
		}
		s.outage, s.outageN = status, -1
	}
	return r.URL.Path, nil
}
