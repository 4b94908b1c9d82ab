package feeshttp

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/fees"
)

// FeeView is what was agreed for a project, and how far it is billed.
type FeeView struct {
	ID         string        `json:"id"`
	ProjectID  string        `json:"project_id"`
	ClientID   string        `json:"client_id"`
	Name       string        `json:"name"`
	Kind       string        `json:"kind" enum:"percent,schedule,milestones"`
	Agreed     money.Money   `json:"agreed" doc:"At first"`
	Contract   money.Money   `json:"contract" doc:"With all change orders"`
	Billed     money.Money   `json:"billed"`
	Left       money.Money   `json:"left"`
	Due        money.Money   `json:"due" doc:"Where it is billed by percent: what is done and not billed"`
	Percent    string        `json:"percent" doc:"How much of it is done, where it is billed by percent"`
	Retain     string        `json:"retain_percent" doc:"Of each invoice, retained by the client until the end"`
	Held       money.Money   `json:"held" doc:"What invoices took off for that"`
	Released   money.Money   `json:"released" doc:"What of it was invoiced"`
	Retained   money.Money   `json:"retained" doc:"What may be invoiced at the end"`
	Covers     string        `json:"covers" enum:"project,tasks,nothing" doc:"Whose time it pays for: that is not billed by the hour"`
	TaskIDs    []string      `json:"task_ids"`
	Parts      []FeePart     `json:"parts"`
	Orders     []ChangeOrder `json:"orders"`
	ArchivedAt *time.Time    `json:"archived_at"`
	Version    int           `json:"version"`
	CreatedAt  time.Time     `json:"created_at"`
	UpdatedAt  time.Time     `json:"updated_at"`
}

// FeePart is what a fee is billed in.
type FeePart struct {
	ID           string         `json:"id"`
	Name         string         `json:"name"`
	Percent      *string        `json:"percent"`
	Amount       money.Money    `json:"amount"`
	Billed       money.Money    `json:"billed"`
	Left         money.Money    `json:"left"`
	DueOn        *day.Date      `json:"due_on"`
	AcceptedAt   *time.Time     `json:"accepted_at"`
	AcceptedBy   string         `json:"accepted_by"`
	AcceptedKind string         `json:"accepted_kind" enum:"staff,contact,"`
	OrderID      *string        `json:"order_id" doc:"The change order that brought it"`
	ChangesAsked bool           `json:"changes_asked" doc:"The client wants it to be different; nothing of it is billed meanwhile"`
	Rounds       []FeePartRound `json:"rounds" doc:"What the client asked to be different, and what became of it, the oldest first"`
}

// FeePartRound is what a client asked to be different about a milestone.
type FeePartRound struct {
	Text    string     `json:"text"`
	AskedBy string     `json:"asked_by"`
	AskedAt time.Time  `json:"asked_at"`
	ReadyAt *time.Time `json:"ready_at" doc:"When it was said to be done"`
	ReadyBy string     `json:"ready_by"`
	Note    string     `json:"note"`

	FailedAt *time.Time `json:"failed_at" doc:"When the mail that it is ready was given up; null: it was not"`
	Failure  string     `json:"failure" doc:"What the mail server answered"`
}

// FeePartReady is what the client is told with it.
type FeePartReady struct {
	Note string `json:"note,omitempty" maxLength:"4000"`
}

// ChangeOrder is a change of the contract.
type ChangeOrder struct {
	ID         string      `json:"id"`
	Number     string      `json:"number"`
	Reason     string      `json:"reason"`
	Amount     money.Money `json:"amount"`
	ApprovedBy string      `json:"approved_by"`
	ApprovedOn day.Date    `json:"approved_on"`
	CreatedBy  string      `json:"created_by"`
	CreatedAt  time.Time   `json:"created_at"`
}

// FeeList is a page of fees.
type FeeList struct {
	Items []FeeView `json:"items"`
	Next  *string   `json:"next"`
}

// FeePartInput is a part as it is written: all parts have a percentage, or all an amount.
type FeePartInput struct {
	ID      string       `json:"id,omitempty" maxLength:"36" doc:"Of a part that stays; empty for a new one"`
	Name    string       `json:"name" minLength:"1" maxLength:"200"`
	Percent string       `json:"percent,omitempty" maxLength:"10" doc:"Of the fee; all of them make 100"`
	Amount  *money.Money `json:"amount,omitempty" doc:"All of them make the contract"`
	DueOn   *day.Date    `json:"due_on,omitempty" doc:"When it is billed; of a milestone when it is expected"`
}

