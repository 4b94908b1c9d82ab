package app

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/bureauhq/bureau/app/kit/mail"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// workplaces answers timesheets.Projects: what time may be logged on.
type workplaces struct {
	projects *projects.Service
	clients  *clients.Service
}

func (w workplaces) WorkTx(ctx context.Context, tx *tenancy.Tx, projectID, taskID string) (timesheets.Work, error) {
	p, err := w.projects.ProjectTx(ctx, tx, projectID)
	if errors.Is(err, projects.ErrNotFound) {
		err = timesheets.ErrNoProject.Because(err)
	}
	if err != nil {
		return timesheets.Work{}, err
	}
	out := toWork(p)
	if taskID == "" {
		return out, nil
	}
	t, err := w.projects.TaskTx(ctx, tx, taskID)
	if errors.Is(err, projects.ErrTaskNotFound) || (err == nil && t.ProjectID != p.ID) {
		return out, timesheets.ErrNoTask
	}
	out.TaskID, out.TaskName, out.ServiceID = t.ID, t.Name, t.ServiceID
	out.Billable = out.Billable && t.Billable
	return out, err
}

func toWork(p projects.Project) timesheets.Work {
	return timesheets.Work{
		LeadID: p.ManagerID, ProjectID: p.ID, ProjectCode: p.Code, ProjectName: p.Name, ClientID: p.ClientID, Billable: p.Billable,
		Open: p.State != projects.Completed && p.State != projects.Archived,
	}
}

func (w workplaces) NamesTx(ctx context.Context, tx *tenancy.Tx, projectIDs, taskIDs []string) (map[string]timesheets.Work, map[string]string, error) {
	ps, err := w.projects.ProjectsByIDsTx(ctx, tx, projectIDs)
	if err != nil {
		return nil, nil, err
	}
	var clientIDs []string
	for _, p := range ps {
		clientIDs = append(clientIDs, p.ClientID)
	}
	slices.Sort(clientIDs)
	firms, err := w.clients.ClientsByIDsTx(ctx, tx, slices.Compact(clientIDs))
	if err != nil {
		return nil, nil, err
	}
	works := make(map[string]timesheets.Work, len(ps))
	for id, p := range ps {
		work := toWork(p)
		work.ClientName = firms[p.ClientID].Name
		works[id] = work
	}
	names := map[string]string{}
	if len(taskIDs) == 0 {
		return works, names, nil
	}
	ts, err := w.projects.TasksByIDsTx(ctx, tx, taskIDs)
	for id, t := range ts {
		names[id] = t.Name
	}
	return works, names, err
}

func (w workplaces) BillableTx(ctx context.Context, tx *tenancy.Tx, rows []timesheets.Row) ([]bool, error) {
	projectIDs, taskIDs := map[string]bool{}, map[string]bool{}
	for _, r := range rows {
		projectIDs[r.ProjectID] = true
		if r.TaskID != "" {
			taskIDs[r.TaskID] = true
		}
	}
	ps, err := w.projects.ProjectsByIDsTx(ctx, tx, slices.Collect(maps.Keys(projectIDs)))
	if err != nil {
		return nil, err
	}
	ts := map[string]projects.Task{}
	if len(taskIDs) > 0 {
		if ts, err = w.projects.TasksByIDsTx(ctx, tx, slices.Collect(maps.Keys(taskIDs))); err != nil {
			return nil, err
		}
	}
	out := make([]bool, len(rows))
	for i, r := range rows {
		t, there := ts[r.TaskID]
		out[i] = ps[r.ProjectID].Billable && (!there || t.Billable)
	}
	return out, nil
}

func (w workplaces) LedTx(ctx context.Context, tx *tenancy.Tx, memberIDs []string) ([]string, error) {
	return w.projects.LedTx(ctx, tx, memberIDs)
}

// whereabouts answers timesheets.Agency.
type whereabouts struct{ agency *agency.Service }

func (c whereabouts) CalendarTx(ctx context.Context, tx *tenancy.Tx) (timesheets.Calendar, error) {
	s, err := c.agency.SettingsTx(ctx, tx)
	return timesheets.Calendar{Zone: s.TimeZone, WeekStart: s.WeekStart}, err
}

// team answers timesheets.Team.
type team struct{ members }

func (t team) OtherApproversTx(ctx context.Context, tx *tenancy.Tx, memberID string) (int, error) {
	holders, err := t.identity.HoldersTx(ctx, tx, timesheets.Approve)
	others := slices.DeleteFunc(holders, func(m identity.Member) bool { return m.ID == memberID })
	return len(others), err
}

