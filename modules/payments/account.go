package payments

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/tenancy"
)

// Settings are what the agency decided.
type Settings struct {
	Offered   bool // while it is off nobody is asked to pay on line
	Parts     bool // clients may pay a part of an invoice
	Version   int
	UpdatedAt time.Time
}

// Account is the agency's account at the provider, as it was when we looked last.
type Account struct {
	AccountState
	ID             string
	Provider       string
	ConnectedAt    time.Time
	CheckedAt      time.Time
	DisconnectedAt *time.Time // by the agency, on screen
	GoneAt         *time.Time // at the provider
	ComparedAt     *time.Time
	ComparedCount  int
	Version        int
}

// Stand is where an account stands, in a word.
func (a Account) Stand() string {
	switch {
	case a.ID == "":
		return "none"
	case a.GoneAt != nil:
		return "gone"
	case a.DisconnectedAt != nil:
		return "disconnected"
	case a.Ready():
		return "ready"
	case a.Submitted:
		return "restricted"
	}
	return "unfinished"
}

// Overview is what the settings show.
type Overview struct {
	Available bool // there is a provider
	Account   Account
	Settings  Settings
}

// Takes tells whether clients can pay.
func (o Overview) Takes() bool {
	return o.Available && o.Settings.Offered && o.Account.Stand() == "ready"
}

// Overview reads settings and account.
func (s *Service) Overview(ctx context.Context) (o Overview, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		o, err = s.overview(ctx, tx)
		return err
	})
	return o, err
}

func (s *Service) overview(ctx context.Context, tx *tenancy.Tx) (o Overview, err error) {
	o.Available = s.d.Provider != nil
	if o.Settings, err = s.d.Store.Settings(ctx, tx); err != nil {
		return o, err
	}
	o.Account, err = s.d.Store.Account(ctx, tx)
	return o, err
}

// TakesTx tells whether an invoice's mail may name the page on which it is paid.
func (s *Service) TakesTx(ctx context.Context, tx *tenancy.Tx) (bool, error) {
	if s.d.Provider == nil {
		return false, nil
	}
	o, err := s.overview(ctx, tx)
	return o.Takes(), err
}

// SettingsChange holds what is to be different; nil leaves a field as it is.
type SettingsChange struct{ Offered, Parts *bool }

// Change changes the settings. ErrStale.
func (s *Service) Change(ctx context.Context, version int, c SettingsChange) (o Overview, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := tx.Lock(ctx, "payments.settings"); err != nil {
			return err
		}
		if o, err = s.overview(ctx, tx); err != nil {
			return err
		}
		if o.Settings.Version != version {
			return ErrStale
		}
		before := o.Settings
		if c.Offered != nil {
			o.Settings.Offered = *c.Offered
		}
		if c.Parts != nil {
			o.Settings.Parts = *c.Parts
		}
		o.Settings.Version, o.Settings.UpdatedAt = version+1, s.d.Now().UTC()
		if err := s.d.Store.SaveSettings(ctx, tx, o.Settings); err != nil {
			return err
		}
		if before.Offered && !o.Settings.Offered {
			if err := s.d.Jobs.Enqueue(ctx, tx, closePages{}); err != nil {
				return err
			}
		}
		return s.accountChanged(ctx, tx, "payments.settings_changed", before, o.Settings)
	})
	return o, err
}

// Connect returns a link to the provider's onboarding, for a new account or to go on with the one that is there.
func (s *Service) Connect(ctx context.Context, country string) (url string, err error) {
	if s.d.Provider == nil {
		return "", ErrUnset
	}
	agency, err := tenancy.From(ctx)
	if err != nil {
		return "", err
	}
	o, err := s.Overview(ctx)
	if err != nil {
		return "", err
	}
	if o.Account.ID == "" || o.Account.GoneAt != nil {
		if o.Account, err = s.open(ctx, agency, country, o.Account); err != nil {
			return "", err
		}
	}
	page, err := s.d.Places.PageURL(ctx, "/settings/payments")
	if err != nil {
		return "", err
	}
	url, err = s.d.Provider.Onboarding(ctx, o.Account.ID, page+"?again=1", page+"?back=1")
	if errors.Is(err, ErrNoAccess) {
		return "", errors.Join(err, s.RefreshAccount(ctx))
	}
	return url, err
}

// open makes an account. Two who do so at once make one: the key names the account that is no more, if there was one.
func (s *Service) open(ctx context.Context, agency tenancy.Agency, country string, gone Account) (Account, error) {
	profile, err := s.d.Profile.PaymentProfile(ctx)
	if err != nil {
		return Account{}, err
	}
	if country == "" {
		country = profile.Country
	}
	accountID, err := s.d.Provider.CreateAccount(ctx, "account/"+agency.ID+"/"+country+"/"+gone.ID, NewAccount{AgencyID: agency.ID, Name: profile.Name, Email: profile.Email, Country: country})
	if err != nil {
		return Account{}, err
	}
	now := s.d.Now().UTC()
	// Whose it is, is known before anything can happen to it.
	if err := s.d.Directory.Connect(ctx, agency.ID, s.d.Provider.Name(), accountID, now); err != nil {
		return Account{}, err
	}
	a := Account{ID: accountID, Provider: s.d.Provider.Name(), ConnectedAt: now, CheckedAt: now, Version: 1, AccountState: AccountState{Country: country}}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		added, err := s.d.Store.AddAccount(ctx, tx, a)
		if err != nil || !added {
			return err
		}
		return s.accountChanged(ctx, tx, "payments.account_connected", nil, a)
	})
	return a, err
}

