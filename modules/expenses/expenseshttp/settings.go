package expenseshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/expenses"
)

func registerCategories(api *httpapi.API, h handlers) {
	const read, write, base = expenses.WriteOwn, expenses.WriteSettings, "/expense-categories"
	httpapi.Handle(api, op("expense-categories-list", http.MethodGet, base, "List categories of expenses, by name", read), h.categories)
	httpapi.Handle(api, creating(op("expense-categories-create", http.MethodPost, base, "Make a category", write)), h.addCategory)
	httpapi.Handle(api, op("expense-categories-get", http.MethodGet, base+"/{id}", "One category", read), h.category)
	httpapi.Handle(api, op("expense-categories-change", http.MethodPut, base+"/{id}", "Write a category anew", write), h.changeCategory)
	httpapi.Handle(api, op("expense-categories-archive", http.MethodPost, base+"/{id}/archive", "Take a category out of use", write), h.archiveCategory)
	httpapi.Handle(api, op("expense-categories-restore", http.MethodPost, base+"/{id}/restore", "Take a category back into use", write), h.restoreCategory)
}

func registerPolicies(api *httpapi.API, h handlers) {
	const read, write, base = expenses.WriteOwn, expenses.WriteSettings, "/expense-policies"
	httpapi.Handle(api, op("expense-policies-list", http.MethodGet, base, "List the limits of expenses", read), h.policies)
	httpapi.Handle(api, creating(op("expense-policies-create", http.MethodPost, base, "Limit a category, or all", write)), h.addPolicy)
	httpapi.Handle(api, op("expense-policies-get", http.MethodGet, base+"/{id}", "One policy", read), h.policy)
	httpapi.Handle(api, op("expense-policies-change", http.MethodPut, base+"/{id}", "Write limits anew", write), h.changePolicy)
	httpapi.Handle(api, empty(op("expense-policies-remove", http.MethodDelete, base+"/{id}", "Lift limits", write)), h.removePolicy)
}

func registerRates(api *httpapi.API, h handlers) {
	const read, write, base = expenses.WriteOwn, expenses.WriteSettings, "/allowance-rates"
	httpapi.Handle(api, op("allowance-rates-list", http.MethodGet, base, "List the rates of mileage and per diem", read), h.rates)
	httpapi.Handle(api, creating(op("allowance-rates-create", http.MethodPost, base, "Add a dated rate", write)), h.addRate)
	httpapi.Handle(api, op("allowance-rates-get", http.MethodGet, base+"/{id}", "One rate", read), h.rate)
	httpapi.Handle(api, op("allowance-rates-end", http.MethodPut, base+"/{id}", "Say until when a rate holds", write), h.endRate)
	httpapi.Handle(api, empty(op("allowance-rates-remove", http.MethodDelete, base+"/{id}", "Take a rate out of use", write)), h.removeRate)
}

// ExpenseCategoryView is what money is spent on.
type ExpenseCategoryView struct {
	ID string `json:"id"`
	ExpenseCategoryInput
	ArchivedAt *time.Time `json:"archived_at"`
	CreatedAt  time.Time  `json:"created_at"`
	UpdatedAt  time.Time  `json:"updated_at"`
	Version    int        `json:"version"`
}

// ExpenseCategoryInput is a category as it is typed in.
type ExpenseCategoryInput struct {
	Name          string `json:"name" minLength:"1" maxLength:"80"`
	AccountCode   string `json:"account_code,omitempty" maxLength:"40" doc:"In the books"`
	Billable      bool   `json:"billable" doc:"What new expenses on billable projects are"`
	MarkupPercent string `json:"markup_percent,omitempty" maxLength:"10" example:"10"`
	TaxPercent    string `json:"tax_percent,omitempty" maxLength:"10" example:"19" doc:"In what is paid"`
	TaxRateID     string `json:"tax_rate_id,omitempty" maxLength:"36" doc:"On what is billed; empty for the agency's default"`
}

// ExpenseCategoryList are the categories.
type ExpenseCategoryList struct {
	Items []ExpenseCategoryView `json:"items"`
}

