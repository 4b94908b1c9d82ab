package ratio

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// meter reads how much processor time this process and the database's have had. Linux, and the database on this machine.
type meter struct{ postmaster int }

// tick is the unit of /proc/PID/stat.
const tick = 10 * time.Millisecond

func newMeter(ctx context.Context, owner string) (meter, error) {
	conn, err := pgx.Connect(ctx, owner)
	if err != nil {
		return meter{}, err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	p, err := statOf(int(conn.PgConn().PID()))
	if err != nil {
		return meter{}, fmt.Errorf("processor time is read from /proc, of a database on this machine: %w", err)
	}
	return meter{p.parent}, nil
}

// spent is what was used up to now.
type spent struct{ client, backends time.Duration }

func (s spent) since(before spent) spent {
	return spent{s.client - before.client, s.backends - before.backends}
}
func (s spent) sum() time.Duration { return s.client + s.backends }

func (m meter) read() (s spent, err error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return s, err
	}
	s.client = time.Duration(u.Utime.Nano() + u.Stime.Nano())
	// Backends that have ended are in their parent's account, so that closing one hides nothing.
	parent, err := statOf(m.postmaster)
	if err != nil {
		return s, err
	}
	s.backends = parent.ended
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return s, err
	}
	for _, name := range all {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if err != nil {
			continue
		}
		p, err := statOf(pid)
		if err != nil || p.parent != m.postmaster {
			continue // of somebody else, or gone
		}
		d, err := runtimeOf(pid)
		if err != nil {
			d = p.own
		}
		s.backends += d
	}
	return s, nil
}

type process struct {
	parent     int
	own, ended time.Duration // of the process; of its children that are gone
}

func statOf(pid int) (p process, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return p, err
	}
	_, rest, ok := strings.Cut(string(b), ") ") // the name before it may hold anything
	f := strings.Fields(rest)
	if !ok || len(f) < 15 {
		return p, errors.New("/proc: unexpected form of stat")
	}
	n := func(i int) int64 { v, _ := strconv.ParseInt(f[i], 10, 64); return v }
	return process{int(n(1)), time.Duration(n(11)+n(12)) * tick, time.Duration(n(13)+n(14)) * tick}, nil
}

// runtimeOf is finer than the ticks of stat.
func runtimeOf(pid int) (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(b), " ")
	n, err := strconv.ParseInt(first, 10, 64)
	if err != nil || n == 0 {
		return 0, fs.ErrNotExist
	}
	return time.Duration(n), nil
}
