package identity

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/job"
	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/tenancy"
)

// Grant is an operator's look into one agency: read only, for a reason and a while.
type Grant struct {
	ID           string
	AgencyID     string
	OperatorID   string
	OperatorName string
	PersonID     string // the operator's
	MemberID     string // the owner in whose place the operator looks
	Reason       string
	CreatedAt    time.Time
	ExpiresAt    time.Time
	OpenedAt     *time.Time
	EndedAt      *time.Time
	EndedBy      string
}

// Open tells whether the grant still lets its operator in.
func (g Grant) Open(now time.Time) bool { return g.EndedAt == nil && now.Before(g.ExpiresAt) }

// Act is what a session keeps of the grant that it came from.
type Act struct {
	GrantID    string `json:"grant_id"`
	OperatorID string `json:"operator_id"`
	Name       string `json:"name"`
	Reason     string `json:"reason"`
}

// SupportTime is how long a look into an agency lasts.
const SupportTime = 30 * time.Minute

var (
	ErrSupportReason = fault.Define(fault.Invalid, "identity.support_reason", "Say why you need to look into this agency.").At("body.reason", "must have 10 to 500 letters")
	ErrNoOwner       = fault.Define(fault.Conflict, "identity.no_owner", "The agency has no active owner who could be told.")
	ErrNoGrant       = fault.Define(fault.NotFound, "identity.support_not_found", "There is no such support access, or it is over.")
)

// supportPerms are what an operator may look at inside an agency: what an
// owner may read, but neither what people cost nor anything secret.
var supportPerms = func() access.Set {
	s := Permissions(Owner).Only([]string{"*:read"})
	delete(s, "rates.cost.see")
	return s
}()

func (a Act) actor(m Member) access.Actor {
	out := m.actor()
	out.Kind, out.Role, out.ReadOnly, out.Perms = access.Support, "support", true, supportPerms
	out.OperatorID, out.Name = a.OperatorID, a.Name
	return out
}

// OpenSupport lets the operator of ctx look into an agency for SupportTime. The owners are told before anything
// can be seen, and both audit logs hold it. ErrSupportReason, ErrNoOwner, tenancy.ErrSuspended, tenancy.ErrNoAgency.
func (s *Service) OpenSupport(ctx context.Context, agencyID, reason string) (g Grant, url string, err error) {
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n < 10 || n > 500 {
		return g, "", ErrSupportReason
	}
	a, err := s.d.Agencies.ByID(ctx, agencyID)
	if err != nil {
		return g, "", err
	}
	if a, err = s.openAgency(ctx, a.Slug); err != nil {
		return g, "", err
	}
	who, now := access.From(ctx), s.now()
	g = Grant{
		ID: newID(), AgencyID: a.ID, OperatorID: who.OperatorID, OperatorName: who.Name, PersonID: who.PersonID, Reason: reason,
		CreatedAt: now, ExpiresAt: now.Add(SupportTime),
	}
	// The agency's side first: if the platform's fails, its owners were told of a look that nobody took.
	err = s.d.DB.Run(inAgency(ctx, a), func(ctx context.Context, tx *tenancy.Tx) error {
		owners, err := s.d.Store.Members(ctx, tx, MemberFilter{Role: Owner, State: Active, Kind: access.Staff, Limit: 50})
		if err != nil {
			return err
		}
		if len(owners) == 0 {
			return ErrNoOwner
		}
		g.MemberID = owners[0].ID
		for _, m := range owners {
			err := s.d.Jobs.Enqueue(ctx, tx, tellOfSupport{MemberID: m.ID, GrantID: g.ID, Operator: g.OperatorName, Reason: reason, Until: g.ExpiresAt})
			if err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, g.change("identity.support_opened"))
	})
	if err != nil {
		return g, "", err
	}
	if err := s.d.Directory.AddGrant(ctx, g); err != nil {
		return g, "", err
	}
	return g, s.d.Places.Agency(a.Slug) + "/auth/support?grant=" + g.ID, nil
}

func (g Grant) change(action string) audit.Change {
	return audit.Change{
		Action: action, Entity: "support_access", EntityID: g.ID, Reason: g.Reason,
		After: map[string]any{"operator": g.OperatorName, "on_behalf_of": g.MemberID, "expires_at": g.ExpiresAt, "read_only": true},
	}
}

// Grants lists looks into the agency of ctx, the newest first.
func (s *Service) Grants(ctx context.Context) ([]Grant, error) {
	a, err := tenancy.From(ctx)
	if err != nil {
		return nil, err
	}
	return s.d.Directory.Grants(ctx, a.ID, 100)
}

// GrantsOf lists looks into an agency, for operators.
func (s *Service) GrantsOf(ctx context.Context, agencyID string) ([]Grant, error) {
	return s.d.Directory.Grants(ctx, agencyID, 100)
}

