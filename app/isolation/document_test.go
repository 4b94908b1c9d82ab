package isolation

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bureauhq/bureau/app/apptest"
)

// operation is what the API's document says of one operation.
type operation struct {
	id, method, path string
	need, host       string
	kinds            []string
	params           []*huma.Param
	json             *huma.Schema // of the body; nil without one
	upload           string       // the field of a multipart body
	versioned        []string     // its own address and those above, as far as they give a version
}

func (o operation) changes() bool { return o.method != http.MethodGet }

// dry tells whether the operation only shows what would be: the keys in its answer are nobody's.
func (o operation) dry() bool {
	return o.method == http.MethodPost && (strings.Contains(lastWord(o.path), "preview") || lastWord(o.path) == "figure")
}

// takes tells whether the operation has a header parameter.
func (o operation) takes(header string) bool {
	return slices.ContainsFunc(o.params, func(p *huma.Param) bool { return p.In == "header" && p.Name == header })
}

// document are the operations on an agency's host, reading ones first, then
// those that make, change and remove.
func document(t *testing.T) (ops []operation) {
	t.Helper()
	paths := apptest.App(t).API.OpenAPI().Paths
	for _, item := range paths {
		for _, o := range []*huma.Operation{item.Get, item.Put, item.Post, item.Patch, item.Delete} {
			if o == nil {
				continue
			}
			authz, ok := o.Extensions["x-authz"].(map[string]any)
			if !ok {
				t.Fatalf("%s does not say who may call it", o.OperationID)
			}
			op := operation{
				id: o.OperationID, method: o.Method, path: o.Path, params: o.Parameters,
				need: authz["permission"].(string), host: authz["host"].(string), kinds: authz["kinds"].([]string),
			}
			if o.RequestBody != nil {
				if c := o.RequestBody.Content["application/json"]; c != nil {
					op.json = c.Schema
				}
				if c := o.RequestBody.Content["multipart/form-data"]; c != nil {
					for field := range c.Schema.Properties {
						op.upload = field
					}
				}
			}
			for p := op.path; op.takes("If-Match") && strings.Count(p, "/") > 2; p = p[:strings.LastIndex(p, "/")] {
				if paths[p] != nil && givesVersion(paths[p].Get) {
					op.versioned = append(op.versioned, p)
				}
			}
			if op.host == "agency" {
				ops = append(ops, op)
			}
		}
	}
	if len(ops) < 100 {
		t.Fatalf("only %d operations were found", len(ops))
	}
	slices.SortFunc(ops, func(a, b operation) int {
		if c := rank(a) - rank(b); c != 0 {
			return c
		}
		return strings.Compare(a.path+a.method, b.path+b.method)
	})
	return ops
}

func givesVersion(o *huma.Operation) bool {
	return o != nil && o.Responses["200"] != nil && o.Responses["200"].Headers["ETag"] != nil
}

func rank(o operation) int {
	n := map[string]int{http.MethodGet: 0, http.MethodPost: 10, http.MethodPut: 20, http.MethodPatch: 30, http.MethodDelete: 50}[o.method]
	switch {
	case o.method != http.MethodPost:
	case strings.Contains(o.path, "{"):
		n = 40 // actions on what there is: after all changes, before it is removed
		if noun(lastWord(o.path)) {
			n = 15
		}
	case strings.Count(o.path, "/") > 3:
		n = 5 // made out of what there is, or shown what it would be: before others use it up
	}
	return n
}

// noun tells /clients/{id}/contacts, which makes one, from /clients/{id}/archive.
func noun(word string) bool { return strings.HasSuffix(word, "s") }

var pathParam = regexp.MustCompile(`\{([^}]+)\}`)

func lastWord(path string) string {
	words := strings.Split(path, "/")
	for i := len(words) - 1; i >= 0; i-- {
		if !strings.HasPrefix(words[i], "{") {
			return words[i]
		}
	}
	return ""
}

// before is the word in front of a parameter: "clients" of "/clients/{id}".
func before(path, param string) string {
	head, _, _ := strings.Cut(path, "/{"+param+"}")
	return head[strings.LastIndex(head, "/")+1:]
}
