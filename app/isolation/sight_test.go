package isolation

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/identity"
)

// money reads everything again as people who may not see all of it.
func (s *sweep) money(t *testing.T) {
	t.Helper()
	eyes := s.colleagues(t, staffRoles)
	modules := map[string]bool{}
	for p := range s.rules.Permissions {
		module, _, _ := strings.Cut(p, ".")
		modules[module] = true
	}
	for _, module := range slices.Sorted(maps.Keys(modules)) {
		if module == "portal" {
			continue
		}
		eyes = append(eyes, eye{"a token for " + module, s.a.Fresh(t, identity.Owner, module+".*"), func(p string) bool { return strings.HasPrefix(p, module+".") }, ""})
	}
	for _, op := range s.ops {
		d, ok := s.good[op.id]
		if !ok || op.changes() {
			continue
		}
		for _, e := range eyes {
			if e.role == "" && op.need != "signed_in" && !e.has(op.need) {
				continue // the actors are refused what their token does not open
			}
			r := s.seen.see(t, e.name, d.send(t, e.c, nil))
			if r.Status != http.StatusOK {
				continue
			}
			if e.role != "" {
				s.shown.see(t, op, e.role, r)
			}
			s.hides(t, e, op, r)
		}
	}
	for _, field := range []string{"money", "rate", "amount", "amounts", "unit_price", "*"} {
		if !s.opened[field] {
			t.Errorf("nobody was shown %s: hiding it proves nothing", field)
		}
	}
}

// eye is somebody who looks at answers, and what they may see.
type eye struct {
	name string
	c    *apptest.Client
	has  func(permission string) bool
	role string // empty: a token that opens less
}

// colleagues are one of each of these roles.
func (s *sweep) colleagues(t *testing.T, roles []string) (all []eye) {
	t.Helper()
	for _, role := range roles {
		all = append(all, eye{role, person(t, s.a, role), func(p string) bool { return slices.Contains(strings.Fields(s.rules.Permissions[p]), role) }, role})
	}
	return all
}

// hides holds an answer to the fields with money that e may see. What people write down themselves they see, where
// others' is hidden from them.
func (s *sweep) hides(t *testing.T, e eye, op operation, r *apptest.Reply) {
	t.Helper()
	sees := func(permission string) bool {
		return e.has(permission) || op.changes() && slices.ContainsFunc(s.rules.OwnOnly[permission], func(p string) bool { return strings.HasPrefix(op.path, p) })
	}
	got := fields(r.Body)
	if strings.HasPrefix(r.Header.Get("Content-Type"), "text/csv") {
		head, _, _ := strings.Cut(string(r.Body), "\n")
		for _, column := range strings.Split(head, ",") {
			got[strings.ToLower(strings.Trim(column, "\"\r\ufeff "))] = true
		}
	}
	for field := range got {
		needs, guarded := s.rules.Money[field]
		if !guarded {
			continue
		}
		if slices.ContainsFunc(strings.Fields(needs), sees) {
			s.opened[field] = true
		} else {
			t.Errorf("%s sees %s: %s", e.name, field, r)
		}
	}
}

// colleaguesToo makes the change that has just succeeded as everybody else who may make it. Some find it done. What the
// answers show is held against what the same people are shown when they read.
func (s *sweep) colleaguesToo(t *testing.T, d draft) {
	t.Helper()
	if answerOf(t, d.op) == nil {
		return
	}
	if s.eyes == nil {
		s.eyes = s.colleagues(t, staffRoles[1:]) // the only owner has made it already
		for _, e := range s.eyes {
			s.employed(t, e.c)
		}
	}
	for i, e := range s.eyes {
		if !s.rules.may(d.op, e.role, "staff") {
			continue
		}
		r := s.seen.see(t, e.name, d.send(t, e.c, nil))
		if r.Status == http.StatusUnauthorized {
			s.eyes[i].c = person(t, s.a, e.role)
		}
		if r.Status < 300 {
			s.wrote.see(t, d.op, e.role, r)
			s.hides(t, e, d.op, r)
		}
	}
}

