package fees

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/tenancy"
)

// Faults of asking for changes.
var (
	ErrChangesAsked = fault.Define(fault.Conflict, "fees.changes_asked", "Changes were asked for. It can be accepted once it is marked ready again.")
	ErrNotAsked     = fault.Define(fault.Conflict, "fees.no_changes_asked", "No changes are asked for.")
	ErrMoved        = fault.Define(fault.Conflict, "fees.milestone_moved", "This milestone was changed meanwhile. Look at it again.")
	ErrBadRequest   = fault.Define(fault.Invalid, "fees.bad_request_for_changes", "This cannot be asked for.")
)

// mostLetters bounds what is asked for, and what is answered.
const mostLetters = 4000

// Round is what a contact asked to be different, and what staff said when it was.
type Round struct {
	ID        string
	Asked     string
	AskedBy   string // by name
	AskedByID string // the contact
	AskedAt   time.Time
	Note      string
	ReadyBy   string     // by name
	ReadyAt   *time.Time // nil: it is worked on
	FailedAt  *time.Time // when the letter that it is ready was given up
	Failure   string     // and why
}

// Open is the round that is worked on, nil if there is none.
func (p Part) Open() *Round {
	if n := len(p.Rounds) - 1; n >= 0 && p.Rounds[n].ReadyAt == nil {
		return &p.Rounds[n]
	}
	return nil
}

// seen makes sure that somebody decides on the milestone that they saw. 0 is whatever it is.
func (p Part) seen(version int) error {
	switch {
	case p.AcceptedAt != nil:
		return ErrAccepted
	case p.Open() != nil:
		return ErrChangesAsked
	case version != 0 && version != p.Version:
		return ErrMoved
	}
	return nil
}

// count tells those who look at a part that it is another one than before.
func (p *Part) count(before Fee) {
	at := slices.IndexFunc(before.Parts, func(x Part) bool { return x.ID == p.ID })
	if at < 0 {
		return
	}
	was := before.Parts[at]
	if p.Name != was.Name || p.Amount != was.Amount || p.DueOn != was.DueOn || (p.AcceptedAt == nil) != (was.AcceptedAt == nil) || len(p.Rounds) != len(was.Rounds) || (p.Open() == nil) != (was.Open() == nil) {
		p.Version = was.Version + 1
	}
}

// AskChangesForClientTx puts a milestone back to work, with what a contact wants to be different.
// ErrPartNotFound for what is not of the client.
func (s *Service) AskChangesForClientTx(ctx context.Context, tx *tenancy.Tx, clientID, partID string, version int, text string) (Milestone, error) {
	if err := s.ofClient(ctx, tx, clientID, partID); err != nil {
		return Milestone{}, err
	}
	before, at, err := s.ofPart(ctx, tx, partID)
	if err != nil {
		return Milestone{}, err
	}
	f, p := edited(before, at)
	if err := p.seen(version); err != nil {
		return Milestone{}, err
	}
	if !p.Billed.IsZero() {
		return Milestone{}, ErrPartBilled
	}
	if text = strings.TrimSpace(text); text == "" || utf8.RuneCountInString(text) > mostLetters {
		return Milestone{}, ErrBadRequest.At("body.text", "must have 1 to 4000 letters")
	}
	who, now := access.From(ctx), s.now()
	r := Round{ID: id.New(), Asked: text, AskedBy: who.Name, AskedByID: who.ContactID, AskedAt: now}
	p.Rounds, f.UpdatedAt = append(slices.Clone(p.Rounds), r), now
	if err := s.d.Store.AddRound(ctx, tx, p.ID, r); err != nil {
		return Milestone{}, err
	}
	if err := s.save(ctx, tx, "fees.milestone_changes_asked", before, &f, MilestoneChangesAsked{factOf(f, p.Name), p.ID}); err != nil {
		return Milestone{}, err
	}
	return Milestone{FeeID: f.ID, ProjectID: f.ProjectID, Part: *p}, s.tellStaff(ctx, tx, f, *p, r)
}

