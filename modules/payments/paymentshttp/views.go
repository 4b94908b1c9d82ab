package paymentshttp

import (
	"time"

	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/payments"
)

// PaymentAccount is the agency's account at the payment provider.
type PaymentAccount struct {
	Available     bool       `json:"available" doc:"This installation has a payment provider"`
	State         string     `json:"state" enum:"none,unfinished,restricted,ready,disconnected,gone"`
	AccountID     string     `json:"account_id" doc:"The provider's"`
	Provider      string     `json:"provider"`
	Country       string     `json:"country"`
	Due           []string   `json:"due" doc:"What the provider still wants to know"`
	ConnectedAt   *time.Time `json:"connected_at"`
	CheckedAt     *time.Time `json:"checked_at"`
	ComparedAt    *time.Time `json:"compared_at" doc:"When payments were compared with the provider's last"`
	ComparedCount int        `json:"compared_count"`
	Offered       bool       `json:"offered" doc:"Clients are asked to pay on line"`
	Parts         bool       `json:"parts" doc:"Clients may pay a part of an invoice"`
	Takes         bool       `json:"takes" doc:"Clients can pay on line now"`
	Version       int        `json:"version" doc:"Of what was decided, for If-Match"`
}

// PaymentAccountChange says what is to be different.
type PaymentAccountChange struct {
	Offered *bool `json:"offered,omitempty"`
	Parts   *bool `json:"parts,omitempty"`
}

// PaymentConnect begins or goes on with the onboarding.
type PaymentConnect struct {
	Country string `json:"country,omitempty" pattern:"^[A-Z]{2}$" patternDescription:"two capital letters" doc:"Where the agency is registered; the provider asks when left out. An account keeps its country."`
}

// PaymentLink is where the provider's pages begin. It is good once and for some minutes.
type PaymentLink struct {
	URL string `json:"url"`
}

func accountView(o payments.Overview) PaymentAccount {
	a := o.Account
	v := PaymentAccount{
		Available: o.Available, State: a.Stand(), AccountID: a.ID, Provider: a.Provider, Country: a.Country, Due: a.Due, ComparedAt: a.ComparedAt, ComparedCount: a.ComparedCount,
		Offered: o.Settings.Offered, Parts: o.Settings.Parts, Takes: o.Takes(), Version: o.Settings.Version,
	}
	if v.Due == nil {
		v.Due = []string{}
	}
	if a.ID != "" {
		v.ConnectedAt, v.CheckedAt = &a.ConnectedAt, &a.CheckedAt
	}
	return v
}

// OnlinePayment is an attempt to pay an invoice on line.
type OnlinePayment struct {
	ID         string          `json:"id"`
	InvoiceID  string          `json:"invoice_id"`
	Amount     money.Money     `json:"amount"`
	State      string          `json:"state" enum:"opening,open,processing,paid,failed,expired,held"`
	Method     string          `json:"method" doc:"card, or the provider's name for another"`
	MethodText string          `json:"method_text"`
	Reference  string          `json:"reference" doc:"The provider's key of the payment"`
	Fee        *money.Money    `json:"fee" doc:"What the provider kept, once it is known"`
	Failure    string          `json:"failure"`
	Held       string          `json:"held" doc:"Why it is put aside"`
	PaymentID  string          `json:"payment_id" doc:"In the books"`
	Payer      string          `json:"payer"`
	CreatedAt  time.Time       `json:"created_at"`
	PaidAt     *time.Time      `json:"paid_at"`
	Left       money.Money     `json:"left" doc:"What can be given back"`
	Refunds    []OnlineRefund  `json:"refunds"`
	Disputes   []OnlineDispute `json:"disputes"`
}

// OnlineRefund is money that goes back through the provider.
type OnlineRefund struct {
	ID        string      `json:"id"`
	Amount    money.Money `json:"amount"`
	Reason    string      `json:"reason"`
	State     string      `json:"state" enum:"asked,pending,succeeded,failed"`
	Reference string      `json:"reference"`
	Failure   string      `json:"failure"`
	CreatedAt time.Time   `json:"created_at"`
}

// OnlineDispute is a payment that the payer's bank wants back.
type OnlineDispute struct {
	Reference string      `json:"reference"`
	Amount    money.Money `json:"amount"`
	Reason    string      `json:"reason"`
	State     string      `json:"state" enum:"open,won,lost"`
	AnswerBy  *time.Time  `json:"answer_by"`
	OpenedAt  time.Time   `json:"opened_at"`
	ClosedAt  *time.Time  `json:"closed_at"`
}

// OnlinePaymentList are the attempts of one invoice.
type OnlinePaymentList struct {
	Items []OnlinePayment `json:"items"`
}

// NewOnlineRefund is money that is to go back.
type NewOnlineRefund struct {
	Amount *money.Money `json:"amount,omitempty" doc:"All that is left when left out"`
	Reason string       `json:"reason" minLength:"1" maxLength:"500"`
}

func attemptView(a payments.Attempt) OnlinePayment {
	v := OnlinePayment{
		ID: a.ID, InvoiceID: a.InvoiceID, Amount: a.Amount, State: string(a.State), Method: a.Method, MethodText: a.MethodText, Reference: a.ChargeID, Fee: a.Fee, Failure: a.Failure, Held: a.Held,
		PaymentID: a.PaymentID, Payer: a.PayerName, CreatedAt: a.CreatedAt, PaidAt: a.PaidAt, Left: a.Left(), Refunds: make([]OnlineRefund, len(a.Refunds)), Disputes: make([]OnlineDispute, len(a.Disputes)),
	}
	for n, r := range a.Refunds {
		v.Refunds[n] = OnlineRefund{r.ID, r.Amount, r.Reason, string(r.State), r.ProviderID, r.Failure, r.CreatedAt}
	}
	for n, d := range a.Disputes {
		v.Disputes[n] = OnlineDispute{d.ID, d.Amount, d.Reason, string(d.State), d.AnswerBy, d.OpenedAt, d.ClosedAt}
	}
	return v
}

// PaymentDifference is something on which the provider and the books do not agree.
type PaymentDifference struct {
	ID        string     `json:"id"`
	Kind      string     `json:"kind" enum:"held,stranger,missing_here,missing_there,state,amount,refund,dispute"`
	Subject   string     `json:"subject" doc:"The provider's key"`
	InvoiceID string     `json:"invoice_id"`
	Ours      string     `json:"ours"`
	Theirs    string     `json:"theirs"`
	FoundAt   time.Time  `json:"found_at"`
	SettledAt *time.Time `json:"settled_at"`
	SettledBy string     `json:"settled_by"`
	Note      string     `json:"note"`
}

// PaymentDifferenceList is a page of them.
type PaymentDifferenceList struct {
	Items []PaymentDifference `json:"items"`
	Next  *string             `json:"next"`
}

// PaymentDifferenceSettle says what came of a difference.
type PaymentDifferenceSettle struct {
	Note string `json:"note" minLength:"1" maxLength:"500"`
}

func differenceView(d payments.Difference) PaymentDifference {
	return PaymentDifference{d.ID, string(d.Kind), d.Subject, d.InvoiceID, d.Ours, d.Theirs, d.FoundAt, d.SettledAt, d.SettledBy, d.Note}
}
