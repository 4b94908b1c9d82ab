package app_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/apptest"
	"github.com/bureauhq/bureau/app/kit/id"
)

// badWorld is an agency with one record of each kind, and another agency whose records it must not find.
type badWorld struct {
	env                                           *apptest.Env
	owner                                         *apptest.Client
	client, project, task, card, invoice, foreign string
	foreignClient, foreignMember, foreignPosition string
	member                                        string
}

func newBadWorld(t *testing.T) badWorld {
	t.Helper()
	w := badWorld{env: apptest.New(t)}
	w.owner = w.env.As(t, "owner")
	w.member = w.owner.Member.ID
	made := func(c *apptest.Client, path string, body map[string]any) string {
		t.Helper()
		var r struct{ ID string }
		c.POST(t, path, body).Expect(t, http.StatusCreated).JSON(t, &r)
		return r.ID
	}
	w.client = made(w.owner, "/api/v1/clients", map[string]any{"name": "Acme"})
	w.project = made(w.owner, "/api/v1/projects", map[string]any{"client_id": w.client, "name": "Website"})
	w.task = made(w.owner, "/api/v1/tasks", map[string]any{"project_id": w.project, "name": "Build"})
	w.card = made(w.owner, "/api/v1/rate-cards", map[string]any{"name": "Standard", "level": "agency"})
	made(w.owner, "/api/v1/rate-cards/"+w.card+"/rates", map[string]any{"kind": "member", "target_id": w.member, "per_hour": "90", "valid_from": "2026-01-01", "valid_to": "2026-06-01"})
	w.invoice = made(w.owner, "/api/v1/invoices", map[string]any{"client_id": w.client})

	other := apptest.New(t)
	them := other.As(t, "owner")
	w.foreignMember = them.Member.ID
	w.foreignClient = made(them, "/api/v1/clients", map[string]any{"name": "Theirs"})
	w.foreign = made(them, "/api/v1/projects", map[string]any{"client_id": w.foreignClient, "name": "Their site"})
	w.foreignPosition = made(them, "/api/v1/positions", map[string]any{"name": "Developer"})
	return w
}

// held counts what the agency has, the audit log included: a refused call must leave all of it as it was.
func (w badWorld) held(t *testing.T) map[string]int {
	t.Helper()
	out := map[string]int{}
	for _, path := range []string{
		"/api/v1/clients?state=all", "/api/v1/contacts?state=all", "/api/v1/projects", "/api/v1/tasks", "/api/v1/time-entries", "/api/v1/timesheets", "/api/v1/rate-cards",
		"/api/v1/services", "/api/v1/invoices", "/api/v1/payments", "/api/v1/invitations", "/api/v1/audit-events", "/api/v1/positions",
	} {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		if strings.HasSuffix(path, "positions") { // has no pages
			path, sep = path+"?archived=true", "&"
		}
		var list struct{ Items []any }
		w.owner.GET(t, path+sep+"limit=200").Expect(t, http.StatusOK).JSON(t, &list)
		out[path] = len(list.Items)
	}
	return out
}

