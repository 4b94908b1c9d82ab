package invoicing

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/tenancy"
)

// Faults of writing time up or down.
var (
	ErrBadWrite  = fault.Define(fault.Invalid, "invoicing.bad_write", "This cannot be written up or down.")
	ErrNoLine    = fault.Define(fault.Invalid, "invoicing.no_such_line", "This is not a line of the invoice.").At("body.line_id", "is not a line of this invoice")
	ErrNoWorked  = fault.Define(fault.Invalid, "invoicing.no_such_entry", "This time is not on the line.").At("body.entry_id", "is not on this line")
	ErrNotTimed  = fault.Define(fault.Conflict, "invoicing.not_timed", "Only time is written up or down. On other lines give a discount.")
	ErrUnwritten = fault.Define(fault.Conflict, "invoicing.not_written", "This time was not written up or down.")
)

// maxWritten is more than any entry is written up to: 10,000 hours.
const maxWritten = 10_000 * 3600

// Write says what time on a line is written to: hours or an amount.
type Write struct {
	LineID  string       // empty: all time on the invoice
	EntryID string       // empty: all of the line
	Seconds *int64       // one of the two
	Amount  *money.Money // as the line prints it, before discounts
	Reason  string
	Note    string
}

func (w *Write) check(set ReviewSettings, currency string) error {
	bad := ErrBadWrite
	w.Reason, w.Note = strings.TrimSpace(w.Reason), strings.TrimSpace(w.Note)
	switch {
	case w.Seconds == nil && w.Amount == nil:
		bad = bad.At("body.amount", "or hours are required")
	case w.Seconds != nil && w.Amount != nil:
		bad = bad.At("body.amount", "cannot stand beside hours")
	case w.Seconds != nil && (*w.Seconds < 0 || *w.Seconds > maxWritten):
		bad = bad.At("body.seconds", "must be 0 to 10,000 hours")
	case w.Amount != nil && w.Amount.Currency != currency:
		bad = bad.At("body.amount", "is not in "+currency)
	case w.Amount != nil && (w.Amount.Sign() < 0 || w.Amount.Decimal().Cmp(maxPrice) > 0):
		bad = bad.At("body.amount", "must not be less than zero")
	}
	if !slices.Contains(set.Reasons, w.Reason) {
		bad = bad.At("body.reason", "must be one of: "+strings.Join(set.Reasons, ", "))
	}
	if utf8.RuneCountInString(w.Note) > 500 {
		bad = bad.At("body.note", "must not have more than 500 letters")
	}
	if len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

// Write writes time on a draft up or down, for a reason. The client sees only
// what is billed then; what it was worth before stays with each entry.
func (s *Service) Write(ctx context.Context, id string, version int, w Write) (Invoice, error) {
	return s.rewrite(ctx, id, version, "invoicing.time_written", func(ctx context.Context, tx *tenancy.Tx, i *Invoice) error {
		set, err := s.d.Store.ReviewSettings(ctx, tx, false)
		if err != nil {
			return err
		}
		if err := w.check(set, i.Currency); err != nil {
			return err
		}
		some, err := i.chosen(w.LineID, w.EntryID)
		if err != nil {
			return err
		}
		write(some, w, Written{Reason: w.Reason, Note: w.Note, By: access.From(ctx).MemberID, At: s.d.Now()})
		return nil
	})
}

// Unwrite bills time as it was worked again: one entry, all of a line, or of the invoice.
func (s *Service) Unwrite(ctx context.Context, id string, version int, lineID, entryID string) (Invoice, error) {
	return s.rewrite(ctx, id, version, "invoicing.time_restored", func(_ context.Context, _ *tenancy.Tx, i *Invoice) error {
		some, err := i.chosen(lineID, entryID)
		if err != nil {
			return err
		}
		undone := false
		for _, src := range some {
			undone = undone || src.Worked.Written != nil
			src.Seconds, src.Worked.Written = src.Worked.Ruled, nil
		}
		if !undone {
			return ErrUnwritten
		}
		return nil
	})
}

// chosen are the time entries of the invoice, of a line, or one of them.
func (i *Invoice) chosen(lineID, entryID string) (some []*Source, err error) {
	line, timed := lineID == "", false
	for n := range i.Lines {
		l := &i.Lines[n]
		if lineID != "" && l.ID != lineID {
			continue
		}
		line = true
		for _, k := range l.times() {
			if timed = true; entryID == "" || l.Sources[k].ID == entryID {
				some = append(some, &l.Sources[k])
			}
		}
	}
	switch {
	case !line:
		return nil, ErrNoLine
	case !timed:
		return nil, ErrNotTimed
	case len(some) == 0:
		return nil, ErrNoWorked
	}
	return some, nil
}

// write parts what is written between the entries: hours by the hours of the
// rule, an amount by what they are worth by it.
func write(some []*Source, w Write, said Written) {
	weights := make([]int64, len(some))
	for k, src := range some {
		if weights[k] = src.Worked.Ruled; w.Amount != nil {
			weights[k] = src.Worked.Value.Minor
		}
	}
	var whole money.Money // whole seconds, by the largest remainder
	if w.Amount != nil {
		whole = *w.Amount
	} else {
		whole.Minor = *w.Seconds
	}
	for k, part := range parts(whole, weights) {
		src, one := some[k], said
		if src.Seconds = part.Minor; w.Amount != nil {
			src.Seconds, one.Amount = src.Worked.Ruled, &part
		}
		src.Worked.Written = &one
	}
}

// rewrite changes the time of a draft. Whoever reviews may do it without sending
// the draft back; what was approved is a draft again.
func (s *Service) rewrite(ctx context.Context, id string, version int, action string, edit func(context.Context, *tenancy.Tx, *Invoice) error) (i Invoice, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, err := s.draft(ctx, tx, id)
		if err != nil {
			return err
		}
		if before.Version != version {
			return ErrStale
		}
		i = before
		i.Lines = slices.Clone(before.Lines)
		for n := range i.Lines {
			i.Lines[n].Sources = slices.Clone(i.Lines[n].Sources)
		}
		if err := edit(ctx, tx, &i); err != nil {
			return err
		}
		for n := range i.Lines {
			if l := &i.Lines[n]; !slices.EqualFunc(l.Sources, before.Lines[n].Sources, sameWork) {
				l.recount(i.Currency, i.Rounding)
			}
		}
		i.Version, i.UpdatedAt = version+1, s.d.Now()
		if before.Reviewed() == InReview {
			i.Review.Version = i.Version
		}
		if err := s.ready(ctx, tx, &i); err != nil {
			return err
		}
		if err := s.d.Store.SaveDraft(ctx, tx, i); err != nil {
			return err
		}
		return s.record(ctx, tx, action, &before, &i, TimeWritten{factOf(i)})
	})
	return i, err
}

