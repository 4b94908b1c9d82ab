package payments

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/bureauhq/bureau/tenancy"
)

// noticed is the job that looks at what a notice is about. It belongs to the platform: whose the notice is, it finds out.
type noticed struct {
	NoticeID   string `json:"notice_id"`
	Account    string `json:"account"`
	Type       string `json:"type"`
	CheckoutID string `json:"checkout_id,omitempty"`
	ChargeID   string `json:"charge_id,omitempty"`
}

// Kind is the job's stable name.
func (noticed) Kind() string { return "payments.notice" }

// Notice takes a signed notice of the provider's, once, together with the job that follows from it. ErrBadNotice; any other failure must
// be answered so that the provider sends it again.
func (s *Service) Notice(ctx context.Context, raw []byte, signature string) error {
	if s.d.Provider == nil {
		return ErrBadNotice
	}
	n, err := s.d.Provider.Verify(raw, signature, s.d.Now())
	if err != nil {
		return err
	}
	_, err = s.receiveNotice(ctx, n, "webhook")
	return err
}

func (s *Service) receiveNotice(ctx context.Context, n Notice, source string) (bool, error) {
	return s.d.Directory.Receive(ctx, n, source, s.d.Now().UTC(), noticed{n.ID, n.Account, n.Type, n.CheckoutID, n.ChargeID})
}

// What becomes of a notice.
const (
	done        = "done"
	ignored     = "ignored"     // of the agency's own business, not of ours
	unknown     = "unknown"     // of an account that is nobody's
	quarantined = "quarantined" // it says that it is ours, and does not fit
)

// process asks the provider anew about what a notice is about. Whose it is says our own table alone.
func (s *Service) process(ctx context.Context, j noticed) error {
	agencyID, err := s.d.Directory.AgencyOf(ctx, j.Account)
	if err != nil {
		return err
	}
	state, reason := unknown, ""
	if agencyID == "" {
		s.d.Log.ErrorContext(ctx, "a payment notice of an unknown account", "notice", j.NoticeID, "account", j.Account, "type", j.Type)
	} else {
		in, err := s.inAgency(ctx, agencyID)
		if err != nil {
			return err
		}
		if state, reason, err = s.follow(in, j); err != nil {
			return err
		}
	}
	return s.d.Directory.Processed(ctx, j.NoticeID, state, reason, s.d.Now().UTC())
}

// follow does what follows from a notice in its agency.
func (s *Service) follow(ctx context.Context, j noticed) (state, reason string, err error) {
	if strings.HasPrefix(j.Type, "account.") {
		return done, "", s.RefreshAccount(ctx)
	}
	if j.CheckoutID == "" && j.ChargeID == "" {
		return ignored, "", nil
	}
	hint := Notice{CheckoutID: j.CheckoutID, ChargeID: j.ChargeID}
	id, err := s.attemptOf(ctx, j.CheckoutID, j.ChargeID)
	if err != nil {
		return "", "", err
	}
	if id == "" {
		claimed, err := s.claims(ctx, j)
		if err != nil || claimed == "" {
			return ignored, "", err
		}
		var a Attempt
		err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) (err error) {
			a, err = s.d.Store.Attempt(ctx, tx, claimed)
			return err
		})
		switch {
		case errors.Is(err, ErrNotFound), err == nil && a.AccountID != j.Account:
			reason = "it says that it belongs to an attempt that is not one of this account"
			return quarantined, reason, s.stranger(ctx, j, reason)
		case err != nil:
			return "", "", err
		}
		id = a.ID
	}
	if err := s.look(ctx, id, hint); err != nil {
		return "", "", err
	}
	return done, "", nil
}

func (s *Service) attemptOf(ctx context.Context, checkoutID, chargeID string) (id string, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		id, err = s.d.Store.AttemptOf(ctx, tx, checkoutID, chargeID)
		return err
	})
	return id, err
}

// claims asks which of our attempts the page or the charge says it belongs to: none where the agency charged it by itself.
func (s *Service) claims(ctx context.Context, j noticed) (string, error) {
	if j.ChargeID != "" {
		c, err := s.d.Provider.Charge(ctx, j.Account, j.ChargeID)
		if err == nil || !errors.Is(err, ErrGone) && !errors.Is(err, ErrNoAccess) {
			return c.AttemptID, err
		}
		return "", nil
	}
	c, err := s.d.Provider.Checkout(ctx, j.Account, j.CheckoutID)
	if err == nil || !errors.Is(err, ErrGone) && !errors.Is(err, ErrNoAccess) {
		return c.AttemptID, err
	}
	return "", nil
}

// stranger lists a payment that says it is ours and is not, and tells the operators too.
func (s *Service) stranger(ctx context.Context, j noticed, reason string) error {
	s.d.Log.ErrorContext(ctx, "a payment notice is put aside", "notice", j.NoticeID, "account", j.Account, "charge", j.ChargeID, "why", reason)
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		subject := j.ChargeID
		if subject == "" {
			subject = j.CheckoutID
		}
		return s.differ(ctx, tx, Difference{Kind: DiffStranger, Subject: subject, Ours: "no such attempt", Theirs: reason})
	})
}

// overlap is how far back lost notices are looked for: one may be lost while a later one arrives.
const overlap = 24 * time.Hour

// CatchUp takes in the notices of the last day that never arrived, account by account, through the same door. It returns how many those were.
func (s *Service) CatchUp(ctx context.Context) (missed int, err error) {
	if s.d.Provider == nil {
		return 0, nil
	}
	err = s.everyAccount(ctx, func(c Connected) error {
		n, err := s.catchUp(ctx, c.AccountID)
		missed += n
		if errors.Is(err, ErrNoAccess) { // the notice of it was lost too
			in, err := s.inAgency(ctx, c.AgencyID)
			if err != nil {
				return err
			}
			return s.RefreshAccount(in)
		}
		return err
	})
	return missed, err
}

func (s *Service) catchUp(ctx context.Context, accountID string) (missed int, err error) {
	after, err := s.d.Directory.NoticeBefore(ctx, accountID, overlap)
	if err != nil {
		return 0, err
	}
	for {
		page, more, err := s.d.Provider.NoticesSince(ctx, accountID, after)
		if errors.Is(err, ErrGone) && after != "" {
			after = "" // older than what the provider keeps: the newest page, and the nightly comparison
			continue
		}
		if err != nil {
			return missed, err
		}
		for _, n := range page {
			isNew, err := s.receiveNotice(ctx, n, "catch_up")
			if err != nil {
				return missed, err
			}
			if isNew {
				missed++
			}
			after = n.ID
		}
		if !more || len(page) == 0 {
			return missed, nil
		}
	}
}

// everyAccount calls fn with each account that is connected. One that fails does not stop the others.
func (s *Service) everyAccount(ctx context.Context, fn func(Connected) error) error {
	var failures []error
	for after := ""; ; {
		page, err := s.d.Directory.Live(ctx, s.d.Provider.Name(), after, 500)
		if err != nil {
			return errors.Join(append(failures, err)...)
		}
		for _, c := range page {
			after = c.AccountID
			if err := fn(c); err != nil {
				s.d.Log.WarnContext(ctx, "an account at the payment provider could not be looked at", "account", c.AccountID, "agency", c.AgencyID, "err", err)
				failures = append(failures, err)
			}
		}
		if len(page) < 500 || ctx.Err() != nil {
			return errors.Join(failures...)
		}
	}
}
