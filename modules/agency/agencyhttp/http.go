// Package agencyhttp puts the agency's settings on the web.
package agencyhttp

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/agency"
)

// Service is the part of agency.Service that the web uses.
type Service interface {
	Settings(context.Context) (agency.Settings, error)
	Change(ctx context.Context, version int, c agency.Change) (agency.Settings, error)
	SetLogo(context.Context, io.Reader) (agency.Settings, error)
	RemoveLogo(context.Context) (agency.Settings, error)
	Logo(context.Context) (io.ReadCloser, string, error)
	Checklist(context.Context) (agency.Settings, []agency.Step, error)
}

// Register declares the operations.
func Register(api *httpapi.API, svc Service) {
	h := handlers{svc}
	const read, write = "agency.settings.read", "agency.settings.write"
	httpapi.Handle(api, httpapi.Op{ID: "settings-get", Tag: "settings", Whenever: true, Method: http.MethodGet, Path: "/api/v1/settings", Summary: "The agency's settings", Need: read}, h.get)
	httpapi.Handle(api, httpapi.Op{ID: "settings-change", Tag: "settings", Method: http.MethodPatch, Path: "/api/v1/settings", Summary: "Change the agency's settings", Need: write}, h.change)
	httpapi.Handle(api, httpapi.Op{ID: "settings-logo-set", Tag: "settings", Method: http.MethodPost, Path: "/api/v1/settings/logo", Summary: "Upload a logo", Need: write, MaxBody: 3 << 20}, h.setLogo)
	httpapi.Handle(api, httpapi.Op{ID: "settings-logo-remove", Tag: "settings", Method: http.MethodDelete, Path: "/api/v1/settings/logo", Summary: "Remove the logo", Need: write}, h.removeLogo)
	httpapi.Handle(api, httpapi.Op{ID: "settings-logo", Tag: "settings", Method: http.MethodGet, Path: "/api/v1/settings/logo", Summary: "The agency's logo", Need: access.Public}, h.logo)
	httpapi.Handle(api, httpapi.Op{ID: "settings-checklist", Tag: "settings", Method: http.MethodGet, Path: "/api/v1/settings/checklist", Summary: "How far the agency has got with setting up", Need: read}, h.checklist)
}

type handlers struct{ svc Service }

// SettingsView is the agency's settings as the web sees them.
type SettingsView struct {
	Name             string  `json:"name"`
	Slug             string  `json:"slug"`
	LegalName        string  `json:"legal_name"`
	TimeZone         string  `json:"time_zone" doc:"IANA name"`
	WeekStart        string  `json:"week_start" enum:"sunday,monday,tuesday,wednesday,thursday,friday,saturday"`
	Currency         string  `json:"currency"`
	Locale           string  `json:"locale"`
	BrandColour      string  `json:"brand_colour"`
	LogoURL          *string `json:"logo_url"`
	PortalShowsHours bool    `json:"portal_shows_hours"`
	ChecklistHidden  bool    `json:"checklist_hidden"`
	Version          int     `json:"version"`
}

// SettingsChange is what the web sends; what is missing stays as it is.
type SettingsChange struct {
	Name             *string `json:"name,omitempty" minLength:"1" maxLength:"80"`
	LegalName        *string `json:"legal_name,omitempty" maxLength:"160"`
	TimeZone         *string `json:"time_zone,omitempty" maxLength:"64"`
	WeekStart        *string `json:"week_start,omitempty" enum:"sunday,monday,tuesday,wednesday,thursday,friday,saturday"`
	Currency         *string `json:"currency,omitempty" minLength:"3" maxLength:"3"`
	Locale           *string `json:"locale,omitempty" maxLength:"10"`
	BrandColour      *string `json:"brand_colour,omitempty" maxLength:"7"`
	PortalShowsHours *bool   `json:"portal_shows_hours,omitempty"`
	ChecklistHidden  *bool   `json:"checklist_hidden,omitempty"`
}

// ChecklistView is the first-run checklist.
type ChecklistView struct {
	Hidden       bool            `json:"hidden"`
	SampleLoaded bool            `json:"sample_loaded"`
	SampleState  string          `json:"sample_state" enum:"none,loading,failed,loaded" doc:"failed: ask for it again, and it goes on where it broke off"`
	Steps        []ChecklistStep `json:"steps"`
}

