// Package einvoice writes issued documents as structured invoices of EN 16931, in the syntaxes CII and UBL, and
// checks them against the official schemas and rules before anybody gets them. The mapping computes no figure of its
// own: totals, taxes and line nets are those of the calculation.
package einvoice

import (
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
)

// Invoice is a document in the terms of EN 16931. Comments name its business terms.
type Invoice struct {
	Number         string    // BT-1
	Type           string    // BT-3
	IssueOn        day.Date  // BT-2
	DueOn          day.Date  // BT-9
	Currency       string    // BT-5
	BuyerReference string    // BT-10
	Notes          []string  // BT-22
	CreditsNumber  string    // BT-25
	CreditsOn      *day.Date // BT-26
	DeliveredOn    *day.Date // BT-72
	From, To       *day.Date // BT-73, BT-74
	Seller, Buyer  Party     // BG-4, BG-7
	Payment        *Payment  // BG-16
	Lines          []Line    // BG-25
	Allowances     []Allowance
	VAT            []VAT // BG-23

	LineTotal      money.Money // BT-106
	AllowanceTotal money.Money // BT-107
	Net            money.Money // BT-109
	Tax            money.Money // BT-110
	Total          money.Money // BT-112
	Prepaid        money.Money // BT-113
	Rounding       money.Money // BT-114
	Due            money.Money // BT-115
}

// Party is a seller or a buyer.
type Party struct {
	Name         string // BT-27, BT-44
	Registration string // BT-30
	VATID        string // BT-31, BT-48
	TaxNumber    string // BT-32
	Line1, Line2 string // BT-35, BT-36, BT-50, BT-51
	City         string // BT-37, BT-52
	PostalCode   string // BT-38, BT-53
	Region       string // BT-39, BT-54
	Country      string // BT-40, BT-55
	Email        string // BT-34, BT-43
	Phone        string // BT-42
}

// Payment is how the seller wants to be paid.
type Payment struct {
	Means   string // BT-81
	IBAN    string // BT-84, or
	Account string // BT-84
	BIC     string // BT-86
}

// Category is a VAT category of EN 16931 with its rate: BT-151 and BT-152.
type Category struct {
	Code string
	Rate decimal.Decimal
}

// Codes of VAT categories that a document of ours can have.
const (
	Standard      = "S"
	ZeroRated     = "Z"
	Exempt        = "E"
	ReverseCharge = "AE"
	NotSubject    = "O"
)

// Line is an invoice line, net of tax.
type Line struct {
	ID          string          // BT-126
	Name        string          // BT-153
	Description string          // BT-154
	Quantity    decimal.Decimal // BT-129
	Unit        string          // BT-130
	Price       decimal.Decimal // BT-146
	Net         money.Money     // BT-131
	Discount    money.Money     // BT-136
	Base        money.Money     // BT-137
	Percent     decimal.Decimal // BT-138
	Category    Category
}

// Allowance is a part of the document's discount, within one VAT category.
type Allowance struct {
	Amount   money.Money     // BT-92
	Percent  decimal.Decimal // BT-94
	Base     money.Money     // BT-93
	Category Category        // BT-95, BT-96
}

// VAT is one category of the breakdown.
type VAT struct {
	Category         // BT-118, BT-119
	Base, Tax        money.Money
	Reason, ReasonID string // BT-120, BT-121
}

const (
	typeInvoice    = "380"
	typeDeposit    = "386"
	typeCreditNote = "381"
	discountReason = "Discount"
	discountCode   = "95" // of UNTDID 5189
)
