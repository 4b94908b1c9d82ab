// Package web serves the built front end: pages with a fresh content policy
// and the agency's brand in them, and files that never change.
package web

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// Boot is what the first paint needs to know. The page finds it as JSON in
// the element "bureau-boot".
type Boot struct {
	Host   string `json:"host"` // "agency", "site", "auth" or "ops"
	Agency Brand  `json:"agency"`
	Dev    bool   `json:"dev"`
	Nonce  string `json:"nonce"`
}

// Brand is how an agency looks.
type Brand struct {
	Name    string `json:"name"`
	Slug    string `json:"slug"`
	Colour  string `json:"colour"`
	LogoURL string `json:"logo_url"`
	Locale  string `json:"locale"`
}

// Config says where the pages come from and what goes into them.
type Config struct {
	Files fs.FS
	// Boot tells what a request's page is about. The nonce is added here.
	Boot func(*fiber.Ctx) (Boot, error)
	// FormActions are further origins a page's form may post to and, having
	// posted, be sent on to: sign-in moves between an agency's host and its own.
	FormActions []string
}

// Pages of three entries, which one depends on the host; and the page about the
// API, which every host has.
const (
	appPage  = "index.html"
	authPage = "auth.html"
	opsPage  = "ops.html"
	docsPage = "docs.html"
)

// DocsPath is where the API is described to people.
const DocsPath = "/api/docs"

const (
	nonceMark = "__CSP_NONCE__"
	bootMark  = "__BUREAU_BOOT__"
)

type server struct {
	cfg   Config
	pages map[string][]byte
}

// Mount answers every GET that nothing before it has answered.
func Mount(f fiber.Router, cfg Config) {
	s := &server{cfg: cfg, pages: map[string][]byte{}}
	for _, name := range []string{appPage, authPage, opsPage, docsPage} {
		if b, err := fs.ReadFile(cfg.Files, name); err == nil {
			s.pages[name] = b
		}
	}
	f.Get("/assets/*", s.asset)
	f.Get("/icon.svg", s.icon)
	f.Get("/robots.txt", func(c *fiber.Ctx) error { return c.SendString("User-agent: *\nDisallow: /\n") })
	f.Get("/*", s.page)
}

// asset sends a file whose name holds its hash. What is not there is a 404,
// never a page: an old page asking for an old script must learn that it is old.
func (s *server) asset(c *fiber.Ctx) error {
	name := path.Clean(strings.TrimPrefix(c.Path(), "/"))
	if !strings.HasPrefix(name, "assets/") || strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz") {
		return fiber.ErrNotFound
	}
	body, encoding, err := s.read(name, c.Get(fiber.HeaderAcceptEncoding))
	if err != nil {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderVary, fiber.HeaderAcceptEncoding)
	if encoding != "" {
		c.Set(fiber.HeaderContentEncoding, encoding)
	}
	c.Set(fiber.HeaderContentType, contentType(name))
	return c.Send(body)
}

func (s *server) icon(c *fiber.Ctx) error {
	body, err := fs.ReadFile(s.cfg.Files, "icon.svg")
	if err != nil {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=86400")
	c.Set(fiber.HeaderContentType, "image/svg+xml")
	return c.Send(body)
}

// read prefers what the build has compressed.
func (s *server) read(name, accepted string) (body []byte, encoding string, err error) {
	for _, e := range []struct{ name, suffix string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if !accepts(accepted, e.name) {
			continue
		}
		if body, err = fs.ReadFile(s.cfg.Files, name+e.suffix); err == nil {
			return body, e.name, nil
		}
	}
	body, err = fs.ReadFile(s.cfg.Files, name)
	return body, "", err
}

func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			q := strings.ReplaceAll(params, " ", "")
			return q != "q=0" && q != "q=0.0"
		}
	}
	return false
}

// What the operating system thinks of .js is not to be trusted.
var types = map[string]string{
	".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
	".woff2": "font/woff2", ".json": "application/json", ".png": "image/png", ".webp": "image/webp",
}

func contentType(name string) string {
	if t, ok := types[path.Ext(name)]; ok {
		return t
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

func (s *server) page(c *fiber.Ctx) error {
	boot, err := s.cfg.Boot(c)
	if err != nil {
		return err
	}
	name := authPage
	switch {
	case c.Path() == DocsPath:
		name = docsPage
	case boot.Host == "agency":
		name = appPage
	case boot.Host == "ops":
		name = opsPage
	}
	page, ok := s.pages[name]
	if !ok {
		return c.Status(http.StatusServiceUnavailable).SendString("The front end has not been built: run make build.\n")
	}
	boot.Nonce = nonce()
	data, err := json.Marshal(boot) // escapes <, > and &, so that no name can end the script element
	if err != nil {
		return fmt.Errorf("write boot data: %w", err)
	}
	page = bytes.ReplaceAll(page, []byte(nonceMark), []byte(boot.Nonce))
	page = bytes.Replace(page, []byte(bootMark), data, 1)
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-cache")
	c.Set(fiber.HeaderContentSecurityPolicy, policy(boot.Nonce, s.cfg.FormActions))
	return c.Send(page)
}

// policy lets in what the page brought with it and what comes from its own
// host, and nobody may put the page into a frame.
func policy(nonce string, formActions []string) string {
	return strings.Join([]string{
		"default-src 'self'",
		"script-src 'self' 'nonce-" + nonce + "'",
		"style-src 'self' 'nonce-" + nonce + "'",
		"img-src 'self' data: blob:",
		"font-src 'self'",
		"connect-src 'self'",
		"object-src 'none'",
		"base-uri 'none'",
		"frame-src 'self' blob:",
		strings.TrimSpace("form-action 'self' " + strings.Join(formActions, " ")),
		"frame-ancestors 'none'",
	}, "; ")
}

func nonce() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, says its documentation
	return base64.RawURLEncoding.EncodeToString(b[:])
}
