package invoicing

import "github.com/bureauhq/bureau/app/kit/event"

// Fact is what every event of an invoice tells. Amounts are looked up by those
// who may see them.
type Fact struct {
	InvoiceID string `json:"invoice_id"`
	ClientID  string `json:"client_id"`
	Number    string `json:"number,omitempty"`
	Label     string `json:"label"`
}

// Trace places the event in the client's timeline.
func (f Fact) Trace() event.Trace {
	return event.Trace{Entity: "invoice", EntityID: f.InvoiceID, ClientID: f.ClientID, Label: f.Label}
}

func factOf(i Invoice) Fact {
	return Fact{InvoiceID: i.ID, ClientID: i.ClientID, Number: i.Number, Label: i.label()}
}

// InvoiceCreated and the others are what can happen to an invoice.
type (
	InvoiceCreated struct{ Fact }
	InvoiceChanged struct{ Fact }
	InvoiceDeleted struct{ Fact }
	InvoiceIssued  struct{ Fact }
	InvoiceSent    struct{ Fact }
	InvoiceVoided  struct {
		Fact
		Time TimeFate `json:"time"`
	}
	// CreditNoteIssued is published with the credit note; InvoiceID of the fact is the note's.
	CreditNoteIssued struct {
		Fact
		CreditsID string `json:"credits_id"`
		DraftID   string `json:"draft_id,omitempty"` // it takes the invoice's place
	}
	InvoiceWrittenOff struct{ Fact }
	WriteOffUndone    struct{ Fact }
	// InvoicePaid is published when a payment settles the balance.
	InvoicePaid struct{ Fact }
	// InvoiceUnpaid is published when one that was settled is open again: a payment of it was taken back.
	InvoiceUnpaid struct{ Fact }
)

func (InvoiceCreated) EventName() string   { return "invoicing.invoice_created.v1" }
func (InvoiceChanged) EventName() string   { return "invoicing.invoice_changed.v1" }
func (InvoiceDeleted) EventName() string   { return "invoicing.invoice_deleted.v1" }
func (InvoiceIssued) EventName() string    { return "invoicing.invoice_issued.v1" }
func (InvoiceSent) EventName() string      { return "invoicing.invoice_sent.v1" }
func (InvoiceVoided) EventName() string    { return "invoicing.invoice_voided.v1" }
func (CreditNoteIssued) EventName() string { return "invoicing.credit_note_issued.v1" }
func (InvoicePaid) EventName() string      { return "invoicing.invoice_paid.v1" }
func (InvoiceUnpaid) EventName() string    { return "invoicing.invoice_unpaid.v1" }

// PaymentFact is what every event of a payment tells.
type PaymentFact struct {
	PaymentID string `json:"payment_id"`
	ClientID  string `json:"client_id"`
	InvoiceID string `json:"invoice_id,omitempty"`
	Label     string `json:"label"`
}

// Trace places the event in the client's timeline.
func (f PaymentFact) Trace() event.Trace {
	return event.Trace{Entity: "payment", EntityID: f.PaymentID, ClientID: f.ClientID, Label: f.Label}
}

// PaymentRecorded and the others are what can happen to a payment.
type (
	PaymentRecorded  struct{ PaymentFact }
	PaymentVoided    struct{ PaymentFact }
	PaymentApplied   struct{ PaymentFact }
	AllocationUndone struct{ PaymentFact }
	PaymentRefunded  struct{ PaymentFact }
	RefundUndone     struct{ PaymentFact }
)

func (PaymentRecorded) EventName() string  { return "invoicing.payment_recorded.v1" }
func (PaymentVoided) EventName() string    { return "invoicing.payment_voided.v1" }
func (PaymentApplied) EventName() string   { return "invoicing.payment_applied.v1" }
func (AllocationUndone) EventName() string { return "invoicing.allocation_undone.v1" }

// SettingsChanged is published when a legal entity or a tax rate changes.
type SettingsChanged struct {
	Entity string `json:"entity"`
	ID     string `json:"id"`
	Name   string `json:"name"`
}

func (SettingsChanged) EventName() string { return "invoicing.settings_changed.v1" }

// Trace names the record.
func (e SettingsChanged) Trace() event.Trace {
	return event.Trace{Entity: e.Entity, EntityID: e.ID, Label: e.Name}
}

// EventName names the events that came later.
func (InvoiceWrittenOff) EventName() string { return "invoicing.invoice_written_off.v1" }
func (WriteOffUndone) EventName() string    { return "invoicing.write_off_undone.v1" }
func (PaymentRefunded) EventName() string   { return "invoicing.payment_refunded.v1" }
func (RefundUndone) EventName() string      { return "invoicing.refund_undone.v1" }

// InvoiceInReview and the others are what happens to a draft before it is issued.
type (
	InvoiceInReview struct{ Fact }
	InvoiceApproved struct{ Fact }
	InvoiceSentBack struct{ Fact }
	// TimeWritten is published when time on a draft is written up or down, or is so no more.
	TimeWritten struct{ Fact }
)

func (InvoiceInReview) EventName() string { return "invoicing.invoice_in_review.v1" }
func (InvoiceApproved) EventName() string { return "invoicing.invoice_approved.v1" }
func (InvoiceSentBack) EventName() string { return "invoicing.invoice_sent_back.v1" }
func (TimeWritten) EventName() string     { return "invoicing.time_written.v1" }

// InvoiceReminded and the others are what becomes of reminders.
type (
	InvoiceReminded     struct{ Fact }
	ReminderUnaddressed struct{ Fact }
	RemindersPaused     struct{ Fact }
	RemindersResumed    struct{ Fact }
	// LateFeeCharged and the others are of the invoice that was not paid in time.
	LateFeeCharged  struct{ Fact }
	LateFeeWaived   struct{ Fact }
	LateFeeUnwaived struct{ Fact }
)

func (InvoiceReminded) EventName() string     { return "invoicing.invoice_reminded.v1" }
func (ReminderUnaddressed) EventName() string { return "invoicing.reminder_unaddressed.v1" }
func (RemindersPaused) EventName() string     { return "invoicing.reminders_paused.v1" }
func (RemindersResumed) EventName() string    { return "invoicing.reminders_resumed.v1" }
func (LateFeeCharged) EventName() string      { return "invoicing.late_fee_charged.v1" }
func (LateFeeWaived) EventName() string       { return "invoicing.late_fee_waived.v1" }
func (LateFeeUnwaived) EventName() string     { return "invoicing.late_fee_unwaived.v1" }

// StatementSent is published when a client's statement is to be mailed.
type StatementSent struct {
	SendingID string `json:"sending_id"`
	ClientID  string `json:"client_id"`
	Label     string `json:"label"`
}

func (StatementSent) EventName() string { return "invoicing.statement_sent.v1" }

// Trace places the event in the client's timeline.
func (e StatementSent) Trace() event.Trace {
	return event.Trace{Entity: "statement", EntityID: e.ClientID, ClientID: e.ClientID, Label: e.Label}
}

type (
	// InvoiceUndelivered is published when a mail with it could not be delivered.
	InvoiceUndelivered struct{ Fact }
	// StatementUndelivered is published when a mail with a client's statement could not be.
	StatementUndelivered StatementSent
)

func (InvoiceUndelivered) EventName() string   { return "invoicing.invoice_undelivered.v1" }
func (StatementUndelivered) EventName() string { return "invoicing.statement_undelivered.v1" }

// Trace places the event in the client's timeline.
func (e StatementUndelivered) Trace() event.Trace { return StatementSent(e).Trace() }