func sameWork(a, b Source) bool {
	return a.Seconds == b.Seconds && a.Worked.Written == b.Worked.Written
}

// writtenShot is what the audit log keeps of a write-up or write-down.
type writtenShot struct {
	EntryID string       `json:"entry_id"`
	Seconds int64        `json:"seconds"`
	Amount  *money.Money `json:"amount,omitempty"`
	Reason  string       `json:"reason"`
	Note    string       `json:"note,omitempty"`
}

func (l Line) writtenShots() (out []writtenShot) {
	for _, n := range l.times() {
		if w := l.Sources[n].Worked.Written; w != nil {
			out = append(out, writtenShot{l.Sources[n].ID, l.Sources[n].Seconds, w.Amount, w.Reason, w.Note})
		}
	}
	return out
}

// EntryLine is a time entry on an invoice with its figures and its words.
type EntryLine struct {
	Source

	LineID     string
	MemberName string
	WriterName string
	TaskName   string
	Note       string
}

// Entries lists the time on an invoice, or on one line of it, in the order of its days.
func (s *Service) Entries(ctx context.Context, id, lineID, after string, limit int) (out []EntryLine, more bool, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, err := s.d.Store.Invoice(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, l := range i.Lines {
			for _, n := range l.times() {
				if lineID == "" || l.ID == lineID {
					out = append(out, EntryLine{Source: l.Sources[n], LineID: l.ID})
				}
			}
		}
		slices.SortFunc(out, func(a, b EntryLine) int { return strings.Compare(a.key(), b.key()) })
		out = slices.DeleteFunc(out, func(e EntryLine) bool { return after != "" && e.key() <= after })
		if more = len(out) > limit; more {
			out = out[:limit]
		}
		return s.described(ctx, tx, out)
	})
	return out, more, err
}

// key orders entries within an invoice.
func (e EntryLine) key() string { return fmt.Sprintf("%s %s %03d", e.Worked.Day, e.ID, e.Part) }

// Key is the place of the entry in its list.
func (e EntryLine) Key() string { return e.key() }

func (s *Service) described(ctx context.Context, tx *tenancy.Tx, all []EntryLine) error {
	ids, people := make([]string, len(all)), make([]string, 0, len(all))
	for n, e := range all {
		ids[n] = e.ID
		people = append(people, e.Worked.MemberID)
		if w := e.Worked.Written; w != nil && w.By != "" {
			people = append(people, w.By)
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.Sort(people)
	names, err := s.d.Members.NamesTx(ctx, tx, slices.DeleteFunc(slices.Compact(people), func(id string) bool { return id == "" }))
	if err != nil {
		return err
	}
	words, err := s.d.Time.EntriesTx(ctx, tx, ids)
	for n := range all {
		e := &all[n]
		e.MemberName, e.TaskName, e.Note = names[e.Worked.MemberID], words[e.ID].TaskName, words[e.ID].Note
		if e.TaskName == "" {
			e.TaskName = words[e.ID].ServiceName
		}
		if w := e.Worked.Written; w != nil {
			e.WriterName = names[w.By]
		}
	}
	return err
}
