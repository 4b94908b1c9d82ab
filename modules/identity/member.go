package identity

import (
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/fault"
)

// MemberState says whether a member may come in.
type MemberState string

const (
	Active      MemberState = "active"
	Deactivated MemberState = "deactivated"
)

// EndReason says what somebody meant when they ended a member's access.
type EndReason string

// Why an access ended. Nothing: it goes on, or ended before this was kept.
const (
	Meant EndReason = "meant" // until it is given back by name
	Away  EndReason = "away"  // while the contact, or its client, is put away
)

// Member is one person's place in one agency.
type Member struct {
	ID            string
	PersonID      string // the Kratos identity; empty until the first sign-in of a member who was entered ahead of it
	Name          string
	Email         string
	Kind          access.Kind // Staff or Contact
	Role          string
	State         MemberState
	ContactID     string // contacts only
	ClientID      string // contacts only
	CreatedAt     time.Time
	UpdatedAt     time.Time
	DeactivatedAt *time.Time
	EndedBy       string // the member who ended it
	EndedWhy      EndReason
	LastSeenAt    *time.Time
	MailFailedAt  *time.Time // since when mails to the address fail; nil: they arrive
	MailFailure   string     // what the mail server answered last
	Version       int
}

// NewMember is what it takes to add a member.
type NewMember struct {
	ID                          string // made when empty
	PersonID, Name, Email, Role string
	ContactID, ClientID         string // for the role contact
	invitationID                string // of the invitation that is accepted by this
}

var (
	ErrMemberNotFound = fault.Define(fault.NotFound, "identity.member_not_found", "This member does not exist.")
	ErrAlreadyMember  = fault.Define(fault.Conflict, "identity.already_member", "This person belongs to the agency already.").At("body.email", "belongs to the agency already")
	ErrLastOwner      = fault.Define(fault.Conflict, "identity.last_owner", "The agency needs at least one owner. Make somebody else an owner first.")
	ErrOwnRole        = fault.Define(fault.Forbidden, "identity.own_role", "Nobody can give themselves more rights.")
	ErrOwnersOnly     = fault.Define(fault.Forbidden, "identity.owners_only", "Only an owner can do this to an owner.")
	ErrBadRole        = fault.Define(fault.Invalid, "identity.bad_role", "This role cannot be given here.")
	ErrBadEmail       = fault.Define(fault.Invalid, "identity.bad_email", "This is not an e-mail address.")
	ErrBadName        = fault.Define(fault.Invalid, "identity.bad_name", "A name has 1 to 120 letters.")
	ErrMemberState    = fault.Define(fault.Conflict, "identity.member_state", "The member's state does not allow this.")
	ErrStale          = fault.Define(fault.Precondition, "request.stale", "This was changed meanwhile. Load it again and repeat your change.")
)

// NormaliseEmail trims and lowers an address exactly as Kratos does with its
// identifiers, and refuses what looks like another address: letters that
// cannot be seen.
func NormaliseEmail(s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" || len(s) > 254 {
		return "", ErrBadEmail.At("body.email", "is not an e-mail address")
	}
	for _, r := range s {
		if unicode.In(r, unicode.Cf, unicode.Z, unicode.C, unicode.M) {
			return "", ErrBadEmail.At("body.email", "holds letters that cannot be seen")
		}
	}
	return s, nil
}

func parseName(field, s string) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	n := utf8.RuneCountInString(s)
	if n < 1 || n > 120 || strings.ContainsFunc(s, unicode.IsControl) {
		return "", ErrBadName.At(field, "must have 1 to 120 letters")
	}
	return s, nil
}

// Mask hides most of an address: enough to recognise one's own, too little to learn another's.
func Mask(email string) string {
	local, domain, ok := strings.Cut(email, "@")
	if !ok || local == "" {
		return "…"
	}
	first, _ := utf8.DecodeRuneInString(local)
	return string(first) + "…@" + domain
}

func kindOf(role string) access.Kind {
	if role == Client {
		return access.Contact
	}
	return access.Staff
}

// actor is m as the caller of a request.
func (m Member) actor() access.Actor {
	return access.Actor{
		MemberID: m.ID, PersonID: m.PersonID, Name: m.Name, Email: m.Email, Kind: m.Kind, Role: m.Role,
		ContactID: m.ContactID, ClientID: m.ClientID, Perms: Permissions(m.Role),
	}
}

// SortKey is where m stands in the list of members.
func (m Member) SortKey() []string { return []string{strings.ToLower(m.Name), m.ID} }