// Bad input is refused with a code and the path of the field, and nothing of it stays behind.
func TestBadInputIsRefusedAndLeavesNothing(t *testing.T) {
	t.Parallel()
	w := newBadWorld(t)
	before := w.held(t)
	long := strings.Repeat("x", 30_000)
	entry := func(more map[string]any) map[string]any {
		out := map[string]any{"project_id": w.project, "day": "2026-03-02", "seconds": 3600}
		maps.Copy(out, more)
		return out
	}
	span := func(from, to string) map[string]any {
		return map[string]any{"project_id": w.project, "started_at": from, "ended_at": to, "zone": "Europe/Berlin"}
	}
	rate := func(more map[string]any) map[string]any {
		out := map[string]any{"kind": "member", "target_id": w.member, "per_hour": "1", "valid_from": "2026-07-01"}
		maps.Copy(out, more)
		return out
	}
	const clients, projects, tasks, entries, invoices = "/api/v1/clients", "/api/v1/projects", "/api/v1/tasks", "/api/v1/time-entries", "/api/v1/invoices"
	rates := "/api/v1/rate-cards/" + w.card + "/rates"
	const invalid = http.StatusUnprocessableEntity
	for name, c := range map[string]struct {
		path   string
		body   any
		status int
		field  string
	}{
		"unknown field of a client":   {clients, map[string]any{"name": "A", "colour_of_door": "red"}, invalid, "body.colour_of_door"},
		"unknown field of a task":     {tasks, map[string]any{"project_id": w.project, "name": "A", "owner": "me"}, invalid, "body.owner"},
		"unknown field of an entry":   {entries, entry(map[string]any{"hours": 2}), invalid, "body.hours"},
		"unknown field of an invoice": {invoices, map[string]any{"client_id": w.client, "number": "X-1"}, invalid, "body.number"},

		"a number for a name":     {clients, map[string]any{"name": 7}, invalid, "body.name"},
		"a text for seconds":      {entries, entry(map[string]any{"seconds": "an hour"}), invalid, "body.seconds"},
		"a text for a truth":      {entries, entry(map[string]any{"billable": "yes"}), invalid, "body.billable"},
		"an object for a rate":    {rates, rate(map[string]any{"per_hour": map[string]any{}}), invalid, "body.per_hour"},
		"a text for a list":       {tasks, map[string]any{"project_id": w.project, "name": "A", "tags": "one"}, invalid, "body.tags"},
		"a half second":           {entries, entry(map[string]any{"seconds": 1.5}), invalid, "body.seconds"},
		"more seconds than fit":   {entries, `{"project_id":"` + w.project + `","day":"2026-03-02","seconds":99999999999999999999}`, invalid, "body.seconds"},
		"a word for a day":        {entries, entry(map[string]any{"day": "today"}), invalid, "body.day"},
		"a day that never was":    {entries, entry(map[string]any{"day": "2026-02-30"}), invalid, "body.day"},
		"a list for a whole body": {clients, []string{"A"}, invalid, "body"},

		"an over-long client":   {clients, map[string]any{"name": long}, invalid, "body.name"},
		"an over-long project":  {projects, map[string]any{"client_id": w.client, "name": long}, invalid, "body.name"},
		"an over-long task":     {tasks, map[string]any{"project_id": w.project, "name": "A", "description": long}, invalid, "body.description"},
		"an over-long note":     {entries, entry(map[string]any{"note": long}), invalid, "body.note"},
		"an over-long service":  {"/api/v1/services", map[string]any{"name": long}, invalid, "body.name"},
		"an over-long position": {"/api/v1/positions", map[string]any{"name": long}, invalid, "body.name"},

		"a foreign client of a project":  {projects, map[string]any{"client_id": w.foreignClient, "name": "A"}, invalid, "body.client_id"},
		"a foreign project of a task":    {tasks, map[string]any{"project_id": w.foreign, "name": "A"}, invalid, "body.project_id"},
		"a foreign assignee":             {tasks, map[string]any{"project_id": w.project, "name": "A", "assignee_id": w.foreignMember}, invalid, "body.assignee_id"},
		"a foreign service of a task":    {tasks, map[string]any{"project_id": w.project, "name": "A", "service_id": id.New()}, invalid, "body.service_id"},
		"a foreign project of an entry":  {entries, entry(map[string]any{"project_id": w.foreign}), invalid, "body.project_id"},
		"a foreign member of an entry":   {entries, entry(map[string]any{"member_id": w.foreignMember}), invalid, "body.member_id"},
		"a foreign service of an entry":  {entries, entry(map[string]any{"service_id": id.New()}), invalid, "body.service_id"},
		"a foreign task of an entry":     {entries, entry(map[string]any{"task_id": id.New()}), invalid, "body.task_id"},
		"a foreign client of an invoice": {invoices, map[string]any{"client_id": w.foreignClient}, invalid, "body.client_id"},
		"a foreign client of a card":     {"/api/v1/rate-cards", map[string]any{"name": "A", "level": "client", "client_id": w.foreignClient}, invalid, "body.client_id"},
		"a foreign project of a card":    {"/api/v1/rate-cards", map[string]any{"name": "A", "level": "project", "project_id": w.foreign}, invalid, "body.project_id"},
		"a foreign person of a rate":     {rates, rate(map[string]any{"target_id": w.foreignMember}), invalid, "body.target_id"},
		"a foreign position of a rate":   {rates, rate(map[string]any{"kind": "position", "target_id": w.foreignPosition}), invalid, "body.target_id"},
		"a foreign service of a rate":    {rates, rate(map[string]any{"kind": "service", "target_id": id.New()}), invalid, "body.target_id"},
		"an id that is none":             {projects, map[string]any{"client_id": "acme", "name": "A"}, invalid, "body.client_id"},

		"negative hours":        {entries, entry(map[string]any{"seconds": -3600}), invalid, "body.seconds"},
		"no hours":              {entries, entry(map[string]any{"seconds": 0}), invalid, "body.seconds"},
		"a 25-hour day":         {entries, entry(map[string]any{"seconds": 25 * 3600}), invalid, "body.seconds"},
		"a negative estimate":   {tasks, map[string]any{"project_id": w.project, "name": "A", "estimate_seconds": -60}, invalid, "body.estimate_seconds"},
		"an end before a start": {entries, span("2026-03-02T10:00:00Z", "2026-03-02T09:00:00Z"), invalid, "body.ended_at"},
		"an end at the start":   {entries, span("2026-03-02T10:00:00Z", "2026-03-02T10:00:00Z"), invalid, "body.ended_at"},
		"due before the start":  {tasks, map[string]any{"project_id": w.project, "name": "A", "starts_on": "2026-03-02", "due_on": "2026-03-01"}, invalid, "body.due_on"},
		"the year 9999":         {entries, entry(map[string]any{"day": "9999-12-31"}), invalid, "body.day"},
		"a start in 9999":       {entries, span("9999-03-02T09:00:00Z", "9999-03-02T10:00:00Z"), invalid, "body.started_at"},
		"a task due in 9999":    {tasks, map[string]any{"project_id": w.project, "name": "A", "due_on": "9999-12-31"}, invalid, "body.due_on"},
		"a rate of 9999":        {rates, rate(map[string]any{"valid_from": "9999-01-01"}), invalid, "body.valid_from"},

		"a rate inside another":    {rates, rate(map[string]any{"valid_from": "2026-02-01", "valid_to": "2026-03-01"}), http.StatusConflict, "body.valid_from"},
		"a rate on the same day":   {rates, rate(map[string]any{"valid_from": "2026-01-01"}), http.StatusConflict, "body.valid_from"},
		"a rate into the next":     {rates, rate(map[string]any{"valid_from": "2025-12-01", "valid_to": "2026-02-01"}), http.StatusConflict, "body.valid_to"},
		"a rate that ends first":   {rates, rate(map[string]any{"valid_to": "2026-06-01"}), invalid, "body.valid_to"},
		"a negative rate":          {rates, rate(map[string]any{"per_hour": "-1"}), invalid, "body.per_hour"},
		"an invoice without lines": {invoices + "/" + w.invoice + "/issue", nil, invalid, "body.lines"},
		"a payment of nothing":     {"/api/v1/payments", map[string]any{"client_id": w.client, "amount": map[string]any{"amount": "0.00", "currency": "EUR"}, "received_on": "2026-03-02", "keep_credit": true}, invalid, "body.amount"},
	} {
		r := w.owner.POST(t, c.path, c.body)
		if r.Status != c.status {
			t.Errorf("%s: %s", name, r)
			continue
		}
		var p struct {
			Code   string
			Errors []struct{ Location, Message string }
		}
		r.JSON(t, &p)
		if p.Code == "" || !slices.ContainsFunc(p.Errors, func(e struct{ Location, Message string }) bool { return e.Location == c.field && e.Message != "" }) {
			t.Errorf("%s: %s is not named: %s", name, c.field, r.Body)
		}
		if strings.Contains(string(r.Body), "xxxxxxxxxx") || strings.Contains(string(r.Body), "Go struct") {
			t.Errorf("%s: the answer repeats what was sent", name)
		}
	}
	if after := w.held(t); !maps.Equal(before, after) {
		t.Errorf("something was left behind:\n before %v\n after  %v", before, after)
	}
}

