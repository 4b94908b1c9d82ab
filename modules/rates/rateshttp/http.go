// Package rateshttp puts rate cards on the web.
package rateshttp

import (
	"context"
	"net/http"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/rates"
)

// Service is the part of rates.Service that the web uses.
type Service interface {
	CreateCard(context.Context, rates.CardDraft) (rates.Card, error)
	RenameCard(context.Context, string, int, string) (rates.Card, error)
	Archive(context.Context, string) (rates.Card, error)
	Restore(context.Context, string) (rates.Card, error)
	Card(context.Context, string) (rates.Card, error)
	Cards(context.Context, rates.CardFilter, page.Query) ([]rates.Card, *string, error)
	AddRate(context.Context, string, rates.RateDraft) (rates.Rate, error)
	ChangeRate(context.Context, string, int, rates.RateChange) (rates.Rate, error)
	RemoveRate(context.Context, string) error
	Revise(context.Context, string, int, rates.Revision) (rates.Rate, rates.Effect, rates.Kept, error)
	LastRevision(context.Context) (*rates.Kept, error)
	UndoRevision(context.Context, string) (rates.Rate, rates.Effect, []rates.Stayed, error)
	PreviewRevision(context.Context, string, int, rates.Revision) (rates.Effect, error)
	Costs(ctx context.Context, memberID string) ([]rates.Cost, error)
	AddCost(context.Context, rates.CostDraft) (rates.Cost, error)
	FigureCost(context.Context, rates.CostDraft) (rates.Cost, error)
	RemoveCost(context.Context, string) error
	Margin(ctx context.Context, projectID string) (rates.Margin, error)
	Overheads(context.Context) ([]rates.Overhead, error)
	AddOverhead(context.Context, decimal.Decimal, day.Date) (rates.Overhead, error)
	RemoveOverhead(context.Context, string) error
	CostDifferences(ctx context.Context, memberID string, q page.Query) ([]rates.CostDifference, *string, error)
	Multipliers(context.Context, rates.MultiplierFilter) ([]rates.Multipliers, error)
	AddMultipliers(context.Context, rates.MultipliersDraft) (rates.Multipliers, rates.Effect, rates.Addition, error)
	LastAddition(context.Context) (*rates.Addition, error)
	PreviewUndoAddition(context.Context, string) (rates.Effect, []rates.Stayed, error)
	UndoAddition(context.Context, string) (rates.Effect, error)
	PreviewMultipliers(context.Context, rates.MultipliersDraft) (rates.Effect, error)
	RemoveMultipliers(context.Context, string) error
	Explain(context.Context, []string, rates.Question) ([]rates.Explanation, error)
	CreateSold(context.Context, rates.NewSold) (rates.Sold, error)
	ChangeSold(context.Context, string, int, rates.SoldChange) (rates.Sold, error)
	ArchiveSold(context.Context, string) (rates.Sold, error)
	RestoreSold(context.Context, string) (rates.Sold, error)
	FindSold(context.Context, string) (rates.Sold, error)
	ListSold(context.Context, rates.SoldFilter, page.Query) ([]rates.Sold, *string, error)
}

type handlers struct{ svc Service }

// Register declares the operations.
func Register(api *httpapi.API, svc Service) {
	h := handlers{svc}
	registerServices(api, h)
	registerRevisions(api, h)
	registerCosts(api, h)
	registerMultipliers(api, h)
	registerOverheads(api, h)
	const cards = "/api/v1/rate-cards"
	op := func(id, method, path, summary string) httpapi.Op {
		o := httpapi.Op{ID: id, Tag: "rates", Method: method, Path: path, Summary: summary, Need: rates.WriteCards}
		switch method {
		case http.MethodGet:
			o.Need = rates.ReadCards
		case http.MethodDelete:
			o.Status = http.StatusNoContent
		}
		return o
	}
	created := func(o httpapi.Op) httpapi.Op {
		o.Status, o.Idempotent = http.StatusCreated, true
		return o
	}
	httpapi.Handle(api, op("rate-cards-list", http.MethodGet, cards, "List rate cards"), h.cards)
	httpapi.Handle(api, created(op("rate-cards-create", http.MethodPost, cards, "Make a rate card")), h.createCard)
	httpapi.Handle(api, op("rate-cards-get", http.MethodGet, cards+"/{id}", "One rate card with its rates"), h.card)
	httpapi.Handle(api, op("rate-cards-change", http.MethodPatch, cards+"/{id}", "Rename a rate card"), h.renameCard)
	httpapi.Handle(api, op("rate-cards-archive", http.MethodPost, cards+"/{id}/archive", "Take a rate card out of use"), h.archive)
	httpapi.Handle(api, op("rate-cards-restore", http.MethodPost, cards+"/{id}/restore", "Take a rate card back into use"), h.restore)
	httpapi.Handle(api, created(op("rates-create", http.MethodPost, cards+"/{id}/rates", "Add a dated rate to a card")), h.addRate)
	httpapi.Handle(api, op("rates-resolve", http.MethodGet, "/api/v1/rates/resolve", "Which rate an hour has, and why"), h.resolve)
	httpapi.Handle(api, op("rates-change", http.MethodPatch, "/api/v1/rates/{id}", "Change a rate"), h.changeRate)
	httpapi.Handle(api, op("rates-remove", http.MethodDelete, "/api/v1/rates/{id}", "Take a rate off its card"), h.removeRate)
}

