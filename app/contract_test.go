package app_test

import (
	"regexp"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bureauhq/bureau/app/apptest"
)

// What the document says is what the front end and other programs are built from.
func TestDocumentNamesEveryPathParameter(t *testing.T) {
	t.Parallel()
	for path, item := range apptest.App(t).API.OpenAPI().Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
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
