package timesheets

import (
	"context"
	"slices"
	"strings"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

// Step is one look at a line before it is approved, and says who takes it.
type Step string

// Who takes a step.
const (
	LeadStep    Step = "lead"    // whoever leads the project
	ManagerStep Step = "manager" // the member's line manager
)

// Route says whose approval time needs, and in which order.
type Route string

// The routes there are.
const (
	Anyone          Route = "anyone" // one step, for whoever may approve
	ByLead          Route = "lead"
	ByManager       Route = "manager"
	LeadThenManager Route = "lead_manager"
	ManagerThenLead Route = "manager_lead"
)

// Steps are the looks of a route in their order; none when anyone may take the only one.
func (r Route) Steps() []Step {
	switch r {
	case ByLead:
		return []Step{LeadStep}
	case ByManager:
		return []Step{ManagerStep}
	case LeadThenManager:
		return []Step{LeadStep, ManagerStep}
	case ManagerThenLead:
		return []Step{ManagerStep, LeadStep}
	case Anyone:
	}
	return nil
}

// routes are the agency's route and those of projects that have another.
type routes struct {
	agency   Route
	projects map[string]Route
}

func (r routes) of(projectID string) Route {
	if own, ok := r.projects[projectID]; ok {
		return own
	}
	return r.agency
}

// plain tells whether anyone who may approve approves everything.
func (r routes) plain() bool { return r.agency == Anyone && len(r.projects) == 0 }

func (s *Service) routesTx(ctx context.Context, tx *tenancy.Tx, set Settings) (routes, error) {
	own, err := s.d.Store.ProjectRoutes(ctx, tx)
	return routes{agency: set.Route, projects: own}, err
}

// cast says who takes the steps of one member's lines, and as whom the caller acts.
type cast struct {
	routes  routes
	member  string
	me      string
	admin   bool              // may take any step, one at a time
	manager string            // the member's; empty for none
	leads   map[string]string // by project
	acts    []string          // the caller, and those whose place the caller takes today
}

// castTx asks who decides about entries of one member. Where all is plain it asks nobody.
func (s *Service) castTx(ctx context.Context, tx *tenancy.Tx, c conditions, memberID string, entries []Entry) (cast, error) {
	a := access.From(ctx)
	out := cast{member: memberID, me: a.MemberID, admin: a.Can(Govern), acts: []string{a.MemberID}}
	var err error
	if out.routes, err = s.routesTx(ctx, tx, c.settings); err != nil {
		return out, err
	}
	if out.routes.plain() && !slices.ContainsFunc(entries, func(e Entry) bool { return len(e.Awaits) > 0 }) {
		return out, nil
	}
	principals, err := s.d.Store.StandsInFor(ctx, tx, a.MemberID, c.today)
	if err != nil {
		return out, err
	}
	out.acts = append(out.acts, principals...)
	return out, s.fillCast(ctx, tx, &out, entries)
}

func (s *Service) fillCast(ctx context.Context, tx *tenancy.Tx, c *cast, entries []Entry) error {
	managers, err := s.d.Lines.ManagersTx(ctx, tx, []string{c.member})
	if err != nil {
		return err
	}
	c.manager, c.leads = managers[c.member], map[string]string{}
	var projects []string
	for _, e := range entries {
		projects = append(projects, e.ProjectID)
	}
	if len(projects) == 0 {
		return nil
	}
	works, _, err := s.d.Projects.NamesTx(ctx, tx, distinct(projects), nil)
	for id, w := range works {
		c.leads[id] = w.LeadID
	}
	return err
}

// decider is who takes a step of a line; nobody when it is the member itself.
func (c cast) decider(step Step, projectID string) string {
	who := c.manager
	if step == LeadStep {
		who = c.leads[projectID]
	}
	if who == c.member { // nor may somebody who stands in for them: that would be their own approval by another hand
		return ""
	}
	return who
}

// steps are those that a line of a project has to pass. One that nobody can take is left out.
func (c cast) steps(projectID string, can []string) []Step {
	steps := slices.Clone(c.routes.of(projectID).Steps())
	steps = slices.DeleteFunc(steps, func(s Step) bool { return !slices.Contains(can, c.decider(s, projectID)) })
	if len(steps) == 2 && c.decider(steps[0], projectID) == c.decider(steps[1], projectID) {
		steps = steps[:1] // one person does not look twice
	}
	return steps
}

// takes tells whether the caller takes a step of a line, and in whose place.
func (c cast) takes(step Step, projectID string) (inPlaceOf string, ok bool) {
	who := c.decider(step, projectID)
	if who == "" || !slices.Contains(c.acts, who) {
		return "", false
	}
	if who == c.me {
		who = ""
	}
	return who, true
}

// passes tells how many of a submitted line's steps the caller can take now: all in a row that are theirs. An
// administrator takes one that is somebody else's, but only one, so that a second look stays a second look.
func (c cast) passes(e Entry) (n int, inPlaceOf string, ok bool) {
	if len(e.Awaits) == 0 {
		return 0, "", true
	}
	for n < len(e.Awaits) {
		who, mine := c.takes(e.Awaits[n], e.ProjectID)
		if !mine {
			break
		}
		if who != "" {
			inPlaceOf = who
		}
		n++
	}
	if n == 0 && c.admin {
		return 1, c.decider(e.Awaits[0], e.ProjectID), true
	}
	return n, inPlaceOf, n > 0
}

// sendsBack tells whether the caller may give a line back: whoever takes any of its steps may.
func (c cast) sendsBack(e Entry) bool {
	steps := append(slices.Clone(e.Awaits), c.routes.of(e.ProjectID).Steps()...)
	known := false
	for _, step := range steps {
		known = known || c.decider(step, e.ProjectID) != ""
		if _, ok := c.takes(step, e.ProjectID); ok {
			return true
		}
	}
	return c.admin || !known
}

// Waiting is how many lines of a week wait for the same person.
type Waiting struct {
	SheetID, Step, MemberID string // no member: whoever may approve
	Lines                   int
}

// route sets the steps of lines that were just handed in.
func (s *Service) route(ctx context.Context, tx *tenancy.Tx, c conditions, sheet Sheet, lines []Entry) error {
	who, err := s.castTx(ctx, tx, c, sheet.MemberID, lines)
	if err != nil || who.routes.plain() {
		return err
	}
	can, err := s.d.Team.ApproversTx(ctx, tx)
	if err != nil {
		return err
	}
	if who.leads == nil {
		if err := s.fillCast(ctx, tx, &who, lines); err != nil {
			return err
		}
	}
	groups := map[string][]string{}
	steps := map[string][]Step{}
	for i, e := range lines {
		if e.State != Submitted {
			continue
		}
		left := who.steps(e.ProjectID, can)
		key := JoinSteps(left)
		if steps[key] = left; len(left) > 0 {
			groups[key] = append(groups[key], e.ID)
			lines[i].Awaits = left
		}
	}
	for key, ids := range groups {
		if err := s.d.Store.SetAwaits(ctx, tx, ids, steps[key]); err != nil {
			return err
		}
	}
	return nil
}

// reroute gives submitted entries the steps of the routes of their projects anew: those that they had passed were of other work.
// It asks as much for many entries as for one.
func (s *Service) reroute(ctx context.Context, tx *tenancy.Tx, c conditions, entries []*Entry) error {
	if len(entries) == 0 {
		return nil
	}
	all, err := s.routesTx(ctx, tx, c.settings)
	if err != nil {
		return err
	}
	for _, e := range entries {
		e.Awaits = nil
	}
	if all.plain() {
		return nil
	}
	var members, projects []string
	for _, e := range entries {
		members, projects = append(members, e.MemberID), append(projects, e.ProjectID)
	}
	managers, err := s.d.Lines.ManagersTx(ctx, tx, distinct(members))
	if err != nil {
		return err
	}
	works, _, err := s.d.Projects.NamesTx(ctx, tx, distinct(projects), nil)
	if err != nil {
		return err
	}
	leads := map[string]string{}
	for id, w := range works {
		leads[id] = w.LeadID
	}
	can, err := s.d.Team.ApproversTx(ctx, tx)
	for _, e := range entries {
		who := cast{routes: all, member: e.MemberID, manager: managers[e.MemberID], leads: leads}
		e.Awaits = who.steps(e.ProjectID, can)
	}
	return err
}

// JoinSteps writes steps as one word each.
func JoinSteps(steps []Step) string {
	words := make([]string, len(steps))
	for i, s := range steps {
		words[i] = string(s)
	}
	return strings.Join(words, " ")
}

// SplitSteps reads what JoinSteps wrote.
func SplitSteps(s string) (steps []Step) {
	for word := range strings.FieldsSeq(s) {
		steps = append(steps, Step(word))
	}
	return steps
}

// mine narrows a list of weeks to those with lines that wait for the caller.
func (s *Service) mine(ctx context.Context, tx *tenancy.Tx, today day.Date) (m Mine, err error) {
	me := access.From(ctx).MemberID
	principals, err := s.d.Store.StandsInFor(ctx, tx, me, today)
	if err != nil {
		return m, err
	}
	acts := append([]string{me}, principals...)
	if m.Projects, err = s.d.Projects.LedTx(ctx, tx, acts); err != nil {
		return m, err
	}
	m.Me = me
	m.Members, err = s.d.Lines.ReportsTx(ctx, tx, acts)
	m.NotMembers = acts
	return m, err
}

// Mine are the lines that wait for somebody: of projects they lead, of members who report to them, and of nobody in particular.
type Mine struct {
	Me                string
	Projects, Members []string
	NotMembers        []string // whose own time they do not decide by a step: theirs, and of those they stand in for
}
