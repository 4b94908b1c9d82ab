package projects

import (
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
)

// ErrNoTemplate refuses a template that does not exist.
var ErrNoTemplate = fault.Define(fault.Invalid, "projects.no_such_template", "There is no such project template.").At("body.template", "is not a template")

// Template is a ready plan for a kind of engagement.
type Template struct {
	Key         string
	Name        string
	Description string
	Colour      string
	Columns     []Column
	Tasks       []TemplateTask
}

// TemplateTask is a task of a template. From and To count working days from the
// start of the project; 0 is its first working day.
type TemplateTask struct {
	Name      string
	Hours     int64
	From, To  int
	Priority  Priority
	Checklist []string
	Tags      []string
	Sub       []TemplateTask
	Unbilled  bool
}

// PlannedTask is a template's task with its dates.
type PlannedTask struct {
	TemplateTask

	StartsOn day.Date
	DueOn    day.Date
	Sub      []PlannedTask
}

// Plan is a template laid on the calendar.
type Plan struct {
	Template

	StartsOn day.Date
	DueOn    day.Date
	Hours    decimal.Decimal
	Planned  []PlannedTask
}

// Workdays tells which days are worked. Holidays are those of the whole agency.
type Workdays struct{ Holidays map[day.Date]bool }

// On tells whether d is worked.
func (w Workdays) On(d day.Date) bool {
	wd := d.Weekday()
	return wd != time.Saturday && wd != time.Sunday && !w.Holidays[d]
}

// Add returns the nth working day from d; the 0th is d itself or, when d is
// free, the first worked day after it.
func (w Workdays) Add(d day.Date, n int) day.Date {
	for !w.On(d) {
		d = d.AddDays(1)
	}
	for ; n > 0; n-- {
		d = d.AddDays(1)
		for !w.On(d) {
			d = d.AddDays(1)
		}
	}
	return d
}

// planOf lays t on the calendar from its first worked day on or after start.
func planOf(t Template, start day.Date, w Workdays) Plan {
	p := Plan{Template: t, StartsOn: w.Add(start, 0)}
	p.DueOn = p.StartsOn
	p.Planned = planTasks(t.Tasks, start, w)
	for _, task := range p.Planned {
		if task.DueOn.After(p.DueOn) {
			p.DueOn = task.DueOn
		}
	}
	p.Hours = decimal.NewFromInt(hoursOf(t.Tasks))
	return p
}

func planTasks(tasks []TemplateTask, start day.Date, w Workdays) []PlannedTask {
	out := make([]PlannedTask, len(tasks))
	for i, t := range tasks {
		out[i] = PlannedTask{TemplateTask: t, StartsOn: w.Add(start, t.From), DueOn: w.Add(start, t.To), Sub: planTasks(t.Sub, start, w)}
	}
	return out
}

// hoursOf adds up the estimates of the leaves: a task with sub-tasks has none of its own.
func hoursOf(tasks []TemplateTask) (sum int64) {
	for _, t := range tasks {
		sum += t.Hours + hoursOf(t.Sub)
	}
	return sum
}

func templateByKey(key string) (Template, bool) {
	all := Templates()
	i := slices.IndexFunc(all, func(t Template) bool { return t.Key == key })
	if i < 0 {
		return Template{}, false
	}
	return all[i], true
}

// Templates are the plans that come with the product.
func Templates() []Template { return []Template{website(), cloudMigration(), managedSupport()} }

