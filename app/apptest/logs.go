package apptest

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"sync"
)

// Logs keeps what the application wrote to its log, from the lowest level on.
// Errors also go to the test's own output.
type Logs struct {
	mu    sync.Mutex
	buf   bytes.Buffer
	attrs []slog.Attr
	into  *Logs // of a logger with attributes of its own
}

// Enabled implements slog.Handler.
func (l *Logs) Enabled(context.Context, slog.Level) bool { return true }

// Handle implements slog.Handler.
func (l *Logs) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelError {
		if err := slog.NewTextHandler(os.Stderr, nil).Handle(ctx, r); err != nil {
			return err
		}
	}
	to := l
	if l.into != nil {
		to = l.into
		r.AddAttrs(l.attrs...)
	}
	to.mu.Lock()
	defer to.mu.Unlock()
	return slog.NewTextHandler(&to.buf, &slog.HandlerOptions{Level: slog.LevelDebug}).Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (l *Logs) WithAttrs(attrs []slog.Attr) slog.Handler {
	to := l
	if l.into != nil {
		to = l.into
	}
	return &Logs{attrs: append(append([]slog.Attr{}, l.attrs...), attrs...), into: to}
}

// WithGroup implements slog.Handler; groups do not matter to tests.
func (l *Logs) WithGroup(string) slog.Handler { return l }

// Text is all that was written.
func (l *Logs) Text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
