// Package stripetest holds what tests send to Stripe, and what the stand-in answers, against what Stripe publishes of its API.
package stripetest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strconv"
	"testing"

	"github.com/bureauhq/bureau/app/kit/servertest"
)

// Mock is Stripe's own mock of the API version that the library speaks: it refuses parameters that Stripe's published OpenAPI does
// not know. Its answers are examples without any memory, so only the shape of what we send is tested by it. What our calls build
// upon, complete puts into the examples.
func Mock(t testing.TB, complete func(example map[string]any)) http.Handler {
	t.Helper()
	binary, err := servertest.Build(t.Context(), "stripemock", "github.com/stripe/stripe-mock")
	if err != nil {
		t.Fatalf("stripe-mock: %v", err)
	}
	plain, tls := servertest.FreeAddress(t), servertest.FreeAddress(t)
	servertest.Start(t, "http://"+plain, binary, nil, "-strict-version-check", "-http-addr", plain, "-https-addr", tls)
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: plain})
	if complete != nil {
		proxy.ModifyResponse = func(r *http.Response) error { return completed(r, complete) }
	}
	return proxy
}

func completed(r *http.Response, complete func(map[string]any)) error {
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	var example map[string]any
	if json.Unmarshal(raw, &example) == nil {
		complete(example)
		if raw, err = json.Marshal(example); err != nil {
			return err
		}
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
	r.Header.Set("Content-Length", strconv.Itoa(len(raw)))
	return nil
}
