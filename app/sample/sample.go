// Package sample fills an agency with records that look like those of a real
// one: to try the product at first sight, and as the demo of `bureau dev --demo`.
//
// It goes through the same services as people do, so rules, audit entries and
// events are those of real work. The same seed gives the same agency.
package sample

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/agency"
	"github.com/bureauhq/bureau/modules/clients"
	"github.com/bureauhq/bureau/modules/expenses"
	"github.com/bureauhq/bureau/modules/fees"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/modules/invoicing/calc"
	"github.com/bureauhq/bureau/modules/people"
	"github.com/bureauhq/bureau/modules/planning"
	"github.com/bureauhq/bureau/modules/projects"
	"github.com/bureauhq/bureau/modules/rates"
	"github.com/bureauhq/bureau/modules/recurring"
	"github.com/bureauhq/bureau/modules/retainers"
	"github.com/bureauhq/bureau/modules/runs"
	"github.com/bureauhq/bureau/modules/timesheets"
)

// Services are what the sample is made with.
type Services struct {
	Agency     *agency.Service
	Identity   *identity.Service
	People     *people.Service
	Clients    *clients.Service
	Projects   *projects.Service
	Rates      *rates.Service
	Timesheets *timesheets.Service
	Planning   *planning.Service
	Expenses   *expenses.Service
	Fees       *fees.Service
	Retainers  *retainers.Service
	Runs       *runs.Service
	Recurring  *recurring.Service
	Billing    Billing // nil leaves invoices out
	Once       Once

	ClientRates bool // the plan holds rates of single clients
}

// Once does what key names unless it is done already. It counts as done exactly when the first change that do makes
// is there. So a sample that broke off goes on where it stopped.
type Once func(ctx context.Context, key string, do func(context.Context) error) error

// Billing makes the sample's invoices.
type Billing interface {
	// Month bills a client's approved time of a month and takes the invoice as far as stage.
	Month(ctx context.Context, clientID string, month day.Range, stage Stage) error
	// Rate keeps the exchange rate of a day.
	Rate(ctx context.Context, r calc.Rate) error
	// Overdue invoices something that nobody pays, on a day.
	Overdue(ctx context.Context, clientID, what string, units int64, on day.Date) error
	// LateFees says what late payment costs.
	LateFees(ctx context.Context) error
	// Deposit invoices money ahead.
	Deposit(ctx context.Context, clientID, what string, units int64) error
}

// Stage is how far an invoice gets.
type Stage int

// The stages, each including the one before.
const (
	Draft Stage = iota
	InReview
	Issued
	PartPaid
	Paid
	Voided
)

// Size says how much is made.
type Size struct {
	People, Clients, Projects, Weeks int
}

// Small is for a new agency that wants to look around; Demo is a year of an agency of twelve.
var (
	Small = Size{People: 3, Clients: 3, Projects: 4, Weeks: 6}
	Demo  = Size{People: 11, Clients: 8, Projects: 15, Weeks: 52}
)

// Progress hears how far the work has got, from 0 to 1.
type Progress func(done float64, what string)

// Load fills the agency of ctx. Today is the last day that gets time.
func Load(ctx context.Context, s Services, size Size, today day.Date, tell Progress) error {
	m := &maker{s: s, size: size, today: today, tell: tell, dice: rand.New(rand.NewPCG(2026, 11)), start: today.AddDays(-7 * size.Weeks).WeekStart(time.Monday)} //nolint:gosec // the same agency each time is the point
	for _, step := range []struct {
		what string
		do   func(context.Context) error
	}{
		{"people", m.staff},
		{"leave", m.leave},
		{"clients", m.companies},
		{"projects", m.engagements},
		{"fees", m.agreements},
		{"rates", m.prices},
		{"time", m.weeks},
		{"bookings", m.bookings},
		{"expenses", m.spend},
		{"invoices", m.invoices},
		{"retainers", m.retainers},
		{"runs", m.billRuns},
		{"recurring invoices", m.recurring},
	} {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("sample %s: %w", step.what, err)
		}
	}
	tell(1, "done")
	return nil
}

