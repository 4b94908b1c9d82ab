package httpapi

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
)

// Mount serves a handler of net/http. Such a handler may keep what it is told in a request; fasthttp uses the memory
// behind its requests again, and Immutable does not reach through the adaptor, so the strings are made the handler's own.
func Mount(h http.Handler) fiber.Handler {
	return adaptor.HTTPHandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		own := r.WithContext(r.Context())
		own.Method, own.Host, own.RequestURI, own.RemoteAddr = strings.Clone(r.Method), strings.Clone(r.Host), strings.Clone(r.RequestURI), strings.Clone(r.RemoteAddr)
		own.URL = &url.URL{
			Scheme: strings.Clone(r.URL.Scheme), Host: strings.Clone(r.URL.Host), Path: strings.Clone(r.URL.Path), RawPath: strings.Clone(r.URL.RawPath),
			RawQuery: strings.Clone(r.URL.RawQuery), ForceQuery: r.URL.ForceQuery,
		}
		own.Header = make(http.Header, len(r.Header))
		for name, values := range r.Header {
			for _, v := range values {
				own.Header.Add(strings.Clone(name), strings.Clone(v))
			}
		}
		h.ServeHTTP(w, own)
	})
}
