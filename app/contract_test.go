package app_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bureauhq/bureau/app/apptest"
)

// What the document says is what the front end and other programs are built from.
func TestDocumentNamesEveryPathParameter(t *testing.T) {
	t.Parallel()
	for path, item := range apptest.App(t).API.OpenAPI().Paths {
		for _, op := range operations(item) {
			for _, p := range regexp.MustCompile(`\{([^}]+)\}`).FindAllStringSubmatch(path, -1) {
				found := false
				for _, param := range op.Parameters {
					found = found || (param.In == "path" && param.Name == p[1])
				}
				if !found {
					t.Errorf("%s: {%s} is not declared; is it in an embedded type that is not exported?", op.OperationID, p[1])
				}
			}
		}
	}
}

// A filter that names a record by its id is called like the field that holds
// it: client_id and never client. So nobody has to look up which it is here.
func TestFiltersNameRecordsByTheirField(t *testing.T) {
	t.Parallel()
	doc := apptest.App(t).API.OpenAPI()
	fields := map[string]bool{}
	for _, schema := range doc.Components.Schemas.Map() {
		for name := range schema.Properties {
			fields[name] = true
		}
	}
	seen := 0
	for _, item := range doc.Paths {
		for _, op := range operations(item) {
			for _, p := range op.Parameters {
				if p.In != "query" {
					continue
				}
				seen++
				if why := misnamed(p, op.Parameters, fields); why != "" {
					t.Errorf("%s: ?%s %s", op.OperationID, p.Name, why)
				}
			}
		}
	}
	if seen < 50 {
		t.Fatalf("only %d parameters were looked at", seen)
	}
}

// misnamed says why a query parameter should have another name.
func misnamed(p *huma.Param, beside []*huma.Param, fields map[string]bool) string {
	name := strings.TrimSuffix(p.Name, "_id")
	schema := p.Schema
	if schema.Items != nil {
		schema = schema.Items
	}
	isID := schema.Format == "uuid" || (schema.MaxLength != nil && *schema.MaxLength == 36)
	twin := slices.ContainsFunc(beside, func(o *huma.Param) bool { return o.Name == name+"_id" })
	switch {
	case isID && p.Name == name:
		return "takes an id: call it " + name + "_id"
	case p.Name == name && fields[name+"_id"] && !twin:
		return "is " + name + "_id in the answers"
	}
	return ""
}

func TestMisnamedSeesPlantedViolations(t *testing.T) {
	t.Parallel()
	long := 36
	id, text := &huma.Schema{Format: "uuid"}, &huma.Schema{}
	fields := map[string]bool{"client_id": true, "entity_id": true}
	for _, c := range []struct {
		p      *huma.Param
		beside []*huma.Param
		bad    bool
	}{
		{&huma.Param{Name: "boss", Schema: id}, nil, true},
		{&huma.Param{Name: "boss", Schema: &huma.Schema{MaxLength: &long}}, nil, true},
		{&huma.Param{Name: "bosses", Schema: &huma.Schema{Items: id}}, nil, true},
		{&huma.Param{Name: "client", Schema: text}, nil, true},
		{&huma.Param{Name: "client_id", Schema: id}, nil, false},
		{&huma.Param{Name: "q", Schema: text}, nil, false},
		{&huma.Param{Name: "entity", Schema: text}, []*huma.Param{{Name: "entity_id", Schema: text}}, false}, // which kind of record, beside which one
	} {
		if why := misnamed(c.p, c.beside, fields); (why != "") != c.bad {
			t.Errorf("%s: %q", c.p.Name, why)
		}
	}
}

func operations(item *huma.PathItem) []*huma.Operation {
	return slices.DeleteFunc([]*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete}, func(op *huma.Operation) bool { return op == nil })
}
