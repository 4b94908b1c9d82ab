package app

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/modules/identity"
	"github.com/bureauhq/bureau/modules/ops"
	"github.com/bureauhq/bureau/tenancy"
)

// agencies answers ops.Registry.
type agencies struct{ a *App }

func (r agencies) ByID(ctx context.Context, key string) (tenancy.Agency, error) {
	return r.a.Registry.ByID(ctx, key)
}
func (r agencies) Forget(key string) { r.a.Registry.Forget(key) }
func (r agencies) Change(ctx context.Context, key string, to tenancy.State, also func(context.Context, pgx.Tx) error) error {
	return r.a.Provisioner.Change(ctx, key, to, also)
}

// OpenAgency opens an agency as a sign-up would, without waiting for its owner's password: the owner becomes the
// member by signing up or in with the e-mail. identity.ErrBadEmail, identity.ErrBadSlug, tenancy.ErrSlugTaken.
func (a *App) OpenAgency(ctx context.Context, slug, name, ownerEmail, ownerName string) (tenancy.Agency, error) {
	if _, err := identity.NormaliseEmail(ownerEmail); err != nil {
		return tenancy.Agency{}, identity.ErrBadEmail.At("body.owner_email", "is not an e-mail address")
	}
	slug, status, why, err := a.Services.Identity.CheckSlug(ctx, slug, "operator")
	if err != nil {
		return tenancy.Agency{}, err
	}
	if status != identity.SlugAvailable {
		return tenancy.Agency{}, tenancy.ErrSlugTaken.At("body.slug", why)
	}
	made, err := claimer{a.Provisioner, a.Services.Billing}.Claim(ctx, slug, name)
	if err != nil {
		return tenancy.Agency{}, err
	}
	inside := access.With(tenancy.With(ctx, made), access.Actor{Kind: access.System, Name: "Bureau"})
	_, err = a.Services.Identity.CreateMember(inside, identity.NewMember{Email: ownerEmail, Name: cmp.Or(ownerName, ownerEmail), Role: identity.Owner})
	if err != nil {
		return tenancy.Agency{}, errors.Join(err, a.Provisioner.Delete(ctx, slug))
	}
	return made, nil
}

// retries answers ops.Retrier. The client is there once the queue is open.
type retries struct{ a *App }

func (r retries) Retry(ctx context.Context, tx pgx.Tx, jobID int64) error {
	_, err := r.a.worker.JobRetryTx(ctx, tx, jobID)
	if errors.Is(err, river.ErrNotFound) {
		return ops.ErrNoJob
	}
	return err
}

// probes answers ops.Probes.
type probes struct{ a *App }

func (p probes) Pools() []ops.Pool {
	c := p.a.Control.Pool().Stat()
	out := []ops.Pool{{Name: "platform", Placement: tenancy.Main, InUse: int(c.AcquiredConns()), Idle: int(c.IdleConns()), Max: int(c.MaxConns()), Waited: c.EmptyAcquireCount()}}
	for _, s := range p.a.DB.Pools() {
		out = append(out, ops.Pool{Name: "agencies " + strconv.Itoa(s.Shard+1), Placement: s.Placement, InUse: s.Open - s.Idle, Idle: s.Idle, Max: max(s.Open, p.a.cfg.Tenancy.Conns), Waited: s.Waits})
	}
	return out
}

func (p probes) Kratos(ctx context.Context) error {
	if p.a.cfg.KratosAdminURL == "" {
		return identity.ErrUnavailable
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.a.cfg.KratosAdminURL+"/admin/health/ready", nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return errors.New("it answers " + res.Status)
	}
	return nil
}

// pinger is a sender of mail that can tell whether its server answers.
type pinger interface{ Ping(context.Context) error }

func (p probes) Mail(ctx context.Context) error {
	if m, ok := p.a.cfg.Mail.(pinger); ok {
		return m.Ping(ctx)
	}
	return nil
}

func (probes) Disk() (free, total int64, ok bool) { return disk() }
