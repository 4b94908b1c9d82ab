package invoicing_test

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
)

// failingBus stands for a crash after the number was taken.
type failingBus struct{ err error }

func (b failingBus) Publish(context.Context, job.Tx, event.Event) error { return b.err }
