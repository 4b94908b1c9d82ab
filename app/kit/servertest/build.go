// Package servertest builds and starts real servers that tests talk to. Each has a module of its own below tools/,
// whose go.sum pins it; what is built from it is kept in the user's cache.
package servertest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"syscall"
)

// Build returns the binary of pkg from the module tools/<module>, making it first when these sums have none yet.
// Packages test side by side, so a lock lets one build and the others wait.
func Build(ctx context.Context, module, pkg string) (string, error) {
	source, err := Source(module)
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
	binary := filepath.Join(dir, path.Base(pkg)+"-"+hex.EncodeToString(sum[:8]))
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
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary+".new", pkg)
	cmd.Dir = source
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build it in %s: %w\n%s", source, err, out)
	}
	return binary, os.Rename(binary+".new", binary)
}

// Source finds tools/<module> above the package under test.
func Source(module string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		b, err := os.ReadFile(filepath.Join(dir, "go.mod"))
		if err == nil && strings.HasPrefix(string(b), "module github.com/bureauhq/bureau\n") {
			return filepath.Join(dir, "tools", module), nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("the repository's go.mod is not above the test")
		}
		dir = parent
	}
}
