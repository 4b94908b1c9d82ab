package timesheets

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/audit"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/event"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/tenancy"
)

// ErrNotYourStep refuses a decision on lines that wait for somebody else.
var ErrNotYourStep = fault.Define(fault.Forbidden, "timesheets.not_your_step", "This time waits for somebody else.")

// Verdict is what an approver says about a week: some lines are approved, others go back.
type Verdict struct {
	Approve   bool     // what waits for the caller, but for what goes back
	Lines     []string // only these are approved; all when empty
	BackAll   bool     // every line that the caller may send back
	Back      []Back
	Reason    string // why lines go back that have no reason of their own
	OwnReason string // why somebody approves their own time
}

// Back is a line that goes back to its member.
type Back struct{ EntryID, Reason string }

// Decision is a verdict that was carried out.
type Decision struct {
	ID, SheetID, By, InPlaceOf string
	Decision, Reason           string // approved, sent_back or both
	Seen, Result               int    // versions of the week
	Question                   string // the verdict in short: the same question again is the same decision
	Lines                      []LineBefore
	Was                        SheetBefore
	At                         time.Time
	UndoneAt                   *time.Time
}

// LineBefore is what a decision found, so that it can be undone.
type LineBefore struct {
	ID     string `json:"id"`
	State  string `json:"state"`
	Awaits []Step `json:"awaits,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// SheetBefore is what a decision found of the week itself.
type SheetBefore struct {
	State     string     `json:"state"`
	Reason    string     `json:"reason,omitempty"`
	DecidedAt *time.Time `json:"decided_at,omitempty"`
	DecidedBy string     `json:"decided_by,omitempty"`
}

// What a decision said.
const (
	SaidApproved = "approved"
	SaidSentBack = "sent_back"
	SaidBoth     = "both"
)

func (v Verdict) said() string {
	switch back := v.BackAll || len(v.Back) > 0; {
	case v.Approve && back:
		return SaidBoth
	case back:
		return SaidSentBack
	}
	return SaidApproved
}

// question names the verdict, so that a second click is known for what it is.
func (v Verdict) question() string {
	lines := slices.Clone(v.Lines)
	for _, b := range v.Back {
		lines = append(lines, "-"+b.EntryID)
	}
	slices.Sort(lines)
	return fmt.Sprintf("%s %t %s", v.said(), v.BackAll, strings.Join(lines, " "))
}

func (v Verdict) checked() (Verdict, error) {
	v.Reason, v.OwnReason = strings.TrimSpace(v.Reason), strings.TrimSpace(v.OwnReason)
	if v.BackAll && v.Reason == "" {
		return v, ErrNoReason
	}
	for i, b := range v.Back {
		if v.Back[i].Reason = strings.TrimSpace(b.Reason); v.Back[i].Reason == "" {
			v.Back[i].Reason = v.Reason
		}
		if v.Back[i].Reason == "" {
			return v, ErrNoReason
		}
	}
	if !v.Approve && !v.BackAll && len(v.Back) == 0 {
		return v, ErrNoLine
	}
	return v, nil
}

// ApproveSheet approves what waits for the caller in a week, exactly as it was
// seen. Nobody approves their own; the only person who could may, with a reason
// that stays on record.
func (s *Service) ApproveSheet(ctx context.Context, sheetID string, version int, ownReason string) (Sheet, error) {
	return s.Judge(ctx, sheetID, version, Verdict{Approve: true, OwnReason: ownReason})
}

// Reject sends a week back with a reason: whole, or only some of its lines. An
// approved week can be sent back too, but for what is on an invoice.
func (s *Service) Reject(ctx context.Context, sheetID string, version int, reason string, entryIDs []string) (Sheet, error) {
	v := Verdict{Reason: reason, BackAll: len(entryIDs) == 0}
	for _, e := range entryIDs {
		v.Back = append(v.Back, Back{EntryID: e})
	}
	if strings.TrimSpace(reason) == "" {
		return Sheet{}, ErrNoReason
	}
	return s.Judge(ctx, sheetID, version, v)
}

// Judge carries out a verdict on a week, or nothing of it.
func (s *Service) Judge(ctx context.Context, sheetID string, version int, v Verdict) (sheet Sheet, err error) {
	if v, err = v.checked(); err != nil {
		return Sheet{}, err
	}
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.conditions(ctx, tx) // before the sheet, as everybody who holds both
		if err != nil {
			return err
		}
		if sheet, err = s.d.Store.Sheet(ctx, tx, sheetID, true); err != nil {
			return err
		}
		exception, err := s.mayJudge(ctx, tx, c.settings, sheet, v)
		if err != nil {
			return err
		}
		done, err := s.decided(ctx, tx, sheet, version, v)
		if err != nil || done {
			return err
		}
		j := &judgement{Verdict: v, sheet: &sheet, seen: version, exception: exception, c: c}
		if err := s.weigh(ctx, tx, j); err != nil {
			return err
		}
		if exception && v.Approve && v.OwnReason == "" {
			return ErrOwnReason
		}
		return s.carryOut(ctx, tx, j)
	})
	return sheet, err
}

// mayJudge tells whether the caller may decide about the week at all, and whether only as an exception.
func (s *Service) mayJudge(ctx context.Context, tx *tenancy.Tx, set Settings, sheet Sheet, v Verdict) (exception bool, err error) {
	a := access.From(ctx)
	switch {
	case !mayRead(a, sheet.MemberID):
		return false, ErrSheetNotFound
	case sheet.MemberID != a.MemberID || !v.Approve: // sending back one's own week approves nothing
		return false, nil
	case !set.OwnException:
		return false, ErrOwnSheet
	}
	others, err := s.d.Team.OtherApproversTx(ctx, tx, a.MemberID)
	if err == nil && others > 0 {
		err = ErrOwnSheet
	}
	return true, err
}

// decided tells whether the verdict was carried out before: a second click, or a second approver with the same wish.
func (s *Service) decided(ctx context.Context, tx *tenancy.Tx, sheet Sheet, version int, v Verdict) (bool, error) {
	to := map[string]string{SaidApproved: Approved, SaidSentBack: Rejected}[v.said()]
	if sheet.State == to && sheet.DecidedVersion == version && len(v.Lines) == 0 && len(v.Back) == 0 {
		return true, nil
	}
	if sheet.Version == version {
		return false, nil
	}
	return s.d.Store.DecidedBefore(ctx, tx, Decision{SheetID: sheet.ID, By: access.From(ctx).MemberID, Seen: version, Question: v.question()})
}

// judgement is a verdict on its way.
type judgement struct {
	Verdict
	sheet     *Sheet
	seen      int
	exception bool
	c         conditions
	cast      cast
	entries   []Entry
	inPlaceOf string

	passed map[string][]string // ids by the steps they have left
	left   map[string][]Step
	back   map[string][]string // ids by reason
	lines  []LineBefore
}

func (j *judgement) take(e Entry) {
	j.lines = append(j.lines, LineBefore{e.ID, e.State, e.Awaits, e.RejectReason})
}

func (j *judgement) sentBack(e Entry) (reason string, ok bool) {
	for _, b := range j.Back {
		if b.EntryID == e.ID {
			return b.Reason, true
		}
	}
	return "", false
}

// weigh finds the lines that the verdict is about, and refuses it when they are not what was seen.
func (s *Service) weigh(ctx context.Context, tx *tenancy.Tx, j *judgement) (err error) {
	if j.entries, err = s.d.Store.Entries(ctx, tx, Filter{SheetID: j.sheet.ID}); err != nil {
		return err
	}
	if j.cast, err = s.castTx(ctx, tx, j.c, j.sheet.MemberID, j.entries); err != nil {
		return err
	}
	var since day.Date
	states := []string{Submitted, Rejected}
	if j.said() != SaidApproved {
		if since, err = s.openPart(ctx, tx, j.c, *j.sheet, j.entries); err != nil && j.sheet.Version == j.seen {
			return err
		}
		states = append(states, Approved)
	}
	if slices.Contains(states, j.sheet.State) {
		if err := j.sort(since); err != nil {
			return err
		}
	}
	if err := s.fresh(ctx, tx, j); err != nil {
		return err
	}
	switch {
	case !slices.Contains(states, j.sheet.State):
		return ErrWrongState
	case len(j.lines) > 0:
		return nil
	case j.Approve && slices.ContainsFunc(j.entries, func(e Entry) bool { return e.State == Submitted }):
		return s.notYours(ctx, tx, j)
	case j.sheet.State == Rejected || (j.BackAll && len(j.entries) > 0 && !slices.ContainsFunc(j.entries, j.cast.sendsBack)):
		return ErrWrongState
	}
	return nil // a week without lines
}

// sort tells apart what is approved and what goes back.
func (j *judgement) sort(since day.Date) error {
	j.passed, j.left, j.back = map[string][]string{}, map[string][]Step{}, map[string][]string{}
	named := len(j.Lines)
	for _, e := range j.entries {
		reason, goes := j.sentBack(e)
		open := !e.Day.Before(since) && !j.c.lock(e.ClientID).Locks(e.Day) && (e.State == Submitted || e.State == Approved)
		switch {
		case goes && (!open || !j.cast.sendsBack(e)):
			return ErrNoLine
		case goes:
		case j.BackAll && open && j.cast.sendsBack(e):
			reason, goes = j.Reason, true
		case slices.Contains(j.Lines, e.ID) && e.State != Submitted:
			return ErrNoLine
		case !j.Approve || e.State != Submitted || (len(j.Lines) > 0 && !slices.Contains(j.Lines, e.ID)):
			continue
		}
		if goes {
			j.back[reason] = append(j.back[reason], e.ID)
			j.take(e)
			continue
		}
		n, inPlaceOf, ok := j.cast.passes(e)
		if j.exception {
			n, ok = len(e.Awaits), true
		}
		if !ok {
			continue
		}
		rest := e.Awaits[n:]
		if inPlaceOf != "" {
			j.inPlaceOf = inPlaceOf
		}
		named--
		j.left[JoinSteps(rest)] = rest
		j.passed[JoinSteps(rest)] = append(j.passed[JoinSteps(rest)], e.ID)
		j.take(e)
	}
	return j.allFound(named)
}

// allFound refuses lines that are not of this week.
func (j *judgement) allFound(named int) error {
	for _, b := range j.Back {
		if !slices.ContainsFunc(j.entries, func(e Entry) bool { return e.ID == b.EntryID }) {
			return ErrNoLine
		}
	}
	for _, id := range j.Lines {
		if !slices.ContainsFunc(j.entries, func(e Entry) bool { return e.ID == id }) {
			return ErrNoLine
		}
	}
	if len(j.Lines) > 0 && named > 0 {
		return ErrNotYourStep.At("body.approve", "has a line that waits for somebody else")
	}
	return nil
}

// fresh refuses a verdict on lines that changed after they were seen. What changed elsewhere in the week,
// as when the lead of another project decided about theirs, is no reason to look again.
func (s *Service) fresh(ctx context.Context, tx *tenancy.Tx, j *judgement) error {
	if j.sheet.Version == j.seen {
		return nil
	}
	changed, err := s.d.Store.ChangedSince(ctx, tx, j.sheet.ID, j.seen)
	if err != nil {
		return err
	}
	whole := len(j.Lines) == 0 && (j.Approve || j.BackAll)
	stale := len(j.lines) == 0 || j.seen > j.sheet.Version || (whole && j.sheet.State == Rejected)
	for _, ch := range changed {
		if slices.ContainsFunc(j.lines, func(l LineBefore) bool { return l.ID == ch.ID }) || (ch.Gone && whole) {
			stale = true
		}
	}
	if !stale {
		return nil
	}
	if err := s.nameChanges(ctx, tx, changed); err != nil {
		return err
	}
	return staleSheet(changed)
}

func (s *Service) carryOut(ctx context.Context, tx *tenancy.Tx, j *judgement) error {
	now, sheet := s.d.Now().UTC(), j.sheet
	before, was := sheet.record(0), SheetBefore{sheet.State, sheet.Reason, sheet.DecidedAt, sheet.DecidedBy}
	next := sheet.Version + 1
	for key, ids := range j.passed {
		m := Move{SheetID: sheet.ID, IDs: ids, From: []string{Submitted}, To: Approved, At: now, Version: next}
		if rest := j.left[key]; len(rest) > 0 {
			m.To, m.Awaits = Submitted, rest
		}
		if _, err := s.d.Store.MoveEntries(ctx, tx, m); err != nil {
			return err
		}
	}
	for reason, ids := range j.back {
		if _, err := s.d.Store.MoveEntries(ctx, tx, Move{SheetID: sheet.ID, IDs: ids, From: []string{Submitted, Approved}, To: Rejected, Reason: reason, At: now, Version: next}); err != nil {
			return err
		}
	}
	if err := s.settle(ctx, tx, j, now); err != nil {
		return err
	}
	return s.record(ctx, tx, j, before, was, now)
}

// settle gives the week the state that its lines make, and tells the ledgers.
func (s *Service) settle(ctx context.Context, tx *tenancy.Tx, j *judgement, now time.Time) error {
	lines, err := s.d.Store.Entries(ctx, tx, Filter{SheetID: j.sheet.ID})
	if err != nil {
		return err
	}
	var moved []Entry
	state := Approved
	if j.BackAll {
		state = Rejected
	}
	for _, e := range lines {
		if slices.ContainsFunc(j.lines, func(l LineBefore) bool { return l.ID == e.ID }) {
			moved = append(moved, e)
		}
		switch {
		case e.State == Rejected:
			state = Rejected
		case e.State == Submitted && state == Approved:
			state = Submitted
		}
	}
	if err := s.count(ctx, tx, moved...); err != nil {
		return err
	}
	j.sheet.State, j.sheet.DecidedVersion, j.sheet.Version = state, j.sheet.Version, j.sheet.Version+1
	j.sheet.DecidedAt, j.sheet.DecidedBy, j.sheet.ExceptionReason = &now, access.From(ctx).MemberID, ""
	if j.Reason = j.reason(); state == Rejected || j.Reason != "" {
		j.sheet.Reason = j.Reason
	} else {
		j.sheet.Reason = ""
	}
	if j.exception {
		j.sheet.ExceptionReason = j.OwnReason
	}
	return s.d.Store.SaveSheet(ctx, tx, *j.sheet)
}

// reason is the one that the week shows: of all of it, or the first of a line.
func (j *judgement) reason() string {
	if j.Reason == "" && len(j.Back) > 0 {
		return j.Back[0].Reason
	}
	return j.Reason
}

func (s *Service) record(ctx context.Context, tx *tenancy.Tx, j *judgement, before sheetRecord, was SheetBefore, now time.Time) error {
	by, sheet := access.From(ctx).MemberID, *j.sheet
	why, action := j.Reason, "timesheets.sheet_approved"
	e := sheet.event(by)
	e.Reason = j.Reason
	var told event.Event = SheetApproved{e}
	switch {
	case j.exception:
		why, action = j.OwnReason, "timesheets.sheet_self_approved"
	case j.said() != SaidApproved:
		action, told = "timesheets.sheet_rejected", SheetRejected{e}
	case sheet.State != Approved:
		action, told = "timesheets.sheet_step_taken", SheetStepTaken{e}
	}
	if err := s.d.Store.AddDecision(ctx, tx, Decision{
		ID: id.New(), SheetID: sheet.ID, By: by, InPlaceOf: j.inPlaceOf, Decision: j.said(), Reason: why, Seen: j.seen, Result: sheet.Version,
		Question: j.question(), Lines: j.lines, Was: was, At: now,
	}); err != nil {
		return err
	}
	after := sheet.record(len(j.lines))
	after.Reason = j.Reason
	if err := audit.Record(ctx, tx, audit.Change{
		Action: action, Entity: "timesheet", EntityID: sheet.ID, Reason: why,
		Before: before, After: decidedRecord{after, j.inPlaceOf},
	}); err != nil {
		return err
	}
	return s.d.Bus.Publish(ctx, tx, told)
}

// decidedRecord is what the audit log keeps of a decision.
type decidedRecord struct {
	sheetRecord
	InPlaceOf string `json:"in_place_of,omitempty"`
}
