package invoicinghttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
)

func registerSettings(api *httpapi.API, h handlers) {
	op := func(id, method, path, summary string, need access.Permission) httpapi.Op {
		return httpapi.Op{ID: id, Tag: "invoices", Method: method, Path: "/api/v1/" + path, Summary: summary, Need: need}
	}
	httpapi.Handle(api, op("legal-entities-list", http.MethodGet, "legal-entities", "List legal entities", invoicing.CanReadSettings), h.entities)
	create := op("legal-entities-create", http.MethodPost, "legal-entities", "Add a legal entity", invoicing.CanWriteSettings)
	create.Status, create.Idempotent, create.StepUp = http.StatusCreated, true, true // where money is paid to
	httpapi.Handle(api, create, h.createEntity)
	httpapi.Handle(api, op("legal-entities-find", http.MethodGet, "legal-entities/{id}", "Read a legal entity", invoicing.CanReadSettings), h.entity)
	change := op("legal-entities-change", http.MethodPatch, "legal-entities/{id}", "Change a legal entity", invoicing.CanWriteSettings)
	change.StepUp = true
	httpapi.Handle(api, change, h.changeEntity)
	registerSample(api, h) // its paths come before those with an id
	registerLogo(api, h)
	httpapi.Handle(api, op("tax-rates-list", http.MethodGet, "tax-rates", "List tax rates", invoicing.CanReadSettings), h.taxRates)
	rate := op("tax-rates-create", http.MethodPost, "tax-rates", "Add a tax rate", invoicing.CanWriteSettings)
	rate.Status, rate.Idempotent = http.StatusCreated, true
	httpapi.Handle(api, rate, h.createTaxRate)
	httpapi.Handle(api, op("tax-rates-find", http.MethodGet, "tax-rates/{id}", "Read a tax rate", invoicing.CanReadSettings), h.taxRate)
	httpapi.Handle(api, op("tax-rates-change", http.MethodPatch, "tax-rates/{id}", "Change a tax rate", invoicing.CanWriteSettings), h.changeTaxRate)
}

// InvoiceAddress is where a legal entity is.
type InvoiceAddress struct {
	Line1      string `json:"line1,omitempty" maxLength:"120"`
	Line2      string `json:"line2,omitempty" maxLength:"120"`
	PostalCode string `json:"postal_code,omitempty" maxLength:"20"`
	City       string `json:"city,omitempty" maxLength:"80"`
	Region     string `json:"region,omitempty" maxLength:"80"`
	Country    string `json:"country,omitempty" maxLength:"2" pattern:"^([A-Z]{2})?$" patternDescription:"two capital letters such as DE"`
}

// InvoiceBank is the account that clients pay to.
type InvoiceBank struct {
	Name    string `json:"name,omitempty" maxLength:"120"`
	Account string `json:"account,omitempty" maxLength:"60" doc:"IBAN or account number"`
	Code    string `json:"code,omitempty" maxLength:"30" doc:"BIC, routing or sort code"`
}

// LegalEntityView is a company of the agency that issues documents.
type LegalEntityView struct {
	ID               string         `json:"id"`
	Name             string         `json:"name"`
	Address          InvoiceAddress `json:"address"`
	TaxID            string         `json:"tax_id"`
	Registration     string         `json:"registration"`
	Email            string         `json:"email"`
	Phone            string         `json:"phone"`
	Bank             InvoiceBank    `json:"bank"`
	Currency         string         `json:"currency"`
	TermsDays        int            `json:"terms_days"`
	TermsEndOfMonth  bool           `json:"terms_end_of_month"`
	NumberFormat     string         `json:"number_format"`
	CreditFormat     string         `json:"credit_format" doc:"Of credit notes"`
	NumberExample    string         `json:"number_example" doc:"The first number of this year by the format"`
	NumberReset      string         `json:"number_reset" enum:"never,yearly"`
	FiscalMonth      int            `json:"fiscal_month"`
	TimeZone         string         `json:"time_zone"`
	Rounding         string         `json:"rounding" enum:"half_up,half_even"`
	TaxMethod        string         `json:"tax_method" enum:"per_line,per_rate"`
	PricesIncludeTax bool           `json:"prices_include_tax"`
	CashRounding     int64          `json:"cash_rounding" doc:"The smallest coin in minor units of the currency, to which what is payable is rounded; 0 rounds nothing"`
	Footer           string         `json:"footer"`
	TaxNumber        string         `json:"tax_number" doc:"Beside the VAT id in tax_id, where a country asks for both"`
	Language         string         `json:"language" enum:"en,de,fr,es" doc:"Of its documents where the client has none"`
	Layout           string         `json:"layout" enum:"classic,modern,compact"`
	Colour           string         `json:"colour" doc:"Empty: the agency's"`
	LogoURL          *string        `json:"logo_url" doc:"Null: the agency's"`
	Default          bool           `json:"default"`
	ArchivedAt       *time.Time     `json:"archived_at"`
	Version          int            `json:"version"`
}

