// Package filetest starts a real S3 server for tests.
package filetest

import (
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"

	"github.com/bureauhq/bureau/app/kit/file"
	"github.com/bureauhq/bureau/app/kit/servertest"
)

// NewS3 starts a server with an empty bucket; both are gone when the test ends.
// A server that cannot be built or started fails the test.
func NewS3(t testing.TB) file.S3Config {
	t.Helper()
	binary, err := servertest.Build(t.Context(), "s3", "github.com/versity/versitygw/cmd/versitygw")
	if err != nil {
		t.Fatalf("the S3 server: %v", err)
	}
	dir := t.TempDir()
	address := servertest.FreeAddress(t)
	c := file.S3Config{
		Endpoint: "http://" + address, Region: "us-east-1", Bucket: "bureau", PathStyle: true,
		AccessKey: "test", SecretKey: rand.Text(),
	}
	// The sidecar keeps metadata beside the files: not every file system has extended attributes.
	files, sidecar := filepath.Join(dir, "files"), filepath.Join(dir, "sidecar")
	for _, d := range []string{files, sidecar} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	servertest.Start(t, c.Endpoint+"/healthz", binary, []string{"ROOT_ACCESS_KEY=" + c.AccessKey, "ROOT_SECRET_KEY=" + c.SecretKey},
		"--port", address, "--health", "/healthz", "posix", "--sidecar", sidecar, files)
	s, err := file.NewS3(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.EnsureBucket(t.Context()); err != nil {
		t.Fatalf("make the bucket: %v", err)
	}
	return c
}