// Ready says that what was asked for is done: the client is asked again.
func (s *Service) Ready(ctx context.Context, partID, note string) (f Fee, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		before, at, err := s.ofPart(ctx, tx, partID)
		if err != nil {
			return err
		}
		var p *Part
		f, p = edited(before, at)
		p.Rounds = slices.Clone(p.Rounds)
		r := p.Open()
		if r == nil {
			return ErrNotAsked
		}
		if note = strings.TrimSpace(note); utf8.RuneCountInString(note) > mostLetters {
			return ErrBadRequest.At("body.note", "must have at most 4000 letters")
		}
		now := s.now()
		r.Note, r.ReadyBy, r.ReadyAt, f.UpdatedAt = note, access.From(ctx).Name, &now, now
		if err := s.d.Store.AnswerRound(ctx, tx, *r); err != nil {
			return err
		}
		if err := s.save(ctx, tx, "fees.milestone_ready", before, &f, MilestoneReady{factOf(f, p.Name), p.ID}); err != nil {
			return err
		}
		return s.d.Jobs.Enqueue(ctx, tx, p.readyLetter(ctx, f, *r))
	})
	return f, err
}

// edited is a fee of which one part may be changed.
func edited(before Fee, at int) (Fee, *Part) {
	f := before
	f.Parts = slices.Clone(before.Parts)
	return f, &f.Parts[at]
}

// tellChanges writes to one member what a client wants to be different.
type tellChanges struct {
	Round     string `json:"round"`
	Member    string `json:"member"`
	Project   string `json:"project"`
	Of        string `json:"of"`
	Milestone string `json:"milestone"`
	By        string `json:"by"`
	Asked     string `json:"asked"`
}

// Kind is the job's stable name.
func (tellChanges) Kind() string { return "fees.tell_changes" }

// Tries says how often it is tried, and Addressee whom it goes to.
func (tellChanges) Tries() int          { return job.TwoDays }
func (j tellChanges) Addressee() string { return j.Member }

// tellReady writes to the contact who asked for changes that they are made.
type tellReady struct {
	Round     string `json:"round"`
	Contact   string `json:"contact"`
	Milestone string `json:"milestone"`
	By        string `json:"by"`
	Note      string `json:"note"`
	Project   string `json:"project,omitempty"`
	Sender    string `json:"sender,omitempty"` // who is told if it cannot be delivered
}

// Kind is the job's stable name.
func (tellReady) Kind() string { return "fees.tell_ready" }

// Tries says how often it is tried.
func (tellReady) Tries() int { return job.TwoDays }

// readyLetter is the letter of a round.
func (p Part) readyLetter(ctx context.Context, f Fee, r Round) tellReady {
	return tellReady{r.ID, r.AskedByID, p.Name, r.ReadyBy, r.Note, f.ProjectID, access.From(ctx).MemberID}
}

// RegisterJobs says how the work is done that comes later.
func RegisterJobs(r *job.Registry, s *Service) {
	job.HandleLetter(r, s.tellChanges)
	job.HandleOr(r, s.tellReady, s.readyLost)
	job.HandleLetter(r, s.tellLost)
}

// tellStaff writes to whoever leads the project and whoever agreed on the fee.
func (s *Service) tellStaff(ctx context.Context, tx *tenancy.Tx, f Fee, p Part, r Round) error {
	pr, err := s.d.Projects.ProjectTx(ctx, tx, f.ProjectID)
	if err != nil {
		return err
	}
	whom := []string{pr.ManagerID, f.CreatedBy}
	slices.Sort(whom)
	var letters []job.Args
	for _, m := range slices.Compact(whom) {
		if m != "" {
			letters = append(letters, tellChanges{r.ID, m, f.ProjectID, pr.Code + " " + pr.Name, p.Name, r.AskedBy, r.Asked})
		}
	}
	return s.d.Jobs.Enqueue(ctx, tx, letters...)
}

func (s *Service) tellChanges(ctx context.Context, j tellChanges) error {
	return s.d.Notices.Tell(ctx, Notice{
		Key: "milestone-" + j.Round + "-" + j.Member, MemberID: j.Member, Subject: j.Of + ": changes are asked for",
		Paragraphs: []string{j.By + " does not accept “" + j.Milestone + "” yet and asks for changes:", j.Asked, "It is back in work, and nothing of it can be billed. Mark it ready once it is done: the client is asked again."},
		Action:     "Look at the milestone", Path: "/projects/" + j.Project + "?tab=billing",
	})
}

// tellReady speaks the language in which the contact's client is written to.
func (s *Service) tellReady(ctx context.Context, j tellReady) error {
	language, err := s.d.Notices.Language(ctx, j.Contact)
	if err != nil {
		return err
	}
	n := WordsIn(language).Ready(j.Milestone, j.By, j.Note)
	n.Key, n.ContactID, n.Language = "milestone-"+j.Round+"-ready", j.Contact, language
	return s.d.Notices.Tell(ctx, n)
}
