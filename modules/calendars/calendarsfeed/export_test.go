package calendarsfeed

import (
	"time"

	"github.com/bureauhq/bureau/app/kit/outbound"
)

// Limit is how long a fetch may take.
const Limit = fetchTime

// Impatient is New(true) with a limit that a test does not have to sit out.
func Impatient(limit time.Duration) Feeds {
	return feeds(outbound.Options{Within: limit, Local: true})
}
