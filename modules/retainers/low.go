package retainers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/tenancy"
)

// Alert says at which balance the people who manage a retainer are told.
type Alert struct {
	Amount  int64 // of the unit
	Percent int   // of what was granted; 0: the amount decides
}

// AlertDraft is what a person says about an alert. With neither there is none.
type AlertDraft struct {
	Amount  *string
	Percent *int
}

// alertOf reads an alert, or says what is wrong with it.
func (r Retainer) alertOf(d AlertDraft) (*Alert, error) {
	switch {
	case d.Amount == nil && d.Percent == nil:
		return nil, nil //nolint:nilnil // nobody is told
	case d.Amount != nil && d.Percent != nil:
		return nil, ErrBadRetainer.At("body.alert.percent", "goes without an amount: one of them decides")
	case d.Percent != nil && (*d.Percent < 1 || *d.Percent > 100):
		return nil, ErrBadRetainer.At("body.alert.percent", "must be 1 to 100")
	case d.Percent != nil:
		return &Alert{Percent: *d.Percent}, nil
	}
	n, err := r.Unit.Parse(*d.Amount, r.Currency)
	if err == nil && n < 0 {
		err = errors.New("must not be negative")
	}
	if err != nil {
		return nil, ErrBadRetainer.At("body.alert.amount", err.Error())
	}
	return &Alert{Amount: n}, nil
}

// watch sets the alert. Whoever does sees where the balance stands, and nobody is told of that.
func (s *Service) watch(ctx context.Context, tx *tenancy.Tx, r *Retainer, a *Alert) error {
	r.Alert = a
	if err := s.d.Store.Save(ctx, tx, *r); err != nil {
		return err
	}
	if _, err := s.d.Store.SetLow(ctx, tx, r.ID, nil); err != nil || a == nil {
		return err
	}
	b, err := s.balance(ctx, tx, *r)
	if err != nil {
		return err
	}
	if b.low {
		now := s.now()
		if _, err := s.d.Store.SetLow(ctx, tx, r.ID, &now); err != nil {
			return err
		}
	}
	return s.turnTx(ctx, tx, r) // it moves by itself too
}

// noticeLow tells of a balance that has fallen to its alert, once: it is told again when it rose above it and fell once
// more. It returns the day on which the balance moves by itself next. The caller holds r.
func (s *Service) noticeLow(ctx context.Context, tx *tenancy.Tx, r Retainer) (moves day.Date, err error) {
	if r.Alert == nil {
		return moves, nil
	}
	b, err := s.balance(ctx, tx, r)
	if err != nil {
		return moves, err
	}
	var since *time.Time
	if b.low {
		now := s.now()
		since = &now
	}
	news, err := s.d.Store.SetLow(ctx, tx, r.ID, since)
	if err != nil || !news || !b.low {
		return b.moves, err
	}
	return b.moves, s.tell(ctx, tx, r, b.left)
}

// balance is what a retainer has today.
type balance struct {
	left  int64
	low   bool
	moves day.Date // when it moves by itself: a block ends, or a period; none: never
}

func (s *Service) balance(ctx context.Context, tx *tenancy.Tx, r Retainer) (b balance, err error) {
	p, today, err := s.current(ctx, tx, r)
	switch {
	case errors.Is(err, ErrClosed):
		return b, nil
	case err != nil:
		return b, err
	case p.Days().From.After(today):
		b.moves = p.Days().From
		return b, nil
	case p.Days().To.Before(today):
		return b, nil // it has ended
	}
	p.On = today
	b.left, b.moves = p.Left(), p.Days().To.AddDays(1)
	for _, e := range p.Expiries {
		if ends := e.Until.AddDays(1); !e.Until.IsZero() && !e.Until.Before(today) && ends.Before(b.moves) {
			b.moves = ends
		}
	}
	if r.Alert.Percent == 0 {
		b.low = b.left <= r.Alert.Amount
		return b, nil
	}
	granted := p.Granted
	if granted == 0 {
		if granted, err = s.d.Store.LastGranted(ctx, tx, r.ID, p.Number()); err != nil {
			return b, err
		}
	}
	b.low = b.left*100 <= granted*int64(r.Alert.Percent)
	return b, nil
}

