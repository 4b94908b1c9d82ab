//go:build sabotage_mass_assignment

// Fields that nobody may send are taken without a word.

package httpapi

import (
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
)

func NewAPI(app *fiber.App, o Options) *API {
	cfg := huma.DefaultConfig(o.Title, o.Version)
	cfg.CreateHooks = nil
	cfg.DocsPath, cfg.SchemasPath, cfg.OpenAPIPath = "", "", ""
	cfg.AllowAdditionalPropertiesByDefault = true
	return &API{API: humafiber.NewV2(app, cfg), guard: o.Guard, replayer: o.Replayer, log: o.Log}
}
