package web_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/gofiber/fiber/v2"

	"github.com/bureauhq/bureau/app/web"
)

const page = `<html><script nonce="__CSP_NONCE__"></script><script id="bureau-boot" type="application/json" nonce="__CSP_NONCE__">__BUREAU_BOOT__</script></html>`

func get(t *testing.T, host, path string, headers ...string) (*http.Response, string) {
	t.Helper()
	f := fiber.New()
	web.Mount(f, web.Config{
		Files: fstest.MapFS{
			"index.html":           {Data: []byte("app " + page)},
			"auth.html":            {Data: []byte("auth " + page)},
			"docs.html":            {Data: []byte("docs " + page)},
			"icon.svg":             {Data: []byte("<svg/>")},
			"assets/main-x1.js":    {Data: []byte("plain")},
			"assets/main-x1.js.br": {Data: []byte("brotli")},
			"assets/main-x1.js.gz": {Data: []byte("gzip")},
			"assets/inter.woff2":   {Data: []byte("font")},
			"secret.txt":           {Data: []byte("secret")},
		},
		Boot: func(c *fiber.Ctx) (web.Boot, error) {
			return web.Boot{Host: c.Hostname(), Agency: web.Brand{Name: `</script><script>alert("x")</script>`, Slug: "acme"}}, nil
		},
		FormActions: []string{"http://auth.bureau.localhost:8080"},
	})
	req := httptest.NewRequest(http.MethodGet, path, nil)
	req.Host = host
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := f.Test(req)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestPageCarriesAFreshPolicy(t *testing.T) {
	nonces := map[string]bool{}
	for range 2 {
		res, body := get(t, "agency", "/clients/7")
		csp := res.Header.Get("Content-Security-Policy")
		m := regexp.MustCompile(`'nonce-([\w-]{22})'`).FindStringSubmatch(csp)
		if m == nil {
			t.Fatalf("no nonce in %q", csp)
		}
		if nonces[m[1]] {
			t.Error("the nonce came twice")
		}
		nonces[m[1]] = true
		if got := strings.Count(body, `nonce="`+m[1]+`"`); got != 2 {
			t.Errorf("%d elements carry the nonce, want 2", got)
		}
		for _, want := range []string{
			"default-src 'self'", "script-src 'self' 'nonce-", "style-src 'self' 'nonce-", "object-src 'none'",
			"base-uri 'none'", "frame-ancestors 'none'", "form-action 'self' http://auth.bureau.localhost:8080",
		} {
			if !strings.Contains(csp, want) {
				t.Errorf("policy lacks %q: %s", want, csp)
			}
		}
		if strings.Contains(csp, "unsafe") {
			t.Errorf("policy is unsafe: %s", csp)
		}
		if got := res.Header.Get("Cache-Control"); got != "no-cache" {
			t.Errorf("Cache-Control is %q", got)
		}
	}
}

func TestBootCannotEscapeItsElement(t *testing.T) {
	_, body := get(t, "agency", "/")
	if strings.Contains(body, "alert(\"x\")</script>") || strings.Count(body, "</script>") != 2 {
		t.Fatalf("the agency's name broke out: %s", body)
	}
	raw := regexp.MustCompile(`(?s)application/json"[^>]*>(.*?)</script>`).FindStringSubmatch(body)
	var boot web.Boot
	if err := json.Unmarshal([]byte(raw[1]), &boot); err != nil {
		t.Fatal(err)
	}
	if boot.Agency.Name != `</script><script>alert("x")</script>` || boot.Nonce == "" {
		t.Errorf("boot data came out as %+v", boot)
	}
}

func TestEachHostHasItsEntry(t *testing.T) {
	for host, want := range map[string]string{"agency": "app ", "site": "auth ", "auth": "auth "} {
		if _, body := get(t, host, "/"); !strings.HasPrefix(body, want) {
			t.Errorf("%s serves %.10q", host, body)
		}
	}
}

func TestAssets(t *testing.T) {
	for _, tt := range []struct{ accept, encoding, body string }{
		{"gzip, deflate, br", "br", "brotli"},
		{"gzip", "gzip", "gzip"},
		{"br;q=0, gzip", "gzip", "gzip"},
		{"", "", "plain"},
	} {
		res, body := get(t, "agency", "/assets/main-x1.js", "Accept-Encoding", tt.accept)
		if res.Header.Get("Content-Encoding") != tt.encoding || body != tt.body {
			t.Errorf("Accept-Encoding %q: got %q as %q", tt.accept, body, res.Header.Get("Content-Encoding"))
		}
		if got := res.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("Cache-Control is %q", got)
		}
		if got := res.Header.Get("Vary"); got != "Accept-Encoding" {
			t.Errorf("Vary is %q", got)
		}
		if got := res.Header.Get("Content-Type"); got != "text/javascript; charset=utf-8" {
			t.Errorf("Content-Type is %q", got)
		}
	}
}

func TestMissingAssetIsNotAPage(t *testing.T) {
	for _, path := range []string{"/assets/old-x0.js", "/assets/", "/assets/..%2fsecret.txt", "/assets/main-x1.js.br"} {
		if res, body := get(t, "agency", path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d %.20q", path, res.StatusCode, body)
		}
	}
}

// The page about the API is the same on every host, under the same policy as all others.
func TestTheAPIIsDescribedOnEveryHost(t *testing.T) {
	for _, host := range []string{"agency", "site", "auth"} {
		res, body := get(t, host, web.DocsPath)
		if res.StatusCode != http.StatusOK || !strings.HasPrefix(body, "docs ") {
			t.Errorf("%s: %d %.20q", host, res.StatusCode, body)
		}
		if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self' 'nonce-") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", host, csp)
		}
	}
}
