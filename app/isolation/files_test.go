package isolation

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/id"
	"github.com/bureauhq/bureau/modules/identity"
)

// TestFileKeys: who knows the key of another agency's file gets no nearer to it than who makes one up. An address
// opens the one file that it was made for.
func TestFileKeys(t *testing.T) {
	t.Parallel()
	store := apptest.Files(t)
	a, b := apptest.New(t), apptest.New(t)
	put := func(env *apptest.Env, content string) string {
		key := file.Key(env.Agency.ID, "receipts", id.New()+".png")
		must(t, store.Put(t.Context(), key, "image/png", strings.NewReader(content), int64(len(content))))
		return key
	}
	ours, theirs, unknown := put(a, "our picture"), put(b, canary+"file"), file.Key(b.Agency.ID, "receipts", id.New()+".png")

	address, err := store.URL(t.Context(), ours, time.Minute, "")
	must(t, err)
	u, err := url.Parse(address)
	must(t, err)
	at := func(host, path string) *apptest.Reply {
		anybody := a.Nobody()
		anybody.Host = host
		return anybody.GET(t, path+"?"+u.RawQuery)
	}
	if r := at(u.Host, u.Path); r.Status != http.StatusOK || string(r.Body) != "our picture" {
		t.Fatalf("our own file: %s", r)
	}
	for _, host := range []string{a.Nobody().Host, b.Nobody().Host} {
		if r := at(host, u.Path); r.Status < 400 {
			t.Errorf("at %s: %s", host, r)
		}
	}
	base := strings.TrimSuffix(u.Path, ours)
	for _, way := range []func(string) string{
		func(key string) string { return key },
		func(key string) string { return ours + "/../../../" + key },
		func(key string) string { return ours + "%2f..%2f..%2f..%2f" + key },
		func(key string) string { return strings.ReplaceAll(key, "/", "%2f") },
		func(key string) string { return ours + "%00" + key },
	} {
		got, want := at(u.Host, base+way(theirs)), at(u.Host, base+way(unknown))
		if how := same(got, want, theirs, unknown); how != "" || got.Status < 400 || strings.Contains(string(got.Body), canary) {
			t.Errorf("%s differs from a file of nobody in its %s\n%s\n%s", way("KEY"), how, got, want)
		}
	}

	// No operation takes it for something of ours either.
	boss, tried := person(t, a, identity.Owner), 0
	for _, op := range document(t) {
		if op.changes() || !strings.Contains(op.path, "{") {
			continue
		}
		d, candidates := newDrafter(t, newPools()).draft(op)
		for place := range candidates {
			tried++
			got, want := d.with(place, theirs).send(t, boss, nil), d.with(place, unknown).send(t, boss, nil)
			if how := same(got, want, theirs, unknown); how != "" || got.Status < 400 {
				t.Errorf("%s %s: the key of another agency's file differs from one of nobody in its %s\n%s\n%s", op.id, place, how, got, want)
			}
		}
	}
	if tried < 20 {
		t.Errorf("only %d places were tried", tried)
	}
}
