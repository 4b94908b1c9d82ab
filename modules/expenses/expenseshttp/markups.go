package expenseshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/modules/expenses"
)

func registerMarkups(api *httpapi.API, h handlers) {
	const write, base = expenses.WriteSettings, "/expense-markups"
	httpapi.Handle(api, op("expense-markups-list", http.MethodGet, base, "List the markups of clients, by their names", write), h.markups)
	httpapi.Handle(api, creating(op("expense-markups-create", http.MethodPost, base, "Give a client a markup of its own", write)), h.addMarkup)
	httpapi.Handle(api, op("expense-markups-get", http.MethodGet, base+"/{id}", "One markup", write), h.markup)
	httpapi.Handle(api, op("expense-markups-change", http.MethodPut, base+"/{id}", "Write a markup anew", write), h.changeMarkup)
	httpapi.Handle(api, empty(op("expense-markups-remove", http.MethodDelete, base+"/{id}", "Leave a client to the markups of categories", write)), h.removeMarkup)
}

// ExpenseMarkupView is what a client pays on top of expenses.
type ExpenseMarkupView struct {
	ID         string `json:"id"`
	ClientID   string `json:"client_id"`
	ClientName string `json:"client_name"`
	ExpenseMarkupInput
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	Version   int       `json:"version"`
}

// ExpenseMarkupInput is a markup as it is typed in.
type ExpenseMarkupInput struct {
	MarkupPercent string `json:"markup_percent" minLength:"1" maxLength:"10" example:"12.5" doc:"0: at cost"`
}

// NewExpenseMarkup gives a client a markup.
type NewExpenseMarkup struct {
	ClientID string `json:"client_id" format:"uuid"`
	ExpenseMarkupInput
}

// ExpenseMarkupList are the markups of clients.
type ExpenseMarkupList struct {
	Items []ExpenseMarkupView `json:"items"`
}

func toMarkup(m expenses.Markup) ExpenseMarkupView {
	return ExpenseMarkupView{
		ID: m.ID, ClientID: m.ClientID, ClientName: m.ClientName, ExpenseMarkupInput: ExpenseMarkupInput{m.Percent.String()},
		CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt, Version: m.Version,
	}
}

type (
	markupsOut struct{ Body ExpenseMarkupList }
	markupOut  struct {
		ETag string `header:"ETag"`
		Body ExpenseMarkupView
	}
	changeMarkupIn struct {
		httpapi.IfMatch
		IDIn
		Body ExpenseMarkupInput
	}
)

func answerMarkup(m expenses.Markup, err error) (*markupOut, error) {
	if err != nil {
		return nil, err
	}
	return &markupOut{httpapi.ETag(m.Version), toMarkup(m)}, nil
}

func (h handlers) markups(ctx context.Context, _ *struct{}) (*markupsOut, error) {
	all, err := h.svc.Markups(ctx)
	out := &markupsOut{ExpenseMarkupList{Items: make([]ExpenseMarkupView, len(all))}}
	for n, m := range all {
		out.Body.Items[n] = toMarkup(m)
	}
	return out, err
}

func (h handlers) addMarkup(ctx context.Context, in *struct{ Body NewExpenseMarkup }) (*markupOut, error) {
	n := numbers{bad: expenses.ErrBadMarkup}
	percent := n.read(in.Body.MarkupPercent, "body.markup_percent")
	if err := n.err(); err != nil {
		return nil, err
	}
	return answerMarkup(h.svc.AddMarkup(ctx, in.Body.ClientID, percent))
}

func (h handlers) markup(ctx context.Context, in *IDIn) (*markupOut, error) {
	return answerMarkup(h.svc.Markup(ctx, in.ID))
}

func (h handlers) changeMarkup(ctx context.Context, in *changeMarkupIn) (*markupOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	n := numbers{bad: expenses.ErrBadMarkup}
	percent := n.read(in.Body.MarkupPercent, "body.markup_percent")
	if err := n.err(); err != nil {
		return nil, err
	}
	return answerMarkup(h.svc.ChangeMarkup(ctx, in.ID, version, percent))
}

func (h handlers) removeMarkup(ctx context.Context, in *IDIn) (*struct{}, error) {
	return nil, h.svc.RemoveMarkup(ctx, in.ID)
}
