package isolation

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/bureauhq/bureau/app/apptest"
)

// An export is made by a job, long after the call that asked for it: what is in
// the file has to be looked for there. Each of two agencies finds all of its own
// and nothing of the other, whoever was first.
func TestAnExportHoldsOneAgency(t *testing.T) {
	t.Parallel()
	marks := []string{"EXPORTED-ONE-", "EXPORTED-TWO-"}
	var files [][]byte
	for _, mark := range marks {
		env := apptest.New(t)
		boss := person(t, env, "owner")
		boss.POST(t, "/api/v1/clients", map[string]any{"name": mark + "client"}).Expect(t, http.StatusCreated)
		boss.POST(t, "/api/v1/exports", map[string]any{}).Expect(t, http.StatusCreated)
		files = append(files, exported(t, env, boss))
	}
	for i, file := range files {
		if !bytes.Contains(file, []byte(marks[i])) {
			t.Errorf("the export of agency %d misses its own client", i+1)
		}
		if bytes.Contains(file, []byte(marks[1-i])) {
			t.Errorf("the export of agency %d holds the other's client", i+1)
		}
	}
}

// exported waits for the agency's only export and unpacks it.
func exported(t *testing.T, env *apptest.Env, boss *apptest.Client) []byte {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var list struct{ Items []struct{ ID, State string } }
	for deadline := time.Now().Add(time.Minute); ; <-tick.C {
		boss.GET(t, "/api/v1/exports").Expect(t, http.StatusOK).JSON(t, &list)
		if list.Items[0].State == "ready" {
			break
		}
		if list.Items[0].State == "failed" || time.Now().After(deadline) {
			t.Fatalf("the export: %+v", list.Items[0])
		}
	}
	var link struct{ URL string }
	boss.POST(t, "/api/v1/exports/"+list.Items[0].ID+"/link", nil).Expect(t, http.StatusOK).JSON(t, &link)
	u, err := url.Parse(link.URL)
	must(t, err)
	anybody := env.Nobody()
	anybody.Host = u.Host
	z, err := zstd.NewReader(bytes.NewReader(anybody.GET(t, u.RequestURI()).Expect(t, http.StatusOK).Body))
	must(t, err)
	defer z.Close()
	plain, err := io.ReadAll(z)
	must(t, err)
	return plain
}
