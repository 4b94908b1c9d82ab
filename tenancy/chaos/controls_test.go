package chaos_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// controls are the ways to switch agencies that one reads about. Each has a hole; the storm must find it every time.
var controls = []struct {
	name string
	open func(*testing.T, *world) door
}{
	{"x1, SET on a shared pool", func(t *testing.T, w *world) door {
		t.Helper()
		g := w.shared(t)
		return func(ctx context.Context, a agency, _ bool, fn func(context.Context, *gorm.DB) error) error {
			if err := g.WithContext(ctx).Exec(switchTo(a)).Error; err != nil {
				return err
			}
			return fn(ctx, g.WithContext(ctx))
		}
	}},
	{"x2, a reset hook that returns a plain error", func(t *testing.T, w *world) door {
		t.Helper()
		g := w.shared(t, stdlib.OptionResetSession(func(ctx context.Context, conn *pgx.Conn) error {
			a, ok := ctx.Value(agencyKey{}).(agency)
			if !ok {
				return fmt.Errorf("no agency in this context")
			}
			if _, err := conn.Exec(ctx, switchTo(a)); err != nil {
				return fmt.Errorf("switch: %w", err) // database/sql goes on as if nothing had happened
			}
			return nil
		}))
		return func(ctx context.Context, a agency, _ bool, fn func(context.Context, *gorm.DB) error) error {
			ctx = context.WithValue(ctx, agencyKey{}, a)
			return fn(ctx, g.WithContext(ctx))
		}
	}},
	{"x3, SET and a deferred RESET without a transaction", func(t *testing.T, w *world) door {
		t.Helper()
		g := w.shared(t)
		return func(ctx context.Context, a agency, _ bool, fn func(context.Context, *gorm.DB) error) error {
			if err := g.WithContext(ctx).Exec(switchTo(a)).Error; err != nil {
				return err
			}
			defer g.WithContext(context.WithoutCancel(ctx)).Exec(`RESET ROLE; RESET search_path`)
			return fn(ctx, g.WithContext(ctx))
		}
	}},
}

type agencyKey struct{}

func switchTo(a agency) string { return "SET ROLE " + a.role + "; SET search_path = " + a.schema }

// shared is an ordinary pool of database/sql with the login of the agencies' pool.
func (w *world) shared(t *testing.T, options ...stdlib.OptionOpenDB) *gorm.DB {
	t.Helper()
	cc, err := pgx.ParseConfig(w.Config.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	cc.User, cc.RuntimeParams["search_path"] = w.login(), ""
	db := stdlib.OpenDB(*cc, options...)
	t.Cleanup(func() { _ = db.Close() })
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	g, err := gorm.Open(postgres.New(postgres.Config{Conn: db}), &gorm.Config{
		QueryFields: true, SkipDefaultTransaction: true, DisableAutomaticPing: true, Logger: logger.Discard,
	})
	if err != nil {
		t.Fatal(err)
	}
	return g
}
