package billing

import (
	"context"
	"fmt"
	"time"

	"github.com/bureauhq/bureau/app/kit/mail"
)

// LetterKind is what a letter about a bill says.
type LetterKind string

const (
	LetterTrialEnds LetterKind = "trial_ends" // three days before
	LetterTrialOver LetterKind = "trial_over"
	LetterLate0     LetterKind = "late_0" // the payment failed
	LetterLate3     LetterKind = "late_3"
	LetterLate6     LetterKind = "late_6"
)

// trialWarning is how long before its end a trial's owner is told.
const trialWarning = 3 * day

// LetterDue is the letter that an account's owner should have by now, and since when the state lasts that it is about.
// Of several that are due the newest counts: who was away for a week does not get three at once.
func LetterDue(a Account, now time.Time) (kind LetterKind, since time.Time) {
	switch {
	case a.Status == Trial && !now.Before(a.TrialEndsAt) && now.Before(a.TrialEndsAt.Add(afterTrialTime)):
		return LetterTrialOver, a.TrialEndsAt
	case a.Status == Trial && !now.Before(a.TrialEndsAt.Add(-trialWarning)) && now.Before(a.TrialEndsAt):
		return LetterTrialEnds, a.TrialEndsAt
	case a.Status == PastDue && a.PastDueSince != nil && now.Before(a.PastDueSince.Add(graceTime)):
		since = *a.PastDueSince
		switch late := now.Sub(since); {
		case late >= 6*day:
			return LetterLate6, since
		case late >= 3*day:
			return LetterLate3, since
		}
		return LetterLate0, since
	}
	return "", since
}

// Remind writes the letters that are due. Each is written once.
func (s *Service) Remind(ctx context.Context) (letters int, err error) {
	return s.each(ctx, s.RemindAgency)
}

// RemindAgency is Remind for one agency.
func (s *Service) RemindAgency(ctx context.Context, a Account) (isNew bool, err error) {
	kind, since := LetterDue(a, s.now())
	if kind == "" {
		return false, nil
	}
	return s.d.Store.Letter(ctx, a.AgencyID, kind, since, s.d.Now().UTC(), writeLetter{a.AgencyID, kind, since})
}

// writeLetter is the job that sends a letter.
type writeLetter struct {
	AgencyID string     `json:"agency_id"`
	Letter   LetterKind `json:"letter"`
	Since    time.Time  `json:"since"`
}

// Kind is the job's stable name.
func (writeLetter) Kind() string { return "billing.letter" }

func (s *Service) write(ctx context.Context, j writeLetter) error {
	a, _, err := s.Account(ctx, j.AgencyID)
	if err != nil {
		return err
	}
	if kind, since := LetterDue(a, s.now()); kind != j.Letter || !since.Equal(j.Since) {
		return nil // it was paid, or bought, meanwhile
	}
	agency, err := s.d.Agencies.ByID(ctx, j.AgencyID)
	if err != nil {
		return err
	}
	in, err := s.inAgency(ctx, j.AgencyID)
	if err != nil {
		return err
	}
	owner, err := s.d.Owners.BillingOwner(in)
	if err != nil || owner.Email == "" {
		return err
	}
	notice := j.notice(agency.Name)
	notice.Action = &mail.Action{Label: "Open the bill", URL: s.d.PageURL(agency.Slug) + "/settings/billing"}
	m, err := mail.Compose(mail.Brand{Name: "Bureau", URL: s.d.PageURL(agency.Slug)}, notice)
	if err != nil {
		return err
	}
	m.To = []mail.Address{{Name: owner.Name, Email: owner.Email}}
	m.Key = fmt.Sprintf("bill-%s-%s-%d", j.AgencyID, j.Letter, j.Since.Unix())
	return s.d.Mail.Send(ctx, m)
}

func (j writeLetter) notice(agency string) mail.Notice {
	on := func(after time.Duration) string { return j.Since.Add(after).UTC().Format("2 January 2006") }
	const kept = "Nothing is lost, and all data can be exported at any time."
	switch j.Letter {
	case LetterTrialEnds:
		return mail.Notice{Subject: "The trial of " + agency + " ends on " + on(0), Paragraphs: []string{"From then on everything can be read and exported, and nothing changed, until a plan is chosen.", kept}}
	case LetterTrialOver:
		return mail.Notice{Subject: "The trial of " + agency + " is over", Paragraphs: []string{"Everything can be read and exported until " + on(afterTrialTime) + ", and nothing changed. Choose a plan to go on.", kept}}
	case LetterLate3:
		return mail.Notice{Subject: "The payment for " + agency + " is still open", Paragraphs: []string{"The card was declined. Everything works until " + on(graceTime) + "; from then on the agency is read only until the payment is made.", kept}}
	case LetterLate6:
		return mail.Notice{Subject: agency + " becomes read only on " + on(graceTime), Paragraphs: []string{"The payment is open for six days. Please look at the card now.", kept}}
	}
	return mail.Notice{Subject: "The payment for " + agency + " did not go through", Paragraphs: []string{"The card was declined. We try it again in the next days; everything works until " + on(graceTime) + ". Please look at the card.", kept}}
}