func (b ExpenseCategoryInput) write(c *expenses.Category) error {
	n := numbers{bad: expenses.ErrBadCategory}
	c.Name, c.AccountCode, c.Billable, c.TaxRateID = b.Name, b.AccountCode, b.Billable, b.TaxRateID
	if m := n.optional(&b.MarkupPercent, "body.markup_percent"); m != nil {
		c.MarkupPercent = *m
	}
	if m := n.optional(&b.TaxPercent, "body.tax_percent"); m != nil {
		c.TaxPercent = *m
	}
	return n.err()
}

func toCategory(c expenses.Category) ExpenseCategoryView {
	return ExpenseCategoryView{
		ID: c.ID, ExpenseCategoryInput: ExpenseCategoryInput{
			Name: c.Name, AccountCode: c.AccountCode, Billable: c.Billable, MarkupPercent: c.MarkupPercent.String(), TaxPercent: c.TaxPercent.String(), TaxRateID: c.TaxRateID,
		},
		ArchivedAt: c.ArchivedAt, CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt, Version: c.Version,
	}
}

// ExpensePolicyView are limits, in the agency's currency.
type ExpensePolicyView struct {
	ID         string  `json:"id"`
	CategoryID *string `json:"category_id" doc:"null: all categories without limits of their own"`
	Currency   string  `json:"currency"`
	ExpenseLimits
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	Version   int       `json:"version"`
}

// ExpenseLimits are what a policy limits, as decimal amounts of the agency's currency.
type ExpenseLimits struct {
	PerExpense    *string `json:"per_expense,omitempty" maxLength:"20" example:"50.00"`
	PerDay        *string `json:"per_day,omitempty" maxLength:"20" example:"100.00" doc:"Of one member in the category"`
	ReceiptAbove  *string `json:"receipt_above,omitempty" maxLength:"20" example:"20.00" doc:"Above it a receipt is needed"`
	LateAfterDays int     `json:"late_after_days,omitempty" minimum:"0" maximum:"3650" doc:"0: never late"`
	Refuses       bool    `json:"refuses,omitempty" doc:"Refuses what is against it; else it warns"`
}

// NewExpensePolicy limits a category, or all.
type NewExpensePolicy struct {
	CategoryID *string `json:"category_id,omitempty" format:"uuid"`
	ExpenseLimits
}

// ExpensePolicyList are the policies, the one for all categories first.
type ExpensePolicyList struct {
	Items []ExpensePolicyView `json:"items"`
}

func (b ExpenseLimits) limits() expenses.Limits {
	blank := func(s *string) *string {
		if s == nil || *s == "" {
			return nil
		}
		return s
	}
	return expenses.Limits{PerExpense: blank(b.PerExpense), PerDay: blank(b.PerDay), ReceiptAbove: blank(b.ReceiptAbove), LateAfterDays: b.LateAfterDays, Refuses: b.Refuses}
}

func toPolicy(p expenses.Policy) ExpensePolicyView {
	plain := func(m *money.Money) *string {
		if m == nil {
			return nil
		}
		s := m.Amount()
		return &s
	}
	return ExpensePolicyView{
		ID: p.ID, CategoryID: null(p.CategoryID), Currency: p.Currency, ExpenseLimits: ExpenseLimits{
			PerExpense: plain(p.PerExpense), PerDay: plain(p.PerDay), ReceiptAbove: plain(p.ReceiptAbove), LateAfterDays: p.LateAfterDays, Refuses: p.Refuses,
		},
		CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt, Version: p.Version,
	}
}

// AllowanceRateView is what a kilometre or a day away is worth.
type AllowanceRateView struct {
	ID string `json:"id"`
	AllowanceRateInput
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	Version   int       `json:"version"`
}

// AllowanceRateInput is a dated rate as it is typed in.
type AllowanceRateInput struct {
	Kind             string    `json:"kind" enum:"mileage,per_diem"`
	Name             string    `json:"name" minLength:"1" maxLength:"80" doc:"The vehicle, or the region"`
	Unit             string    `json:"unit,omitempty" enum:"km,mi,day" doc:"km when left out of mileage"`
	Currency         string    `json:"currency,omitempty" maxLength:"3" doc:"The agency's when left out"`
	PerUnit          string    `json:"per_unit" minLength:"1" maxLength:"20" example:"0.30"`
	HalfDay          string    `json:"half_day,omitempty" maxLength:"20" example:"14" doc:"Of per diem: the day of arrival and of departure"`
	BreakfastPercent string    `json:"breakfast_percent,omitempty" maxLength:"10" example:"20" doc:"Of a whole day, taken off for a breakfast given"`
	LunchPercent     string    `json:"lunch_percent,omitempty" maxLength:"10" example:"40"`
	DinnerPercent    string    `json:"dinner_percent,omitempty" maxLength:"10" example:"40"`
	ValidFrom        day.Date  `json:"valid_from"`
	ValidTo          *day.Date `json:"valid_to,omitempty" nullable:"true" doc:"The first day on which it no longer holds; null: open"`
}

