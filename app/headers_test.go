package app

import (
	"net/http"
	"testing"

	"github.com/gofiber/fiber/v2"
)

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	ask := func(dev bool, path string) http.Header {
		f := fiber.New()
		f.Use(headers(dev))
		f.Get("/*", func(c *fiber.Ctx) error { return c.SendString("ok") })
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://acme.bureau.example"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := f.Test(req, -1)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.Header
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options":     "nosniff",
		"X-Frame-Options":            "DENY",
		"Referrer-Policy":            "strict-origin-when-cross-origin",
		"Cross-Origin-Opener-Policy": "same-origin",
		"Permissions-Policy":         "camera=(), microphone=(), geolocation=(), payment=()",
		"Strict-Transport-Security":  "max-age=63072000; includeSubDomains",
		"Content-Security-Policy":    "default-src 'none'; frame-ancestors 'none'",
		"Cache-Control":              "no-store",
	} {
		if got := ask(false, "/api/v1/clients").Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if got := ask(true, "/").Get("Strict-Transport-Security"); got != "" {
		t.Errorf("HSTS in development would lock plain http out: %q", got)
	}
}
