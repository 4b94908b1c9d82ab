package isolation

import (
	"encoding/json"
	"maps"
	"slices"
	"sort"
	"strings"

	"github.com/bureauhq/bureau/app/kit/id"
)

// pools are the keys of an agency's records as its own answers show them, by
// the singular of where they were found: /clients and client_id fill "client".
type pools struct {
	byName   map[string][]string
	with     map[string]map[string]bool // keys that appeared in one record with a key
	versions map[string]int
	cursors  map[string]string // by operation
	coins    map[string]int    // how often a currency was seen
}

func newPools() *pools {
	return &pools{byName: map[string][]string{}, with: map[string]map[string]bool{}, versions: map[string]int{}, cursors: map[string]string{}, coins: map[string]int{}}
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
	if op.dry() || json.Unmarshal(body, &v) != nil {
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
	p.walk(kindOf(op), v)
}

// kindOf is what an operation answers with: /clients and /clients/{id}/archive with a client.
func kindOf(op operation) string {
	word := lastWord(op.path)
	if params := pathParam.FindAllString(op.path, -1); len(params) == 1 && !noun(word) && strings.HasSuffix(op.path, params[0]+"/"+word) {
		word = before(op.path, strings.Trim(params[0], "{}"))
	}
	return singular(word)
}

// walk keeps the keys of a value and returns them: those of one record belong together.
func (p *pools) walk(name string, v any) (keys []string) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			keys = append(keys, p.walk(name, x)...)
		}
	case string:
		p.add(name, v)
		if id.Valid(v) {
			keys = append(keys, v)
		}
	case map[string]any:
		own, _ := v["id"].(string)
		if n, ok := v["version"].(float64); ok && own != "" {
			p.versions[own] = int(n)
		}
		var level []string // of the record itself, not of what is inside it
		for _, field := range slices.Sorted(maps.Keys(v)) {
			x := v[field]
			under := singular(strings.TrimSuffix(strings.TrimSuffix(field, "_ids"), "_id"))
			text, isText := x.(string)
			switch {
			case field == "id":
				level = append(level, p.walk(name, x)...)
			case isText && strings.HasSuffix(field, "_id"):
				level = append(level, p.walk(under, x)...)
			case isText && !id.Valid(text):
				if strings.Contains(field, "currency") {
					p.coins[text]++
				}
			case isText: // created_by and the like: who did it says nothing of what belongs together
				p.walk(under, x)
			default:
				keys = append(keys, p.walk(under, x)...)
			}
		}
		for i, k := range level {
			for _, other := range level[:i] {
				p.join(k, other)
			}
		}
		if id.Valid(own) {
			for _, k := range keys {
				p.join(own, k)
			}
		}
		keys = append(keys, level...)
	}
	return keys
}

func (p *pools) join(a, b string) {
	for _, pair := range [2][2]string{{a, b}, {b, a}} {
		if p.with[pair[0]] == nil {
			p.with[pair[0]] = map[string]bool{}
		}
		p.with[pair[0]][pair[1]] = true
	}
}

// apart is how far two keys lie from each other.
func (p *pools) apart(a, b string) int {
	of, others := p.with[a], p.with[b]
	switch {
	case a == b || !id.Valid(a) || !id.Valid(b):
		return 0
	case of[b]:
		return 0
	case len(of) > len(others):
		of, others = others, of
	}
	for k := range of {
		if others[k] {
			return related
		}
	}
	return stranger
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
	// In turns from each list, the newest first: nothing has happened to it yet. Then the oldest. Of what only has a like
	// name fewer.
	add := func(k string) {
		if !slices.Contains(out, k) && len(out) < most {
			out = append(out, k)
		}
	}
	for i := range 40 {
		for n, l := range lists {
			at := i
			if n >= len(names) {
				at = i / 3
			}
			if at < len(l) && (n < len(names) || i%3 == 2) {
				add(l[len(l)-1-at])
				add(l[at])
			}
		}
	}
	return out
}

// gap is how far behind the keys of the right name those of others stand.
const gap = 6

// candidates are keys that may stand in a field of one of these names; at last one of every kind, since a field may be
// called after what the record is there for.
func (p *pools) candidates(most int, names ...string) []string {
	out := p.find(most, names...)
	if len(out) > 0 {
		out = append(out, make([]string, gap)...)
	}
	for _, n := range slices.Sorted(maps.Keys(p.byName)) {
		if k := p.byName[n][0]; id.Valid(k) && !slices.Contains(out, k) && len(out) < most+gap {
			out = append(out, k)
		}
	}
	return out
}

// currencies are those that were seen, the usual one first.
func (p *pools) currencies() []string {
	out := slices.Sorted(maps.Keys(p.coins))
	slices.SortStableFunc(out, func(a, b string) int { return p.coins[b] - p.coins[a] })
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