// AllowanceRateEnd says until when a rate holds.
type AllowanceRateEnd struct {
	ValidTo *day.Date `json:"valid_to,omitempty" doc:"The first day on which it no longer holds; left out: open"`
}

// AllowanceRateList are the rates by kind, name and date.
type AllowanceRateList struct {
	Items []AllowanceRateView `json:"items"`
}

func (b AllowanceRateInput) rate() (expenses.AllowanceRate, error) {
	n := numbers{bad: expenses.ErrBadRate}
	r := expenses.AllowanceRate{Kind: expenses.Kind(b.Kind), Name: b.Name, Unit: b.Unit, Currency: b.Currency, PerUnit: n.read(b.PerUnit, "body.per_unit"), From: b.ValidFrom, To: b.ValidTo}
	switch {
	case r.Unit == "" && r.Kind == expenses.ByPerDiem:
		r.Unit = "day"
	case r.Unit == "":
		r.Unit = "km"
	}
	if r.Kind == expenses.ByPerDiem {
		for to, from := range map[string]*string{"half_day": &b.HalfDay, "breakfast_percent": &b.BreakfastPercent, "lunch_percent": &b.LunchPercent, "dinner_percent": &b.DinnerPercent} {
			if d := n.optional(from, "body."+to); d != nil {
				switch to {
				case "half_day":
					r.HalfDay = *d
				case "breakfast_percent":
					r.Breakfast = *d
				case "lunch_percent":
					r.Lunch = *d
				default:
					r.Dinner = *d
				}
			}
		}
	}
	return r, n.err()
}

func toRate(r expenses.AllowanceRate) AllowanceRateView {
	return AllowanceRateView{
		ID: r.ID, AllowanceRateInput: AllowanceRateInput{
			Kind: string(r.Kind), Name: r.Name, Unit: r.Unit, Currency: r.Currency, PerUnit: r.PerUnit.String(), HalfDay: r.HalfDay.String(), BreakfastPercent: r.Breakfast.String(),
			LunchPercent: r.Lunch.String(), DinnerPercent: r.Dinner.String(), ValidFrom: r.From, ValidTo: r.To,
		},
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, Version: r.Version,
	}
}

type (
	categoriesIn struct {
		Archived bool `query:"archived" doc:"Archived ones too"`
	}
	categoriesOut struct{ Body ExpenseCategoryList }
	categoryOut   struct {
		ETag string `header:"ETag"`
		Body ExpenseCategoryView
	}
	policiesOut struct{ Body ExpensePolicyList }
	policyOut   struct {
		ETag string `header:"ETag"`
		Body ExpensePolicyView
	}
	ratesOut struct{ Body AllowanceRateList }
	rateOut  struct {
		ETag string `header:"ETag"`
		Body AllowanceRateView
	}
	changeCategoryIn struct {
		httpapi.IfMatch
		IDIn
		Body ExpenseCategoryInput
	}
	changePolicyIn struct {
		httpapi.IfMatch
		IDIn
		Body ExpenseLimits
	}
	endRateIn struct {
		httpapi.IfMatch
		IDIn
		Body AllowanceRateEnd
	}
)

func answerCategory(c expenses.Category, err error) (*categoryOut, error) {
	if err != nil {
		return nil, err
	}
	return &categoryOut{httpapi.ETag(c.Version), toCategory(c)}, nil
}

func (h handlers) categories(ctx context.Context, in *categoriesIn) (*categoriesOut, error) {
	all, err := h.svc.Categories(ctx, in.Archived)
	out := &categoriesOut{ExpenseCategoryList{Items: make([]ExpenseCategoryView, len(all))}}
	for n, c := range all {
		out.Body.Items[n] = toCategory(c)
	}
	return out, err
}