// RateCardView is a rate card as the web sees it.
type RateCardView struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	Level      string     `json:"level" enum:"agency,client,project"`
	ClientID   *string    `json:"client_id"`
	ProjectID  *string    `json:"project_id"`
	Currency   string     `json:"currency"`
	UpdatedAt  time.Time  `json:"updated_at"`
	ArchivedAt *time.Time `json:"archived_at"`
	Version    int        `json:"version"`
	Rates      []RateView `json:"rates,omitempty" doc:"Where one card is looked at"`
}

// RateView is a dated rate as the web sees it.
type RateView struct {
	ID        string     `json:"id"`
	CardID    string     `json:"card_id"`
	Kind      string     `json:"kind" enum:"member,task,service,position"`
	TargetID  string     `json:"target_id"`
	PerHour   *string    `json:"per_hour" doc:"Decimal; null where the reader may not see amounts"`
	Tiers     *RateTiers `json:"tiers,omitempty" doc:"What further hours cost; absent where it is the same, or the reader may not see amounts"`
	ValidFrom day.Date   `json:"valid_from"`
	ValidTo   *day.Date  `json:"valid_to" nullable:"true" doc:"The first day on which it no longer holds; null: open"`
	Version   int        `json:"version"`
}

// RateCardList is a page of rate cards.
type RateCardList struct {
	Items []RateCardView `json:"items"`
	Next  *string        `json:"next"`
}

// NewRateCard is what the web sends to make a card.
type NewRateCard struct {
	Name      string `json:"name" minLength:"1" maxLength:"80"`
	Level     string `json:"level" enum:"agency,client,project"`
	ClientID  string `json:"client_id,omitempty" maxLength:"36"`
	ProjectID string `json:"project_id,omitempty" maxLength:"36"`
	Currency  string `json:"currency,omitempty" maxLength:"3" doc:"The client's or the agency's when missing"`
}

// RateCardChange is what the web sends to rename a card.
type RateCardChange struct {
	Name string `json:"name" minLength:"1" maxLength:"80"`
}

// NewRate is what the web sends to add a rate.
type NewRate struct {
	Kind      string     `json:"kind" enum:"member,task,service,position"`
	TargetID  string     `json:"target_id" format:"uuid"`
	PerHour   string     `json:"per_hour" minLength:"1" maxLength:"20" pattern:"^-?[0-9]+([.][0-9]+)?$" doc:"Decimal; zero is a rate"`
	Tiers     *RateTiers `json:"tiers,omitempty" doc:"What further hours cost"`
	ValidFrom day.Date   `json:"valid_from"`
	ValidTo   *day.Date  `json:"valid_to,omitempty" doc:"The first day on which it no longer holds"`
}

// RateChange is what the web sends to change a rate.
type RateChange struct {
	PerHour *string    `json:"per_hour,omitempty" minLength:"1" maxLength:"20" pattern:"^-?[0-9]+([.][0-9]+)?$"`
	Tiers   *RateTiers `json:"tiers,omitempty" doc:"They stay when missing; without steps there are none any more"`
	ValidTo *string    `json:"valid_to,omitempty" maxLength:"10" doc:"A day, or empty for open"`
}

// RateExplanation says which rate an hour has, and why.
type RateExplanation struct {
	MemberID string     `json:"member_id"`
	Found    bool       `json:"found" doc:"false: the hour has no rate and cannot be billed"`
	PerHour  *string    `json:"per_hour"`
	Currency string     `json:"currency"`
	RateID   *string    `json:"rate_id"`
	CardID   *string    `json:"card_id"`
	CardName string     `json:"card_name"`
	Level    string     `json:"level"`
	Why      string     `json:"why"`
	Steps    []RateStep `json:"steps" doc:"Where a rate was looked for, in this order"`
}

