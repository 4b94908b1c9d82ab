package app

import (
	"context"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/web"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/tenancy"
)

// mountPages serves the built front end to whatever nothing else has answered.
func (a *App) mountPages(f *fiber.App) {
	if a.cfg.Web == nil {
		return
	}
	auth := *a.cfg.Origin
	auth.Host = "auth." + auth.Host
	web.Mount(f, web.Config{Files: a.cfg.Web, Boot: a.boot, FormActions: []string{auth.Scheme + "://" + auth.Host}})
}

func (a *App) boot(c *fiber.Ctx) (web.Boot, error) {
	ctx := c.UserContext()
	b := web.Boot{Host: string(httpapi.RequestFrom(ctx).Host), Dev: a.cfg.Dev, Agency: web.Brand{Name: "Bureau", Locale: "en"}}
	if host, err := tenancy.From(ctx); err == nil {
		b.Agency = a.brand(ctx, host)
	}
	return b, nil
}

// brand is how an agency's pages look. When its settings cannot be read the
// page still comes, and says itself what is wrong.
func (a *App) brand(ctx context.Context, host tenancy.Agency) web.Brand {
	out := web.Brand{Name: host.Name, Slug: host.Slug, Locale: "en"}
	err := a.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		s, err := a.Services.Agency.SettingsTx(ctx, tx)
		if err == nil {
			out = brandOf(s, host.Slug)
		}
		return err
	})
	if err != nil {
		a.log.WarnContext(ctx, "a page goes out without the agency's brand", "err", err)
	}
	return out
}

func brandOf(s agency.Settings, slug string) web.Brand {
	b := web.Brand{Name: s.Name, Slug: slug, Colour: s.BrandColour, Locale: s.Locale}
	if s.LogoKey != "" {
		b.LogoURL = "/api/v1/settings/logo?v=" + strconv.Itoa(s.Version)
	}
	return b
}
