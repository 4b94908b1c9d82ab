package projects

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/tenancy"
)

// Deps are what the service cannot work without.
type Deps struct {
	DB       *tenancy.DB
	Store    Store
	Clients  Clients
	Members  Members
	Settings Settings
	Holidays Holidays
	Logged   Logged
	Services Services
	Billing  Billing
	Events   Publisher
	Jobs     Jobs
	Notices  Notices
	Now      func() time.Time
}

// Service has one method per thing a person can do with projects and tasks.
type Service struct{ d Deps }

// New returns a service over d.
func New(d Deps) *Service {
	if d.DB == nil || d.Store == nil || d.Clients == nil || d.Members == nil || d.Settings == nil ||
		d.Holidays == nil || d.Logged == nil || d.Services == nil || d.Billing == nil || d.Events == nil || d.Jobs == nil || d.Notices == nil || d.Now == nil {
		panic("projects: a dependency is missing")
	}
	return &Service{d}
}

// now has the precision that the database keeps, so that what we answer is what we would read.
func (s *Service) now() time.Time { return s.d.Now().UTC().Truncate(time.Microsecond) }

func (s *Service) today(ctx context.Context, tx *tenancy.Tx) (day.Date, error) {
	set, err := s.d.Settings.SettingsTx(ctx, tx)
	if err != nil {
		return day.Date{}, err
	}
	return day.Of(s.d.Now(), set.Location()), nil
}

// NewProject is what is needed to make a project.
type NewProject struct {
	ClientID    string
	Code        string // made from the client's code when empty
	Name        string
	Description string
	State       State // planned when empty
	ManagerID   string
	MemberIDs   []string
	StartsOn    day.Date
	DueOn       day.Date
	Billable    bool
	BudgetHours *decimal.Decimal
	BudgetMoney *money.Money
	Colour      string
	Template    string // key of a template; empty for a blank project
}

// Create makes a project, blank or from a template whose dates are laid on working days.
func (s *Service) Create(ctx context.Context, n NewProject) (out Overview, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		p, err := s.create(ctx, tx, n)
		if err != nil {
			return err
		}
		out, err = s.overview(ctx, tx, p)
		return err
	})
	return out, err
}

func (s *Service) create(ctx context.Context, tx *tenancy.Tx, n NewProject) (Project, error) {
	client, err := s.clientFor(ctx, tx, n.ClientID)
	if err != nil {
		return Project{}, err
	}
	p := s.drafted(ctx, n)
	var plan Plan
	if n.Template != "" {
		if plan, err = s.plan(ctx, tx, n.Template, n.StartsOn); err != nil {
			return Project{}, err
		}
		p = p.following(plan)
	}
	if p.Colour == "" {
		p.Colour = Colours[0]
	}
	if p.Code == "" {
		if p.Code, err = s.nextCode(ctx, tx, client.Code); err != nil {
			return Project{}, err
		}
	}
	if err := s.mayHave(ctx, tx, p); err != nil {
		return Project{}, err
	}
	if err := s.d.Store.Add(ctx, tx, p); err != nil {
		return Project{}, err
	}
	for _, m := range p.MemberIDs {
		if _, err := s.d.Store.AddMember(ctx, tx, p.ID, m, p.CreatedAt); err != nil {
			return Project{}, err
		}
	}
	if err := s.agree(ctx, tx, p); err != nil {
		return Project{}, err
	}
	if err := s.note(ctx, tx, "projects.project_created", nil, p.record()); err != nil {
		return Project{}, err
	}
	if err := s.fill(ctx, tx, p, plan); err != nil {
		return Project{}, err
	}
	return p, s.d.Events.Publish(ctx, tx, ProjectCreated{refOf(p)})
}

func (s *Service) clientFor(ctx context.Context, tx *tenancy.Tx, clientID string) (clients.Client, error) {
	c, err := s.d.Clients.ClientTx(ctx, tx, clientID)
	switch {
	case isNotFound(err, clients.ErrNotFound):
		return c, ErrInvalid.Because(err).At("body.client_id", "is not a client")
	case err != nil:
		return c, err
	case c.ArchivedAt != nil:
		return c, ErrClientArchived
	}
	return c, nil
}

