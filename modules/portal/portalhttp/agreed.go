package portalhttp

import (
	"context"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
	"github.com/bureauhq/bureau/modules/portal"
)

func registerAgreed(api *httpapi.API, h handlers, op func(id, method, path, summary string) httpapi.Op) {
	httpapi.Handle(api, op("portal-milestones", http.MethodGet, "/milestones", "What was agreed to be paid when it is accepted"), h.milestones)
	httpapi.Handle(api, op("portal-accept", http.MethodPost, "/milestones/{id}/accept", "Accept a milestone, so that it may be billed"), h.accept)
	httpapi.Handle(api, op("portal-ask-changes", http.MethodPost, "/milestones/{id}/changes", "Say what is to be different before a milestone is accepted"), h.askChanges)
	httpapi.Handle(api, op("portal-account", http.MethodGet, "/account", "What was billed and paid, and what is open"), h.account)
	httpapi.Handle(api, op("portal-account-pdf", http.MethodGet, "/account/pdf", "The same as PDF"), h.accountPDF)
}

// PortalMilestone is a part of a fee that the client accepts.
type PortalMilestone struct {
	ID          string        `json:"id"`
	ProjectID   string        `json:"project_id"`
	ProjectName string        `json:"project_name"`
	Name        string        `json:"name"`
	Amount      money.Money   `json:"amount"`
	DueOn       *day.Date     `json:"due_on"`
	AcceptedAt  *time.Time    `json:"accepted_at"`
	AcceptedBy  string        `json:"accepted_by"`
	Billed      bool          `json:"billed"`
	State       string        `json:"state" enum:"open,changes_asked,accepted,billed" doc:"Where changes were asked for it is worked on, and asked about again once it is ready"`
	Rounds      []PortalRound `json:"rounds" doc:"What was asked to be different, and what became of it, the oldest first"`
	Version     int           `json:"version" doc:"Changes with what is accepted; say which one was seen"`
}

// PortalRound is what was asked to be different about a milestone.
type PortalRound struct {
	Text    string     `json:"text"`
	AskedBy string     `json:"asked_by"`
	AskedAt time.Time  `json:"asked_at"`
	ReadyAt *time.Time `json:"ready_at" doc:"When it was said to be done"`
	ReadyBy string     `json:"ready_by"`
	Note    string     `json:"note"`
}

// PortalAccept says which version of a milestone is accepted.
type PortalAccept struct {
	Version int `json:"version,omitempty" minimum:"0" doc:"The one that was seen; left out: whatever it is"`
}

// PortalChanges is what is to be different.
type PortalChanges struct {
	Text    string `json:"text" minLength:"1" maxLength:"4000"`
	Version int    `json:"version,omitempty" minimum:"0" doc:"The one that was seen; left out: whatever it is"`
}

// PortalMilestoneList holds all of the client's.
type PortalMilestoneList struct {
	Items []PortalMilestone `json:"items"`
	Next  *string           `json:"next"`
}

func toMilestone(m portal.Milestone) PortalMilestone {
	v := PortalMilestone{
		ID: m.ID, ProjectID: m.ProjectID, ProjectName: m.ProjectName, Name: m.Name, Amount: m.Amount, DueOn: date(m.DueOn),
		AcceptedAt: m.AcceptedAt, AcceptedBy: m.AcceptedBy, Billed: !m.Billed.IsZero(),
		State: "open", Rounds: make([]PortalRound, len(m.Rounds)), Version: m.Version,
	}
	for n, r := range m.Rounds {
		v.Rounds[n] = PortalRound{r.Asked, r.AskedBy, r.AskedAt.UTC(), r.ReadyAt, r.ReadyBy, r.Note}
	}
	switch {
	case m.Open() != nil:
		v.State = "changes_asked"
	case v.Billed:
		v.State = "billed"
	case m.AcceptedAt != nil:
		v.State = "accepted"
	}
	return v
}

