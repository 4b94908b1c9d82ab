// Package clientshttp puts clients and their people on the web.
package clientshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/clients"
)

// Service is the part of clients.Service that the web uses.
type Service interface {
	Create(context.Context, clients.Draft) (clients.Client, []clients.SimilarClient, error)
	Find(context.Context, string) (clients.Client, error)
	Change(context.Context, string, int, clients.Change) (clients.Client, error)
	Archive(context.Context, string) (clients.Client, error)
	Restore(context.Context, string) (clients.Client, error)
	List(context.Context, clients.Filter, page.Query) ([]clients.Listed, *string, error)
	Tags(context.Context) ([]string, error)
	Similar(context.Context, clients.Draft, string) ([]clients.SimilarClient, error)
	Import(context.Context, clients.Import) (clients.ImportResult, error)
	Export(context.Context, clients.Filter) ([]byte, error)

	AddContact(context.Context, string, clients.ContactDraft) (clients.Contact, error)
	FindContact(context.Context, string) (clients.Contact, error)
	ChangeContact(context.Context, string, int, clients.ContactChange) (clients.Contact, error)
	ArchiveContact(context.Context, string) (clients.Contact, error)
	RestoreContact(context.Context, string) (clients.Contact, error)
	EndAccess(context.Context, string) (clients.Contact, error)
	GiveAccessBack(context.Context, string) (clients.Contact, error)
	PortalPeople(context.Context, string) (clients.PortalPeople, error)
	Contacts(context.Context, clients.ContactFilter, page.Query) ([]clients.Contact, *string, error)

	Timeline(context.Context, string, []string, page.Query) ([]clients.Moment, *string, error)
	LogInteraction(context.Context, string, clients.InteractionDraft) (clients.Interaction, error)
	ChangeInteraction(context.Context, string, int, clients.InteractionChange) (clients.Interaction, error)
	RemoveInteraction(context.Context, string) error
}

type handlers struct{ svc Service }

// Register declares the operations. Fixed paths come before those with an id.
func Register(api *httpapi.API, svc Service) {
	h := handlers{svc}
	const base = "/api/v1/clients"
	op := func(id, method, path, summary string) httpapi.Op {
		o := httpapi.Op{ID: id, Tag: "clients", Method: method, Path: path, Summary: summary, Need: clients.WriteClients}
		if method == http.MethodGet {
			o.Need = clients.ReadClients
		}
		return o
	}
	create := op("clients-create", http.MethodPost, base, "Add a client")
	create.Status, create.Idempotent = http.StatusCreated, true
	imports := op("clients-import", http.MethodPost, base+"/import", "Import clients and contacts from CSV")
	imports.MaxBody, imports.Idempotent = 4<<20, true
	httpapi.Handle(api, op("clients-list", http.MethodGet, base, "List clients"), h.list)
	httpapi.Handle(api, create, h.create)
	exports := op("clients-export", http.MethodGet, base+"/export", "Clients and contacts as CSV")
	exports.Exports = true
	httpapi.Handle(api, exports, h.export)
	httpapi.Handle(api, imports, h.imports)
	httpapi.Handle(api, op("clients-similar", http.MethodGet, base+"/similar", "Clients that may be the same company"), h.similar)
	httpapi.Handle(api, op("clients-tags", http.MethodGet, "/api/v1/client-tags", "Tags in use"), h.tags)
	httpapi.Handle(api, op("clients-get", http.MethodGet, base+"/{id}", "Look at one client"), h.get)
	httpapi.Handle(api, op("clients-change", http.MethodPatch, base+"/{id}", "Change a client"), h.change)
	httpapi.Handle(api, op("clients-archive", http.MethodPost, base+"/{id}/archive", "Put a client away"), h.archive)
	httpapi.Handle(api, op("clients-restore", http.MethodPost, base+"/{id}/restore", "Take an archived client back"), h.restore)
	registerPeople(api, h)
	registerTimeline(api, h)
}

// AddressView is a postal address, in and out.
type AddressView struct {
	Kind       string `json:"kind,omitempty" enum:"main,billing,delivery" default:"main"`
	Line1      string `json:"line1,omitempty" maxLength:"120"`
	Line2      string `json:"line2,omitempty" maxLength:"120"`
	PostalCode string `json:"postal_code,omitempty" maxLength:"20"`
	City       string `json:"city,omitempty" maxLength:"80"`
	Region     string `json:"region,omitempty" maxLength:"80"`
	Country    string `json:"country,omitempty" maxLength:"2" doc:"ISO 3166, two letters"`
}

