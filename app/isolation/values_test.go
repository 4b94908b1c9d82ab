package isolation

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// key marks the place of a record's key in a body that is being made.
type key struct{ name string }

// maker makes bodies from schemas: what is required, what was asked for
// besides, and where the service was not content with a value, the next one.
type maker struct {
	doc   *huma.OpenAPI
	also  map[string]bool // optional places to fill
	next  map[string]int  // how often a place was refused
	now   time.Time
	coins func() []string // currencies that were seen
}

var made atomic.Int64

func (m *maker) resolve(s *huma.Schema) *huma.Schema {
	for s != nil && s.Ref != "" {
		s = m.doc.Components.Schemas.SchemaFromRef(s.Ref)
	}
	return s
}

func takesKey(name string, s *huma.Schema) bool {
	return s.Format == "uuid" || s.Type == huma.TypeString && (name == "id" && s.Pattern == "" || strings.HasSuffix(name, "_id") && name != "tax_id")
}

// value is nil where the schema asks for nothing.
func (m *maker) value(s *huma.Schema, name, at string) any {
	s = m.resolve(s)
	if s == nil || strings.Count(at, ".") > 8 {
		return nil
	}
	if s.Type == huma.TypeArray && len(s.Examples) > 0 {
		return s.Examples[0]
	}
	if options := m.options(s, name); len(options) > 0 {
		n := m.next[at]
		if name == "currency" {
			n = m.next[name]
		}
		if i := strings.LastIndex(at[:len(at)-len(name)], ".1."); i >= 0 && len(s.Enum) > 1 {
			n += len(s.Enum) - 1 // the second of a list is of another kind
		}
		return options[n%len(options)]
	}
	switch s.Type {
	case huma.TypeObject:
		out := map[string]any{}
		for _, field := range slices.Sorted(maps.Keys(s.Properties)) { // the same each time: some values are numbered
			fs, place := s.Properties[field], at+"."+field
			if !fs.ReadOnly && (slices.Contains(s.Required, field) || m.also[place]) {
				if v := m.value(fs, field, place); v != nil {
					out[field] = v
				}
			}
		}
		return out
	case huma.TypeArray:
		n := 1
		if s.MinItems != nil {
			n = max(n, *s.MinItems)
		}
		out := make([]any, n)
		for i := range out {
			out[i] = m.value(s.Items, strings.TrimSuffix(name, "s"), fmt.Sprintf("%s.%d", at, i))
		}
		return out
	}
	return nil
}

