package tenancy

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"gorm.io/gorm"

	"github.com/bureauhq/bureau/tenancy/pool"
)

// Tx is an open transaction on one agency's tables and nothing else. A
// function that takes a *Tx cannot run outside of one.
type Tx struct {
	session *pool.Session
	gorm    *gorm.DB
	agency  Agency
	change  bool
	before  []beforeCommit
	after   []func()
	values  map[any]any
}

type beforeCommit struct {
	key any
	fn  func(context.Context) error
}

// Gorm is for the ...db packages only; the linter holds everyone else to that.
func (tx *Tx) Gorm() *gorm.DB { return tx.gorm }

// PGX is the same transaction for code that speaks pgx.
func (tx *Tx) PGX() pgx.Tx { return tx.session.PGX() }

// Agency tells whose transaction this is.
func (tx *Tx) Agency() Agency { return tx.agency }

// AgencyID is the key of the transaction's agency.
func (tx *Tx) AgencyID() string { return tx.agency.ID }

// AfterCommit runs f once the transaction is committed, and not at all if it is not.
func (tx *Tx) AfterCommit(f func()) { tx.after = append(tx.after, f) }

// BeforeCommit runs fn last, inside the transaction; calls with the same key run once.
func (tx *Tx) BeforeCommit(key any, fn func(context.Context) error) {
	for _, b := range tx.before {
		if b.key == key {
			return
		}
	}
	tx.before = append(tx.before, beforeCommit{key, fn})
}

// Values keeps what several calls of one transaction share.
func (tx *Tx) Values() map[any]any {
	if tx.values == nil {
		tx.values = map[any]any{}
	}
	return tx.values
}

// Lock holds the named thing of this agency for the rest of the transaction.
// Locks of a database are shared by all agencies, so the key holds the agency.
func (tx *Tx) Lock(ctx context.Context, name string) error {
	if !tx.change {
		return errNotInRead
	}
	if _, err := tx.PGX().Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, hashed(tx.agency.ID+"/"+name)); err != nil {
		return fmt.Errorf("lock %s: %w", name, err)
	}
	return nil
}

// AsLogin runs fn with the rights of the connection's login instead of the
// agency's role: it may write to the job queue and to no agency's tables.
func (tx *Tx) AsLogin(ctx context.Context, fn func(context.Context) error) error {
	if !tx.change {
		return errNotInRead
	}
	return tx.session.AsLogin(ctx, fn)
}

var errNotInRead = errors.New("tenancy: this needs Run; nothing holds it in Read")