// RefreshAccount asks the provider what the account can do now. Coming back from the onboarding proves nothing, and a notice does not either.
func (s *Service) RefreshAccount(ctx context.Context) error {
	if s.d.Provider == nil {
		return ErrUnset
	}
	for range looks {
		o, err := s.Overview(ctx)
		if err != nil || o.Account.ID == "" || o.Account.GoneAt != nil {
			return err
		}
		seen, err := s.d.Provider.Account(ctx, o.Account.ID)
		lost := errors.Is(err, ErrNoAccess)
		if err != nil && !lost {
			return err
		}
		done, err := s.saw(ctx, o.Account, seen, lost)
		if err != nil || done {
			return err
		}
	}
	return ErrWrittenMeanwhile
}

// saw writes down what an account is, if nobody has meanwhile.
func (s *Service) saw(ctx context.Context, was Account, seen AccountState, lost bool) (done bool, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		a, err := s.d.Store.LockedAccount(ctx, tx)
		if err != nil || a.ID != was.ID || a.Version != was.Version {
			return err
		}
		done = true
		now := s.d.Now().UTC()
		a.CheckedAt = now
		if lost {
			a.GoneAt = &now
		} else {
			a.AccountState = seen
		}
		a.Version++
		if err := s.d.Store.SaveAccount(ctx, tx, a); err != nil {
			return err
		}
		if a.Stand() == was.Stand() {
			if slices.Equal(a.Due, was.Due) {
				return nil
			}
			return s.d.Events.Publish(ctx, tx, AccountChanged{})
		}
		if err := s.stands(ctx, tx, was, a); err != nil {
			return err
		}
		return s.accountChanged(ctx, tx, "payments.account_changed", was.Stand(), a.Stand())
	})
	if err == nil && done && lost {
		err = s.d.Directory.Gone(ctx, was.ID, s.d.Now().UTC())
	}
	return done, err
}

// stands does what follows when an account can do something else: pages are closed, and people are told.
func (s *Service) stands(ctx context.Context, tx *tenancy.Tx, was, is Account) error {
	if was.Stand() != "ready" {
		return nil
	}
	if err := s.d.Jobs.Enqueue(ctx, tx, closePages{}); err != nil {
		return err
	}
	text := "The payment provider wants to know more about your business before clients can pay on line again."
	if is.GoneAt != nil {
		text = "Your account at the payment provider is not connected any more, so clients cannot pay on line."
	}
	return s.tell(ctx, tx, letter{
		Key: "payments.account/" + is.ID + "/" + is.CheckedAt.Format(time.RFC3339Nano), Subject: "Clients cannot pay on line",
		Paragraphs: []string{text, "Invoices show your bank details only, and pages that were open for payment are closed."}, Path: "/settings/payments",
	})
}

// Disconnect stops payments on line. The account stays at the provider, and payments that were made can still be given back.
func (s *Service) Disconnect(ctx context.Context) (o Overview, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if o, err = s.overview(ctx, tx); err != nil {
			return err
		}
		a, err := s.d.Store.LockedAccount(ctx, tx)
		switch {
		case err != nil:
			return err
		case a.ID == "" || a.GoneAt != nil || a.DisconnectedAt != nil:
			return ErrNoAccount
		}
		now := s.d.Now().UTC()
		was := a.Stand()
		a.DisconnectedAt, a.Version = &now, a.Version+1
		o.Account = a
		if err := s.d.Store.SaveAccount(ctx, tx, a); err != nil {
			return err
		}
		if err := s.d.Jobs.Enqueue(ctx, tx, closePages{}); err != nil {
			return err
		}
		return s.accountChanged(ctx, tx, "payments.account_disconnected", was, a.Stand())
	})
	return o, err
}

// Reconnect takes an account back that was disconnected on screen.
func (s *Service) Reconnect(ctx context.Context) (Overview, error) {
	err := s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		a, err := s.d.Store.LockedAccount(ctx, tx)
		switch {
		case err != nil:
			return err
		case a.ID == "" || a.GoneAt != nil || a.DisconnectedAt == nil:
			return ErrNoAccount
		}
		a.DisconnectedAt, a.Version = nil, a.Version+1
		if err := s.d.Store.SaveAccount(ctx, tx, a); err != nil {
			return err
		}
		return s.accountChanged(ctx, tx, "payments.account_connected", "disconnected", a.Stand())
	})
	if err != nil {
		return Overview{}, err
	}
	if err := s.RefreshAccount(ctx); err != nil {
		return Overview{}, err
	}
	return s.Overview(ctx)
}

func (s *Service) accountChanged(ctx context.Context, tx *tenancy.Tx, action string, before, after any) error {
	if err := audit.Record(ctx, tx, audit.Change{Action: action, Entity: "payment_account", EntityID: tx.AgencyID(), Before: before, After: after}); err != nil {
		return err
	}
	return s.d.Events.Publish(ctx, tx, AccountChanged{})
}
