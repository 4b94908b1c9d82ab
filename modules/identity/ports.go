package identity

import (
	"context"
	"time"

	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/tenancy"
)

// Store keeps what belongs to one agency. Its one implementation is identitydb.
type Store interface {
	AddMember(context.Context, *tenancy.Tx, Member) error // ErrAlreadyMember
	Member(context.Context, *tenancy.Tx, string) (Member, error)
	MemberByPerson(context.Context, *tenancy.Tx, string) (Member, error)
	MemberByEmail(context.Context, *tenancy.Tx, string) (Member, error)
	Members(context.Context, *tenancy.Tx, MemberFilter) ([]Member, error)
	MembersByID(context.Context, *tenancy.Tx, []string) ([]Member, error)
	// SaveMember writes m if its version is still m.Version, and raises it. ErrStale, ErrAlreadyMember.
	SaveMember(context.Context, *tenancy.Tx, Member) error
	SeeMember(ctx context.Context, tx *tenancy.Tx, id string, at time.Time) error
	MailFailed(ctx context.Context, tx *tenancy.Tx, id string, at time.Time, why string) error // keeps since when
	MailArrived(ctx context.Context, tx *tenancy.Tx, id string) error
	MembersOfContacts(ctx context.Context, tx *tenancy.Tx, contactIDs []string) ([]Member, error)
	CountOwners(context.Context, *tenancy.Tx) (int, error)
	CountMembers(context.Context, *tenancy.Tx) (int, error)

	AddToken(context.Context, *tenancy.Tx, Token, []byte) error
	TokenByHash(context.Context, *tenancy.Tx, []byte) (Token, error) // ErrTokenNotFound
	Token(context.Context, *tenancy.Tx, string) (Token, error)       // ErrTokenNotFound
	Tokens(ctx context.Context, tx *tenancy.Tx, memberID string, limit int, after []string) ([]Token, error)
	RevokeToken(ctx context.Context, tx *tenancy.Tx, id string, at time.Time) error
	UseToken(ctx context.Context, tx *tenancy.Tx, id string, at time.Time) error

	AddInvitation(context.Context, *tenancy.Tx, Invitation) error              // ErrAlreadyInvited
	Invitation(context.Context, *tenancy.Tx, string) (Invitation, error)       // ErrInvitationNotFound
	InvitationByHash(context.Context, *tenancy.Tx, []byte) (Invitation, error) // ErrInvitationNotFound
	Invitations(context.Context, *tenancy.Tx, InvitationFilter) ([]Invitation, error)
	OpenInvitationsOf(ctx context.Context, tx *tenancy.Tx, contactIDs []string) (ids []string, err error)
	// SaveInvitation writes i if its version is still i.Version, and raises it. ErrStale.
	SaveInvitation(context.Context, *tenancy.Tx, Invitation) error
	// CountMailed counts the letters asked for since then, and tells when the oldest of them was.
	CountMailed(ctx context.Context, tx *tenancy.Tx, since time.Time) (n int, oldest time.Time, err error)
	// CountInvited counts the open invitations of staff.
	CountInvited(ctx context.Context, tx *tenancy.Tx, now time.Time) (int, error)
}

