package app

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/httpapi"
)

// mountFiles serves the signed addresses of files in a folder, on the site's own
// host: what somebody uploaded shares no origin with an agency's pages. A
// bucket serves its addresses itself.
func (a *App) mountFiles(f *fiber.App) {
	folder, ok := a.cfg.Files.(*file.Folder)
	if !ok {
		return
	}
	f.Get("/files/*", func(c *fiber.Ctx) error {
		if httpapi.RequestFrom(c.UserContext()).Host != httpapi.HostSite {
			return c.Next()
		}
		query, err := url.ParseQuery(string(c.Request().URI().QueryString()))
		if err != nil {
			return file.ErrLink
		}
		found, err := folder.OpenSigned(c.Params("*"), query)
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, found.ContentType)
		c.Set(fiber.HeaderContentDisposition, found.Disposition)
		c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; sandbox")
		c.Set(fiber.HeaderCacheControl, "private, no-store")
		// It is closed when it was sent, and never held in memory as a whole.
		return c.SendStream(found.File, int(found.Size))
	})
}
