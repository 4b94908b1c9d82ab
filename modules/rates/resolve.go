package rates

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/tenancy"
)

// Question asks what an hour costs. The client is found by the project where it is missing.
type Question struct {
	MemberID  string
	ProjectID string
	ClientID  string
	TaskID    string
	ServiceID string
	Day       day.Date // the work date decides, not the date of entry or invoice
}

// Answer is the rate of an hour and why. Where nothing was found, the hour has
// no rate and cannot be billed; that is not a rate of zero.
type Answer struct {
	Found    bool
	PerHour  decimal.Decimal
	Currency string
	RateID   string
	CardID   string
	CardName string
	Level    string
	Why      string  // says no amount
	Agreed   *Agreed // what its contract says about when work is done; nil: nothing

	Tiers        *Tiers   // what further hours cost; nil: the same
	CountedSince day.Date // from which day on hours are counted for them
}

// step is one place where a rate is looked for.
type step struct {
	level  Level
	target Target
	text   string
}

// order is rule 42. An override on the entry itself comes before all of it and
// is kept by timesheets.
var order = []step{
	{Project, Member, "project and person"},
	{Project, Task, "project and task"},
	{Project, Sale, "project and service"},
	{Project, Position, "project and position"},
	{Client, Member, "client and person"},
	{Client, Sale, "client and service"},
	{Client, Position, "client and position"},
	{Agency, Member, "agency and person"},
	{Agency, Sale, "agency and service"},
	{Agency, Position, "agency and position"},
}

// tiersSay tells which hours tiers count.
var tiersSay = map[Per]string{
	PerDay:   "Further hours of a day have other prices; those of the project at this rate are counted.",
	PerMonth: "Further hours of a month have other prices; those of the project at this rate are counted.",
	PerLine:  "Further hours have other prices; those of the project at this rate are counted for as long as it holds.",
}

const none = "No rate card holds a rate for this person, task, service or position on this day."

// ResolveTx answers q in the caller's transaction. The amount is not hidden
// here: who shows it asks for rates.bill.see.
func (s *Service) ResolveTx(ctx context.Context, tx *tenancy.Tx, q Question) (Answer, error) {
	as, err := s.ResolveManyTx(ctx, tx, []Question{q})
	if err != nil {
		return Answer{}, err
	}
	return as[0], nil
}

// ResolveManyTx answers all questions with four queries, however many they are.
func (s *Service) ResolveManyTx(ctx context.Context, tx *tenancy.Tx, qs []Question) ([]Answer, error) {
	asked, err := s.gather(ctx, tx, qs)
	if err != nil {
		return nil, err
	}
	out := make([]Answer, len(qs))
	for i, q := range asked.questions {
		out[i] = Answer{Why: none}
		for _, st := range order {
			if d, ok := asked.at(q, st); ok {
				out[i] = d.answer(st, q.Day)
				out[i].Agreed = asked.agreed[i]
				break
			}
		}
	}
	return out, nil
}

func (d Dated) answer(st step, on day.Date) Answer {
	until := ""
	if d.To != nil {
		until = fmt.Sprintf(", up to and without %s", d.To)
	}
	a := Answer{
		Found: true, PerHour: *d.PerHour, Currency: d.Card.Currency, RateID: d.ID, CardID: d.Card.ID, CardName: d.Card.Name, Level: string(d.Card.Level),
		Why: fmt.Sprintf("Rate for %s on the card “%s”, valid from %s%s.", st.text, d.Card.Name, d.From, until),
	}
	if d.Tiers != nil {
		a.Tiers, a.CountedSince = d.Tiers, d.Tiers.Since(on, d.From)
		a.Why += " " + tiersSay[d.Tiers.Per]
	}
	return a
}

type key struct {
	level  Level
	owner  string // the client or project of the card
	target Target
	id     string
}

// asked is everything that the answers to some questions depend on.
type asked struct {
	questions []Question
	positions map[day.Date]map[string]string
	rates     map[key][]Dated
	agreed    []*Agreed // for each question
}

