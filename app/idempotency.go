package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bureauhq/bureau/app/kit/access"
	"github.com/bureauhq/bureau/app/kit/httpapi"
	"github.com/bureauhq/bureau/app/kit/pg"
	"github.com/bureauhq/bureau/tenancy"
)

// replays keeps the answers of idempotent calls in the agency's own schema.
// The key is claimed inside the change's transaction: it is there exactly
// when the change is, whatever dies in between.
type replays struct {
	db  *tenancy.DB
	now func() time.Time
	log *slog.Logger
}

var _ httpapi.Replayer = replays{}

// Begin implements httpapi.Replayer.
func (r replays) Begin(ctx context.Context, op, key, digest string) (context.Context, json.RawMessage, error) {
	actor := access.From(ctx).MemberID
	var was struct {
		digest string
		answer []byte
		since  time.Time
	}
	err := r.db.Read(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		return tx.PGX().QueryRow(ctx, `SELECT digest, answer, created_at FROM idempotency_keys WHERE actor = $1 AND operation = $2 AND key = $3`,
			actor, op, key).Scan(&was.digest, &was.answer, &was.since)
	})
	switch {
	case err == nil && was.digest != digest:
		return ctx, nil, httpapi.ErrKeyReused
	case err == nil && was.answer == nil && r.now().Sub(was.since) < deadline:
		return ctx, nil, httpapi.ErrKeyUnderWay // it is not given up yet, or was cut off: in a moment that is known
	case err == nil && was.answer == nil:
		return ctx, nil, httpapi.ErrKeyDone
	case err == nil:
		return ctx, was.answer, nil
	case !errors.Is(err, pgx.ErrNoRows):
		return ctx, nil, err
	}
	return tenancy.OnFirstRun(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.PGX().Exec(ctx, `INSERT INTO idempotency_keys (actor, operation, key, digest, created_at) VALUES ($1, $2, $3, $4, $5)`,
			actor, op, key, digest, r.now().UTC())
		if pg.Violates(err, "idempotency_keys_pkey") {
			return httpapi.ErrKeyUnderWay // it has just come through
		}
		if err != nil {
			return fmt.Errorf("claim the idempotency key: %w", err)
		}
		return nil
	}), nil, nil
}

// Finish implements httpapi.Replayer. Without it a repeat is still refused, only not answered.
func (r replays) Finish(ctx context.Context, op, key string, answer json.RawMessage) {
	err := r.db.Run(ctx, func(ctx context.Context, tx *tenancy.Tx) error {
		_, err := tx.PGX().Exec(ctx, `UPDATE idempotency_keys SET answer = $4 WHERE actor = $1 AND operation = $2 AND key = $3`,
			access.From(ctx).MemberID, op, key, []byte(answer))
		return err
	})
	if err != nil {
		r.log.WarnContext(ctx, "answer of an idempotent call was not kept", "op", op, "err", err)
	}
}
