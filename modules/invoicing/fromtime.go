package invoicing

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/modules/timesheets"
	"github.com/bureauhq/bureau/tenancy"
)

// GroupBy says what becomes one line.
type GroupBy string

const (
	ByTask    GroupBy = "task"
	ByPhase   GroupBy = "phase" // the topmost task above
	ByService GroupBy = "service"
	ByPerson  GroupBy = "person"
	ByDay     GroupBy = "day"
	ByEntry   GroupBy = "entry" // each with its day, person, task and note
)

// FromTime says which time, and what else, a draft is made from.
type FromTime struct {
	ClientID   string
	ProjectIDs []string
	Fees       []fees.Pick // what of fees goes with it
	NoTime     bool        // only what was picked
	Expenses   *bool       // nil: as time
	EntityID   string
	From, To   day.Date
	GroupBy    GroupBy
	TaxRateIDs []string
	Currency   string // empty: the client's, else the entity's

	clients []string // many at once, for a look ahead
	onto    *Invoice // a draft that it goes onto; nil: a new one
}

func (f FromTime) query() TimeQuery {
	return TimeQuery{ClientID: f.ClientID, ClientIDs: f.clients, ProjectIDs: f.ProjectIDs, From: f.From, To: f.To}
}

// LeftOut is time in the period that cannot be on the draft, and why.
type LeftOut struct {
	TimeEntry
	Why string // "no_rate", "other_currency", "fixed_fee", "expense_currency", "fee_currency"
}

// Preview shows what a draft from time would be. Nothing is saved.
func (s *Service) Preview(ctx context.Context, f FromTime) (i Invoice, out []LeftOut, err error) {
	errDone := ErrNothingToBill // any error ends the transaction; this one is never seen
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if i, out, err = s.plan(ctx, tx, f); err != nil {
			return err
		}
		if err := s.ready(ctx, tx, &i); err != nil {
			return err
		}
		return &planned{errDone}
	})
	if _, ok := err.(*planned); ok { //nolint:errorlint // made three lines above
		return i, out, nil
	}
	return Invoice{}, nil, err
}

// planned ends the transaction of a preview, which may have made the first entity.
type planned struct{ error }

// CreateFromTime makes a draft from approved, unbilled time and expenses and from
// what was picked of fees, and takes all of it.
func (s *Service) CreateFromTime(ctx context.Context, f FromTime) (i Invoice, out []LeftOut, err error) {
	err = s.d.DB.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		i, out, err = s.BillTx(ctx, tx, Bill{FromTime: f})
		return err
	})
	return i, out, err
}

func (s *Service) plan(ctx context.Context, tx *tenancy.Tx, f FromTime) (Invoice, []LeftOut, error) {
	if f.To.Before(f.From) {
		return Invoice{}, nil, ErrBadPeriod.At("body.to", "is before the start")
	}
	if f.ClientID == "" && len(f.ProjectIDs) == 0 && len(f.Fees) == 0 {
		return Invoice{}, nil, ErrNoScope
	}
	if f.ClientID == "" && len(f.ProjectIDs) == 0 {
		f.NoTime = true
	}
	draftID := s.d.NewID()
	if f.onto != nil {
		draftID = f.onto.ID
	}
	agreed, err := s.d.Fees.BillTx(ctx, tx, draftID, f.Fees, f.To)
	if err != nil {
		return Invoice{}, nil, err
	}
	entries, covered, err := s.worked(ctx, tx, f)
	if err != nil {
		return Invoice{}, nil, err
	}
	spent, err := s.spent(ctx, tx, f)
	if err != nil {
		return Invoice{}, nil, err
	}
	of := f.ClientID
	for _, l := range agreed {
		of = cmp.Or(of, l.ClientID)
	}
	for _, e := range entries {
		of = cmp.Or(of, e.ClientID)
	}
	for _, e := range spent {
		of = cmp.Or(of, e.ClientID)
	}
	switch {
	case of == "":
		return Invoice{}, nil, ErrNothingToBill
	case slices.ContainsFunc(entries, func(e TimeEntry) bool { return e.ClientID != of }),
		slices.ContainsFunc(spent, func(e Spent) bool { return e.ClientID != of }):
		return Invoice{}, nil, ErrManyClients
	case slices.ContainsFunc(agreed, func(l fees.Line) bool { return l.ClientID != of }):
		return Invoice{}, nil, ErrManyClients.At("body.fees", "are of another client")
	}
	i, err := s.blank(ctx, tx, DraftOf{ClientID: of, EntityID: f.EntityID, Currency: f.Currency})
	if err != nil {
		return Invoice{}, nil, err
	}
	if i.ID = draftID; f.onto != nil {
		i.PricesIncludeTax = f.onto.PricesIncludeTax
	}
	names, err := s.names(ctx, tx, f.GroupBy, entries)
	if err != nil {
		return Invoice{}, nil, err
	}
	asked := f.TaxRateIDs != nil
	if !asked {
		if f.TaxRateIDs, err = s.defaultTaxes(ctx, tx); err != nil {
			return Invoice{}, nil, err
		}
	}
	words, err := s.wordsFor(ctx, tx, i, f.GroupBy, entries, agreed, spent)
	if err != nil {
		return Invoice{}, nil, err
	}
	rule, err := s.timeRule(ctx, tx, f)
	if err != nil {
		return Invoice{}, nil, err
	}
	out, err := i.assemble(f, basket{agreed: agreed, entries: entries, covered: covered, rule: rule, spent: spent, names: names, words: words, asked: asked})
	for n := range i.Lines {
		i.Lines[n].ID = s.d.NewID()
	}
	return i, out, err
}

