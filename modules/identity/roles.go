package identity

import (
	"slices"
	"strings"

	"github.com/bureauhq/bureau/app/kit/access"
)

// The roles of an agency.
const (
	Owner    = "owner"
	Admin    = "admin"
	Finance  = "finance"
	Manager  = "manager"
	Employee = "member"
	Client   = "contact" // a person at a client: the portal and nothing else
)

// rank says which of two roles is the higher one.
var rank = map[string]int{Owner: 4, Admin: 3, Finance: 2, Manager: 2, Employee: 1, Client: 0}

// everyStaff is what all of an agency's people may do.
var everyStaff = []access.Permission{
	"agency.settings.read", "identity.members.read", "identity.tokens.write", "people.positions.read", "people.leave.write",
	"clients.clients.read", "projects.projects.read", "timesheets.entries.write", "expenses.expenses.write",
	"rates.services.read", "planning.bookings.read",
}

// permissions is the map of the house: what each role may do.
var permissions = map[string][]access.Permission{
	Owner: append(slices.Clone(all), ownerOnly...),
	Admin: all,
	Finance: append(slices.Clone(everyStaff),
		"clients.contacts.read", "projects.tasks.read", "projects.budget.see", "timesheets.entries.read_all", "timesheets.entries.set_billable",
		"rates.cards.read", "rates.cards.write", "rates.services.write", "rates.bill.see", "rates.cost.see",
		"invoicing.invoices.read", "invoicing.invoices.write", "invoicing.invoices.issue", "invoicing.invoices.review", "invoicing.payments.write",
		"expenses.expenses.read_all", "expenses.reimbursements.write", "expenses.settings.write",
		"invoicing.settings.read", "invoicing.settings.write", "billing.account.read", "billing.account.write",
		"fees.fees.read", "fees.fees.write", "fees.milestones.accept",
		"retainers.retainers.read", "retainers.retainers.write", "payments.account.read", "payments.refunds.write", "payments.differences.write",
		"planning.bookings.read_all",
	),
	Manager: append(slices.Clone(everyStaff),
		"clients.clients.write", "clients.contacts.read", "clients.contacts.write", "clients.interactions.write",
		"projects.projects.write", "projects.tasks.read", "projects.tasks.write", "projects.comments.write", "projects.budget.see",
		"timesheets.entries.read_all", "timesheets.entries.set_billable", "timesheets.sheets.approve", "people.leave.approve", "expenses.expenses.read_all", "expenses.expenses.approve", "rates.cards.read", "rates.bill.see",
		"invoicing.invoices.read", "invoicing.invoices.review", "fees.fees.read", "fees.milestones.accept", "portal.preview", "retainers.retainers.read",
		"planning.bookings.read_all", "planning.bookings.write",
	),
	Employee: append(slices.Clone(everyStaff),
		"clients.contacts.read", "projects.tasks.read", "projects.tasks.write", "projects.comments.write",
	),
	Client: {"portal.view"},
}

// all is every permission that staff can hold.
var all = []access.Permission{
	"agency.settings.read", "agency.settings.write",
	"identity.members.read", "identity.members.write", "identity.invitations.read", "identity.invitations.write", "identity.tokens.write",
	"audit.events.read",
	"people.positions.read", "people.positions.write", "people.leave.write", "people.leave.approve",
	"clients.clients.read", "clients.clients.write", "clients.contacts.read", "clients.contacts.write", "clients.interactions.write",
	"projects.projects.read", "projects.projects.write", "projects.tasks.read", "projects.tasks.write", "projects.comments.write", "projects.budget.see",
	"timesheets.entries.write", "timesheets.entries.read_all", "timesheets.entries.set_billable", "timesheets.sheets.approve",
	"expenses.expenses.write", "expenses.expenses.read_all", "expenses.expenses.approve", "expenses.reimbursements.write", "expenses.settings.write",
	"rates.cards.read", "rates.cards.write", "rates.services.read", "rates.services.write", "rates.bill.see", "rates.cost.see",
	"invoicing.invoices.read", "invoicing.invoices.write", "invoicing.invoices.issue", "invoicing.invoices.review", "invoicing.payments.write",
	"invoicing.settings.read", "invoicing.settings.write",
	"fees.fees.read", "fees.fees.write", "fees.milestones.accept",
	"retainers.retainers.read", "retainers.retainers.write",
	"payments.account.read", "payments.account.write", "payments.refunds.write", "payments.differences.write",
	"planning.bookings.read", "planning.bookings.read_all", "planning.bookings.write",
	"portal.preview",
	"billing.account.read", "billing.account.write",
}

// ownerOnly is what reaches further than running the agency day by day.
var ownerOnly = []access.Permission{"agency.data.export"}

// Permissions returns what role may do.
func Permissions(role string) access.Set { return access.NewSet(permissions[role]...) }

// AllPermissions lists every permission that staff can hold.
func AllPermissions() []access.Permission { return append(slices.Clone(all), ownerOnly...) }

// Scopes lists what an API token can be limited to.
func Scopes() []string {
	out := []string{"*", "*:read"}
	for _, p := range all {
		module, _, _ := strings.Cut(string(p), ".")
		if s := module + ".*"; !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, p := range AllPermissions() {
		out = append(out, string(p))
	}
	return out
}

// mighty roles can open the agency to others.
func mighty(role string) bool { return role == Owner || role == Admin }

func isStaffRole(role string) bool {
	_, ok := permissions[role]
	return ok && role != Client
}
