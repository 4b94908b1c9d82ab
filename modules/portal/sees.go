package portal

import (
	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/modules/retainers"
)

// Each function here decides for one kind of record whether a client sees it.
// Whatever leads to such a record (list, page, file, count) goes through it.

// seesProject: their own company's, unless it is archived.
func seesProject(a access.Actor, p Project) bool {
	return a.ClientID != "" && p.ClientID == a.ClientID && p.State != "archived"
}

// seesComment: marked for the client, on a project that they see.
func seesComment(a access.Actor, p Project, c Comment) bool {
	return seesProject(a, p) && c.ProjectID == p.ID && c.ForClient
}

// seesInvoice: their own company's, and never a draft. A void one stays
// visible, as they may have it in their books.
func seesInvoice(a access.Actor, i Invoice) bool {
	return a.ClientID != "" && i.ClientID == a.ClientID && (i.State == "issued" || i.State == "void") && i.Number != ""
}

// seesHours: approved hours of a project that they see, where the agency allows it.
func seesHours(a access.Actor, p Project, allowed bool) bool {
	return allowed && seesProject(a, p)
}

// seesRetainer: their own company's, where the agency shows it.
func seesRetainer(a access.Actor, r retainers.Retainer) bool {
	return a.ClientID != "" && r.ClientID == a.ClientID && r.Shown
}