// ownOnly: without the permission another person's records look like none.
func (s *sweep) ownOnly(t *testing.T) {
	t.Helper()
	tried := 0
	for permission, paths := range s.rules.OwnOnly {
		for _, role := range staffRoles {
			if slices.Contains(strings.Fields(s.rules.Permissions[permission]), role) {
				continue
			}
			c := person(t, s.a, role)
			for _, op := range s.ops {
				d, ok := s.good[op.id]
				if !ok || !slices.ContainsFunc(paths, func(p string) bool { return strings.HasPrefix(op.path, p+"/{") }) {
					continue
				}
				tried++
				unknown := id.New()
				for _, k := range s.mine.find(3, singular(collection(op))) {
					got := s.seen.see(t, role, d.with("path.id", k).send(t, c, nil))
					want := s.seen.see(t, role, d.with("path.id", unknown).send(t, c, nil))
					if how := same(got, want, k, unknown); how != "" {
						t.Errorf("a %s without %s: another person's record differs from none in its %s\n%s\n%s", role, permission, how, got, want)
					}
				}
			}
		}
	}
	if tried == 0 {
		t.Error("nothing was tried")
	}
}

// portal looks through the eyes of two clients' contacts. What one of them is
// shown the other must not be, and asking for it must be asking for nothing.
func (s *sweep) portal(t *testing.T) {
	t.Helper()
	one, two := s.contacts(t)
	seenOne, seenTwo := newPools(), newPools()
	s.harvest(t, one, contactRole, seenOne)
	s.harvest(t, two, contactRole, seenTwo)
	if len(seenOne.keys()) < 3 || len(seenTwo.keys()) < 3 {
		t.Fatalf("the contacts see %d and %d records only", len(seenOne.keys()), len(seenTwo.keys()))
	}
	for k := range seenOne.keys() {
		if seenTwo.keys()[k] && k != s.a.Agency.ID {
			t.Errorf("both clients see %s", k)
		}
	}
	f := newDrafter(t, seenOne)
	reached := 0
	for _, op := range s.ops {
		if !slices.Contains(op.kinds, "contact") {
			continue
		}
		d, candidates := f.draft(op)
		if op.path != "/api/v1/me/leave" && op.path != "/api/v1/sessions" {
			var last *apptest.Reply
			if g, ok := f.reach(op, nil, func(d draft) *apptest.Reply {
				last = s.seen.see(t, "a contact", d.send(t, one, nil))
				return last
			}); ok {
				reached++
				d = g
				if op.changes() {
					s.wrote.see(t, op, contactRole, last)
				} else {
					s.shown.see(t, op, contactRole, last)
				}
			}
		}
		for place := range candidates {
			foreign := slices.Concat(seenTwo.candidates(3, f.names(op, place, s.keysOf(d))...), s.mine.candidates(3, f.names(op, place, s.keysOf(d))...), s.theirs.candidates(2, f.names(op, place, s.keysOf(d))...))
			for _, k := range foreign {
				if seenOne.keys()[k] || !id.Valid(k) {
					continue
				}
				unknown := id.New()
				got := s.seen.see(t, "a contact", d.with(place, k).send(t, one, nil))
				want := s.seen.see(t, "a contact", d.with(place, unknown).send(t, one, nil))
				if how := same(got, want, k, unknown); how != "" {
					t.Errorf("%s: what is not this client's differs from nothing in its %s\n%s\n%s", place, how, got, want)
				}
			}
		}
	}
	if reached < 6 {
		t.Errorf("a contact succeeded with %d operations only", reached)
	}
}

// contacts are people of two clients that have something to see.
func (s *sweep) contacts(t *testing.T) (one, two *apptest.Client) {
	t.Helper()
	schema := s.schemaOf(t, s.a)
	rows, err := s.db.Query(t.Context(), `SELECT min(c.id::text) FROM `+schema+`.contacts c
		JOIN `+schema+`.invoices i ON i.client_id = c.client_id AND i.number IS NOT NULL WHERE c.archived_at IS NULL
		GROUP BY c.client_id ORDER BY count(*) DESC LIMIT 2`)
	must(t, err)
	var ids []string
	for rows.Next() {
		var k string
		must(t, rows.Scan(&k))
		ids = append(ids, k)
	}
	must(t, rows.Err())
	if len(ids) < 2 {
		t.Fatal("fewer than two clients have invoices to see")
	}
	return s.contactOf(t, ids[0]), s.contactOf(t, ids[1])
}