func (h handlers) addCategory(ctx context.Context, in *struct{ Body ExpenseCategoryInput }) (*categoryOut, error) {
	var c expenses.Category
	if err := in.Body.write(&c); err != nil {
		return nil, err
	}
	return answerCategory(h.svc.AddCategory(ctx, c))
}

func (h handlers) category(ctx context.Context, in *IDIn) (*categoryOut, error) {
	return answerCategory(h.svc.Category(ctx, in.ID))
}

func (h handlers) changeCategory(ctx context.Context, in *changeCategoryIn) (*categoryOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	var typed expenses.Category
	if err := in.Body.write(&typed); err != nil {
		return nil, err
	}
	return answerCategory(h.svc.ChangeCategory(ctx, in.ID, version, func(c *expenses.Category) {
		c.Name, c.AccountCode, c.Billable, c.MarkupPercent, c.TaxPercent, c.TaxRateID = typed.Name, typed.AccountCode, typed.Billable, typed.MarkupPercent, typed.TaxPercent, typed.TaxRateID
	}))
}

func (h handlers) archiveCategory(ctx context.Context, in *IDIn) (*categoryOut, error) {
	return answerCategory(h.svc.ArchiveCategory(ctx, in.ID, true))
}

func (h handlers) restoreCategory(ctx context.Context, in *IDIn) (*categoryOut, error) {
	return answerCategory(h.svc.ArchiveCategory(ctx, in.ID, false))
}

func answerPolicy(p expenses.Policy, err error) (*policyOut, error) {
	if err != nil {
		return nil, err
	}
	return &policyOut{httpapi.ETag(p.Version), toPolicy(p)}, nil
}

func (h handlers) policies(ctx context.Context, _ *struct{}) (*policiesOut, error) {
	all, err := h.svc.Policies(ctx)
	out := &policiesOut{ExpensePolicyList{Items: make([]ExpensePolicyView, len(all))}}
	for n, p := range all {
		out.Body.Items[n] = toPolicy(p)
	}
	return out, err
}

func (h handlers) addPolicy(ctx context.Context, in *struct{ Body NewExpensePolicy }) (*policyOut, error) {
	return answerPolicy(h.svc.AddPolicy(ctx, text(in.Body.CategoryID), in.Body.limits()))
}

func (h handlers) policy(ctx context.Context, in *IDIn) (*policyOut, error) {
	return answerPolicy(h.svc.Policy(ctx, in.ID))
}

func (h handlers) changePolicy(ctx context.Context, in *changePolicyIn) (*policyOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	return answerPolicy(h.svc.ChangePolicy(ctx, in.ID, version, in.Body.limits()))
}

func (h handlers) removePolicy(ctx context.Context, in *IDIn) (*struct{}, error) {
	return nil, h.svc.RemovePolicy(ctx, in.ID)
}

func answerRate(r expenses.AllowanceRate, err error) (*rateOut, error) {
	if err != nil {
		return nil, err
	}
	return &rateOut{httpapi.ETag(r.Version), toRate(r)}, nil
}

func (h handlers) rates(ctx context.Context, _ *struct{}) (*ratesOut, error) {
	all, err := h.svc.Rates(ctx)
	out := &ratesOut{AllowanceRateList{Items: make([]AllowanceRateView, len(all))}}
	for n, r := range all {
		out.Body.Items[n] = toRate(r)
	}
	return out, err
}

func (h handlers) addRate(ctx context.Context, in *struct{ Body AllowanceRateInput }) (*rateOut, error) {
	r, err := in.Body.rate()
	if err != nil {
		return nil, err
	}
	return answerRate(h.svc.AddRate(ctx, r))
}

func (h handlers) rate(ctx context.Context, in *IDIn) (*rateOut, error) {
	return answerRate(h.svc.Rate(ctx, in.ID))
}

func (h handlers) endRate(ctx context.Context, in *endRateIn) (*rateOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	return answerRate(h.svc.EndRate(ctx, in.ID, version, in.Body.ValidTo))
}

func (h handlers) removeRate(ctx context.Context, in *IDIn) (*struct{}, error) {
	return nil, h.svc.RemoveRate(ctx, in.ID)
}
