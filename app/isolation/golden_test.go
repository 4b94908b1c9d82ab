package isolation

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bureauhq/bureau/app/apptest"
)

// goldenFile says who is shown which field of which answer, a field a line, so that a new one, or a new pair of eyes,
// is a line that somebody has looked at.
const goldenFile = "testdata/fields.golden"

var update = flag.Bool("update", false, "write "+goldenFile+" anew")

const (
	contactRole = "contact"
	// unseen stands for the roles of a field that the sweep's records had no value for. Whoever may call the operation may see it.
	unseen   = "-"
	goldHead = `# Who is shown which field of the answers that the operations of an agency's host give: operation, field, roles.
# Of what answers to changes it has the fields that no answer to a reader has, with all who may make them, and those that a role is
# shown there alone.
# "-": the records of the test have no value there. TestSweep compares it with what it sees, and writes it with
#     go run ./cmd/teststack -- go test ./app/isolation -run TestSweep -update
# Writing adds roles; one that shall not see a field any more is taken away by hand.
`
)

// shown are the roles that were shown a value, by operation and field.
type shown map[string]map[string]map[string]bool

func (s shown) add(op, field, role string) {
	if s[op] == nil {
		s[op] = map[string]map[string]bool{}
	}
	if s[op][field] == nil {
		s[op][field] = map[string]bool{}
	}
	if role != "" {
		s[op][field][role] = true
	}
}

// declare adds every field that the document gives to the answers of what reads, and to those of what changes every
// field that no answer to a reader has: a read of the same kind of record says who may see the others.
func (s shown) declare(t *testing.T, ops []operation) {
	t.Helper()
	read := map[string]bool{}
	for _, op := range ops {
		if !op.changes() {
			eachField(t, answerOf(t, op), func(at, field string) bool {
				s.add(op.id, at, "")
				read[field] = true
				return true
			})
		}
	}
	for _, op := range ops {
		if op.changes() {
			eachField(t, answerOf(t, op), func(at, field string) bool {
				if !read[field] {
					s.add(op.id, at, "")
				}
				return !read[field]
			})
		}
	}
}

// answerOf is what an operation gives when it succeeds, nil where that is no JSON.
func answerOf(t *testing.T, op operation) *huma.Schema {
	t.Helper()
	for status, answer := range operationOf(t, op).Responses {
		if c := answer.Content["application/json"]; c != nil && strings.HasPrefix(status, "2") && resolved(t, c.Schema).Type != huma.TypeString {
			return c.Schema // not a file
		}
	}
	return nil
}

func operationOf(t *testing.T, op operation) *huma.Operation {
	t.Helper()
	item := apptest.App(t).API.OpenAPI().Paths[op.path]
	return map[string]*huma.Operation{
		http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put, http.MethodPatch: item.Patch, http.MethodDelete: item.Delete,
	}[op.method]
}

func resolved(t *testing.T, s *huma.Schema) *huma.Schema {
	t.Helper()
	return (&maker{doc: apptest.App(t).API.OpenAPI()}).resolve(s)
}

// deepest is how far fields of fields are followed: comments hold comments.
const deepest = 6

// eachField calls fn for every field of an answer with where it stands and whose it is: "items.total", "Invoice.total".
// Where fn says so it goes on with the fields of the field.
func eachField(t *testing.T, schema *huma.Schema, fn func(at, field string) bool) {
	t.Helper()
	var walk func(at string, schema *huma.Schema, depth int)
	walk = func(at string, schema *huma.Schema, depth int) {
		plain := resolved(t, schema)
		switch {
		case plain == nil || depth > deepest:
		case plain.Items != nil:
			walk(at, plain.Items, depth)
		default:
			kind := schema.Ref[strings.LastIndex(schema.Ref, "/")+1:]
			if kind == "" {
				kind = "(" + at + ")" // without a name it is nobody else's
			}
			for _, name := range slices.Sorted(maps.Keys(plain.Properties)) {
				if fn(below(at, name), kind+"."+name) {
					walk(below(at, name), plain.Properties[name], depth+1)
				}
			}
		}
	}
	walk("", schema, 0)
}

// settle adds to what readers were shown what others were shown by the answers to their changes, as far as no reader
// of the same kind of record is shown it. What only the answers to changes have is shown to all who may make them,
// whether or not this run came to let each of them.
func (s shown) settle(t *testing.T, ops []operation, changed, known shown, may func(op operation, role string) bool) {
	t.Helper()
	readers := map[string]map[string]bool{}
	for _, op := range ops {
		if !op.changes() {
			eachField(t, answerOf(t, op), func(at, field string) bool {
				if readers[field] == nil {
					readers[field] = map[string]bool{}
				}
				maps.Copy(readers[field], s[op.id][at])
				maps.Copy(readers[field], known[op.id][at])
				return true
			})
		}
	}
	for _, roles := range readers {
		if len(roles) > 1 {
			delete(roles, unseen)
		}
	}
	for _, op := range ops {
		if !op.changes() {
			continue
		}
		owners := map[string]string{}
		eachField(t, answerOf(t, op), func(at, field string) bool {
			owners[at] = field
			if known[op.id][at] != nil {
				s.add(op.id, at, "") // it is still there, whether or not this run came to see it
			}
			return true
		})
		for at, roles := range changed[op.id] {
			by, read := readers[owners[at]]
			for role := range roles {
				if !by[role] && !by[unseen] {
					s.add(op.id, at, role)
				}
			}
			for _, role := range staffRoles {
				if !read && may(op, role) {
					s.add(op.id, at, role)
				}
			}
		}
	}
}

