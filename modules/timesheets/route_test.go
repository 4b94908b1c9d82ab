package timesheets_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/timesheets"
)

// cast is an agency in which Lea leads the website, Lou the support, and Max is the line manager of Mia.
type cast struct {
	*world
	mia, lea, lou, max, admin context.Context
	miaID, leaID, louID       string
	maxID                     string
}

func (w *world) approver() (ctx context.Context, memberID string) {
	memberID = id.New()
	w.approvers = append(w.approvers, memberID)
	return w.As(access.Actor{MemberID: memberID, Name: "An approver"}, timesheets.WriteOwn, timesheets.ReadAll, timesheets.Approve), memberID
}

func setCast(t *testing.T, r timesheets.Route) *cast {
	t.Helper()
	c := &cast{world: setup(t)}
	c.miaID = id.New()
	c.mia = c.As(access.Actor{MemberID: c.miaID, Name: "Mia"}, timesheets.WriteOwn)
	c.lea, c.leaID = c.approver()
	c.lou, c.louID = c.approver()
	c.max, c.maxID = c.approver()
	c.admin = c.As(access.Actor{Name: "Ada"}, timesheets.WriteOwn, timesheets.ReadAll, timesheets.Approve, timesheets.Govern)
	c.leads[c.website], c.leads[c.support], c.managers[c.miaID] = c.leaID, c.louID, c.maxID
	c.setRoute(t, r)
	return c
}