// tellLow writes to one member that a balance has fallen. No letter holds money: who reads it may not be allowed to see that.
type tellLow struct {
	Retainer string    `json:"retainer"`
	Member   string    `json:"member"`
	Of       string    `json:"of"` // the retainer and its client
	Left     string    `json:"left,omitempty"`
	At       string    `json:"at,omitempty"`
	Fell     time.Time `json:"fell"`
}

// Kind names the job.
func (tellLow) Kind() string { return "retainers.tell_low" }

// Tries says how often it is tried.
func (tellLow) Tries() int { return job.TwoDays }

// tell writes to those whom it concerns.
func (s *Service) tell(ctx context.Context, tx *tenancy.Tx, r Retainer, left int64) error {
	of, to, err := s.concerned(ctx, tx, r)
	if err != nil {
		return err
	}
	if err := s.writeLow(ctx, tx, r, left, of, s.now(), to); err != nil {
		return err
	}
	return s.d.Events.Publish(ctx, tx, BalanceLow{r.ref()})
}

// concerned are who manages the project, or looks after the client, and who made the agreement. It says what it is, too.
func (s *Service) concerned(ctx context.Context, tx *tenancy.Tx, r Retainer) (name string, members []string, err error) {
	c, err := s.d.Clients.ClientTx(ctx, tx, r.ClientID)
	if err != nil {
		return "", nil, err
	}
	manager := c.OwnerID
	if r.ProjectID != "" {
		of, err := s.d.Projects.ProjectsByIDsTx(ctx, tx, []string{r.ProjectID})
		if err != nil {
			return "", nil, err
		}
		manager = of[r.ProjectID].ManagerID
	}
	for _, m := range slices.Compact([]string{manager, r.CreatedBy}) {
		if m != "" {
			members = append(members, m)
		}
	}
	return fmt.Sprintf("%s (%s)", r.Name, c.Name), members, nil
}

func (s *Service) writeLow(ctx context.Context, tx *tenancy.Tx, r Retainer, left int64, of string, fell time.Time, to []string) error {
	letter := tellLow{Retainer: r.ID, Of: of, Fell: fell}
	if r.Unit == Hours {
		letter.Left = r.Say(left)
		letter.At = r.Say(r.Alert.Amount)
	}
	if r.Alert.Percent > 0 {
		letter.At = fmt.Sprintf("%d %% of what was granted", r.Alert.Percent)
	}
	var letters []job.Args
	for _, m := range to {
		letter.Member = m
		letters = append(letters, letter)
	}
	return s.d.Jobs.EnqueueAt(ctx, tx, time.Time{}, letters...)
}

// tellLow asks when it is sent whether the member may still see retainers: that may be long after the fall.
func (s *Service) tellLow(ctx context.Context, j tellLow) error {
	if sees, err := s.reads(ctx, j.Member); err != nil || !sees {
		return err
	}
	said := fmt.Sprintf("The balance of %s has fallen to its alert.", j.Of)
	if j.Left != "" {
		said = fmt.Sprintf("%s are left of %s.", j.Left, j.Of)
	}
	if j.At != "" {
		said += " You are told at " + j.At + "."
	}
	return s.d.Notices.Tell(ctx, projects.Notice{
		Key: lowKey(j), MemberID: j.Member, Subject: j.Of + ": little is left",
		Paragraphs: []string{said, "Add a block, adjust it, or agree with the client on what comes next. You are told again when the balance has risen and falls once more."},
		Action:     "Look at the retainer", Path: "/retainers/" + j.Retainer,
	})
}

// lowKey names the letter of a fall to one member.
func lowKey(j tellLow) string {
	return fmt.Sprintf("retainer-low-%s-%d-%s", j.Retainer, j.Fell.UnixMicro(), j.Member)
}

// reads tells whether a member may see retainers.
func (s *Service) reads(ctx context.Context, memberID string) (sees bool, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		readers, err := s.d.Members.HoldersTx(ctx, tx, Read)
		sees = slices.Contains(readers, memberID)
		return err
	})
	return sees, err
}
