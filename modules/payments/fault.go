package payments

import "github.com/bureauhq/bureau/app/kit/fault"

// What a payment on line is refused with.
var (
	ErrUnset       = fault.Define(fault.Conflict, "payments.unset", "This installation has no payment provider: its operators have not set one up.")
	ErrNotOffered  = fault.Define(fault.Conflict, "payments.not_offered", "This invoice cannot be paid on line. Please pay as it says.")
	ErrNothingOpen = fault.Define(fault.Conflict, "payments.nothing_open", "Nothing of this invoice is open.")
	ErrUnderWay    = fault.Define(fault.Conflict, "payments.under_way", "A payment of all that is open is under way. It can take some days until the bank has confirmed it.")
	ErrBadAmount   = fault.Define(fault.Invalid, "payments.bad_amount", "This amount cannot be paid on line.")
	ErrNotFound    = fault.Define(fault.NotFound, "payments.not_found", "This payment does not exist.")
	ErrNoAccount   = fault.Define(fault.Conflict, "payments.no_account", "There is no account at the payment provider. Connect one first.")
	ErrStale       = fault.Define(fault.Precondition, "payments.stale", "This was changed by somebody else meanwhile.")
	ErrBadCountry  = fault.Define(fault.Invalid, "payments.bad_country", "The payment provider does not know this country.").At("body.country", "must be two letters, such as DE")

	ErrBadRefund        = fault.Define(fault.Invalid, "payments.bad_refund", "This cannot be given back.")
	ErrNotPaid          = fault.Define(fault.Conflict, "payments.not_paid", "Nothing was received by this payment.")
	ErrDifferenceGone   = fault.Define(fault.NotFound, "payments.difference_not_found", "This difference does not exist, or is settled.")
	ErrBadNotice        = fault.Define(fault.Invalid, "payments.bad_notice", "The notice cannot be verified.")
	ErrWrittenMeanwhile = fault.Define(fault.Unavailable, "payments.busy", "This payment changes at the moment. Please try again.").After(1e9)
)

// What a provider answers. Other failures of it are ours.
var (
	// ErrAway says that nothing is known of the outcome; the same call with the same key may be made again.
	ErrAway = fault.Define(fault.Unavailable, "payments.away", "The payment provider cannot be reached. Nothing was charged; please try again in a moment.").After(30e9)
	// ErrGone says that the provider does not have it.
	ErrGone = fault.Define(fault.NotFound, "payments.gone", "The payment provider does not know this.")
	// ErrNoAccess says that the account took our access away.
	ErrNoAccess = fault.Define(fault.Conflict, "payments.no_access", "The account at the payment provider is not connected any more.")
	// ErrRefused says that the provider does not do it. Its cause says why.
	ErrRefused = fault.Define(fault.Conflict, "payments.refused", "The payment provider does not do this.")
)
