package stripestand

import (
	"net/http"
	"strings"
	"time"
)

// account is a connected account of an agency's: type=standard, onboarded on Stripe's own pages.
type account struct {
	ID        string            `json:"id"`
	Name      string            `json:"name"`
	Email     string            `json:"email"`
	Country   string            `json:"country"`
	Submitted bool              `json:"submitted"`
	Charges   bool              `json:"charges"`
	Payouts   bool              `json:"payouts"`
	Due       []string          `json:"due"`
	Gone      bool              `json:"gone"` // it took the platform's access away
	Created   time.Time         `json:"created"`
	Meta      map[string]string `json:"meta"`
}

// link is an account link: it opens the onboarding once.
type link struct {
	ID      string    `json:"id"`
	Account string    `json:"account"`
	Refresh string    `json:"refresh"`
	Return  string    `json:"return"`
	Used    bool      `json:"used"`
	Expires time.Time `json:"expires"`
}

// linkTime is how long an account link lasts.
const linkTime = 5 * time.Minute

func (a *account) json() object {
	due := make([]any, len(a.Due))
	for i, d := range a.Due {
		due[i] = d
	}
	var disabled any
	if !a.Charges {
		disabled = "requirements.past_due"
	}
	return object{
		"id": a.ID, "object": "account", "type": "standard", "country": a.Country, "email": orNil(a.Email), "charges_enabled": a.Charges, "payouts_enabled": a.Payouts,
		"details_submitted": a.Submitted, "default_currency": "usd", "created": a.Created.Unix(), "metadata": meta(a.Meta), "business_profile": object{"name": orNil(a.Name)},
		"requirements": object{
			"currently_due": due, "eventually_due": due, "past_due": due, "pending_verification": []any{}, "alternatives": []any{}, "errors": []any{},
			"disabled_reason": disabled, "current_deadline": nil,
		},
	}
}

// onBehalf checks the header of calls for a connected account.
func (s *Stand) onBehalf(id string) *apiError {
	a := s.st.Accounts[id]
	if id == "" || a != nil && !a.Gone {
		return nil
	}
	return noAccess(id)
}

func noAccess(id string) *apiError {
	return &apiError{http.StatusForbidden, "invalid_request_error", "account_invalid", "The provided key does not have access to account '" + id + "' (or that account does not exist). Application access may have been revoked.", ""}
}

func (s *Stand) createAccount(c call) (any, *apiError) {
	if c.Get("type") != "standard" {
		return nil, invalid("type", "The stand-in makes standard accounts only.")
	}
	country := c.Get("country")
	if country == "" {
		country = "US"
	}
	if len(country) != 2 || country != strings.ToUpper(country) {
		return nil, invalid("country", "Country '"+country+"' is unknown. Try using a 2-character alphanumeric country code instead, such as 'US', 'EG', or 'GB'.")
	}
	a := &account{
		ID: s.id("acct"), Name: c.Get("business_profile[name]"), Email: c.Get("email"), Country: country, Created: s.now(), Meta: metadata(c),
		Due: []string{"business_type", "external_account", "tos_acceptance.date"},
	}
	s.st.Accounts[a.ID] = a
	return a.json(), nil
}

func (s *Stand) getAccount(c call) (any, *apiError) {
	a := s.st.Accounts[c.id]
	if a == nil || a.Gone {
		return nil, noAccess(c.id)
	}
	return a.json(), nil
}

func (s *Stand) createLink(c call) (any, *apiError) {
	a := s.st.Accounts[c.Get("account")]
	switch {
	case a == nil || a.Gone:
		return nil, noAccess(c.Get("account"))
	case c.Get("type") != "account_onboarding":
		return nil, invalid("type", "The stand-in knows account_onboarding only.")
	case c.Get("refresh_url") == "" || c.Get("return_url") == "":
		return nil, invalid("return_url", "You must provide refresh_url and return_url.")
	}
	l := &link{ID: s.id("link"), Account: a.ID, Refresh: c.Get("refresh_url"), Return: c.Get("return_url"), Expires: s.now().Add(linkTime)}
	s.st.Links[l.ID] = l
	return object{"object": "account_link", "created": s.now().Unix(), "expires_at": l.Expires.Unix(), "url": s.cfg.BaseURL + "/pages/onboarding/" + l.ID}, nil
}

// Onboard completes an account's onboarding, as its owner would.
func (s *Stand) Onboard(accountID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.kept()
	s.onboard(s.st.Accounts[accountID])
}

func (s *Stand) onboard(a *account) {
	a.Submitted, a.Charges, a.Payouts, a.Due = true, true, true, nil
	s.emitFor(a.ID, "account.updated", a.json())
}

// Restrict stops an account's charges, as Stripe does when it wants to know more.
func (s *Stand) Restrict(accountID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.kept()
	a := s.st.Accounts[accountID]
	a.Charges, a.Payouts, a.Due = false, false, []string{"individual.verification.document"}
	s.emitFor(a.ID, "account.updated", a.json())
}

// Deauthorize takes the platform's access away, as the account's owner can in Stripe's dashboard.
func (s *Stand) Deauthorize(accountID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.kept()
	s.deauthorize(s.st.Accounts[accountID])
}

func (s *Stand) deauthorize(a *account) {
	a.Gone = true
	s.emitFor(a.ID, "account.application.deauthorized", object{"id": "ca_stand", "object": "application", "name": "Bureau"})
}

// NewAccount is an account that somebody else has connected to the platform.
func (s *Stand) NewAccount(name string) (accountID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := &account{ID: s.id("acct"), Name: name, Country: "US", Submitted: true, Charges: true, Payouts: true, Created: s.now()}
	s.st.Accounts[a.ID] = a
	return a.ID
}