// ClientView is a client as the web sees it.
type ClientView struct {
	ID               string             `json:"id"`
	Name             string             `json:"name"`
	Code             string             `json:"code"`
	Currency         string             `json:"currency"`
	TaxID            string             `json:"tax_id"`
	BillingEmail     string             `json:"billing_email"`
	Website          string             `json:"website"`
	PaymentTermsDays *int               `json:"payment_terms_days" doc:"null: the agency's own terms"`
	InvoiceFormat    string             `json:"invoice_format" enum:"pdf,facturx,ubl,cii"`
	Language         string             `json:"language" doc:"Of documents and their mails; empty: that of the legal entity"`
	LegalEntityID    *string            `json:"legal_entity_id" doc:"That invoices the client; null: the default one"`
	Addresses        []AddressView      `json:"addresses"`
	Tags             []string           `json:"tags"`
	Notes            string             `json:"notes"`
	OwnerID          *string            `json:"owner_id" doc:"Member who looks after the client"`
	CreatedAt        time.Time          `json:"created_at"`
	UpdatedAt        time.Time          `json:"updated_at"`
	ArchivedAt       *time.Time         `json:"archived_at"`
	Version          int                `json:"version"`
	PrimaryContact   *ContactBrief      `json:"primary_contact,omitempty" doc:"In lists"`
	PortalPeople     *PortalPeopleView  `json:"portal_people,omitempty" doc:"When one is looked at: whom archiving it shuts out of the portal"`
	Similar          []SimilarClientRef `json:"similar,omitempty" doc:"After creating: clients that may be the same company"`
}

// PortalPeopleView counts the contacts of a client with the portal.
type PortalPeopleView struct {
	Active  int `json:"active" doc:"Have access"`
	Invited int `json:"invited" doc:"Have an invitation they have not accepted"`
}

// ContactBrief is the person to call, in a list of clients.
type ContactBrief struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Phone string `json:"phone"`
}

// SimilarClientRef is a client that may be the same company.
type SimilarClientRef struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Code     string `json:"code"`
	Archived bool   `json:"archived"`
	Reason   string `json:"reason" enum:"name,domain"`
}

// SimilarClientList answers a search for duplicates.
type SimilarClientList struct {
	Items []SimilarClientRef `json:"items"`
}

// NewClient is what the web sends to make one.
type NewClient struct {
	Name             string        `json:"name" minLength:"1" maxLength:"120"`
	Code             string        `json:"code,omitempty" maxLength:"8" doc:"2 to 8 capital letters or digits; made from the name when missing"`
	Currency         string        `json:"currency,omitempty" maxLength:"3" doc:"ISO 4217; the agency's own when missing"`
	TaxID            string        `json:"tax_id,omitempty" maxLength:"40"`
	BillingEmail     string        `json:"billing_email,omitempty" maxLength:"254"`
	Website          string        `json:"website,omitempty" maxLength:"200"`
	PaymentTermsDays *int          `json:"payment_terms_days,omitempty" minimum:"0" maximum:"365"`
	InvoiceFormat    string        `json:"invoice_format,omitempty" enum:"pdf,facturx,ubl,cii" default:"pdf"`
	Language         string        `json:"language,omitempty" maxLength:"2" doc:"en, de, fr or es; that of the legal entity when missing"`
	LegalEntityID    string        `json:"legal_entity_id,omitempty" maxLength:"36" doc:"That invoices the client; the default one when missing"`
	Addresses        []AddressView `json:"addresses,omitempty" maxItems:"5"`
	Tags             []string      `json:"tags,omitempty" maxItems:"20"`
	Notes            string        `json:"notes,omitempty" maxLength:"5000"`
	OwnerID          string        `json:"owner_id,omitempty" maxLength:"36" doc:"A member's id"`
}

