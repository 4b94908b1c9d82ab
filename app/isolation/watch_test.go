package isolation

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/apptest"
)

// watch looks at every answer, and in the end at all else that leaves the
// agency: the log, letters, jobs and files.
type watch struct {
	mu     sync.Mutex
	denied map[string]string // calls that were refused, by request
	calls  int
}

func newWatch() *watch { return &watch{denied: map[string]string{}} }

// see checks what holds for every answer to anybody, whatever was asked.
func (w *watch) see(t *testing.T, who string, r *apptest.Reply) *apptest.Reply {
	t.Helper()
	if strings.Contains(string(r.Body), canary) {
		t.Fatalf("%s sees the other agency: %s", who, r)
	}
	for name, values := range r.Header {
		if strings.Contains(strings.Join(values, " "), canary) {
			t.Fatalf("%s sees the other agency in %s: %s", who, name, r)
		}
	}
	if r.Status >= 500 {
		t.Errorf("%s: fails: %s", who, r)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls++
	if r.Status == http.StatusForbidden || r.Status == http.StatusNotFound && who != nobody {
		w.denied[r.Header.Get("X-Request-Id")] = who + ": " + r.String()
	}
	return r
}

var deniedRecord = regexp.MustCompile(`event=authz_denied .*request_id=([0-9a-f-]+)`)

// checkLog holds the log to its two promises: a refusal is written down once,
// and no customer's text is in it.
func (w *watch) checkLog(t *testing.T, log string) {
	t.Helper()
	if i := strings.Index(log, canary); i >= 0 {
		t.Errorf("the log shows the other agency: …%s…", log[max(0, i-300):min(len(log), i+100)])
	}
	records := map[string]int{}
	for _, m := range deniedRecord.FindAllStringSubmatch(log, -1) {
		records[m[1]]++
	}
	if len(w.denied) < 500 {
		t.Errorf("only %d calls were refused", len(w.denied))
	}
	wrong := 0
	for request, call := range w.denied {
		if n := records[request]; n != 1 {
			if wrong++; wrong <= 5 {
				t.Errorf("%d records of the refused call of %s, want 1", n, call)
			}
		}
	}
}

// mark is how much there was of all that before the sweep: of earlier agencies, and the other one's own.
type mark struct {
	letters int
	job     int64
	files   map[string]bool
}

func newMark(t *testing.T, env *apptest.Env) (m mark) {
	t.Helper()
	m.letters, m.files = len(env.Mails.All()), map[string]bool{}
	must(t, env.App.Control.Pool().QueryRow(t.Context(), `SELECT coalesce(max(id), 0) FROM queue.river_job`).Scan(&m.job))
	eachFile(t, env, func(name string) { m.files[name] = true })
	return m
}

// checkLetters, checkJobs and checkFiles look for the canary where it would leave unseen.
func (m mark) checkLetters(t *testing.T, env *apptest.Env) {
	t.Helper()
	for _, letter := range env.Mails.All()[m.letters:] {
		raw, err := json.Marshal(letter)
		must(t, err)
		if strings.Contains(string(raw), canary) {
			t.Errorf("a letter shows the other agency: %s", letter.Subject)
		}
	}
}

func (m mark) checkJobs(t *testing.T, env, other *apptest.Env) {
	t.Helper()
	rows, err := env.App.Control.Pool().Query(t.Context(), `SELECT kind, args::text || coalesce(metadata::text, '') || coalesce(errors::text, '') FROM queue.river_job
		WHERE id > $2 AND metadata ->> 'agency' IS DISTINCT FROM $1`, other.Agency.ID, m.job)
	must(t, err)
	jobs, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Kind, Text string }])
	must(t, err)
	if len(jobs) < 20 {
		t.Errorf("only %d jobs were found", len(jobs))
	}
	for _, j := range jobs {
		if strings.Contains(j.Text, canary) || strings.Contains(j.Text, other.Agency.ID) {
			t.Errorf("the job %s carries the other agency: %s", j.Kind, j.Text)
		}
	}
	// A job that came to the wrong agency does not find its records there.
	rows, err = env.App.Control.Pool().Query(t.Context(), `SELECT kind, coalesce(errors::text, '') FROM queue.river_job
		WHERE metadata ->> 'agency' = $1 AND cardinality(coalesce(errors, '{}')) > 0`, env.Agency.ID)
	must(t, err)
	failed, err := pgx.CollectRows(rows, pgx.RowToStructByPos[struct{ Kind, Text string }])
	must(t, err)
	for _, j := range failed {
		t.Errorf("the job %s failed: %s", j.Kind, j.Text)
	}
}

// checkFiles: every file lies below the key of an agency.
func (m mark) checkFiles(t *testing.T, envs ...*apptest.Env) {
	t.Helper()
	agencies := map[string]bool{}
	for _, e := range envs {
		agencies[e.Agency.ID] = true
	}
	found := 0
	eachFile(t, envs[0], func(name string) {
		if m.files[name] {
			return
		}
		found++
		agency, _, _ := strings.Cut(name, string(filepath.Separator))
		if !agencies[agency] {
			t.Errorf("the file %s belongs to no agency", name)
		}
		raw, err := os.ReadFile(filepath.Join(envs[0].Files, "data", name))
		if err == nil && agency != envs[1].Agency.ID && strings.Contains(string(raw), canary) {
			t.Errorf("the file %s shows the other agency", name)
		}
	})
	if found == 0 {
		t.Error("no file was written")
	}
}

// eachFile calls fn with the name of every file that is kept.
func eachFile(t *testing.T, env *apptest.Env, fn func(name string)) {
	t.Helper()
	root := filepath.Join(env.Files, "data")
	must(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // nothing was kept yet, or it has just been thrown away
		}
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		fn(name)
		return err
	}))
}

var volatile = regexp.MustCompile(`"request_id":"[^"]*"`)

// same tells how two answers differ besides the name of the call and the key that was asked for.
func same(a, b *apptest.Reply, keyA, keyB string) string {
	plain := func(r *apptest.Reply, k string) string {
		return volatile.ReplaceAllString(strings.ReplaceAll(string(r.Body), k, "KEY"), "")
	}
	if a.Status != b.Status {
		return "status"
	}
	if plain(a, keyA) != plain(b, keyB) {
		return "body"
	}
	for _, h := range [][2]http.Header{{a.Header, b.Header}, {b.Header, a.Header}} {
		for name := range h[0] {
			if name != "Date" && name != "X-Request-Id" && h[0].Get(name) != h[1].Get(name) {
				return "header " + name
			}
		}
	}
	return ""
}
