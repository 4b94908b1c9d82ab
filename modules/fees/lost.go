package fees

import (
	"context"
	"errors"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/tenancy"
)

// lost is the last round whose letter could not be delivered, nil if there is none or it was asked anew since.
func (p Part) lost() *Round {
	if n := len(p.Rounds) - 1; n >= 0 && p.Rounds[n].FailedAt != nil && p.AcceptedAt == nil {
		return &p.Rounds[n]
	}
	return nil
}

// readyLost notes that the client was not told that a milestone is ready again, and tells who said that it is.
func (s *Service) readyLost(ctx context.Context, j tellReady, why error) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		said := fault.From(why).Said()
		first, err := s.d.Store.RoundFailed(ctx, tx, j.Round, s.now(), said)
		if err != nil || !first || j.Sender == "" {
			return err
		}
		return s.d.Jobs.Enqueue(ctx, tx, tellLost{j.Round, j.Sender, j.Project, j.Milestone, said, errors.Is(why, job.ErrCut)})
	})
}

// tellLost writes to who marked a milestone as ready that the client was not told.
type tellLost struct {
	Round     string `json:"round"`
	Member    string `json:"member"`
	Project   string `json:"project"`
	Milestone string `json:"milestone"`
	Why       string `json:"why"`
	Unsure    bool   `json:"unsure,omitempty"` // it may have arrived
}

// Kind is the job's stable name.
func (tellLost) Kind() string { return "fees.tell_lost" }

// Tries says how often it is tried, and Addressee whom it goes to.
func (tellLost) Tries() int          { return job.TwoDays }
func (j tellLost) Addressee() string { return j.Member }

func (s *Service) tellLost(ctx context.Context, j tellLost) error {
	became := " could not be delivered"
	if j.Unsure {
		became = " may not have arrived"
	}
	return s.d.Notices.Tell(ctx, Notice{
		Key: "milestone-" + j.Round + "-lost-" + j.Member, MemberID: j.Member, Subject: "The mail that “" + j.Milestone + "” is ready again" + became,
		Paragraphs: []string{"The mail to the client's contact that “" + j.Milestone + "” is ready again" + became + ". " + j.Why, "Correct the contact's address and send it again, or tell them yourself: it waits for them in the portal."},
		Action:     "Look at the milestone", Path: "/projects/" + j.Project + "?tab=billing",
	})
}

// TellAgain mails once more that a milestone is ready again, where that could not be delivered; else it does nothing. ErrPartNotFound.
func (s *Service) TellAgain(ctx context.Context, partID string) (f Fee, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, at, err := s.ofPart(ctx, tx, partID)
		if err != nil {
			return err
		}
		var p *Part
		f, p = edited(before, at)
		r := p.lost()
		if r == nil {
			return nil
		}
		p.Rounds = append([]Round{}, p.Rounds...)
		p.Rounds[len(p.Rounds)-1].FailedAt, p.Rounds[len(p.Rounds)-1].Failure = nil, ""
		if err := s.d.Store.RoundQueued(ctx, tx, r.ID); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, audit.Change{Action: "fees.milestone_ready", Entity: "fee", EntityID: f.ID, After: map[string]string{"milestone": p.Name, "by": access.From(ctx).Name}}); err != nil {
			return err
		}
		return s.d.Jobs.Enqueue(ctx, tx, p.readyLetter(ctx, f, *r))
	})
	return f, err
}
