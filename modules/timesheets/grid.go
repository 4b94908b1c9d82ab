package timesheets

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/tenancy"
)

var (
	// ErrCellTimed refuses to guess which span of a cell should grow or shrink.
	ErrCellTimed = fault.Define(fault.Conflict, "timesheets.cell_timed", "This cell holds entries with start and end. Change them in the day view.").
			At("body.seconds", "cannot be spread over entries with start and end")
	// ErrCellStale refuses to overwrite what another page wrote.
	ErrCellStale = fault.Define(fault.Precondition, "timesheets.cell_stale", "This cell was changed meanwhile. Load the week again.").
			At("body.expected_seconds", "is not what the cell holds")
)

// CellChange sets what a member worked on a day for a project and task.
type CellChange struct {
	Day               day.Date
	ProjectID, TaskID string
	ServiceID         *string // empty for none; nil for all time of the task, and the task's service for what is new
	Seconds           int64
	Expected          *int64  // what the caller saw in the cell
	Note              *string // nil stays
	Zone              string
}

// SetCell makes a cell of the grid hold so many seconds. It works on entries by
// duration only: spans are never stretched to fit a number.
func (s *Service) SetCell(ctx context.Context, ch CellChange) (g Grid, err error) {
	me := access.From(ctx).MemberID
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.conditions(ctx, tx)
		if err != nil {
			return err
		}
		if err := s.checkCell(ctx, tx, c, ch); err != nil {
			return err
		}
		if _, err := s.openSheet(ctx, tx, me, ch.Day, c); err != nil { // one writer a week
			return err
		}
		f := Filter{MemberID: me, ProjectID: ch.ProjectID, TaskID: ch.TaskID, ExactTask: true, From: ch.Day, To: ch.Day}
		if ch.ServiceID != nil {
			f.ServiceID, f.ExactService = *ch.ServiceID, true
		}
		entries, err := s.d.Store.Entries(ctx, tx, f)
		if err != nil {
			return err
		}
		if err := s.setCellTx(ctx, tx, c, ch, entries); err != nil {
			return err
		}
		g, err = s.gridTx(ctx, tx, c, me, ch.Day)
		return err
	})
	return g, err
}

func (s *Service) checkCell(ctx context.Context, tx *tenancy.Tx, c conditions, ch CellChange) error {
	if err := checkDay(ch.Day, c.today, "body.day"); err != nil {
		return err
	}
	if ch.Seconds != 0 {
		if err := checkSeconds(ch.Seconds, "body.seconds"); err != nil {
			return err
		}
	}
	if c.settings.Lock.Locks(ch.Day) {
		return s.locked(ctx, tx, c.settings.Lock, "body.day")
	}
	return nil
}

func (s *Service) setCellTx(ctx context.Context, tx *tenancy.Tx, c conditions, ch CellChange, entries []Entry) error {
	var held int64
	var plain *Entry // the duration that takes the difference
	for i, e := range entries {
		held += e.RawSeconds
		if e.StartedAt == nil && e.Editable() {
			plain = &entries[i]
		}
	}
	if ch.Expected != nil && *ch.Expected != held {
		return ErrCellStale
	}
	difference := ch.Seconds - held
	switch {
	case plain != nil && plain.RawSeconds+difference > 0:
		if difference == 0 && (ch.Note == nil || *ch.Note == plain.Note) {
			return nil
		}
		seconds := plain.RawSeconds + difference
		_, _, err := s.changeTx(ctx, tx, c, *plain, EntryChange{Seconds: &seconds, Note: ch.Note})
		return err
	case plain != nil && plain.RawSeconds+difference == 0:
		return s.deleteTx(ctx, tx, c, *plain)
	case difference > 0:
		n := NewEntry{ProjectID: ch.ProjectID, TaskID: ch.TaskID, Day: ch.Day, Seconds: &difference, Zone: ch.Zone}
		if ch.Note != nil {
			n.Note = *ch.Note
		}
		if ch.ServiceID != nil {
			n.ServiceID, n.NoService = *ch.ServiceID, *ch.ServiceID == ""
		}
		_, _, err := s.logTx(ctx, tx, c, n, FromGrid)
		return err
	case difference < 0 && slices.ContainsFunc(entries, func(e Entry) bool { return !e.Editable() }):
		return ErrFrozen
	case difference < 0:
		return ErrCellTimed
	}
	return nil
}