func TestStaleVersionsAndUsedKeysChangeNothing(t *testing.T) {
	t.Parallel()
	w := newBadWorld(t)
	before := w.held(t)
	for _, path := range []string{"/api/v1/clients/" + w.client, "/api/v1/projects/" + w.project, "/api/v1/tasks/" + w.task, "/api/v1/rate-cards/" + w.card} {
		w.owner.PATCH(t, path, `"99"`, map[string]any{"name": "Other"}).Refused(t, http.StatusPreconditionFailed, "request.stale")
		w.owner.Do(t, http.MethodPatch, path, map[string]any{"name": "Other"}).Refused(t, http.StatusPreconditionRequired, "request.version_required")
		w.owner.PATCH(t, path, "yesterday's", map[string]any{"name": "Other"}).Refused(t, http.StatusPreconditionFailed, "request.stale")
	}
	w.owner.PATCH(t, "/api/v1/invoices/"+w.invoice, `"99"`, map[string]any{"note": "x"}).Refused(t, http.StatusPreconditionFailed, "request.stale")
	if after := w.held(t); !maps.Equal(before, after) {
		t.Errorf("something was left behind:\n before %v\n after  %v", before, after)
	}
	keyed := w.owner.With("Idempotency-Key", "the-same-key-"+id.New())
	keyed.POST(t, "/api/v1/clients", map[string]any{"name": "Once"}).Expect(t, http.StatusCreated)
	once := w.held(t)
	keyed.POST(t, "/api/v1/clients", map[string]any{"name": "Another body"}).Refused(t, http.StatusConflict, "request.idempotency_key_reused")
	keyed.POST(t, "/api/v1/clients", map[string]any{"name": "Once"}).Expect(t, http.StatusCreated)
	if after := w.held(t); !maps.Equal(once, after) {
		t.Errorf("a used key left something behind:\n before %v\n after  %v", once, after)
	}
}

