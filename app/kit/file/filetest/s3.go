// Package filetest starts a real S3 server for tests. The server is built once from
// tools/s3, whose go.sum pins it, and kept in the user's cache.
package filetest

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bureauhq/bureau/app/kit/file"
)

// NewS3 starts a server with an empty bucket; both are gone when the test ends.
// A server that cannot be built or started fails the test.
func NewS3(t testing.TB) file.S3Config {
	t.Helper()
	binary, err := build(t.Context())
	if err != nil {
		t.Fatalf("the S3 server: %v", err)
	}
	dir := t.TempDir()
	address := freeAddress(t)
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
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary, "--port", address, "--health", "/healthz", "posix", "--sidecar", sidecar, files)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+c.AccessKey, "ROOT_SECRET_KEY="+c.SecretKey)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.SysProcAttr = dieWithParent()
	if err := cmd.Start(); err != nil {
		stop()
		t.Fatalf("start the S3 server: %v", err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() { stop(); <-ended })
	if err := ready(c.Endpoint+"/healthz", ended); err != nil {
		stop()
		<-ended
		t.Fatalf("the S3 server: %v\n%s", err, output.String())
	}
	s, err := file.NewS3(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.EnsureBucket(t.Context()); err != nil {
		t.Fatalf("make the bucket: %v", err)
	}
	return c
}

func ready(url string, ended <-chan struct{}) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(30 * time.Second)
	for {
		select {
		case <-ended:
			return errors.New("it ended at once")
		case <-deadline:
			return errors.New("it did not answer within 30 s")
		case <-tick.C:
			if r, err := http.Get(url); err == nil {
				_ = r.Body.Close()
				if r.StatusCode == http.StatusOK {
					return nil
				}
			}
		}
	}
}

// build returns the server's binary, making it first when this go.sum has none yet.
// Packages test side by side, so a lock lets one build and the others wait.
func build(ctx context.Context) (string, error) {
	source, err := sourceDir()
	if err != nil {
		return "", err
	}
	var pinned []byte
	for _, name := range []string{"go.mod", "go.sum"} {
		b, err := os.ReadFile(filepath.Join(source, name))
		if err != nil {
			return "", err
		}
		pinned = append(pinned, b...)
	}
	sum := sha256.Sum256(pinned)
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "bureau", "tools")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "versitygw-"+hex.EncodeToString(sum[:8]))
	lock, err := os.OpenFile(binary+".lock", os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return "", err
	}
	defer func() { _ = lock.Close() }()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return "", fmt.Errorf("wait for another build: %w", err)
	}
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary+".new", "github.com/versity/versitygw/cmd/versitygw")
	cmd.Dir = source
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build it in %s: %w\n%s", source, err, out)
	}
	return binary, os.Rename(binary+".new", binary)
}

// sourceDir finds tools/s3 above the package under test.
func sourceDir() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		b, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(b), "module github.com/bureauhq/bureau\n") {
			return filepath.Join(dir, "tools", "s3"), nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("the repository's go.mod is not above the test")
		}
		dir = parent
	}
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
