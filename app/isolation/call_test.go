package isolation

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"maps"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
)

// draft is one call of an operation, with the places of its keys known.
type draft struct {
	op    operation
	path  map[string]string // by parameter
	query url.Values
	body  any               // with key{} where keys belong
	keys  map[string]string // by place in the body
	etag  string            // the version to change; empty: that of now
}

func (d draft) url() string {
	p := pathParam.ReplaceAllStringFunc(d.op.path, func(m string) string { return url.PathEscape(d.path[strings.Trim(m, "{}")]) })
	if len(d.query) > 0 {
		p += "?" + d.query.Encode()
	}
	return p
}

func (d draft) with(place, value string) draft {
	switch {
	case strings.HasPrefix(place, "path."):
		d.path = clone(d.path)
		d.path[strings.TrimPrefix(place, "path.")] = value
	case strings.HasPrefix(place, "query."):
		q := url.Values{}
		for k, v := range d.query {
			q[k] = v
		}
		q.Set(strings.TrimPrefix(place, "query."), value)
		d.query = q
	default:
		d.keys = clone(d.keys)
		d.keys[place] = value
	}
	return d
}

func clone(m map[string]string) map[string]string {
	out := make(map[string]string, len(m)+1)
	for k, v := range m {
		out[k] = v
	}
	return out
}

// places are all parts of the call that take a key.
func (d draft) places() (out []string) {
	for _, p := range d.op.params {
		s := p.Schema
		switch {
		case p.In == "path" && s.Format != "date":
			out = append(out, "path."+p.Name)
		case p.In == "query" && s.Type == "string" && len(s.Enum) == 0 && s.Format != "date" && s.Format != "date-time" && p.Name != "q":
			out = append(out, "query."+p.Name)
		}
	}
	for place := range d.keys {
		out = append(out, place)
	}
	slices.Sort(out)
	return out
}

// send makes the call as c, with the version of what it changes.
func (d draft) send(t *testing.T, c *apptest.Client, versions map[string]int) *apptest.Reply {
	t.Helper()
	if d.op.takes("If-Match") {
		etag := d.etag
		if etag == "" {
			etag = d.version(t, c, versions)
		}
		c = c.With("If-Match", etag)
	}
	return d.once(t, c)
}

// once makes the call without asking for a version first.
func (d draft) once(t *testing.T, c *apptest.Client) *apptest.Reply {
	t.Helper()
	if d.op.upload != "" {
		body, kind := picture(t, d.op.upload)
		return c.With("Content-Type", kind).Do(t, d.op.method, d.url(), body)
	}
	if d.op.json == nil {
		return c.Do(t, d.op.method, d.url(), nil)
	}
	return c.Do(t, d.op.method, d.url(), filled(d.body, "body", d.keys))
}

// version asks for what is about to be changed, at its own address or at the
// nearest one above that gives a version.
func (d draft) version(t *testing.T, c *apptest.Client, versions map[string]int) string {
	t.Helper()
	for _, path := range d.op.versioned {
		at := d
		at.op.path, at.query = path, nil
		if r := c.GET(t, at.url()); r.Status == http.StatusOK && r.Header.Get("ETag") != "" {
			return r.Header.Get("ETag")
		}
	}
	for _, k := range d.path {
		if v, ok := versions[k]; ok {
			return `"` + strconv.Itoa(v) + `"`
		}
	}
	return `"1"`
}