// Week returns a member's week as a grid; the caller's own when memberID is empty.
func (s *Service) Week(ctx context.Context, memberID string, d day.Date) (g Grid, err error) {
	a := access.From(ctx)
	if memberID == "" {
		memberID = a.MemberID
	}
	if !mayRead(a, memberID) {
		return g, ErrSheetNotFound
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.readConditions(ctx, tx, false)
		if err != nil {
			return err
		}
		if d.IsZero() {
			d = c.today
		}
		g, err = s.gridTx(ctx, tx, c, memberID, d)
		return err
	})
	return g, err
}

func (s *Service) gridTx(ctx context.Context, tx *tenancy.Tx, c conditions, memberID string, d day.Date) (Grid, error) {
	week := d.Week(c.calendar.WeekStart)
	g := Grid{
		MemberID: memberID, Locked: c.settings.Lock,
		Totals: map[day.Date]int64{}, Targets: Targets{}, Zone: c.calendar.Zone,
	}
	for d := range week.Days() {
		g.Days = append(g.Days, d)
	}
	there, err := s.sheetsOver(ctx, tx, c, []string{memberID}, week)
	if err != nil {
		return g, err
	}
	sheets := c.parts(memberID, week, there)
	g.Sheet = c.part(memberID, d, there)
	entries, err := s.d.Store.Entries(ctx, tx, Filter{MemberID: memberID, From: week.From, To: week.To})
	if err != nil {
		return g, err
	}
	var pins []Row
	if memberID == access.From(ctx).MemberID {
		if pins, err = s.d.Store.Pins(ctx, tx, memberID); err != nil {
			return g, err
		}
	}
	g.fill(entries, append(rowsOf(sheets, week.From), pins...))
	if err := s.addUp(ctx, tx, c, &g, sheets); err != nil {
		return g, err
	}
	if a := access.From(ctx); memberID == a.MemberID || a.Can(SeeLeave) { // why somebody is away is not for everybody who may read their time
		if g.Away, err = s.d.Schedules.AwayTx(ctx, tx, memberID, week.From, week.To); err != nil {
			return g, err
		}
	}
	if err := s.nameRows(ctx, tx, &g); err != nil {
		return g, err
	}
	for i := range g.Rows {
		g.Rows[i].Locked = c.lock(g.Rows[i].ClientID)
	}
	g.pin(pins)
	return g, nil
}

// addUp tells what is in the sheets of a week, in their other weeks too, and what is missing in them.
func (s *Service) addUp(ctx context.Context, tx *tenancy.Tx, c conditions, g *Grid, sheets []Sheet) error {
	week := day.Range{From: g.Days[0], To: g.Days[len(g.Days)-1]}
	all := day.Range{From: earlier(week.From, sheets[0].Week), To: later(week.To, sheets[len(sheets)-1].Until)}
	found, err := s.targets(ctx, tx, c.settings.Holidays, []string{g.MemberID}, all)
	if err != nil {
		return err
	}
	logged := g.Totals
	if all != week {
		days, err := s.d.Store.LoggedOn(ctx, tx, []string{g.MemberID}, all)
		if err != nil {
			return err
		}
		logged = days[g.MemberID]
	}
	targets := found[g.MemberID]
	for _, d := range g.Days {
		g.Targets[d] = targets[d]
	}
	for _, sheet := range sheets {
		part, wanted := SheetPart{Sheet: sheet}, Targets{}
		for d := range sheet.Days().Days() {
			wanted[d] = targets[d]
			part.Seconds, part.Expected, part.Filled = part.Seconds+logged[d], part.Expected+wanted[d].Expected, part.Filled+wanted[d].Filled
		}
		part.Missing = wanted.Missing(logged)
		g.Parts = append(g.Parts, part)
	}
	return nil
}

