package httpapi

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/bureauhq/bureau/app/kit/fault"
)

const idempotencyHeader = "Idempotency-Key"

var (
	// ErrKeyReused answers a key that came before with another request.
	ErrKeyReused = fault.Define(fault.Conflict, "request.idempotency_key_reused", "This Idempotency-Key was used for another request.").
			At("header.Idempotency-Key", "was used for another request")
	// ErrKeyDone answers a repeat whose first answer was lost.
	ErrKeyDone = fault.Define(fault.Conflict, "request.already_done", "This request was carried out before; its answer is no longer known.").
			At("header.Idempotency-Key", "was used before")
	// ErrKeyUnderWay answers a repeat whose first call may still be answered.
	ErrKeyUnderWay = fault.Define(fault.Conflict, "request.under_way", "The first request with this Idempotency-Key is still under way. Ask again in a moment.").
			At("header.Idempotency-Key", "belongs to a request that is under way").After(time.Second)
	errBadKey = fault.Define(fault.Invalid, "request.bad_idempotency_key", "An Idempotency-Key has 8 to 200 letters.").
			At("header.Idempotency-Key", "must have 8 to 200 letters")
)

// Replayer keeps the answers of idempotent calls. Its rows live and die with
// the change: the key is written in the change's own transaction.
type Replayer interface {
	// Begin returns the saved answer of an earlier call with this key, or a
	// context in which the first transaction also claims the key.
	// ErrKeyReused, ErrKeyUnderWay, ErrKeyDone.
	Begin(ctx context.Context, op, key, digest string) (next context.Context, saved json.RawMessage, err error)
	// Finish saves the answer.
	Finish(ctx context.Context, op, key string, answer json.RawMessage)
}

type keyKey struct{}

func keepKey(hc huma.Context, next func(huma.Context)) {
	if key := hc.Header(idempotencyHeader); key != "" {
		hc = huma.WithValue(hc, keyKey{}, key)
	}
	next(hc)
}

// once runs fn, or repeats the answer of the first call with the same key.
func once[I, O any](ctx context.Context, api *API, op Op, in *I, fn func(context.Context, *I) (*O, error)) (*O, error) {
	key, _ := ctx.Value(keyKey{}).(string)
	if key == "" || api.replayer == nil {
		return fn(ctx, in)
	}
	if len(key) < 8 || len(key) > 200 {
		return nil, errBadKey
	}
	raw, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("digest of the request: %w", err)
	}
	sum := sha256.Sum256(raw)
	next, saved, err := api.replayer.Begin(ctx, op.ID, key, hex.EncodeToString(sum[:]))
	if err != nil {
		return nil, err
	}
	if saved != nil {
		out := new(O)
		if err := json.Unmarshal(saved, out); err != nil {
			return nil, fmt.Errorf("saved answer of %s: %w", op.ID, err)
		}
		return out, nil
	}
	out, err := fn(next, in)
	if err != nil {
		return nil, err
	}
	if answer, err := json.Marshal(out); err == nil {
		api.replayer.Finish(ctx, op.ID, key, answer)
	}
	return out, nil
}
