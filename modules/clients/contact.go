package clients

import (
	"time"

	"github.com/bureauhq/bureau/app/kit/fault"
)

var (
	ErrContactNotFound = fault.Define(fault.NotFound, "clients.contact_not_found", "This contact does not exist.")
	ErrBadContact      = fault.Define(fault.Invalid, "clients.bad_contact", "Some details of this contact cannot be used.")
	ErrEmailTaken      = fault.Define(fault.Conflict, "clients.contact_email_taken", "Another contact of this client has this e-mail address.")
)

// PortalState says how far a contact has come with access to the portal.
type PortalState string

const (
	PortalNone    PortalState = "none"
	PortalInvited PortalState = "invited"
	PortalActive  PortalState = "active"
	PortalEnded   PortalState = "ended"
)

// Contact is a person at a client.
type Contact struct {
	ID         string
	ClientID   string
	Name       string
	Email      string // normalised, may be empty
	Phone      string
	JobTitle   string
	Primary    bool // at most one of a client
	Billing    bool // gets the invoices
	Portal     PortalState
	CreatedAt  time.Time
	CreatedBy  string
	UpdatedAt  time.Time
	ArchivedAt *time.Time
	Version    int
	Ended      *AccessEnd // how the access to the portal ended; nil: it did not
}

// ContactDraft is what a person says about a contact.
type ContactDraft struct {
	Name, Email, Phone, JobTitle string
	Primary, Billing             bool
}

// ContactChange holds what is to be different; nil leaves a field as it is.
type ContactChange struct {
	Name, Email, Phone, JobTitle *string
	Primary, Billing             *bool
}

func (ch ContactChange) apply(d ContactDraft) ContactDraft {
	set(&d.Name, ch.Name)
	set(&d.Email, ch.Email)
	set(&d.Phone, ch.Phone)
	set(&d.JobTitle, ch.JobTitle)
	set(&d.Primary, ch.Primary)
	set(&d.Billing, ch.Billing)
	return d
}

func (c Contact) draft() ContactDraft {
	return ContactDraft{Name: c.Name, Email: c.Email, Phone: c.Phone, JobTitle: c.JobTitle, Primary: c.Primary, Billing: c.Billing}
}

func (c Contact) with(d ContactDraft) Contact {
	c.Name, c.Email, c.Phone, c.JobTitle, c.Primary, c.Billing = d.Name, d.Email, d.Phone, d.JobTitle, d.Primary, d.Billing
	return c
}

func (d ContactDraft) checked() (ContactDraft, error) {
	b := blame{fault: ErrBadContact}
	d.Name = b.text("name", d.Name, 1, 120)
	d.Email = b.email("email", d.Email)
	d.Phone = b.text("phone", d.Phone, 0, 40)
	d.JobTitle = b.text("job_title", d.JobTitle, 0, 80)
	if d.Billing && d.Email == "" {
		b.at("email", "is required for a contact who gets invoices")
	}
	return d, b.err()
}
