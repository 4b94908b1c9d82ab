package timesheets

import (
	"context"
	"slices"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/tenancy"
)

// Progress is where a week stands: what was decided about it, and whom its lines wait for.
type Progress struct {
	Decisions []Decision // the latest first, without those that were taken back
	Waiting   []Waiting
	Yours     []string // entries that the caller can approve now
}

const maxDecisions = 50 // of a week that are shown

// progress tells where a week stands.
func (s *Service) progress(ctx context.Context, tx *tenancy.Tx, c conditions, sheet Sheet, entries []Entry) (p Progress, err error) {
	if p.Decisions, err = s.d.Store.Decisions(ctx, tx, sheet.ID, maxDecisions); err != nil {
		return p, err
	}
	p.Decisions = slices.DeleteFunc(p.Decisions, func(d Decision) bool { return d.UndoneAt != nil })
	who, err := s.castTx(ctx, tx, c, sheet.MemberID, entries)
	if err != nil {
		return p, err
	}
	a := access.From(ctx)
	judges := a.Can(Approve) && a.MemberID != sheet.MemberID
	for _, e := range entries {
		if e.State != Submitted {
			continue
		}
		w := Waiting{SheetID: sheet.ID}
		if len(e.Awaits) > 0 {
			w.Step, w.MemberID = string(e.Awaits[0]), who.decider(e.Awaits[0], e.ProjectID)
		}
		i := slices.IndexFunc(p.Waiting, func(o Waiting) bool { return o.Step == w.Step && o.MemberID == w.MemberID })
		if i < 0 {
			p.Waiting, i = append(p.Waiting, w), len(p.Waiting)
		}
		p.Waiting[i].Lines++
		if _, _, ok := who.passes(e); ok && judges {
			p.Yours = append(p.Yours, e.ID)
		}
	}
	return p, nil
}

// notYours refuses a decision when all that waits waits for others, and says for whom.
func (s *Service) notYours(ctx context.Context, tx *tenancy.Tx, j *judgement) error {
	for _, e := range j.entries {
		if e.State != Submitted || len(e.Awaits) == 0 {
			continue
		}
		who := j.cast.decider(e.Awaits[0], e.ProjectID)
		names, err := s.d.Team.NamesTx(ctx, tx, nonEmpty(who))
		if err != nil {
			return err
		}
		if names[who] != "" {
			return ErrNotYourStep.Saying("This time waits for %s.", names[who])
		}
	}
	return ErrNotYourStep
}
