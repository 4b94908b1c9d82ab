package sample

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/modules/timesheets"
)

// weeks lets everybody log every week, hand it in, and a manager approve it;
// the last two weeks are still open or waiting.
func (m *maker) weeks(ctx context.Context) error {
	for w := range m.size.Weeks + 1 {
		m.tell(0.14+0.76*float64(w)/float64(m.size.Weeks+1), "time")
		week := m.start.AddDays(7 * w)
		for i, who := range m.staffers {
			m.dice = rand.New(rand.NewPCG(uint64(w), uint64(i))) //nolint:gosec // the same week each time, whatever was thrown before it
			if err := m.week(ctx, i, who, week); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *maker) week(ctx context.Context, i int, who identity.Member, week day.Date) error {
	mine := m.projectsOf(who.ID, week)
	if len(mine) == 0 {
		return nil
	}
	me := as(ctx, who)
	logged := false
	for d := range (day.Range{From: week, To: week.AddDays(4)}).Days() {
		if d.After(m.today) || m.dice.IntN(100) < 4 || (i%5 == 4 && d.Weekday() == time.Friday) {
			continue // off, ill, or not yet
		}
		for turn := range 2 {
			p := pick(m.dice, mine)
			seconds := int64(3600*2 + 900*m.dice.IntN(9)) // 2:00 to 4:00 in quarters
			n := timesheets.NewEntry{ProjectID: p.ID, Day: d, Seconds: &seconds, Note: pick(m.dice, notes)}
			// Not all time has a task, or few tasks would carry a year of it.
			if rows := m.tasks[p.ID]; len(rows) > 0 && m.dice.IntN(2) == 0 {
				n.TaskID = pick(m.dice, rows).ID
			}
			if m.dice.IntN(100) < 12 {
				no := false
				n.Billable = &no
			}
			err := m.s.Once(me, fmt.Sprintf("entry %s %d %d", d, i, turn), func(ctx context.Context) error {
				_, _, err := m.s.Timesheets.Log(ctx, n)
				return err
			})
			if err != nil {
				return err
			}
			logged = true
		}
	}
	age := m.today.Sub(week) / 7
	if !logged || age < 1 || (age == 1 && i%2 == 0) {
		return nil
	}
	sheet, err := m.s.Timesheets.OpenWeek(me, week)
	if err != nil {
		return err
	}
	if sheet.Until.After(week.AddDays(6)) {
		return nil // what is handed in together has weeks that are still to come
	}
	if sheet.State == timesheets.Draft {
		if sheet, err = m.s.Timesheets.Submit(me, sheet.ID, sheet.Version); err != nil {
			return err
		}
	}
	if age == 1 || sheet.State == timesheets.Approved {
		return nil
	}
	_, err = m.s.Timesheets.ApproveSheet(m.approver(ctx, who), sheet.ID, sheet.Version, "")
	return err
}

// approver acts as a manager who is somebody else; where there is none, as the one who loads the sample.
func (m *maker) approver(ctx context.Context, who identity.Member) context.Context {
	for _, a := range m.staffers {
		if (a.Role == identity.Manager || a.Role == identity.Admin) && a.ID != who.ID {
			return as(ctx, a)
		}
	}
	return ctx
}

// projectsOf are those a person is on that have begun in that week.
func (m *maker) projectsOf(member string, week day.Date) (out []projects.Overview) {
	for _, p := range m.projects {
		if slices.Contains(p.MemberIDs, member) && !p.StartsOn.After(week.AddDays(6)) {
			out = append(out, p)
		}
	}
	return out
}

// invoices bills month after month, so that numbers and dates go forward.
func (m *maker) invoices(ctx context.Context) error {
	m.tell(0.92, "invoices")
	if m.s.Billing == nil {
		return nil
	}
	if err := m.s.Once(ctx, "late fees", m.s.Billing.LateFees); err != nil {
		return err
	}
	months, late := 0, m.today.AddDays(-30)
	for first := m.start.StartOfMonth(); first.Before(m.today.StartOfMonth()); first = first.AddMonths(1) {
		month := day.Range{From: first, To: first.EndOfMonth()}
		age := m.today.Sub(month.To)
		if on := month.To.AddDays(billedAfter); !late.IsZero() && !on.Before(late) {
			if err := m.overdue(ctx, late); err != nil {
				return err
			}
			late = day.Date{}
		}
		for i, c := range m.clients {
			stage := Paid
			if m.inRun(month, i) {
				continue
			}
			switch {
			case age < 32 && i == 0:
				stage = InReview
			case age < 32 && i%3 == 0:
				stage = Draft
			case age < 40:
				stage = Issued
			case age < 75 && i%2 == 0:
				stage = PartPaid
			case months == 1 && i == 0:
				stage = Voided
			}
			err := m.s.Once(ctx, fmt.Sprintf("invoice %s %d", first, i), func(ctx context.Context) error {
				return m.s.Billing.Month(ctx, c.ID, month, stage)
			})
			if err != nil {
				return err
			}
		}
		months++
	}
	if !late.IsZero() {
		if err := m.overdue(ctx, late); err != nil {
			return err
		}
	}
	return m.s.Once(ctx, "deposit", func(ctx context.Context) error {
		return m.s.Billing.Deposit(ctx, m.clients[0].ID, "Deposit on the work of the next quarter", 3_600)
	})
}

// overdue invoices what is not paid in time.
func (m *maker) overdue(ctx context.Context, on day.Date) error {
	for n, what := range []string{"Domain names and certificates, one year", "Licences of the design tools, one year"} {
		c := m.clients[min(2*n, len(m.clients)-1)] // those with two weeks to pay
		if err := m.s.Once(ctx, fmt.Sprintf("overdue %d", n), func(ctx context.Context) error { return m.s.Billing.Overdue(ctx, c.ID, what, 480, on) }); err != nil {
			return err
		}
	}
	return nil
}
