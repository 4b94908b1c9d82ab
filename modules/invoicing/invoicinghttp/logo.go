package invoicinghttp

import (
	"bytes"
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/invoicing"
)

func registerLogo(api *httpapi.API, h handlers) {
	op := func(id, method, summary string) httpapi.Op {
		o := httpapi.Op{ID: "legal-entities-logo" + id, Tag: "invoices", Method: method, Path: "/api/v1/legal-entities/{id}/logo", Summary: summary, Need: invoicing.CanWriteSettings}
		if method == http.MethodGet {
			o.Need = invoicing.CanReadSettings
		}
		return o
	}
	httpapi.Handle(api, op("", http.MethodGet, "The logo of a legal entity"), h.logo)
	set := op("-set", http.MethodPost, "Upload a logo for a legal entity: PNG, JPEG or WebP")
	set.MaxBody = 3 << 20
	httpapi.Handle(api, set, h.setLogo)
	httpapi.Handle(api, op("-remove", http.MethodDelete, "Go back to the agency's logo"), h.removeLogo)
}

// logoURL is where the logo is read; its address changes with it.
func logoURL(e invoicing.LegalEntity) *string {
	if e.LogoKey == "" {
		return nil
	}
	u := "/api/v1/legal-entities/" + e.ID + "/logo?v=" + strconv.Itoa(e.Version)
	return &u
}

type logoOut struct {
	ContentType   string `header:"Content-Type"`
	CacheControl  string `header:"Cache-Control"`
	ContentPolicy string `header:"Content-Security-Policy"`
	Body          []byte
}

func (h handlers) logo(ctx context.Context, in *IDIn) (*logoOut, error) {
	raw, err := h.svc.Logo(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &logoOut{http.DetectContentType(raw), "private, max-age=86400", "default-src 'none'; sandbox", raw}, nil
}

func (h handlers) setLogo(ctx context.Context, in *struct {
	IDIn
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true"`
	}]
},
) (*entityOut, error) {
	return oneEntity(h.svc.SetLogo(ctx, in.ID, in.RawBody.Data().File))
}

func (h handlers) removeLogo(ctx context.Context, in *IDIn) (*entityOut, error) {
	return oneEntity(h.svc.SetLogo(ctx, in.ID, bytes.NewReader(nil)))
}
