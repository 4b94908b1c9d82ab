package stripetest_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/billing/stripeapi/stripetest"
)

// A mock that takes anything would prove nothing.
func TestStripeMockRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	mock := stripetest.Mock(t, nil)
	for _, c := range []struct {
		name, path, version string
		form                url.Values
		want                int
	}{
		{"right", "/v1/subscriptions/sub_1", "2023-10-16", url.Values{"proration_behavior": {"none"}}, http.StatusOK},
		{"an unknown parameter", "/v1/subscriptions/sub_1", "2023-10-16", url.Values{"proration": {"none"}}, http.StatusBadRequest},
		{"an unknown value", "/v1/subscriptions/sub_1", "2023-10-16", url.Values{"proration_behavior": {"later"}}, http.StatusBadRequest},
		{"a parameter that is missing", "/v1/billing_portal/sessions", "2023-10-16", url.Values{}, http.StatusBadRequest},
		{"another version of the API", "/v1/subscriptions/sub_1", "2024-04-10", url.Values{"proration_behavior": {"none"}}, http.StatusBadRequest},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, c.path, strings.NewReader(c.form.Encode()))
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Authorization", "Bearer sk_test_123")
			req.Header.Set("Stripe-Version", c.version)
			res := httptest.NewRecorder()
			mock.ServeHTTP(res, req)
			if res.Code != c.want {
				t.Fatalf("%d %s", res.Code, res.Body)
			}
		})
	}
}