// Directory keeps what belongs to the platform: sessions, sign-ins and
// sign-ups under way. Each method is one transaction. Its one implementation is identitydb.
type Directory interface {
	MirrorPerson(context.Context, Person, time.Time) error
	Person(ctx context.Context, id string) (Person, error) // ErrPersonUnknown
	// Changed returns those that we know and of whom we know something else.
	Changed(context.Context, []Person) ([]Person, error)
	MirrorMember(ctx context.Context, agencyID string, m Member, at time.Time) error
	// MembershipsOf lists the open memberships of a person; those entered ahead of it by their e-mail, if it is verified.
	MembershipsOf(context.Context, Person) ([]Membership, error)

	AddState(context.Context, State) error
	TakeState(ctx context.Context, hash []byte, agencyID string, now time.Time) (State, error) // ErrBadSignIn
	PeekState(ctx context.Context, hash []byte, agencyID string, now time.Time) (State, error) // ErrBadSignIn
	AddCode(context.Context, Code) error
	// UseCode marks the code as used and returns it, once. ErrBadSignIn.
	UseCode(ctx context.Context, hash []byte, agencyID string, now time.Time) (Code, error)

	AddSession(context.Context, Session, []byte) error
	SessionByHash(context.Context, []byte) (Session, error) // ErrNoSession
	Sessions(ctx context.Context, agencyID, memberID string, now time.Time) ([]Session, error)
	TouchSession(ctx context.Context, id, ip string, seen, idleEnds time.Time) error
	RevalidatedSID(ctx context.Context, sid string, at time.Time) error
	// Revoke ends the open sessions that match and returns the Kratos sessions behind them.
	Revoke(ctx context.Context, which Which, reason string, at time.Time) ([]string, error)
	SIDsOf(ctx context.Context, personID string) ([]string, error)

	// Log writes down what an operator did.
	Log(ctx context.Context, c audit.Change) error
	AddOperator(context.Context, Operator) error // ErrOperatorKnown
	Operators(context.Context) ([]Operator, error)
	// OperatorOf finds the operator that a person is, by the verified address before the first sign-in. ErrNotAnOperator.
	OperatorOf(context.Context, Person) (Operator, error)
	// RemoveOperator ends all sessions that came from the operator, too. ErrOperatorUnknown.
	RemoveOperator(ctx context.Context, email string, at time.Time) (Operator, error)
	AddGrant(context.Context, Grant) error
	Grant(ctx context.Context, id string) (Grant, error) // ErrNoGrant
	Grants(ctx context.Context, agencyID string, limit int) ([]Grant, error)
	EnterGrant(ctx context.Context, g Grant, at time.Time) error
	// EndGrant ends the sessions that came from it, too. ErrNoGrant.
	EndGrant(ctx context.Context, id, agencyID, by string, at time.Time) (Grant, error)

	AddSignUp(ctx context.Context, s SignUp, hash []byte) error                   // ErrSlugTaken
	SignUpByHash(ctx context.Context, hash []byte, now time.Time) (SignUp, error) // ErrSignUpGone
	SlugHeld(ctx context.Context, slug string, now time.Time) (bool, error)
	SaveSignUp(context.Context, SignUp) error // ErrSlugTaken
	NoteSignUp(context.Context, SignUp) error // the same, but lost if the database crashes in the next second

	// AddRegistration keeps r with the hash of the browser's secret; the letters exist if it does.
	AddRegistration(ctx context.Context, r Registration, hash []byte, letters ...job.Args) error
	EnqueueLetters(ctx context.Context, letters ...job.Args) error
	Registration(ctx context.Context, id string, hash []byte, now time.Time) (Registration, error) // ErrRegistrationGone
	RegistrationSubmitted(ctx context.Context, flowID string, now time.Time) (bool, error)
	// TryRegistration counts a try and returns how many there were.
	TryRegistration(ctx context.Context, id string) (int, error)
	ConfirmRegistration(ctx context.Context, id string) error
	Sweep(ctx context.Context, now time.Time) error
}

// Which says which sessions are meant; empty fields do not count.
type Which struct {
	ID, AgencyID, MemberID, PersonID, SID string
}

// Provider is where people sign in: Kratos.
type Provider interface {
	// WhoAmI returns the sign-in that the browser's cookie stands for.
	// ErrSignInRequired, ErrSecondFactor, ErrUnavailable.
	WhoAmI(ctx context.Context, cookie string) (SignIn, error)
	// Alive tells whether the provider's session is still good. ErrUnavailable.
	Alive(ctx context.Context, sid string) (bool, error)
	// People lists everybody, a page at a time; next is empty at the end. ErrUnavailable.
	People(ctx context.Context, page string) (all []Person, next string, err error)
	// End ends the provider's session; one that is gone already is no error. ErrUnavailable.
	End(ctx context.Context, sid string) error
}

// Agencies finds agencies.
type Agencies interface {
	BySlug(context.Context, string) (tenancy.Agency, error)
	ByID(context.Context, string) (tenancy.Agency, error)
	Forget(id string)
}

// Claimer gives a new agency its schema.
type Claimer interface {
	Claim(ctx context.Context, slug, name string) (tenancy.Agency, error) // tenancy.ErrSlugTaken
}

// Looks tells how an agency's sign-in page looks. The agency is in ctx.
type Looks interface {
	Look(ctx context.Context) (Look, error)
}

// Look is what the sign-in pages show of an agency.
type Look struct{ Colour, LogoURL string }

// Publisher publishes events.
type Publisher interface {
	Publish(context.Context, job.Tx, event.Event) error
}

// Enqueuer inserts jobs.
type Enqueuer interface {
	Enqueue(context.Context, job.Tx, ...job.Args) error
}

// Sender sends mail.
type Sender interface {
	Send(context.Context, mail.Message) error
}