// options are values that a plain field may take, the likeliest first.
func (m *maker) options(s *huma.Schema, name string) (out []any) {
	day := func(n int) string { return m.now.AddDate(0, 0, n).Format(time.DateOnly) }
	monday := -(int(m.now.Weekday()) + 6) % 7
	switch {
	case strings.Contains(name, "currency") && m.coins != nil && len(m.coins()) > 0:
		for _, c := range m.coins() {
			out = append(out, c)
		}
		return append(out, "EUR", "GBP")
	case len(s.Examples) > 0 && s.Type == huma.TypeString:
		return append(slices.Clone(s.Examples), "1.00", "10")
	case len(s.Enum) > 0:
		return s.Enum
	case s.Type == huma.TypeBoolean:
		return []any{true, false}
	case s.Type == huma.TypeInteger, s.Type == huma.TypeNumber:
		low := 1.0
		if s.Minimum != nil {
			low = *s.Minimum
		}
		if strings.Contains(name, "seconds") {
			return []any{3600, low}
		}
		return []any{max(low, 1), low, 60, 3600, 5}
	case s.Type != huma.TypeString:
		return nil
	case takesKey(name, s):
		return []any{key{strings.TrimSuffix(name, "_id")}}
	case s.Format == "date-time":
		return []any{m.now.Add(-3 * time.Hour).UTC().Format(time.RFC3339), m.now.Add(-time.Hour).UTC().Format(time.RFC3339)}
	case s.Format == "date", name == "day":
		switch name {
		case "from", "starts_on", "begins_on", "valid_from":
			return []any{day(monday - 28), day(monday), day(1)}
		case "week":
			return []any{day(monday), day(monday - 7)}
		}
		return []any{day(0), day(monday), day(-7), day(30)}
	}
	if strings.HasPrefix(s.Pattern, "^[a-z0-9]") {
		return []any{fmt.Sprintf("swept-%d", made.Add(1))}
	}
	unique := fmt.Sprintf("Swept %d", made.Add(1))
	switch {
	case strings.Contains(name, "mail"), name == "to":
		out = append(out, fmt.Sprintf("swept-%d@example.test", made.Add(1)))
	case strings.Contains(name, "currency"):
		out = append(out, "EUR")
	case strings.Contains(name, "country"):
		out = append(out, "DE")
	case strings.Contains(name, "colour"):
		out = append(out, "#1f5fbf")
	case strings.Contains(name, "hours"), strings.Contains(name, "price"), strings.Contains(name, "amount"), strings.Contains(name, "percent"), strings.Contains(name, "quantity"):
		out = append(out, "10")
	case strings.Contains(name, "code"), strings.Contains(name, "prefix"):
		out = append(out, fmt.Sprintf("SW%d", made.Add(1)))
	case strings.Contains(name, "zone"):
		out = append(out, "Europe/Berlin")
	case strings.Contains(name, "csv"), strings.Contains(name, "data"):
		out = append(out, "Name\n"+unique+"\n")
	}
	return append(out, unique, "10", "EUR", day(0), "10:00", "1250.00", "sent", "")
}

// places lists where a body has keys: "body.client_id", "body.ids.0".
func places(v any, at string, into map[string]key) {
	switch v := v.(type) {
	case key:
		into[at] = v
	case map[string]any:
		for field, x := range v {
			places(x, at+"."+field, into)
		}
	case []any:
		for i, x := range v {
			places(x, fmt.Sprintf("%s.%d", at, i), into)
		}
	}
}

// filled returns v with the keys put where places found them.
func filled(v any, at string, keys map[string]string) any {
	switch v := v.(type) {
	case key:
		return keys[at]
	case map[string]any:
		out := map[string]any{}
		for field, x := range v {
			out[field] = filled(x, at+"."+field, keys)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = filled(x, fmt.Sprintf("%s.%d", at, i), keys)
		}
		return out
	}
	return v
}

// at is the schema of a place of a body: of "body.allocations.0.amount".
func (m *maker) at(s *huma.Schema, place string) *huma.Schema {
	for _, word := range strings.Split(place, ".")[1:] {
		if s = m.resolve(s); s == nil {
			return nil
		}
		if s.Items != nil {
			s = s.Items
		} else {
			s = s.Properties[word]
		}
	}
	return m.resolve(s)
}

// optional lists the places of a schema that are not required.
func (m *maker) optional(s *huma.Schema, at string) (out []string) {
	s = m.resolve(s)
	if s == nil || strings.Count(at, ".") > 5 {
		return nil
	}
	for field, fs := range s.Properties {
		place := at + "." + field
		if !slices.Contains(s.Required, field) {
			out = append(out, place)
		}
		out = append(out, m.optional(fs, place)...)
	}
	if s.Items != nil {
		out = append(out, m.optional(s.Items, at+".0")...)
	}
	slices.Sort(out)
	return out
}

// lists are the optional places that take a list of objects.
func (m *maker) lists(s *huma.Schema, at string) (out []string) {
	s = m.resolve(s)
	for _, field := range slices.Sorted(maps.Keys(s.Properties)) {
		if fs := m.resolve(s.Properties[field]); fs != nil && fs.Type == huma.TypeArray {
			if item := m.resolve(fs.Items); item != nil && item.Type == huma.TypeObject {
				out = append(out, at+"."+field)
			}
		}
	}
	return out
}
