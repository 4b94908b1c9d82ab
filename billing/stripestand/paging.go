package stripestand

import (
	"cmp"
	"slices"
	"time"
)

type listed struct {
	id      string
	created time.Time
	body    any
}

// paged cuts one page as Stripe does: newest first; ending_before pages the
// other way and still answers newest first.
func paged(url string, all []listed, c call) (any, *apiError) {
	slices.SortFunc(all, func(a, b listed) int { return cmp.Or(b.created.Compare(a.created), cmp.Compare(b.id, a.id)) })
	limit, fail := number(c, "limit", 10)
	if fail != nil || limit < 1 || limit > 100 {
		return nil, invalid("limit", "A limit is between 1 and 100.")
	}
	var from, to int
	find := func(id string) int { return slices.IndexFunc(all, func(l listed) bool { return l.id == id }) }
	var more bool
	switch after, before := c.Get("starting_after"), c.Get("ending_before"); {
	case after != "":
		i := find(after)
		if i < 0 {
			return nil, missing("object", after)
		}
		from = i + 1
		to = min(len(all), from+int(limit))
		more = to < len(all)
	case before != "":
		i := find(before)
		if i < 0 {
			return nil, missing("object", before)
		}
		from, to = max(0, i-int(limit)), i
		more = from > 0
	default:
		to = min(len(all), int(limit))
		more = to < len(all)
	}
	out := make([]any, 0, to-from)
	for _, l := range all[from:to] {
		out = append(out, l.body)
	}
	return list(url, out, more), nil
}