// EndSupport ends an operator's look into the agency of ctx at once. ErrNoGrant.
func (s *Service) EndSupport(ctx context.Context, grantID string) error {
	a, err := tenancy.From(ctx)
	if err != nil {
		return err
	}
	by := access.From(ctx)
	g, err := s.d.Directory.EndGrant(ctx, grantID, a.ID, by.Name, s.now())
	s.sessions.forget()
	if err != nil {
		return err
	}
	return s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return audit.Record(ctx, tx, g.change("identity.support_ended"))
	})
}

// EndSupportAt is EndSupport by an operator. ErrNoGrant, tenancy.ErrNoAgency.
func (s *Service) EndSupportAt(ctx context.Context, agencyID, grantID string) error {
	a, err := s.d.Agencies.ByID(ctx, agencyID)
	if err != nil {
		return err
	}
	return s.EndSupport(inAgency(ctx, a), grantID)
}

// admitSupport checks on the sign-in host that the person holds the grant.
func (s *Service) admitSupport(ctx context.Context, agencyID, grantID string, who SignIn) (Grant, error) {
	o, err := s.admitOperator(ctx, who)
	if err != nil {
		return Grant{}, err
	}
	g, err := s.d.Directory.Grant(ctx, grantID)
	if err != nil {
		return g, err
	}
	if g.OperatorID != o.ID || g.AgencyID != agencyID || !g.Open(s.now()) {
		return g, ErrNoGrant
	}
	return g, nil
}

// openSupportSession lets an operator in at the agency of ctx for what is left of the grant.
func (s *Service) openSupportSession(ctx context.Context, grantID string, who SignIn, c Credentials) (Arrival, error) {
	g, err := s.d.Directory.Grant(ctx, grantID)
	now := s.now()
	if err == nil && (!g.Open(now) || g.PersonID != who.PersonID) {
		err = ErrNoGrant
	}
	if err != nil {
		return Arrival{}, err
	}
	act := Act{GrantID: g.ID, OperatorID: g.OperatorID, Name: g.OperatorName, Reason: g.Reason}
	sess := s.newSession(access.Support, who, c)
	sess.AgencyID, sess.MemberID, sess.Act = g.AgencyID, g.MemberID, &act
	sess.ExpiresAt, sess.IdleEndsAt = g.ExpiresAt, g.ExpiresAt
	token := secret()
	m, err := s.Member(ctx, g.MemberID)
	if err != nil {
		return Arrival{}, err
	}
	err = s.d.DB.Run(access.With(ctx, act.actor(m)), func(ctx context.Context, tx *tenancy.Tx) error {
		return audit.Record(ctx, tx, audit.Change{
			Action: "identity.support_entered", Entity: "support_access", EntityID: g.ID, Reason: g.Reason, After: map[string]any{"ip": sess.IP, "user_agent": sess.UserAgent},
		})
	})
	if err != nil {
		return Arrival{}, err
	}
	if err := s.d.Directory.EnterGrant(access.With(ctx, act.actor(m)), g, now); err != nil {
		return Arrival{}, err
	}
	return Arrival{Token: token, Lasts: sess.ExpiresAt.Sub(now)}, s.d.Directory.AddSession(ctx, sess, hash(token))
}

type tellOfSupport struct {
	MemberID string    `json:"member_id"`
	GrantID  string    `json:"grant_id"`
	Operator string    `json:"operator"`
	Reason   string    `json:"reason"`
	Until    time.Time `json:"until"`
}

// Kind is the job's stable name.
func (tellOfSupport) Kind() string { return "identity.tell_of_support" }

// Tries says how often it is tried, and Addressee whom it goes to.
func (tellOfSupport) Tries() int          { return job.TwoDays }
func (t tellOfSupport) Addressee() string { return t.MemberID }

// tellOwner writes to an owner that an operator may look into the agency.
func (s *Service) tellOwner(ctx context.Context, args tellOfSupport) error {
	a, err := tenancy.From(ctx)
	if err != nil {
		return err
	}
	m, err := s.Member(ctx, args.MemberID)
	if err != nil {
		return err
	}
	door, err := s.doorOf(ctx, a)
	if err != nil {
		return err
	}
	letter, err := mail.Compose(mail.Brand{Name: door.Name, Colour: door.Colour, LogoURL: door.LogoURL, URL: door.URL}, mail.Notice{
		Subject: "Bureau's support looks into " + door.Name,
		Paragraphs: []string{
			args.Operator + " of Bureau's support may look into " + door.Name + " until " + args.Until.UTC().Format("15:04 on 2 January 2006") + " UTC. Nothing can be changed.",
			"The reason given: " + args.Reason,
			"You can end this at once in the settings. What was opened is in your audit log.",
		},
		Action: &mail.Action{Label: "See or end it", URL: door.URL + "/settings/security"},
	})
	if err != nil {
		return err
	}
	letter.Key = "support-" + args.GrantID + "-" + m.ID
	return s.Write(ctx, m, letter)
}
