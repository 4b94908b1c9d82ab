package timesheets

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bureauhq/bureau/tenancy"
)

// Seen is a week and the version of it that was looked at.
type Seen struct {
	ID      string
	Version int
}

// Judged is what became of one week among many.
type Judged struct {
	Sheet Sheet
	Err   error
}

// JudgeMany carries out a verdict on many weeks, each in a transaction of its own: one that is refused stops no
// other. Only weeks that do not exist refuse the whole, before anything is done.
func (s *Service) JudgeMany(ctx context.Context, weeks []Seen, v Verdict) ([]Judged, error) {
	if v.BackAll && strings.TrimSpace(v.Reason) == "" {
		return nil, ErrNoReason
	}
	var missing []string
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		ids := make([]string, len(weeks))
		for i, w := range weeks {
			ids[i] = w.ID
		}
		missing, err = s.d.Store.MissingSheets(ctx, tx, ids)
		return err
	})
	if err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		i := slices.IndexFunc(weeks, func(w Seen) bool { return w.ID == missing[0] })
		return nil, ErrSheetNotFound.At(fmt.Sprintf("body.items[%d].id", max(i, 0)), "does not exist")
	}
	out := make([]Judged, len(weeks))
	for i, w := range weeks {
		out[i].Sheet, out[i].Err = s.Judge(ctx, w.ID, w.Version, v)
		if ctx.Err() != nil {
			return nil, ctx.Err() // the rest was not decided; asking again is harmless
		}
	}
	return out, nil
}
