package isolation

import (
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/modules/identity"
)

// TestSweep walks every operation of the API with everybody, with all keys
// that are not theirs, while another agency full of canaries stands beside.
func TestSweep(t *testing.T) {
	w, seen := newWorld(t), newWatch()
	quiet(t, w.b)
	w.plant(t, w.b)
	w.archive(t, w.b)
	s := &sweep{world: w, seen: seen, boss: w.boss, f: newDrafter(t, w.mine), good: map[string]draft{}, audits: map[string][]int{}, shown: shown{}, wrote: shown{}, opened: map[string]bool{}}
	before := w.checksums(t, w.a)
	w.since.letters = len(w.b.Mails.All()) // its owners were told of the operator's look

	step := func(name string, fn func(*testing.T)) {
		t.Run(name, func(t *testing.T) {
			s.f.t = t
			fn(t)
		})
	}
	step("contacts of two clients", s.portal)
	step("keys of others", s.reachAll)
	step("children of others", s.children)
	step("lists with others", s.bulk)
	step("audit entries", s.audit)
	step("money", s.money)
	step("fields", s.golden)
	step("other people's time", s.ownOnly)
	step("how long it takes", s.times)

	quiet(t, w.a)
	for table, sum := range w.checksums(t, w.a) {
		if before[table] != sum {
			t.Errorf("%s of another agency was changed", table)
		}
	}
	step("actors", func(t *testing.T) { t.Helper(); s.theActors(t, seen) })
	quiet(t, w.a)
	seen.checkLog(t, w.a.Logs.Text())
	w.since.checkLetters(t, w.a)
	w.since.checkJobs(t, w.a, w.b)
	w.since.checkFiles(t, w.a, w.b)
	t.Logf("note: %d calls of %d operations, %d places with keys of archived records", seen.calls, len(w.ops), s.old)
	if s.old < 20 {
		t.Errorf("archived records of the other agency were asked for in %d places only", s.old)
	}
}

// TestSuspended: nobody gets into an agency that is suspended.
func TestSuspended(t *testing.T) {
	t.Parallel()
	env := apptest.New(t)
	all := []*apptest.Client{env.Nobody(), env.Fresh(t, identity.Owner, "*"), person(t, env, identity.Owner), env.Contact(t, env.Agency.ID, env.Agency.ID)}
	must(t, env.App.Provisioner.Suspend(t.Context(), env.Agency.Slug))
	env.App.Registry.Forget(env.Agency.ID)
	for _, op := range document(t) {
		d, _ := newDrafter(t, newPools()).draft(op)
		for _, c := range all {
			d.once(t, c).Refused(t, 403, "tenancy.suspended")
		}
	}
}
