package app

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bureauhq/bureau/app/kit/file"
)

// doctor names the store that does not answer: here the bucket of the backups was never made.
func TestCheckStoresNamesTheOneThatIsAway(t *testing.T) {
	t.Parallel()
	var asked string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Path
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte(`<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist.</Message></Error>`))
	}))
	defer server.Close()
	folder, err := file.NewFolder(file.FolderConfig{Dir: t.TempDir(), BaseURL: server.URL, Secret: []byte(strings.Repeat("s", 32))})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = folder.Close() }()
	a := &App{cfg: Config{Files: folder}}
	if err := a.CheckStores(t.Context()); err != nil {
		t.Fatalf("a folder that is there, and no backups: %v", err)
	}
	if a.cfg.Backups.Store, err = file.NewS3(file.S3Config{Endpoint: server.URL, Bucket: "archives", AccessKey: "key", SecretKey: "secret", PathStyle: true}); err != nil {
		t.Fatal(err)
	}
	err = a.CheckStores(t.Context())
	if err == nil || !strings.Contains(err.Error(), "store of backups") || !strings.Contains(err.Error(), "does not exist") || strings.Contains(err.Error(), "store of files") {
		t.Errorf("%v", err)
	}
	if !strings.HasPrefix(asked, "/archives") {
		t.Errorf("it asked for %q", asked)
	}
}
