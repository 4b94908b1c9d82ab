package isolation

import (
	"encoding/json"
	"slices"
	"sort"
	"strings"

	"github.com/bureauhq/bureau/app/kit/id"
)

// pools are the keys of an agency's records as its own answers show them, by
// the singular of where they were found: /clients and client_id fill "client".
type pools struct {
	byName   map[string][]string
	versions map[string]int
	cursors  map[string]string // by operation
	texts    map[string]string // the last value of a text field
}

func newPools() *pools {
	return &pools{byName: map[string][]string{}, versions: map[string]int{}, cursors: map[string]string{}, texts: map[string]string{}}
}

func singular(word string) string {
	word = strings.ReplaceAll(word, "-", "_")
	switch {
	case strings.HasSuffix(word, "ies"):
		return strings.TrimSuffix(word, "ies") + "y"
	case strings.HasSuffix(word, "ss"):
		return word
	}
	return strings.TrimSuffix(word, "s")
}

// take keeps the keys of an answer.
func (p *pools) take(op operation, body []byte) {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return
	}
	if page, ok := v.(map[string]any); ok {
		if next, ok := page["next"].(string); ok {
			p.cursors[op.id] = next
		}
		if items, ok := page["items"]; ok {
			v = items
		}
	}
	p.walk(singular(lastWord(op.path)), v)
}

func (p *pools) walk(name string, v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			p.walk(name, x)
		}
	case string:
		p.add(name, v)
	case map[string]any:
		own, _ := v["id"].(string)
		if n, ok := v["version"].(float64); ok && own != "" {
			p.versions[own] = int(n)
		}
		for field, x := range v {
			under := singular(strings.TrimSuffix(strings.TrimSuffix(field, "_ids"), "_id"))
			text, isText := x.(string)
			switch {
			case field == "id":
				p.walk(name, x)
			case isText && !strings.HasSuffix(field, "_id") && !id.Valid(text):
				p.texts[field] = text
			default:
				p.walk(under, x)
			}
		}
	}
}

func (p *pools) add(name, key string) {
	if key != "" && len(key) < 60 && !slices.Contains(p.byName[name], key) {
		p.byName[name] = append(p.byName[name], key)
	}
}

// find returns keys that may stand in a field of one of these names: the best
// guess first, one of every kind when nothing better is known.
func (p *pools) find(most int, names ...string) (out []string) {
	var lists [][]string
	for _, n := range names {
		lists = append(lists, p.byName[n])
	}
	all := make([]string, 0, len(p.byName))
	for n := range p.byName {
		all = append(all, n)
	}
	sort.Strings(all)
	for _, n := range names {
		for _, other := range all {
			if strings.HasSuffix(other, "_"+n) || strings.HasSuffix(n, "_"+other) {
				lists = append(lists, p.byName[other])
			}
		}
	}
	// In turns from each list, the newest first: nothing has happened to it yet. Then the oldest.
	add := func(k string) {
		if !slices.Contains(out, k) && len(out) < most {
			out = append(out, k)
		}
	}
	for i := range 40 {
		for _, l := range lists {
			if i < len(l) {
				add(l[len(l)-1-i])
			}
		}
		for _, l := range lists {
			if i < len(l) {
				add(l[i])
			}
		}
	}
	for _, n := range all { // nothing better is known
		if id.Valid(p.byName[n][0]) {
			add(p.byName[n][0])
		}
	}
	return out
}

// keys are all that were seen.
func (p *pools) keys() map[string]bool {
	out := map[string]bool{}
	for _, ks := range p.byName {
		for _, k := range ks {
			if id.Valid(k) {
				out[k] = true
			}
		}
	}
	return out
}
