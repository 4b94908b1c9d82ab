package sample

import (
	"strings"

	"github.com/bureauhq/bureau/app/kit/page"
	"github.com/bureauhq/bureau/modules/identity"
)

func pageOf(limit int) page.Query { return page.Query{Limit: limit} }

// mailbox is "ada.lovelace" for "Ada Lovelace".
func mailbox(name string) string { return strings.ReplaceAll(strings.ToLower(name), " ", ".") }

// cast are the sample's people. Their addresses lie in a domain that never gets mail.
var cast = []struct{ name, mail, role, position string }{
	{"Priya Raman", "priya.raman@sample.example", identity.Manager, "Consultant"},
	{"Jonas Weber", "jonas.weber@sample.example", identity.Employee, "Developer"},
	{"Mei Lin", "mei.lin@sample.example", identity.Employee, "Designer"},
	{"Diego Santos", "diego.santos@sample.example", identity.Manager, "Consultant"},
	{"Hannah Berg", "hannah.berg@sample.example", identity.Finance, "Consultant"},
	{"Tom Okafor", "tom.okafor@sample.example", identity.Employee, "Developer"},
	{"Elise Martin", "elise.martin@sample.example", identity.Employee, "Systems engineer"},
	{"Ravi Patel", "ravi.patel@sample.example", identity.Employee, "Developer"},
	{"Sofia Rossi", "sofia.rossi@sample.example", identity.Employee, "Designer"},
	{"Liam Byrne", "liam.byrne@sample.example", identity.Employee, "Systems engineer"},
	{"Amara Diallo", "amara.diallo@sample.example", identity.Admin, "Consultant"},
}

var companies = []struct {
	name, code, domain, tag, street, postcode, city, country string
	people                                                   []string
}{
	{"Northwind Logistics", "NWL", "northwind.example", "logistics", "12 Harbour Road", "20457", "Hamburg", "DE", []string{"Greta Lindqvist", "Otto Brandt"}},
	{"Larkspur Health", "LKH", "larkspur.example", "health", "88 Orchard Street", "M4 1HN", "Manchester", "GB", []string{"Nadia Hussain", "Peter Cole"}},
	{"Bluepeak Energy", "BPE", "bluepeak.example", "energy", "3 Rue du Lac", "69003", "Lyon", "FR", []string{"Camille Durand"}},
	{"Oakfield Schools", "OAK", "oakfield.example", "education", "41 Mill Lane", "CB2 1TN", "Cambridge", "GB", []string{"Ruth Adeyemi", "Simon Hale"}},
	{"Marlow & Finch", "MAF", "marlowfinch.example", "legal", "7 King's Parade", "EC2V 8AS", "London", "GB", []string{"Imogen Finch", "Carl Novak"}},
	{"Verde Foods", "VRD", "verde.example", "retail", "Calle Mayor 19", "28013", "Madrid", "ES", []string{"Lucía Ortega"}},
	{"Hallmann Optik", "HLO", "hallmann.example", "manufacturing", "Industriestraße 5", "80339", "München", "DE", []string{"Stefan Hallmann", "Ute Keller"}},
	{"Skylark Air", "SKY", "skylark.example", "travel", "1 Terminal Way", "D01 A1", "Dublin", "IE", []string{"Fiona Walsh", "Aidan Moore"}},
}

var titles = map[string][]string{
	"website":         {"Website relaunch", "Customer portal", "Campaign site", "Shop redesign", "Careers site"},
	"cloud_migration": {"Move to the cloud", "Data centre exit", "Mail migration", "File server move", "Backup renewal"},
	"managed_support": {"Managed support", "Service desk", "Network care", "Endpoint care", "Application support"},
}

var talks = []string{"Scope of the next quarter", "Review of last month's hours", "Questions on the invoice", "Kick-off", "Access for the new colleague", "Plan for the go-live"}

var notes = []string{
	"Reviewed pull requests", "Call with the client", "Wrote tests", "Fixed the sign-in form", "Prepared the workshop", "Set up monitoring", "Layout for phones",
	"Moved mailboxes", "Checked backups", "Updated the documentation", "Planned the next sprint", "Investigated slow queries", "", "", "",
}