func entityView(e invoicing.LegalEntity) LegalEntityView {
	on := e.Today(time.Now())
	return LegalEntityView{
		ID: e.ID, Name: e.Name, Address: InvoiceAddress(e.Address), TaxID: e.TaxID, Registration: e.Registration, Email: e.Email, Phone: e.Phone,
		Bank: InvoiceBank(e.Bank), Currency: e.Currency, TermsDays: e.Terms.Days, TermsEndOfMonth: e.Terms.EndOfMonth,
		NumberFormat: string(e.NumberFormat), CreditFormat: string(e.CreditFormat), NumberExample: e.NumberFormat.Number(1, e.FiscalYear(on), on), NumberReset: string(e.NumberReset),
		FiscalMonth: int(e.FiscalMonth), TimeZone: e.TimeZone, Rounding: string(e.Rounding), TaxMethod: string(e.TaxMethod),
		TaxNumber: e.TaxNumber, Language: string(e.Language), Layout: string(e.Layout), Colour: e.Colour, LogoURL: logoURL(e),
		PricesIncludeTax: e.PricesIncludeTax, CashRounding: e.CashStep, Footer: e.Footer, Default: e.Default, ArchivedAt: e.ArchivedAt, Version: e.Version,
	}
}

// LegalEntityChange is what is to be different; what is left out stays, or
// comes from the agency's profile when the entity is new.
type LegalEntityChange struct {
	Name             *string         `json:"name,omitempty" minLength:"1" maxLength:"120"`
	Address          *InvoiceAddress `json:"address,omitempty"`
	TaxID            *string         `json:"tax_id,omitempty" maxLength:"40"`
	Registration     *string         `json:"registration,omitempty" maxLength:"120"`
	Email            *string         `json:"email,omitempty" maxLength:"200"`
	Phone            *string         `json:"phone,omitempty" maxLength:"40"`
	Bank             *InvoiceBank    `json:"bank,omitempty"`
	Currency         *string         `json:"currency,omitempty" minLength:"3" maxLength:"3"`
	TermsDays        *int            `json:"terms_days,omitempty" minimum:"0" maximum:"365"`
	TermsEndOfMonth  *bool           `json:"terms_end_of_month,omitempty"`
	NumberFormat     *string         `json:"number_format,omitempty" maxLength:"40" doc:"For example INV-{YYYY}-{NNNN}"`
	CreditFormat     *string         `json:"credit_format,omitempty" maxLength:"40" doc:"Of credit notes, for example CN-{YYYY}-{NNNN}"`
	NumberReset      *string         `json:"number_reset,omitempty" enum:"never,yearly"`
	FiscalMonth      *int            `json:"fiscal_month,omitempty" minimum:"1" maximum:"12"`
	TimeZone         *string         `json:"time_zone,omitempty" maxLength:"60"`
	Rounding         *string         `json:"rounding,omitempty" enum:"half_up,half_even"`
	TaxMethod        *string         `json:"tax_method,omitempty" enum:"per_line,per_rate"`
	PricesIncludeTax *bool           `json:"prices_include_tax,omitempty"`
	CashRounding     *int64          `json:"cash_rounding,omitempty" minimum:"0" maximum:"1000" doc:"For example 5 for coins of 0.05"`
	Footer           *string         `json:"footer,omitempty" maxLength:"2000"`
	TaxNumber        *string         `json:"tax_number,omitempty" maxLength:"40"`
	Language         *string         `json:"language,omitempty" enum:"en,de,fr,es"`
	Layout           *string         `json:"layout,omitempty" enum:"classic,modern,compact"`
	Colour           *string         `json:"colour,omitempty" maxLength:"7" doc:"Such as #2855D9; empty: the agency's"`
	Default          *bool           `json:"default,omitempty" doc:"Only true can be set: another one takes its place"`
	Archived         *bool           `json:"archived,omitempty"`
}