type maker struct {
	s     Services
	size  Size
	today day.Date
	start day.Date
	tell  Progress
	dice  *rand.Rand

	staffers []identity.Member
	clients  []clients.Client
	projects []projects.Overview
	tasks    map[string][]projects.TaskRow
	position map[string]string
	foreign  string // the currency of the client abroad; empty: the agency's
}

// as returns ctx with m as the one who acts.
func as(ctx context.Context, m identity.Member) context.Context {
	return access.With(ctx, access.Actor{
		MemberID: m.ID, Name: m.Name, Email: m.Email, Kind: access.Staff, Role: m.Role, Perms: identity.Permissions(m.Role),
	})
}

func pick[T any](d *rand.Rand, of []T) T { return of[d.IntN(len(of))] }

func (m *maker) staff(ctx context.Context) error {
	m.tell(0, "people")
	m.position = map[string]string{}
	have, err := m.s.People.Positions(ctx, true)
	if err != nil {
		return err
	}
	ids := map[string]string{}
	for _, p := range have {
		ids[p.Name] = p.ID
	}
	for _, p := range positions {
		if ids[p.name] == "" {
			made, err := m.s.People.AddPosition(ctx, p.name)
			if err != nil {
				return err
			}
			ids[p.name] = made.ID
		}
		m.position[p.name] = ids[p.name]
	}
	for i, p := range cast[:min(m.size.People, len(cast))] {
		made, err := m.member(ctx, identity.NewMember{Name: p.name, Email: p.mail, Role: p.role})
		if err != nil {
			return err
		}
		m.staffers = append(m.staffers, made)
		hours := people.FullTime
		if i%5 == 4 { // some work four days
			hours[time.Friday] = 0
		}
		err = m.s.People.PutSchedule(ctx, people.Schedule{MemberID: made.ID, StartsOn: m.start, PositionID: ids[p.position], Seconds: hours})
		if err != nil {
			return err
		}
	}
	return nil
}

