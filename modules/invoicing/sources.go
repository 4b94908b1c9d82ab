package invoicing

import (
	"context"
	"fmt"
	"slices"

	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/tenancy"
)

// Billable is a module whose records become lines. What a line bills is the
// line's until it is given back; the module is told both in the transaction of
// the document. Time has a port of its own.
type Billable interface {
	// AgainTx bills on another document what was given back, and returns what that is billed by now, in the same order.
	AgainTx(ctx context.Context, tx *tenancy.Tx, documentID string, all []Source) ([]Source, error)
	// GiveBackTx lets what was billed be billed again. The document is the one that gives it back: a draft that is
	// thrown away, a voided invoice, a credit note.
	GiveBackTx(ctx context.Context, tx *tenancy.Tx, documentID string, all []GivenBack) error
}

// GivenBack is a source that comes back, as a whole or in part: Before of Of
// had come back already, After of Of has now.
type GivenBack struct {
	Source
	Before, After, Of int64
}

// ofFees are fees as what lines bill.
type ofFees struct{ fees Fees }

func (f ofFees) AgainTx(ctx context.Context, tx *tenancy.Tx, documentID string, all []Source) ([]Source, error) {
	ids := make([]string, len(all))
	for n, s := range all {
		ids[n] = s.ID
	}
	ids, err := f.fees.AgainTx(ctx, tx, documentID, ids)
	now := make([]Source, len(ids))
	for n, id := range ids {
		now[n] = Source{Kind: OfFee, ID: id}
	}
	return now, err
}

func (f ofFees) GiveBackTx(ctx context.Context, tx *tenancy.Tx, documentID string, all []GivenBack) error {
	back := make([]fees.Return, len(all))
	for n, g := range all {
		back[n] = fees.Return{SourceID: g.ID, Before: g.Before, After: g.After, Of: g.Of}
	}
	return f.fees.GiveBackTx(ctx, tx, documentID, back)
}

// others are the sources of a line that are no time.
func (l Line) others() []Source {
	return slices.DeleteFunc(slices.Clone(l.Sources), func(s Source) bool { return s.Kind == OfTime })
}

// Entries counts the time entries that the line bills.
func (l Line) Entries() int { return len(l.Sources) - len(l.others()) }

// timed tells whether the line bills time.
func (l Line) timed() bool { return l.Entries() > 0 }

// giveBack returns to their modules the sources, other than time, of lines that are no more.
func (s *Service) giveBack(ctx context.Context, tx *tenancy.Tx, documentID string, lines []Line) error {
	var all []GivenBack
	for _, l := range lines {
		for _, src := range l.others() {
			all = append(all, GivenBack{Source: src, After: 1, Of: 1})
		}
	}
	return s.returned(ctx, tx, documentID, all)
}

// returned hands each source to the module that it belongs to.
func (s *Service) returned(ctx context.Context, tx *tenancy.Tx, documentID string, all []GivenBack) error {
	for kind, module := range s.d.Billables {
		of := slices.DeleteFunc(slices.Clone(all), func(g GivenBack) bool { return g.Kind != kind })
		if len(of) == 0 {
			continue
		}
		if err := module.GiveBackTx(ctx, tx, documentID, of); err != nil {
			return err
		}
	}
	return nil
}

// again bills the sources of lines, other than time, for a document that takes the place of another.
func (s *Service) again(ctx context.Context, tx *tenancy.Tx, documentID string, lines []Line) error {
	for kind, module := range s.d.Billables {
		for n := range lines {
			l := &lines[n]
			of := slices.DeleteFunc(slices.Clone(l.Sources), func(src Source) bool { return src.Kind != kind })
			if len(of) == 0 {
				continue
			}
			now, err := module.AgainTx(ctx, tx, documentID, of)
			if err != nil {
				return err
			}
			l.Sources = append(slices.DeleteFunc(slices.Clone(l.Sources), func(src Source) bool { return src.Kind == kind }), now...)
		}
	}
	return nil
}

// progress notes how far the fees on a document are billed.
func (s *Service) progress(ctx context.Context, tx *tenancy.Tx, i *Invoice) error {
	i.Progress = nil
	if !slices.ContainsFunc(i.Lines, func(l Line) bool { return l.Kind == FeeLine || l.Kind == RetainLine }) {
		return nil
	}
	all, err := s.d.Fees.ProgressTx(ctx, tx, i.ID, s.d.Store.Drafts)
	for _, p := range all {
		i.Progress = append(i.Progress, Progress(p))
	}
	return err
}

// goneLines are the lines of before that after has no more.
func goneLines(before, after Invoice) []Line {
	return slices.DeleteFunc(slices.Clone(before.Lines), func(l Line) bool {
		return slices.ContainsFunc(after.Lines, func(a Line) bool { return a.ID == l.ID })
	})
}

// dropHeld takes what is retained of a fee off with the line that it is retained of.
func (s *Service) dropHeld(ctx context.Context, tx *tenancy.Tx, i *Invoice) error {
	there := map[string]bool{}
	var held []string
	for _, l := range i.Lines {
		for _, src := range l.Sources {
			there[src.ID] = true
			if l.Kind == RetainLine {
				held = append(held, src.ID)
			}
		}
	}
	if len(held) == 0 {
		return nil
	}
	of, err := s.d.Fees.HeldOfTx(ctx, tx, held)
	i.Lines = slices.DeleteFunc(i.Lines, func(l Line) bool {
		return l.Kind == RetainLine && slices.ContainsFunc(l.Sources, func(src Source) bool { return of[src.ID] != "" && !there[of[src.ID]] })
	})
	return err
}

// keepSources gives lines that stay what they were made from. A line that is
// not the draft's own is a new one. An amount that was agreed elsewhere stays
// what it is; a discount may be given on it. What time comes to is written up or
// down, which asks for a reason: there is no second door.
func keepSources(i *Invoice, before Invoice) error {
	old := map[string]Line{}
	for _, l := range before.Lines {
		old[l.ID] = l
	}
	bad := ErrBadInvoice
	for n := range i.Lines {
		l := &i.Lines[n]
		was, known := old[l.ID]
		if !known {
			l.ID = ""
			continue
		}
		delete(old, l.ID) // named twice: the second is new
		l.Kind, l.Sources, l.ProjectID = was.Kind, was.Sources, was.ProjectID
		why := agreed
		switch {
		case len(l.Sources) == 0:
			continue
		case l.timed():
			why = worked
		}
		if !l.Quantity.Equal(was.Quantity) {
			bad = bad.At(fmt.Sprintf("body.lines[%d].quantity", n), why)
		}
		if !l.UnitPrice.Equal(was.UnitPrice) {
			bad = bad.At(fmt.Sprintf("body.lines[%d].unit_price", n), why)
		}
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

const (
	agreed = "was agreed: give a discount, or remove the line and bill another part"
	worked = "is what the time on the line comes to: write it up or down, with a reason, or give a discount"
)