func below(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

// see notes what an answer showed to a role.
func (s shown) see(t *testing.T, op operation, role string, r *apptest.Reply) {
	t.Helper()
	schema := answerOf(t, op)
	var v any
	if r.Status >= 300 || schema == nil || json.Unmarshal(r.Body, &v) != nil {
		return
	}
	s.walk(t, op.id, role, "", schema, v, 0)
}

func (s shown) walk(t *testing.T, op, role, at string, schema *huma.Schema, v any, depth int) {
	t.Helper()
	schema = resolved(t, schema)
	if schema == nil || depth > deepest {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			s.walk(t, op, role, at, schema.Items, x, depth)
		}
	case map[string]any:
		for name, x := range v {
			field, declared := schema.Properties[name]
			if !declared && len(schema.Properties) == 0 {
				return // anything may stand there: the values of a log, names as keys
			}
			list, isList := x.([]any)
			if x == nil || isList && len(list) == 0 || name == "$schema" {
				continue
			}
			s.add(op, below(at, name), role)
			if !declared {
				continue // and the golden file does not know it either
			}
			s.walk(t, op, role, below(at, name), field, x, depth+1)
		}
	}
}

// golden holds what was seen against the golden file.
func (s *sweep) golden(t *testing.T) {
	t.Helper()
	known := readGolden(t)
	s.shown.declare(t, s.ops)
	s.shown.settle(t, s.ops, s.wrote, known, func(op operation, role string) bool { return s.rules.may(op, role, "staff") })
	if *update {
		writeGolden(t, s.shown, known)
		return
	}
	for _, wrong := range s.shown.differs(known) {
		t.Error(wrong)
	}
}

// differs tells what is not as it is known to be, and what to do about it.
func (s shown) differs(known shown) (out []string) {
	const accept = "Shall they see it? Then run TestSweep with -update (the head of " + goldenFile + " says how), and read its diff."
	for _, op := range slices.Sorted(maps.Keys(s)) {
		for _, field := range slices.Sorted(maps.Keys(s[op])) {
			roles, isKnown := known[op][field]
			switch {
			case !isKnown:
				out = append(out, fmt.Sprintf("%s: the field %s is new, and shown to: %s. %s", op, field, inOrder(s[op][field]), accept))
			case !roles[unseen]:
				for _, role := range slices.Sorted(maps.Keys(s[op][field])) {
					if !roles[role] {
						out = append(out, fmt.Sprintf("%s: the field %s is shown to: %s. Until now it was to: %s. %s", op, field, role, inOrder(roles), accept))
					}
				}
			}
		}
	}
	for _, op := range slices.Sorted(maps.Keys(known)) {
		for _, field := range slices.Sorted(maps.Keys(known[op])) {
			if s[op][field] == nil {
				out = append(out, fmt.Sprintf("%s: %s names the field %s, which there is not any more. Run TestSweep with -update.", op, goldenFile, field))
			}
		}
	}
	return out
}

func TestGoldenFields(t *testing.T) {
	t.Parallel()
	known, now := shown{}, shown{}
	for field, roles := range map[string]string{"id": "owner member", "rate": "owner", "note": unseen, "gone": "owner"} {
		for _, role := range strings.Fields(roles) {
			known.add("things-get", field, role)
		}
	}
	for field, roles := range map[string]string{"id": "owner", "rate": "owner member", "note": "member", "cost": "owner"} {
		for _, role := range strings.Fields(roles) {
			now.add("things-get", field, role)
		}
	}
	got := now.differs(known)
	for i, want := range []string{"cost is new, and shown to: owner.", "rate is shown to: member. Until now it was to: owner.", "the field gone,"} {
		if i >= len(got) || !strings.Contains(got[i], want) {
			t.Errorf("%d: want %q in %q", i, want, got)
		}
	}
	if len(got) != 3 {
		t.Errorf("what there is not to complain about: %q", got)
	}
}

func inOrder(roles map[string]bool) string {
	var out []string
	for _, role := range append(slices.Clone(staffRoles), contactRole) {
		if roles[role] {
			out = append(out, role)
		}
	}
	if len(out) == 0 {
		return unseen
	}
	return strings.Join(out, " ")
}

func readGolden(t *testing.T) shown {
	t.Helper()
	raw, err := os.ReadFile(goldenFile)
	if *update && os.IsNotExist(err) {
		return shown{}
	}
	must(t, err)
	out := shown{}
	for line := range strings.Lines(string(raw)) {
		if words := strings.Fields(line); len(words) > 2 && words[0] != "#" {
			for _, role := range words[2:] {
				out.add(words[0], words[1], role)
			}
		}
	}
	return out
}

// writeGolden adds to what is known: what a run reaches differs a little from run to run, and a role that no record
// of this one was shown to is not one that may not see it.
func writeGolden(t *testing.T, now, known shown) {
	t.Helper()
	var b strings.Builder
	b.WriteString(goldHead)
	for _, op := range slices.Sorted(maps.Keys(now)) {
		b.WriteString("\n")
		for _, field := range slices.Sorted(maps.Keys(now[op])) {
			roles := maps.Clone(now[op][field])
			maps.Copy(roles, known[op][field])
			fmt.Fprintf(&b, "%-32s %-48s %s\n", op, field, inOrder(roles))
		}
	}
	must(t, os.MkdirAll("testdata", 0o755))
	must(t, os.WriteFile(goldenFile, []byte(b.String()), 0o600))
	t.Logf("note: %s is written anew", goldenFile)
}