// RateStep is one place of the order.
type RateStep struct {
	Level  string `json:"level" enum:"agency,client,project"`
	Kind   string `json:"kind" enum:"member,task,service,position"`
	Text   string `json:"text"`
	Exists bool   `json:"exists"`
	Taken  bool   `json:"taken"`
}

// RateExplanations answers for several members.
type RateExplanations struct {
	Items []RateExplanation `json:"items"`
}

type (
	cardsIn struct {
		page.Query
		Level   string `query:"level" enum:"agency,client,project"`
		Client  string `query:"client_id" maxLength:"36"`
		Project string `query:"project_id" maxLength:"36"`
		State   string `query:"state" enum:"active,archived" default:"active"`
	}
	createCardIn struct{ Body NewRateCard }
	// IDIn names the record of a path.
	IDIn struct {
		ID string `path:"id" format:"uuid"`
	}
	renameIn struct {
		IDIn
		httpapi.IfMatch
		Body RateCardChange
	}
	addRateIn struct {
		IDIn
		Body NewRate
	}
	changeRateIn struct {
		IDIn
		httpapi.IfMatch
		Body RateChange
	}
	resolveIn struct {
		Member  []string `query:"member_id" required:"true" minItems:"1" maxItems:"200" doc:"Members' ids, with commas between"`
		Project string   `query:"project_id" maxLength:"36"`
		Client  string   `query:"client_id" maxLength:"36" doc:"Where there is no project"`
		Task    string   `query:"task_id" maxLength:"36"`
		Service string   `query:"service_id" maxLength:"36"`
		Day     string   `query:"day" required:"true" maxLength:"10" doc:"The work date"`
	}
	cardOut struct {
		ETag string `header:"ETag"`
		Body RateCardView
	}
	cardsOut struct{ Body RateCardList }
	rateOut  struct {
		ETag string `header:"ETag"`
		Body RateView
	}
	resolveOut struct{ Body RateExplanations }
)

var errInvalid = fault.Define(fault.Invalid, "request.invalid", "The request is not valid.")

// ids refuses what is neither empty nor an id, by path.
func ids(of map[string]string) error {
	for path, s := range of {
		if s != "" && !id.Valid(s) {
			return errInvalid.At(path, "is not an id")
		}
	}
	return nil
}

func (h handlers) cards(ctx context.Context, in *cardsIn) (*cardsOut, error) {
	if err := ids(map[string]string{"query.client_id": in.Client, "query.project_id": in.Project}); err != nil {
		return nil, err
	}
	f := rates.CardFilter{Level: rates.Level(in.Level), ClientID: in.Client, ProjectID: in.Project, Archived: in.State == "archived"}
	found, next, err := h.svc.Cards(ctx, f, in.Query)
	if err != nil {
		return nil, err
	}
	out := &cardsOut{RateCardList{Items: make([]RateCardView, len(found)), Next: next}}
	for i, c := range found {
		out.Body.Items[i] = toCard(c)
	}
	return out, nil
}

func (h handlers) createCard(ctx context.Context, in *createCardIn) (*cardOut, error) {
	b := in.Body
	if err := ids(map[string]string{"body.client_id": b.ClientID, "body.project_id": b.ProjectID}); err != nil {
		return nil, err
	}
	return answer(h.svc.CreateCard(ctx, rates.CardDraft{Name: b.Name, Level: rates.Level(b.Level), ClientID: b.ClientID, ProjectID: b.ProjectID, Currency: b.Currency}))
}

func (h handlers) card(ctx context.Context, in *IDIn) (*cardOut, error) {
	return answer(h.svc.Card(ctx, in.ID))
}

func (h handlers) renameCard(ctx context.Context, in *renameIn) (*cardOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	return answer(h.svc.RenameCard(ctx, in.ID, version, in.Body.Name))
}

func (h handlers) archive(ctx context.Context, in *IDIn) (*cardOut, error) {
	return answer(h.svc.Archive(ctx, in.ID))
}

func (h handlers) restore(ctx context.Context, in *IDIn) (*cardOut, error) {
	return answer(h.svc.Restore(ctx, in.ID))
}

func (h handlers) addRate(ctx context.Context, in *addRateIn) (*rateOut, error) {
	amount, err := parseAmount(in.Body.PerHour)
	if err != nil {
		return nil, err
	}
	b := in.Body
	tiers, err := b.Tiers.read()
	if err != nil {
		return nil, err
	}
	return answerRate(h.svc.AddRate(ctx, in.ID, rates.RateDraft{Target: rates.Target(b.Kind), TargetID: b.TargetID, PerHour: amount, Tiers: tiers, From: b.ValidFrom, To: b.ValidTo}))
}

