package payments

import (
	"context"

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

// write may run twice: the key tells the mail server that it is the same letter.
func (s *Service) write(ctx context.Context, l letter) error {
	var to []string
	err := s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
		to, err = s.d.Team.HoldersTx(ctx, tx, CanSettle)
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range to {
		n := MemberNotice{Key: l.Key + "/" + id, MemberID: id, Subject: l.Subject, Paragraphs: l.Paragraphs, Action: "Look at it", Path: l.Path}
		if err := s.d.Notices.Tell(ctx, n); err != nil {
			return err
		}
	}
	return nil
}
