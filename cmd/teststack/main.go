// Command teststack runs another command beside a throw-away PostgreSQL, Ory Kratos and mail server:
//
//	go run ./cmd/teststack -- go test ./...
//
// The command finds them by environment variables that begin with BUREAU_TEST_. Nothing is left behind.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/bureauhq/bureau/app/devstack"
)

// domain is that of the sign-in pages in tests; its port is one that nobody listens on.
const domain = "bureau.localhost"

func main() {
	args := os.Args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: teststack -- COMMAND [ARGUMENT…]")
		os.Exit(2)
	}
	code, err := run(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "teststack:", err)
		os.Exit(1)
	}
	os.Exit(code)
}

func run(args []string) (code int, err error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	dir, err := os.MkdirTemp("", "bureau-test-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	// Postgres has another account when we are root, and must reach its directory.
	if err := os.Chmod(dir, 0o711); err != nil {
		return 0, err
	}
	port, err := unusedPort()
	if err != nil {
		return 0, err
	}
	stack, err := devstack.Start(ctx, devstack.Options{
		Data: filepath.Join(dir, "stack"), Domain: domain, Port: port, Throwaway: true,
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
		Say: func(s string) { fmt.Fprintln(os.Stderr, s) },
	})
	if err != nil {
		return 0, err
	}
	defer stack.Stop()

	mails, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	server := &http.Server{Handler: stack.MailHandler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(mails) }()
	defer func() { _ = server.Close() }()

	// What the command leaves in its temporary directory goes with ours.
	temp := filepath.Join(dir, "tmp")
	if err := os.Mkdir(temp, 0o711); err != nil {
		return 0, err
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	// The command's own clean-up runs first; the services are stopped after it.
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	cmd.Env = append(os.Environ(),
		"TMPDIR="+temp,
		"BUREAU_TEST_DATABASE_URL="+stack.DatabaseURL,
		"BUREAU_TEST_KRATOS_PUBLIC_URL="+stack.KratosPublicURL,
		"BUREAU_TEST_KRATOS_ADMIN_URL="+stack.KratosAdminURL,
		"BUREAU_TEST_KRATOS_COOKIE="+devstack.KratosCookie,
		"BUREAU_TEST_TOKEN_KEYS="+stack.TokenKeysFile,
		"BUREAU_TEST_ORIGIN=http://"+net.JoinHostPort(domain, strconv.Itoa(port)),
		"BUREAU_TEST_SMTP_ADDR="+stack.SMTPAddr,
		"BUREAU_TEST_MAIL_URL=http://"+mails.Addr().String()+"/dev/mail/api/messages",
	)
	err = cmd.Run()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		return max(failed.ExitCode(), 1), nil
	}
	return 0, err
}

func unusedPort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}
