// Package expenseshttp puts expenses, receipts and the settings of expenses on the web.
package expenseshttp

import (
	"context"
	"net/http"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/table"
	"github.com/bureauhq/bureau/modules/expenses"
)

// Service is the part of expenses.Service that the web uses.
type Service interface {
	Create(context.Context, expenses.Entry) (expenses.Expense, error)
	Change(context.Context, string, int, expenses.Entry) (expenses.Expense, error)
	Figure(context.Context, string, expenses.Entry) (expenses.Expense, error)
	Delete(context.Context, string) error
	Find(context.Context, string) (expenses.Expense, error)
	List(context.Context, expenses.Filter) ([]expenses.Expense, error)
	Summary(context.Context, expenses.Filter) (expenses.Totals, error)
	Export(context.Context, expenses.Filter) (table.Table, error)

	Submit(context.Context, string, int) (expenses.Expense, error)
	Recall(context.Context, string, int) (expenses.Expense, error)
	Approve(context.Context, string, int, string) (expenses.Expense, error)
	Reject(context.Context, string, int, string) (expenses.Expense, error)
	Reimburse(context.Context, []string, day.Date, string) (int, error)
	Unreimburse(context.Context, []string) (int, error)

	Drop(context.Context, expenses.Upload) (expenses.Expense, error)
	Attach(context.Context, string, expenses.Upload) (expenses.Expense, error)
	Detach(context.Context, string, string) error
	Receipt(context.Context, string, string, bool) (expenses.File, error)

	Categories(context.Context, bool) ([]expenses.Category, error)
	Category(context.Context, string) (expenses.Category, error)
	AddCategory(context.Context, expenses.Category) (expenses.Category, error)
	ChangeCategory(context.Context, string, int, func(*expenses.Category)) (expenses.Category, error)
	ArchiveCategory(context.Context, string, bool) (expenses.Category, error)
	Policies(context.Context) ([]expenses.Policy, error)
	Policy(context.Context, string) (expenses.Policy, error)
	AddPolicy(context.Context, string, expenses.Limits) (expenses.Policy, error)
	ChangePolicy(context.Context, string, int, expenses.Limits) (expenses.Policy, error)
	RemovePolicy(context.Context, string) error
	Markups(context.Context) ([]expenses.Markup, error)
	Markup(context.Context, string) (expenses.Markup, error)
	AddMarkup(context.Context, string, decimal.Decimal) (expenses.Markup, error)
	ChangeMarkup(context.Context, string, int, decimal.Decimal) (expenses.Markup, error)
	RemoveMarkup(context.Context, string) error
	Rates(context.Context) ([]expenses.AllowanceRate, error)
	Rate(context.Context, string) (expenses.AllowanceRate, error)
	AddRate(context.Context, expenses.AllowanceRate) (expenses.AllowanceRate, error)
	EndRate(context.Context, string, int, *day.Date) (expenses.AllowanceRate, error)
	RemoveRate(context.Context, string) error
}

type handlers struct{ svc Service }

// Register declares the operations. Fixed paths come before those with an id.
func Register(api *httpapi.API, svc Service) {
	h := handlers{svc}
	registerExpenses(api, h)
	registerReceipts(api, h)
	registerCategories(api, h)
	registerPolicies(api, h)
	registerMarkups(api, h)
	registerRates(api, h)
}

func op(id, method, path, summary string, need access.Permission) httpapi.Op {
	return httpapi.Op{ID: id, Tag: "expenses", Method: method, Path: "/api/v1" + path, Summary: summary, Need: need}
}

func creating(o httpapi.Op) httpapi.Op {
	o.Status, o.Idempotent = http.StatusCreated, true
	return o
}

func empty(o httpapi.Op) httpapi.Op {
	o.Status = http.StatusNoContent
	return o
}

// IDIn names the record of a path.
type IDIn struct {
	ID string `path:"id" format:"uuid"`
}

func null(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}
