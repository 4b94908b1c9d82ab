package devstack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// account is the user a child runs as when it is not ours.
type account struct{ uid, gid uint32 }

// program is a server that is kept running until stop.
type program struct {
	name    string
	command func() *exec.Cmd
	prepare func(context.Context) error // before each start: clears what a crash left
	ready   func(context.Context) error // one try; nil when it serves
	ending  ending
	orphan  syscall.Signal    // what the kernel sends it when we die
	held    func(string) bool // whether its last words say that processes of an earlier run still hold what it needs; may be nil
	as      *account
	dir     string // for its log and its pid
	log     *slog.Logger
	say     func(string) // told about what takes long

	quit     chan struct{}
	stopping sync.Once
	ended    chan struct{}

	mu    sync.Mutex
	pid   int
	began int64 // where in its log the last start begins
}

// ending is how a program is ended: asked, then told, then killed.
type ending struct {
	polite   syscall.Signal // asks it to end in good order
	patience time.Duration  // how long that may take
	firm     syscall.Signal // has it end its own children and itself at once; 0: there is no such
}

const (
	readyWithin  = 3 * time.Minute
	firmPatience = 30 * time.Second
	restartAfter = 500 * time.Millisecond
	logLimit     = 8 << 20
)

func (p *program) logFile() string { return filepath.Join(p.dir, p.name+".log") }
func (p *program) pidFile() string { return filepath.Join(p.dir, p.name+".pid") }

// start returns when the program serves. From then on it is started again whenever it ends by itself.
func (p *program) start(ctx context.Context) error {
	p.quit, p.ended = make(chan struct{}), make(chan struct{})
	if st, err := os.Stat(p.logFile()); err == nil && st.Size() > logLimit {
		_ = os.Rename(p.logFile(), p.logFile()+".old")
	}
	if err := p.endLeftover(ctx); err != nil {
		return err
	}
	done, err := p.launchReady(ctx)
	if err != nil {
		close(p.ended)
		return err
	}
	// The program outlives the call that starts it; stop ends it.
	go p.keep(context.WithoutCancel(ctx), done)
	return nil
}

// launchReady starts the program and returns when it serves. What is left of an earlier run may take its time to go.
func (p *program) launchReady(ctx context.Context) (<-chan exit, error) {
	waiting, cancel := context.WithTimeout(ctx, p.ending.patience)
	defer cancel()
	for {
		done, err := p.launch(ctx)
		if err != nil {
			return nil, err
		}
		gone, err := p.awaitReady(ctx, done)
		if err == nil {
			return done, nil
		}
		if !gone {
			p.end(context.WithoutCancel(ctx), done)
			return nil, err
		}
		if p.held == nil || !p.held(p.lastWords()) {
			return nil, err
		}
		p.say("waiting for the end of what an earlier " + p.name + " left running")
		select {
		case <-time.After(restartAfter):
		case <-waiting.Done():
			return nil, err
		}
	}
}

// keep starts the program again when it dies, until stop.
func (p *program) keep(ctx context.Context, done <-chan exit) {
	defer close(p.ended)
	for {
		select {
		case <-p.quit:
			p.end(ctx, done)
			return
		case how := <-done:
			p.log.WarnContext(ctx, "a service ended and is started again", "service", p.name, "err", how.err)
		}
		for {
			select {
			case <-p.quit:
				return
			case <-time.After(restartAfter):
			}
			var err error
			if done, err = p.launch(ctx); err == nil {
				break
			}
			p.log.WarnContext(ctx, "a service could not be started again", "service", p.name, "err", err)
		}
	}
}

// stop ends the program and returns when it is gone.
func (p *program) stop() {
	if p == nil || p.quit == nil {
		return
	}
	p.stopping.Do(func() { close(p.quit) })
	<-p.ended
}

// launch starts the program once; done tells how it ended.
func (p *program) launch(ctx context.Context) (<-chan exit, error) {
	if p.prepare != nil {
		if err := p.prepare(ctx); err != nil {
			return nil, err
		}
	}
	out, err := os.OpenFile(p.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("%s: open its log: %w", p.name, err)
	}
	if st, err := out.Stat(); err == nil {
		p.began = st.Size()
	}
	cmd := p.command()
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = attributes(p.orphan, p.as)
	started, done := make(chan error, 1), make(chan exit, 1)
	go func() {
		// The kernel ties the child to the thread that made it, so that thread must live as long as the child.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		defer func() { _ = out.Close() }()
		err := cmd.Start()
		if err == nil {
			p.remember(cmd.Process.Pid)
		}
		started <- err
		if err == nil {
			err = cmd.Wait()
			p.remember(0)
			done <- exit{err}
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", p.name, err)
	}
	return done, nil
}

func (p *program) remember(pid int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pid = pid
	if pid == 0 {
		_ = os.Remove(p.pidFile())
		return
	}
	_ = os.WriteFile(p.pidFile(), []byte(strconv.Itoa(pid)), 0o600)
}

func (p *program) signal(s syscall.Signal) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pid > 0 {
		_ = syscall.Kill(p.pid, s)
	}
}