// basket is what a draft is made of.
type basket struct {
	agreed  []fees.Line
	entries []TimeEntry
	covered fees.Coverage
	rule    *timesheets.Rounding // of time that is rounded together
	spent   []Spent
	names   map[string]string // of members or of phases, where lines are theirs
	words   Words             // for what hours count as, and for days
	asked   bool              // the taxes were
}

// assemble puts on the draft what can be, and returns what cannot.
func (i *Invoice) assemble(f FromTime, b basket) ([]LeftOut, error) {
	i.PeriodFrom, i.PeriodTo = f.From, f.To
	if f.NoTime && len(b.spent) == 0 {
		i.PeriodFrom, i.PeriodTo = day.Date{}, day.Date{}
	}
	if len(b.agreed) > 0 && f.NoTime && f.Currency == "" {
		i.Currency = b.agreed[0].Amount.Currency
	}
	if at := slices.IndexFunc(b.agreed, func(l fees.Line) bool { return l.Amount.Currency != i.Currency }); at >= 0 {
		return nil, ErrBadInvoice.At("body.fees", "are in "+b.agreed[at].Amount.Currency+", the invoice in "+i.Currency)
	}
	billable, out := sift(b.entries, i.Currency, b.covered)
	taxes := func(e TimeEntry) []string {
		if !b.asked && e.TaxRateID != "" {
			return []string{e.TaxRateID} // what the service is sold with
		}
		return f.TaxRateIDs
	}
	i.TimeRule = b.rule
	i.Lines = append(feeLines(b.agreed, f.TaxRateIDs, b.words), i.group(billable, f.GroupBy, b.names, b.words, taxes)...)
	lines, abroad := i.expenseLines(b.spent, b.words, f.TaxRateIDs, b.asked)
	i.Lines = append(i.Lines, lines...)
	i.roundTime()
	return append(out, abroad...), nil
}

// wordsFor are those of the document's language. They are asked for only where lines say days, as those of expenses do, some time does not count once, or a
// fee says how much is done or retained.
func (s *Service) wordsFor(ctx context.Context, tx *tenancy.Tx, i Invoice, by GroupBy, entries []TimeEntry, agreed []fees.Line, spent []Spent) (Words, error) {
	speaks := slices.ContainsFunc(agreed, func(l fees.Line) bool { return l.Kind != fees.OfBilled || l.UpTo != nil })
	if by != ByDay && by != ByEntry && !speaks && len(spent) == 0 && !slices.ContainsFunc(entries, func(e TimeEntry) bool { return len(e.Parts) > 0 }) {
		return Words{}, nil
	}
	return s.wordsOf(ctx, tx, i)
}

