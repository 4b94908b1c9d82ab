package access

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/fault"
)

// StepUpPath begins a step-up on the agency's own host: it takes ?return=.
const StepUpPath = "/auth/step-up"

// StepUpTime is how long a password or code that was typed in is proof enough
// for what could harm the agency.
const StepUpTime = 10 * time.Minute

var (
	ErrStepUp     = fault.Define(fault.Forbidden, "access.step_up_required", "Please confirm that it is you.").Link(StepUpPath)
	ErrStepUpAway = fault.Define(fault.Unavailable, "access.step_up_unavailable", "This needs a confirmation that it is you, which is not possible at the moment. Please try again in a minute.").After(30 * time.Second)
)

// StepUp refuses people who have not shown within the last minutes that they
// are who they say. The second factor, where a person has one, is a part of
// every sign-in. Tokens and background work pass: no person is there to ask.
func StepUp(ctx context.Context, now time.Time) error {
	a := From(ctx)
	switch {
	case a.SessionID == "":
		return nil
	case a.Stale:
		return ErrStepUpAway
	case now.Sub(a.AuthenticatedAt) > StepUpTime:
		return ErrStepUp
	}
	return nil
}
