// Package calendarsfeed fetches calendars from the internet and reads them: RFC 5545, and what programs make of it.
package calendarsfeed

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"time"

	"github.com/bureauhq/bureau/app/kit/outbound"
	"github.com/bureauhq/bureau/modules/calendars"
)

const (
	maxSize   = 5 << 20
	fetchTime = 10 * time.Second
)

// Feeds implements calendars.Feeds.
type Feeds struct {
	o      outbound.Options
	client *http.Client
}

var _ calendars.Feeds = Feeds{}

// New returns what fetches from the internet; from this very machine too where local says so, for development and tests.
func New(local bool) Feeds { return feeds(outbound.Options{Within: fetchTime, Local: local}) }

func feeds(o outbound.Options) Feeds { return Feeds{o, outbound.Client(o)} }

// Fetch asks for a calendar.
func (f Feeds) Fetch(ctx context.Context, r calendars.Request) (calendars.Answer, error) {
	if err := outbound.Check(r.Address, f.o); err != nil {
		return calendars.Answer{}, trouble(ctx, err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.Address.String(), nil)
	if err != nil {
		return calendars.Answer{}, calendars.ErrBadAddress // what is wrong with it may show the secret in it
	}
	req.Header.Set("Accept", "text/calendar, */*;q=0.1")
	req.Header.Set("User-Agent", "Bureau calendar")
	if r.ETag != "" {
		req.Header.Set("If-None-Match", r.ETag)
	}
	if r.Modified != "" {
		req.Header.Set("If-Modified-Since", r.Modified)
	}
	resp, err := f.client.Do(req)
	if err != nil {
		return calendars.Answer{}, trouble(ctx, err)
	}
	defer func() { _ = resp.Body.Close() }()
	switch code := resp.StatusCode; {
	case code == http.StatusNotModified && (r.ETag != "" || r.Modified != ""):
		return calendars.Answer{Same: true}, nil
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		return calendars.Answer{}, calendars.ErrDenied
	case code == http.StatusNotFound, code == http.StatusGone:
		return calendars.Answer{}, calendars.ErrGone
	case code != http.StatusOK:
		return calendars.Answer{}, calendars.ErrRefused
	case resp.ContentLength > maxSize:
		return calendars.Answer{}, calendars.ErrTooLarge
	}
	var body bytes.Buffer
	n, err := body.ReadFrom(io.LimitReader(resp.Body, maxSize+1))
	if err != nil {
		return calendars.Answer{}, trouble(ctx, err)
	}
	if n > maxSize {
		return calendars.Answer{}, calendars.ErrTooLarge
	}
	return calendars.Answer{ICS: body.Bytes(), ETag: short(resp.Header.Get("ETag")), Modified: short(resp.Header.Get("Last-Modified"))}, nil
}

// short keeps what a server may name its state by; a longer name is not one that we remember.
func short(s string) string {
	if len(s) > 200 {
		return ""
	}
	return s
}

// trouble says what went wrong, and never why: a person could learn from it what there is on the inside.
func trouble(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err()
	}
	var timeout net.Error
	switch {
	case errors.Is(err, outbound.ErrRedirects):
		return calendars.ErrRedirects
	case errors.Is(err, outbound.ErrPlain):
		return calendars.ErrPlain
	case errors.Is(err, outbound.ErrAddress):
		return calendars.ErrBadAddress
	case errors.Is(err, outbound.ErrNotPublic):
		return calendars.ErrUnreachable
	case errors.As(err, &timeout) && timeout.Timeout():
		return calendars.ErrSlow
	}
	return calendars.ErrUnreachable
}
