package isolation

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/identity"
)

// sweep is the walk of one who may do everything through all operations: each
// is made to succeed once, and called with keys that are not ours in each place.
type sweep struct {
	*world
	seen   *watch
	boss   *apptest.Client
	out    bool // the boss is not let in any more
	f      *drafter
	good   map[string]draft // calls that succeeded
	audits map[string][]int // entries in the log that successes made
	shown  shown            // fields, and to whom
	wrote  shown            // fields of the answers to changes, and to whom
	eyes   []eye            // those who make changes too
	opened map[string]bool  // fields with money that somebody was shown
}

// owner is somebody who may do everything, also after an operation that threw
// its caller out.
func (s *sweep) owner() *apptest.Client {
	if s.out {
		s.out, s.boss = false, person(s.f.t, s.a, identity.Owner)
		s.employed(s.f.t, s.boss)
	}
	return s.boss
}

// call sends d as the owner.
func (s *sweep) call(t *testing.T, d draft) *apptest.Reply {
	t.Helper()
	r := s.look(t, d.send(t, s.owner(), s.mine.versions))
	if s.out {
		r = s.look(t, d.send(t, s.owner(), s.mine.versions))
	}
	return r
}

// look sees an answer to the owner.
func (s *sweep) look(t *testing.T, r *apptest.Reply) *apptest.Reply {
	t.Helper()
	s.out = s.out || r.Status == http.StatusUnauthorized
	return s.seen.see(t, "the owner", r)
}

// reachAll makes every operation succeed that a body can be found for. What
// needs something of its own kind to be done first is tried again after that.
func (s *sweep) reachAll(t *testing.T) {
	t.Helper()
	left := slices.DeleteFunc(slices.Clone(s.ops), func(op operation) bool { return !slices.Contains(op.kinds, "staff") && op.need != "public" })
	for round := range 3 {
		s.f.most = []int{60, 40, 80}[round] // at last the right keys may lie far from all fronts
		var next []operation
		for _, op := range left {
			ok := s.reach(t, op, nil)
			for i := 0; round > 0 && !ok && i < len(s.ops); i++ {
				g, was := s.good[s.ops[i].id]
				if !was || g.op.method != http.MethodPost || !akin(g.op, op) {
					continue
				}
				if r := s.call(t, g); r.Status < 300 {
					s.mine.take(g.op, r.Body)
				} else if !s.reach(t, g.op, nil) { // what it was done to may be gone by now
					continue
				}
				ok = s.reach(t, op, s.good[g.op.id].path)
			}
			if !ok {
				next = append(next, op)
			}
		}
		left = next
	}
	t.Logf("note: %d operations of %d succeeded", len(s.good), len(s.ops)-portalOps(s.ops))
	for _, op := range left {
		s.foreign(t, op)
		if !slices.Contains(s.rules.NotReached, op.id) {
			t.Errorf("%s never succeeded: give its schema examples that work\n%s", op.id, strings.Join(s.f.trail[op.id], "\n"))
		}
	}
}

func portalOps(ops []operation) (n int) {
	for _, op := range ops {
		if !slices.Contains(op.kinds, "staff") && op.need != "public" {
			n++
		}
	}
	return n
}

// akin tells whether a makes what b works on: both are about /invoices, or a
// makes /tasks/{id}/comments and b removes one of /task-comments.
func akin(a, b operation) bool {
	return collection(a) == collection(b) || strings.HasSuffix(singular(collection(b)), "_"+singular(lastWord(a.path)))
}

func collection(op operation) string { return strings.Split(op.path, "/")[3] }

// reach makes op succeed, if it can be done with these keys in the path by them.
func (s *sweep) reach(t *testing.T, op operation, path map[string]string) bool {
	t.Helper()
	before := -1
	var last *apptest.Reply
	d, ok := s.f.reach(op, path, func(d draft) *apptest.Reply {
		c := s.owner()
		if op.changes() {
			before = s.audited(t, s.a, c.Member.ID)
		}
		last = s.call(t, d)
		return last
	})
	if !ok {
		return false
	}
	s.good[op.id] = d
	if op.changes() {
		s.audits[op.id] = append(s.audits[op.id], s.audited(t, s.a, s.boss.Member.ID)-before)
		s.wrote.see(t, op, identity.Owner, last)
		s.readOnly(t, d)
		s.colleaguesToo(t, d)
	}
	s.foreign(t, op)
	return true
}