func (s *Service) gather(ctx context.Context, tx *tenancy.Tx, qs []Question) (asked, error) {
	a := asked{questions: slices.Clone(qs), rates: map[key][]Dated{}}
	if len(qs) == 0 {
		return a, nil
	}
	if err := s.findClients(ctx, tx, a.questions); err != nil {
		return a, err
	}
	from, to := qs[0].Day, qs[0].Day
	var clientIDs, projectIDs []string
	members, days := map[string]bool{}, map[day.Date]bool{}
	for _, q := range a.questions {
		clientIDs, projectIDs = add(clientIDs, q.ClientID), add(projectIDs, q.ProjectID)
		if q.Day.Before(from) {
			from = q.Day
		}
		if q.Day.After(to) {
			to = q.Day
		}
		members[q.MemberID], days[q.Day] = true, true
	}
	var err error
	if a.positions, err = s.d.Positions.PositionsOnTx(ctx, tx, slices.Collect(maps.Keys(members)), slices.Collect(maps.Keys(days))); err != nil {
		return a, err
	}
	found, err := s.d.Store.Candidates(ctx, tx, clientIDs, projectIDs, from, to)
	for _, d := range found {
		k := key{d.Card.Level, d.Card.ClientID + d.Card.ProjectID, d.Target, d.TargetID}
		a.rates[k] = append(a.rates[k], d)
	}
	if err != nil {
		return a, err
	}
	terms, err := s.d.Store.Agreed(ctx, tx, clientIDs, projectIDs, from, to)
	a.agreed = s.agreed(terms, a.questions)
	return a, err
}

func (s *Service) findClients(ctx context.Context, tx *tenancy.Tx, qs []Question) error {
	var missing []string
	for _, q := range qs {
		if q.ClientID == "" {
			missing = add(missing, q.ProjectID)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	of, err := s.d.Projects.ClientsOfTx(ctx, tx, missing)
	for i := range qs {
		if qs[i].ClientID == "" {
			qs[i].ClientID = of[qs[i].ProjectID]
		}
	}
	return err
}

func add(ids []string, id string) []string {
	if id == "" || slices.Contains(ids, id) {
		return ids
	}
	return append(ids, id)
}

// at looks in one place.
func (a asked) at(q Question, st step) (Dated, bool) {
	k := key{level: st.level, target: st.target}
	switch st.level {
	case Project:
		k.owner = q.ProjectID
	case Client:
		k.owner = q.ClientID
	}
	switch st.target {
	case Member:
		k.id = q.MemberID
	case Task:
		k.id = q.TaskID
	case Sale:
		k.id = q.ServiceID
	case Position:
		k.id = a.positions[q.Day][q.MemberID]
	}
	if k.id == "" || (st.level != Agency && k.owner == "") {
		return Dated{}, false
	}
	for _, d := range a.rates[k] {
		if d.On(q.Day) {
			return d, true
		}
	}
	return Dated{}, false
}

// Explanation shows where a rate was looked for, and what was found.
type Explanation struct {
	Answer
	PerHour  *decimal.Decimal // nil where the reader may not see it, or nothing was found
	Question Question
	Steps    []Step
}

// Step is one place of the order, as it was for a question.
type Step struct {
	Level  Level
	Target Target
	Text   string
	RateID string // empty: nothing there
	Taken  bool   // this one decided
}

// Explain answers the question for each member, and shows the order it went by.
func (s *Service) Explain(ctx context.Context, memberIDs []string, q Question) (out []Explanation, err error) {
	if q.Day.IsZero() {
		return nil, ErrBadQuestion.At("query.day", "is required")
	}
	err = s.d.DB.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		if err := s.answerable(ctx, tx, memberIDs, q); err != nil {
			return err
		}
		qs := make([]Question, len(memberIDs))
		for i, m := range memberIDs {
			qs[i] = q
			qs[i].MemberID = m
		}
		asked, err := s.gather(ctx, tx, qs)
		for _, q := range asked.questions {
			out = append(out, asked.explain(access.From(ctx), q))
		}
		return err
	})
	return out, err
}

func (a asked) explain(actor access.Actor, q Question) Explanation {
	e := Explanation{Question: q, Answer: Answer{Why: none}}
	for _, st := range order {
		line := Step{Level: st.level, Target: st.target, Text: st.text}
		if d, ok := a.at(q, st); ok {
			line.RateID = d.ID
			if !e.Found {
				line.Taken, e.Answer = true, d.answer(st, q.Day)
			}
		}
		e.Steps = append(e.Steps, line)
	}
	if e.Found && actor.Can(SeeAmounts) {
		amount := e.Answer.PerHour
		e.PerHour = &amount
	}
	e.Answer.PerHour, e.Tiers = decimal.Decimal{}, nil // shown through the pointer only
	return e
}