// ClientChange is what the web sends to change one; what is missing stays as it is.
type ClientChange struct {
	Name             *string        `json:"name,omitempty" minLength:"1" maxLength:"120"`
	Code             *string        `json:"code,omitempty" minLength:"2" maxLength:"8"`
	Currency         *string        `json:"currency,omitempty" minLength:"3" maxLength:"3"`
	TaxID            *string        `json:"tax_id,omitempty" maxLength:"40" doc:"Empty clears it"`
	BillingEmail     *string        `json:"billing_email,omitempty" maxLength:"254" doc:"Empty clears it"`
	Website          *string        `json:"website,omitempty" maxLength:"200" doc:"Empty clears it"`
	InvoiceFormat    *string        `json:"invoice_format,omitempty" enum:"pdf,facturx,ubl,cii"`
	Language         *string        `json:"language,omitempty" maxLength:"2" doc:"en, de, fr or es; empty: that of the legal entity"`
	LegalEntityID    *string        `json:"legal_entity_id,omitempty" maxLength:"36" doc:"That invoices the client; empty: the default one"`
	PaymentTermsDays *int           `json:"payment_terms_days,omitempty" minimum:"-1" maximum:"365" doc:"-1 clears it: the agency's own terms"`
	Addresses        *[]AddressView `json:"addresses,omitempty" maxItems:"5"`
	Tags             *[]string      `json:"tags,omitempty" maxItems:"20"`
	Notes            *string        `json:"notes,omitempty" maxLength:"5000"`
	OwnerID          *string        `json:"owner_id,omitempty" maxLength:"36" doc:"Empty clears it"`
}

// ClientList is a page of clients.
type ClientList struct {
	Items []ClientView `json:"items"`
	Next  *string      `json:"next"`
}

// ClientTags are the tags in use.
type ClientTags struct {
	Items []string `json:"items"`
}

// FilterIn is what a list and an export can be narrowed by. The framework sees
// the fields of exported embedded types only.
type FilterIn struct {
	Q     string `query:"q" maxLength:"100" doc:"Part of a name, code or e-mail address, also of contacts"`
	State string `query:"state" enum:"active,archived,all" default:"active"`
	Owner string `query:"owner_id" maxLength:"36" doc:"A member's id"`
	Tag   string `query:"tag" maxLength:"30"`
	Sort  string `query:"sort" enum:"name,-name,created_at,-created_at,updated_at,-updated_at" default:"name"`
}

// IDIn names the record of a path.
type IDIn struct {
	ID string `path:"id" format:"uuid"`
}

type (
	listIn struct {
		page.Query
		FilterIn
	}
	createIn struct{ Body NewClient }
	changeIn struct {
		IDIn
		httpapi.IfMatch
		Body ClientChange
	}
	similarIn struct {
		Name    string `query:"name" maxLength:"120"`
		Email   string `query:"email" maxLength:"254"`
		Website string `query:"website" maxLength:"200"`
		Except  string `query:"except_id" maxLength:"36" doc:"The client itself"`
	}
	oneOut struct {
		ETag string `header:"ETag"`
		Body ClientView
	}
	listOut    struct{ Body ClientList }
	similarOut struct{ Body SimilarClientList }
	tagsOut    struct{ Body ClientTags }
)

func (f FilterIn) filter() (clients.Filter, error) {
	if err := optionalID("query.owner_id", f.Owner); err != nil {
		return clients.Filter{}, err
	}
	return clients.Filter{Search: f.Q, State: clients.State(f.State), OwnerID: f.Owner, Tag: f.Tag, Sort: f.Sort}, nil
}

func (h handlers) list(ctx context.Context, in *listIn) (*listOut, error) {
	f, err := in.filter()
	if err != nil {
		return nil, err
	}
	found, next, err := h.svc.List(ctx, f, in.Query)
	if err != nil {
		return nil, err
	}
	out := &listOut{ClientList{Items: make([]ClientView, len(found)), Next: next}}
	for i, c := range found {
		out.Body.Items[i] = toView(c.Client)
		if p := c.PrimaryContact; p != nil {
			out.Body.Items[i].PrimaryContact = &ContactBrief{p.ID, p.Name, p.Email, p.Phone}
		}
	}
	return out, nil
}

func (h handlers) create(ctx context.Context, in *createIn) (*oneOut, error) {
	b := in.Body
	if err := optionalID("body.legal_entity_id", b.LegalEntityID); err != nil {
		return nil, err
	}
	if err := optionalID("body.owner_id", b.OwnerID); err != nil {
		return nil, err
	}
	c, similar, err := h.svc.Create(ctx, clients.Draft{
		Name: b.Name, Code: b.Code, Currency: b.Currency, TaxID: b.TaxID, BillingEmail: b.BillingEmail, Website: b.Website,
		PaymentTermsDays: b.PaymentTermsDays, InvoiceFormat: clients.InvoiceFormat(b.InvoiceFormat), Language: b.Language, LegalEntityID: b.LegalEntityID, Addresses: fromAddresses(b.Addresses), Tags: b.Tags, Notes: b.Notes, OwnerID: b.OwnerID,
	})
	out, err := answer(c, err)
	if err == nil {
		out.Body.Similar = toSimilar(similar)
	}
	return out, err
}

