package app

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"sync"

	"github.com/gofiber/fiber/v2"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/web"
)

func bytesReader(b []byte) io.Reader { return bytes.NewReader(b) }

// mountDev shows the caught mail and the payment stand-in of a development stack, on every host.
func (a *App) mountDev(f *fiber.App) {
	for path, page := range map[string]http.Handler{"/dev/mail": a.cfg.MailPage, "/dev/stripe": a.cfg.StripePage} {
		if a.cfg.Dev && page != nil {
			h := httpapi.Mount(page)
			f.All(path, h)
			f.All(path+"/*", h)
		}
	}
}

// mountDocument publishes the OpenAPI document. It names no agency, so every host may have it.
func (a *App) mountDocument(f *fiber.App) {
	// Written when somebody asks for it first: it takes longer than all the rest of the start.
	document := sync.OnceValues(func() ([]byte, error) { return json.Marshal(a.API.OpenAPI()) })
	f.Get("/api/v1/openapi.json", func(c *fiber.Ctx) error {
		raw, err := document()
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, "application/json")
		c.Set(fiber.HeaderCacheControl, "public, max-age=300")
		return c.Send(raw)
	})
	f.All("/api/*", func(c *fiber.Ctx) error {
		if c.Path() == web.DocsPath && c.Method() == fiber.MethodGet {
			return c.Next() // a page for people, among the others
		}
		return errNoRoute
	})
}

// OpenAPI returns the document as the front end's generator reads it.
func (a *App) OpenAPI() ([]byte, error) { return json.MarshalIndent(a.API.OpenAPI(), "", "  ") }
