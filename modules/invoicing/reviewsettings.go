package invoicing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrBadReviewSettings refuses settings of the review.
var ErrBadReviewSettings = fault.Define(fault.Invalid, "invoicing.bad_review_settings", "These settings cannot be saved.")

// maxReasons is more than anybody chooses from.
const maxReasons = 50

// ReviewSettings say whether drafts have to be reviewed, and for which reasons
// time is written up or down. What was written keeps its reason.
type ReviewSettings struct {
	Required  bool
	Reasons   []string
	Version   int // 0: not kept yet
	UpdatedAt time.Time
}

// NewReviewSettings are those of an agency that has set none.
func NewReviewSettings() ReviewSettings {
	return ReviewSettings{Reasons: []string{"Goodwill", "Over the estimate", "Rework", "Training", "Agreed with the client", "Worth more than its hours"}}
}

func (r *ReviewSettings) check() error {
	bad := ErrBadReviewSettings
	if len(r.Reasons) == 0 || len(r.Reasons) > maxReasons {
		bad = bad.At("body.reasons", fmt.Sprintf("must be 1 to %d", maxReasons))
	}
	for n := range r.Reasons {
		r.Reasons[n] = strings.TrimSpace(r.Reasons[n])
		switch at := fmt.Sprintf("body.reasons[%d]", n); {
		case r.Reasons[n] == "" || utf8.RuneCountInString(r.Reasons[n]) > 80:
			bad = bad.At(at, "must have 1 to 80 letters")
		case slices.ContainsFunc(r.Reasons[:n], func(x string) bool { return strings.EqualFold(x, r.Reasons[n]) }):
			bad = bad.At(at, "is there twice")
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// ReviewSettings reads them.
func (s *Service) ReviewSettings(ctx context.Context) (r ReviewSettings, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err = s.d.Store.ReviewSettings(ctx, tx, false)
		return err
	})
	return r, err
}

// SaveReviewSettings changes them. Its version is the one that was seen; 0 where none was kept.
func (s *Service) SaveReviewSettings(ctx context.Context, version int, change func(*ReviewSettings)) (r ReviewSettings, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := tx.Lock(ctx, "invoicing.review_settings"); err != nil {
			return err
		}
		before, err := s.d.Store.ReviewSettings(ctx, tx, true)
		if err != nil {
			return err
		}
		if before.Version != version {
			return ErrStale
		}
		r = before
		r.Reasons = slices.Clone(before.Reasons)
		change(&r)
		r.Version, r.UpdatedAt = version+1, s.d.Now()
		if err := r.check(); err != nil {
			return err
		}
		if err := s.d.Store.PutReviewSettings(ctx, tx, r); err != nil {
			return err
		}
		return s.settingsChanged(ctx, tx, "invoicing.review_settings_changed", "review_settings", "1", "Review", before, r)
	})
	return r, err
}