func (m *maker) companies(ctx context.Context) error {
	m.tell(0.02, "clients")
	set, err := m.s.Agency.Settings(ctx)
	if err != nil {
		return err
	}
	if m.s.ClientRates && m.size.Clients > abroad {
		m.foreign = otherOf[set.Currency]
	}
	for i, c := range companies[:min(m.size.Clients, len(companies))] {
		terms := 14 + 16*(i%2)
		d := clients.Draft{
			Name: c.name, Code: c.code, Website: "https://" + c.domain, BillingEmail: "accounts@" + c.domain, PaymentTermsDays: &terms,
			Tags: []string{c.tag}, Addresses: []clients.Address{{Kind: "billing", Line1: c.street, PostalCode: c.postcode, City: c.city, Country: c.country}},
		}
		if i == abroad {
			d.Currency = m.foreign
		}
		made, err := m.client(ctx, d)
		if err != nil {
			return err
		}
		m.clients = append(m.clients, made)
		for j, name := range c.people {
			err := m.s.Once(ctx, fmt.Sprintf("contact %d %d", i, j), func(ctx context.Context) error {
				_, err := m.s.Clients.AddContact(ctx, made.ID, clients.ContactDraft{
					Name: name, Email: mailbox(name) + "@" + c.domain, JobTitle: []string{"Head of IT", "Accounts"}[j%2], Primary: j == 0, Billing: j == len(c.people)-1,
				})
				return err
			})
			if err != nil {
				return err
			}
		}
		for j := range 2 {
			minutes := 30
			talk := clients.InteractionDraft{
				Kind: []clients.InteractionKind{clients.Call, clients.Meeting}[j], Subject: pick(m.dice, talks), Minutes: &minutes,
				HappenedAt: m.today.AddDays(-3 - m.dice.IntN(7*m.size.Weeks)).In(time.UTC).Add(10 * time.Hour),
			}
			err := m.s.Once(ctx, fmt.Sprintf("talk %d %d", i, j), func(ctx context.Context) error {
				_, err := m.s.Clients.LogInteraction(ctx, made.ID, talk)
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *maker) engagements(ctx context.Context) error {
	m.tell(0.05, "projects")
	m.tasks = map[string][]projects.TaskRow{}
	templates := []string{"website", "cloud_migration", "managed_support"}
	for i := range m.size.Projects {
		client := m.clients[i%len(m.clients)]
		template := templates[i%len(templates)]
		// About what the people on it will log: some projects end below their budget, some above.
		begin := m.begins(i)
		each := (m.today.Sub(begin)/7 + 6) * m.size.People * 40 / m.size.Projects
		budget := decimal.NewFromInt(int64(each * (80 + m.dice.IntN(60)) / 100 / 10 * 10))
		cash := money.Money{Minor: budget.IntPart() * 11000, Currency: client.Currency}
		p, err := m.project(ctx, projects.NewProject{
			ClientID: client.ID, Name: titles[template][(i/3)%len(titles[template])], State: projects.Active, ManagerID: m.staffers[i%min(2, len(m.staffers))].ID,
			StartsOn: begin, DueOn: later(begin.AddDays(120), m.today.AddDays(14+m.dice.IntN(60))), Billable: true, BudgetHours: &budget, BudgetMoney: &cash, Template: template, MemberIDs: m.team(i),
		})
		if err != nil {
			return err
		}
		m.projects = append(m.projects, p)
		rows, _, err := m.s.Projects.Tasks(ctx, projects.TaskFilter{ProjectID: p.ID}, "", pageOf(100))
		if err != nil {
			return err
		}
		m.tasks[p.ID] = rows
		if err := m.board(ctx, p, rows); err != nil {
			return err
		}
	}
	return nil
}

// team gives a project three people, so that each person has a few projects.
func (m *maker) team(i int) (ids []string) {
	for j := range min(3, len(m.staffers)) {
		ids = append(ids, m.staffers[(i+j*2)%len(m.staffers)].ID)
	}
	return ids
}

// begins spreads projects over the first half of the time; every third is young, so that there is work ahead.
func (m *maker) begins(i int) day.Date {
	if i%3 == i/3%3 {
		return m.today.AddDays(-14 - m.dice.IntN(60)).WeekStart(time.Monday)
	}
	return m.start.AddDays(7 * m.dice.IntN(max(1, m.size.Weeks/2)))
}

func later(a, b day.Date) day.Date {
	if a.Before(b) {
		return b
	}
	return a
}

// board hands tasks out and finishes those whose day has come, but for a few;
// what is due in the next weeks is in work.
func (m *maker) board(ctx context.Context, p projects.Overview, rows []projects.TaskRow) error {
	team := p.MemberIDs
	var done []string
	for i, r := range rows {
		who := team[i%len(team)]
		change := projects.TaskChange{AssigneeID: &who}
		switch {
		case r.DueOn.Before(m.today):
			if m.dice.IntN(100) < 96 {
				done = append(done, r.ID)
			}
		case r.DueOn.Before(m.today.AddDays(24)):
			if at := slices.IndexFunc(p.Columns, func(c projects.Column) bool { return c.Category == projects.Doing }); at >= 0 {
				change.ColumnID = &p.Columns[at].ID
			}
		}
		if _, err := m.s.Projects.ChangeTask(ctx, r.ID, r.Version, change); err != nil {
			return err
		}
	}
	if len(done) == 0 {
		return nil
	}
	_, err := m.s.Projects.CompleteTasks(ctx, done, true)
	return err
}

// positions are what people do, with what an hour of it is sold for, and costs.
var positions = []struct {
	name       string
	sold, cost int64
}{{"Developer", 115, 58}, {"Designer", 98, 51}, {"Consultant", 140, 74}, {"Systems engineer", 125, 62}}

func (m *maker) prices(ctx context.Context) error {
	m.tell(0.12, "rates")
	card, err := m.card(ctx, rates.CardDraft{Name: "Standard", Level: rates.Agency})
	if err != nil {
		return err
	}
	if err := m.fill(ctx, card, "rate"); err != nil {
		return err
	}
	if err := m.exchange(ctx); err != nil {
		return err
	}
	return m.costs(ctx)
}

// fill puts the price of an hour of each position on a card.
func (m *maker) fill(ctx context.Context, card rates.Card, key string) error {
	for _, p := range positions {
		err := m.s.Once(ctx, key+" "+p.name, func(ctx context.Context) error {
			_, err := m.s.Rates.AddRate(ctx, card.ID, rates.RateDraft{
				Target: rates.Position, TargetID: m.position[p.name], PerHour: decimal.NewFromInt(p.sold), From: m.start.AddDays(-30),
			})
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}
