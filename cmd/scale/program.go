package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"github.com/bureauhq/bureau/app/devstack"
)

// program is the built Bureau at work, with its database, identity server and mail, as `bureau dev` runs them.
type program struct {
	cmd   *exec.Cmd
	at    devstack.Addresses
	local string        // host and port that it listens on
	took  time.Duration // from its start until it said it was ready
	ended chan error
}

const (
	readyWithin = 5 * time.Minute
	endsWithin  = 4 * time.Minute // the last checkpoint of a large database takes its time
)

// start runs it with so many agencies kept ready for sign-ups.
func (r *run) start(ctx context.Context, spares int) (*program, error) {
	p := &program{
		cmd:   exec.Command(r.program, "dev", "--data", r.data, "--port", strconv.Itoa(r.port), "--spares", strconv.Itoa(spares), "--no-browser"),
		local: "127.0.0.1:" + strconv.Itoa(r.port), ended: make(chan error, 1),
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.cmd.Stderr = os.Stderr
	began := time.Now()
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	ready := make(chan struct{})
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), "ready ") {
				close(ready)
				break
			}
		}
		_, _ = io.Copy(io.Discard, out)
		p.ended <- p.cmd.Wait()
	}()
	select {
	case <-ready:
		p.took = time.Since(began)
	case err := <-p.ended:
		return nil, errors.Join(errors.New("the program ended before it was ready"), err)
	case <-ctx.Done():
		return nil, errors.Join(ctx.Err(), p.stop())
	case <-time.After(readyWithin):
		return nil, errors.Join(fmt.Errorf("the program was not ready within %s", readyWithin), p.stop())
	}
	if p.at, err = devstack.Find(ctx, r.data); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

// stop ends it as Ctrl-C does.
func (p *program) stop() error {
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		return nil //nolint:nilerr // it has ended
	}
	select {
	case <-p.ended:
		return nil
	case <-time.After(endsWithin):
		return errors.Join(errors.New("the program did not end"), p.cmd.Process.Kill())
	}
}