func (s *Service) names(ctx context.Context, tx *tenancy.Tx, by GroupBy, entries []TimeEntry) (map[string]string, error) {
	name, of := s.d.Members.NamesTx, func(e TimeEntry) string { return e.MemberID }
	switch by {
	case ByPerson, ByEntry:
	case ByPhase:
		name, of = s.d.Projects.PhaseNamesTx, func(e TimeEntry) string { return e.TaskID }
	default:
		return nil, nil
	}
	var ids []string
	for _, e := range entries {
		if id := of(e); id != "" {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return name(ctx, tx, slices.Compact(ids))
}

func (s *Service) defaultTaxes(ctx context.Context, tx *tenancy.Tx) ([]string, error) {
	all, err := s.d.Store.TaxRates(ctx, tx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, r := range all {
		if r.Default && r.ArchivedAt == nil {
			ids = append(ids, r.ID)
		}
	}
	return ids, nil
}

// worked is the time that is asked for, and what of it fees pay for.
func (s *Service) worked(ctx context.Context, tx *tenancy.Tx, f FromTime) ([]TimeEntry, fees.Coverage, error) {
	if f.NoTime {
		return nil, fees.Coverage{}, nil
	}
	entries, err := s.d.Time.UnbilledTx(ctx, tx, f.query())
	if err != nil {
		return nil, fees.Coverage{}, err
	}
	var projects []string
	for _, e := range entries {
		if e.ProjectID != "" {
			projects = append(projects, e.ProjectID)
		}
	}
	slices.Sort(projects)
	covered, err := s.d.Fees.CoveredTx(ctx, tx, slices.Compact(projects))
	return entries, covered, err
}

// feeLines are the lines of what was taken of fees. What is retained is taken off with the taxes of what it is retained of, and has
// them when it is invoiced: they are charged on what is invoiced. A price below zero is none to e-invoices, a quantity is.
func feeLines(agreed []fees.Line, taxes []string, words Words) []Line {
	lines := make([]Line, len(agreed))
	for n, l := range agreed {
		lines[n] = Line{
			Kind: FeeLine, ProjectID: l.ProjectID, Description: l.Description, Quantity: one, UnitPrice: l.Amount.Decimal(), TaxRateIDs: slices.Clone(taxes),
			Sources: []Source{{Kind: OfFee, ID: l.SourceID}},
		}
		switch l.Kind {
		case fees.OfHeld:
			lines[n].Kind, lines[n].Quantity, lines[n].UnitPrice = RetainLine, one.Neg(), l.Amount.Neg().Decimal()
			lines[n].Description = Fill(words.Held, "percent", words.Number(l.Percent), "what", l.Description)
		case fees.OfReleased:
			lines[n].Kind, lines[n].Description = RetainLine, Fill(words.Released, "what", l.Description)
		case fees.OfBilled:
			if done := l.UpTo; done != nil {
				lines[n].Description = Fill(words.Done, "what", l.Description, "percent", words.Number(done.Percent), "contract", money.Format(done.Contract, words.locale))
			}
		}
	}
	return lines
}

// sift parts what can be billed from what cannot. Zero is a rate; none is not.
// What a fee pays for is not billed by the hour too.
func sift(entries []TimeEntry, currency string, covered fees.Coverage) (billable []TimeEntry, out []LeftOut) {
	for _, e := range entries {
		switch {
		case covered.Projects[e.ProjectID] || covered.Tasks[e.TaskID]:
			out = append(out, LeftOut{e, "fixed_fee"})
		case e.Rate == nil:
			out = append(out, LeftOut{e, "no_rate"})
		case e.Currency != currency:
			out = append(out, LeftOut{e, "other_currency"})
		default:
			billable = append(billable, e)
		}
	}
	return billable, out
}

// group makes one line of all entries that share a heading, a rate and taxes. What of them counts by another multiplier is a line
// of its own: an average price would not multiply out to what the parts come to.
func (i *Invoice) group(entries []TimeEntry, by GroupBy, names map[string]string, words Words, taxes func(TimeEntry) []string) []Line {
	type key struct{ project, entry, heading, rate, taxes string }
	var lines []Line
	at := map[key]int{}
	slices.SortStableFunc(entries, func(a, b TimeEntry) int {
		return cmp.Or(a.Day.Compare(b.Day), strings.Compare(a.ProjectName, b.ProjectName), strings.Compare(a.ID, b.ID))
	})
	for _, e := range entries {
		with := roundedWith(i.TimeRule, e)
		for part, p := range e.parts() {
			if part > 0 && p.Seconds == 0 && (with == "" || p.RawSeconds == 0) {
				continue // rounding left nothing of it
			}
			perHour := *e.Rate
			if p.PerHour != nil {
				perHour = *p.PerHour
			}
			price := perHour.Mul(p.Factor).Round(pricePlaces)
			k := key{e.ProjectID, "", heading(e, by, names, words) + words.countsAs(p), price.String(), strings.Join(taxes(e), ",")}
			if by == ByEntry {
				k.entry = e.ID
				if k.heading += noted(e.Note); utf8.RuneCountInString(k.heading) > maxDescription {
					k.heading = string([]rune(k.heading)[:maxDescription])
				}
			}
			n, known := at[k]
			if !known {
				n = len(lines)
				at[k] = n
				lines = append(lines, Line{
					Kind: TimeLine, ProjectID: e.ProjectID, Description: k.heading, Unit: "h", UnitPrice: price, TaxRateIDs: slices.Clone(taxes(e)),
				})
			}
			lines[n].Sources = append(lines[n].Sources, Source{Kind: OfTime, ID: e.ID, Seconds: p.Seconds, Part: part, With: with, Worked: Worked{
				MemberID: e.MemberID, ProjectID: e.ProjectID, Day: e.Day, Raw: p.RawSeconds, Ruled: p.Seconds, Rate: price,
			}})
		}
	}
	for n := range lines {
		var seconds int64
		for _, src := range lines[n].Sources {
			seconds += src.Seconds
		}
		lines[n].Quantity = hoursAt(seconds, lines[n].UnitPrice, i.Currency, i.Rounding)
	}
	return lines
}

// pricePlaces are those that the price of a line has. A rate and a multiplier with more between them are rounded to these.
const pricePlaces = 6

// parts are what of the entry counts by which multiplier.
func (e TimeEntry) parts() []TimePart {
	if len(e.Parts) > 0 {
		return e.Parts
	}
	return []TimePart{{Kind: rates.Ordinary, RawSeconds: e.RawSeconds, Seconds: e.Seconds, Factor: one}}
}

// countsAs says behind a heading which hours of a count a line has, and what they count as: " (over 3 h a day, after hours × 1.5)".
func (w Words) countsAs(p TimePart) string {
	var says []string
	if p.PerHour != nil {
		says = append(says, w.tier(p))
	}
	if what := map[rates.HourKind]string{rates.AfterHours: w.AfterHours, rates.Saturday: w.Saturday, rates.Sunday: w.Sunday, rates.Holiday: w.Holiday}[p.Kind]; what != "" {
		says = append(says, what+" × "+w.Number(p.Factor))
	}
	if len(says) == 0 {
		return ""
	}
	return " (" + strings.Join(says, ", ") + ")"
}

// tier says which hours of a count they are: "up to 3 h a day", "over 3 h a day".
func (w Words) tier(p TimePart) string {
	text, seconds := w.TierOver, p.Over
	if p.Over == 0 {
		text, seconds = w.TierUpTo, p.UpTo
	}
	hours := decimal.NewFromInt(seconds).DivRound(decimal.NewFromInt(3600), 4)
	return strings.NewReplacer("{hours}", w.Number(hours)).Replace(text) + map[rates.Per]string{rates.PerDay: w.TierDay, rates.PerMonth: w.TierMonth}[p.Per]
}

// noted is what a person said about the time, on a line of its own.
func noted(note string) string {
	if note = strings.TrimSpace(note); note == "" {
		return ""
	}
	return "\n" + note
}

func heading(e TimeEntry, by GroupBy, names map[string]string, words Words) string {
	what := cmp.Or(e.TaskName, e.ServiceName)
	switch by {
	case ByPhase:
		what = cmp.Or(names[e.TaskID], what)
	case ByService:
		what = cmp.Or(e.ServiceName, e.TaskName)
	case ByPerson:
		what = names[e.MemberID]
	case ByDay:
		what = words.Day(e.Day)
	case ByEntry:
		said := slices.DeleteFunc([]string{words.Day(e.Day), names[e.MemberID], what}, func(s string) bool { return s == "" })
		what = strings.Join(said, ", ")
	}
	if what == "" {
		return cmp.Or(e.ProjectName, "Time")
	}
	if e.ProjectName == "" {
		return what
	}
	return e.ProjectName + ": " + what
}