func (s *Service) drafted(ctx context.Context, n NewProject) Project {
	now := s.now()
	p := Project{
		ID: id.New(), ClientID: n.ClientID, Code: strings.ToUpper(strings.TrimSpace(n.Code)), Name: strings.TrimSpace(n.Name),
		Description: strings.TrimSpace(n.Description), State: n.State, ManagerID: n.ManagerID, StartsOn: n.StartsOn, DueOn: n.DueOn,
		Billable: n.Billable, BudgetHours: n.BudgetHours, BudgetMoney: n.BudgetMoney, Colour: n.Colour, Columns: defaultColumns(),
		CreatedAt: now, CreatedBy: access.From(ctx).MemberID, UpdatedAt: now, Version: 1,
	}
	for _, m := range append(slices.Clone(n.MemberIDs), n.ManagerID) {
		if m != "" && !slices.Contains(p.MemberIDs, m) {
			p.MemberIDs = append(p.MemberIDs, m)
		}
	}
	slices.Sort(p.MemberIDs)
	if p.State == "" {
		p.State = Planned
	}
	return p
}

// following takes from a plan what was left open.
func (p Project) following(plan Plan) Project {
	p.Columns = slices.Clone(plan.Columns)
	if p.Colour == "" {
		p.Colour = plan.Colour
	}
	if p.Description == "" {
		p.Description = plan.Description
	}
	if p.StartsOn.IsZero() {
		p.StartsOn = plan.StartsOn
	}
	if p.DueOn.IsZero() {
		p.DueOn = plan.DueOn
	}
	if p.BudgetHours == nil {
		h := plan.Hours
		p.BudgetHours = &h
	}
	return p
}

// nextCode counts a client's projects on: ACM-012.
func (s *Service) nextCode(ctx context.Context, tx *tenancy.Tx, prefix string) (string, error) {
	if err := tx.Lock(ctx, "projects.codes/"+prefix); err != nil {
		return "", err
	}
	n, err := s.d.Store.LastNumber(ctx, tx, prefix)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s-%03d", prefix, n+1), nil
}

// mayHave checks what p has against the rules, the actor's rights and the people there are.
func (s *Service) mayHave(ctx context.Context, tx *tenancy.Tx, p Project) error {
	if p.State == Archived || (mayFollow[p.State] == nil) {
		return ErrInvalid.At("body.state", "must be planned, active, on_hold or completed")
	}
	if p.BudgetMoney != nil && !access.From(ctx).Can(SeeBudget) {
		return ErrBudgetForbidden.At("body.budget_money", "is not for you to set")
	}
	if err := p.check(); err != nil {
		return err
	}
	if err := checkColumns(p.Columns); err != nil {
		return err
	}
	if err := s.isMember(ctx, tx, p.ManagerID, "body.manager_id"); err != nil {
		return err
	}
	for _, m := range p.MemberIDs {
		if err := s.isMember(ctx, tx, m, "body.member_ids"); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) isMember(ctx context.Context, tx *tenancy.Tx, memberID, field string) error {
	if memberID == "" {
		return nil
	}
	ok, err := s.d.Members.IsMemberTx(ctx, tx, memberID)
	if err == nil && !ok {
		return ErrInvalid.At(field, "is not a member of the agency")
	}
	return err
}

// Find returns one project.
func (s *Service) Find(ctx context.Context, id string) (out Overview, err error) {
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		p, err := s.d.Store.ByID(ctx, tx, id)
		if err != nil {
			return err
		}
		out, err = s.overview(ctx, tx, p)
		return err
	})
	return out, err
}

func (s *Service) overview(ctx context.Context, tx *tenancy.Tx, p Project) (Overview, error) {
	all, err := s.overviews(ctx, tx, []Project{p})
	if err != nil {
		return Overview{}, err
	}
	return all[0], nil
}

func (s *Service) note(ctx context.Context, tx *tenancy.Tx, action string, before, after map[string]any) error {
	of := after
	if of == nil {
		of = before
	}
	entity, _ := of["entity"].(string)
	entityID, _ := of["id"].(string)
	c := audit.Change{Action: action, Entity: entity, EntityID: entityID}
	if before != nil {
		c.Before = before
	}
	if after != nil {
		c.After = after
	}
	return audit.Record(ctx, tx, c)
}

// record is what the audit log keeps of a project.
func (p Project) record() map[string]any {
	return map[string]any{
		"entity": "project", "id": p.ID, "client_id": p.ClientID, "code": p.Code, "name": p.Name, "description": p.Description,
		"state": p.State, "manager_id": p.ManagerID, "member_ids": p.MemberIDs, "starts_on": p.StartsOn, "due_on": p.DueOn,
		"billable": p.Billable, "budget_hours": p.BudgetHours, "budget_money": p.BudgetMoney, "colour": p.Colour, "columns": p.Columns,
	}
}