func website() Template {
	return Template{
		Key: "website", Name: "Website", Colour: "blue",
		Description: "From kick-off to launch in seven weeks: content, design, build, test, go live.",
		Columns: []Column{
			{ID: "backlog", Name: "Backlog", Category: Todo},
			{ID: "doing", Name: "In progress", Category: Doing, Limit: 6},
			{ID: "review", Name: "Client review", Category: Doing},
			{ID: "done", Name: "Done", Category: Done},
		},
		Tasks: []TemplateTask{
			{Name: "Kick-off workshop", Hours: 8, From: 0, To: 1, Priority: High, Tags: []string{"discovery"}, Checklist: []string{"Agenda sent", "Goals and measures of success written down", "Decision makers named", "Notes shared with the client"}},
			{Name: "Discovery", From: 1, To: 6, Tags: []string{"discovery"}, Sub: []TemplateTask{
				{Name: "Audit of the present site", Hours: 8, From: 1, To: 3, Checklist: []string{"Analytics", "Search positions", "Speed", "Accessibility"}},
				{Name: "Audience and competitors", Hours: 8, From: 2, To: 4},
				{Name: "Sitemap and content list", Hours: 10, From: 4, To: 6},
			}},
			{Name: "Design", From: 6, To: 17, Tags: []string{"design"}, Sub: []TemplateTask{
				{Name: "Wireframes of the key pages", Hours: 20, From: 6, To: 10},
				{Name: "Visual design, first round", Hours: 24, From: 10, To: 14},
				{Name: "Visual design, approved", Hours: 12, From: 14, To: 17, Priority: High, Checklist: []string{"Desktop", "Phone", "Dark backgrounds", "Contrast checked", "Approved in writing"}},
			}},
			{Name: "Content", From: 8, To: 22, Tags: []string{"content"}, Sub: []TemplateTask{
				{Name: "Texts written and agreed", Hours: 24, From: 8, To: 20},
				{Name: "Pictures chosen and licensed", Hours: 8, From: 14, To: 20},
				{Name: "Content entered", Hours: 12, From: 20, To: 25},
			}},
			{Name: "Build", From: 15, To: 27, Tags: []string{"build"}, Sub: []TemplateTask{
				{Name: "Environments and deployment", Hours: 8, From: 15, To: 16, Checklist: []string{"Repository", "Staging", "Backups"}},
				{Name: "Templates and components", Hours: 48, From: 17, To: 25},
				{Name: "Forms and integrations", Hours: 16, From: 22, To: 26},
				{Name: "Redirects from the old site", Hours: 4, From: 25, To: 27},
			}},
			{Name: "Testing", Hours: 24, From: 27, To: 31, Priority: High, Tags: []string{"quality"}, Checklist: []string{"Browsers and phones", "Keyboard and screen reader", "Speed", "Forms arrive", "Legal pages"}},
			{Name: "Client training", Hours: 4, From: 31, To: 32},
			{Name: "Launch", Hours: 8, From: 33, To: 33, Priority: Urgent, Checklist: []string{"DNS lowered", "Backup of the old site", "Go / no-go with the client", "Redirects checked", "Search console told"}},
			{Name: "Review after two weeks", Hours: 4, From: 43, To: 43, Unbilled: true},
		},
	}
}