// NewFee is what is agreed.
type NewFee struct {
	ProjectID string         `json:"project_id" format:"uuid"`
	Name      string         `json:"name" minLength:"1" maxLength:"200"`
	Kind      string         `json:"kind" enum:"percent,schedule,milestones"`
	Amount    money.Money    `json:"amount"`
	Percent   string         `json:"percent,omitempty" maxLength:"10" doc:"How much of it is done, where it is billed by percent"`
	Retain    string         `json:"retain_percent,omitempty" maxLength:"10" example:"5" doc:"Of each invoice, retained by the client until the end"`
	Covers    string         `json:"covers,omitempty" enum:"project,tasks,nothing" default:"project" doc:"Whose time it pays for"`
	TaskIDs   []string       `json:"task_ids,omitempty" maxItems:"200" doc:"Where it covers tasks: they and all below them"`
	Parts     []FeePartInput `json:"parts,omitempty" maxItems:"100"`
}

// FeeChange is what is to be different; what is left out stays.
type FeeChange struct {
	Name    *string         `json:"name,omitempty" minLength:"1" maxLength:"200"`
	Percent *string         `json:"percent,omitempty" maxLength:"10"`
	Retain  *string         `json:"retain_percent,omitempty" maxLength:"10" doc:"Of what is billed from now on"`
	Covers  *string         `json:"covers,omitempty" enum:"project,tasks,nothing"`
	TaskIDs *[]string       `json:"task_ids,omitempty" maxItems:"200"`
	Parts   *[]FeePartInput `json:"parts,omitempty" maxItems:"100" doc:"All parts in their order"`
}

// NewChangeOrder is a change of what was agreed.
type NewChangeOrder struct {
	Number     string      `json:"number" minLength:"1" maxLength:"40"`
	Reason     string      `json:"reason" minLength:"1" maxLength:"1000"`
	Amount     money.Money `json:"amount" doc:"More, or less where it is negative"`
	ApprovedBy string      `json:"approved_by" minLength:"1" maxLength:"200" doc:"Who agreed to it"`
	ApprovedOn day.Date    `json:"approved_on"`
	DueOn      *day.Date   `json:"due_on,omitempty" doc:"Of a schedule: when what is more is billed"`
}

func view(f fees.Fee) FeeView {
	v := FeeView{
		ID: f.ID, ProjectID: f.ProjectID, ClientID: f.ClientID, Name: f.Name, Kind: string(f.Kind), Agreed: f.Agreed, Contract: f.Contract, Billed: f.Billed, Left: f.Left(), Due: money.Zero(f.Contract.Currency),
		Percent: f.Percent.String(), Retain: f.Retain.String(), Held: f.Held, Released: f.Released, Retained: f.Retained(), Covers: string(f.Covers), TaskIDs: append([]string{}, f.TaskIDs...), Parts: make([]FeePart, len(f.Parts)), Orders: make([]ChangeOrder, len(f.Orders)),
		ArchivedAt: f.ArchivedAt, Version: f.Version, CreatedAt: f.CreatedAt.UTC(), UpdatedAt: f.UpdatedAt.UTC(),
	}
	if due := f.Done().Sub(f.Billed); due.Sign() > 0 {
		v.Due = due
	}
	for n, p := range f.Parts {
		v.Parts[n] = FeePart{ID: p.ID, Name: p.Name, Amount: p.Amount, Billed: p.Billed, Left: p.Left(), AcceptedAt: p.AcceptedAt, AcceptedBy: p.AcceptedBy, AcceptedKind: p.AcceptedKind, ChangesAsked: p.Open() != nil, Rounds: make([]FeePartRound, len(p.Rounds))}
		for k, r := range p.Rounds {
			v.Parts[n].Rounds[k] = FeePartRound{r.Asked, r.AskedBy, r.AskedAt.UTC(), r.ReadyAt, r.ReadyBy, r.Note, r.FailedAt, r.Failure}
		}
		if p.Percent != nil {
			s := p.Percent.String()
			v.Parts[n].Percent = &s
		}
		if !p.DueOn.IsZero() {
			v.Parts[n].DueOn = &p.DueOn
		}
		if p.OrderID != "" {
			v.Parts[n].OrderID = &p.OrderID
		}
	}
	for n, o := range f.Orders {
		v.Orders[n] = ChangeOrder(o)
	}
	return v
}

var errBadNumber = fault.Define(fault.Invalid, "fees.bad_number", "A number cannot be read.")

func readDecimal(s, at string, bad *fault.Error) (decimal.Decimal, *fault.Error) {
	s = strings.TrimSpace(s)
	d, err := decimal.NewFromString(s)
	if err != nil || len(s) > 10 || strings.ContainsAny(s, "eE") {
		return decimal.Zero, bad.At(at, "must be a decimal such as 12.5")
	}
	return d, bad
}

func parts(in []FeePartInput, bad *fault.Error) ([]fees.Part, *fault.Error) {
	var out []fees.Part
	for n, p := range in {
		part := fees.Part{ID: p.ID, Name: p.Name}
		if p.Percent != "" {
			var d decimal.Decimal
			d, bad = readDecimal(p.Percent, fmt.Sprintf("body.parts[%d].percent", n), bad)
			part.Percent = &d
		}
		if p.Amount != nil {
			part.Amount = *p.Amount
		}
		if p.DueOn != nil {
			part.DueOn = *p.DueOn
		}
		out = append(out, part)
	}
	return out, bad
}