// SheetOn is the sheet of a day of the week.
func (g Grid) SheetOn(d day.Date) Sheet {
	for _, p := range g.Parts {
		if p.Has(d) {
			return p.Sheet
		}
	}
	return g.Sheet
}

// rowsOf are the rows that sheets show in a week.
func rowsOf(sheets []Sheet, week day.Date) (out []Row) {
	for _, s := range sheets {
		for _, r := range s.Rows {
			if r.Week.IsZero() || r.Week == week {
				out = append(out, r.Row)
			}
		}
	}
	return out
}

func (g *Grid) fill(entries []Entry, kept []Row) {
	rows := map[Row]*GridRow{}
	at := func(r Row) *GridRow {
		if rows[r] == nil {
			rows[r] = &GridRow{Work: Work{ProjectID: r.ProjectID, TaskID: r.TaskID, ServiceID: r.ServiceID}, Cells: map[day.Date]Cell{}}
		}
		return rows[r]
	}
	for _, r := range kept {
		at(r)
	}
	for _, e := range entries {
		row := at(Row{e.ProjectID, e.TaskID, e.ServiceID})
		cell := row.Cells[e.Day].with(e)
		row.Cells[e.Day] = cell
		row.Seconds += e.RawSeconds
		g.Totals[e.Day] += e.RawSeconds
		g.Seconds += e.RawSeconds
	}
	for _, r := range rows {
		g.Rows = append(g.Rows, *r)
	}
}

// with adds an entry to a cell. A cell shows the state that needs most attention.
func (c Cell) with(e Entry) Cell {
	order := []string{"", Billed, Approved, Submitted, Draft, Rejected}
	if slices.Index(order, e.State) > slices.Index(order, c.State) {
		c.State = e.State
	}
	c.Seconds += e.RawSeconds
	c.Entries++
	c.Timed = c.Timed || e.StartedAt != nil
	c.Billable = c.Billable || e.Billable
	c.Editable = c.Editable || (e.StartedAt == nil && e.Editable())
	if e.Note != "" && c.Note != "" {
		c.Note += "\n"
	}
	c.Note += e.Note
	return c
}

func (s *Service) nameRows(ctx context.Context, tx *tenancy.Tx, g *Grid) error {
	var projects, tasks, services []string
	for _, r := range g.Rows {
		projects, tasks, services = append(projects, r.ProjectID), append(tasks, nonEmpty(r.TaskID)...), append(services, nonEmpty(r.ServiceID)...)
	}
	if len(projects) == 0 {
		return nil
	}
	works, names, err := s.d.Projects.NamesTx(ctx, tx, distinct(projects), distinct(tasks))
	if err != nil {
		return err
	}
	sold := map[string]Sale{}
	if len(services) > 0 {
		if sold, err = s.d.Services.SalesTx(ctx, tx, distinct(services)); err != nil {
			return err
		}
	}
	for i, r := range g.Rows {
		w := works[r.ProjectID]
		w.ProjectID, w.TaskID, w.TaskName, w.ServiceID = r.ProjectID, r.TaskID, names[r.TaskID], r.ServiceID
		g.Rows[i].Work, g.Rows[i].ServiceName = w, sold[r.ServiceID].Name
	}
	name := func(r GridRow) string {
		return strings.Join([]string{r.ClientName, r.Label(), r.TaskID, r.ServiceName, r.ServiceID}, "\x00")
	}
	slices.SortFunc(g.Rows, func(a, b GridRow) int { return strings.Compare(name(a), name(b)) })
	return nil
}