func (t team) ApproversTx(ctx context.Context, tx *tenancy.Tx) ([]string, error) {
	holders, err := t.identity.HoldersTx(ctx, tx, timesheets.Approve)
	return memberIDs(holders), err
}

// whoBills answers projects.Billing: who may say what is billable. Timesheets are looked up when asked, as for logged.
type whoBills struct{ s *Services }

func (b whoBills) MaySetBillableTx(ctx context.Context, tx *tenancy.Tx) (bool, error) {
	return b.s.Timesheets.MaySetBillableTx(ctx, tx)
}

// logged answers projects.Logged: what was worked on projects and tasks. The
// services are looked up when asked, since timesheets are built after projects.
type logged struct{ s *Services }

func (l logged) UsageTx(ctx context.Context, tx *tenancy.Tx, projectIDs []string) (map[string]projects.Usage, error) {
	use, err := l.s.Timesheets.UsageTx(ctx, tx, projectIDs)
	out := make(map[string]projects.Usage, len(use))
	for id, u := range use {
		out[id] = projects.Usage{Seconds: u.Seconds, BillableSeconds: u.BillableSeconds, Amount: u.Amount}
	}
	return out, err
}

func (l logged) TaskSecondsTx(ctx context.Context, tx *tenancy.Tx, taskIDs []string) (map[string]int64, error) {
	return l.s.Timesheets.TaskSecondsTx(ctx, tx, taskIDs)
}

func (l logged) SpentTx(ctx context.Context, tx *tenancy.Tx, scopes []projects.Scope) ([]projects.Spent, error) {
	asked := make([]timesheets.Scope, len(scopes))
	for i, s := range scopes {
		asked[i] = timesheets.Scope(s)
	}
	spent, err := l.s.Timesheets.SpentTx(ctx, tx, asked)
	out := make([]projects.Spent, len(spent))
	for i, s := range spent {
		out[i] = projects.Spent(s)
	}
	return out, err
}

// ledgers answers timesheets.Ledgers. They are looked up when told, since they are built after timesheets.
type ledgers struct{ s *Services }

func (l ledgers) CountTx(ctx context.Context, tx *tenancy.Tx, entries []timesheets.Counted) error {
	if err := l.s.Retainers.CountTx(ctx, tx, entries); err != nil {
		return err
	}
	var touched []string
	for _, e := range entries {
		touched = append(touched, e.ProjectID)
		if e.From != "" {
			touched = append(touched, e.From)
		}
	}
	slices.Sort(touched)
	return l.s.Projects.CountedTx(ctx, tx, slices.Compact(touched))
}

func (l ledgers) GuardTx(ctx context.Context, tx *tenancy.Tx, projectIDs []string) (timesheets.Check, error) {
	return l.s.Projects.GuardTx(ctx, tx, projectIDs)
}

func (l ledgers) RoomTx(ctx context.Context, tx *tenancy.Tx, e timesheets.Entry) error {
	return l.s.Projects.RoomTx(ctx, tx, projects.Work{
		ProjectID: e.ProjectID, TaskID: e.TaskID, MemberID: e.MemberID, Billable: e.Billable, PerHour: e.Rate, Currency: e.Currency,
	})
}

// notices answers timesheets.Notices: letters to members, in the agency's looks.
type notices struct{ s *Services }

func (n notices) Tell(ctx context.Context, l timesheets.Notice) error {
	m, err := n.s.Identity.Member(ctx, l.MemberID)
	if errors.Is(err, identity.ErrMemberNotFound) || (err == nil && m.State != identity.Active) {
		return nil
	}
	if err != nil {
		return err
	}
	msg, err := n.compose(ctx, l, "")
	if err != nil {
		return err
	}
	return n.s.Identity.Write(ctx, m, msg)
}

// compose is a letter in the agency's looks.
func (n notices) compose(ctx context.Context, l timesheets.Notice, language string) (msg mail.Message, err error) {
	a, err := tenancy.From(ctx)
	if err != nil {
		return msg, err
	}
	door, err := n.s.Identity.Door(ctx, a.Slug)
	if err != nil {
		return msg, err
	}
	msg, err = mail.Compose(mail.Brand{Name: door.Name, Colour: door.Colour, LogoURL: door.LogoURL, URL: door.URL}, mail.Notice{
		Language: language, Subject: l.Subject, Paragraphs: l.Paragraphs, Action: &mail.Action{Label: l.Action, URL: door.URL + l.Path},
	})
	msg.Key = l.Key
	return msg, err
}

// budgetNotices answers projects.Notices.
type budgetNotices struct{ notices }

func (n budgetNotices) Tell(ctx context.Context, l projects.Notice) error {
	return n.notices.Tell(ctx, timesheets.Notice(l))
}
