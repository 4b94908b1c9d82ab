package timesheets

import (
	"context"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/tenancy"
)

// Holidays says what a public holiday does to the target of its day.
type Holidays string

// A holiday lowers the target, or it leaves it and fills it: then it counts to
// it as hours that nobody logs, never as work and never as billable. What is
// missing is the same by both.
const (
	LowerTarget Holidays = "lower"
	FillTarget  Holidays = "fill"
)

func (h Holidays) known() bool { return slices.Contains([]Holidays{LowerTarget, FillTarget}, h) }

// Target is what somebody is to come to on a day, in seconds, and what of it a holiday fills.
type Target struct{ Expected, Filled int64 }

// missing is what is to be logged and was not.
func (t Target) missing(logged int64) int64 { return max(0, t.Expected-t.Filled-logged) }

// of makes a target of what people know of the day. Leave has lowered both: it is no work and nothing fills it.
func (h Holidays) of(t people.Target) Target {
	work, holiday := int64(t.Work/time.Second), int64(t.Holiday/time.Second)
	if h == FillTarget {
		return Target{work + holiday, holiday}
	}
	return Target{Expected: work}
}

// Targets are those of days.
type Targets map[day.Date]Target

// Missing is what a member was to log and did not, day by day: more
// hours on one day do not make up for none on another.
func (t Targets) Missing(logged map[day.Date]int64) map[day.Date]int64 {
	out := map[day.Date]int64{}
	for d, want := range t {
		if gap := want.missing(logged[d]); gap > 0 {
			out[d] = gap
		}
	}
	return out
}

// targets asks once for all members.
func (s *Service) targets(ctx context.Context, tx *tenancy.Tx, h Holidays, memberIDs []string, r day.Range) (map[string]Targets, error) {
	all, err := s.d.Schedules.TargetsTx(ctx, tx, memberIDs, r.From, r.To)
	out := make(map[string]Targets, len(all))
	for m, days := range all {
		own := make(Targets, len(days))
		for d, t := range days {
			own[d] = h.of(t)
		}
		out[m] = own
	}
	return out, err
}
