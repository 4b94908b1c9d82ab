package timesheets

import (
	"context"
	"fmt"
	"strings"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

// LineChange is what became of a line after a version of its week.
type LineChange struct {
	ID, ProjectID, Project string
	Day                    day.Date
	Seconds                int64
	State                  string
	New, Gone              bool
	Passed                 bool // a decision was the last that happened to it
}

const maxChanges = 10 // that a refusal tells one by one

func (s *Service) nameChanges(ctx context.Context, tx *tenancy.Tx, changed []LineChange) error {
	var projects []string
	for _, c := range changed {
		projects = append(projects, c.ProjectID)
	}
	if len(projects) == 0 {
		return nil
	}
	works, _, err := s.d.Projects.NamesTx(ctx, tx, distinct(projects), nil)
	for i := range changed {
		changed[i].Project = works[changed[i].ProjectID].ProjectName
	}
	return err
}

// staleSheet is the refusal to decide on something else than what was seen. It tells what changed.
func staleSheet(changed []LineChange) error {
	if len(changed) == 0 {
		return ErrStaleSheet
	}
	parts := make([]string, 0, maxChanges)
	for _, c := range changed[:min(len(changed), maxChanges)] {
		parts = append(parts, c.String())
	}
	if more := len(changed) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", more))
	}
	refusal := ErrStaleSheet.Saying("This timesheet was changed after you opened it: %s. Look at it again before you decide.", strings.Join(parts, "; "))
	for _, part := range parts {
		refusal = refusal.At("header.If-Match", part)
	}
	return refusal
}

// String says it to a person: "Mon 2 March, Website: now 7:30".
func (c LineChange) String() string {
	what := fmt.Sprintf("now %d:%02d", c.Seconds/3600, c.Seconds/60%60)
	switch {
	case c.Gone:
		what = "taken out"
	case c.State == Approved, c.State == Billed:
		what = "approved meanwhile"
	case c.State == Rejected:
		what = "sent back meanwhile"
	case c.Passed:
		what = "approved meanwhile, and waits for one more"
	case c.New:
		what = fmt.Sprintf("added, %d:%02d", c.Seconds/3600, c.Seconds/60%60)
	}
	return c.Day.Format("Mon 2 January") + ", " + c.Project + ": " + what
}
