// Package pg reads Postgres errors, and writes what columns and patterns ask for.
package pg

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// Violates tells whether err is the breaking of the named constraint.
func Violates(err error, constraint string) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && e.ConstraintName == constraint
}

// Away tells whether err says that the server cannot be reached or is going
// away, so that the same call may succeed in a moment.
func Away(err error) bool {
	var connect *pgconn.ConnectError
	var server *pgconn.PgError
	var network net.Error
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &server):
		// 57P01..57P03 shutdown and starting up, 53300 too many connections, class 08 connection.
		return strings.HasPrefix(server.Code, "57P") || server.Code == "53300" || strings.HasPrefix(server.Code, "08")
	case errors.As(err, &connect), errors.Is(err, driver.ErrBadConn), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, net.ErrClosed):
		return true
	case strings.Contains(err.Error(), "conn closed"):
		return true
	}
	return errors.As(err, &network) && !errors.Is(err, context.DeadlineExceeded)
}

// Retryable tells whether the transaction lost to another one and may be run again.
func Retryable(err error) bool {
	var e *pgconn.PgError
	return errors.As(err, &e) && (e.Code == "40001" || e.Code == "40P01" || e.Code == "55P03")
}