// An id of another agency is not there: the two cannot be told apart.
func TestForeignIDsAreNotFound(t *testing.T) {
	t.Parallel()
	w := newBadWorld(t)
	for _, path := range []string{"/api/v1/clients/" + w.foreignClient, "/api/v1/projects/" + w.foreign, "/api/v1/members/" + w.foreignMember} {
		foreign := w.owner.GET(t, path)
		nobody := w.owner.GET(t, path[:strings.LastIndex(path, "/")+1]+id.New())
		if foreign.Status != http.StatusNotFound || nobody.Status != http.StatusNotFound {
			t.Errorf("%s: %d, and %d for an id of nobody", path, foreign.Status, nobody.Status)
		}
	}
	for _, q := range []string{"client_id=" + w.foreignClient, "project_id=" + w.foreign, "service_id=" + id.New(), "task_id=" + id.New()} {
		field, _, _ := strings.Cut(q, "=")
		w.owner.GET(t, "/api/v1/rates/resolve?day=2026-03-02&member_id="+w.member+"&"+q).Refused(t, http.StatusUnprocessableEntity, "rates.bad_question", "query."+field)
	}
	w.owner.GET(t, "/api/v1/rates/resolve?day=2026-03-02&member_id="+w.foreignMember).Refused(t, http.StatusUnprocessableEntity, "rates.bad_question", "query.member_id")
}

func TestASlugOf64LettersIsRefused(t *testing.T) {
	t.Parallel()
	site := apptest.New(t).Nobody()
	site.Host = apptest.Domain
	var v struct{ Status string }
	slug := strings.Repeat("a", 64)
	if site.GET(t, "/api/v1/slugs/"+slug).Expect(t, http.StatusOK).JSON(t, &v); v.Status != "malformed" {
		t.Errorf("the live check says %q", v.Status)
	}
	form := site.With("Origin", "http://"+apptest.Domain).With("X-Bureau-Csrf", "1")
	form.POST(t, "/api/v1/sign-ups", map[string]any{"agency_name": "Acme", "slug": slug}).Refused(t, http.StatusUnprocessableEntity, "", "body.slug")
}
