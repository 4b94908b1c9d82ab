package invoicing

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
)

// Faults of reminders.
var (
	ErrBadReminders = fault.Define(fault.Invalid, "invoicing.bad_reminders", "These reminders cannot be saved.")
	ErrBadPause     = fault.Define(fault.Invalid, "invoicing.bad_pause", "Reminders cannot be paused.")
	ErrPaused       = fault.Define(fault.Conflict, "invoicing.reminders_paused", "Reminders of this invoice are paused already.")
	ErrNotPaused    = fault.Define(fault.Conflict, "invoicing.reminders_not_paused", "Reminders of this invoice are not paused.")
)

// maxSteps is more reminders than anybody sends; maxStepDays is how far they are from the due date.
const (
	maxSteps    = 10
	maxStepDays = 365
)

// ReminderPolicy says when clients are reminded of what they have not paid.
type ReminderPolicy struct {
	ID        string
	ClientID  string // empty: the agency's
	Enabled   bool
	EnabledOn day.Date // steps of earlier days are never sent: nobody gets a heap of old ones at once
	Steps     []ReminderStep
	Late      *LateFees  // what late payment costs; nil: nothing, and to be saved: as it is
	RunsAt    *time.Time // of the agency's: when the next round is
	Version   int        // 0: not kept yet
	UpdatedAt time.Time
}

// ReminderStep is one letter, so many days after the due date, or before it.
type ReminderStep struct {
	Days  int                       `json:"days"`
	Texts map[Language]ReminderText `json:"texts,omitempty"` // languages without one get the usual words
	Fee   *decimal.Decimal          `json:"fee,omitempty"`   // that the letter costs, in the currency of the late fees
}

// ReminderText is what a letter says.
type ReminderText struct {
	Subject string `json:"subject"`
	Message string `json:"message"`
}

// ReminderOutcome is what became of a step.
type ReminderOutcome string

// Outcomes of steps.
const (
	ReminderSent      ReminderOutcome = "sent"
	ReminderNoAddress ReminderOutcome = "no_address" // there was nobody to write to
	ReminderSettled   ReminderOutcome = "settled"    // the money came before the letter went
)

// Reminder is a step that was taken for an invoice.
type Reminder struct {
	Days      int
	Outcome   ReminderOutcome
	SendingID string
	At        time.Time
}

// Reminding is where an invoice stands on its ladder.
type Reminding struct {
	PausedAt *time.Time
	Reason   string
	Taken    []Reminder
	Next     *NextReminder
}

// NextReminder is the step that comes next, if nothing is paid before.
type NextReminder struct {
	Days int
	On   day.Date
}

// DefaultSteps are what the settings propose.
func DefaultSteps() []ReminderStep {
	return []ReminderStep{{Days: -3}, {Days: 3}, {Days: 14}, {Days: 30}}
}

// placeholders are what texts may name.
var placeholders = []string{"buyer", "number", "total", "open", "due", "days", "seller"}

var placeholder = regexp.MustCompile(`\{([^{}]*)\}`)

func (p ReminderPolicy) check() error {
	bad := ErrBadReminders
	if p.Enabled && len(p.Steps) == 0 {
		bad = bad.At("body.steps", "needs at least one")
	}
	if len(p.Steps) > maxSteps {
		bad = bad.At("body.steps", fmt.Sprintf("are more than %d", maxSteps))
	}
	seen := map[int]bool{}
	for n, st := range p.Steps {
		at := fmt.Sprintf("body.steps[%d].", n)
		switch {
		case st.Days < -maxStepDays || st.Days > maxStepDays:
			bad = bad.At(at+"days", fmt.Sprintf("must be within %d days of the due date", maxStepDays))
		case seen[st.Days]:
			bad = bad.At(at+"days", "is there twice")
		}
		seen[st.Days] = true
		for _, lang := range Languages {
			text, written := st.Texts[lang]
			if !written {
				continue
			}
			for _, part := range []struct{ field, says string }{{"subject", text.Subject}, {"message", text.Message}} {
				if name := unknownIn(part.says); name != "" {
					bad = bad.At(fmt.Sprintf("%stexts.%s.%s", at, lang, part.field), "has {"+name+"}, which is none of {"+strings.Join(placeholders, "}, {")+"}")
				}
			}
		}
		for lang := range st.Texts {
			if !slices.Contains(Languages, lang) {
				bad = bad.At(at+"texts", "has a language that documents do not speak")
			}
		}
	}
	if bad = p.checkLate(bad); len(bad.Fields) > 0 {
		return bad
	}
	return nil
}

func unknownIn(text string) string {
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(placeholders, m[1]) {
			return m[1]
		}
	}
	return ""
}

func (p *ReminderPolicy) sort() {
	slices.SortFunc(p.Steps, func(a, b ReminderStep) int { return a.Days - b.Days })
}

// due is the step to be taken today: the latest whose day has come. A step that
// was missed is not caught up with once a later one was taken, and "due soon"
// is not said of what is late.
func (p ReminderPolicy) due(dueOn, today day.Date, taken []int) (ReminderStep, bool) {
	for n := len(p.Steps) - 1; n >= 0 && p.Enabled; n-- {
		st := p.Steps[n]
		on := dueOn.AddDays(st.Days)
		switch {
		case slices.Contains(taken, st.Days):
			return ReminderStep{}, false
		case on.After(today) || on.Before(p.EnabledOn) || st.Days < 0 && today.After(dueOn):
			continue
		}
		return st, true
	}
	return ReminderStep{}, false
}

// next is the step that is taken today or later.
func (p ReminderPolicy) next(dueOn, today day.Date, taken []int) *NextReminder {
	if st, now := p.due(dueOn, today, taken); now {
		return &NextReminder{st.Days, today}
	}
	for _, st := range p.Steps {
		on := dueOn.AddDays(st.Days)
		later := slices.ContainsFunc(taken, func(d int) bool { return d >= st.Days })
		if p.Enabled && on.After(today) && !on.Before(p.EnabledOn) && !later {
			return &NextReminder{st.Days, on}
		}
	}
	return nil
}

// letter writes the step in a language.
func (st ReminderStep) letter(lang Language, values ...string) (subject, message string) {
	w := WordsIn(lang)
	subject, message = w.LateSubject, w.LateLetter
	if st.Days <= 0 {
		subject, message = w.SoonSubject, w.SoonLetter
	}
	text := st.Texts[lang]
	subject, message = or(text.Subject, subject), or(text.Message, message)
	return Fill(subject, slices.Clone(values)...), Fill(message, slices.Clone(values)...)
}

// reminderValues are what placeholders stand for.
func reminderValues(i Invoice, today day.Date) []string {
	d := i.Document
	days := today.Sub(i.DueOn)
	return []string{
		"number", i.Number, "seller", d.Seller.Name, "buyer", d.Buyer.Name, "total", money.Format(d.Payable, d.Locale), "open", money.Format(i.Balance(), d.Locale),
		"due", WordsIn(d.Language).Day(i.DueOn), "days", fmt.Sprint(max(days, -days)),
	}
}