func picture(t *testing.T, field string) ([]byte, string) {
	t.Helper()
	var img, body bytes.Buffer
	must(t, png.Encode(&img, image.NewRGBA(image.Rect(0, 0, 64, 64))))
	w := multipart.NewWriter(&body)
	part, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="` + field + `"; filename="logo.png"`}, "Content-Type": {"image/png"},
	})
	must(t, err)
	_, err = part.Write(img.Bytes())
	must(t, err)
	must(t, w.Close())
	return body.Bytes(), w.FormDataContentType()
}

// drafter makes calls out of what an agency's records are.
type drafter struct {
	t     *testing.T
	maker maker
	pools *pools
	most  int                 // calls to find one that succeeds
	trail map[string][]string // why an operation refused
}

func newDrafter(t *testing.T, p *pools) *drafter {
	t.Helper()
	return &drafter{t: t, pools: p, most: 60, trail: map[string][]string{}, maker: maker{doc: apptest.App(t).API.OpenAPI(), now: time.Now(), also: map[string]bool{}, next: map[string]int{}, coins: p.currencies}}
}

// fresh forgets what was learnt from refusals of another operation.
func (f *drafter) fresh() { f.maker.also, f.maker.next = map[string]bool{}, map[string]int{} }

func (f *drafter) names(op operation, place string, body map[string]key) []string {
	if name, ok := strings.CutPrefix(place, "path."); ok {
		prev := singular(before(op.path, name))
		if name == "id" {
			return []string{prev}
		}
		return []string{singular(strings.TrimSuffix(name, "_id")), prev}
	}
	if k := body[place]; k.name != "id" {
		return []string{singular(k.name)}
	}
	var names []string
	for _, word := range strings.Split(strings.TrimPrefix(op.path, "/api/v1/"), "/") {
		names = append([]string{singular(word)}, names...)
	}
	return names
}

// draft is the call with the given choice of keys among the candidates.
func (f *drafter) draft(op operation) (d draft, candidates map[string][]string) {
	d = draft{op: op, path: map[string]string{}, query: url.Values{}, keys: map[string]string{}}
	candidates = map[string][]string{}
	for _, p := range op.params {
		s := p.Schema
		switch {
		case p.In == "path" && s.Format == "date":
			d.path[p.Name] = f.maker.now.AddDate(0, 1, 0).Format(time.DateOnly)
		case p.In == "path":
			candidates["path."+p.Name] = f.pools.candidates(30, f.names(op, "path."+p.Name, nil)...)
		case p.In == "query" && p.Required && (s.Type == huma.TypeArray || takesKey(p.Name, s)):
			candidates["query."+p.Name] = f.pools.candidates(5, singular(strings.TrimSuffix(p.Name, "_id")))
		case p.In == "query" && p.Required:
			d.query.Set(p.Name, text(f.maker.options(s, p.Name)))
		}
	}
	if op.json != nil {
		d.body = f.maker.value(op.json, "", "body")
		found := map[string]key{}
		places(d.body, "body", found)
		for place := range found {
			candidates[place] = f.pools.candidates(40, f.names(op, place, found)...)
			d.keys[place] = ""
		}
	}
	for place, keys := range candidates {
		if len(keys) == 0 {
			keys = []string{id.New()}
			candidates[place] = keys
		}
		d = d.with(place, keys[0])
	}
	return d, candidates
}

func text(options []any) string {
	if len(options) == 0 {
		return "10"
	}
	s, _ := options[0].(string)
	return s
}

// reach looks for a call of op that succeeds. Refusals teach it: a required
// place is filled, a bad one gets another value, a key that is not there
// another one of its kind. The keys in path are tried first.
func (f *drafter) reach(op operation, path map[string]string, call func(draft) *apptest.Reply) (good draft, ok bool) {
	f.fresh()
	calls := 0
	if op.json != nil { // first with all that can be listed: lines, parts, checklists
		for _, place := range f.maker.lists(op.json, "body") {
			f.maker.also[place] = true
		}
	}
	missed := map[string]int{}
	right := map[string]string{} // keys that nothing was said against
	for param, k := range path {
		right["path."+param] = k
	}
	for try := range 20 {
		if try == 1 {
			clear(f.maker.also)
		}
		d, candidates := f.draft(op)
		var fields []string
		learnt, left := false, max(20, f.most/3) // then another body may do what no other key does
		for choice := range f.pools.choices(candidates, f.most, right) {
			for place, k := range choice {
				d = d.with(place, k)
			}
			at := d.record()
			if at != "" && missed[at] >= enough {
				continue // it is not there, or not as it has to be, whatever else is said
			}
			if calls++; calls > f.most {
				return d, false
			}
			r := call(d)
			if r.Status < 300 {
				f.pools.take(op, r.Body)
				return d, true
			}
			if len(f.trail[op.id]) < 12 {
				f.trail[op.id] = append(f.trail[op.id], r.String())
			}
			switch r.Status {
			case http.StatusNotFound:
				missed[at] += enough / 2
			case http.StatusConflict:
				missed[at]++
			}
			fields = f.badFields(op, r)
			if r.Status == http.StatusBadRequest || r.Status == http.StatusUnprocessableEntity && !f.aboutKeys(d, len(candidates), fields) {
				right = choice
				break // another key makes no better body
			}
			if left--; left == 0 && (f.learn(op, d, fields) || try == 0) {
				learnt = true
				break
			}
		}
		if !learnt && !f.learn(op, d, fields) && try > 0 {
			return d, false
		}
	}
	return good, false
}

// enough conflicts, and half as many times not found, say that it is not for the other keys of a call.
const enough = 6

// record is the address of the record that a call is about, empty where it is about none.
func (d draft) record() string {
	param := pathParam.FindString(d.op.path)
	if param == "" {
		return ""
	}
	collection, _, _ := strings.Cut(d.op.path, param)
	return collection + d.path[strings.Trim(param, "{}")]
}

func (f *drafter) aboutKeys(d draft, candidates int, fields []string) bool {
	return len(fields) == 0 && candidates > 0 || slices.ContainsFunc(fields, d.isKey)
}

func (d draft) isKey(place string) bool {
	_, is := d.keys[place]
	_, first := d.keys[place+".0"]
	return is || first
}

// otherKind says next time that the keys are of another kind: of a position instead of a person.
func (f *drafter) otherKind(op operation) bool {
	s := f.maker.resolve(op.json)
	for _, field := range slices.Sorted(maps.Keys(s.Properties)) {
		fs, place := f.maker.resolve(s.Properties[field]), "body."+field
		if fs != nil && slices.Contains(s.Required, field) && f.maker.next[place] < len(fs.Enum)-1 {
			f.maker.next[place]++
			return true
		}
	}
	return false
}

// learn changes the next body; false when there is nothing left to change.
func (f *drafter) learn(op operation, d draft, fields []string) bool {
	if op.json == nil {
		return false
	}
	optional := f.maker.optional(op.json, "body")
	changed := false
	if len(fields) > 0 && !slices.ContainsFunc(fields, func(place string) bool { return !d.isKey(place) }) {
		return f.otherKind(op)
	}
	for _, place := range fields {
		if strings.HasSuffix(place, ".currency") {
			place = "currency" // all of a call are in one
		}
		switch {
		case slices.Contains(optional, place) && !f.maker.also[place]:
			f.maker.also[place] = true
			changed = true
		case f.maker.next[place] < 6:
			f.maker.next[place]++
			changed = true
		}
	}
	if changed && len(fields) > 0 && f.maker.next[fields[0]] < 3 {
		return true
	}
	// A body that says nothing may be refused as a whole: say one thing more.
	for _, place := range optional {
		if !f.maker.also[place] && strings.Count(place, ".") == 1 {
			f.maker.also[place] = true
			return true
		}
	}
	return changed
}

var index = regexp.MustCompile(`\[(\d+)\]`)

// badFields are the places that a refusal names.
func (f *drafter) badFields(op operation, r *apptest.Reply) (out []string) {
	var p apptest.Problem
	_ = json.Unmarshal(r.Body, &p)
	for _, e := range p.Errors {
		at := index.ReplaceAllString(e.Location, ".$1")
		if name, ok := missing(e.Message); ok {
			at += "." + name
		}
		if !strings.HasPrefix(at, "body") {
			continue
		}
		if s := f.maker.at(op.json, at); s != nil && s.Type == huma.TypeObject && (f.maker.also[at] || !slices.Contains(f.maker.optional(op.json, "body"), at)) {
			// One of its parts is wrong: the one that the message names, else the first that has to be there.
			parts := append(slices.DeleteFunc(slices.Sorted(maps.Keys(s.Properties)), func(name string) bool { return !strings.Contains(e.Message, name) }), s.Required...)
			if len(parts) > 0 {
				at += "." + parts[0]
			}
		}
		out = append(out, at)
	}
	return out
}

// missing finds the name in "expected required property x to be present".
func missing(message string) (string, bool) {
	_, rest, ok := strings.Cut(message, "expected required property ")
	name, _, _ := strings.Cut(rest, " ")
	return name, ok
}
