package projectshttp

import (
	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/projects"
)

func mapped[A, B any](items []A, f func(A) B) []B {
	out := make([]B, len(items))
	for i, item := range items {
		out[i] = f(item)
	}
	return out
}

func some[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// blame adds a field to what is wrong so far.
func blame(bad *fault.Error, path, text string) *fault.Error {
	if bad == nil {
		bad = projects.ErrInvalid
	}
	return bad.At(path, text)
}

func checkID(bad *fault.Error, path, s string) *fault.Error {
	if s != "" && !id.Valid(s) {
		return blame(bad, path, "is not an id")
	}
	return bad
}

func parseDay(bad *fault.Error, path string, s *string) (*day.Date, *fault.Error) {
	if s == nil {
		return nil, bad
	}
	if *s == "" {
		return &day.Date{}, bad
	}
	d, err := day.Parse(*s)
	if err != nil {
		return nil, blame(bad, path, err.Error())
	}
	return &d, bad
}

func parseHours(s string) (*decimal.Decimal, *fault.Error) {
	if s == "" {
		return nil, nil
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return nil, blame(nil, "body.budget_hours", "must be hours such as 120 or 37.5")
	}
	return &d, nil
}