func (w *world) setRoute(t *testing.T, r timesheets.Route) {
	t.Helper()
	s, err := w.svc.Settings(w.Ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.svc.ChangeSettings(w.Ctx, s.Version, timesheets.SettingsChange{Route: &r}); err != nil {
		t.Fatal(err)
	}
}

// week hands in a line on the website and one on the support.
func (c *cast) week(t *testing.T) (sheet timesheets.Sheet, website, support timesheets.Entry) {
	t.Helper()
	website = c.log(t, c.mia, "2026-03-02", 4)
	support, _, err := c.svc.Log(c.mia, timesheets.NewEntry{ProjectID: c.support, Day: day.MustParse("2026-03-03"), Seconds: hours(3)})
	if err != nil {
		t.Fatal(err)
	}
	sheet = c.sheet(t, c.mia, website.SheetID)
	if sheet, err = c.svc.Submit(c.mia, sheet.ID, sheet.Version); err != nil {
		t.Fatal(err)
	}
	return sheet, website, support
}

func (c *cast) waits(t *testing.T, ctx context.Context) bool {
	t.Helper()
	lines, err := c.svc.Approvals(ctx, timesheets.SheetFilter{Limit: 10}, false)
	if err != nil {
		t.Fatal(err)
	}
	return len(lines) == 1
}

func (c *cast) states(t *testing.T, entries ...timesheets.Entry) string {
	t.Helper()
	var states []string
	for _, e := range entries {
		got, err := c.svc.Find(c.lea, e.ID)
		if err != nil {
			t.Fatal(err)
		}
		states = append(states, got.State)
	}
	return strings.Join(states, " ")
}

func TestG5_TimeWaitsForWhomTheRouteNames(t *testing.T) {
	t.Parallel()
	for route, want := range map[timesheets.Route]struct{ lea, lou, max bool }{
		timesheets.Anyone:          {true, true, true},
		timesheets.ByLead:          {true, true, false},
		timesheets.ByManager:       {false, false, true},
		timesheets.LeadThenManager: {true, true, false},
		timesheets.ManagerThenLead: {false, false, true},
	} {
		t.Run(string(route), func(t *testing.T) {
			t.Parallel()
			c := setCast(t, route)
			sheet, _, _ := c.week(t)
			got := struct{ lea, lou, max bool }{c.waits(t, c.lea), c.waits(t, c.lou), c.waits(t, c.max)}
			if got != want {
				t.Errorf("waits for %+v, want %+v", got, want)
			}
			all, err := c.svc.Approvals(c.max, timesheets.SheetFilter{Limit: 10}, true)
			if err != nil || len(all) != 1 {
				t.Errorf("all that waits: %d, %v", len(all), err)
			}
			if !want.max {
				_, err := c.svc.ApproveSheet(c.max, sheet.ID, sheet.Version, "")
				wantErr(t, "before one's step", err, timesheets.ErrNotYourStep)
			}
		})
	}
}

func TestG5_LinesPassTheirStepsOneAfterTheOther(t *testing.T) {
	t.Parallel()
	c := setCast(t, timesheets.LeadThenManager)
	sheet, website, support := c.week(t)
	seen := sheet.Version

	// Lea approves hers, then Lou his, on the same version that both saw.
	got, err := c.svc.ApproveSheet(c.lea, sheet.ID, seen, "")
	if err != nil || got.State != timesheets.Submitted {
		t.Fatalf("after the first lead: %+v, %v", got, err)
	}
	if !c.waits(t, c.max) || c.waits(t, c.lea) || !c.waits(t, c.lou) {
		t.Error("the website's line now waits for the line manager, the support's for its lead")
	}
	if got, err = c.svc.ApproveSheet(c.lou, sheet.ID, seen, ""); err != nil || got.State != timesheets.Submitted {
		t.Fatalf("after the second lead: %+v, %v", got, err)
	}
	line, entries, p, err := c.svc.Sheet(c.mia, sheet.ID)
	if err != nil || len(entries) != 2 || line.State != timesheets.Submitted || len(p.Decisions) != 2 {
		t.Fatalf("%+v %+v, %v", line.Sheet, p, err)
	}
	if w := p.Waiting; len(w) != 1 || w[0].MemberID != c.maxID || w[0].Lines != 2 || w[0].Step != string(timesheets.ManagerStep) {
		t.Errorf("waits for %+v", w)
	}
	if got, err = c.svc.ApproveSheet(c.max, sheet.ID, got.Version, ""); err != nil || got.State != timesheets.Approved {
		t.Fatalf("after the line manager: %+v, %v", got, err)
	}
	if s := c.states(t, website, support); s != "approved approved" {
		t.Error(s)
	}
}

func TestG5_SomeLinesAreApprovedAndOthersGoBackInOneStep(t *testing.T) {
	t.Parallel()
	c := setCast(t, timesheets.ByManager)
	sheet, website, support := c.week(t)
	none := timesheets.Verdict{Approve: true, Back: []timesheets.Back{{EntryID: support.ID}}}
	_, err := c.svc.Judge(c.max, sheet.ID, sheet.Version, none)
	wantErr(t, "back without a reason", err, timesheets.ErrNoReason)
	_, err = c.svc.Judge(c.max, sheet.ID, sheet.Version, timesheets.Verdict{Lines: []string{id.New()}, Approve: true})
	wantErr(t, "a line of nowhere", err, timesheets.ErrNoLine)
	if s := c.states(t, website, support); s != "submitted submitted" {
		t.Fatalf("refused, and still: %s", s)
	}
	got, err := c.svc.Judge(c.max, sheet.ID, sheet.Version, timesheets.Verdict{Approve: true, Back: []timesheets.Back{{EntryID: support.ID, Reason: "Which ticket?"}}})
	if err != nil || got.State != timesheets.Rejected || got.Reason != "Which ticket?" {
		t.Fatalf("%+v, %v", got, err)
	}
	if s := c.states(t, website, support); s != "approved rejected" {
		t.Error(s)
	}
	note := "Ticket 42"
	back, err := c.svc.Find(c.mia, support.ID)
	if err != nil || back.RejectReason != "Which ticket?" {
		t.Fatalf("%+v, %v", back, err)
	}
	if _, _, err := c.svc.Change(c.mia, support.ID, back.Version, timesheets.EntryChange{Note: &note}); err != nil {
		t.Fatal(err)
	}
	again := c.sheet(t, c.mia, sheet.ID)
	if again, err = c.svc.Submit(c.mia, again.ID, again.Version); err != nil {
		t.Fatal(err)
	}
	if s := c.states(t, website, support); s != "approved submitted" {
		t.Errorf("what was approved stays approved: %s", s)
	}
	if got, err := c.svc.ApproveSheet(c.max, again.ID, again.Version, ""); err != nil || got.State != timesheets.Approved {
		t.Errorf("%+v, %v", got, err)
	}
}

// A lead's own lines, and a lead who may not approve: nobody gets stuck, and nobody approves their own.
func TestRule90_AStepThatNobodyElseCanTakeIsLeftOut(t *testing.T) {
	t.Parallel()
	c := setCast(t, timesheets.LeadThenManager)
	c.leads[c.website] = c.miaID  // leads it and works on it
	c.leads[c.support] = id.New() // has no right to approve
	sheet, _, _ := c.week(t)
	_, _, p, err := c.svc.Sheet(c.mia, sheet.ID)
	if err != nil || len(p.Waiting) != 1 || p.Waiting[0].MemberID != c.maxID || p.Waiting[0].Lines != 2 {
		t.Fatalf("both lines wait for the line manager at once: %+v, %v", p.Waiting, err)
	}
	c.managers = map[string]string{}
	if sheet, err = c.svc.Recall(c.mia, sheet.ID, sheet.Version); err != nil {
		t.Fatal(err)
	}
	if sheet, err = c.svc.Submit(c.mia, sheet.ID, sheet.Version); err != nil {
		t.Fatal(err)
	}
	if got, err := c.svc.ApproveSheet(c.lou, sheet.ID, sheet.Version, ""); err != nil || got.State != timesheets.Approved {
		t.Errorf("with nobody named, whoever may approve does: %+v, %v", got, err)
	}
}

func TestRule91_AStandInDecidesOnTheDaysOfTheDelegation(t *testing.T) {
	t.Parallel()
	c := setCast(t, timesheets.ByLead)
	c.Clock.Set(day.MustParse("2026-03-09").In(zone(t, "Europe/Berlin")).Add(9 * time.Hour))
	sheet, _, _ := c.week(t)
	for name, in := range map[string]timesheets.StandIn{
		"oneself":           {StandInID: c.leaID, From: day.MustParse("2026-03-10"), To: day.MustParse("2026-03-12")},
		"nobody's approver": {StandInID: c.miaID, From: day.MustParse("2026-03-10"), To: day.MustParse("2026-03-12")},
		"backwards":         {StandInID: c.maxID, From: day.MustParse("2026-03-12"), To: day.MustParse("2026-03-10")},
		"over":              {StandInID: c.maxID, From: day.MustParse("2026-03-01"), To: day.MustParse("2026-03-08")},
	} {
		_, err := c.svc.AddStandIn(c.lea, in)
		wantErr(t, name, err, timesheets.ErrBadStandIn)
	}
	in, err := c.svc.AddStandIn(c.lea, timesheets.StandIn{StandInID: c.maxID, From: day.MustParse("2026-03-10"), To: day.MustParse("2026-03-12")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.svc.ApproveSheet(c.max, sheet.ID, sheet.Version, "")
	wantErr(t, "the day before", err, timesheets.ErrNotYourStep)
	c.Clock.Set(day.MustParse("2026-03-12").In(zone(t, "Europe/Berlin")).Add(23 * time.Hour))
	if !c.waits(t, c.max) {
		t.Error("on the last day it waits for the stand-in")
	}
	got, err := c.svc.ApproveSheet(c.max, sheet.ID, sheet.Version, "")
	if err != nil || got.State != timesheets.Submitted {
		t.Fatalf("the lead's line is approved, the other lead's waits: %+v, %v", got, err)
	}
	_, _, p, err := c.svc.Sheet(c.max, sheet.ID)
	if err != nil || p.Decisions[0].InPlaceOf != c.leaID || p.Decisions[0].By != c.maxID {
		t.Errorf("on record: %+v, %v", p.Decisions, err)
	}
	if err := c.svc.RemoveStandIn(c.lou, in.ID); !errors.Is(err, timesheets.ErrNoStandIn) {
		t.Errorf("somebody else's arrangement: %v", err)
	}
	if err := c.svc.RemoveStandIn(c.lea, in.ID); err != nil {
		t.Error(err)
	}
}

func TestRule90_NobodyApprovesTheirOwnThroughAStandInAGroupOrARole(t *testing.T) {
	t.Parallel()
	c := setCast(t, timesheets.ByLead)
	c.leads[c.website] = c.maxID
	// Max works on the project he leads and asks Lea to decide in his place: that is his own decision by another hand.
	e := c.log(t, c.max, "2026-03-02", 4)
	if _, err := c.svc.AddStandIn(c.max, timesheets.StandIn{StandInID: c.leaID, From: day.Of(c.Clock.Now(), zone(t, "Europe/Berlin")), To: day.Of(c.Clock.Now(), zone(t, "Europe/Berlin")).AddDays(30)}); err != nil {
		t.Fatal(err)
	}
	sheet := c.sheet(t, c.max, e.SheetID)
	sheet, err := c.svc.Submit(c.max, sheet.ID, sheet.Version)
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.svc.ApproveSheet(c.max, sheet.ID, sheet.Version, "I am the lead")
	wantErr(t, "as the lead", err, timesheets.ErrOwnSheet)
	chief := c.As(access.Actor{MemberID: c.maxID}, timesheets.WriteOwn, timesheets.ReadAll, timesheets.Approve, timesheets.Govern)
	_, err = c.svc.ApproveSheet(chief, sheet.ID, sheet.Version, "I am an administrator too")
	wantErr(t, "as an administrator", err, timesheets.ErrOwnSheet)
	_, err = c.svc.Judge(chief, sheet.ID, sheet.Version, timesheets.Verdict{Approve: true, Lines: []string{e.ID}})
	wantErr(t, "line by line", err, timesheets.ErrOwnSheet)

	c.others = 0
	never := false
	s, err := c.svc.Settings(c.Ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.svc.ChangeSettings(c.Ctx, s.Version, timesheets.SettingsChange{OwnException: &never}); err != nil {
		t.Fatal(err)
	}
	_, err = c.svc.ApproveSheet(chief, sheet.ID, sheet.Version, "There is nobody else")
	wantErr(t, "the only one, where the agency makes no exception", err, timesheets.ErrOwnSheet)
}

func TestG5_AnAdministratorTakesOneStepAtATime(t *testing.T) {
	t.Parallel()
	c := setCast(t, timesheets.LeadThenManager)
	sheet, _, _ := c.week(t)
	got, err := c.svc.ApproveSheet(c.admin, sheet.ID, sheet.Version, "")
	if err != nil || got.State != timesheets.Submitted || !c.waits(t, c.max) {
		t.Fatalf("the second look is still to come: %+v, %v", got, err)
	}
	if got, err = c.svc.ApproveSheet(c.admin, sheet.ID, got.Version, ""); err != nil || got.State != timesheets.Approved {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestG5_AProjectHasARouteOfItsOwn(t *testing.T) {
	t.Parallel()
	c := setCast(t, timesheets.Anyone)
	if err := c.svc.SetProjectRoute(c.Ctx, c.support, timesheets.ByManager); err != nil {
		t.Fatal(err)
	}
	if err := c.svc.SetProjectRoute(c.Ctx, id.New(), timesheets.ByManager); !errors.Is(err, timesheets.ErrNoRoute) {
		t.Errorf("no such project: %v", err)
	}
	sheet, website, support := c.week(t)
	if _, err := c.svc.ApproveSheet(c.lou, sheet.ID, sheet.Version, ""); err != nil {
		t.Fatal(err)
	}
	if s := c.states(t, website, support); s != "approved submitted" {
		t.Errorf("the support waits for the line manager: %s", s)
	}
	if err := c.svc.SetProjectRoute(c.Ctx, c.support, ""); err != nil {
		t.Fatal(err)
	}
	all, err := c.svc.ProjectRoutes(c.Ctx)
	if err != nil || len(all) != 0 || !c.waits(t, c.max) {
		t.Errorf("%v, %v; what was handed in keeps its steps", all, err)
	}
}

func TestRule89_AStaleApprovalSaysWhatChanged(t *testing.T) {
	t.Parallel()
	c := setCast(t, timesheets.ByLead)
	sheet, website, support := c.week(t)
	seen := sheet.Version
	// Lou corrects the line of his project: Lea's line is what she saw, Lou's is not.
	seconds := int64(2 * 3600)
	e, err := c.svc.Find(c.lou, support.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := c.svc.Change(c.lou, support.ID, e.Version, timesheets.EntryChange{Seconds: &seconds}); err != nil {
		t.Fatal(err)
	}
	_, err = c.svc.ApproveSheet(c.lou, sheet.ID, seen, "")
	wantErr(t, "what changed", err, timesheets.ErrStaleSheet)
	want := "Tue 3 March, Support: now 2:00"
	if f := fault.From(err); !strings.Contains(f.Text, want) || len(f.Fields) == 0 || f.Fields[0].Text != want {
		t.Errorf("%+v; want %q", f, want)
	}
	if _, err := c.svc.ApproveSheet(c.lea, sheet.ID, seen, ""); err != nil {
		t.Errorf("what she saw has not changed: %v", err)
	}
	if s := c.states(t, website, support); s != "approved submitted" {
		t.Error(s)
	}
}

func TestRule89_AStaleApprovalTellsOfAStepThatWasTaken(t *testing.T) {
	t.Parallel()
	c := setCast(t, timesheets.LeadThenManager)
	sheet, _, _ := c.week(t)
	seen := sheet.Version
	if _, err := c.svc.ApproveSheet(c.lea, sheet.ID, seen, ""); err != nil {
		t.Fatal(err)
	}
	// Ada looked before Lea passed the line on, whose time is what it was.
	_, err := c.svc.ApproveSheet(c.admin, sheet.ID, seen, "")
	wantErr(t, "what changed", err, timesheets.ErrStaleSheet)
	want := "Mon 2 March, Website: approved meanwhile, and waits for one more"
	if f := fault.From(err); len(f.Fields) != 1 || f.Fields[0].Text != want {
		t.Errorf("%+v; want %q", f, want)
	}
}

func TestRule92_TwoLeadsAtOnceAndDoubleClicksAreHarmless(t *testing.T) {
	t.Parallel()
	c := setCast(t, timesheets.ByLead)
	sheet, website, support := c.week(t)
	errs := make([]error, 6)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			who := c.lea
			if i%2 == 1 {
				who = c.lou
			}
			_, errs[i] = c.svc.ApproveSheet(who, sheet.ID, sheet.Version, "")
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	_, _, p, err := c.svc.Sheet(c.lea, sheet.ID)
	if err != nil || len(p.Decisions) != 2 {
		t.Errorf("two decisions, each once: %+v, %v", p.Decisions, err)
	}
	if s := c.states(t, website, support); s != "approved approved" {
		t.Error(s)
	}
}

func TestG5_ADecisionIsTakenBackWhileNothingHappenedAfterIt(t *testing.T) {
	t.Parallel()
	c := setCast(t, timesheets.LeadThenManager)
	sheet, website, support := c.week(t)
	if _, err := c.svc.ApproveSheet(c.lea, sheet.ID, sheet.Version, ""); err != nil {
		t.Fatal(err)
	}
	_, err := c.svc.UndoDecision(c.lou, sheet.ID)
	wantErr(t, "somebody else's", err, timesheets.ErrNoUndo)
	got, err := c.svc.UndoDecision(c.lea, sheet.ID)
	if err != nil || got.State != timesheets.Submitted || !c.waits(t, c.lea) || c.waits(t, c.max) {
		t.Fatalf("it waits for her again: %+v, %v", got, err)
	}
	_, err = c.svc.UndoDecision(c.lea, sheet.ID)
	wantErr(t, "twice", err, timesheets.ErrNoUndo)

	back, err := c.svc.Reject(c.lea, sheet.ID, got.Version, "All of it?", nil)
	if err != nil || back.State != timesheets.Rejected {
		t.Fatalf("%+v, %v", back, err)
	}
	if s := c.states(t, website, support); s != "rejected submitted" {
		t.Errorf("a lead sends back what is theirs: %s", s)
	}
	if got, err = c.svc.UndoDecision(c.lea, sheet.ID); err != nil || got.State != timesheets.Submitted || got.Reason != "" {
		t.Fatalf("%+v, %v", got, err)
	}
	if s := c.states(t, website, support); s != "submitted submitted" {
		t.Error(s)
	}
	if again, err := c.svc.Find(c.lea, website.ID); err != nil || again.RejectReason != "" || !slices.Equal(again.Awaits, []timesheets.Step{timesheets.LeadStep, timesheets.ManagerStep}) {
		t.Errorf("%+v, %v", again, err)
	}
}
