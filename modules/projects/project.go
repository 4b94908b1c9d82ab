package projects

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
)

var (
	ErrNotFound        = fault.Define(fault.NotFound, "projects.not_found", "This project does not exist.")
	ErrInvalid         = fault.Define(fault.Invalid, "projects.invalid", "Some of this is not right yet.")
	ErrCodeTaken       = fault.Define(fault.Conflict, "projects.code_taken", "Another project has this code.").At("body.code", "is taken")
	ErrTransition      = fault.Define(fault.Conflict, "projects.state_refused", "The project cannot go from its state to that one.")
	ErrArchived        = fault.Define(fault.Conflict, "projects.archived", "This project is archived. Restore it first.")
	ErrClientArchived  = fault.Define(fault.Conflict, "projects.client_archived", "This client is archived.").At("body.client_id", "is archived")
	ErrColumnNotEmpty  = fault.Define(fault.Conflict, "projects.column_not_empty", "There are tasks in a column that would go. Say where they move.")
	ErrBudgetForbidden = fault.Define(fault.Forbidden, "projects.budget_forbidden", "You may not see or set budgets in money.")
	// ErrStale answers a change based on an older version; the code is the one of the whole API.
	ErrStale = fault.Define(fault.Precondition, "request.stale", "This was changed meanwhile. Load it again and repeat your change.")
)

// State is where a project is in its life.
type State string

const (
	Planned   State = "planned"
	Active    State = "active"
	OnHold    State = "on_hold"
	Completed State = "completed"
	Archived  State = "archived"
)

// mayFollow lists where a project may go by a change of its state. Archived is
// reached and left by Archive and Restore alone.
var mayFollow = map[State][]State{
	Planned:   {Active, OnHold, Completed},
	Active:    {Planned, OnHold, Completed},
	OnHold:    {Planned, Active, Completed},
	Completed: {Active},
	Archived:  nil,
}

// MayBecome tells whether a project may go from s to to.
func (s State) MayBecome(to State) bool { return s == to || slices.Contains(mayFollow[s], to) }

// Category says what a column means for the tasks in it.
type Category string

const (
	Todo  Category = "todo"
	Doing Category = "doing"
	Done  Category = "done"
)

// Column is one column of a project's board.
type Column struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Category Category `json:"category"`
	Limit    int      `json:"limit,omitempty"` // most cards that should be in work at once; 0 for none
}

func defaultColumns() []Column {
	return []Column{
		{ID: "todo", Name: "To do", Category: Todo},
		{ID: "doing", Name: "In progress", Category: Doing},
		{ID: "review", Name: "Review", Category: Doing},
		{ID: "done", Name: "Done", Category: Done},
	}
}

// Project is an engagement for a client.
type Project struct {
	ID           string
	ClientID     string
	Code         string
	Name         string
	Description  string
	State        State
	ArchivedFrom State
	ManagerID    string // empty for none
	MemberIDs    []string
	StartsOn     day.Date
	DueOn        day.Date
	Billable     bool
	BudgetHours  *decimal.Decimal
	BudgetMoney  *money.Money
	Colour       string
	Columns      []Column
	CreatedAt    time.Time
	CreatedBy    string
	UpdatedAt    time.Time
	ArchivedAt   *time.Time
	Version      int
}

// Column returns the column with this id.
func (p Project) Column(id string) (Column, bool) {
	i := slices.IndexFunc(p.Columns, func(c Column) bool { return c.ID == id })
	if i < 0 {
		return Column{}, false
	}
	return p.Columns[i], true
}

// first returns the first column of a category.
func (p Project) first(c Category) Column {
	i := slices.IndexFunc(p.Columns, func(col Column) bool { return col.Category == c })
	if i < 0 {
		return p.Columns[0]
	}
	return p.Columns[i]
}

// Colours are the hues a project may have; the front end knows how to draw each.
var Colours = []string{"blue", "teal", "green", "lime", "amber", "orange", "red", "pink", "purple", "indigo", "cyan", "slate"}

var (
	codeShape   = regexp.MustCompile(`^[A-Z0-9][A-Z0-9_-]{1,23}$`)
	columnShape = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)
	maxHours    = decimal.NewFromInt(1_000_000)
)

// check returns what is wrong with p, all of it at once.
func (p Project) check() error {
	var bad blame
	bad.text("body.name", p.Name, 1, 120)
	bad.text("body.description", p.Description, 0, 10_000)
	bad.when(!codeShape.MatchString(p.Code), "body.code", "must be 2 to 24 capital letters, digits, - or _")
	bad.when(!slices.Contains(Colours, p.Colour), "body.colour", "is not one of the colours")
	bad.when(!p.StartsOn.IsZero() && !p.DueOn.IsZero() && p.DueOn.Before(p.StartsOn), "body.due_on", "is before the start")
	if h := p.BudgetHours; h != nil {
		bad.when(h.IsNegative() || h.GreaterThan(maxHours) || !h.Equal(h.Truncate(4)), "body.budget_hours", "must be 0 to 1,000,000 hours with at most 4 places")
	}
	if m := p.BudgetMoney; m != nil {
		bad.when(m.Minor < 0, "body.budget_money.amount", "must not be negative")
		bad.when(!money.Valid(m.Currency), "body.budget_money.currency", "is not a currency")
	}
	return bad.err(ErrInvalid)
}

// checkColumns returns what is wrong with the columns of a board.
func checkColumns(cols []Column) error {
	var bad blame
	bad.when(len(cols) < 2 || len(cols) > 12, "body.columns", "must be 2 to 12 columns")
	seen, done, todo := map[string]bool{}, 0, 0
	for i, c := range cols {
		at := fmt.Sprintf("body.columns[%d]", i)
		bad.when(!columnShape.MatchString(c.ID), at+".id", "must be small letters, digits, - or _")
		bad.when(seen[c.ID], at+".id", "is there twice")
		seen[c.ID] = true
		bad.text(at+".name", c.Name, 1, 40)
		bad.when(c.Limit < 0 || c.Limit > 999, at+".limit", "must be 0 to 999")
		switch c.Category {
		case Todo:
			todo++
		case Doing:
		case Done:
			done++
		default:
			bad.add(at+".category", "must be todo, doing or done")
		}
	}
	bad.when(len(cols) > 0 && done == 0, "body.columns", "must have one for finished tasks")
	bad.when(len(cols) > 0 && len(cols) == done, "body.columns", "must have one for open tasks")
	return bad.err(ErrInvalid)
}

// blame collects what is wrong, field by field.
type blame struct{ fields []fault.Field }

func (b *blame) add(path, text string) {
	b.fields = append(b.fields, fault.Field{Path: path, Text: text})
}

func (b *blame) when(wrong bool, path, text string) {
	if wrong {
		b.add(path, text)
	}
}

func (b *blame) text(path, s string, least, most int) {
	n := utf8.RuneCountInString(s)
	switch {
	case n < least:
		b.add(path, "is required")
	case n > most:
		b.add(path, fmt.Sprintf("must have at most %d letters", most))
	case strings.ContainsRune(s, 0):
		b.add(path, "has a letter that cannot be kept")
	}
}

func (b *blame) err(e *fault.Error) error {
	if len(b.fields) == 0 {
		return nil
	}
	for _, f := range b.fields {
		e = e.At(f.Path, f.Text)
	}
	return e
}
