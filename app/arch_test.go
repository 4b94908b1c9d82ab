package app_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const house = "github.com/bureauhq/bureau/"

// mayUse is the map of the house: which module may call which. What is not
// here goes by an event, or by a port that app fills.
var mayUse = map[string][]string{
	"agency":     {},
	"audit":      {},
	"identity":   {"agency"},
	"people":     {"identity"},
	"clients":    {"identity", "agency"},
	"projects":   {"clients", "people", "identity", "agency"},
	"rates":      {"clients", "projects", "people", "agency"},
	"timesheets": {"projects", "people", "rates", "agency"},
	"calendars":  {"timesheets"},
	"planning":   {"projects", "people", "timesheets"},
	"expenses":   {"projects", "agency"},
	"fees":       {"projects"},
	"invoicing":  {"clients", "projects", "rates", "timesheets", "fees", "agency"},
	"runs":       {"clients", "invoicing", "retainers", "agency"},
	"recurring":  {"clients", "projects", "invoicing", "agency"},
	"retainers":  {"clients", "projects", "timesheets", "invoicing", "agency"},
	"payments":   {"invoicing"},
	"ops":        {"identity", "agency"},
	"portal":     {"clients", "projects", "timesheets", "fees", "invoicing", "retainers", "agency", "identity"},
}

func TestImportsPointDown(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", house+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(strings.NewReader(string(out)))
	seen := 0
	for {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		seen++
		for _, imp := range p.Imports {
			if why := forbidden(strings.TrimPrefix(p.ImportPath, house), imp); why != "" {
				t.Errorf("%s imports %s: %s", p.ImportPath, imp, why)
			}
		}
	}
	if seen < 20 {
		t.Fatalf("only %d packages were looked at", seen)
	}
}

// Each rule of forbidden has one planted violation here: a rule that nothing
// breaks may have stopped working.
func TestForbiddenSeesPlantedViolations(t *testing.T) {
	t.Parallel()
	for _, v := range []struct{ from, imp string }{
		{"modules/unknown", "fmt"},
		{"modules/clients", house + "app"},
		{"app/kit/page", house + "tenancy"},
		{"tenancy", house + "modules/clients"},
		{"modules/clients", house + "modules/identity/identitydb"},
		{"modules/clients", house + "modules/invoicing"},
		{"modules/clients", "gorm.io/gorm"},
		{"modules/clients", "github.com/gofiber/fiber/v2"},
		{"modules/clients", "github.com/riverqueue/river"},
		{"modules/invoicing/calc", "gorm.io/gorm"},
		{"modules/clients/clientsdb", "github.com/gofiber/fiber/v2"},
		{"modules/clients/clientshttp", house + "tenancy"},
		{"modules/clients/clientshttp", "gorm.io/gorm"},
		{"modules/clients", house + "app/kit/testkit"},
	} {
		if forbidden(v.from, v.imp) == "" {
			t.Errorf("%s may import %s; it must not", v.from, v.imp)
		}
	}
}

func TestMapHasNoCircle(t *testing.T) {
	t.Parallel()
	var walk func(module string, path []string)
	walk = func(module string, path []string) {
		if slices.Contains(path, module) {
			t.Fatalf("circle: %s", strings.Join(append(path, module), " > "))
		}
		for _, next := range mayUse[module] {
			walk(next, append(slices.Clone(path), module))
		}
	}
	for module := range mayUse {
		walk(module, nil)
	}
}

func forbidden(from, imp string) string {
	to, inHouse := strings.CutPrefix(imp, house)
	module, part := moduleOf(from)
	toModule, toPart := moduleOf(to)
	other := module != "" && toModule != "" && module != toModule
	is := func(prefixes ...string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(imp, p) })
	}
	const web1, web2, orm, jobs = "github.com/gofiber/", "github.com/danielgtaylor/huma", "gorm.io/", "github.com/riverqueue/"
	_, known := mayUse[module]
	testing := strings.HasPrefix(from, "app/kit/testkit") || strings.HasPrefix(from, "app/apptest")

	switch {
	case from == "app", testing, strings.HasPrefix(from, "cmd/"), strings.HasPrefix(from, "app/sample"):
		return ""
	case module != "" && !known:
		return "this module is not on the map"
	case to == "app":
		return "only cmd and the end-to-end tests may import app"
	case inHouse && (strings.HasPrefix(to, "app/kit/testkit") || strings.HasPrefix(to, "app/apptest")):
		return "only tests may import the test kit"
	case strings.HasPrefix(from, "app/kit/") && inHouse && !strings.HasPrefix(to, "app/kit/"):
		return "the kit knows nothing of the house above it"
	case (strings.HasPrefix(from, "tenancy") || strings.HasPrefix(from, "billing")) && toModule != "":
		return "tenancy and billing do not know the modules"
	case other && toPart != "core":
		return "a module shows others its core package only"
	case other && !slices.Contains(mayUse[module], toModule):
		return "not on the map; use an event or a port"
	case (part == "core" || part == "calc") && is(web1, web2, orm, jobs):
		return "core packages know no framework"
	case part == "db" && is(web1, web2, jobs):
		return "storage knows no web and no queue"
	case part == "http" && (is(orm, jobs) || to == "tenancy"):
		return "the web layer opens no transactions"
	}
	return ""
}

// moduleOf says which module a package is in, and which part of it.
func moduleOf(path string) (module, part string) {
	p := strings.Split(path, "/")
	switch {
	case p[0] != "modules" || len(p) < 2:
		return "", ""
	case len(p) == 2:
		return p[1], "core"
	}
	return p[1], strings.TrimPrefix(p[2], p[1])
}
