package stripestand

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// connectPages are what a person sees of connected accounts: the onboarding, the page on which a client pays, and one on which a
// payment is disputed or an account takes its access back.
func (s *Stand) connectPages(mux *http.ServeMux) {
	mux.HandleFunc("GET /pages/onboarding/{id}", s.onboardingPage)
	mux.HandleFunc("POST /pages/onboarding/{id}", s.posted(s.onboardingPost))
	mux.HandleFunc("GET /pages/pay/{id}", s.shown("pay", s.payPage))
	mux.HandleFunc("POST /pages/pay/{id}", s.posted(s.payPost))
	mux.HandleFunc("GET /pages/connected", s.shown("connected", s.connectedPage))
	mux.HandleFunc("POST /pages/connected", s.posted(s.connectedPost))
}

// onboardingPage opens once: a link that was used, or is too old, leads back for another.
func (s *Stand) onboardingPage(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	l := s.st.Links[r.PathValue("id")]
	stale := l != nil && (l.Used || s.now().After(l.Expires))
	if l != nil && !stale {
		l.Used = true
		s.kept()
	}
	s.mu.Unlock()
	switch {
	case l == nil:
		http.NotFound(w, r)
	case stale:
		http.Redirect(w, r, l.Refresh, http.StatusSeeOther)
	default:
		s.shown("onboarding", func(p *page, _ *http.Request) bool {
			p.Title, p.Account = "Onboarding", s.st.Accounts[l.Account]
			return true
		})(w, r)
	}
}

func (s *Stand) onboardingPost(r *http.Request) (string, *apiError) {
	l := s.st.Links[r.PathValue("id")]
	if l == nil {
		return "", missing("account_link", r.PathValue("id"))
	}
	if r.FormValue("do") == "complete" {
		s.onboard(s.st.Accounts[l.Account])
	}
	return l.Return, nil
}

func (s *Stand) payPage(p *page, r *http.Request) bool {
	x := s.st.Takings[r.PathValue("id")]
	if x == nil {
		return false
	}
	p.Title, p.Taking, p.Account, p.Sum = "Checkout", x, s.st.Accounts[x.Account], inWords(x.Amount, x.Currency)
	return true
}

func (s *Stand) payPost(r *http.Request) (string, *apiError) {
	x := s.st.Takings[r.PathValue("id")]
	if x == nil {
		return "", missing("checkout.session", r.PathValue("id"))
	}
	if fail := s.take(x, r.FormValue("card")); fail != nil {
		return "", fail
	}
	return strings.ReplaceAll(x.Success, "{CHECKOUT_SESSION_ID}", x.ID), nil
}

// shownIntent is a payment with what it is disputed by.
type shownIntent struct {
	*intent
	Sum     string
	Dispute *dispute
}

func (s *Stand) connectedPage(p *page, _ *http.Request) bool {
	p.Title, p.Accounts = "Connected accounts", sorted(s.st.Accounts)
	for _, i := range slices.Backward(sorted(s.st.Intents)) {
		row := shownIntent{intent: i, Sum: inWords(i.Amount, i.Currency)}
		for _, d := range sorted(s.st.Disputes) {
			if d.Intent == i.ID {
				row.Dispute = d
			}
		}
		p.Intents = append(p.Intents, row)
	}
	return true
}

func (s *Stand) connectedPost(r *http.Request) (string, *apiError) {
	id := r.FormValue("id")
	a, i, d := s.st.Accounts[id], s.st.Intents[id], s.st.Disputes[id]
	switch do := r.FormValue("do"); {
	case do == "deauthorize" && a != nil && !a.Gone:
		s.deauthorize(a)
	case do == "dispute" && i != nil && i.Status == "succeeded" && !i.Disputed:
		s.disputed(i)
	case (do == "won" || do == "lost") && d != nil && d.Status == "needs_response":
		s.decided(d, do)
	default:
		return "", invalid("id", "There is nothing to do with this.")
	}
	return r.URL.Path, nil
}

// inWords writes an amount as Stripe counts it.
func inWords(amount int64, currency string) string {
	places := 2
	switch {
	case slices.Contains(wholeUnits, currency):
		places = 0
	case slices.Contains(tens, currency):
		places = 3
	}
	digits := []byte(strings.Repeat("0", places))
	for n := places - 1; n >= 0; n-- {
		digits[n] = byte('0' + amount%10)
		amount /= 10
	}
	text := strconv.FormatInt(amount, 10)
	if places > 0 {
		text += "." + string(digits)
	}
	return text + " " + strings.ToUpper(currency)
}