// CopyLastWeek puts the rows of the week before into the week of d, and with
// hours also their durations, on days that are open and have none for that row yet.
func (s *Service) CopyLastWeek(ctx context.Context, d day.Date, hours bool) (g Grid, err error) {
	me := access.From(ctx).MemberID
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		c, err := s.conditions(ctx, tx)
		if err != nil {
			return err
		}
		if err := checkDay(d, c.today, "body.week"); err != nil {
			return err
		}
		last, err := s.gridTx(ctx, tx, c, me, WeekOf(d, c.calendar.WeekStart).AddDays(-7))
		if err != nil {
			return err
		}
		now, err := s.gridTx(ctx, tx, c, me, d)
		if err != nil {
			return err
		}
		sheet, err := s.openPartOf(ctx, tx, c, now)
		if err != nil {
			return err
		}
		if hours {
			if l := c.settings.Lock; l.Locks(now.Days[len(now.Days)-1]) {
				return s.locked(ctx, tx, l, "body.week")
			}
			// All budgets at once and in their order, before each entry asks for its own: who changes many entries holds them so too.
			projects := make([]string, len(last.Rows))
			for i, r := range last.Rows {
				projects[i] = r.ProjectID
			}
			if _, err := s.d.Ledgers.GuardTx(ctx, tx, distinct(projects)); err != nil {
				return err
			}
		}
		for _, r := range last.Rows {
			if err := s.copyRow(ctx, tx, c, r, now, hours); err != nil {
				return err
			}
			sheet.Rows = append(sheet.Rows, SheetRow{r.row(), now.Days[0]})
		}
		if err := s.saveRows(ctx, tx, sheet); err != nil {
			return err
		}
		g, err = s.gridTx(ctx, tx, c, me, d)
		return err
	})
	return g, err
}

// openPartOf makes and locks the first sheet of a week that takes time.
func (s *Service) openPartOf(ctx context.Context, tx *tenancy.Tx, c conditions, g Grid) (Sheet, error) {
	for _, d := range g.Days {
		if !g.SheetOn(d).Takes() {
			continue
		}
		sheet, err := s.openSheet(ctx, tx, g.MemberID, d, c)
		if err == nil && !sheet.Takes() {
			err = ErrSheetClosed
		}
		return sheet, err
	}
	return Sheet{}, ErrSheetClosed
}

func (s *Service) saveRows(ctx context.Context, tx *tenancy.Tx, sheet Sheet) error {
	slices.SortFunc(sheet.Rows, func(a, b SheetRow) int {
		return cmp.Or(a.Week.Compare(b.Week), cmp.Compare(a.ProjectID, b.ProjectID), cmp.Compare(a.TaskID, b.TaskID), cmp.Compare(a.ServiceID, b.ServiceID))
	})
	sheet.Rows = slices.Compact(sheet.Rows)
	fresh, err := s.d.Store.Sheet(ctx, tx, sheet.ID, true) // entries of this transaction have moved its version
	if err != nil {
		return err
	}
	fresh.Rows = sheet.Rows
	return s.d.Store.SaveSheet(ctx, tx, fresh)
}

func (s *Service) copyRow(ctx context.Context, tx *tenancy.Tx, c conditions, r GridRow, now Grid, hours bool) error {
	if !hours || !r.Open {
		return nil
	}
	for d, cell := range r.Cells {
		to := d.AddDays(7)
		i := slices.IndexFunc(now.Rows, func(o GridRow) bool { return o.row() == r.row() })
		if i >= 0 && now.Rows[i].Cells[to].Seconds > 0 {
			continue
		}
		if !now.SheetOn(to).Takes() || c.lock(r.ClientID).Locks(to) {
			continue // the days of the week that are still open are filled
		}
		n := NewEntry{
			ProjectID: r.ProjectID, TaskID: r.TaskID, ServiceID: r.ServiceID, NoService: r.ServiceID == "", Day: to, Seconds: &cell.Seconds, Billable: c.kept(ctx, cell.Billable),
		}
		_, _, err := s.logTx(ctx, tx, c, n, FromGrid)
		if errors.Is(err, ErrNoService) { // sold last week, and not any more
			n.ServiceID = ""
			_, _, err = s.logTx(ctx, tx, c, n, FromGrid)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