func (h handlers) changeRate(ctx context.Context, in *changeRateIn) (*rateOut, error) {
	version, err := in.Version()
	if err != nil {
		return nil, err
	}
	var ch rates.RateChange
	if in.Body.PerHour != nil {
		amount, err := parseAmount(*in.Body.PerHour)
		if err != nil {
			return nil, err
		}
		ch.PerHour = &amount
	}
	if ch.Tiers, err = in.Body.Tiers.change(); err != nil {
		return nil, err
	}
	if in.Body.ValidTo != nil {
		var to *day.Date
		if *in.Body.ValidTo != "" {
			d, err := day.Parse(*in.Body.ValidTo)
			if err != nil {
				return nil, rates.ErrBadRate.Because(err).At("body.valid_to", "is not a day")
			}
			to = &d
		}
		ch.To = &to
	}
	return answerRate(h.svc.ChangeRate(ctx, in.ID, version, ch))
}

func (h handlers) removeRate(ctx context.Context, in *IDIn) (*struct{}, error) {
	return nil, h.svc.RemoveRate(ctx, in.ID)
}

func (h handlers) resolve(ctx context.Context, in *resolveIn) (*resolveOut, error) {
	d, err := day.Parse(in.Day)
	if err != nil {
		return nil, rates.ErrBadQuestion.Because(err).At("query.day", "is not a day")
	}
	all := map[string]string{"query.project_id": in.Project, "query.client_id": in.Client, "query.task_id": in.Task, "query.service_id": in.Service}
	if err := ids(all); err != nil {
		return nil, err
	}
	for _, m := range in.Member {
		if !id.Valid(m) {
			return nil, errInvalid.At("query.member_id", "is not an id")
		}
	}
	found, err := h.svc.Explain(ctx, in.Member, rates.Question{ProjectID: in.Project, ClientID: in.Client, TaskID: in.Task, ServiceID: in.Service, Day: d})
	if err != nil {
		return nil, err
	}
	out := &resolveOut{RateExplanations{Items: make([]RateExplanation, len(found))}}
	for i, e := range found {
		out.Body.Items[i] = toExplanation(e)
	}
	return out, nil
}

func parseAmount(s string) (decimal.Decimal, error) {
	d, err := decimal.NewFromString(s)
	if err != nil {
		return d, rates.ErrBadRate.Because(err).At("body.per_hour", "is not a number")
	}
	return d, nil
}

func answer(c rates.Card, err error) (*cardOut, error) {
	if err != nil {
		return nil, err
	}
	return &cardOut{httpapi.ETag(c.Version), toCard(c)}, nil
}

func answerRate(r rates.Rate, err error) (*rateOut, error) {
	if err != nil {
		return nil, err
	}
	return &rateOut{httpapi.ETag(r.Version), toRate(r)}, nil
}

func toCard(c rates.Card) RateCardView {
	v := RateCardView{
		ID: c.ID, Name: c.Name, Level: string(c.Level), ClientID: optional(c.ClientID), ProjectID: optional(c.ProjectID), Currency: c.Currency,
		UpdatedAt: c.UpdatedAt, ArchivedAt: c.ArchivedAt, Version: c.Version,
	}
	for _, r := range c.Rates {
		v.Rates = append(v.Rates, toRate(r))
	}
	return v
}

func toRate(r rates.Rate) RateView {
	return RateView{
		ID: r.ID, CardID: r.CardID, Kind: string(r.Target), TargetID: r.TargetID, PerHour: amount(r.PerHour), Tiers: toTiers(r.Tiers), ValidFrom: r.From, ValidTo: r.To, Version: r.Version,
	}
}

func toExplanation(e rates.Explanation) RateExplanation {
	v := RateExplanation{
		MemberID: e.Question.MemberID, Found: e.Found, PerHour: amount(e.PerHour), Currency: e.Currency, RateID: optional(e.RateID),
		CardID: optional(e.CardID), CardName: e.CardName, Level: e.Level, Why: e.Why, Steps: make([]RateStep, len(e.Steps)),
	}
	for i, s := range e.Steps {
		v.Steps[i] = RateStep{string(s.Level), string(s.Target), s.Text, s.RateID != "", s.Taken}
	}
	return v
}

// amount shows at least two places: 90 is 90.00.
func amount(d *decimal.Decimal) *string {
	if d == nil {
		return nil
	}
	s := d.StringFixed(max(2, min(6, -d.Exponent())))
	if n := d.Truncate(2); d.Equal(n) {
		s = n.StringFixed(2)
	}
	return &s
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
