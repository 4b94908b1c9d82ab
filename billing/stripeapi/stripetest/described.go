package stripetest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/bureauhq/bureau/app/kit/servertest"
)

// described is Stripe's own description of its API, at the version that stripe-mock holds.
var described = sync.OnceValues(func() (*openapi3.T, error) {
	source, err := servertest.Source("stripemock")
	if err != nil {
		return nil, err
	}
	// On a machine where nothing was built yet the module is not there; this fetches it, and is nothing where it is.
	cmd := exec.Command("go", "mod", "download", "-json", "github.com/stripe/stripe-mock")
	cmd.Dir = source
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("the module of stripe-mock: %w", err)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		return nil, fmt.Errorf("where the module of stripe-mock is: %w", err)
	}
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(module.Dir, "embedded", "openapi", "spec3.json"))
	if err != nil {
		return nil, err
	}
	for _, s := range doc.Components.Schemas {
		s.Value.Required = nil // the stand-in leaves out what nobody reads, and invents nothing
		if len(s.Value.Properties) > 0 {
			s.Value.AdditionalProperties.Has = openapi3.Ptr(false)
		}
	}
	return doc, nil
})

// Checked lets a stand-in answer, and fails the test when an answer, or an event in it, is none that Stripe describes.
func Checked(t testing.TB, next http.Handler) http.Handler {
	t.Helper()
	doc, err := described()
	if err != nil {
		t.Fatal(err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kept := &keptAnswer{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(kept, r)
		if !strings.HasPrefix(r.URL.Path, "/v1/") || kept.status != http.StatusOK {
			return
		}
		var answer any
		if err := json.Unmarshal(kept.body.Bytes(), &answer); err != nil {
			t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
			return
		}
		schema := answerOf(doc, r.Method, r.URL.Path)
		if schema == nil {
			t.Errorf("%s %s is no call that Stripe describes", r.Method, r.URL.Path)
			return
		}
		if err := schema.VisitJSON(answer); err != nil {
			t.Errorf("%s %s is answered by what Stripe does not describe: %v", r.Method, r.URL.Path, err)
		}
		for _, e := range events(answer) {
			if err := happened(doc, e); err != nil {
				t.Errorf("the event %v says what Stripe does not describe: %v", e["type"], err)
			}
		}
	})
}

// NoSuchEvents are those of some types of events that Stripe sends to nobody.
func NoSuchEvents(types []string) ([]string, error) {
	doc, err := described()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(types), func(name string) bool { return eventTypes(doc)[name] }), nil
}

// eventTypes are those that an endpoint for notices can be told to hear of.
func eventTypes(doc *openapi3.T) map[string]bool {
	body := doc.Paths.Find("/v1/webhook_endpoints").Post.RequestBody.Value.Content.Get("application/x-www-form-urlencoded").Schema.Value
	out := map[string]bool{}
	for _, name := range body.Properties["enabled_events"].Value.Items.Value.Enum {
		out[name.(string)] = true
	}
	return out
}

// events are those that an answer consists of.
func events(answer any) (out []map[string]any) {
	o, _ := answer.(map[string]any)
	switch o["object"] {
	case "event":
		return append(out, o)
	case "list":
		all, _ := o["data"].([]any)
		for _, one := range all {
			out = append(out, events(one)...)
		}
	}
	return out
}

// happened holds an event's type, and the object that it carries, against the description: of the event itself that says "any object".
func happened(doc *openapi3.T, e map[string]any) error {
	if name, _ := e["type"].(string); !eventTypes(doc)[name] {
		return errors.New("there is no such type")
	}
	data, _ := e["data"].(map[string]any)
	of, _ := data["object"].(map[string]any)
	name, _ := of["object"].(string)
	schema := doc.Components.Schemas[name]
	if schema == nil {
		return fmt.Errorf("there is no object %q", name)
	}
	return schema.Value.VisitJSON(of)
}

// answerOf finds what a call is answered with. A path without a parameter goes before one that has one there.
func answerOf(doc *openapi3.T, method, path string) *openapi3.Schema {
	parts := strings.Split(path, "/")
	var best *openapi3.PathItem
	fewest := len(parts)
	for pattern, item := range doc.Paths.Map() {
		names := strings.Split(pattern, "/")
		n, fits := 0, len(names) == len(parts)
		for i := 0; fits && i < len(names); i++ {
			if strings.HasPrefix(names[i], "{") {
				n++
			} else {
				fits = names[i] == parts[i]
			}
		}
		if fits && n < fewest {
			best, fewest = item, n
		}
	}
	if best == nil || best.GetOperation(method) == nil {
		return nil
	}
	return best.GetOperation(method).Responses.Status(http.StatusOK).Value.Content.Get("application/json").Schema.Value
}

type keptAnswer struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (k *keptAnswer) WriteHeader(status int) {
	k.status = status
	k.ResponseWriter.WriteHeader(status)
}

func (k *keptAnswer) Write(b []byte) (int, error) {
	k.body.Write(b)
	return k.ResponseWriter.Write(b)
}