// foreign calls op with keys that are not ours, one place after the other. To
// us a record of another agency is one that does not exist: the answers to
// both must be the same to the letter.
func (s *sweep) foreign(t *testing.T, op operation) {
	t.Helper()
	d, ok := s.good[op.id]
	if !ok {
		s.f.fresh()
		d, _ = s.f.draft(op)
	}
	for _, place := range d.places() {
		names := []string{singular(strings.TrimSuffix(place[strings.LastIndex(place, ".")+1:], "_id"))}
		if k, isKey := s.keysOf(d)[place]; isKey || strings.HasPrefix(place, "path.") {
			names = s.f.names(op, place, map[string]key{place: k})
		}
		theirs := slices.DeleteFunc(s.theirs.candidates(8, names...), func(k string) bool { return !id.Valid(k) })
		if strings.HasSuffix(place, ".cursor") {
			theirs = []string{s.theirs.cursors[op.id]}
		}
		theirs = theirs[:min(2, len(theirs))]
		// What they have archived is no more ours than what they use.
		for _, name := range names {
			if k := s.archived[name]; k != "" && len(theirs) > 0 {
				theirs[len(theirs)-1] = k
				s.old++
				break
			}
		}
		for _, k := range theirs {
			if k != "" {
				s.compare(t, d, place, k)
			}
		}
	}
}

func (s *sweep) keysOf(d draft) map[string]key {
	out := map[string]key{}
	places(d.body, "body", out)
	return out
}

func (s *sweep) compare(t *testing.T, d draft, place, theirs string) {
	t.Helper()
	unknown := id.New()
	if strings.HasSuffix(place, ".cursor") {
		// Another agency's bookmark is a place in an order, nothing more: what matters is what is shown.
		s.call(t, d.with(place, theirs))
		return
	}
	if strings.HasPrefix(place, "path.") {
		d.etag = `"1"` // what is not there has no version to ask for
	}
	got := s.call(t, d.with(place, theirs))
	want := s.call(t, d.with(place, unknown))
	if how := same(got, want, theirs, unknown); how != "" {
		t.Errorf("%s: another agency's key differs from a key of nobody in its %s\n%s\n%s", place, how, got, want)
	}
	if d.op.changes() && d.op.method != http.MethodDelete && got.Status < 300 && !strings.HasPrefix(place, "query.") {
		t.Errorf("%s: a key of nobody was accepted: %s", place, want)
	}
}

// readOnly sends a call that just succeeded again with everything that its
// answer has and its body has not. None of it may be taken.
func (s *sweep) readOnly(t *testing.T, d draft) {
	t.Helper()
	body, ok := filled(d.body, "body", d.keys).(map[string]any)
	if !ok || d.op.json == nil {
		return
	}
	schema := s.f.maker.resolve(d.op.json)
	var tried []string
	for field, value := range map[string]any{
		"id": id.New(), "agency_id": s.b.Agency.ID, "tenant_id": s.b.Agency.ID, "role": "owner", "status": "paid", "state": "approved", "total": "1.00",
		"number": "X-1", "version": 99, "created_by": s.boss.Member.ID, "member_id": s.boss.Member.ID, "created_at": "2020-01-01T00:00:00Z",
		"updated_at": "2020-01-01T00:00:00Z", "archived_at": nil, "balance": "0.00", "paid": "1.00", "kind": "staff", "person_id": id.New(), "hash": "x",
	} {
		if schema.Properties[field] == nil {
			body[field] = value
			tried = append(tried, field)
		}
	}
	if len(tried) == 0 {
		t.Errorf("%s has no field that may not be sent", d.op.id)
	}
	// The refusal names each that it is for.
	r := s.look(t, s.owner().With("If-Match", `"1"`).Do(t, d.op.method, d.url(), body))
	for _, field := range tried {
		if r.Status != http.StatusUnprocessableEntity || !strings.Contains(string(r.Body), `"body.`+field+`"`) {
			t.Errorf("the field %s was not refused: %s", field, r)
		}
	}
}

