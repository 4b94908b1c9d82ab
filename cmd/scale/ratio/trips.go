package ratio

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/cmd/scale/report"
	"github.com/bureauhq/bureau/tenancy"
)

// turns counts round trips on the wire: how often something is said after something was heard.
type turns struct {
	net.Conn
	n     *atomic.Int64
	heard atomic.Bool
}

func (t *turns) Write(b []byte) (int, error) {
	if t.heard.Swap(false) {
		t.n.Add(1)
	}
	return t.Conn.Write(b)
}

func (t *turns) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b)
	if n > 0 {
		t.heard.Store(true)
	}
	return n, err
}

// trips counts the round trips of the request on a connection that is the agency's already, and on one that is not.
func (p Plan) trips(ctx context.Context, sheet *report.Sheet, _ meter, all []*target) error {
	cfg := p.Tenancy
	var n atomic.Int64
	cfg.Wrap = func(c net.Conn) net.Conn { return &turns{Conn: c, n: &n} }
	w, err := ours(ctx, cfg)
	if err != nil {
		return err
	}
	defer w.close()
	// As many agencies of one shard as it has connections, and one more: the last finds none that is its own.
	shard := tenancy.CopyOf(all[0].agency).Shard
	mates := slices.DeleteFunc(slices.Clone(all), func(t *target) bool { return tenancy.CopyOf(t.agency).Shard != shard })
	if len(mates) <= cfg.Conns {
		p.Say("round trips are not counted: too few agencies in a shard")
		return nil
	}
	count := func(t *target) (int, error) {
		before := n.Load()
		err := w.ask(ctx, t)
		return int(n.Load() - before), err
	}
	for _, t := range mates[:cfg.Conns] {
		if err := w.ask(ctx, t); err != nil {
			return err
		}
	}
	hit, err := count(mates[0])
	if err != nil {
		return err
	}
	miss, err := count(mates[cfg.Conns])
	if err != nil {
		return err
	}
	sheet.Count("extra round trips of a hit", hit-len(questions), 0)
	sheet.Count("extra round trips of a miss", miss-len(questions), 1)
	return nil
}

// newcomers measures the first SET ROLE of a connection after an agency was made, which makes the server look up again
// what the login may become.
func (p Plan) newcomers(ctx context.Context, sheet *report.Sheet, _ meter, all []*target) error {
	const times = 7
	p.Say("the first SET ROLE after a new agency")
	owner, err := tenancy.OpenMigrator(ctx, p.Tenancy)
	if err != nil {
		return err
	}
	defer owner.Close()
	control, err := tenancy.OpenControl(ctx, p.Tenancy)
	if err != nil {
		return err
	}
	defer control.Close()
	maker, err := tenancy.NewProvisioner(p.Tenancy, control, owner, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	cc, err := pgx.ParseConfig(p.Tenancy.OwnerURL)
	if err != nil {
		return err
	}
	shard := tenancy.CopyOf(all[0].agency).Shard
	cc.User, cc.Password = fmt.Sprintf("%s_app_%d", p.Tenancy.Prefix, shard), p.Tenancy.Password
	conn, err := pgx.ConnectConfig(ctx, cc)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var members int
	if err := conn.QueryRow(ctx, `SELECT count(*) FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = current_user`).Scan(&members); err != nil {
		return err
	}
	enter := func() (time.Duration, error) {
		began := time.Now()
		_, err := conn.Exec(ctx, "SET ROLE "+all[0].role)
		return time.Since(began), err
	}
	var first, later []time.Duration
	for range times {
		if err := maker.Make(ctx); err != nil {
			return err
		}
		f, err1 := enter()
		l, err2 := enter()
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		first, later = append(first, f), append(later, l)
	}
	slices.Sort(first)
	slices.Sort(later)
	sheet.Time("first SET ROLE of a connection after a new agency", first[times/2], time.Millisecond,
		fmt.Sprintf("(median of %d; fastest %s; any later one %s; the login can enter %d)", times, first[0], later[times/2], members))
	return nil
}
