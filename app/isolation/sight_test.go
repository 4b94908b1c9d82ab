package isolation

import (
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
	type eye struct {
		name string
		c    *apptest.Client
		has  func(string) bool
		role string
	}
	var eyes []eye
	for _, role := range staffRoles {
		eyes = append(eyes, eye{role, person(t, s.a, role), func(p string) bool { return slices.Contains(strings.Fields(s.rules.Permissions[p]), role) }, role})
	}
	modules := map[string]bool{}
	for p := range s.rules.Permissions {
		module, _, _ := strings.Cut(p, ".")
		modules[module] = true
	}
	for module := range modules {
		if module == "portal" {
			continue
		}
		eyes = append(eyes, eye{"a token for " + module, s.a.Fresh(t, identity.Owner, module+".*"), func(p string) bool { return strings.HasPrefix(p, module+".") }, ""})
	}
	shown := map[string]bool{}
	for _, op := range s.ops {
		d, ok := s.good[op.id]
		if !ok || op.changes() {
			continue
		}
		for _, e := range eyes {
			r := s.seen.see(t, e.name, d.send(t, e.c, nil))
			if r.Status != http.StatusOK {
				continue
			}
			if e.role != "" {
				s.shown.see(t, op, e.role, r)
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
				if slices.ContainsFunc(strings.Fields(needs), e.has) {
					shown[field] = true
				} else {
					t.Errorf("%s sees %s: %s", e.name, field, r)
				}
			}
		}
	}
	for _, field := range []string{"money", "rate", "amount", "amounts", "unit_price", "*"} {
		if !shown[field] {
			t.Errorf("nobody was shown %s: hiding it proves nothing", field)
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
	s.harvest(t, one, seenOne)
	s.harvest(t, two, seenTwo)
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
			if g, ok := f.reach(op, func(d draft) *apptest.Reply { return s.seen.see(t, "a contact", d.send(t, one, nil)) }); ok {
				reached++
				d = g
				if !op.changes() {
					s.shown.see(t, op, contactRole, d.send(t, one, nil))
				}
			}
		}
		for place := range candidates {
			foreign := slices.Concat(seenTwo.find(3, f.names(op, place, s.keysOf(d))...), s.mine.find(3, f.names(op, place, s.keysOf(d))...), s.theirs.find(2, f.names(op, place, s.keysOf(d))...))
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
