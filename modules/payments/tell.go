package payments

import (
	"context"

	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/tenancy"
)

// letter is the job that tells those who look after the agency's money.
type letter struct {
	Key        string   `json:"key"`
	Subject    string   `json:"subject"`
	Paragraphs []string `json:"paragraphs"`
	Path       string   `json:"path"`
}

// Kind is the job's stable name.
func (letter) Kind() string { return "payments.tell" }

// tell writes to everybody who may settle differences, exactly when tx commits.
func (s *Service) tell(ctx context.Context, tx *tenancy.Tx, l letter) error {
	return s.d.Jobs.Enqueue(ctx, tx, l)
}

// letterTo is the job that writes to one of them: an address that is refused keeps the letter from nobody else.
type letterTo struct {
	letter
	Member string `json:"member"`
}

// Kind is the job's stable name.
func (letterTo) Kind() string { return "payments.tell_member" }

// Tries says how often it is tried, and Addressee whom it goes to.
func (letterTo) Tries() int          { return job.TwoDays }
func (l letterTo) Addressee() string { return l.Member }

func (s *Service) write(ctx context.Context, l letter) error {
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		to, err := s.d.Team.HoldersTx(ctx, tx, CanSettle)
		if err != nil {
			return err
		}
		var all []job.Args
		for _, id := range to {
			all = append(all, letterTo{l, id})
		}
		return s.d.Jobs.Enqueue(ctx, tx, all...)
	})
}

// writeTo may run twice: the key tells the mail server that it is the same letter.
func (s *Service) writeTo(ctx context.Context, l letterTo) error {
	return s.d.Notices.Tell(ctx, MemberNotice{Key: l.Key + "/" + l.Member, MemberID: l.Member, Subject: l.Subject, Paragraphs: l.Paragraphs, Action: "Look at it", Path: l.Path})
}