// end asks, waits, and ends by force what does not listen.
func (p *program) end(ctx context.Context, done <-chan exit) {
	p.signal(p.ending.polite)
	if within(done, p.ending.patience) {
		return
	}
	if p.ending.firm != 0 {
		p.log.WarnContext(ctx, "a service takes too long to stop and is stopped at once", "service", p.name, "waited", p.ending.patience)
		p.signal(p.ending.firm)
		if within(done, firmPatience) {
			return
		}
	}
	p.log.WarnContext(ctx, "a service does not stop and is killed", "service", p.name)
	p.mu.Lock()
	pid := p.pid
	p.mu.Unlock()
	if pid > 0 {
		_ = syscall.Kill(-pid, syscall.SIGKILL)
	}
	<-done
}

func within(done <-chan exit, patience time.Duration) bool {
	select {
	case <-done:
		return true
	case <-time.After(patience):
		return false
	}
}

// awaitReady says with its error whether the program has ended already.
func (p *program) awaitReady(ctx context.Context, done <-chan exit) (gone bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for {
		err := p.ready(ctx)
		if err == nil {
			return false, nil
		}
		select {
		case how := <-done:
			return true, &startError{p.name, fmt.Errorf("it ended at once: %s", how), p.lastWords()}
		case <-ctx.Done():
			return false, &startError{p.name, fmt.Errorf("not ready after %s: %w", readyWithin, err), p.lastWords()}
		case <-tick.C:
		}
	}
}

// exit is how a program ended.
type exit struct{ err error }

func (e exit) String() string {
	if e.err == nil {
		return "exit status 0"
	}
	return e.err.Error()
}

type startError struct {
	name string
	err  error
	said string
}

func (e *startError) Error() string {
	return fmt.Sprintf("start %s: %v; its log ends with:\n%s", e.name, e.err, e.said)
}
func (e *startError) Unwrap() error { return e.err }

func (p *program) lastWords() string {
	b, err := os.ReadFile(p.logFile())
	if err != nil {
		return "(no log)"
	}
	if p.began <= int64(len(b)) {
		b = b[p.began:]
	}
	lines := bytes.Split(bytes.TrimSpace(b), []byte("\n"))
	return string(bytes.Join(lines[max(0, len(lines)-12):], []byte("\n")))
}

// endLeftover ends the child of an earlier run that was killed before it could.
func (p *program) endLeftover(ctx context.Context) error {
	b, err := os.ReadFile(p.pidFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil || pid <= 1 {
		return os.Remove(p.pidFile())
	}
	// The number may belong to a stranger by now: it is ours only if it runs the same program with the same arguments.
	if err := p.endLast(ctx, pid, strings.Join(p.command().Args, " ")); err != nil {
		return err
	}
	return os.Remove(p.pidFile())
}

// endLast ends the process of an earlier run, as long as the number is that of the given command line.
func (p *program) endLast(ctx context.Context, pid int, commandLine string) error {
	is := func() bool { return strings.HasPrefix(running(ctx, pid), commandLine) }
	if !is() {
		return nil
	}
	p.say("waiting for the end of an earlier " + p.name)
	for _, step := range []struct {
		send     syscall.Signal
		patience time.Duration
	}{{p.ending.polite, p.ending.patience}, {p.ending.firm, firmPatience}, {syscall.SIGKILL, firmPatience}} {
		if step.send == 0 {
			continue
		}
		if err := syscall.Kill(pid, step.send); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("%s of an earlier run (process %d): %w", p.name, pid, err)
		}
		for deadline := time.Now().Add(step.patience); time.Now().Before(deadline); {
			if !is() {
				return nil
			}
			select {
			case <-time.After(50 * time.Millisecond):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		p.log.WarnContext(ctx, "a service of an earlier run does not stop", "service", p.name, "pid", pid, "sent", step.send.String())
	}
	return fmt.Errorf("%s of an earlier run (process %d) does not end", p.name, pid)
}

// running tells the command line of a process, or nothing.
func running(ctx context.Context, pid int) string {
	if b, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil {
		return strings.TrimSpace(string(bytes.ReplaceAll(b, []byte{0}, []byte(" "))))
	}
	if runtime.GOOS == "linux" {
		return ""
	}
	out, err := exec.CommandContext(ctx, "ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// freePort finds a port nobody listens on, and prefers the one used before.
func freePort(before int) (int, error) {
	l, err := net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", before))
	if err != nil && before != 0 {
		l, err = net.Listen("tcp4", "127.0.0.1:0")
	}
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}
