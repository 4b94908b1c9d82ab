// Command sabotage proves that the isolation tests see something: it builds
// them over each planted breach in turn and fails if they stay green.
//
// A breach is a file in the package it breaks, with the build tag
// sabotage_<name>, that declares functions of that package again, wrongly. In
// a build with the tag the right ones are cut out by an overlay; the sources
// are not touched, and the product has no seam for it.
//
// It needs the services of cmd/teststack.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const tests = "./app/isolation"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "sabotage:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("sabotage", flag.ContinueOnError)
	list := flags.Bool("list", false, "only list the breaches")
	only := flags.String("only", "", "names of breaches, with commas; all when empty")
	sound := flags.Bool("sound", true, "first see that the tests pass without a breach")
	if err := flags.Parse(args); err != nil {
		return err
	}
	all, err := breaches(".")
	if err != nil {
		return err
	}
	if *only != "" {
		names := strings.Split(*only, ",")
		all = slices.DeleteFunc(all, func(b breach) bool { return !slices.Contains(names, b.name) })
		if len(all) != len(names) {
			return fmt.Errorf("there are %d of the breaches %s", len(all), *only)
		}
	}
	if *list {
		for _, b := range all {
			_, _ = fmt.Fprintf(out, "%-22s %s\n", b.name, b.doc)
		}
		return nil
	}
	if len(all) == 0 {
		return errors.New("no breach was found")
	}
	dir, err := os.MkdirTemp("", "bureau-sabotage-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	if *sound {
		red, why, err := try(ctx, dir, breach{name: "none"})
		if err != nil || red {
			return errors.Join(fmt.Errorf("the tests fail without a breach, so that failing proves nothing: %s", why), err)
		}
	}
	var unseen []string
	for _, b := range all {
		began := time.Now()
		red, why, err := try(ctx, dir, b)
		switch {
		case err != nil:
			unseen = append(unseen, b.name)
			_, _ = fmt.Fprintf(out, "BROKEN  %-20s %v\n", b.name, err)
		case !red:
			unseen = append(unseen, b.name)
			_, _ = fmt.Fprintf(out, "UNSEEN  %-20s %s\n", b.name, b.doc)
		default:
			_, _ = fmt.Fprintf(out, "seen    %-20s %3.0f s  %s\n", b.name, time.Since(began).Seconds(), why)
		}
	}
	_, _ = fmt.Fprintf(out, "%d of %d breaches seen\n", len(all)-len(unseen), len(all))
	if len(unseen) > 0 {
		return fmt.Errorf("not seen: %s", strings.Join(unseen, ", "))
	}
	return nil
}

// try builds the tests with the breach and runs them. Tests that do not build
// or do not start have seen nothing.
func try(ctx context.Context, dir string, b breach) (red bool, why string, err error) {
	bin := filepath.Join(dir, b.name+".test")
	// The linter vets all that the tests stand on, and nobody debugs these.
	args := []string{"test", "-c", "-vet=off", "-ldflags=-s -w", "-o", bin}
	if len(b.files) > 0 {
		overlay, err := b.overlay(dir)
		if err != nil {
			return false, "", err
		}
		args = append(args, "-tags", b.tag(), "-overlay", overlay)
	}
	if raw, err := exec.CommandContext(ctx, "go", append(args, tests)...).CombinedOutput(); err != nil {
		return false, "", fmt.Errorf("does not build: %s", bytes.TrimSpace(raw))
	}
	defer func() { _ = os.Remove(bin) }()
	// The first complaint is enough: what else they would say is not waited for.
	ctx, enough := context.WithCancel(ctx)
	defer enough()
	cmd := exec.CommandContext(ctx, bin, "-test.v", "-test.timeout=6m")
	cmd.Dir, cmd.WaitDelay = tests, 10*time.Second
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	said := output{heard: enough}
	cmd.Stdout, cmd.Stderr = &said, &said
	err = cmd.Run()
	switch {
	case err == nil && said.complaint != "":
		return false, "", fmt.Errorf("a test that passes says what is not a note: %s", said.complaint)
	case err == nil:
		return false, "", nil
	case said.complaint != "":
		return true, said.complaint, nil
	}
	return false, "", fmt.Errorf("the tests did not run, or failed without a word about the breach: %w: %.400s", err, said.all.Bytes())
}

// output is what the tests print, as they print it. It calls heard at the first complaint.
type output struct {
	all       bytes.Buffer
	line      []byte // that is not whole yet
	complaint string
	heard     func()
}

func (o *output) Write(p []byte) (int, error) {
	o.all.Write(p)
	o.line = append(o.line, p...)
	for {
		line, rest, whole := bytes.Cut(o.line, []byte("\n"))
		if !whole {
			return len(p), nil
		}
		o.line = rest
		if c := complaint(string(line)); c != "" && o.complaint == "" {
			o.complaint = c
			o.heard()
		}
	}
}

// complaint is what a test says in a line, if that is no note. That an operation was not reached says nothing of a breach: it
// may be so without one, and where a breach is the cause, what it lets through is said too.
func complaint(line string) string {
	_, rest, ok := strings.Cut(line, "_test.go:")
	if !ok {
		return ""
	}
	_, text, _ := strings.Cut(rest, ": ")
	if strings.HasPrefix(text, "note: ") || strings.Contains(text, " never succeeded: ") {
		return ""
	}
	return fmt.Sprintf("%.160s", strings.TrimSpace(text))
}
