package billing

import "github.com/bureauhq/bureau/app/kit/fault"

var (
	// ErrGatewayAway answers work that needs the payment provider while it cannot be reached.
	ErrGatewayAway = fault.Define(fault.Unavailable, "billing.away", "Billing is temporarily unavailable. Nothing was changed; please try again in a moment.").After(30e9)
	// ErrKept answers a change that was written down when the provider stopped answering: it may be made already, and is made for certain.
	ErrKept = fault.Define(fault.Unavailable, "billing.kept", "Billing is temporarily unavailable. What you asked for is kept and done as soon as it is back; nothing is charged twice.").After(60e9)
	// ErrDeclined answers a payment that was refused.
	ErrDeclined = fault.Define(fault.PaymentRequired, "billing.declined", "The payment was declined. Please use another payment method.")
	// ErrGone answers a question about an object that the provider does not have.
	ErrGone = fault.Define(fault.NotFound, "billing.gone", "The payment provider does not know this.")
	// ErrBadWebhook answers a notice that is not the provider's, or is too old or from the future. Nothing is kept of it.
	ErrBadWebhook = fault.Define(fault.Invalid, "billing.bad_webhook", "The notice cannot be verified.")
	// ErrNoAccount answers an agency without a bill.
	ErrNoAccount = fault.Define(fault.NotFound, "billing.no_account", "This agency has no billing account.")

	// ErrChangesStopped answers a change in an agency whose access is read-only or less.
	ErrChangesStopped = fault.Define(fault.PaymentRequired, "billing.read_only", "This agency can be read and exported, but not changed, until its subscription is in order.")
	// ErrClosedAccess answers everything but billing and export when access is suspended or closed.
	ErrClosedAccess = fault.Define(fault.PaymentRequired, "billing.suspended", "This agency's subscription is not in order. Its owner can put it right on the billing page.")
	// ErrPortalClosed and ErrPortalStopped answer contacts of the agency's clients: what it owes is not theirs to know.
	ErrPortalClosed  = fault.Define(fault.PaymentRequired, "billing.portal_closed", "The portal is closed for now. Please ask the agency that invited you.")
	ErrPortalStopped = fault.Define(fault.PaymentRequired, "billing.portal_read_only", "This can be looked at, but not changed for now. Please ask the agency that invited you.")
	// ErrNotInPlan answers a function that the plan does not hold.
	ErrNotInPlan = fault.Define(fault.PaymentRequired, "billing.not_in_plan", "Your plan does not hold this function.")
	// ErrNoSeat answers one more member where the plan, or the trial, holds no more.
	ErrNoSeat = fault.Define(fault.PaymentRequired, "billing.no_seat", "All seats of the plan are taken.")
	// ErrTooManySeats answers a change to a plan that is too small for the agency.
	ErrTooManySeats = fault.Define(fault.Conflict, "billing.too_many_seats", "The plan holds fewer seats than the agency has people and open invitations.").At("body.plan", "is too small for the agency")
	// ErrChanging answers a change while another waits for its payment.
	ErrChanging = fault.Define(fault.Conflict, "billing.changing", "Another change waits for its payment. Pay it, or let it lapse, first.")
	// ErrSubscribed answers a purchase by an agency that has a subscription already.
	ErrSubscribed = fault.Define(fault.Conflict, "billing.subscribed", "This agency has a subscription already. Change its plan instead.")
	// ErrNoSubscription answers a change by an agency that has no subscription.
	ErrNoSubscription = fault.Define(fault.Conflict, "billing.no_subscription", "This agency has no subscription yet. Subscribe first.")
	// ErrUnknownPlan answers a plan that is not on sale.
	ErrUnknownPlan = fault.Define(fault.Invalid, "billing.unknown_plan", "There is no such plan.").At("body.plan", "is not a plan")
	// ErrBadSeats answers a number of seats that cannot be bought.
	ErrBadSeats = fault.Define(fault.Invalid, "billing.bad_seats", "The number of seats cannot be bought.").At("body.seats", "must be at least the number of people, and at most what the plan holds")
)
