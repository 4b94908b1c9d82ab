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

	"github.com/bureauhq/bureau/app"
)

// Memory is what processes hold for themselves, in bytes.
type Memory struct {
	App      int64   // this process: the application and, in a measurement, who calls it
	Backends []int64 // of the agencies' pools, the largest first
}

// MeasureMemory reads the system's own account (RssAnon), which leaves out what processes share. The database must run on
// this machine, and the machine under Linux.
func MeasureMemory(ctx context.Context, a *app.App, prefix string) (m Memory, err error) {
	if m.App, err = anonymous(os.Getpid()); err != nil {
		return m, err
	}
	rows, err := a.Control.Pool().Query(ctx, `SELECT pid FROM pg_catalog.pg_stat_activity WHERE starts_with(application_name, $1)`, prefix+"_app_")
	if err != nil {
		return m, err
	}
	defer rows.Close()
	for rows.Next() {
		var pid int
		if err := rows.Scan(&pid); err != nil {
			return m, err
		}
		n, err := anonymous(pid)
		if errors.Is(err, os.ErrNotExist) {
			continue // it has just been closed
		}
		if err != nil {
			return m, err
		}
		m.Backends = append(m.Backends, n)
	}
	slices.SortFunc(m.Backends, func(x, y int64) int { return int(y - x) })
	return m, rows.Err()
}

func anonymous(pid int) (int64, error) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "RssAnon:"); ok {
			kb, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(rest, "kB")), 10, 64)
			return kb << 10, err
		}
	}
	return 0, fmt.Errorf("process %d: no RssAnon", pid)
}

func (m Memory) String() string {
	if len(m.Backends) == 0 {
		return fmt.Sprintf("this process %d MB; no backends", m.App>>20)
	}
	var sum int64
	for _, b := range m.Backends {
		sum += b
	}
	return fmt.Sprintf("this process %d MB; %d backends: largest %d MB, median %d MB, together %d MB",
		m.App>>20, len(m.Backends), m.Backends[0]>>20, m.Backends[len(m.Backends)/2]>>20, sum>>20)
}