// children calls what has a parent and a child in its path with every pair of
// keys. A child has one parent: below the others it must look like none.
func (s *sweep) children(t *testing.T) {
	t.Helper()
	for _, op := range s.ops {
		params := pathParam.FindAllString(op.path, -1)
		d, ok := s.good[op.id]
		if len(params) < 2 || !ok {
			continue
		}
		parent, child := strings.Trim(params[0], "{}"), strings.Trim(params[1], "{}")
		own := d.path[child]
		if !id.Valid(own) {
			continue
		}
		for _, other := range s.mine.find(12, s.f.names(op, "path."+parent, nil)...) {
			if other == d.path[parent] || !id.Valid(other) {
				continue
			}
			at := d.with("path."+parent, other)
			unknown := id.New()
			got, want := s.call(t, at), s.call(t, at.with("path."+child, unknown))
			if how := same(got, want, own, unknown); how != "" && !s.sharedChild(op, child) {
				t.Errorf("a child below another parent differs from one that does not exist in its %s\n%s\n%s", how, got, want)
			}
		}
	}
}

// sharedChild: a member may be in several projects, so the pair decides nothing.
func (s *sweep) sharedChild(op operation, child string) bool {
	name := singular(strings.TrimSuffix(child, "_id"))
	for _, other := range s.ops {
		if other.method == http.MethodGet && strings.HasSuffix(other.path, "/{id}") && singular(before(other.path, "id")) == name && other.path != op.path {
			return true // it has an address of its own
		}
	}
	return false
}

// bulk calls what takes a list of keys with one of ours and one of nobody's:
// all or nothing, and nothing of nobody's.
func (s *sweep) bulk(t *testing.T) {
	t.Helper()
	lists := 0
	for _, op := range s.ops {
		d, ok := s.good[op.id]
		if !ok || !op.changes() {
			continue
		}
		body, _ := filled(d.body, "body", d.keys).(map[string]any)
		for place := range s.keysOf(d) {
			field, isList := strings.CutSuffix(strings.TrimPrefix(place, "body."), ".0")
			if !isList || strings.Contains(field, ".") {
				continue
			}
			lists++
			k := s.keysOf(d)[place]
			theirs := s.theirs.candidates(1, s.f.names(op, place, map[string]key{place: k})...)
			send := func(other string) *apptest.Reply {
				more := map[string]any{}
				for f, v := range body {
					more[f] = v
				}
				more[field] = []any{d.keys[place], other}
				c := s.owner()
				if op.takes("If-Match") {
					c = c.With("If-Match", d.version(t, c, s.mine.versions))
				}
				return s.look(t, c.Do(t, op.method, d.url(), more))
			}
			unknown := id.New()
			got, want := send(theirs[0]), send(unknown)
			if how := same(got, want, theirs[0], unknown); how != "" {
				t.Errorf("%s: a list with another agency's key differs in its %s\n%s\n%s", place, how, got, want)
			}
			if want.Status < 300 {
				t.Errorf("%s: a list with a key of nobody was accepted: %s", place, want)
			}
		}
	}
	t.Logf("note: %d lists of keys", lists)
}

// audit holds successful changes to one entry each in the agency's log, or to
// the number that access.yaml gives.
func (s *sweep) audit(t *testing.T) {
	t.Helper()
	want := map[string]string{}
	for n, ids := range s.rules.Audit {
		for _, one := range ids {
			want[one] = n
		}
	}
	for _, op := range s.ops {
		for _, n := range s.audits[op.id] {
			w := want[op.id]
			if w == "" {
				w = "1"
			}
			if !slices.Contains(strings.Split(w, " or "), strconv.Itoa(n)) {
				t.Errorf("%s made %d entries in the audit log, want %s", op.id, n, w)
			}
		}
	}
}

func (s *sweep) String() string { return fmt.Sprintf("%d calls", s.seen.calls) }

// fields are all names in an answer that have a value, with whether it is an amount of money.
func fields(raw []byte) map[string]bool {
	var v any
	out := map[string]bool{}
	if json.Unmarshal(raw, &v) == nil {
		walkFields(v, out)
	}
	return out
}

func walkFields(v any, out map[string]bool) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			walkFields(x, out)
		}
	case map[string]any:
		_, amount := v["amount"].(string)
		_, currency := v["currency"].(string)
		if amount && currency {
			out["*"] = true
			return
		}
		for name, x := range v {
			if list, isList := x.([]any); x != nil && (!isList || len(list) > 0) {
				out[name] = true
			}
			walkFields(x, out)
		}
	}
}