func (h handlers) get(ctx context.Context, in *IDIn) (*oneOut, error) {
	out, err := answer(h.svc.Find(ctx, in.ID))
	if err != nil {
		return nil, err
	}
	n, err := h.svc.PortalPeople(ctx, in.ID)
	out.Body.PortalPeople = &PortalPeopleView{n.Active, n.Invited}
	return out, err
}

func (h handlers) change(ctx context.Context, in *changeIn) (*oneOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	b := in.Body
	if b.LegalEntityID != nil {
		if err := optionalID("body.legal_entity_id", *b.LegalEntityID); err != nil {
			return nil, err
		}
	}
	if b.OwnerID != nil {
		if err := optionalID("body.owner_id", *b.OwnerID); err != nil {
			return nil, err
		}
	}
	ch := clients.Change{
		Name: b.Name, Code: b.Code, Currency: b.Currency, TaxID: b.TaxID, BillingEmail: b.BillingEmail, Website: b.Website,
		Notes: b.Notes, OwnerID: b.OwnerID, Tags: b.Tags, InvoiceFormat: (*clients.InvoiceFormat)(b.InvoiceFormat), Language: b.Language, LegalEntityID: b.LegalEntityID,
	}
	if b.PaymentTermsDays != nil {
		terms := b.PaymentTermsDays
		if *terms == -1 {
			terms = nil
		}
		ch.PaymentTermsDays = &terms
	}
	if b.Addresses != nil {
		as := fromAddresses(*b.Addresses)
		ch.Addresses = &as
	}
	return answer(h.svc.Change(ctx, in.ID, version, ch))
}

func (h handlers) archive(ctx context.Context, in *IDIn) (*oneOut, error) {
	return answer(h.svc.Archive(ctx, in.ID))
}

func (h handlers) restore(ctx context.Context, in *IDIn) (*oneOut, error) {
	return answer(h.svc.Restore(ctx, in.ID))
}

func (h handlers) similar(ctx context.Context, in *similarIn) (*similarOut, error) {
	found, err := h.svc.Similar(ctx, clients.Draft{Name: in.Name, BillingEmail: in.Email, Website: in.Website}, in.Except)
	return &similarOut{SimilarClientList{toSimilar(found)}}, err
}

func (h handlers) tags(ctx context.Context, _ *struct{}) (*tagsOut, error) {
	tags, err := h.svc.Tags(ctx)
	return &tagsOut{ClientTags{tags}}, err
}

func answer(c clients.Client, err error) (*oneOut, error) {
	if err != nil {
		return nil, err
	}
	return &oneOut{httpapi.ETag(c.Version), toView(c)}, nil
}

func toView(c clients.Client) ClientView {
	v := ClientView{
		ID: c.ID, Name: c.Name, Code: c.Code, Currency: c.Currency, TaxID: c.TaxID, BillingEmail: c.BillingEmail, Website: c.Website,
		PaymentTermsDays: c.PaymentTermsDays, InvoiceFormat: string(c.InvoiceFormat), Language: c.Language, LegalEntityID: optional(c.LegalEntityID), Addresses: make([]AddressView, len(c.Addresses)), Tags: c.Tags, Notes: c.Notes,
		OwnerID: optional(c.OwnerID), CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt, ArchivedAt: c.ArchivedAt, Version: c.Version,
	}
	for i, a := range c.Addresses {
		v.Addresses[i] = AddressView{string(a.Kind), a.Line1, a.Line2, a.PostalCode, a.City, a.Region, a.Country}
	}
	return v
}

func fromAddresses(in []AddressView) []clients.Address {
	out := make([]clients.Address, len(in))
	for i, a := range in {
		out[i] = clients.Address{
			Kind: clients.AddressKind(a.Kind), Line1: a.Line1, Line2: a.Line2, PostalCode: a.PostalCode, City: a.City, Region: a.Region, Country: a.Country,
		}
	}
	return out
}

func toSimilar(in []clients.SimilarClient) []SimilarClientRef {
	out := make([]SimilarClientRef, len(in))
	for i, s := range in {
		out[i] = SimilarClientRef(s)
	}
	return out
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

var errBadID = fault.Define(fault.Invalid, "request.invalid", "The request is not valid.")

// optionalID refuses what is neither empty nor an id. The schema cannot say both.
func optionalID(path, s string) error {
	if s == "" || id.Valid(s) {
		return nil
	}
	return errBadID.At(path, "is not an id")
}
