package portal

import (
	"time"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/day"
	"github.com/bureauhq/bureau/app/kit/fault"
	"github.com/bureauhq/bureau/app/kit/money"
	"github.com/bureauhq/bureau/modules/invoicing"
)

// What people need to hold for the operations of this module.
const (
	View    access.Permission = "portal.view"    // contacts
	Preview access.Permission = "portal.preview" // staff who look "as this contact"
)

var (
	ErrNotFound  = fault.Define(fault.NotFound, "portal.not_found", "This does not exist.")
	ErrNoHours   = fault.Define(fault.NotFound, "portal.hours_not_shown", "Hours are not shown here.")
	ErrNoContact = fault.Define(fault.Forbidden, "portal.contacts_only", "The portal is for the people of a client.")
	ErrNoPreview = fault.Define(fault.NotFound, "portal.no_such_contact", "This contact does not exist or is archived.")
	ErrBadReply  = fault.Define(fault.Invalid, "portal.bad_reply", "This reply cannot be sent.")
)

// Project is an engagement as its client sees it: no budget, no team.
type Project struct {
	ID         string
	ClientID   string
	Code       string
	Name       string
	State      string
	StartsOn   day.Date
	DueOn      day.Date
	TasksTotal int
	TasksDone  int
	Seconds    *int64 // approved; nil where hours are not shown
}

// Percent is how much of the project's tasks is done.
func (p Project) Percent() int {
	if p.TasksTotal == 0 {
		return 0
	}
	return p.TasksDone * 100 / p.TasksTotal
}

// Comment is a remark on a task that is meant for the client.
type Comment struct {
	ID        string
	ProjectID string
	TaskID    string
	TaskName  string
	Author    string
	OwnSide   bool // by a contact, not by the agency
	Body      string
	ForClient bool
	At        time.Time
}

// Invoice is an issued document as its client sees it.
type Invoice struct {
	ID       string
	Kind     string // invoice, credit_note
	ClientID string
	Number   string
	State    string // draft, issued, void
	Status   string // open, partly_paid, overdue, paid, void
	IssueOn  day.Date
	DueOn    day.Date
	Total    money.Money
	Balance  money.Money
	Document *invoicing.Document // where one invoice is looked at
	Formats  []string            // in which it can be read beside the PDF, where one is looked at
}

// File is a document to read.
type File struct {
	Name        string
	ContentType string
	Data        []byte
}

// Hours are the approved hours of one project.
type Hours struct {
	ProjectID string
	Code      string
	Name      string
	Seconds   int64
}

// Overview is the portal's first page.
type Overview struct {
	Agency      string
	Client      string
	Contact     string
	HoursShown  bool
	Projects    []Project
	Invoices    []Invoice     // those that are not settled
	Outstanding []money.Money // one a currency
	PreviewBy   string        // the member who looks "as this contact", or empty
}
