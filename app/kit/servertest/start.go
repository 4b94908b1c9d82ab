package servertest

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"os/exec"
	"testing"
	"time"
)

// Start runs a server until the test ends. It is ready when the address answers with anything but a failure of its own.
// One that does not start fails the test.
func Start(t testing.TB, readyURL, binary string, env []string, args ...string) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append(cmd.Environ(), env...)
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	cmd.SysProcAttr = dieWithParent()
	if err := cmd.Start(); err != nil {
		stop()
		t.Fatalf("start %s: %v", binary, err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() { stop(); <-ended })
	if err := ready(readyURL, ended); err != nil {
		stop()
		<-ended
		t.Fatalf("%s: %v\n%s", binary, err, output.String())
	}
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
				if r.StatusCode < http.StatusInternalServerError {
					return nil
				}
			}
		}
	}
}

// FreeAddress is an address of this machine that nobody listens on.
func FreeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}