func (c LegalEntityChange) apply(e *invoicing.LegalEntity) {
	set(&e.Name, c.Name)
	set(&e.TaxID, c.TaxID)
	set(&e.Registration, c.Registration)
	set(&e.Email, c.Email)
	set(&e.Phone, c.Phone)
	set(&e.Currency, c.Currency)
	set(&e.Terms.Days, c.TermsDays)
	set(&e.Terms.EndOfMonth, c.TermsEndOfMonth)
	set(&e.TimeZone, c.TimeZone)
	set(&e.PricesIncludeTax, c.PricesIncludeTax)
	set(&e.CashStep, c.CashRounding)
	set(&e.Footer, c.Footer)
	set(&e.TaxNumber, c.TaxNumber)
	set((*string)(&e.Language), c.Language)
	set((*string)(&e.Layout), c.Layout)
	set(&e.Colour, c.Colour)
	set(&e.Default, c.Default)
	set((*string)(&e.NumberFormat), c.NumberFormat)
	set((*string)(&e.CreditFormat), c.CreditFormat)
	set((*string)(&e.NumberReset), c.NumberReset)
	set((*string)(&e.Rounding), c.Rounding)
	set((*string)(&e.TaxMethod), c.TaxMethod)
	set((*int)(&e.FiscalMonth), c.FiscalMonth)
	if c.Address != nil {
		e.Address = invoicing.Address(*c.Address)
	}
	if c.Bank != nil {
		e.Bank = invoicing.Bank(*c.Bank)
	}
	archive(&e.ArchivedAt, c.Archived)
}

func archive(at **time.Time, archived *bool) {
	switch {
	case archived == nil:
	case !*archived:
		*at = nil
	case *at == nil:
		now := time.Now().UTC()
		*at = &now
	}
}

// LegalEntityList holds all legal entities.
type LegalEntityList struct {
	Items []LegalEntityView `json:"items"`
	Next  *string           `json:"next"`
}

type entityOut struct {
	ETag string `header:"ETag"`
	Body LegalEntityView
}

func oneEntity(e invoicing.LegalEntity, err error) (*entityOut, error) {
	if err != nil {
		return nil, err
	}
	return &entityOut{httpapi.ETag(e.Version), entityView(e)}, nil
}

func (h handlers) entities(ctx context.Context, _ *struct{}) (*struct{ Body LegalEntityList }, error) {
	all, err := h.svc.Entities(ctx)
	if err != nil {
		return nil, err
	}
	out := LegalEntityList{Items: make([]LegalEntityView, len(all))}
	for n, e := range all {
		out.Items[n] = entityView(e)
	}
	return &struct{ Body LegalEntityList }{out}, nil
}

func (h handlers) entity(ctx context.Context, in *IDIn) (*entityOut, error) {
	return oneEntity(h.svc.Entity(ctx, in.ID))
}

func (h handlers) createEntity(ctx context.Context, in *struct{ Body LegalEntityChange }) (*entityOut, error) {
	return oneEntity(h.svc.CreateEntity(ctx, in.Body.apply))
}

func (h handlers) changeEntity(ctx context.Context, in *struct {
	IDIn
	httpapi.IfMatch
	Body LegalEntityChange
},
) (*entityOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	return oneEntity(h.svc.ChangeEntity(ctx, in.ID, version, in.Body.apply))
}

// TaxRateView is a tax.
type TaxRateView struct {
	ID         string        `json:"id"`
	Name       string        `json:"name"`
	Kind       string        `json:"kind" enum:"standard,zero,exempt,reverse_charge,withholding"`
	Compound   bool          `json:"compound" doc:"Computed on the net and the taxes before it"`
	LegalText  string        `json:"legal_text"`
	Percent    string        `json:"percent" doc:"As it holds today"`
	Steps      []TaxRateStep `json:"steps" doc:"What holds from when; the day of supply decides"`
	Default    bool          `json:"default" doc:"Applied to new lines"`
	ArchivedAt *time.Time    `json:"archived_at"`
	Version    int           `json:"version"`
}

// TaxRateStep is a percentage and the first day on which it holds.
type TaxRateStep struct {
	From    *day.Date `json:"from,omitempty" doc:"Left out: since ever"`
	Percent string    `json:"percent" maxLength:"10"`
}

