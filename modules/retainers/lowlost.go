package retainers

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/tenancy"
)

// LowLost are letters of a low balance that could not be delivered.
type LowLost struct {
	At  time.Time // of the first
	Why string    // of the last
	To  []string  // members
}

// lowLost notes at the retainer that somebody was not told of its low balance, and tells the others whom it concerns. It may have
// risen since: then nobody needs that letter any more.
func (s *Service) lowLost(ctx context.Context, j tellLow, why error) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.ByID(ctx, tx, j.Retainer, true)
		if errors.Is(err, ErrNotFound) || (err == nil && (r.LowSince == nil || r.LowSince.After(j.Fell))) {
			return nil
		}
		if err != nil {
			return err
		}
		lost := LowLost{At: s.now()}
		if r.LowLost != nil {
			lost = *r.LowLost
		}
		if slices.Contains(lost.To, j.Member) {
			return nil
		}
		lost.Why, lost.To = fault.From(why).Said(), append(lost.To, j.Member)
		if err := s.d.Store.SetLowLost(ctx, tx, r.ID, &lost); err != nil {
			return err
		}
		_, all, err := s.concerned(ctx, tx, r)
		if err != nil {
			return err
		}
		names, err := s.d.Members.NamesTx(ctx, tx, []string{j.Member})
		if err != nil {
			return err
		}
		var letters []job.Args
		for _, m := range all {
			if !slices.Contains(lost.To, m) {
				letters = append(letters, tellLowLost{Low: j, Member: m, To: names[j.Member], Why: lost.Why})
			}
		}
		return s.d.Jobs.EnqueueAt(ctx, tx, time.Time{}, letters...)
	})
}

// tellLowLost writes to one of those whom a low balance concerns that another was not told of it.
type tellLowLost struct {
	Low    tellLow `json:"low"`
	Member string  `json:"member"`
	To     string  `json:"to"` // by name
	Why    string  `json:"why"`
}

// Kind names the job.
func (tellLowLost) Kind() string { return "retainers.tell_low_lost" }

// Tries says how often it is tried, and Addressee whom it goes to.
func (tellLowLost) Tries() int          { return job.TwoDays }
func (j tellLowLost) Addressee() string { return j.Member }

func (s *Service) tellLowLost(ctx context.Context, j tellLowLost) error {
	if sees, err := s.reads(ctx, j.Member); err != nil || !sees {
		return err
	}
	return s.d.Notices.Tell(ctx, projects.Notice{
		Key: lowKey(j.Low) + "-lost-" + j.Member, MemberID: j.Member, Subject: j.Low.Of + ": " + j.To + " was not told that little is left",
		Paragraphs: []string{"The mail to " + j.To + " that little is left of " + j.Low.Of + " could not be delivered. " + j.Why, "Tell them yourself, or send it again once the address is right."},
		Action:     "Look at the retainer", Path: "/retainers/" + j.Low.Retainer,
	})
}

// TellLowAgain writes once more, with what is left now, to those whom the letters of a low balance did not reach. With none it
// does nothing. ErrNotFound.
func (s *Service) TellLowAgain(ctx context.Context, id string) (Row, error) {
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		r, err := s.d.Store.ByID(ctx, tx, id, true)
		if err != nil || r.LowLost == nil || r.Alert == nil {
			return err
		}
		b, err := s.balance(ctx, tx, r)
		if err != nil {
			return err
		}
		of, _, err := s.concerned(ctx, tx, r)
		if err != nil {
			return err
		}
		if err := s.d.Store.SetLowLost(ctx, tx, id, nil); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "retainers.low_told_again", Entity: "retainer", EntityID: id, After: map[string]any{"member_ids": r.LowLost.To}}); err != nil {
			return err
		}
		return s.writeLow(ctx, tx, r, b.left, of, *r.LowSince, r.LowLost.To)
	})
	if err != nil {
		return Row{}, err
	}
	return s.Find(ctx, id)
}