// ChecklistStep is one line of the checklist.
type ChecklistStep struct {
	Key  string `json:"key"`
	Done bool   `json:"done"`
}

type (
	settingsOut struct {
		ETag string `header:"ETag"`
		Body SettingsView
	}
	changeIn struct {
		httpapi.IfMatch
		Body SettingsChange
	}
	logoIn struct {
		RawBody huma.MultipartFormFiles[struct {
			File huma.FormFile `form:"file" required:"true"`
		}]
	}
	logoOut struct {
		ContentType   string `header:"Content-Type"`
		CacheControl  string `header:"Cache-Control"`
		ContentPolicy string `header:"Content-Security-Policy"`
		Body          []byte
	}
	checklistOut struct{ Body ChecklistView }
)

func out(s agency.Settings) *settingsOut {
	v := SettingsView{
		Name: s.Name, Slug: s.Slug, LegalName: s.LegalName, TimeZone: s.TimeZone, WeekStart: strings.ToLower(s.WeekStart.String()),
		Currency: s.Currency, Locale: s.Locale, BrandColour: s.BrandColour, PortalShowsHours: s.PortalShowsHours,
		ChecklistHidden: s.ChecklistHidden, Version: s.Version,
	}
	if s.LogoKey != "" {
		u := "/api/v1/settings/logo?v=" + strconv.Itoa(s.Version)
		v.LogoURL = &u
	}
	return &settingsOut{ETag: httpapi.ETag(s.Version), Body: v}
}

func (h handlers) get(ctx context.Context, _ *struct{}) (*settingsOut, error) {
	s, err := h.svc.Settings(ctx)
	if err != nil {
		return nil, err
	}
	return out(s), nil
}

func (h handlers) change(ctx context.Context, in *changeIn) (*settingsOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	b := in.Body
	c := agency.Change{
		Name: b.Name, LegalName: b.LegalName, TimeZone: b.TimeZone, Currency: b.Currency, Locale: b.Locale, BrandColour: b.BrandColour,
		PortalShowsHours: b.PortalShowsHours, ChecklistHidden: b.ChecklistHidden,
	}
	if b.WeekStart != nil {
		for d := time.Sunday; d <= time.Saturday; d++ {
			if strings.EqualFold(d.String(), *b.WeekStart) {
				c.WeekStart = &d
			}
		}
	}
	s, err := h.svc.Change(ctx, version, c)
	if err != nil {
		return nil, err
	}
	return out(s), nil
}

func (h handlers) setLogo(ctx context.Context, in *logoIn) (*settingsOut, error) {
	s, err := h.svc.SetLogo(ctx, in.RawBody.Data().File)
	if err != nil {
		return nil, err
	}
	return out(s), nil
}

func (h handlers) removeLogo(ctx context.Context, _ *struct{}) (*settingsOut, error) {
	s, err := h.svc.RemoveLogo(ctx)
	if err != nil {
		return nil, err
	}
	return out(s), nil
}

func (h handlers) logo(ctx context.Context, _ *struct{}) (*logoOut, error) {
	r, contentType, err := h.svc.Logo(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	var b bytes.Buffer
	if _, err := io.Copy(&b, io.LimitReader(r, 4<<20)); err != nil {
		return nil, err
	}
	// The page asks for it by version, so it never changes under its address.
	return &logoOut{ContentType: contentType, CacheControl: "public, max-age=31536000, immutable", ContentPolicy: "default-src 'none'; sandbox", Body: b.Bytes()}, nil
}

func (h handlers) checklist(ctx context.Context, _ *struct{}) (*checklistOut, error) {
	set, steps, err := h.svc.Checklist(ctx)
	if err != nil {
		return nil, err
	}
	v := ChecklistView{Hidden: set.ChecklistHidden, SampleLoaded: set.SampleState == agency.SampleLoaded, SampleState: string(set.SampleState), Steps: make([]ChecklistStep, len(steps))}
	for i, st := range steps {
		v.Steps[i] = ChecklistStep{Key: st.Key, Done: st.Done}
	}
	return &checklistOut{v}, nil
}