func taxRateView(r invoicing.TaxRate) TaxRateView {
	v := TaxRateView{
		ID: r.ID, Name: r.Name, Kind: string(r.Kind), Compound: r.Compound, LegalText: r.LegalText, Percent: r.At(day.Of(time.Now(), time.UTC)).Percent.String(),
		Steps: make([]TaxRateStep, len(r.Steps)), Default: r.Default, ArchivedAt: r.ArchivedAt, Version: r.Version,
	}
	for n, s := range r.Steps {
		v.Steps[n] = TaxRateStep{opt(s.From), s.Percent.String()}
	}
	return v
}

// TaxRateChange is what is to be different; what is left out stays.
type TaxRateChange struct {
	Name      *string        `json:"name,omitempty" minLength:"1" maxLength:"60"`
	Kind      *string        `json:"kind,omitempty" enum:"standard,zero,exempt,reverse_charge,withholding"`
	Compound  *bool          `json:"compound,omitempty" doc:"Computed on the net and the taxes before it; standard taxes only"`
	LegalText *string        `json:"legal_text,omitempty" maxLength:"500" doc:"Printed on invoices that use the tax; exempt and reverse charge need one"`
	Percent   *string        `json:"percent,omitempty" maxLength:"10" doc:"Sets one percentage for all time"`
	Steps     *[]TaxRateStep `json:"steps,omitempty" maxItems:"30" doc:"Percentages by the day from which they hold"`
	Default   *bool          `json:"default,omitempty"`
	Archived  *bool          `json:"archived,omitempty"`
}

func (c TaxRateChange) apply(r *invoicing.TaxRate) error {
	set(&r.Name, c.Name)
	set((*string)(&r.Kind), c.Kind)
	set(&r.Compound, c.Compound)
	set(&r.LegalText, c.LegalText)
	set(&r.Default, c.Default)
	archive(&r.ArchivedAt, c.Archived)
	steps := c.Steps
	if steps == nil && c.Percent != nil {
		steps = &[]TaxRateStep{{Percent: *c.Percent}}
	}
	if steps == nil {
		return nil
	}
	r.Steps = nil
	for n, s := range *steps {
		p, ok := parseDecimal(s.Percent)
		if !ok {
			field := "body.percent"
			if c.Steps != nil {
				field = "body.steps[" + itoa(n) + "].percent"
			}
			return errBadNumber.At(field, "must be a decimal such as 19 or 9.975")
		}
		step := invoicing.TaxStep{Percent: p}
		if s.From != nil {
			step.From = *s.From
		}
		r.Steps = append(r.Steps, step)
	}
	return nil
}

// TaxRateList holds all tax rates.
type TaxRateList struct {
	Items []TaxRateView `json:"items"`
	Next  *string       `json:"next"`
}

type taxRateOut struct {
	ETag string `header:"ETag"`
	Body TaxRateView
}

func oneTaxRate(r invoicing.TaxRate, err error) (*taxRateOut, error) {
	if err != nil {
		return nil, err
	}
	return &taxRateOut{httpapi.ETag(r.Version), taxRateView(r)}, nil
}

func (h handlers) taxRates(ctx context.Context, _ *struct{}) (*struct{ Body TaxRateList }, error) {
	all, err := h.svc.TaxRates(ctx)
	if err != nil {
		return nil, err
	}
	out := TaxRateList{Items: make([]TaxRateView, len(all))}
	for n, r := range all {
		out.Items[n] = taxRateView(r)
	}
	return &struct{ Body TaxRateList }{out}, nil
}

func (h handlers) taxRate(ctx context.Context, in *IDIn) (*taxRateOut, error) {
	return oneTaxRate(h.svc.TaxRate(ctx, in.ID))
}

func (h handlers) createTaxRate(ctx context.Context, in *struct{ Body TaxRateChange }) (*taxRateOut, error) {
	r := invoicing.TaxRate{Kind: calc.Standard}
	if err := in.Body.apply(&r); err != nil {
		return nil, err
	}
	return oneTaxRate(h.svc.CreateTaxRate(ctx, r))
}

func (h handlers) changeTaxRate(ctx context.Context, in *struct {
	IDIn
	httpapi.IfMatch
	Body TaxRateChange
},
) (*taxRateOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	return oneTaxRate(h.svc.ChangeTaxRate(ctx, in.ID, version, in.Body.apply))
}
