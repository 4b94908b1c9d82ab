package job_test

import (
	"context"
	"errors"
	"testing"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"github.com/bureauhq/bureau/app/kit/job"
)

type note struct{}

func (note) Kind() string { return "test.note" }

func TestPark(t *testing.T) {
	t.Parallel()
	r := job.NewRegistry()
	r.Always(note{})
	park := job.Park(r, func(_ context.Context, agencyID string) (bool, error) { return agencyID == "paid", nil })
	for name, c := range map[string]struct {
		kind, metadata string
		done           bool
	}{
		"of an agency whose work goes on":      {"test.other", `{"agency":"paid"}`, true},
		"of one whose work stands still":       {"test.other", `{"agency":"owes"}`, false},
		"that is always done":                  {"test.note", `{"agency":"owes"}`, true},
		"of the platform":                      {"test.other", `{}`, true},
		"that a restore has parked":            {"test.other", `{"agency":"paid","parked":"x"}`, false},
		"always done, but parked by a restore": {"test.note", `{"agency":"paid","parked":"x"}`, false},
	} {
		done := false
		err := park.Work(t.Context(), &rivertype.JobRow{Kind: c.kind, Metadata: []byte(c.metadata)}, func(context.Context) error { done = true; return nil })
		var later *river.JobSnoozeError
		if done != c.done || errors.As(err, &later) == c.done {
			t.Errorf("a job %s: done %v, %v", name, done, err)
		}
	}
}