func (h handlers) milestones(ctx context.Context, _ *struct{}) (*struct{ Body PortalMilestoneList }, error) {
	all, err := h.svc.Milestones(ctx)
	return &struct{ Body PortalMilestoneList }{PortalMilestoneList{Items: mapped(all, toMilestone)}}, err
}

func (h handlers) accept(ctx context.Context, in *struct {
	ID   string `path:"id" format:"uuid"`
	Body *PortalAccept
},
) (*struct{ Body PortalMilestone }, error) {
	version := 0
	if in.Body != nil {
		version = in.Body.Version
	}
	return decided(h.svc.Accept(ctx, in.ID, version))
}

func (h handlers) askChanges(ctx context.Context, in *struct {
	ID   string `path:"id" format:"uuid"`
	Body PortalChanges
},
) (*struct{ Body PortalMilestone }, error) {
	return decided(h.svc.AskChanges(ctx, in.ID, in.Body.Version, in.Body.Text))
}

func decided(m portal.Milestone, err error) (*struct{ Body PortalMilestone }, error) {
	if err != nil {
		return nil, err
	}
	return &struct{ Body PortalMilestone }{toMilestone(m)}, nil
}

type accountIn struct {
	From day.Date `query:"from" doc:"Three months before the end when left out"`
	To   day.Date `query:"to" doc:"Today when left out"`
}

// PortalAccount is what the client was billed, paid and owes, currency by currency.
type PortalAccount struct {
	From       day.Date           `json:"from"`
	To         day.Date           `json:"to"`
	Currencies []PortalAccountSum `json:"currencies"`
}

// PortalAccountSum is one currency of it.
type PortalAccountSum struct {
	Currency  string              `json:"currency"`
	Opening   money.Money         `json:"opening"`
	Movements []PortalAccountMove `json:"movements"`
	Closing   money.Money         `json:"closing"`
	Open      money.Money         `json:"open"`
	Credit    money.Money         `json:"credit"`
	Ageing    []money.Money       `json:"ageing" doc:"Open by due date: not due, 1 to 30 days late, 31 to 60, 61 to 90, more"`
}

// PortalAccountMove is a change of what is owed.
type PortalAccountMove struct {
	On        day.Date    `json:"on"`
	Kind      string      `json:"kind"`
	InvoiceID string      `json:"invoice_id"`
	Number    string      `json:"number"`
	Amount    money.Money `json:"amount"`
	Balance   money.Money `json:"balance"`
}

func toAccount(s invoicing.Statement) PortalAccount {
	v := PortalAccount{From: s.From, To: s.To, Currencies: make([]PortalAccountSum, len(s.Currencies))}
	for n, of := range s.Currencies {
		sum := PortalAccountSum{
			Currency: of.Currency, Opening: of.Opening, Closing: of.Closing, Open: of.Open, Credit: of.Credit, Ageing: of.Buckets[:],
			Movements: make([]PortalAccountMove, len(of.Movements)),
		}
		balance := of.Opening
		for k, m := range of.Movements {
			balance = balance.Add(m.Amount)
			sum.Movements[k] = PortalAccountMove{m.On, string(m.Kind), m.InvoiceID, m.Number, m.Amount, balance}
		}
		v.Currencies[n] = sum
	}
	return v
}

func (h handlers) account(ctx context.Context, in *accountIn) (*struct{ Body PortalAccount }, error) {
	s, err := h.svc.Account(ctx, in.From, in.To)
	if err != nil {
		return nil, err
	}
	return &struct{ Body PortalAccount }{toAccount(s)}, nil
}

func (h handlers) accountPDF(ctx context.Context, in *accountIn) (*pdfOut, error) {
	f, err := h.svc.AccountPDF(ctx, in.From, in.To)
	if err != nil {
		return nil, err
	}
	return &pdfOut{"application/pdf", `inline; filename="` + f.Name + `"`, f.Data}, nil
}
