package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"github.com/gofiber/fiber/v2"

	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/id"
)

// CheckStores asks the stores of files and of backups for what nobody has: one that cannot be reached, is not there or is not ours refuses.
func (a *App) CheckStores(ctx context.Context) (err error) {
	for what, store := range map[string]file.Store{"files": a.cfg.Files, "backups": a.cfg.Backups.Store} {
		if store == nil {
			continue
		}
		if e := store.List(ctx, id.New(), func(string, int64) error { return nil }); e != nil {
			err = errors.Join(err, fmt.Errorf("the store of %s: %w", what, e))
		}
	}
	return err
}

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
