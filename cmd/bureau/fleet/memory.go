package fleet

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Memory is what processes hold, in bytes.
type Memory struct {
	App      int64   // of the application for itself, with those who call it when they are the same process
	Backends []int64 // of each backend of the agencies' pools for itself, the largest first
	Shares   []int64 // the same with its share of what processes have together, such as the buffers (Pss); empty where that cannot be read
}

// MeasureMemory reads the system's own account of the application's process and of the backends that serve it. The database
// must run on this machine, and the machine under Linux.
func MeasureMemory(ctx context.Context, db *pgxpool.Pool, prefix string, appPID int) (m Memory, err error) {
	if m.App, err = held(appPID, "status", "RssAnon:"); err != nil {
		return m, err
	}
	rows, err := db.Query(ctx, `SELECT pid FROM pg_catalog.pg_stat_activity WHERE starts_with(application_name, $1)`, prefix+"_app_")
	if err != nil {
		return m, err
	}
	pids, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return m, err
	}
	for _, pid := range pids {
		n, err := held(pid, "status", "RssAnon:")
		if errors.Is(err, os.ErrNotExist) {
			continue // it has just been closed
		}
		if err != nil {
			return m, err
		}
		m.Backends = append(m.Backends, n)
		if n, err := held(pid, "smaps_rollup", "Pss:"); err == nil {
			m.Shares = append(m.Shares, n)
		}
	}
	for _, all := range [][]int64{m.Backends, m.Shares} {
		slices.SortFunc(all, func(x, y int64) int { return int(y - x) })
	}
	return m, nil
}

// held reads one line of an account of a process.
func held(pid int, account, line string) (int64, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/%s", pid, account))
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), line); ok {
			kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(rest, "kB")), 10, 64)
			return kb << 10, err
		}
	}
	return 0, fmt.Errorf("process %d has no %s left: %w", pid, line, os.ErrNotExist) // it is ending
}

func (m Memory) String() string {
	if len(m.Backends) == 0 {
		return fmt.Sprintf("this process %d MB; no backends", m.App>>20)
	}
	return fmt.Sprintf("this process %d MB; %d backends: largest %d MB, median %d MB, together %d MB",
		m.App>>20, len(m.Backends), m.Backends[0]>>20, m.Backends[len(m.Backends)/2]>>20, m.Together()>>20)
}

// Together is what all backends hold for themselves.
func (m Memory) Together() (sum int64) {
	for _, b := range m.Backends {
		sum += b
	}
	return sum
}