func cloudMigration() Template {
	return Template{
		Key: "cloud_migration", Name: "Cloud migration", Colour: "teal",
		Description: "Move servers and data to the cloud in ten weeks, with a rehearsal before the real switch.",
		Columns: []Column{
			{ID: "todo", Name: "To do", Category: Todo},
			{ID: "blocked", Name: "Waiting for client", Category: Todo},
			{ID: "doing", Name: "In progress", Category: Doing, Limit: 5},
			{ID: "verify", Name: "Verify", Category: Doing},
			{ID: "done", Name: "Done", Category: Done},
		},
		Tasks: []TemplateTask{
			{Name: "Kick-off and access", Hours: 6, From: 0, To: 2, Priority: High, Checklist: []string{"Contacts named", "Access to all systems", "Change window agreed"}},
			{Name: "Assessment", From: 2, To: 10, Tags: []string{"assess"}, Sub: []TemplateTask{
				{Name: "Inventory of servers and services", Hours: 24, From: 2, To: 6, Checklist: []string{"Servers", "Databases", "File shares", "Licences", "Scheduled jobs"}},
				{Name: "Dependencies and network", Hours: 16, From: 5, To: 8},
				{Name: "Cost and sizing", Hours: 12, From: 7, To: 10},
			}},
			{Name: "Target design", From: 10, To: 17, Tags: []string{"design"}, Sub: []TemplateTask{
				{Name: "Landing zone and network design", Hours: 24, From: 10, To: 14},
				{Name: "Identity and permissions", Hours: 16, From: 12, To: 15},
				{Name: "Security and backup plan", Hours: 16, From: 14, To: 17, Priority: High},
			}},
			{Name: "Build the landing zone", Hours: 40, From: 17, To: 24, Tags: []string{"build"}, Checklist: []string{"As code", "Monitoring", "Budget alerts", "Backups restored once"}},
			{Name: "Pilot: one service moved", Hours: 24, From: 24, To: 29, Priority: High},
			{Name: "Migration waves", From: 29, To: 42, Tags: []string{"migrate"}, Sub: []TemplateTask{
				{Name: "Wave 1: internal tools", Hours: 32, From: 29, To: 33},
				{Name: "Wave 2: line of business", Hours: 40, From: 33, To: 38},
				{Name: "Wave 3: data and files", Hours: 40, From: 37, To: 42},
			}},
			{Name: "Rehearsal of the switch", Hours: 16, From: 42, To: 43, Priority: High, Checklist: []string{"Timed", "Way back tried", "People told"}},
			{Name: "Switch", Hours: 16, From: 45, To: 46, Priority: Urgent, Checklist: []string{"Final sync", "DNS", "Smoke tests", "Sign-off"}},
			{Name: "Close down the old servers", Hours: 16, From: 47, To: 50, Checklist: []string{"Data wiped with a record", "Contracts ended"}},
			{Name: "Hand over and runbooks", Hours: 16, From: 46, To: 50},
		},
	}
}

func managedSupport() Template {
	monthly := func(n, from int) TemplateTask {
		return TemplateTask{Name: "Service report, month " + strconv.Itoa(n), Hours: 3, From: from, To: from + 1, Tags: []string{"report"}}
	}
	return Template{
		Key: "managed_support", Name: "Managed support", Colour: "green",
		Description: "Take over a client's IT and run it for the first quarter: onboarding, monitoring, reports.",
		Columns: []Column{
			{ID: "new", Name: "New", Category: Todo},
			{ID: "triaged", Name: "Triaged", Category: Todo},
			{ID: "doing", Name: "In progress", Category: Doing, Limit: 8},
			{ID: "waiting", Name: "Waiting", Category: Doing},
			{ID: "done", Name: "Closed", Category: Done},
		},
		Tasks: []TemplateTask{
			{Name: "Onboarding", From: 0, To: 10, Priority: High, Tags: []string{"onboarding"}, Sub: []TemplateTask{
				{Name: "Contacts, hours and escalation agreed", Hours: 4, From: 0, To: 2, Checklist: []string{"Named contacts", "Service hours", "Escalation path", "Emergency number"}},
				{Name: "Passwords and documentation taken over", Hours: 8, From: 1, To: 5},
				{Name: "Inventory of devices and licences", Hours: 12, From: 3, To: 8},
				{Name: "Monitoring and remote access rolled out", Hours: 16, From: 5, To: 10},
			}},
			{Name: "First health check", Hours: 12, From: 10, To: 14, Checklist: []string{"Patches", "Antivirus", "Backups restored once", "Accounts of people who left"}},
			{Name: "Backlog of known problems", Hours: 24, From: 12, To: 25},
			{Name: "Patch round", Hours: 8, From: 20, To: 22, Tags: []string{"maintenance"}},
			monthly(1, 21), monthly(2, 42), monthly(3, 63),
			{Name: "Restore test", Hours: 6, From: 40, To: 42, Priority: High, Tags: []string{"maintenance"}},
			{Name: "Quarterly review with the client", Hours: 6, From: 64, To: 65, Priority: High, Checklist: []string{"Service levels", "Costs", "Plan for next quarter"}},
		},
	}
}
