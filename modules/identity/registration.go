package identity

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/app/kit/sealed"
)

// Registration is an account that somebody asked for. The browser sees the
// same of it whether or not the address had an account: what Kratos said is
// held back until the code from the mail is entered.
type Registration struct {
	ID        string
	FlowID    string // Kratos' flow that was submitted
	Email     string
	Held      []byte // what Kratos gave for the browser; empty once it was handed over
	Tries     int
	CreatedAt time.Time
	ExpiresAt time.Time
}

// ErrRegistrationGone answers who asks for a registration that is over, or another browser's.
var ErrRegistrationGone = fault.Define(fault.NotFound, "identity.registration_gone", "This took too long. Please begin again.")

const (
	// confirmTime ends before the flow that the code belongs to.
	confirmTime = 29 * time.Minute
	// registrationTime outlives Kratos' flow, which must not be shown while it lives.
	registrationTime = time.Hour
	codeTries        = 5
)

// Waits tells whether a code may still be entered.
func (r Registration) Waits(now time.Time) bool {
	return len(r.Held) > 0 && now.Before(r.CreatedAt.Add(confirmTime))
}

// Confirmed tells whether the right code was entered.
func (r Registration) Confirmed() bool { return len(r.Held) == 0 }

// HoldRegistration keeps what Kratos gave for the browser and returns the
// secret that the browser gets instead. Whom a known address belongs to gets a letter.
func (s *Service) HoldRegistration(ctx context.Context, flowID, email string, held []byte, known bool) (Registration, string, error) {
	now, token := s.now(), secret()
	r := Registration{ID: newID(), FlowID: flowID, Email: email, Held: held, CreatedAt: now, ExpiresAt: now.Add(registrationTime)}
	kept := r
	var err error
	if kept.Held, err = seal(token, held); err != nil {
		return Registration{}, "", err
	}
	return r, token, s.d.Directory.AddRegistration(ctx, kept, hash(token), s.letters(r, known)...)
}

// letters are those for who has an account already: none for an address that is new, or that got enough of them.
func (s *Service) letters(r Registration, known bool) []job.Args {
	if !known {
		return nil
	}
	if _, ok := s.notices.Allow(r.Email); !ok {
		return nil
	}
	return []job.Args{tellAccountExists{Email: r.Email, Key: newID()}}
}

// RegistrationOf returns the registration that a browser holds the secret of. ErrRegistrationGone.
func (s *Service) RegistrationOf(ctx context.Context, id, token string) (Registration, error) {
	if token == "" {
		return Registration{}, ErrRegistrationGone
	}
	r, err := s.d.Directory.Registration(ctx, id, hash(token), s.now())
	if err != nil || len(r.Held) == 0 {
		return r, err
	}
	r.Held, err = unseal(token, r.Held)
	return r, err
}

// RegistrationSubmitted tells whether Kratos' flow led to a registration, and thus may not be shown any more.
func (s *Service) RegistrationSubmitted(ctx context.Context, flowID string) (bool, error) {
	return s.d.Directory.RegistrationSubmitted(ctx, flowID, s.now())
}

// TryRegistration counts a code that is entered, and tells whether it may be looked at.
func (s *Service) TryRegistration(ctx context.Context, id string) (bool, error) {
	n, err := s.d.Directory.TryRegistration(ctx, id)
	return n <= codeTries, err
}

// ConfirmRegistration forgets what was held: the browser has it.
func (s *Service) ConfirmRegistration(ctx context.Context, id string) error {
	return s.d.Directory.ConfirmRegistration(ctx, id)
}

// RemindOfAccount sends the letter again, at the place where a new code is asked for.
func (s *Service) RemindOfAccount(ctx context.Context, r Registration) error {
	return s.d.Directory.EnqueueLetters(ctx, s.letters(r, true)...)
}

type tellAccountExists struct {
	Email string `json:"email"`
	Key   string `json:"key"`
}

// Kind is the job's stable name.
func (tellAccountExists) Kind() string { return "identity.tell_account_exists" }

// remind writes to whom an address belongs that somebody registered with: most
// often it is they who forgot, and else they should know.
func (s *Service) remind(ctx context.Context, args tellAccountExists) error {
	auth := s.d.Places.Auth()
	letter, err := mail.Compose(mail.Brand{Name: "Bureau", URL: s.d.Places.Site()}, mail.Notice{
		Subject: "You already have an account",
		Paragraphs: []string{
			"Somebody, most likely you, tried to sign up with this e-mail address. It has an account already, and one account serves all agencies: sign in with it to go on.",
			"If you do not know the password any more, choose a new one: " + auth + "/.ory/self-service/recovery/browser",
		},
		Action: &mail.Action{Label: "Sign in", URL: auth + "/.ory/self-service/login/browser"},
		Note:   "If this was not you, you need not do anything. Nothing was changed, and whoever it was did not learn that you have an account.",
	})
	if err != nil {
		return err
	}
	letter.To = []mail.Address{{Email: args.Email}}
	letter.Key = "account-exists-" + args.Key
	return s.d.Mail.Send(ctx, letter)
}

// seal encrypts with a key that only the browser holds: the database alone opens no session. The key is another one than the
// hash that the database knows.
func seal(token string, plain []byte) ([]byte, error) {
	box, err := sealed.New("held for a registration", token)
	if err != nil {
		return nil, err
	}
	return box.Seal(plain), nil
}

func unseal(token string, kept []byte) ([]byte, error) {
	box, err := sealed.New("held for a registration", token)
	if err != nil {
		return nil, err
	}
	return box.Open(kept)
}
